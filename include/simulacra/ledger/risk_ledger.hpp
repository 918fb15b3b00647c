#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/ledger/corner_book.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/risk.hpp>

namespace simulacra {

/// The ledger of risk: for the fit of each generation, KL(T || model) as expressivity + approximation + statistical. It speaks of one
/// step, T to A(X); over generations Kullback-Leibler divergences from the truth do not add up (a `functional_ledger` of the
/// cross-entropy does). An observer and a probe, like `ledger`.
///
/// Closed forms where `cross_entropy(T, q)` and `entropy(T)` are there (and in reach); elsewhere `how.reference` draws of T, the same
/// for all corners, and the model's `log_density(x)`, and each term's error says how far off that may be. A model with neither does not
/// compile.
/// Both paths can be had, and the interaction (`{.order = path::bottou_bousquet, .interaction = true}`), where the estimator names its
/// ideal learner.
template <class Experiment>
class risk_ledger : public detail::row_book<Experiment, risk_terms> {
 public:
  /// @throw std::invalid_argument if `how` asks for what cannot be had: see `ledger`
  explicit risk_ledger(const Experiment& what, const ledger_options& how = {})
      : detail::row_book<Experiment, risk_terms>(what, how) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"risk_expressivity", "risk_approximation", "risk_statistical", "risk_total",
                                 "risk_pythagoras"};
    for (const char* each : {"risk_error_expressivity", "risk_error_approximation", "risk_error_statistical", "risk_error"})
      all.push_back(each);
    if (this->book_.how().interaction) all.push_back("risk_interaction");
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g) {
    this->rows_.push_back(read(g));
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const risk_terms r = read(g);
    std::size_t at = 0;
    for (const double v : {r.expressivity, r.approximation, r.statistical, r.total, r.pythagoras, r.expressivity_error,
                           r.approximation_error, r.statistical_error, r.error})
      out[at++] = v;
    if (this->book_.how().interaction) out[at++] = r.interaction;
  }

 private:
  /// The risk of a corner, and half of what its two halves differ by.
  struct corner_risk {
    detail::mean_under risk{};
    double apart = 0;
  };

  template <class Risk, class Model>
  static corner_risk both_halves(Risk& risk, const corner<Model>& c) {
    if (!c.identified()) return {};
    detail::mean_under first = risk.of(*c.law);
    if (!c.other_half) return {std::move(first), 0};
    const detail::mean_under second = risk.of(*c.other_half);
    const double apart = (first.value - second.value) / 2;
    for (std::size_t i = 0; i < first.at.size(); ++i) first.at[i] = (first.at[i] + second.at[i]) / 2;
    first.value = (first.value + second.value) / 2;
    return {std::move(first), apart};
  }

  /// The step from one risk to another, and its error.
  static void book(const corner_risk& to, const corner_risk& from, double& step, double& error) {
    step = to.risk.value - from.risk.value;
    error = std::hypot(to.risk.plus(-1, from.risk).error(), to.apart - from.apart);
  }

  template <class Generation>
  risk_terms read(const Generation& g) {
    using chain = typename detail::corner_book<Experiment>::chain;
    using known = std::remove_cvref_t<decltype(g.model)>;
    static_assert(
        has_density_at<known, typename chain::data_type> || has_cross_entropy<known, known> ||
            has_cross_entropy<std::remove_cvref_t<decltype(g.truth)>, known>,
        "simulacra: the ledger of risk needs a density: give the model log_density(x), in nats, of one observation, or "
        "a function cross_entropy(law, model) beside it; `ledger` does without");
    const auto& how = this->book_.how();
    return this->book_.close(g, [&]<class Law, class Best, class Limit>(const Law& law, const corner<Best>& best,
                                                                        const corner<Limit>& limit, const auto& exact) {
      using Model = std::remove_cvref_t<decltype(g.model)>;
      static_assert(std::same_as<Best, Model> && std::same_as<Limit, Model>,
                    "simulacra: the ledger of risk needs the projection and the population fit to be models of the family");
      // Draws of T for expectations come after those of the corners' fits.
      detail::risk_under<Law, typename chain::data_type, Model> risk(
          law, g.model, how.reference, g.root.at(static_cast<std::uint64_t>(g.number - 1), purpose::reference, 16));
      const corner_risk at_best = both_halves(risk, best), at_limit = both_halves(risk, limit),
                        at_exact = both_halves(risk, exact);
      const corner_risk at_model{risk.of(g.model)};
      const corner_risk own{detail::is_law(best, law) ? at_best.risk
                                                      : risk.own()};  // the family holds T: exactly no expressivity error
      const bool paper = how.order == path::paper;
      risk_terms r;
      book(at_best, own, r.expressivity, r.expressivity_error);
      book(paper ? at_limit : at_model, paper ? at_best : at_exact, r.approximation, r.approximation_error);
      book(paper ? at_model : at_exact, paper ? at_limit : at_best, r.statistical, r.statistical_error);
      book(at_model, own, r.total, r.error);
      if (how.interaction)
        r.interaction = (at_model.risk.value - at_exact.risk.value) - (at_limit.risk.value - at_best.risk.value);
      if constexpr (requires(const Model& m) { kl_divergence(m, g.model); })
        r.pythagoras = detail::over_halves(best, [&](const Model& m) { return kl_divergence(m, g.model); });
      return r;
    });
  }
};

}  // namespace simulacra
