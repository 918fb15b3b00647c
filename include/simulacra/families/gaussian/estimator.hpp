#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// What is done to an estimated covariance S on purpose. Both are off unless asked for, and both are reported in the outcome.
struct gaussian_regularisation {
  double shrinkage = 0;  ///< weight a in [0, 1] of the target (tr S / d) I: the result is (1 - a) S + a (tr S / d) I
  double floor = 0;  ///< r >= 0: the result is S + r I. scikit-learn's `reg_covar`, for one, does this with 1e-6 by default
};

/// Fits a Gaussian by its moments: the mean, and the scatter over n (maximum likelihood) or n - 1 (unbiased).
///
/// It eats `moments<T, D>`, so it can be fed stored, streamed and collapsed draws alike. A scatter without full rank (n <= d
/// included) gives a model with a singular covariance and the outcome `degenerate`. Observations in data units do not tell a spread from
/// 0 that is within 32 units of the last place of what was rounded (each coordinate's mean or spread, whichever is larger): a direction
/// that has no more than that is not there, whatever made what is seen of it. Where none is left the outcome is `resolution`, and the
/// model is what was there: all of its spread is rounding.
template <class T = double, int D = dynamic>
class gaussian_estimator {
 public:
  using summary = moments<T, D>;
  using model_type = gaussian<T, D>;

  /// @throw std::invalid_argument unless 0 <= shrinkage <= 1 and floor >= 0 is finite
  explicit gaussian_estimator(divisor by, gaussian_regularisation regularisation = {})
      : by_(by), regularisation_(regularisation) {
    argument::require(regularisation.shrinkage >= 0 && regularisation.shrinkage <= 1, "gaussian_estimator", "shrinkage",
                      regularisation.shrinkage, "be in [0, 1]");
    argument::require(regularisation.floor >= 0 && regularisation.floor <= (std::numeric_limits<double>::max)(),
                      "gaussian_estimator", "floor", regularisation.floor, "be >= 0 and finite");
  }

  [[nodiscard]] divisor by() const noexcept { return by_; }
  [[nodiscard]] const gaussian_regularisation& regularisation() const noexcept { return regularisation_; }

  /// The Gaussian with the mean and covariance of the data that `m` sums up. O(d^2); with a floor or shrinkage, O(d^3).
  /// @throw std::invalid_argument if m holds no weight, or one observation where the divisor is n - 1
  /// @throw std::domain_error if the mean or the spread comes within a factor of 10^4 of overflow: a lineage ends there
  [[gnu::always_inline, nodiscard]] fitted<model_type> fit(const summary& m, stream&) const { return fit(m); }

  /// The same; nothing about this fit is random.
  [[gnu::always_inline, nodiscard]] fitted<model_type> fit(const summary& m) const {
    argument::require(!m.weightless(), "gaussian_estimator::fit", "weight()", 0, "be > 0: there is nothing to fit");
    argument::require(m.has_covariance(by_), "gaussian_estimator::fit", "count()", m.count(),
                      "be at least 2 where the divisor is n - 1: one observation has no unbiased variance");
    return finished(m.mean(), m.covariance_factor(by_), m.in_data_units());
  }

  /// Fits observations, d x n. @throw std::invalid_argument if one is not finite, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    argument::require_finite(x, "gaussian_estimator::fit", "x");
    argument::require(x.cols() >= 1, "gaussian_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() >= 1, "gaussian_estimator::fit", "x.rows()", x.rows(), "be at least 1");
    return fit(summary::of(x));
  }

