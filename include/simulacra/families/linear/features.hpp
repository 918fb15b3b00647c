#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/families/linear/feature_moments.hpp>
#include <simulacra/families/linear/options.hpp>
#include <simulacra/families/linear/pair_law.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/cross_moments.hpp>

namespace simulacra {

namespace detail {

struct feature_model_words {
  static constexpr std::string_view sample = "feature_model::sample", edit = "feature_model::edit";
};

}  // namespace detail

/// Labels that are linear in features of their inputs, with normal noise:
/// \f[ y = b + w^T\phi(x) + s\,\epsilon, \qquad \epsilon \sim N(0, 1), \qquad x \sim \text{a law of inputs} \f]
/// A law of pairs, as `linear_model` is. Features are those of `<simulacra/hilbert.hpp>`: random Fourier features, whose number is the width
/// of the model, or Nystrom's, which span what kernel ridge regression is looked for in. A value: copies share the map.
template <class Map, law_of_inputs Inputs>
class feature_model : public pair_law<feature_model<Map, Inputs>, detail::feature_model_words, Inputs> {
  using base = pair_law<feature_model, detail::feature_model_words, Inputs>;
  friend base;

 public:
  using typename base::data;
  using typename base::input_type;
  using typename base::scalar_type;

  /// @param weights  w, one for each feature, finite   @param noise  s^2, finite and >= 0   @param inputs  of the map's dimension
  /// @throw std::invalid_argument if one of these does not hold
  feature_model(std::shared_ptr<const Map> map, point<> weights, double noise, Inputs inputs, double intercept = 0)
      : base(std::move(inputs)), map_(std::move(map)), weights_(std::move(weights)), noise_(noise), intercept_(intercept) {
    argument::require(weights_.size() == map_->features(), "feature_model", "weights.size()", weights_.size(),
                      "be the number of features");
    argument::require_finite(weights_, "feature_model", "weights");
    argument::require(noise >= 0 && noise <= (std::numeric_limits<double>::max)(), "feature_model", "noise", noise,
                      "be >= 0 and finite");
    argument::require(this->dimension() - 1 == static_cast<Index>(map_->dimension()), "feature_model", "inputs.dimension()",
                      this->dimension() - 1, "be the dimension of the map");
    argument::require(std::isfinite(intercept), "feature_model", "intercept", intercept, "be finite");
  }
  feature_model(Map map, point<> weights, double noise, Inputs inputs, double intercept = 0)
      : feature_model(std::make_shared<const Map>(std::move(map)), std::move(weights), noise, std::move(inputs), intercept) {
  }

  [[nodiscard]] const Map& map() const noexcept { return *map_; }
  [[nodiscard]] const point<>& weights() const noexcept { return weights_; }
  [[nodiscard]] double noise() const noexcept { return noise_; }
  [[nodiscard]] double intercept() const noexcept { return intercept_; }

  /// What a label is on average, given its input. @throw std::invalid_argument if x has another dimension, or is not finite
  [[nodiscard]] double predict(const input_type& x) const { return predict_all(x)[0]; }

  /// The same of many, an input in a column.
  template <class X>
  [[nodiscard]] point<> predict_all(const Eigen::MatrixBase<X>& x) const {
    point<> phi(map_->features()), f(x.cols());
    for (Index i = 0; i < x.cols(); ++i) {
      map_->features_into(x.col(i), phi);
      f[i] = intercept_ + weights_.dot(phi);
    }
    return f;
  }

  friend bool operator==(const feature_model& a, const feature_model& b) {
    return a.map_ == b.map_ && a.weights_ == b.weights_ && a.noise_ == b.noise_ && a.intercept_ == b.intercept_ &&
           a.inputs() == b.inputs();
  }

 private:
  void label(data& pairs, stream& rng) const {
    const Index n = pairs.x.cols();
    pairs.y.resize(1, n);
    fill_normal(std::span<scalar_type>(pairs.y.data(), static_cast<std::size_t>(n)), rng);
    pairs.y *= static_cast<scalar_type>(std::sqrt(noise_));
    pairs.y += predict_all(pairs.x).transpose().template cast<scalar_type>();
  }

