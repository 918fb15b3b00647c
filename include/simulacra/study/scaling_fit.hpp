#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/study/detail/log_log_shapes.hpp>
#include <simulacra/study/errors.hpp>

namespace simulacra {

/// What a loss is said to do as the size T grows.
enum class scaling_form {
  power,             ///< \f$C\,T^{-c}\f$
  power_with_floor,  ///< \f$E+C\,T^{-c}\f$: what more data do not remove
  broken_power       ///< \f$C\,T^{-c}\f$ up to T*, from there on with another exponent, and no jump
};

/// A scaling law with the Monte Carlo error of each of its numbers.
struct scaling_fit {
  scaling_form form = scaling_form::power;
  estimate coefficient;  ///< C
  estimate exponent;     ///< c; of a broken law, before the break
  estimate
      floor;  ///< E; 0 -+ 0 where the form has none. It may be negative: a loss that falls ever faster has no floor above 0
  estimate late_exponent;  ///< of a broken law, after the break; else c again
  estimate
      crossover;  ///< T*: where a broken law breaks, or where the power has come down to a positive floor, (C/E)^(1/c); else +inf
  double misfit = 0;  ///< root mean square of log loss - log fit: what the form itself leaves, however many the replicates

  /// The loss at a size. @throw std::invalid_argument unless size > 0
  [[nodiscard]] double operator()(double size) const {
    argument::require(size > 0, "scaling_fit", "size", size, "be > 0");
    const double late = size > crossover.value && form == scaling_form::broken_power ? late_exponent.value : exponent.value;
    return floor.value + coefficient.value * std::pow(crossover.value, late == exponent.value ? 0 : late - exponent.value) *
                             std::pow(size, -late);
  }

  /// The local exponent there, \f$-d\log L/d\log T\f$. @throw std::invalid_argument unless size > 0
  [[nodiscard]] double slope(double size) const {
    const double loss = (*this)(size);
    const double late = size > crossover.value && form == scaling_form::broken_power ? late_exponent.value : exponent.value;
    return late * (loss - floor.value) / loss;
  }
};

namespace detail {

inline scaling_fit scaling_without_errors(const log_log_shape& shape, scaling_form form) {
  scaling_fit fit;
  fit.form = form;
  fit.coefficient.value = std::exp(shape.log_coefficient);
  fit.exponent.value = shape.exponent;
  fit.floor.value = shape.floor;
  fit.late_exponent.value = shape.late_exponent;
  fit.crossover.value = std::exp(shape.log_break);
  if (form == scaling_form::power_with_floor)
    fit.crossover.value = shape.floor > 0 && shape.exponent > 0
                              ? std::exp((shape.log_coefficient - std::log(shape.floor)) / shape.exponent)
                              : std::numeric_limits<double>::infinity();
  fit.misfit = shape.misfit;
  return fit;
}

/// How far each number of a fit moves with the logarithm of each loss.
class scaling_gradient {
 public:
  scaling_gradient(const std::vector<double>& x, std::vector<double> y, scaling_form form) {
    constexpr double step = 1e-4;
    for (double& at : y) {
      const double here = at;
      at = here + step;
      const auto above = numbers(scaling_without_errors(shape_of(x, y, form), form));
      at = here - step;
      const auto below = numbers(scaling_without_errors(shape_of(x, y, form), form));
      at = here;
      rows_.emplace_back();
      for (std::size_t k = 0; k < above.size(); ++k)
        rows_.back()[k] = above[k] == below[k] ? 0 : (above[k] - below[k]) / (2 * step);
    }
  }

  static log_log_shape shape_of(const std::vector<double>& x, const std::vector<double>& y, scaling_form form) {
    return form == scaling_form::power          ? power_shape(x, y)
           : form == scaling_form::broken_power ? broken_shape(x, y)
                                                : floored_shape(x, y);
  }

  static constexpr std::size_t count = 5;
  static std::array<double, count> numbers(const scaling_fit& f) {
    return {f.coefficient.value, f.exponent.value, f.floor.value, f.late_exponent.value, f.crossover.value};
  }
  static std::array<estimate*, count> places(scaling_fit& f) {
    return {&f.coefficient, &f.exponent, &f.floor, &f.late_exponent, &f.crossover};
  }
  double operator()(std::size_t size, std::size_t number) const { return rows_[size][number]; }

