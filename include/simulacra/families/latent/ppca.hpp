#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/factor_model.hpp>

namespace simulacra {

/// The law of probabilistic principal component analysis, \f$ N(\mu, W W^T + \sigma^2 I) \f$ with W of shape d x q: a Gaussian with q
/// directions of its own and the same noise in all others. Everything that a `factor_model` knows it knows.
/// Source: Tipping and Bishop (1999), "Probabilistic principal component analysis", J. R. Statist. Soc. B 61.
template <class T = double, int D = dynamic>
class ppca : public factor_model<T, D> {
 public:
  using base = factor_model<T, D>;
  using typename base::loadings_type;

  /// @param mean      d numbers, finite   @param loadings  W, d x q, finite, q >= 0
  /// @param noise     sigma, a standard deviation, finite and >= 0
  /// @throw std::invalid_argument if one of these does not hold
  ppca(point<T, D> mean, loadings_type loadings, T noise)
      : base(mean, std::move(loadings), point<T, D>::Constant(mean.size(), noise)) {}

  /// sigma, the standard deviation of the noise.
  [[nodiscard]] T noise_deviation() const noexcept { return this->noise()[0]; }

  /// The law without its noise, N(mu, W W'): what an observation is on average, given z.
  [[nodiscard]] ppca means() const { return ppca(this->mean(), this->loadings(), T(0)); }

  /// The law with covariance lambda Sigma. @throw std::invalid_argument unless lambda >= 0 and finite
  /// @throw chain_end if that leaves the range: a lineage ends there
  [[nodiscard]] ppca inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "ppca::inflated", "lambda", lambda,
                      "be >= 0 and finite");
    const factor_model<T, D> all = factor_model<T, D>::inflated(lambda);
    return ppca(all.mean(), all.loadings(), all.noise()[0]);
  }

  /// The law with density proportional to the tau-th root of this one's. @throw std::invalid_argument unless tau > 0 and finite
  [[nodiscard]] ppca tempered(double tau) const {
    argument::require(tau > 0, "ppca::tempered", "tau", tau, "be > 0 and finite");
    return inflated(tau);
  }
};

/// In a grid, as the `factor_model` that it is.
template <class T, int D, std::same_as<grid_features> Map>
void embed_into(const ppca<T, D>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  embed_into(law.as_gaussian(), map, out);
}

}  // namespace simulacra
