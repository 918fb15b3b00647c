#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/data_units.hpp>
#include <simulacra/families/latent/detail/vae_pass.hpp>
#include <simulacra/families/latent/vae_shape.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

template <class T>
class vae_means;

/// A variational autoencoder: z ~ N(0, I) in q dimensions, x given z by a decoder network, and an encoder network that guesses z from
/// x. As a law it is what the decoder makes of z, its own noise included; `means()` is the law without that noise.
///
/// The networks may see observations in units of their own (`units()`); whatever goes in or comes out is in the units of the data.
/// Source: Kingma and Welling (2014), "Auto-encoding variational Bayes".
template <class T = double>
class vae {
 public:
  using scalar_type = T;

  /// @param shape       d >= 1, q >= 1, at least one hidden layer, each with at least one unit
  /// @param parameters  `shape.parameters()` finite numbers: those of the encoder, of the decoder (see `network_shape`), and for
  ///                    Gaussian observations the logarithm of their standard deviation in the networks' units
  /// @param units       how the networks see observations: a centre of d finite numbers, and a spread > 0, finite; Bernoulli
  ///                    observations have none. Left out: as they are
  /// @throw std::invalid_argument if one of these does not hold
  vae(vae_shape shape, point<T> parameters, data_units<T> units = {})
      : shape_(std::move(shape)), parameters_(std::move(parameters)), units_(std::move(units)) {
    argument::require(shape_.dimension >= 1, "vae", "shape.dimension", shape_.dimension, "be at least 1");
    argument::require(shape_.latent >= 1, "vae", "shape.latent", shape_.latent, "be at least 1");
    argument::require(!shape_.hidden.empty(), "vae", "shape.hidden.size()", Index{0}, "be at least 1");
    for (const Index width : shape_.hidden)
      argument::require(width >= 1, "vae", "shape.hidden", width, "be at least 1 each");
    argument::require(parameters_.size() == shape_.parameters(), "vae", "parameters.size()", parameters_.size(),
                      "be the number that the shape needs");
    argument::require_finite(parameters_, "vae", "parameters");
    if (units_.plain()) return;
    argument::require(shape_.observation == likelihood::gaussian, "vae", "units", "given",
                      "be left out where the likelihood is Bernoulli");
    argument::require(units_.centre.size() == shape_.dimension, "vae", "units.centre.size()", units_.centre.size(),
                      "equal the dimension");
    argument::require_finite(units_.centre, "vae", "units.centre");
    argument::require(units_.spread > 0 && units_.spread <= (std::numeric_limits<double>::max)(), "vae", "units.spread",
                      units_.spread, "be > 0 and finite");
  }

  [[nodiscard]] Index dimension() const noexcept { return shape_.dimension; }
  [[nodiscard]] Index latent_dimension() const noexcept { return shape_.latent; }
  [[nodiscard]] const vae_shape& shape() const noexcept { return shape_; }
  [[nodiscard]] const point<T>& parameters() const noexcept { return parameters_; }
  [[nodiscard]] const data_units<T>& units() const noexcept { return units_; }

  /// The standard deviation of Gaussian observations, in the units of the data; NaN for others.
  [[nodiscard]] double noise() const {
    if (shape_.observation != likelihood::gaussian) return std::numeric_limits<double>::quiet_NaN();
    return units_.spread * std::exp(static_cast<double>(parameters_[parameters_.size() - 1]));
  }

  /// The same model without the noise of observations: it is sampled by the decoder's means.
  [[nodiscard]] vae_means<T> means() const { return vae_means<T>(*this); }

