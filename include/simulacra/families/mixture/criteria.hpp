#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// What a mixture's fit is worth when its parameters are paid for. Of each criterion the least is the best; none is per
/// observation.
struct information_criteria {
  double log_likelihood = 0;  ///< sum over the observations, in nats
  Index parameters = 0;       ///< free ones
  double aic = 0;             ///< -2 log L + 2 p: Akaike (1974)
  double bic = 0;             ///< -2 log L + p log n: Schwarz (1978)
  double icl = 0;             ///< BIC + twice the entropy of the responsibilities: Biernacki, Celeux and Govaert (2000)
};

enum class criterion { aic, bic, icl };

/// The criteria of a mixture on observations, d x n. O(n k d^2).
///
/// Weights are relative, so they cannot say how many observations there are: the log likelihood is the weighted mean log density
/// times the *effective* number \f$ n = (\sum w)^2 / \sum w^2 \f$, which is also the n of BIC, and the entropy of the responsibilities
/// likewise. It is the number of observations where all weights are equal.
/// @param w  a weight >= 0 for each observation, or empty: all are equal
/// @param what  the covariance type that it was fitted with: it decides how many parameters are free
/// @throw std::invalid_argument if n is 0, the dimensions differ, or weights are no such numbers
template <class T, int D>
[[nodiscard]] information_criteria criteria(const gaussian_mixture<T, D>& p, covariance_type what, const samples<T, D>& x,
                                            const weights<double>& w = {}) {
  argument::require(x.cols() >= 1, "criteria", "x.cols()", x.cols(), "be at least 1");
  argument::require(x.rows() == p.dimension(), "criteria", "x.rows()", x.rows(), "be the dimension of the mixture");
  information_criteria c;
  const detail::relative_weights<> relative(&w, x.cols(), "criteria");
  double entropy = 0, squares = 0;
  for (Index i = 0; i < x.cols(); ++i) {
    const point<T, D> at = x.col(i);
    const double weight = relative[i];
    squares += weight * weight;
    if (weight == 0) continue;
    c.log_likelihood += weight * p.log_density(at);
    const simulacra::weights<double> r = p.responsibilities(at);
    for (Index j = 0; j < r.size(); ++j)
      if (r[j] > 0) entropy -= weight * (r[j] * std::log(r[j]));
  }
  const double scale = relative.total() / squares, n = relative.total() * scale;
  c.log_likelihood *= scale;
  entropy *= scale;
  c.parameters = free_parameters(what, p.size(), p.dimension());
  const double paid = static_cast<double>(c.parameters);
  c.aic = -2 * c.log_likelihood + 2 * paid;
  c.bic = -2 * c.log_likelihood + paid * std::log(n);
  c.icl = c.bic + 2 * entropy;
  return c;
}

/// One number of components that was tried.
template <class T = double, int D = dynamic>
struct component_trial {
  Index components;  ///< as asked for; the model may have lost some
  mixture_fit<T, D> fit;
  information_criteria worth;
};

/// A choice among numbers of components.
template <class T = double, int D = dynamic>
struct component_choice {
  std::size_t best = 0;  ///< number of the trial with the least criterion
  std::vector<component_trial<T, D>> trials;

  [[nodiscard]] const component_trial<T, D>& chosen() const { return trials[best]; }
};

/// Fits k = first, ..., last components with the estimator's other options, and chooses the k with the least criterion; of
/// equal ones the smallest.
/// @param w  a weight >= 0 for each observation, or empty: all are equal. Fits and criteria are those of weighted data
/// @throw std::invalid_argument unless 1 <= first <= last <= n, the estimator starts afresh, or as `fit` and `criteria` do
template <class T, int D>
[[nodiscard]] component_choice<T, D> choose_components(const mixture_estimator<T, D>& estimator, Index first, Index last,
                                                       criterion by, const samples<T, D>& x, const weights<double>& w,
                                                       stream& rng) {
  argument::require(first >= 1, "choose_components", "first", first, "be at least 1");
  argument::require(last >= first, "choose_components", "last", last, "be at least first");
  argument::require(estimator.options().given.empty(), "choose_components", "given.size()",
                    static_cast<Index>(estimator.options().given.size()), "be 0: a start has a number of components");
  component_choice<T, D> choice;
  double least = std::numeric_limits<double>::infinity();
  for (Index k = first; k <= last; ++k) {
    mixture_options<T, D> o = estimator.options();
    o.components = k;
    const mixture_estimator<T, D> one(std::move(o));
    mixture_fit<T, D> fit = w.size() == 0 ? one.fit_in_detail(x, rng) : one.fit_in_detail(x, w, rng);
    const information_criteria worth = criteria(fit.model, estimator.options().covariance, x, w);
    const double value = by == criterion::aic ? worth.aic : by == criterion::bic ? worth.bic : worth.icl;
    choice.trials.push_back({k, std::move(fit), worth});
    if (value < least) {
      least = value;
      choice.best = choice.trials.size() - 1;
    }
  }
  return choice;
}
template <class T, int D>
[[nodiscard]] component_choice<T, D> choose_components(const mixture_estimator<T, D>& estimator, Index first, Index last,
                                                       criterion by, const samples<T, D>& x, stream& rng) {
  return choose_components(estimator, first, last, by, x, weights<double>{}, rng);
}

}  // namespace simulacra
