#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/line_entropy.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/random/stream.hpp>

/// Errors on the scale of a risk: the cross-entropy of the training law T under a model q, \f$ R(q) = E_T[-\log q] \f$ in nats, whose
/// least value is T's own entropy, so that \f$ R(q) - R(T) = KL(T \| q) \f$. Differences of it telescope, exactly and with a sign.
namespace simulacra {

/// A cross-entropy that has a closed form: \f$ E_p[-\log q] \f$ by a `cross_entropy(p, q)` that is found beside q. One that is there for
/// some laws of the type only has a `cross_entropy_in_reach(p, q)` that tells for which.
template <class P, class Q>
concept has_cross_entropy = requires(const P& p, const Q& q) {
                              { cross_entropy(p, q) } -> std::convertible_to<double>;
                            };

/// An entropy that has a closed form.
template <class P>
concept has_entropy = requires(const P& p) {
                        { entropy(p) } -> std::convertible_to<double>;
                      };

/// A law whose density can be had at observations of this type.
template <class Law, class Data>
concept has_density_at = requires(const Law& law, const Data& x) {
                           { law.log_density(data_traits<Data>::observation(x, 0)) } -> std::convertible_to<double>;
                         };

/// How much each source of error adds to the risk of one fit, in nats. The first three add to the fourth, exactly: what cannot be had
/// is NaN. On average over data each is what its name says; in one fit the statistical and the approximation term may be negative.
/// On either path expressivity and total are the same, and with the interaction i, approximation is greater by i on
/// `path::bottou_bousquet` than on `path::paper`, and the statistical term less.
struct risk_terms {
  static constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

  double expressivity = undefined;   ///< KL(T || A*(T))
  double approximation = undefined;  ///< R(A(T)) - R(A*(T)); on the other path R(A(X)) - R(A*(X))
  double statistical = undefined;    ///< R(A(X)) - R(A(T)); on the other path R(A*(X)) - R(A*(T))
  double total = undefined;          ///< KL(T || A(X))
  double pythagoras =
      undefined;  ///< KL(A*(T) || A(X)): what an exponential family and exact moment matching have instead of
                  ///< approximation + statistical, to rounding; elsewhere it is another number
  double interaction = undefined;  ///< R(A(X)) - R(A*(X)) - R(A(T)) + R(A*(T)), where asked for
  /// Monte Carlo standard error of `expressivity`, from draws of T (where there were any), and from reference draws that a corner was
  /// fitted to: |half the difference of what the two halves' fits give|, whose mean square is that variance; one alone is a rough guess.
  double expressivity_error = 0;
  double approximation_error = 0;  ///< of `approximation`, likewise
  double statistical_error = 0;    ///< of `statistical`, likewise
  double error = 0;                ///< of `total`, to which no corner adds: from draws of T only
};

/// A distance between T and A(X) that is no norm of a difference and no difference of risks (a Wasserstein distance, total variation)
/// cannot be split, only bounded: by the triangle inequality along the corners. Never to be mixed with the exact terms.
struct triangle_bound {
  double expressivity = risk_terms::undefined;   ///< d(T, A*(T))
  double approximation = risk_terms::undefined;  ///< d(A*(T), A(T)); on `path::bottou_bousquet` d(A*(X), A(X))
  double statistical = risk_terms::undefined;    ///< d(A(T), A(X)); on `path::bottou_bousquet` d(A*(T), A*(X))
  double distance = risk_terms::undefined;       ///< d(T, A(X)) itself

  /// The sum of the three: at least `distance`.
  [[nodiscard]] double bound() const noexcept { return expressivity + approximation + statistical; }
};

namespace detail {

/// A mean under T, and what it is the mean of: a value for each draw where draws were taken, none where it is exact. Of sums of such means
/// the error is that of the sums, draw by draw, in which what they share cancels.
struct mean_under {
  double value = risk_terms::undefined;
  std::vector<double> at{};

  /// The same of a mean over draws.
  static mean_under of(std::vector<double>&& values) {
    double sum = 0;
    for (const double v : values) sum += v;
    return {sum / static_cast<double>(values.size()), std::move(values)};
  }

