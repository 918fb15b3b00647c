// Learners with a conjugate prior, against the exact chains of their counts: under posterior samples the chain forgets the truth and keeps
// the prior.
#include "one_parameter_support.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/theory/contamination.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

const bernoulli coin(0.3);
double share(const bernoulli& law) { return law.probability(); }

/// The law of the counts that model n is fitted to, n >= 1, by powers of the matrix.
std::vector<double> counts_after(const Eigen::MatrixXd& chain, double p, Index n) {
  Eigen::RowVectorXd now = theory::wright_fisher_matrix(chain.rows() - 1).row(0) * 0;
  const auto m = static_cast<double>(chain.rows() - 1);
  for (Index k = 0; k < chain.rows(); ++k)
    now[k] =
        std::exp(std::lgamma(m + 1) - std::lgamma(static_cast<double>(k) + 1) - std::lgamma(m - static_cast<double>(k) + 1) +
                 static_cast<double>(k) * std::log(p) + (m - static_cast<double>(k)) * std::log1p(-p));
  for (Index i = 1; i < n; ++i) now = (now * chain).eval();
  return {now.begin(), now.end()};
}

/// Counts of one symbol in the data of generation n, over lineages.
template <class Truth, class Estimator>
std::vector<double> counted(const Truth& truth, const Estimator& fit, Index m, Index n, std::uint64_t replicates, draw how) {
  std::vector<double> seen(static_cast<std::size_t>(m + 1), 0.0);
  for (std::uint64_t r = 0; r < replicates; ++r) {
    double last = 0;
    run_lineage(experiment{truth, fit, replace{}}, {.generations = n, .samples = m, .how = how},
                stream(stream_key{41, 0}, {.replicate = r}), [&](const auto& g) {
                  typename Estimator::summary s = g.data.summary;
                  if (g.data.stored()) s = Estimator::summary::of(g.data.data);
                  if constexpr (requires { s.entries(); }) {
                    last = 0;
                    for (const auto& e : s.entries()) last += e.symbol == 1 ? e.weight : 0;
                  } else {
                    last = s.sum().value();
                  }
                });
    seen[static_cast<std::size_t>(std::lround(last))] += 1;
  }
  return seen;
}

/// chi^2 as z; cells of fewer than 5 expected join their neighbours.
double z_of_counts(const std::vector<double>& seen, const std::vector<double>& law) {
  double all = 0;
  for (const double s : seen) all += s;
  std::vector<double> observed{0}, expected{0};
  for (std::size_t k = 0; k < seen.size(); ++k) {
    if (expected.back() >= 5) {
      observed.push_back(0);
      expected.push_back(0);
    }
    observed.back() += seen[k];
    expected.back() += law[k] * all;
  }
  return chi_square_z(observed, expected);
}

}  // namespace

