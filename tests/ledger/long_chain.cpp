#include "support.hpp"

using namespace simulacra_test;

TEST_CASE("twenty thousand generations keep their identity") {
  const experiment what{gaussian<double, 1>(0, 1),
                        gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 0.02}),
                        preserve(0.1, preserve::real::redrawn), inflated(0.9)};
  const auto space = fourier_space(64);
  ledger books(what, space);
  const auto names = books.names();
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), "residual") - names.begin());
  const records all = run_ensemble(what, {.generations = 20'000, .samples = 100},
                                   {.replicates = 1, .generations = {1, 1000, 20'000}}, serial_executor{}, books);
  for (std::size_t row = 0; row < 3; ++row) CHECK(all.at(0, row, at) <= 1e-10);
}

TEST_CASE("in an ensemble the ledger has the same bits on any number of threads") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n), window(2)};
  const plan how{.generations = 6, .samples = 30, .how = draw::stored};
  const ledger books(what, fourier_space(32));
  const records one = run_ensemble(what, how, {.replicates = 9, .seed = 4}, serial_executor{}, books);
  const records three = run_ensemble(what, how, {.replicates = 9, .seed = 4}, thread_executor{3}, books);
  for (Index r = 0; r < 9; ++r)
    for (std::size_t row = 0; row < 6; ++row)
      for (std::size_t k = 0; k < one.metrics().size(); ++k) CHECK(one.at(r, row, k) == three.at(r, row, k));
  // And a share is the ratio of the means.
  double part = 0, distance = 0;
  for (Index r = 0; r < 9; ++r) {
    part += one.at(r, 5, one.column("part_statistical"));
    distance += one.at(r, 5, one.column("distance_sq"));
  }
  CHECK(share_of(one, 5, "statistical").mean == doctest::Approx(part / distance).epsilon(1e-12));
  CHECK(throws([&] { (void)share_of(one, 5, "luck"); }, "records::column", "luck"));
}

TEST_CASE("the error of a ratio of means") {
  // Numerators 2 b + e with e independent of b: the ratio's error is that of the mean of e over the mean of b.
  stream rng(3);
  std::vector<double> ratios, above(400), below(400);
  double stated = 0;
  for (int trial = 0; trial < 300; ++trial) {
    for (std::size_t i = 0; i < above.size(); ++i) {
      below[i] = 1 + uniform(rng);
      above[i] = 2 * below[i] + standard_normal(rng);
    }
    const band b = ratio_of_means(above, below);
    ratios.push_back((b.mean - 2) / b.mcse);
    stated = b.mcse;
  }
  // It is sd(e) / mean(b) / 20: of 400 draws the first is known to 1 / sqrt(800) of itself, the second to sqrt(1 / 12) / 1.5 / 20.
  CHECK_Z(stated, 1 / 1.5 / 20, 1 / 1.5 / 20 * std::hypot(1 / std::sqrt(800.0), std::sqrt(1.0 / 12) / 1.5 / 20));
  double squares = 0;
  for (const double z : ratios) squares += z * z;
  CHECK_Z(squares / 300, 1, std::sqrt(2.0 / 300));                                    // the z are standard normal
  CHECK(std::abs(z_score(squares / 300 * 1.69, 1, std::sqrt(2.0 / 300))) > z_limit);  // an error 30 % too small is noticed
}
