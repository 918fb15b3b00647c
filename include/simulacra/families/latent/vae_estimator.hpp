#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/detail/minibatches.hpp>
#include <simulacra/families/latent/detail/vae_pass.hpp>
#include <simulacra/families/latent/vae.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How variational autoencoders are trained: `vae_options<>{.latent = 10}`.
template <class T = double>
struct vae_options {
  Index latent = 0;                     ///< q >= 1, to be given
  std::vector<Index> hidden{128};       ///< widths of the encoder's hidden layers; the decoder's are these in reverse
  activation units = activation::relu;  ///< what hidden units do
  likelihood observation = likelihood::bernoulli;  ///< the law of x given z; for `bernoulli` data lie in [0, 1]
  double noise = 0;                                ///< standard deviation of Gaussian observations, kept to whatever the
                                                   ///< start; 0: it is learned
  double beta = 1;                                 ///< weight of the KL term
  Index epochs = 100;                              ///< passes over the data
  Index batch = 64;               ///< observations in a step; what is left over in an epoch waits for the next
  double learning_rate = 1e-3;    ///< of Adam
  double weight_decay = 0;        ///< share of every parameter that a step takes away, over the learning rate
  double collapsed = 0.01;        ///< nats of KL under which the latent variables count as lost
  std::optional<vae<T>> start{};  ///< where training begins; else at random weights
};

/// A trained autoencoder with what is known about its training.
template <class T = double>
struct vae_fit {
  vae<T> model;
  outcome result{};
  std::vector<double> losses;  ///< the mean loss of each epoch, in nats per observation
};

/// Trains variational autoencoders by Adam on minibatches.
///
/// It eats the observations themselves, since no summary holds what a network sees. All randomness (weights to begin with, order of the data,
/// noise of the latent variables) comes from the stream of the fit. Results depend on how sums are rounded, so two builds for different
/// machines do not agree to the bit.
///
/// A training whose loss leaves the range of floating point returns the parameters of the last epoch before, with the outcome
/// `not_converged`. One after which the encoder says nothing of the data (the posterior has collapsed to the prior) is `degenerate`.
template <class T = double>
class vae_estimator {
 public:
  using model_type = vae<T>;

  /// @throw std::invalid_argument if an option is out of range: see `vae_options`
  explicit vae_estimator(vae_options<T> options) : options_(std::move(options)) {
    constexpr double most = (std::numeric_limits<double>::max)();
    const auto& o = options_;
    argument::require(o.latent >= 1, name, "latent", o.latent, "be given, at least 1");
    argument::require(!o.hidden.empty(), name, "hidden.size()", Index{0}, "be at least 1");
    for (const Index width : o.hidden) argument::require(width >= 1, name, "hidden", width, "be at least 1 each");
    argument::require(o.noise >= 0 && o.noise <= most, name, "noise", o.noise, "be >= 0 and finite");
    argument::require(o.beta >= 0 && o.beta <= most, name, "beta", o.beta, "be >= 0 and finite");
    argument::require(o.epochs >= 0, name, "epochs", o.epochs, "not be negative");
    argument::require(o.batch >= 1, name, "batch", o.batch, "be at least 1");
    argument::require(o.learning_rate > 0 && o.learning_rate <= most, name, "learning_rate", o.learning_rate,
                      "be > 0 and finite");
    argument::require(o.weight_decay >= 0 && o.weight_decay * o.learning_rate < 1, name, "weight_decay", o.weight_decay,
                      "be >= 0, and less than 1 over the learning rate");
    argument::require(o.collapsed >= 0 && o.collapsed <= most, name, "collapsed", o.collapsed, "be >= 0 and finite");
    if (o.start)
      argument::require(o.start->shape() == shape(o.start->dimension()), name, "start", "a model of another shape",
                        "have the latent and hidden layers, the units and the likelihood of these options");
  }

  [[nodiscard]] const vae_options<T>& options() const noexcept { return options_; }

  /// The same estimator, its training started from this model.
  [[nodiscard]] vae_estimator starting_from(model_type start) const {
    vae_options<T> o = options_;
    o.start = std::move(start);
    return vae_estimator(std::move(o));
  }

  /// Trains on observations, d x n. O(epochs n parameters).
  /// @throw std::invalid_argument if there is none, one is not finite, or one is outside [0, 1] where the likelihood is Bernoulli
  [[nodiscard]] fitted<model_type> fit(const samples<T>& x, stream& rng) const { return brief(train(x, nullptr, rng)); }

