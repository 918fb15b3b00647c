#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <simulacra/core/estimator.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/traced.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// A law whose draws say that they are its own.
template <model Law>
struct traced_law {
  Law law;
  origin from{};  ///< of every draw

  using data_type = traced<data_of<Law>>;

  [[nodiscard]] Index dimension() const { return law.dimension(); }
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    return {law.sample(n, rng), std::vector<origin>(static_cast<std::size_t>(n), from)};
  }

  [[nodiscard]] decltype(auto) mean() const
    requires requires(const Law& m) { m.mean(); }
  {
    return law.mean();
  }
  [[nodiscard]] auto covariance() const
    requires requires(const Law& m) { m.covariance(); }
  {
    return law.covariance();
  }
  [[nodiscard]] auto probabilities() const
    requires requires(const Law& m) { m.probabilities(); }
  {
    return law.probabilities();
  }
  template <class X>
  [[nodiscard]] auto log_density(const X& x) const
    requires requires(const Law& m) { m.log_density(x); }
  {
    return law.log_density(x);
  }
};

/// An estimator that is given traced data and makes of another's model one whose draws are traced.
template <class Estimator>
class traced_estimator {
 public:
  explicit traced_estimator(Estimator inner, origin now = {1, 0}) : inner_(std::move(inner)), now_(now) {}

  [[nodiscard]] const Estimator& inner() const noexcept { return inner_; }

  template <class Law>
  [[nodiscard]] traced_estimator at(const place<traced_law<Law>>& at) const {
    const origin now{at.generation, static_cast<Index>(at.root.where().member)};
    if constexpr (detail::fits_at<Estimator, Law>)
      return traced_estimator(inner_.at(place<Law>{at.generation, at.truth.law, at.root}), now);
    else
      return traced_estimator(inner_, now);
  }

  template <class Data>
    requires estimator_of<Estimator, Data>
  [[nodiscard]] fitted<traced_law<model_for<Estimator, Data>>> fit(const traced<Data>& x, stream& rng) const {
    return mark<Data>({.data = x.data}, rng);
  }
  template <class Data>
    requires estimator_of<Estimator, Data>
  [[nodiscard]] fitted<traced_law<model_for<Estimator, Data>>> fit(const traced<Data>& x, const weights<double>& w,
                                                                   stream& rng) const {
    return mark<Data>({.data = x.data, .w = w}, rng);
  }

 private:
  template <class Data>
  fitted<traced_law<model_for<Estimator, Data>>> mark(const training_set<Data, summary_for<Estimator>>& x,
                                                      stream& rng) const {
    auto done = detail::fit_to(inner_, x, rng);
    return {{std::move(done.model), now_}, done.result};
  }

  Estimator inner_;
  origin now_;
};

/// A truth, or an estimator, whose draws know where they came from:
/// `experiment{with_origin(truth), with_origin(estimator), accumulate{}}`. Both must be so; observers then find in
/// `g.data.data.origins` the generation and member of each observation, and in `g.model.law` the model. Data are stored: a summary
/// has no single observations.
template <class Estimator>
[[nodiscard]] traced_estimator<Estimator> with_origin(Estimator estimator) {
  return traced_estimator<Estimator>(std::move(estimator));
}
template <model Truth>
[[nodiscard]] traced_law<Truth> with_origin(Truth truth) {
  return {std::move(truth), {}};
}

}  // namespace simulacra
