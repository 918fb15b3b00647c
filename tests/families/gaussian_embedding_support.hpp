#pragma once

#include "hilbert/support.hpp"

#include <algorithm>
#include <cmath>

#include <simulacra/families/gaussian/embedding.hpp>

namespace simulacra_test::hilbert {

inline gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

inline const auto a = plane(0.4, -0.3, 2, 0.3, 1);

template <class Law, class Map>
Eigen::VectorXd embedded(const Law& law, const Map& map) {
  Eigen::VectorXd out(map.features());
  embed_into(law, map, out);
  return out;
}

/// The largest |z| of a closed form among the features, against the mean over draws and the spread among them.
template <class Law, class Map>
double worst_z(const Law& law, const Map& map, const Eigen::VectorXd& claimed, Index n = 20000) {
  stream rng(41);
  const auto x = law.sample(n, rng);
  Eigen::VectorXd phi(map.features()), sum = Eigen::VectorXd::Zero(map.features()), squares = sum;
  for (Index i = 0; i < n; ++i) {
    map.features_into(x.col(i), phi);
    sum += phi;
    squares += phi.cwiseAbs2();
  }
  double worst = 0;
  for (Index j = 0; j < phi.size(); ++j) {
    const double m = sum[j] / static_cast<double>(n), variance = squares[j] / static_cast<double>(n) - m * m;
    worst = (std::max)(worst, std::abs(z_score(m, claimed[j], std::sqrt(variance / static_cast<double>(n)))));
  }
  return worst;
}

}  // namespace simulacra_test::hilbert
