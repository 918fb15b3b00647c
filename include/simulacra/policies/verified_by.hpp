#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/policies/verified.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// A decoder that publishes what passes a verifier which has learned from m real points: an estimator is fitted to m draws of the truth, and
/// `rule(model, x)` says whether x is acceptable to what came out.
/// `verified_by(25, gaussian_estimator<double, 1>(divisor::n), [](const auto& v, const auto& x) { return std::abs(x[0] - v.mean()[0]) < 2; })`
///
/// Each lineage has one such verifier, the same in all its generations and for whoever asks (its points and its fit come from streams of its
/// own, so the data are those of the lineage without it). What it has learned wrong it teaches every generation: in the end the chain is
/// as far off as m points are, so that it helps where the chain would otherwise be further off than that.
template <class Estimator, class Rule>
class verified_by {
 public:
  /// @param points     m
  /// @param estimator  of the truth's data
  /// @param rule       callable with the fitted model and a column, a `bool` or convertible to one
  /// @param how        how reliable the verifier is, as for `verified`
  /// @throw std::invalid_argument if points < 1, or as `verified` does
  verified_by(Index points, Estimator estimator, Rule rule, verification how = {})
      : points_(points), estimator_(std::move(estimator)), rule_(std::move(rule)), how_(how) {
    argument::require(points >= 1, "verified_by", "points", points, "be at least 1");
    static_cast<void>(verified([](const auto&) { return true; }, how));  // says what is wrong with `how`
  }

  /// What was learned of a truth in a lineage. Cost: m draws and a fit, each time it is asked.
  /// @throw chain_end if the fit fails
  template <class Truth>
  [[nodiscard]] auto learned(const place<Truth>& at) const {
    using data = data_of<Truth>;
    training_set<data, summary_for<Estimator>> x;
    stream draws = at.root.at(0, purpose::decode), fit = at.root.at(0, purpose::decode, 1);
    detail::draw_stored(at.truth, static_cast<Index>(at.truth.dimension()), points_, x,
                        {"verified_by", "the truth", -1, {}, "points"}, draws);
    auto done = detail::fit_to(estimator_, x, fit);
    if (done.result.what == status::failed)
      throw chain_end("the verifier could not be fitted to " + argument::text(points_) + " points",
                      "the verifier's fit failed");
    return std::move(done.model);
  }

  template <model M, class Truth>
  [[nodiscard]] auto operator()(const M& m, const place<Truth>& at) const {
    return rule_at(at)(m);
  }

  /// The verifier of a model's draws, one by one: what a filtered ingredient is drawn from.
  template <model M, class Truth>
  [[nodiscard]] auto filter(const M& m, const place<Truth>& at) const {
    return rule_at(at).filter(m);
  }

 private:
  template <class Truth>
  [[nodiscard]] auto rule_at(const place<Truth>& at) const {
    using fitted_model = std::remove_cvref_t<decltype(learned(at))>;
    const auto known = std::make_shared<const fitted_model>(learned(at));  // shared, since decoders are copied
    return verified([known, rule = rule_](const auto& x) { return static_cast<bool>(rule(*known, x)); }, how_);
  }

  Index points_;
  Estimator estimator_;
  Rule rule_;
  verification how_;
};

}  // namespace simulacra
