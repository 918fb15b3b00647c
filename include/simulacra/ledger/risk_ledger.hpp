#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
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
/// for all corners, and the model's `log_density(x)`, and `error` says how far off that may be. A model with neither does not compile.
/// Both paths can be had, and the interaction (`{.order = path::bottou_bousquet, .interaction = true}`), where the estimator names its
/// ideal learner.
template <class Experiment>
class risk_ledger : public detail::row_book<Experiment, risk_terms> {
 public:
  /// @throw std::invalid_argument if `how` asks for what cannot be had: see `ledger`
  explicit risk_ledger(const Experiment& what, const ledger_options& how = {})
      : detail::row_book<Experiment, risk_terms>(what, how) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"risk_expressivity", "risk_approximation", "risk_statistical",
                                 "risk_total",        "risk_pythagoras",    "risk_error"};
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
    const double values[]{r.expressivity, r.approximation, r.statistical, r.total, r.pythagoras, r.error};
    std::copy(std::begin(values), std::end(values), out.begin());
    if (this->book_.how().interaction) out[std::size(values)] = r.interaction;
  }

 private:
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
      const auto of = [&](const Model& q) { return risk.of(q); };
      const double at_best = detail::over_halves(best, of), at_limit = detail::over_halves(limit, of),
                   at_exact = detail::over_halves(exact, of), at_model = risk.of(g.model);
      const double own =
          detail::is_law(best, law) ? at_best : risk.own();  // the family holds T: exactly no expressivity error
      risk_terms r;
      r.expressivity = at_best - own;
      const bool paper = how.order == path::paper;
      r.approximation = paper ? at_limit - at_best : at_model - at_exact;
      r.statistical = paper ? at_model - at_limit : at_exact - at_best;
      if (how.interaction) r.interaction = (at_model - at_exact) - (at_limit - at_best);
      r.total = at_model - own;
      r.error = risk.error(g.model);
      if constexpr (requires(const Model& m) { kl_divergence(m, g.model); })
        r.pythagoras = detail::over_halves(best, [&](const Model& m) { return kl_divergence(m, g.model); });
      return r;
    });
  }
};

}  // namespace simulacra
