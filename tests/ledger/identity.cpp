// The identity: the terms add to the distance, in every row of every recipe, and each is exactly 0 when it should be.
#include "support.hpp"

using namespace simulacra_test;

namespace {

const std::vector<term> three{term::expressivity, term::approximation, term::statistical};
const std::vector<term> four{term::expressivity, term::approximation, term::statistical, term::decoding};

template <class Truth, class Estimator, class Recipe, class Decoder = as_is>
std::vector<ledger_row> rows_of(const Truth& truth, const Estimator& estimator, const Recipe& recipe, draw how,
                                const ledger_options& options = {}, const Decoder& decoder = {}) {
  const experiment what{truth, estimator, recipe, decoder};
  ledger books(what, fourier_space(), options);
  run_lineage(what, {.generations = 12, .samples = 40, .how = how}, stream(3), books);
  REQUIRE(books.rows().size() == 12);
  return books.rows();
}

template <class F>
void for_each_recipe(F f) {
  using real = preserve::real;
  using place = preserve::place;
  f("replace", any_recipe(replace{}));
  f("accumulate", any_recipe(accumulate{}));
  f("preserve fixed", any_recipe(preserve(0.1, real::fixed)));
  f("preserve fixed on top", any_recipe(preserve(0.1, real::fixed, place::on_top)));
  f("preserve redrawn", any_recipe(preserve(0.1, real::redrawn)));
  f("preserve redrawn on top", any_recipe(preserve(0.1, real::redrawn, place::on_top)));
  f("fresh_real", any_recipe(fresh_real(15)));
  f("general_process", any_recipe(general_process(0.6, 0.3, 0.1)));
  f("weighted", any_recipe(weighted(15, 0.3)));
  f("window", any_recipe(window(3)));
}

}  // namespace

TEST_CASE("terms add to the distance and shares to 1 under every recipe") {
  const gaussian_estimator<double, 1> floored(divisor::n_minus_1, {.shrinkage = 0, .floor = 0.02});
  for_each_recipe([&](const char* name, const any_recipe& recipe) {
    INFO(name);
    for (const draw how : {draw::stored, draw::streamed}) {
      const auto rows = rows_of(two_normals{}, floored, recipe, how);
      CHECK(worst_misfit(rows, three) <= 1e-10);
      CHECK(rows.front().squared_of(term::expressivity) > 1e-3);
      CHECK(rows.front().squared_of(term::approximation) > 1e-9);
      CHECK(rows.back().squared_of(term::statistical) > 1e-9);
    }
  });
  CHECK(worst_misfit(rows_of(two_normals{}, floored, accumulate_subsample{}, draw::stored), three) <= 1e-10);
}

TEST_CASE("with the other path, with an interaction, and with a decoder they do too") {
  const gaussian_estimator<double, 1> floored(divisor::n, {.shrinkage = 0.1, .floor = 0.02});
  for_each_recipe([&](const char* name, const any_recipe& recipe) {
    INFO(name);
    const auto rows =
        rows_of(two_normals{}, floored, recipe, draw::stored, {.order = path::bottou_bousquet, .interaction = true});
    CHECK(worst_misfit(rows, three) <= 1e-10);
    CHECK(rows.back().interaction_sq > 0);
    CHECK(worst_misfit(rows_of(gaussian<double, 1>(0, 1), floored, recipe, draw::stored, {}, inflated(0.8)), four) <= 1e-10);
  });
}

TEST_CASE("streamed draws have the ledger of stored ones") {
  for_each_recipe([&](const char* name, const any_recipe& recipe) {
    INFO(name);
    const gaussian_estimator<double, 1> estimator(divisor::n);
    const auto stored = rows_of(gaussian<double, 1>(0, 1), estimator, recipe, draw::stored);
    const auto streamed = rows_of(gaussian<double, 1>(0, 1), estimator, recipe, draw::streamed);
    for (std::size_t i = 0; i < stored.size(); ++i) {
      CHECK_CLOSE(streamed[i].distance_sq, stored[i].distance_sq, 1e-8);
      CHECK_CLOSE(streamed[i].squared_of(term::statistical), stored[i].squared_of(term::statistical), 1e-8);
    }
  });
}

