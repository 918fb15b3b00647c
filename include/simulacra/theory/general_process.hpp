#pragma once

#include <cmath>

#include <simulacra/theory/detail/double_double.hpp>
#include <simulacra/theory/detail/gamma.hpp>

/// The general process of Shumailov et al. (2024): the next data are drawn from \f$\alpha\f$ of the newly fitted model,
/// \f$\beta\f$ of the law of the last data and \f$\gamma\f$ of the truth, one-dimensional Gaussian.
namespace simulacra::theory {

/// Mean moments of the law of the data after n steps, about the truth's mean, and of the model fitted to M of them.
struct process_moments {
  double mean_error;         ///< E (mean of the law - mu_0)^2
  double second_moment;      ///< E of the law's second moment about mu_0
  double variance;           ///< E of the law's own variance: second_moment - mean_error
  double fitted_mean_error;  ///< E (fitted mean - mu_0)^2
  double fitted_variance;    ///< E of the fitted variance
};

namespace detail {

/// x -> gain x + shift in the plane.
template <class Number>
struct affine_plane {
  Number gain[2][2] = {{1, 0}, {0, 1}}, shift[2] = {0, 0};

  /// What comes of applying `first`, then this.
  [[nodiscard]] affine_plane after(const affine_plane& first) const {
    affine_plane both;
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) both.gain[i][j] = gain[i][0] * first.gain[0][j] + gain[i][1] * first.gain[1][j];
      both.shift[i] = gain[i][0] * first.shift[0] + gain[i][1] * first.shift[1] + shift[i];
    }
    return both;
  }
};

}  // namespace detail

/// The mean moments of the general process.
///
/// With a the mean error, q the second moment and \f$c=q-a\f$,
/// \f[ a'=(\alpha+\beta)^2a+\alpha^2\frac cM,\qquad
///     q'=\alpha\Bigl(c+\frac cM+a\Bigr)+\beta q+\gamma\sigma^2\ (\texttt{n\_minus\_1}),\quad
///     q'=(\alpha+\beta)q+\gamma\sigma^2\ (\texttt{n}) \f]
/// starting at \f$a=0,\ q=\sigma^2\f$.
/// @param alpha weight of the new model, in [0, 1]
/// @param beta weight of the old data's law, in [0, 1]
/// @param gamma weight of the truth, in [0, 1]; the three sum to 1 (to 1e-12)
/// @param samples M >= 2
/// @param generation n >= 0 steps
/// @param sigma standard deviation of the truth, > 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(log n).
/// Source: the process Shumailov et al. (2024), the moments derived for this library.
inline process_moments mixture_gaussian_moments(double alpha, double beta, double gamma, Index samples, Index generation,
                                                divisor by, double sigma = 1) {
  constexpr auto name = "theory::mixture_gaussian_moments";
  detail::check_probability(name, "alpha", alpha);
  detail::check_probability(name, "beta", beta);
  detail::check_probability(name, "gamma", gamma);
  argument::require(std::abs(alpha + beta + gamma - 1) <= 1e-12, name, "alpha + beta + gamma", alpha + beta + gamma, "be 1");
  detail::check_chain(name, samples, generation, by);
  detail::check_positive(name, "sigma", sigma);
  // In units of sigma^2: a, and the variance c itself rather than q - a, which would cancel. With q' above, c' = q' - a': mixing
  // adds what the components' means differ by. Every coefficient is positive; powers of a rate that is nearly 1 need its digits.
  using number = detail::double_double;
  const number m = detail::real(samples), old = number(1) - number(gamma), drawn = number(alpha) / m;
  const number kept = by == divisor::n_minus_1 ? old + drawn * number::sum(1, -alpha) : old - number(alpha) * drawn;
  detail::affine_plane<number> all, block{{{old * old, number(alpha) * drawn}, {number(gamma) * old, kept}}, {0, gamma}};
  for (Index left = generation; left > 0; left /= 2) {
    if (left % 2 == 1) all = block.after(all);
    if (left > 1) block = block.after(block);
  }
  const double a = static_cast<double>(all.gain[0][1] + all.shift[0]),
               c = static_cast<double>(all.gain[1][1] + all.shift[1]);
  const double scale = sigma * sigma;
  return {scale * a, scale * (a + c), scale * c, scale * (a + c / detail::real(samples)),
          scale * c * std::exp(detail::log_bias(samples, by))};
}

}  // namespace simulacra::theory
