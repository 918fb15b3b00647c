#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

/// Noise on the first two moments of a model: the mean is missed by \f$e \sim N(0, \tau^2 I)\f$, and the covariance S by a factor that is
/// 1 on average,
/// \f[ \mu' = \mu + e, \qquad S' = S\, e^{\eta \xi - \eta^2/2}, \quad \xi \sim N(0, 1). \f]
/// `mean` is \f$\tau\f$, in the units of the data and for each coordinate, so that \f$E|e|^2 = d \tau^2\f$; `log_variance` is
/// \f$\eta\f$. It is a noise for `noisy` of whatever has a mean and a square root of its covariance, as `gaussian` has.
struct moment_noise {
  double mean = 0;
  double log_variance = 0;

  /// The model that is returned in place of m.  O(d^2)
  /// @throw std::domain_error where that leaves the range of floating point: a lineage ends there
  template <class Model>
    requires requires(const Model& m) {
               { Model::from_factor(m.mean(), m.factor().scaled(1.0).shifted(1)) } -> std::same_as<Model>;
             }
  [[nodiscard]] Model operator()(const Model& m, stream& rng) const {
    auto centre = m.mean();
    auto factor = m.factor();
    using scalar = typename std::remove_cvref_t<decltype(centre)>::Scalar;
    if (mean > 0)
      for (Index k = 0; k < centre.size(); ++k) centre[k] += static_cast<scalar>(mean * standard_normal(rng));
    if (log_variance > 0) {
      constexpr double log_two = 0.693147180559945309417232121458176568;
      const double log_scale = log_variance * (standard_normal(rng) / 2 - log_variance / 4);
      const double powers = std::nearbyint(log_scale / log_two);  // what they do, the factor's exponents take up
      factor = factor.scaled(std::exp(log_scale - powers * log_two)).shifted(static_cast<std::int64_t>(powers));
    }
    constexpr scalar limit = (std::numeric_limits<scalar>::max)() / scalar(10000);
    for (Index k = 0; k < centre.size(); ++k)
      if (!(std::abs(centre[k]) <= limit) || !factor.column_within(k, limit))
        throw std::domain_error("noisy: the mean or the spread, with its noise, leaves the range of floating point");
    return Model::from_factor(std::move(centre), std::move(factor));
  }
};

/// An estimator whose result is missed by noise: the functional approximation error of Shumailov et al. (2024), as it is left by an
/// optimiser that is stopped early, or by the last steps of stochastic gradients. `noisy(gaussian_estimator<>(by), {.mean = 0.01})`
///
/// It eats what the estimator eats, its summary included, so that stored, streamed and collapsed draws are as they were. The noise of
/// a generation is one draw of `purpose::fit`'s, whatever is fitted there: data of finite size, or the law itself. What the fit to
/// infinitely many data is missed by is therefore what this generation was missed by, and the ledger books all of it as
/// *approximation*, none as statistical error. Where no generation is known (`fit` called by hand) it is drawn from `rng`.
///
/// For noise that changes: `scheduled(noisy(...), [](const auto& e, const auto& at) { return e.with({.mean = ...}); })`. With a warm
/// start: `warm_started(noisy(...))`.
template <class Estimator, class Noise = moment_noise>
class noisy : public Estimator {
  static_assert(!detail::is_warm_started<Estimator>,
                "simulacra: write warm_started(noisy(estimator, noise)): a warm start is of what is run");

 public:
  /// @param noise  called as `noise(model, rng)`, returns a model of the same type; `moment_noise`, or one's own
  /// @throw std::invalid_argument if a number of a `moment_noise` is negative or not finite
  noisy(Estimator estimator, Noise noise) : Estimator(std::move(estimator)), noise_(std::move(noise)) {
    if constexpr (std::same_as<Noise, moment_noise>) {
      constexpr double largest = (std::numeric_limits<double>::max)();
      argument::require(noise_.mean >= 0 && noise_.mean <= largest, "noisy", "mean", noise_.mean, "be >= 0 and finite");
      argument::require(noise_.log_variance >= 0 && noise_.log_variance <= 1e6, "noisy", "log_variance", noise_.log_variance,
                        "be in [0, 1e6]");
    }
  }

