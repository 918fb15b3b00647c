#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <span>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/rkhs/detail/dense.hpp>
#include <simulacra/families/rkhs/detail/distance_in_units.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Weighted points under a round Gaussian, \f$ p = \sum_j a_j N(z_j, h^2 I) \f$: what a kernel mean with weights on the
/// simplex is as a law. At h = 0 it is the points themselves and has no density.
///
/// A point of weight 0 stays in the list, so that the others keep their numbers, and is never drawn.
template <class T = double, int D = dynamic>
class smoothed_points {
 public:
  using scalar_type = T;
  static constexpr int dimension_at_compile_time = D;

  /// @param points     d x m, finite, d and m >= 1   @param w  m weights >= 0, finite, of positive sum; they need not add to
  ///   1
  /// @param bandwidth  h >= 0, finite, in units of the data
  /// @throw std::invalid_argument if one of these does not hold
  smoothed_points(samples<T, D> points, weights<double> w, double bandwidth)
      : points_(std::move(points)), weights_(std::move(w)), bandwidth_(bandwidth) {
    argument::require(points_.rows() >= 1, "smoothed_points", "points.rows()", points_.rows(), "be at least 1");
    argument::require(points_.cols() >= 1, "smoothed_points", "points.cols()", points_.cols(), "be at least 1");
    argument::require_finite(points_, "smoothed_points", "points");
    argument::require(weights_.size() == points_.cols(), "smoothed_points", "w.size()", weights_.size(),
                      "be the number of points");
    weights_ = detail::shares_of(weights_, points_.cols(), "smoothed_points");
    argument::require(bandwidth >= 0 && bandwidth <= (std::numeric_limits<double>::max)(), "smoothed_points", "bandwidth",
                      bandwidth, "be >= 0 and finite");
  }

  [[nodiscard]] Index dimension() const noexcept { return points_.rows(); }
  [[nodiscard]] Index size() const noexcept { return points_.cols(); }  ///< m
  [[nodiscard]] const samples<T, D>& points() const noexcept { return points_; }
  [[nodiscard]] const simulacra::weights<double>& weights() const noexcept { return weights_; }  ///< of sum 1
  [[nodiscard]] double bandwidth() const noexcept { return bandwidth_; }

  /// The number of points that have weight.
  [[nodiscard]] Index support() const { return (weights_.array() > 0).count(); }

  /// \f$ \sum_j a_j z_j \f$
  [[nodiscard]] point<T, D> mean() const { return (points_.template cast<double>() * weights_).template cast<T>(); }

  /// \f$ h^2 I + \sum_j a_j (z_j - \mu)(z_j - \mu)^T \f$. O(m d^2).
  [[nodiscard]] square<T, D> covariance() const {
    return detail::weighted_covariance(points_.template cast<double>(), weights_, bandwidth_).template cast<T>();
  }

