#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/fixed_inputs.hpp>
#include <simulacra/families/linear/label_law.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/numerics/singular.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/cross_moments.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

namespace detail {

struct linear_model_words {
  static constexpr std::string_view law = "linear_model", sample = "linear_model::sample", edit = "linear_model::edit",
                                    at = "linear_model::predict";
};

}  // namespace detail

/// Labels that are linear in their inputs, with normal noise:
/// \f[ y = b + \beta^T x + s\,\epsilon, \qquad \epsilon \sim N(0, 1), \qquad x \sim \text{a law of inputs} \f]
/// A law of pairs, and so a truth as well as what a regression fits. An observation has d + 1 numbers: d inputs and a label.
template <law_of_inputs Inputs = gaussian<>>
class linear_model : public label_law<linear_model<Inputs>, detail::linear_model_words, Inputs> {
  using base = label_law<linear_model, detail::linear_model_words, Inputs>;
  friend pair_law<linear_model, detail::linear_model_words, Inputs>;

 public:
  using base::inputs_at_compile_time;
  using typename base::data, typename base::input_type, typename base::scalar_type;
  using summary = cross_moments<scalar_type, inputs_at_compile_time>;

  /// @param weights    beta, d numbers, finite
  /// @param noise      s^2, the variance of the labels about their mean, finite and >= 0
  /// @param inputs     the law of x, of dimension d
  /// @param intercept  b, finite
  /// @throw std::invalid_argument if one of these does not hold
  linear_model(input_type weights, double noise, Inputs inputs, scalar_type intercept = 0)
      : base(std::move(weights), intercept, std::move(inputs)), noise_(noise) {
    argument::require(noise >= 0 && noise <= (std::numeric_limits<double>::max)(), "linear_model", "noise", noise,
                      "be >= 0 and finite");
  }

  [[nodiscard]] double noise() const noexcept { return noise_; }  ///< s^2, a variance

  /// What a label is on average, given its input. @throw std::invalid_argument if x has another dimension
  [[nodiscard]] scalar_type predict(const input_type& x) const { return this->at(x); }

  /// The cross moments of n pairs, from their exact law given the moments of the inputs, at a cost that does not depend on n:
  /// \f[ \bar y \sim N(b+\beta^T\bar x,\, s^2/n), \qquad c \sim N(L^T\beta,\, s^2 I), \qquad r^2 \sim s^2\chi^2_{n-1-\mathrm{rank}\,L} \f]
  /// all independent: c are the labels' coordinates along the columns of the inputs, r what is left of them. O(d^3).
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] summary sample_summary(Index n, as<summary>, stream& rng) const
    requires collapses_to<Inputs, moments<scalar_type, inputs_at_compile_time>>
  {
    argument::require(n >= 1, "linear_model::sample_summary", "n", n, "be at least 1");
    using T = scalar_type;
    constexpr int size = with_label<inputs_at_compile_time>;
    const Index d = this->weights().size();
    const moments<T, inputs_at_compile_time> x =
        this->inputs().sample_summary(n, as<moments<T, inputs_at_compile_time>>{}, rng);
    const square<T, inputs_at_compile_time> l = x.factor().dense();
    const double s = std::sqrt(noise_);
    point<T, size> mean(d + 1);
    mean.head(d) = x.mean();
    mean[d] = predict(x.mean()) + static_cast<T>(s / std::sqrt(static_cast<double>(n)) * standard_normal(rng));
    square<T, size> factor = square<T, size>::Zero(d + 1, d + 1);
    Index rank = 0;
    for (Index j = 0; j < d; ++j) {
      if (l(j, j) == T(0)) continue;
      ++rank;
      factor.col(j).head(d) = l.col(j);
      factor(d, j) = l.col(j).dot(this->weights()) + static_cast<T>(s * standard_normal(rng));
    }
    if (n - 1 > rank && s > 0)
      factor(d, d) = static_cast<T>(s * std::sqrt(chi_square(static_cast<double>(n - 1 - rank), rng)));
    return summary(moments<T, size>(n, std::move(mean), scaled_factor<T, size>::from_lower(factor)));
  }

  /// The mean of a pair, label last.
  [[nodiscard]] point<scalar_type, with_label<inputs_at_compile_time>> mean() const
    requires has_moments<Inputs>
  {
    point<scalar_type, with_label<inputs_at_compile_time>> m(this->dimension());
    const input_type centre = this->inputs().mean();
    m.head(this->weights().size()) = centre;
    m[this->weights().size()] = predict(centre);
    return m;
  }

  /// The covariance of a pair. What is too large for a number is infinite, with its sign.
  /// @throw std::domain_error where that is unknown: the inputs' covariance is not finite, and they are not Gaussian
  [[nodiscard]] square<scalar_type, with_label<inputs_at_compile_time>> covariance() const
    requires has_moments<Inputs>
  {
    const Index d = this->weights().size();
    const square<scalar_type, inputs_at_compile_time> of_inputs = this->inputs().covariance();
    const input_type both = of_inputs * this->weights();
    square<scalar_type, with_label<inputs_at_compile_time>> c(d + 1, d + 1);
    c.topLeftCorner(d, d) = of_inputs;
    c.col(d).head(d) = both;
    c.row(d).head(d) = both.transpose();
    c(d, d) = this->weights().dot(both) + static_cast<scalar_type>(noise_);
    if (!argument::all_finite(c)) [[unlikely]] {
      if constexpr (std::same_as<Inputs, gaussian<scalar_type, inputs_at_compile_time>>) return as_gaussian().covariance();
      detail::require_moment(c, "linear_model::covariance");
    }
    return c;
  }

  /// Over Gaussian inputs pairs are Gaussian, with factor \f$ \begin{pmatrix} F & 0 \\ \beta^T F & s \end{pmatrix} \f$.
  [[nodiscard]] auto as_gaussian() const
    requires std::same_as<Inputs, gaussian<scalar_type, inputs_at_compile_time>>
  {
    constexpr int size = with_label<inputs_at_compile_time>;
    const Index d = this->weights().size();
    square<scalar_type, size> f = square<scalar_type, size>::Zero(d + 1, d + 1);
    f.topLeftCorner(d, d) = this->inputs().factor().dense();
    f.row(d).head(d) = this->weights().transpose() * f.topLeftCorner(d, d);
    f(d, d) = static_cast<scalar_type>(std::sqrt(noise_));
    return gaussian<scalar_type, size>::from_factor(mean(), scaled_factor<scalar_type, size>::from_lower(f));
  }

  /// Log density of a pair, in nats: of its input, and of its label given that. Without noise it is plus infinity where the label is the
  /// prediction to within rounding, minus infinity elsewhere.
  [[nodiscard]] double log_density(const labelled<input_type, point<scalar_type, 1>>& pair) const
    requires requires(const Inputs& law, const input_type& x) { law.log_density(x); }
  {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279, infinity = std::numeric_limits<double>::infinity();
    const double apart = static_cast<double>(pair.y[0] - predict(pair.x));
    const double of_input = this->inputs().log_density(pair.x);
    if (noise_ == 0) {
      const double size = std::abs(static_cast<double>(pair.y[0])) + std::abs(static_cast<double>(this->intercept())) +
                          static_cast<double>(this->weights().cwiseAbs().dot(pair.x.cwiseAbs()));
      return std::abs(apart) <= rounding_of_rows<scalar_type>(this->dimension()) * size && of_input > -infinity ? infinity
                                                                                                                : -infinity;
    }
    return of_input - 0.5 * (log_two_pi + std::log(noise_) + apart * apart / noise_);
  }

  friend bool operator==(const linear_model& a, const linear_model& b) { return a.noise_ == b.noise_ && a.same_form(b); }

 private:
  void label(data& pairs, stream& rng) const {
    const Index n = pairs.x.cols();
    pairs.y.resize(1, n);
    fill_normal(std::span<scalar_type>(pairs.y.data(), static_cast<std::size_t>(n)), rng);
    pairs.y *= static_cast<scalar_type>(std::sqrt(noise_));
    pairs.y.noalias() += this->weights().transpose() * pairs.x;
    if (this->intercept() != scalar_type(0)) pairs.y.array() += this->intercept();
  }

  double noise_;
};

