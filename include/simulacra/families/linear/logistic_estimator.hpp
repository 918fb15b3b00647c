#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/detail/logistic_search.hpp>
#include <simulacra/families/linear/detail/logistic_sums.hpp>
#include <simulacra/families/linear/fixed_inputs.hpp>
#include <simulacra/families/linear/label_law.hpp>
#include <simulacra/families/linear/logistic_law.hpp>
#include <simulacra/families/linear/logistic_population.hpp>
#include <simulacra/families/linear/options.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How a logistic regression is fitted.
struct logistic_options {
  /// lambda: half of it times |beta|^2 is added to the *sum* of log losses. The intercept is free.
  ridge_penalty penalty{0};
  bool intercept = false;  ///< whether one is fitted
  /// The last of Newton's steps is the first that promises no more than this, in nats of the log likelihood; it squares what is left. A
  /// step that does not form the information is the last if, after it, no more than tolerance^1.5 can be left: 1e-24, or of 1e-4 a millionth.
  double tolerance = 1e-16;
  Index steps = 100;  ///< at most
};

/// Logistic regression by Newton's method (iteratively reweighted least squares), each step halved until the loss does not rise:
/// \f[ \min_{\beta,b}\ \sum_i w_i\log\bigl(1+e^{-(2y_i-1)(b+\beta^Tx_i)}\bigr)+\tfrac\lambda2|\beta|^2 \f]
/// Each step takes the square root of the information from the weighted inputs, by Cholesky or, where that would cost digits, by QR, until
/// the loss is within a ten-thousandth of its minimum, from where on the last root does, corrected by what gradients teach (limited-memory
/// BFGS). Of many data, gradients alone go first, as long as each step divides by ten what is left: under a penalty they end there, and
/// without one Newton's steps begin there. Inputs may have units as different as 1e-8 and 1e8.
///
/// | data | outcome |
/// |---|---|
/// | labels that a hyperplane separates, without a penalty; one class only, also under a penalty where there is an intercept | `degenerate`: the likelihood grows for ever; the weights are those with which that was seen |
/// | inputs that do not span every direction, without a penalty | `degenerate`: of the best weights, those without the directions that follow from others |
/// | more than `steps` | `not_converged` |
/// Reference: McCullagh and Nelder (1989), "Generalized linear models"; separation: Albert and Anderson (1984), Biometrika 71.
template <law_of_inputs Inputs>
class logistic_regression {
  using numbers = detail::numbers_of<data_of<Inputs>>;

  /// Inputs over which labels can be averaged exactly: Gaussian ones, or a fixed design.
  template <class Other>
  static constexpr bool known_inputs = std::is_same_v<Other, gaussian<typename numbers::scalar, numbers::dimension>> ||
                                       std::is_same_v<Other, fixed_inputs<typename numbers::scalar, numbers::dimension>>;

 public:
  using model_type = logistic_model<Inputs>;
  using scalar_type = typename model_type::scalar_type;
  using data = typename model_type::data;

  /// @param inputs  the law of inputs that fitted models have
  /// @throw std::invalid_argument unless penalty.size and tolerance are >= 0, and steps >= 1
  explicit logistic_regression(Inputs inputs, logistic_options options = {})
      : inputs_(std::move(inputs)), options_(options) {
    options.penalty.check("logistic_regression");
    argument::require(!options.penalty.is_cross_validated, "logistic_regression", "penalty", "cross_validated()",
                      "be given");
    argument::require(options.tolerance >= 0, "logistic_regression", "tolerance", options.tolerance, "be >= 0");
    argument::require(options.steps >= 1, "logistic_regression", "steps", options.steps, "be at least 1");
  }

  [[nodiscard]] const Inputs& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const logistic_options& options() const noexcept { return options_; }

  /// The exact learner of the family: maximum likelihood.
  [[nodiscard]] logistic_regression ideal() const {
    logistic_options best = options_;
    best.penalty = {0};
    return logistic_regression(inputs_, best);
  }

  /// The best member of the family for a law of labels over Gaussian inputs or over a design, by the divergence of labels: the law itself, unless
  /// it has an intercept and the family has none. @throw std::domain_error if inputs do not span every direction
  template <class Other>
    requires known_inputs<Other>
  [[nodiscard]] model_type project(const logistic_model<Other>& law) const {
    return at_infinity(law, 0);
  }

