// Autoencoders in the loop, in float: the means of the paper lose what differs, draws do not; the warm start; the one thread of streams.
#include "support/statistics.hpp"

#include <cmath>
#include <vector>

#include <simulacra/families/latent/spread.hpp>
#include <simulacra/families/latent/vae_estimator.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra;

namespace {

/// Bars of four pixels out of twelve, at one of three places, grey about the edges.
struct bars {
  [[nodiscard]] Index dimension() const { return 12; }
  [[nodiscard]] samples<float> sample(Index n, stream& rng) const {
    samples<float> x(12, n);
    for (Index i = 0; i < n; ++i) {
      const Index at = 4 * uniform_index(3, rng);
      for (Index k = 0; k < 12; ++k) {
        const float level = k >= at && k < at + 4 ? 0.9F : 0.1F;
        x(k, i) = level + 0.05F * static_cast<float>(2 * uniform(rng) - 1);
      }
    }
    return x;
  }
};

const vae_estimator<float> fit({.latent = 2, .hidden = {12}, .epochs = 40, .batch = 20, .learning_rate = 0.01});

/// The pixel variance of what each generation's model draws through a decoder.
template <class Estimator, class Decoder>
std::vector<double> variances(const Estimator& estimator, const Decoder& decoder) {
  std::vector<double> all;
  run_lineage(experiment{bars{}, estimator, replace{}, decoder}, {.generations = 4, .samples = 200}, stream(11),
              [&](const auto& g) {
                stream rng = g.root.at(static_cast<std::uint64_t>(g.number), purpose::metric);
                all.push_back(mean_variance(decoder(g.model).sample(500, rng)));
              });
  return all;
}

}  // namespace

TEST_CASE("vae in the loop: sampled by means it loses variance in every generation, sampled by draws it does not") {
  const auto means = variances(fit, by_means{}), draws = variances(fit, as_is{});
  REQUIRE(means.size() == 4);
  for (std::size_t t = 1; t < 4; ++t) CHECK(means[t] < means[t - 1]);
  CHECK(means.back() < 0.7 * means.front());
  CHECK(draws.back() > 0.7 * draws.front());
  // The same seed, the same lineage; and a warm start is another one.
  CHECK(variances(fit, by_means{}) == means);
  CHECK(variances(warm_started(fit), by_means{}) != means);
}

TEST_CASE("vae in the loop: spreads by hand") {
  samples<> x(2, 2);
  x << 1, 3, 0, 4;
  CHECK_CLOSE(mean_variance(x), (1.0 + 4.0) / 2, 1e-15);
  struct twice {
    [[nodiscard]] samples<> encode(const samples<>& y) const { return 2 * y; }
  };
  CHECK_CLOSE(encoded_spread(twice{}, x), 2 * std::sqrt(5.0), 1e-15);
}