TEST_CASE("conjugate: counts of a Bernoulli chain are those of the exact matrices, for mean, mode and samples") {
  const Index m = 10, n = 4;
  const beta_prior prior{2.5, 1.5};
  const auto sampled = counts_after(theory::posterior_sampling_matrix(m, 2.5, 1.5), 0.3, n);
  const auto averaged = counts_after(theory::pseudo_count_matrix(m, 2.5, 1.5), 0.3, n);
  const auto likeliest = counts_after(theory::pseudo_count_matrix(m, 1.5, 0.5), 0.3, n);
  for (const draw how : ways) {
    const auto seen = counted(coin, beta_bernoulli_estimator(prior, posterior::sample), m, n, 10'000, how);
    CHECK(std::abs(z_of_counts(seen, sampled)) <= z_limit);
    CHECK(z_of_counts(seen, averaged) > z_limit);  // means in place of samples would be noticed
  }
  const auto means = counted(coin, beta_bernoulli_estimator(prior, posterior::mean), m, n, 10'000, draw::cheapest);
  CHECK(std::abs(z_of_counts(means, averaged)) <= z_limit);
  CHECK(z_of_counts(means, likeliest) > z_limit);
  const auto modes = counted(coin, beta_bernoulli_estimator(prior, posterior::mode), m, n, 10'000, draw::cheapest);
  CHECK(std::abs(z_of_counts(modes, likeliest)) <= z_limit);
}

TEST_CASE("conjugate: under posterior samples the stationary law is the prior, whatever the truth") {
  const Index m = 10;
  std::vector<double> stationary, other;
  for (Index k = 0; k <= m; ++k) {
    stationary.push_back(theory::posterior_sampling_stationary(k, m, 0.5, 2));
    other.push_back(theory::posterior_sampling_stationary(k, m, 0.6, 2));
  }
  const beta_bernoulli_estimator fit({0.5, 2}, posterior::sample);
  for (const double truth : {0.02, 0.9}) {
    const auto seen = counted(bernoulli(truth), fit, m, 80, 10'000, draw::collapsed);  // lambda_1^80 = .8^80 = 2e-8
    CHECK(std::abs(z_of_counts(seen, stationary)) <= z_limit);
    CHECK(z_of_counts(seen, other) > z_limit);
  }
  // Each symbol of a Dirichlet chain is such a chain.
  const dirichlet_estimator many({1, 0.5, 1}, posterior::sample);
  const auto seen = counted(categorical({0.1, 0.8, 0.1}), many, m, 80, 10'000, draw::collapsed);
  CHECK(std::abs(z_of_counts(seen, stationary)) <= z_limit);
  const dirichlet_estimator average({1, 0.5, 1}, posterior::mean), modes({2, 1.5, 2}, posterior::mode);
  const auto law = counts_after(theory::pseudo_count_matrix(m, 0.5, 2), 0.3, 3);
  const categorical start({0.3, 0.3, 0.4});
  CHECK(std::abs(z_of_counts(counted(start, average, m, 3, 10'000, draw::stored), law)) <= z_limit);
  CHECK(std::abs(z_of_counts(counted(start, modes, m, 3, 10'000, draw::streamed), law)) <= z_limit);
}

TEST_CASE("conjugate: rates of Poisson and exponential chains that begin with the prior keep it") {
  const gamma_prior prior{3, 2};
  // E rate = a/b, E rate^2 = a (a + 1) / b^2, E e^-rate = (b / (b + 1))^a
  const double mean = 1.5, square = 3, laplace = std::pow(2.0 / 3, 3);
  const auto check = [&](auto law_of, auto fit, auto rate_of, draw how) {
    std::vector<double> rate, squares, transform;
    for (std::uint64_t r = 0; r < 10'000; ++r) {
      const stream root(stream_key{42, 0}, {.replicate = r});
      stream own = root.at(0, purpose::user);
      const auto truth = law_of(standard_gamma(prior.shape, own) / prior.rate);
      const auto line = run_lineage(experiment{truth, fit, replace{}}, {.generations = 5, .samples = 4, .how = how}, root);
      rate.push_back(rate_of(*line.model));
      squares.push_back(rate.back() * rate.back());
      transform.push_back(std::exp(-rate.back()));
    }
    CHECK(std::abs(z_of(rate, mean)) <= z_limit);
    CHECK(std::abs(z_of(squares, square)) <= z_limit);
    CHECK(std::abs(z_of(transform, laplace)) <= z_limit);
    CHECK(std::abs(z_of(squares, square * 1.2)) > z_limit);
  };
  const auto rate = [](const poisson& law) { return law.rate(); };
  const auto one_over_mean = [](const auto& law) { return 1 / law.scaled_mean().value(); };
  const auto with_rate = [](double r) { return poisson(r); };
  for (const draw how : ways) check(with_rate, gamma_poisson_estimator(prior, posterior::sample), rate, how);
  check([](double r) { return exponential<>(1 / r); }, gamma_exponential_estimator<>(prior, posterior::sample),
        one_over_mean, draw::collapsed);
  check([](double r) { return exponential<float>(static_cast<float>(1 / r)); },
        gamma_exponential_estimator<float>(prior, posterior::sample), one_over_mean, draw::stored);
  stream rng(1);
  const total seen(4, scaled_number(6.0));
  CHECK_CLOSE(gamma_poisson_estimator(prior, posterior::mean).fit(seen, rng).model.rate(), 1.5, 1e-15);
  CHECK_CLOSE(gamma_poisson_estimator(prior, posterior::mode).fit(seen, rng).model.rate(), 8.0 / 6, 1e-15);
  CHECK_CLOSE(one_over_mean(gamma_exponential_estimator<>(prior, posterior::mean).fit(seen, rng).model), 7.0 / 8, 1e-15);
  CHECK_CLOSE(one_over_mean(gamma_exponential_estimator<>(prior, posterior::mode).fit(seen, rng).model), 6.0 / 8, 1e-15);
  CHECK_CLOSE(gamma_exponential_estimator<>(prior, posterior::mean).fit(seen, rng).result.shrinkage, 3.0 / 7, 1e-15);
}

TEST_CASE("conjugate: a Gaussian mean is an autoregression, also in two dimensions") {
  const double known = 2, tau2 = 0.7;
  const Index n = 2, m = 5;
  const auto path = theory::posterior_sampling_mean(1.5, m, tau2, known, n);
  const auto check = [&](auto truth, auto fit, Index coordinate, draw how) {
    std::vector<double> mean, square;
    for (std::uint64_t r = 0; r < 6'000; ++r) {
      const auto line = run_lineage(experiment{truth, fit, replace{}}, {.generations = n, .samples = m, .how = how},
                                    stream(stream_key{43, 0}, {.replicate = r}));
      mean.push_back(static_cast<double>(line.model->mean()[coordinate]) - 0.5);
      square.push_back(std::pow(mean.back() - path.mean, 2));
      CHECK(std::abs(static_cast<double>(line.model->covariance()(coordinate, coordinate)) - known) < 1e-6);
    }
    CHECK(std::abs(z_of(mean, path.mean)) <= z_limit);
    CHECK(std::abs(z_of(square, path.variance)) <= z_limit);
    CHECK(std::abs(z_of(square, tau2)) > z_limit);  // not there yet
  };
  const normal_prior<double, 1> prior{point<double, 1>(0.5), tau2};
  for (const draw how : {draw::stored, draw::collapsed})
    check(gaussian<double, 1>(2.0, known), gaussian_mean_estimator<double, 1>(known, prior, posterior::sample), 0, how);
  const gaussian<float> plane(Eigen::Vector2f(-1, 2), 2 * Eigen::Matrix2f::Identity());
  check(plane, gaussian_mean_estimator<float>(known, {Eigen::Vector2f(0, 0.5F), tau2}, posterior::sample), 1,
        draw::collapsed);
  stream rng(2);
  const samples<double, 1> x = samples<double, 1>::Constant(1, 5, 3.0);
  CHECK_CLOSE((gaussian_mean_estimator<double, 1>(known, prior, posterior::mean).fit(x, rng).model.mean()[0]),
              (5 * 0.7 * 3 + 2 * 0.5) / (5 * 0.7 + 2), 1e-14);
  CHECK((gaussian_mean_estimator<double, 1>(known, prior, posterior::mode).ideal().fit(x, rng).model.mean()[0]) == 3);
}

TEST_CASE("conjugate: one fresh real point a generation keeps diversity, as computed") {
  const auto p = ends(44, experiment{coin, bernoulli_estimator{}, fresh_real(1)}, 200, 9, draw::collapsed, 4'000, share);
  std::vector<double> squares;
  for (const double v : p) squares.push_back((v - 0.3) * (v - 0.3));
  CHECK(std::abs(z_of(squares, theory::fresh_points_variance(0.3, 9, 1))) <= z_limit);
  CHECK(std::abs(z_of(squares, theory::fresh_points_variance(0.3, 8, 2))) > z_limit);
  // A posterior mean has its own stationary variance.
  const auto q = ends(45, experiment{coin, beta_bernoulli_estimator({1, 1}, posterior::mean), replace{}}, 150, 10,
                      draw::collapsed, 4'000, share);
  squares.clear();
  for (const double v : q) squares.push_back((v - 0.5) * (v - 0.5));
  CHECK(std::abs(z_of(squares, theory::pseudo_count_variance(10, 1, 1))) <= z_limit);
}

TEST_CASE("conjugate: tiny priors, ends that hold, and mistakes") {
  stream rng(5);
  const total none(5, scaled_number(0.0)), full(5, scaled_number(5.0));
  for (int i = 0; i < 200; ++i) {
    const double p = beta_bernoulli_estimator({1e-9, 1e-9}, posterior::sample).fit(none, rng).model.probability();
    CHECK((p >= 0 && p < 1e-3));
    const double b = beta_number(1e-9, 1e-9, rng);
    CHECK((b < 1e-3 || b > 1 - 1e-3));
    CHECK(dirichlet_estimator(1000, 1e-9, posterior::sample)
              .fit(counts::of(categorical({0.5, 0.5}).sample(3, rng)), rng)
              .model.surviving() >= 1);
  }
  CHECK(beta_bernoulli_estimator({1, 1}, posterior::mode).fit(none, rng).result.what == status::absorbed);
  CHECK(beta_bernoulli_estimator({2, 1}, posterior::mode).fit(full, rng).result.what == status::absorbed);
  CHECK(beta_bernoulli_estimator({2, 1}, posterior::mode).fit(none, rng).result.ok());
  CHECK(beta_bernoulli_estimator({2, 1}, posterior::mode).fit(none, rng).result.shrinkage == doctest::Approx(1.0 / 6));
  CHECK(gamma_poisson_estimator({1, 1}, posterior::mode).fit(none, rng).result.what == status::absorbed);
  CHECK(gamma_poisson_estimator({2, 1}, posterior::mode).fit(none, rng).result.ok());
  static_assert(projects<beta_bernoulli_estimator, bernoulli> && has_ideal<dirichlet_estimator> &&
                fits_population<gamma_poisson_estimator, poisson> && projects<gaussian_mean_estimator<>, gaussian<>>);
  CHECK(throws([] { beta_bernoulli_estimator({0, 1}, posterior::mean); }, "beta_bernoulli_estimator", "prior.a", "0"));
  CHECK(throws([] { beta_bernoulli_estimator({1, 0.5}, posterior::mode); }, "prior.b", "0.5", "at least 1"));
  CHECK(throws([] { gamma_poisson_estimator({0.5, 1}, posterior::mode); }, "gamma_poisson_estimator", "prior.shape"));
  CHECK(throws([] { gamma_exponential_estimator<>({1, -1}, posterior::mean); }, "prior.rate", "-1"));
  CHECK(throws([] { dirichlet_estimator(std::vector<double>{}, posterior::mean); }, "dirichlet_estimator", "alpha.size()"));
  CHECK(throws([] { dirichlet_estimator(3, 0.5, posterior::mode); }, "alpha", "0.5"));
  CHECK(throws([] { dirichlet_estimator(Index{1} << 60, 1, posterior::mode); }, "dirichlet_estimator", "symbols"));
  CHECK(throws([] { gaussian_mean_estimator<double, 1>(0); }, "gaussian_mean_estimator", "variance", "0"));
  CHECK(throws([&] { static_cast<void>(beta_bernoulli_estimator({1, 1}, posterior::mean).fit(total(), rng)); }, "weight()"));
  samples<Index, 1> two(1, 1);
  two << 2;
  CHECK(throws([&] { static_cast<void>(beta_bernoulli_estimator({1, 1}, posterior::mean).fit(two, rng)); }, "2"));
  const gaussian_mean_estimator<> flat(1, {Eigen::Vector2d(0, 0), 1}, posterior::mean);
  CHECK(throws([&] { static_cast<void>(flat.fit(gaussian<>::standard(3).sample(4, rng), rng)); }, "dimension", "3", "2"));
}
