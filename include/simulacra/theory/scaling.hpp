#pragma once

#include <algorithm>
#include <cmath>

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

/// \f$\sum_{i=a}^b f(i)\f$ of a function that varies with log i: term by term to 1e5, then in blocks of a thousandth of i.
template <class F>
double zipf_sum(Index first, Index last, const F& f) {
  constexpr Index direct = 100'000;
  compensated_sum sum;
  Index i = first;
  for (; i <= (std::min)(last, direct); ++i) sum.add(f(real(i)));
  while (i <= last) {
    const Index length = (std::min)(i / 1000, last - i + 1), odd = length - (length % 2 == 0);
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

  /// \f$\sum_ip_i\,g(p_i,\log(1-p_i))\f$. The first symbol may be nearly everything: what it leaves is the sum of the others.
  template <class G>
  double mean(const G& g) const {
    const double first = 1 / whole_, left = rest_ / whole_;
    return first * g(first, first < 0.5 ? std::log1p(-first) : std::log(left)) + zipf_sum(2, symbols_, [&](double i) {
             const double p = probability(i);
             return p > 0 ? p * g(p, std::log1p(-p)) : 0;
           });
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
/// @throw std::invalid_argument if an argument is out of range. Cost O(min(K, 1e5) + 1000 log K). Source: Good (1953).
inline double zipf_exact_missing_mass(Index symbols, double exponent, double samples) {
  constexpr auto name = "theory::zipf_exact_missing_mass";
  const detail::zipf law(name, symbols, exponent);
  detail::check_not_negative(name, "samples", samples);
  if (samples == 0) return 1;
  return law.mean([samples](double, double log_rest) { return std::exp(samples * log_rest); });
}

}  // namespace simulacra::theory
