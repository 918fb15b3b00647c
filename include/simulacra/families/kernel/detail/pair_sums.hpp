#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/frame.hpp>
#include <simulacra/families/kernel/detail/packets.hpp>
#include <simulacra/families/kernel/detail/profiles.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>

/// Sums of a kernel over all pairs of a query and a point, blocked: a tile of queries stays in registers while a block of points
/// passes.
namespace simulacra::detail {

/// One side of the sums: coordinates in a frame, and positive weights of the points.
struct weighted_points {
  coordinates_apart z;
  std::vector<double> w;  ///< one for each
  double total_weight = 0;
};

template <class Kernel, int Dim, bool Equal>
class pair_loop {
  template <class L>
  using packet = kernel_lanes::packet<L>;
  static constexpr Index block = 512;  ///< points whose terms are added before they are added to the rest: less rounding
  template <class L>
  using registers = packet<L>[static_cast<std::size_t>(L::wide)];
  template <class L>
  static constexpr Index tile = L::wide * L::width;

 public:
  pair_loop(const coordinates_apart& queries, const weighted_points& points, std::span<const double> c)
      : q_(queries),
        p_(points.z),
        w_(points.w.data()),
        total_(points.total_weight),
        c_(c.data()),
        common_(Equal ? c[0] : 1) {}

