#pragma once

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/study.hpp>

#include "common/session.hpp"

#ifdef EXAMPLE_WITH_MPI
#include <simulacra/mpi.hpp>
#endif

/// What every example that is a study does alike: make or resume its folder, run its part, say how far it is, and, when nothing is
/// left, hold the table against theory and write it with its picture.
namespace example {

/// What a study is: its science, and nothing of how it is run.
struct study_plan {
  sim::design grid;
  Index replicates;                ///< a cell, where --replicates does not say
  std::string program;             ///< what its numbers depend on beside seed and cell
  std::vector<Index> generations;  ///< that are recorded
  sim::study::body body;
  sim::cell_theory theory;
  std::function<bool(const sim::table_row&)> trusted;  ///< which means may be held against theory
  std::string until_metric;                            ///< whose relative error --until is about, at the last generation
  std::function<figure(const sim::table&, const sim::study_result&)> picture;
  std::vector<std::pair<std::string, std::string>> about;  ///< the ADEMP headings of the run record
  int height = 900;                                        ///< of the picture
};

/// The flags of a study, beside those of every example.
inline std::vector<flag> with_study_flags(std::vector<flag> own) {
  std::vector<flag> all{
      {"replicates", "R", "replicates a cell, or the most of them with --until"},
      {"task", "K/N",
       "run part K of N, counted from 0 or from 1, or all, which programs that are given it share; whoever is last "
       "writes the table (default: what SLURM, Grid Engine or LSF say of an array)"},
      {"time-limit", "TIME", "stop after 10m, 1.5h, 1:30:00; the same command goes on"},
      {"until", "X", "run replicates until the relative Monte Carlo error is X, rather than a fixed number"},
      {"durable", "", "wait after each block until the disk has it: a power cut, too, costs only blocks in progress"},
      {"status", "", "say how far the folder is, and run nothing"}};
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

namespace detail {

inline int run_study(session& run, const description& what, const study_plan& plan, const auto& on, bool speaks) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(run.given.text("out", ".")) / (what.name + (run.quick() ? "-quick.study" : ".study"));
  const bool until = run.given.has("until");
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files is an error with a sentence, as a full disk is
#endif
  sim::study_options how{.replicates = run.given.integer("replicates", plan.replicates), .seed = run.seed()};
  how.program = what.name + ", " + plan.program;
  how.generations = plan.generations;
  how.part = run.given.has("task") ? sim::parse_task(run.given.text("task", "")) : sim::task_from_environment();
  if (run.given.has("time-limit")) how.time_limit = sim::parse_duration(run.given.text("time-limit", ""));
  how.durable = run.given.has("durable");
  how.stop = run.stop();
  if (speaks) how.progress = sim::terminal_progress(what.name);
  if (run.given.has("status") && !fs::exists(folder)) {
    if (speaks) std::printf("%s: nothing is in %s yet\n", what.name.c_str(), folder.c_str());
    return 0;
  }
  sim::study study(plan.grid, how, folder);
  if (until) {
    const Index most = run.given.integer("replicates", 100000, 2);
    study.until({.metric = plan.until_metric,
                 .mcse = run.given.real("until", 0.1),
                 .relative = true,
                 .least = (std::min)(Index{100}, most),
                 .most = most});
  }
  const auto say = [&](const char* when, const sim::study_result& found) {
    if (speaks) std::printf("%s: %s %s: %s\n", what.name.c_str(), folder.c_str(), when, found.text().c_str());
    std::fflush(stdout);
  };
  const sim::study_result before = study.status();
  say("holds", before);
  if (run.given.has("status")) return 0;

  const sim::study_result all = study.run(on, plan.body);
  say("now holds", all);
  if (!speaks) return 0;
  for (std::size_t k = 0; k < all.cells().size(); ++k) {
    const std::string cell = all.cells()[k].text();
    if (!all.states()[k].stopped.empty())
      std::printf("%s: %s: %s\n", what.name.c_str(), cell.c_str(), all.states()[k].stopped.c_str());
    for (const sim::replicate_failure& f : all.failures(all.cells()[k]))
      std::fprintf(stderr, "%s: %s: replicate %lld ended: %s\n", what.name.c_str(), cell.c_str(),
                   static_cast<long long>(f.replicate), f.message.c_str());
  }
  if (!all.complete()) {
    std::printf("%s: no table yet; the same command goes on%s\n", what.name.c_str(),
                how.part.whole() ? "" : ", and so do the other tasks");
    return run.stopped() ? 128 + run.signal() : 0;
  }
  const sim::table out = all.table(plan.theory);
  for (const sim::table_row& row : out.rows())
    if (plan.trusted(row)) run.check(row);
  for (const auto& [heading, text] : plan.about) run.record().set(heading, text);
  run.record().set("program", how.program).set("replicates", how.replicates).set("stopping_rule", study.rule());
  run.record().set("cells", static_cast<Index>(all.cells().size())).set("seconds_of_computing", all.seconds());
  run.save(out, plan.picture(out, all), 1300, plan.height);
  return run.verdict();
}

}  // namespace detail

#ifdef EXAMPLE_WITH_MPI
/// MPI from here to the end of main.
struct mpi_session {
  mpi_session() { MPI_Init(nullptr, nullptr); }
  ~mpi_session() { MPI_Finalize(); }
  mpi_session(const mpi_session&) = delete;
  mpi_session& operator=(const mpi_session&) = delete;
};
#endif

/// Runs a study from a command line. Ends with 0, also where a task or the time ended before the study; 1 if theory disagrees; 2 if
/// something is wrong; 130 after Ctrl-C, 143 after SIGTERM.
inline int run_study(int argc, char** argv, description what, const std::function<study_plan(session&)>& make) {
#ifdef EXAMPLE_WITH_MPI
  const mpi_session mpi;
#endif
  try {
    what.flags = with_common_flags(with_study_flags(std::move(what.flags)));
    const options given(argc, argv, what.flags);
    if (given.has("help")) {
      given.print_help(what.name, what.about);
      std::printf(
          "\nKeeps what is finished in DIR/%s.study, and goes on there when it is run again, whatever ended it. When "
          "nothing is left it\n"
          "writes DIR/%s.csv, .gp, .json and, with gnuplot, .png and .pdf.\n",
          what.name.c_str(), what.name.c_str());
      return 0;
    }
    session run(what, given, join_command(argc, argv));
    if (!given.has("status")) run.require_out();
    const study_plan plan = make(run);
#ifdef EXAMPLE_WITH_MPI
    const sim::mpi_executor on(MPI_COMM_WORLD);
    return detail::run_study(run, what, plan, on, on.is_first());
#else
    return detail::run_study(run, what, plan, run.threads(), true);
#endif
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", what.name.c_str(), error.what());
    return 2;
  }
}

}  // namespace example
