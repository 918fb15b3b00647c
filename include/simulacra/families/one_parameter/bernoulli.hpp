#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/binomial.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/saddle_point.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/total.hpp>

namespace simulacra {

namespace detail {

/// Calls f(i) for every i in 0, ..., n - 1 that succeeds, independently with probability p <= 1/2. Where successes are rare,
/// the failures between two of them are drawn at once, as a geometric number: O(1 + n p), and right for any p > 0.
template <class F>
void for_each_success(Index n, double p, stream& rng, F&& f) {
  if (p == 0) return;
  if (p < 1.0 / 64) {
    const double per_unit = -1 / std::log1p(-p);
    for (Index i = 0; i < n; ++i) {
      const double failures = std::floor(standard_exponential(rng) * per_unit);
      if (!(failures < static_cast<double>(n - i))) return;
      i += static_cast<Index>(failures);
      f(i);
    }
    return;
  }
  const auto threshold = static_cast<std::uint64_t>(p * 0x1p64);
  std::array<std::uint64_t, 256> words;
  for (Index first = 0; first < n; first += 256) {
    const Index size = std::min<Index>(256, n - first);
    rng.fill(std::span(words.data(), static_cast<std::size_t>(size)));
    for (Index i = 0; i < size; ++i)
      if (words[static_cast<std::size_t>(i)] < threshold) f(first + i);
  }
}

}  // namespace detail

/// The Bernoulli law: 1 with probability p, else 0.
class bernoulli {
 public:
  /// @throw std::invalid_argument unless 0 <= p <= 1
  explicit bernoulli(double p) : p_(p) { argument::require(p >= 0 && p <= 1, "bernoulli", "p", p, "be in [0, 1]"); }

  [[nodiscard]] Index dimension() const noexcept { return 1; }
  [[nodiscard]] double probability() const noexcept { return p_; }  ///< p
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(p_); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(p_ * (1 - p_)); }  ///< p (1 - p)

  /// n observations, 1 x n. O(n). @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<Index, 1> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "bernoulli::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "bernoulli::sample", "n");
    samples<Index, 1> x(1, n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a 1 x n block with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    const Index rare = p_ <= 0.5 ? 1 : 0;
    for (Index i = 0; i < x.cols(); ++i)
      x(0, i) = 1 - rare;  // (`setConstant` would cost every user of the header to compile)
    detail::for_each_success(x.cols(), rare_probability(), rng, [&x, rare](Index i) { x(0, i) = rare; });
  }

  /// The total of n observations, by its exact law: binomial. O(1). @throw std::invalid_argument if n < 1
  [[nodiscard]] total sample_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "bernoulli::sample_summary", "n", n, "be at least 1");
    return total(n, scaled_number(static_cast<double>(binomial_count(n, p_, rng))));
  }

  /// The total of n observations that are drawn one by one and not kept: that of `sample(n, rng)`, to the last one. O(n).
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] total stream_summary(Index n, as<total>, stream& rng) const {
    argument::require(n >= 1, "bernoulli::stream_summary", "n", n, "be at least 1");
    Index rare = 0;
    detail::for_each_success(n, rare_probability(), rng, [&rare](Index) { ++rare; });
    return total(n, scaled_number(static_cast<double>(p_ <= 0.5 ? rare : n - rare)));
  }

  /// log p at 1, log(1 - p) at 0, minus infinity elsewhere; in nats.
  [[nodiscard]] double log_density(Index x) const noexcept {
    if (x == 1) return std::log(p_);
    return x == 0 ? std::log1p(-p_) : -std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] double log_density(const point<Index, 1>& x) const noexcept { return log_density(x[0]); }

  friend bool operator==(const bernoulli&, const bernoulli&) = default;

 private:
  [[nodiscard]] double rare_probability() const noexcept { return p_ <= 0.5 ? p_ : 1 - p_; }

  double p_;
};

/// The entropy of p in nats, \f$ -p \log p - (1 - p) \log(1 - p) \f$.
[[nodiscard]] inline double entropy(const bernoulli& law) {
  const double p = law.probability();
  return p > 0 && p < 1 ? -p * std::log(p) - (1 - p) * std::log1p(-p) : 0;
}

