"""Times scikit-learn on data that the Go benchmarks wrote; called by them.

    /usr/bin/python3 bench_sklearn.py FILE ROWS FEATURES REPEATS

FILE holds ROWS * FEATURES float64 by rows, then ROWS int64 labels. Prints one
JSON object: seconds of the fastest fit and of the fastest predict, and the
objective where the fit stopped. fit is LogisticRegression() as it comes.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

warnings.simplefilter("ignore")

path, n, d, repeats = sys.argv[1], *map(int, sys.argv[2:5])
raw = np.fromfile(path, dtype="<f8")
X = raw[: n * d].reshape(n, d).copy()
y = raw[n * d :].view("<i8").copy()


def best(f):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return min(times)


m = LogisticRegression()
fit = best(lambda: m.fit(X, y))
predict = best(lambda: m.predict(X))
proba = best(lambda: m.predict_proba(X))
z = X @ m.coef_.T + m.intercept_
top = z.max(1, keepdims=True)
own = z[np.arange(n), np.searchsorted(m.classes_, y)]
loss = float((np.log(np.exp(z - top).sum(1)) + top[:, 0] - own).sum() + (m.coef_**2).sum() / 2)
print(json.dumps({"fit": fit, "predict": predict, "proba": proba, "loss": loss}))
