#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/detail/kernels.hpp>
#include <simulacra/families/mixture/detail/packets.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

/// Where EM starts, in the units of a `scaled_view`: each coordinate in units of its own spread. O(n) numbers are kept here,
/// and given back before EM begins.
namespace simulacra::detail::em {

template <class View>
Eigen::VectorXd observation(const View& data, Index i) {
  return data.data().col(i).template cast<double>().cwiseProduct(data.scale());
}

/// The squared distance of observation i from a point.
template <class View>
double distance_squared(const View& data, Index i, const double* from) {
  double sum = 0;
  for (Index r = 0; r < data.dimension(); ++r) {
    const double apart = static_cast<double>(data.data()(r, i)) * data.scale()[r] - from[r];
    sum += apart * apart;
  }
  return sum;
}

/// k observations, each of the second and later ones drawn in proportion to its weight times its squared distance from the
/// nearest before it: k-means++. Where no distance is left, by weight. O(n k d).
/// Source: Arthur and Vassilvitskii (2007), "k-means++: the advantages of careful seeding".
template <class View>
Eigen::MatrixXd seeds(const View& data, Index k, stream& rng) {
  const Index n = data.count();
  Eigen::MatrixXd chosen(data.dimension(), k);
  std::vector<double> distance(static_cast<std::size_t>(n), std::numeric_limits<double>::infinity());
  const auto by_weight = [&data](Index i) { return data.weight(i); };
  chosen.col(0) = observation(data, draw_index(n, data.total(), by_weight, rng));
  for (Index j = 1; j < k; ++j) {
    double total = 0;
    for (Index i = 0; i < n; ++i) {
      double& least = distance[static_cast<std::size_t>(i)];
      least = (std::min)(least, distance_squared(data, i, chosen.col(j - 1).data()));
      total += data.weight(i) * least;
    }
    const auto by_distance = [&](Index i) { return data.weight(i) * distance[static_cast<std::size_t>(i)]; };
    const Index next = total > 0 && std::isfinite(total) ? draw_index(n, total, by_distance, rng)
                                                         : draw_index(n, data.total(), by_weight, rng);
    chosen.col(j) = observation(data, next);
  }
  return chosen;
}

/// Writes to `nearest` which of k centres (of d coordinates each, one after the other) is the nearest to each observation of a block, the first
/// of several; squares are added in the order of the coordinates at every level, so that no label depends on it.
template <class L>
[[gnu::always_inline]] inline void find_nearest(const double* y, const double* centres, double* nearest, Index d, Index k,
                                                Index stride) {
  for (Index t = 0; t < stride; t += L::width) {
    packet<L> least = lanes::all<L>(std::numeric_limits<double>::infinity()), which = lanes::all<L>(0);
    for (Index j = 0; j < k; ++j) {
      packet<L> squares = lanes::all<L>(0);
      for (Index r = 0; r < d; ++r) {
        const packet<L> apart = lanes::subtract(lanes::load<L>(y + r * stride + t), lanes::all<L>(centres[j * d + r]));
        squares = lanes::add(squares, lanes::multiply(apart, apart));
      }
      which = lanes::choose_less(squares, least, lanes::all<L>(static_cast<double>(j)), which);
      least = lanes::choose_less(squares, least, squares, least);
    }
    lanes::store(nearest + t, which);
  }
}

/// The nearest of the centres for each observation, after at most so many rounds of Lloyd's: assign, and move each centre to
/// the mean of what is assigned to it. A centre without observations stays. O(rounds n k d).
/// Source: Lloyd (1982), "Least squares quantization in PCM".
template <class View>
std::vector<Index> clusters(const View& data, Eigen::MatrixXd& centres, Index rounds) {
  const Index n = data.count(), k = centres.cols(), d = data.dimension();
  const Index stride = ((std::min)(Index{512}, n) + tile - 1) / tile * tile;
  simulacra::packets::aligned_doubles y(static_cast<std::size_t>(d * stride)), w(static_cast<std::size_t>(stride)),
      nearest(static_cast<std::size_t>(stride));
  std::vector<Index> label(static_cast<std::size_t>(n), -1);
  Eigen::MatrixXd sum(d, k);
  Eigen::VectorXd weight(k);
  for (Index round = 0;; ++round) {
    bool changed = false;
    sum.setZero();
    weight.setZero();
    for (Index first = 0; first < n; first += stride) {
      data.load(first, y.data(), w.data(), stride);
      lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        find_nearest<L>(y.data(), centres.data(), nearest.data(), d, k, stride);
      });
      const Index size = (std::min)(stride, n - first);
      for (Index t = 0; t < size; ++t) {
        const auto mine = static_cast<Index>(nearest[static_cast<std::size_t>(t)]);
        Index& before = label[static_cast<std::size_t>(first + t)];
        changed = changed || before != mine;
        before = mine;
        const double v = w[static_cast<std::size_t>(t)];
        weight.data()[mine] += v;
        const double* const centre = centres.data() + mine * d;
        double* const mine_sum = sum.data() + mine * d;
        for (Index r = 0; r < d; ++r)  // of deviations: a far origin must not round them
          mine_sum[r] += v * (y[static_cast<std::size_t>(r * stride + t)] - centre[r]);
      }
    }
    if (!changed || round == rounds) return label;
    for (Index j = 0; j < k; ++j)
      if (weight[j] > 0) centres.col(j) += sum.col(j) / weight[j];
  }
}

/// k different observations, drawn one after the other by weight from those that are left: the first k of n alarm clocks
/// that ring at exponential times with rates in proportion to the weights. One without weight is never drawn. O(n).
template <class View>
Eigen::MatrixXd random_points(const View& data, Index k, stream& rng) {
  std::vector<std::pair<double, Index>> rings;
  for (Index i = 0; i < data.count(); ++i)
    if (data.weight(i) > 0) rings.emplace_back(standard_exponential(rng) / data.weight(i), i);
  k = (std::min)(k, static_cast<Index>(rings.size()));
  std::partial_sort(rings.begin(), rings.begin() + k, rings.end());
  Eigen::MatrixXd chosen(data.dimension(), k);
  for (Index j = 0; j < k; ++j) chosen.col(j) = observation(data, rings[static_cast<std::size_t>(j)].second);
  return chosen;
}

/// One row of uniform numbers divided by their sum for each observation, which must be asked for in order: i, then j.
class random_rows {
 public:
  random_rows(Index k, stream& rng) : row_(static_cast<std::size_t>(k)), rng_(rng) {}

  double operator()(Index, Index j) {
    if (j == 0) {
      double sum = 0;
      for (double& r : row_) sum += r = uniform_open(rng_);
      for (double& r : row_) r /= sum;
    }
    return row_[static_cast<std::size_t>(j)];
  }

 private:
  std::vector<double> row_;
  stream& rng_;
};

}  // namespace simulacra::detail::em