  /// What this procedure returns from infinitely many pairs of that law: only a penalty that grows with n is left of it.
  template <class Other>
    requires known_inputs<Other>
  [[nodiscard]] model_type population_fit(const logistic_model<Other>& law) const {
    return at_infinity(law, options_.penalty.of_the_mean());
  }

  /// Fits pairs. About eight steps of O(n d), or O(n d^2) where they form the information.
  /// @throw std::invalid_argument if there is none, an input is not finite, a label is neither 0 nor 1, or they differ in number
  [[nodiscard]] fitted<model_type> fit(const data& x, stream&) const { return fitted_to(x, nullptr); }

  /// Fits weighted pairs; to a penalty, a weight of 2 is a pair that was seen twice.
  [[nodiscard]] fitted<model_type> fit(const data& x, const weights<double>& w, stream&) const { return fitted_to(x, &w); }

 private:
  using sums = detail::logistic_sums<double>;
  using matrix = typename sums::matrix;
  using vector = typename sums::vector;

  template <class Other>
  [[nodiscard]] model_type at_infinity(const logistic_model<Other>& law, double penalty) const {
    argument::require(law.weights().size() == static_cast<Index>(inputs_.dimension()), "logistic_regression::project",
                      "law.weights().size()", law.weights().size(), "be the dimension of the law of inputs");
    if (penalty == 0 && (options_.intercept || law.intercept() == 0))
      return model_type(law.weights(), inputs_, law.intercept());
    if constexpr (requires { law.inputs().data(); }) {
      // Each input with either label, with its probability for a weight.
      const auto& x = law.inputs().data();
      const point<> one = law.probabilities(x);
      const Index n = x.cols();
      data both{samples<scalar_type, model_type::inputs_at_compile_time>(x.rows(), 2 * n),
                samples<scalar_type, 1>(1, 2 * n)};
      weights<double> w(2 * n);
      both.x << x, x;
      both.y.leftCols(n).setOnes(), both.y.rightCols(n).setZero();
      w << one.array(), 1 - one.array();
      logistic_options how = options_;
      how.penalty = {(std::min)(penalty, (std::numeric_limits<double>::max)() / 4 / static_cast<double>(n)), 1};
      return logistic_regression(inputs_, how).fitted_to(both, &w).model;
    } else {
      const vector best = detail::population_weights(law, penalty, options_.intercept);
      typename model_type::input_type beta = best.head(law.weights().size()).template cast<scalar_type>();
      return model_type(std::move(beta), inputs_,
                        options_.intercept ? static_cast<scalar_type>(best[best.size() - 1]) : scalar_type(0));
    }
  }

  [[nodiscard]] fitted<model_type> fitted_to(const data& given, const weights<double>* w) const {
    check(given);
    const Index d = given.x.rows(), n = given.x.cols(), all = d + (options_.intercept ? 1 : 0);
    // Weights of mean 1, so that the tolerance means the same whatever their size is.
    const detail::relative_weights<double> given_weights(w, n, "logistic_regression::fit");
    const double scale = static_cast<double>(n) / given_weights.total();
    weights<double> each(n);
    for (Index i = 0; i < n; ++i) each[i] = scale * given_weights[i];
    const double lambda = scale * std::ldexp(penalty_of(w, given_weights, n), -given_weights.exponent());

    // Without a penalty any hyperplane that separates lets the likelihood grow for ever; under one, the intercept alone does, which is free.
    bool one_class = options_.intercept;
    for (Index i = 0, first = -1; i < n && one_class; ++i) {
      if (!(each[i] > 0)) continue;
      if (first < 0) first = i;
      one_class = given.y(0, i) == given.y(0, first);
    }
    const bool boundless = lambda == 0 || one_class;

    // Inputs are read where they lie if they can be: doubles of an everyday size, all with a weight, without an intercept.
    if constexpr (std::is_same_v<scalar_type, double>) {
      if (!options_.intercept && each.minCoeff() > 0) {
        sums pairs(given.x.data(), d, n, given.y, each);
        if (everyday(pairs)) return fitted_by(pairs, lambda, boundless, vector::Ones(d), vector::Zero(d));
      }
    }
    argument::require_finite(given.x, "logistic_regression::fit", "x");
    // Beside an intercept, about their mean, so that no digit is lost to an offset. What has no weight is not looked at.
    vector centre = vector::Zero(d);
    for (Index i = 0; i < n && options_.intercept; ++i)
      if (each[i] > 0) centre += each[i] / static_cast<double>(n) * given.x.col(i).template cast<double>();
    matrix x(all, n);
    for (Index i = 0; i < n; ++i) {
      if (each[i] > 0)
        x.col(i).head(d) = given.x.col(i).template cast<double>() - centre;
      else
        x.col(i).head(d).setZero();
      if (options_.intercept) x(d, i) = 1;
    }
    {
      sums pairs(x.data(), all, n, given.y, each);
      if (everyday(pairs)) return fitted_by(pairs, lambda, boundless, vector::Ones(all), centre);
    }
    const vector own = x.cwiseAbs().rowwise().maxCoeff().unaryExpr(&unit_of);
    for (Index i = 0; i < n; ++i) x.col(i) = x.col(i).cwiseProduct(own);
    sums pairs(x.data(), all, n, given.y, each);
    return fitted_by(pairs, lambda, boundless, own, centre);
  }