TEST_CASE("a term is exactly 0 when its cause is not there") {
  // Under replace T is a model, so the family holds it; maximum likelihood is exact.
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed})
    for (const ledger_row& row :
         rows_of(gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), replace{}, how)) {
      CHECK(row.squared_of(term::expressivity) == 0);
      CHECK(row.squared_of(term::approximation) == 0);
      CHECK(row.squared_of(term::statistical) > 0);
      CHECK(row.share(term::statistical) == doctest::Approx(1).epsilon(1e-12));
    }
  // A floor is an approximation error, and no expressivity error.
  for (const ledger_row& row :
       rows_of(gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 0.1}),
               replace{}, draw::collapsed)) {
    CHECK(row.squared_of(term::expressivity) == 0);
    CHECK(row.squared_of(term::approximation) > 0);
  }
  // A family that cannot hold the truth errs at the first refit, and at no other under replace.
  const auto rows = rows_of(two_normals{}, gaussian_estimator<double, 1>(divisor::n), replace{}, draw::stored);
  for (const ledger_row& row : rows)
    CHECK(row.squared_of(term::expressivity) == rows.front().squared_of(term::expressivity));
  for (std::size_t i = 1; i < rows.size(); ++i) CHECK(rows[i].step_of(term::expressivity) == 0);
  // An estimator that is its own ideal has no approximation error, though both corners come from reference draws.
  for (const ledger_row& row :
       rows_of(gaussian<double, 1>(0, 1), laplace_mle<knows::ideal>{}, replace{}, draw::stored, {.reference = 2000})) {
    CHECK(row.squared_of(term::approximation) == 0);
    CHECK(row.error_squared[index_of(term::approximation)] == 0);
    CHECK(row.error_squared[index_of(term::statistical)] > 0);
  }
}

TEST_CASE("what cannot be told apart is not identified, and never 0") {
  const auto rows =
      rows_of(gaussian<double, 1>(0, 1), laplace_mle<knows::nothing>{}, replace{}, draw::stored, {.reference = 2000});
  CHECK(worst_misfit(rows, {term::unsplit, term::statistical}) <= 1e-10);
  for (const ledger_row& row : rows)
    for (const term t : {term::expressivity, term::approximation}) {
      CHECK(std::isnan(row.squared_of(t)));
      CHECK(std::isnan(row.share(t)));
      CHECK(std::isnan(row.step_of(t)));
      CHECK(std::isnan(row.cross_of(t, term::statistical)));
      CHECK(std::isnan(row.error_squared[index_of(t)]));
    }
  const experiment what{gaussian<double, 1>(0, 1), laplace_mle<knows::nothing>{}, replace{}};
  ledger books(what, fourier_space(), {.reference = 2000});
  const records all = run_ensemble(what, {.generations = 2, .samples = 40}, {.replicates = 1}, serial_executor{}, books);
  for (const std::string& name : all.metrics()) {
    INFO(name);
    const bool about_the_two =
        name.find("expressivity") != std::string::npos || name.find("approximation") != std::string::npos;
    const double number = all.at(0, 1, all.column(name));
    CHECK((number != number) == about_the_two);
  }
  CHECK(throws(
      [&] {
        rows_of(gaussian<double, 1>(0, 1), laplace_mle<knows::nothing>{}, replace{}, draw::stored,
                {.reference = 2000, .order = path::bottou_bousquet});
      },
      "ideal"));
}

TEST_CASE("fresh real data make every account shrink by their share before new errors come") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 0.05}),
                        preserve(0.1, preserve::real::redrawn)};
  ledger books(what, fourier_space());
  std::vector<Eigen::VectorXd> before;
  run_lineage(what, {.generations = 30, .samples = 50}, stream(4), books, [&](const auto&) {
    const auto& book = books.book();
    for (std::size_t k = 0; k < before.size(); ++k)
      CHECK((book.training()[three[k]] - 0.9 * before[k]).norm() <= 1e-15 * before[k].norm());
    before.clear();
    for (const term t : three) before.push_back(book.model()[t]);
  });
  CHECK(before[0].norm() > 0.1);
}

TEST_CASE("the accounts add up to where the model is, vector by vector") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n), accumulate{}};
  const auto space = fourier_space();
  ledger books(what, space);
  run_lineage(what, {.generations = 10, .samples = 50, .how = draw::stored}, stream(4), books, [&](const auto& g) {
    Eigen::VectorXd there = space.zero(), truth = space.zero(), sum = space.zero();
    space.embed(g.model, there);
    space.embed(g.truth, truth);
    for (const term t : three) sum += books.book().model()[t];
    CHECK((there - truth - sum).norm() <= 1e-14);
  });
}

