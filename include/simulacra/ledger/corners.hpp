#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/ledger/reference_fit.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/not_finite.hpp>
#include <simulacra/recursion/training_set.hpp>

/// The four corners of one generation. T is the law that its training data X were drawn from, A the estimator as it is run, A* the
/// ideal learner of the same family:
///
/// | corner | is | found by |
/// |---|---|---|
/// | A*(T) | the best member of the family | `estimator.project(law)`, or reference fits of `estimator.ideal()` |
/// | A(T)  | what the procedure returns from infinitely many data | `estimator.population_fit(law)`, or reference fits |
/// | A*(X) | the exact learner's fit to the data | a fit of `estimator.ideal()` |
/// | A(X)  | the model of this generation | observed |
namespace simulacra {

/// Where a corner comes from.
enum class corner_origin {
  closed_form,    ///< exact
  reference,      ///< fitted to reference draws: a Monte Carlo error comes with it
  not_identified  ///< cannot be had: the estimator names no ideal learner and no projection, or refused the law
};

[[nodiscard]] constexpr std::string_view name_of(corner_origin origin) noexcept {
  switch (origin) {
    case corner_origin::closed_form: return "closed_form";
    case corner_origin::reference: return "reference";
    case corner_origin::not_identified: return "not_identified";
  }
  return "unknown";
}

/// A corner of the square: a model, or two of them that were fitted to independent halves of the reference draws. The corner is
/// then their mean, in whatever space they are embedded, and half their difference tells its Monte Carlo error.
template <class Model>
struct corner {
  corner_origin origin = corner_origin::not_identified;
  std::optional<Model> law{};
  std::optional<Model> other_half{};

