#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/detail/progress_of.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/stopping.hpp>
#include <simulacra/study/task.hpp>

namespace simulacra::detail {

/// What a study is asked for, as what runs it needs it.
struct study_work {
  const std::vector<cell>& cells;
  Index replicates, block;
  double block_seconds;
  std::uint64_t seed;
  const std::vector<Index>& generations;
  const std::string& program;
  task part;
  const std::optional<stopping_rule>& rule;
  const std::function<void(Index, Index)>& progress;
  bool check;
};

using study_body = std::function<records(const cell&, const replication&)>;

inline replication replication_of(const cell& c, Index first, Index count, const study_work& work,
                                  std::stop_token stop = {}) {
  replication many{.replicates = count, .seed = work.seed, .condition = c.condition(), .first_replicate = first};
  many.generations = work.generations;
  many.stop = std::move(stop);
  many.program = work.program;
  return many;
}

/// A run of replicates of one cell, as it is dealt to tasks, processes, ranks and threads.
struct study_unit {
  std::size_t cell;
  Index first, count, number;
};

/// Runs units, and keeps the books of what came of them.
class unit_runner {
 public:
  unit_runner(const study_work& work, journal& files, const study_body& body, std::stop_token stop)
      : work_(work),
        files_(files),
        body_(body),
        stop_(std::move(stop)),
        cost_(work.cells.size()),
        width_(work.cells.size()),
        given_up_(work.cells.size()) {}

  void operator()(study_unit unit) {
    const cell& c = work_.cells[unit.cell];
    while (unit.count > 0 && !stop_.stop_requested() && !given_up_[unit.cell]) {
      const double each = cost_[unit.cell];
      Index n = each > 0 ? static_cast<Index>((std::min)(work_.block_seconds / each, most_numbers / width_[unit.cell])) : 1;
      n = work_.block > 0 ? unit.count : std::clamp<Index>(n, 1, unit.count);
      const auto begun = std::chrono::steady_clock::now();
      std::optional<records> all;
      Index ended = 0;
      try {
        all.emplace(body_(c, replication_of(c, unit.first, n, work_, stop_)));
        ended = ended_of(*all, unit.first, n);
      } catch (...) {
        if (stop_.stop_requested()) return;
        give_up(unit, n);
        return;
      }
      const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      if (ended == 0) return;  // stopped
      files_.append(unit.cell, *all, ended, took);
      width_[unit.cell] = static_cast<double>((std::max)(std::size_t{1}, all->metrics().size() * all->generations().size()));
      cost_[unit.cell] = (std::max)(took / static_cast<double>(ended), 1e-9);
      unit.first += ended;
      unit.count -= ended;
      done_ += ended;
      progress_.add(ended);
    }
  }

  void expect(const study_work& work, Index done, Index of) { progress_.start(work.progress, done, of); }
  [[nodiscard]] bool gave_up(std::size_t at) const { return given_up_[at]; }
  void give_up(std::size_t at) { given_up_[at] = true; }
  [[nodiscard]] Index done() const { return done_; }
  [[nodiscard]] std::exception_ptr error() const { return error_; }

 private:
  /// How many replicates ended, from the first on without a gap.
  Index ended_of(const records& all, Index first, Index n) const {
    constexpr auto function = "study::run";
    argument::require(all.replicates() == n && all.first_replicate == first, function, "records",
                      argument::text(all.replicates()) + " replicates from " + argument::text(all.first_replicate),
                      "be those that were asked for, " + argument::text(n) + " from " + argument::text(first) +
                          ": give run_ensemble the `replication` that comes with the cell");
    std::vector<char> over(static_cast<std::size_t>(n), 0);
    for (Index r = 0; r < n; ++r) over[static_cast<std::size_t>(r)] = all.has(r);
    for (const replicate_failure& f : all.failures)
      if (f.replicate >= first && f.replicate < first + n) over[static_cast<std::size_t>(f.replicate - first)] = 1;
    const Index ended = std::find(over.begin(), over.end(), char{0}) - over.begin();
    argument::require(ended > 0 || stop_.stop_requested(), function, "records", "without its first replicate",
                      "have every replicate unless it was stopped");
    return ended;
  }

  void give_up(const study_unit& unit, Index n) {
    std::string why = words_of_anything;
    const std::exception_ptr thrown = std::current_exception();
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      why = words_of(error);
    } catch (...) {  // it says nothing of itself
    }
    given_up_[unit.cell] = true;
    files_.note(unit.cell, unit.first, n, why);
    const std::lock_guard lock(guard_);
    if (!error_) error_ = thrown;
  }

  static constexpr double most_numbers = 1 << 21;  // of a block whose length is ours to choose: 16 MiB

  const study_work& work_;
  journal& files_;
  const study_body& body_;
  std::stop_token stop_;
  std::vector<std::atomic<double>> cost_;   ///< seconds a replicate; 0: not known
  std::vector<std::atomic<double>> width_;  ///< numbers a replicate, once `cost_` is known
  std::vector<std::atomic<bool>> given_up_;
  std::atomic<Index> done_{0};
  study_progress progress_;
  std::mutex guard_;
  std::exception_ptr error_;
};

}  // namespace simulacra::detail
