#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/ledger/account_book.hpp>
#include <simulacra/ledger/ledger_row.hpp>
#include <simulacra/ledger/part_blocks.hpp>
#include <simulacra/recursion/observer.hpp>

namespace simulacra {

/// The error ledger: how much of the distance between the model of each generation and the truth is due to the family
/// (expressivity), to the procedure (approximation), and to finite data (statistical). `docs/error_decomposition.md` derives it.
///
/// It is an observer and a probe: pass it to `run_lineage`, and read `rows()` afterwards, or to `run_ensemble`, and find its columns
/// in the records. It draws nothing that the lineage draws, so the lineage is the same with and without it.
///
/// @tparam Space  where laws live, see `hilbert/space.hpp`: random Fourier features of a kernel, one-hot symbols, a grid, moments,
///                or signed combinations of Gaussians with exact inner products
///
/// `ledger(experiment, space, {.reference = 100000})`. A recipe that keeps data needs a space in which data lie, and draws that can
/// be seen there: `draw::stored` or `draw::streamed`, unless the space reads them off a summary (moments, symbols).
/// Complexity: a few operations per coordinate of the space and generation beyond embedding each new law and each kept
/// observation; no allocation where corners are in closed form and no data are kept.
template <class Experiment, class Space>
class ledger {
 public:
  using book_type = account_book<Experiment, Space>;
  using vector = typename book_type::vector;

  /// @throw std::invalid_argument if `how.reference` is under 4
  /// @param prefix  of the names of its columns, so that two ledgers can stand side by side
  /// @param origin  of a member's: see `population_ledger`
  [[gnu::cold]] ledger(const Experiment& what, const Space& space, const ledger_options& how = {},
                       const std::string& prefix = "", origin_column origin = {})
      : book_(what, space, how, origin),
        columns_(book_type::active, has_feature_variance, !book_type::chain::is_closed, book_type::setting_type::draws,
                 how.interaction, prefix),
        displacement_(space.zero()),
        rest_(space.zero()) {}

  /// The accounts behind the newest row.
  [[nodiscard]] const book_type& book() const noexcept { return book_; }
  [[nodiscard]] book_type& book() noexcept { return book_; }

  /// One row a generation, in order, where it was used as an observer.
  [[nodiscard]] const std::vector<ledger_row>& rows() const noexcept { return rows_; }

  [[nodiscard]] std::vector<std::string> names() const { return columns_.names(); }

  template <class Observations>
  void gathered(const gathered_part<typename book_type::training_type>& part, const Observations& observations) {
    if (part.generation == 0) rows_.clear();
    book_.gathered(part, blocks_type(observations));
  }

  /// As an observer.
  template <class Generation>
  void operator()(const Generation& g) {
    book_.close(g);
    rows_.push_back(read(g.number));
  }

  /// As a probe.
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    book_.close(g);
    columns_.write(read(g.number), out);
  }

 private:
  using blocks_type = detail::part_blocks<typename book_type::chain::data_type>;

  static constexpr bool has_feature_variance = requires(const Space& s, const vector& v) { s.relative_variance(v); };

