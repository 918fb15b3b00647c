#pragma once

#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/detail/embedding.hpp>  // with the law come its closed forms
#include <simulacra/families/gaussian/detail/risk.hpp>
#include <simulacra/families/gaussian/detail/tilt.hpp>
#include <simulacra/families/gaussian/draw.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/numerics/singular.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

template <class T, int D>
class truncated_gaussian;

/// The Gaussian law N(mu, Sigma) in d dimensions, d fixed (`gaussian<double, 2>`) or known at run time (`gaussian<>`).
///
/// Sigma lives in square-root form, Sigma = F F' with F lower triangular and scaled per column, so that a chain of refits
/// can collapse by any factor without rounding it away. Sigma may be singular: sampling works, the log-determinant is minus
/// infinity, and the density is 0 off the directions that are left.
template <class T = double, int D = dynamic>
class gaussian {
 public:
  using scalar_type = T;
  static constexpr int dimension_at_compile_time = D;

  /// @param mean        d numbers, finite
  /// @param covariance  d x d, finite, symmetric to 1e-12 of its largest entry, positive semi-definite
  /// @throw std::invalid_argument if one of these does not hold
  gaussian(const point<T, D>& mean, const square<T, D>& covariance)
      : gaussian(mean, detail::factor_of_covariance<T, D>(mean.size(), covariance), checked{}) {
    argument::require_finite(mean_, "gaussian", "mean");
  }

  /// The 1-D law with this mean and variance. @throw std::invalid_argument unless both are finite and variance >= 0
  gaussian(T mean, T variance)
    requires(D == 1)
      : gaussian(point<T, 1>(mean), square<T, 1>(variance)) {}

  /// The law with covariance F F'.
  /// @throw std::invalid_argument if the dimensions differ or are 0, or the mean is not finite
  static gaussian from_factor(point<T, D> mean, scaled_factor<T, D> factor) {
    argument::require(mean.size() >= 1, "gaussian::from_factor", "mean.size()", mean.size(), "be at least 1");
    argument::require(mean.size() == factor.dimension(), "gaussian::from_factor", "factor.dimension()", factor.dimension(),
                      "equal the dimension of the mean");
    argument::require_finite(mean, "gaussian::from_factor", "mean");
    return gaussian(std::move(mean), std::move(factor), checked{});
  }

  /// N(0, I). @throw std::invalid_argument unless dimension >= 1
  static gaussian standard(Index dimension = (D == dynamic ? 0 : D)) {
    argument::require(dimension >= 1 && (D == dynamic || dimension == D), "gaussian::standard", "dimension", dimension,
                      "be at least 1 and equal D where D is fixed");
    argument::require_room(dimension, dimension, sizeof(T), "gaussian::standard", "dimension");
    return gaussian(point<T, D>::Zero(dimension), scaled_factor<T, D>::identity(dimension), checked{});
  }

  [[nodiscard]] Index dimension() const noexcept { return mean_.size(); }
  [[nodiscard]] const point<T, D>& mean() const noexcept { return mean_; }
  [[nodiscard]] square<T, D> covariance() const { return factor_.second_moment(); }

  /// The F with Sigma = F F'.
  [[nodiscard]] const scaled_factor<T, D>& factor() const noexcept { return factor_; }

  /// log det Sigma, right at any depth of collapse; minus infinity where a direction is lost.
  [[nodiscard]] double log_determinant() const { return factor_.log_determinant(); }

  /// Sigma itself in one dimension.
  [[nodiscard]] T variance() const
    requires(D == 1)
  {
    return factor_.second_moment()(0, 0);
  }

  /// n observations, d x n. O(n d^2). @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "gaussian::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "gaussian::sample", "n");
    samples<T, D> x(dimension(), n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a d x n block of columns with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    detail::fill_affine<T, D>(std::forward<Block>(x), mean_, factor_, rng);
  }

