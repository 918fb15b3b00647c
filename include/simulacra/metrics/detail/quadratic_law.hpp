#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

/// The law of the U statistic of MMD^2, near enough to say how far it may lie from what it estimates.
namespace simulacra::detail {

/// The standard normal distribution function.
inline double normal_below(double z) { return 0.5 * std::erfc(-0.70710678118654752 * z); }

/// \f$ U = \sum_i \lambda_i (Z_i^2 - 1) + \theta + 2\sqrt{\mu\theta}\,Z' + \dots \f$: the squared length of a normal vector less its mean
/// where it is 0, in directions of variance \f$ \lambda_i \f$, seen at a distance whose square is \f$ \theta \f$ and which lies in a
/// direction of variance \f$ \mu \f$. The leading two directions are taken as they are, the rest is one multiple of a chi-square law
/// (Satterthwaite, 1946). Its mean is \f$ \theta \f$, its variance \f$ b + 4 \mu \theta \f$ with \f$ b = 2 \sum \lambda_i^2 \f$.
/// Probabilities are by the saddlepoint: Lugannani and Rice (1980), Advances in Applied Probability 12.
class quadratic_law {
 public:
  /// In units in which b is 1. @param trace  the sum of all variances   @param first, second  the two largest   @param along  mu
  quadratic_law(double trace, double first, double second, double along) : size_{first, second, 0}, along_(along) {
    const double squares = 0.5 - first * first - second * second, rest = trace - first - second;
    if (squares > 1e-9) {  // none is larger than the second
      size_[2] = rest * second > squares ? squares / rest : (second > 0 ? second : std::sqrt(squares));
      freedom_[2] = squares / (size_[2] * size_[2]);
    }
  }

  /// P(U <= u) at the squared distance theta >= 0.
  [[nodiscard]] double below(double u, double theta) const {
    double least = 0, pole = 0;  // what U is at least, and the largest variance
    for (int i = 0; i < 3; ++i) {
      least -= size_[at(i)] * freedom_[at(i)];
      pole = (std::max)(pole, size_[at(i)]);
    }
    if (theta > 0) pole = (std::max)(pole, along_);
    if (u <= least) return 0;
    double low = -1, high = 0.5 / pole * (1 - 1e-12);
    while (slope(low, theta) > u) {
      high = low;
      if ((low *= 4) < -1e12) return 0;
    }
    double s = low < -1 || slope(0, theta) > u ? 0.5 * (low + (std::min)(high, 0.0)) : 0.5 * high;
    for (int step = 0; step < 100; ++step) {  // Newton's, kept between the ends
      const double off = slope(s, theta) - u;
      (off > 0 ? high : low) = s;
      double next = s - off / curvature(s, theta);
      if (!(next > low && next < high)) next = 0.5 * (low + high);
      if (std::abs(next - s) <= 1e-10 * (1 + std::abs(s))) break;
      s = next;
    }
    const double w2 = 2 * (s * u - cumulants(s, theta));
    if (!(w2 > 1e-8)) return 0.5 + third(theta) / (6 * 2.5066282746310002 * std::pow(curvature(0, theta), 1.5));
    const double w = s < 0 ? -std::sqrt(w2) : std::sqrt(w2), v = s * std::sqrt(curvature(s, theta));
    return std::clamp(normal_below(w) + 0.3989422804014327 * std::exp(-0.5 * w2) * (1 / w - 1 / v), 0.0, 1.0);
  }

 private:
  static constexpr std::size_t at(int i) { return static_cast<std::size_t>(i); }

  [[nodiscard]] double cumulants(double s, double theta) const {
    double sum = theta * s / (1 - 2 * along_ * s);
    for (int i = 0; i < 3; ++i) {
      const double x = size_[at(i)] * s;
      sum -= freedom_[at(i)] * (0.5 * std::log1p(-2 * x) + x);
    }
    return sum;
  }
  [[nodiscard]] double slope(double s, double theta) const {
    const double d = 1 - 2 * along_ * s;
    double sum = theta / (d * d);
    for (int i = 0; i < 3; ++i) {
      const double x = size_[at(i)];
      sum += freedom_[at(i)] * 2 * x * x * s / (1 - 2 * x * s);
    }
    return sum;
  }
  [[nodiscard]] double curvature(double s, double theta) const {
    const double d = 1 - 2 * along_ * s;
    double sum = 4 * along_ * theta / (d * d * d);
    for (int i = 0; i < 3; ++i) {
      const double x = size_[at(i)] / (1 - 2 * size_[at(i)] * s);
      sum += 2 * freedom_[at(i)] * x * x;
    }
    return sum;
  }
  [[nodiscard]] double third(double theta) const {
    double sum = 24 * along_ * along_ * theta;
    for (int i = 0; i < 3; ++i) sum += 8 * freedom_[at(i)] * size_[at(i)] * size_[at(i)] * size_[at(i)];
    return sum;
  }

  std::array<double, 3> size_, freedom_{1, 1, 0};
  double along_;
};

/// The half width of value +- 1.96 error over 1.96, by which the interval holds the true squared distance with probability 0.95 whatever
/// that is. All numbers are in units of the standard deviation under equal laws.
///
/// Of U the spread grows with what it estimates, so that values that are too small come with errors that are too small: nearly all that
/// an interval by the estimated deviation misses it misses there. So the test is inverted: the error is the distance, over 1.96, from
/// the value to that theta at which a value as small as this one has just the probability that may be missed at the lower side. That is
/// 0.05 less what the upper side misses, Phi(-z - (z^2 + 1) / (2 delta)) for one direction with delta = deviation / (2 mu): to first
/// order in 1 / delta, and nothing near 0. A value below what equal laws give once in twenty is taken for that one.
inline double covering_error(const quadratic_law& law, double along, double value) {
  constexpr double z = 1.959963984540054;
  const auto missed = [along](double theta) {
    return 0.05 - normal_below(-z - (z * z + 1) * along / std::sqrt(1 + 4 * along * theta));
  };
  constexpr int steps = 45;
  double low = -20, high = 0;
  if (law.below(value, 0) < missed(0)) {
    low = value;
    for (int k = 0; k < steps; ++k) {
      const double middle = 0.5 * (low + high);
      (law.below(middle, 0) < missed(0) ? low : high) = middle;
    }
    return -low / z;
  }
  low = 0;
  high = (std::max)(value, 0.0) + 1;
  for (double step = 1; law.below(value, high) > missed(high) && step < 1e18; step *= 2) high += step;
  for (int k = 0; k < steps; ++k) {
    const double middle = 0.5 * (low + high);
    (law.below(value, middle) > missed(middle) ? low : high) = middle;
  }
  return (0.5 * (low + high) - value) / z;
}

}  // namespace simulacra::detail
