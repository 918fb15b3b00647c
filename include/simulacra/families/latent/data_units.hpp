#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/vae_shape.hpp>

namespace simulacra {

/// The units in which networks see observations: y = (x - centre) / spread. One spread for all coordinates, so that noise which is equal in
/// all of them stays so: what the model can say does not depend on the units, and its training does not depend on those of the data.
template <class T = double>
struct data_units {
  point<T> centre;    ///< d numbers; empty: 0 and 1, the data as they are
  double spread = 1;  ///< > 0

  /// Whether observations are seen as they are.
  [[nodiscard]] bool plain() const noexcept { return centre.size() == 0; }

  /// Writes (x - centre) / spread over x.
  template <class Block>
  void enter(Block&& x) const {
    if (plain()) return;
    for (Index i = 0; i < x.cols(); ++i) x.col(i) = (x.col(i) - centre) / static_cast<T>(spread);
  }

  /// Writes centre + spread y over y.
  template <class Block>
  void leave(Block&& y) const {
    if (plain()) return;
    for (Index i = 0; i < y.cols(); ++i) y.col(i) = centre + static_cast<T>(spread) * y.col(i);
  }

  friend bool operator==(const data_units& a, const data_units& b) {
    return a.spread == b.spread && a.centre.size() == b.centre.size() && a.centre == b.centre;
  }
};

namespace detail::latent {

/// The mean of observations, and the root mean square over coordinates of their deviations from it; 0 if all are the same.
/// @param w  relative weights, or empty
template <class T>
data_units<T> units_of(const samples<T>& x, const point<T>& w) {
  const bool weighted = w.size() > 0;
  const double total = weighted ? w.template cast<double>().sum() : static_cast<double>(x.cols());
  const auto weight = [&](Index i) { return weighted ? static_cast<double>(w[i]) : 1.0; };
  Index there = 0;
  while (weight(there) == 0 && there + 1 < x.cols()) ++there;
  // About the first observation: what never varies has no spread, and none from rounding.
  const Eigen::VectorXd first = x.col(there).template cast<double>();
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(x.rows());
  for (Index i = there; i < x.cols(); ++i)
    if (weight(i) > 0) sum += weight(i) / total * (x.col(i).template cast<double>() - first);
  data_units<T> units{(first + sum).template cast<T>(), 0};
  double largest = 0, squares = 0;
  for (Index i = 0; i < x.cols(); ++i)
    if (weight(i) > 0) largest = (std::max)(largest, static_cast<double>((x.col(i) - units.centre).cwiseAbs().maxCoeff()));
  if (!(largest > 0)) return units;
  for (Index i = there; i < x.cols(); ++i) {
    if (!(weight(i) > 0)) continue;
    const double own = ((x.col(i).template cast<double>() - units.centre.template cast<double>()) / largest).squaredNorm();
    squares += weight(i) * own;
  }
  units.spread = largest * std::sqrt(squares / (total * static_cast<double>(x.rows())));
  return units;
}

/// The parameters of the same model in other units: the first layer of the encoder, the last one of the decoder and the noise change.
template <class T>
point<T> in_other_units(point<T> p, const vae_shape& shape, const data_units<T>& from, const data_units<T>& to) {
  if (from == to) return p;
  using matrix = Eigen::Map<samples<T>>;
  using vector = Eigen::Map<point<T>>;
  const auto centre = [&](const data_units<T>& u) -> Eigen::VectorXd {
    if (u.plain()) return Eigen::VectorXd::Zero(shape.dimension);
    return u.centre.template cast<double>();
  };
  const double ratio = to.spread / from.spread;
  const Eigen::VectorXd apart = centre(to) - centre(from);
  const Index wide = shape.hidden.front(), d = shape.dimension;
  matrix first(p.data(), wide, d);
  vector first_bias(p.data() + first.size(), wide);
  first_bias += (first.template cast<double>() * (apart / from.spread)).template cast<T>();
  first *= static_cast<T>(ratio);
  const Index end = shape.encoder().parameters() + shape.decoder().parameters();
  matrix last(p.data() + end - d * (wide + 1), d, wide);  // the decoder's layers are the encoder's in reverse
  vector last_bias(p.data() + end - d, d);
  last *= static_cast<T>(1 / ratio);
  last_bias = (last_bias.template cast<double>() / ratio - apart / to.spread).template cast<T>();
  if (shape.observation == likelihood::gaussian) p[p.size() - 1] -= static_cast<T>(std::log(ratio));
  return p;
}

}  // namespace detail::latent

}  // namespace simulacra
