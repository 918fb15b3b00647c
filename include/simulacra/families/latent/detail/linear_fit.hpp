#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/latent/factor_model.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/summary/moments.hpp>

/// What the estimators of linear latent-variable laws share.
namespace simulacra::detail::latent {

/// Mean and root of the covariance that a law is fitted to: those of data, or those of another law.
template <class T, int D>
struct target {
  point<T, D> mean;
  scaled_factor<T, D> root;
  bool in_data_units = false;  ///< whether the spread of observations can have been rounded to their mean's digits
};

/// The moments of data. @throw std::invalid_argument if there is nothing to fit
template <class T, int D>
target<T, D> target_of(const moments<T, D>& m, divisor by, std::string_view function) {
  argument::require(!m.weightless(), function, "weight()", 0, "be > 0: there is nothing to fit");
  argument::require(m.has_covariance(by), function, "count()", m.count(),
                    "be at least 2 where the divisor is n - 1: one observation has no unbiased variance");
  return {m.mean(), m.covariance_factor(by), m.in_data_units()};
}

/// Those of a law; of one that holds a factor of its covariance, without forming that.
template <class T, int D, class Law>
target<T, D> target_of(const Law& law) {
  if constexpr (std::same_as<Law, gaussian<T, D>>) {
    return {law.mean(), law.factor()};
  } else if constexpr (std::derived_from<Law, factor_model<T, D>>) {
    return {law.mean(), law.as_gaussian().factor()};
  } else {
    const gaussian<T, D> same(point<T, D>(law.mean()), square<T, D>(law.covariance()));
    return {same.mean(), same.factor()};
  }
}

/// Whether a standard deviation of each coordinate's own may be nothing but the rounding of observations about their mean, in any
/// coordinate: within 32 units of the last place. Where there is none at all, it is not.
template <class T, int D>
bool made_of_rounding(const target<T, D>& to, const Eigen::VectorXd& noise) {
  if (!to.in_data_units) return false;
  constexpr double rounding = 32 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (Index j = 0; j < noise.size(); ++j)
    if (noise[j] > 0 && noise[j] < rounding * std::abs(static_cast<double>(to.mean[j]))) return true;
  return false;
}

/// The same of noise that all coordinates share: within the rounding of the one that has most.
template <class T, int D>
bool made_of_rounding(const target<T, D>& to, double noise) {
  if (!to.in_data_units || !(noise > 0)) return false;
  const double size = static_cast<double>(to.mean.cwiseAbs().maxCoeff());
  return noise < 32 * static_cast<double>(std::numeric_limits<T>::epsilon()) * size;
}

/// Whether all of the data's spread may be that. Noise alone is not the spread: data that span no more than the latent dimensions have
/// none, but for rounding.
template <class T, int D>
bool spread_is_rounding(const target<T, D>& to) {
  if (!to.in_data_units) return false;
  const point<T, D> spread = to.root.dense().cwiseAbs().rowwise().maxCoeff();
  return ((spread.array() < 32 * std::numeric_limits<T>::epsilon() * to.mean.array().abs()) || spread.array() == T(0)).all();
}

/// A chain that inflates its variance ends before its samples overflow, and not with a caller's mistake.
template <class T>
void require_in_range(double largest, std::string_view function) {
  constexpr double limit = static_cast<double>((std::numeric_limits<T>::max)()) / 10000;
  if (!(largest <= limit))
    throw std::domain_error(std::string(function) + ": the fitted mean or spread leaves the range of floating point");
}

}  // namespace simulacra::detail::latent
