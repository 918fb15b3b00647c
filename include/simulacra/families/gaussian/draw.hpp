#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include <Eigen/Core>
#include <Eigen/Jacobi>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/cholesky.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/streams_ahead.hpp>
#include <simulacra/random/wishart.hpp>
#include <simulacra/summary/moments.hpp>

/// How a Gaussian is drawn: as observations, and as the moments of observations in standard units.
namespace simulacra::detail {

/// Throws for a symmetric matrix that is no covariance; the message has its least eigenvalue, by Jacobi's rotations.
template <class T>
[[noreturn, gnu::noinline]] void reject_indefinite(square<double> covariance) {
  const Index d = covariance.rows();
  const double unit = covariance.cwiseAbs().maxCoeff();
  covariance /= unit;
  for (int sweep = 0; sweep < 30; ++sweep)
    for (Index p = 0; p < d; ++p)
      for (Index q = p + 1; q < d; ++q) {
        Eigen::JacobiRotation<double> turn;
        turn.makeJacobi(covariance, p, q);
        covariance.applyOnTheLeft(p, q, turn.adjoint());
        covariance.applyOnTheRight(p, q, turn);
      }
  const T least = static_cast<T>(covariance.diagonal().minCoeff() * unit);
  argument::reject("gaussian", "covariance", "a matrix whose least eigenvalue is " + argument::text(least),
                   "be positive semi-definite: a covariance has no eigenvalue below 0");
}

/// The lower factor of a covariance that is singular or nearly so: by Cholesky of the correlations, largest pivot first, until what is left
/// is rounding. Throws if that is too much. O(d^3).
template <class T>
[[nodiscard, gnu::noinline]] square<T> factor_of_singular(const square<T>& covariance) {
  const Index d = covariance.rows();
  const point<T> scale = covariance.diagonal().cwiseSqrt();
  square<T> rest = square<T>::Zero(d, d), root = rest;
  for (Index j = 0; j < d; ++j)
    for (Index i = 0; i < d; ++i)
      if (i == j)
        rest(i, j) = scale[i] > T(0) ? T(1) : T(0);
      else if (covariance(i, j) != T(0))
        rest(i, j) = covariance(i, j) / scale[i] / scale[j];  // infinite where a direction without variance is correlated
  const T rounding = std::numeric_limits<T>::epsilon() * static_cast<T>(8 * d);
  for (Index rank = 0; rank < d && rest.allFinite(); ++rank) {
    Index j = 0;
    const T pivot = rest.diagonal().maxCoeff(&j);
    if (pivot <= rounding) break;
    root.col(rank) = rest.col(j) / std::sqrt(pivot);
    rest -= root.col(rank) * root.col(rank).transpose();
    rest.row(j).setZero();
    rest.col(j).setZero();
  }
  if (!(rest.cwiseAbs().maxCoeff() <= 4 * rounding)) [[unlikely]]
    reject_indefinite<T>(covariance.template cast<double>());
  return lower_factor<T, dynamic>((scale.asDiagonal() * root).eval());
}

/// The lower factor of a covariance that a caller gave; checks it on the way.
template <class T, int D>
scaled_factor<T, D> factor_of_covariance(Index dimension, const square<T, D>& covariance) {
  argument::require(dimension >= 1, "gaussian", "mean.size()", dimension, "be at least 1");
  argument::require(covariance.rows() == dimension && covariance.cols() == dimension, "gaussian", "covariance.rows()",
                    covariance.rows(), "be square and match the mean");
  argument::require_finite(covariance, "gaussian", "covariance");
  if constexpr (D == 1) {  // what follows would do the same, and take a second to compile
    argument::require(covariance(0, 0) >= T(0), "gaussian", "covariance", covariance(0, 0),
                      "be positive semi-definite (this is its least diagonal entry)");
    return scaled_factor<T, D>::from_lower(square<T, D>(std::sqrt(covariance(0, 0))));
  } else {
    T largest(0), asymmetry(0), least = covariance(0, 0);
    for (Index j = 0; j < dimension; ++j) {
      for (Index i = 0; i < dimension; ++i) {
        largest = (std::max)(largest, std::abs(covariance(i, j)));
        asymmetry = (std::max)(asymmetry, std::abs(covariance(i, j) - covariance(j, i)));
      }
      least = (std::min)(least, covariance(j, j));
    }
    constexpr T tolerance = std::numeric_limits<T>::digits > 24 ? T(1e-12) : T(1e-6);
    argument::require(asymmetry <= tolerance * largest, "gaussian", "covariance", asymmetry,
                      "be symmetric (this is its asymmetry)");
    argument::require(least >= T(0), "gaussian", "covariance", least,
                      "be positive semi-definite (this is its least diagonal entry)");
    square<T, D> lower(dimension, dimension);
    if (!cholesky_factor<T, D>(covariance, lower)) lower = factor_of_singular<T>(square<T>(covariance));
    return scaled_factor<T, D>::from_lower(lower);
  }
}

/// mean + F z for standard normal z, written to the columns of x in order.
template <class T, int D, class Block>
void fill_affine(Block&& x, const point<T, D>& mean, const scaled_factor<T, D>& factor, stream& rng) {
  const Index d = x.rows(), n = x.cols();
  if constexpr (D == 1) {
    const T spread = factor.dense()(0, 0);
    if (x.colStride() == 1) [[likely]] {
      fill_normal(std::span<T>(x.derived().data(), static_cast<std::size_t>(n)), rng);
      x.array() = x.array() * spread + mean[0];
      return;
    }
    T z[256];  // a row of some other matrix: its entries stand apart
    for (Index first = 0; first < n; first += 256) {
      const Index size = std::min<Index>(256, n - first);
      fill_normal(std::span<T>(z, static_cast<std::size_t>(size)), rng);
      for (Index i = 0; i < size; ++i) x(0, first + i) = z[i] * spread + mean[0];
    }
  } else {
    const square<T, D> f = factor.dense();
    const Index block = block_of(d);
    bool diagonal = true;  // as of standard inputs: the products with zeros are left out, which add nothing
    for (Index j = 0; j < d && diagonal; ++j) diagonal = (f.col(j).tail(d - 1 - j).array() == T(0)).all();
    samples<T, D> z(d, (std::min)(block, n));
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(d * size)), rng);
      auto part = x.middleCols(first, size);
      if (diagonal) {
        for (Index i = 0; i < size; ++i) part.col(i) = f.diagonal().cwiseProduct(z.col(i)) + mean;
        continue;
      }
      if constexpr (D != dynamic && D <= 4)
        part = f.lazyProduct(z.leftCols(size));
      else
        part.noalias() = f.template triangularView<Eigen::Lower>() * z.leftCols(size);
      part.colwise() += mean;
    }
  }
}