  /// n observations, d x n: 0 or 1 in each coordinate where the likelihood is Bernoulli. O(n parameters).
  /// @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T> sample(Index n, stream& rng) const {
    samples<T> x = sample_means(n, rng);
    if (shape_.observation == likelihood::bernoulli) {
      for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(rng) < static_cast<double>(x.data()[i]) ? T(1) : T(0);
      return x;
    }
    samples<T> own(x.rows(), x.cols());
    fill_normal(std::span<T>(own.data(), static_cast<std::size_t>(own.size())), rng);
    x += static_cast<T>(noise()) * own;
    return x;
  }

  /// The decoder's means for n draws of z. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T> sample_means(Index n, stream& rng) const {
    argument::require(n >= 0, "vae::sample", "n", n, "not be negative");
    argument::require_room(n, (std::max)(dimension(), latent_dimension()), sizeof(T), "vae::sample", "n");
    samples<T> z(latent_dimension(), n);
    fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(z.size())), rng);
    return decode(z);
  }

  /// The mean of an observation given each column of z: d x n.
  /// @throw std::invalid_argument unless z has q rows
  [[nodiscard]] samples<T> decode(const samples<T>& z) const {
    argument::require(z.rows() == latent_dimension(), "vae::decode", "z.rows()", z.rows(),
                      "equal the number of latent dimensions");
    detail::latent::vae_pass<T> pass(shape_);
    samples<T> x(dimension(), z.cols());
    for_each_block(z, [&](Index first, const samples<T>& block) {
      auto part = x.middleCols(first, block.cols());
      part = pass.decode(parameters_.data(), block);
      if (shape_.observation == likelihood::bernoulli) part.array() = T(1) / (T(1) + (-part.array()).exp());
      units_.leave(part);
    });
    return x;
  }

  /// The encoder's means for each column of x: q x n. @throw std::invalid_argument unless x has d rows of finite numbers
  [[nodiscard]] samples<T> encode(const samples<T>& x) const {
    require_rows(x, "vae::encode");
    detail::latent::vae_pass<T> pass(shape_);
    samples<T> z(latent_dimension(), x.cols());
    for_each_seen(x, [&](Index first, const samples<T>& block) {
      z.middleCols(first, block.cols()) = pass.encode(parameters_.data(), block).topRows(latent_dimension());
    });
    return z;
  }

  /// The mean over the columns of x of what the evidence lower bound says against them, in nats: -log p(x | z) + KL, one draw of
  /// z for each. Plus infinity where it leaves the range of floating point.
  /// @throw std::invalid_argument unless x has d rows and a column, all finite
  [[nodiscard]] double negative_elbo(const samples<T>& x, stream& rng) const {
    double surprise = 0, divergence = 0;
    for_each_loss(x, "vae::negative_elbo", rng, [&](Index, const detail::latent::vae_pass<T>& pass, const samples<T>&) {
      surprise += pass.surprises().template cast<double>().sum();
      divergence += pass.divergences().template cast<double>().sum();
    });
    return or_infinite((surprise + divergence) / static_cast<double>(x.cols()) + log_units());
  }

  /// The mean KL(q(z | x) || N(0, I)) over the columns of x, in nats: how much the latent variables say of an observation. Plus
  /// infinity where it leaves the range of floating point.
  [[nodiscard]] double mean_divergence(const samples<T>& x) const {
    require_rows(x, "vae::mean_divergence");
    argument::require(x.cols() >= 1, "vae::mean_divergence", "x.cols()", x.cols(), "be at least 1");
    detail::latent::vae_pass<T> pass(shape_);
    const Index q = latent_dimension();
    double sum = 0;
    for_each_seen(x, [&](Index, const samples<T>& block) {
      const samples<T>& code = pass.encode(parameters_.data(), block);
      sum += 0.5 * (code.topRows(q).array().square() + code.bottomRows(q).array().exp() - code.bottomRows(q).array() - T(1))
                       .template cast<double>()
                       .sum();
    });
    return or_infinite(sum / static_cast<double>(x.cols()));
  }

  /// The importance-weighted estimate of the mean log-likelihood of the columns of x, in nats:
  /// \f[ \log \frac1K \sum_k p(x \mid z_k) p(z_k) / q(z_k \mid x), \qquad z_k \sim q(z \mid x), \f]
  /// on average a lower bound that rises with K to the log-likelihood; K = 1 is the evidence lower bound. Minus infinity where it
  /// leaves the range of floating point. O(K n parameters).
  /// @throw std::invalid_argument unless K >= 1, x has d rows and a column, all finite
  /// Source: Burda, Grosse and Salakhutdinov (2016), "Importance weighted autoencoders", equation (8).
  [[nodiscard]] double importance_log_likelihood(const samples<T>& x, Index draws, stream& rng) const {
    argument::require(draws >= 1, "vae::importance_log_likelihood", "draws", draws, "be at least 1");
    argument::require_room(draws, x.cols(), sizeof(double), "vae::importance_log_likelihood", "draws");
    const Index q = latent_dimension();
    Eigen::ArrayXXd log_weight(x.cols(), draws);
    for (Index k = 0; k < draws; ++k)
      for_each_loss(x, "vae::importance_log_likelihood", rng,
                    [&](Index first, const detail::latent::vae_pass<T>& pass, const samples<T>& noise) {
                      const auto ratio =
                          (noise.array().square() + pass.code().bottomRows(q).array() - pass.latent().array().square())
                              .colwise()
                              .sum()
                              .transpose();
                      log_weight.col(k).segment(first, noise.cols()) =
                          (ratio * T(0.5) - pass.surprises().array()).template cast<double>();
                    });
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    log_weight = log_weight.isNaN().select(nothing, log_weight);  // infinity less infinity, of what is past the range
    const Eigen::ArrayXd top = log_weight.rowwise().maxCoeff();
    const double mean = (top + (log_weight.colwise() - top).exp().rowwise().mean().log()).mean();
    return -or_infinite(log_units() - mean);
  }

  friend bool operator==(const vae& a, const vae& b) {
    return a.shape_ == b.shape_ && a.parameters_ == b.parameters_ && a.units_ == b.units_;
  }

 private:
  /// What was computed of finite numbers and is not one itself is past the range.
  static double or_infinite(double x) { return std::isnan(x) ? std::numeric_limits<double>::infinity() : x; }

  /// What the units of the networks add to -log p in those of the data.
  [[nodiscard]] double log_units() const {
    return units_.plain() ? 0 : static_cast<double>(dimension()) * std::log(units_.spread);
  }

  void require_rows(const samples<T>& x, std::string_view function) const {
    argument::require(x.rows() == dimension(), function, "x.rows()", x.rows(), "equal the dimension of the model");
    argument::require_finite(x, function, "x");
  }

  /// f(first, block) for blocks of columns that caches hold, observations in the networks' units.
  template <class F>
  void for_each_seen(const samples<T>& x, F&& f) const {
    for_each_block(x, [&](Index first, samples<T>& block) {
      units_.enter(block);
      f(first, block);
    });
  }
  template <class F>
  static void for_each_block(const samples<T>& x, F&& f) {
    constexpr Index width = 128;
    for (Index first = 0; first < x.cols(); first += width) {
      samples<T> block = x.middleCols(first, (std::min)(width, x.cols() - first));
      f(first, block);
    }
  }

  /// f(first, pass, noise) after the losses of each block.
  template <class F>
  void for_each_loss(const samples<T>& x, std::string_view function, stream& rng, F&& f) const {
    require_rows(x, function);
    argument::require(x.cols() >= 1, function, "x.cols()", x.cols(), "be at least 1");
    detail::latent::vae_pass<T> pass(shape_);
    samples<T> noise;
    for_each_seen(x, [&](Index first, const samples<T>& block) {
      noise.resize(latent_dimension(), block.cols());
      fill_normal(std::span<T>(noise.data(), static_cast<std::size_t>(noise.size())), rng);
      pass.losses(parameters_.data(), block, noise, T(1));
      f(first, pass, noise);
    });
  }

  vae_shape shape_;
  point<T> parameters_;
  data_units<T> units_;
};

/// A variational autoencoder that is sampled by its decoder's means, as the figures of most papers are, those of Shumailov et al. (2024)
/// among them: every draw looks like an average of data, and a chain of refits loses the more.
template <class T = double>
class vae_means {
 public:
  explicit vae_means(vae<T> of) : of_(std::move(of)) {}

  [[nodiscard]] const vae<T>& whole() const noexcept { return of_; }
  [[nodiscard]] Index dimension() const noexcept { return of_.dimension(); }
  [[nodiscard]] samples<T> sample(Index n, stream& rng) const { return of_.sample_means(n, rng); }

  friend bool operator==(const vae_means&, const vae_means&) = default;

 private:
  vae<T> of_;
};

/// The decoder of an experiment that samples models by their means: `experiment{truth, vae_estimator<>(...), replace{}, by_means{}}`.
struct by_means {
  template <class M>
    requires requires(const M& m) { m.means(); }
  auto operator()(const M& m) const {
    return m.means();
  }
};

}  // namespace simulacra
