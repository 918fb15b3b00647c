#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/data.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/embedding_error.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

/// Stands for the way of computing that a functional does not have.
struct no_way {};

}  // namespace detail

/// A number that a law has: a variance, an entropy, the mass of a tail. It is computed by the first of these that applies:
///
/// 1. `of_sample(x, w)` on the observations of a kept data set (w empty: all weights are 1), which is exact for that law;
/// 2. `of_law(law)`, a closed form, for the laws that it can be called with;
/// 3. for a linear functional of a mixture, the mean over its components;
/// 4. `of_draws(law, x)` or else `of_sample(x, w)` on draws, with a Monte Carlo variance from ten batches.
///
/// `functional{"fourth_moment", of_law, of_sample}`; a callable in place of `of_sample` may be left out.
template <class OfLaw, class OfSample = detail::no_way, class OfDraws = detail::no_way>
struct functional {
  std::string name;
  OfLaw of_law{};
  OfSample of_sample{};
  OfDraws of_draws{};
  bool linear = false;  ///< f(mixture) is the mean of f over the components: moments, masses of sets
};

template <class OfLaw>
functional(std::string, OfLaw) -> functional<OfLaw>;
template <class OfLaw, class OfSample>
functional(std::string, OfLaw, OfSample) -> functional<OfLaw, OfSample>;
template <class OfLaw, class OfSample, class OfDraws>
functional(std::string, OfLaw, OfSample, OfDraws) -> functional<OfLaw, OfSample, OfDraws>;
template <class OfLaw, class OfSample, class OfDraws>
functional(std::string, OfLaw, OfSample, OfDraws, bool) -> functional<OfLaw, OfSample, OfDraws>;

/// A value and the Monte Carlo variance of having it by draws.
struct functional_value {
  double value = std::numeric_limits<double>::quiet_NaN();
  double variance = 0;
};

namespace detail {

template <class Law>
concept holds_observations = requires(const Law& law) {
                               { law.has_observations() } -> std::convertible_to<bool>;
                               law.observations();
                               law.observation_weights();
                             };

/// A functional of a law by ten batches of draws.
template <class F, class Law>
functional_value value_by_draws(const F& f, const Law& law, Index draws, stream rng) {
  constexpr Index batches = 10;
  std::array<double, batches> each{};
  for (double& v : each) {
    const auto x = sampled(law, (std::max)(draws / batches, Index{2}), rng, {"value_of"});
    if constexpr (requires {
                    { f.of_draws(law, x) } -> std::convertible_to<double>;
                  })
      v = f.of_draws(law, x);
    else
      v = f.of_sample(x, weights<double>());
  }
  const double mean = std::accumulate(each.begin(), each.end(), 0.0) / batches;
  double squares = 0;
  for (const double v : each) squares += (v - mean) * (v - mean);
  return {mean, squares / (batches * (batches - 1))};
}

}  // namespace detail

/// The value of a functional at a law; see `functional`. NaN where no way of computing it applies.
/// @param draws  how many, where it takes draws; they come from `rng`, which is a copy: the same draws every time
template <class OfLaw, class OfSample, class OfDraws, class Law>
[[nodiscard]] functional_value value_of(const functional<OfLaw, OfSample, OfDraws>& f, const Law& law, Index draws,
                                        const stream& rng) {
  if constexpr (detail::holds_observations<Law>)
    if constexpr (requires {
                    { f.of_sample(law.observations(), law.observation_weights()) } -> std::convertible_to<double>;
                  })
      if (law.has_observations()) return {f.of_sample(law.observations(), law.observation_weights()), 0};
  if constexpr (requires {
                  { f.of_law(law) } -> std::convertible_to<double>;
                })
    return {f.of_law(law), 0};
  if constexpr (detail::mixes_laws<Law>) {
    if (f.linear) {
      functional_value sum{0, 0};
      for (std::size_t i = 0; i < law.size(); ++i) {
        const functional_value part =
            law.visit(i, [&](const auto& component) { return value_of(f, component, draws, rng); });
        sum.value += law.share(i) * part.value;
        sum.variance += law.share(i) * law.share(i) * part.variance;
      }
      return sum;
    }
  }
  if constexpr (
      requires(const decltype(law.sample(Index{}, std::declval<stream&>()))& x) { f.of_draws(law, x); } ||
      requires(const decltype(law.sample(Index{}, std::declval<stream&>()))& x) { f.of_sample(x, weights<double>()); })
    return detail::value_by_draws(f, law, draws, rng);
  return {};
}

/// The space of some functionals: a law is embedded as their values. It is no vector space of laws, since a variance of a mixture is
/// not the mean of variances; the ledger books what is missing under `term::mixing`, which is 0 for linear functionals.
template <class... Functionals>
class functional_space {
 public:
  using vector = Eigen::Matrix<double, static_cast<int>(sizeof...(Functionals)), 1>;
  static constexpr bool is_linear = false;

  explicit functional_space(Functionals... all) : functionals_(std::move(all)...) {}

  /// The same with another number of draws for values that take draws.
  [[nodiscard]] functional_space with_draws(Index draws) const {
    functional_space other = *this;
    other.draws_ = draws;
    return other;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    std::apply([&](const auto&... f) { (all.push_back(f.name), ...); }, functionals_);
    return all;
  }

  [[nodiscard]] vector zero() const { return vector::Zero(); }
  void set_zero(vector& v) const { v.setZero(); }
  void add(vector& v, double c, const vector& u) const { v += c * u; }
  void add_difference(vector& v, const vector& a, const vector& b) const { v += a - b; }
  [[nodiscard]] double inner(const vector& u, const vector& v) const { return u.dot(v); }

  /// The values at a law. Returns the sum of their Monte Carlo variances.
  template <class Law>
  double embed(const Law& law, vector& out) const {
    double variance = 0;
    Index k = 0;
    const stream rng(stream_key{0, 0}, {.use = purpose::reference});  // fixed: equal laws have equal values
    std::apply(
        [&](const auto&... f) {
          const auto one = [&](const functional_value& v) {
            out[k++] = v.value;
            variance += v.variance;
          };
          (one(value_of(f, law, draws_, rng)), ...);
        },
        functionals_);
    return variance;
  }

 private:
  std::tuple<Functionals...> functionals_;
  Index draws_ = 10'000;
};

}  // namespace simulacra
