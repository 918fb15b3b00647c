#pragma once

#include "hilbert/support.hpp"
#include "random/goodness.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

namespace simulacra_test::rkhs {

using namespace simulacra_test::hilbert;

/// A law on the line without closed forms: what is known of it is its density and how to draw from it.
template <class Law>
struct bare {
  Law law;
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const { return law.sample(n, rng); }
  [[nodiscard]] double log_density(const point<double, 1>& x) const { return law.log_density(x); }
};
template <class Law>
bare(Law) -> bare<Law>;

/// Half N(-2, 1), half N(2, 1).
inline gaussian_mixture<double, 1> two_normals() {
  return gaussian_mixture<double, 1>({0.5, 0.5}, {gaussian<double, 1>(-2, 1), gaussian<double, 1>(2, 1)});
}

/// The integral of f over [lower, upper] by 16 points on each of so many panels.
template <class F>
double integral(double lower, double upper, int panels, F f) {
  double sum = 0;
  const double width = (upper - lower) / panels;
  for (int i = 0; i < panels; ++i) sum += gauss_legendre<16>::integrate(lower + i * width, lower + (i + 1) * width, f);
  return sum;
}

/// The integral of a law's density times f on the line.
template <class Law, class F>
double expectation(const Law& law, double lower, double upper, F f) {
  return integral(lower, upper, 200, [&](double x) { return std::exp(law.log_density(point<double, 1>(x))) * f(x); });
}

/// Pearson's statistic, as a z-score, of draws on the line against a density, in `bins` cells of [lower, upper] and the two
/// outside.
template <class Law>
double fit_z(const samples<double, 1>& x, const Law& law, double lower, double upper, int bins) {
  const double width = (upper - lower) / bins, n = static_cast<double>(x.cols());
  std::vector<double> expected, observed(static_cast<std::size_t>(bins) + 1, 0.0);
  double inside = 0;
  for (int i = 0; i < bins; ++i) {
    expected.push_back(n * integral(lower + i * width, lower + (i + 1) * width, 1,
                                    [&](double u) { return std::exp(law.log_density(point<double, 1>(u))); }));
    inside += expected.back();
  }
  expected.push_back(n - inside);
  for (Index i = 0; i < x.cols(); ++i) {
    const double where = (x[i] - lower) / width;
    ++observed[where >= 0 && where < bins ? static_cast<std::size_t>(where) : static_cast<std::size_t>(bins)];
  }
  return chi_square_z(observed, expected);
}

}  // namespace simulacra_test::rkhs
