// Who chooses what is published: one of k, the tilted law, the best fraction, a verifier, a corrector; beside the exact laws.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/mixture.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/curation.hpp>
#include <simulacra/theory/selection.hpp>
#include <simulacra/theory/verifier.hpp>

using namespace simulacra;
using simulacra_test::close;
using simulacra_test::mean_of;
using simulacra_test::throws;
using simulacra_test::z_limit;
using simulacra_test::z_score;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Rewards of symbols, from a table.
struct table {
  std::vector<double> values;
  template <class X>
  double operator()(const X& x) const {
    return values[static_cast<std::size_t>(x[0])];
  }
};

std::vector<double> numbers(const samples<double, 1>& x) { return {x.begin(), x.end()}; }

double gap(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : infinity;
  for (std::size_t i = 0; i < (std::min)(a.size(), b.size()); ++i) largest = (std::max)(largest, std::abs(a[i] - b[i]));
  return largest;
}

/// Any law, without what it knows in closed form.
template <class Law>
struct bare {
  Law law;
  [[nodiscard]] Index dimension() const { return law.dimension(); }
  [[nodiscard]] auto sample(Index n, stream& rng) const { return law.sample(n, rng); }
};
template <class Law>
bare(Law) -> bare<Law>;

template <class D, class M>
concept decodes = requires(const D& d, const M& m) { d(m); };

}  // namespace

TEST_CASE("chosen: the law of symbols is exact for every number of draws and range of rewards") {
  const std::vector<double> p{0.5, 0.3, 0.2}, r{0, 0.5, 1};
  const categorical law(p);
  for (const Index k : {1, 2, 3, 8, 1000})
    CHECK(gap(law.chosen(k, table{r}).probabilities(), theory::chosen_law(p, r, k)) < 1e-13);
  const auto two = chosen(2, table{r})(law);
  CHECK(close(two.probability(0), 0.4170504849134, 1e-12));
  CHECK(close(two.probability(1), 0.3220426796163, 1e-12));
  const auto eight = chosen(8, table{r})(law);
  CHECK(close(eight.probability(0), 0.3473073266402, 1e-12));
  CHECK(close(eight.probability(1), 0.3248907874228, 1e-12));
  const categorical rare{0.9, 0.09, 0.01};
  CHECK(close(rare.chosen(4, table{{0, 3, 6}}).probability(0), 0.6923739272174, 1e-12));
  // many symbols take the integral also for two draws: equal to the sum over pairs
  std::vector<double> many(300), reward(300);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i] = 1.0 / static_cast<double>(300);
    reward[i] = std::sin(static_cast<double>(i)) * 4;
  }
  CHECK(gap(categorical(many).chosen(2, table{reward}).probabilities(), theory::chosen_law(many, reward, 2)) < 1e-13);
  // far apart, the best of three wins wherever it is there
  const auto best = law.chosen(3, table{{-1e5, 0, 1e5}}).probabilities();
  CHECK(gap(best, {0.125, 0.8 * 0.8 * 0.8 - 0.125, 1 - 0.8 * 0.8 * 0.8}) < 1e-13);
  for (const Index k : {2, 3}) {  // what is never to be published is, where all are so
    const auto least = law.chosen(k, table{{-infinity, 0, 0}}).probabilities();
    CHECK(close(least[0], std::pow(0.5, static_cast<double>(k)), 1e-13));
    CHECK(close(least[1] / least[2], 1.5, 1e-12));
  }
  CHECK(throws([&] { static_cast<void>(law.chosen(2, table{{0, std::nan(""), 0}})); }, "score(x)", "nan"));
  CHECK(throws([&] { static_cast<void>(law.chosen(2, table{{0, infinity, 0}})); }, "reward", "inf"));
  CHECK(throws([] { static_cast<void>(chosen(0, linear_reward(1))); }, "chosen", "of", "0"));
}

