#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <utility>

#include <simulacra/random/stream.hpp>

// The names of Boost.Math's templates, of which nothing is included here.
namespace boost::math {
template <class, class>
class normal_distribution;
template <class, class>
class uniform_distribution;
template <class, class>
class exponential_distribution;
template <class, class>
class gamma_distribution;
template <class, class>
class chi_squared_distribution;
template <class, class>
class laplace_distribution;
template <class, class>
class cauchy_distribution;
template <class, class>
class logistic_distribution;
template <class, class>
class poisson_distribution;
template <class, class>
class bernoulli_distribution;
template <class, class>
class binomial_distribution;
template <class, class>
class geometric_distribution;
template <class, class>
class negative_binomial_distribution;
template <class, class>
class hypergeometric_distribution;
}  // namespace boost::math

/// What Boost.Math says of a distribution, asked for in ways that get an answer wherever there is one. The calls are found by their argument.
namespace simulacra::detail {

template <class Law>
concept boost_math_law = requires(const Law& law, typename Law::value_type x) {
                           pdf(law, x);
                           cdf(law, x);
                           quantile(law, x);
                         };

template <class Draw>
concept boost_generator = requires(Draw draw, stream& rng) {
                            { draw(rng) } -> std::convertible_to<double>;
                          };

template <class Law, class Draw>
struct boost_scalar {
  using type = double;
};
template <class Law, class Draw>
  requires std::floating_point<typename Law::value_type>
struct boost_scalar<Law, Draw> {
  using type = typename Law::value_type;
};

template <class, template <class, class> class>
inline constexpr bool is_boost = false;
template <template <class, class> class Name, class Real, class Policy>
inline constexpr bool is_boost<Name<Real, Policy>, Name> = true;

template <class Law>
inline constexpr bool boost_discrete =
    is_boost<Law, boost::math::poisson_distribution> || is_boost<Law, boost::math::bernoulli_distribution> ||
    is_boost<Law, boost::math::binomial_distribution> || is_boost<Law, boost::math::geometric_distribution> ||
    is_boost<Law, boost::math::negative_binomial_distribution> || is_boost<Law, boost::math::hypergeometric_distribution>;

template <class Law>
concept boost_knows_entropy = boost_math_law<Law> && requires(const Law& law) { entropy(law); };

template <class Law>
[[nodiscard]] double boost_entropy(const Law& law) {
  return static_cast<double>(entropy(law));
}

/// Boost answers what is too large with an exception, unless its user chose another policy.
template <class Real, class Call>
[[nodiscard]] Real boost_in_range(const Call& call, Real beyond) {
  try {
    return static_cast<Real>(call());
  } catch (const std::overflow_error&) {
    return beyond;
  }
}

/// Whether x lies in the support; the ends do.
template <class Law, class Real>
[[nodiscard]] bool boost_supports(const Law& law, Real x) {
  if constexpr (requires { support(law); }) {
    const auto ends = support(law);
    return x >= static_cast<Real>(ends.first) && x <= static_cast<Real>(ends.second) && std::isfinite(x);
  } else {
    return std::isfinite(x);
  }
}

template <class Law, class Real>
[[nodiscard]] double boost_log_density(const Law& law, Real x) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!boost_supports(law, x)) return -infinity;
  if constexpr (boost_discrete<Law>)
    if (x != std::floor(x)) return -infinity;
  if constexpr (requires { logpdf(law, x); })
    return boost_in_range<double>([&] { return logpdf(law, x); }, infinity);
  else
    return std::log(boost_in_range<double>([&] { return pdf(law, x); }, infinity));
}

template <class Law, class Real>
[[nodiscard]] double boost_cdf(const Law& law, Real x) {
  if constexpr (requires { support(law); }) {
    const auto ends = support(law);
    if (x < static_cast<Real>(ends.first)) return 0;
    if (x >= static_cast<Real>(ends.second)) return 1;
  } else if (!std::isfinite(x)) {
    return x > 0 ? 1 : 0;
  }
  return static_cast<double>(cdf(law, boost_discrete<Law> ? std::floor(x) : x));
}

/// P(X > x), in full where it is small.
template <class Law, class Real>
[[nodiscard]] double boost_tail(const Law& law, Real x) {
  const double below = boost_cdf(law, x);
  if (below == 0 || below == 1) return 1 - below;
  return static_cast<double>(cdf(complement(law, boost_discrete<Law> ? std::floor(x) : x)));
}

/// P(a <= X < b) of a cell, by the tail that is the smaller (for a law on whole numbers, the one just below counts an end).
template <class Law, class Real>
[[nodiscard]] double boost_between(const Law& law, Real a, Real b) {
  if constexpr (boost_discrete<Law>) a = std::ceil(a) - 1, b = std::ceil(b) - 1;
  const double below = boost_cdf(law, a);
  const double part = below < 0.5 ? boost_cdf(law, b) - below : boost_tail(law, a) - boost_tail(law, b);
  return part > 0 ? part : 0;
}

