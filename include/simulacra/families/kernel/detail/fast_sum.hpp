#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/box.hpp>
#include <simulacra/families/kernel/detail/cell_tree.hpp>
#include <simulacra/families/kernel/detail/expansion.hpp>
#include <simulacra/families/kernel/detail/partition.hpp>
#include <simulacra/families/kernel/detail/pieces.hpp>

namespace simulacra::detail::gauss {

/// What an evaluation did: how often a source and a query met, and what the meetings of cells cost.
struct work_done {
  Index groups = 0;    ///< of queries
  Index pairs = 0;     ///< of a source and a query, one exponential each
  Index met = 0;       ///< pairs of a cell and a group that met through an expansion
  Index expanded = 0;  ///< sources and queries that took part in these, each as often as it did
};

/// Sums of Gaussians with a bounded relative error, in one to three dimensions.
///
/// Sources and queries are brought together in cells (`partition`); for each group of queries those cells that matter are
/// found (`cell_tree`), with a bound on what the others add; and each of them meets the group through an `expansion`, or source
/// by source where that is less work. Half of the error that is allowed goes to the expansion, a quarter to what is left out;
/// the rest is for rounding.
template <int D>
class fast_sum {
 public:
  static constexpr int dimension = D;

  /// @param points  coordinates of n >= 1 sources, one after the other   @param w  their weights > 0
  fast_sum(std::vector<numbered<D>> points, const Eigen::VectorXd& w, double relative_error)
      : order_(order_for(cell_side(relative_error), relative_error / 2, D)),
        log_share_(std::log(relative_error / 4)),
        sources_(D) {
    sources_.reserve(static_cast<Index>(points.size()) * 5 / 4);
    std::vector<weighted_box<D>> boxes;
    partition<D>{order_.side, few}(points, [&](const numbered<D>* p, Index n, const box<D>& around) {
      const auto weight = [&](Index k) { return w.size() == 0 ? 1.0 : w[p[k].number]; };
      sources_.add(
          n, [p](Index k, Index i) { return p[k].x[static_cast<std::size_t>(i)]; }, weight);
      double total = 0;
      for (Index k = 0; k < n; ++k) total += weight(k);
      boxes.push_back({around, total, std::log(total)});
    });
    boxes_ = boxes;
    tree_ = cell_tree<D>(boxes);
  }

  /// Of every sum, rounding apart.
  [[nodiscard]] double error_bound() const { return order_.error + std::exp(log_share_); }

  /// Calls `deliver(number, value, log_value)` for every query: the sum is value where log_value is 0, else exp(log_value).
  template <class Deliver>
  void evaluate(std::vector<numbered<D>> queries, Deliver&& deliver, work_done* done = nullptr) const {
    std::vector<typename cell_tree<D>::neighbour> near;
    expansion<D> meeting(order_.terms);
    Eigen::VectorXd group, sums;
    work_done counted;
    partition<D>{order_.side, 1}(queries, [&](const numbered<D>* y, Index m, const box<D>& around) {
      const double least = tree_.find(around, log_share_, near);
      ++counted.groups;
      if (least < far_log) {
        for (Index k = 0; k < m; ++k) {
          const auto cell = [&](Index j) { return sources_[near[static_cast<std::size_t>(j)].cell]; };
          deliver(y[k].number, 0.0, log_sum_of<D>(static_cast<Index>(near.size()), cell, y[k].x.data(), D));
          for (const auto& n : near) counted.pairs += sources_[n.cell].stride;
        }
        return;
      }
      const Index stride = padded(m);
      group.resize((std::max)(group.size(), stride * D));
      sums.resize((std::max)(sums.size(), stride));
      for (Index i = 0; i < D; ++i)
        for (Index k = 0; k < stride; ++k) group[i * stride + k] = y[k < m ? k : 0].x[static_cast<std::size_t>(i)];
      sums.head(stride).setZero();
      const piece at{group.data(), stride};
      const place<D> b = around.middle();
      const bool narrow = !(around.longest_side() > order_.side);
      for (const auto& n : near) {
        const piece x = sources_[n.cell];
        const box<D>& of = boxes_[static_cast<std::size_t>(n.cell)].around;
        if (narrow && !(of.longest_side() > order_.side) && pays(x.stride, m)) {
          const place<D> a = of.middle();
          meeting.meet(x, a, b);
          meeting.add_to(at, a, b, sums.data());
          ++counted.met;
          counted.expanded += x.stride + m;
        } else {
          for (Index k = 0; k < m; ++k) sums[k] += sum_of<D>(x, y[k].x.data(), D);
          counted.pairs += m * x.stride;
        }
      }
      for (Index k = 0; k < m; ++k) deliver(y[k].number, sums[k], 0.0);
    });
    if (done != nullptr) *done = counted;
  }

 private:
  static constexpr Index few = 8;
  /// Sums below e^this are taken by their logarithms, so that no exponential comes near the end of the range.
  static constexpr double far_log = -500;

  static double cell_side(double) { return D == 1 ? 2 : 1; }

  /// Whether n sources and m queries had better meet through an expansion. In units of a multiply-add of a packet.
  [[nodiscard]] bool pays(Index n, Index m) const {
    double terms = 1;
    for (int i = 0; i < D; ++i) terms *= static_cast<double>(order_.terms);
    const auto in = static_cast<double>(padded(n) / width), out = static_cast<double>(padded(m) / width);
    const double apart = static_cast<double>(m) * (in * 20 + 15);
    return in * (25 + D * static_cast<double>(order_.terms) + terms) + 12 * terms + out * (25 + terms) < apart;
  }

  expansion_order order_;
  double log_share_;
  pieces sources_;
  std::vector<weighted_box<D>> boxes_;
  cell_tree<D> tree_;
};

}  // namespace simulacra::detail::gauss
