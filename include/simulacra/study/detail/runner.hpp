#pragma once

#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <thread>
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
#include <simulacra/study/detail/work_queue.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/study_result.hpp>

/// What runs a study, free of the executor's type: it is compiled once for all of them.
namespace simulacra::detail {

struct study_runner {
  std::function<void(Index, const std::function<void(Index)>&, std::stop_token)> each;
  /// Whether any process says yes; all of them must ask. No process goes on before all have.
  std::function<bool(bool)> any = [](bool mine) { return mine; };
  bool together = false;  ///< whether there are others, which deal out indices among themselves
};

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
                      rule_looks& looks, std::stop_token stop, double time_limit) {
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
  const deadline limit(std::move(stop), time_limit);
  unit_runner run(work, files, body, limit.token());
  work_queue queue(work, files, run, looks, !runner.together, limit.token());
  const auto left = [&] {
    bool mine = false;
    together([&] { mine = queue.fill(); });
    return runner.any(mine) && !runner.any(limit.token().stop_requested());
  };
  if (!left()) return;
  together([&] {
    files.cut_torn();
    queue.open();
    if (work.check) check_bits(work, files, body);
  });
  if (!runner.together) {
    constexpr Index seats = 1024;  // more than threads; each works until nothing is left, and the others find nothing
    runner.each(
        seats, [&](Index) { queue.work(); }, limit.token());
    files.sync();
  } else {
    do {
      std::atomic<bool> ran{false};
      runner.each(
          queue.size(), [&](Index i) { ran = queue.run_one(i) || ran; }, limit.token());
      together([&] { files.sync(); });
      for (std::size_t at = 0; at < work.cells.size(); ++at)
        if (runner.any(run.gave_up(at))) run.give_up(at);
      if (!runner.any(ran)) std::this_thread::sleep_for(std::chrono::milliseconds(50));  // others are at what is left
    } while (left());
  }
  const bool anything = runner.any(run.done() > 0), anywhere = runner.any(run.error() != nullptr);
  if (anywhere && !anything && !limit.token().stop_requested()) {
    if (run.error()) std::rethrow_exception(run.error());
    journal_fault(files.folder(), "no process could run anything");
  }
}

}  // namespace simulacra::detail
