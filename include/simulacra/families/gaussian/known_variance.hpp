#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/posterior.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// The prior N(mean, variance I) of a Gaussian's mean.
template <class T = double, int D = dynamic>
struct normal_prior {
  point<T, D> mean;
  double variance = 1;
};

/// Fits the mean of a Gaussian N(mu, s^2 I) whose variance is known: by maximum likelihood, or under a normal prior, whose posterior is
/// \f[ N\bigl(\rho\bar x+(1-\rho)\mu_0,\ \rho\,\tfrac{s^2}n I\bigr),\qquad \rho=\frac{n\tau^2}{n\tau^2+s^2}, \f]
/// tau^2 the prior's variance; its mean and its mode are the same. A chain of posterior samples is an autoregression whose stationary law
/// is the prior (`theory::posterior_sampling_mean`). An observation of weight w counts as w observations beside the prior.
template <class T = double, int D = dynamic>
class gaussian_mean_estimator {
 public:
  using summary = moments<T, D>;
  using model_type = gaussian<T, D>;

  /// Maximum likelihood. @throw std::invalid_argument unless variance > 0 and finite
  explicit gaussian_mean_estimator(double variance) : variance_(variance) {
    argument::require(variance > 0 && variance <= (std::numeric_limits<double>::max)(), "gaussian_mean_estimator",
                      "variance", variance, "be positive and finite");
  }
  /// @throw std::invalid_argument also unless the prior's variance is positive and finite, and its mean finite
  gaussian_mean_estimator(double variance, normal_prior<T, D> prior, posterior report) : gaussian_mean_estimator(variance) {
    argument::require(prior.variance > 0 && prior.variance <= (std::numeric_limits<double>::max)(),
                      "gaussian_mean_estimator", "prior.variance", prior.variance, "be positive and finite");
    argument::require_finite(prior.mean, "gaussian_mean_estimator", "prior.mean");
    prior_ = std::move(prior);
    report_ = report;
  }

  /// O(d). @throw std::invalid_argument if m holds no weight, or is of another dimension than the prior
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream& rng) const {
    argument::require(!m.weightless(), "gaussian_mean_estimator::fit", "weight()", 0, "be > 0: there is nothing to fit");
    point<T, D> mean = m.mean();
    outcome result;
    if (prior_) {
      argument::require(prior_->mean.size() == mean.size(), "gaussian_mean_estimator::fit", "dimension", mean.size(),
                        "be that of the prior, " + argument::text(prior_->mean.size()));
      const double n = m.weight();
      argument::require(n <= (std::numeric_limits<double>::max)(), "gaussian_mean_estimator::fit", "weight()", n,
                        "be finite");
      const double ratio = variance_ / prior_->variance / n, rho = 1 / (1 + ratio);  // no product that may overflow
      result.shrinkage = ratio * rho;
      mean = static_cast<T>(rho) * mean + static_cast<T>(result.shrinkage) * prior_->mean;
      if (report_ == posterior::sample)
        for (Index k = 0; k < mean.size(); ++k)
          mean[k] += static_cast<T>(std::sqrt(rho * (variance_ / n)) * standard_normal(rng));
    }
    return {made(std::move(mean)), result};
  }

  /// Fits observations, d x n. @throw std::invalid_argument if one is not finite, or there is none
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream& rng) const {
    argument::require(x.cols() >= 1, "gaussian_mean_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    argument::require_finite(x, "gaussian_mean_estimator::fit", "x");
    return fit(summary::of(x), rng);
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream& rng) const {
    argument::require_finite(x, "gaussian_mean_estimator::fit", "x");
    return fit(summary::of(x, w), rng);
  }

  /// The member of the family with the law's mean, which is the best by KL(law || .).
  template <has_moments Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return made(law.mean());
  }
  template <has_moments Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return project(law);
  }
  [[nodiscard]] gaussian_mean_estimator ideal() const { return gaussian_mean_estimator(variance_); }

 private:
  [[nodiscard]] model_type made(point<T, D> mean) const {
    const Index d = mean.size();
    return model_type::from_factor(std::move(mean), scaled_factor<T, D>::identity(d).scaled(std::sqrt(variance_)));
  }

  double variance_;
  std::optional<normal_prior<T, D>> prior_{};
  posterior report_ = posterior::mean;
};

}  // namespace simulacra
