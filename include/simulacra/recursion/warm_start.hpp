#pragma once

#include <concepts>
#include <utility>

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

/// The estimator as it is run in the generation that follows a model; `previous` is null in the first.
template <class Estimator, class Model>
const Estimator& estimator_after(const Estimator& estimator, const Model*) noexcept {
  return estimator;
}
template <class Estimator, class Model>
Estimator estimator_after(const warm_started<Estimator>& estimator, const Model* previous) {
  if (previous == nullptr) return estimator;
  return estimator.starting_from(*previous);
}

}  // namespace detail

}  // namespace simulacra
