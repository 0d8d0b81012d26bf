"""Writes golden.json: what scikit-learn 1.2.1's train_test_split picks.

Run with Debian's python3-sklearn, from this folder:

    /usr/bin/python3 golden.py > golden.json

A permutation of more than 200 rows is kept as its SHA-256 over the row numbers
as little-endian int32.
"""
import hashlib
import json

import numpy as np
from sklearn.model_selection import train_test_split


def keep(rows):
    rows = np.asarray(rows)
    if len(rows) <= 200:
        return {"rows": rows.tolist()}
    return {"sha256": hashlib.sha256(rows.astype("<i4").tobytes()).hexdigest(), "count": len(rows)}


def classes(n, k, skew):
    """Class of each row: reproducible without a generator."""
    return [((i * i * 7 + i * 13) % 101) * k // 101 if skew == 0 else min(k - 1, (i * 31 % 97) * k // 140) for i in range(n)]


cases = []
for n in (2, 5, 10, 97, 200, 1871, 100_000):
    for seed in (0, 1, 42, 2**32 - 1):
        for size in (
            {"train_size": 0.7},
            {"test_size": 0.3},
            {"train_size": 0.5, "test_size": 0.25},
            {"train_size": 1},
            {"test_size": 1},
            {},
        ):
            for shuffle in (True, False):
                if not shuffle and seed != 42:
                    continue
                case = {"n": n, "random_state": seed, "shuffle": shuffle, **size}
                try:
                    a, b = train_test_split(np.arange(n), random_state=seed, shuffle=shuffle, **size)
                    cases.append({**case, "train": keep(a), "test": keep(b)})
                except ValueError as e:
                    cases.append({**case, "refused": str(e)})

for n, k, skew in ((12, 2, 0), (30, 3, 0), (97, 5, 1), (150, 7, 0), (1871, 3, 1), (50_000, 4, 0), (3, 3, 0)):
    for seed in (0, 7, 42):
        for size in ({"train_size": 0.7}, {"test_size": 0.3}, {"train_size": 0.5, "test_size": 0.2}, {"train_size": 9}, {"test_size": 11}):
            y = classes(n, k, skew)
            case = {"n": n, "random_state": seed, "shuffle": True, "classes": k, "skew": skew, **size}
            try:
                y = np.unique(y, return_inverse=True)[1]
                a, b = train_test_split(np.arange(n), random_state=seed, stratify=y, **size)
                cases.append({**case, "train": keep(a), "test": keep(b)})
            except ValueError as e:
                cases.append({**case, "refused": str(e)})

print("[")
print(",\n".join(json.dumps(c) for c in cases))
print("]")
