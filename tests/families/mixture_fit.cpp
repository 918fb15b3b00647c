#include "support/statistics.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/families/mixture/criteria.hpp>
#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/mixture/matching.hpp>

using namespace simulacra;

namespace {

using g2 = gaussian<double, 2>;
using m2 = gaussian_mixture<double, 2>;
using data2 = samples<double, 2>;
using options2 = mixture_options<double, 2>;
using fitter = mixture_estimator<double, 2>;

g2 ball(double x, double y, double variance) {
  return {point<double, 2>(x, y), square<double, 2>(square<double, 2>::Identity() * variance)};
}

const m2 three({0.5, 0.3, 0.2}, {ball(-5, 0, 1), ball(0, 4, 0.25), ball(5, 0, 2)});

template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    static_cast<void>(f());
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    return ((said.find(words) != std::string::npos) && ...);
  }
  return false;
}

/// Nothing that is no number, anywhere.
bool sound(const mixture_fit<double, 2>& f) {
  double sum = 0;
  for (Index j = 0; j < f.model.size(); ++j) {
    if (!(f.model.weight(j) >= 0) || !f.model.component(j).mean().allFinite()) return false;
    if (!f.model.component(j).factor().matrix().allFinite()) return false;
    sum += f.model.weight(j);
  }
  return std::abs(sum - 1) < 1e-12 && !std::isnan(f.log_likelihood) && (f.result.ok() == f.result.reason.empty());
}

data2 drawn(const m2& p, Index n, std::uint64_t seed = 5) {
  stream rng(seed);
  return p.sample(n, rng);
}

mixture_fit<double, 2> fit(const options2& o, const data2& x, std::uint64_t seed = 9) {
  stream rng(seed);
  return fitter(o).fit_in_detail(x, rng);
}

}  // namespace

TEST_CASE("mixture fit: every start finds well separated components, with derived errors") {
  const Index n = 20000;
  const data2 x = drawn(three, n);
  for (const mixture_start start :
       {mixture_start::k_means, mixture_start::random_points, mixture_start::random_responsibilities}) {
    const auto f = fit({.components = 3, .start = start, .restarts = 5, .tolerance = 1e-9}, x);
    CHECK(f.result.ok());
    CHECK(sound(f));
    // Overlap is negligible, so weights are binomial shares and each component's moments those of its own points.
    const m2 found = in_order_of(three, f.model);
    for (Index j = 0; j < 3; ++j) {
      const double w = three.weight(j), v = three.component(j).covariance()(0, 0), m = static_cast<double>(n) * w;
      CHECK_Z(found.weight(j), w, std::sqrt(w * (1 - w) / static_cast<double>(n)));
      CHECK_Z(found.component(j).mean()[0], three.component(j).mean()[0], std::sqrt(v / m));
      CHECK_Z(found.component(j).covariance()(1, 1), v, v * std::sqrt(2 / m));
    }
  }
  // A planted fault: one percent of the weight, 0.3 standard deviations of a mean.
  const auto f = fit({.components = 3}, x);
  CHECK(std::abs(simulacra_test::z_score(f.model.weight(0), 0.52, std::sqrt(0.25 / static_cast<double>(n)))) > 4.5);
}

