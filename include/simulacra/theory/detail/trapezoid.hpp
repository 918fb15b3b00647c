#pragma once

#include <cmath>

#include <simulacra/theory/detail/gamma.hpp>

/// Integrals over the positive half line by the trapezoidal rule in a variable in which the integrand is analytic in a strip: the error
/// then falls geometrically with the spacing, and all terms are positive, so that it is relative to the answer whatever its size.
namespace simulacra::theory::detail {

/// \f$\int_0^\infty f(z)\,dz\f$ of a positive f that falls like a normal density and is otherwise smooth in log z (as tanh(cz) is for every
/// c, its poles being at the same distance in log z): the strip is pi/4 wide, which leaves \f$e^{-49}\f$ at this spacing.
template <class F>
double normal_half_line(const F& f) {
  constexpr double step = 0.1;
  double sum = 0;
  for (int i = -260; i <= 38; ++i) {  // from 5e-12, with z^2 at least in f(z) dz, to 45
    const double z = std::exp(step * i);
    sum += z * f(z);
  }
  return step * sum;
}

/// \f$\int_0^lf(t)\,dt\f$ of a smooth f, however steep at an end: the rule in v, \f$t=l/(1+e^{-\pi\sinh v})\f$ (Takahasi and Mori 1974).
template <class F>
double finite_interval(double length, const F& f) {
  constexpr double step = 0.05, pi = 3.14159265358979323846;
  double sum = 0;
  for (int i = -84; i <= 84; ++i) {
    const double v = step * i, u = pi * std::sinh(v), part = 1 / (1 + std::exp(-u));
    sum += f(length * part) * part * (1 / (1 + std::exp(u))) * pi * std::cosh(v);
  }
  return length * step * sum;
}

}  // namespace simulacra::theory::detail