 private:
  std::vector<std::array<double, count>> rows_;
};

inline std::vector<double> logarithms(std::span<const double> values) {
  std::vector<double> all;
  for (const double v : values) all.push_back(std::log(v));
  return all;
}

inline void check_scaling(std::span<const double> sizes, std::span<const double> losses, scaling_form form) {
  constexpr auto name = "fit_scaling";
  constexpr double largest = (std::numeric_limits<double>::max)();
  const std::size_t least = form == scaling_form::power ? 2 : form == scaling_form::broken_power ? 5 : 4;
  argument::require(sizes.size() >= least, name, "sizes.size()", sizes.size(),
                    "be at least " + argument::text(least) + " for this form");
  argument::require(losses.size() == sizes.size(), name, "losses.size()", losses.size(), "equal sizes.size()");
  for (std::size_t j = 0; j < sizes.size(); ++j) {
    argument::require(sizes[j] > 0 && sizes[j] <= largest, name, "sizes", sizes[j], "be positive and finite");
    argument::require(j == 0 || sizes[j] > sizes[j - 1], name, "sizes", sizes[j], "increase");
    argument::require(losses[j] > 0 && losses[j] <= largest, name, "losses", losses[j], "be positive and finite");
  }
}

}  // namespace detail

/// Fits a scaling law to losses by least squares of their *logarithms*, in which every size counts alike.
///
/// A law is rarely right: `misfit` says by how much it is not, and the errors are those that come from the errors of the losses alone.
/// They are the exact derivatives of the fit times those errors (for `power`, \f$\sqrt{\sum((x_j-\bar x)/S_{xx})^2\rho_j^2}\f$). An
/// exponent is one of the sizes that were tried: of sums over Zipf's law, for one, it is far from the exponent of their limit.
///
/// Power and broken laws are solved in closed form (a broken one by trying each place of the break, Hudson 1966); one with a floor by
/// Gauss and Newton's method from several starts, with the coefficient eliminated (variable projection, Golub and Pereyra 1973).
/// @param sizes   T_j > 0, increasing; at least 2, with a floor 4, for a broken law 5
/// @param losses  > 0, one for each
/// @param form    which law
/// @param errors  standard errors of the losses, independent of each other, >= 0; or none, and the fit has none
/// @throw std::invalid_argument if an argument is out of range. O(J^2) for power and floor, O(J^3) for a broken law.
[[nodiscard]] inline scaling_fit fit_scaling(std::span<const double> sizes, std::span<const double> losses,
                                             scaling_form form, std::span<const double> errors = {}) {
  detail::check_scaling(sizes, losses, form);
  const std::vector<double> x = detail::logarithms(sizes), y = detail::logarithms(losses);
  scaling_fit fit = detail::scaling_without_errors(detail::scaling_gradient::shape_of(x, y, form), form);
  if (errors.empty()) return fit;
  argument::require(errors.size() == sizes.size(), "fit_scaling", "errors.size()", errors.size(), "equal sizes.size()");
  for (const double e : errors)
    argument::require(e >= 0 && e <= (std::numeric_limits<double>::max)(), "fit_scaling", "errors", e, "be >= 0 and finite");
  const detail::scaling_gradient moved(x, y, form);
  const auto places = detail::scaling_gradient::places(fit);
  for (std::size_t k = 0; k < places.size(); ++k) {
    double squares = 0;
    for (std::size_t j = 0; j < errors.size(); ++j) squares += std::pow(moved(j, k) * errors[j] / losses[j], 2);
    places[k]->error = std::sqrt(squares);
  }
  return fit;
}

/// Fits the means of replicates, whose spread says how well they are known.
/// @param replicates  for each size its losses, at least 2, each >= 0 and finite and their mean > 0
/// @param paired  whether the r-th losses of all sizes belong to one replicate (one chain that is looked at at several sizes, or common
///                random numbers): errors then are as dependent as these are, and all sizes need the same number
/// @throw std::invalid_argument as above
[[nodiscard]] inline scaling_fit fit_scaling(std::span<const double> sizes, std::span<const std::vector<double>> replicates,
                                             scaling_form form, bool paired = false) {
  constexpr auto name = "fit_scaling";
  argument::require(replicates.size() == sizes.size(), name, "replicates.size()", replicates.size(), "equal sizes.size()");
  std::vector<double> means, errors;
  std::size_t fewest = (std::numeric_limits<std::size_t>::max)();
  for (const std::vector<double>& of_size : replicates) {
    argument::require(of_size.size() >= 2, name, "replicates of a size", of_size.size(), "be at least 2");
    argument::require(!paired || of_size.size() == replicates.front().size(), name, "replicates of a size", of_size.size(),
                      "be as many for each size where they are paired");
    for (const double v : of_size)
      argument::require(v >= 0 && v <= (std::numeric_limits<double>::max)(), name, "replicates", v, "be >= 0 and finite");
    const estimate mean = estimated_mean(of_size);
    means.push_back(mean.value);
    errors.push_back(mean.error);
    fewest = (std::min)(fewest, of_size.size());
  }
  scaling_fit fit = fit_scaling(sizes, means, form, paired ? std::span<const double>{} : std::span<const double>(errors));
  const auto places = detail::scaling_gradient::places(fit);
  if (paired) {
    const detail::scaling_gradient moved(detail::logarithms(sizes), detail::logarithms(means), form);
    std::vector<double> influence(fewest);
    for (std::size_t k = 0; k < places.size(); ++k) {
      for (std::size_t r = 0; r < fewest; ++r) {
        influence[r] = 0;
        for (std::size_t j = 0; j < means.size(); ++j)
          influence[r] += moved(j, k) * (replicates[j][r] - means[j]) / means[j];
      }
      places[k]->error = estimated_mean(influence).error;
    }
  }
  for (estimate* number : places) number->count = static_cast<Index>(fewest);
  return fit;
}

}  // namespace simulacra
