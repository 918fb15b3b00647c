#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

/// Which vector instructions the inner loops of this library use: asked of the machine at run time, so that a build with no flags at all has them.
///
/// SIMULACRA_SIMD=baseline|avx2|avx512 in the environment takes no more than that; what the machine has not got is never taken.
/// Whoever defines SIMULACRA_NO_SIMD compiles the first alone.
namespace simulacra::packets {

#if defined(__x86_64__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)) && !defined(SIMULACRA_NO_SIMD)
#define SIMULACRA_SIMD_LEVELS 1
#endif

/// What every machine of the kind has (SSE2 on x86-64); AVX2 with fused multiply-adds; AVX-512 (F, DQ, VL).
enum class level { baseline, avx2, avx512 };

[[nodiscard]] constexpr std::string_view name_of(level l) noexcept {
  return l == level::avx512 ? "avx512" : l == level::avx2 ? "avx2" : "baseline";
}

/// The best that this machine has and this build may use.
[[nodiscard]] inline level best_level() noexcept {
#ifdef SIMULACRA_SIMD_LEVELS
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return level::baseline;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return level::avx512;
  return level::avx2;
#else
  return level::baseline;
#endif
}

/// The level that a text names, at most the best.
/// @throw std::invalid_argument unless it is one of the three names
[[nodiscard]] inline level level_named(std::string_view text) {
  for (const level l : {level::baseline, level::avx2, level::avx512})
    if (text == name_of(l)) return l < best_level() ? l : best_level();
  throw std::invalid_argument("simulacra: SIMULACRA_SIMD in the environment is '" + std::string(text) +
                              "'; it must be baseline, avx2 or avx512");
}

namespace detail {

[[nodiscard]] inline level first_level() {
  const char* const said = std::getenv("SIMULACRA_SIMD");
  return said == nullptr || *said == 0 ? best_level() : level_named(said);
}

[[nodiscard]] inline level& used_level() {
  static level used = first_level();
  return used;
}

}  // namespace detail

/// The level in use: chosen once for a process, when it is first asked for.
/// @throw std::invalid_argument if the environment names none that there is
[[nodiscard]] inline level used_level() { return detail::used_level(); }

/// Takes another level, or the best if that is less, from now on. For tests and for measuring: nothing may be computing.
inline void use_level(level l) { detail::used_level() = l < best_level() ? l : best_level(); }

/// How many doubles a packet of the level in use holds.
[[nodiscard]] inline int used_width() {
  const level l = used_level();
  return l == level::avx512 ? 8 : l == level::avx2 ? 4 : 2;
}

/// The levels as types: what a packet holds, and how many a loop keeps of each of two things in registers at a time.
struct baseline {
  typedef double vector __attribute__((vector_size(16)));
  static constexpr int width = 2, wide = 2;
};
#ifdef SIMULACRA_SIMD_LEVELS
struct avx2 {
  typedef double vector __attribute__((vector_size(32)));
  static constexpr int width = 4, wide = 2;
};
struct avx512 {
  typedef double vector __attribute__((vector_size(64)));
  static constexpr int width = 8, wide = 4;
};
#endif

/// Whole packets of every level, and as many of them as any loop takes at a time: what lies in memory does not depend on the level.
inline constexpr int widest = 8, whole_tile = 32;

namespace detail {

template <class F>
[[gnu::noinline]] std::invoke_result_t<F&, baseline> at_baseline(F& f) {
  return f(baseline{});
}
#ifdef SIMULACRA_SIMD_LEVELS
template <class F>
[[gnu::noinline, gnu::target("avx2,fma")]] std::invoke_result_t<F&, baseline> at_avx2(F& f) {
  return f(avx2{});
}
template <class F>
[[gnu::noinline, gnu::target("avx2,fma,avx512f,avx512dq,avx512vl")]] std::invoke_result_t<F&, baseline> at_avx512(F& f) {
  return f(avx512{});
}
#endif

}  // namespace detail

/// f(level as a type) compiled for the level, at the one in use. Everything that f calls with packets, and f itself, has to be `always_inline`:
/// only so do instructions of the level reach it. (`__attribute__((always_inline))` behind a lambda's parameters.)
template <class F>
inline std::invoke_result_t<F&, baseline> at_used_level(F&& f) {
#ifdef SIMULACRA_SIMD_LEVELS
  switch (used_level()) {
    case level::avx512: return detail::at_avx512(f);
    case level::avx2: return detail::at_avx2(f);
    case level::baseline: break;
  }
#endif
  return detail::at_baseline(f);
}

}  // namespace simulacra::packets
