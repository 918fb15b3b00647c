#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include <simulacra/numerics/gauss_legendre.hpp>

namespace simulacra::detail {

/// Means over normal log odds f = mean + sd z, with s(f) = 1 / (1 + e^-f): all that the logistic likelihood of infinitely many Gaussian inputs is
/// made of, since it sees one direction of them.
struct log_odds_moments {
  double one = 0;     ///< E s(f), the share of label 1
  double loss = 0;    ///< E log(1 + e^f)
  double slope[3]{};  ///< E s'(f) z^k

  /// By the trapezoidal rule in z, whose steps are shorter than what s and the normal density vary on: both are analytic, and e^-39 is left.
  /// Where f is spread so widely that all happens near 0, by Gauss's rule there, about the limits E 1{f > 0} and E max(f, 0).
  log_odds_moments(double mean, double sd) {
    constexpr double root_of_two_pi = 2.506628274631000502415765284811, wide = 20;
    if (sd == 0) {
      add(mean, 0, 1);
    } else if (sd <= wide) {
      const double step = 0.5 / (std::max)(1.0, sd);
      const int half = static_cast<int>(9 / step);
      for (int i = -half; i <= half; ++i) {
        const double z = i * step;
        add(mean + sd * z, z, step * std::exp(-z * z / 2) / root_of_two_pi);
      }
    } else {
      const double at = mean / sd, share = std::erfc(-at / 1.414213562373095048801688724209698) / 2;
      one = share, loss = mean * share + sd * std::exp(-at * at / 2) / root_of_two_pi;
      constexpr double ends[] = {-40, -20, -10, -5, -2, 0, 2, 5, 10, 20, 40};
      const auto& rule = gauss_legendre<24>::rule();
      for (std::size_t part = 0; part + 1 < std::size(ends); ++part)
        for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
          const double length = ends[part + 1] - ends[part], f = ends[part] + length * rule.nodes[i], z = (f - mean) / sd;
          add_rest(f, z, length * rule.weights[i] * std::exp(-z * z / 2) / (root_of_two_pi * sd));
        }
    }
  }

 private:
  void add(double f, double z, double w) {
    one += f > 0 ? w : 0;
    loss += f > 0 ? w * f : 0;
    add_rest(f, z, w);
  }

  void add_rest(double f, double z, double w) {
    const double e = std::exp(-std::abs(f)), less = e / (1 + e), bend = w * less / (1 + e);
    one += f > 0 ? -w * less : w * less;
    loss += w * std::log1p(e);
    slope[0] += bend, slope[1] += bend * z, slope[2] += bend * z * z;
  }
};

}  // namespace simulacra::detail
