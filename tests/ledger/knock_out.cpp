#include "support.hpp"

using namespace simulacra_test;

namespace {

constexpr error_sources none{false, false, false}, all_on{true, true, true};

/// A Gaussian with a floor is biased; its ideal is not; the rich family returns any law that it is given.
auto what(double floor) {
  return experiment{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = floor}),
                    replace{}};
}

const metric variance{"variance", [](const auto& g) { return static_cast<double>(g.model.variance()); }};
const metric w2{"w2_sq", [](const auto& g) { return wasserstein_squared(g.model, g.truth); }};

}  // namespace

TEST_CASE("effects and Shapley values of a table of eight numbers") {
  knock_out_records all({"y"}, 1);
  const double y[8] = {1, 3, 2, 7, 5, 4, 10, 20};  // number = e + 2 a + 4 s
  for (std::size_t c = 0; c < 8; ++c) all.at(0, error_sources::of(c), 0) = y[c];
  const double e = (-y[0] + y[1] - y[2] + y[3] - y[4] + y[5] - y[6] + y[7]) / 4;
  const double es = (y[0] - y[1] + y[2] - y[3] - y[4] + y[5] - y[6] + y[7]) / 4;
  const double eas = (-y[0] + y[1] + y[2] - y[3] + y[4] - y[5] - y[6] + y[7]) / 4;
  CHECK(all.effect({true, false, false}, 0).mean == doctest::Approx(e));
  CHECK(all.effect({true, false, true}, 0).mean == doctest::Approx(es));
  CHECK(all.effect(all_on, 0).mean == doctest::Approx(eas));
  double sum = 0;
  for (const term t : {term::expressivity, term::approximation, term::statistical}) sum += all.shapley(t, 0).mean;
  CHECK(sum == doctest::Approx(y[7] - y[0]));
  // By hand: contributions of e in the six orders.
  const double by_hand = (2 * (y[1] - y[0]) + (y[3] - y[2]) + (y[5] - y[4]) + 2 * (y[7] - y[6])) / 6;
  CHECK(all.shapley(term::expressivity, 0).mean == doctest::Approx(by_hand));
  CHECK(throws([&] { (void)all.effect(none, 0); }, "effect"));
  CHECK(throws([&] { (void)all.shapley(term::mixing, 0); }, "shapley", "mixing"));
}

TEST_CASE("each source that is knocked out takes its error with it") {
  const gaussian_estimator<double, 1> rich(divisor::n);
  const knock_out_records all = run_knock_outs(what(0.1), rich, {.generations = 10, .samples = 50},
                                               {.replicates = 40, .seed = 2}, 1000, serial_executor{}, variance, w2);
  CHECK(all.value(none, 1).mean == 0);                                                 // nothing goes wrong
  CHECK(all.value({true, false, false}, 1).mean == 0);                                 // the family holds the truth
  CHECK(all.value({true, true, false}, 0).mean == doctest::Approx(2).epsilon(1e-12));  // ten floors of 0.1, no noise
  CHECK(all.value({false, true, false}, 0).mean == 1);                                 // the rich family has no floor
  CHECK(all.value({true, false, true}, 0).mean < 1);
  CHECK(all.value({true, false, true}, 0).count == 40);
  // Common random numbers: ideal and rich are the same procedure here, so those chains are the same to the last bit.
  for (Index r = 0; r < 40; ++r) CHECK(all.at(r, {true, false, true}, 0) == all.at(r, {false, true, true}, 0));
  double sum = 0;
  for (const term t : {term::expressivity, term::approximation, term::statistical}) sum += all.shapley(t, 0).mean;
  CHECK(sum == doctest::Approx(all.value(all_on, 0).mean - all.value(none, 0).mean).epsilon(1e-12));
}

TEST_CASE("threads change no bit of a knock-out") {
  const gaussian_estimator<double, 1> rich(divisor::n);
  const plan how{.generations = 5, .samples = 20};
  const auto one = run_knock_outs(what(0.1), rich, how, {.replicates = 6, .seed = 2}, 1000, serial_executor{}, w2);
  const auto two = run_knock_outs(what(0.1), rich, how, {.replicates = 6, .seed = 2}, 1000, thread_executor{2}, w2);
  for (Index r = 0; r < 6; ++r)
    for (std::size_t c = 0; c < 8; ++c) CHECK(one.at(r, error_sources::of(c), 0) == two.at(r, error_sources::of(c), 0));
}