  /// Whether squares of all inputs are in range.
  static bool everyday(const sums& pairs) {
    const vector largest = pairs.largest();
    return pairs.finite() && (largest.array() > 1e-100 && largest.array() < 1e100).all();
  }

  /// A power of two that brings what is this large to about 1.
  static double unit_of(double largest) { return largest > 0 ? std::ldexp(1.0, (std::min)(1000, -std::ilogb(largest))) : 1; }

  /// @param own  what inputs were multiplied by   @param centre  what was taken off them before, under an intercept, whose weight is the last
  [[nodiscard]] fitted<model_type> fitted_by(sums& pairs, double lambda, bool boundless, const vector& own,
                                             const vector& centre) const {
    const Index d = centre.size();
    const vector in_it = pairs.largest().unaryExpr(&unit_of), unit = in_it.cwiseProduct(own);
    vector ridge = lambda * unit.cwiseAbs2();
    ridge.tail(unit.size() - d).setZero();
    pairs.measure_in(in_it, std::move(ridge));
    const auto [found, result] = detail::logistic_search<sums>(pairs, options_.tolerance, options_.steps, boundless).best();
    const vector best = found.cwiseProduct(unit);
    typename model_type::input_type weights = best.head(d).template cast<scalar_type>();
    const scalar_type intercept =
        options_.intercept ? static_cast<scalar_type>(best[d] - best.head(d).dot(centre)) : scalar_type(0);
    if (!weights.allFinite() || !std::isfinite(intercept))
      throw std::domain_error("logistic_regression::fit: the weights leave the range of floating point");
    return {model_type(std::move(weights), inputs_, intercept), result};
  }

  void check(const data& x) const {
    argument::require(x.x.rows() == static_cast<Index>(inputs_.dimension()), "logistic_regression::fit", "x.rows()",
                      x.x.rows(), "be the dimension of the law of inputs");
    argument::require(x.x.cols() >= 1, "logistic_regression::fit", "x.cols()", x.x.cols(), "be at least 1");
    argument::require(x.y.cols() == x.x.cols(), "logistic_regression::fit", "y.cols()", x.y.cols(),
                      "be the number of inputs");
    for (Index i = 0; i < x.y.cols(); ++i)
      if (x.y(0, i) != scalar_type(0) && x.y(0, i) != scalar_type(1))
        argument::reject("logistic_regression::fit", "y", x.y(0, i), "be 0 or 1");
  }

  [[nodiscard]] double penalty_of(const weights<double>* w, const detail::relative_weights<double>& relative,
                                  Index n) const {
    if (options_.penalty.size == 0) return 0;
    return options_.penalty.at(w == nullptr || w->size() == 0 ? static_cast<double>(n)
                                                              : std::ldexp(relative.total(), relative.exponent()));
  }

  Inputs inputs_;
  logistic_options options_;
};

}  // namespace simulacra
