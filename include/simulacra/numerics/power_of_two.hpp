#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include <Eigen/Core>

namespace simulacra::detail {

/// v * 2^e for any e: the same as `std::ldexp`, without the call in the common case.
template <class T>
T times_power_of_two(T v, std::int64_t e) noexcept {
  if (e >= -1000 && e <= 1000) [[likely]]  // 2^e is a normal double, and the product is rounded once
    return static_cast<T>(static_cast<double>(v) * std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52));
  if (e < -2200) return v * T(0);  // whatever v is, nothing is left
  return std::ldexp(v, static_cast<int>(e > 5000 ? 5000 : e));
}

/// The e with 2^(e - 1) <= |v| < 2^e; 0 for v = 0.
template <class T>
  requires std::is_floating_point_v<T>
int exponent_of(T v) {
  int e = 0;
  std::frexp(v, &e);
  return e;
}

/// The e with 2^(e - 1) <= largest |entry| < 2^e; 0 for a matrix of zeros.
template <class Derived>
int exponent_of(const Eigen::MatrixBase<Derived>& x) {
  int e = 0;
  if (x.size() > 0) std::frexp(x.cwiseAbs().maxCoeff(), &e);
  return e;
}

/// x * 2^e, entry by entry.
template <class Column>
Column times_power_of_two_each(const Column& x, std::int64_t e) {
  using scalar = typename Column::Scalar;
  return e == 0 ? x : Column(x.unaryExpr([e](scalar v) { return times_power_of_two(v, e); }));
}

}  // namespace simulacra::detail
