#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ledger/functional.hpp>

/// Functionals that are asked for most.
namespace simulacra {

namespace detail {

/// The weighted mean of f over observations.
template <class Data, class F>
double mean_over(const Data& x, const weights<double>& w, F&& f) {
  const double largest = w.size() > 0 ? w.maxCoeff() : 1;  // only ratios of weights matter
  compensated_sum sum, total;
  for (Index i = 0; i < x.cols(); ++i) {
    const double weight = w.size() > 0 ? w[i] / largest : 1;
    sum.add(weight * f(x.col(i)));
    total.add(weight);
  }
  return sum.value() / total.value();
}

struct variance_of {
  template <class Law>
    requires requires(const Law& law) { law.covariance().trace(); }
  double operator()(const Law& law) const {
    return static_cast<double>(law.covariance().trace());
  }
  template <class Data>
  double operator()(const Data& x, const weights<double>& w) const {
    double sum = 0;
    for (Index k = 0; k < x.rows(); ++k) {
      const double mean = mean_over(x, w, [k](const auto& p) { return static_cast<double>(p[k]); });
      sum += mean_over(x, w, [k, mean](const auto& p) {
        return (static_cast<double>(p[k]) - mean) * (static_cast<double>(p[k]) - mean);
      });
    }
    return sum;
  }
};

struct coordinate_mean {
  Index coordinate;
  template <class Law>
    requires requires(const Law& law) { law.mean()[0]; }
  double operator()(const Law& law) const {
    return static_cast<double>(law.mean()[coordinate]);
  }
  template <class Data>
  double operator()(const Data& x, const weights<double>& w) const {
    return mean_over(x, w, [this](const auto& p) { return static_cast<double>(p[coordinate]); });
  }
};

struct entropy_of {
  template <class Law>
    requires requires(const Law& law) {
               { entropy(law) } -> std::convertible_to<double>;
             }
  double operator()(const Law& law) const {
    return entropy(law);
  }
  template <class Law, class Data>
    requires requires(const Law& law, const Data& x) { law.log_density(x.col(0).eval()); }
  double operator()(const Law& law, const Data& x) const {
    return -mean_over(x, {}, [&law](const auto& p) { return static_cast<double>(law.log_density(p.eval())); });
  }
};

struct tail_mass_of {
  double beyond;
  template <class Law>
    requires requires(const Law& law) {
               { tail_mass(law, 1.0) } -> std::convertible_to<double>;
             }
  double operator()(const Law& law) const {
    return tail_mass(law, beyond);
  }
  template <class Data>
  double operator()(const Data& x, const weights<double>& w) const {
    return mean_over(x, w, [this](const auto& p) { return static_cast<double>(p.norm()) > beyond ? 1.0 : 0.0; });
  }
};

struct quantile_of {
  double p;
  template <class Data>
  double operator()(const Data& x, const weights<double>& w) const {
    std::vector<std::pair<double, double>> sorted;
    const double largest = w.size() > 0 ? w.maxCoeff() : 1;
    double total = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      sorted.emplace_back(static_cast<double>(x(0, i)), w.size() > 0 ? w[i] / largest : 1);
      total += sorted.back().second;
    }
    std::sort(sorted.begin(), sorted.end());
    double below = 0;
    for (const auto& [value, weight] : sorted)
      if ((below += weight) >= p * total) return value;
    return sorted.back().first;
  }
};

}  // namespace detail

/// The trace of the covariance: in one dimension, the variance.
[[nodiscard]] inline auto variance_functional() {
  return functional{"variance", detail::variance_of{}, detail::variance_of{}};
}

/// A coordinate of the mean, named `mean`, `mean_2`, ... Linear.
[[nodiscard]] inline auto mean_functional(Index coordinate = 0) {
  argument::require(coordinate >= 0, "mean_functional", "coordinate", coordinate, "not be negative");
  return functional{coordinate == 0 ? std::string("mean") : "mean_" + argument::text(coordinate + 1),
                    detail::coordinate_mean{coordinate}, detail::coordinate_mean{coordinate}, detail::no_way{}, true};
}

/// The differential entropy in nats: closed form where there is an `entropy(law)`, else the mean of minus the log density over draws.
/// NaN where a recipe keeps data and mixes them: an empirical measure has no density.
[[nodiscard]] inline auto entropy_functional() {
  return functional{"entropy", detail::entropy_of{}, detail::no_way{}, detail::entropy_of{}};
}

/// P(|x| > c). Linear. Closed form where there is a `tail_mass(law, c)`. @throw std::invalid_argument unless c >= 0
[[nodiscard]] inline auto tail_mass_functional(double c) {
  argument::require(c >= 0, "tail_mass_functional", "c", c, "be >= 0");
  return functional{"tail_mass_" + argument::text(c), detail::tail_mass_of{c}, detail::tail_mass_of{c}, detail::no_way{},
                    true};
}

/// The p-quantile of a law on the line: the least x with P(X <= x) >= p (type 1 of Hyndman and Fan 1996, of
/// weighted observations, too; bands interpolate, type 7). @throw std::invalid_argument unless 0 < p < 1
[[nodiscard]] inline auto quantile_functional(double p) {
  argument::require(p > 0 && p < 1, "quantile_functional", "p", p, "be in (0, 1)");
  return functional{"quantile_" + argument::text(p), detail::no_way{}, detail::quantile_of{p}};
}

}  // namespace simulacra
