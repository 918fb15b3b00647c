#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/total.hpp>

namespace simulacra {

/// The exponential law with a given mean, \f$ p(x) = e^{-x/\theta} / \theta \f$ for x >= 0.
///
/// A chain of refits multiplies theta by Gamma(M) / M each generation, whose logarithm is psi(M) - log M < 0 on average: it
/// collapses exponentially. So theta is a double times a power of two, and never freezes or underflows; only stored
/// observations, and theta as a T, can.
template <class T = double>
class exponential {
 public:
  using scalar_type = T;

  /// @throw std::invalid_argument unless mean >= 0 and finite; at 0 it is certain of 0
  explicit exponential(T mean) : mean_(checked(mean)) {}

  /// The law whose mean is a number of any size.
  static exponential from_scaled(const scaled_number& mean) {
    exponential law(T(0));
    law.mean_ = mean;
    return law;
  }

  [[nodiscard]] Index dimension() const noexcept { return 1; }

  /// theta, of any size.
  [[nodiscard]] const scaled_number& scaled_mean() const noexcept { return mean_; }

  /// log theta, right at any depth of collapse; minus infinity at 0.
  [[nodiscard]] double log_mean() const { return mean_.log(); }

  [[nodiscard]] T scale() const noexcept { return static_cast<T>(mean_.value()); }  ///< theta as a number; may underflow
  [[nodiscard]] point<T, 1> mean() const { return point<T, 1>(scale()); }
  [[nodiscard]] square<T, 1> covariance() const { return square<T, 1>(scale() * scale()); }  ///< theta squared

  /// n observations, 1 x n. O(n), one word each. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, 1> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "exponential::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "exponential::sample", "n");
    samples<T, 1> x(1, n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a 1 x n block with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    const double theta = mean_.value();
    for (Index i = 0; i < x.cols(); ++i) x(0, i) = static_cast<T>(theta * standard_exponential(rng));
  }

  /// The total of n observations, by its exact law: theta times a Gamma(n) number. O(1).
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] total sample_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "exponential::sample_summary", "n", n, "be at least 1");
    return total(n, mean_.times(standard_gamma(static_cast<double>(n), rng)));
  }

  /// The total of n observations that are drawn one by one, in units of theta, and not kept: that of `sample(n, rng)` up to
  /// rounding, at any theta. O(n). @throw std::invalid_argument if n < 1
  [[nodiscard]] total stream_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "exponential::stream_summary", "n", n, "be at least 1");
    double sum = 0;
    for (Index i = 0; i < n; ++i) sum += standard_exponential(rng);
    return total(n, mean_.times(sum));
  }

  /// Log density at x, \f$ -\log\theta - x / \theta \f$ in nats; minus infinity where x < 0 or infinite.
  /// @throw std::invalid_argument if x is not a number
  [[nodiscard]] double log_density(T x) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    argument::require(x == x, "exponential::log_density", "x", x, "be a number");
    if (x < T(0) || x > (std::numeric_limits<T>::max)()) return -infinity;
    if (mean_.is_zero()) return x == T(0) ? infinity : -infinity;
    return -log_mean() - scaled_number::ratio(scaled_number(static_cast<double>(x)), mean_);
  }
  [[nodiscard]] double log_density(const point<T, 1>& x) const { return log_density(x[0]); }

  friend bool operator==(const exponential&, const exponential&) = default;

 private:
  static scaled_number checked(T mean) {
    argument::require(mean >= T(0) && mean <= (std::numeric_limits<T>::max)(), "exponential", "mean", mean,
                      "be >= 0 and finite");
    return scaled_number(static_cast<double>(mean));
  }

  scaled_number mean_;
};

exponential(int)->exponential<double>;

/// The differential entropy of p in nats, \f$ 1 + \log\theta \f$; minus infinity at mean 0.
template <class T>
[[nodiscard]] double entropy(const exponential<T>& p) {
  return 1 + p.log_mean();
}

