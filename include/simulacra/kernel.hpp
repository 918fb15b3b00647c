#pragma once

/// Kernel density estimation: smoothing kernels, the law, bandwidth selectors, the estimator, and closed forms between such laws.
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/kernel/divergences.hpp>
#include <simulacra/families/kernel/embedding.hpp>
#include <simulacra/families/kernel/estimator.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/smoothed.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