TEST_CASE("chosen: draws have the law that is computed, under shared rewards too") {
  const categorical law{0.5, 0.3, 0.2};
  const shared_rewards both({0.3, 0.7}, table{{0, 0.5, 1}}, table{{1, -2, 0}});
  const Index n = 40'000;
  const auto z_of = [&](const std::vector<double>& expected, const auto& decode) {
    stream rng(11);
    const auto x = decode(bare{law}).sample(n, rng);
    std::vector<double> seen(3, 0.0), wanted;
    for (Index i = 0; i < n; ++i) seen[static_cast<std::size_t>(x(0, i))] += 1;
    for (const double q : expected) wanted.push_back(q * static_cast<double>(n));
    return simulacra_test::chi_square_z(seen, wanted);
  };
  CHECK(z_of(law.chosen(3, both).probabilities(), chosen(3, both)) <= z_limit);
  CHECK(z_of(law.chosen(3, both).probabilities(), chosen(2, both)) > z_limit);  // one draw too few is noticed
  CHECK(z_of(law.chosen(3, table{{-infinity, 0, 0}}).probabilities(), chosen(3, table{{-infinity, 0, 0}})) <= z_limit);
  // best_of is what chosen tends to
  CHECK(z_of(law.chosen(3, table{{0, 500, 1000}}).probabilities(), best_of(3, table{{0, 0.5, 1}})) <= z_limit);
  CHECK(throws([] { shared_rewards({0.5, 0.6}, table{}, table{}); }, "shared_rewards", "sum of shares", "1.1"));
  CHECK(throws([] { shared_rewards({1.0}, table{}, table{}); }, "shared_rewards", "shares.size()", "1"));
}

TEST_CASE("chosen: of two normal draws, mean and variance as in closed form") {
  // E X'^2 = 1 and E X'^4 = 3 whatever the slope, so the errors are those of a variance 1 - mean^2, and of a variance of 2.
  const Index n = 100'000;
  const auto look = [&](double slope, Index of) {
    stream rng(3);
    const auto x = numbers(chosen(of, linear_reward(slope))(normal).sample(n, rng));
    double squares = 0;
    for (const double v : x) squares += v * v;
    const auto exact = theory::chosen_of_two(slope, 1);
    return std::pair{z_score(mean_of(x).mean, exact.mean, std::sqrt(exact.variance / static_cast<double>(n))),
                     z_score(squares / static_cast<double>(n), 1, std::sqrt(2.0 / static_cast<double>(n)))};
  };
  for (const double slope : {-1.0, 0.1, 1.0}) {
    const auto [mean, square] = look(slope, 2);
    CHECK(std::abs(mean) <= z_limit);
    CHECK(std::abs(square) <= z_limit);
  }
  CHECK(std::abs(look(1, 3).first) > z_limit);  // one draw too many is noticed
}

