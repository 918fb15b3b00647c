#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/study/detail/claims.hpp>
#include <simulacra/study/detail/states.hpp>
#include <simulacra/study/detail/unit_runner.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/task.hpp>

namespace simulacra::detail {

/// What is left to be run by this task. Without a stopping rule units end at multiples of a length that depends on nothing but what is wanted,
/// so that tasks deal alike whatever is there already; with one a task has whole cells. All cells get on evenly.
/// @param part  the task; the whole for one that helps the others
inline std::deque<study_unit> units_of(const study_work& work, const journal& files, const std::vector<cell_status>& states,
                                       const task& part) {
  std::deque<study_unit> units;
  const std::size_t most = (std::max)(std::size_t{16}, (std::size_t{1} << 16) / states.size());  // a cell at once
  for (std::size_t at = 0; at < states.size(); ++at) {
    const Index wanted = states[at].wanted;
    const auto position = static_cast<Index>(at);
    if (work.rule && !part.takes(position)) continue;
    const auto gaps = files.missing(at, wanted);
    Index length = work.block > 0 ? work.block : wanted / 32 + 1;
    if (work.rule && !gaps.empty())  // a look waits for all threads to have their share
      length = (std::min)(length, (gaps.back().second - gaps.front().first) / 32 + 1);
    const std::size_t begun = units.size();
    for (auto [from, to] : gaps)
      while (from < to && units.size() < begun + most) {
        const Index number = from / length, end = (std::min)(to, (number + 1) * length);
        if (work.rule || part.takes(position + number)) units.push_back({at, from, end - from, number});
        from = end;
      }
  }
  if (!work.rule)
    std::stable_sort(units.begin(), units.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return units;
}

/// The blocks that are left, for the threads of this process and for all processes that work in the folder: each takes the next that nobody
/// is at. A stopping rule looks as soon as a cell has what it asked for, while other cells are run. A task that has done its part helps others
/// as long as one is at work in the folder: without them it is not known that the folder is shared.
class work_queue {
 public:
  /// @param helps  whether it may do more than its part
  work_queue(const study_work& work, journal& files, unit_runner& run, rule_looks& looks, bool helps, std::stop_token stop)
      : work_(work), files_(files), run_(run), looks_(looks), helps_(helps), stop_(std::move(stop)) {}

  /// From here on blocks may be taken. @throw std::runtime_error if the folder cannot be written
  void open() { claims_.emplace(files_.folder()); }

  /// Makes a list of what is left. @return whether there is anything
  bool fill() {
    for (bool outrun = true; outrun;) {
      files_.scan();
      bool settled = true;
      const std::vector<cell_status> states = states_of(work_.cells, files_, work_.replicates, work_.rule, looks_, settled);
      task part = work_.part;
      const auto list = [&] {
        units_ = units_of(work_, files_, states, part);
        std::erase_if(units_, [&](const study_unit& u) { return run_.gave_up(u.cell); });
      };
      list();
      helping_ = units_.empty() && helps_ && !part.whole() && !files_.at_work().empty();
      if (helping_) {
        part = {};
        list();
      }
      Index done = 0, left = 0;
      for (const cell_status& s : states) done += s.done;
      for (const study_unit& u : units_) left += u.count;
      run_.expect(work_, done, done + left);
      // Another thread may have brought what a look waited for, after the look: then look again.
      outrun = false;
      for (std::size_t at = 0; units_.empty() && work_.rule && at < states.size(); ++at)
        outrun = outrun || (!looks_[at].decided && !run_.gave_up(at) && part.takes(static_cast<Index>(at)));
    }
    return !units_.empty();
  }

  /// What one thread does until nothing is left. Blocks that others are at are waited for: they may end without having been written.
  void work() {
    try {
      work_on();
    } catch (...) {
      over_ = true;
      changed_.notify_all();
      throw;
    }
  }

  /// The list as it is, for processes that deal it out among themselves.
  [[nodiscard]] Index size() const { return static_cast<Index>(units_.size()); }
  /// Runs one of the list, unless somebody is at it. @return whether it did
  bool run_one(Index i) {
    const study_unit unit = units_[static_cast<std::size_t>(i)];
    if (!claims_->take(key_of(unit), unit.first, unit.count)) return false;
    run_claimed(unit);
    return true;
  }

 private:
  [[nodiscard]] std::uint64_t key_of(const study_unit& unit) const { return work_.cells[unit.cell].key(); }

  void work_on() {
    std::unique_lock lock(guard_);
    while (!over_ && !stop_.stop_requested()) {
      std::optional<study_unit> unit = next();
      if (!unit && fill()) unit = next();
      if (unit) {
        lock.unlock();
        run_claimed(*unit);
        lock.lock();
        ++finished_;
        changed_.notify_all();
      } else if (units_.empty() || (helping_ && !work_.rule)) {  // what others are at is theirs to finish
        over_ = true;
      } else {  // others of this process will say when they are done, and of other processes nobody does
        changed_.wait_for(lock, stop_, std::chrono::milliseconds(50),
                          [&, seen = finished_] { return finished_ != seen || over_; });
      }
    }
    changed_.notify_all();
  }

  /// Takes the next of the list that nobody is at.
  std::optional<study_unit> next() {
    for (auto each = units_.begin(); each != units_.end();) {
      const study_unit unit = *each;
      const bool given_up = run_.gave_up(unit.cell);
      if (!given_up && !claims_->take(key_of(unit), unit.first, unit.count)) {
        ++each;
        continue;
      }
      each = units_.erase(each);
      if (!given_up) return unit;
    }
    return std::nullopt;
  }

  /// Runs what is still missing of a unit, and lets go of it.
  void run_claimed(const study_unit& unit) {
    struct claim {
      claims& held;
      std::uint64_t key;
      const study_unit& unit;
      ~claim() { held.release(key, unit.first, unit.count); }
    } const mine{*claims_, key_of(unit), unit};
    files_.refresh();
    for (const auto& [from, to] : files_.missing(unit.cell, unit.first + unit.count, unit.first))
      run_({unit.cell, from, to - from, unit.number});
  }

  const study_work& work_;
  journal& files_;
  unit_runner& run_;
  rule_looks& looks_;
  bool helps_, helping_ = false;
  std::stop_token stop_;
  std::optional<claims> claims_;
  std::mutex guard_;
  std::condition_variable_any changed_;
  std::deque<study_unit> units_;
  std::uint64_t finished_ = 0;
  std::atomic<bool> over_{false};
};

}  // namespace simulacra::detail