  [[nodiscard]] const Estimator& exact() const noexcept { return *this; }  ///< the estimator without noise
  [[nodiscard]] const Noise& noise() const noexcept { return noise_; }
  [[nodiscard]] noisy with(Noise noise) const { return like(exact(), std::move(noise)); }  ///< the same with another noise

  /// Fits data, or their summary, and misses. A fit that failed is returned as it is.
  template <class Input>
    requires fits<Estimator, Input>
  [[nodiscard]] auto fit(const Input& x, stream& rng) const {
    return missed(exact().fit(x, rng), rng);
  }
  template <class Data, class W>
    requires requires(const Estimator& e, const Data& x, const W& w, stream& rng) { e.fit(x, w, rng); }
  [[nodiscard]] auto fit(const Data& x, const W& w, stream& rng) const {
    return missed(exact().fit(x, w, rng), rng);
  }

  /// What the fit to infinitely many data of a law returns in this generation, missed by this generation's noise.
  /// @throw std::domain_error where no generation is known, and with it no noise
  template <class Law>
    requires requires(const Estimator& e, const Law& law, const Noise& noise, stream& rng) {
               noise(e.population_fit(law), rng);
             }
  [[nodiscard]] auto population_fit(const Law& law) const {
    if (!own_) throw std::domain_error("noisy::population_fit: what it is missed by is not known outside a generation");
    stream own = *own_;
    return noise_(exact().population_fit(law), own);
  }

  /// The estimator of a place: one noise, whatever it fits.
  template <class Truth>
  [[nodiscard]] noisy at(const place<Truth>& where) const {
    noisy placed = *this;
    if constexpr (detail::fits_at<Estimator, Truth>) placed = noisy(exact().at(where), noise_);
    placed.own_ = where.root.at(static_cast<std::uint64_t>(where.generation - 1), purpose::fit, noise_component);
    return placed;
  }

  // What an estimator of its own type is asked for (see `starts_from`, `depends_on_samples`).
  template <class Model>
    requires requires(const Estimator& e, const Model& m) { e.starting_from(m); }
  [[nodiscard]] noisy starting_from(const Model& m) const {
    return like(exact().starting_from(m), noise_);
  }
  [[nodiscard]] noisy with_samples(Index n) const
    requires requires(const Estimator& e, Index k) { e.with_samples(k); }
  {
    return like(exact().with_samples(n), noise_);
  }
  [[nodiscard]] noisy with_samples(Index n, const weights<double>& w) const
    requires requires(const Estimator& e, Index k, const weights<double>& v) { e.with_samples(k, v); }
  {
    return like(exact().with_samples(n, w), noise_);
  }

 private:
  static constexpr std::uint32_t noise_component = 0x6e6f6973;  ///< far from those that a search with restarts may count

  [[nodiscard]] noisy like(Estimator estimator, Noise noise) const {
    noisy same(std::move(estimator), std::move(noise));
    same.own_ = own_;
    return same;
  }

  template <class Model>
  [[nodiscard]] Model missed(const Model& m, stream& rng) const {
    static_assert(
        std::invocable<const Noise&, const Model&, stream&>,
        "simulacra: noise must be callable as noise(model, rng); a moment_noise is that for models with a mean and a "
        "square root of their covariance, and for others bring your own");
    stream own = own_ ? *own_ : rng;
    Model done = noise_(m, own);
    if (!own_) rng = own;
    return done;
  }
  template <class Model>
  [[nodiscard]] fitted<Model> missed(const fitted<Model>& done, stream& rng) const {
    if (done.result.what == status::failed) return done;
    return {missed(done.model, rng), done.result};
  }

  Noise noise_;
  std::optional<stream> own_{};  ///< of the noise, in the estimator of a place
};

}  // namespace simulacra