  /// This + c other, of the same draws if of any.
  [[nodiscard]] mean_under plus(double c, const mean_under& other) const {
    mean_under sum{value + c * other.value, at};
    if (sum.at.empty()) sum.at.assign(other.at.size(), 0.0);
    for (std::size_t i = 0; i < other.at.size(); ++i) sum.at[i] += c * other.at[i];
    return sum;
  }

  /// The Monte Carlo standard error: infinite where a draw's value is, 0 where there were no draws.
  [[nodiscard]] double error() const {
    if (!(value == value)) return risk_terms::undefined;
    if (at.empty()) return 0;
    return spread_of(at).sd / std::sqrt(static_cast<double>(at.size()));
  }
};

/// E_T of minus the log densities of T itself and of models of one type. Either all of them in closed form (with T's entropy by
/// quadrature where need be), or all of them over the same draws of T: differences of the two kinds would lose what they share.
template <class Law, class Data, class Model>
class risk_under {
 public:
  /// @param like  a model whose risk will be asked for, as large as the others
  risk_under(const Law& law, [[maybe_unused]] const Model& like, Index draws, stream rng)
      : law_(&law), draws_(draws), rng_(rng) {
    if constexpr (requires { cross_entropy_in_reach(law, like); }) closed_ = cross_entropy_in_reach(law, like);
    if constexpr (has_entropy<Law> && has_divergence)
      singular_ = closed_ && entropy(law) == -std::numeric_limits<double>::infinity();
  }

  /// R(q), or NaN where q has neither a closed form nor a density.
  [[nodiscard]] mean_under of(const Model& q) {
    if constexpr (has_divergence)
      if (singular_) return {kl_divergence(*law_, q), {}};
    if constexpr (has_closed_form)
      if (closed_) return {cross_entropy(*law_, q), {}};
    if constexpr (has_density_at<Model, Data>)
      return over_draws([&q](const auto& x) { return -static_cast<double>(q.log_density(x)); });
    else
      return {};
  }

  /// R(T), the entropy of T; NaN where T has no density.
  [[nodiscard]] mean_under own() {
    if (singular_) return {0, {}};
    if (closed_)
      if (const double exact = exact_entropy(); exact == exact) return {exact, {}};
    if constexpr (has_density_at<Law, Data>)
      if (has_density()) return over_draws([this](const auto& x) { return -static_cast<double>(law_->log_density(x)); });
    return {};
  }

 private:
  static constexpr bool has_closed_form = has_cross_entropy<Law, Model>;
  static constexpr bool has_divergence = requires(const Law& law, const Model& q) {
                                           { kl_divergence(law, q) } -> std::convertible_to<double>;
                                         };

  /// In closed form, or by quadrature on the line; NaN where neither can be had.
  [[nodiscard]] double exact_entropy() const {
    if constexpr (has_entropy<Law>)
      return entropy(*law_);
    else if constexpr (law_on_the_line<Law> && std::same_as<Data, samples<double, 1>>)
      if (has_density()) return line_entropy(*law_);
    return risk_terms::undefined;
  }

  /// Whether T has a density at all: not where kept data are among what it mixes.
  [[nodiscard]] bool has_density() const {
    if constexpr (requires(const Data& x) { data_traits<Data>::observation(x, 0); }) {
      using point_type = std::remove_cvref_t<decltype(data_traits<Data>::observation(std::declval<const Data&>(), 0))>;
      if constexpr (requires { law_->template has_density<point_type>(); }) return law_->template has_density<point_type>();
    }
    return has_density_at<Law, Data>;
  }

  template <class F>
  mean_under over_draws(F&& f) {
    if (data_traits<Data>::count(x_) == 0) {
      argument::require_room(draws_, static_cast<Index>(law_->dimension()) + 8, sizeof(double), "risk_ledger", "reference");
      x_ = sampled(*law_, draws_, rng_, {"risk_ledger", "the training law"});
    }
    std::vector<double> values(static_cast<std::size_t>(draws_));
    for (Index i = 0; i < draws_; ++i) values[static_cast<std::size_t>(i)] = f(data_traits<Data>::observation(x_, i));
    return mean_under::of(std::move(values));
  }

  const Law* law_;
  Index draws_;
  stream rng_;
  bool closed_ = has_closed_form;
  bool singular_ =
      false;  ///< T has lost a direction: its risks are infinite, and are counted from its own, which KL(T || q) is
  Data x_{};
};

}  // namespace detail

}  // namespace simulacra