  /// n observations, d x n, independent: a point by its weight, then the smoothing. O(n d + m).
  /// @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "smoothed_points::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "smoothed_points::sample", "n");
    samples<T, D> x(dimension(), n);
    fill_normal(std::span<T>(x.data(), static_cast<std::size_t>(x.size())), rng);
    const alias_table among(std::span<const double>(weights_.data(), static_cast<std::size_t>(weights_.size())));
    for (Index i = 0; i < n; ++i) x.col(i) = points_.col(among(rng)) + static_cast<T>(bandwidth_) * x.col(i);
    return x;
  }

  /// Log density at x in nats, by log-sum-exp; without smoothing plus infinity at a point with weight and minus infinity
  /// elsewhere. O(m d). @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "smoothed_points::log_density", "x.size()", x.size(), "equal the dimension");
    constexpr double log_two_pi = 1.837877066409345483560659472811235279, infinity = std::numeric_limits<double>::infinity();
    argument::require_numbers(x, "smoothed_points::log_density", "x");
    double nearest = infinity;
    for (Index j = 0; j < size(); ++j) {
      if (!(weights_[j] > 0)) continue;
      if (bandwidth_ > 0)
        nearest = (std::min)(nearest, detail::distance_squared_in_units(points_.col(j), x, bandwidth_));
      else if (points_.col(j) == x)
        return infinity;
    }
    if (nearest == infinity) return -infinity;  // also a log density that is beyond the range of doubles
    double sum = 0;
    for (Index j = 0; j < size(); ++j)
      if (weights_[j] > 0)
        sum += weights_[j] * std::exp(0.5 * (nearest - detail::distance_squared_in_units(points_.col(j), x, bandwidth_)));
    return std::log(sum) - 0.5 * nearest - static_cast<double>(dimension()) * (0.5 * log_two_pi + std::log(bandwidth_));
  }

  /// \f$ E e^{i \omega^T x} = e^{-h^2 |\omega|^2 / 2} \sum_j a_j e^{i \omega^T z_j} \f$. O(m d).
  /// @throw std::invalid_argument if omega has another dimension
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const {
    argument::require(omega.size() == dimension(), "smoothed_points::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    std::complex<double> sum = 0;
    for (Index j = 0; j < size(); ++j) sum += weights_[j] * turn(omega, points_.col(j));
    return std::exp(-0.5 * bandwidth_ * bandwidth_ * omega.squaredNorm()) * sum;
  }

  /// The law with bandwidth h sqrt(lambda); the points stay. @throw std::invalid_argument unless lambda >= 0 and finite
  /// @throw chain_end if that leaves the range: a lineage ends there
  [[nodiscard]] smoothed_points inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "smoothed_points::inflated", "lambda",
                      lambda, "be >= 0 and finite");
    const double h = bandwidth_ * std::sqrt(lambda);
    detail::end_if_grown(std::isfinite(h), "smoothed_points::inflated");
    return smoothed_points(points_, weights_, h);
  }

  friend bool operator==(const smoothed_points& a, const smoothed_points& b) {
    return a.points_.rows() == b.points_.rows() && a.size() == b.size() && a.bandwidth_ == b.bandwidth_ &&
           a.points_ == b.points_ && a.weights_ == b.weights_;
  }

 private:
  samples<T, D> points_;
  simulacra::weights<double> weights_;
  double bandwidth_;
};

/// Adds coefficient times the law to `out`, point by point: `out.append(coefficient * a_j, N(z_j, h^2 I))`. This is how
/// signed combinations of Gaussian laws take it apart. O(m d^2).
template <class T, int D, takes_components<gaussian<T, D>> Out>
void append_components(const smoothed_points<T, D>& p, double coefficient, Out& out) {
  const Index d = p.dimension();
  const auto round = scaled_factor<T, D>::from_lower(square<T, D>::Identity(d, d) * static_cast<T>(p.bandwidth()));
  for (Index j = 0; j < p.size(); ++j)
    if (p.weights()[j] > 0)
      out.append(coefficient * p.weights()[j], gaussian<T, D>::from_factor(point<T, D>(p.points().col(j)), round));
}

/// In Nystrom features of the Gaussian kernel, from \f$ E\,k(z, X) = (1 + h^2/l^2)^{-d/2} \sum_j a_j
/// e^{-|z - z_j|^2 / (2 (l^2 + h^2))} \f$. O(features x m d). @throw std::invalid_argument if the dimensions differ
template <class T, int D, class U, int E>
void embed_into(const smoothed_points<T, D>& law, const nystrom_features<gaussian_kernel, U, E>& map,
                Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  const double l = map.kernel().length_scale(), wide = std::hypot(l, law.bandwidth());
  const gaussian_kernel widened(wide);
  const double height = std::pow(l / wide, static_cast<double>(law.dimension()));
  map.embed_values(
      [&](Index i) {
        double sum = 0;
        for (Index j = 0; j < law.size(); ++j)
          if (law.weights()[j] > 0) sum += law.weights()[j] * widened(map.landmarks().col(i), law.points().col(j));
        return height * sum;
      },
      out);
}

}  // namespace simulacra
