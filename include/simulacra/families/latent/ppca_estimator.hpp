#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/detail/linear_fit.hpp>
#include <simulacra/families/latent/detail/ppca_steps.hpp>
#include <simulacra/families/latent/detail/spectrum.hpp>
#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/numerics/adam.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// How a PPCA law is found.
enum class ppca_method {
  closed_form,  ///< maximum likelihood from the principal components
  em,           ///< expectation maximisation
  gradient,     ///< gradient ascent of the log-likelihood, all data in each step
  adam          ///< the same by Adam
};

/// How PPCA laws are fitted: `ppca_options<>{.latent = 2}`. What is said of steps concerns the three methods that search; these work
/// in units in which the mean variance of a coordinate is 1.
template <class T = double, int D = dynamic>
struct ppca_options {
  Index latent = -1;                              ///< q, the number of latent dimensions, to be given: 0 <= q < d
  ppca_method method = ppca_method::closed_form;  ///< how the law is found
  double tolerance = 1e-6;  ///< EM has converged when the mean log-likelihood changes by less, in nats per observation; the
                            ///< gradient methods when no entry of the gradient is larger
  Index max_iterations = 1000;  ///< a search that stops here, early, has the outcome `not_converged`
  double learning_rate = 0.02;  ///< of the gradient methods; one that is too large leaves the range of floating point: the
                                ///< law is then the last one in it, and `not_converged`
  double floor = 0;             ///< variance that is added to the noise
  std::optional<ppca<T, D>> start{};  ///< where a search begins; else at fixed numbers, the same in every fit
};

/// A fitted PPCA law with what is known about its fit.
template <class T = double, int D = dynamic>
struct ppca_fit {
  ppca<T, D> model;
  outcome result{};
  Index iterations = 0;   ///< of a search
  bool diverged = false;  ///< whether a search left the range of floating point; the law is then the last one in it
};

namespace detail::latent {

/// A search's or the closed form's end, 2^exponent (W, sigma): the law in the units of the data, and what is to be said of it.
template <class T, int D>
[[nodiscard]] ppca_fit<T, D> finished_ppca(const target<T, D>& to, const Eigen::MatrixXd& w, double noise,
                                           std::int64_t exponent, double floor, Index iterations, bool converged) {
  const double largest =
      (std::max)({static_cast<double>(to.mean.cwiseAbs().maxCoeff()),
                  simulacra::detail::times_power_of_two(w.size() > 0 ? w.cwiseAbs().maxCoeff() : 0.0, exponent),
                  simulacra::detail::times_power_of_two(noise, exponent)});
  if (!(std::isfinite(noise) && w.allFinite()))
    throw std::domain_error("ppca_estimator::fit: the search diverged: take a lower learning rate");
  require_in_range<T>(largest, "ppca_estimator::fit");
  const auto in_data_units = [exponent](double v) { return simulacra::detail::times_power_of_two(v, exponent); };
  typename ppca<T, D>::loadings_type loadings = w.unaryExpr(in_data_units).template cast<T>();
  const double found = simulacra::detail::times_power_of_two(noise, exponent);
  const bool rounded = made_of_rounding(to, found), all_of_it = rounded && spread_is_rounding(to);
  const T sigma = static_cast<T>(std::hypot(rounded && !all_of_it ? 0.0 : found, std::sqrt(floor)));
  ppca_fit<T, D> done{ppca<T, D>(to.mean, std::move(loadings), sigma), {}, iterations};
  done.result.floor = floor;
  if (all_of_it)
    done.result = {status::resolution, "the spread of the data has fallen to the rounding of their mean", 0, floor};
  else if (!(done.model.noise_deviation() > T(0)))
    done.result = {status::degenerate, "no noise is left: the data span no more than the latent dimensions", 0, floor};
  else if (!converged)
    done.result = {status::not_converged, "the search stopped at its limit, or the noise is below what it can tell", 0,
                   floor};
  return done;
}

}  // namespace detail::latent

/// Fits probabilistic principal component analysis by its moments.
///
/// It eats `moments<T, D>` whatever the method: the closed form, EM and the gradient all need nothing of the data but their mean and
/// covariance. So it can be fed stored, streamed and collapsed draws alike, what a search returns from infinitely many data of a
/// law is exact (`population_fit`), and nothing about a fit is random. Data that leave no noise (n <= q + 1, or spread over q
/// directions only) give a law without noise and the outcome `degenerate`.
/// Source: Tipping and Bishop (1999), "Probabilistic principal component analysis", J. R. Statist. Soc. B 61.
template <class T = double, int D = dynamic>
class ppca_estimator {
 public:
  using summary = moments<T, D>;
  using model_type = ppca<T, D>;

