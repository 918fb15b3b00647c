// What the ledger's numbers are on average, against closed forms.
#include "support.hpp"

#include <simulacra/categorical.hpp>
#include <simulacra/theory.hpp>

using namespace simulacra_test;
namespace theory = simulacra::theory;

namespace {

/// The empirical measure of some data, as a model: it is sampled with replacement.
struct resampled {
  samples<double, 1> data;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) x[i] = data[uniform_index(data.cols(), rng)];
    return x;
  }
};

template <class Map>
void embed_into(const resampled& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  map.mean_into(law.data, nullptr, out);
}

/// Trains nothing: the model is its data. What it returns from infinitely many data is their law, which it cannot return.
struct memorise {
  [[nodiscard]] resampled fit(const samples<double, 1>& x, stream&) const { return {x}; }
};

/// The coordinate itself, as a map with one feature: the linear kernel.
struct linear_feature {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] Index features() const { return 1; }
  template <class X>
  void mean_into(const X& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    out[0] = w != nullptr && w->size() > 0 ? x.row(0).dot(w->transpose()) / w->sum() : x.row(0).mean();
  }
};
void embed_into(const gaussian<double, 1>& law, const linear_feature&, Eigen::Ref<Eigen::VectorXd> out) {
  out[0] = law.mean()[0];
}

/// Distances of all replicates at a generation.
template <class Experiment, class Space>
records run(const Experiment& what, const Space& space, const plan& how, Index replicates,
            const ledger_options& options = {}) {
  std::vector<Index> wanted{1};
  if (how.generations > 1) wanted.push_back(how.generations);
  return run_ensemble(what, how, {.replicates = replicates, .seed = 9, .generations = wanted}, ledger(what, space, options));
}

template <class Experiment, class Space>
void check_kernel_law(const Experiment& what, const Space& space, double initial, theory::workflow kept,
                      const draw how = draw::stored) {
  const Index samples = 12, last = 6;
  const records all = run(what, space, {.generations = last, .samples = samples, .how = how}, 1500, {.reference = 4});
  for (std::size_t row : {0u, 1u}) {
    const auto distances = mean_of(all.values(row, all.column("distance_sq")));
    const Index t = all.generations()[row];
    CHECK_Z(distances.mean, theory::kernel_distance(initial, samples, t, kept), distances.standard_error);
    // The twin that must fail: the other workflow's law.
    const auto other = kept == theory::workflow::replace ? theory::workflow::accumulate : theory::workflow::replace;
    if (t > 1)
      CHECK(std::abs(z_score(distances.mean, theory::kernel_distance(initial, samples, t, other),
                             distances.standard_error)) > z_limit);
    for (const double misfit : all.values(row, all.column("residual"))) CHECK(misfit <= 1e-10);
  }
}

}  // namespace

TEST_CASE("universal kernel law: delta, linear and Gaussian kernels, replace and accumulate") {
  const categorical words = categorical::zipf(8, 1);
  const gaussian<double, 1> normal(0, 1);
  const auto fourier = fourier_space(64);
  Eigen::VectorXd truth = fourier.zero();
  fourier.embed(normal, truth);
  for (const auto kept : {theory::workflow::replace, theory::workflow::accumulate}) {
    const any_recipe recipe = kept == theory::workflow::replace ? any_recipe(replace{}) : any_recipe(accumulate{});
    for (const draw how : {draw::stored, draw::collapsed})
      check_kernel_law(experiment{words, categorical_estimator(8), recipe}, feature_space<delta_features>(delta_features(8)),
                       words.heterozygosity(), kept, how);
    check_kernel_law(experiment{normal, memorise{}, recipe}, feature_space<linear_feature>(linear_feature{}), 1, kept);
    // Random features are a kernel of their own, with k(x, x) = 1, for which the law is exact as well.
    check_kernel_law(experiment{normal, memorise{}, recipe}, fourier, 1 - truth.squaredNorm(), kept);
  }
}