/// The smallest x with P(X <= x) >= p, or with P(X > x) <= p where `upper`; infinite where it leaves the range.
template <class Law, class Real>
[[nodiscard]] Real boost_quantile(const Law& law, Real p, bool upper) {
  constexpr Real infinity = std::numeric_limits<Real>::infinity();
  Real x = boost_in_range<Real>([&] { return upper ? quantile(complement(law, p)) : quantile(law, p); },
                                upper ? infinity : -infinity);
  if constexpr (boost_discrete<Law>) {  // Boost rounds outwards by default, down in the lower half
    x = std::round(x);
    const auto reached = [&](Real at) {
      return upper ? boost_tail(law, at) <= static_cast<double>(p) : boost_cdf(law, at) >= static_cast<double>(p);
    };
    while (!reached(x)) x += 1;
    while (boost_supports(law, x - 1) && reached(x - 1)) x -= 1;
  }
  return x;
}

/// The mean: finite, infinite, or none. Boost throws where there is no finite one, or returns the largest number. A law that is bounded on
/// one side has an infinite mean then.
template <class Law>
[[nodiscard]] auto boost_mean(const Law& law) -> std::optional<typename Law::value_type> {
  using real = typename Law::value_type;
  constexpr real infinity = std::numeric_limits<real>::infinity(), largest = (std::numeric_limits<real>::max)();
  if constexpr (is_boost<Law, boost::math::cauchy_distribution>) {  // to ask is a mistake at compile time
    return std::nullopt;
  } else {
    try {
      const real value = mean(law);
      if (std::abs(value) < largest) return value;
    } catch (const std::domain_error&) {
    } catch (const std::overflow_error&) {
    }
    if constexpr (requires { support(law); }) {
      const auto ends = support(law);
      if (ends.first > -largest) return infinity;
      if (ends.second < largest) return -infinity;
    }
    return std::nullopt;
  }
}

/// The variance, infinite where the second moment is.
template <class Law>
[[nodiscard]] auto boost_variance(const Law& law) -> typename Law::value_type {
  using real = typename Law::value_type;
  constexpr real infinity = std::numeric_limits<real>::infinity(), largest = (std::numeric_limits<real>::max)();
  if constexpr (!is_boost<Law, boost::math::cauchy_distribution>) {
    try {
      const real value = variance(law);
      if (value < largest) return value;
    } catch (const std::domain_error&) {
    } catch (const std::overflow_error&) {
    }
  }
  return infinity;
}

template <class Law>
concept boost_knows_characteristic =
    is_boost<Law, boost::math::normal_distribution> || is_boost<Law, boost::math::uniform_distribution> ||
    is_boost<Law, boost::math::exponential_distribution> || is_boost<Law, boost::math::gamma_distribution> ||
    is_boost<Law, boost::math::chi_squared_distribution> || is_boost<Law, boost::math::laplace_distribution> ||
    is_boost<Law, boost::math::cauchy_distribution> || is_boost<Law, boost::math::logistic_distribution> ||
    is_boost<Law, boost::math::poisson_distribution> || is_boost<Law, boost::math::bernoulli_distribution> ||
    is_boost<Law, boost::math::binomial_distribution> || is_boost<Law, boost::math::geometric_distribution>;

/// \f$ E\,e^{iwX} \f$.
template <class Law>
[[nodiscard]] std::complex<double> boost_characteristic(const Law& law, double w) {
  using complex = std::complex<double>;
  const auto turned = [w](double by, complex factor) { return std::polar(1.0, w * by) * factor; };
  // e^(iw) - 1, in full where w is small
  const complex step(-2 * std::sin(w / 2) * std::sin(w / 2), std::sin(w));
  if constexpr (is_boost<Law, boost::math::normal_distribution>) {
    const double spread = w * law.standard_deviation();
    return turned(law.mean(), std::exp(-spread * spread / 2));
  } else if constexpr (is_boost<Law, boost::math::uniform_distribution>) {
    const double half = (law.upper() - law.lower()) / 2.0, turn = w * half;
    return turned(law.lower() + half, turn == 0 ? 1 : std::sin(turn) / turn);
  } else if constexpr (is_boost<Law, boost::math::exponential_distribution>) {
    return 1.0 / complex(1, -w / law.lambda());
  } else if constexpr (is_boost<Law, boost::math::gamma_distribution>) {
    return std::pow(complex(1, -w * law.scale()), -static_cast<double>(law.shape()));
  } else if constexpr (is_boost<Law, boost::math::chi_squared_distribution>) {
    return std::pow(complex(1, -2 * w), -law.degrees_of_freedom() / 2.0);
  } else if constexpr (is_boost<Law, boost::math::laplace_distribution>) {
    const double spread = w * law.scale();
    return turned(law.location(), 1 / (1 + spread * spread));
  } else if constexpr (is_boost<Law, boost::math::cauchy_distribution>) {
    return turned(law.location(), std::exp(-std::abs(w) * law.scale()));
  } else if constexpr (is_boost<Law, boost::math::logistic_distribution>) {
    const double spread = std::numbers::pi * w * law.scale();
    return turned(law.location(), spread == 0 ? 1 : spread / std::sinh(spread));
  } else if constexpr (is_boost<Law, boost::math::poisson_distribution>) {
    return std::exp(static_cast<double>(law.mean()) * step);
  } else if constexpr (is_boost<Law, boost::math::bernoulli_distribution>) {
    return 1.0 + static_cast<double>(law.success_fraction()) * step;
  } else if constexpr (is_boost<Law, boost::math::binomial_distribution>) {
    return std::pow(1.0 + static_cast<double>(law.success_fraction()) * step, static_cast<double>(law.trials()));
  } else {  // geometric: failures before the first success
    const double p = law.success_fraction();
    return p / (p - (1 - p) * step);
  }
}

}  // namespace simulacra::detail
