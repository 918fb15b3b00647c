// Variational autoencoders: the bound and its gradient, draws, training, outcomes.
#include "support/statistics.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/families/latent/spread.hpp>
#include <simulacra/families/latent/vae_estimator.hpp>

using namespace simulacra;

namespace {

template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    static_cast<void>(f());
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    INFO(said);
    const bool all = ((said.find(words) != std::string::npos) && ...);
    CHECK(all);
    return all;
  }
  return false;
}

samples<> normals(Index rows, Index columns, std::uint64_t seed) {
  samples<> x(rows, columns);
  stream rng(seed);
  fill_normal(std::span(x.data(), static_cast<std::size_t>(x.size())), rng);
  return x;
}

/// Small weights, biases included.
vae<> some(const vae_shape& shape, std::uint64_t seed = 5) {
  return {shape, point<>(0.5 * normals(shape.parameters(), 1, seed))};
}

/// A chain of one hidden unit by which the decoder is the identity: mean of x given z is z, plus 100 under the softplus' curve.
/// As a law x ~ N(0, 1 + s^2).
vae<> line(double noise) {
  const vae_shape shape{1, 1, {1}, activation::softplus, likelihood::gaussian};
  // encoder: w b | w_mean w_logvar b_mean b_logvar; decoder: w b | w b; log s
  // posterior: mean x / (1 + s^2), variance s^2 / (1 + s^2)
  const double gain = 1 / (1 + noise * noise), variance = noise * noise * gain;
  point<> p(11);
  p << 1, 100, gain, 0, -100 * gain, std::log(variance), 1, 100, 1, -100, std::log(noise);
  return {shape, p};
}

/// Points near three corners of the square, in [0, 1]^2.
samples<> corners(Index n, std::uint64_t seed) {
  samples<> x = 0.05 * normals(2, n, seed);
  for (Index i = 0; i < n; ++i)
    x.col(i) += (i % 3 == 0   ? point<>(point<>::Constant(2, 0.2))
                 : i % 3 == 1 ? (point<>(2) << 0.8, 0.2).finished()
                              : (point<>(2) << 0.2, 0.8).finished());
  return x.cwiseMax(0).cwiseMin(1);
}

}  // namespace

TEST_CASE("vae: the gradient of the bound is that of finite differences") {
  for (const likelihood observation : {likelihood::bernoulli, likelihood::gaussian})
    for (const activation units : {activation::tanh, activation::softplus}) {
      const vae_shape shape{4, 2, {5, 3}, units, observation};
      const point<> p = some(shape).parameters();
      detail::latent::vae_pass<double> pass(shape);
      const samples<> x = (0.5 + 0.2 * normals(4, 6, 1).array()).max(0).min(1), noise = normals(2, 6, 2);
      const point<> w = (point<>(6) << 1, 0, 2, 0.5, 1.5, 1).finished();
      for (const point<>* weight : {static_cast<const point<>*>(nullptr), &w}) {
        point<> g = point<>::Constant(p.size(), 1e300), ignored(p.size());
        const double value = pass.gradient(p.data(), x, noise, 0.7, weight, g.data());
        const auto loss = [&](const point<>& at) {
          const point<> each = pass.losses(at.data(), x, noise, 0.7);
          return weight == nullptr ? each.mean() : each.dot(*weight) / 6;
        };
        CHECK_CLOSE(value, loss(p), 1e-13);
        double worst = 0;
        constexpr double h = 1e-6;
        for (Index i = 0; i < p.size(); ++i) {
          point<> up = p, down = p;
          up[i] += h;
          down[i] -= h;
          worst = std::fmax(worst, std::abs((loss(up) - loss(down)) / (2 * h) - g[i]));
        }
        CHECK(worst < 1e-7);
        CHECK(g.allFinite());
      }
    }
}

TEST_CASE("vae: the bound written out") {
  const vae_shape shape{3, 2, {4}, activation::tanh, likelihood::bernoulli};
  const vae<> model = some(shape);
  detail::latent::vae_pass<double> pass(shape);
  const samples<> x = (samples<>(3, 1) << 0, 1, 0.25).finished(), noise = normals(2, 1, 3);
  const double loss = pass.losses(model.parameters().data(), x, noise, 1)[0];
  const samples<> code = pass.code();
  point<> z(2);
  double expected = 0;
  for (Index k = 0; k < 2; ++k) {
    z[k] = code(k, 0) + std::exp(code(2 + k, 0) / 2) * noise(k, 0);
    expected += 0.5 * (code(k, 0) * code(k, 0) + std::exp(code(2 + k, 0)) - code(2 + k, 0) - 1);
  }
  CHECK((model.encode(x) - code.topRows(2)).norm() < 1e-15);
  const samples<> mean = model.decode(z);
  for (Index j = 0; j < 3; ++j) expected -= x(j, 0) * std::log(mean(j, 0)) + (1 - x(j, 0)) * std::log(1 - mean(j, 0));
  CHECK_CLOSE(loss, expected, 1e-13);
}

