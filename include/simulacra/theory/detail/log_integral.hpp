#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <utility>

#include <boost/math/special_functions/gamma.hpp>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/policy.hpp>

/// Integrals of a positive function over the real line, given by its logarithm: nothing under- or overflows, however high
/// the dimension.
namespace simulacra::theory::detail {

/// So many nodes are evaluated at once, for the sake of vector instructions where a node is a recursion of a million steps.
inline constexpr std::size_t block_size = 32;
using node_block = std::array<double, block_size>;

/// \f$\log\int e^{g(u)}\,du\f$ for a g that falls at least linearly, by one half per unit or faster, on both sides.
///
/// The trapezoidal rule, halved until it stands still: it converges geometrically for a function that is analytic in a
/// strip, and each halving squares the error. It starts at the peak, found by zooming, and walks out until nothing is left.
/// @param logarithm called as logarithm(u, g): fills the node_block g with the values at the node_block u
template <class Logarithm>
double log_integral(const Logarithm& logarithm) {
  node_block u, g;
  double low = -700, high = 700, peak = 0, top = -infinity, spacing = 1;
  for (int round = 0; round < 40; ++round) {
    spacing = (high - low) / static_cast<double>(block_size - 1);
    for (std::size_t i = 0; i < block_size; ++i) u[i] = low + spacing * static_cast<double>(i);
    logarithm(u, g);
    const auto best = static_cast<std::size_t>(std::max_element(g.begin(), g.end()) - g.begin());
    const std::size_t left = best == 0 ? 0 : best - 1, right = (std::min)(best + 1, block_size - 1);
    peak = u[best], top = g[best], low = u[left], high = u[right];
    if (top == -infinity) return top;  // zero everywhere, to double: next to nothing beside what it is added to
    if (top - (std::min)(g[left], g[right]) < 0.5) break;
  }

  const auto one_side = [&](double first, double step) {
    double sum = 0;
    for (;; first += step * static_cast<double>(block_size)) {
      for (std::size_t i = 0; i < block_size; ++i) u[i] = peak + (first + step * static_cast<double>(i));
      logarithm(u, g);
      double part = 0;
      for (std::size_t i = block_size; i-- > 0;) part += std::exp(g[i] - top);
      sum += part;
      if (!(g[block_size - 1] - top > -46)) return sum;  // less than 1e-20 of the peak
    }
  };
  double step = (std::min)(0.5, 16 * spacing);  // no further than a peak is wide
  double value = step * (1 + one_side(step, step) + one_side(-step, -step));
  for (int halvings = 0; halvings < 20; ++halvings) {
    const double middle = step * (one_side(step / 2, step) + one_side(-step / 2, -step));
    const double difference = middle - value;
    value = (value + middle) / 2;
    step /= 2;
    if (std::abs(difference) <= 1e-9 * value) break;
  }
  return top + std::log(value);
}

/// \f$a\log a - a - \log\Gamma(a)\f$: minus the logarithm of \f$\int e^{a(u - e^u + 1)}\,du\f$, a gamma law's weight in
/// \f$u=\log G\f$ where G has shape a and mean 1.
inline double log_gamma_weight(double shape) {
  if (shape < 10) return shape * std::log(shape) - shape - boost::math::lgamma(shape, policy());
  return 0.5 * std::log(shape / (2 * std::numbers::pi)) - stirling_remainder(shape);
}

/// \f$\log E f(G)\f$ of a gamma law G of the given shape and mean 1.
/// @param logarithm called as logarithm(u, g): fills g with log f at G = e^u
template <class Logarithm>
double log_gamma_mean(double shape, const Logarithm& logarithm) {
  return log_gamma_weight(shape) + log_integral([&](const node_block& u, node_block& g) {
           logarithm(u, g);
           for (std::size_t i = 0; i < block_size; ++i) g[i] += shape * (u[i] - std::expm1(u[i]));
         });
}

/// \f$\log(e^a+e^b)\f$.
inline double log_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return a == -infinity ? a : a + std::log1p(std::exp(b - a));
}

/// \f$l^2/\sigma^2\f$ of a length and the truth's variance: both are compared, and squared, in double.
inline double squared_ratio(std::string_view function, std::string_view name, double length, double variance) {
  check_positive(function, name, length);
  const double ratio = length / std::sqrt(variance);
  argument::require(ratio > 1e-70 && ratio < 1e70, function, name, length,
                    "be within a factor 1e70 of the truth's standard deviation");
  return ratio * ratio;
}

/// e^x, or a refusal where that is not a (normal) double: in a thousand dimensions a density easily leaves their range.
inline double exponential_in_range(std::string_view function, Index dimension, double logarithm) {
  argument::require(logarithm > -708 && logarithm < 709, function, "dimension", dimension,
                    "be such that the result is in the range of double");
  return std::exp(logarithm);
}

}  // namespace simulacra::theory::detail