TEST_CASE("mixture fit: the likelihood never falls and the tolerance is kept") {
  const data2 x = drawn(m2({0.5, 0.5}, {ball(0, 0, 1), ball(1.5, 0, 1)}), 1000);
  stream rng(1);
  for (const covariance_type what :
       {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied}) {
    mixture_em<double, 2> em(x, nullptr, gaussian_estimator<double, 2>(divisor::n).fit(x, rng).model,
                             {.components = 2, .covariance = what});
    em.start(m2({0.5, 0.5}, {ball(-1, 0.3, 1), ball(2, 0, 0.5)}), rng);
    double before = em.step(rng);
    for (int i = 0; i < 200; ++i) {
      const double now = em.step(rng);
      CHECK(now >= before - 1e-13 * std::abs(before));
      before = now;
    }
    CHECK(em.log_likelihood() >= before - 1e-13 * std::abs(before));
  }
  const auto loose = fit({.components = 2, .tolerance = 1e-3}, x),
             tight = fit({.components = 2, .tolerance = 1e-9, .max_iterations = 10000}, x);
  CHECK(loose.result.ok());
  CHECK(loose.iterations < tight.iterations);
  CHECK(loose.log_likelihood < tight.log_likelihood);
  const auto stopped = fit({.components = 2, .tolerance = 0, .max_iterations = 7}, x);
  CHECK(stopped.iterations == 7);
  CHECK(stopped.result.what == status::not_converged);
  CHECK_FALSE(stopped.result.reason.empty());
}

TEST_CASE("mixture fit: one component is the Gaussian by moments and the floor is added and reported") {
  const data2 x = drawn(three, 500);
  stream rng(1);
  const g2 single = gaussian_estimator<double, 2>(divisor::n).fit(x, rng).model;
  for (const double floor : {0.0, 0.25}) {
    const auto f = fit({.components = 1, .floor = floor}, x);
    CHECK(f.result.ok());
    CHECK(f.result.floor == floor);
    const square<double, 2> expected = single.covariance() + floor * square<double, 2>::Identity();
    CHECK((f.model.component(0).covariance() - expected).cwiseAbs().maxCoeff() < 1e-12);
    CHECK((f.model.component(0).mean() - single.mean()).norm() < 1e-13);
  }
  const auto round = fit({.components = 1, .covariance = covariance_type::spherical}, x);
  CHECK_CLOSE(round.model.component(0).covariance()(0, 0), single.covariance().trace() / 2, 1e-12);
  const auto straight = fit({.components = 1, .covariance = covariance_type::diagonal}, x);
  CHECK_CLOSE(straight.model.component(0).covariance()(1, 1), single.covariance()(1, 1), 1e-12);
  CHECK(straight.model.component(0).covariance()(0, 1) == 0);
}

TEST_CASE("mixture fit: a warm start keeps its order, is repeatable, and needs no randomness") {
  const data2 x = drawn(three, 2000);
  const m2 start({1, 1, 1}, {ball(5, 1, 1), ball(-4, 0, 1), ball(0, 3, 1)});
  stream a(1), b(2);
  const auto one = fitter({.components = 3}).starting_from(start).fit(x, a),
             two = fitter({.components = 3}).starting_from(start).fit(x, b);
  CHECK(one.model == two.model);
  CHECK(a.position() == 0);
  CHECK(one.model.component(0).mean()[0] > 4);
  CHECK(one.model.component(1).mean()[0] < -4);
  stream c(3), d(3);
  CHECK(fitter({.components = 3}).fit(x, c).model == fitter({.components = 3}).fit(x, d).model);
  // The best start wins: a hopeless one beside a good one changes nothing.
  const m2 hopeless({1, 1, 1}, {ball(0, 0, 1), ball(0, 0, 1), ball(0, 0, 1)});
  const auto both = fit({.components = 3, .start = mixture_start::given, .given = {hopeless, start}}, x);
  CHECK(both.start == 1);
  CHECK(both.model == one.model);
  CHECK(fit({.components = 3, .given = {start}, .restarts = 0}, x).model == one.model);
}

TEST_CASE("mixture fit: ideal is at least as likely as what it is the ideal of") {
  const data2 x = drawn(m2({0.4, 0.6}, {ball(0, 0, 1), ball(2.5, 0, 0.5)}), 300);
  const fitter actual({.components = 2, .start = mixture_start::random_responsibilities, .tolerance = 1e-4, .floor = 0.05});
  stream rng(1);
  const auto a = actual.fit_in_detail(x, rng);
  const fitter best = actual.ideal().also_from(a.model).also_from(m2({0.4, 0.6}, {ball(0, 0, 1), ball(2.5, 0, 0.5)}));
  CHECK(best.options().floor == 0);
  CHECK(best.options().given.size() == 2);
  const auto i = best.fit_in_detail(x, rng);
  CHECK(i.log_likelihood > a.log_likelihood);
  CHECK(i.result.floor == 0);
}