/// The Kullback-Leibler divergence of q from p in nats, \f$ p \log(p/q) + (1 - p) \log((1-p)/(1-q)) \f$; infinite where q is
/// certain of something that p is not. Small divergences keep their digits.
[[nodiscard]] inline double kl_divergence(const bernoulli& p, const bernoulli& q) {
  const auto part = [](double a, double b) {
    if (a == 0) return b;
    return b == 0 ? std::numeric_limits<double>::infinity() : detail::deviance(a, b);
  };
  return part(p.probability(), q.probability()) + part(1 - p.probability(), 1 - q.probability());
}

/// In the features of the delta kernel: (1 - p, p). @throw std::invalid_argument unless the map has at least two symbols
template <std::same_as<delta_features> Map>
void embed_into(const bernoulli& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.features() >= 2, "embed_into", "map.features()", map.features(),
                    "be at least 2: the symbols 0 and 1");
  argument::require(out.size() == map.features(), "embed_into", "out.size()", out.size(), "equal the number of symbols");
  out.setZero();
  out[0] = 1 - law.probability();
  out[1] = law.probability();
}

/// In random Fourier features, by the characteristic function \f$ 1 - p + p e^{iw} \f$.
template <std::same_as<random_fourier_features> Map>
void embed_into(const bernoulli& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
  const double p = law.probability();
  map.embed_characteristic([&](Index i) { return 1 - p + p * std::polar(1.0, map.frequencies()(i, 0)); }, out);
}

/// Fits a Bernoulli law by maximum likelihood: the share of ones. When that is 0 or 1 the outcome is `absorbed`.
class bernoulli_estimator {
 public:
  using summary = total;
  using model_type = bernoulli;

  /// @throw std::invalid_argument if s holds no weight, or its sum is more than its weight
  [[nodiscard]] fitted<bernoulli> fit(const total& s, stream&) const { return fit(s); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<bernoulli> fit(const total& s) const {
    argument::require(!s.weightless(), "bernoulli_estimator::fit", "weight()", 0, "be > 0: nothing to fit");
    const double p = s.mean().value();
    argument::require(p <= 1 + 1e-9, "bernoulli_estimator::fit", "sum() / weight()", p, "be at most 1: data are 0 or 1");
    fitted<bernoulli> result{bernoulli((std::min)(p, 1.0)), {}};
    if (p == 0 || p >= 1) {
      result.result.what = status::absorbed;
      result.result.reason = p == 0 ? "no observation is 1" : "every observation is 1";
    }
    return result;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is 0 or 1
  [[nodiscard]] fitted<bernoulli> fit(const samples<Index, 1>& x, stream&) const {
    argument::require(x.cols() >= 1, "bernoulli_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    require_binary(x);
    return fit(total::of(x));
  }

  /// Fits weighted observations.
  [[nodiscard]] fitted<bernoulli> fit(const samples<Index, 1>& x, const weights<double>& w, stream&) const {
    require_binary(x);
    return fit(total::of(x, w));
  }

  /// The best Bernoulli law for a law on {0, 1}, by KL(law || .): the one with its mean.
  template <has_mean Law>
  [[nodiscard]] bernoulli project(const Law& law) const {
    return bernoulli(static_cast<double>(law.mean()[0]));
  }

  /// What this procedure returns from infinitely many observations: the projection.
  template <has_mean Law>
  [[nodiscard]] bernoulli population_fit(const Law& law) const {
    return project(law);
  }

  /// The exact learner of the family: this one.
  [[nodiscard]] bernoulli_estimator ideal() const { return {}; }

 private:
  static void require_binary(const samples<Index, 1>& x) {
    for (Index i = 0; i < x.cols(); ++i)
      if (x[i] != 0 && x[i] != 1) [[unlikely]]
        argument::reject("bernoulli_estimator::fit", "x", argument::text(x[i]) + " at column " + argument::text(i),
                         "be 0 or 1");
  }
};

}  // namespace simulacra
