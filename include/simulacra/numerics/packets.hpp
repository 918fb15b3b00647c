#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include <simulacra/numerics/simd_level.hpp>

/// As many doubles as one instruction of a level takes. For the inner loops of this library; its users have no need of them.
///
/// Written in the vector extension that g++ and clang++ share, which becomes the instructions of the function it is inlined into. Each
/// operation rounds once, whatever the compiler is allowed: products and sums are kept from being contracted, and `multiply_add` is fused
/// at every level but the baseline. So bits depend on the level, and on nothing else.
namespace simulacra::packets {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \
    "-Wpsabi"  // of vectors that a build's own instruction set has not: nothing here is ever called, all is inlined
#define SIMULACRA_UNCONTRACTED
#else
#define SIMULACRA_UNCONTRACTED _Pragma("clang fp contract(off)")
#endif
#if defined(__x86_64__) && !defined(__clang__)
#define SIMULACRA_PACKET_BUILTINS 1
#endif

/// Handed on by reference, since by value it would depend on what instructions there are.
template <class L>
struct packet {
  typename L::vector v;
};

namespace detail {

#ifdef SIMULACRA_PACKET_BUILTINS
inline constexpr unsigned char all_lanes = 0xFF;
inline constexpr int round_as_set = 4;
#endif

template <class L>
using bits_of = decltype(typename L::vector{} < typename L::vector{});

}  // namespace detail

template <class L>
[[gnu::always_inline]] inline packet<L> load(const double* from) {
  packet<L> a;
  std::memcpy(&a.v, from, sizeof a.v);
  return a;
}
template <class L>
[[gnu::always_inline]] inline void store(double* to, const packet<L>& a) {
  std::memcpy(to, &a.v, sizeof a.v);
}
template <class L>
[[gnu::always_inline]] inline packet<L> all(double a) {
#if defined(SIMULACRA_PACKET_BUILTINS) && defined(SIMULACRA_SIMD_LEVELS)
  // g++ builds the vector entry by entry, before it knows of an instruction that does.
  if constexpr (L::width == 4)
    if (!__builtin_constant_p(a)) return {__builtin_ia32_vbroadcastsd_pd256(typename baseline::vector{a, a})};
  if constexpr (L::width == 8)
    if (!__builtin_constant_p(a))
      return {__builtin_ia32_broadcastsd512(typename baseline::vector{a, a}, typename L::vector{}, detail::all_lanes)};
#endif
  return {a - typename L::vector{}};
}
template <class L>
[[gnu::always_inline]] inline packet<L> add(const packet<L>& a, const packet<L>& b) {
  SIMULACRA_UNCONTRACTED
  return {a.v + b.v};
}
template <class L>
[[gnu::always_inline]] inline packet<L> subtract(const packet<L>& a, const packet<L>& b) {
  SIMULACRA_UNCONTRACTED
  return {a.v - b.v};
}
template <class L>
[[gnu::always_inline]] inline packet<L> divide(const packet<L>& a, const packet<L>& b) {
  return {a.v / b.v};
}

template <class L>
[[gnu::always_inline]] inline packet<L> multiply(const packet<L>& a, const packet<L>& b) {
  SIMULACRA_UNCONTRACTED
#ifdef SIMULACRA_PACKET_BUILTINS
  if constexpr (L::width == 2) return {__builtin_ia32_mulpd(a.v, b.v)};
#ifdef SIMULACRA_SIMD_LEVELS
  if constexpr (L::width == 4) return {__builtin_ia32_mulpd256(a.v, b.v)};
  if constexpr (L::width == 8) return {__builtin_ia32_mulpd512_mask(a.v, b.v, a.v, detail::all_lanes, detail::round_as_set)};
#endif
#else
  return {a.v * b.v};
#endif
}

/// a b + c
template <class L>
[[gnu::always_inline]] inline packet<L> multiply_add(const packet<L>& a, const packet<L>& b, const packet<L>& c) {
#ifdef SIMULACRA_SIMD_LEVELS
  if constexpr (L::width == 2) {
    return add(multiply(a, b), c);
  } else {
#ifdef SIMULACRA_PACKET_BUILTINS
    if constexpr (L::width == 4) return {__builtin_ia32_vfmaddpd256(a.v, b.v, c.v)};
    if constexpr (L::width == 8)
      return {__builtin_ia32_vfmaddpd512_mask(a.v, b.v, c.v, detail::all_lanes, detail::round_as_set)};
#else
#pragma clang fp contract(on)
    return {a.v * b.v + c.v};
#endif
  }
#else
  return add(multiply(a, b), c);
#endif
}

/// a where a > b, else b: b, too, if either is not a number.
template <class L>
[[gnu::always_inline]] inline packet<L> larger(const packet<L>& a, const packet<L>& b) {
#ifdef SIMULACRA_PACKET_BUILTINS
  if constexpr (L::width == 2) return {__builtin_ia32_maxpd(a.v, b.v)};
#ifdef SIMULACRA_SIMD_LEVELS
  if constexpr (L::width == 4) return {__builtin_ia32_maxpd256(a.v, b.v)};
  if constexpr (L::width == 8) return {__builtin_ia32_maxpd512_mask(a.v, b.v, a.v, detail::all_lanes, detail::round_as_set)};
#endif
#else
  return {a.v > b.v ? a.v : b.v};
#endif
}

/// a where a < b, else b: b, too, if either is not a number.
template <class L>
[[gnu::always_inline]] inline packet<L> smaller(const packet<L>& a, const packet<L>& b) {
#ifdef SIMULACRA_PACKET_BUILTINS
  if constexpr (L::width == 2) return {__builtin_ia32_minpd(a.v, b.v)};
#ifdef SIMULACRA_SIMD_LEVELS
  if constexpr (L::width == 4) return {__builtin_ia32_minpd256(a.v, b.v)};
  if constexpr (L::width == 8) return {__builtin_ia32_minpd512_mask(a.v, b.v, a.v, detail::all_lanes, detail::round_as_set)};
#endif
#else
  return {a.v < b.v ? a.v : b.v};
#endif
}

/// The square root.
template <class L>
[[gnu::always_inline]] inline packet<L> root(const packet<L>& a) {
#ifdef SIMULACRA_PACKET_BUILTINS
  if constexpr (L::width == 2) return {__builtin_ia32_sqrtpd(a.v)};
#ifdef SIMULACRA_SIMD_LEVELS
  if constexpr (L::width == 4) return {__builtin_ia32_sqrtpd256(a.v)};
  if constexpr (L::width == 8)
    return {__builtin_ia32_sqrtpd512_mask(a.v, a.v, static_cast<char>(detail::all_lanes), detail::round_as_set)};
#endif
#elif defined(__x86_64__)
  packet<L> r;
  for (int i = 0; i < L::width; i += 2) {  // clang's own takes nothing wider here
    typename baseline::vector two;
    std::memcpy(&two, reinterpret_cast<const double*>(&a.v) + i, sizeof two);
    two = __builtin_ia32_sqrtpd(two);
    std::memcpy(reinterpret_cast<double*>(&r.v) + i, &two, sizeof two);
  }
  return r;
#else
  packet<L> r;
  for (int i = 0; i < L::width; ++i) r.v[i] = __builtin_sqrt(a.v[i]);
  return r;
#endif
}

/// The sum of the entries: always of halves, whatever the width.
template <class L>
[[gnu::always_inline]] inline double sum(const packet<L>& a) {
  if constexpr (L::width == 8) {
    const auto four = __builtin_shufflevector(a.v, a.v, 0, 1, 2, 3) + __builtin_shufflevector(a.v, a.v, 4, 5, 6, 7);
    const auto two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
    return two[0] + two[1];
  } else if constexpr (L::width == 4) {
    const auto two = __builtin_shufflevector(a.v, a.v, 0, 1) + __builtin_shufflevector(a.v, a.v, 2, 3);
    return two[0] + two[1];
  } else {
    return a.v[0] + a.v[1];
  }
}

template <class L>
[[gnu::always_inline]] inline double largest(const packet<L>& a) {
  double most = a.v[0];
  for (int i = 1; i < L::width; ++i) most = a.v[i] > most ? a.v[i] : most;
  return most;
}

/// min(a, cap), and cap for what is not a number.
template <class L>
[[gnu::always_inline]] inline packet<L> at_most(const packet<L>& a, double cap) {
  return smaller(a, all<L>(cap));
}

/// a where x < y, else 0.
template <class L>
[[gnu::always_inline]] inline packet<L> where_less(const packet<L>& x, const packet<L>& y, const packet<L>& a) {
  return {x.v < y.v ? a.v : typename L::vector{}};
}

/// a where x < y, else b.
template <class L>
[[gnu::always_inline]] inline packet<L> choose_less(const packet<L>& x, const packet<L>& y, const packet<L>& a,
                                                    const packet<L>& b) {
  return {x.v < y.v ? a.v : b.v};
}

/// Every second entry of a and then of b, from entry 0 or 1 on.
template <class L, int From>
[[gnu::always_inline]] inline packet<L> every_second(const packet<L>& a, const packet<L>& b) {
  constexpr int f = From;
  if constexpr (L::width == 8) {
    return {__builtin_shufflevector(a.v, b.v, f, f + 2, f + 4, f + 6, f + 8, f + 10, f + 12, f + 14)};
  } else if constexpr (L::width == 4) {
    return {__builtin_shufflevector(a.v, b.v, f, f + 2, f + 4, f + 6)};
  } else {
    return {__builtin_shufflevector(a.v, b.v, f, f + 2)};
  }
}

/// An integer n comes as the double t = n + 1.5 * 2^52, where it stands in the low bits of t.
inline constexpr double integer_offset = 0x1.8p52;

/// p 2^n for p in [0.5, 2], and an integer n, |n| <= 1021, that comes as t: n is moved to where it adds to the exponent of p.
template <class L>
[[gnu::always_inline]] inline packet<L> scale(const packet<L>& p, const packet<L>& t) {
  using bits = detail::bits_of<L>;
  return {reinterpret_cast<typename L::vector>(reinterpret_cast<bits>(p.v) + (reinterpret_cast<bits>(t.v) << 52))};
}

/// x = n log 2 + r with n an integer, which comes as t, and |r| <= log(2) / 2; for |x| <= 709.
template <class L>
struct split {
  packet<L> t, r;
};
template <class L>
[[gnu::always_inline]] inline split<L> by_log_two(const packet<L>& x) {
  const packet<L> t = multiply_add(x, all<L>(1.44269504088896340736), all<L>(integer_offset)),
                  n = subtract(t, all<L>(integer_offset));
  const packet<L> rest = multiply_add(n, all<L>(-0.693145751953125), x);  // the product is exact: few bits by few bits
  return {t, multiply_add(n, all<L>(-1.42860682030941723212e-6), rest)};
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#undef SIMULACRA_UNCONTRACTED
#undef SIMULACRA_PACKET_BUILTINS

/// f(0), f(1), ..., f(N - 1), each with its number as a constant: a loop without a loop, whose arrays live in registers.
template <int N, class F>
[[gnu::always_inline]] inline void repeat(F&& f) {
  const auto each = [&]<int... k>(std::integer_sequence<int, k...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, k>{}), ...);
  };
  each(std::make_integer_sequence<int, N>{});
}

}  // namespace simulacra::packets
