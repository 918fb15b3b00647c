#pragma once

#include <algorithm>
#include <cmath>

#include <simulacra/core/argument.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/normal.hpp>

namespace simulacra {

/// Draws Gamma(shape, scale 1) numbers: density x^(shape-1) exp(-x) / Gamma(shape). Construct once, draw often.
///
/// For shape >= 1: with d = shape - 1/3 and c = 1 / (3 sqrt(d)), the number d (1 + c x)^3 of a normal x is kept with
/// probability exp(x^2 / 2 + d (1 - v + log v)), v = (1 + c x)^3; over 95 % are. A shape below 1 is drawn as one of
/// shape + 1 times exp(-E / shape), E exponential, which is the boost U^(1/shape) written so that its logarithm is exact.
/// Words are taken in this order: normal, uniform, repeated while rejected; then E.
/// Cost: about one normal and one uniform; no logarithm for large shapes. Any finite shape > 0.
/// Source: Marsaglia, Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26.
class gamma_sampler {
 public:
  /// Throws `std::invalid_argument` unless `shape` is positive and finite.
  explicit gamma_sampler(double shape) : gamma_sampler(shape, unchecked{}) {
    argument::require(shape > 0 && std::isfinite(shape), "gamma_sampler", "shape", shape, "be positive and finite");
  }

  /// One draw. For a tiny shape the true value is often below the smallest double, and the result is then 0: ask for
  /// `log_draw`.
  [[gnu::always_inline, nodiscard]] double operator()(stream& rng) const {
    if (boosted_) [[unlikely]]
      return std::exp(log_draw(rng));
    return at_least_one(rng);
  }

  /// The logarithm of what `operator()` would have drawn from the same words; finite whatever the shape (>= 1e-300).
  [[nodiscard]] double log_draw(stream& rng) const {
    const double logarithm = std::log(at_least_one(rng));
    return boosted_ ? logarithm - standard_exponential(rng) / shape_ : logarithm;
  }

  [[nodiscard]] double shape() const noexcept { return shape_; }

 private:
  friend class chi_square_sampler;

  struct unchecked {};
  [[gnu::always_inline]] gamma_sampler(double shape, unchecked) : shape_(shape), boosted_(shape < 1) {
    d_ = (boosted_ ? shape + 1 : shape) - 1.0 / 3.0;
    c_ = 1 / (3 * std::sqrt(d_));
    // Marsaglia and Tsang keep a proposal at once if u < 1 - 0.0331 x^4, which holds for every shape but sends a tenth of
    // the draws to the logarithm. The exponent is -3 d (t^4/4 - t^5/5 + ...) with t = c x, hence at least
    // -(3/4) d t^4 / (1 - |t|) >= -x^4 / (72 d) while |t| <= 1/3; and u < 1 - x^4 / (72 d) forces |x| < (72 d)^(1/4),
    // which is at most sqrt(d), that is |t| <= 1/3, once d >= 72. So from there on this sharper squeeze is exact.
    squeeze_ = d_ >= 72 ? 1 / (72 * d_) : 0.0331;
  }

  [[gnu::always_inline, nodiscard]] double at_least_one(stream& rng) const {
    for (;;) {
      const double x = standard_normal(rng);
      const double t = c_ * x;
      if (t <= -1) [[unlikely]]
        continue;
      const double v = (1 + t) * (1 + t) * (1 + t);
      const double u = uniform_open(rng);
      if (u < 1 - squeeze_ * (x * x) * (x * x)) [[likely]]
        return d_ * v;
      if (std::log(u) < exponent(t)) return d_ * v;
    }
  }

  /// x^2 / 2 + d (1 - v + log v) = d (3 (log(1 + t) - t + t^2/2) - t^3). For small t it is summed as a series: otherwise,
  /// with a large d, only the rounding of v would be left of it.
  [[gnu::noinline, nodiscard]] double exponent(double t) const {
    if (std::abs(t) > 0.05) return d_ * (3 * (std::log1p(t) - t + 0.5 * t * t) - t * t * t);
    double sum = 0;
    for (int power = 12; power >= 4; --power) sum = 1.0 / power - t * sum;
    return -3 * d_ * (t * t) * (t * t) * sum;
  }

  double shape_, d_ = 0, c_ = 0, squeeze_ = 0;
  bool boosted_;
};

/// Draws chi-square numbers: twice a gamma of half the degrees of freedom, which need not be whole.
class chi_square_sampler {
 public:
  /// Throws `std::invalid_argument` unless `degrees` is positive and finite.
  [[gnu::always_inline]] explicit chi_square_sampler(double degrees) : gamma_(0.5 * degrees, gamma_sampler::unchecked{}) {
    argument::require(gamma_.shape() > 0 && std::isfinite(degrees), "chi_square", "degrees", degrees,
                      "be positive and finite");
  }

  [[gnu::always_inline, nodiscard]] double operator()(stream& rng) const { return 2 * gamma_(rng); }
  [[nodiscard]] double degrees() const noexcept { return 2 * gamma_.shape(); }

 private:
  gamma_sampler gamma_;
};

/// One Gamma(shape, 1) number; see `gamma_sampler`, also for what throws.
[[nodiscard]] inline double standard_gamma(double shape, stream& rng) { return gamma_sampler(shape)(rng); }

/// The logarithm of one Gamma(shape, 1) number, finite where the number itself underflows (shape 1e-3, say): the same words
/// give log(standard_gamma) up to rounding.
[[nodiscard]] inline double log_standard_gamma(double shape, stream& rng) { return gamma_sampler(shape).log_draw(rng); }

/// One chi-square number with the given degrees of freedom; see `chi_square_sampler`.
[[gnu::always_inline, nodiscard]] inline double chi_square(double degrees, stream& rng) {
  return chi_square_sampler(degrees)(rng);
}

}  // namespace simulacra
