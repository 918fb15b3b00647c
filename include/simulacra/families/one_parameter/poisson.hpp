#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <limits>
#include <stdexcept>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/poisson.hpp>
#include <simulacra/random/saddle_point.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/total.hpp>

namespace simulacra {

/// The Poisson law with a given rate, its mean: whole numbers >= 0.
class poisson {
 public:
  /// The largest rate: beyond it, observations leave the range of `Index`.
  static constexpr double largest_rate = 1e18;

  /// @throw std::invalid_argument unless 0 <= rate <= 1e18
  explicit poisson(double rate) : rate_(rate) {
    argument::require(rate >= 0 && rate <= largest_rate, "poisson", "rate", rate, "be in [0, 1e18]");
  }

  [[nodiscard]] Index dimension() const noexcept { return 1; }
  [[nodiscard]] double rate() const noexcept { return rate_; }  ///< the mean as a number
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(rate_); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(rate_); }  ///< the rate again

  /// n observations, 1 x n. O(n). @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<Index, 1> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "poisson::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "poisson::sample", "n");
    samples<Index, 1> x(1, n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a 1 x n block with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    for (Index i = 0; i < x.cols(); ++i) x(0, i) = poisson_count(rate_, rng);
  }

  /// The total of n observations, by its exact law: Poisson with mean n rate. O(1). Where that mean is above 1e18, the total is normal
  /// with the same mean and variance, which differs from the Poisson law by less than the rounding of a total of that size does.
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] total sample_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "poisson::sample_summary", "n", n, "be at least 1");
    const double mean = static_cast<double>(n) * rate_;
    const double sum =
        mean <= largest_rate ? static_cast<double>(poisson_count(mean, rng)) : mean + std::sqrt(mean) * standard_normal(rng);
    return total(n, scaled_number(sum));
  }

  /// The total of n observations that are drawn one by one and not kept: that of `sample(n, rng)`, exactly up to 2^53. O(n).
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] total stream_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "poisson::stream_summary", "n", n, "be at least 1");
    double sum = 0;
    for (Index i = 0; i < n; ++i) sum += static_cast<double>(poisson_count(rate_, rng));
    return total(n, scaled_number(sum));
  }

  /// Log probability of x, \f$ x \log\lambda - \lambda - \log x! \f$ in nats, at any size of both; minus infinity where x <
  /// 0.
  [[nodiscard]] double log_density(Index x) const noexcept {
    if (x < 0 || (rate_ == 0 && x > 0)) return -std::numeric_limits<double>::infinity();
    return detail::log_poisson(static_cast<double>(x), rate_);
  }
  [[nodiscard]] double log_density(const point<Index, 1>& x) const noexcept { return log_density(x[0]); }

  friend bool operator==(const poisson&, const poisson&) = default;

 private:
  double rate_;
};

/// The Kullback-Leibler divergence of q from p in nats, \f$ \lambda_p \log(\lambda_p / \lambda_q) + \lambda_q - \lambda_p
/// \f$; infinite where q is certain of 0 and p is not. Small divergences keep their digits.
[[nodiscard]] inline double kl_divergence(const poisson& p, const poisson& q) {
  if (p.rate() == 0) return q.rate();
  return q.rate() == 0 ? std::numeric_limits<double>::infinity() : detail::deviance(p.rate(), q.rate());
}

/// In random Fourier features, by the characteristic function \f$ \exp(\lambda (e^{iw} - 1)) \f$.
template <std::same_as<random_fourier_features> Map>
void embed_into(const poisson& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
  map.embed_characteristic(
      [&](Index i) {
        const double w = map.frequencies()(i, 0), half = std::sin(0.5 * w);  // cos w - 1 = -2 sin^2(w/2), digits and all
        return std::polar(std::exp(-2 * law.rate() * half * half), law.rate() * std::sin(w));
      },
      out);
}

/// Fits a Poisson law by maximum likelihood: the mean. When that is 0 the outcome is `absorbed`; a mean over 1e18, out of
/// which no law can be made, is a `std::domain_error`, at which a lineage ends.
class poisson_estimator {
 public:
  using summary = total;
  using model_type = poisson;

  /// @throw std::invalid_argument if s holds no weight;  std::domain_error if its mean is over 1e18
  [[nodiscard]] fitted<poisson> fit(const total& s, stream&) const { return fit(s); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<poisson> fit(const total& s) const {
    argument::require(!s.weightless(), "poisson_estimator::fit", "weight()", 0, "be > 0: nothing to fit");
    const double rate = s.mean().value();
    if (!(rate <= poisson::largest_rate))
      throw std::domain_error("simulacra::poisson_estimator::fit: the mean has outgrown 1e18, the largest rate");
    fitted<poisson> result{poisson(rate), {}};
    if (rate == 0) {
      result.result.what = status::absorbed;
      result.result.reason = "every observation is 0";
    }
    return result;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is >= 0
  [[nodiscard]] fitted<poisson> fit(const samples<Index, 1>& x, stream&) const {
    argument::require(x.cols() >= 1, "poisson_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return fit(total::of(x));
  }

  /// Fits weighted observations.
  [[nodiscard]] fitted<poisson> fit(const samples<Index, 1>& x, const weights<double>& w, stream&) const {
    return fit(total::of(x, w));
  }

  /// The best Poisson law for a law on 0, 1, ..., by KL(law || .): the one with its mean.
  template <has_mean Law>
  [[nodiscard]] poisson project(const Law& law) const {
    return poisson(static_cast<double>(law.mean()[0]));
  }

  /// What this procedure returns from infinitely many observations: the projection.
  template <has_mean Law>
  [[nodiscard]] poisson population_fit(const Law& law) const {
    return project(law);
  }

  /// The exact learner of the family: this one.
  [[nodiscard]] poisson_estimator ideal() const { return {}; }
};

}  // namespace simulacra