TEST_CASE("vae: a linear one is a Gaussian whose likelihood is known") {
  const double s = 0.5;
  const vae<> model = line(s);
  CHECK_CLOSE(model.noise(), s, 1e-14);
  // The encoder is the exact posterior: every importance weight is the likelihood itself.
  const samples<> x = (samples<>(1, 3) << 0.3, -1.2, 2).finished();
  double expected = 0;
  for (Index i = 0; i < 3; ++i)
    expected -= (0.5 * std::log(2 * 3.14159265358979323846 * (1 + s * s)) + 0.5 * x(0, i) * x(0, i) / (1 + s * s)) / 3;
  stream rng(1);
  CHECK_CLOSE(model.importance_log_likelihood(x, 7, rng), expected, 1e-10);
  CHECK(model.mean_divergence(x) > 0);
  // Its draws have the variance 1 + s^2, and those of its means 1.
  const Index n = 40000;
  const double error = std::sqrt(2.0 / static_cast<double>(n));
  CHECK_Z(model.sample(n, rng).squaredNorm() / static_cast<double>(n), 1.25, 1.25 * error);
  CHECK_Z(model.means().sample(n, rng).squaredNorm() / static_cast<double>(n), 1.0, error);
  CHECK_FALSE(std::abs(simulacra_test::z_score(model.sample(n, rng).squaredNorm() / static_cast<double>(n), 1.0, error)) <
              4.5);
  // On average over draws the bound is no better than the likelihood, and the bound of a wrong encoder is worse.
  point<> p = model.parameters();
  p[2] *= 0.5;
  p[4] *= 0.5;
  const vae<> worse(model.shape(), p);
  samples<> many = x.replicate(1, 2000);
  CHECK(worse.negative_elbo(many, rng) > -expected + 0.05);
  const double one = worse.importance_log_likelihood(many, 1, rng),
               hundred = worse.importance_log_likelihood(many, 100, rng);
  CHECK(one < expected);
  CHECK(std::abs(hundred - expected) < 0.1 * (expected - one));
}

TEST_CASE("vae: draws of Bernoulli pixels are 0 or 1 and have the decoder's means") {
  const vae_shape shape{3, 1, {4}, activation::relu, likelihood::bernoulli};
  const vae<> model = some(shape, 8);
  stream rng(2);
  const Index n = 30000;
  const samples<> x = model.sample(n, rng), mean = model.means().sample(n, rng);
  for (Index j = 0; j < 3; ++j) {
    CHECK(((x.row(j).array() == 0) || (x.row(j).array() == 1)).all());
    const double a = x.row(j).mean(), b = mean.row(j).mean();
    const double spread = (mean.row(j).array() - b).square().mean();
    // Var x = b (1 - b) in all; the means have `spread` of it.
    CHECK_Z(a, b, std::sqrt((b * (1 - b) + spread) / static_cast<double>(n)));
  }
}

