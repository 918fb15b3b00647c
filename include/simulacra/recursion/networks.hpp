#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/population.hpp>
#include <simulacra/recursion/recipe.hpp>

/// Who reads whom: recipes of single models, turned into recipes of members.
namespace simulacra {

/// What `pooled` returns.
template <class Recipe>
struct pooled_recipe {
  Recipe recipe;

  [[nodiscard]] ingredients operator()(Index t, Index m, const seat& at) const {
    const ingredients list = detail::seated<Recipe>{recipe, {}}.list(t, m, at);
    ingredients said;
    said.subsample = list.subsample;
    said.independent_draws = list.independent_draws;
    for (ingredient part : list) {
      if (part.from.what == source::kind::model && part.from.who == myself)
        part.from.who = static_cast<std::int32_t>(everyone);
      said.add(part);
    }
    return said;
  }
  [[nodiscard]] retention keeps() const { return retention_of(recipe); }
};

/// A recipe that reads the pool of all members wherever it would read its own model: `pooled(replace{})`.
///
/// Each member publishes an equal part of what all of them ask for, and the readers are dealt it at random, without replacement: the
/// chain of `theory::pooled_variance`. What the recipe keeps stays its own.
template <member_recipe Recipe>
[[nodiscard]] pooled_recipe<Recipe> pooled(Recipe recipe) {
  return {std::move(recipe)};
}

namespace detail {

/// n in whole parts that are as near to shares of it as they can be: each is rounded down, and what is left goes to the largest remainders,
/// the first of equal ones. O(K log K).
/// @param shares  >= 0, of sum 1
[[nodiscard]] inline std::vector<Index> apportioned(Index n, const std::vector<double>& shares) {
  std::vector<Index> counts(shares.size());
  std::vector<double> rest(shares.size());
  Index left = n;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double part = shares[i] * static_cast<double>(n), whole = std::floor(part);
    counts[i] = (std::min)(left, static_cast<Index>(whole));
    rest[i] = part - whole;
    left -= counts[i];
  }
  if (left > 0) {
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rest[a] > rest[b]; });
    for (std::size_t i = 0; left > 0; i = (i + 1) % order.size(), --left) ++counts[order[i]];
  }
  return counts;
}

}  // namespace detail

/// Whether the sources of a network have fixed numbers of observations, or each observation's source is drawn.
enum class source_counts { fixed, random };

/// A recipe that reads other members by a matrix of shares wherever it would read its own model: `network(shares, replace{})`.
///
/// Row i is what member i reads: \f$w_{ik}\f$ of its synthetic data are fresh draws of member k's model, and what the row leaves of 1 is
/// fresh real data. With fixed numbers n w is rounded to whole ones (largest remainders), and the law says what was given; with random
/// ones they are multinomial, and the recipe must not read kept data. Its own first data are real. `theory::network_after`,
/// `theory::island_model` and `theory::network_identity` describe it.
template <class Recipe>
struct network {
  Eigen::MatrixXd shares;
  Recipe recipe;
  source_counts sources;

  /// @param w  K x K for K members, entries >= 0, rows of sum <= 1
  /// @throw std::invalid_argument otherwise
  network(Eigen::MatrixXd w, Recipe r, source_counts how = source_counts::fixed)
      : shares(std::move(w)), recipe(std::move(r)), sources(how) {
    argument::require(shares.rows() == shares.cols() && shares.rows() >= 1, "network", "columns of shares", shares.cols(),
                      "be the number of rows, and at least 1");
    for (Index i = 0; i < shares.rows(); ++i) {
      for (Index k = 0; k < shares.cols(); ++k)
        argument::require(shares(i, k) >= 0 && shares(i, k) <= 1, "network", "share", shares(i, k), "be in [0, 1]");
      argument::require(shares.row(i).sum() <= 1 + 1e-12, "network", "sum of a row of shares", shares.row(i).sum(),
                        "not exceed 1");
    }
  }

  [[nodiscard]] ingredients operator()(Index t, Index m, const seat& at) const {
    argument::require(at.members == shares.rows(), "network", "members", at.members, "be the number of rows of the shares");
    const ingredients list = detail::seated<Recipe>{recipe, {}}.list(t, m, at);
    if (t == 0) return list;
    ingredients said;
    said.subsample = list.subsample;
    said.independent_draws = list.independent_draws;
    const bool draw_sources = sources == source_counts::random && list.independent_draws == 0;
    for (ingredient part : list) {
      if (draw_sources) {
        argument::require(part.count >= 0, "network", "ingredient.count", part.count,
                          "be a number where sources are drawn: kept data cannot be drawn from independently");
        if (!part.weighted()) part.weight = static_cast<double>(part.count);
        said.independent_draws += part.count;
      }
      if (part.from.what == source::kind::model && part.from.who == myself)
        split(part, at.number, sources == source_counts::random || list.independent_draws > 0, said);
      else
        said.add(part);
    }
    return said;
  }
  [[nodiscard]] retention keeps() const { return retention_of(recipe); }

 private:
  /// Adds what a part of the reader's own model becomes.
  /// @param by_weight  where the sources are drawn the shares are those of the law, whatever the counts
  void split(const ingredient& part, Index reader, bool by_weight, ingredients& said) const {
    const Index members = shares.rows();
    std::vector<double> row(static_cast<std::size_t>(members + 1));
    double rest = 1;
    for (Index k = 0; k < members; ++k) rest -= row[static_cast<std::size_t>(k)] = shares(reader, k);
    row.back() = rest > 1e-12 ? rest : 0;
    const std::vector<Index> counts = by_weight ? std::vector<Index>() : detail::apportioned(part.count, row);
    for (Index k = 0; k <= members; ++k) {
      const double share = row[static_cast<std::size_t>(k)];
      if (by_weight && share == 0) continue;
      ingredient one = part;
      one.from = k == members ? source{} : source(source::kind::model, part.from.generation, k);
      one.count = by_weight ? part.count : counts[static_cast<std::size_t>(k)];
      if (part.weighted())
        one.weight *= by_weight ? share : static_cast<double>(one.count) / static_cast<double>(part.count);
      said.add(one);
    }
  }
};

/// The shares of K islands: each member reads its own model, but for a share that comes from all others alike.
/// @param members  K >= 2
/// @param share    in [0, 1]
/// @throw std::invalid_argument otherwise
[[nodiscard]] inline Eigen::MatrixXd islands(Index members, double share) {
  argument::require(members >= 2, "islands", "members", members, "be at least 2");
  argument::require(share >= 0 && share <= 1, "islands", "share", share, "be in [0, 1]");
  argument::require_room(members, members, sizeof(double), "islands", "members");
  Eigen::MatrixXd w = Eigen::MatrixXd::Constant(members, members, share / static_cast<double>(members - 1));
  w.diagonal().setConstant(1 - share);
  return w;
}

}  // namespace simulacra
