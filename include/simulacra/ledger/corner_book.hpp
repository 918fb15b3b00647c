#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/chain_of.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/law_book.hpp>
#include <simulacra/ledger/risk.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra::detail {

/// Follows a lineage's laws, and hands each generation's T and its corners to whoever wants to compare them.
template <class Experiment>
class corner_book {
 public:
  using chain = chain_of<Experiment>;
  using training_type = typename chain::training_type;
  using model_type = typename chain::model_type;

  /// @throw std::invalid_argument if `how` asks for what cannot be had
  corner_book(const Experiment& what, const ledger_options& how)
      : corner_book(std::make_shared<const Experiment>(what), how) {
    chain::require_possible(how);
  }
  corner_book(const corner_book& other) : corner_book(other.what_, other.how_) {}
  corner_book& operator=(const corner_book&) = delete;
  ~corner_book() = default;

  [[nodiscard]] const ledger_options& how() const noexcept { return how_; }

  void gathered(const gathered_part<training_type>& part) {
    if (part.generation == 0 && part.number == 0) {  // a lineage begins
      laws_ = law_book<Experiment>(*what_);
      newest_.reset();
    }
    laws_.gathered(part);
  }

  /// Calls f(T, A*(T), A(T), A*(X)), and takes the generation's model. A corner that neither the path nor an interaction needs is not
  /// looked for, and not identified. @return what f returns
  template <class Generation, class F>
  auto close(const Generation& g, F&& f) {
    argument::require(g.number == laws_.generation() + 1, "ledger", "generation", g.number,
                      "follow the parts that were shown: pass the ledger to run_lineage or run_ensemble by itself");
    const auto t = static_cast<std::uint64_t>(g.number - 1);
    using data = typename chain::data_type;
    const auto& as_run = estimator_after(what_->estimator, newest_ ? &*newest_ : nullptr,
                                         place<typename chain::truth_type>{g.number, what_->truth, g.root});
    const auto& estimator = for_samples(as_run, g.data.count(), g.data.w);
    const bool paper = how_.order == path::paper;
    auto result = laws_.settle(g.law, g.truth).simplest([&](const auto& law) {
      const auto at_infinity = [&] { return population_corner<data>(estimator, law, how_.reference, g.root, t); };
      decltype(at_infinity()) population;
      if (paper || how_.interaction) population = at_infinity();
      const model_type* known = &g.model;
      if constexpr (std::same_as<decltype(population), corner<model_type>>)
        if (population.identified()) known = &*population.law;
      const auto projection = projection_corner<data>(estimator, law, *known, how_.reference, g.root, t);
      corner<model_type> exact;
      if (!paper || how_.interaction) exact = ideal_corner(estimator, g.data, g.model, g.root, t);
      return f(law, projection, population, exact);
    });
    laws_.keep(g.number, g.model, g.root);
    if constexpr (is_warm_started<typename chain::estimator_type>) newest_ = g.model;
    return result;
  }

 private:
  corner_book(std::shared_ptr<const Experiment> what, const ledger_options& how)
      : what_(std::move(what)), how_(how), laws_(*what_) {}

  std::shared_ptr<const Experiment> what_;
  ledger_options how_;
  law_book<Experiment> laws_;
  std::optional<model_type> newest_;  ///< what a warm start begins at
};

/// What the ledgers of one step have in common: a row a generation, of the lineage that is being looked at.
template <class Experiment, class Row>
class row_book {
 public:
  row_book(const Experiment& what, const ledger_options& how) : book_(what, how) {}

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

  template <class Observations>
  void gathered(const gathered_part<typename corner_book<Experiment>::training_type>& part, const Observations&) {
    if (part.generation == 0) rows_.clear();
    book_.gathered(part);
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

}  // namespace simulacra::detail
