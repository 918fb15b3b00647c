#pragma once

#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/recursion/decoder.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/schedule.hpp>
#include <simulacra/recursion/training_set.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

namespace detail {

template <class Truth, class Estimator>
constexpr bool fits_draws_of() {
  if constexpr (model<Truth>)
    return estimator_of<Estimator, data_of<Truth>>;
  else
    return true;  // of what is no model nothing more is said
}

}  // namespace detail

/// What is studied: a truth, an estimator, what each generation is trained on, and how models are sampled.
/// `experiment{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), replace{}}`
template <class Truth, class Estimator, class Recipe, class Decoder = as_is>
struct experiment {
  Truth truth;
  Estimator estimator;
  Recipe recipe;
  Decoder decoder{};

  // Before anything is made of the two, so that these sentences are the first thing that a compiler says.
  static_assert(
      model<Truth>,
      "simulacra: the truth must be a model: a copyable type with const members dimension() and sample(n, rng), rng "
      "being a simulacra::stream&");
  static_assert(
      detail::fits_draws_of<Truth, Estimator>(),
      "simulacra: the estimator needs a const member fit(x, rng) that returns a model, where x is what the truth's "
      "sample(n, rng) returns (or a summary, named as the member type `summary`, into which that can be folded), "
      "and rng is a simulacra::stream&, which fit takes last, also where nothing about it is random");

  using truth_type = Truth;
  using data_type = data_of<Truth>;
  using summary_type = summary_for<Estimator>;
  using model_type = model_for<Estimator, data_type>;
  using training_type = training_set<data_type, summary_type>;
};

template <class Truth, class Estimator, class Recipe>
experiment(Truth, Estimator, Recipe) -> experiment<Truth, Estimator, Recipe, as_is>;
template <class Truth, class Estimator, class Recipe, class Decoder>
experiment(Truth, Estimator, Recipe, Decoder) -> experiment<Truth, Estimator, Recipe, Decoder>;

namespace detail {

/// What a recipe asks to be kept, without the recipe: its type is gone.
struct retention_alone {
  retention asked;

  [[nodiscard]] retention keeps() const noexcept { return asked; }
};

/// An experiment as those see it who gather its data: they care neither for the type of the recipe nor for that of the estimator, only for
/// the model's and the summary's. So a program that runs several recipes compiles them once.
template <class Truth, class Model, class Summary, class Decoder>
struct gathered_view {
  using truth_type = Truth;
  using data_type = data_of<Truth>;
  using summary_type = Summary;
  using model_type = Model;
  using training_type = training_set<data_type, Summary>;

  const Truth& truth;
  retention_alone recipe;
  const Decoder& decoder;
};

/// That, or the experiment itself where its recipe's type says how little there is to do.
template <class Truth, class Estimator, class Recipe, class Decoder>
decltype(auto) seen_by_gatherer(const experiment<Truth, Estimator, Recipe, Decoder>& what) {
  using chain = experiment<Truth, Estimator, Recipe, Decoder>;
  if constexpr (draws_one_source<Recipe>)
    return (what);
  else
    return gathered_view<Truth, typename chain::model_type, typename chain::summary_type, Decoder>{
        what.truth, {retention_of(what.recipe)}, what.decoder};
}

}  // namespace detail

/// Whether a lineage ends at an outcome, or goes on with what is left. A failed fit always ends it.
struct stop_at {
  bool degenerate = false;
  bool resolution = true;  ///< what comes after would be made of rounding
  bool absorbed = false;
  bool not_converged = false;

  [[nodiscard]] constexpr bool operator()(status what) const noexcept {
    switch (what) {
      case status::ok: return false;
      case status::degenerate: return degenerate;
      case status::resolution: return resolution;
      case status::absorbed: return absorbed;
      case status::not_converged: return not_converged;
      case status::failed: return true;
    }
    return true;
  }
};

/// How far a lineage is run: `plan{.generations = 1000, .samples = 100}`.
struct plan {
  Index generations;          ///< refits; 0 is allowed and does nothing
  schedule samples;           ///< fresh observations per generation
  draw how = draw::cheapest;  ///< how training data are drawn
  Index snapshot_every = 0;   ///< keep the models of generations that this divides; 0: only the last
  stop_at stop{};             ///< which outcomes end the lineage
};

namespace detail {

/// Throws for numbers of a plan that are none.
inline void require_numbers(const plan& how, std::string_view caller = "run_lineage") {
  argument::require(how.generations >= 0, caller, "generations", how.generations, "not be negative");
  argument::require(how.snapshot_every >= 0, caller, "snapshot_every", how.snapshot_every, "not be negative");
}

}  // namespace detail

/// What every experiment must satisfy, said in sentences before anything deeper is instantiated.
template <class Truth, class Estimator, class Recipe, class Decoder>
constexpr void check_experiment() {
  static_assert(
      model<Truth>,
      "simulacra: the truth must be a model: a copyable type with const members dimension() and sample(n, rng), rng "
      "being a simulacra::stream&");
  if constexpr (model<Truth>) {
    using data = data_of<Truth>;
    static_assert(
        estimator_of<Estimator, data>,
        "simulacra: the estimator needs a const member fit(x, rng) that returns a model, where x is what the truth's "
        "sample(n, rng) returns (or a summary, named as the member type `summary`, into which that can be folded), "
        "and rng is a simulacra::stream&");
    if constexpr (has_summary<Estimator>)
      static_assert(
          summary_of<typename Estimator::summary, data>,
          "simulacra: the estimator's summary needs a member fold(x), where x is what the truth's sample(n, rng) returns");
    if constexpr (estimator_of<Estimator, data>) {
      using fitted_model = model_for<Estimator, data>;
      static_assert(std::same_as<data_of<fitted_model>, data>,
                    "simulacra: truth and fitted model must return the same type from sample(n, rng), since they are mixed");
      if constexpr (detail::is_warm_started<Estimator>)
        static_assert(
            starts_from<typename Estimator::estimator_type, fitted_model>,
            "simulacra: a warm_started estimator needs a const member starting_from(model) that returns an estimator of "
            "the same type");
      static_assert(
          decoder_of<Decoder, fitted_model, Truth>,
          "simulacra: the decoder cannot sample this model: decoder(model) must return something with dimension() and "
          "sample(n, rng); the decoders inflated, tempered and truncated need a model member of that name");
    }
  }
  static_assert(
      recipe<Recipe>,
      "simulacra: a recipe is a const callable recipe(t, m) that returns simulacra::ingredients; t is the generation, m "
      "the number of fresh observations");
}

}  // namespace simulacra
