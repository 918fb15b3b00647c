#pragma once

#include "hilbert/support.hpp"

#include <limits>

namespace simulacra_test::hilbert {

inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class Map, class Data>
Eigen::VectorXd mean(const Map& map, const Data& x, const weights<double>& w = {}) {
  Eigen::VectorXd out(map.features());
  map.mean_into(x, &w, out);
  return out;
}

/// The largest difference between the weighted mean of all observations and that of the means of parts, by their weight.
template <class Map, class Data>
double unfolded(const Map& map, const Data& x, const weights<double>& w) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(map.features());
  const Index half = x.cols() / 3;
  sum += w.head(half).sum() / w.sum() * mean(map, Data(x.leftCols(half)), w.head(half));
  sum += w.tail(x.cols() - half).sum() / w.sum() * mean(map, Data(x.rightCols(x.cols() - half)), w.tail(x.cols() - half));
  return (sum - mean(map, x, w)).cwiseAbs().maxCoeff();
}

inline weights<double> some_weights(Index n) {
  stream rng(4);
  return normals<dynamic>(n, 1, rng).col(0).cwiseAbs();
}

}  // namespace simulacra_test::hilbert
