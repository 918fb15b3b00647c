#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/least_on_line.hpp>
#include <simulacra/numerics/one_sided_jacobi.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra::detail {

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
  orthogonalise_columns(upper);
  std::vector<double> squares, along;  // singular values, and c along their left vectors
  double top = 0, rest = all(d, d) * all(d, d), explained = 0;
  for (Index i = 0; i < d; ++i) {
    const double size = upper.col(i).norm();
    if (!(size > 0)) continue;
    const double part = upper.col(i).dot(c) / size;
    squares.push_back(size * size);
    along.push_back(part * part);
    top = (std::max)(top, squares.back());
    explained += along.back();
  }
  if (squares.empty()) return 0;
  rest += (std::max)(0.0, c.squaredNorm() - explained);
  const auto value = [&](double log_share) {
    const double penalty = top * std::exp(log_share);
    double left = rest, free = weight - taken - static_cast<double>(squares.size());
    for (std::size_t i = 0; i < squares.size(); ++i) {
      const double lost = penalty / (squares[i] + penalty);
      left += lost * lost * along[i];
      free += lost;
    }
    return left / (free * free);
  };
  constexpr double decade = 2.302585092994045684;
  return top * std::exp(minimise(value, -16 * decade, 8 * decade, 24 * 16 + 1, 1e-9).at);
}

}  // namespace simulacra::detail
