// What does a classifier learn from its own labels? Accuracy is the last to tell: probabilities stop being frequencies, and what becomes of the
// rare class is left to chance, while most answers are still right. In one dimension, with many labels, the chain of slopes is known: labels at a temperature tau
// divide the log odds by it in each generation, and real data hold them near the truth.
//
// Builds on: regression_walk. New here: classes as a truth, `logistic_regression`, and the metrics of classifiers. One's own data, for instance
// the digits of UCI, whose labels are the last of 65 columns without names: classifier_walk --data digits8x8.csv --labels 65 --one 8

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/families/linear/class_mixture.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/io/csv_labelled.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/metrics/classes.hpp>
#include <simulacra/policies/decoders.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/logistic.hpp>

#include "common/session.hpp"
#include "picture.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;
using rows = sim::labelled_numbers<>;

namespace {

/// Any law of pairs behind one type, so that what follows is compiled once.
struct world {
  Index numbers;
  std::function<rows(Index, sim::stream&)> draw;
  [[nodiscard]] Index dimension() const { return numbers; }
  [[nodiscard]] rows sample(Index n, sim::stream& rng) const { return draw(n, rng); }
};

/// The law of its inputs, which every fit hands on.
struct inputs_of {
  world truth;
  [[nodiscard]] Index dimension() const { return truth.numbers - 1; }
  [[nodiscard]] sim::samples<> sample(Index n, sim::stream& rng) const { return truth.draw(n, rng).x; }
};

template <class Law>
world behind(Law law) {
  return {law.dimension(), [law](Index n, sim::stream& rng) { return law.sample(n, rng); }};
}

template <class... Metrics>
sim::records walk(example::session& run, const world& truth, double penalty, const setting& s, const sim::plan& how,
                  Index replicates, Metrics... metrics) {
  const sim::logistic_regression<inputs_of> fit(inputs_of{truth}, {.penalty = {penalty}, .intercept = penalty > 0});
  const sim::experiment what{truth, fit, sim::preserve(s.real, sim::preserve::real::redrawn), sim::tempered(s.tau)};
  return sim::run_ensemble(what, how, run.replication(replicates, s.name()), run.threads(), metrics...);
}

/// The slope of the n-th fit to infinitely many labels, classes at -1 and 1.
double slope(const setting& s, Index n) {
  double b = 2;
  for (Index t = 1; t < n; ++t) b = theory::logistic_next_slope(1, b, 1 - s.real, s.tau);
  return b;
}

/// The user's own pairs: what is learned from, and every fifth to test with. Label 1 is the class that is asked for.
std::pair<rows, rows> read(example::session& run) {
  const std::string column = run.given.text("labels", "label");
  const bool named = column.find_first_not_of("0123456789") != std::string::npos;
  rows all = sim::read_labelled_csv(run.given.text("data", ""),
                                    {.labels = column, .header = named ? sim::csv_header::yes : sim::csv_header::no});
  all.y = (all.y.array() == run.given.real("one", 1)).cast<double>().eval();
  std::vector<Index> learn, test;
  for (Index i = 0; i < all.x.cols(); ++i) (i % 5 == 0 ? test : learn).push_back(i);
  return {sim::data_traits<rows>::select(all, learn), sim::data_traits<rows>::select(all, test)};
}

}  // namespace

int main(int argc, char** argv) {
  const example::description what{
      "classifier_walk",
      "logistic regression, refitted to its own labels: accuracy, calibration, and the rare class",
      {{"data", "FILE", "a CSV file of labelled data, its first row names (default: two classes in the plane)"},
       {"labels", "COLUMN", "its column of labels, a name or, without names, a number (default: label)"},
       {"one", "LABEL", "the label that is class 1, all others being class 0 (default: 1)"},
       {"samples", "M", "labels per generation (default: 300)"},
       {"generations", "T", "refits (default: 20)"},
       {"replicates", "R", "runs behind each mean (default: 100)"}}};
  return example::run(argc, argv, what, [](example::session& run) {
    const Index generations = run.number("generations", 20, 6), replicates = run.number("replicates", 100, 100);
    run.record().set("generations", generations).set("replicates", replicates);
    sim::table out({"where", "real", "tau"});
    const std::vector<setting> known{{0, 0.95}, {0, 1.1}, {0.5, 0.5}}, free{{0, 1}, {0, 0.8}, {0.5, 0.8}};
    const world line =
        behind(sim::class_mixture<>({1, 1}, {sim::gaussian<>(sim::point<>::Constant(1, -1), sim::square<>::Ones(1, 1)),
                                             sim::gaussian<>(sim::point<>::Ones(1), sim::square<>::Ones(1, 1))}));
    for (const setting& s : known) {
      if (run.stopped()) return;
      const auto records = walk(run, line, 0, s, {.generations = (std::min)(generations, Index{8}), .samples = 10'000},
                                replicates, sim::metric{"slope", [](const auto& g) { return g.model.weights()[0]; }});
      run.add(
          out, records, {"line", sim::argument::text(s.real), sim::argument::text(s.tau)},
          [&](std::string_view, Index n) { return slope(s, n); }, [](const sim::table_row&) { return true; });
    }
    sim::stream rng(run.seed());
    const sim::class_mixture<> two({9, 1}, {sim::gaussian<>::standard(2),
                                            sim::gaussian<>(sim::point<>::Constant(2, 1.5), sim::square<>::Identity(2, 2))});
    const bool own = run.given.has("data");
    const auto [learn, test] = own ? read(run) : std::pair(rows{}, two.sample(4000, rng));
    const world truth = own ? behind(sim::data_law(learn)) : behind(two);
    const auto called = [&test = test](const auto& m) { return sim::confusion(test.y, m.classify(test.x), 2); };
    for (const setting& s : free) {
      if (run.stopped()) return;
      const auto records =
          walk(run, truth, 0.01, s, {.generations = generations, .samples = run.given.integer("samples", 300, 10)},
               replicates, sim::metric{"accuracy", [&](const auto& g) { return called(g.model).accuracy(); }},
               sim::metric{"rare_recall", [&](const auto& g) { return called(g.model).recall(1); }},
               sim::metric{"calibration_error", [&test = test](const auto& g) {
                             return sim::calibration_of(g.model.probabilities(test.x), test.y).expected_error;
                           }});
      out.add(records, {"classes", sim::argument::text(s.real), sim::argument::text(s.tau)}, {});
      run.report(records);
    }
    run.save(out, picture(out, known, free, own), 1500, 460);
  });
}
