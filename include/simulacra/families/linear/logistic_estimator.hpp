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
#include <simulacra/families/linear/logistic_law.hpp>
#include <simulacra/families/linear/options.hpp>
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
/// Each step takes the square root of the information from the weighted inputs, by Cholesky or, where that would cost digits, by QR; inputs
/// may have units as different as 1e-8 and 1e8.
///
/// | data | outcome |
/// |---|---|
/// | labels that a hyperplane separates (one class only included), without a penalty | `degenerate`: the likelihood grows for ever; the weights are those with which that was seen |
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
  using matrix = Eigen::MatrixXd;
  using vector = Eigen::VectorXd;

  /// Where the search is: margins and loss at some weights.
  struct place {
    vector weights;
    vector odds{};
    double loss = 0;
    bool separates = false;  ///< every label that has weight is on its side
  };

  [[nodiscard]] fitted<model_type> fitted_to(const data& given, const weights<double>* w) const {
    check(given);
    const Index d = given.x.rows(), n = given.x.cols(), all = d + (options_.intercept ? 1 : 0);
    // Weights of mean 1, so that the tolerance means the same whatever their size is.
    const detail::relative_weights<double> given_weights(w, n, "logistic_regression::fit");
    const double scale = static_cast<double>(n) / given_weights.total();
    weights<double> each(n);
    for (Index i = 0; i < n; ++i) each[i] = scale * given_weights[i];
    const double lambda = scale * std::ldexp(penalty_of(w, given_weights, n), -given_weights.exponent());
    matrix x(all, n);  // each input in units of its own, a power of two
    x.topRows(d) = given.x.template cast<double>();
    if (options_.intercept) x.row(d).setOnes();
    vector unit = vector::Ones(all), ridge = vector::Zero(all);
    for (Index k = 0; k < d; ++k) {
      const double largest = x.row(k).cwiseAbs().maxCoeff();
      if (largest > 0) unit[k] = std::ldexp(1.0, -std::ilogb(largest));
      x.row(k) *= unit[k];
      ridge[k] = lambda * unit[k] * unit[k];
    }
    const vector labels = given.y.row(0).transpose().template cast<double>();

    place here{vector::Zero(all)};
    look(x, labels, each, ridge, here);
    outcome result{.what = status::not_converged, .reason = "Newton's method stopped at its limit of steps"};
    double promised_before = std::numeric_limits<double>::infinity();
    bool spans = true, faded = false;
    for (Index step = 0; step < options_.steps; ++step) {
      const auto [towards, promised, full] = newton(x, labels, each, ridge, here);
      spans = spans && (full || step > 0);
      faded = faded || (!full && spans);  // labels have become certain along a direction that was there
      const bool arrived = promised <= options_.tolerance || !(promised > 1e-28 * here.loss);
      if (!arrived && lambda == 0 && here.separates && step > 0) {
        result = {.what = status::degenerate, .reason = "the labels can be separated: the likelihood has no maximum"};
        break;
      }
      // The last step is below the rounding of the loss, which cannot judge it.
      const bool moved = advance(x, labels, each, ridge, towards, arrived, here);
      if (arrived || !moved) {
        result = {};
        // Newton's steps square what is left; a promise that falls by a factor only, as e^-1, is that of a likelihood without maximum.
        if (lambda == 0 && (here.separates || faded || (arrived && promised > 1e-20 && promised > 0.05 * promised_before)))
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
    const scalar_type intercept = options_.intercept ? static_cast<scalar_type>(best[d]) : scalar_type(0);
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

  /// Sets odds, loss and separation of a place from its weights.
  static void look(const matrix& x, const vector& labels, const weights<double>& w, const vector& ridge, place& at) {
    at.odds.noalias() = x.transpose() * at.weights;
    at.loss = 0.5 * at.weights.cwiseProduct(ridge).dot(at.weights);
    at.separates = true;
    for (Index i = 0; i < x.cols(); ++i) {
      const double margin = labels[i] > 0.5 ? at.odds[i] : -at.odds[i];
      at.loss += w[i] * (margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin);
      if (!(margin > 0) && w[i] > 0) at.separates = false;
    }
  }

  struct direction {
    vector towards;
    double promised;  ///< half the squared Newton decrement: what the loss falls by, if it were quadratic
    bool full;        ///< whether the information has full rank
  };

  static direction newton(const matrix& x, const vector& labels, const weights<double>& w, const vector& ridge,
                          const place& at) {
    const Index all = x.rows(), n = x.cols();
    vector pull(n), root(n);
    for (Index i = 0; i < n; ++i) {
      const double small = std::exp(-std::abs(at.odds[i])), less = small / (1 + small);  // of the less likely label
      const double one = at.odds[i] > 0 ? 1 / (1 + small) : less;
      const double zero = at.odds[i] > 0 ? less : 1 / (1 + small);
      pull[i] = w[i] * (labels[i] > 0.5 ? zero : -one);
      root[i] = std::sqrt(w[i] * one * zero);
    }
    const vector gradient = x * pull - ridge.cwiseProduct(at.weights);
    matrix rows(all, n + all);
    rows.leftCols(n) = x * root.asDiagonal();
    rows.rightCols(all) = ridge.cwiseSqrt().asDiagonal();
    square<double> information(all, all), l(all, all);
    information.setZero();
    information.template selfadjointView<Eigen::Lower>().rankUpdate(rows);
    information.template triangularView<Eigen::StrictlyUpper>() = information.transpose();
    l.setZero();
    if (!cholesky_factor<double, dynamic>(information, l)) l = lower_factor<double, dynamic>(rows);
    direction d{gradient, 0, true};
    for (Index j = 0; j < all; ++j) {  // L z = gradient
      if (l(j, j) == 0) {
        d.full = false;
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
  /// that. @param trusted  whether to go there unseen
  static bool advance(const matrix& x, const vector& labels, const weights<double>& w, const vector& ridge,
                      const vector& towards, bool trusted, place& here) {
    place next = here;
    for (double share = 1; share > 1e-10; share /= 2) {
      next.weights = here.weights + share * towards;
      look(x, labels, w, ridge, next);
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
