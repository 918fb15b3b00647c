#pragma once

#include <concepts>
#include <utility>

#include <simulacra/recursion/place.hpp>

namespace simulacra {

/// An estimator that searches, and can be told where to begin: `starting_from(model)` returns the same estimator, so told.
template <class E, class Model>
concept starts_from = requires(const E& e, const Model& m) {
                        { e.starting_from(m) } -> std::same_as<E>;
                      };

/// The same estimator with a warm start: the fit of each generation begins at the model of the generation before, as when a model is
/// fine-tuned on what it made. The first fit begins as the estimator itself would.
/// `experiment{truth, warm_started(mixture_estimator<double, 2>({.components = 2})), replace{}}`
///
/// The model to start from is the fitted one, whatever the decoder makes of it. The ledger's corners A(T) and A(X) start from it,
/// too; its ideal learner does not need to, since where one begins is no property of a family.
template <class Estimator>
struct warm_started : Estimator {
  using estimator_type = Estimator;

  explicit warm_started(Estimator estimator) : Estimator(std::move(estimator)) {}
};

namespace detail {

template <class>
inline constexpr bool is_warm_started = false;
template <class E>
inline constexpr bool is_warm_started<warm_started<E>> = true;

/// The estimator as it is run in a place, in the generation that follows a model; `previous` is null in the first.
template <class Estimator, class Model, class Truth>
const Estimator& estimator_after(const Estimator& estimator, const Model*, const place<Truth>&) noexcept {
  return estimator;
}
template <class Estimator, class Model, class Truth>
  requires fits_at<Estimator, Truth>
Estimator estimator_after(const Estimator& estimator, const Model*, const place<Truth>& at) {
  return estimator.at(at);
}
template <class Estimator, class Model, class Truth>
Estimator estimator_after(const warm_started<Estimator>& estimator, const Model* previous, const place<Truth>& at) {
  const Estimator& here = estimator;
  const auto& placed = estimator_after(here, previous, at);
  if (previous == nullptr) return placed;
  return placed.starting_from(*previous);
}

}  // namespace detail

}  // namespace simulacra
