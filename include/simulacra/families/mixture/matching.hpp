#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/mixture/law.hpp>

namespace simulacra {

/// The assignment of rows to different columns with the least sum of costs: entry i is the column of row i. By shortest
/// augmenting paths, the Hungarian method. O(rows^2 columns).
/// @param cost  finite, with at most as many rows as columns
/// @throw std::invalid_argument if it is not
/// Source: Kuhn (1955), "The Hungarian method for the assignment problem"; Jonker and Volgenant (1987) for the paths.
[[nodiscard]] inline std::vector<Index> least_cost_assignment(const Eigen::MatrixXd& cost) {
  const Index rows = cost.rows(), columns = cost.cols();
  argument::require(rows <= columns, "least_cost_assignment", "cost.rows()", rows, "be at most the number of columns");
  argument::require_finite(cost, "least_cost_assignment", "cost");
  // Prices u of rows and v of columns keep every reduced cost c - u - v >= 0, and 0 on what is assigned.
  Eigen::VectorXd u = Eigen::VectorXd::Zero(rows), v = Eigen::VectorXd::Zero(columns), distance(columns);
  std::vector<Index> row_of(static_cast<std::size_t>(columns), -1), before(static_cast<std::size_t>(columns));
  std::vector<bool> done(static_cast<std::size_t>(columns));
  const auto at = [](auto& list, Index i) -> decltype(auto) { return list[static_cast<std::size_t>(i)]; };
  for (Index start = 0; start < rows; ++start) {
    distance.setConstant(std::numeric_limits<double>::infinity());
    done.assign(done.size(), false);
    before.assign(before.size(), -1);
    Index row = start, column = -1, end = -1;
    double length = 0;
    while (end < 0) {
      Index nearest = -1;
      for (Index c = 0; c < columns; ++c) {
        if (at(done, c)) continue;
        const double through = length + cost(row, c) - u[row] - v[c];
        if (through < distance[c]) {
          distance[c] = through;
          at(before, c) = column;
        }
        if (nearest < 0 || distance[c] < distance[nearest]) nearest = c;
      }
      column = nearest;
      length = distance[column];
      at(done, column) = true;
      if (at(row_of, column) < 0)
        end = column;
      else
        row = at(row_of, column);
    }
    u[start] += length;
    for (Index c = 0; c < columns; ++c)
      if (at(done, c) && c != end) {
        u[at(row_of, c)] += length - distance[c];
        v[c] -= length - distance[c];
      }
    for (Index c = end; c >= 0; c = at(before, c)) at(row_of, c) = at(before, c) < 0 ? start : at(row_of, at(before, c));
  }
  std::vector<Index> column_of(static_cast<std::size_t>(rows));
  for (Index c = 0; c < columns; ++c)
    if (at(row_of, c) >= 0) at(column_of, at(row_of, c)) = c;
  return column_of;
}

/// Which component of `next` continues which of `previous`, by the least sum of squared Wasserstein distances: entry i is
/// the number in `next` of component i of `previous`, or -1 where `next` has fewer components and this one found none.
/// @throw std::invalid_argument if the dimensions differ.  O(k^2 d^3 + k^3).
template <class T, int D>
[[nodiscard]] std::vector<Index> matching(const gaussian_mixture<T, D>& previous, const gaussian_mixture<T, D>& next) {
  argument::require(previous.dimension() == next.dimension(), "matching", "next.dimension()", next.dimension(),
                    "equal that of previous");
  Eigen::MatrixXd cost(previous.size(), next.size());
  for (Index i = 0; i < cost.rows(); ++i)
    for (Index j = 0; j < cost.cols(); ++j) cost(i, j) = wasserstein_squared(previous.component(i), next.component(j));
  if (cost.rows() <= cost.cols()) return least_cost_assignment(cost);
  const std::vector<Index> backwards = least_cost_assignment(cost.transpose());
  std::vector<Index> forwards(static_cast<std::size_t>(previous.size()), -1);
  for (std::size_t j = 0; j < backwards.size(); ++j)
    forwards[static_cast<std::size_t>(backwards[j])] = static_cast<Index>(j);
  return forwards;
}

/// `next` with its components in the order of those of `previous` that they continue; new ones come last. This is what keeps
/// a component's colour from one generation's picture to the next.
template <class T, int D>
[[nodiscard]] gaussian_mixture<T, D> in_order_of(const gaussian_mixture<T, D>& previous,
                                                 const gaussian_mixture<T, D>& next) {
  std::vector<Index> order;
  std::vector<bool> used(static_cast<std::size_t>(next.size()), false);
  for (const Index j : matching(previous, next))
    if (j >= 0) {
      order.push_back(j);
      used[static_cast<std::size_t>(j)] = true;
    }
  for (Index j = 0; j < next.size(); ++j)
    if (!used[static_cast<std::size_t>(j)]) order.push_back(j);
  std::vector<double> shares;
  std::vector<gaussian<T, D>> laws;
  for (const Index j : order) {
    shares.push_back(next.weight(j));
    laws.push_back(next.component(j));
  }
  return {std::move(shares), std::move(laws)};
}

}  // namespace simulacra
