#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/hilbert/embedding_error.hpp>
#include <simulacra/ledger/account_book.hpp>
#include <simulacra/ledger/functional.hpp>
#include <simulacra/ledger/part_blocks.hpp>
#include <simulacra/recursion/observer.hpp>

namespace simulacra {

/// What the ledger of functionals says of one functional at one generation: signed terms whose sum is f(Q_t) - f(P_0), exactly.
struct functional_row {
  Index generation = 0;
  double value = 0;                      ///< f(Q_t)
  double change = 0;                     ///< f(Q_t) - f(P_0)
  std::array<double, term_count> due{};  ///< the terms; those that cannot be told apart are NaN
  std::array<double, term_count>
      error{};  ///< of the terms: |half the difference of two halves' fits|, whose mean square is their Monte
                ///< Carlo variance; one of them alone is a rough guess
  double value_error = 0,
         change_error = 0;  ///< standard errors of `value` and `change` from laws whose f was found by draws
  std::array<double, term_count>
      due_error{};  ///< of the terms. The draws are the same in every replicate, and so are these errors
  double interaction =
      std::numeric_limits<double>::quiet_NaN();  ///< f(A(X)) - f(A*(X)) - f(A(T)) + f(A*(T)), where asked for
  double residual = 0;  ///< |change - sum of terms| over the largest number in it; NaN where a term is not identified

  [[nodiscard]] double due_to(term t) const { return due[index_of(t)]; }
};

/// The error ledger of numbers that a law has: variance, entropy, mass of a tail, a quantile, a cross-entropy, any callable. For each
/// of them f(Q_t) - f(P_0) is the sum of signed terms. Such numbers need not be linear in the law: what a mixture of sources has
/// more than the mean of its components is the term `mixing`.
///
/// Where f of some law may have to be found by draws, the rows have the error of that (columns `<functional>_se`,
/// `<functional>_change_se`, `<functional>_<term>_se`), which all replicates share: `ledger_band` adds it to theirs.
///
/// An observer and a probe, like `ledger`. `functional_ledger(experiment, functional_space(variance_functional()), {})`.
template <class Experiment, class Space>
class functional_ledger {
 public:
  using book_type = account_book<Experiment, Space>;

  /// @throw std::invalid_argument if `how` asks for what cannot be had (see `ledger`)
  functional_ledger(const Experiment& what, const Space& functionals, const ledger_options& how = {})
      : book_(what, functionals, how), functionals_(functionals.names()) {
    for (const term t : all_terms)
      if (book_type::active[t] || t == term::expressivity || t == term::approximation) terms_.push_back(t);
  }

  [[nodiscard]] const book_type& book() const noexcept { return book_; }

  /// The rows of one functional, in the order in which they were given, where it was used as an observer.
  [[nodiscard]] const std::vector<functional_row>& rows(std::size_t which = 0) const { return rows_.at(which); }

  /// For each functional: its value, its change, a column a term, named `<functional>_<term>`, its interaction where that is asked
  /// for, and its residual.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const std::string& f : functionals_) {
      all.push_back(f);
      all.push_back(f + "_change");
      for (const term t : terms_) all.push_back(f + "_" + std::string(name_of(t)));
      if constexpr (!book_type::chain::is_closed)
        for (const term t : terms_) all.push_back(f + "_error_" + std::string(name_of(t)));
      if constexpr (book_type::setting_type::draws) {
        all.push_back(f + "_se");
        all.push_back(f + "_change_se");
        for (const term t : terms_) all.push_back(f + "_" + std::string(name_of(t)) + "_se");
      }
      if (book_.how().interaction) all.push_back(f + "_interaction");
      all.push_back(f + "_residual");
    }
    return all;
  }

  template <class Observations>
  void gathered(const gathered_part<typename book_type::training_type>& part, const Observations& observations) {
    if (part.generation == 0) rows_.assign(functionals_.size(), {});
    book_.gathered(part, blocks_type(observations));
  }

  template <class Generation>
  void operator()(const Generation& g) {
    book_.close(g);
    for (std::size_t k = 0; k < functionals_.size(); ++k) rows_[k].push_back(read(g.number, k));
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    book_.close(g);
    std::size_t at = 0;
    for (std::size_t k = 0; k < functionals_.size(); ++k) {
      const functional_row row = read(g.number, k);
      out[at++] = row.value;
      out[at++] = row.change;
      for (const term t : terms_) out[at++] = row.due_to(t);
      if constexpr (!book_type::chain::is_closed)
        for (const term t : terms_) out[at++] = row.error[index_of(t)];
      if constexpr (book_type::setting_type::draws) {
        out[at++] = row.value_error;
        out[at++] = row.change_error;
        for (const term t : terms_) out[at++] = row.due_error[index_of(t)];
      }
      if (book_.how().interaction) out[at++] = row.interaction;
      out[at++] = row.residual;
    }
  }

 private:
  using blocks_type = detail::part_blocks<typename book_type::chain::data_type>;

  [[nodiscard]] functional_row read(Index generation, std::size_t which) const {
    const auto k = static_cast<Index>(which);
    functional_row row;
    row.generation = generation;
    row.value = book_.model().place[k];
    row.change = row.value - book_.truth().place[k];
    if constexpr (book_type::setting_type::draws) {
      embedding_error apart = book_.model().place_error;
      row.value_error = apart.deviation(k);
      apart.add(-1, book_.truth().place_error);
      row.change_error = apart.deviation(k);
    }
    double sum = 0, largest = std::abs(row.value) + std::abs(book_.truth().place[k]);
    for (const term t : all_terms) {
      if (!book_type::active[t]) {
        if (t == term::expressivity || t == term::approximation)
          row.due[index_of(t)] = row.error[index_of(t)] = row.due_error[index_of(t)] =
              std::numeric_limits<double>::quiet_NaN();
        continue;  // the others are not there, which is 0
      }
      const bool lost = book_.model().lost[index_of(t)];
      const double due = lost ? std::numeric_limits<double>::quiet_NaN() : book_.model()[t][k];
      row.due[index_of(t)] = due;
      if constexpr (!book_type::chain::is_closed) row.error[index_of(t)] = std::abs(book_.model().noise[index_of(t)][k]);
      row.due_error[index_of(t)] = lost ? due : book_.model().drawn[index_of(t)].deviation(k);
      sum += due;
      largest = (std::max)(largest, std::abs(due));
    }
    if (book_.interaction()) row.interaction = (*book_.interaction())[k];
    row.residual = row.change == sum ? 0 : std::abs(row.change - sum) / largest;
    return row;
  }

  book_type book_;
  std::vector<std::string> functionals_;
  std::vector<term> terms_;
  std::vector<std::vector<functional_row>> rows_;
};

}  // namespace simulacra
