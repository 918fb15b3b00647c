#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/ensemble.hpp>
#include <simulacra/io.hpp>

#include "common/figure.hpp"
#include "common/options.hpp"

/// What every example does alike: read the command line, run, compare with theory, and write `<name>.csv`, `<name>.gp`,
/// `<name>.json`, and the picture where gnuplot is there.
namespace example {

namespace sim = simulacra;

/// What an example is called, what it shows, and the flags of its own.
struct description {
  std::string name;
  std::string about;
  std::vector<flag> flags{};
};

/// The flags that many examples share.
inline flag divisor_flag() {
  return {"divisor", "n|n_minus_1", "what a scatter is divided by (default: n, as in the papers' code)"};
}
inline flag draw_flag() {
  return {"draw", "HOW", "stored, streamed, collapsed (default: the cheapest that the recipe allows)"};
}

inline std::string name_of(sim::divisor by) { return by == sim::divisor::n ? "n" : "n_minus_1"; }

/// The command line as a shell takes it: what is not plain is quoted.
inline std::string join_command(int argc, char** argv) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";
  std::string line;
  for (int i = 0; i < argc; ++i) {
    const std::string_view word(argv[i]);
    const bool quoted = word.empty() || word.find_first_not_of(plain) != std::string_view::npos;
    line.append(i == 0 ? "" : " ").append(quoted ? sim::detail::shell_word(word) : std::string(word));
  }
  return line;
}