TEST_CASE("tilted: a Gaussian in any dimension, by the inverse of its covariance") {
  const auto line = tilted(quadratic_reward(0.5, 2))(gaussian<double, 1>(1, 4));
  CHECK(close(line.variance(), 4.0 / 3, 1e-15));
  CHECK(close(line.mean()[0], (1 + 0.5 * 4 * 2) / 3.0, 1e-15));
  const auto moved = tilted(linear_reward(0.3))(gaussian<double, 1>(1, 4));
  CHECK(close(moved.mean()[0], 2.2, 1e-15));
  CHECK(close(moved.variance(), 4, 1e-15));
  CHECK(close(gaussian<double, 1>(1, 4).log_mean_exp(linear_reward(0.3)), 0.3 + 0.09 * 2, 1e-15));

  // Sigma = [2 .6; .6 1], A = [1 .5; .5 .5], c = (1, -1), mu = (.5, 2):
  // Sigma' = (Sigma^-1 + A)^-1 and mu' = Sigma' (Sigma^-1 mu + A c), by hand.
  const square<double> sigma{{2, 0.6}, {0.6, 1}}, a{{1, 0.5}, {0.5, 0.5}};
  const point<double> c{{1, -1}}, mu{{0.5, 2}};
  const auto inverse = [](const square<double>& m) {
    const double det = m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0);
    return square<double>{{m(1, 1) / det, -m(0, 1) / det}, {-m(1, 0) / det, m(0, 0) / det}};
  };
  const square<double> after = inverse(square<double>(inverse(sigma) + a));
  const point<double> there = after * (inverse(sigma) * mu + a * c);
  const gaussian<> plane(mu, sigma);
  const gaussian<> best = plane.tilted(quadratic_reward(a, c));
  CHECK((best.covariance() - after).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((best.mean() - there).cwiseAbs().maxCoeff() < 1e-14);
  // p(x) e^r(x) / p'(x) is E e^r wherever one looks
  const quadratic_reward reward(a, c);
  for (const double x : {-1.0, 0.0, 3.0}) {
    const point<double> at{{x, 1 - x}};
    CHECK(close(plane.log_density(at) + reward(at) - best.log_density(at), plane.log_mean_exp(reward), 1e-12));
  }
  const gaussian<float, 2> single(mu.cast<float>(), sigma.cast<float>());
  CHECK((single.tilted(reward).covariance().cast<double>() - after).cwiseAbs().maxCoeff() < 1e-6);

  // a line in the plane stays a line; a chain that has collapsed by hundreds of orders is tilted by nothing
  const square<double> flat{{1, 0.7}, {0.7, 0.49}};
  const gaussian<> thin = gaussian<>(mu, flat).tilted(quadratic_reward(1.0));
  CHECK(thin.factor().rank() == 1);
  CHECK(close(thin.covariance()(0, 0), 1 / 2.49, 1e-14));
  const auto deep = gaussian<double, 1>::from_factor(point<double, 1>(1), normal.factor().shifted(-5000));
  CHECK(deep.tilted(quadratic_reward(3.0)) == deep);

  CHECK(throws(
      [&] {
        static_cast<void>(normal.tilted(linear_reward(point<double>{{1, 2}})));
      },
      "linear_reward", "x.size()", "1"));
  CHECK(throws([] { quadratic_reward{-1.0}; }, "quadratic_reward", "'a'"));
  CHECK(throws([&] { quadratic_reward(square<double>{{1, 2}, {2, 1}}, c); }, "quadratic_reward", "positive semi-definite"));
  CHECK(throws([&] { quadratic_reward(square<double>{{0, 1}, {1, 1}}, c); }, "quadratic_reward", "positive semi-definite"));
  CHECK_NOTHROW(quadratic_reward(square<double>{{1, 0.7}, {0.7, 0.49}}, c));
}

TEST_CASE("tilted: mixtures and symbols") {
  const std::vector<double> w{0.3, 0.7}, m{-1, 1.5}, v{0.5, 0.8};
  const gaussian_mixture<double, 1> both(w, {{m[0], v[0]}, {m[1], v[1]}});
  const std::vector<theory::normal_component> parts{{w[0], m[0], v[0]}, {w[1], m[1], v[1]}};
  const auto law = tilted(quadratic_reward(2, 0.25))(both);
  const auto exact = theory::tilted_mixture(parts, 2, 0.25);
  for (Index j = 0; j < 2; ++j) {
    CHECK(close(law.weight(j), exact[static_cast<std::size_t>(j)].weight, 1e-14));
    CHECK(close(law.component(j).mean()[0], exact[static_cast<std::size_t>(j)].mean, 1e-14));
    CHECK(close(law.component(j).variance(), exact[static_cast<std::size_t>(j)].variance, 1e-14));
  }
  CHECK(close(tilted(quadratic_reward(2))(both).weight(0), 0.4132051393754, 1e-12));

  // Selection of a share of the data settles where it was computed to; two rewards hold each other in check.
  const std::vector<double> truth{0.5, 0.3, 0.2}, r{0, 0.5, 1};
  std::vector<double> p = truth;
  for (int t = 0; t < 400; ++t) {
    const auto q = categorical(p).tilted(table{r}).probabilities();
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = 0.1 * truth[i] + 0.9 * q[i];
  }
  CHECK(gap(p, theory::curated_fixed_point(truth, r, 0.9)) < 1e-12);
  categorical coin{0.1, 0.9};
  for (int t = 0; t < 1000; ++t)
    coin = coin.tilted(shared_rewards({0.3, 0.7}, table{{std::log(100.0), 0}}, table{{std::log(0.5), 0}}));
  CHECK(close(coin.probability(0), theory::two_rewards(0.3, 100, 0.5).value, 1e-12));
  CHECK_FALSE(decodes<tilted<linear_reward>, bare<gaussian<double, 1>>>);
  CHECK_THROWS_AS(static_cast<void>(coin.tilted(table{{-infinity, -infinity}})), chain_end);
}

