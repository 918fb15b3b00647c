#include <doctest/doctest.h>

#include <simulacra/families/language/decoders.hpp>
#include <simulacra/families/language/neural_estimator.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/recursion.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "language/support.hpp"
#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;
using sim::token_id;

namespace {

sim::corpus blocks() {
  return sim::blocks_of(language_test::little_text(), language_test::little_words(), sim::text_unit::word, {.length = 8});
}

sim::neural_options small() {
  return {.symbols = 16, .context = 2, .embedding = 3, .hidden = 5, .epochs = 60, .batch = 16, .learning_rate = 0.02};
}

}  // namespace

TEST_CASE("neural: the gradient is that of finite differences, in every parameter") {
  const sim::detail::neural_shape s{7, 2, 3, 4};
  Eigen::VectorXd theta(s.size()), gradient, unused;
  sim::stream rng(1);
  for (Index i = 0; i < theta.size(); ++i) theta[i] = 0.5 * sim::standard_normal(rng);
  sim::detail::neural_batch batch;
  batch.context = {1, 1, 1, 3, 3, 4, 4, 4, 0, 6};
  batch.target = {3, 4, 4, 2, 5};
  const auto loss = [&](const Eigen::VectorXd& at) { return sim::detail::neural_gradient(at, s, batch, unused); };
  sim::detail::neural_gradient(theta, s, batch, gradient);
  double largest = 0;
  for (Index i = 0; i < theta.size(); ++i) {
    Eigen::VectorXd up = theta, down = theta;
    const double h = 1e-5;
    up[i] += h;
    down[i] -= h;
    // Rounding of the loss over 2 h is about 1e-11, the third derivative's part h^2.
    CHECK(std::abs((loss(up) - loss(down)) / (2 * h) - gradient[i]) < 2e-9);
    largest = std::fmax(largest, std::abs(gradient[i]));
  }
  CHECK(largest > 0.05);
}

TEST_CASE("neural: probabilities add to 1, nothing predicts a start, and draws follow them") {
  sim::stream rng(2);
  const sim::neural_ngram m = sim::neural_ngram_estimator(small()).fit(blocks(), rng).model;
  CHECK(m.length() == 8);
  const auto p = m.probabilities(m.start());
  double sum = 0;
  for (const double x : p) sum += x;
  CHECK_CLOSE(sum, 1, 1e-12);
  CHECK(p[sim::sentence_start] == 0);
  constexpr Index draws = 20000;
  const sim::corpus x = sim::neural_ngram(m.shape(), m.parameters(), false, 1).sample(draws, rng);
  std::vector<double> seen(16), observed, wanted, tempered;
  for (const token_id w : x.all()) ++seen[w];
  const auto hot = m.tempered(1.3).probabilities(m.start());
  for (std::size_t w = 0; w < p.size(); ++w) {
    if (w == sim::sentence_start) continue;
    observed.push_back(seen[w]);
    wanted.push_back(static_cast<double>(draws) * p[w]);
    tempered.push_back(static_cast<double>(draws) * hot[w]);
  }
  CHECK(std::abs(simulacra_test::chi_square_z(observed, wanted)) <= simulacra_test::z_limit);
  CHECK(std::abs(simulacra_test::chi_square_z(observed, tempered)) > simulacra_test::z_limit);
  CHECK_CLOSE(hot[3] / hot[4], std::pow(p[3] / p[4], 1 / 1.3), 1e-12);
}

TEST_CASE("neural: it learns, a warm start learns on, and the same stream gives the same fit") {
  const sim::corpus x = blocks();
  sim::stream a(3), b(3), c(4);
  const sim::neural_ngram_estimator estimator(small());
  const sim::neural_ngram first = estimator.fit(x, a).model, again = estimator.fit(x, b).model;
  CHECK(first.parameters() == again.parameters());
  const double fitted = sim::perplexity(first, x);
  CHECK(fitted < 6);  // the words alone: 12.6
  CHECK_CLOSE(sim::score(first, x).log_probability / 2, -0.5 * std::log(fitted) * static_cast<double>(x.tokens()), 1e-12);
  sim::neural_options none = small(), few = small();
  none.epochs = 0;
  few.epochs = 2;
  few.learning_rate = 0.005;
  CHECK(sim::neural_ngram_estimator(none).starting_from(first).fit(x, c).model.parameters() == first.parameters());
  const double on = sim::perplexity(sim::neural_ngram_estimator(few).starting_from(first).fit(x, c).model, x);
  const double cold = sim::perplexity(sim::neural_ngram_estimator(few).fit(x, c).model, x);
  CHECK(on < 1.1 * fitted);
  CHECK(cold > 1.5 * fitted);
  few.weight_decay = 100;
  CHECK(sim::neural_ngram_estimator(few).fit(x, c).model.parameters().norm() < 0.2 * first.parameters().norm());
}

