#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

/// As many doubles as one instruction takes, by Eigen's packets: what is written with these has the machine's vectors at
/// every level of optimisation, and plain doubles where Eigen has been told to use none. For the inner loops of this library; its
/// users have no need of them.
namespace simulacra::packets {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"  // of vector types as template arguments: nothing here depends on them
#endif

using packet = Eigen::internal::packet_traits<double>::type;
inline constexpr int width = static_cast<int>(Eigen::internal::unpacket_traits<packet>::size);

/// Whether a loop may keep many packets in registers at a time.
inline constexpr bool many_registers = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32;

[[gnu::always_inline]] inline packet load(const double* from) { return Eigen::internal::pload<packet>(from); }
[[gnu::always_inline]] inline packet load_anywhere(const double* from) { return Eigen::internal::ploadu<packet>(from); }
[[gnu::always_inline]] inline void store(double* to, packet a) { Eigen::internal::pstore<double>(to, a); }
[[gnu::always_inline]] inline void store_anywhere(double* to, packet a) { Eigen::internal::pstoreu<double>(to, a); }
[[gnu::always_inline]] inline packet all(double a) { return Eigen::internal::pset1<packet>(a); }
[[gnu::always_inline]] inline packet add(packet a, packet b) { return Eigen::internal::padd<packet>(a, b); }
[[gnu::always_inline]] inline packet subtract(packet a, packet b) { return Eigen::internal::psub<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply(packet a, packet b) { return Eigen::internal::pmul<packet>(a, b); }
[[gnu::always_inline]] inline packet divide(packet a, packet b) { return Eigen::internal::pdiv<packet>(a, b); }
[[gnu::always_inline]] inline packet multiply_add(packet a, packet b, packet c) {
  return Eigen::internal::pmadd<packet>(a, b, c);
}
[[gnu::always_inline]] inline packet larger(packet a, packet b) { return Eigen::internal::pmax<packet>(a, b); }
[[gnu::always_inline]] inline packet smaller(packet a, packet b) { return Eigen::internal::pmin<packet>(a, b); }
[[gnu::always_inline]] inline packet root(packet a) { return Eigen::internal::psqrt<packet>(a); }
[[gnu::always_inline]] inline packet log(packet a) { return Eigen::internal::plog<packet>(a); }
[[gnu::always_inline]] inline double sum(packet a) { return Eigen::internal::predux<packet>(a); }
[[gnu::always_inline]] inline double largest(packet a) { return Eigen::internal::predux_max<packet>(a); }

/// min(a, cap), and cap for what is not a number.
[[gnu::always_inline]] inline packet at_most(packet a, double cap) {
  return Eigen::internal::pmin<Eigen::PropagateNumbers, packet>(a, all(cap));
}

/// a where x < y, else 0.
[[gnu::always_inline]] inline packet where_less(packet x, packet y, packet a) {
  return Eigen::internal::pand<packet>(a, Eigen::internal::pcmp_lt<packet>(x, y));
}

/// An integer n comes as the double t = n + 1.5 * 2^52, where it stands in the low bits of t.
inline constexpr double integer_offset = 0x1.8p52;

/// p 2^n for p in [0.5, 2], and an integer n, |n| <= 1021, that comes as t: n is moved to where it adds to the exponent of p.
[[gnu::always_inline]] inline packet scale(packet p, packet t) {
#if defined(__GNUC__)
  typedef std::uint64_t integers __attribute__((vector_size(sizeof(packet))));
  integers bits, shift;
  std::memcpy(&bits, &p, sizeof p);
  std::memcpy(&shift, &t, sizeof t);
  bits += shift << 52;
  std::memcpy(&p, &bits, sizeof p);
  return p;
#else
  return Eigen::internal::pldexp<packet>(p, subtract(t, all(integer_offset)));
#endif
}

/// x = n log 2 + r with n an integer, which comes as t, and |r| <= log(2) / 2; for |x| <= 709.
struct split {
  packet t, r;
};
[[gnu::always_inline]] inline split by_log_two(packet x) {
  const packet t = multiply_add(x, all(1.44269504088896340736), all(integer_offset)), n = subtract(t, all(integer_offset));
  const packet rest = multiply_add(n, all(-0.693145751953125), x);  // the product is exact: few bits by few bits
  return {t, multiply_add(n, all(-1.42860682030941723212e-6), rest)};
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

}  // namespace simulacra::packets
