#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/detail/linear_fit.hpp>
#include <simulacra/families/latent/detail/ppca_steps.hpp>
#include <simulacra/families/latent/detail/spectrum.hpp>
#include <simulacra/families/latent/factor_model.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// How factor models are fitted: `factor_options<>{.latent = 2}`.
template <class T = double, int D = dynamic>
struct factor_options {
  Index latent = -1;            ///< q, the number of factors, to be given: 0 <= q < d
  double tolerance = 1e-6;      ///< EM has converged when the mean log-likelihood changes by less, in nats per observation
  Index max_iterations = 1000;  ///< of one start; EM that stops here has the outcome `not_converged`
  Index restarts =
      1;  ///< the first at the data's principal components, others at fixed numbers; the likeliest result is kept
  std::optional<factor_model<T, D>> start{};  ///< a start of one's own, in the place of those
};

/// A fitted factor model with what is known about its fit.
template <class T = double, int D = dynamic>
struct factor_fit {
  factor_model<T, D> model;
  outcome result{};
  double log_likelihood = 0;  ///< mean, in nats per observation, with every coordinate in units of its own spread
  Index iterations = 0;       ///< of the start that was kept
};

/// Fits factor analysis, \f$ x \sim N(\mu, W W^T + \Psi) \f$ with Psi diagonal, by EM.
///
/// EM needs nothing of the data but their mean and covariance, so it eats `moments<T, D>`, may be fed any kind of draws, and its fit to
/// infinitely many data of a law is exact (`population_fit`). Starts are fixed: nothing about a fit is random. There is no closed
/// form of maximum likelihood; `ideal()` is EM to a tight tolerance from several starts, and so is `project(law)`, which has no
/// Monte Carlo error, but the tolerance of its search.
///
/// A coordinate whose own noise goes to 0 (a Heywood case) keeps 1e-6 of its spread, and the outcome is `degenerate`, once it is
/// there. EM comes near it ever more slowly: a search of some thousand steps stops before, at a small noise (0.3 to 2 % of the
/// spread, say), with the outcome `not_converged`, or with none where the tolerance is wide.
/// Source: Rubin and Thayer (1982), "EM algorithms for ML factor analysis", Psychometrika 47.
template <class T = double, int D = dynamic>
class factor_estimator {
 public:
  using summary = moments<T, D>;
  using model_type = factor_model<T, D>;

  /// @throw std::invalid_argument if an option is out of range: see `factor_options`
  explicit factor_estimator(divisor by, factor_options<T, D> options) : by_(by), options_(std::move(options)) {
    const auto& o = options_;
    argument::require(o.latent >= 0, name, "latent", o.latent, "be given, and not be negative");
    argument::require(o.tolerance >= 0 && o.tolerance <= (std::numeric_limits<double>::max)(), name, "tolerance",
                      o.tolerance, "be >= 0 and finite");
    argument::require(o.max_iterations >= 0, name, "max_iterations", o.max_iterations, "not be negative");
    argument::require(o.restarts >= 1, name, "restarts", o.restarts, "be at least 1");
    if (o.start)
      argument::require(o.start->latent_dimension() == o.latent, name, "start.latent_dimension()",
                        o.start->latent_dimension(), "equal the number of factors");
  }

  [[nodiscard]] divisor by() const noexcept { return by_; }
  [[nodiscard]] const factor_options<T, D>& options() const noexcept { return options_; }

  /// The same estimator, started from this model and from nothing else.
  [[nodiscard]] factor_estimator starting_from(model_type start) const {
    factor_options<T, D> o = options_;
    o.start = std::move(start);
    return factor_estimator(by_, std::move(o));
  }

  /// Fits the data that m sums up. O(restarts iterations d^2 q). Throws as `ppca_estimator::fit`.
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const { return fit(m); }
  [[nodiscard]] fitted<model_type> fit(const summary& m) const {
    factor_fit<T, D> whole = fit_in_detail(m);
    return {std::move(whole.model), whole.result};
  }
  [[nodiscard]] factor_fit<T, D> fit_in_detail(const summary& m) const {
    return search(detail::latent::target_of(m, by_, "factor_estimator::fit"));
  }

