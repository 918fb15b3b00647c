// Boost's laws, each by its name.
#include "heavy_tails/truths.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/distributions/weibull.hpp>

#include <simulacra/boost_law.hpp>

namespace heavy_tails {

namespace {

/// A law of Boost, moved and scaled to mean 0 and variance 1. Its characteristic function is a mean over quantiles.
template <class Law>
truth standard(const std::string& name, const Law& of, bool fourth_moment = true) {
  const sim::boost_law law(of);
  const double mean = law.mean()[0], deviation = std::sqrt(law.variance());
  const auto upper = [=](double tail) { return (quantile(complement(law.distribution(), tail)) - mean) / deviation; };
  constexpr std::size_t nodes = 4000, frequencies = 800;
  std::vector<std::complex<double>> table(frequencies, 0.0);
  for (std::size_t k = 0; k < nodes; ++k) {
    // Nodes lie close where tails are long: P = 3 v^2 - 2 v^3 of equidistant v, of weight 6 v (1 - v).
    const double v = (static_cast<double>(k) + 0.5) / nodes, tail = v * v * (3 - 2 * v);
    const std::complex<double> turn = std::polar(1.0, truth::step * upper(tail));
    std::complex<double> now = 6 * v * (1 - v) / nodes;
    for (std::complex<double>& at : table) {
      at += now;
      now *= turn;
    }
  }
  return truth({name,
                [=](sim::samples<double, 1>& x, sim::stream& rng) {
                  law.sample_into(x, rng);
                  x.array() = (x.array() - mean) / deviation;
                },
                upper, std::move(table), fourth_moment});
}

}  // namespace

std::vector<truth> all_truths() {
  return {standard("t(3)", boost::math::students_t(3), false),
          standard("log-normal", boost::math::lognormal(0, 0.8)),
          standard("Laplace", boost::math::laplace()),
          standard("Weibull", boost::math::weibull(0.8, 1)),
          standard("beta", boost::math::beta_distribution<>(2, 5)),
          standard("normal", boost::math::normal())};
}

// The order statistic with k above it lies where the law has a tail from Beta(k + 1, n - k).

double expected_quantile(const truth& law, Index n) {
  const auto k = static_cast<double>(top_hundredth(n));
  const boost::math::beta_distribution<> place(k, static_cast<double>(n) - k + 1);
  constexpr int nodes = 4000;
  double sum = 0;
  for (int i = 0; i < nodes; ++i) {
    const double v = (i + 0.5) / nodes;
    sum += 6 * v * (1 - v) * law.upper(quantile(place, v * v * (3 - 2 * v))) / nodes;
  }
  return sum;
}

double expected_hill(const truth& law, Index n) {
  const auto k = static_cast<double>(top_twentieth(n));
  const boost::math::beta_distribution<> place(k + 1, static_cast<double>(n) - k);
  constexpr int outer = 100, inner = 200;
  double sum = 0;
  for (int i = 0; i < outer; ++i) {
    const double v = (i + 0.5) / outer, tail = quantile(place, v * v * (3 - 2 * v)), from = law.upper(tail);
    double above = 0;  // given where they begin, the k largest are independent draws from beyond
    for (int j = 0; j < inner; ++j) {
      const double w = (j + 0.5) / inner;
      above += 2 * w * std::log(law.upper(tail * w * w) / from) / inner;
    }
    sum += 6 * v * (1 - v) * above / outer;
  }
  return sum;
}

}  // namespace heavy_tails
