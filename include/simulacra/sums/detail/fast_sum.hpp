#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/sums/detail/box.hpp>
#include <simulacra/sums/detail/cell_tree.hpp>
#include <simulacra/sums/detail/expansion.hpp>
#include <simulacra/sums/detail/partition.hpp>
#include <simulacra/sums/detail/pieces.hpp>

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
/// found (`cell_tree`), with a bound on what the others add; and each of them meets the group through an `expansion`, or
/// source by source where that is less work. Half of the error that is allowed goes to the expansion, a quarter to what is
/// left out; the rest is left to rounding.
template <int D>
class fast_sum {
 public:
  static constexpr int dimension = D;

  /// @param points  at least one source; their numbers are those of their weights   @param w  weights, all > 0 for these
  ///                sources, or empty: all of them 1   @param relative_error  in [1e-13, 1)
  fast_sum(std::vector<numbered<D>> points, const Eigen::VectorXd& w, double relative_error)
      : order_(order_for(side, relative_error / 2, D)), log_share_(std::log(relative_error / 4)), sources_(D) {
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
    tree_ = cell_tree<D>(boxes);
    boxes_ = std::move(boxes);
  }

  /// Of every sum, rounding apart.
  [[nodiscard]] double error_bound() const { return order_.error + std::exp(log_share_); }

  /// About how many cycles a query takes among many that lie where the sources lie: by a few cells of sources, each in turn
  /// taken for a group of queries.
  [[nodiscard]] double cycles_per_query() const {
    constexpr Index tries = 32;
    neighbours close_by;
    double cycles = 0, queries = 0;
    for (Index t = 0; t < tries; ++t) {
      const Index group = t * sources_.size() / tries, m = sources_[group].count;
      const box<D>& around = boxes_[static_cast<std::size_t>(group)].around;
      const bool distant = tree_.find(around, log_share_, close_by) < far_log;
      cycles += 500 + 50 * static_cast<double>(m) + 100 * static_cast<double>(close_by.size());
      for (const auto& n : close_by) {
        const Index count = sources_[n.cell].count;
        const bool slim = narrow(around) && narrow(boxes_[static_cast<std::size_t>(n.cell)].around);
        cycles += (slim && pays(count, m) ? cycles_met(count, m) : cycles_apart(count, m)) * (distant ? 2 : 1);
      }
      queries += static_cast<double>(m);
    }
    return cycles / queries;
  }

  /// What it takes to have every pair, in the same measure.
  [[nodiscard]] static double cycles_of_all(Index n) { return cycles_apart(n, 1) - cycles_apart(n, 0); }

  /// Calls `deliver(number, value, log_factor)` for every query, where the sum is value * exp(log_factor).
  template <class Deliver>
  void evaluate(std::vector<numbered<D>> queries, Deliver&& deliver, work_done* done = nullptr) const {
    neighbours close_by;
    workplace rooms(order_.terms);
    work_done counted;
    partition<D>{order_.side, few}(queries, [&](const numbered<D>* y, Index m, const box<D>& around) {
      const double least = tree_.find(around, log_share_, close_by);
      ++counted.groups;
      rooms.seat(y, m, least < far_log);
      if (least < far_log)
        meet<true>(y, m, around, close_by, rooms, counted);
      else
        meet<false>(y, m, around, close_by, rooms, counted);
      for (Index k = 0; k < m; ++k) deliver(y[k].number, rooms.sums[k], rooms.tops[k]);
    });
    if (done != nullptr) *done = counted;
  }

 private:
  using neighbours = std::vector<typename cell_tree<D>::neighbour>;

  /// Of a cell: two bandwidths, which was the quickest or near it in every dimension and for every error.
  static constexpr double side = 2;
  /// A cell of so many points is not worth dividing: to look at it costs as much as they do.
  static constexpr Index few = 24;
  /// Sums below e^this are taken by their logarithms, so that no exponential comes near the end of the range.
  static constexpr double far_log = -500;

  /// Most sources that are put side by side before their pairs are taken: what the first-level cache holds.
  static constexpr Index seats = 1024;

  /// Room for what happens to one group of queries.
  struct workplace {
    expansion<D> meeting;
    Eigen::VectorXd group, sums, tops, parts, bench;
    Index stride = 0;

