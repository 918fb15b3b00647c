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
#include <simulacra/families/linear/detail/cross_validated.hpp>
#include <simulacra/families/linear/detail/solve.hpp>
#include <simulacra/families/linear/law.hpp>
#include <simulacra/families/linear/options.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/cross_moments.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// What a regression takes for given.
struct regression_options {
  label_noise noise;       ///< of the fitted model's labels
  bool intercept = false;  ///< whether one is fitted; it is never penalised
};

/// What the estimators below have in common. All of them eat `cross_moments`, so they can be fed stored, streamed and collapsed draws alike,
/// and weighted ones; a fit costs O(d^3) whatever n is. They are told the law of inputs, which the fitted model hands on: a regression
/// learns labels, and `linear_model::inputs` of the fit is that law.
///
/// | data | outcome |
/// |---|---|
/// | inputs that do not span every direction (n < d included) | `degenerate`: the shortest of the best weights; for `minimum_norm` and under a penalty it is `ok` |
/// | noise is estimated, and there are no more observations than parameters | `degenerate`, without noise |
/// | noise is estimated, and the labels do not vary | `degenerate` |
/// | noise is estimated, and has fallen to the rounding of the labels | `resolution` |
template <law_of_inputs Inputs>
class linear_estimator {
 public:
  using model_type = linear_model<Inputs>;
  using scalar_type = typename model_type::scalar_type;
  using summary = typename model_type::summary;
  using data = typename model_type::data;

  [[nodiscard]] const Inputs& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const regression_options& options() const noexcept { return options_; }
  [[nodiscard]] const ridge_penalty& penalty() const noexcept { return penalty_; }

  /// The regression of the pairs that `m` sums up. O(d^3).
  /// @throw std::invalid_argument if m holds no weight, or its inputs have another dimension than their law
  /// @throw std::domain_error if the weights leave the range of floating point: a lineage ends there
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const { return fit(m); }

  /// The same; nothing about these fits is random.
  [[nodiscard]] fitted<model_type> fit(const summary& m) const {
    argument::require(!m.joint().weightless(), "linear_estimator::fit", "weight()", 0, "be > 0: there is nothing to fit");
    argument::require(m.dimension() == inputs_.dimension() + 1, "linear_estimator::fit", "dimension()", m.dimension(),
                      "be that of the law of inputs, and one for the label");
    return finished(m, penalty_of_mean(m), true);
  }

  /// The penalty that a fit to these pairs has: the one that was given, or what cross-validation finds. O(d^3) then.
  [[nodiscard]] double penalty_for(const summary& m) const {
    return penalty_.is_cross_validated ? penalty_of_mean(m) * m.weight() : penalty_.at(m.weight());
  }

  /// Fits pairs. @throw std::invalid_argument if one is not finite, there is none, or inputs and labels differ in number
  [[nodiscard]] fitted<model_type> fit(const data& x, stream&) const { return fit(summary::of(x)); }

  /// Fits weighted pairs. To a penalty, a weight of 2 is a pair that was seen twice.
  [[nodiscard]] fitted<model_type> fit(const data& x, const weights<double>& w, stream&) const {
    return fit(summary::of(x, w));
  }

