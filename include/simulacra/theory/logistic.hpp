#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include <simulacra/theory/detail/gamma.hpp>
#include <simulacra/theory/detail/laws.hpp>

/// Logistic regression through the origin, refitted again and again to labels of which a share is the last model's, infinitely many:
/// x from N(mu, 1) and N(-mu, 1) alike, true labels with probability \f$s(2\mu x)\f$, \f$s(u)=1/(1+e^{-u})\f$.
namespace simulacra::theory {

namespace detail {

/// What the inputs ask of a slope. With |x| alone, since everything is odd in x: J(b) = E |x| tanh(b|x|/2) / 2, which rises to
/// E|x|/2, and what it lacks of that, G(b) = E |x| s(-b|x|), each by its logarithm: G may be as small as e^(-mu^2 / 2).
class logistic_inputs {
 public:
  explicit logistic_inputs(double mu) : mu_(mu) {
    half_ = mu * std::erf(mu / std::numbers::sqrt2) / 2 + std::exp(-mu * mu / 2) / std::sqrt(2 * std::numbers::pi);
  }

  double half() const { return half_; }  ///< E|x| / 2

  double log_tail(double slope) const {
    if (slope == infinity) return -infinity;
    return log_mean(slope, mu_ - slope, [slope](double x) { return -slope * x - std::log1p(std::exp(-slope * x)); });
  }

  double log_pull(double slope) const {
    if (slope == 0) return -infinity;
    return log_mean(slope, mu_, [slope](double x) { return std::log(0.5 * std::tanh(slope * x / 2)); });
  }

  /// \f$\log E\,|x|\,e^{f(|x|)}\f$ of an f that changes where slope times x is of order 1, and else leaves a normal bump of width 1.
  ///
  /// By the trapezoidal rule in v, x = log(1 + e^v): logarithmic where x is small, as it is where x is large. All is analytic for |Im v| <
  /// pi/2, which leaves e^(-pi^2 / h) of the answer.
  template <class F>
  double log_mean(double slope, double bump, const F& f) const {
    constexpr double step = 0.2;
    const double first = std::floor((-22 - std::log1p(std::fmin(slope, 1e280) + mu_)) / step);
    std::vector<double> logs;
    double top = -infinity;
    const auto walk = [&](double from, double to) {
      for (double i = from; i <= to; ++i) {
        const double v = i * step, x = v < -40 ? std::exp(v) : v < 40 ? std::log1p(std::exp(v)) : v;
        const double measure = v < 0 ? v - std::log1p(std::exp(v)) : -std::log1p(std::exp(-v));  // log dx/dv
        const double away = x - mu_;
        logs.push_back(std::log(x) + measure - away * away / 2 + std::log1p(std::exp(-2 * mu_ * x)) + f(x));
        top = std::fmax(top, logs.back());
      }
    };
    const double near = std::ceil(15 / step);
    walk(first, near);
    if (bump > 0) walk(std::fmax(near + 1, std::floor((bump - 15) / step)), std::ceil((bump + 15) / step));
    compensated_sum sum;
    for (const double g : logs) sum.add(std::exp(g - top));
    return top + std::log(step * sum.value()) - 0.5 * std::log(2 * std::numbers::pi);
  }

