#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/fingerprint.hpp>
#include <simulacra/ensemble/probe.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/lineage.hpp>

namespace simulacra {

/// How an ensemble is run: `replication{.replicates = 1000, .seed = 1}`.
struct replication {
  Index replicates;
  std::uint64_t seed = 1;
  std::uint64_t condition = 0;                   ///< equal numbers share random numbers between ensembles, others do not
  Index first_replicate = 0;                     ///< number of the first one; replicate r is the same in every ensemble
  std::vector<Index> generations{};              ///< which generations are recorded, increasing; empty: all
  std::function<void(Index, Index)> progress{};  ///< called with (done, of), one call at a time
  std::stop_token stop{};                        ///< asked to stop, an ensemble keeps what is finished
  /// What the program says of itself: truth, estimator, recipe, settings. Records of programs that say something else do not join.
  std::string program{};
};

/// The part of an ensemble that falls to one of several machines, or to one of several sittings: replicates are dealt out in runs of
/// nearly equal length, in order, so that `records::append` of all shards gives the records of the whole.
/// @param number  0, 1, ..., of - 1
/// @throw std::invalid_argument unless 0 <= number < of <= replicates
[[nodiscard]] inline replication shard(replication whole, Index number, Index of) {
  argument::require(of >= 1 && of <= whole.replicates, "shard", "of", of, "be between 1 and the number of replicates");
  argument::require(number >= 0 && number < of, "shard", "number", number, "be at least 0 and below `of`");
  const Index each = whole.replicates / of, longer = whole.replicates % of;
  whole.first_replicate += number * each + (std::min)(number, longer);
  whole.replicates = each + (number < longer ? 1 : 0);
  return whole;
}

namespace detail {

/// Whether a probe is a metric whose function cannot remember: it need not be asked where nothing is recorded.
template <class P, class Generation>
inline constexpr bool is_plain_metric = false;
template <class F, class Generation>
inline constexpr bool is_plain_metric<metric<F>, Generation> = std::invocable<const F&, const Generation&>;

/// A probe that wants to see parts of the training data; see `sees_parts`.
template <class P, class Part, class Observations>
concept can_be_shown =
    requires(P& probe, const Part& part, const Observations& observations) { probe.gathered(part, observations); };

/// Fills one replicate's record from its generations, and ends the lineage when the ensemble is stopped.
template <class Generation, class... Probes>
class recorder {
 public:
  recorder(const std::vector<Index>& generations, std::span<double> values, std::stop_token stop, const Probes&... probes)
      : generations_(generations),
        values_(values),
        stop_(std::move(stop)),
        probes_(probes...),
        sizes_{probes.names().size()...} {}

  flow operator()(const Generation& g) {
    ++fits_[static_cast<std::size_t>(g.result.what)];
    const bool wanted = row_ < generations_.size() && generations_[row_] == g.number;
    read(g, wanted, std::index_sequence_for<Probes...>{});
    row_ += wanted ? 1 : 0;
    return stop_.stop_requested() ? flow::stop : flow::go_on;
  }

  /// Shows parts of the training data to the probes that want to see them.
  template <class Part, class Observations>
    requires(can_be_shown<Probes, Part, Observations> || ...)
  void gathered(const Part& part, const Observations& observations) {
    const auto show = [&](auto& probe) {
      if constexpr (can_be_shown<std::remove_cvref_t<decltype(probe)>, Part, Observations>)
        probe.gathered(part, observations);
    };
    std::apply([&](auto&... each) { (show(each), ...); }, probes_);
  }

  /// How many fits had each status. Counted here and not in what threads share, where neighbours would fight for a cache line.
  [[nodiscard]] const std::array<Index, status_count>& fits() const noexcept { return fits_; }

 private:
  /// A probe sees every generation, since it may remember; what it says is kept where it is wanted.
  template <std::size_t... I>
  void read(const Generation& g, bool wanted, std::index_sequence<I...>) {
    std::size_t column = 0;
    const std::size_t width = (std::size_t{0} + ... + sizes_[I]);
    scratch_.resize(width);
    const auto one = [&](auto& probe, std::size_t size) {
      constexpr bool forgets = is_plain_metric<std::remove_cvref_t<decltype(probe)>, Generation>;
      const std::span<double> out =
          wanted ? values_.subspan(row_ * width + column, size) : std::span<double>(scratch_).subspan(column, size);
      if (wanted || !forgets) probe(g, out);
      column += size;
    };
    (one(std::get<I>(probes_), sizes_[I]), ...);
  }