  /// The best member of the family for a law of pairs, by the mean square that it leaves: a linear model is its own.
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return at_infinity(law, 0);
  }

  /// What this procedure returns from infinitely many pairs.
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return at_infinity(law, penalty_.of_the_mean());
  }

 protected:
  linear_estimator(Inputs inputs, regression_options options, ridge_penalty penalty, bool few_are_fine)
      : inputs_(std::move(inputs)), options_(options), penalty_(penalty), few_are_fine_(few_are_fine) {}

  /// With the noise of maximum likelihood, where it is estimated.
  [[nodiscard]] regression_options ideal_options() const {
    regression_options best = options_;
    if (!best.noise.is_known()) best.noise = label_noise::estimated(divisor::n);
    return best;
  }

 private:
  using T = scalar_type;
  static constexpr int D = model_type::inputs_at_compile_time;

  /// The penalty over the weight.
  [[nodiscard]] double penalty_of_mean(const summary& m) const {
    if (penalty_.is_cross_validated) [[unlikely]]
      return detail::cross_validated_penalty<T, D>(options_.intercept ? m.factor_about_mean() : m.factor_about_origin(),
                                                   m.weight(), options_.intercept ? 1 : 0);
    return penalty_.size > 0 ? penalty_.at(m.weight()) / m.weight() : 0;
  }

  [[nodiscard]] fitted<model_type> finished(const summary& m, double penalty, bool finite_sample) const {
    const auto triangle = options_.intercept ? m.factor_about_mean() : m.factor_about_origin();
    const detail::solved<T, D> best = detail::solve_triangle<T, D>(triangle, penalty);
    const Index d = best.weights.size();
    T intercept = 0;
    if (options_.intercept) intercept = m.joint().mean()[d] - best.weights.dot(m.joint().mean().head(d));
    if (!best.weights.allFinite() || !std::isfinite(intercept) || !std::isfinite(best.residual))
      throw std::domain_error("linear_estimator::fit: the weights leave the range of floating point");

    outcome result;
    double noise = options_.noise.variance();
    if (best.rank != d && !few_are_fine_)
      result = {.what = status::degenerate,
                .reason = "the inputs do not span every direction: the shortest of the best weights"};
    if (!options_.noise.is_known()) noise = estimated_noise(m, best, finite_sample, result);
    return {model_type(best.weights, noise, inputs_, intercept), result};
  }

  /// @param result  what is to be said of it
  double estimated_noise(const summary& m, const detail::solved<T, D>& best, bool finite_sample, outcome& result) const {
    constexpr double rounding = 32 * static_cast<double>(std::numeric_limits<T>::epsilon());
    double noise = best.residual;
    if (finite_sample) {
      // Of equal weights, one observation is lost with each parameter; of others, what one of them weighs in the mean.
      const double weight = m.joint().degrees(divisor::n), lost = weight - m.joint().degrees(divisor::n_minus_1);
      const double left = 1 - lost / weight * static_cast<double>(best.rank + (options_.intercept ? 1 : 0));
      if (!(left > 1e-12)) {
        if (result.ok())
          result = {.what = status::degenerate,
                    .reason = "there are no more observations than parameters, and no noise can be told"};
        return 0;
      }
      if (options_.noise.by() == divisor::n_minus_1) noise /= left;
    }
    if (!result.ok()) return noise;
    if (best.label == 0)
      result = {.what = status::degenerate, .reason = "the labels do not vary"};
    else if (best.residual <= rounding * rounding * best.label && finite_sample)
      result = {.what = status::resolution, .reason = "the noise of the labels has fallen to their rounding"};
    return noise;
  }

  template <class Law>
  [[nodiscard]] model_type at_infinity(const Law& law, double penalty) const {
    if constexpr (std::same_as<Law, model_type>)
      if (penalty == 0 && (options_.intercept || law.intercept() == T(0)))
        return model_type(law.weights(), options_.noise.is_known() ? options_.noise.variance() : law.noise(), inputs_,
                          law.intercept());
    if (penalty == std::numeric_limits<double>::infinity()) penalty = (std::numeric_limits<double>::max)() / 4;
    const gaussian<T, with_label<D>> same(law.mean(), law.covariance());
    return finished(summary(moments<T, with_label<D>>(1, same.mean(), same.factor())), penalty, false).model;
  }

  Inputs inputs_;
  regression_options options_;
  ridge_penalty penalty_;
  bool few_are_fine_;
};

/// Least squares, \f$ \min_\beta \sum_i w_i (y_i - b - \beta^T x_i)^2 \f$: maximum likelihood of a `linear_model`.
template <law_of_inputs Inputs>
class least_squares : public linear_estimator<Inputs> {
 public:
  /// @param inputs  the law of inputs that fitted models have
  least_squares(Inputs inputs, regression_options options)
      : linear_estimator<Inputs>(std::move(inputs), options, {0}, false) {}

  /// The exact learner of the family: itself, its noise by maximum likelihood.
  [[nodiscard]] least_squares ideal() const { return least_squares(this->inputs(), this->ideal_options()); }
};

/// Ridge regression, \f$ \min_\beta \sum_i w_i (y_i - b - \beta^T x_i)^2 + \lambda|\beta|^2 \f$, lambda a number, a power of n, or chosen by
/// generalised cross-validation: see `ridge_penalty`. One that follows a schedule is `scheduled(ridge, [](const auto& r, const auto& at) {
/// return r.with_penalty(...at.generation...); })`. Where noise is estimated, from what this fit leaves, over n or n less the rank of the inputs.
template <law_of_inputs Inputs>
class ridge : public linear_estimator<Inputs> {
 public:
  /// @throw std::invalid_argument unless the penalty's size is finite and >= 0, and its power finite
  ridge(Inputs inputs, ridge_penalty penalty, regression_options options)
      : linear_estimator<Inputs>(std::move(inputs), options, penalty, penalty.size > 0 || penalty.is_cross_validated) {
    penalty.check("ridge");
  }

  /// The same with another penalty.
  [[nodiscard]] ridge with_penalty(ridge_penalty penalty) const { return ridge(this->inputs(), penalty, this->options()); }

  /// The exact learner of the family: least squares.
  [[nodiscard]] least_squares<Inputs> ideal() const {
    return least_squares<Inputs>(this->inputs(), this->options()).ideal();
  }
};

/// Least squares that takes the shortest of the best weights where there are several, the limit of ridge regression for a penalty that
/// goes to 0. Data that do not span every direction, such as n < d, are nothing unusual to it.
template <law_of_inputs Inputs>
class minimum_norm : public linear_estimator<Inputs> {
 public:
  minimum_norm(Inputs inputs, regression_options options)
      : linear_estimator<Inputs>(std::move(inputs), options, {0}, true) {}

  [[nodiscard]] minimum_norm ideal() const { return minimum_norm(this->inputs(), this->ideal_options()); }
};

}  // namespace simulacra
