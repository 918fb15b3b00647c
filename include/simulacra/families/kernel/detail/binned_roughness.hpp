#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/detail/cosine_series.hpp>

namespace simulacra::detail {

/// The roughness of a law on a line to a few percent, at any time however small beside its range: each point is dealt to four bins
/// of an eighth of the root of the time by cubic splines, so that evenly spaced points stay smooth, and all derivatives are sums over
/// how much weight lies how many bins apart. It finds where a fixed point lies; the digits are those of `series_roughness`.
class binned_roughness {
 public:
  /// @param x  ascending   @param w  weights of sum 1   @param n  effective sample size
  /// O(n m), m the number of bins among the next ones that hold a point.
  binned_roughness(const std::vector<double>& x, const std::vector<double>& w, double n, double time)
      : n_(n), width_(0.125 * std::sqrt(time)), apart_(static_cast<std::size_t>(lags) + 1, 0.0) {
    std::vector<double> places, masses;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double place = std::floor(x[i] / width_), u = x[i] / width_ - place, v = 1 - u;
      const double share[4] = {v * v * v / 6, (3 * u * u * (u - 2) + 4) / 6, (3 * v * v * (v - 2) + 4) / 6, u * u * u / 6};
      std::size_t k = places.size();
      while (k > 0 && places[k - 1] >= place) --k;
      for (int bin = 0; bin < 4; ++bin, ++k) {
        if (k == places.size()) {
          if (bin > 0 && places.back() >= place + bin) break;  // beyond 2^53 bins
          places.push_back(place + bin);
          masses.push_back(0);
        } else if (places[k] != place + bin) {  // the next is further away: this one comes before it
          places.insert(places.begin() + static_cast<std::ptrdiff_t>(k), place + bin);
          masses.insert(masses.begin() + static_cast<std::ptrdiff_t>(k), 0.0);
        }
        masses[k] += w[i] * share[bin];
      }
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      apart_[0] += masses[i] * masses[i];
      for (std::size_t k = i + 1; k < places.size() && places[k] - places[i] <= lags; ++k)
        apart_[static_cast<std::size_t>(places[k] - places[i])] += 2 * masses[i] * masses[k];
    }
  }

  /// n time^(s + 1/2) times the integral of the square of derivative s.
  [[nodiscard]] double operator()(int s, double time) const {
    const double unit = width_ / std::sqrt(2 * time);
    double sum = 0;
    for (std::size_t k = 0; k < apart_.size(); ++k) {
      const double z = unit * static_cast<double>(k);
      if (z > 7) break;
      if (apart_[k] == 0) continue;
      double before = 1, here = z;  // Hermite polynomials, to that of order 2 s
      for (int order = 1; order < 2 * s; ++order) {
        const double next = z * here - order * before;
        before = here;
        here = next;
      }
      sum += apart_[k] * here * std::exp(-0.5 * z * z);
    }
    return (s % 2 == 0 ? n_ : -n_) * sum / std::ldexp(2 * std::sqrt(cosine_pi), s);
  }

 private:
  static constexpr double lags = 320;  // seven standard deviations at 16 times the time

  double n_, width_;
  std::vector<double> apart_;
};

}  // namespace simulacra::detail
