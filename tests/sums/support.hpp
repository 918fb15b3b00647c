#pragma once

#include "support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/sums/gauss_sum.hpp>

namespace simulacra_test::kernel {

using namespace simulacra;

/// Sources, weights and queries, the logs of the sums at these in long double, and what rounding may do to them.
template <int D>
struct sum_task {
  std::string name;
  samples<double, D> x, y;
  weights<double> w;
  std::vector<long double> log_sum{};

  sum_task(std::string called, samples<double, D> sources, samples<double, D> queries, weights<double> by = {})
      : name(std::move(called)), x(std::move(sources)), y(std::move(queries)), w(std::move(by)) {
    std::vector<long double> exponent(static_cast<std::size_t>(x.cols()));
    for (Index j = 0; j < y.cols(); ++j) {
      long double top = -std::numeric_limits<long double>::infinity(), sum = 0;
      for (Index i = 0; i < x.cols(); ++i) {
        long double r2 = 0;
        for (Index k = 0; k < D; ++k) {
          const long double apart = static_cast<long double>(x(k, i)) - static_cast<long double>(y(k, j));
          r2 += apart * apart;
        }
        long double& e = exponent[static_cast<std::size_t>(i)];
        e = (w.size() == 0 ? 0 : std::log(static_cast<long double>(w[i]))) - r2 / 2;
        top = (std::max)(top, e);
      }
      for (const long double e : exponent)
        if (e > top - 100) sum += std::exp(e - top);
      log_sum.push_back(top + std::log(sum));
    }
  }

  /// Exponents are sums of D squares of differences and the log of a weight, each with a rounding or two. The terms that
  /// hold the sum up have exponents between its log and that of the largest weight times n.
  [[nodiscard]] double rounding(std::size_t j) const {
    constexpr double unit = 1.2e-16;
    const double most = w.size() == 0 ? 0 : std::abs(std::log(w.maxCoeff()));
    const double size = std::abs(static_cast<double>(log_sum[j])) + most + std::log(static_cast<double>(x.cols())) + 1;
    return unit * ((2 * D + 6) * size + 20);
  }

  /// The worst error of values, as a part of what is allowed: a relative error, and rounding.
  [[nodiscard]] double worst(const Eigen::VectorXd& value, double allowed) const {
    double most = 0;
    for (std::size_t j = 0; j < log_sum.size(); ++j) {
      const double v = value[static_cast<Index>(j)];
      if (log_sum[j] < -708.3965L) {
        if (v != 0 && !(log_sum[j] > -708.39642L)) return std::numeric_limits<double>::infinity();
        continue;
      }
      const auto exact = std::exp(log_sum[j]);
      const double error = static_cast<double>(std::abs((static_cast<long double>(v) - exact) / exact));
      most = std::isnan(error) ? std::numeric_limits<double>::infinity() : (std::max)(most, error / (allowed + rounding(j)));
    }
    return most;
  }

  /// The same of logarithms.
  [[nodiscard]] double worst_log(const Eigen::VectorXd& value, double allowed) const {
    double most = 0;
    for (std::size_t j = 0; j < log_sum.size(); ++j) {
      const double v = value[static_cast<Index>(j)];
      if (log_sum[j] < -1.7e308L) continue;
      const auto error = static_cast<double>(std::abs(static_cast<long double>(v) - log_sum[j]));
      most = std::isnan(error) ? std::numeric_limits<double>::infinity() : (std::max)(most, error / (allowed + rounding(j)));
    }
    return most;
  }
};

template <int D>
samples<double, D> cloud(Index n, double spread, stream& rng) {
  samples<double, D> x(D, n);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = spread * standard_normal(rng);
  return x;
}

template <int D>
samples<double, D> side_by_side(const samples<double, D>& a, const samples<double, D>& b) {
  samples<double, D> both(a.rows(), a.cols() + b.cols());
  both << a, b;
  return both;
}

/// Data that break what is built for a cloud of points a few bandwidths wide.
template <int D>
std::vector<sum_task<D>> hard_tasks() {
  stream rng(20);
  std::vector<sum_task<D>> tasks;
  const auto add = [&](const char* name, samples<double, D> x, samples<double, D> y, weights<double> w = {}) {
    tasks.emplace_back(name, std::move(x), std::move(y), std::move(w));
  };
  const samples<double, D> broad = cloud<D>(400, 5, rng);
  const samples<double, D> around = side_by_side<D>(cloud<D>(80, 6, rng), cloud<D>(60, 40, rng));
  add("a cloud", broad, around);
  add("a cloud far from the origin", (broad.array() + 1e9).matrix(), (around.array() + 1e9).matrix());

  samples<double, D> clusters = cloud<D>(400, 1e-6, rng), among = cloud<D>(120, 0.5, rng);
  for (Index i = 0; i < clusters.cols(); ++i) clusters.col(i).array() += 50.0 * static_cast<double>(i % 5);
  for (Index i = 0; i < among.cols(); ++i) among.col(i).array() += 25.0 * static_cast<double>(i % 11);
  add("narrow clusters, and between them", clusters, among);

  samples<double, D> outliers = cloud<D>(300, 3, rng), near_them = cloud<D>(120, 2, rng);
  const double far[] = {1e3, -1e6, 1e12, 1e300, -1.7e308};
  for (Index i = 0; i < 5; ++i) outliers(0, i) = far[i];
  for (Index i = 0; i < 40; ++i) near_them(0, i) += i % 8 < 5 ? far[i % 8] : 100.0 * static_cast<double>(i);
  add("outliers as far as there are numbers", outliers, near_them);

  samples<double, D> queries = cloud<D>(150, 0.3, rng);
  for (Index i = 0; i < 100; ++i) queries(0, i) += i < 50 ? 30 : 60;
  add("all sources in one cell", cloud<D>(400, 1e-3, rng), queries);
  queries.array() += 1e4;
  add("all in one cell, and all queries in one far away", cloud<D>(400, 0.2, rng), queries);

  samples<double, D> lonely = cloud<D>(400, 1e5, rng);
  add("every source in its own cell", lonely, side_by_side<D>(lonely.leftCols(80), cloud<D>(60, 1e5, rng)));

  samples<double, D> scales = cloud<D>(300, 1, rng), at_scales = cloud<D>(100, 1, rng);
  for (Index i = 0; i < scales.cols(); ++i) scales.col(i) *= std::ldexp(1.0, static_cast<int>(i) - 150);
  for (Index i = 0; i < at_scales.cols(); ++i) at_scales.col(i) *= std::ldexp(1.0, static_cast<int>(i % 50) - 20);
  add("every scale at once", scales, at_scales);

  weights<double> w(400);
  for (Index i = 0; i < w.size(); ++i) w[i] = i % 3 == 0 ? 0 : std::exp(40 * standard_normal(rng));
  add("weights of every size, and none", broad, around, w);
  return tasks;
}

}  // namespace simulacra_test::kernel