  /// @throw std::invalid_argument if an option is out of range: see `ppca_options`
  explicit ppca_estimator(divisor by, ppca_options<T, D> options) : by_(by), options_(std::move(options)) {
    constexpr double most = (std::numeric_limits<double>::max)();
    const auto& o = options_;
    argument::require(o.latent >= 0, name, "latent", o.latent, "be given, and not be negative");
    argument::require(o.tolerance >= 0 && o.tolerance <= most, name, "tolerance", o.tolerance, "be >= 0 and finite");
    argument::require(o.max_iterations >= 0, name, "max_iterations", o.max_iterations, "not be negative");
    argument::require(o.learning_rate > 0 && o.learning_rate <= most, name, "learning_rate", o.learning_rate,
                      "be > 0 and finite");
    argument::require(o.floor >= 0 && o.floor <= most, name, "floor", o.floor, "be >= 0 and finite");
    if (o.start)
      argument::require(o.start->latent_dimension() == o.latent, name, "start.latent_dimension()",
                        o.start->latent_dimension(), "equal the number of latent dimensions");
  }

  [[nodiscard]] divisor by() const noexcept { return by_; }
  [[nodiscard]] const ppca_options<T, D>& options() const noexcept { return options_; }

  /// The same estimator, its search started from this law. (The closed form starts nowhere.)
  [[nodiscard]] ppca_estimator starting_from(model_type start) const {
    ppca_options<T, D> o = options_;
    o.start = std::move(start);
    return ppca_estimator(by_, std::move(o));
  }

  /// Fits the data that m sums up. O(d^3); a search O(iterations d^2 q).
  /// @throw std::invalid_argument if m holds no weight, one observation where the divisor is n - 1, or d <= q
  /// @throw std::domain_error if the mean or the spread comes within a factor of 10^4 of overflow: a lineage ends there
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const { return fit(m); }
  [[nodiscard]] fitted<model_type> fit(const summary& m) const {
    ppca_fit<T, D> whole = fit_in_detail(m);
    return {std::move(whole.model), whole.result};
  }
  [[nodiscard]] ppca_fit<T, D> fit_in_detail(const summary& m) const {
    return search(detail::latent::target_of(m, by_, "ppca_estimator::fit"));
  }

  /// Fits observations, d x n. @throw std::invalid_argument if one is not finite, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    argument::require_finite(x, "ppca_estimator::fit", "x");
    argument::require(x.cols() >= 1, "ppca_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return fit(summary::of(x));
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    argument::require_finite(x, "ppca_estimator::fit", "x");
    return fit(summary::of(x, w));
  }