TEST_CASE("neural: through the loop, with prompts and best of k, sentences end") {
  const sim::corpus x = blocks();
  const sim::data_law truth(x);
  sim::neural_options quick = small();
  quick.epochs = 10;
  const sim::experiment what{truth, sim::neural_ngram_estimator(quick), sim::preserve(0.25),
                             sim::prompted(x, sim::best_of(2))};
  const auto line = sim::run_lineage(what, {.generations = 3, .samples = truth.size()}, sim::stream(5));
  CHECK(line.generations == 3);
  CHECK(std::isfinite(sim::perplexity(*line.model, x)));
  sim::stream rng(6);
  const sim::corpus sentences =
      sim::neural_ngram_estimator(small()).fit(language_test::little_sentences(), rng).model.sample(50, rng);
  CHECK(sentences.closed());
  CHECK(sentences.longest() < 1000);
}

TEST_CASE("neural: bad arguments") {
  const auto with = [](auto change) {
    sim::neural_options how = small();
    change(how);
    return sim::neural_ngram_estimator(how);
  };
  CHECK_THROWS_AS(with([](auto& o) { o.symbols = 2; }), std::invalid_argument);
  CHECK_THROWS_AS(with([](auto& o) { o.context = 6; }), std::invalid_argument);
  CHECK_THROWS_AS(with([](auto& o) { o.hidden = 0; }), std::invalid_argument);
  CHECK_THROWS_AS(with([](auto& o) { o.learning_rate = std::nan(""); }), std::invalid_argument);
  CHECK_THROWS_AS(with([](auto& o) { o.weight_decay = -1; }), std::invalid_argument);
  sim::stream rng(7);
  const sim::neural_ngram_estimator estimator(small());
  CHECK_THROWS_AS(static_cast<void>(estimator.fit(sim::corpus(), rng)), std::invalid_argument);
  sim::corpus strange;
  strange.add(std::vector<token_id>{3, 16});
  CHECK_THROWS_WITH_AS(static_cast<void>(estimator.fit(strange, rng)),
                       "simulacra::neural_ngram_estimator::fit: argument 'a token' is 16; it must be under symbols = 16",
                       std::invalid_argument);
  const auto other = with([](auto& o) { o.hidden = 6; });
  sim::stream again(8);
  const auto model = other.fit(blocks(), again).model;
  CHECK_THROWS_AS(static_cast<void>(estimator.starting_from(model)), std::invalid_argument);
  const auto wild = with([](auto& o) { o.learning_rate = 1e200; });
  CHECK(wild.fit(blocks(), again).result.what == sim::status::not_converged);
  CHECK_THROWS_AS(with([](auto& o) { o.tolerance = -1; }), std::invalid_argument);
}

TEST_CASE("neural: no fit is ok while its loss falls, or after it left the range, and none has a NaN in it") {
  const sim::corpus x = blocks();
  const auto after = [&](sim::Index epochs, double rate) {
    sim::neural_options how = small();
    how.epochs = epochs;
    how.learning_rate = rate;
    sim::stream rng(3);
    const auto done = sim::neural_ngram_estimator(how).fit(x, rng);
    INFO(epochs << " " << rate << " " << done.result.reason << " " << sim::perplexity(done.model, x));
    CHECK(done.model.parameters().allFinite());
    CHECK_FALSE(std::isnan(sim::perplexity(done.model, x)));
    if (done.result.ok()) CHECK(sim::perplexity(done.model, x) < 4);
    return done.result.what;
  };
  for (const double rate : {1e3, 1e100, 1e300}) CHECK(after(4, rate) == sim::status::not_converged);
  for (const sim::Index epochs : {0, 1, 3}) CHECK(after(epochs, 1e-3) == sim::status::not_converged);
  CHECK(after(30, 1e-9) == sim::status::not_converged);
  CHECK(after(600, 0.01) == sim::status::ok);
}