/// The flags that all examples have, and then those of its own.
inline std::vector<flag> with_common_flags(std::vector<flag> own) {
  std::vector<flag> all{{"help", "", "show this"},
                        {"quick", "", "fewer replicates, generations or settings: a look in seconds"},
                        {"out", "DIR", "where the files go (default: the current folder)"},
                        {"seed", "N", "seed of every random number (default: 1)"},
                        {"threads", "N", "threads; the numbers do not depend on it (default: all cores)"}};
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

/// Generations that stand for the others where one by one would be too many: 1, 2, 3, 5, 7, 10, 20, ... up to `last`.
inline std::vector<Index> spread(Index last) {
  std::vector<Index> chosen;
  for (Index power = 1; power <= last; power *= 10) {
    for (const Index step : {1, 2, 3, 5, 7})
      if (power <= last / step) chosen.push_back(power * step);
    if (power > last / 10) break;  // the next power may be no number any more
  }
  if (chosen.empty() || chosen.back() != last) chosen.push_back(last);
  return chosen;
}

inline bool is_spread(Index generation, Index last) {
  const auto chosen = spread(last);
  return std::find(chosen.begin(), chosen.end(), generation) != chosen.end();
}

class session {
 public:
  session(const description& what, const options& flags, std::string command)
      : given(flags), what_(what), record_(what.name, std::move(command)) {
    record_.set("seed", seed()).set("quick", quick());
  }

  const options& given;

  [[nodiscard]] bool quick() const { return given.has("quick"); }
  [[nodiscard]] std::uint64_t seed() const { return given.bits("seed", 1); }
  [[nodiscard]] sim::thread_executor threads() const { return {given.integer("threads", 0, 0)}; }

  /// A whole number from the command line, or else one of the two defaults.
  [[nodiscard]] Index number(std::string_view flag, Index otherwise, Index when_quick) const {
    return given.integer(flag, quick() ? when_quick : otherwise);
  }

  /// The settings of a flag: those that were given (`--samples 10,100`), or the default list.
  [[nodiscard]] std::vector<Index> settings(std::string_view flag, std::vector<Index> otherwise) const {
    return given.integers(flag, std::move(otherwise));
  }
  [[nodiscard]] std::vector<double> settings(std::string_view flag, std::vector<double> otherwise) const {
    return given.reals(flag, std::move(otherwise));
  }

  /// The divisor that --divisor names, or else maximum likelihood's, which the papers' code uses.
  [[nodiscard]] sim::divisor by(std::string_view otherwise = "n") const {
    return given.choice("divisor", std::string(otherwise), {"n", "n_minus_1"}) == "n" ? sim::divisor::n
                                                                                      : sim::divisor::n_minus_1;
  }

  /// The way of drawing that --draw names.
  [[nodiscard]] sim::draw draw() const {
    const std::string how = given.choice("draw", "cheapest", {"cheapest", "stored", "streamed", "collapsed"});
    return how == "stored"      ? sim::draw::stored
           : how == "streamed"  ? sim::draw::streamed
           : how == "collapsed" ? sim::draw::collapsed
                                : sim::draw::cheapest;
  }

  /// Ctrl-C ends the runs and keeps what is finished.
  [[nodiscard]] std::stop_token stop() const { return ctrl_c_.token(); }
  [[nodiscard]] bool stopped() const { return ctrl_c_.happened(); }
  [[nodiscard]] int signal() const { return ctrl_c_.signal(); }

  /// An ensemble's replication with everything that this command line says.
  [[nodiscard]] sim::replication replication(Index replicates, const std::string& what) const {
    return {.replicates = replicates, .seed = seed(), .progress = sim::terminal_progress(what), .stop = stop()};
  }

  sim::run_record& record() { return record_; }

  /// Adds what an ensemble recorded to a table, beside theory, and checks the rows that `trusted` picks: those whose mean has
  /// a law with tails so light that a mean over the replicates, with its standard error, is a yardstick. Of the generations
  /// those of `spread` are checked, so that one walk's luck is not counted a thousand times. Failures are reported, and
  /// metrics that are not there yet (no replicate has a number) left out.
  void add(sim::table& out, const sim::records& all, const std::vector<std::string>& conditions,
           const sim::theory_curve& theory, const std::function<bool(const sim::table_row&)>& trusted) {
    report(all);
    // Theory may take longer than the runs did, so it is computed on threads too.
    const std::size_t metrics = all.metrics().size(), times = all.generations().size();
    std::vector<double> expected(metrics * times);
    threads().for_each_index(static_cast<Index>(expected.size()), [&](Index i) {
      const auto at = static_cast<std::size_t>(i);
      expected[at] = theory(all.metrics()[at % metrics], all.generations()[at / metrics]);
    });
    sim::table part(out.conditions());
    part.add(
        all, conditions,
        [&](std::string_view metric, Index t) {
          const auto row =
              std::lower_bound(all.generations().begin(), all.generations().end(), t) - all.generations().begin();
          return expected[static_cast<std::size_t>(row) * metrics + all.column(metric)];
        },
        threads());
    const Index last = all.generations().empty() ? 0 : all.generations().back();
    for (const sim::table_row& row : part.rows()) {
      if (row.values.count == 0) continue;
      out.add(row);
      if (!is_spread(row.generation, last) || !trusted(row)) continue;
      if (row.values.count < all.finished())
        incomplete_ += row.theory == row.theory ? 1 : 0;  // those that are left are no fair sample of all
      else
        check(row);
    }
  }

  /// Says what became of replicates that ended in an error.
  void report(const sim::records& all) {
    for (const sim::replicate_failure& f : all.failures)
      std::fprintf(stderr, "%s: replicate %lld (seed %llu, condition %llu) ended: %s\n", what_.name.c_str(),
                   static_cast<long long>(f.replicate), static_cast<unsigned long long>(f.key.seed),
                   static_cast<unsigned long long>(f.key.condition), f.message.c_str());
  }

  /// Compares a row with theory: |z| <= 5, from at least 100 replicates, since a standard error from few is no yardstick; and
  /// not where a few replicates carry the mean, or one is infinite.
  void check(const sim::table_row& row) {
    if (row.theory != row.theory) return;
    if (row.values.count < least_replicates) {
      ++too_few_;
      return;
    }
    if (!row.warning().empty()) {
      ++carried_;
      return;
    }
    const double z = row.z();
    ++checked_;
    if (std::abs(z) > std::abs(worst_z_)) worst_z_ = z;
    if (!(std::abs(z) <= limit)) {
      ++failed_;
      std::string where;
      for (const std::string& value : row.conditions) where += value + " ";
      std::fprintf(stderr, "%s: %sgeneration %lld %s: mean %.6g, theory %.6g, standard error %.2g, z %.2f\n",
                   what_.name.c_str(), where.c_str(), static_cast<long long>(row.generation), row.metric.c_str(),
                   row.values.mean, row.theory, row.values.mcse, z);
    }
  }

  /// Throws now, and not after an hour of computing, where files could not be written to --out.
  void require_out() const {
    const std::filesystem::path trial = std::filesystem::path(given.text("out", ".")) / ("." + what_.name + ".trial");
    sim::write_file(trial, "");
    std::filesystem::remove(trial);
  }

  /// Writes everything and draws the picture.
  void save(const sim::table& t, const figure& picture, int width = 1200, int height = 800) {
    const std::filesystem::path out = given.text("out", ".");
    const auto path = [&](const char* ending) { return out / (what_.name + ending); };
    t.save(path(".csv"));
    sim::write_file(path(".gp"),
                    sim::gnuplot_preamble(what_.name, width, height) + picture.script() + sim::gnuplot_closing(what_.name));
    record_.set("checked_against_theory", checked_).set("worst_z", worst_z_).set("stopped_early", stopped());
    record_.save(path(".json"));
    const bool drawn = sim::run_gnuplot(path(".gp"));
    std::printf("%s: wrote %s%s\n", what_.name.c_str(), path(".csv").c_str(), drawn ? " and its picture" : "");
    if (!drawn)
      std::printf("no picture: with gnuplot installed, run  cd -- %s && gnuplot %s.gp\n",
                  sim::detail::shell_word(sim::detail::plain_path(out.string())).c_str(), what_.name.c_str());
  }

  /// 0, or 1 where a checked value was off, or 130 where Ctrl-C ended the runs: what is not there cannot be judged.
  [[nodiscard]] int verdict() const {
    if (stopped()) {
      std::fprintf(stderr, "%s: interrupted; what was finished is written, and nothing is said about theory\n",
                   what_.name.c_str());
      return 130;
    }
    if (checked_ > 0)
      std::printf("%s: %lld values against theory, worst z %.2f%s\n", what_.name.c_str(), static_cast<long long>(checked_),
                  worst_z_, failed_ > 0 ? ": FAILED" : "");
    if (too_few_ > 0)
      std::printf("%s: %lld values not checked: fewer than %lld replicates\n", what_.name.c_str(),
                  static_cast<long long>(too_few_), static_cast<long long>(least_replicates));
    if (carried_ > 0)
      std::printf("%s: %lld values not checked: a few replicates carry their mean\n", what_.name.c_str(),
                  static_cast<long long>(carried_));
    if (incomplete_ > 0)
      std::printf("%s: %lld values not checked: some lineages had ended before\n", what_.name.c_str(),
                  static_cast<long long>(incomplete_));
    return failed_ > 0 ? 1 : 0;
  }

 private:
  static constexpr double limit = 5;
  static constexpr Index least_replicates = 100;

  description what_;
  sim::run_record record_;
  sim::interrupt ctrl_c_;
  Index checked_ = 0, failed_ = 0, too_few_ = 0, incomplete_ = 0, carried_ = 0;
  double worst_z_ = 0;
};

/// Runs an example: 0 if all is well, 1 if theory disagrees, 2 if the command line or an argument is wrong, 130 after Ctrl-C.
inline int run(int argc, char** argv, description what, const std::function<void(session&)>& body) {
  try {
    what.flags = with_common_flags(std::move(what.flags));
    const options given(argc, argv, what.flags);
    if (given.has("help")) {
      given.print_help(what.name, what.about);
      std::printf(
          "\nWrites %s.csv (a row a generation and metric), .gp (the picture's script), .json (where the numbers came from) "
          "and,\n"
          "with gnuplot, .png and .pdf. Takes seconds, a minute or so at the most, on two cores as it stands; --quick a "
          "few\n"
          "seconds. Ends with 0, with 1 where theory disagrees, 2 for a mistake in the command, 130 after Ctrl-C.\n",
          what.name.c_str());
      return 0;
    }
    session s(what, given, join_command(argc, argv));
    s.require_out();
    body(s);
    return s.verdict();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", what.name.c_str(), error.what());
    return 2;
  }
}

}  // namespace example
