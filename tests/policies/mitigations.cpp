// What is done to data before a fit, and to draws before they are published.
#include "recursion/support.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace simulacra_test;

namespace {

const gaussian_estimator<double, 1> maximum_likelihood(divisor::n);
constexpr Index samples_each = 20, generations = 6;
constexpr int replicates = 4000;

/// Means over lineages of the last model's mean and variance.
template <class Estimator, class Decoder = as_is>
std::pair<mean_and_error, mean_and_error> last_moments(const Estimator& estimator, const Decoder& decoder = {},
                                                       draw how = draw::stored) {
  std::vector<double> mean, variance;
  for (int r = 0; r < replicates; ++r) {
    const auto line = run_lineage(experiment{normal, estimator, replace{}, decoder},
                                  {.generations = generations, .samples = samples_each, .how = how},
                                  stream(stream_key{21, 0}, {.replicate = static_cast<std::uint64_t>(r)}));
    mean.push_back(line.model->mean()[0]);
    variance.push_back(line.model->variance());
  }
  return {mean_of(mean), mean_of(variance)};
}

double to_power(double factor) { return std::pow(factor, static_cast<double>(generations)); }

/// The score of a column is its first coordinate.
struct first_coordinate {
  template <class Column>
  double operator()(const Column& x) const {
    return x[0];
  }
};

template <class E>
concept names_ideal = requires(const E& e) { e.ideal(); };
template <class E>
concept fits_population_of_normal = requires(const E& e, const gaussian<double, 1>& law) { e.population_fit(law); };

}  // namespace

// With M observations a generation multiplies the expected variance by (1 - 1/M), and augmentation of these by what follows from
// E[fitted variance | data]: jitter c by 1 + c^2 (1 - 1/M); mixup by r - (r - 1/4) / M, r = (a + 1) / (2 a + 1); the bootstrap by
// 1 - 1/M once more.

TEST_CASE("augmented: jitter, mixup and bootstrap change the pace of collapse as computed") {
  const double m = 1 - 1.0 / samples_each, c = 0.5, a = 0.4, r = (a + 1) / (2 * a + 1);
  const auto jitter = last_moments(augmented(maximum_likelihood, {.jitter = c})).second;
  CHECK_Z(jitter.mean, to_power(m * (1 + c * c * m)), jitter.standard_error);
  const auto mixup = last_moments(augmented(maximum_likelihood, {.mixup = a})).second;
  CHECK_Z(mixup.mean, to_power(m * (r - (r - 0.25) / samples_each)), mixup.standard_error);
  const auto again = last_moments(augmented(maximum_likelihood, {.bootstrap = true})).second;
  CHECK_Z(again.mean, to_power(m * m), again.standard_error);
  // a bootstrap that draws nothing twice is noticed
  CHECK(std::abs(z_score(again.mean, to_power(m), again.standard_error)) > 4.5);
}