TEST_CASE("vae: training lowers the bound, and finds the data's three corners") {
  const samples<> x = corners(300, 4);
  stream rng(6);
  const vae_estimator<> fit({.latent = 1,
                             .hidden = {16},
                             .observation = likelihood::gaussian,
                             .epochs = 150,
                             .batch = 50,
                             .learning_rate = 0.01,
                             .tolerance = 0.3});
  const auto done = fit.fit_in_detail(x, rng);
  CHECK(done.result.ok());
  REQUIRE(done.losses.size() == 150);
  CHECK(done.losses.back() < done.losses.front() - 1);
  CHECK(done.model.noise() < 0.2);
  // Draws lie near the data: within 0.35 of a corner, nearly all.
  const samples<> y = done.model.sample(500, rng);
  const samples<> middle = (samples<>(2, 3) << 0.2, 0.8, 0.2, 0.2, 0.2, 0.8).finished();
  Index near = 0;
  for (Index i = 0; i < y.cols(); ++i) near += (middle.colwise() - y.col(i)).colwise().norm().minCoeff() < 0.35 ? 1 : 0;
  CHECK(near > 450);
  // The same stream, the same model; a warm start of no epochs is the start.
  stream a(7), b(7);
  const vae_estimator<> brief({.latent = 1, .hidden = {16}, .observation = likelihood::gaussian, .epochs = 2, .batch = 50});
  CHECK(brief.fit(x, a).model == brief.fit(x, b).model);
  const vae_estimator<> none({.latent = 1, .hidden = {16}, .observation = likelihood::gaussian, .epochs = 0});
  CHECK(none.starting_from(done.model).fit(x, a).model == done.model);
  // Weights: observations of weight 0 are not there.
  weights<double> w = weights<double>::Zero(300);
  for (Index i = 0; i < 300; i += 3) w[i] = 2;
  const auto one = fit.fit(x, w, rng);
  const samples<> only = one.model.sample(300, rng);
  CHECK((only.rowwise().mean() - point<>::Constant(2, 0.2)).norm() < 0.05);
}

TEST_CASE("vae: weight decay and a fixed noise are kept to") {
  const samples<> x = corners(200, 5);
  const auto with = [&](double decay, double noise) {
    stream rng(3);
    return vae_estimator<>({.latent = 1,
                            .hidden = {8},
                            .observation = likelihood::gaussian,
                            .noise = noise,
                            .epochs = 30,
                            .batch = 20,
                            .learning_rate = 0.01,
                            .weight_decay = decay})
        .fit(x, rng)
        .model;
  };
  CHECK(with(0, 0.3).noise() == doctest::Approx(0.3).epsilon(1e-12));
  CHECK(with(5, 0.3).noise() == doctest::Approx(0.3).epsilon(1e-12));
  // A start of another noise is a start, not the end of the option.
  const vae_estimator<> fixed({.latent = 1, .hidden = {8}, .observation = likelihood::gaussian, .noise = 0.2, .epochs = 1});
  stream rng(4);
  CHECK(fixed.starting_from(with(0, 0.3)).fit(x, rng).model.noise() == doctest::Approx(0.2).epsilon(1e-12));
  CHECK(with(5, 0).parameters().norm() < 0.8 * with(0, 0).parameters().norm());
}

TEST_CASE("vae: lost latent variables and a training that diverges are outcomes") {
  stream rng(4);
  const samples<> x = corners(100, 6);
  // A KL term that weighs a hundred times as much is cheapest at 0.
  const auto lost =
      vae_estimator<>({.latent = 2, .hidden = {8}, .beta = 100, .epochs = 200, .batch = 20, .learning_rate = 0.01})
          .fit(x, rng);
  CHECK(lost.result.what == status::degenerate);
  CHECK(lost.result.reason.find("posterior") != std::string::npos);
  const auto wild =
      vae_estimator<>(
          {.latent = 2, .hidden = {8}, .observation = likelihood::gaussian, .epochs = 50, .batch = 20, .learning_rate = 1e6})
          .fit(x, rng);
  CHECK(wild.result.what == status::not_converged);
  CHECK(wild.model.parameters().allFinite());
  // All observations the same, and one observation: a model, and no NaN.
  const auto same = vae_estimator<>({.latent = 1, .hidden = {4}, .epochs = 20}).fit(samples<>::Constant(3, 40, 0.5), rng);
  CHECK(same.model.sample(5, rng).allFinite());
  CHECK(vae_estimator<>({.latent = 1, .hidden = {4}, .epochs = 3})
            .fit(samples<>::Constant(3, 1, 0.5), rng)
            .model.parameters()
            .allFinite());
}

namespace {

/// x = o + z + 0.3 e in four dimensions, times s: the exact PPCA law has 2.59 + 4 log s nats.
samples<> one_factor(double o, double s) {
  stream rng(1);
  samples<> x(4, 200);
  for (Index i = 0; i < x.cols(); ++i) {
    const double z = standard_normal(rng);
    for (Index k = 0; k < 4; ++k) x(k, i) = s * (o + z + 0.3 * standard_normal(rng));
  }
  return x;
}

const vae_options<> narrow{
    .latent = 1, .hidden = {16}, .observation = likelihood::gaussian, .epochs = 400, .learning_rate = 1e-2};

}  // namespace

