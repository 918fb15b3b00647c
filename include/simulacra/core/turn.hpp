#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <simulacra/core/types.hpp>

namespace simulacra {

namespace detail {

/// exp(i (phase + rest)), where the rest is what rounding has left of the phase.
inline std::complex<double> turn_by(double phase, double rest) {
  const std::complex<double> turned(std::cos(phase), std::sin(phase));
  if (rest == 0) return turned;
  return turned * std::complex<double>(std::cos(rest), std::sin(rest));
}

}  // namespace detail

/// \f$ \exp(i\,w^T x) \f$: of a frequency and a place, the turn that every characteristic function is made of. A phase of 1e15 has no digit
/// behind the point left, and one of 1e300 none before it either, in a double; so beyond 64 the products are kept with what they are
/// rounded by, and what comes out is right to a few units in the last place wherever the place is.
/// @param w, x  numbers in brackets, as many as `w.size()`, finite
/// @return of modulus 1
template <class W, class X>
[[nodiscard]] std::complex<double> turn(const W& w, const X& x) {
  const auto d = static_cast<Index>(w.size());
  double phase = 0, size = 0;
  for (Index k = 0; k < d; ++k) {
    const double product = static_cast<double>(w[k]) * static_cast<double>(x[k]);
    phase += product;
    size += std::abs(product);
  }
  if (size <= 64) return {std::cos(phase), std::sin(phase)};
  if (size <= 1e10) {  // one sum of twice the digits
    double rest = 0;
    phase = 0;
    for (Index k = 0; k < d; ++k) {
      const double a = static_cast<double>(w[k]), b = static_cast<double>(x[k]), product = a * b;
      const double sum = phase + product, of_product = sum - phase;
      rest += (phase - (sum - of_product)) + (product - of_product) + std::fma(a, b, -product);
      phase = sum;
    }
    return detail::turn_by(phase, rest);
  }
  std::complex<double> turned = 1;  // one turn after the other, each exact
  for (Index k = 0; k < d; ++k) {
    const double a = static_cast<double>(w[k]);
    double b = static_cast<double>(x[k]);
    int doublings = 0;
    for (; std::abs(a * b) > 0.5 * (std::numeric_limits<double>::max)(); ++doublings) b *= 0.5;
    auto one = detail::turn_by(a * b, std::fma(a, b, -(a * b)));
    for (; doublings > 0; --doublings) {
      one *= one;
      one /= std::abs(one);
    }
    turned *= one;
  }
  return turned;
}

}  // namespace simulacra