TEST_CASE("mixture fit: the family's own laws are their own projections, and others cost a stream") {
  const fitter any({.components = 3, .reference_draws = 20000});
  CHECK(any.project(three) == three);
  CHECK(any.project(ball(1, 2, 3)) == m2(ball(1, 2, 3)));
  stream rng(1);
  CHECK(any.project(three, rng) == three);
  CHECK(rng.position() == 0);
  CHECK(any.holds(three));
  const fitter two({.components = 2, .reference_draws = 20000}), one({.components = 1, .floor = 0.5});
  CHECK_FALSE(two.holds(three));
  CHECK(refuses([&] { return two.project(three); }, "project", "law", "stream"));
  const m2 near = two.project(three, rng);
  CHECK(near.size() == 2);
  CHECK((near.mean() - three.mean()).norm() < 0.1);  // EM keeps the mean of its 20000 draws
  // k = 1: by moments, exactly; the population fit has the floor, the projection has not.
  const square<double, 2> expected = three.covariance();
  CHECK((one.project(three).component(0).covariance() - expected).norm() < 1e-12);
  CHECK((one.population_fit(three, rng).component(0).covariance() - expected - 0.5 * square<double, 2>::Identity()).norm() <
        1e-12);
  const fitter round({.components = 3, .covariance = covariance_type::spherical}),
      tied({.components = 3, .covariance = covariance_type::tied});
  const fitter straight({.components = 2, .covariance = covariance_type::diagonal});
  CHECK(round.holds(three));
  CHECK_FALSE(tied.holds(three));
  CHECK(tied.holds(ball(1, 2, 3)));
  const g2 tilted({0, 0}, (square<double, 2>() << 1, 0.5, 0.5, 1).finished()),
      oblong({0, 0}, (square<double, 2>() << 1, 0, 0, 2).finished());
  CHECK_FALSE(straight.holds(tilted));
  CHECK(straight.holds(oblong));
  CHECK_FALSE(round.holds(oblong));
  const m2 population = fitter({.components = 3, .reference_draws = 50000}).population_fit(three, rng);
  CHECK(in_order_of(three, population).component(1).mean().isApprox(three.component(1).mean(), 0.02));
}

