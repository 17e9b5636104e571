"""Learn from a stream, a few samples at a time, and watch the accuracy on what comes next rise."""

import numpy as np
from sklearn.datasets import load_digits

from bep_sklearn import BEPClassifier

x, y = load_digits(return_X_y=True)
order = np.random.default_rng(1).permutation(len(x))
network = BEPClassifier(hidden=(128, 128), batch_size=10, binarise="threshold=0,5,10")

right = []
for start in range(0, 1200, 50):
    now = order[start : start + 50]
    if start:
        right.append(network.score(x[now], y[now]))  # before it has seen them
    network.partial_fit(x[now], y[now], classes=range(10))

print(
    f"first 200 samples: {np.mean(right[:4]):.1%} right before they were learned, last 200: {np.mean(right[-4:]):.1%}"
)