  /// Fits weighted observations. Only the ratios of weights matter, and under `n_minus_1` the variance stays unbiased whatever
  /// they are.
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<T>& w, stream&) const {
    argument::require_finite(x, "gaussian_estimator::fit", "x");
    return fit(summary::of(x, w));
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const
    requires(!std::same_as<T, double>)
  {
    argument::require_finite(x, "gaussian_estimator::fit", "x");
    return fit(summary::of(x, w));
  }

  /// The best Gaussian for a law, by KL(law || .): the one with its mean and covariance.
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    if constexpr (std::same_as<Law, model_type>)
      return law;  // forming its covariance would lose what a collapsed law has left
    else
      return model_type(law.mean(), law.covariance());
  }

  /// What this procedure returns from infinitely many observations: the projection, shrunk and floored.
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    const model_type best = project(law);
    return finished(best.mean(), best.factor(), false).model;
  }

  /// The exact learner of the family: maximum likelihood with nothing added.
  [[nodiscard]] gaussian_estimator ideal() const { return gaussian_estimator(divisor::n); }

 private:
  [[gnu::always_inline, nodiscard]] fitted<model_type> finished(const point<T, D>& mean, scaled_factor<T, D> factor,
                                                                bool in_data_units) const {
    const bool rounded = in_data_units && made_of_rounding(mean, factor);
    if (regularisation_.shrinkage > 0 || regularisation_.floor > 0) [[unlikely]]
      regularise(factor);
    require_in_range(mean, factor);
    const bool degenerate = factor.rank() < factor.dimension();
    // Made where it is returned: an outcome that is copied stalls whoever reads it, for longer than the fit takes. So does a factor.
    fitted<model_type> done{model_type::from_factor(mean, std::move(factor)), {}};
    done.result.shrinkage = regularisation_.shrinkage;
    done.result.floor = regularisation_.floor;
    if (rounded) [[unlikely]] {
      done.result.what = status::resolution;
      done.result.reason = "the spread of the data has fallen to the rounding of their mean";
    } else if (degenerate) [[unlikely]] {
      done.result.what = status::degenerate;
      done.result.reason = "the fitted covariance is singular: the data do not span every direction";
    }
    return done;
  }

  /// A chain that inflates its variance ends before its samples overflow, and not with a caller's mistake.
  static void require_in_range(const point<T, D>& mean, const scaled_factor<T, D>& factor) {
    constexpr T limit = (std::numeric_limits<T>::max)() / T(10000);
    for (Index j = 0; j < factor.dimension(); ++j)
      if (!(std::abs(mean[j]) <= limit) || !factor.column_within(j, limit)) [[unlikely]]
        throw_out_of_range();
  }
  [[noreturn, gnu::noinline]] static void throw_out_of_range() {
    throw std::domain_error("gaussian_estimator::fit: the fitted mean or spread leaves the range of floating point");
  }

  /// (1 - a) F F' + (a tr / d + r) I, as the factor of [sqrt(1 - a) F, sqrt(a tr / d + r) I].
  void regularise(scaled_factor<T, D>& factor) const {
    const Index d = factor.dimension();
    const double a = regularisation_.shrinkage;
    const square<T, D> dense = factor.dense();
    const T largest = dense.cwiseAbs().maxCoeff();
    const double norm = largest > T(0) ? static_cast<double>(largest) * static_cast<double>((dense / largest).norm()) : 0;
    const double target = norm * std::sqrt(a / static_cast<double>(d));
    const square<T, D> added =
        square<T, D>::Identity(d, d) * static_cast<T>(std::hypot(target, std::sqrt(regularisation_.floor)));
    factor = factor.scaled(std::sqrt(1 - a)).plus(scaled_factor<T, D>(d), added);
  }

  /// Whether the data's spread is rounding in every direction. Where it is in some, these are taken out of the factor: data that never
  /// spanned them do not have them exactly, pooled or stored, and each generation would make them anew.
  static bool made_of_rounding(const point<T, D>& mean, scaled_factor<T, D>& factor) {
    constexpr T units = 32 * std::numeric_limits<T>::epsilon();
    const square<T, D> f = factor.dense();
    if constexpr (D == 1) {
      return factor.matrix()(0, 0) != T(0) && std::abs(f(0, 0)) < units * std::abs(mean[0]);
    } else {
      const point<T, D> rounding = units * mean.cwiseAbs().cwiseMax(f.cwiseAbs().rowwise().maxCoeff());
      const bool all =
          (f.diagonal().array() != T(0)).count() == factor.rank();  // none is so small that it is 0 in plain numbers
      if (all && !detail::has_small_pivot<T, D>(f, rounding)) [[likely]]
        return false;
      scaled_factor<T, D> left = scaled_factor<T, D>::from_lower(lower_factor<T, D>(f, &rounding));
      if (left.rank() == factor.rank()) return false;
      if (left.rank() == 0) return true;
      factor = std::move(left);
      return false;
    }
  }

  divisor by_;
  gaussian_regularisation regularisation_;
};

}  // namespace simulacra
