#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>
#include <simulacra/random/stream.hpp>

/// A law on the line as weighted points, so that what fits weighted data fits a law.
namespace simulacra::detail {

/// Points and weights whose sums are integrals under a law.
struct law_nodes {
  samples<double, 1> x{};
  weights<double> w{};
};

/// A law on the line with a density, of one kind: not a mixed law of a ledger, parts of which may be kept data.
template <class Law>
concept has_line_density = (has_log_density<Law>) && (data_of<Law>::RowsAtCompileTime == 1) &&
                           !requires(const Law& law, std::size_t i) { law.share(i); };

/// Integrates by the Gauss-Legendre rule on panels that are halved until both halves agree with the whole.
template <class Density>
class line_quadrature {
 public:
  using rule = gauss_legendre<10>;

  explicit line_quadrature(const Density& p) : p_(p) {}

  void add_panel(double lower, double upper, int depth = 0) {
    panel whole;
    evaluate(lower, upper, whole);
    refine(whole, depth);
  }

  [[nodiscard]] law_nodes nodes() const {
    law_nodes n;
    n.x = Eigen::Map<const samples<double, 1>>(x_.data(), 1, static_cast<Index>(x_.size()));
    n.w = Eigen::Map<const weights<double>>(w_.data(), static_cast<Index>(w_.size()));
    return n;
  }

 private:
  static constexpr std::size_t order = 10;
  static constexpr double accuracy = 1e-13;  ///< of the mass and of the integral of p times a cubic across a panel
  struct panel {
    double lower, upper, value[order], mass, skew;
  };

  void evaluate(double lower, double upper, panel& p) const {
    const rule& r = rule::rule();
    p.lower = lower;
    p.upper = upper;
    p.mass = p.skew = 0;
    for (std::size_t i = 0; i < order; ++i) {
      p.value[i] = (upper - lower) * r.weights[i] * p_(lower + (upper - lower) * r.nodes[i]);
      const double u = r.nodes[i] - 0.5;
      p.mass += p.value[i];
      p.skew += p.value[i] * u * (1 - 6 * u * u);
    }
  }

  void refine(const panel& whole, int depth) {
    const double middle = 0.5 * (whole.lower + whole.upper);
    panel left, right;
    evaluate(whole.lower, middle, left);
    evaluate(middle, whole.upper, right);
    // the same cubic over the halves, from their own nodes
    double skew = 0;
    const rule& r = rule::rule();
    for (std::size_t i = 0; i < order; ++i) {
      const double u = 0.5 * r.nodes[i] - 0.5, v = 0.5 * r.nodes[i];
      skew += left.value[i] * u * (1 - 6 * u * u) + right.value[i] * v * (1 - 6 * v * v);
    }
    const bool same = std::abs(left.mass + right.mass - whole.mass) <= accuracy && std::abs(skew - whole.skew) <= accuracy;
    if (same || depth >= 60 || !(middle > whole.lower && middle < whole.upper)) {
      keep(left);
      keep(right);
      return;
    }
    refine(left, depth + 1);
    refine(right, depth + 1);
  }

  void keep(const panel& p) {
    const rule& r = rule::rule();
    for (std::size_t i = 0; i < order; ++i)
      if (p.value[i] > 0) {
        x_.push_back(p.lower + (p.upper - p.lower) * r.nodes[i]);
        w_.push_back(p.value[i]);
      }
  }

  const Density& p_;
  std::vector<double> x_, w_;
};

/// The law's nodes: panels between some of its own draws (so that no narrow mode is missed that has a share of a
/// thousandth), and outwards until nothing is left. The draws come from a stream of their own: equal laws have equal nodes.
/// @throw std::domain_error if the nodes' mass is not 1 to 1e-6: a density that quadrature cannot see, or that is none
template <has_line_density Law>
law_nodes nodes_of(const Law& law) {
  using scalar = typename data_of<Law>::Scalar;
  constexpr Index draws = 2048, step = 32;
  stream rng(stream_key{0, 0}, {0, 0, purpose::reference, (std::numeric_limits<std::uint32_t>::max)() - 1});
  const auto some = law.sample(draws, rng);
  std::vector<double> sorted(static_cast<std::size_t>(draws));
  for (Index i = 0; i < draws; ++i) sorted[static_cast<std::size_t>(i)] = static_cast<double>(some(0, i));
  std::sort(sorted.begin(), sorted.end());
  point_of_law<Law> at(1);
  const auto density = [&](double x) {
    at[0] = static_cast<scalar>(x);
    const double p = std::exp(static_cast<double>(law.log_density(at)));
    return p <= (std::numeric_limits<double>::max)() ? p : 0.0;
  };
  line_quadrature sum(density);
  const double width = (std::max)(sorted.back() - sorted.front(), 1e-12 * std::abs(sorted.front()));
  for (std::size_t i = step; i <= sorted.size(); i += step)
    if (const double upper = i == sorted.size() ? sorted.back() : sorted[i]; upper > sorted[i - step])
      sum.add_panel(sorted[i - step], upper);
  for (const double side : {-1.0, 1.0}) {  // outwards, in panels twice as wide each, until what is left is below rounding
    double from = side < 0 ? sorted.front() : sorted.back(), length = width / 8;
    for (int i = 0; i < 200 && length <= 1e300; ++i, length *= 1.5) {
      const double to = from + side * length;
      sum.add_panel((std::min)(from, to), (std::max)(from, to));
      from = to;
      if (density(from) * length < 1e-18) break;
    }
  }
  law_nodes n = sum.nodes();
  const double mass = n.w.sum();
  if (!(std::abs(mass - 1) <= 1e-6))
    throw std::domain_error("simulacra: quadrature of a law's density gives a mass of " + argument::text(mass) + ", not 1");
  return n;
}

}  // namespace simulacra::detail
