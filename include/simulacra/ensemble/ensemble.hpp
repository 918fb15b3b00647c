#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/fingerprint.hpp>
#include <simulacra/ensemble/gathered.hpp>
#include <simulacra/ensemble/probe.hpp>
#include <simulacra/ensemble/recorder.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/plan_check.hpp>

namespace simulacra {

/// How an ensemble is run: `replication{.replicates = 1000, .seed = 1}`.
struct replication {
  Index replicates;
  std::uint64_t seed = 1;
  std::uint64_t condition = 0;                   ///< equal numbers share random numbers between ensembles, others do not
  Index first_replicate = 0;                     ///< number of the first one; replicate r is the same in every ensemble
  std::vector<Index> generations{};              ///< which generations are recorded, increasing; empty: all but 0, the truth
  std::function<void(Index, Index)> progress{};  ///< called with (done, of), one call at a time; what it throws is kept
  std::stop_token stop{};                        ///< asked to stop, an ensemble keeps what is finished
  /// What the program says of itself: truth, estimator, recipe, settings. Records of programs that say something else do not join.
  std::string program{};
};

/// The part of an ensemble that falls to one of several machines, or to one of several sittings: replicates are dealt out in runs of
/// nearly equal length, in order, so that `records::append` of all shards gives the records of the whole.
/// @param number  0, 1, ..., of - 1
/// @throw std::invalid_argument unless 0 <= number < of <= replicates, and 0 <= first_replicate <= 2^62
[[nodiscard]] inline replication shard(replication whole, Index number, Index of) {
  argument::require(of >= 1 && of <= whole.replicates, "shard", "of", of, "be between 1 and the number of replicates");
  argument::require(number >= 0 && number < of, "shard", "number", number, "be at least 0 and below `of`");
  argument::require(whole.first_replicate >= 0 && whole.first_replicate <= detail::most_replicates, "shard",
                    "first_replicate", whole.first_replicate, "be at least 0, and at most 2^62");
  const Index each = whole.replicates / of, longer = whole.replicates % of;
  whole.first_replicate += number * each + (std::min)(number, longer);
  whole.replicates = each + (number < longer ? 1 : 0);
  return whole;
}

namespace detail {

/// Whether no replicate has finished and all of them ended with the same kind of exception at the same generation: then it is no
/// misfortune of one of them, and there is nothing to lose.
inline bool all_alike(const std::vector<replicate_error>& errors) {
  for (const replicate_error& e : errors)
    if (!e.thrown || e.kind != errors.front().kind || e.what.generation != errors.front().what.generation) return false;
  return !errors.empty();
}

/// Shows the truth to a recorder as generation 0, which has no data.
template <class Generation, class Truth, class Recorder>
void record_truth(const Truth& truth, const stream& root, Recorder& record) {
  if constexpr (std::is_same_v<Truth, std::remove_cvref_t<decltype(std::declval<const Generation&>().model)>>) {
    const training_law law{{{source::kind::truth, 0}, 1}};
    const std::remove_cvref_t<decltype(std::declval<const Generation&>().data)> nothing{};
    const outcome fine{};
    record(Generation{0, truth, law, nothing, truth, fine, root});
  }
}

/// How many members of a replicate ended as a failure: a lineage is one.
template <class Line>
Index failures_of(const Line& line) {
  if constexpr (requires { line.failed; })
    return line.failed;
  else
    return line.why == ending::failure ? 1 : 0;
}

/// Runs replicates of anything that ends as lineages do.
/// @tparam Seen     what its observers see
/// @tparam records_truth  whether the truth may stand in the place of a model, as generation 0
/// @param run       `run(root, observer)` runs one replicate
template <class Seen, bool records_truth, class Truth, class Run, executor Executor, class... Probes>
records replicated(const Truth& truth, const Run& run, const plan& how, const replication& many, const Executor& on,
                   const Probes&... probes) {
  static_assert(sizeof...(Probes) > 0, "simulacra: an ensemble needs at least one metric, or there is nothing to record");
  static_assert(
      (probe_of<Probes, Seen> && ...),
      "simulacra: a probe needs names() and a call probe(const generation<...>&, std::span<double>); for a single number "
      "write metric{\"name\", [](const auto& g) { return ...; }}");
  constexpr std::string_view function = "run_ensemble";
  argument::require(many.replicates >= 1, function, "replicates", many.replicates, "be at least 1");
  argument::require(many.first_replicate >= 0 && many.first_replicate <= most_replicates, function, "first_replicate",
                    many.first_replicate, "be at least 0, and at most 2^62");
  argument::require_room(many.replicates, 1, sizeof(replicate_error), function, "replicates");

  records all(all_names(probes...), recorded(many.generations, how.generations), many.replicates);
  if (!records_truth && !all.generations().empty() && all.generations().front() == 0)
    argument::reject(function, "replication.generations", Index{0},
                     "be at least 1 where the truth is of another type than the models");
  all.first_replicate = many.first_replicate;
  all.origin = fingerprint_of(how, {many.seed, many.condition}, many.program);
  std::vector<std::array<Index, status_count>> fits(static_cast<std::size_t>(many.replicates));
  std::vector<replicate_error> errors(static_cast<std::size_t>(many.replicates));
  std::vector<char> ran(static_cast<std::size_t>(many.replicates), false);  // by this process
  std::mutex guard;
  Index done = 0;

  const auto run_one = [&](Index i) {
    const auto slot = static_cast<std::size_t>(i);
    ran[slot] = true;
    const stream root({many.seed, many.condition}, {.replicate = static_cast<std::uint64_t>(many.first_replicate + i)});
    std::optional<recorder<Seen, Probes...>> record;
    const auto note = [&](std::string message, Index generation, std::exception_ptr thrown, const std::type_info& kind) {
      errors[slot] = {true, {many.first_replicate + i, root.key(), std::move(message), generation}, std::move(thrown), kind};
      if (errors[slot].thrown) all.discard(i);
    };
    const auto current = [&] { return record ? record->current() : Index{0}; };
    try {
      record.emplace(all.generations(), all.of(i), many.stop, probes...);
      if constexpr (records_truth)
        if (record->wants_truth()) record_truth<Seen>(truth, root, *record);
      const auto line = run(root, *record);
      if (line.why == ending::observer && line.generations < how.generations && !record->ended())
        return all.discard(i);  // stopped half-way
      fits[slot] = record->fits();
      if (const Index failed = failures_of(line); failed > 0) {
        note(line.failure, line.generations + 1, nullptr, typeid(void));
        fits[slot][static_cast<std::size_t>(status::failed)] += failed;
      }
      all.accept(i);
    } catch (const std::exception& error) {
      note(words_of(error), current(), std::current_exception(), typeid(error));
    } catch (...) {
      note(words_of_anything, current(), std::current_exception(), typeid(void));
    }
    if (!many.progress) return;
    const std::lock_guard lock(guard);
    ++done;
    if (!all.progress_failure.empty()) return;
    try {
      many.progress(done, many.replicates);
    } catch (const std::exception& error) {
      all.progress_failure = words_of(error);
    } catch (...) {
      all.progress_failure = words_of_anything;
    }
  };
  on.for_each_index(many.replicates, run_one, many.stop);

  all.stopped = many.stop.stop_requested();
  if constexpr (requires { on.share(std::string()); }) {  // an executor of several processes: all of them get everything
    const replicate_parts parts{all, fits, errors};
    for (const std::string& bytes : on.share(pack_replicates(parts, ran)))
      unpack_replicates(parts, bytes, {many.seed, many.condition}, many.first_replicate);
    all.stopped = on.any(all.stopped);
  }
  if (all_alike(errors)) std::rethrow_exception(errors.front().thrown);
  for (std::size_t i = 0; i < fits.size(); ++i)
    if (all.has(static_cast<Index>(i)))
      for (std::size_t k = 0; k < status_count; ++k) all.fits[k] += fits[i][k];
  for (replicate_error& error : errors)
    if (error.there) all.failures.push_back(std::move(error.what));
  return all;
}

}  // namespace detail

/// Runs a lineage many times over and records what probes read off it. Replicate r draws from the streams of replicate r and
/// of nothing else, so the records are the same bits for any executor and number of threads, and the first 100 of 1000
/// replicates are those of an ensemble of 100.
///
/// Nothing that is finished is lost. Whatever a replicate throws, in a sample, a fit, a metric or an observer, is that replicate's
/// failure: it is left out, and `records::failures` has its number, the key of its streams, the generation and the message. A lineage
/// that ends as a `failure` by itself stays in with the generations that it has, and is in `failures` too. What `progress` throws is
/// in `records::progress_failure`, and it is not called again; to stop an ensemble there is `stop`.
///
/// @param what    truth, estimator, recipe, decoder
/// @param how     generations, samples, way of drawing
/// @param many    replicates, seed, which generations to record, progress, stopping. Generation 0 is the truth in the place of the model,
///                with no training data, where both are of one type.
/// @param on      the executor, for instance `thread_executor{}`
/// @param probes  `metric{name, f}` objects, or other probes
/// @throw std::invalid_argument for what is wrong with the plan, the recipe's lists, what is to be recorded or the memory that this
///        takes, before the first replicate is run. What *every* replicate throws alike, in type and generation, is thrown on.
/// Memory: replicates x recorded generations x metrics doubles.
template <class Truth, class Estimator, class Recipe, class Decoder, executor Executor, class... Probes>
records run_ensemble(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const replication& many,
                     const Executor& on, const Probes&... probes) {
  check_experiment<Truth, Estimator, Recipe, Decoder>();
  using chain = experiment<Truth, Estimator, Recipe, Decoder>;
  using seen = generation<Truth, typename chain::training_type, typename chain::model_type>;
  detail::check_plan(what, how);
  const auto run = [&](const stream& root, auto& observer) { return run_lineage(what, how, root, observer); };
  return detail::replicated<seen, std::is_same_v<Truth, typename chain::model_type>>(what.truth, run, how, many, on,
                                                                                     probes...);
}

/// The same on every core of the machine.
template <class Truth, class Estimator, class Recipe, class Decoder, class... Probes>
  requires(!(executor<Probes> || ...))
records run_ensemble(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const replication& many,
                     const Probes&... probes) {
  return run_ensemble(what, how, many, thread_executor{}, probes...);
}

}  // namespace simulacra
