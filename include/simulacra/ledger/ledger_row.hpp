#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/term.hpp>

namespace simulacra {

/// What the ledger says of one generation: the squared distance of model and truth, and how it splits. With e, a, s, ... the vectors
/// of the terms, whose sum is Q_t - P_0 =: q,
///
///     |q|^2 = |e|^2 + |a|^2 + |s|^2 + 2 <e, a> + 2 <e, s> + 2 <a, s> + ...      squares and cross terms
///           = <e, q> + <a, q> + <s, q> + ...                                    parts; a part over |q|^2 is a share
///
/// Parts and shares may be negative: a term that points back to the truth makes up for others. A term that is not identified is
/// NaN, never 0.
struct ledger_row {
  static constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

  Index generation = 0;
  double distance_sq = undefined;                 ///< |Q_t - P_0|^2
  std::array<double, term_count> squared{};       ///< |term|^2, accumulated over generations
  std::array<double, term_count> part{};          ///< <term, Q_t - P_0>
  std::array<double, term_count> step_squared{};  ///< |term|^2 of this generation's fit alone
  std::array<double, term_count>
      error_squared{};  ///< Monte Carlo variance of a term: what reference draws, and draws of laws, leave in `squared` on average
  std::array<std::array<double, term_count>, term_count> cross{};  ///< 2 <term, other term>
  double residual =
      undefined;  ///< |q - sum of terms| and the misfit of the two sums above, relative to q, or to 1e10 roundings
                  ///< of the places where q is less: rounding
  double interaction_sq = undefined;  ///< |A(X) - A*(X) - A(T) + A*(T)|^2 of this generation, where asked for
  double embedding_variance =
      0;                      ///< E|err|^2 of q where laws are embedded by draws, left in `distance_sq`; 0 in closed form
  double distance_error = 0;  ///< standard error of `distance_sq` from laws that were drawn
  std::array<double, term_count> squared_error{};  ///< of `squared`. These errors are those of the space's draws, which all
  std::array<double, term_count> part_error{};   ///< of `part`.    replicates share: no mean over replicates makes them less
  std::array<double, term_count> share_error{};  ///< of `share(term)`
  double feature_variance = undefined;  ///< relative variance of `distance_sq` that random features cause, about c / D

  /// Marks a term as not identified.
  void leave_out(term t) {
    const std::size_t i = index_of(t);
    squared[i] = part[i] = step_squared[i] = error_squared[i] = squared_error[i] = part_error[i] = share_error[i] =
        undefined;
    for (std::size_t k = 0; k < term_count; ++k) cross[i][k] = cross[k][i] = undefined;
  }

  [[nodiscard]] double share(term t) const { return part[index_of(t)] / distance_sq; }
  [[nodiscard]] double squared_of(term t) const { return squared[index_of(t)]; }
  [[nodiscard]] double part_of(term t) const { return part[index_of(t)]; }
  [[nodiscard]] double step_of(term t) const { return step_squared[index_of(t)]; }
  [[nodiscard]] double cross_of(term a, term b) const { return cross[index_of(a)][index_of(b)]; }
};

namespace detail {

/// The columns of a row. Where expressivity and approximation cannot be told apart their columns are there, and NaN.
class ledger_columns {
 public:
  ledger_columns(active_terms active, bool features, bool references, bool draws, bool interaction, std::string prefix)
      : features_(features), references_(references), draws_(draws), interaction_(interaction), prefix_(std::move(prefix)) {
    for (const term t : all_terms)
      if (active[t] || t == term::expressivity || t == term::approximation) terms_.push_back(t);
  }

  [[nodiscard, gnu::cold]] std::vector<std::string> names() const {
    std::vector<std::string> all{"distance_sq"};
    const auto each = [&](const std::string& before, const std::string& after) {
      for (const term t : terms_) all.push_back(before + std::string(name_of(t)) + after);
    };
    each("", "_sq");
    each("share_", "");
    each("part_", "");
    each("step_", "_sq");
    for (std::size_t i = 0; i < terms_.size(); ++i)
      for (std::size_t k = i + 1; k < terms_.size(); ++k)
        all.push_back("cross_" + std::string(name_of(terms_[i])) + "_" + std::string(name_of(terms_[k])));
    all.push_back("residual");
    if (references_ || draws_) each("error_", "_sq");
    if (features_) all.push_back("feature_variance");
    if (references_ || draws_) all.push_back("embedding_variance");
    if (draws_) {
      all.push_back("distance_sq_se");
      each("", "_sq_se");
      each("part_", "_se");
      each("share_", "_se");
    }
    if (interaction_) all.push_back("interaction_sq");
    for (std::string& name : all) name = prefix_ + name;
    return all;
  }

  [[gnu::cold]] void write(const ledger_row& row, std::span<double> out) const {
    std::size_t at = 0;
    const auto put = [&](double v) { out[at++] = v; };
    const auto each = [&](auto&& value) {
      for (const term t : terms_) put(value(index_of(t)));
    };
    put(row.distance_sq);
    each([&](std::size_t t) { return row.squared[t]; });
    each([&](std::size_t t) { return row.part[t] / row.distance_sq; });
    each([&](std::size_t t) { return row.part[t]; });
    each([&](std::size_t t) { return row.step_squared[t]; });
    for (std::size_t i = 0; i < terms_.size(); ++i)
      for (std::size_t k = i + 1; k < terms_.size(); ++k) put(row.cross_of(terms_[i], terms_[k]));
    put(row.residual);
    if (references_ || draws_) each([&](std::size_t t) { return row.error_squared[t]; });
    if (features_) put(row.feature_variance);
    if (references_ || draws_) put(row.embedding_variance);
    if (draws_) {
      put(row.distance_error);
      each([&](std::size_t t) { return row.squared_error[t]; });
      each([&](std::size_t t) { return row.part_error[t]; });
      each([&](std::size_t t) { return row.share_error[t]; });
    }
    if (interaction_) put(row.interaction_sq);
  }

 private:
  bool features_, references_, draws_, interaction_;
  std::string prefix_;
  std::vector<term> terms_;
};

}  // namespace detail

}  // namespace simulacra
