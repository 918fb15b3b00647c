#pragma once

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/metrics/mmd.hpp>

namespace simulacra {

/// MMD^2 in the space of a feature map, in linear time: the squared distance of the mean features. With D random Fourier features its
/// relative error is about 1 / sqrt(D), whatever n.
/// @throw std::invalid_argument if a sample is empty, not finite, or not of the map's dimension.  O((n + m) D d).
template <feature_map Map, class T, int D>
  requires averages<Map, samples<T, D>>
[[nodiscard]] double mmd_squared(const Map& map, const samples<T, D>& x, const samples<T, D>& y,
                                 const weights<double>& wx = {}, const weights<double>& wy = {}) {
  detail::require_two_samples(x, y, 1, "mmd_squared");
  Eigen::VectorXd of_x(static_cast<Index>(map.features())), of_y(of_x.size());
  map.mean_into(x, wx.size() == 0 ? nullptr : &wx, of_x);
  map.mean_into(y, wy.size() == 0 ? nullptr : &wy, of_y);
  return (of_x - of_y).squaredNorm();
}

/// The same with random Fourier features, and the standard error that their draw gives it, for these data: NaN where the map has too few
/// to tell. Its mean over maps is `mmd_squared` of the kernel that the map was drawn for.
/// What throws and what it costs: as above.
template <class T, int D>
[[nodiscard]] measured mmd_squared_by_features(const random_fourier_features& map, const samples<T, D>& x,
                                               const samples<T, D>& y, const weights<double>& wx = {},
                                               const weights<double>& wy = {}) {
  detail::require_two_samples(x, y, 1, "mmd_squared_by_features");
  Eigen::VectorXd of_x(map.features()), of_y(map.features());
  map.mean_into(x, &wx, of_x);
  map.mean_into(y, &wy, of_y);
  of_x -= of_y;
  const double value = of_x.squaredNorm();
  return {value, value * std::sqrt(map.relative_variance(of_x))};
}

}  // namespace simulacra