/// The Kullback-Leibler divergence of q from p in nats, \f$ r - 1 - \log r \f$ with r the ratio of the means; infinite where
/// one of them is 0. Small divergences keep their digits.
template <class T>
[[nodiscard]] double kl_divergence(const exponential<T>& p, const exponential<T>& q) {
  if (p.scaled_mean().is_zero() || q.scaled_mean().is_zero()) return std::numeric_limits<double>::infinity();
  const double l = scaled_number::log_ratio(p.scaled_mean(), q.scaled_mean());
  if (std::abs(l) > 0.05) return std::expm1(l) - l;
  double sum = 0;  // e^l - 1 - l = l^2 (1/2! + l (1/3! + ...))
  for (int k = 11; k >= 2; --k) sum = (1 + l * sum) / k;
  return l * l * sum;
}

/// In random Fourier features, by the characteristic function \f$ 1 / (1 - i w \theta) \f$.
template <class T, std::same_as<random_fourier_features> Map>
void embed_into(const exponential<T>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
  const double theta = law.scaled_mean().value();
  map.embed_characteristic(
      [&](Index i) {
        const double turn = map.frequencies()(i, 0) * theta, squared = 1 + turn * turn;
        return std::complex<double>(1 / squared, turn / squared);
      },
      out);
}

/// In a grid, by the probabilities of the cells, \f$ e^{-a/\theta} (1 - e^{-(b-a)/\theta}) \f$.
template <class T, std::same_as<grid_features> Map>
void embed_into(const exponential<T>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
  const double theta = law.scaled_mean().value();
  map.embed_probabilities(
      [&](Index i) {
        const double a = (std::max)(0.0, map.axis(0).edge(i)), b = (std::max)(0.0, map.axis(0).edge(i + 1));
        if (theta == 0) return map.axis(0).edge(i) <= 0 && map.axis(0).edge(i + 1) > 0 ? 1.0 : 0.0;
        return a < b ? -std::exp(-a / theta) * std::expm1((a - b) / theta) : 0.0;
      },
      out);
}

/// Fits an exponential law by maximum likelihood: the mean.
///
/// Stored observations are numbers of type T: when their mean has fallen to within 32 of T's smallest steps the outcome is
/// `resolution`, and when all of them are 0 it is `degenerate`. Streamed and collapsed draws never get there.
template <class T = double>
class exponential_estimator {
 public:
  using summary = total;
  using model_type = exponential<T>;

  /// @throw std::invalid_argument if s holds no weight
  [[nodiscard]] fitted<model_type> fit(const total& s, stream&) const { return fit(s); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<model_type> fit(const total& s) const {
    argument::require(!s.weightless(), "exponential_estimator::fit", "weight()", 0, "be > 0: nothing to fit");
    fitted<model_type> result{model_type::from_scaled(s.mean()), {}};
    if (s.sum().is_zero()) {
      result.result.what = status::degenerate;
      result.result.reason = "every observation is 0: the mean has underflowed";
    }
    return result;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is >= 0 and finite
  [[nodiscard]] fitted<model_type> fit(const samples<T, 1>& x, stream&) const {
    argument::require(x.cols() >= 1, "exponential_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return resolved(fit(total::of(x)));
  }

  /// Fits weighted observations.
  [[nodiscard]] fitted<model_type> fit(const samples<T, 1>& x, const weights<double>& w, stream&) const {
    return resolved(fit(total::of(x, w)));
  }

  /// The best exponential law for a law on x >= 0, by KL(law || .): the one with its mean.
  template <has_mean Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return model_type(static_cast<T>(law.mean()[0]));
  }
  [[nodiscard]] model_type project(const model_type& law) const { return law; }

  /// What this procedure returns from infinitely many observations: the projection.
  template <has_mean Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return project(law);
  }

  /// The exact learner of the family: this one.
  [[nodiscard]] exponential_estimator ideal() const { return {}; }

 private:
  /// Marks a fit to stored data that are made of rounding.
  [[nodiscard]] static fitted<model_type> resolved(fitted<model_type> fit) {
    const double theta = fit.model.scaled_mean().value();
    if (theta > 0 && theta < 32 * static_cast<double>(std::numeric_limits<T>::denorm_min())) {
      fit.result.what = status::resolution;
      fit.result.reason = "the stored data have fallen to the smallest numbers there are";
    }
    return fit;
  }
};

}  // namespace simulacra