TEST_CASE("vae: a fit does not depend on where the data lie and how wide they are") {
  const auto bound = [](double o, double s) {
    const samples<> x = one_factor(o, s);
    stream rng(2), look(3);
    const auto done = vae_estimator<>(narrow).fit_in_detail(x, rng);
    INFO(o << " " << s << " " << done.result.reason);
    CHECK(done.result.ok());
    CHECK_CLOSE(done.model.noise() / s, 0.29, 0.03);
    CHECK_CLOSE(done.losses.back() - 4 * std::log(s), 2.6, 0.3);
    CHECK_CLOSE(std::sqrt(mean_variance(done.model.sample(4000, look))) / s, 1.04, 0.1);
    CHECK(std::abs(done.model.sample(1000, look).mean() / s - o) < 0.2 + 1e-9 * o);
    return done.model.negative_elbo(x, look) - 4 * std::log(s);
  };
  const double here = bound(0, 1);
  CHECK_CLOSE(here, 2.6, 0.15);
  for (const auto& [o, s] : {std::pair{20.0, 1.0}, {1e6, 1.0}, {0.0, 10.0}, {5.0, 1e-100}, {5.0, 1e100}})
    CHECK_CLOSE(bound(o, s), here, 0.05);
}

TEST_CASE("vae: what a model says in its units it says in those of the data") {
  const vae_shape shape{3, 2, {5}, activation::tanh, likelihood::gaussian};
  const vae<> plain = some(shape, 9);
  const data_units<> units{(point<>(3) << 5, -2, 100).finished(), 0.01};
  const vae<> moved(shape, plain.parameters(), units);
  const samples<> y = normals(3, 7, 10);
  samples<> x = y;
  units.leave(x);
  const double apart = 3 * std::log(0.01);
  const auto same = [&](auto&& ask) {
    stream a(4), b(4);
    return std::pair{ask(plain, y, a), ask(moved, x, b)};
  };
  const auto [b, c] = same([](const vae<>& m, const samples<>& at, stream& r) { return m.negative_elbo(at, r); });
  CHECK_CLOSE(c, b + apart, 1e-9);
  const auto [k, l] =
      same([](const vae<>& m, const samples<>& at, stream& r) { return m.importance_log_likelihood(at, 3, r); });
  CHECK_CLOSE(l, k - apart, 1e-9);
  CHECK_CLOSE(moved.mean_divergence(x), plain.mean_divergence(y), 1e-9);
  CHECK((moved.encode(x) - plain.encode(y)).norm() < 1e-9);
  CHECK_CLOSE(moved.noise(), 0.01 * plain.noise(), 1e-15);
  auto [drawn, expected] = same([](const vae<>& m, const samples<>&, stream& r) { return m.sample(5, r); });
  units.leave(drawn);
  CHECK((drawn - expected).norm() < 1e-12);
  CHECK_FALSE(moved == plain);
  // The same model with other networks: those that see other units.
  const data_units<> other{(point<>(3) << 4, 4, 90).finished(), 3};
  const vae<> again(shape, detail::latent::in_other_units(plain.parameters(), shape, units, other), other);
  const samples<> z = normals(2, 4, 11);
  CHECK((again.decode(z) - moved.decode(z)).norm() < 1e-9);
  CHECK((again.encode(x) - moved.encode(x)).norm() < 1e-9);
  CHECK_CLOSE(again.noise(), moved.noise(), 1e-14);
  CHECK(refuses([&] { return vae<>(shape, plain.parameters(), {point<>::Zero(2), 1}); }, "units.centre.size()"));
  CHECK(refuses([&] { return vae<>(shape, plain.parameters(), {point<>::Zero(3), 0}); }, "units.spread"));
}