  [[nodiscard]] bool identified() const noexcept { return origin != corner_origin::not_identified; }
};

/// An estimator that knows the best member of its family for a law. Where it does so for some laws of a type only, a member
/// `holds(law)` says for which.
template <class E, class Law>
concept projects = requires(const E& e, const Law& law) {
                     { e.project(law) } -> model;
                   };

/// An estimator that knows what it returns from infinitely many data of a law.
template <class E, class Law>
concept fits_population = requires(const E& e, const Law& law) {
                            { e.population_fit(law) } -> model;
                          };

/// An estimator that names the exact learner of its family.
template <class E>
concept has_ideal = requires(const E& e) { e.ideal(); };

namespace detail {

/// Whether `project(law)` may be asked.
template <class E, class Law>
bool projects_now(const E& e, const Law& law) {
  if constexpr (!projects<E, Law>)
    return false;
  else if constexpr (requires {
                       { e.holds(law) } -> std::convertible_to<bool>;
                     })
    return e.holds(law);
  else
    return true;
}

/// The ideal learner of an estimator. One that searches (EM with restarts) also starts from a model that is known to be good, so that
/// it is never worse than the fit it is compared with.
template <has_ideal E, class Model>
auto ideal_beside(const E& estimator, const Model& known) {
  auto ideal = estimator.ideal();
  if constexpr (requires {
                  { ideal.also_from(known) } -> std::same_as<decltype(ideal)>;
                })
    return ideal.also_from(known);
  else
    return ideal;
}

/// The corner of an estimator at a law by two fits to n / 2 draws each. Different estimators are given the same draws, so that
/// equal ones return equal corners.
template <class Estimator, class Data, class Law>
corner<model_for<Estimator, Data>> reference_corner(const Estimator& estimator, const Law& law, Index n, const stream& root,
                                                    std::uint64_t generation) {
  const auto rng = [&](reference_use use) {
    return root.at(generation, purpose::reference, static_cast<std::uint32_t>(use));
  };
  const Index half = (std::max)(n / 2, Index{2});
  auto first =
      reference_fit<Estimator, Data>(estimator, law, half, rng(reference_use::first_draws), rng(reference_use::first_fit));
  auto second =
      reference_fit<Estimator, Data>(estimator, law, half, rng(reference_use::second_draws), rng(reference_use::second_fit));
  if (first.result.what == status::failed || second.result.what == status::failed) return {};
  return {corner_origin::reference, std::move(first.model), std::move(second.model)};
}

/// A corner, or none where whoever was asked for it refuses (a `std::domain_error`, as in the loop), or answers with a law that holds
/// what is no number: it is not identified then.
/// @throw std::invalid_argument if it is of another dimension than the law
template <class Law, class F>
auto found_corner(const Law& law, F&& find) -> decltype(find()) {
  decltype(find()) c;
  try {
    c = find();
  } catch (const std::domain_error&) {
    return {};
  }
  if (c.identified()) {
    if (!seems_finite(*c.law) || (c.other_half && !seems_finite(*c.other_half))) return {};
    // A text has no dimension that laws must share: one of fewer words is a law of such texts.
    if constexpr (requires(const data_of<Law>& x) { x.rows(); }) {
      const auto there = static_cast<Index>(c.law->dimension()), wanted = static_cast<Index>(law.dimension());
      if (there != wanted) [[unlikely]]
        argument::reject("ledger", "dimension of what the estimator makes of a law", there,
                         "be that of the law, " + argument::text(wanted));
    }
  }
  return c;
}

/// Whether a corner is a given law.
template <class Model, class Law>
bool is_law(const corner<Model>& c, const Law& law) {
  if constexpr (requires(const Model& m) {
                  { m == law } -> std::convertible_to<bool>;
                })
    return c.identified() && !c.other_half && *c.law == law;
  else
    return false;
}

/// A projection, or a population fit, that is no model of the family itself: the mean law of what is fitted, say, as that of kernel
/// densities is the law that is smoothed. It lies in the space as well as any law.
template <class Law, class Model>
concept outside_law_of = !
std::constructible_from<Model, Law>;
template <class E, class Law, class Model>
concept projects_outside = requires(const E& e, const Law& law) {
                             { e.project(law) } -> outside_law_of<Model>;
                           };
template <class E, class Law, class Model>
concept fits_population_outside = requires(const E& e, const Law& law) {
                                    { e.population_fit(law) } -> outside_law_of<Model>;
                                  };

/// The projection by reference fits of the ideal learner; not identified where the estimator names none.
template <class Data, class Estimator, class Law>
corner<model_for<Estimator, Data>> ideal_projection(const Estimator& estimator, const Law& law,
                                                    const model_for<Estimator, Data>& known, Index draws, const stream& root,
                                                    std::uint64_t generation) {
  using model_type = model_for<Estimator, Data>;
  if constexpr (has_ideal<Estimator>) {
    const auto ideal = ideal_beside(estimator, known);
    using ideal_type = std::remove_const_t<decltype(ideal)>;
    static_assert(std::same_as<model_for<ideal_type, Data>, model_type>,
                  "simulacra: the ideal learner must return the same type of model as the estimator: they share a family");
    return reference_corner<ideal_type, Data>(ideal, law, draws, root, generation);
  } else {
    return {};
  }
}

}  // namespace detail

/// A*(T): the projection of a law on the estimator's family. Closed form where the estimator has `project`; otherwise by `draws`
/// reference draws where it has `ideal`; otherwise not identified.
/// @param known  A(T), or else the model of this generation: a place from which an ideal learner that searches will start, too
template <class Data, class Estimator, class Law>
auto projection_corner(const Estimator& estimator, const Law& law, const model_for<Estimator, Data>& known, Index draws,
                       const stream& root, std::uint64_t generation) {
  using model_type = model_for<Estimator, Data>;
  return detail::found_corner(law, [&] {
    if constexpr (detail::projects_outside<Estimator, Law, model_type>) {
      return corner<std::remove_cvref_t<decltype(estimator.project(law))>>{
          corner_origin::closed_form, estimator.project(law), {}};
    } else {
      if constexpr (projects<Estimator, Law>)
        if (detail::projects_now(estimator, law))
          return corner<model_type>{corner_origin::closed_form, model_type(estimator.project(law)), {}};
      return detail::ideal_projection<Data>(estimator, law, known, draws, root, generation);
    }
  });
}

/// A(T): what the estimator as it is run returns from infinitely many data. Closed form where it has `population_fit`; otherwise
/// by `draws` reference draws, the same ones as for the projection.
template <class Data, class Estimator, class Law>
auto population_corner(const Estimator& estimator, const Law& law, Index draws, const stream& root,
                       std::uint64_t generation) {
  using model_type = model_for<Estimator, Data>;
  return detail::found_corner(law, [&] {
    if constexpr (detail::fits_population_outside<Estimator, Law, model_type>)
      return corner<std::remove_cvref_t<decltype(estimator.population_fit(law))>>{
          corner_origin::closed_form, estimator.population_fit(law), {}};
    else if constexpr (fits_population<Estimator, Law>)
      return corner<model_type>{corner_origin::closed_form, model_type(estimator.population_fit(law)), {}};
    else
      return detail::reference_corner<Estimator, Data>(estimator, law, draws, root, generation);
  });
}

/// A*(X): the ideal learner's fit to the training data themselves, with the random numbers of the fit that was observed, so that an
/// estimator that is its own ideal returns its own model; not identified where the estimator names none.
template <class Estimator, class Data, class Summary>
corner<model_for<Estimator, Data>> ideal_corner(const Estimator& estimator, const training_set<Data, Summary>& x,
                                                const model_for<Estimator, Data>& known, const stream& root,
                                                std::uint64_t generation) {
  if constexpr (has_ideal<Estimator>) {
    const auto ideal = detail::ideal_beside(estimator, known);
    using ideal_type = std::remove_const_t<decltype(ideal)>;
    stream rng = root.at(generation, purpose::fit);
    const auto fit = [&](const auto& data) -> corner<model_for<Estimator, Data>> {
      auto done = detail::fit_to(ideal, data, rng);
      if (done.result.what == status::failed) return {};
      return {corner_origin::closed_form, std::move(done.model), {}};
    };
    return detail::found_corner(known, [&] {
      if constexpr (std::same_as<summary_for<ideal_type>, Summary>) {
        return fit(x);
      } else {
        static_assert(fits<ideal_type, Data>,
                      "simulacra: the ideal learner must eat what the estimator eats: its summary, or the observations");
        argument::require(x.stored(), "ledger", "plan.how", "a way that keeps no observations",
                          "be draw::stored: the ideal learner fits observations");
        training_set<Data, summary_for<ideal_type>> same;
        same.data = x.data;
        same.w = x.w;
        return fit(same);
      }
    });
  } else {
    return {};
  }
}

}  // namespace simulacra
