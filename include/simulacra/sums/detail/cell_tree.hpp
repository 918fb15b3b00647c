#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/sums/detail/box.hpp>

namespace simulacra::detail::gauss {

/// Sources in a box.
template <int D>
struct weighted_box {
  box<D> around;
  double weight = 0;  ///< of the sources together
  double log_weight = 0;
};

/// Cells of sources, with a tree of boxes above them in which those near a box of queries are found.
///
/// The tree halves the list of cells again and again; its nodes stand in the order of a walk that visits parents first: of a
/// node with m cells, the first half is the next one, and the second half stands 2 (m / 2) further.
template <int D>
class cell_tree {
 public:
  /// A cell of sources that a group of queries may have to look at, and bounds of the log of what it adds, at every query.
  struct neighbour {
    Index cell;
    double at_most, at_least;
  };

  cell_tree() = default;

  /// @param cells  at least one, each of weight > 0
  explicit cell_tree(const std::vector<weighted_box<D>>& cells) : size_(static_cast<Index>(cells.size())) {
    nodes_.resize(2 * cells.size() - 1);
    build(0, cells.data(), size_);
  }

  /// Fills `found` with the cells that queries in `group` need: all the others together add less than e^log_share of the sum
  /// at every one of them. Returns the log of a number that the sum is not less than, at every query of the group.
  ///
  /// The sum is at least that of w exp(-s^2 / 2) over any cells, w a cell's weight and s its greatest distance. All that
  /// lies beyond a radius r is at most W exp(-r^2 / 2), W the weight of all sources: with a first good cell for the former,
  /// this gives a radius that half of the share pays for, near the data or far away. The other half is dealt out among the
  /// cells within it, of which those go that add less than their part even if they were as near as they can be.
  double find(const box<D>& group, double log_share, std::vector<neighbour>& found) const {
    constexpr double log_2 = 0.6931471805599453;
    found.clear();
    double least = -(std::numeric_limits<double>::infinity)();
    strongest(0, size_, group, least);
    collect(0, 0, size_, group, nodes_[0].log_weight - (log_share - log_2) - least, found);
    double top = -(std::numeric_limits<double>::infinity)(), sum = 0;
    for (const neighbour& n : found) top = (std::max)(top, n.at_least);
    for (const neighbour& n : found)
      if (n.at_least > top - 8) sum += std::exp(n.at_least - top);
    if (sum > 0) least = (std::max)(least, top + std::log(sum * (1 - 1e-10)));
    const double enough = least + log_share - log_2 - std::log(static_cast<double>(found.size()));
    found.erase(std::remove_if(found.begin(), found.end(), [=](const neighbour& n) { return n.at_most < enough; }),
                found.end());
    return least;
  }

 private:
  void build(std::size_t to, const weighted_box<D>* cells, Index n) {
    if (n == 1) {
      nodes_[to] = *cells;
      return;
    }
    const Index half = n / 2;
    const std::size_t left = to + 1, right = to + 2 * static_cast<std::size_t>(half);
    build(left, cells, half);
    build(right, cells + half, n - half);
    nodes_[to] = nodes_[left];
    nodes_[to].around.take_in(nodes_[right].around);
    nodes_[to].weight += nodes_[right].weight;
    nodes_[to].log_weight = std::log(nodes_[to].weight);
  }

  /// Raises `least` to the largest log w - s^2 / 2 of a cell, nearer branches first.
  void strongest(std::size_t node, Index n, const box<D>& group, double& least) const {
    const weighted_box<D>& here = nodes_[node];
    if (n == 1) {
      least = (std::max)(least, here.log_weight - farthest_half_square(here.around, group));
      return;
    }
    const Index half = n / 2;
    std::size_t one = node + 1, two = node + 2 * static_cast<std::size_t>(half);
    Index in_one = half, in_two = n - half;
    double best = nodes_[one].log_weight - nearest_half_square(nodes_[one].around, group);
    double other = nodes_[two].log_weight - nearest_half_square(nodes_[two].around, group);
    if (other > best) {
      std::swap(best, other);
      std::swap(one, two);
      std::swap(in_one, in_two);
    }
    if (best > least) strongest(one, in_one, group, least);
    if (other > least) strongest(two, in_two, group, least);
  }

  void collect(std::size_t node, Index first, Index n, const box<D>& group, double r, std::vector<neighbour>& found) const {
    const weighted_box<D>& here = nodes_[node];
    const double near = nearest_half_square(here.around, group);
    if (near > r) return;
    if (n == 1) {
      found.push_back({first, here.log_weight - near, here.log_weight - farthest_half_square(here.around, group)});
      return;
    }
    const Index half = n / 2;
    collect(node + 1, first, half, group, r, found);
    collect(node + 2 * static_cast<std::size_t>(half), first + half, n - half, group, r, found);
  }

  Index size_ = 0;
  std::vector<weighted_box<D>> nodes_;
};

}  // namespace simulacra::detail::gauss