 private:
  double mu_, half_;
};

inline double log_of_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == -infinity ? a : a + std::log1p(std::exp(b - a));
}

inline void check_logistic(const char* name, double mu, double share, double temperature, double flip, double penalty) {
  argument::require(std::isfinite(mu), name, "mu", mu, "be finite");
  check_probability(name, "synthetic_share", share);
  check_positive(name, "temperature", temperature);
  check_probability(name, "flip", flip);
  check_not_negative(name, "penalty", penalty);
}

/// The slope b with J(b) + penalty b = w1 J(b1) + w2 J(b2), b1 and b2 >= 0, where `lack` = 1 - |w1| - |w2| >= 0.
inline double logistic_slope(const logistic_inputs& x, std::array<double, 2> w, std::array<double, 2> b, double lack,
                             double penalty) {
  double pull = 0;
  for (std::size_t i = 0; i < 2; ++i) pull += w[i] == 0 ? 0 : w[i] * std::exp(x.log_pull(b[i]));
  if (pull < 0) return -logistic_slope(x, {-w[0], -w[1]}, b, lack, penalty);
  if (pull == 0) return 0;
  const double half = x.half(), log_penalty = penalty == 0 ? -infinity : std::log(penalty);
  const auto with_penalty = [&](double logarithm, double at) { return log_of_sum(logarithm, log_penalty + std::log(at)); };
  double log_target = 0;
  const bool weak = pull < half / 2;
  if (weak) {
    log_target = std::log(pull);
  } else {  // G(b) = E|x|/2 (1 - w1 - w2) + w1 G(b1) + w2 G(b2) + penalty b: a sum of what is positive, wherever it may be small
    double rest = half * lack, log_rest = -infinity;
    for (std::size_t i = 0; i < 2; ++i) {
      if (w[i] == 0) continue;
      const double log_tail = std::log(std::abs(w[i])) + x.log_tail(b[i]);
      if (w[i] > 0)
        log_rest = log_of_sum(log_rest, log_tail);
      else
        rest += 2 * half * -w[i] - std::exp(log_tail);
    }
    log_target = log_of_sum(log_rest, rest > 0 ? std::log(rest) : -infinity);
    if (log_target == -infinity && penalty == 0) return infinity;
  }
  const auto above = [&](double at) {  // falls with the slope, through 0 at the answer
    return weak ? log_target - with_penalty(x.log_pull(at), at) : x.log_tail(at) - with_penalty(log_target, at);
  };
  double low = 1, high = 1;
  while (low > 1e-300 && above(low) < 0) low /= 8;
  while (high < 1e300 && above(high) > 0) high *= 8;
  if (low < 1) high = (std::min)(high, 8 * low);
  if (high > 1) low = (std::max)(low, high / 8);
  return falling_root(low, high, above);
}

}  // namespace detail

/// The slope of the next fit: the root \f$\beta'\f$ of
///
/// \f[ E\,x\bigl[t(x)-s(\beta'x)\bigr]=\lambda\beta',\qquad
///     t(x)=(1-q)\bigl[(1-2f)\,s(2\mu x)+f\bigr]+q\,s(\beta x/\tau) \f]
/// With sampled labels (tau = 1) and no flips the truth \f$2\mu\f$ is a fixed point; with q = 1, lambda = 0 the next slope is
/// \f$\beta/\tau\f$; labels that are the larger class (tau to 0) make it infinite, since they can be separated.
/// @param mu half the distance of the classes, finite
/// @param slope \f$\beta\f$ of the model that labels; infinite: it gives the larger class
/// @param synthetic_share q in [0, 1], the share of labels that are the model's
/// @param temperature tau > 0 of the model's labels
/// @param flip f in [0, 1], the probability that a real label is turned over
/// @param penalty lambda >= 0, half of which times \f$\beta'^2\f$ is added to the mean loss
/// @return the slope, +-inf where the labels are separable and lambda is 0
/// @throw std::invalid_argument if an argument is out of range. Cost: about 70 integrals of 250 nodes. Source: derived for this library.
inline double logistic_next_slope(double mu, double slope, double synthetic_share, double temperature = 1, double flip = 0,
                                  double penalty = 0) {
  constexpr auto name = "theory::logistic_next_slope";
  detail::check_logistic(name, mu, synthetic_share, temperature, flip, penalty);
  argument::require(!std::isnan(slope), name, "slope", slope, "be a number");
  const double real_share = 1 - synthetic_share, kept = real_share * (1 - 2 * flip);
  const detail::logistic_inputs inputs(std::abs(mu));
  const double lack = real_share * 2 * (std::min)(flip, 1 - flip);
  return detail::logistic_slope(inputs, {mu < 0 ? -kept : kept, slope < 0 ? -synthetic_share : synthetic_share},
                                {2 * std::abs(mu), std::abs(slope) / temperature}, lack, penalty);
}

