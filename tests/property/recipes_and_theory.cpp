#include "property/replicates.hpp"

using namespace simulacra_test;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
using two = std::array<double, 2>;

two look(const gaussian<double, 1>& q) { return {q.variance(), q.mean()[0] * q.mean()[0]}; }

template <class Recipe>
auto chain(Recipe r, divisor by) {
  return experiment{normal, gaussian_estimator<double, 1>(by), std::move(r)};
}

struct known_variance {
  using summary = moments<double, 1>;
  gaussian<double, 1> fit(const summary& m, stream&) const { return {m.mean()[0], 1.0}; }
};

}  // namespace

TEST_CASE("accumulate: variance products and mean error for both divisors in all three ways") {
  double maximum_likelihood = 1, unbiased = 1, error = 1.0 / 10;
  for (double s = 1; s <= 20; ++s) maximum_likelihood *= 1 - 1 / (10 * s * s);
  for (double s = 2; s <= 20; ++s) {
    error += unbiased / (10 * s * s);
    unbiased *= 1 - 1 / (s * (10 * s - 1));
  }
  CHECK_CLOSE(unbiased, 0.9397239445147090, 1e-14);
  for (const draw how : every_way) {
    CAPTURE(how == draw::stored);
    CAPTURE(how == draw::collapsed);
    const plan p{.generations = 20, .samples = 10, .how = how};
    const auto ml = replicates(chain(accumulate{}, divisor::n), p, 51, 5000, look);
    CHECK_Z(z_of_mean(ml[0], maximum_likelihood), 0, 1);
    CHECK_Z(z_of_mean(ml[1], 1 - maximum_likelihood), 0, 1);
    const auto ub = replicates(chain(accumulate{}, divisor::n_minus_1), p, 52, 5000, look);
    CHECK_Z(z_of_mean(ub[0], unbiased), 0, 1);
    CHECK_Z(z_of_mean(ub[1], error), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(ml[0], unbiased)));
    // An accumulate that forgets is replace.
    const auto forgetful = replicates(chain(replace{}, divisor::n), p, 51, 5000, look);
    CHECK_FALSE(agrees(z_of_mean(forgetful[0], maximum_likelihood)));
    CHECK_FALSE(agrees(z_of_mean(forgetful[1], 1 - maximum_likelihood)));
  }
}

TEST_CASE("accumulate_subsample: oracle 22") {
  const plan p{.generations = 20, .samples = 10};
  const auto seen = replicates(chain(accumulate_subsample{}, divisor::n), p, 53, 8000, look);
  CHECK_Z(z_of_mean(seen[0], 0.7495443537782698), 0, 1);
  CHECK_Z(z_of_mean(seen[1], 1 - 0.7495443537782698), 0, 1);
  CHECK_FALSE(agrees(z_of_mean(replicates(chain(accumulate{}, divisor::n), p, 53, 8000, look)[0], 0.7495443537782698)));
}

TEST_CASE("MAD: limits with fresh and with fixed real data are oracles 27 and 28") {
  using real = preserve;
  const gaussian_estimator<double, 1> fit(divisor::n_minus_1);
  for (const draw how : every_way) {
    CAPTURE(how == draw::stored);
    CAPTURE(how == draw::collapsed);
    const plan p{.generations = 60, .samples = 80, .how = how};
    const std::uint64_t count = how == draw::collapsed ? 6000 : 1500;
    const auto fresh = replicates(experiment{normal, fit, fresh_real(20), inflated(0.95)}, p, 54, count, look);
    CHECK_Z(z_of_mean(fresh[0], 0.8491461100569260), 0, 1);
    CHECK_Z(z_of_mean(fresh[1], 0.02348197343453510), 0, 1);
    const preserve on_top(0.25, real::real::fixed, real::place::on_top);
    const auto fixed = replicates(experiment{normal, fit, on_top, inflated(0.95)}, p, 55, count, look);
    CHECK_Z(z_of_mean(fixed[0], 0.8111954459203036), 0, 1);
    CHECK_Z(z_of_mean(fixed[1], 0.06712523719165085), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(fixed[1], 0.02348197343453510)));
    if (how == draw::collapsed) CHECK_FALSE(agrees(z_of_mean(fixed[0], 0.8491461100569260)));  // enough replicates to tell
    // Redrawn is fresh: the same law by another recipe.
    const preserve redrawn(0.25, real::real::redrawn, real::place::on_top);
    CHECK_Z(
        z_of_mean(replicates(experiment{normal, fit, redrawn, inflated(0.95)}, p, 56, count, look)[0], 0.8491461100569260),
        0, 1);
  }
}

