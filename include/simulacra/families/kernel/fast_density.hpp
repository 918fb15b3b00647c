#pragma once

#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/sums/evaluation.hpp>
#include <simulacra/sums/gauss_sum.hpp>

namespace simulacra {

namespace detail {

/// F^-1 (x - origin), column by column.
template <class T, int D>
samples<double, D> in_units_of(const bandwidth_matrix<D>& h, const point<double, D>& origin, const samples<T, D>& x) {
  samples<double, D> z = x.template cast<double>();
  z.colwise() -= origin;
  const square<double, D> f = h.lower();
  for (Index i = 0; i < z.cols(); ++i)
    for (Index k = 0; k < z.rows(); ++k) {
      for (Index l = 0; l < k; ++l) z(k, i) -= f(k, l) * z(l, i);
      z(k, i) /= f(k, k);
    }
  return z;
}

}  // namespace detail

/// Log densities at many places under the Gaussian kernel, by a method with a stated error: `{.relative_error = 1e-10}`
/// lets each density be off by so much of itself, at every place; see `gauss_sum`. In one to three dimensions the cost is
/// then of order n + m and not n m. With a relative error of 0, or with `exact`, this is the law's own
/// `log_density_into`.
///
/// The fast method works in units of the bandwidth from the middle of the points, and coordinates are rounded there.
/// Points farther from it than 1 / (48 epsilon) of the relative error (9,000 bandwidths for 1e-10) would cost more than
/// its share of the error: `automatic` takes every pair then, and `fast` refuses.
/// @param x  d x m, finite   @param out  m numbers
/// @throw std::invalid_argument if one of these does not hold, or the method cannot keep the error that is asked for
template <class T, int D>
void log_density_into(const kernel_density<T, D>& p, const samples<T, D>& x, Eigen::Ref<Eigen::VectorXd> out,
                      evaluation how) {
  const bool exact = how.how == evaluation::method::exact ||
                     (how.how == evaluation::method::automatic && (how.relative_error == 0 || p.dimension() > 3));
  if (exact || p.bandwidth().singular()) return p.log_density_into(x, out);
  argument::require(x.rows() == p.dimension(), "log_density_into", "x.rows()", x.rows(), "equal the dimension");
  argument::require(out.size() == x.cols(), "log_density_into", "out.size()", out.size(), "be the number of places");
  argument::require_finite(x, "log_density_into", "x");
  const point<double, D> origin = (p.points().rowwise().minCoeff().template cast<double>() / 2 +
                                   p.points().rowwise().maxCoeff().template cast<double>() / 2);
  const samples<double, D> sources = detail::in_units_of<T, D>(p.bandwidth(), origin, p.points());
  // Near the points that make up a density, six bandwidths say, its relative error is six times that of a difference of coordinates.
  const double farthest = sources.cwiseAbs().maxCoeff(),
               most = how.relative_error / (48 * std::numeric_limits<double>::epsilon());
  if (!(farthest <= most)) {
    argument::require(how.how == evaluation::method::automatic, "log_density_into", "how.relative_error", how.relative_error,
                      "be more for the fast method, for points so many bandwidths apart");
    return p.log_density_into(x, out);
  }
  if (how.queries < 0) how.queries = x.cols();
  const gauss_sum<double, D> sum(sources, p.weights_of_points(), how);
  sum.log_values_into(detail::in_units_of<T, D>(p.bandwidth(), origin, x), out);
  const double weight = p.weights_of_points().size() > 0 ? p.weights_of_points().sum() : static_cast<double>(p.size());
  out.array() -= smoothing::gaussian::log_normaliser(p.dimension()) + p.bandwidth().log_determinant() + std::log(weight);
}

}  // namespace simulacra
