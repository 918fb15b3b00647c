#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/term.hpp>

namespace simulacra {

/// Whose error a member's is. With T the law that its data were drawn from, q = Q - P_0, and u_k what member (or group) k has made of
/// what is in T, however many hands it went through,
///
///     T - P_0 = u_0 + u_1 + ... + drift,      |q|^2 = <u_0, q> + <u_1, q> + ... + <drift, q> + <Q - T, q>
///
/// u_k mixes by what was given: the shares of T, not those that were asked for. Parts may be negative; a part over |q|^2 is a share.
struct origin_row {
  Index generation = 0;
  double distance_sq = 0;         ///< |q|^2
  std::vector<double> inherited;  ///< <u_k, q>, for each column k: what came with the data, by who made it
  double drift = 0;               ///< <drift, q>: inherited, and nobody's; 0 where the truth stays
  double fresh = 0;               ///< <Q - T, q>: what the member itself has added in this generation
  double residual = 0;            ///< |T - P_0 - sum of u_k - drift|, relative as in `ledger_row`

  [[nodiscard]] double share(std::size_t column) const { return inherited[column] / distance_sq; }
};

namespace detail {

/// Reads whose errors there are off the book of a member whose generation is closed.
template <class Book>
[[nodiscard]] origin_row read_origins(const Book& book, Index generation, std::size_t columns) {
  const auto& space = book.space();
  const auto &model = book.model(), &training = book.training(), &truth = book.truth();
  const auto difference = [&](const auto& a, const auto& b) {
    auto v = space.zero();
    space.add(v, 1, a);
    space.add(v, -1, b);
    return v;
  };
  const auto q = difference(model.place, truth.place);
  origin_row row{generation, space.inner(q, q), std::vector<double>(columns), 0, 0, 0};
  row.fresh = space.inner(difference(model.place, training.place), q);
  auto rest = difference(training.place, truth.place);
  double scale = (std::max)(row.distance_sq, space.inner(rest, rest));
  for (std::size_t k = 0; k < training.made.size(); ++k) {
    const auto& u = training.made[k];
    row.inherited[k] = space.inner(u, q);
    scale = (std::max)(scale, space.inner(u, u));
    space.add(rest, -1, u);
  }
  if constexpr (Book::active[term::drift]) {
    const auto moved = difference(training[term::drift], truth[term::drift]);
    row.drift = space.inner(moved, q);
    scale = (std::max)(scale, space.inner(moved, moved));
    space.add(rest, -1, moved);
  }
  const auto size = [&](const auto& v) { return std::sqrt(std::abs(space.inner(v, v))); };
  const double roundings = 1e10 * 8 * std::numeric_limits<double>::epsilon() * static_cast<double>(generation + 1) *
                           (size(model.place) + size(truth.place));
  if (const double left = size(rest); left > 0) row.residual = left / (std::max)(std::sqrt(std::abs(scale)), roundings);
  return row;
}

/// Writes a row as columns: see `population_ledger`.
inline void write_origins(const origin_row& row, std::span<double> out) {
  std::size_t at = 0;
  for (const double part : row.inherited) out[at++] = part;
  out[at++] = row.fresh;
  out[at] = row.residual;
}

/// The names of these, of the columns' names. @param prefix  of the member
[[nodiscard]] inline std::vector<std::string> names_of_origins(const std::string& prefix, const std::string& of,
                                                               std::size_t columns) {
  std::vector<std::string> all;
  for (std::size_t k = 0; k < columns; ++k) all.push_back(prefix + "inherited_" + of + std::to_string(k));
  all.push_back(prefix + "fresh");
  all.push_back(prefix + "residual_of_origins");
  return all;
}

}  // namespace detail

}  // namespace simulacra