TEST_CASE("augmented: originals, copies and weights") {
  // Jitter beside the originals, k copies: their variances are averaged.
  stream rng(3);
  const samples<double, 1> x = normal.sample(20'000, rng);
  const double s = (x.array() - x.mean()).square().mean();
  const auto both = augmented(maximum_likelihood, {.jitter = 1, .copies = 3, .originals = true}).fit(x, rng);
  // Given the data, only 3 n of 4 n squares are random: (x - m + sqrt(s) z)^2, each of variance 4 s (x - m)^2 + 2 s^2.
  CHECK_Z(both.model.variance(), s * (1 + 3 * 2) / 4, s * std::sqrt(3 * 6.0 / 16 / 20'000));
  // What has no weight is neither picked nor mixed with.
  samples<double, 1> few(1, 4);
  few << 1, 2, 3, 1000;
  weights<double> w(4);
  w << 1, 1, 1, 0;
  const auto seen = augmented(maximum_likelihood, {.bootstrap = true, .mixup = 1, .copies = 200}).fit(few, w, rng);
  CHECK_Z(seen.model.mean()[0], 2,
          std::sqrt(2.0 / 3 / 200));  // a copy's mean varies no more than an observation, and there are 200
  CHECK(seen.model.variance() < 1);
  // Nor has it a say in how wide the jitter is: S (1 + c^2), with S = 2 / 3 of the others.
  const auto shaken = augmented(maximum_likelihood, {.jitter = 0.5, .copies = 2000}).fit(few, w, rng);
  // 6000 squares (x - m + c sqrt(S) z)^2, each of variance 4 c^2 S (x - m)^2 + 2 c^4 S^2
  CHECK_Z(shaken.model.variance(), 1.25 * 2 / 3, 2.0 / 3 * std::sqrt((4 * 0.25 + 2 * 0.0625) / 6000));
}

TEST_CASE("augmented: it knows the ideal learner, and not the population fit, of what it augments") {
  using plain = gaussian_estimator<double, 1>;
  using shaken = augmented<plain>;
  static_assert(names_ideal<shaken> && fits_population_of_normal<plain> && !fits_population_of_normal<shaken>);
  CHECK(shaken(maximum_likelihood, {.jitter = 1}).project(normal) == normal);
}

TEST_CASE("augmented: mistakes") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(throws([] { augmented(maximum_likelihood, {}); }, "augmented", "no augmentation"));
  CHECK(throws([] { augmented(maximum_likelihood, {.jitter = -1}); }, "augmented", "jitter", "-1"));
  CHECK(throws([&] { augmented(maximum_likelihood, {.mixup = nan}); }, "augmented", "mixup", "nan"));
  CHECK(throws([] { augmented(maximum_likelihood, {.bootstrap = true, .copies = 0}); }, "augmented", "copies", "0"));
  const augmented fit(maximum_likelihood, {.jitter = 1});
  stream rng(1);
  CHECK(throws([&] { static_cast<void>(fit.fit(samples<double, 1>(1, 0), rng)); }, "augmented::fit", "x.cols()"));
  samples<double, 1> bad(1, 2);
  bad << 1, nan;
  CHECK(throws([&] { static_cast<void>(fit.fit(bad, rng)); }, "augmented::fit", "'x'", "nan"));
  CHECK(throws([&] { static_cast<void>(fit.fit(normal.sample(2, rng), weights<double>::Zero(2), rng)); }, "weights"));
  CHECK(throws([&] { static_cast<void>(fit.fit(normal.sample(2, rng), weights<double>::Ones(3), rng)); }, "augmented::fit",
               "'w'"));
}

TEST_CASE("poisoned: the chain's mean goes to the contaminant's, in every way of drawing") {
  // The first generation is fitted to the truth; the decoder poisons what each model publishes after that.
  const double share = 0.2, at = 3;
  const poisoned bad(gaussian<double, 1>(at, 0.25), share);
  const double expected = at * (1 - std::pow(1 - share, static_cast<double>(generations - 1)));
  // V' = (1 - 1/M) ((1 - e) V + e v + e (1 - e) E(m - at)^2), with E(m - at)^2 by its own recursion
  double variance = 1 - 1.0 / samples_each, off = at * at + 1.0 / samples_each;
  for (Index t = 1; t < generations; ++t) {
    const double drawn = (1 - share) * variance + share * 0.25 + share * (1 - share) * off;
    off = (1 - share) * (1 - share) * off + drawn / samples_each;
    variance = (1 - 1.0 / samples_each) * drawn;
  }
  for (const draw how : {draw::stored, draw::collapsed}) {
    const auto [m, v] = last_moments(maximum_likelihood, bad, how);
    CHECK_Z(m.mean, expected, m.standard_error);
    CHECK_Z(v.mean, variance, v.standard_error);
    CHECK(std::abs(z_score(m.mean, at * (1 - std::pow(1 - share, 1.0 * generations)), m.standard_error)) > 4.5);
  }
}

TEST_CASE("poisoned: the law has the moments, the density and the characteristic function of a mixture") {
  const auto law = poisoned(gaussian<double, 1>(3, 0.25), 0.2)(normal);
  CHECK(law.mean()[0] == doctest::Approx(0.6).epsilon(1e-14));
  CHECK(law.covariance()(0, 0) == doctest::Approx(0.8 + 0.05 + 0.16 * 9).epsilon(1e-14));
  const point<double, 1> x(2.0);
  const double density = 0.8 * std::exp(normal.log_density(x)) + 0.2 * std::exp(law.contaminant().log_density(x));
  CHECK(law.log_density(x) == doctest::Approx(std::log(density)).epsilon(1e-13));
  const auto none = poisoned(gaussian<double, 1>(3, 0.25), 0)(normal),
             all = poisoned(gaussian<double, 1>(3, 0.25), 1)(normal);
  CHECK(none.log_density(x) == doctest::Approx(normal.log_density(x)));
  CHECK(all.log_density(x) == doctest::Approx(law.contaminant().log_density(x)));
  stream rng(5);
  CHECK(none.sample(7, rng).cols() == 7);
  CHECK_Z(all.sample(7, rng).mean(), 3, std::sqrt(0.25 / 7));
  CHECK(all.sample_summary(7, as<moments<double, 1>>{}, rng).count() == 7);
  CHECK(throws([] { poisoned(normal, 1.5); }, "poisoned", "share", "1.5"));
  const gaussian<> flat(Eigen::VectorXd::Zero(2), Eigen::MatrixXd::Identity(2, 2));
  const gaussian<> solid(Eigen::VectorXd::Zero(3), Eigen::MatrixXd::Identity(3, 3));
  CHECK(throws([&] { static_cast<void>(poisoned(flat, 0.5)(solid)); }, "contaminated", "by.dimension()"));
}

TEST_CASE("poisoned: contaminated draws lie anywhere among the others") {
  // The first half of a sample holds half of them, so that a recipe may keep a part.
  const auto law = poisoned(gaussian<double, 1>(100, 1), 0.3)(normal);
  std::vector<double> in_front;
  for (std::uint64_t r = 0; r < 2000; ++r) {
    stream rng(stream_key{4, 0}, {.replicate = r});
    const samples<double, 1> x = law.sample(20, rng);
    in_front.push_back(static_cast<double>((x.leftCols(10).array() > 50).count()));
  }
  const auto e = mean_of(in_front);
  CHECK_Z(e.mean, 3.0, e.standard_error);
}

TEST_CASE("best_of: what is kept is the largest of k") {
  // E of the largest of two standard normals is 1 / sqrt(pi).
  const auto law = best_of(2, first_coordinate{})(normal);
  stream rng(2);
  const samples<double, 1> x = law.sample(40'000, rng);
  const auto e = mean_of(std::vector<double>(x.begin(), x.end()));
  CHECK_Z(e.mean, 0.5641895835477563, e.standard_error);
  CHECK(best_of(1, first_coordinate{})(normal).sample(300, rng).cols() == 300);
  CHECK(throws([] { static_cast<void>(best_of(0, first_coordinate{})); }, "best_of", "k", "0"));
  const auto no_score = [](const auto& at) { return at[0] > 1 ? std::nan("") : static_cast<double>(at[0]); };
  CHECK(throws([&] { static_cast<void>(best_of(3, no_score)(normal).sample(300, rng)); }, "selected::sample", "score(x)",
               "nan"));
  const auto hopeless = [](const auto& at) { return at[0] > 0 ? 0 : -std::numeric_limits<double>::infinity(); };
  CHECK(best_of(3, hopeless)(normal).sample(300, rng).cols() == 300);  // infinite scores are scores
  const auto line = run_lineage(experiment{normal, maximum_likelihood, replace{}, best_of(3, first_coordinate{})},
                                {.generations = 5, .samples = 50}, stream(1));
  CHECK(line.model->mean()[0] > 1);
}