TEST_CASE("nothing of a knock-out is lost: what one replicate throws is its failure") {
  const gaussian_estimator<double, 1> rich(divisor::n);
  const auto throws_at = [&](auto when) {
    Index asked = 0;  // eight chains a replicate, one after the other
    return run_knock_outs(what(0.1), rich, {.generations = 2, .samples = 20},
                          {.replicates = 5, .seed = 7, .condition = 8, .first_replicate = 10}, 1000, serial_executor{},
                          metric{"it", [&](const auto&) {
                                   if (when(asked++)) throw std::runtime_error("");
                                   return 1.0;
                                 }});
  };
  const knock_out_records all = throws_at([](Index call) { return call == 16; });  // the first chain of replicate 2
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].replicate == 12);
  CHECK(all.failures[0].key == stream_key{7, 8});
  CHECK(all.failures[0].message == "an exception without words");
  CHECK(all.value(all_on, 0).count == 4);
  CHECK_THROWS_AS(throws_at([](Index) { return true; }), std::runtime_error);
}

TEST_CASE("records of a knock-out are checked where they are asked for, and before memory is") {
  const knock_out_records all({"y"}, 2);
  CHECK(throws([&] { (void)all.at(2, all_on, 0); }, "knock_out_records::at", "replicate"));
  CHECK(throws([&] { (void)all.at(-1, all_on, 0); }, "knock_out_records::at", "replicate"));
  CHECK(throws([&] { (void)all.value(all_on, 1); }, "knock_out_records::at", "metric"));
  CHECK(throws([&] { knock_out_records({"y"}, Index{1} << 40); }, "knock_out_records", "bytes"));
  CHECK(throws([&] { knock_out_records({"y"}, -1); }, "knock_out_records", "replicates"));
}

TEST_CASE("infinitely many data under every recipe") {
  // The law T never leaves the family, so nothing happens, whatever is kept and mixed.
  const gaussian<double, 1> truth(0.3, 2);
  const gaussian_estimator<double, 1> fit(divisor::n_minus_1);
  const auto last = [&](const any_recipe& recipe) {
    return *run_population(experiment{truth, fit, recipe}, {.generations = 12, .samples = 10}, stream(1), 1000);
  };
  for (const any_recipe& recipe :
       {any_recipe(replace{}), any_recipe(accumulate{}), any_recipe(accumulate_subsample{}), any_recipe(preserve(0.1)),
        any_recipe(preserve(0.2, preserve::real::redrawn)), any_recipe(fresh_real(3)),
        any_recipe(general_process(0.5, 0.3, 0.2)), any_recipe(weighted(4, 0.3)), any_recipe(window(2))}) {
    CHECK(last(recipe).mean()[0] == doctest::Approx(0.3).epsilon(1e-12));
    CHECK(last(recipe).variance() == doctest::Approx(2).epsilon(1e-12));
  }
  // With a floor r the variance v of a tenth of real data goes to v = 0.9 (v + r) + 0.1 * 2 - ... exactly: v' = 0.9 v + 0.1 * 2 + r.
  const gaussian_estimator<double, 1> floored(divisor::n, {.shrinkage = 0, .floor = 0.1});
  double v = 2;
  for (int t = 0; t < 12; ++t) v = (t == 0 ? 2 : 0.9 * v + 0.1 * 2) + 0.1;
  const auto mixed = run_population(experiment{truth, floored, preserve(0.1, preserve::real::redrawn)},
                                    {.generations = 12, .samples = 10}, stream(1), 1000);
  CHECK(mixed->variance() == doctest::Approx(v).epsilon(1e-12));
  CHECK(throws(
      [&] {
        run_population(experiment{truth, fit, replace{}}, {.generations = 1, .samples = 10}, stream(1), 1);
      },
      "reference"));
}

TEST_CASE("without a closed form the population is fitted to reference draws") {
  const experiment chain{gaussian<double, 1>(0, 1), laplace_mle<knows::nothing>{}, replace{}};
  const auto last = run_population(chain, {.generations = 1, .samples = 10}, stream(1), 200'000);
  // The mean absolute deviation of a normal law, from 200,000 draws: standard error sqrt((1 - 2 / pi) / 200000).
  CHECK_Z(last->scale, std::sqrt(2 / 3.141592653589793), std::sqrt((1 - 2 / 3.141592653589793) / 200'000));
}