/// Mean and factor of the scatter of observations in standard units.
template <class T, int D>
struct standard_moments {
  point<T, D> mean;
  square<T, D> factor;  ///< lower triangular
};

/// What a collapsed draw of n observations needs of n alone: roots and quotients that cost as much as its random numbers.
template <class T>
struct collapsed_constants {
  explicit collapsed_constants(Index observations)
      : n(observations), per_root_n(T(1) / std::sqrt(static_cast<T>(n))), scatter(static_cast<double>(n > 1 ? n - 1 : 1)) {}

  Index n;
  T per_root_n;
  chi_square_sampler scatter;  ///< n - 1 degrees of freedom; of n = 1: 1
};

/// The moments of n standard normal observations, by their exact law.
template <class T, int D>
[[gnu::always_inline]] inline standard_moments<T, D> standard_moments_collapsed(Index d, const collapsed_constants<T>& of,
                                                                                stream& rng) {
  standard_moments<T, D> z{point<T, D>(d), square<T, D>(d, d)};
  auto& [mean, factor] = z;
  if constexpr (D == 1) {
    mean[0] = static_cast<T>(standard_normal(rng)) * of.per_root_n;
    factor(0, 0) = of.n > 1 ? static_cast<T>(std::sqrt(of.scatter(rng))) : T(0);
  } else {
    fill_normal(std::span<T>(mean.data(), static_cast<std::size_t>(d)), rng);
    mean *= of.per_root_n;
    fill_bartlett<T, D>(factor, of.n - 1, rng);
  }
  return z;
}

