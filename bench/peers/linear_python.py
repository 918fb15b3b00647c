"""A chain of regressions as it stands in most notebooks: NumPy's lstsq or scikit-learn's Ridge, data drawn anew in each generation; fits to
data that are there; and scikit-learn's logistic regression of pairs from a file. Arguments as those of linear.cpp."""

import sys
import time
import warnings

import numpy as np

if "lstsq" not in sys.argv:
    from sklearn.linear_model import LogisticRegression, Ridge


def report(seconds, run):
    times, took = 1, 0.0
    while took < seconds / 2:
        if took > 0:
            times = int(times * min(100.0, seconds / took)) + 1
        start = time.thread_time()
        run(times)
        took = max(time.thread_time() - start, 1e-9)
    print(f"{took / times * 1e9:.6g} 0")


def chain(how, d, n, seconds):
    rng = np.random.default_rng(1)

    def by_lstsq(generations):
        w = np.ones(d)
        for _ in range(generations):
            x = rng.standard_normal((n, d))
            w = np.linalg.lstsq(x, x @ w + rng.standard_normal(n), rcond=None)[0]

    def by_ridge(generations):
        w = np.ones(d)
        for _ in range(generations):
            x = rng.standard_normal((n, d))
            w = Ridge(alpha=1e-9, fit_intercept=False).fit(x, x @ w + rng.standard_normal(n)).coef_

    report(seconds, by_lstsq if how == "lstsq" else by_ridge)


def fit(how, d, n, seconds):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, d))
    y = x @ np.ones(d) + rng.standard_normal(n)
    if how == "lstsq":
        report(seconds, lambda times: [np.linalg.lstsq(x, y, rcond=None) for _ in range(times)])
    else:
        report(seconds, lambda times: [Ridge(alpha=1.0, fit_intercept=False).fit(x, y) for _ in range(times)])


def logistic(solver, file, seconds):
    raw = np.fromfile(file)
    d, n = (int(v) for v in raw[:2])
    x, y = raw[2 : 2 + d * n].reshape(n, d), raw[2 + d * n :]
    took, begin, value = [], time.thread_time(), 0.0
    while len(took) < 3 or time.thread_time() - begin < seconds:
        # As exact as ours: of a tolerance of 1e-4, the default, the log-likelihood is off in the eighth digit.
        model = LogisticRegression(solver=solver, C=1.0, fit_intercept=False, tol=1e-8, max_iter=10000)
        start = time.thread_time()
        model.fit(x, y)
        took.append(time.thread_time() - start)
        odds = x @ model.coef_[0]
        value = -np.mean(np.logaddexp(0.0, np.where(y > 0.5, -odds, odds)))
    print(f"{np.median(took) * 1e9:.6g} {value:.12g}")


warnings.simplefilter("ignore")
if sys.argv[1] == "logistic":
    logistic(sys.argv[2], sys.argv[3], float(sys.argv[4]))
else:
    {"chain": chain, "fit": fit}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