  std::shared_ptr<const Map> map_;
  point<> weights_;
  double noise_, intercept_;
};

/// The mean square of what a fit misses of a truth's labels, over the truth's inputs, where these are a fixed design. O(n) features.
template <class Truth, class Map, class Inputs>
  requires requires(const Truth& t) { t.predict(t.inputs().data().col(0)); }
[[nodiscard]] double excess_risk(const Truth& truth, const feature_model<Map, Inputs>& fit) {
  const auto& x = truth.inputs().data();
  point<> missed = fit.predict_all(x);
  for (Index i = 0; i < x.cols(); ++i) missed[i] -= static_cast<double>(truth.predict(x.col(i)));
  return missed.squaredNorm() / static_cast<double>(x.cols());
}

namespace detail {

/// Ridge regression on features of the inputs of pairs.
template <class Map, class Inputs>
[[nodiscard]] fitted<feature_model<Map, Inputs>> fitted_moments(const std::shared_ptr<const Map>& map, const Inputs& inputs,
                                                                ridge_penalty penalty, const regression_options& options,
                                                                const cross_moments<>& of_features) {
  const ridge<gaussian<>> by(gaussian<>::standard(map->features()), penalty, options);
  const auto done = by.fit(of_features);
  return {feature_model<Map, Inputs>(map, done.model.weights(), done.model.noise(), inputs, done.model.intercept()),
          done.result};
}

template <class Map, class Inputs, class Data>
[[nodiscard]] fitted<feature_model<Map, Inputs>> fitted_features(const std::shared_ptr<const Map>& map, const Inputs& inputs,
                                                                 ridge_penalty penalty, const regression_options& options,
                                                                 const Data& pairs, const weights<double>* w) {
  argument::require(pairs.x.rows() == static_cast<Index>(map->dimension()), "feature_ridge::fit", "x.rows()", pairs.x.rows(),
                    "be the dimension of the map");
  argument::require(pairs.y.cols() == pairs.x.cols(), "feature_ridge::fit", "y.cols()", pairs.y.cols(),
                    "be the number of inputs");
  argument::require_room(pairs.x.cols(), map->features(), sizeof(double), "feature_ridge::fit", "x.cols()");
  labelled_numbers<> seen{samples<>(map->features(), pairs.x.cols()), pairs.y.template cast<double>()};
  for (Index i = 0; i < pairs.x.cols(); ++i) map->features_into(pairs.x.col(i), seen.x.col(i));
  return fitted_moments(map, inputs, penalty, options,
                        w == nullptr ? cross_moments<>::of(seen) : cross_moments<>::of(seen, *w));
}

}  // namespace detail

/// Ridge regression on features that are given once for all: \f$ \min_w \sum_i (y_i - w^T\phi(x_i))^2 + \lambda|w|^2 \f$. With
/// random Fourier features their number is the width of the model; with Nystrom's at all the points of a fixed design it is kernel ridge
/// regression, exactly. Outcomes are those of `ridge`. O(n D^2) for D features, and in a chain of streamed draws O(D^2) memory.
template <class Map, law_of_inputs Inputs>
class feature_ridge {
 public:
  using model_type = feature_model<Map, Inputs>;
  using data = typename model_type::data;
  using summary = feature_moments<Map, typename model_type::scalar_type, model_type::inputs_at_compile_time>;

  /// @throw std::invalid_argument as `ridge`, or if the inputs' dimension is not the map's
  feature_ridge(Map map, Inputs inputs, ridge_penalty penalty, regression_options options)
      : feature_ridge(std::make_shared<const Map>(std::move(map)), std::move(inputs), penalty, options) {}
  feature_ridge(std::shared_ptr<const Map> map, Inputs inputs, ridge_penalty penalty, regression_options options)
      : map_(std::move(map)), inputs_(std::move(inputs)), penalty_(penalty), options_(options) {
    penalty.check("feature_ridge");
    argument::require(static_cast<Index>(inputs_.dimension()) == static_cast<Index>(map_->dimension()), "feature_ridge",
                      "inputs.dimension()", inputs_.dimension(), "be the dimension of the map");
  }

  [[nodiscard]] const Map& map() const noexcept { return *map_; }

  /// @throw std::invalid_argument if there is no pair, one is not finite, or inputs and labels differ in number
  [[nodiscard]] fitted<model_type> fit(const data& x, stream&) const {
    return detail::fitted_features(map_, inputs_, penalty_, options_, x, nullptr);
  }
  [[nodiscard]] fitted<model_type> fit(const data& x, const weights<double>& w, stream&) const {
    return detail::fitted_features(map_, inputs_, penalty_, options_, x, &w);
  }

  /// Fits what pairs amount to. @throw std::invalid_argument also if it is of other features
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const {
    summary known = m;
    known.know(map_);
    return detail::fitted_moments(map_, inputs_, penalty_, options_, known.of_features());
  }
  /// A summary of no pairs that knows the features, for pairs to be folded into as they come.
  [[nodiscard]] summary empty_summary() const { return summary(map_); }

  /// The exact learner of the family: least squares on the features.
  [[nodiscard]] feature_ridge ideal() const { return feature_ridge(map_, inputs_, {0}, options_); }

