#pragma once

#include <utility>

#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/place.hpp>

namespace simulacra::detail {

/// What estimators have in common that change stored observations and leave the fit to another one: what that one knows of laws, of where
/// it starts and of its place is theirs. The change is no part of the ideal, so it is approximation error in a ledger.
/// @tparam Adaptor  has `fit_changed(x, weights or null, rng)`, and `with(estimator)`: the same change before another fit
template <class Adaptor, class Estimator>
class changes_data {
 public:
  template <class Data>
    requires estimator_of<Estimator, Data>
  [[nodiscard]] auto fit(const Data& x, stream& rng) const {
    return self().fit_changed(x, nullptr, rng);
  }
  template <class Data>
    requires estimator_of<Estimator, Data>
  [[nodiscard]] auto fit(const Data& x, const weights<double>& w, stream& rng) const {
    return self().fit_changed(x, &w, rng);
  }

  [[nodiscard]] auto ideal() const
    requires requires(const Estimator& e) { e.ideal(); }
  {
    return estimator_.ideal();
  }
  template <class Law>
    requires requires(const Estimator& e, const Law& law) { e.project(law); }
  [[nodiscard]] auto project(const Law& law) const {
    return estimator_.project(law);
  }
  template <class Law>
    requires requires(const Estimator& e, const Law& law) { e.holds(law); }
  [[nodiscard]] bool holds(const Law& law) const {
    return estimator_.holds(law);
  }
  template <class Model>
    requires requires(const Estimator& e, const Model& m) { e.starting_from(m); }
  [[nodiscard]] Adaptor starting_from(const Model& model) const {
    return self().with(estimator_.starting_from(model));
  }
  template <class Truth>
    requires fits_at<Estimator, Truth>
  [[nodiscard]] Adaptor at(const place<Truth>& where) const {
    return self().with(estimator_.at(where));
  }

 protected:
  explicit changes_data(Estimator estimator) : estimator_(std::move(estimator)) {}
  [[nodiscard]] const Estimator& inner() const noexcept { return estimator_; }

 private:
  [[nodiscard]] const Adaptor& self() const noexcept { return static_cast<const Adaptor&>(*this); }

  Estimator estimator_;
};

}  // namespace simulacra::detail
