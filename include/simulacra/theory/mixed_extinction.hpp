#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <simulacra/theory/detail/binomial.hpp>

/// Whether a symbol of true probability p is absent from the data of generation n where a part of each generation is real: exact, by
/// backward recursion over the chain of its counts. Its limit for large numbers is \f$e^{-Tpe_n}\f$, see `mixed_survival_exponent`.
namespace simulacra::theory {

namespace detail {

/// P(count 0 in generation n) of a chain on 0..N: absent(j), step(j, k) from a count j, and the first law first(k).
template <class Absent, class Step, class First>
double backward_extinction(Index size, Index generation, const Absent& absent, const Step& step, const First& first) {
  const auto states = static_cast<std::size_t>(size) + 1;
  if (generation == 1) return first(0);
  std::vector<double> gone(states), next(states), chain;
  for (std::size_t j = 0; j < states; ++j) gone[j] = absent(static_cast<double>(j));
  if (generation > 2) {
    chain.resize(states * states);
    for (std::size_t j = 0; j < states; ++j) step(static_cast<double>(j), &chain[j * states]);
  }
  for (Index n = 2; n < generation; ++n) {
    for (std::size_t j = 0; j < states; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < states; ++k) sum += chain[j * states + k] * gone[k];
      next[j] = sum;
    }
    if (next == gone) break;
    gone.swap(next);
  }
  compensated_sum sum;
  for (std::size_t k = 0; k < states; ++k) sum.add(first(static_cast<double>(k)) * gone[k]);
  return sum.value();
}

inline void check_extinction_of(const char* name, double p, Index size, Index generation) {
  check_probability(name, "p", p);
  argument::require(size >= 1 && size <= 4096, name, "samples", size,
                    "lie in [1, 4096]: a dense chain of that size is followed");
  argument::require(generation >= 1, name, "generation", generation, "be at least 1");
}

}  // namespace detail

/// The probability that a symbol is absent where each draw is real with probability alpha (as in `contaminated_risk`).
///
/// @param p probability of the symbol under the truth, in [0, 1]
/// @param samples M in [1, 4096]
/// @param alpha in [0, 1]
/// @param generation n >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(n M^2). Source: derived for this library.
inline double contaminated_extinction(double p, Index samples, double alpha, Index generation) {
  constexpr auto name = "theory::contaminated_extinction";
  detail::check_extinction_of(name, p, samples, generation);
  detail::check_probability(name, "alpha", alpha);
  const double m = detail::real(samples);
  const auto draw = [&](double j, double k) {
    return detail::binomial(k, m, m * (alpha * p + (1 - alpha) * (j / m)),
                            m * (alpha * (1 - p) + (1 - alpha) * ((m - j) / m)));
  };
  return detail::backward_extinction(
      samples, generation, [&](double j) { return draw(j, 0); },
      [&](double j, double* row) {
        for (Index k = 0; k <= samples; ++k) row[k] = draw(j, detail::real(k));
      },
      [&](double k) { return detail::binomial(k, m, m * p, m * (1 - p)); });
}

/// The probability that a symbol is absent where each generation has r fresh real draws beside m of the last model, in *fixed* numbers (as in
/// `fresh_points_variance`). The first generation is all real.
///
/// @param p probability of the symbol under the truth, in [0, 1]
/// @param synthetic m >= 0
/// @param real r >= 0, with m + r in [1, 4096]
/// @param generation n >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(n N^2 + N^2 r), N = m + r. Source: derived for this library.
inline double fresh_points_extinction(double p, Index synthetic, Index real, Index generation) {
  constexpr auto name = "theory::fresh_points_extinction";
  argument::require(synthetic >= 0 && synthetic <= 4096, name, "synthetic", synthetic, "lie in [0, 4096]");
  argument::require(real >= 0 && real <= 4096, name, "real", real, "lie in [0, 4096]");
  detail::check_extinction_of(name, p, synthetic + real, generation);
  const double m = detail::real(synthetic), r = detail::real(real), all = m + r;
  const auto old = [&](double j, double k) { return detail::binomial(k, m, m * (j / all), m * ((all - j) / all)); };
  std::vector<double> fresh;
  for (Index k = 0; k <= real; ++k) fresh.push_back(detail::binomial(detail::real(k), r, r * p, r * (1 - p)));
  return detail::backward_extinction(
      synthetic + real, generation, [&](double j) { return fresh[0] * old(j, 0); },
      [&](double j, double* row) {
        for (Index k = 0; k <= synthetic; ++k) {
          const double part = old(j, detail::real(k));
          for (Index i = 0; i <= real; ++i) row[k + i] += part * fresh[static_cast<std::size_t>(i)];
        }
      },
      [&](double k) { return detail::binomial(k, all, all * p, all * (1 - p)); });
}

}  // namespace simulacra::theory
