// What both parts of the program compute: whether embeddings are exact, where they are, and what the ledger of risk finds.
#pragma once

#include <cstdio>

namespace {

const char* measures() {
  using namespace simulacra;
  static char text[512];
  stream rng(1);
  const gaussian<double, 1> law(0.3, 2.0), model(0.5, 1.0);
  const feature_space fourier(random_fourier_features(gaussian_kernel(1.0), 1, 64, rng), {.draws = 100, .seed = 7});
  const feature_space grid(grid_features({-4, 4, 16}), {.draws = 100, .seed = 7});
  Eigen::VectorXd a, b;
  const double variance = fourier.embed(law, a), cells = grid.embed(law, b);
  const bool exact = has_cross_entropy<gaussian<double, 1>, gaussian<double, 1>> && has_entropy<gaussian<double, 1>>;
  detail::risk_under<gaussian<double, 1>, samples<double, 1>, gaussian<double, 1>> risk(law, model, 100, rng);
  std::snprintf(text, sizeof text, "%.17g %.17g %s %.17g %.17g %.17g %.17g", variance, cells, exact ? "exact" : "drawn",
                a.sum(), b.sum(), risk.of(model).value, risk.own().value);
  return text;
}

}  // namespace