TEST_CASE("mixture: oracle 29 and it fails when the previous law is forgotten") {
  const double a = 0.01688628849986840, q = 1.039579350030073, c = q - a;
  for (const draw how : every_way) {
    const plan p{.generations = 11, .samples = 100, .how = how};
    const auto seen = replicates(chain(general_process(0.6, 0.3, 0.1), divisor::n_minus_1), p, 57, 4000, look);
    CHECK_Z(z_of_mean(seen[0], c), 0, 1);
    CHECK_Z(z_of_mean(seen[1], a + c / 100), 0, 1);
    const auto without = replicates(chain(general_process(0.9, 0, 0.1), divisor::n_minus_1), p, 57, 4000, look);
    CHECK_FALSE(agrees(z_of_mean(without[1], a + c / 100)));
  }
}

TEST_CASE("weighted: the variance of the mean under a weight is oracle 26") {
  const double w = 0.3, n = 20, m = 80;
  double v = 1 / n;
  for (int step = 0; step < 10; ++step) v = w * w / n + (1 - w) * (1 - w) * (v + 1 / m);
  CHECK_CLOSE(v, 0.02085660607767014, 1e-13);
  for (const draw how : every_way) {
    const plan p{.generations = 11, .samples = 80, .how = how};
    const auto seen = replicates(experiment{normal, known_variance{}, weighted(20, 0.3)}, p, 58, 8000, look);
    CHECK_Z(z_of_mean(seen[1], v), 0, 1);
    const auto pooled = replicates(experiment{normal, known_variance{}, fresh_real(20)}, p, 58, 8000, look);
    CHECK_FALSE(agrees(z_of_mean(pooled[1], v)));
  }
}

TEST_CASE("weighted: at the golden ratio the variance is its own weight over n") {
  const double golden = 0.6180339887498948;
  const plan p{.generations = 15, .samples = 20};
  const auto seen = replicates(experiment{normal, known_variance{}, weighted(20, golden)}, p, 59, 20000, look);
  CHECK_Z(z_of_mean(seen[1], golden / 20), 0, 1);
  CHECK_FALSE(agrees(
      z_of_mean(replicates(experiment{normal, known_variance{}, weighted(20, 0.3)}, p, 59, 20000, look)[1], golden / 20)));
}

TEST_CASE("weighted: n_minus_1 keeps a weighted variance unbiased and n does not") {
  // One refit on weighted real data: E S = 1 if and only if the degrees are weight - squared weight / weight.
  struct heavy {
    ingredients operator()(Index, Index m) const {
      ingredient a = from_truth(m), b = from_truth(3 * m);
      a.weight = 0.7;
      b.weight = 0.3;
      return {a, b};
    }
    retention keeps() const { return {}; }
  };
  for (const draw how : every_way) {
    const plan p{.generations = 1, .samples = 4, .how = how};
    CHECK_Z(z_of_mean(replicates(chain(heavy{}, divisor::n_minus_1), p, 60, 10000, look)[0], 1), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(replicates(chain(heavy{}, divisor::n), p, 60, 10000, look)[0], 1)));
  }
}

TEST_CASE("window: the second moment is conserved and the whole window is accumulate") {
  for (const draw how : every_way) {
    const plan p{.generations = 8, .samples = 10, .how = how};
    const auto seen = replicates(chain(window(2), divisor::n), p, 61, 8000, look);
    std::vector<double> both;
    for (std::size_t i = 0; i < seen[0].size(); ++i) both.push_back(seen[0][i] + seen[1][i]);
    CHECK_Z(z_of_mean(both, 1), 0, 1);
    double variance = 1;
    for (double s = 1; s <= 8; ++s) variance *= 1 - 1 / (10 * s * s);
    CHECK_Z(z_of_mean(replicates(chain(window(100), divisor::n), p, 61, 8000, look)[0], variance), 0, 1);
    CHECK_FALSE(agrees(z_of_mean(seen[0], variance)));
  }
}