  /// The best member of the family for a law of pairs over a fixed design, by the mean square that it leaves.
  template <class Law>
    requires requires(const Law& law) { law.predict(law.inputs().data().col(0)); }
  [[nodiscard]] model_type project(const Law& law) const {
    return at_infinity(law, {0});
  }

  /// What this procedure returns from infinitely many pairs of that law: only a penalty that grows with n is left of it.
  template <class Law>
    requires requires(const Law& law) { law.predict(law.inputs().data().col(0)); }
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return at_infinity(law, {penalty_.of_the_mean(), 1});
  }

 private:
  template <class Law>
  [[nodiscard]] model_type at_infinity(const Law& law, ridge_penalty penalty) const {
    const auto& x = law.inputs().data();
    if (!(penalty.size <= (std::numeric_limits<double>::max)())) penalty.size = (std::numeric_limits<double>::max)() / 4;
    data pairs{x, samples<typename model_type::scalar_type, 1>(1, x.cols())};
    for (Index i = 0; i < x.cols(); ++i) pairs.y[i] = static_cast<typename model_type::scalar_type>(law.predict(x.col(i)));
    const model_type mean =
        detail::fitted_features(map_, inputs_, penalty, {.noise = label_noise::known(0)}, pairs, nullptr).model;
    double noise = options_.noise.is_known() ? options_.noise.variance() : law.noise() + excess_risk(law, mean);
    return model_type(map_, mean.weights(), noise, inputs_, mean.intercept());
  }

  std::shared_ptr<const Map> map_;
  Inputs inputs_;
  ridge_penalty penalty_;
  regression_options options_;
};

/// Kernel ridge regression, \f$ \min_f \sum_i (y_i - f(x_i))^2 + \lambda\|f\|^2 \f$ over the Hilbert space of a kernel. By the representer
/// theorem f lies in the span of the kernel at the inputs: it is found in Nystrom features whose landmarks are all of them, exactly, or some
/// of them, picked at random in each fit. O(n^3), or O(n m^2) for m landmarks. Its features are known when all inputs are: it takes stored
/// draws only, and a plan that asks for others is refused; `feature_ridge`, on landmarks that are given, takes streamed ones.
/// Reference: Scholkopf, Herbrich and Smola (2001), "A generalized representer theorem"; Williams and Seeger (2001).
template <class Kernel, law_of_inputs Inputs>
class kernel_ridge {
 public:
  using scalar_type = typename detail::numbers_of<data_of<Inputs>>::scalar;
  static constexpr int inputs_at_compile_time = detail::numbers_of<data_of<Inputs>>::dimension;
  using map_type = nystrom_features<Kernel, scalar_type, inputs_at_compile_time>;
  using model_type = feature_model<map_type, Inputs>;
  using data = typename model_type::data;

  /// @param landmarks  m, or 0: all inputs, which is exact   @throw std::invalid_argument as `ridge`, or if landmarks < 0
  kernel_ridge(Kernel kernel, Inputs inputs, ridge_penalty penalty, regression_options options, Index landmarks = 0)
      : kernel_(std::move(kernel)), inputs_(std::move(inputs)), penalty_(penalty), options_(options), landmarks_(landmarks) {
    penalty.check("kernel_ridge");
    argument::require(landmarks >= 0, "kernel_ridge", "landmarks", landmarks, "not be negative");
  }

  [[nodiscard]] fitted<model_type> fit(const data& x, stream& rng) const { return fitted_to(x, nullptr, rng); }
  [[nodiscard]] fitted<model_type> fit(const data& x, const weights<double>& w, stream& rng) const {
    return fitted_to(x, &w, rng);
  }

  /// The exact learner on as many landmarks: no penalty, the smoothest of what fits best.
  [[nodiscard]] kernel_ridge ideal() const { return kernel_ridge(kernel_, inputs_, {0}, options_, landmarks_); }

 private:
  [[nodiscard]] fitted<model_type> fitted_to(const data& x, const weights<double>* w, stream& rng) const {
    argument::require(x.x.cols() >= 1, "kernel_ridge::fit", "x.cols()", x.x.cols(), "be at least 1");
    samples<scalar_type, inputs_at_compile_time> at = x.x;
    if (landmarks_ > 0 && landmarks_ < x.x.cols()) {
      at.resize(x.x.rows(), landmarks_);
      Index next = 0;
      for (const Index i : subsample(x.x.cols(), landmarks_, rng)) at.col(next++) = x.x.col(i);
    }
    return detail::fitted_features(std::make_shared<const map_type>(kernel_, std::move(at)), inputs_, penalty_, options_, x,
                                   w);
  }

  Kernel kernel_;
  Inputs inputs_;
  ridge_penalty penalty_;
  regression_options options_;
  Index landmarks_;
};

}  // namespace simulacra
