#pragma once

#include <simulacra/families/kernel/detail/packets.hpp>
#include <simulacra/families/kernel/smoothing.hpp>

/// The smoothing kernels on packets of squared distances. `c` times a squared distance is in units of the bandwidth.
namespace simulacra::detail {

/// A kernel of a user's own, by its `value`. What underflows there counts as 0.
template <class Kernel>
struct profile {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    double lane[L::width];
    kernel_lanes::store(lane, kernel_lanes::multiply(r2, c));
    for (double& v : lane) v = Kernel::value(v);
    return kernel_lanes::load<L>(lane);
  }
};

template <>
struct profile<smoothing::gaussian> {
  static constexpr bool has_exponent = true;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> exponent(const kernel_lanes::packet<L>& r2,
                                                                 const kernel_lanes::packet<L>& c) {
    return kernel_lanes::multiply(r2, kernel_lanes::multiply(c, kernel_lanes::all<L>(-0.5)));
  }
  static double exponent(double r2) { return -0.5 * r2; }
};

template <>
struct profile<smoothing::exponential> {
  static constexpr bool has_exponent = true;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> exponent(const kernel_lanes::packet<L>& r2,
                                                                 const kernel_lanes::packet<L>& c) {
    return kernel_lanes::subtract(kernel_lanes::all<L>(0), kernel_lanes::root(kernel_lanes::multiply(r2, c)));
  }
  static double exponent(double r2) { return -std::sqrt(r2); }
};

/// max(0, 1 - c r2)
template <class L>
[[gnu::always_inline]] inline kernel_lanes::packet<L> inside(const kernel_lanes::packet<L>& r2,
                                                             const kernel_lanes::packet<L>& c) {
  return kernel_lanes::larger(kernel_lanes::subtract(kernel_lanes::all<L>(1), kernel_lanes::multiply(r2, c)),
                              kernel_lanes::all<L>(0));
}

/// max(0, 1 - r)
template <class L>
[[gnu::always_inline]] inline kernel_lanes::packet<L> inside_radius(const kernel_lanes::packet<L>& r2,
                                                                    const kernel_lanes::packet<L>& c) {
  const kernel_lanes::packet<L> r = kernel_lanes::root(kernel_lanes::multiply(r2, c));
  return kernel_lanes::larger(kernel_lanes::subtract(kernel_lanes::all<L>(1), r), kernel_lanes::all<L>(0));
}

template <>
struct profile<smoothing::tophat> {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    return kernel_lanes::where_less(kernel_lanes::multiply(r2, c), kernel_lanes::all<L>(1), kernel_lanes::all<L>(1));
  }
};

template <>
struct profile<smoothing::epanechnikov> {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    return inside(r2, c);
  }
};

template <>
struct profile<smoothing::biweight> {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    const kernel_lanes::packet<L> v = inside(r2, c);
    return kernel_lanes::multiply(v, v);
  }
};

template <>
struct profile<smoothing::triangular> {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    return inside_radius(r2, c);
  }
};

template <>
struct profile<smoothing::cosine> {
  static constexpr bool has_exponent = false;

  template <class L>
  [[gnu::always_inline]] static kernel_lanes::packet<L> value(const kernel_lanes::packet<L>& r2,
                                                              const kernel_lanes::packet<L>& c) {
    return kernel_lanes::sine_of_quarter_turns(inside_radius(r2, c));
  }
};

}  // namespace simulacra::detail
