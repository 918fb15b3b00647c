#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace simulacra {

/// The nodes of the N-point Gauss-Legendre rule on [0, 1], ascending, and their weights, of sum 1: exact for polynomials of
/// degree 2 N - 1. Found by Newton's method on the Legendre polynomial, once a program.
/// Reference: Golub and Welsch (1969), "Calculation of Gauss quadrature rules" (for the rule; not for this way).
template <std::size_t N>
struct gauss_legendre {
  std::array<double, N> nodes{};
  std::array<double, N> weights{};

  static const gauss_legendre& rule() {
    static const gauss_legendre made;
    return made;
  }

  /// The integral of f over [lower, upper].
  template <class F>
  static double integrate(double lower, double upper, F&& f) {
    const gauss_legendre& r = rule();
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += r.weights[i] * f(lower + (upper - lower) * r.nodes[i]);
    return sum * (upper - lower);
  }

 private:
  gauss_legendre() {
    constexpr double pi = 3.141592653589793238462643383279502884;
    const double n = static_cast<double>(N);
    for (std::size_t i = 0; i < N; ++i) {
      double x = -std::cos(pi * (static_cast<double>(i) + 0.75) / (n + 0.5)), slope = 0;
      for (int step = 0; step < 100; ++step) {
        double before = 1, here = x;  // P_0 and P_1, then up by the three-term recurrence
        for (std::size_t k = 2; k <= N; ++k) {
          const double degree = static_cast<double>(k),
                       next = ((2 * degree - 1) * x * here - (degree - 1) * before) / degree;
          before = here;
          here = next;
        }
        slope = n * (x * here - before) / (x * x - 1);
        const double change = here / slope;
        x -= change;
        if (std::abs(change) < 1e-15) break;
      }
      nodes[i] = 0.5 * (1 + x);
      weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
  }
};

}  // namespace simulacra
