#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/detail/journal_file.hpp>
#include <simulacra/study/detail/runner.hpp>
#include <simulacra/study/detail/states.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/stopping.hpp>
#include <simulacra/study/study_result.hpp>
#include <simulacra/study/task.hpp>
#include <simulacra/version.hpp>

namespace simulacra {

/// How a study is run: `{.replicates = 100, .seed = 1}`. Only `seed` and `program` are part of what the numbers are; everything else
/// may change from one sitting to the next.
struct study_options {
  Index replicates = 100;  ///< a cell; more may be asked for later. A stopping rule (`study::until`) takes its place
  std::uint64_t seed = 1;
  /// What the program says of itself: truth, estimator, settings that are no axis. A folder of a program that says something else is refused.
  std::string program{};
  std::vector<Index> generations{};  ///< which generations are recorded; see `replication`
  Index block = 0;                   ///< replicates a block; 0: as many as take `block_seconds`
  double block_seconds = 0.5;        ///< what is lost of each thread when the process is killed
  double time_limit = 0;             ///< seconds, after which what is finished is kept and `run` returns; 0: none
  task part{};                       ///< the part of the work that this process does
  std::stop_token stop{};            ///< asked to stop, what is finished is kept and `run` returns
  bool durable =
      false;  ///< wait after each block until the disk has it (some 4 ms): then a power cut, too, costs only blocks in progress
  std::function<void(Index, Index)> progress{};  ///< called with (done, of) replicates
  bool check = true;  ///< before a folder is added to, run one of its replicates again: the bits must be the same
};

/// A design, its replicates, and the folder that they lie in. Each finished block of replicates is written to a journal in the folder before the
/// next one begins; whatever ends the process, running the same program again goes on from there. Processes that run it at the same time share the
/// work, block by block. Results are the same bits for any executor, number of threads, processes, sittings, tasks and ranks, in any order,
/// since every replicate draws from streams of its own.
/// ```
/// design grid;
/// grid.axis("dimension", {1, 3}).axis("samples", {10, 100});
/// study s(grid, {.replicates = 100, .seed = 1}, "runs/first");
/// const study_result all = s.run(thread_executor{}, [](const cell& c, const replication& many) {
///   return run_ensemble(what(c.integer("dimension")), plan{...}, many, serial_executor{}, metrics...);
/// });
/// if (all.complete()) all.table().save("first.csv");
/// ```
class study {
 public:
  /// What runs some replicates of a cell, usually `run_ensemble` on one thread: with the seed, condition, replicates and stop token of `many`.
  using body = std::function<records(const cell&, const replication& many)>;

  /// A folder that is there is resumed, and one that is not is made by the first `run`.
  /// @throw std::invalid_argument for options that make no sense, or a design without cells
  /// @throw std::runtime_error if the folder cannot be read, or belongs to another study: what differs is said
  study(const design& grid, study_options options, std::filesystem::path folder)
      : grid_(grid), cells_(grid.cells()), options_(std::move(options)), folder_(std::move(folder)) {
    constexpr auto function = "study";
    argument::require(!cells_.empty(), function, "grid.size()", cells_.size(), "be at least 1");
    argument::require(options_.replicates >= 1, function, "replicates", options_.replicates, "be at least 1");
    argument::require(options_.block >= 0, function, "block", options_.block, "not be negative");
    argument::require(options_.block_seconds > 0, function, "block_seconds", options_.block_seconds, "be positive");
    argument::require(options_.time_limit >= 0, function, "time_limit", options_.time_limit, "not be negative");
    argument::require(options_.part.of >= 1 && options_.part.number >= 0 && options_.part.number <= options_.part.of,
                      function, "part", options_.part.text(), "be one of its tasks");
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (!std::filesystem::is_directory(folder_))
      detail::journal_fault(folder_, "is no folder, and cannot be made: " +
                                         (error ? error.message() : std::string("there is something else of that name")));
    files_ = std::make_shared<journal>(folder_, identity(), cells_, options_.durable);
  }

  /// Runs replicates of each cell until a rule says that they are enough, in place of a fixed number.
  /// @throw std::invalid_argument if the rule makes no sense
  study& until(stopping_rule rule) {
    detail::check_rule(rule);
    rule_ = std::move(rule);
    looks_.clear();
    return *this;
  }

  /// Runs what is left, or this task's part of it, and returns when nothing is: blocks that other processes are at are waited for, and run here
  /// if those die. A task that has done its part helps those that are at work in the folder. What one block throws costs that block, which is tried again in the next sitting; what all throw is thrown on.
  /// @param on  an executor: each of its threads takes the next block that nobody is at; with `mpi_executor`, each rank
  /// @throw std::runtime_error if the folder cannot be written; if `check` finds other bits
  template <executor Executor>
  study_result run(const Executor& on, const body& f) {
    detail::study_runner runner;
    runner.each = [&on](Index n, const std::function<void(Index)>& unit, std::stop_token stop) {
      on.for_each_index(n, unit, std::move(stop));
    };
    if constexpr (requires { on.any(true); }) {  // several processes, which go on together
      runner.any = [&on](bool mine) { return on.any(mine); };
      runner.together = true;
    }
    const detail::study_work work = this->work();
    detail::run_study(work, *files_, runner, f, looks_, options_.stop, options_.time_limit);
    return status();
  }

  /// What the folder holds now, of all tasks. Nothing is run.
  [[nodiscard]] study_result status() {
    files_->scan();
    bool settled = true;
    std::vector<cell_status> states = detail::states_of(cells_, *files_, options_.replicates, rule_, looks_, settled);
    return study_result(files_, cells_, std::move(states), settled);
  }

  /// The same for who expects it to be complete, after the last task. @throw std::runtime_error that says what is left, if it is not
  [[nodiscard]] study_result join() {
    study_result all = status();
    if (!all.complete()) detail::journal_fault(folder_, "is not complete: " + all.text());
    return all;
  }

  /// One replicate again, alone: its records, with the same bits. @throw what `f` throws
  [[nodiscard]] records redo(const cell& c, Index replicate, const body& f) const {
    return f(c, detail::replication_of(c, replicate, 1, work()));
  }

  [[nodiscard]] const std::vector<cell>& cells() const noexcept { return cells_; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  /// The stopping rule in words; empty where there is none.
  [[nodiscard]] std::string rule() const { return rule_ ? detail::rule_words(*rule_) : std::string(); }

 private:
  [[nodiscard]] detail::study_work work() const {
    return {cells_,        options_.replicates,  options_.block,   options_.block_seconds,
            options_.seed, options_.generations, options_.program, options_.part,
            rule_,         options_.progress,    options_.check};
  }

  /// What must be the same for a folder to belong to this study. Cells are not in it: a design may grow.
  [[nodiscard]] study_identity identity() const {
    const auto list = [](std::vector<std::string> names) {
      std::sort(names.begin(), names.end());
      std::string all;
      for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
      return all;
    };
    return {{"format", "1"},
            {"version of simulacra", SIMULACRA_VERSION_STRING},
            {"axes", list(grid_.axes())},
            {"shared axes", list(grid_.shared_axes())},
            {"seed", argument::text(options_.seed)},
            {"program", options_.program}};
  }

  design grid_;
  std::vector<cell> cells_;
  study_options options_;
  std::filesystem::path folder_;
  std::optional<stopping_rule> rule_;
  detail::rule_looks looks_;
  std::shared_ptr<journal> files_;
};

}  // namespace simulacra