/// The entropy of a pair, in nats, over Gaussian inputs; minus infinity without noise.
template <class T, int D>
[[nodiscard]] double entropy(const linear_model<gaussian<T, D>>& p) {
  return entropy(p.as_gaussian());
}

/// The Kullback-Leibler divergence of q from p, in nats, over Gaussian inputs. For the same inputs it is
/// \f$ \frac12[\log(s_q^2/s_p^2) + (s_p^2 + \texttt{excess\_risk})/s_q^2 - 1] \f$. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double kl_divergence(const linear_model<gaussian<T, D>>& p, const linear_model<gaussian<T, D>>& q) {
  return kl_divergence(p.as_gaussian(), q.as_gaussian());
}

/// The cross-entropy of any law of pairs with two moments under a linear model of Gaussian inputs, in nats.
template <has_moments P, class T, int D>
[[nodiscard]] double cross_entropy(const P& p, const linear_model<gaussian<T, D>>& q) {
  if constexpr (std::same_as<P, linear_model<gaussian<T, D>>>)
    return cross_entropy(p.as_gaussian(), q.as_gaussian());
  else
    return cross_entropy(p, q.as_gaussian());
}

/// What a fit costs under the truth's inputs beyond the noise that no fit can know: \f$ E_x\bigl(\hat f(x) - f(x)\bigr)^2 \f$, in closed
/// form, \f$ |F^T\delta|^2 + (\mu^T\delta + \delta_0)^2 \f$ for inputs of mean mu and covariance F F', where delta and delta_0 are the
/// differences of weights and intercepts. O(d^2).
/// @throw std::invalid_argument if the dimensions differ
template <has_moments Inputs, class Other>
[[nodiscard]] double excess_risk(const linear_model<Inputs>& truth, const linear_model<Other>& fit) {
  argument::require(fit.weights().size() == truth.weights().size(), "excess_risk", "fit.weights().size()",
                    fit.weights().size(), "be that of the truth");
  using T = typename linear_model<Inputs>::scalar_type;
  const typename linear_model<Inputs>::input_type delta = fit.weights() - truth.weights();
  const T along = delta.dot(truth.inputs().mean()) + (fit.intercept() - truth.intercept());
  double spread = 0;
  if constexpr (requires { truth.inputs().factor().dense(); })
    spread = static_cast<double>((truth.inputs().factor().dense().transpose() * delta).squaredNorm());
  else
    spread = static_cast<double>(delta.dot(truth.inputs().covariance() * delta));
  return spread + static_cast<double>(along) * static_cast<double>(along);
}

}  // namespace simulacra
