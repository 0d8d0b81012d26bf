"""Writes golden.json: optima that scikit-learn 1.2.1 finds when it is made to.

Run with Debian's python3-sklearn, from this folder:

    /usr/bin/python3 golden.py > golden.json

newton-cg with tol=1e-12 goes on long after the default would have stopped.
"""
import json
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

warnings.simplefilter("ignore")


def data(seed, n, d, k):
    rng = np.random.RandomState(seed)
    X = np.round(rng.normal(size=(n, d)) * np.linspace(0.5, 3, d) + np.arange(d), 3)
    score = X @ rng.normal(size=(d, k)) + rng.gumbel(size=(n, k)) * 2
    return X, score.argmax(1)


def objective(m, X, y, weight, C):
    z = X @ m.coef_.T + m.intercept_
    if z.shape[1] == 1:
        z = np.hstack([np.zeros_like(z), z])
    top = z.max(1, keepdims=True)
    loss = np.log(np.exp(z - top).sum(1)) + top[:, 0] - z[np.arange(len(y)), y]
    return float((weight[y] * loss).sum() + (m.coef_**2).sum() / (2 * C))


cases = []
for name, (seed, n, d, k), C, weight, intercept in (
    ("binary", (1, 60, 3, 2), 1.0, None, True),
    ("binary weak penalty", (2, 60, 3, 2), 1e4, None, True),
    ("binary strong penalty", (2, 60, 3, 2), 1e-3, None, True),
    ("binary balanced", (3, 70, 2, 2), 1.0, "balanced", True),
    ("binary without intercept", (4, 50, 2, 2), 0.5, None, False),
    ("three", (5, 80, 4, 3), 1.0, None, True),
    ("three balanced", (6, 80, 3, 3), 2.0, "balanced", True),
    ("three by map", (6, 80, 3, 3), 1.0, {0: 0.2, 1: 3.0, 2: 1.0}, True),
    ("three without intercept", (7, 80, 3, 3), 1.0, None, False),
    ("five", (8, 150, 3, 5), 10.0, None, True),
    ("five strong penalty", (8, 150, 3, 5), 0.01, "balanced", True),
):
    X, y = data(seed, n, d, k)
    m = LogisticRegression(C=C, class_weight=weight, fit_intercept=intercept, solver="newton-cg", tol=1e-12, max_iter=100_000)
    m.fit(X, y)
    w = compute_class_weight(weight, classes=np.arange(k), y=y)
    cases.append(
        {
            "name": name, "x": X.tolist(), "y": y.tolist(), "classes": k, "c": C, "weight": w.tolist(),
            "intercept": intercept, "objective": objective(m, X, y, w, C),
            "coef": m.coef_.tolist(), "intercepts": np.atleast_1d(m.intercept_).tolist(),
        }
    )

print("[")
print(",\n".join(json.dumps(c) for c in cases))
print("]")
