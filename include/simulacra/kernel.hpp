#pragma once

/// Kernel density estimation: smoothing kernels, the law, bandwidth selectors, the estimator, closed forms between such laws, and
/// evaluation with a stated error.
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/cross_validation.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/kernel/divergences.hpp>
#include <simulacra/families/kernel/embedding.hpp>
#include <simulacra/families/kernel/estimator.hpp>
#include <simulacra/families/kernel/fast_density.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/sheather_jones.hpp>
#include <simulacra/families/kernel/smoothed.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/sums/evaluation.hpp>
#include <simulacra/sums/gauss_sum.hpp>