  const std::vector<Index>& generations_;
  std::span<double> values_;
  std::array<Index, status_count> fits_{};
  std::stop_token stop_;
  std::tuple<Probes...> probes_;
  std::array<std::size_t, sizeof...(Probes)> sizes_;
  std::vector<double> scratch_;
  std::size_t row_ = 0;
};

}  // namespace detail

/// Runs a lineage many times over and records what probes read off it. Replicate r draws from the streams of replicate r and
/// of nothing else, so the records are the same bits for any executor and number of threads, and the first 100 of 1000
/// replicates are those of an ensemble of 100.
///
/// @param what    truth, estimator, recipe, decoder
/// @param how     generations, samples, way of drawing
/// @param many    replicates, seed, which generations to record, progress, stopping
/// @param on      the executor, for instance `thread_executor{}`
/// @param probes  `metric{name, f}` objects, or other probes
/// @throw std::invalid_argument for a caller's mistake. Any other exception of a replicate is kept in `failures` with the
///        address of its streams, and the others go on.
/// Memory: replicates x recorded generations x metrics doubles.
template <class Truth, class Estimator, class Recipe, class Decoder, executor Executor, class... Probes>
records run_ensemble(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const replication& many,
                     const Executor& on, const Probes&... probes) {
  check_experiment<Truth, Estimator, Recipe, Decoder>();
  using chain = experiment<Truth, Estimator, Recipe, Decoder>;
  using seen = generation<Truth, typename chain::training_type, typename chain::model_type>;
  static_assert(sizeof...(Probes) > 0, "simulacra: an ensemble needs at least one metric, or there is nothing to record");
  static_assert(
      (probe_of<Probes, seen> && ...),
      "simulacra: a probe needs names() and a call probe(const generation<...>&, std::span<double>); for a single number "
      "write metric{\"name\", [](const auto& g) { return ...; }}");
  argument::require(many.replicates >= 1, "run_ensemble", "replicates", many.replicates, "be at least 1");
  argument::require(many.first_replicate >= 0, "run_ensemble", "first_replicate", many.first_replicate, "not be negative");

  records all(detail::all_names(probes...), detail::recorded(many.generations, how.generations), many.replicates);
  all.first_replicate = many.first_replicate;
  all.origin = detail::fingerprint_of(how, {many.seed, many.condition}, many.program);
  std::vector<std::array<Index, status_count>> fits(static_cast<std::size_t>(many.replicates));
  std::vector<replicate_failure> failures(static_cast<std::size_t>(many.replicates));
  std::mutex guard;
  Index done = 0;

  const auto run_one = [&](Index i) {
    const auto slot = static_cast<std::size_t>(i);
    const stream root({many.seed, many.condition}, {.replicate = static_cast<std::uint64_t>(many.first_replicate + i)});
    detail::recorder<seen, Probes...> record(all.generations(), all.of(i), many.stop, probes...);
    const auto note = [&](const std::string& message) {
      failures[slot] = {many.first_replicate + i, root.key(), message};
      all.discard(i);
    };
    try {
      const auto line = run_lineage(what, how, root, record);
      if (line.why == ending::observer && line.generations < how.generations) return all.discard(i);  // stopped half-way
      fits[slot] = record.fits();
      if (line.why == ending::failure) {
        failures[slot] = {many.first_replicate + i, root.key(), line.failure};
        ++fits[slot][static_cast<std::size_t>(status::failed)];
      }
      all.accept(i);
    } catch (const std::invalid_argument&) {
      throw;
    } catch (const std::exception& error) {
      note(error.what());
    } catch (...) {
      note("an exception that is no std::exception");
    }
    if (many.progress) {
      const std::lock_guard lock(guard);
      many.progress(++done, many.replicates);
    }
  };
  on.for_each_index(many.replicates, run_one, many.stop);

  for (std::size_t i = 0; i < fits.size(); ++i)
    if (all.has(static_cast<Index>(i)))
      for (std::size_t k = 0; k < status_count; ++k) all.fits[k] += fits[i][k];
  for (replicate_failure& failure : failures)
    if (!failure.message.empty()) all.failures.push_back(std::move(failure));
  all.stopped = many.stop.stop_requested();
  return all;
}

/// The same on every core of the machine.
template <class Truth, class Estimator, class Recipe, class Decoder, class... Probes>
  requires(!(executor<Probes> || ...))
records run_ensemble(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const replication& many,
                     const Probes&... probes) {
  return run_ensemble(what, how, many, thread_executor{}, probes...);
}

}  // namespace simulacra
