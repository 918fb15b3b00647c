"""The one-dimensional recursion as it stands in most notebooks: NumPy's default generator, one array per generation."""

import sys
import time

import numpy as np


def chain(generations, samples, rng):
    mu, sigma = 0.0, 1.0
    for _ in range(generations):
        x = rng.normal(mu, sigma, samples)
        mu, sigma = x.mean(), x.std(ddof=1)
        if sigma < 1e-3:
            mu, sigma = 0.0, 1.0
    return mu


def main():
    how, dimension, samples, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    assert how == "loop" and dimension == 1
    rng = np.random.default_rng(1)
    generations, took = 10, 0.0
    while took < seconds / 2:
        if took > 0:
            generations = int(generations * min(100.0, seconds / took)) + 1
        start = time.thread_time()
        chain(generations, samples, rng)
        took = max(time.thread_time() - start, 1e-9)
    print(f"{took / generations * 1e9:.6g}")


main()