  /// The moments of n observations, drawn from their exact law at a cost that does not depend on n. The mean is
  /// N(mu, Sigma / n), the scatter is Wishart with n - 1 degrees of freedom, independent of each other:
  /// \f[ \bar x = \mu + F \bar z, \qquad R = F A, \f]
  /// A by Bartlett's decomposition (1933). O(d^3 / 3). @throw std::invalid_argument if n < 1
  [[gnu::always_inline, nodiscard]] moments<T, D> sample_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "gaussian::sample_summary", "n", n, "be at least 1");
    const detail::collapsed_constants<T> of(n);
    return from_standard(n, detail::standard_moments_collapsed<T, D>(dimension(), of, rng));
  }

  /// The same of what has been drawn ahead: a chain in one dimension does so.
  using summary_draws = std::conditional_t<D == 1, detail::collapsed_draws<T>, void>;
  [[gnu::always_inline, nodiscard]] moments<T, D> sample_summary(const typename detail::collapsed_draws<T>::draw& of,
                                                                 as<moments<T, D>>) const
    requires(D == 1)
  {
    return from_standard(of.n, of.z);
  }

  /// The moments of n observations that are drawn block by block, in standard units, and not kept. The same normal numbers
  /// as `sample(n, rng)`, but x is never formed: its spread may be any number of orders below the rounding of its mean.
  /// O(n d^2) time, O(d^2) memory. @throw std::invalid_argument if n < 1
  [[nodiscard]] moments<T, D> stream_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "gaussian::stream_summary", "n", n, "be at least 1");
    return from_standard(n, detail::standard_moments_streamed<T, D>(dimension(), n, rng));
  }

  /// Log density at x: \f$ -\frac12 (d \log 2\pi + \log\det\Sigma + (x-\mu)^T \Sigma^{-1} (x-\mu)) \f$, in nats. O(d^2).
  ///
  /// Where Sigma is singular there is no density: it is plus infinity on the law's support, which is where all draws are, and minus
  /// infinity off it. What is asked of x is that it be there to rounding: see `squared_length_on_support`.
  /// @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "gaussian::log_density", "x.size()", x.size(), "equal the dimension");
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    const double distance = factor_.mahalanobis_squared(point<T, D>(x - mean_), 0, rounding_of_difference<T>(x, mean_));
    if (distance == std::numeric_limits<double>::infinity()) [[unlikely]] {
      argument::require(!x.hasNaN(), "gaussian::log_density", "x", std::numeric_limits<double>::quiet_NaN(), "be a number");
      return -distance;
    }
    return -0.5 * (static_cast<double>(dimension()) * log_two_pi + log_determinant() + distance);
  }

  /// The law with covariance lambda Sigma: the sampling bias of Alemohammad et al. (2024), "Self-consuming generative models
  /// go MAD". Below 1 it favours quality over diversity. @throw std::invalid_argument unless lambda >= 0 and finite
  [[nodiscard]] gaussian inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "gaussian::inflated", "lambda", lambda,
                      "be >= 0 and finite");
    return gaussian(mean_, factor_.scaled(std::sqrt(lambda)), checked{});
  }

  /// The law with density proportional to the tau-th root of this one's: N(mu, tau Sigma).
  /// @throw std::invalid_argument unless tau > 0 and finite
  [[nodiscard]] gaussian tempered(double tau) const {
    argument::require(tau > 0 && tau <= (std::numeric_limits<double>::max)(), "gaussian::tempered", "tau", tau,
                      "be > 0 and finite");
    return gaussian(mean_, factor_.scaled(std::sqrt(tau)), checked{});
  }

  /// The law cut off at the level set (x - mu)' Sigma^-1 (x - mu) = c^2: in one dimension, at c standard deviations.
  /// @throw std::invalid_argument unless c > 0
  [[nodiscard]] truncated_gaussian<T, D> truncated(double c) const { return truncated_gaussian<T, D>(*this, c); }

  /// The law with density proportional to \f$ p(x) e^{r(x)} \f$, for a reward of constant curvature A (`linear_reward`,
  /// `quadratic_reward`): \f$ N(\mu + \Sigma' \nabla r(\mu), \Sigma') \f$ with \f$ \Sigma'^{-1} = \Sigma^{-1} + A \f$, also where
  /// Sigma is singular. O(d^3). @throw std::invalid_argument if the reward is of another dimension, or A Sigma is not finite
  template <quadratic_in_x Reward>
  [[nodiscard]] gaussian tilted(const Reward& reward) const {
    const detail::tilt<D> by = detail::tilt_of<T, D>(mean_, factor_, reward);
    return gaussian(point<T, D>((mean_.template cast<double>() + by.shift).template cast<T>()),
                    factor_.times(square<T, D>(by.factor.template cast<T>())), checked{});
  }

  /// \f$ \log E e^{r(X)} \f$, in closed form for such a reward. @throw std::invalid_argument as `tilted` does
  template <quadratic_in_x Reward>
  [[nodiscard]] double log_mean_exp(const Reward& reward) const {
    return detail::tilt_of<T, D>(mean_, factor_, reward).log_mean;
  }

  friend bool operator==(const gaussian& a, const gaussian& b) {
    return a.dimension() == b.dimension() && a.mean_ == b.mean_ && a.factor_ == b.factor_;
  }

 private:
  struct checked {};
  gaussian(point<T, D> mean, scaled_factor<T, D> factor, checked) : mean_(std::move(mean)), factor_(std::move(factor)) {}

  /// The moments of n observations, given what they are in standard units. Inlined: passed through memory, a struct that was
  /// written number by number stalls whoever reads it in one piece, for longer than it takes to compute.
  [[gnu::always_inline, nodiscard]] moments<T, D> from_standard(Index n, const detail::standard_moments<T, D>& z) const {
    return moments<T, D>(n, point<T, D>(mean_ + factor_.times_vector(z.mean)), factor_.times(z.factor));
  }

  point<T, D> mean_;
  scaled_factor<T, D> factor_;
};

}  // namespace simulacra
