#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <simulacra/theory/detail/gamma.hpp>

/// Scaling laws: what is lost of Zipf's law \f$p_i\propto i^{-b}\f$ on K symbols, as exact sums. (For infinitely many symbols and to
/// leading order, see `vocabulary.hpp`; the exponent there is *not* the slope at sizes that can be reached.)
namespace simulacra::theory {

namespace detail {

/// Three points that sum a polynomial of degree 5 over `length` consecutive whole numbers (odd): the middle and the two `away` from it.
struct discrete_rule {
  double away, middle, outer;
  explicit discrete_rule(double length) {
    const double square = length * length - 1, fourth = (3 * length * length - 7) / 20;
    away = length > 1 ? std::sqrt(fourth) : 0;
    outer = length > 1 ? length * (square / 12) / (2 * fourth) : 0;
    middle = length - 2 * outer;
  }
};

/// \f$\sum_{i=a}^b f(i)\f$ of a function that varies with log i: term by term to 1e5, then in blocks of a thousandth of i, or shorter ones
/// @param steep  by how many e-folds f changes while i doubles: beyond 20, blocks are as much shorter
template <class F>
double zipf_sum(Index first, Index last, const F& f, double steep = 0) {
  constexpr Index direct = 100'000;
  compensated_sum sum;
  const double block = 1000 * std::fmax(1, steep / 20);
  Index i = first;
  for (; i <= (std::min)(last, direct); ++i) sum.add(f(real(i)));
  while (i <= last) {
    const Index length = (std::max)(Index{1}, (std::min)(static_cast<Index>(real(i) / block), last - i + 1)),
                odd = length - (length % 2 == 0);
    const discrete_rule rule(real(odd));
    const double centre = real(i) + real(odd - 1) / 2;
    sum.add(rule.middle * f(centre));
    if (odd > 1) sum.add(rule.outer * (f(centre - rule.away) + f(centre + rule.away)));
    i += odd;
  }
  return sum.value();
}

/// Zipf's law on K symbols, and sums over it.
class zipf {
 public:
  zipf(const char* name, Index symbols, double exponent) : symbols_(symbols), exponent_(exponent) {
    argument::require(symbols >= 1, name, "symbols", symbols, "be at least 1");
    check_not_negative(name, "exponent", exponent);
    rest_ = zipf_sum(2, symbols, [&](double i) { return std::pow(i, -exponent); });
    whole_ = 1 + rest_;
  }

  double probability(double i) const { return std::pow(i, -exponent_) / whole_; }

  /// \f$\sum_ip_i\,g(p_i,\log(1-p_i))\f$ of a g that falls no faster than \f$e^{-Tp}\f$. The first symbol may be nearly everything:
  /// what it leaves is the sum of the others.
  template <class G>
  double mean(const G& g, double samples = 0) const {
    const double first = 1 / whole_, left = rest_ / whole_;
    return first * g(first, first < 0.5 ? std::log1p(-first) : std::log(left)) +
           zipf_sum(
               2, symbols_,
               [&](double i) {
                 const double p = probability(i);
                 return p > 0 ? p * g(p, std::log1p(-p)) : 0;
               },
               exponent_ * std::fmin(samples * probability(real(symbols_)) + 50, 1000));
  }

 private:
  Index symbols_;
  double exponent_, rest_ = 0, whole_ = 1;
};

}  // namespace detail

/// The mass that Zipf's law loses in T real samples, \f$\sum_ip_i(1-p_i)^T\f$: exact, for K symbols.
///
/// Where the first T real data are kept (accumulate), it is the lost mass of *every* generation.
/// @param symbols K >= 1
/// @param exponent b >= 0 and finite
/// @param samples T >= 0 and finite; it need not be whole
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(K, 1e5) + 1000 log K), more where
/// even the last symbol is all but certain to be seen. Source: Good (1953).
inline double zipf_exact_missing_mass(Index symbols, double exponent, double samples) {
  constexpr auto name = "theory::zipf_exact_missing_mass";
  const detail::zipf law(name, symbols, exponent);
  detail::check_not_negative(name, "samples", samples);
  if (samples == 0) return 1;
  return law.mean([samples](double, double log_rest) { return std::exp(samples * log_rest); }, samples);
}

/// The local slope of that loss against T, \f$-\log(\text{loss}(T_2)/\text{loss}(T_1))/\log(T_2/T_1)\f$.
///
/// It is *not* the \f$1-1/b\f$ of infinitely many symbols (see `zipf_missing_mass`) at sizes that can be reached.
/// @param from T1 > 0
/// @param to T2 > T1
/// Other arguments, errors and cost as for `zipf_exact_missing_mass`. Source: derived for this library.
inline double zipf_loss_slope(Index symbols, double exponent, double from, double to) {
  constexpr auto name = "theory::zipf_loss_slope";
  detail::check_positive(name, "from", from);
  argument::require(to > from && to < detail::infinity, name, "to", to, "be finite and above 'from'");
  const double loss = zipf_exact_missing_mass(symbols, exponent, from),
               later = zipf_exact_missing_mass(symbols, exponent, to);
  return detail::log_quotient(loss, later) / detail::log_quotient(to, from);
}