TEST_CASE("the statistical term of a Gaussian has its closed form, and falls like 1 / n") {
  const gaussian<double, 2> truth = gaussian<double, 2>::standard();
  for (const divisor by : {divisor::n, divisor::n_minus_1})
    for (const Index n : {10, 100, 1000}) {
      const experiment what{truth, gaussian_estimator<double, 2>(by), replace{}};
      const records all = run(what, gaussian_rkhs<double, 2>(1.0), {.generations = 1, .samples = n}, 4000);
      const auto term = mean_of(all.values(0, all.column("statistical_sq")));
      CHECK_Z(term.mean, theory::gaussian_statistical_mmd2(2, 1, 1, n, by), term.standard_error);
      CHECK(std::abs(z_score(1.05 * term.mean, theory::gaussian_statistical_mmd2(2, 1, 1, n, by), term.standard_error)) >
            2);  // 5 % would show
      for (const double v : all.values(0, all.column("expressivity_sq"))) CHECK(v == 0);
      for (const double v : all.values(0, all.column("approximation_sq"))) CHECK(v == 0);
    }
  CHECK(1000 * theory::gaussian_statistical_mmd2(2, 1, 1, 1000, divisor::n) ==
        doctest::Approx(1e6 * theory::gaussian_statistical_mmd2(2, 1, 1, 1'000'000, divisor::n)).epsilon(0.01));
}

TEST_CASE("expressivity of a Gaussian fitted to two normals: KL, and L2 on a grid") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n), replace{}};
  risk_ledger risk(what);
  ledger grid(what, feature_space<grid_features>(grid_features(grid_axis{-14, 14, 2800})));
  run_lineage(what, {.generations = 2, .samples = 1000, .how = draw::stored}, stream(1), risk, grid);
  CHECK_CLOSE(risk.rows()[0].expressivity, theory::two_normals_expressivity_kl(2, 1), 1e-10);
  CHECK_CLOSE(risk.rows()[0].expressivity, 0.1719987624801832, 1e-10);
  CHECK_CLOSE(grid.rows()[0].squared_of(term::expressivity), 0.0363880630215788,
              1e-4);  // cells of 0.01: an error of their square
  CHECK(risk.rows()[1].expressivity == 0);
}

TEST_CASE("with infinitely many data only expressivity is left, and stays what it was") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n), replace{}};
  const auto last = run_population(what, {.generations = 50, .samples = 10}, stream(1), 1000);
  REQUIRE(last);
  CHECK_CLOSE(last->variance(), 5, 1e-14);
  CHECK(last->mean()[0] == 0);
}

TEST_CASE("variance expressivity of a Laplace fitted to a normal law") {
  // In closed form, and by reference draws within their own stated error.
  const gaussian<double, 1> truth(0, 1);
  const experiment exact{truth, laplace_mle<knows::projection>{}, replace{}};
  functional_ledger closed(exact, functional_space(variance_functional()));
  run_lineage(exact, {.generations = 1, .samples = 100}, stream(2), closed);
  CHECK_CLOSE(closed.rows()[0].due_to(term::expressivity), theory::laplace_variance_expressivity(1), 1e-12);
  CHECK(closed.rows()[0].due_to(term::approximation) == 0);

  const experiment by_draws{truth, laplace_mle<knows::ideal>{}, replace{}};
  functional_ledger estimated(by_draws, functional_space(variance_functional()), {.reference = 40'000});
  std::vector<double> away, stated;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    run_lineage(by_draws, {.generations = 1, .samples = 50}, stream(seed), estimated);
    const functional_row& row = estimated.rows()[0];
    away.push_back(row.due_to(term::expressivity) - (4 / 3.141592653589793 - 1));
    stated.push_back(row.error[index_of(term::expressivity)] * row.error[index_of(term::expressivity)]);
    CHECK(row.due_to(term::approximation) == 0);
  }
  // The bias is of order 1 / draws, far below the error of the mean.
  const auto bias = mean_of(away);
  CHECK_Z(bias.mean, 0, bias.standard_error);
  // The stated variance is unbiased: compare it with the squared deviations, replicate by replicate.
  std::vector<double> apart;
  for (std::size_t i = 0; i < away.size(); ++i) apart.push_back(away[i] * away[i] - stated[i]);
  const auto gap = mean_of(apart);
  CHECK_Z(gap.mean, 0, gap.standard_error);
  // The twin that must fail: half the stated variance, as if the halves had not been averaged.
  std::vector<double> wrong;
  for (std::size_t i = 0; i < away.size(); ++i) wrong.push_back(4 * away[i] * away[i] - stated[i]);
  const auto planted = mean_of(wrong);
  CHECK(std::abs(z_score(planted.mean, 0, planted.standard_error)) > z_limit);
}

TEST_CASE("what random features misstate is known, and shrinks like 1 / D") {
  const gaussian<double, 1> p(0, 1), q(0.5, 2);
  const gaussian_rkhs<double, 1> exact(1.0);
  auto u = exact.zero();
  exact.embed(q, u);
  auto v = exact.zero();
  exact.embed(p, v);
  exact.add(u, -1, v);
  const double distance = exact.inner(u, u);
  double before = 0, error_before = 0;
  for (const Index features : {64, 256, 1024}) {
    std::vector<double> errors, stated;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
      const auto space = fourier_space(features, 1, seed);
      Eigen::VectorXd a = space.zero(), b = space.zero();
      space.embed(q, a);
      space.embed(p, b);
      a -= b;
      // In units of the true distance, not of the drawn one, so that both have the same expectation and no ratio a bias.
      const double drawn = space.inner(a, a) / distance;
      errors.push_back(std::pow(drawn - 1, 2));
      stated.push_back(space.relative_variance(a) * drawn * drawn);
    }
    const auto error = mean_of(errors), says = mean_of(stated);
    const double scale = std::hypot(error.standard_error, says.standard_error);
    CHECK_Z(says.mean, error.mean, scale);
    CHECK(std::abs(z_score(2 * says.mean, error.mean, scale)) > z_limit);  // twice the variance is noticed
    // An inner product is a mean over independent frequencies, so its variance is 1 / D exactly.
    if (before > 0) CHECK_Z(error.mean, before / 4, std::hypot(error.standard_error, error_before / 4));
    before = error.mean;
    error_before = error.standard_error;
  }
}

