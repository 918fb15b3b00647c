#pragma once

#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/linear/detail/logistic_sums.hpp>
#include <simulacra/families/linear/logistic_law.hpp>
#include <simulacra/families/linear/options.hpp>
#include <simulacra/numerics/cholesky.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How a logistic regression is fitted.
struct logistic_options {
  /// lambda: half of it times |beta|^2 is added to the *sum* of log losses. The intercept is free.
  ridge_penalty penalty{0};
  bool intercept = false;  ///< whether one is fitted
  /// The last step is the first that promises no more than this, in nats of the log likelihood; it squares what is left.
  double tolerance = 1e-16;
  Index steps = 100;  ///< Newton steps at most
};

/// Logistic regression by Newton's method (iteratively reweighted least squares), each step halved until the loss does not rise:
/// \f[ \min_{\beta,b}\ \sum_i w_i\log\bigl(1+e^{-(2y_i-1)(b+\beta^Tx_i)}\bigr)+\tfrac\lambda2|\beta|^2 \f]
/// Each step takes the square root of the information from the weighted inputs, by Cholesky or, where that would cost digits, by QR, until
/// the loss is within a ten-thousandth of its minimum, from where on the last root does; inputs may have units as different as 1e-8 and 1e8.
///
/// | data | outcome |
/// |---|---|
/// | labels that a hyperplane separates, without a penalty; one class only, also under a penalty where there is an intercept | `degenerate`: the likelihood grows for ever; the weights are those with which that was seen |
/// | inputs that do not span every direction, without a penalty | `degenerate`: of the best weights, those without the directions that follow from others |
/// | more than `steps` | `not_converged` |
/// Reference: McCullagh and Nelder (1989), "Generalized linear models"; separation: Albert and Anderson (1984), Biometrika 71.
template <law_of_inputs Inputs>
class logistic_regression {
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

  /// Fits pairs. O(n d^2) for each step, of which there are about eight.
  /// @throw std::invalid_argument if there is none, an input is not finite, a label is neither 0 nor 1, or they differ in number
  [[nodiscard]] fitted<model_type> fit(const data& x, stream&) const { return fitted_to(x, nullptr); }

  /// Fits weighted pairs; to a penalty, a weight of 2 is a pair that was seen twice.
  [[nodiscard]] fitted<model_type> fit(const data& x, const weights<double>& w, stream&) const { return fitted_to(x, &w); }

 private:
  using sums = detail::logistic_sums<double>;
  using place = typename sums::place;
  using matrix = typename sums::matrix;
  using vector = typename sums::vector;

