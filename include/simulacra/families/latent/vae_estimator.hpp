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
#include <simulacra/core/loss_history.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/data_units.hpp>
#include <simulacra/families/latent/detail/linear_fit.hpp>
#include <simulacra/families/latent/detail/minibatches.hpp>
#include <simulacra/families/latent/detail/vae_pass.hpp>
#include <simulacra/families/latent/vae.hpp>
#include <simulacra/families/latent/vae_shape.hpp>
#include <simulacra/numerics/adam.hpp>
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
  double noise = 0;                                ///< standard deviation of Gaussian observations in the units of the data,
                                                   ///< kept to whatever the start; 0: it is learned
  double beta = 1;                                 ///< weight of the KL term
  Index epochs = 100;                              ///< passes over the data
  Index batch = 64;               ///< observations in a step; what is left over in an epoch waits for the next
  double learning_rate = 1e-3;    ///< of Adam
  double weight_decay = 0;        ///< share of every parameter that a step takes away, over the learning rate
  double collapsed = 0.01;        ///< nats of KL under which the latent variables count as lost
  double tolerance = 0.1;         ///< nats per observation: by more the loss may not fall in the last quarter of the steps
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
/// Where observations are Gaussian, training sees them less their mean and over their root mean square deviation (one number for all
/// coordinates, as the noise is): so a fit to a x + b is that to x, moved, and noise, bounds and draws are in the units of the data. Bernoulli
/// observations lie in [0, 1], which is a scale of its own, and are seen as they are.
///
/// The outcome is `not_converged`, first, if the loss left the range of floating point: then the parameters are the last ones, at the
/// beginning of an epoch, whose loss was in it; second, if the history of the losses does not show that they have settled to within
/// `tolerance` (see `loss_history`), be it that they fall or that their noise hides it; third, if in the end the loss is greater than that of the same
/// likelihood without latent variables, by a tenth of a nat in every coordinate. A fit after which the encoder says nothing of the data (the
/// posterior has collapsed to the prior), or to data without any spread, is `degenerate`; one whose noise is
/// within 32 roundings of the data's mean is `resolution`.
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
    static_cast<void>(shape(0));  // looks at the widths
    argument::require(o.noise >= 0 && o.noise <= most, name, "noise", o.noise, "be >= 0 and finite");
    argument::require(o.beta >= 0 && o.beta <= most, name, "beta", o.beta, "be >= 0 and finite");
    argument::require(o.epochs >= 0, name, "epochs", o.epochs, "not be negative");
    argument::require(o.batch >= 1, name, "batch", o.batch, "be at least 1");
    argument::require(o.learning_rate > 0 && o.learning_rate <= most, name, "learning_rate", o.learning_rate,
                      "be > 0 and finite");
    argument::require(o.weight_decay >= 0 && o.weight_decay * o.learning_rate < 1, name, "weight_decay", o.weight_decay,
                      "be >= 0, and less than 1 over the learning rate");
    argument::require(o.collapsed >= 0 && o.collapsed <= most, name, "collapsed", o.collapsed, "be >= 0 and finite");
    argument::require(o.tolerance >= 0 && o.tolerance <= most, name, "tolerance", o.tolerance, "be >= 0 and finite");
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
  /// @throw std::domain_error if their mean or spread comes within a factor of 10^4 of overflow: a lineage ends there
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
    vae_shape s{dimension, options_.latent, options_.hidden, options_.units, options_.observation};
    detail::latent::require_layers(s, sizeof(T), name);
    return s;
  }

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

  [[nodiscard]] point<T> begin(const vae_shape& s, const data_units<T>& units, stream& rng) const {
    if (options_.start) {
      argument::require(options_.start->dimension() == s.dimension, "vae_estimator::fit", "start.dimension()",
                        options_.start->dimension(), "equal the dimension of the data");
      point<T> p = options_.start->parameters();
      if (options_.epochs > 0) p = detail::latent::in_other_units(std::move(p), s, options_.start->units(), units);
      if (fixes_noise()) p[p.size() - 1] = log_noise(options_.epochs > 0 ? units : options_.start->units());
      return p;
    }
    point<T> p(s.parameters());
    const network_shape encoder = s.encoder(), decoder = s.decoder();
    draw_parameters(encoder, p.data(), rng);
    draw_parameters(decoder, p.data() + encoder.parameters(), rng);
    if (s.observation == likelihood::gaussian) p[p.size() - 1] = fixes_noise() ? log_noise(units) : T(0);
    return p;
  }

  [[nodiscard]] bool fixes_noise() const noexcept {
    return options_.observation == likelihood::gaussian && options_.noise > 0;
  }
  [[nodiscard]] T log_noise(const data_units<T>& units) const {
    return static_cast<T>(std::log(options_.noise) - std::log(units.spread));
  }

  /// The networks' units. Data without any spread have their mean's size for one.
  [[nodiscard]] data_units<T> units_for(const samples<T>& x, const point<T>& w, bool& flat) const {
    flat = false;
    if (options_.observation == likelihood::bernoulli) return {};
    auto units = detail::latent::units_of(x, w);
    const double mean = static_cast<double>(units.centre.cwiseAbs().maxCoeff());
    detail::latent::require_in_range<T>((std::max)(mean, units.spread), "vae_estimator::fit");
    flat = !(units.spread > 0);
    if (flat) units.spread = mean > 0 ? mean : 1;
    return units;
  }

  /// The loss without latent variables, in the networks' units: each coordinate by its own mean.
  [[nodiscard]] double loss_without_latents(const samples<T>& x, const point<T>& w, const data_units<T>& units) const {
    const double d = static_cast<double>(x.rows());
    if (options_.observation == likelihood::gaussian) {
      constexpr double log_two_pi = 1.837877066409345483560659472811235279;
      const double s = fixes_noise() ? options_.noise / units.spread : 1;
      return 0.5 * d * (log_two_pi + 2 * std::log(s) + 1 / (s * s));
    }
    point<double> mean = point<double>::Zero(x.rows());
    for (Index i = 0; i < x.cols(); ++i)
      mean += (w.size() > 0 ? static_cast<double>(w[i]) : 1.0) * x.col(i).template cast<double>();
    mean /= w.size() > 0 ? w.template cast<double>().sum() : static_cast<double>(x.cols());
    double sum = 0;
    for (const double p : mean)
      for (const double side : {p, 1 - p})
        if (side > 0) sum -= side * std::log(side);
    return sum;
  }

  [[nodiscard]] vae_fit<T> train(const samples<T>& data, const weights<double>* w, stream& rng) const {
    require_data(data);
    const point<T> relative_weight = detail::latent::relative_weights<T>(w, data.cols(), "vae_estimator::fit");
    const bool weighted = relative_weight.size() > 0;
    const vae_shape s = shape(data.rows());
    bool flat = false;
    const data_units<T> units = units_for(data, relative_weight, flat);
    samples<T> own;
    if (!units.plain()) units.enter(own = data);
    const samples<T>& x = units.plain() ? data : own;
    detail::latent::minibatches order(x.cols(), options_.batch, relative_weight);
    const Index batch = order.batch(), steps = order.steps_in_a_pass();
    point<T> p = begin(s, units, rng), good = p, gradient(p.size()), batch_weight(batch);
    detail::adam<T> climb(p.size());
    detail::latent::vae_pass<T> pass(s);
    samples<T> chosen(x.rows(), batch), noise(s.latent, batch);
    const T beta = static_cast<T>(options_.beta);
    const double log_units = units.plain() ? 0 : static_cast<double>(s.dimension) * std::log(units.spread);
    const point<T>* const weight = weighted ? &batch_weight : nullptr;
    std::vector<double> losses;
    loss_history history;
    bool diverged = !p.allFinite();
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
        const double loss = static_cast<double>(pass.gradient(p.data(), chosen, noise, beta, weight, gradient.data()));
        sum += loss;
        if (!std::isfinite(loss)) break;
        if (step == 0) good = p;
        history.add(loss);
        if (fixes_noise()) gradient[gradient.size() - 1] = T(0);
        if (options_.weight_decay > 0) p *= static_cast<T>(1 - options_.learning_rate * options_.weight_decay);
        climb.add_step(p.array(), gradient.array(), -options_.learning_rate);
        if (fixes_noise()) p[p.size() - 1] = log_noise(units);  // weight decay does not know that it is no weight
      }
      diverged = !std::isfinite(sum) || !p.allFinite();
      if (!diverged) losses.push_back(sum / static_cast<double>(steps) + log_units);
    }
    // The last step's parameters were not looked at yet.
    if (!diverged && options_.epochs > 0) diverged = !pass.losses(p.data(), chosen, noise, beta).allFinite();
    if (!diverged) good = std::move(p);
    if (!good.allFinite()) return {*options_.start, left_the_range(), {}};  // its parameters are, in units of its own
    const bool as_begun = options_.start && options_.epochs == 0;
    vae_fit<T> done{model_type(s, std::move(good), as_begun ? options_.start->units() : units), {}, std::move(losses)};
    done.result = diverged ? left_the_range()
                           : judged(done.model, data, units, flat, history, loss_without_latents(x, relative_weight, units));
    return done;
  }

  static outcome left_the_range() {
    return {status::not_converged, "the loss left the range of floating point: the model is one from before"};
  }

  /// What is to be said of a training whose loss stayed in range.
  [[nodiscard]] outcome judged(const model_type& model, const samples<T>& data, const data_units<T>& units, bool flat,
                               const loss_history& history, double without_latents) const {
    if (flat) return {status::degenerate, "all observations are the same"};
    if (!units.plain() && model.noise() < 32 * static_cast<double>(std::numeric_limits<T>::epsilon()) *
                                              static_cast<double>(units.centre.cwiseAbs().maxCoeff()))
      return {status::resolution, "the spread of the data has fallen to the rounding of their mean"};
    if (!history.settled(options_.tolerance))
      return {status::not_converged, "the loss still falls, or too few or noisy steps hide whether it does"};
    if (!(history.last_quarter().level <= without_latents + 0.1 * static_cast<double>(data.rows())))
      return {status::not_converged, "the loss is greater than without latent variables"};
    const double said = model.mean_divergence(data.leftCols(std::min<Index>(data.cols(), 2048)));
    if (!(said >= options_.collapsed))
      return {status::degenerate, "the posterior has collapsed to the prior: the latent variables say nothing of the data"};
    return {};
  }

  vae_options<T> options_;
};

}  // namespace simulacra
