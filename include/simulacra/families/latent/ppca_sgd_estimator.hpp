#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/detail/linear_fit.hpp>
#include <simulacra/families/latent/detail/minibatches.hpp>
#include <simulacra/families/latent/detail/ppca_steps.hpp>
#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/families/latent/ppca_estimator.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// How PPCA laws are fitted by stochastic gradient: `ppca_sgd_options<>{.latent = 2}`. The search works in units in which the mean
/// variance of a coordinate is 1.
template <class T = double, int D = dynamic>
struct ppca_sgd_options {
  Index latent = -1;            ///< q, the number of latent dimensions, to be given: 0 <= q < d
  Index steps = 2000;           ///< minibatches that are looked at, of ever so many data: stopping early is a smaller number
  Index batch = 32;             ///< observations in a step
  double learning_rate = 0.01;  ///< of the first step, in the log-likelihood per observation
  double decay = 0;             ///< step t has the rate learning_rate / (1 + decay t)
  double tolerance =
      0.01;  ///< nats per observation: a fit that falls short of the greatest likelihood by more is `not_converged`
  std::optional<ppca<T, D>> start{};  ///< where the search begins; else at fixed numbers, the same in every fit
};

/// A law fitted by stochastic gradient, with what is known about the search.
template <class T = double, int D = dynamic>
struct ppca_sgd_fit {
  ppca<T, D> model;
  outcome result{};
  Index steps = 0;
  double shortfall =
      0;  ///< mean log-likelihood of the data under the closed form, less that under this law: nats per observation, >= 0
          ///< but for rounding; infinite where the closed form leaves no noise
};

/// Fits probabilistic principal component analysis by stochastic gradient ascent of the log-likelihood, on minibatches: what is done
/// to models that have no closed form, done to one that has it, so that what the search loses is known to the last digit.
///
/// It eats the observations themselves. The mean is that of the data; loadings and noise are searched for, from the order of
/// the data that the stream of the fit shuffles. With a constant rate the search ends in a cloud about the best law, whose size is in
/// proportion to the rate; with `decay` > 0 it converges. A search that leaves the range of floating point returns the law
/// before that step, with the outcome `not_converged`.
/// Source of the likelihood: Tipping and Bishop (1999), "Probabilistic principal component analysis", J. R. Statist. Soc. B 61.
template <class T = double, int D = dynamic>
class ppca_sgd_estimator {
 public:
  using model_type = ppca<T, D>;

  /// @throw std::invalid_argument if an option is out of range: see `ppca_sgd_options`
  explicit ppca_sgd_estimator(ppca_sgd_options<T, D> options) : options_(std::move(options)) {
    constexpr double most = (std::numeric_limits<double>::max)();
    const auto& o = options_;
    argument::require(o.latent >= 0, name, "latent", o.latent, "be given, and not be negative");
    argument::require(o.steps >= 0, name, "steps", o.steps, "not be negative");
    argument::require(o.batch >= 1, name, "batch", o.batch, "be at least 1");
    argument::require(o.learning_rate > 0 && o.learning_rate <= most, name, "learning_rate", o.learning_rate,
                      "be > 0 and finite");
    argument::require(o.decay >= 0 && o.decay <= most, name, "decay", o.decay, "be >= 0 and finite");
    argument::require(o.tolerance >= 0, name, "tolerance", o.tolerance, "be >= 0");
    if (o.start)
      argument::require(o.start->latent_dimension() == o.latent, name, "start.latent_dimension()",
                        o.start->latent_dimension(), "equal the number of latent dimensions");
  }

  [[nodiscard]] const ppca_sgd_options<T, D>& options() const noexcept { return options_; }

  /// The same estimator, its search started from this law.
  [[nodiscard]] ppca_sgd_estimator starting_from(model_type start) const {
    ppca_sgd_options<T, D> o = options_;
    o.start = std::move(start);
    return ppca_sgd_estimator(std::move(o));
  }

