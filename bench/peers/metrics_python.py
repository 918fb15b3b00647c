"""Distances of scikit-learn and SciPy on the file of `metrics write`.

    metrics_python.py mmd|wasserstein FILE SECONDS

prints the nanoseconds that one distance takes, and the distance: MMD^2 from three matrices of `rbf_kernel`, or
`wasserstein_distance`.
"""

import sys
import time

import numpy as np

task, file, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
raw = np.fromfile(file)
d, n = int(raw[0]), int(raw[1])
x, y = (part.reshape(n, d) for part in (raw[2 : 2 + n * d], raw[2 + n * d :]))

if task == "mmd":
    from sklearn.metrics.pairwise import rbf_kernel

    gamma = 1 / (2 * d)

    def distance():
        return (
            rbf_kernel(x, x, gamma).mean() + rbf_kernel(y, y, gamma).mean() - 2 * rbf_kernel(x, y, gamma).mean()
        )

else:
    from scipy.stats import wasserstein_distance

    def distance():
        return wasserstein_distance(x[:, 0], y[:, 0])


took, begin, value = [], time.thread_time(), None
while not took or time.thread_time() - begin < seconds:
    start = time.thread_time()
    value = distance()
    took.append(time.thread_time() - start)
print(f"{np.median(took) * 1e9:.6g} {value:.12g}")
