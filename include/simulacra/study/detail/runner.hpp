#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/text.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/detail/journal_file.hpp>
#include <simulacra/study/detail/shape.hpp>
#include <simulacra/study/detail/sitting.hpp>
#include <simulacra/study/detail/states.hpp>
#include <simulacra/study/detail/unit_runner.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/study_result.hpp>

/// What runs a study, free of the executor's type: it is compiled once for all of them.
namespace simulacra::detail {

struct study_runner {
  std::function<void(Index, const std::function<void(Index)>&, std::stop_token)> each;
  /// Whether any process says yes; all of them must ask. No process goes on before all have.
  std::function<bool(bool)> any = [](bool mine) { return mine; };
  bool first = true;  ///< of the processes
};

/// What is left to be run by this task. Units end at multiples of a length that depends on nothing but what is wanted, so that tasks deal
/// alike whatever is there already. All cells get on evenly.
inline std::vector<study_unit> units_of(const study_work& work, const journal& files,
                                        const std::vector<cell_status>& states) {
  std::vector<study_unit> units;
  for (std::size_t at = 0; at < states.size(); ++at) {
    const Index wanted = states[at].wanted;
    const Index length = work.block > 0 ? work.block : wanted / 32 + 1;
    const auto position = static_cast<Index>(at);
    if (work.rule && !work.part.takes(position)) continue;  // who looks must have all replicates of a cell
    for (auto [from, to] : files.missing(at, wanted))
      while (from < to) {
        const Index number = from / length, end = (std::min)(to, (number + 1) * length);
        if (work.rule || work.part.takes(position + number)) units.push_back({at, from, end - from, number});
        from = end;
      }
  }
  std::stable_sort(units.begin(), units.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return units;
}

/// Runs a replicate again that the folder has: the first of the first cell that has one.
inline void check_bits(const study_work& work, journal& files, const study_body& body) {
  for (std::size_t at = 0; at < work.cells.size(); ++at) {
    const auto shape = files.shape(at);
    const auto failed = files.failures(at);
    const auto gaps = files.missing(at, 1);
    if (!shape || !gaps.empty() || failed.count(0) != 0) continue;
    const records again = body(work.cells[at], replication_of(work.cells[at], 0, 1, work));
    files.require_shape(at, shape_of(again));
    const std::vector<double> before = files.columns(at, 0, shape->width(), 1);
    for (std::size_t k = 0; k < before.size(); ++k)
      if (std::bit_cast<std::uint64_t>(before[k]) != std::bit_cast<std::uint64_t>(again.of(0)[k]) &&
          !(std::isnan(before[k]) && std::isnan(again.of(0)[k])))
        journal_fault(files.folder(),
                      "holds other bits than this program makes: replicate 0 of " + work.cells[at].text() + " has " +
                          shape->metrics[k % shape->metrics.size()] + " = " + number(before[k]) + " there and " +
                          number(again.of(0)[k]) +
                          " now. The program, its compiler or the kind of machine has changed: take another folder");
    return;
  }
}

inline void run_study(const study_work& work, journal& files, const study_runner& runner, const study_body& body,
                      std::stop_token stop, double time_limit) {
  // What one process cannot do, none does: otherwise the others would wait for it.
  const auto together = [&](const auto& act) {
    std::exception_ptr mine;
    try {
      act();
    } catch (...) {
      mine = std::current_exception();
    }
    const bool failed = runner.any(mine != nullptr);
    if (mine) std::rethrow_exception(mine);
    if (failed) journal_fault(files.folder(), "another process of this study has failed, and says why");
  };
  std::optional<task_lock> lock;
  const deadline limit(std::move(stop), time_limit);
  unit_runner units_runner(work, files, body, limit.token());
  for (bool begun = false;; begun = true) {
    std::vector<study_unit> units;
    bool settled = true;
    together([&] {
      files.scan();
      const std::vector<cell_status> states = states_of(work.cells, files, work.replicates, work.rule, settled);
      units = units_of(work, files, states);
      std::erase_if(units, [&](const study_unit& u) { return units_runner.gave_up(u.cell); });
      Index done = 0, left = 0;
      for (const cell_status& s : states) done += s.done;
      for (const study_unit& u : units) left += u.count;
      units_runner.expect(work, done, done + left);
    });
    if (units.empty() || runner.any(limit.token().stop_requested())) break;
    if (!begun) {
      together([&] {
        if (runner.first) lock.emplace(files.folder(), work.part);
      });
      together([&] {
        if (work.check) check_bits(work, files, body);
      });
    }
    runner.each(
        static_cast<Index>(units.size()), [&](Index i) { units_runner(units[static_cast<std::size_t>(i)]); }, limit.token());
    together([&] { files.sync(); });
    for (std::size_t at = 0; at < work.cells.size(); ++at)
      if (runner.any(units_runner.gave_up(at))) units_runner.give_up(at);
    if (!work.rule) break;
  }
  const bool anything = runner.any(units_runner.done() > 0), anywhere = runner.any(units_runner.error() != nullptr);
  if (anywhere && !anything && !limit.token().stop_requested()) {
    if (units_runner.error()) std::rethrow_exception(units_runner.error());
    journal_fault(files.folder(), "no process could run anything");
  }
}

}  // namespace simulacra::detail
