#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

/// As many doubles as one instruction takes, by Eigen's packets: what is written with these has the machine's vectors at
/// every level of optimisation, and plain doubles where Eigen has been told to use none.
namespace simulacra::detail::lanes {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of vector types as template arguments: nothing here depends on them
#endif

using packet = Eigen::internal::packet_traits<double>::type;
inline constexpr Index width = static_cast<Index>(Eigen::internal::unpacket_traits<packet>::size);

/// How many packets, and how many rows of a matrix, a loop may keep in registers at a time.
inline constexpr bool many_registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32;

[[gnu::always_inline]] inline packet load(const double* from) { return Eigen::internal::pload<packet>(from); }
[[gnu::always_inline]] inline void store(double* to, packet a) { Eigen::internal::pstore<double>(to, a); }
[[gnu::always_inline]] inline packet all(double a) { return Eigen::internal::pset1<packet>(a); }
[[gnu::always_inline]] inline packet add(packet a, packet b) { return Eigen::internal::padd<packet>(a, b); }
[[gnu::always_inline]] inline packet subtract(packet a, packet b) { return Eigen::internal::psub<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply(packet a, packet b) { return Eigen::internal::pmul<packet>(a, b); }
[[gnu::always_inline]] inline packet divide(packet a, packet b) { return Eigen::internal::pdiv<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply_add(packet a, packet b, packet c) {
  return Eigen::internal::pmadd<packet>(a, b, c);
}
[[gnu::always_inline]] inline packet larger(packet a, packet b) { return Eigen::internal::pmax<packet>(a, b); }
[[gnu::always_inline]] inline packet log(packet a) { return Eigen::internal::plog<packet>(a); }
[[gnu::always_inline]] inline double sum(packet a) { return Eigen::internal::predux<packet>(a); }

/// min(a, cap), and cap for what is not a number.
[[gnu::always_inline]] inline packet at_most(packet a, double cap) {
  return Eigen::internal::pmin<Eigen::PropagateNumbers, packet>(a, all(cap));
}

/// 2^n of an integer n, |n| <= 1022, that comes as t = n + 1.5 * 2^52: n stands in the low bits of t, and is moved to where
/// an exponent stands.
[[gnu::always_inline]] inline packet power_of_two(packet t) {
#if defined(__GNUC__)
  typedef std::uint64_t integers __attribute__((vector_size(sizeof(packet))));
  integers bits;
  std::memcpy(&bits, &t, sizeof t);
  bits = (bits << 52) + 0x3FF0000000000000u;
  std::memcpy(&t, &bits, sizeof t);
  return t;
#else
  return Eigen::internal::pldexp<packet>(all(1), subtract(t, all(0x1.8p52)));
#endif
}

/// e^x for x <= 0, within 2 units in the last place, and 0 below -80: what such a responsibility adds is under the rounding
/// of any sum it is part of, and the subnormal numbers that it leads to make every product after it many times slower.
/// By Taylor's series at |r| <= log(2) / 2, x = n log 2 + r.
[[gnu::always_inline]] inline packet exp_flushed(packet x) {
  constexpr double inverse_factorial[] = {
      1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
      1.0 / 720,        1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5,          1.0,         1.0};
  const packet clamped = larger(x, all(-100));
  const packet t = multiply_add(clamped, all(1.44269504088896340736), all(0x1.8p52)), n = subtract(t, all(0x1.8p52));
  packet r = multiply_add(n, all(-0.693145751953125), clamped);  // the product is exact: few bits by few bits
  r = multiply_add(n, all(-1.42860682030941723212e-6), r);
  packet p = all(inverse_factorial[0]);
  for (std::size_t i = 1; i < 14; ++i) p = multiply_add(p, r, all(inverse_factorial[i]));
  return Eigen::internal::pand<packet>(multiply(p, power_of_two(t)), Eigen::internal::pcmp_le<packet>(all(-80), x));
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// f(0), f(1), ..., f(N - 1), each with its number as a constant: a loop without a loop, whose arrays live in registers.
template <int N, class F>
[[gnu::always_inline]] inline void repeat(F&& f) {
  const auto each = [&]<int... k>(std::integer_sequence<int, k...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, k>{}), ...);
  };
  each(std::make_integer_sequence<int, N>{});
}

}  // namespace simulacra::detail::lanes
