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

#include <simulacra/core/argument.hpp>
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
  static constexpr std::size_t batches = 10;

  double value = std::numeric_limits<double>::quiet_NaN();
  double variance = 0;
  std::array<double, batches>
      apart{};  ///< what each batch of draws leaves in the value: their squares add to `variance`. Values that
                ///< were drawn from one stream share it, and it cancels in their differences
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
  constexpr Index batches = functional_value::batches;
  std::array<double, functional_value::batches> each{};
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
  functional_value result{mean, 0, {}};
  for (std::size_t b = 0; b < each.size(); ++b) {
    result.apart[b] = (each[b] - mean) / std::sqrt(static_cast<double>(batches * (batches - 1)));
    result.variance += result.apart[b] * result.apart[b];
  }
  return result;
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
      if (law.has_observations()) return {f.of_sample(law.observations(), law.observation_weights()), 0, {}};
  if constexpr (requires {
                  { f.of_law(law) } -> std::convertible_to<double>;
                })
    return {f.of_law(law), 0, {}};
  if constexpr (detail::mixes_laws<Law>) {
    if (f.linear) {
      functional_value sum{0, 0, {}};
      for (std::size_t i = 0; i < law.size(); ++i) {
        const functional_value part =
            law.visit(i, [&](const auto& component) { return value_of(f, component, draws, rng); });
        sum.value += law.share(i) * part.value;
        for (std::size_t b = 0; b < sum.apart.size(); ++b) sum.apart[b] += law.share(i) * part.apart[b];
      }
      for (const double a : sum.apart) sum.variance += a * a;  // (all components are drawn from one stream)
      return sum;
    }
  }
  if constexpr (
      requires(const decltype(law.sample(Index{}, std::declval<stream&>()))& x) { f.of_draws(law, x); } ||
      requires(const decltype(law.sample(Index{}, std::declval<stream&>()))& x) { f.of_sample(x, weights<double>()); })
    return detail::value_by_draws(f, law, draws, rng);
  return {};
}

namespace detail {

/// Whether a functional of laws of a type has a closed form: for a linear one of a mixture, whether it has for its components is asked
/// no further.
template <class F, class Law>
inline constexpr bool always_exact = requires(const F& f, const Law& law) {
                                       { f.of_law(law) } -> std::convertible_to<double>;
                                     };

}  // namespace detail

/// The space of some functionals: a law is embedded as their values. It is no vector space of laws, since a variance of a mixture is
/// not the mean of variances; the ledger books what is missing under `term::mixing`, which is 0 for linear functionals.
template <class... Functionals>
class functional_space {
 public:
  using vector = Eigen::Matrix<double, static_cast<int>(sizeof...(Functionals)), 1>;
  static constexpr bool is_linear = false;

  explicit functional_space(Functionals... all) : functionals_(std::move(all)...) {}

  /// The same with another number of draws for values that take draws. @throw std::invalid_argument unless draws >= 20, two a batch
  [[nodiscard]] functional_space with_draws(Index draws) const {
    argument::require(draws >= 20, "functional_space::with_draws", "draws", draws, "be at least 20, two for each batch");
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

  /// Whether no functional of a law of this type is ever found by draws.
  template <class Law>
  static constexpr bool is_exact = (detail::always_exact<Functionals, Law> && ...);

  /// The values at a law. @return the sum of their Monte Carlo variances
  template <class Law>
  double embed(const Law& law, vector& out) const {
    embedding_error error;
    return embed(law, out, error);
  }

  /// The same, with the error of each where it took draws.
  template <class Law>
  double embed(const Law& law, vector& out, embedding_error& error) const {
    double variance = 0;
    std::size_t k = 0;
    std::array<functional_value, sizeof...(Functionals)> values;
    const stream rng(stream_key{0, 0}, {.use = purpose::reference});  // fixed: equal laws have equal values
    std::apply(
        [&](const auto&... f) {
          const auto one = [&](const functional_value& v) {
            out[static_cast<Index>(k)] = v.value;
            values[k++] = v;
            variance += v.variance;
          };
          (one(value_of(f, law, draws_, rng)), ...);
        },
        functionals_);
    error.clear();
    if (variance == 0) return 0;
    Eigen::MatrixXd& columns = error.fill(static_cast<Index>(k), static_cast<Index>(functional_value::batches));
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t b = 0; b < functional_value::batches; ++b)
        columns(static_cast<Index>(i), static_cast<Index>(b)) = values[i].apart[b];
    return variance;
  }

 private:
  std::tuple<Functionals...> functionals_;
  Index draws_ = 10'000;
};

}  // namespace simulacra