  /// Reads a row off the accounts.
  [[gnu::cold]] ledger_row read(Index generation) {
    const Space& space = book_.space();
    const auto& now = book_.model();
    const auto& from = book_.training();
    ledger_row row;
    row.generation = generation;
    for (const term t : {term::expressivity, term::approximation})
      if (!book_type::active[t]) row.leave_out(t);
    space.set_zero(displacement_);
    space.add(displacement_, 1, now.place);
    space.add(displacement_, -1, book_.truth().place);
    row.distance_sq = space.inner(displacement_, displacement_);

    space.set_zero(rest_);
    space.add(rest_, 1, displacement_);
    double squares = 0, crosses = 0, parts = 0;
    book_type::active.for_each([&](term t) {
      const std::size_t i = index_of(t);
      row.squared[i] = space.inner(now[t], now[t]);
      row.part[i] = space.inner(now[t], displacement_);
      squares += row.squared[i];
      parts += row.part[i];
      space.add(rest_, -1, now[t]);
      book_type::active.for_each([&](term other) {
        if (index_of(other) <= i) return;
        row.cross[i][index_of(other)] = row.cross[index_of(other)][i] = 2 * space.inner(now[t], now[other]);
        crosses += row.cross[i][index_of(other)];
      });
      if constexpr (!book_type::chain::is_closed) row.error_squared[i] = space.inner(now.noise[i], now.noise[i]);
      row.error_squared[i] += now.drawn[i].variance();
    });
    bool complete = true;
    for (const term t : all_terms)
      if (now.lost[index_of(t)]) {
        row.leave_out(t);
        complete = false;
      }
    if (complete) row.residual = residual_of(space.inner(rest_, rest_), row, squares, crosses, parts);

    book_type::active.for_each([&](term t) {
      space.set_zero(rest_);
      space.add(rest_, 1, now[t]);
      space.add(rest_, -1, from[t]);
      row.step_squared[index_of(t)] = space.inner(rest_, rest_);
    });
    if (book_.interaction()) row.interaction_sq = space.inner(*book_.interaction(), *book_.interaction());
    row.embedding_variance = book_.variance();
    if constexpr (book_type::setting_type::draws) read_errors(row);
    if constexpr (has_feature_variance) row.feature_variance = space.relative_variance(displacement_);
    return row;
  }

  /// What draws of laws leave in the numbers of a row: of |v + e|^2 - |v|^2 = 2 <v, e> + |e|^2 and of
  /// <v + e, w + f> - <v, w> = <v, f> + <e, w> + <e, f> the mean square, with E|e|^4 <= 3 (E|e|^2)^2 for an e that is normal.
  [[gnu::cold]] void read_errors(ledger_row& row) const {
    const auto& now = book_.model();
    embedding_error apart = now.place_error;
    apart.add(-1, book_.truth().place_error);
    const double v = apart.variance();
    row.embedding_variance = v;
    const Eigen::VectorXd along_q = 2 * apart.along(displacement_);
    row.distance_error = std::sqrt(along_q.squaredNorm() + 3 * v * v);
    const auto sum = [](const Eigen::VectorXd& a, const Eigen::VectorXd& b) -> Eigen::VectorXd {
      if (a.size() == b.size()) return a + b;
      return a.size() > b.size() ? a : b;  // one of them is exact
    };
    book_type::active.for_each([&](term t) {
      const std::size_t i = index_of(t);
      const double u = now.drawn[i].variance();
      row.squared_error[i] = std::sqrt(4 * now.drawn[i].along(now[t]).squaredNorm() + 3 * u * u);
      const Eigen::VectorXd along_part = sum(now.drawn[i].along(displacement_), apart.along(now[t]));
      row.part_error[i] = std::sqrt(along_part.squaredNorm() + 3 * u * v);
      const double share = row.part[i] / row.distance_sq;
      row.share_error[i] =
          std::sqrt(sum(along_part, -share * along_q).squaredNorm() + 3 * u * v + 3 * share * share * v * v) /
          row.distance_sq;
    });
  }

  /// How far the identities are from holding, relative to the largest number in them; or, where that is less than 1e10 roundings of the
  /// places themselves, to so many: a displacement below the places' digits has none that could be right. A place is rounded a few
  /// times each generation.
  [[nodiscard, gnu::cold]] double residual_of(double rest_sq, const ledger_row& row, double squares, double crosses,
                                              double parts) const {
    const double scale = (std::max)(row.distance_sq, squares);
    const double misfit = (std::max)(std::abs(squares + crosses - row.distance_sq), std::abs(parts - row.distance_sq));
    if (rest_sq == 0 && misfit == 0) return 0;
    const auto size = [&](const vector& v) { return std::sqrt(std::abs(book_.space().inner(v, v))); };
    const double place = size(book_.model().place) + size(book_.truth().place);
    const double roundings =
        1e10 * 8 * std::numeric_limits<double>::epsilon() * static_cast<double>(row.generation + 1) * place;
    return (std::max)(std::sqrt(std::abs(rest_sq)) / (std::max)(std::sqrt(std::abs(scale)), roundings),
                      misfit / (std::max)(std::abs(scale), roundings * place));
  }

  book_type book_;
  detail::ledger_columns columns_;
  vector displacement_, rest_;
  std::vector<ledger_row> rows_;
};

}  // namespace simulacra
