#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/no_space.hpp>
#include <simulacra/ledger/risk.hpp>
#include <simulacra/ledger/source_book.hpp>
#include <simulacra/ledger/study.hpp>

namespace simulacra {

namespace detail {

/// Follows a lineage's laws, and hands each generation's T and its corners to whoever wants to compare them.
template <class Experiment>
class corner_book {
 public:
  using study_type = study<Experiment, no_space>;
  using chain = typename study_type::chain;
  using training_type = typename chain::training_type;
  using model_type = typename chain::model_type;

  corner_book(const Experiment& what, const ledger_options& how)
      : corner_book(std::make_shared<const study_type>(what, no_space{}, how)) {}
  corner_book(const corner_book& other) : corner_book(other.study_) {}
  corner_book& operator=(const corner_book&) = delete;
  ~corner_book() = default;

  [[nodiscard]] const ledger_options& how() const noexcept { return study_->how; }

  template <class Observations>
  void gathered(const gathered_part<training_type>& part, const Observations& observations) {
    if (part.generation == 0 && part.number == 0) {  // a lineage begins
      sources_ = source_book<Experiment, no_space>(*study_);
      newest_.reset();
    }
    sources_.gathered(part, observations);
  }

  /// Calls f(T, A*(T), A(T), A*(X)), and takes the generation's model. A corner that neither the path nor an interaction needs is not
  /// looked for, and not identified. @return what f returns
  template <class Generation, class F>
  auto close(const Generation& g, F&& f) {
    argument::require(g.number == sources_.generation() + 1, "ledger", "generation", g.number,
                      "follow the parts that were shown: pass the ledger to run_lineage or run_ensemble by itself");
    sources_.settle(g.law);
    const auto t = static_cast<std::uint64_t>(g.number - 1);
    using data = typename chain::data_type;
    const auto& as_run = estimator_after(study_->what.estimator, newest_ ? &*newest_ : nullptr);
    const auto& estimator = for_samples(as_run, g.data.count(), g.data.w);
    const bool paper = study_->how.order == path::paper;
    auto result = sources_.law().simplest([&](const auto& law) {
      const auto at_infinity = [&] { return population_corner<data>(estimator, law, study_->how.reference, g.root, t); };
      decltype(at_infinity()) population;
      if (paper || study_->how.interaction) population = at_infinity();
      const model_type* known = &g.model;
      if constexpr (std::same_as<decltype(population), corner<model_type>>)
        if (population.identified()) known = &*population.law;
      const auto projection = projection_corner<data>(estimator, law, *known, study_->how.reference, g.root, t);
      corner<model_type> exact;
      if (!paper || study_->how.interaction) exact = ideal_corner(estimator, g.data, g.model, g.root, t);
      return f(law, projection, population, exact);
    });
    account<no_space::vector> nothing;
    sources_.keep(g.number, nothing, study_->what.decoder(g.model));
    if constexpr (is_warm_started<typename chain::estimator_type>) newest_ = g.model;
    return result;
  }

 private:
  explicit corner_book(std::shared_ptr<const study_type> s) : study_(std::move(s)), sources_(*study_) {}

  std::shared_ptr<const study_type> study_;
  source_book<Experiment, no_space> sources_;
  std::optional<model_type> newest_;  ///< what a warm start begins at
};

/// What the ledgers of one step have in common: a row a generation, of the lineage that is being looked at.
template <class Experiment, class Row>
class row_book {
 public:
  row_book(const Experiment& what, const ledger_options& how) : book_(what, how) {}

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

  template <class Part, class Observations>
    requires(requires(corner_book<Experiment>& book, const Part& part, const Observations& o) { book.gathered(part, o); })
  void gathered(const Part& part, const Observations& observations) {
    if (part.generation == 0) rows_.clear();
    book_.gathered(part, observations);
  }

 protected:
  corner_book<Experiment> book_;
  std::vector<Row> rows_;
};

/// The mean of f(a, b) over two corners' laws, half by half: the halves of both were fitted to the same draws.
template <class A, class B, class F>
double over_both(const corner<A>& a, const corner<B>& b, F&& f) {
  if (!a.identified() || !b.identified()) return risk_terms::undefined;
  if (!a.other_half && !b.other_half) return f(*a.law, *b.law);
  return (f(*a.law, *b.law) + f(a.other_half ? *a.other_half : *a.law, b.other_half ? *b.other_half : *b.law)) / 2;
}

/// The mean of f over a corner's one or two laws.
template <class Model, class F>
double over_halves(const corner<Model>& c, F&& f) {
  if (!c.identified()) return risk_terms::undefined;
  return c.other_half ? (f(*c.law) + f(*c.other_half)) / 2 : f(*c.law);
}

}  // namespace detail

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

/// The ledger of a distance between laws that only the triangle inequality can split: `distance_ledger(experiment, "w2", d)` with
/// d(p, q) >= 0 a metric, callable with T as it comes (the truth, a model; for mixtures of sources see `mixed_law`) and the estimator's
/// model. Where it is not callable the term is NaN; so state the types that it takes, since a lambda of `auto` claims to take all.
/// An observer and a probe, like `ledger`. Either path can be walked; a distance has no interaction, since it is the difference of two
/// differences.
template <class Experiment, class Distance>
class distance_ledger : public detail::row_book<Experiment, triangle_bound> {
 public:
  /// @throw std::invalid_argument if `how` asks for an interaction, or for what cannot be had: see `ledger`
  distance_ledger(const Experiment& what, std::string name, Distance d, const ledger_options& how = {})
      : detail::row_book<Experiment, triangle_bound>(what, how), name_(std::move(name)), distance_(std::move(d)) {
    argument::require(!how.interaction, "distance_ledger", "interaction", "true",
                      "be false: a distance is no difference, so two paths along its corners have none");
  }

  [[nodiscard]] std::vector<std::string> names() const {
    return {name_ + "_expressivity", name_ + "_approximation", name_ + "_statistical", name_ + "_distance",
            name_ + "_bound"};
  }

  template <class Generation>
  void operator()(const Generation& g) {
    this->rows_.push_back(read(g));
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const triangle_bound b = read(g);
    const double values[]{b.expressivity, b.approximation, b.statistical, b.distance, b.bound()};
    std::copy(std::begin(values), std::end(values), out.begin());
  }

 private:
  template <class P, class Q>
  [[nodiscard]] double between(const P& p, const Q& q) const {
    if constexpr (requires {
                    { distance_(p, q) } -> std::convertible_to<double>;
                  })
      return distance_(p, q);
    else
      return risk_terms::undefined;
  }

  template <class Generation>
  triangle_bound read(const Generation& g) {
    return this->book_.close(g, [&]<class Law, class Best, class Limit>(const Law& law, const corner<Best>& best,
                                                                        const corner<Limit>& limit, const auto& exact) {
      const auto from = [&](const auto& p) { return [&](const auto& q) { return between(p, q); }; };
      const auto to_model = [&](const auto& p) { return between(p, g.model); };
      const auto both = [&](const auto& p, const auto& q) { return between(p, q); };
      triangle_bound b;
      b.expressivity = detail::over_halves(best, from(law));
      if (this->book_.how().order == path::paper) {
        b.approximation = detail::over_both(best, limit, both);
        b.statistical = detail::over_halves(limit, to_model);
      } else {
        b.statistical = detail::over_both(best, exact, both);
        b.approximation = detail::over_halves(exact, to_model);
      }
      b.distance = between(law, g.model);
      return b;
    });
  }

  std::string name_;
  Distance distance_;
};

}  // namespace simulacra