  /// Trains on weighted observations: each counts so much in the loss of its batch. Only ratios of weights matter.
  /// @throw std::invalid_argument if a weight is negative or not finite, none is positive, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T>& x, const weights<double>& w, stream& rng) const {
    return brief(train(x, &w, rng));
  }

  /// The same with everything that is known about the training.
  [[nodiscard]] vae_fit<T> fit_in_detail(const samples<T>& x, stream& rng) const { return train(x, nullptr, rng); }

 private:
  static constexpr std::string_view name = "vae_estimator";

  static fitted<model_type> brief(vae_fit<T> whole) { return {std::move(whole.model), whole.result}; }

  [[nodiscard]] vae_shape shape(Index dimension) const {
    return {dimension, options_.latent, options_.hidden, options_.units, options_.observation};
  }

  /// Adam on a flat list of parameters.
  class adam {
   public:
    adam(Index n, double rate, double decay) : mean_(array::Zero(n)), square_(array::Zero(n)), rate_(rate), decay_(decay) {}

    void step(point<T>& parameters, const point<T>& gradient) {
      constexpr T first = T(0.9), second = T(0.999);
      first_bias_ *= 0.9;
      second_bias_ *= 0.999;
      // rate (m / b1) / (sqrt(v / b2) + 1e-8), its constants taken together
      const double root = std::sqrt(1 - second_bias_);
      const T rate = static_cast<T>(rate_ * root / (1 - first_bias_)), tiny = static_cast<T>(1e-8 * root);
      mean_ = first * mean_ + (T(1) - first) * gradient.array();
      square_ = second * square_ + (T(1) - second) * gradient.array().square();
      if (decay_ > 0) parameters *= static_cast<T>(1 - rate_ * decay_);
      parameters.array() -= rate * mean_ / (square_.sqrt() + tiny);
    }

   private:
    using array = Eigen::Array<T, Eigen::Dynamic, 1>;
    array mean_, square_;
    double rate_, decay_, first_bias_ = 1, second_bias_ = 1;
  };

  void require_data(const samples<T>& x) const {
    constexpr std::string_view function = "vae_estimator::fit";
    argument::require(x.cols() >= 1, function, "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() >= 1, function, "x.rows()", x.rows(), "be at least 1");
    argument::require_finite(x, function, "x");
    if (options_.observation != likelihood::bernoulli) return;
    for (const T edge : {x.minCoeff(), x.maxCoeff()})
      argument::require(edge >= T(0) && edge <= T(1), function, "x", edge,
                        "lie in [0, 1] where the likelihood is Bernoulli");
  }

  [[nodiscard]] point<T> begin(const vae_shape& s, stream& rng) const {
    if (options_.start) {
      argument::require(options_.start->dimension() == s.dimension, "vae_estimator::fit", "start.dimension()",
                        options_.start->dimension(), "equal the dimension of the data");
      point<T> p = options_.start->parameters();
      if (fixes_noise()) p[p.size() - 1] = log_noise();
      return p;
    }
    point<T> p(s.parameters());
    const network_shape encoder = s.encoder(), decoder = s.decoder();
    draw_parameters(encoder, p.data(), rng);
    draw_parameters(decoder, p.data() + encoder.parameters(), rng);
    if (s.observation == likelihood::gaussian) p[p.size() - 1] = fixes_noise() ? log_noise() : T(0);
    return p;
  }

  [[nodiscard]] bool fixes_noise() const noexcept {
    return options_.observation == likelihood::gaussian && options_.noise > 0;
  }
  [[nodiscard]] T log_noise() const { return static_cast<T>(std::log(options_.noise)); }

  [[nodiscard]] vae_fit<T> train(const samples<T>& x, const weights<double>* w, stream& rng) const {
    require_data(x);
    const point<T> relative_weight = detail::latent::relative_weights<T>(w, x.cols(), "vae_estimator::fit");
    const bool weighted = relative_weight.size() > 0;
    const vae_shape s = shape(x.rows());
    const Index n = x.cols();
    detail::latent::minibatches order(n, options_.batch);
    const Index batch = order.batch(), steps = order.steps_in_a_pass();
    point<T> p = begin(s, rng), good = p, gradient(p.size()), batch_weight(batch);
    adam climb(p.size(), options_.learning_rate, options_.weight_decay);
    detail::latent::vae_pass<T> pass(s);
    samples<T> chosen(x.rows(), batch), noise(s.latent, batch);
    std::vector<double> losses;
    bool diverged = false;
    for (Index epoch = 0; epoch < options_.epochs && !diverged; ++epoch) {
      double sum = 0;
      for (Index step = 0; step < steps; ++step) {
        Index i = 0;
        for (const Index from : order.next(rng)) {
          chosen.col(i) = x.col(from);
          if (weighted) batch_weight[i] = relative_weight[from];
          ++i;
        }
        fill_normal(std::span<T>(noise.data(), static_cast<std::size_t>(noise.size())), rng);
        sum += static_cast<double>(pass.gradient(p.data(), chosen, noise, static_cast<T>(options_.beta),
                                                 weighted ? &batch_weight : nullptr, gradient.data()));
        if (fixes_noise()) gradient[gradient.size() - 1] = T(0);
        climb.step(p, gradient);
        if (fixes_noise()) p[p.size() - 1] = log_noise();  // weight decay does not know that it is no weight
      }
      diverged = !std::isfinite(sum) || !p.allFinite();
      if (diverged) break;
      good = p;
      losses.push_back(sum / static_cast<double>(steps));
    }
    vae_fit<T> done{model_type(s, std::move(good)), {}, std::move(losses)};
    if (diverged)
      done.result = {status::not_converged,
                     "the loss left the range of floating point: the model is that of the epoch before"};
    else if (!(done.model.mean_divergence(x.leftCols(std::min<Index>(n, 2048))) >= options_.collapsed))
      done.result = {status::degenerate,
                     "the posterior has collapsed to the prior: the latent variables say nothing of the data"};
    return done;
  }

  vae_options<T> options_;
};

}  // namespace simulacra