TEST_CASE("tilted: a chain of refits has the mean precision and the mean that were computed") {
  constexpr Index samples_each = 20, generations = 10;
  const auto last = [&](const auto& decode, auto&& read) {
    std::vector<double> values;
    for (std::uint64_t r = 0; r < 4000; ++r) {
      const auto line =
          run_lineage(experiment{normal, gaussian_estimator<double, 1>(divisor::n_minus_1), replace{}, decode},
                      {.generations = generations, .samples = samples_each}, stream(stream_key{5, 0}, {.replicate = r}));
      values.push_back(read(*line.model));
    }
    return mean_of(values);
  };
  const auto precision = last(tilted(quadratic_reward(0.1)), [](const auto& m) { return 1 / m.variance(); });
  CHECK_Z(precision.mean, theory::curated_precision(0.1, samples_each, generations, divisor::n_minus_1),
          precision.standard_error);
  // selection of the first data as well would be noticed
  const double k = 19.0 / 17;
  CHECK(std::abs(z_score(precision.mean,
                         theory::curated_precision(0.1, samples_each, generations, divisor::n_minus_1) +
                             0.1 * std::pow(k, static_cast<double>(generations)),
                         precision.standard_error)) > z_limit);
  const auto mean = last(tilted(linear_reward(0.1)), [](const auto& m) { return m.mean()[0]; });
  CHECK_Z(mean.mean, theory::curated_mean(0.1, samples_each, generations, divisor::n_minus_1), mean.standard_error);
}

TEST_CASE("top_fraction: the best of what is drawn, as order statistics say") {
  // i and k of the best 5 of 20 normal draws, by numerical integration over the sixth largest; the kept five are independent
  // given that, so their variance with divisor 4 has the mean k.
  const double i = 1.214478382829, k = 0.2584825685335;
  const auto first = [](const auto& x) { return static_cast<double>(x[0]); };
  const auto decode = top_fraction(0.25, first);
  std::vector<double> means, variances;
  for (std::uint64_t r = 0; r < 8000; ++r) {
    stream rng(stream_key{8, 0}, {.replicate = r});
    const samples<double, 1> x = decode(normal).sample(5, rng);
    means.push_back(x.mean());
    variances.push_back((x.array() - x.mean()).square().sum() / 4);
  }
  const auto mean = mean_of(means), variance = mean_of(variances);
  CHECK_Z(mean.mean, i, mean.standard_error);
  CHECK_Z(variance.mean, k, variance.standard_error);
  const auto limit = theory::best_fraction(0.25);
  CHECK(std::abs(z_score(mean.mean, limit.intensity, mean.standard_error)) > z_limit);  // 20 is not infinitely many
  // the best of all, also where draws are summed up block by block
  stream a(1), b(1);
  const samples<double, 1> x = decode(normal).sample(9000, a);
  const auto summary = decode(normal).stream_summary(9000, as<moments<double, 1>>{}, b);
  CHECK(close(summary.mean()[0], x.mean(), 1e-13));
  stream c(2), d(2);
  const samples<double, 1> all = normal.sample(300, c);
  CHECK(top_fraction(1, first)(normal).sample(300, d) == all);
  CHECK(throws([&] { top_fraction(0, first); }, "top_fraction", "fraction", "0"));
  CHECK(
      throws([&] { static_cast<void>(top_fraction(1e-300, first)(normal).sample(5, d)); }, "top_fraction", "n / fraction"));
}

TEST_CASE("verified: what passes has the law that it should, at the tries that it should take") {
  const auto inside = [](const auto& x) { return std::abs(x[0] - 0.3) < 1; };
  const Index n = 20'000;
  stream rng(4);
  const auto done = verified(inside)(normal).attempt(n, rng);
  const auto exact = theory::verified_window(0, 0.3, 1, 1);
  const auto x = mean_of(numbers(done.data));
  CHECK_Z(x.mean, exact.mean, x.standard_error);
  // tries of n successes: negative binomial, mean n / A and variance n (1 - A) / A^2
  const double a = exact.acceptance, count = static_cast<double>(n);
  CHECK_Z(static_cast<double>(done.tried), count / a, std::sqrt(count * (1 - a)) / a);
  CHECK(std::abs(z_score(static_cast<double>(done.tried), 0.97 * count / a, std::sqrt(count * (1 - a)) / a)) > z_limit);

  // one that errs: mass of what is acceptable phi A / (phi A + psi (1 - A))
  const auto noisy = verified(inside, {.keep = 0.9, .pass = 0.3})(normal).sample(n, rng);
  double right = 0;
  for (Index i = 0; i < n; ++i) right += inside(noisy.col(i)) ? 1 : 0;
  const double q = 0.9 * a / (0.9 * a + 0.3 * (1 - a));
  CHECK_Z(right, q * count, std::sqrt(count * q * (1 - q)));

  // symbols pass by an exact law
  const auto first = [](const auto& s) { return s[0] == 0; };
  CHECK(close(verified(first, {.keep = 0.9, .pass = 0.3})(categorical{0.25, 0.75}).probability(0), 0.5, 1e-15));
}