    explicit workplace(Index terms) : meeting(terms), bench((D + 2) * seats) {}

    /// The coordinates of m queries in rows, which are filled up with the first.
    void seat(const numbered<D>* y, Index m, bool distant) {
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
      tops.head(stride).setConstant(distant ? -(std::numeric_limits<double>::infinity)() : 0);
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

  [[nodiscard]] bool narrow(const box<D>& b) const { return b.fits(order_.side); }

  /// Sets `rooms.sums` and `rooms.tops` to the sums at m queries over the given cells. Far from all sources each term is
  /// taken relative to the largest.
  template <bool Far>
  void meet(const numbered<D>* y, Index m, const box<D>& around, const neighbours& close_by, workplace& rooms,
            work_done& counted) const {
    const place<D> b = around.middle();
    const bool slim = narrow(around);
    Index seated = 0;
    const auto take_pairs = [&] {
      counted.pairs += m * seated;
      const Index whole = padded(seated);
      double* const rows = rooms.bench.data();
      for (Index k = seated; k < whole; ++k) {
        for (Index i = 0; i < D; ++i) rows[i * seats + k] = rows[i * seats];
        rows[D * seats + k] = 0;
        rows[(D + 1) * seats + k] = -(std::numeric_limits<double>::infinity)();
      }
      const piece x{rows, seats};
      at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        for (Index k = 0; k < m; ++k) {
          const double* const at = y[k].x.data();
          if constexpr (Far) {
            const double top = largest_log<L, D>(x, at, D, whole);
            if (top >= -(std::numeric_limits<double>::max)()) rooms.add(k, top, sum_below<L, D>(x, at, D, whole, top));
          } else {
            rooms.sums[k] += sum_of<L, D>(x, at, D, whole);
          }
        }
      });
      seated = 0;
    };
    for (const auto& n : close_by) {
      const piece x = sources_[n.cell];
      const box<D>& of = boxes_[static_cast<std::size_t>(n.cell)].around;
      if (slim && narrow(of) && pays(x.count, m)) {
        const place<D> a = of.middle();
        if constexpr (Far) {
          double* const exponents = rooms.parts.data() + rooms.stride;
          const double top = rooms.meeting.meet_far(x, a, b);
          rooms.meeting.parts(rooms.queries(), a, b, rooms.parts.data(), exponents);
          for (Index k = 0; k < m; ++k) rooms.add(k, top - exponents[k], rooms.parts[k]);
        } else {
          rooms.meeting.meet(x, a, b);
          rooms.meeting.add_to(rooms.queries(), a, b, rooms.sums.data());
        }
        ++counted.met;
        counted.expanded += x.count + m;
        continue;
      }
      for (Index first = 0; first < x.count;) {
        const Index now = (std::min)(x.count - first, seats - seated);
        for (Index i = 0; i < D + 2; ++i)
          if (Far ? i != D : i != D + 1) std::copy_n(x.row(i) + first, now, rooms.bench.data() + i * seats + seated);
        first += now;
        seated += now;
        if (seated == seats) take_pairs();
      }
    }
    if (seated > 0) take_pairs();
  }

  /// Of a packet.
  static double lanes() { return static_cast<double>(simulacra::packets::used_width()); }

  /// Cycles that n sources and m queries take pair by pair, and through an expansion: roughly, and of this kind of machine.
  static double cycles_apart(Index n, Index m) {
    return static_cast<double>(n) / lanes() * (11 * static_cast<double>(m) + 8) + 10;
  }
  [[nodiscard]] double cycles_met(Index n, Index m) const {
    const double numbers = std::pow(static_cast<double>(order_.terms), D);
    const double sources = static_cast<double>(padded(n)) / lanes(), queries = static_cast<double>(padded(m)) / lanes();
    return 40 + sources * (12 + 1.1 * numbers) + 6 * numbers + queries * (12 + 0.6 * numbers);
  }
  [[nodiscard]] bool pays(Index n, Index m) const { return cycles_met(n, m) < cycles_apart(n, m); }

  expansion_order order_;
  double log_share_;
  pieces sources_;
  std::vector<weighted_box<D>> boxes_;
  cell_tree<D> tree_;
};

}  // namespace simulacra::detail::gauss
