"""scikit-learn's GaussianMixture: its own E and M steps from a given start, and the paper's generation through fit and sample."""

import sys
import time
import warnings

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

STRETCH = 10


def em(file, seconds):
    raw = np.fromfile(file)
    k, d, n = (int(v) for v in raw[:3])
    means = raw[3 : 3 + k * d].reshape(k, d)
    x = raw[3 + k * d :].reshape(n, d)
    took, begin, value = [], time.thread_time(), 0.0
    while len(took) < 3 or time.thread_time() - begin < seconds:
        model = GaussianMixture(k, reg_covar=0.0)
        model.weights_ = np.full(k, 1.0 / k)
        model.means_ = means.copy()
        model.covariances_ = np.array([np.eye(d)] * k)
        model.precisions_cholesky_ = _compute_precision_cholesky(model.covariances_, "full")
        start = time.thread_time()
        for _ in range(STRETCH):
            _, responsibilities = model._e_step(x)
            model._m_step(x, responsibilities)
        took.append((time.thread_time() - start) / STRETCH)
        value = model._e_step(x)[0]
    print(f"{np.median(took) * 1e9:.6g} {value:.12g}")


def generation(seconds):
    warnings.simplefilter("ignore")
    rng = np.random.RandomState(1)
    generations, took = 0, 0.0
    while took < seconds or generations < 40:
        x = rng.normal(size=(1000, 2))
        start = time.thread_time()
        for _ in range(20):
            model = GaussianMixture(2, tol=1e-5, max_iter=2000, reg_covar=1e-6, random_state=rng).fit(x)
            x, _ = model.sample(1000)
        took += time.thread_time() - start
        generations += 20
    print(f"{took / generations * 1e9:.6g} 0")


if sys.argv[1] == "em":
    em(sys.argv[2], float(sys.argv[3]))
else:
    generation(float(sys.argv[2]))