  /// The best PPCA law for a law, by KL(law || .): the closed form at its mean and covariance. One that the family holds is its own,
  /// to the last bit. @throw std::invalid_argument if d <= q
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    if constexpr (std::same_as<Law, model_type>)
      if (law.latent_dimension() <= options_.latent) return law;
    return closed_form(detail::latent::target_of<T, D>(law), 0).model;
  }

  /// What this procedure returns from infinitely many observations of a law: the same steps from the same start, at its covariance.
  /// @throw std::domain_error if they leave the range of floating point, of which a law alone could not tell
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    if (options_.method == ppca_method::closed_form && options_.floor == 0) return project(law);
    ppca_fit<T, D> whole = search(detail::latent::target_of<T, D>(law));
    if (whole.diverged)
      throw std::domain_error("ppca_estimator::population_fit: the search diverged: take a lower learning rate");
    return std::move(whole.model);
  }

  /// The exact learner of the family: the closed form of maximum likelihood, with nothing added.
  [[nodiscard]] ppca_estimator ideal() const { return ppca_estimator(divisor::n, {.latent = options_.latent}); }

 private:
  using target = detail::latent::target<T, D>;
  static constexpr std::string_view name = "ppca_estimator";
  static constexpr std::string_view diverges =
      "the search left the range of floating point: the law is that of the step before; take a lower learning rate";

  void require_room(Index d) const {
    argument::require(options_.latent < d, name, "latent", options_.latent, "be less than the dimension of the data");
  }

  [[nodiscard]] ppca_fit<T, D> search(const target& to) const {
    require_room(to.mean.size());
    if (options_.start)
      argument::require(options_.start->dimension() == to.mean.size(), name, "start.dimension()",
                        options_.start->dimension(), "equal the dimension of the data");
    return options_.method == ppca_method::closed_form ? closed_form(to, options_.floor) : by_steps(to);
  }

  /// With l_1 >= ... >= l_d the eigenvalues of S and U_q the first q axes,
  /// \f[ \hat\sigma^2 = \frac1{d-q} \sum_{j>q} l_j, \qquad \hat W = U_q (\Lambda_q - \hat\sigma^2 I)^{1/2}. \f]
  /// Source: Tipping and Bishop (1999), equations (7) and (8), with their rotation R = I.
  [[nodiscard]] ppca_fit<T, D> closed_form(const target& to, double floor) const {
    require_room(to.mean.size());
    const Index q = options_.latent, d = to.mean.size();
    const auto plain = detail::latent::plain(to.root);
    const auto spread = detail::latent::spectrum_of(plain.root, q);
    const double noise = spread.deviations.tail(d - q).norm() / std::sqrt(static_cast<double>(d - q));
    Eigen::MatrixXd w(d, q);
    for (Index k = 0; k < q; ++k) {
      const double own = spread.deviations[k];
      w.col(k) = spread.axes.col(k) * std::sqrt((std::max)(0.0, (own - noise) * (own + noise)));
    }
    return detail::latent::finished_ppca(to, w, noise, plain.exponent, floor, 0, true);
  }

  [[nodiscard]] ppca_fit<T, D> by_steps(const target& to) const {
    const Index q = options_.latent, d = to.mean.size();
    const auto plain = detail::latent::plain(to.root);
    const double unit = plain.root.norm() / std::sqrt(static_cast<double>(d));
    if (!(unit > 0)) return detail::latent::finished_ppca(to, Eigen::MatrixXd::Zero(d, q), 0, 0, options_.floor, 0, true);
    const Eigen::MatrixXd root = plain.root / unit;
    const Eigen::MatrixXd s = root * root.transpose();
    detail::latent::ppca_parameters at{detail::latent::fixed_numbers(d, q, 0) / std::sqrt(static_cast<double>(d)), 1};
    if (options_.start) {
      const auto in_our_units = [&](double v) { return detail::times_power_of_two(v / unit, -plain.exponent); };
      at.w = options_.start->loadings().template cast<double>().unaryExpr(in_our_units);
      const double noise = in_our_units(static_cast<double>(options_.start->noise_deviation()));
      at.v = (std::max)(noise * noise, least_noise);  // a search cannot leave 0
    }
    Index iterations = 0;
    bool diverged = false;
    const bool converged = options_.method == ppca_method::em ? climb_by_em(root, s, at, iterations)
                                                              : climb_by_gradient(s, at, iterations, diverged);
    auto done = detail::latent::finished_ppca(to, at.w * unit, std::sqrt((std::max)(at.v, 0.0)) * unit, plain.exponent,
                                              options_.floor, iterations, converged);
    done.diverged = diverged;
    if (diverged) done.result = {status::not_converged, diverges, 0, options_.floor};
    return done;
  }

  [[nodiscard]] bool climb_by_em(const Eigen::MatrixXd& root, const Eigen::MatrixXd& s, detail::latent::ppca_parameters& at,
                                 Index& iterations) const {
    double before = 0;
    for (;;) {
      const detail::latent::ppca_look look(s, at);
      if (!look.sound()) return false;
      const double now = look.log_likelihood();
      if (iterations > 0 && std::abs(now - before) < options_.tolerance) return true;
      if (iterations == options_.max_iterations) return false;
      before = now;
      detail::latent::ppca_parameters next = look.em_step();
      ++iterations;
      if (!(next.v > least_noise)) {  // what is left beside the q directions is rounding
        at.w = next.w;
        at.v = has_noise(root) ? least_noise : 0;  // some that is below the rounding of S is more than none
        return at.v == 0;
      }
      at = std::move(next);
    }
  }

  /// Whether the root of S, which keeps twice as many digits, has noise beside the first q directions.
  [[nodiscard]] bool has_noise(const Eigen::MatrixXd& root) const {
    const auto spread = detail::latent::spectrum_of(root, options_.latent);
    return spread.deviations.tail(root.rows() - options_.latent).norm() > 1e-13 * spread.deviations[0];
  }

  [[nodiscard]] bool climb_by_gradient(const Eigen::MatrixXd& s, detail::latent::ppca_parameters& at, Index& iterations,
                                       bool& diverged) const {
    const Index size = at.w.size() + 1;
    detail::adam<double> adam(size);
    Eigen::ArrayXd g(size), step(size);
    detail::latent::ppca_parameters sound = at;
    for (;;) {
      const detail::latent::ppca_look look(s, at);
      if (!look.sound() || at.v < least_noise) {
        at = std::move(sound);
        diverged = true;
        return false;
      }
      const auto slope = look.gradient();
      g.head(size - 1) = Eigen::Map<const Eigen::ArrayXd>(slope.w.data(), size - 1);
      g[size - 1] = slope.v;
      if (g.abs().maxCoeff() <= options_.tolerance) return true;
      if (iterations == options_.max_iterations) return false;
      sound = at;
      ++iterations;
      step.setZero();
      if (options_.method == ppca_method::adam)
        adam.add_step(step, g, options_.learning_rate);
      else
        step = options_.learning_rate * g;
      Eigen::Map<Eigen::ArrayXd>(at.w.data(), size - 1) += step.head(size - 1);
      at.v *= std::exp(2 * step[size - 1]);
    }
  }

  /// In units of the mean variance of a coordinate, where S itself is no better than its rounding.
  static constexpr double least_noise = 1e-15;

  divisor by_;
  ppca_options<T, D> options_;
};

}  // namespace simulacra
