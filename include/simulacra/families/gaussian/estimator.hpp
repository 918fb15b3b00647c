#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// What is done to an estimated covariance S on purpose. Both are off unless asked for, and both are reported in the outcome.
struct gaussian_regularisation {
  double shrinkage = 0;  ///< weight a in [0, 1] of the target (tr S / d) I: the result is (1 - a) S + a (tr S / d) I
  double floor = 0;      ///< r >= 0: the result is S + r I. scikit-learn's `reg_covar`, for one, does this with 1e-6 by default
};

/// Fits a Gaussian by its moments: the mean, and the scatter over n (maximum likelihood) or n - 1 (unbiased).
///
/// It eats `moments<T, D>`, so it can be fed stored, streamed and collapsed draws alike. A scatter without full rank (n <= d
/// included) gives a model with a singular covariance and the outcome `degenerate`. Stored observations whose spread has
/// fallen to within 32 units of the rounding of their mean give `resolution`: their variance would be made of rounding.
template <class T = double, int D = dynamic>
class gaussian_estimator {
 public:
  using summary = moments<T, D>;
  using model_type = gaussian<T, D>;

  /// @throw std::invalid_argument unless 0 <= shrinkage <= 1 and floor >= 0 is finite
  explicit gaussian_estimator(divisor by, gaussian_regularisation regularisation = {}) : by_(by), regularisation_(regularisation) {
    argument::require(regularisation.shrinkage >= 0 && regularisation.shrinkage <= 1, "gaussian_estimator", "shrinkage",
                      regularisation.shrinkage, "be in [0, 1]");
    argument::require(regularisation.floor >= 0 && regularisation.floor <= (std::numeric_limits<double>::max)(),
                      "gaussian_estimator", "floor", regularisation.floor, "be >= 0 and finite");
  }

  [[nodiscard]] divisor by() const noexcept { return by_; }
  [[nodiscard]] const gaussian_regularisation& regularisation() const noexcept { return regularisation_; }

  /// The Gaussian with the mean and covariance of the data that `m` sums up. O(d^2); with a floor or shrinkage, O(d^3).
  /// @throw std::invalid_argument if m holds no weight, or one observation where the divisor is n - 1
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const { return fit(m); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<model_type> fit(const summary& m) const {
    argument::require(m.weight() > 0, "gaussian_estimator::fit", "weight()", m.weight(), "be > 0: there is nothing to fit");
    const double degrees = m.degrees(by_);
    argument::require(degrees > 0, "gaussian_estimator::fit", "count()", m.count(),
                      "be at least 2 where the divisor is n - 1: one observation has no unbiased variance");
    return finished(m.mean(), m.factor().scaled(static_cast<T>(1 / std::sqrt(degrees))));
  }

  /// Fits observations, d x n. @throw std::invalid_argument if one is not finite, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    argument::require_finite(x, "gaussian_estimator::fit", "x");
    argument::require(x.cols() >= 1, "gaussian_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() >= 1, "gaussian_estimator::fit", "x.rows()", x.rows(), "be at least 1");
    return resolved(fit(summary::of(x)));
  }

  /// Fits weighted observations; the variance stays unbiased under `n_minus_1` whatever the weights are.
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<T>& w, stream&) const {
    argument::require_finite(x, "gaussian_estimator::fit", "x");
    return resolved(fit(summary::of(x, w)));
  }

  /// The best Gaussian for a law, by KL(law || .): the one with its mean and covariance.
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return model_type(law.mean(), law.covariance());
  }

  /// What this procedure returns from infinitely many observations: the projection, shrunk and floored.
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    const model_type best = project(law);
    return finished(best.mean(), best.factor()).model;
  }

  /// The exact learner of the family: maximum likelihood with nothing added.
  [[nodiscard]] gaussian_estimator ideal() const { return gaussian_estimator(divisor::n); }

 private:
  [[nodiscard]] fitted<model_type> finished(const point<T, D>& mean, scaled_factor<T, D> factor) const {
    outcome result;
    if (regularisation_.shrinkage > 0 || regularisation_.floor > 0) regularise(factor, result);
    if (factor.rank() < factor.dimension()) {
      result.what = status::degenerate;
      result.reason = "the fitted covariance is singular: the data do not span every direction";
    }
    return {model_type::from_factor(mean, std::move(factor)), result};
  }

  /// (1 - a) F F' + (a tr / d + r) I, as the factor of [sqrt(1 - a) F, sqrt(a tr / d + r) I].
  void regularise(scaled_factor<T, D>& factor, outcome& result) const {
    const Index d = factor.dimension();
    const double a = regularisation_.shrinkage;
    const double level = static_cast<double>(factor.dense().squaredNorm()) / static_cast<double>(d);
    const square<T, D> added = square<T, D>::Identity(d, d) * static_cast<T>(std::sqrt(a * level + regularisation_.floor));
    factor = factor.scaled(static_cast<T>(std::sqrt(1 - a))).plus(scaled_factor<T, D>(d), added);
    result.shrinkage = a;
    result.floor = regularisation_.floor;
  }

  /// Marks a fit to stored data whose spread is made of rounding.
  [[nodiscard]] static fitted<model_type> resolved(fitted<model_type> fit) {
    const square<T, D> f = fit.model.factor().dense();
    for (Index i = 0; i < f.rows(); ++i) {
      const T spread = f.row(i).norm();
      if (spread > T(0) && spread < 32 * std::numeric_limits<T>::epsilon() * std::abs(fit.model.mean()[i])) {
        fit.result.what = status::resolution;
        fit.result.reason = "the spread of the stored data has fallen to the rounding of their mean";
      }
    }
    return fit;
  }

  divisor by_;
  gaussian_regularisation regularisation_;
};

}  // namespace simulacra