/// The mass that is lost where T samples are drawn from Zipf's law cut to its k most probable symbols: exact.
///
/// \f[ \sum_{i\le k}p_i\Bigl(1-\frac{p_i}{P_k}\Bigr)^T+1-P_k \f]
/// It settles at \f$1-P_k\f$: a floor that more data do not remove.
/// @param kept k in [1, K]
/// Other arguments, errors and cost as for `zipf_exact_missing_mass`. Source: the model Dohmatob et al. (2024).
inline double zipf_cut_missing_mass(Index symbols, double exponent, Index kept, double samples) {
  constexpr auto name = "theory::zipf_cut_missing_mass";
  argument::require(symbols >= 1, name, "symbols", symbols, "be at least 1");
  argument::require(kept >= 1 && kept <= symbols, name, "kept", kept, "lie in [1, symbols]");
  detail::check_not_negative(name, "exponent", exponent);
  detail::check_not_negative(name, "samples", samples);
  const auto power = [exponent](double i) { return std::pow(i, -exponent); };
  const double head = detail::zipf_sum(1, kept, power), tail = detail::zipf_sum(kept + 1, symbols, power);
  return (head * zipf_exact_missing_mass(kept, exponent, samples) + tail) / (head + tail);
}

/// How many times T samples count in generation n where a share alpha of each generation is real, in the POISSON LIMIT of large T: a symbol
/// of probability p is absent with probability \f$e^{-Tpe_n}\f$.
///
/// \f[ e_n=\alpha\sum_{k\le n-2}u_k+u_{n-1},\qquad u_0=1,\quad u_{k+1}=1-e^{-(1-\alpha)u_k} \f]
/// A branching process with immigration. With alpha = 0 it is `poisson_exponent`, which is also the better choice for large n there.
/// @param alpha in [0, 1]
/// @param generation n >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(n), or less where u has vanished. Source: derived for this library.
inline double mixed_survival_exponent(double alpha, Index generation) {
  constexpr auto name = "theory::mixed_survival_exponent";
  detail::check_probability(name, "alpha", alpha);
  argument::require(generation >= 1, name, "generation", generation, "be at least 1");
  detail::compensated_sum sum;
  double u = 1;
  for (Index k = 0; k + 1 < generation && u > 1e-30; ++k) {
    sum.add(alpha * u);
    u = -std::expm1(-(1 - alpha) * u);
  }
  sum.add(u);
  return sum.value();
}

/// The mass that Zipf's law has lost in generation n with a share alpha of real data, ASYMPTOTIC for large T: \f$\sum p\,e^{-Tpe_n}\f$.
///
/// Within half a percent at T = 100, K = 2000.
/// Arguments as for `zipf_exact_missing_mass` and `mixed_survival_exponent`. Source: derived for this library.
inline double zipf_mixed_missing_mass(Index symbols, double exponent, double samples, double alpha, Index generation) {
  constexpr auto name = "theory::zipf_mixed_missing_mass";
  const detail::zipf law(name, symbols, exponent);
  detail::check_not_negative(name, "samples", samples);
  const double effective = samples * mixed_survival_exponent(alpha, generation);
  return law.mean([effective](double p, double) { return std::exp(-effective * p); }, effective);
}

/// A line through logarithms.
struct log_log_line {
  double slope, intercept;
};

namespace detail {

inline double check_sizes(const char* name, std::span<const double> sizes, std::size_t others) {
  argument::require(sizes.size() == others, name, "number of sizes", sizes.size(), "be the number of losses");
  argument::require(sizes.size() >= 2, name, "number of sizes", sizes.size(), "be at least 2");
  compensated_sum sum;
  for (const double size : sizes) {
    check_positive(name, "size", size);
    sum.add(std::log(size));
  }
  return sum.value() / static_cast<double>(sizes.size());
}

}  // namespace detail

/// The least-squares line of log loss on log size.
///
/// @param sizes positive, two of them different
/// @param losses positive, as many
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: classical.
inline log_log_line log_log_fit(std::span<const double> sizes, std::span<const double> losses) {
  constexpr auto name = "theory::log_log_fit";
  const double centre = detail::check_sizes(name, sizes, losses.size());
  detail::compensated_sum spread, product, height;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    detail::check_positive(name, "loss", losses[i]);
    const double x = std::log(sizes[i]) - centre, y = std::log(losses[i]);
    spread.add(x * x), product.add(x * y), height.add(y);
  }
  argument::require(spread.value() > 0, name, "spread of sizes", spread.value(), "be positive");
  const double slope = product.value() / spread.value();
  return {slope, height.value() / static_cast<double>(sizes.size()) - slope * centre};
}

/// The standard error of that slope for independent errors of the *logarithms* of the losses:
/// \f$\sqrt{\sum((x_j-\bar x)/S_{xx})^2\rho_j^2}\f$.
///
/// @param errors standard deviations of the log losses (to leading order the relative errors), >= 0, as many
/// @throw std::invalid_argument if an argument is out of range. Cost O(n). Source: classical.
inline double log_log_slope_error(std::span<const double> sizes, std::span<const double> errors) {
  constexpr auto name = "theory::log_log_slope_error";
  const double centre = detail::check_sizes(name, sizes, errors.size());
  detail::compensated_sum spread, sum;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    detail::check_not_negative(name, "error", errors[i]);
    const double x = std::log(sizes[i]) - centre;
    spread.add(x * x), sum.add(x * x * errors[i] * errors[i]);
  }
  argument::require(spread.value() > 0, name, "spread of sizes", spread.value(), "be positive");
  return std::sqrt(sum.value()) / spread.value();
}

/// The size at which a power law \f$CT^{-c}\f$ has come down to a floor E: \f$(C/E)^{1/c}\f$.
///
/// @param constant C > 0
/// @param exponent c > 0
/// @param floor E > 0
/// @throw std::invalid_argument if an argument is not positive and finite. Cost O(1).
inline double scaling_crossover(double constant, double exponent, double floor) {
  constexpr auto name = "theory::scaling_crossover";
  detail::check_positive(name, "constant", constant);
  detail::check_positive(name, "exponent", exponent);
  detail::check_positive(name, "floor", floor);
  return std::exp(detail::log_quotient(constant, floor) / exponent);
}

}  // namespace simulacra::theory
