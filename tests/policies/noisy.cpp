// The noisy approximation model: what a fit returns is missed by noise of a known size, and the ledger says so.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/ledger/functional_ledger.hpp>
#include <simulacra/ledger/functionals.hpp>
#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/noisy.hpp>
#include <simulacra/theory/wasserstein.hpp>

using namespace simulacra;
using simulacra_test::mean_of;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

constexpr Index samples_each = 20, generations = 6;
constexpr double tau = 0.15, eta = 0.4;
const gaussian<double, 1> normal(0.0, 1.0);

std::vector<Index> same_size(Index m = samples_each) { return std::vector<Index>(generations, m); }
std::vector<double> each(double v) { return std::vector<double>(generations, v); }

/// A number of the last model of each of R lineages.
template <class Truth, class Estimator, class F>
simulacra_test::mean_and_error last(const Truth& truth, const Estimator& fit, F number, draw how = draw::cheapest,
                                    std::uint64_t replicates = 4000, Index steps = generations) {
  std::vector<double> all;
  for (std::uint64_t r = 0; r < replicates; ++r)
    all.push_back(
        number(*run_lineage(experiment{truth, fit, replace{}}, {.generations = steps, .samples = samples_each, .how = how},
                            stream(stream_key{31, 0}, {.replicate = r}))
                    .model));
  return mean_of(all);
}

double distance(const gaussian<double, 1>& m) { return wasserstein_squared(m, normal); }

}  // namespace

TEST_CASE("noisy: the squared Wasserstein distance is what theory says, in every way of drawing and with both divisors") {
  for (const divisor by : {divisor::n, divisor::n_minus_1}) {
    const noisy fit(gaussian_estimator<double, 1>(by), {.mean = tau, .log_variance = eta});
    const double expected = theory::noisy_wasserstein_risk_mean(same_size(), each(tau * tau), each(eta), by);
    for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) {
      const auto w = last(normal, fit, distance, how);
      CHECK_Z(w.mean, expected, w.standard_error);
      // without noise, or with twice its variance, it would be noticed
      CHECK(std::abs(z_score(w.mean, theory::wasserstein_risk_mean(samples_each, generations, by), w.standard_error)) >
            z_limit);
      CHECK(std::abs(z_score(w.mean, theory::noisy_wasserstein_risk_mean(same_size(), each(2 * tau * tau), each(eta), by),
                             w.standard_error)) > z_limit);
    }
  }
}

TEST_CASE("noisy: in d dimensions the error of the mean adds up, and the variance keeps its mean") {
  const Index d = 3;
  Eigen::MatrixXd wide = Eigen::MatrixXd::Identity(d, d);
  wide(0, 0) = 4;
  wide(1, 0) = wide(0, 1) = 0.5;
  const gaussian<> truth(Eigen::VectorXd::Zero(d), wide);
  const noisy fit(gaussian_estimator<>(divisor::n_minus_1), {.mean = tau, .log_variance = eta});
  const auto e = last(truth, fit, [](const auto& m) { return m.mean().squaredNorm(); });
  const double expected = theory::noisy_mean_error(same_size(), each(d * tau * tau), wide.trace());
  CHECK_Z(e.mean, expected, e.standard_error);
  // as noise of a whole vector it would be noticed
  CHECK(std::abs(z_score(e.mean, theory::noisy_mean_error(same_size(), each(tau * tau), wide.trace()), e.standard_error)) >
        z_limit);
  const auto v = last(truth, fit, [](const auto& m) { return m.covariance().trace(); });
  CHECK_Z(v.mean, wide.trace(), v.standard_error);
  // with a factor whose logarithm has mean 0, E would be e^(eta^2/2) a generation
  CHECK(std::abs(z_score(v.mean, wide.trace() * std::exp(generations * eta * eta / 2), v.standard_error)) > z_limit);
}

TEST_CASE("noisy: the log variance falls at the rate of theory, however deep, in float as well") {
  const Index steps = 3000;
  const double rate = theory::noisy_log_variance_rate(samples_each, eta, divisor::n);
  const auto log_variance = [&](const auto& m) { return m.log_determinant() / static_cast<double>(steps); };
  const noisy fit(gaussian_estimator<double, 1>(divisor::n), {.log_variance = eta});
  const auto deep = last(normal, fit, log_variance, draw::collapsed, 50, steps);
  CHECK_Z(deep.mean, rate, deep.standard_error);
  CHECK(std::abs(z_score(deep.mean, theory::log_variance_rate(samples_each, divisor::n), deep.standard_error)) > z_limit);
  const noisy short_fit(gaussian_estimator<float, 1>(divisor::n), {.log_variance = eta});
  const auto shallow = last(gaussian<float, 1>(0, 1), short_fit, log_variance, draw::collapsed, 50, steps);
  CHECK_Z(shallow.mean, rate, shallow.standard_error);
}