/// What a chain draws in one dimension, generation after generation: moments of n observations in standard units, which do not depend on the
/// model that they are drawn for. So they are made for sixteen generations at a time, each by its own stream, where no draw waits for the
/// fit before it. The first sixteen, and those after a change of n, are made when they are asked for.
template <class T>
class collapsed_draws {
 public:
  struct draw {
    Index n = 0;
    standard_moments<T, 1> z{};
  };

  /// What the stream `root.at(t, use)` gives for n >= 1 observations. Always of one root and one purpose.
  [[gnu::always_inline, nodiscard]] draw at(Index n, const stream& root, std::uint64_t t, purpose use) {
    if (t / group != made_ || n != constants_.n) [[unlikely]]
      make(n, root, t, use);
    return {n, z_[t % group]};
  }

 private:
  static constexpr std::uint64_t group = 16, none = ~std::uint64_t{0};

  [[gnu::noinline]] void make(Index n, const stream& root, std::uint64_t t, purpose use) {
    const bool steady = n == constants_.n && t >= group && t % group == 0;
    if (n != constants_.n) constants_ = collapsed_constants<T>(n);
    made_ = steady ? t / group : none;
    for (std::uint64_t k = t; k < t + (steady ? group : 1); ++k) {
      stream rng = words_.at(root, k, use);
      z_[k % group] = standard_moments_collapsed<T, 1>(1, constants_, rng);
    }
  }

  std::uint64_t made_ = none;  ///< t / 16 of what is there
  collapsed_constants<T> constants_{1};
  std::array<standard_moments<T, 1>, group> z_;
  streams_ahead words_;
};

/// The moments of n standard normal observations that are drawn in blocks. Their mean is known to be near 0 and their
/// covariance near I, so raw second moments lose nothing and Cholesky cannot fail once n exceeds d by a little.
template <class T, int D>
standard_moments<T, D> standard_moments_streamed(Index d, Index n, stream& rng) {
  const Index block =
      std::max<Index>(64, 12288 / d);  // Eigen takes the stack for products up to 128 KiB, and so no page faults
  samples<T, D> z(d, (std::min)(block, n));
  if (n <= 2 * d + 2) {  // too few for a well-conditioned scatter: keep them, and let the data decide
    z.resize(d, n);
    fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(d * n)), rng);
    const auto few = moments<T, D>::of(z);
    return {few.mean(), few.factor().dense()};
  }
  point<double, D> sum = point<double, D>::Zero(d);
  square<double, D> second = square<double, D>::Zero(d, d);
  square<T, D> part_second(d, d);
  for (Index first = 0; first < n; first += block) {
    const Index size = (std::min)(block, n - first);
    fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(d * size)), rng);
    const auto part = z.leftCols(size);
    if constexpr (D == 1) {
      sum[0] += part.template cast<double>().sum();
      second(0, 0) += part.template cast<double>().squaredNorm();
    } else {
      sum += part.rowwise().sum().template cast<double>();
      part_second.setZero();
      if constexpr (D != dynamic && D <= 4)
        for (Index i = 0; i < size; ++i) part_second.noalias() += part.col(i) * part.col(i).transpose();
      else
        part_second.template selfadjointView<Eigen::Lower>().rankUpdate(part);
      second += part_second.template cast<double>();
    }
  }
  const point<double, D> mean = sum / static_cast<double>(n);
  for (Index j = 0; j < d; ++j)
    for (Index i = 0; i < d; ++i) second(i, j) = i < j ? 0.0 : second(i, j) - sum[i] * mean[j];
  if (!cholesky_columns(second.data(), d)) [[unlikely]]
    second.setConstant(std::numeric_limits<double>::quiet_NaN());  // the loop records what is not finite
  return {mean.template cast<T>(), second.template cast<T>()};
}

}  // namespace simulacra::detail