  /// Fits observations, d x n. O(d^3 + n d^2 + steps d^2 (batch + q)).
  /// @throw std::invalid_argument if there is none, one is not finite, or d <= q
  /// @throw std::domain_error if the mean or the spread comes within a factor of 10^4 of overflow: a lineage ends there
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream& rng) const { return brief(search(x, nullptr, rng)); }

  /// Fits weighted observations: each counts so much in its step. Only ratios of weights matter.
  /// @throw std::invalid_argument if a weight is negative or not finite, none is positive, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream& rng) const {
    return brief(search(x, &w, rng));
  }

  /// The same with everything that is known about the search.
  [[nodiscard]] ppca_sgd_fit<T, D> fit_in_detail(const samples<T, D>& x, stream& rng) const {
    return search(x, nullptr, rng);
  }

  /// The best PPCA law for a law: see `ppca_estimator::project`.
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return ideal().project(law);
  }

  /// The exact learner of the family: the closed form of maximum likelihood.
  [[nodiscard]] ppca_estimator<T, D> ideal() const { return ppca_estimator<T, D>(divisor::n, {.latent = options_.latent}); }

 private:
  using parameters = detail::latent::ppca_parameters;
  static constexpr std::string_view name = "ppca_sgd_estimator";
  static constexpr double least_noise = 1e-15;  ///< in units of the mean variance: below, it is the rounding of S

  static fitted<model_type> brief(ppca_sgd_fit<T, D> whole) { return {std::move(whole.model), whole.result}; }

  [[nodiscard]] ppca_sgd_fit<T, D> search(const samples<T, D>& x, const weights<double>* w, stream& rng) const {
    constexpr std::string_view function = "ppca_sgd_estimator::fit";
    argument::require(x.cols() >= 1, function, "x.cols()", x.cols(), "be at least 1");
    argument::require_finite(x, function, "x");
    const Index d = x.rows(), q = options_.latent;
    argument::require(q < d, function, "latent", q, "be less than the dimension of the data");
    if (options_.start)
      argument::require(options_.start->dimension() == d, function, "start.dimension()", options_.start->dimension(),
                        "equal the dimension of the data");
    const point<double> relative = detail::latent::relative_weights<double>(w, x.cols(), function);
    const auto summary = w == nullptr ? moments<T, D>::of(x) : moments<T, D>::of(x, *w);
    const auto to = detail::latent::target_of(summary, divisor::n, function);
    const auto plain = detail::latent::plain(to.root);
    const double unit = plain.root.norm() / std::sqrt(static_cast<double>(d));
    if (!(unit > 0)) return told(detail::latent::finished_ppca(to, Eigen::MatrixXd::Zero(d, q), 0, 0, 0, 0, true), 0);

    const auto in_our_units = [&](double v) { return detail::times_power_of_two(v / unit, -plain.exponent); };
    parameters at{detail::latent::fixed_numbers(d, q, 0) / std::sqrt(static_cast<double>(d)), 1};
    if (options_.start) at = in_units(*options_.start, in_our_units);
    Index steps = 0;
    const Eigen::MatrixXd root = plain.root / unit, s = root * root.transpose();
    const bool sound = climb(x, to.mean, relative, in_our_units, s, at, steps, rng);
    const double shortfall = below_the_best(s, in_units(ideal().fit(summary).model, in_our_units), at);
    ppca_sgd_fit<T, D> done = told(
        detail::latent::finished_ppca(to, at.w * unit, std::sqrt(at.v) * unit, plain.exponent, 0, steps, true), shortfall);
    if (!done.result.ok()) return done;
    if (!sound)
      done.result = {status::not_converged,
                     "the search left the range of floating point: the law is that of the step before"};
    else if (!(shortfall <= options_.tolerance))
      done.result = {status::not_converged, "the search ended below the greatest likelihood"};
    return done;
  }

  /// The steps themselves. @param all  the covariance of all data
  /// @return false if one left the range of floating point: `at` is where it was before
  template <class Units>
  [[nodiscard]] bool climb(const samples<T, D>& x, const point<T, D>& mean, const point<double>& relative,
                           const Units& in_our_units, const Eigen::MatrixXd& all, parameters& at, Index& steps,
                           stream& rng) const {
    detail::latent::minibatches order(x.cols(), options_.batch, relative);
    Eigen::MatrixXd chosen(x.rows(), order.batch()), s(x.rows(), x.rows());
    parameters before = at;
    for (; steps < options_.steps; ++steps) {
      Index i = 0;
      for (const Index from : order.next(rng)) {
        chosen.col(i) = (x.col(from).template cast<double>() - mean.template cast<double>()).unaryExpr(in_our_units);
        if (relative.size() > 0) chosen.col(i) *= std::sqrt(relative[from]);
        ++i;
      }
      s.noalias() = chosen * chosen.transpose() / static_cast<double>(order.batch());
      const detail::latent::ppca_look look(s, at);
      if (!look.sound()) {
        at = std::move(before);
        return false;
      }
      const parameters slope = look.gradient();
      const double rate = options_.learning_rate / (1 + options_.decay * static_cast<double>(steps));
      before = at;
      at = {at.w + rate * slope.w, (std::max)(least_noise, at.v * std::exp(2 * rate * slope.v))};
    }
    if (detail::latent::ppca_look(all, at).sound()) return true;
    at = std::move(before);
    return false;
  }

  template <class Units>
  static parameters in_units(const model_type& law, const Units& in_our_units) {
    const double noise = in_our_units(static_cast<double>(law.noise_deviation()));
    return {law.loadings().template cast<double>().unaryExpr(in_our_units), (std::max)(noise * noise, least_noise)};
  }

  [[nodiscard]] static double below_the_best(const Eigen::MatrixXd& s, const parameters& best, const parameters& at) {
    if (!(best.v > least_noise)) return std::numeric_limits<double>::infinity();
    return detail::latent::ppca_look(s, best).log_likelihood() - detail::latent::ppca_look(s, at).log_likelihood();
  }

  static ppca_sgd_fit<T, D> told(ppca_fit<T, D> end, double shortfall) {
    return {std::move(end.model), end.result, end.iterations, shortfall};
  }

  ppca_sgd_options<T, D> options_;
};

}  // namespace simulacra
