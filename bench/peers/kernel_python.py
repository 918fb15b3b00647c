"""Kernel densities of scikit-learn and SciPy on the file of `kernel write`: fit and log densities at all queries.

    kernel_python.py sklearn|scipy FILE SECONDS RTOL [QUERIES]

prints nanoseconds and the mean log density at the first 1000 queries. With QUERIES only so many are evaluated, and the
time of the evaluation (not of the fit) is scaled to all. scikit-learn keeps the relative error RTOL; SciPy has every pair,
and in more than one dimension its bandwidth is a multiple of the sample covariance: there only the time can be compared.
"""

import sys
import time

import numpy as np

peer, file, seconds, rtol = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
raw = np.fromfile(file)
d, n, h = int(raw[0]), int(raw[1]), raw[2]
x, y = (part.reshape(n, d) for part in (raw[3 : 3 + n * d], raw[3 + n * d :]))
queries = min(n, int(sys.argv[5])) if len(sys.argv) > 5 else n
y = np.ascontiguousarray(y[:queries])

if peer == "sklearn":
    from sklearn.neighbors import KernelDensity

    def fit():
        return KernelDensity(bandwidth=h, rtol=rtol).fit(x).score_samples

else:
    from scipy.stats import gaussian_kde

    def fit():
        law = gaussian_kde(x.T, bw_method=h / x.std(ddof=1) if d == 1 else h)
        return lambda at: np.log(law(at.T))


took, begin, value = [], time.thread_time(), None
while not took or time.thread_time() - begin < seconds:
    start = time.thread_time()
    log_density = fit()
    fitted = time.thread_time()
    value = log_density(y)
    took.append(fitted - start + (time.thread_time() - fitted) * n / queries)
mean = np.mean(value[:1000]) if peer == "sklearn" or d == 1 else np.nan
print(f"{np.median(took) * 1e9:.6g} {mean:.12g}")