  /// Fits observations, d x n. @throw std::invalid_argument if one is not finite, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    argument::require_finite(x, "factor_estimator::fit", "x");
    argument::require(x.cols() >= 1, "factor_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return fit(summary::of(x));
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    argument::require_finite(x, "factor_estimator::fit", "x");
    return fit(summary::of(x, w));
  }

  /// The best factor model for a law, by KL(law || .), as near as EM comes to it. One that the family holds is its own.
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    if constexpr (std::derived_from<Law, model_type>)
      if (law.latent_dimension() <= options_.latent) return law;
    return ideal().search(detail::latent::target_of<T, D>(law)).model;
  }

  /// What this procedure returns from infinitely many observations of a law: the same steps from the same starts.
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return search(detail::latent::target_of<T, D>(law)).model;
  }

  /// The nearest to maximum likelihood that EM comes: five starts, a tolerance of 1e-13, 20000 iterations.
  [[nodiscard]] factor_estimator ideal() const {
    return factor_estimator(divisor::n,
                            {.latent = options_.latent, .tolerance = 1e-13, .max_iterations = 20000, .restarts = 5});
  }

 private:
  using target = detail::latent::target<T, D>;
  static constexpr std::string_view name = "factor_estimator";
  static constexpr double least_noise = 1e-12;  ///< variance, in units of a coordinate's own

  struct parameters {
    Eigen::MatrixXd w;
    Eigen::VectorXd psi;  ///< variances
    double log_likelihood = -std::numeric_limits<double>::infinity();
    Index iterations = 0;
    bool converged = false;
  };

  [[nodiscard]] factor_fit<T, D> search(const target& to) const {
    const Index q = options_.latent, d = to.mean.size();
    argument::require(q < d, name, "latent", q, "be less than the dimension of the data");
    const auto plain = detail::latent::plain(to.root);
    // Each coordinate in units of its own spread: what EM does there does not depend on anybody's units.
    Eigen::VectorXd spread(d);
    for (Index j = 0; j < d; ++j) spread[j] = plain.root.row(j).stableNorm();  // squares of 1e-200 are 0
    const Eigen::VectorXd unit = (spread.array() > 0).select(spread, 1.0);
    const Eigen::MatrixXd root = unit.cwiseInverse().asDiagonal() * plain.root;
    const Eigen::MatrixXd s = root * root.transpose();
    parameters best;
    if (options_.start) {
      argument::require(options_.start->dimension() == d, name, "start.dimension()", options_.start->dimension(),
                        "equal the dimension of the data");
      const auto in_plain_units = [&](double v) { return detail::times_power_of_two(v, -plain.exponent); };
      parameters at;
      at.w = unit.cwiseInverse().asDiagonal() *
             Eigen::MatrixXd(options_.start->loadings().template cast<double>().unaryExpr(in_plain_units));
      const Eigen::VectorXd noise = options_.start->noise().template cast<double>().unaryExpr(in_plain_units);
      at.psi = noise.cwiseQuotient(unit).array().square();
      best = climbed(s, std::move(at));
    } else {
      for (Index k = 0; k < options_.restarts; ++k) {
        parameters result = climbed(s, start(root, k));
        if (k == 0 || result.log_likelihood > best.log_likelihood) best = std::move(result);
      }
    }
    return finished(to, best, spread, unit, plain.exponent);
  }

  [[nodiscard]] parameters start(const Eigen::MatrixXd& root, Index number) const {
    const Index d = root.rows(), q = options_.latent;
    parameters at;
    at.psi = Eigen::VectorXd::Constant(d, 0.5);
    at.w = detail::latent::fixed_numbers(d, q, static_cast<std::uint64_t>(number)) /
           std::sqrt(2.0 * std::max<double>(1, static_cast<double>(q)));
    if (number > 0) return at;
    const auto axes = detail::latent::spectrum_of(root, q);
    const double noise = axes.deviations.tail(d - q).norm() / std::sqrt(static_cast<double>(d - q));
    // Where a principal component is no wider than the noise, a little of the fixed numbers lets EM leave.
    for (Index k = 0; k < q; ++k)
      at.w.col(k) =
          axes.axes.col(k) * std::sqrt((std::max)(0.0, (axes.deviations[k] - noise) * (axes.deviations[k] + noise))) +
          1e-3 * at.w.col(k);
    at.psi = ((1 - at.w.rowwise().squaredNorm().array()).max)(0.05);
    return at;
  }

  /// EM. With A = Psi^-1 W, M = I + W'A, B = A M^-1 (so that B'x is the posterior mean), and C = S B:
  /// \f[ W' = C (M^{-1} + B^T C)^{-1}, \qquad \Psi' = \mathrm{diag}(S - W' C^T). \f]
  [[nodiscard]] parameters climbed(const Eigen::MatrixXd& s, parameters at) const {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    const Index d = s.rows(), q = at.w.cols();
    const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(q, q);
    at.psi = at.psi.cwiseMax(least_noise);
    Eigen::MatrixXd a(d, q), b(d, q), c(d, q), m(q, q), inner(q, q), inverse(q, q);
    for (;;) {
      a.noalias() = at.psi.cwiseInverse().asDiagonal() * at.w;
      m.noalias() = at.w.transpose() * a;
      m += one;
      const Eigen::LLT<Eigen::MatrixXd> root(m);
      inverse = root.solve(one);
      b.noalias() = a * inverse;
      c.noalias() = s * b;
      inner.noalias() = b.transpose() * c;
      double log_det = at.psi.array().log().sum();
      for (Index k = 0; k < q; ++k) log_det += 2 * std::log(root.matrixLLT()(k, k));
      const double trace = (s.diagonal().array() / at.psi.array()).sum() - (inner * m).trace();
      const double now = -0.5 * (static_cast<double>(d) * log_two_pi + log_det + trace);
      if (!std::isfinite(now)) throw std::domain_error("factor_estimator::fit: the search left the range of floating point");
      at.converged = at.iterations > 0 && std::abs(now - at.log_likelihood) < options_.tolerance;
      at.log_likelihood = now;
      if (at.converged || at.iterations == options_.max_iterations) return at;
      ++at.iterations;
      inner += inverse;
      at.w.noalias() = c * Eigen::LLT<Eigen::MatrixXd>(inner).solve(one);
      at.psi = (s.diagonal() - at.w.cwiseProduct(c).rowwise().sum()).cwiseMax(least_noise);
    }
  }

  [[nodiscard]] factor_fit<T, D> finished(const target& to, const parameters& at, const Eigen::VectorXd& spread,
                                          const Eigen::VectorXd& unit, std::int64_t exponent) const {
    const auto in_data_units = [exponent](double v) { return detail::times_power_of_two(v, exponent); };
    const Eigen::MatrixXd w = (unit.asDiagonal() * at.w).eval().unaryExpr(in_data_units);
    Eigen::VectorXd noise = unit.cwiseProduct(at.psi.cwiseSqrt()).unaryExpr(in_data_units);
    bool lost = false;
    for (Index j = 0; j < noise.size(); ++j) {
      lost = lost || !(at.psi[j] > least_noise);
      if (!(spread[j] > 0)) noise[j] = 0;
    }
    double largest = static_cast<double>(to.mean.cwiseAbs().maxCoeff());
    largest = (std::max)({largest, noise.maxCoeff(), w.size() > 0 ? w.cwiseAbs().maxCoeff() : 0.0});
    detail::latent::require_in_range<T>(largest, "factor_estimator::fit");
    factor_fit<T, D> done{
        model_type(to.mean, w.template cast<T>(), noise.template cast<T>()), {}, at.log_likelihood, at.iterations};
    const bool rounded = detail::latent::made_of_rounding(to, noise);
    if (rounded && detail::latent::spread_is_rounding(to))
      done.result = {status::resolution, "the spread of the data has fallen to the rounding of their mean"};
    else if (lost || rounded)
      done.result = {status::degenerate, "a coordinate has no noise of its own left"};
    else if (!at.converged)
      done.result = {status::not_converged, "EM stopped at its limit"};
    return done;
  }

  divisor by_;
  factor_options<T, D> options_;
};

}  // namespace simulacra