TEST_CASE("vae: no fit is ok while its loss falls, none after it left the range, and the bound is never NaN") {
  const samples<> x = one_factor(3, 1);
  const auto after = [&](Index epochs, double rate) {
    vae_options<> how = narrow;
    how.epochs = epochs;
    how.learning_rate = rate;
    stream rng(2);
    return vae_estimator<>(how).fit(x, rng);
  };
  for (const Index epochs : {0, 1, 5, 20, 100}) CHECK(after(epochs, 1e-3).result.what == status::not_converged);
  CHECK(after(200, 1e-7).result.what == status::not_converged);  // whose loss does not seem to fall, from where it begins
  for (const double rate : {1.0, 1e3, 1e100, 1e300}) {
    const auto wild = after(20, rate);
    CHECK(wild.result.what == status::not_converged);
    stream look(3);
    CHECK_FALSE(std::isnan(wild.model.negative_elbo(x, look)));
    CHECK_FALSE(std::isnan(wild.model.importance_log_likelihood(x, 2, look)));
  }
  const vae_shape shape{4, 1, {16}, activation::relu, likelihood::gaussian};
  const vae<> huge(shape, point<>::Constant(shape.parameters(), 1e200));
  stream look(3);
  constexpr double infinite = std::numeric_limits<double>::infinity();
  CHECK(huge.negative_elbo(x, look) == infinite);
  CHECK(huge.mean_divergence(x) == infinite);
  CHECK(huge.importance_log_likelihood(x, 2, look) == -infinite);
  // Data without any spread, and with no more than the rounding of their mean.
  stream rng(2);
  vae_options<> how = narrow;
  how.epochs = 20;
  CHECK(vae_estimator<>(how).fit(samples<>::Constant(4, 20, 7), rng).result.what == status::degenerate);
  const samples<> rounded = samples<>::Constant(4, 20, 1) + 1e-16 * one_factor(0, 1).leftCols(20);
  CHECK(vae_estimator<>(how).fit(rounded, rng).result.what == status::resolution);
  CHECK_THROWS_AS(static_cast<void>(vae_estimator<>(how).fit(1e306 * x, rng)), std::domain_error);
}

TEST_CASE("vae: only ratios of weights matter, and an observation of weight 0 is not there") {
  const samples<> x = one_factor(1, 1);
  vae_options<> how = narrow;
  how.epochs = 3;
  const vae_estimator<> fit(how);
  weights<double> w(200);
  for (Index i = 0; i < 200; ++i) w[i] = i < 150 ? static_cast<double>(1 + i % 3) : 0.0;
  const auto weighted = [&](const samples<>& data, const weights<double>& by) {
    stream rng(5);
    return fit.fit(data, by, rng).model;
  };
  const vae<> plain = weighted(x, w);
  for (const double scale : {0x1p-1000, 0x1p1000}) CHECK(weighted(x, scale * w) == plain);
  samples<> far = x;
  far.rightCols(50).array() += 1e9;
  CHECK(weighted(far, w) == plain);
  CHECK(weighted(x.leftCols(150), w.head(150)) == plain);
  CHECK_FALSE(weighted(far, weights<double>::Ones(200)) == plain);
}

TEST_CASE("vae: bad arguments are named") {
  using options = vae_options<>;
  stream rng(1);
  CHECK(refuses([] { return vae_estimator<>(options{}); }, "vae_estimator", "latent", "0"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 1, .hidden = {}}); }, "hidden.size()"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 1, .hidden = {4, 0}}); }, "hidden", "at least 1 each"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 1, .batch = 0}); }, "batch"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 1, .learning_rate = -1}); }, "learning_rate", "-1"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 1, .weight_decay = 1e4}); }, "weight_decay"));
  CHECK(refuses([] { return vae_estimator<>(options{.latent = 2, .start = some({3, 1, {128}})}); }, "start", "shape"));
  const vae_estimator<> fit({.latent = 1, .hidden = {2}, .epochs = 1});
  CHECK(refuses([&] { return fit.fit(samples<>(3, 0), rng); }, "x.cols()"));
  CHECK(refuses([&] { return fit.fit(samples<>::Constant(3, 4, 1.5), rng); }, "1.5", "[0, 1]"));
  CHECK(refuses([&] { return fit.fit(samples<>::Constant(3, 4, std::nan("")), rng); }, "nan at row 0"));
  CHECK(refuses([&] { return fit.fit(samples<>::Constant(3, 4, 0.5), weights<double>::Zero(4), rng); }, "w.sum()"));
  CHECK(refuses([&] { return fit.fit(samples<>::Constant(3, 4, 0.5), weights<double>::Ones(3), rng); },
                "one entry per observation"));
  const vae<> model = some({3, 1, {2}});
  CHECK(refuses([&] { return model.encode(samples<>(2, 2)); }, "encode", "x.rows()", "2"));
  CHECK(refuses([&] { return model.encode(samples<>::Constant(3, 2, std::nan(""))); }, "encode", "nan at row 0"));
  CHECK(refuses([&] { return model.negative_elbo(samples<>(3, 0), rng); }, "x.cols()"));
  CHECK(refuses([&] { return model.importance_log_likelihood(samples<>(3, 1), 0, rng); }, "draws"));
  CHECK(refuses([&] { return vae<>({3, 1, {2}}, point<>(3)); }, "parameters.size()"));
}
