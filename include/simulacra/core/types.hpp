#pragma once

#include <Eigen/Core>

namespace simulacra {

/// Signed size and index type of the whole library (counts of observations, generations, replicates, dimensions).
using Eigen::Index;

/// The dimension that is known only at run time.
inline constexpr int dynamic = Eigen::Dynamic;

/// Observations, one per **column**: a `D x n` matrix. One template serves 1-D, fixed and run-time dimension, and each
/// observation is contiguous. (CSV files are the other way round: an observation is a row. `io` transposes.)
template <class T = double, int D = dynamic>
using samples = Eigen::Matrix<T, D, Eigen::Dynamic>;

/// One observation, or the mean of many: a column of `D` numbers.
template <class T = double, int D = dynamic>
using point = Eigen::Matrix<T, D, 1>;

/// A `D x D` matrix: a covariance, a scatter, a factor of either.
template <class T = double, int D = dynamic>
using square = Eigen::Matrix<T, D, D>;

/// One non-negative number per observation: how much each column of a `samples` counts.
template <class T = double>
using weights = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// What a scatter is divided by to become a variance: `n` is maximum likelihood, `n_minus_1` is unbiased. It is never a
/// default: under the first a chain of refits collapses twice as fast, and under the second its expected squared
/// Wasserstein distance from the truth grows without bound while under the first it does not.
enum class divisor { n, n_minus_1 };

}  // namespace simulacra