  /// log sum_i w_i k(q, p_i) of each query, exact to rounding however far a query is from all points.
  /// @param apart  the queries are the points, and none is to count itself
  void logarithms(std::span<double> out, bool apart) const {
    kernel_lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) { logarithms_at<L>(out, apart); });
  }

 private:
  template <class L>
  [[gnu::always_inline]] void logarithms_at(std::span<double> out, bool apart) const {
    packets::aligned_doubles sums(static_cast<std::size_t>(q_.stride), 0.0);
    for (Index first = 0; first < p_.count; first += block) {
      const Index last = (std::min)(first + block, p_.count);
      for (Index t = 0; t < q_.stride; t += tile<L>) add_block<L>(t, first, last, apart, sums.data() + t);
    }
    if (apart)
      for (Index i = 0; i < q_.count; ++i) sums[static_cast<std::size_t>(i)] += near_sum(i, tile<L>);
    for (Index i = 0; i < q_.count; ++i) out[static_cast<std::size_t>(i)] = std::log(sums[static_cast<std::size_t>(i)]);
    if constexpr (profile<Kernel>::has_exponent) {
      // What `exp_flushed` drops is less than 1e-307 of the total weight.
      std::vector<double> log_w;
      for (Index t = 0; t < q_.stride; t += tile<L>) {
        const Index end = (std::min)(t + tile<L>, q_.count);
        const auto far = [&](Index i) { return !(sums[static_cast<std::size_t>(i)] >= 1e-280 * total_); };
        bool any = false;
        for (Index i = t; i < end; ++i) any = any || far(i);
        if (!any) continue;
        if (log_w.empty())
          for (Index i = 0; i < p_.count; ++i) log_w.push_back(std::log(w_[i]));
        double logarithm[static_cast<std::size_t>(tile<L>)];
        far_tile<L>(t, apart, log_w.data(), logarithm);
        for (Index i = t; i < end; ++i)
          if (far(i)) out[static_cast<std::size_t>(i)] = logarithm[i - t];
      }
    }
  }

  template <class L>
  [[gnu::always_inline]] void distances(const double* q, const double* p, registers<L>& r2) const {
    const Index d = Dim > 0 ? Index{Dim} : q_.dimension;
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) { r2[u] = kernel_lanes::all<L>(0); });
    for (Index k = 0; k < d; ++k) {
      const packet<L> x = kernel_lanes::all<L>(p[k * p_.stride]), c = kernel_lanes::all<L>(Equal ? 1 : c_[k]);
      kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
        const packet<L> apart = kernel_lanes::subtract(kernel_lanes::load<L>(q + k * q_.stride + u * L::width), x);
        r2[u] = kernel_lanes::multiply_add(Equal ? apart : kernel_lanes::multiply(apart, c), apart, r2[u]);
      });
    }
  }

  template <class L>
  [[gnu::always_inline]] static packet<L> value(const packet<L>& r2, const packet<L>& c) {
    if constexpr (profile<Kernel>::has_exponent)
      return kernel_lanes::exp_flushed(profile<Kernel>::exponent(r2, c));
    else
      return profile<Kernel>::value(r2, c);
  }

  /// Adds the terms of points first, ..., last - 1 to the sums of the tile of queries at t; if `apart`, without those points
  /// that are the tile's own queries.
  template <class L>
  [[gnu::always_inline]] void add_block(Index t, Index first, Index last, bool apart, double* sums) const {
    registers<L> total;
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      total[u] = kernel_lanes::load<L>(sums + u * L::width);
    });
    registers<L> some;
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) { some[u] = kernel_lanes::all<L>(0); });
    const auto run = [&](Index from, Index to) __attribute__((always_inline)) {
      const packet<L> c = kernel_lanes::all<L>(common_);
      for (Index i = from; i < to; ++i) {
        registers<L> r2;
        distances<L>(q_.row(0) + t, p_.row(0) + i, r2);
        const packet<L> w = kernel_lanes::all<L>(w_[i]);
        kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
          some[u] = kernel_lanes::multiply_add(w, value(r2[u], c), some[u]);
        });
      }
    };
    const Index hole = apart ? std::clamp(t, first, last) : last,
                after = apart ? std::clamp(t + tile<L>, first, last) : last;
    for (Index part = 0; part < 2; ++part) run(part == 0 ? first : after, part == 0 ? hole : last);
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      kernel_lanes::store(sums + u * L::width, kernel_lanes::add(total[u], some[u]));
    });
  }

  [[nodiscard]] double distance(Index query, Index i) const {
    double r2 = 0;
    for (Index k = 0; k < q_.dimension; ++k) {
      const double apart = q_.row(k)[query] - p_.row(k)[i];
      r2 += (Equal ? apart : apart * c_[k]) * apart;
    }
    return r2 * common_;
  }

  /// The terms that `add_block` left out, but for the query's own.
  [[nodiscard]] double near_sum(Index query, Index group) const {
    const Index first = query / group * group, last = (std::min)(first + group, p_.count);
    double sum = 0;
    for (Index i = first; i < last; ++i)
      if (i != query) sum += w_[i] * Kernel::value(distance(query, i));
    return sum;
  }

  /// The same sums in units of their largest term, for queries so far from all points that every term underflows.
  template <class L>
  [[gnu::always_inline]] void far_tile(Index t, bool apart, const double* log_w, double* out) const {
    const packet<L> c = kernel_lanes::all<L>(common_);
    const auto exponents = [&](Index i, registers<L> & e) __attribute__((always_inline)) {
      distances<L>(q_.row(0) + t, p_.row(0) + i, e);
      const packet<L> w = kernel_lanes::all<L>(log_w[i]);
      kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
        e[u] = kernel_lanes::add(profile<Kernel>::exponent(e[u], c), w);
      });
      if (!apart || i < t || i >= t + tile<L>) return;
      double lane[static_cast<std::size_t>(tile<L>)];
      kernel_lanes::repeat<L::wide>([&](auto u)
                                        __attribute__((always_inline)) { kernel_lanes::store(lane + u * L::width, e[u]); });
      lane[i - t] = -std::numeric_limits<double>::infinity();
      kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
        e[u] = kernel_lanes::load<L>(lane + u * L::width);
      });
    };
    constexpr double least = -1e305;  // beyond it a log density is minus infinity
    registers<L> top, sum, e;
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      top[u] = kernel_lanes::all<L>(least);
      sum[u] = kernel_lanes::all<L>(0);
    });
    for (Index i = 0; i < p_.count; ++i) {
      exponents(i, e);
      kernel_lanes::repeat<L::wide>([&](auto u)
                                        __attribute__((always_inline)) { top[u] = kernel_lanes::larger(top[u], e[u]); });
    }
    for (Index i = 0; i < p_.count; ++i) {
      exponents(i, e);
      kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
        sum[u] = kernel_lanes::add(sum[u], kernel_lanes::exp_flushed(kernel_lanes::subtract(e[u], top[u])));
      });
    }
    double total[static_cast<std::size_t>(tile<L>)];
    kernel_lanes::repeat<L::wide>([&](auto u) __attribute__((always_inline)) {
      kernel_lanes::store(out + u * L::width, top[u]);
      kernel_lanes::store(total + u * L::width, sum[u]);
    });
    for (Index i = 0; i < tile<L>; ++i) out[i] += std::log(total[i]);  // log 0 where no term is representable
  }

  const coordinates_apart& q_;
  const coordinates_apart& p_;
  const double* w_;
  double total_;
  const double* c_;
  double common_;
};

/// log sum_i w_i k(q, p_i) of each query. @param c  coefficients of the squared distance; one where all are equal
template <class Kernel, int D>
void log_pair_sums(const coordinates_apart& queries, const weighted_points& points, std::span<const double> c, bool equal,
                   std::span<double> out, bool apart = false) {
  constexpr int dim = D == 1 || D == 2 ? D : 0;
  if (equal)
    pair_loop<Kernel, dim, true>(queries, points, c).logarithms(out, apart);
  else if constexpr (D != 1)
    pair_loop<Kernel, dim, false>(queries, points, c).logarithms(out, apart);
}

}  // namespace simulacra::detail
