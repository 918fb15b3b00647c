#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra::detail {

/// The squared singular values of a square matrix, and the squares of c's coordinates along its left singular vectors, by one-sided Jacobi
/// rotations: each singular value has its own digits, whatever the others are. O(d^3) a sweep, of which there are about eight.
/// Reference: Demmel and Veselic (1992), "Jacobi's method is more accurate than QR".
struct spectrum_of {
  std::vector<double> squares, along;

  spectrum_of(samples<double> a, const point<double>& c) {
    const Index d = a.cols();
    bool turned = true;
    for (int sweep = 0; sweep < 60 && turned; ++sweep) {
      turned = false;
      for (Index i = 0; i < d; ++i)
        for (Index j = i + 1; j < d; ++j) {
          const double one = a.col(i).squaredNorm(), two = a.col(j).squaredNorm(), both = a.col(i).dot(a.col(j));
          if (!(std::abs(both) > 1e-15 * std::sqrt(one) * std::sqrt(two))) continue;
          turned = true;
          const double zeta = (two - one) / (2 * both);
          const double t = (zeta > 0 ? 1 : -1) / (std::abs(zeta) + std::hypot(1.0, zeta)), cosine = 1 / std::hypot(1.0, t);
          const point<double> old = a.col(i);
          a.col(i) = cosine * (old - t * a.col(j));
          a.col(j) = cosine * (t * old + a.col(j));
        }
    }
    for (Index i = 0; i < d; ++i) {
      const double size = a.col(i).norm(), part = size > 0 ? a.col(i).dot(c) / size : 0;
      if (!(size > 0)) continue;
      squares.push_back(size * size);
      along.push_back(part * part);
    }
  }
};

/// The penalty, over the weight, at which generalised cross-validation is least:
/// \f[ V(\lambda) = \frac{\text{mean square that is left}}{(1 - \mathrm{tr}\,H_\lambda / n)^2} \f]
/// Searched from 1e-16 to 1e8 of the largest squared singular value, 16 places a decade, then by golden section to the square root of
/// rounding, which is all that a minimum has. 0 where inputs have no spread.
/// @param f  the triangle of pairs, over the square root of their weight   @param taken  parameters that are not penalised: the intercept
/// Reference: Golub, Heath and Wahba (1979), Technometrics 21, 215.
template <class T, int D>
double cross_validated_penalty(const scaled_factor<T, with_label<D>>& f, double weight, double taken) {
  const Index d = f.dimension() - 1;
  const samples<double> all = f.dense().template cast<double>();
  const point<double> c = all.row(d).head(d).transpose();
  samples<double> upper = samples<double>(all.topLeftCorner(d, d)).transpose();
  for (Index j = 0; j < d; ++j) upper.col(j).tail(d - 1 - j).setZero();  // L' w = c
  const spectrum_of s(upper, c);
  if (s.squares.empty()) return 0;
  const double top = *std::max_element(s.squares.begin(), s.squares.end());
  const double rest = all(d, d) * all(d, d) + (std::max)(
                                                  0.0, c.squaredNorm() - [&] {
                                                    double sum = 0;
                                                    for (const double v : s.along) sum += v;
                                                    return sum;
                                                  }());
  const auto value = [&](double log_share) {
    const double penalty = top * std::exp(log_share);
    double left = rest, free = weight - taken - static_cast<double>(s.squares.size());
    for (std::size_t i = 0; i < s.squares.size(); ++i) {
      const double lost = penalty / (s.squares[i] + penalty);
      left += lost * lost * s.along[i];
      free += lost;
    }
    return left / (free * free);
  };
  constexpr double decade = 2.302585092994045684, step = decade / 16;
  double best = -16 * decade, least = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= 24 * 16; ++i) {
    const double at = -16 * decade + i * step, here = value(at);
    if (here < least) least = here, best = at;
  }
  double a = best - step, b = best + step;
  constexpr double golden = 0.6180339887498948482;
  while (b - a > 1e-9) {
    const double x = b - golden * (b - a), y = a + golden * (b - a);
    (value(x) < value(y) ? b : a) = value(x) < value(y) ? y : x;
  }
  return top * std::exp((a + b) / 2);
}

}  // namespace simulacra::detail
