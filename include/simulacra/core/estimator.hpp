#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/summary.hpp>

namespace simulacra {

namespace detail {

template <class R>
struct fit_result {
  using model_type = R;
};
template <class M>
struct fit_result<fitted<M>> {
  using model_type = M;
};

}  // namespace detail

/// What `fit` returns, freed of the outcome that may come with it.
template <class E, class Input>
using model_fitted_to = typename detail::fit_result<std::remove_cvref_t<decltype(std::declval<const E&>().fit(
    std::declval<const Input&>(), std::declval<stream&>()))>>::model_type;

/// An estimator of `Input` is a value with a const `fit(input, rng)` that returns a model, or a `fitted<model>` where a fit
/// can go wrong. `Input` is a data set, or a summary of one.
template <class E, class Input>
concept fits = std::copy_constructible<E> && requires(const E& e, const Input& x, stream& rng) {
                                               e.fit(x, rng);
                                               requires model<model_fitted_to<E, Input>>;
                                             };

/// An estimator of weighted data: `fit(data, w, rng)` with one weight per observation.
template <class E, class Data>
concept fits_weighted = requires(const E& e, const Data& x, const weights<double>& w, stream& rng) { e.fit(x, w, rng); };

/// An estimator that names the summary it needs, as its member type `summary`, and fits it.
template <class E>
concept has_summary = requires { typename E::summary; } && summary<typename E::summary> && fits<E, typename E::summary>;

/// An estimator of `Data`, by whichever way: the data themselves, or a summary that they fold into.
///
/// Optional members unlock exact corners of the error ledger: `project(law)` (the best member of the family),
/// `population_fit(law)` (what this procedure returns from infinitely many data), `ideal()` (the exact learner of the same
/// family).
template <class E, class Data>
concept estimator_of = fits<E, Data> || (has_summary<E> && summary_of<typename E::summary, Data>);

namespace detail {

/// The summary of an estimator that works on the samples themselves.
struct no_summary {};

template <class E>
struct summary_type {
  using type = no_summary;
};
template <has_summary E>
struct summary_type<E> {
  using type = typename E::summary;
};

template <class E, class Data>
struct model_type {
  using type = model_fitted_to<E, Data>;
};
template <has_summary E, class Data>
struct model_type<E, Data> {
  using type = model_fitted_to<E, typename E::summary>;
};

}  // namespace detail

/// The summary that an estimator eats, or `detail::no_summary`.
template <class E>
using summary_for = typename detail::summary_type<E>::type;

/// The model that an estimator makes of data of this type.
template <class E, class Data>
using model_for = typename detail::model_type<E, Data>::type;

}  // namespace simulacra