TEST_CASE("noisy: the ledger books the noise as approximation, and nothing else") {
  // In the mean the noises add up, tau^2 each on average, and the statistical errors, 1/M each (the fitted variance is unbiased).
  const experiment chain{
      normal, noisy(gaussian_estimator<double, 1>(divisor::n_minus_1), {.mean = tau, .log_variance = eta}), replace{}};
  const auto space = functional_space(mean_functional());
  std::vector<double> approximation, statistical, product;
  for (std::uint64_t r = 0; r < 3000; ++r) {
    functional_ledger books(chain, space, {});
    const stream root(stream_key{32, 0}, {.replicate = r});
    run_lineage(chain, {.generations = generations, .samples = samples_each}, root, books);
    const functional_row& row = books.rows().back();
    CHECK(row.due_to(term::expressivity) == 0);
    CHECK(row.residual < 1e-12);
    const double a = row.due_to(term::approximation), s = row.due_to(term::statistical);
    approximation.push_back(a * a);
    statistical.push_back(s * s);
    product.push_back(a * s);
    if (r > 0) continue;
    // The chain of infinitely many data has the same noise: what is left is what this lineage owes to approximation.
    const auto whole = run_population(chain, {.generations = generations, .samples = samples_each}, root, 2);
    CHECK_CLOSE(whole->mean()[0], a, 1e-12);
  }
  const auto a = mean_of(approximation), s = mean_of(statistical), c = mean_of(product);
  CHECK_Z(a.mean, generations * tau * tau, a.standard_error);
  CHECK_Z(s.mean, static_cast<double>(generations) / samples_each, s.standard_error);
  CHECK_Z(c.mean, 0, c.standard_error);
  // Noise that is drawn anew for A(T) would stand on both sides.
  CHECK(std::abs(z_score(s.mean, static_cast<double>(generations) / samples_each + 2 * generations * tau * tau,
                         s.standard_error)) > z_limit);
}

TEST_CASE("noisy: noise of one's own, on any model, schedules and warm starts") {
  // Rates times e^(eta z - eta^2/2): the mean stays, and the variance is (1 + r/n .. ) by its own recursion.
  const auto rough = [](const poisson& m, stream& rng) {
    return poisson(m.rate() * std::exp(eta * standard_normal(rng) - eta * eta / 2));
  };
  const noisy fit(poisson_estimator{}, rough);
  double second = 25;  // E rate^2: the estimate is total / M, of variance rate / M; then times e^(eta^2)
  for (Index i = 0; i < generations; ++i) second = (second + 5.0 / samples_each) * std::exp(eta * eta);
  const auto m = last(poisson(5), fit, [](const auto& law) { return law.rate(); });
  CHECK_Z(m.mean, 5, m.standard_error);
  const auto squares = last(
      poisson(5), fit, [](const auto& law) { return law.rate() * law.rate(); }, draw::stored, 20'000);
  CHECK_Z(squares.mean, second, squares.standard_error);
  CHECK(std::abs(z_score(squares.mean, 25 + 5.0 * generations / samples_each, squares.standard_error)) > z_limit);

  // Noise in the first generation only.
  const scheduled once(noisy(gaussian_estimator<double, 1>(divisor::n), {.mean = 1}),
                       [](const auto& e, const auto& at) { return e.with({.mean = at.generation == 1 ? 2.0 : 0.0}); });
  std::vector<double> noise(generations, 0.0);
  noise[0] = 4;
  const auto w = last(normal, once, distance);
  CHECK_Z(w.mean, theory::noisy_wasserstein_risk_mean(same_size(), noise, each(0), divisor::n), w.standard_error);
  // Asked twice for the same place it misses by the same, and with another noise in the next.
  const stream root(7);
  const auto e = once.at(place<gaussian<double, 1>>{1, normal, root}),
             later = once.at(place<gaussian<double, 1>>{2, normal, root});
  CHECK(e.population_fit(normal) == e.population_fit(normal));
  CHECK(e.population_fit(normal).mean()[0] != 0);
  CHECK(later.population_fit(normal) == normal);
  CHECK(e.ideal().population_fit(normal) == normal);
}

TEST_CASE("noisy: mistakes, and fits without a place") {
  const gaussian_estimator<double, 1> plain(divisor::n);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(throws([&] { noisy(plain, {.mean = -1}); }, "noisy", "mean", "-1"));
  CHECK(throws([&] { noisy(plain, {.log_variance = nan}); }, "noisy", "log_variance", "nan"));
  const noisy fit(plain, {.mean = 1});
  CHECK_THROWS_AS(static_cast<void>(fit.population_fit(normal)), std::domain_error);
  stream one(1), two(1);
  const samples<double, 1> x = normal.sample(5, one);
  CHECK(normal.sample(5, two) == x);
  CHECK(fit.fit(x, one).model.mean() != fit.fit(x, one).model.mean());  // a stream is consumed
  CHECK(fit.fit(x, weights<double>::Ones(5), two).model.variance() == doctest::Approx(plain.fit(x, two).model.variance()));
  CHECK(noisy(plain, moment_noise{}).fit(x, two).model == plain.fit(x, two).model);
  // Noise that leaves the range ends a lineage, and is no mistake.
  const auto line = run_lineage(experiment{normal, noisy(plain, {.mean = 1e305}), replace{}},
                                {.generations = 5, .samples = 10}, stream(1));
  CHECK(line.why == ending::failure);
}