TEST_CASE("the two paths differ by the interaction") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0.3, .floor = 0.1}),
                        replace{}};
  const auto space = fourier_space();
  ledger paper(what, space, {.interaction = true}),
      other(what, space, {.order = path::bottou_bousquet, .interaction = true});
  run_lineage(what, {.generations = 1, .samples = 50}, stream(4), paper, other);
  const auto& a = paper.book().model();
  const auto& b = other.book().model();
  CHECK(a[term::expressivity] == b[term::expressivity]);
  const Eigen::VectorXd apart = b[term::approximation] - a[term::approximation];
  CHECK((apart - *paper.book().interaction()).norm() <= 1e-15);
  CHECK((a[term::statistical] - b[term::statistical] - apart).norm() <= 1e-15);
  CHECK(paper.rows()[0].interaction_sq == doctest::Approx(apart.squaredNorm()).epsilon(1e-12));
}

TEST_CASE("the ledger changes no bit of what it watches") {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), window(2)};
  for (const draw how : {draw::stored, draw::streamed}) {
    ledger books(what, fourier_space());
    const auto with = run_lineage(what, {.generations = 9, .samples = 20, .how = how}, stream(3), books);
    const auto without = run_lineage(what, {.generations = 9, .samples = 20, .how = how}, stream(3));
    CHECK(*with.model == *without.model);
  }
}

TEST_CASE("a ledger that is used again begins anew, and a copy is an empty book") {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), accumulate{}};
  ledger books(what, fourier_space());
  const plan how{.generations = 5, .samples = 20, .how = draw::stored};
  run_lineage(what, how, stream(3), books);
  const auto first = books.rows();
  run_lineage(what, how, stream(3), books);
  REQUIRE(books.rows().size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(books.rows()[i].distance_sq == first[i].distance_sq);
  ledger copy = books;
  run_lineage(what, how, stream(3), copy);
  CHECK(copy.rows().back().distance_sq == first.back().distance_sq);
}

TEST_CASE("what the ledger cannot have it says") {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), accumulate{}};
  CHECK(throws([&] { ledger books(what, fourier_space(), {.reference = 3}); }, "ledger", "reference", "3"));
  ledger books(what, fourier_space());
  CHECK(throws([&] { run_lineage(what, {.generations = 3, .samples = 9, .how = draw::collapsed}, stream(1), books); },
               "ledger", "plan.how"));
  // Moments are read off a summary, so in their space collapsed draws will do.
  ledger moments_only(what, feature_space<moment_features>(moment_features(1)));
  run_lineage(what, {.generations = 3, .samples = 9, .how = draw::collapsed}, stream(1), moments_only);
  CHECK(worst_misfit(moments_only.rows(), three) <= 1e-10);
  // Not shown the parts, it has no books to close.
  ledger blind(what, fourier_space());
  CHECK(throws([&] { run_lineage(what, {.generations = 1, .samples = 9}, stream(1), [&](const auto& g) { blind(g); }); },
               "ledger", "generation"));
}

TEST_CASE("residual: below 1e-10 also where models hardly move, far from the origin, and at any scale") {
  const auto worst = [](const auto& space, double mean, double variance, Index samples) {
    const gaussian_estimator<double, 1> floored(divisor::n,
                                                {.shrinkage = 0, .floor = 1e-3 / static_cast<double>(samples) * variance});
    const experiment what{gaussian<double, 1>(mean, variance), floored, any_recipe(preserve(0.1, preserve::real::redrawn))};
    ledger books(what, space);
    run_lineage(what, {.generations = 12, .samples = samples, .how = draw::collapsed}, stream(2), books);
    double most = 0;
    for (const ledger_row& row : books.rows())
      if (!(row.residual <= most)) most = row.residual;
    return most;
  };
  for (const Index samples : {Index{10}, Index{1} << 30, Index{1} << 50}) {
    CHECK(worst(fourier_space(), 0, 1, samples) <= 1e-10);
    CHECK(worst(gaussian_rkhs<double, 1>(1.0), 0, 1, samples) <= 1e-10);
    CHECK(worst(fourier_space(), 1e9, 1, samples) <= 1e-10);
    CHECK(worst(fourier_space(), 0, 1e-100, samples) <= 1e-10);
  }
}
