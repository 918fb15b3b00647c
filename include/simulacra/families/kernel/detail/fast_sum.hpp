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

  /// Calls `deliver(number, value, log_factor)` for every query, where the sum is value * exp(log_factor).
  template <class Deliver>
  void evaluate(std::vector<numbered<D>> queries, Deliver&& deliver, work_done* done = nullptr) const {
    neighbours near;
    workplace rooms(order_.terms);
    work_done counted;
    partition<D>{order_.side, few_queries}(queries, [&](const numbered<D>* y, Index m, const box<D>& around) {
      const double least = tree_.find(around, log_share_, near);
      ++counted.groups;
      rooms.seat(y, m);
      if (least < far_log) {
        meet_far(y, m, around, near, rooms, counted);
        for (Index k = 0; k < m; ++k) deliver(y[k].number, rooms.sums[k], rooms.tops[k]);
        return;
      }
      meet_all(y, m, around, near, rooms, counted);
      for (Index k = 0; k < m; ++k) deliver(y[k].number, rooms.sums[k], 0.0);
    });
    if (done != nullptr) *done = counted;
  }

 private:
  static constexpr Index few = 8, few_queries = 8;
  /// Sums below e^this are taken by their logarithms, so that no exponential comes near the end of the range.
  static constexpr double far_log = -500;

  static double cell_side(double) { return D == 1 ? 2 : 1; }

  /// Most sources that are put side by side before their pairs are taken: what the first-level cache holds.
  static constexpr Index bench = 1024;

  using neighbours = std::vector<typename cell_tree<D>::neighbour>;

  /// Room for what happens to one group of queries.
  struct workplace {
    expansion<D> meeting;
    Eigen::VectorXd group, sums, tops, parts, bench;
    Index stride = 0;

    explicit workplace(Index terms) : meeting(terms), bench((D + 1) * fast_sum::bench) {}

    /// The coordinates of m queries in rows, which are filled up with the first.
    void seat(const numbered<D>* y, Index m) {
      stride = padded(m);
      if (stride > sums.size()) {
        group.resize(stride * D);
        sums.resize(stride);
        tops.resize(stride);
        parts.resize(stride * 2);
      }
      for (Index i = 0; i < D; ++i)
        for (Index k = 0; k < stride; ++k) group[i * stride + k] = y[k < m ? k : 0].x[static_cast<std::size_t>(i)];
      sums.head(stride).setZero();
      tops.head(stride).setConstant(-(std::numeric_limits<double>::infinity)());
    }

    [[nodiscard]] piece queries() const { return {group.data(), stride}; }

    /// Adds s e^t to the sum of query k, which is kept as sums[k] e^tops[k].
    void add(Index k, double t, double s) {
      if (t > tops[k]) {
        sums[k] = sums[k] * std::exp(tops[k] - t) + s;
        tops[k] = t;
      } else if (t >= -(std::numeric_limits<double>::max)()) {
        sums[k] += s * std::exp(t - tops[k]);
      }
    }
  };

  [[nodiscard]] bool narrow(const box<D>& b) const { return !(b.longest_side() > order_.side); }

  /// Sets the sums at m queries far from all sources, as tops and sums.
  void meet_far(const numbered<D>* y, Index m, const box<D>& around, const neighbours& near, workplace& rooms,
                work_done& counted) const {
    const place<D> b = around.middle();
    for (const auto& n : near) {
      const piece x = sources_[n.cell];
      const box<D>& of = boxes_[static_cast<std::size_t>(n.cell)].around;
      if (narrow(around) && narrow(of) && pays(x.count, m)) {
        const place<D> a = of.middle();
        const double top = rooms.meeting.meet_far(x, a, b);
        rooms.meeting.parts(rooms.queries(), a, b, rooms.parts.data(), rooms.parts.data() + rooms.stride);
        for (Index k = 0; k < m; ++k) rooms.add(k, top - rooms.parts[rooms.stride + k], rooms.parts[k]);
        ++counted.met;
        counted.expanded += x.count + m;
        continue;
      }
      for (Index k = 0; k < m; ++k) {
        const double top = largest_log<D>(x, y[k].x.data(), D);
        if (top >= -(std::numeric_limits<double>::max)()) rooms.add(k, top, sum_below<D>(x, y[k].x.data(), D, top));
      }
      counted.pairs += m * x.count;
    }
  }

  /// Sets the sums at m queries over the given cells.
  void meet_all(const numbered<D>* y, Index m, const box<D>& around, const neighbours& near, workplace& rooms,
                work_done& counted) const {
    const place<D> b = around.middle();
    const bool small = narrow(around);
    Index seated = 0;
    const auto take_pairs = [&] {
      const Index whole = padded(seated);
      for (Index k = seated; k < whole; ++k) {
        for (Index i = 0; i < D; ++i) rooms.bench[i * bench + k] = rooms.bench[i * bench];
        rooms.bench[D * bench + k] = 0;
      }
      for (Index k = 0; k < m; ++k) rooms.sums[k] += sum_of<D>({rooms.bench.data(), bench}, y[k].x.data(), D, whole);
      counted.pairs += m * seated;
      seated = 0;
    };
    for (const auto& n : near) {
      const piece x = sources_[n.cell];
      const box<D>& of = boxes_[static_cast<std::size_t>(n.cell)].around;
      if (small && narrow(of) && pays(x.count, m)) {
        const place<D> a = of.middle();
        rooms.meeting.meet(x, a, b);
        rooms.meeting.add_to(rooms.queries(), a, b, rooms.sums.data());
        ++counted.met;
        counted.expanded += x.count + m;
        continue;
      }
      for (Index first = 0; first < x.count;) {
        const Index now = (std::min)(x.count - first, bench - seated);
        for (Index i = 0; i <= D; ++i) std::copy_n(x.row(i) + first, now, rooms.bench.data() + i * bench + seated);
        first += now;
        seated += now;
        if (seated == bench) take_pairs();
      }
    }
    if (seated > 0) take_pairs();
  }

  /// Whether n sources and m queries had better meet through an expansion: about how many cycles each way takes.
  [[nodiscard]] bool pays(Index n, Index m) const {
    const double terms = static_cast<double>(order_.terms), products = std::pow(terms, D),
                 groups = static_cast<double>(padded(m) / width);
    const double cells = static_cast<double>(padded(n) / width);
    return 40 + cells * (12 + 1.1 * products) + 6 * products + groups * (12 + 0.6 * products) <
           static_cast<double>(n) / width * (11 * static_cast<double>(m) + 8);
  }

  expansion_order order_;
  double log_share_;
  pieces sources_;
  std::vector<weighted_box<D>> boxes_;
  cell_tree<D> tree_;
};

}  // namespace simulacra::detail::gauss