TEST_CASE("entropy, tail mass and quantiles are booked with their signs") {
  const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 0.1}),
                        accumulate{}};
  functional_ledger books(
      what, functional_space(variance_functional(), mean_functional(), tail_mass_functional(3), quantile_functional(0.9)),
      {.reference = 1000});
  run_lineage(what, {.generations = 8, .samples = 60, .how = draw::stored}, stream(2), books);
  for (std::size_t k = 0; k < 4; ++k)
    for (const functional_row& row : books.rows(k)) {
      INFO(k);
      CHECK(row.residual <= 1e-12);
    }
  for (const functional_row& row : books.rows(1)) CHECK(std::abs(row.due_to(term::mixing)) <= 1e-14);  // a mean is linear
  CHECK(books.rows(0)[0].due_to(term::approximation) == doctest::Approx(0.1).epsilon(1e-12));          // the floor
  CHECK(books.rows(0)[7].due_to(term::mixing) > 0);  // the spread of the sources' means
  functional_ledger risks(what, functional_space(entropy_functional()), {.reference = 1000});
  CHECK(risks.names().front() == "entropy");
}

TEST_CASE("Pythagoras: exact moment matching splits the divergence exactly, and a floor breaks it") {
  for (const double floor : {0.0, 0.2}) {
    const experiment what{two_normals{}, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = floor}),
                          preserve(0.2, preserve::real::redrawn)};
    risk_ledger books(what);
    run_lineage(what, {.generations = 10, .samples = 50}, stream(6), books);
    for (const risk_terms& r : books.rows()) {
      CHECK(r.expressivity + r.approximation + r.statistical == doctest::Approx(r.total).epsilon(1e-10));
      CHECK(r.expressivity >= 0);
      CHECK(r.error == 0);
      if (floor == 0) {
        CHECK(r.approximation == 0);
        CHECK(r.statistical == doctest::Approx(r.pythagoras).epsilon(1e-9));
      } else {
        CHECK(r.approximation > 0);
      }
    }
  }
}

TEST_CASE("a distance is only bounded") {
  const experiment what{gaussian<double, 1>(0, 1), gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = 0.2}),
                        replace{}};
  distance_ledger books(what, "w2", [](const gaussian<double, 1>& p, const gaussian<double, 1>& q) {
    return std::sqrt(wasserstein_squared(p, q));
  });
  run_lineage(what, {.generations = 10, .samples = 30}, stream(1), books);
  for (const triangle_bound& b : books.rows()) {
    CHECK(b.expressivity == 0);
    CHECK(b.approximation > 0);
    CHECK(b.distance <= b.bound() * (1 + 1e-12));
  }
}