TEST_CASE("mixture fit: criteria by hand, and the right number of components") {
  CHECK(free_parameters(covariance_type::full, 3, 2) == 17);
  CHECK(free_parameters(covariance_type::diagonal, 3, 2) == 14);
  CHECK(free_parameters(covariance_type::spherical, 3, 2) == 11);
  CHECK(free_parameters(covariance_type::tied, 3, 2) == 11);
  CHECK(free_parameters(covariance_type::full, 1, Index{1} << 30) == (Index{1} << 59) + (Index{1} << 30) + (Index{1} << 29));
  CHECK_THROWS_AS(static_cast<void>(free_parameters(covariance_type::full, 3, Index{1} << 31)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(free_parameters(covariance_type::spherical, Index{1} << 62, 4)), std::invalid_argument);
  const data2 x = drawn(three, 600);
  double sum = 0, doubt = 0;
  for (Index i = 0; i < 600; ++i) {
    const point<double, 2> at = x.col(i);
    sum += three.log_density(at);
    for (Index j = 0; j < 3; ++j) {
      const double r = three.weight(j) * std::exp(three.component(j).log_density(at) - three.log_density(at));
      doubt -= r > 0 ? r * std::log(r) : 0;
    }
  }
  const auto c = criteria(three, covariance_type::full, x);
  CHECK_CLOSE(c.log_likelihood, sum, 1e-14);
  CHECK_CLOSE(c.aic, 34 - 2 * sum, 1e-14);
  CHECK_CLOSE(c.bic, 17 * std::log(600.0) - 2 * sum, 1e-14);
  CHECK_CLOSE(c.icl - c.bic, 2 * doubt, 1e-9);
  CHECK(doubt > 0.1);
  // Weights: only their ratios matter, n is the effective number, and what has no weight is not there.
  for (const double s : {1e-300, 1.0, 1e300}) {
    const auto equal = criteria(three, covariance_type::full, x, weights<double>(weights<double>::Constant(600, s)));
    CHECK_CLOSE(equal.bic, c.bic, 1e-13);
    CHECK_CLOSE(equal.icl, c.icl, 1e-13);
    weights<double> w = weights<double>::Zero(600);
    w.head(300).setConstant(s);
    const auto half = criteria(three, covariance_type::full, x, w);
    CHECK_CLOSE(half.icl, criteria(three, covariance_type::full, data2(x.leftCols(300))).icl, 1e-13);
    w.head(100).setConstant(3 * s);  // (300 + 200)^2 / (900 + 200)
    const double n = 250000.0 / 1100;
    const auto uneven = criteria(three, covariance_type::full, x, w);
    CHECK_CLOSE(uneven.bic - uneven.aic, 17 * (std::log(n) - 2), 1e-10);
    double mean = 0;
    for (Index i = 0; i < 300; ++i) mean += (i < 100 ? 3 : 1) * three.log_density(point<double, 2>(x.col(i))) / 500;
    CHECK_CLOSE(uneven.log_likelihood, n * mean, 1e-12);
  }
  stream rng(4);
  for (const criterion by : {criterion::bic, criterion::icl}) {
    const auto choice = choose_components(fitter({.components = 1, .restarts = 3}), 1, 5, by, x, rng);
    CHECK(choice.trials.size() == 5);
    CHECK(choice.chosen().components == 3);
  }
  // What has no weight is not there, whatever the scale of the others.
  data2 more(2, 700);
  more << x, data2::Constant(2, 100, 50.0);
  weights<double> w = weights<double>::Zero(700);
  w.head(600).setConstant(1e-300);
  const auto weighted = choose_components(fitter({.components = 1, .restarts = 3}), 2, 4, criterion::bic, more, w, rng);
  CHECK(weighted.chosen().components == 3);
  CHECK_CLOSE(weighted.trials[1].worth.bic, criteria(weighted.trials[1].fit.model, covariance_type::full, x).bic, 1e-12);
  CHECK(refuses([&] { return choose_components(fitter({.components = 1}), 0, 5, criterion::bic, x, rng); },
                "choose_components", "first", "0"));
  CHECK(refuses([&] { return choose_components(fitter({.components = 1}), 3, 2, criterion::bic, x, rng); },
                "choose_components", "last", "2"));
}

TEST_CASE("mixture fit: data that are singular as a whole give one singular Gaussian and say so") {
  const data2 same = data2::Constant(2, 50, 0.1), one = data2::Constant(2, 1, 3.0);
  data2 line = drawn(three, 100);
  line.row(1) = 2 * line.row(0);
  for (const data2& x : {same, one, line, data2(drawn(three, 2))}) {
    const auto f = fit({.components = 1}, x);
    CHECK(sound(f));
    CHECK(f.result.what == status::degenerate);
    CHECK(f.model.size() == 1);
    CHECK(f.model.component(0).factor().rank() < 2);
  }
  CHECK(fit({.components = 2}, same).result.what == status::degenerate);
  const data2 far_off = drawn(m2(ball(0, 0, 1e-30)), 200).array() + 1.0;
  CHECK(fit({.components = 2}, far_off).result.what == status::resolution);
  // With a floor there is something to fit.
  const auto floored = fit({.components = 2, .floor = 1e-6}, same);
  CHECK(sound(floored));
  CHECK(floored.result.floor == 1e-6);
  CHECK_CLOSE(floored.model.covariance()(0, 0), 1e-6, 1e-9);
}

TEST_CASE("mixture fit: lost components are dropped, reseeded or floored, and always recorded") {
  // Two points far from everything, one of them repeated: whoever closes on one of them is lost.
  data2 x = drawn(three, 200);
  x.col(0) = point<double, 2>(40, 40);
  x.col(1) = x.col(2) = point<double, 2>(-40, 40);
  const m2 start({1, 1, 1}, {ball(0, 0, 10), ball(40, 40, 0.1), ball(-40, 40, 0.1)});
  options2 o{.components = 3, .start = mixture_start::given, .given = {start}, .tolerance = 1e-8};
  const auto dropped = fit(o, x);
  CHECK(sound(dropped));
  CHECK(dropped.result.what == status::degenerate);
  CHECK(dropped.lost == 2);
  CHECK(dropped.model.size() == 1);
  o.lost = lost_component::reseed;
  const auto reseeded = fit(o, x);
  CHECK(sound(reseeded));
  CHECK(reseeded.result.what == status::degenerate);
  CHECK(reseeded.lost >= 2);
  CHECK(reseeded.model.size() == 3);
  o.lost = lost_component::floor;
  o.lost_floor = 1e-4;
  const auto floored = fit(o, x);
  CHECK(sound(floored));
  CHECK(floored.result.what == status::degenerate);
  CHECK(floored.result.floor == 1e-4);
  CHECK(floored.model.size() == 3);
  CHECK_CLOSE(floored.model.component(1).covariance()(0, 0), 1e-4, 1e-6);
  CHECK_CLOSE(floored.model.weight(2), 2.0 / 200, 1e-6);
  // A component to which nothing belongs is lost whatever the floor.
  o.given = {m2({1, 1e-9}, {ball(0, 0, 300), ball(1e5, 1e5, 1)})};
  const auto empty = fit(o, x);
  CHECK(sound(empty));
  CHECK(empty.lost == 1);
  CHECK(empty.model.size() == 1);
  // And the ordinary floor keeps them all, and is no loss.
  const auto kept = fit({.components = 3, .start = mixture_start::given, .given = {start}, .floor = 1e-4}, x);
  CHECK(kept.result.ok());
  CHECK(kept.model.size() == 3);
}

TEST_CASE("mixture fit: hostile data of every kind give an outcome and never a NaN") {
  stream rng(21);
  for (int round = 0; round < 120; ++round) {
    const Index n = 1 + static_cast<Index>(rng() % 14), k = 1 + static_cast<Index>(rng() % static_cast<std::uint64_t>(n));
    data2 x = three.sample(n, rng);
    if (round % 3 == 0)
      for (Index i = 0; i + 1 < n; i += 2) x.col(i) = x.col(i + 1);
    if (round % 4 == 1) x *= std::pow(10.0, round % 8 == 1 ? -300 : 290);
    if (round % 4 == 2) x.row(0) *= 1e-150;
    if (round % 5 == 4) x.array() += 1e8;
    weights<double> w = weights<double>::Ones(n);
    if (round % 2 == 0) {
      for (Index i = 0; i < n; ++i) w[i] = uniform(rng) < 0.3 ? 0 : std::pow(10.0, 300 * (uniform(rng) - 0.5));
      w.head(k).setOnes();
    }
    options2 o{.components = k,
               .covariance = static_cast<covariance_type>(round % 4),
               .start = static_cast<mixture_start>(round % 3),
               .restarts = 2,
               .max_iterations = 200,
               .floor = round % 7 == 0 ? 1e-3 : 0,
               .lost = static_cast<lost_component>(round / 4 % 3),
               .lost_floor = 1e-6};
    const auto f = fitter(o).fit_in_detail(x, w, rng);
    CHECK(sound(f));
    CHECK(f.model.sample(3, rng).allFinite());
  }
}

TEST_CASE("mixture fit: units and origin do not matter") {
  const data2 x = drawn(three, 500);
  const options2 o{.components = 3, .tolerance = 1e-10};
  const auto plain = fit(o, x);
  for (const int e : {-990, -60, 60, 990}) {
    const auto scaled = fit(o, data2(x * std::ldexp(1.0, e)));
    CHECK(scaled.result == plain.result);
    CHECK(scaled.iterations == plain.iterations);
    CHECK_CLOSE(scaled.log_likelihood, plain.log_likelihood - 2 * e * std::log(2.0), 1e-13);
    for (Index j = 0; j < 3; ++j) {
      const point<double, 2> back = scaled.model.component(j).mean() * std::ldexp(1.0, -e);
      // Within the range of squares the bits are the same; outside it the pooled covariance is found by another way.
      CHECK((back - plain.model.component(j).mean()).cwiseAbs().maxCoeff() <= (std::abs(e) > 100 ? 1e-12 : 0));
      CHECK(scaled.model.component(j).factor().log_diagonal(0) - plain.model.component(j).factor().log_diagonal(0) ==
            doctest::Approx(e * std::log(2.0)).epsilon(1e-12));
    }
  }
  const auto shifted = fit(o, data2(x.array() + 1e6));
  CHECK_CLOSE(shifted.log_likelihood, plain.log_likelihood, 1e-8);
  CHECK((shifted.model.component(0).covariance() - plain.model.component(0).covariance()).norm() < 1e-6);
}

TEST_CASE("mixture fit: a caller's mistakes are named") {
  const data2 x = drawn(three, 10);
  CHECK(refuses([] { return fitter({}); }, "mixture_estimator", "components", "0"));
  CHECK(refuses([] { return fitter({.components = 2, .tolerance = -1}); }, "tolerance", "-1"));
  CHECK(refuses([] { return fitter({.components = 2, .max_iterations = 0}); }, "max_iterations", "0"));
  CHECK(refuses([] { return fitter({.components = 2, .floor = std::nan("")}); }, "floor", "nan"));
  CHECK(refuses([] { return fitter({.components = 2, .restarts = 0}); }, "restarts", "0"));
  CHECK(refuses([] { return fitter({.components = 2, .start = mixture_start::given}); }, "given"));
  CHECK(refuses([] { return fitter({.components = 2, .given = {three}}); }, "given.size()", "3"));
  CHECK(refuses([] { return fitter({.components = 2, .lost = lost_component::floor}); }, "lost_floor", "0"));
  CHECK(refuses([&] { return fit({.components = 11}, x); }, "mixture_estimator::fit", "x.cols()", "10"));
  CHECK(refuses([&] { return fit({.components = 2}, data2(2, 0)); }, "x.cols()", "0"));
  data2 broken = x;
  broken(1, 3) = std::numeric_limits<double>::quiet_NaN();
  CHECK(refuses([&] { return fit({.components = 2}, broken); }, "mixture_estimator::fit", "x", "nan at row 1, column 3"));
  stream rng(1);
  weights<double> w = weights<double>::Zero(10);
  w[0] = 1;
  CHECK(refuses([&] { return fitter({.components = 2}).fit(x, w, rng); }, "x.cols()", "1"));
  w[1] = -1;
  CHECK(refuses([&] { return fitter({.components = 2}).fit(x, w, rng); }, "w", "-1"));
  CHECK(refuses([&] { return fitter({.components = 2}).fit(x, weights<double>(w.head(3)), rng); }, "w", "3"));
  w[1] = std::numeric_limits<double>::infinity();
  CHECK(refuses([&] { return fitter({.components = 2}).fit(x, w, rng); }, "w", "inf"));
}
