#include "support.hpp"

using namespace simulacra_test;

TEST_CASE("twenty thousand generations keep their identity") {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n), replace{}};
  const auto space = fourier_space(64);
  ledger books(what, space);
  double worst = 0;
  std::vector<double> out(books.names().size());
  const auto names = books.names();
  const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), "residual") - names.begin());
  const records all = run_ensemble(what, {.generations = 20'000, .samples = 100}, {.replicates = 1, .generations = {1, 1000, 20'000}},
                                   serial_executor{}, books);
  for (std::size_t row = 0; row < 3; ++row) worst = std::fmax(worst, all.at(0, row, at));
  CHECK(worst <= 1e-10);
}