/// The slope at which the chain of `logistic_next_slope` settles, starting from the truth \f$2\mu\f$.
///
/// Arguments and errors as there; without the slope. Each next slope rises with the last, so that the chain is monotone and its first fixed
/// point is the one. +-inf where it grows past 1e8.
/// Cost: a few dozen of `logistic_next_slope`. Source: derived for this library.
inline double logistic_fixed_slope(double mu, double synthetic_share, double temperature = 1, double flip = 0,
                                   double penalty = 0) {
  constexpr auto name = "theory::logistic_fixed_slope";
  detail::check_logistic(name, mu, synthetic_share, temperature, flip, penalty);
  const auto next = [&](double at) { return logistic_next_slope(mu, at, synthetic_share, temperature, flip, penalty); };
  double last = 2 * mu, change_before = 0, part_before = 0;
  for (int n = 0; n < 100'000; ++n) {
    const double here = next(last), change = here - last;
    if (std::abs(here) > 1e8) return here > 0 ? detail::infinity : -detail::infinity;
    if (std::abs(change) <= 1e-14 * std::abs(here)) return here;
    const double part = change / change_before;
    const bool straight = n > 1 && part > 0 && part < 1 && std::abs(part - part_before) < 0.02 * (1 - part);
    if (straight && std::abs(change * part / (1 - part)) < 1e-2 * std::abs(here)) {
      // Secant steps on next(x) - x, from the last place and where the chain seems to lead.
      double x = here, fx = next(x) - x, y = here + change * part / (1 - part), fy = next(y) - y;
      for (int step = 0; step < 30 && fy != 0 && fy != fx; ++step) {
        const double z = y - fy * (y - x) / (fy - fx);
        x = y, fx = fy, y = z, fy = next(y) - y;
        if (std::abs(y - x) <= 4e-15 * std::abs(y)) break;
      }
      return y;
    }
    last = here, change_before = change, part_before = part;
  }
  return last;
}

/// Of a fit to N samples, to leading order: N times its variance is 1 / information, N times its bias is `bias`.
struct logistic_fluctuation {
  double information;  ///< \f$I=E\,x^2s(1-s)\f$ at the slope
  double bias;         ///< \f$-k_3/(2I^2)\f$, \f$k_3=E\,x^3s(1-s)(1-2s)\f$
};

/// The fluctuations of one fit to N labels that are drawn at a slope, for LARGE SAMPLES ONLY: variance and bias of order 1/N.
///
/// @param mu half the distance of the classes, finite
/// @param slope beta > 0, at which labels are drawn
/// @throw std::invalid_argument if an argument is out of range. Cost: two integrals of 250 nodes. At N = 400, mu = 1, variance and bias are 6
/// and 1 per cent above; after 5 generations the variance 30. Source: Cox and Snell (1968).
inline logistic_fluctuation logistic_large_sample(double mu, double slope) {
  constexpr auto name = "theory::logistic_large_sample";
  argument::require(std::isfinite(mu), name, "mu", mu, "be finite");
  detail::check_positive(name, "slope", slope);
  const detail::logistic_inputs inputs(std::abs(mu));
  const auto log_spread = [slope](double x) { return -slope * x - 2 * std::log1p(std::exp(-slope * x)); };  // s (1 - s)
  const double centre = std::abs(mu) - slope;
  const double information = inputs.log_mean(slope, centre, [&](double x) { return std::log(x) + log_spread(x); });
  const double third = inputs.log_mean(
      slope, centre, [&](double x) { return 2 * std::log(x) + log_spread(x) + std::log(std::tanh(slope * x / 2)); });
  return {std::exp(information), std::exp(third - 2 * information) / 2};
}

}  // namespace simulacra::theory