  [[nodiscard]] fitted<model_type> fitted_to(const data& given, const weights<double>* w) const {
    check(given);
    const Index d = given.x.rows(), n = given.x.cols(), all = d + (options_.intercept ? 1 : 0);
    // Weights of mean 1, so that the tolerance means the same whatever their size is.
    const detail::relative_weights<double> given_weights(w, n, "logistic_regression::fit");
    const double scale = static_cast<double>(n) / given_weights.total();
    weights<double> each(n);
    for (Index i = 0; i < n; ++i) each[i] = scale * given_weights[i];
    const double lambda = scale * std::ldexp(penalty_of(w, given_weights, n), -given_weights.exponent());
    matrix x(n, all);  // each input in units of its own, a power of two
    x.leftCols(d) = given.x.transpose().template cast<double>();
    if (options_.intercept) x.col(d).setOnes();
    vector unit = vector::Ones(all), ridge = vector::Zero(all), centre = vector::Zero(all);
    for (Index k = 0; k < d; ++k) {
      // Beside an intercept, about their mean, so that no digit is lost to an offset. What has no weight is not looked at.
      if (options_.intercept) {
        for (Index i = 0; i < n; ++i)
          if (each[i] > 0) centre[k] += each[i] / static_cast<double>(n) * x(i, k);
        x.col(k).array() -= centre[k];
      }
      x.col(k) = (each.array() > 0).select(x.col(k), 0.0);
      const double largest = x.col(k).cwiseAbs().maxCoeff();
      if (largest > 0) unit[k] = std::ldexp(1.0, -std::ilogb(largest));
      x.col(k) *= unit[k];
      ridge[k] = lambda * unit[k] * unit[k];
    }
    const sums pairs(std::move(x), given.y, each, std::move(ridge));

    // Without a penalty any hyperplane that separates lets the likelihood grow for ever; under one, the intercept alone does, which is free.
    bool one_class = options_.intercept;
    for (Index i = 0, first = -1; i < n && one_class; ++i) {
      if (!(each[i] > 0)) continue;
      if (first < 0) first = i;
      one_class = given.y(0, i) == given.y(0, first);
    }
    const bool boundless = lambda == 0 || one_class;

    place here{vector::Zero(all)};
    pairs.look(here, true);
    outcome result{.what = status::not_converged, .reason = "Newton's method stopped at its limit of steps"};
    double promised_before = std::numeric_limits<double>::infinity();
    bool spans = true, faded = false, old_root = false;
    square<double> root;
    for (Index step = 0; step < options_.steps; ++step) {
      bool full = true;
      if (!old_root) root = root_of(pairs, here), full = (root.diagonal().array() != 0).all();
      const auto [towards, promised] = newton(root, here.gradient);
      spans = spans && (full || step > 0);
      faded = faded || (!full && spans);  // labels have become certain along a direction that was there
      // A step by an old root divides what is left by a hundred or more, where one by its own root squares it.
      const double enough = old_root ? 1e-8 * options_.tolerance : options_.tolerance;
      const bool arrived = promised <= enough || !(promised > 1e-28 * here.loss);
      if (!arrived && boundless && here.separates && step > 0) {
        result = {.what = status::degenerate, .reason = "the labels can be separated: the likelihood has no maximum"};
        break;
      }
      const bool slow = old_root && promised > 0.01 * promised_before;
      // Near the maximum the information changes no more, and its root is kept: that is most of a step's cost.
      old_root = full && !slow && promised <= 1e-4 * here.loss;
      // What is promised by the last steps is below the rounding of the loss, which cannot judge them.
      const bool moved = advance(pairs, towards, arrived || promised <= 1e-13 * here.loss, !arrived && !old_root, here);
      if (arrived || !moved) {
        result = {};
        // Newton's steps square what is left; a promise that falls by a factor only, as e^-1, is that of a likelihood without maximum.
        if (boundless && (here.separates || faded || (arrived && promised > 1e-20 && promised > 0.05 * promised_before)))
          result = {.what = status::degenerate, .reason = "the labels can be separated: the likelihood has no maximum"};
        break;
      }
      promised_before = promised;
    }
    if (result.ok() && !spans)
      result = {.what = status::degenerate,
                .reason = "the inputs do not span every direction: some weights follow from none"};

    const vector best = here.weights.cwiseProduct(unit);
    typename model_type::input_type weights = best.head(d).template cast<scalar_type>();
    const scalar_type intercept =
        options_.intercept ? static_cast<scalar_type>(best[d] - best.head(d).dot(centre.head(d))) : scalar_type(0);
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
    argument::require_finite(x.x, "logistic_regression::fit", "x");
    for (Index i = 0; i < x.y.cols(); ++i)
      argument::require(x.y(0, i) == scalar_type(0) || x.y(0, i) == scalar_type(1), "logistic_regression::fit", "y",
                        x.y(0, i), "be 0 or 1");
  }

  [[nodiscard]] double penalty_of(const weights<double>* w, const detail::relative_weights<double>& relative,
                                  Index n) const {
    if (options_.penalty.size == 0) return 0;
    return options_.penalty.at(w == nullptr || w->size() == 0 ? static_cast<double>(n)
                                                              : std::ldexp(relative.total(), relative.exponent()));
  }

  /// The lower root of the information at a place, penalty included; of what has no direction, zeros.
  static square<double> root_of(const sums& pairs, const place& at) {
    square<double> information = at.information, l = square<double>::Zero(information.rows(), information.rows());
    information.diagonal() += pairs.ridge();
    information.template triangularView<Eigen::StrictlyUpper>() = information.transpose();
    if (!cholesky_factor<double, dynamic>(information, l)) l = lower_factor<double, dynamic>(pairs.roots(at));
    return l;
  }

  struct direction {
    vector towards;
    double promised;  ///< half the squared Newton decrement: what the loss falls by, if it were quadratic
  };

  static direction newton(const square<double>& l, const vector& gradient) {
    const Index all = l.rows();
    direction d{gradient, 0};
    for (Index j = 0; j < all; ++j) {  // L z = gradient
      if (l(j, j) == 0) {
        d.towards[j] = 0;
        continue;
      }
      d.towards[j] /= l(j, j);
      d.promised += 0.5 * d.towards[j] * d.towards[j];
      for (Index i = j + 1; i < all; ++i) d.towards[i] -= l(i, j) * d.towards[j];
    }
    for (Index j = all; j-- > 0;) {  // L' step = z
      if (l(j, j) == 0) continue;
      for (Index i = j + 1; i < all; ++i) d.towards[j] -= l(i, j) * d.towards[i];
      d.towards[j] /= l(j, j);
    }
    return d;
  }

  /// Goes there, or a half, a quarter, ... of the way, so that the loss does not rise by more than its rounding. False where no step does
  /// that. @param trusted  whether to go there unseen   @param information  whether that is wanted there
  static bool advance(const sums& pairs, const vector& towards, bool trusted, bool information, place& here) {
    place next;
    for (double share = 1; share > 1e-10; share /= 2) {
      next.weights = here.weights + share * towards;
      pairs.look(next, information);
      if (trusted || next.loss <= here.loss * (1 + 1e-14)) {
        here = std::move(next);
        return true;
      }
    }
    return false;
  }

  Inputs inputs_;
  logistic_options options_;
};

}  // namespace simulacra
