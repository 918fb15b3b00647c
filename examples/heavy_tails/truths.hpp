#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion.hpp>

/// Laws with tails of all kinds, made standard (mean 0, variance 1), behind one type: a ledger is compiled once for all of them.
namespace heavy_tails {

namespace sim = simulacra;
using sim::Index;

class truth {
 public:
  struct parts {
    std::string name;
    std::function<void(sim::samples<double, 1>&, sim::stream&)> fill;
    std::function<double(double)> upper;  ///< the x beyond which there is this much
    std::vector<std::complex<double>> characteristic;
    bool fourth_moment = true;  ///< whether a mean of variances has an error
  };
  static constexpr double step = 0.01;  ///< of the table of the characteristic function

  explicit truth(parts p) : parts_(std::make_shared<const parts>(std::move(p))) {}

  [[nodiscard]] const std::string& name() const { return parts_->name; }
  [[nodiscard]] bool has_fourth_moment() const { return parts_->fourth_moment; }
  [[nodiscard]] double upper(double tail) const { return parts_->upper(tail); }

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    parts_->fill(x, rng);
    return x;
  }
  [[nodiscard]] sim::point<double, 1> mean() const { return sim::point<double, 1>(0.0); }
  [[nodiscard]] sim::square<double, 1> covariance() const { return sim::square<double, 1>(1.0); }
  /// From the table, with straight lines in between.
  template <class W>
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    const auto& table = parts_->characteristic;
    const double at = std::abs(static_cast<double>(w[0])) / step;
    const auto i = (std::min)(static_cast<std::size_t>(at), table.size() - 2);
    const double part = (std::min)(at - static_cast<double>(i), 1.0);
    const std::complex<double> value = (1 - part) * table[i] + part * table[i + 1];
    return static_cast<double>(w[0]) < 0 ? std::conj(value) : value;
  }

 private:
  std::shared_ptr<const parts> parts_;
};

/// Student's t(3), the log-normal, Laplace's, Weibull's and a beta law, and the normal one.
std::vector<truth> all_truths();

/// The top hundredth and the top twentieth of n observations: which order statistic begins them.
inline Index top_hundredth(Index n) { return (std::max)(n / 100, Index{1}); }
inline Index top_twentieth(Index n) { return (std::max)(n / 20, Index{2}); }

/// What real data say on average: where the top hundredth begins, and Hill's estimate over the top twentieth. Exact, by quadrature.
double expected_quantile(const truth& law, Index n);
double expected_hill(const truth& law, Index n);

struct setting {
  std::string fit, recipe;
  Index samples, generations;
};

inline sim::any_recipe recipe_named(const std::string& name) {
  if (name == "replace") return sim::replace{};
  return sim::preserve{0.1, sim::preserve::real::redrawn};
}

/// The sample's own tail: the top hundredth begins there.
inline double tail_quantile(const sim::samples<double, 1>& x) {
  sim::samples<double, 1> sorted = x;
  const Index k = x.cols() - top_hundredth(x.cols());
  std::nth_element(sorted.data(), sorted.data() + k, sorted.data() + x.cols());
  return sorted[k];
}

/// The same in units of the bulk, so that a law that only grows wider has the same: from the median, over the upper quartile.
inline double tail_over_bulk(const sim::samples<double, 1>& x) {
  sim::samples<double, 1> sorted = x;
  std::sort(sorted.data(), sorted.data() + sorted.cols());
  const double median = sorted[x.cols() / 2];
  return (sorted[x.cols() - top_hundredth(x.cols())] - median) / (sorted[3 * x.cols() / 4] - median);
}

/// Hill's estimate (1975) of 1/alpha, P(X > x) ~ x^-alpha: the mean of log X / x_k over the k largest. It goes to 0 as k does where a law
/// has all moments.
inline double hill(const sim::samples<double, 1>& x) {
  sim::samples<double, 1> sorted = x;
  std::sort(sorted.data(), sorted.data() + sorted.cols());
  const Index k = top_twentieth(x.cols()), first = x.cols() - k;
  double sum = 0;
  for (Index i = first; i < x.cols(); ++i) sum += std::log(sorted[i] / sorted[first - 1]);
  return sum / static_cast<double>(k);
}

using space = sim::feature_space<sim::random_fourier_features>;
sim::records with_gaussian(const truth& law, const setting& s, const space& in, const sim::replication& many,
                           const sim::thread_executor& on);
sim::records with_kernel(const truth& law, const setting& s, const space& in, const sim::replication& many,
                         const sim::thread_executor& on);

}  // namespace heavy_tails
