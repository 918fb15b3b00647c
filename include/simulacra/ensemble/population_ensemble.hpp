#pragma once

#include <simulacra/core/argument.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/population.hpp>
#include <simulacra/recursion/run_population.hpp>

namespace simulacra {

/// Runs a population many times over, as `run_ensemble` runs a lineage: with the same bits for any executor and number of threads, and with
/// nothing lost that is finished. Probes see a `population_generation`: what they say of all members is their affair.
///
/// `records::fits` counts the fits of all members. A replicate of which a member failed stays in, with what the others go on to do, and
/// stands in `records::failures`. The truth cannot be recorded as generation 0.
/// @throw std::invalid_argument as `run_ensemble`; what is wrong with the recipes' lists is thrown on when all replicates have met it
/// Complexity and memory: as `run_population`, and replicates x recorded generations x metrics doubles.
template <class Truth, class... Members, executor Executor, class... Probes>
records run_ensemble(const population<Truth, Members...>& what, const plan& how, const replication& many, const Executor& on,
                     const Probes&... probes) {
  static_assert((detail::check_member<Truth, Members>() && ...));
  using run_type = detail::population_run<Truth, Members...>;
  detail::require_numbers(how, "run_population");
  if (how.generations > 0) static_cast<void>(run_type(what, how, stream(0)));  // what every replicate would refuse
  const auto run = [&](const stream& root, auto& observer) { return run_population(what, how, root, observer); };
  return detail::replicated<typename run_type::seen, false>(what.truth, run, how, many, on, probes...);
}

/// The same on every core of the machine.
template <class Truth, class... Members, class... Probes>
  requires(!(executor<Probes> || ...))
records run_ensemble(const population<Truth, Members...>& what, const plan& how, const replication& many,
                     const Probes&... probes) {
  return run_ensemble(what, how, many, thread_executor{}, probes...);
}

}  // namespace simulacra
