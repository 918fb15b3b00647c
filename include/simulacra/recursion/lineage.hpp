#pragma once

#include <concepts>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/gather.hpp>
#include <simulacra/recursion/not_finite.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

/// Why a lineage ended.
enum class ending { completed, outcome, observer, failure };

/// A stretch of generations whose fits all had the same outcome, other than `ok`.
struct event {
  Index first = 0, last = 0;
  outcome result{};
};

/// A model that was kept on the way.
template <class Model>
struct snapshot {
  Index generation = 0;
  Model model;
};

/// One run of the recursion.
template <class Model>
struct lineage {
  Index generations = 0;                   ///< refits that were done
  std::optional<Model> model;              ///< the last model; empty if there was no refit
  outcome last{};                          ///< how the last fit went
  ending why = ending::completed;          ///< why it ended there
  std::string failure;                     ///< what went wrong, if `why` is `failure`
  std::vector<event> events;               ///< fits that were not `ok`, in order, runs of equal ones joined
  std::vector<snapshot<Model>> snapshots;  ///< models of every `plan.snapshot_every`-th generation
};

namespace detail {

/// Notes a fit that was not `ok`.
template <class Model>
[[gnu::noinline]] void note(lineage<Model>& line, Index generation, outcome result) {
  if (!line.events.empty() && line.events.back().last == generation - 1 && line.events.back().result == result)
    line.events.back().last = generation;
  else
    line.events.push_back({generation, generation, result});
}

/// Ends a lineage whose next fit cannot be had.
template <class Model>
[[gnu::noinline]] void fail(lineage<Model>& line, const std::exception& said, std::string_view reason) {
  line.why = ending::failure;
  line.failure = words_of(said);
  line.last = {.what = status::failed, .reason = reason};
  note(line, line.generations + 1, line.last);
}

/// Fits the estimator to what was gathered for generation t, in its place and after the model before.
/// @throw not_finite if the model is known to hold what is no number
template <class Experiment, class Gatherer>
[[gnu::always_inline]] inline fitted<typename Experiment::model_type> refit(const Experiment& what, const Gatherer& kept,
                                                                            const typename Experiment::training_type& data,
                                                                            Index t, const plan& how, const stream& root) {
  const auto index = static_cast<std::uint64_t>(t);
  stream rng = root.at(index, purpose::fit);
  const auto& estimator = estimator_after(what.estimator, kept.model() ? &*kept.model() : nullptr,
                                          place<typename Experiment::truth_type>{t + 1, what.truth, root});
  fitted<typename Experiment::model_type> done = fit_to(estimator, data, rng, Gatherer::caller);
  if (!seems_finite(done.model) ||
      (t + 1 == how.generations && !last_is_finite(done.model, root.at(index + 1, purpose::sample)))) [[unlikely]]
    throw not_finite("the estimator gave a model that is not finite", no_number);
  return done;
}

/// Called while an exception is handled: ends the lineage if that is what became of the chain, and throws it on if it is a mistake.
/// @param fitting  whether it came from the estimator: another's `std::domain_error` is the caller's
template <class Model, class Training>
[[gnu::noinline]] void end_by_exception(lineage<Model>& line, bool fitting, const Training& data) {
  try {
    throw;
  } catch (const chain_end& said) {
    fail(line, said, said.reason);
  } catch (const std::domain_error& said) {
    if (!fitting) throw;
    fail(line, said, "the estimator refused the data");
  } catch (const std::invalid_argument& said) {
    // a mistake, unless models have made the data so large that none can be fitted
    if (!fitting || line.generations == 0 || !squares_overflow(data)) throw;
    fail(line, said, out_of_range);
  }
}

}  // namespace detail

/// Runs the recursion: in each generation the recipe's data are gathered, the estimator is fitted to them, and observers look.
///
/// @param what       truth, estimator, recipe and decoder
/// @param how        generations, samples per generation, the way of drawing, and when to stop
/// @param root       addresses every draw: each (generation, purpose) takes a stream of its own from it
/// @param observers  callables that take `const generation<...>&` and return nothing or a `flow`; they see each generation
///                   after its fit and can change nothing in it
/// @return the last model, how every fit went, and why the lineage ended
/// @throw std::invalid_argument for a caller's mistake, such as a model whose `sample(n, rng)` gives another number of observations
///        than n, or of another dimension than the truth's. Collapse is no mistake: it is in the `events`. A `std::domain_error`
///        from the estimator, numbers that are NaN or infinite in what was drawn or fitted, and a `chain_end` (a verifier that nothing
///        passes) end the lineage as a `failure`.
/// Complexity: generations times one gathering and one fit; memory as the recipe needs it.
template <class Truth, class Estimator, class Recipe, class Decoder, class... Observers>
auto run_lineage(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const stream& root,
                 Observers&&... observers) {
  check_experiment<Truth, Estimator, Recipe, Decoder>();
  using chain = experiment<Truth, Estimator, Recipe, Decoder>;
  using seen = generation<Truth, typename chain::training_type, typename chain::model_type>;
  static_assert(
      (observer_of<Observers, seen> && ...),
      "simulacra: an observer must be callable with `const generation<...>&` (write it as [](const auto& g) {...}) and "
      "return nothing or a simulacra::flow");
  detail::require_numbers(how);
  if (how.snapshot_every > 0)
    argument::require_room(how.generations / how.snapshot_every, 1, sizeof(snapshot<typename chain::model_type>),
                           "run_lineage", "generations / snapshot_every");

  const detail::part_shower<typename chain::training_type, std::remove_reference_t<Observers>...> show{{observers...}};
  const auto& seen_so = detail::seen_by_gatherer(what);
  detail::gatherer<std::remove_cvref_t<decltype(seen_so)>> kept(seen_so, how.how);
  lineage<typename chain::model_type> line;
  bool fitting = false;  // a `std::domain_error` ends the lineage if it is the estimator's; an observer's is the caller's
  try {
    for (Index t = 0; t < how.generations; ++t) {
      const Index samples = how.samples(t);
      const auto& data = kept.gather_by(what.recipe, t, samples, root, show);
      fitting = true;
      auto [model, result] = detail::refit(what, kept, data, t, how, root);
      fitting = false;

      line.generations = t + 1;
      if (!result.ok()) [[unlikely]]
        detail::note(line, t + 1, result);
      const bool go_on = detail::observe(seen{t + 1, kept.truth(), kept.law(), data, model, result, root}, observers...);
      if (how.snapshot_every > 0 && (t + 1) % how.snapshot_every == 0) line.snapshots.push_back({t + 1, model});
      const bool stop = how.stop(result.what);
      if (!go_on || stop || t + 1 == how.generations) line.last = result;
      kept.keep(t + 1, std::move(model));

      if (!go_on || stop) {
        line.why = go_on ? ending::outcome : ending::observer;
        break;
      }
    }
  } catch (...) {
    detail::end_by_exception(line, fitting, kept.data());
  }
  line.model = kept.model();
  return line;
}

}  // namespace simulacra
