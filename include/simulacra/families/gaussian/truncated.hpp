#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// A Gaussian law restricted to the level set (x - mu)' Sigma^-1 (x - mu) <= c^2: what is sampled when everything outside
/// c standard deviations is thrown away. In one dimension each such generation multiplies the variance by
/// \f$ 1 - 2 c \varphi(c) / \mathrm{erf}(c / \sqrt 2) \f$.
template <class T = double, int D = dynamic>
class truncated_gaussian {
 public:
  /// @throw std::invalid_argument unless c > 0
  truncated_gaussian(gaussian<T, D> law, double c) : law_(std::move(law)), c_(c) {
    argument::require(c > 0, "truncated_gaussian", "c", c, "be > 0");
    how_ = way_for(c * c, static_cast<double>(dimension()));
  }

  [[nodiscard]] Index dimension() const noexcept { return law_.dimension(); }

  /// n observations, d x n; exact, by rejection on the radius, at a cost per observation that is bounded in c and d.
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "truncated_gaussian::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "truncated_gaussian::sample", "n");
    samples<T, D> z = standard(n, rng);
    law_.factor().apply_in_place(z);
    z.colwise() += law_.mean();
    return z;
  }

  /// The moments of n observations that are drawn block by block, in standard units, and not kept: the same ones as
  /// `sample(n, rng)`, whose spread may be any number of orders below the rounding of their mean.
  [[nodiscard]] moments<T, D> stream_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "truncated_gaussian::stream_summary", "n", n, "be at least 1");
    const Index block = std::max<Index>(256, 4096 / dimension());
    moments<T, D> m(dimension());
    for (Index first = 0; first < n; first += block) m.fold(standard((std::min)(block, n - first), rng));
    return m.transformed(law_.mean(), law_.factor());
  }

 private:
  enum class way { reject, tangent, ball };

  /// The observations in standard units.
  [[nodiscard]] samples<T, D> standard(Index n, stream& rng) const {
    const Index d = dimension();
    samples<T, D> z(d, n);
    for (Index i = 0; i < n; ++i) {
      auto column = z.col(i);
      do {
        for (Index k = 0; k < d; ++k) column[k] = static_cast<T>(standard_normal(rng));
      } while (how_ == way::reject ? column.squaredNorm() > static_cast<T>(c_ * c_) : column.squaredNorm() == T(0));
      if (how_ != way::reject) column *= static_cast<T>(radius(rng)) / column.norm();
    }
    return z;
  }

  /// The squared radius of a normal point has mean d and density proportional to s^(d/2 - 1) exp(-s / 2). Drawing until the
  /// point is inside is fine unless c^2 is far below d, or tiny.
  static way way_for(double edge, double d) {
    if (edge < d - (std::max)(4.0, std::sqrt(d / 2))) return way::tangent;
    return edge >= 4 ? way::reject : way::ball;
  }

  /// A radius <= c by a way whose acceptance is bounded below: under the tangent of the log-concave log density of the squared
  /// radius at its upper end, where it is steepest; or, for a small ball, the radius of a uniform point thinned by its density.
  [[nodiscard]] double radius(stream& rng) const {
    const double edge = c_ * c_, d = static_cast<double>(dimension());
    const double power = d / 2 - 1, slope = power / edge - 0.5;
    for (;;) {
      if (how_ == way::tangent) {
        const double s = edge - standard_exponential(rng) / slope;
        if (s > 0 && standard_exponential(rng) >= slope * (s - edge) - power * std::log(s / edge) + (s - edge) / 2)
          return std::sqrt(s);
      } else {
        const double r = c_ * std::pow(uniform_open(rng), 1 / d);
        if (standard_exponential(rng) >= r * r / 2) return r;
      }
    }
  }

  gaussian<T, D> law_;
  double c_;
  way how_;
};

}  // namespace simulacra