TEST_CASE("verified: no more is drawn than a fifth beyond what the acceptance rate says") {
  struct counting {
    Index* drawn;
    [[nodiscard]] Index dimension() const { return 1; }
    [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
      *drawn += n;
      return normal.sample(n, rng);
    }
  };
  const auto large = [](const auto& x) { return x[0] > 2; };
  for (const Index n : {100, 1000, 10'000}) {
    Index drawn = 0;
    stream rng(6);
    const auto done = verified(large)(counting{&drawn}).attempt(n, rng);
    CHECK(drawn >= done.tried);
    CHECK(static_cast<double>(drawn) < 1.2 * static_cast<double>(done.tried));
  }
}

TEST_CASE("verified: where nothing passes the chain ends, with a reason") {
  const auto never = [](const auto& x) { return x[0] > 60; };
  const auto line =
      run_lineage(experiment{normal, gaussian_estimator<double, 1>(divisor::n), replace{}, verified(never, {.tries = 1000})},
                  {.generations = 5, .samples = 10}, stream(1));
  CHECK(line.generations == 1);
  CHECK(line.why == ending::failure);
  CHECK(line.last.what == status::failed);
  CHECK(line.last.reason == "too little passes the verifier");
  CHECK(line.failure == "0 of 10 observations have passed the verifier in 10000 tries");
  const auto second = [](const auto& s) { return s[0] == 1; };
  const auto forgotten =
      run_lineage(experiment{categorical{1.0, 1e-9}, categorical_estimator(2), replace{}, verified(second)},
                  {.generations = 5, .samples = 10}, stream(1));
  CHECK(forgotten.generations == 1);
  CHECK(forgotten.last.what == status::failed);
  CHECK(throws([&] { verified(never, {.keep = 1.5}); }, "verified", "keep", "1.5"));
  CHECK(throws([&] { verified(never, {.keep = 0}); }, "verified", "keep and pass"));
  CHECK(throws([&] { verified(never, {.tries = 0}); }, "verified", "tries", "0"));
}

TEST_CASE("verified: a chain with a noisy verifier keeps the right answers as often as the matrix says") {
  const auto right = [](const auto& s) { return s[0] == 0; };
  std::vector<double> won;
  for (std::uint64_t r = 0; r < 4000; ++r) {
    const auto line = run_lineage(
        experiment{categorical{0.2, 0.8}, categorical_estimator(2), replace{}, verified(right, {.keep = 0.8, .pass = 0.4})},
        {.generations = 400, .samples = 10, .stop = {.absorbed = true}}, stream(stream_key{9, 0}, {.replicate = r}));
    won.push_back(line.model->probability(0));
  }
  const auto share = mean_of(won);
  CHECK_Z(share.mean, theory::noisy_verifier_fixation(0.2, 10, 2), share.standard_error);
  // a verifier of the first data as well is noticed
  CHECK(std::abs(z_score(share.mean, theory::noisy_verifier_fixation(1.0 / 3, 10, 2), share.standard_error)) > z_limit);
}

TEST_CASE("corrected: moves what is published towards the truth by gamma") {
  const auto law = corrected(normal, 3)(gaussian<double, 1>(4, 1));
  CHECK(close(law.share(), 0.75, 1e-15));
  CHECK(close(law.mean()[0], 1, 1e-15));
  CHECK(corrected(normal, infinity)(gaussian<double, 1>(4, 1)).share() == 1);
  CHECK(corrected(normal, 0)(gaussian<double, 1>(4, 1)).share() == 0);
  CHECK(throws([] { static_cast<void>(corrected(normal, -1)); }, "corrected", "gamma", "-1"));
}
