#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/policies/detail/changes_data.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// An estimator for pools of unknown origin: before each fit, as many observations as there are (or `count`) are drawn from the pool
/// with replacement, with probability in proportion to `weight(x)`, what a detector thinks of an observation: the odds that it is real, say. With
/// weight \f$ p_0(x) / p(x) \f$, p the law of the pool, what is fitted has the truth's law, up to what is left of it in the pool.
/// `importance_resampled(estimator, [](const auto& x) { return odds_of_being_real(x); })`
///
/// Observations need to be stored (no summary is eaten). Weights that a recipe gives are multiplied with. What the adaptor does wrong or
/// right is approximation error in a ledger: `ideal()` is the estimator's own.
/// Source: Drayson, Yilmaz and Lampos (2025), "Machine-generated text detection prevents language model collapse".
template <class Estimator, class Weight>
class importance_resampled : public detail::changes_data<importance_resampled<Estimator, Weight>, Estimator> {
  using base = detail::changes_data<importance_resampled<Estimator, Weight>, Estimator>;

 public:
  /// @param weight  callable with an observation, a column of numbers say: a number >= 0 and finite
  /// @param count   observations that are fitted; 0: as many as there are
  /// @throw std::invalid_argument if count < 0
  importance_resampled(Estimator estimator, Weight weight, Index count = 0)
      : base(std::move(estimator)), weight_(std::move(weight)), count_(count) {
    argument::require(count >= 0, "importance_resampled", "count", count, "not be negative");
  }

 private:
  friend base;

  [[nodiscard]] importance_resampled with(Estimator estimator) const { return {std::move(estimator), weight_, count_}; }

  /// @throw std::invalid_argument if there are no observations, or a weight is negative or not finite
  /// @throw chain_end if all weights are 0: nothing that could be fitted is left
  template <class Data>
  auto fit_changed(const Data& x, const weights<double>* given, stream& rng) const {
    constexpr auto name = "importance_resampled";
    using traits = data_traits<Data>;
    const Index n = traits::count(x);
    argument::require(n >= 1, name, "observations", n, "be at least 1");
    if (given != nullptr) argument::require(given->size() == n, name, "w", given->size(), "have one entry per observation");
    std::vector<double> odds(static_cast<std::size_t>(n));
    double largest = 0;
    for (Index i = 0; i < n; ++i) {
      const double w = static_cast<double>(weight_(traits::observation(x, i)));
      argument::require(w >= 0 && w <= (std::numeric_limits<double>::max)(), name, "weight(x)", w, "be >= 0 and finite");
      largest = std::fmax(largest, odds[static_cast<std::size_t>(i)] = w * (given == nullptr ? 1 : (*given)[i]));
    }
    if (largest == 0)
      throw chain_end("of " + argument::text(n) + " observations none has any weight", "nothing of the pool is trusted");
    const alias_table among(std::span<const double>(odds.data(), odds.size()));
    std::vector<Index> chosen(static_cast<std::size_t>(count_ > 0 ? count_ : n));
    for (Index& i : chosen) i = among(rng);
    training_set<Data, summary_for<Estimator>> kept;
    kept.data = traits::select(x, chosen);
    return detail::fit_to(this->inner(), kept, rng);
  }

  Weight weight_;
  Index count_;
};

}  // namespace simulacra
