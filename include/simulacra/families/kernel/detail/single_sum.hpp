#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/packets.hpp>
#include <simulacra/families/kernel/detail/profiles.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/numerics/singular.hpp>

namespace simulacra::detail {

/// Squared distances of one place from some points in units of a bandwidth; infinite where that cannot be represented, or
/// where they differ, by more than rounding, in a direction without smoothing: see `squared_length_on_support`.
template <class T, int D>
class distances_from {
 public:
  static constexpr Index chunk = 64;
  using values = std::array<double, static_cast<std::size_t>(chunk)>;

  distances_from(const point<T, D>& x, const samples<T, D>& points, const bandwidth_matrix<D>& h)
      : x_(x), points_(points), h_(h), singular_(h.singular()) {
    if (singular_) [[unlikely]]
      factor_ = scaled_factor<double, D>::from_lower(h.lower());
    else if (h.shape() == bandwidth_shape::full) {
      lower_ = h.lower();
      z_.resize(chunk, h.dimension());
    }
  }

  /// Those of points first, ..., first + count - 1.
  void operator()(Index first, Index count, values& r2) {
    r2.fill(0);
    if (singular_) [[unlikely]]
      return on_support(first, count, r2);
    const bool full = h_.shape() == bandwidth_shape::full;
    for (Index k = 0; k < x_.size(); ++k) {
      const double at = static_cast<double>(x_[k]), h = h_.diagonal()[k];
      for (Index i = 0; i < count; ++i) {
        double apart = at - static_cast<double>(points_(k, first + i));
        if (full)
          for (Index l = 0; l < k; ++l) apart -= lower_(k, l) * z_(i, l);
        const double z = apart / h;
        if (full) z_(i, k) = z;
        r2[static_cast<std::size_t>(i)] += z * z;
      }
    }
    for (double& r : r2)
      if (std::isnan(r)) r = std::numeric_limits<double>::infinity();
  }

 private:
  void on_support(Index first, Index count, values& r2) const {
    for (Index i = 0; i < count; ++i) {
      const auto from = points_.col(first + i);
      const point<double, D> apart = x_.template cast<double>() - from.template cast<double>();
      r2[static_cast<std::size_t>(i)] =
          squared_length_on_support<T>(factor_.matrix(), factor_.exponents(), apart, 0, rounding_of_difference<T>(x_, from));
    }
  }

  const point<T, D>& x_;
  const samples<T, D>& points_;
  const bandwidth_matrix<D>& h_;
  bool singular_;
  scaled_factor<double, D> factor_;  ///< if it is singular
  square<double, D> lower_;
  Eigen::Matrix<double, Eigen::Dynamic, D> z_;
};

/// log sum_i w_i k(x, p_i) for one place, by log-sum-exp. @param w  empty: all weights are 1.  O(n d), or O(n d^2) if h is full.
template <class Kernel, class T, int D>
double log_sum_at(const point<T, D>& x, const samples<T, D>& points, const weights<double>& w,
                  const bandwidth_matrix<D>& h) {
  using namespace kernel_lanes;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr Index chunk = distances_from<T, D>::chunk;
  distances_from<T, D> distances(x, points, h);
  typename distances_from<T, D>::values v;
  double top = profile<Kernel>::has_exponent ? -infinity : 0, total = 0;
  for (Index first = 0; first < points.cols(); first += chunk) {
    const Index count = (std::min)(chunk, points.cols() - first);
    distances(first, count, v);
    if constexpr (profile<Kernel>::has_exponent) {
      double here = -infinity;
      for (Index i = 0; i < chunk; ++i) {
        double& e = v[static_cast<std::size_t>(i)];
        e = i >= count ? -infinity : profile<Kernel>::exponent(e) + (w.size() == 0 ? 0 : std::log(w[first + i]));
        here = (std::max)(here, e);
      }
      if (here == -infinity) continue;
      if (here > top) {
        total *= std::exp(top - here);
        top = here;
      }
      total += at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        packet<L> some = all<L>(0);
        for (Index i = 0; i < chunk; i += L::width)
          some = add(some, exp_flushed(subtract(load<L>(v.data() + i), all<L>(top))));
        return sum(some);
      });
    } else {
      double some = 0;
      at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        for (Index i = 0; i < chunk; i += L::width)
          store(v.data() + i, profile<Kernel>::value(load<L>(v.data() + i), all<L>(1)));
      });
      for (Index i = 0; i < count; ++i) some += v[static_cast<std::size_t>(i)] * (w.size() == 0 ? 1 : w[first + i]);
      total += some;
    }
  }
  return total > 0 ? top + std::log(total) : -infinity;
}

}  // namespace simulacra::detail
