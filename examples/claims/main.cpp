// Does what is published hold? One function a claim (in the headers named after their authors), each with a number that it predicts, a
// simulation, and a negative control: the same measurement held against the wrong divisor or another regime's rate, which must fail.
// Some claims are not so, as they are often read; then what is true instead is beside them.
//
// Builds on: recipes. New here: nothing but a register. Each kind of chain is compiled once (runs_*.cpp) and asked by many claims.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "alemohammad.hpp"
#include "bakshi.hpp"
#include "bertrand.hpp"
#include "common/session.hpp"
#include "dohmatob.hpp"
#include "gerstgrasser.hpp"
#include "he.hpp"
#include "kazdan.hpp"
#include "report.hpp"
#include "seddik.hpp"
#include "shumailov.hpp"
#include "suresh.hpp"

namespace sim = simulacra;

namespace {

std::vector<claims::paper> papers() {
  return {
      {"Shumailov et al. (2024), AI models collapse when trained on recursively generated data", claims::shumailov::all()},
      {"Alemohammad et al. (2024), Self-consuming generative models go MAD", claims::alemohammad::all()},
      {"Bertrand et al. (2024), On the stability of iterative retraining", claims::bertrand::all()},
      {"Gerstgrasser et al. (2024), Is model collapse inevitable?", claims::gerstgrasser::all()},
      {"Kazdan et al. (2024), Collapse or thrive?", claims::kazdan::all()},
      {"Suresh et al. (2024), Rate of model collapse in recursive training", claims::suresh::all()},
      {"He et al. (2025), Recursive learning without collapse", claims::he::all()},
      {"Dohmatob et al. (2024), A tale of tails; Strong model collapse", claims::dohmatob::all()},
      {"Seddik et al. (2024), How bad is training on synthetic data?", claims::seddik::all()},
      {"Bakshi and Chakraborty (2026), contaminated discrete chains", claims::bakshi::all()}};
}

/// The number of a claim's random numbers: its name's, by Fowler, Noll and Vo's hash, so that no claim depends on the others.
std::uint64_t own_number(const std::string& name) {
  std::uint64_t h = 14695981039346656037U;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return h;
}

/// The claims that a word of the command line names: one, or all of a paper ("kazdan").
bool named(const std::string& word, const std::string& claim) {
  return word == claim || claim.compare(0, word.size() + 1, word + "/") == 0;
}

}  // namespace

int main(int argc, char** argv) {
  bool all_well = true;
  const auto body = [&](example::session& run) {
    const std::vector<claims::paper> all = papers();
    const std::string only = run.given.text("only", "");
    std::vector<claims::tried> tried;
    std::printf("%s", claims::heading().c_str());
    for (const claims::paper& paper : all)
      for (const claims::claim& c : paper.of) {
        if ((!only.empty() && !named(only, c.name)) || run.stopped()) continue;
        tried.push_back({c.name, &paper, c.test({run.quick(), {run.seed(), own_number(c.name)}, run.threads()})});
        all_well = all_well && tried.back().result.as_expected();
        std::printf("%s", claims::line(tried.back()).c_str());
        std::fflush(stdout);
      }
    if (tried.empty() && !run.stopped())
      throw example::usage_error("there is no claim '" + only + "'; without --only all are named");
    const auto wrong =
        std::count_if(tried.begin(), tried.end(), [](const claims::tried& t) { return !t.result.as_expected(); });
    std::printf("%zu claims, %td not as written here\n", tried.size(), wrong);
    run.record().set("claims", tried.size()).set("not_as_written", wrong);

    const std::filesystem::path out = run.given.text("out", ".");
    const std::string text = claims::page(tried, "build/native/examples/claims --page docs/claims.md");
    sim::write_file(run.given.text("page", (out / "claims.md").string()), text);
    const sim::table numbers = claims::table_of(tried);
    run.save(numbers, claims::picture(tried, numbers), 1200, 1000);
    // In place of the bare record: the same with the claims.
    std::string record = run.record().json();
    record.erase(record.rfind('\n', record.size() - 2));
    sim::write_file(out / "claims.json", record + ",\n  \"results\": " + claims::json(tried) + "\n}\n");
  };
  const int status = example::run(
      argc, argv,
      {"claims",
       "what is published about recursive training, each claim beside a simulation and a control that must fail",
       {{"only", "NAME", "one claim, or those of one paper (shumailov, kazdan, ...)"},
        {"page", "FILE", "where the page goes (default: claims.md in --out)"}}},
      body);
  return status != 0 ? status : all_well ? 0 : 1;
}
