#include <doctest/doctest.h>

#include <simulacra/families/language/estimator.hpp>
#include <simulacra/families/language/markov_source.hpp>
#include <simulacra/families/language/perplexity.hpp>
#include <simulacra/families/language/risk.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/recursion.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "language/support.hpp"
#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;
using sim::ngram_smoothing;
using sim::token_id;

namespace {

/// A source of order 2 on 3 words, one history of which never leads to word 2.
const std::vector<double> table = {0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 0.25, 0.25, 0.5, 0.05, 0.9, 0.05, 0.4, 0.6,
                                   0,   0.3, 0.3, 0.4, 0.8, 0.1, 0.1,  0.2,  0.2, 0.6,  0.1, 0.45, 0.45};
constexpr Index length = 6;

sim::ngram source() { return sim::markov_source({.order = 2, .words = 3, .conditional = table, .length = length}); }

/// All blocks, with their probabilities, by nothing but the table: the stationary law by many steps of the chain.
std::map<std::vector<token_id>, double> all_blocks() {
  std::array<double, 9> law{};
  law.fill(1.0 / 9);
  for (int step = 0; step < 5000; ++step) {
    std::array<double, 9> next{};
    for (std::size_t h = 0; h < 9; ++h)
      for (std::size_t a = 0; a < 3; ++a) next[(3 * h + a) % 9] += law[h] * table[3 * h + a];
    law = next;
  }
  std::map<std::vector<token_id>, double> blocks;
  for (std::size_t code = 0; code < 729; ++code) {
    std::vector<std::size_t> word(length);
    std::size_t left = code;
    for (std::size_t i = length; i-- > 0; left /= 3) word[i] = left % 3;
    double p = law[3 * word[0] + word[1]];
    for (std::size_t i = 2; i < length; ++i) p *= table[9 * word[i - 2] + 3 * word[i - 1] + word[i]];
    std::vector<token_id> block;
    for (const std::size_t w : word) block.push_back(static_cast<token_id>(w) + sim::first_word);
    blocks[block] = p;
  }
  return blocks;
}

/// log of the best model of order 1 at a block, where a word depends on the one before it, or on being the first: by
/// enumeration.
struct enumerated {
  std::map<std::vector<token_id>, double> blocks = all_blocks();
  double first[3] = {}, pair[3][3] = {};

  enumerated() {
    for (const auto& [block, p] : blocks) {
      first[block[0] - 3] += p;
      for (std::size_t i = 1; i < block.size(); ++i) pair[block[i - 1] - 3][block[i] - 3] += p;
    }
    for (auto& row : pair) {
      const double sum = row[0] + row[1] + row[2];
      for (double& x : row) x /= sum;
    }
  }

  [[nodiscard]] double log_projection(const std::vector<token_id>& block) const {
    double sum = std::log(first[block[0] - 3]);
    for (std::size_t i = 1; i < block.size(); ++i) sum += std::log(pair[block[i - 1] - 3][block[i] - 3]);
    return sum;
  }

  /// KL(source || its projection), per block.
  [[nodiscard]] double expressivity() const {
    double sum = 0;
    for (const auto& [block, p] : blocks)
      if (p > 0) sum += p * (std::log(p) - log_projection(block));
    return sum;
  }
};

}  // namespace

TEST_CASE("a Markov source as an n-gram model: every block has its probability, and every window one law") {
  const sim::ngram law = source();
  CHECK(law.order() == 3);
  CHECK(law.symbols() == 6);
  double entropy = 0, total = 0;
  for (const auto& [block, p] : all_blocks()) {
    CHECK(simulacra_test::close(std::exp(law.log_density(block)), p, 1e-11, 1e-300));
    entropy -= p > 0 ? p * std::log(p) : 0;
    total += p;
  }
  CHECK_CLOSE(total, 1, 1e-12);
  CHECK_CLOSE(sim::entropy(law), entropy, 1e-12);
  const sim::ngram alone = sim::markov_source({.order = 0, .words = 2, .conditional = {3, 1}, .length = 2});
  CHECK_CLOSE(alone.probability({}, 3), 0.75, 1e-15);
  CHECK_THROWS_AS(static_cast<void>(sim::markov_source({.order = 1, .words = 2, .conditional = {1, 0, 0, 1}})),
                  std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::markov_source({.order = 1, .words = 2, .conditional = {1, 0, 1}})),
                  std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::markov_source({.order = 6, .words = 2, .conditional = {}})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::markov_source({.order = 1, .words = 2, .conditional = {1, -1, 1, 1}})),
                  std::invalid_argument);
}

TEST_CASE("projection on a lower order is exact: by enumeration of all blocks") {
  const enumerated by_hand;
  const sim::ngram_estimator<2> bigrams({.by = ngram_smoothing::witten_bell, .symbols = 6});
  const sim::ngram law = source(), best = bigrams.project(law);
  CHECK(bigrams.holds(law));
  CHECK(best.order() == 2);
  CHECK(best.length() == length);
  for (const auto& [block, p] : by_hand.blocks) CHECK_CLOSE(best.log_density(block), by_hand.log_projection(block), 1e-12);
  const double expressivity = sim::cross_entropy(law, best) - sim::entropy(law);
  CHECK(expressivity > 0.1);
  CHECK_CLOSE(expressivity, by_hand.expressivity(), 1e-11);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(sim::ngram_estimator<2>({.by = ngram_smoothing::witten_bell, .symbols = 4}).project(law)),
      "simulacra::ngram_estimator::project: argument 'the largest token' is 5; it must be under symbols = 4",
      std::invalid_argument);
  // It is the best: any other bigram model is worse, a fitted one included.
  sim::stream rng(1);
  CHECK(sim::cross_entropy(law, bigrams.fit(law.sample(300, rng)).model) > sim::cross_entropy(law, best));
  // A law of a low enough order is its own projection; a bigger family holds it.
  const sim::ngram_estimator<4> larger({.by = ngram_smoothing::witten_bell, .symbols = 6});
  CHECK_CLOSE(sim::cross_entropy(law, larger.project(law)), sim::entropy(law), 1e-13);
  CHECK(std::isinf(
      sim::cross_entropy(law, sim::markov_source({.order = 0, .words = 2, .conditional = {1, 1}, .length = length}))));
}

TEST_CASE("projection of a text is its maximum likelihood fit, and a large fit comes close to the projection of a source") {
  sim::stream rng(2);
  const sim::ngram law = source();
  const sim::corpus x = law.sample(200, rng), many = law.sample(40000, rng);
  const sim::ngram_estimator<2> bigrams({.by = ngram_smoothing::maximum_likelihood, .symbols = 6});
  CHECK_CLOSE(sim::perplexity(bigrams.project(sim::data_law(x)), x), sim::perplexity(bigrams.fit(x).model, x), 1e-13);
  const sim::ngram best = bigrams.project(law);
  for (const ngram_smoothing by : {ngram_smoothing::witten_bell, ngram_smoothing::kneser_ney, ngram_smoothing::additive}) {
    const sim::ngram fit = sim::ngram_estimator<2>({.by = by, .symbols = 6}).fit(many).model;
    // A conditional frequency of n draws (five a block follow some word) strays by sqrt(p (1 - p) / n); discounts are of
    // order 1 / n.
    sim::ngram::state s{}, t{};
    fit.advance(s, 3);
    best.advance(t, 3);
    double seen = 0;
    for (Index i = 0; i < many.size(); ++i)
      for (std::size_t k = 0; k + 1 < length; ++k) seen += many[i][k] == 3;
    const double p = best.probability(t, 3);
    CHECK_Z(fit.probability(s, 3), p, std::sqrt(p * (1 - p) / seen));
  }
}

TEST_CASE("the risk ledger's expressivity of an n-gram is the enumerated one, later it is nil, and the terms add up") {
  const enumerated by_hand;
  const sim::experiment what{source(), sim::ngram_estimator<2>({.by = ngram_smoothing::witten_bell, .symbols = 6}),
                             sim::replace{}};
  sim::risk_ledger accounts(what, {.reference = 100});
  sim::run_lineage(what, {.generations = 4, .samples = 400}, sim::stream(3), accounts);
  REQUIRE(accounts.rows().size() == 4);
  CHECK_CLOSE(accounts.rows()[0].expressivity, by_hand.expressivity(), 1e-10);
  for (std::size_t t = 0; t < 4; ++t) {
    const auto& terms = accounts.rows()[t];
    if (t > 0) CHECK(std::abs(terms.expressivity) <= 1e-12);
    CHECK(std::abs(terms.approximation) <= 1e-12);  // smoothing fades: with infinitely many data there is none
    CHECK(terms.statistical > 0);
    CHECK_CLOSE(terms.expressivity + terms.approximation + terms.statistical, terms.total, 1e-10);
  }
}

TEST_CASE("the risk ledger on a text, and on real data mixed in: what is known adds up, what is not is no number") {
  sim::stream rng(5);
  const sim::data_law text(source().sample(300, rng));
  const sim::ngram_estimator<2> bigrams({.by = ngram_smoothing::witten_bell, .symbols = 6});
  const sim::experiment what{text, bigrams, sim::preserve(0.5, sim::preserve::real::redrawn)};
  sim::risk_ledger accounts(what, {.reference = 100});
  sim::run_lineage(what, {.generations = 3, .samples = 300}, sim::stream(6), accounts);
  const auto& first = accounts.rows()[0];
  std::map<std::vector<token_id>, double> times;
  for (Index i = 0; i < text.size(); ++i) times[{text.data()[i].begin(), text.data()[i].end()}] += 1.0 / 300;
  double entropy = 0;
  for (const auto& [block, share] : times) entropy -= share * std::log(share);
  const sim::ngram best =
      sim::ngram_estimator<2>({.by = ngram_smoothing::maximum_likelihood, .symbols = 6}).fit(text.data()).model;
  const double per_token = std::log(sim::perplexity(best, text.data()));
  CHECK_CLOSE(first.expressivity, length * per_token - entropy, 1e-10);
  CHECK_CLOSE(first.expressivity + first.approximation + first.statistical, first.total, 1e-10);
  CHECK(first.statistical > 0);  // smoothing: the data are all of the text, so nothing else strays from it
  CHECK(accounts.rows()[2].statistical > 0);
  CHECK(std::isnan(accounts.rows()[2].expressivity));

  // Kept data are known by their counts, whatever way they were drawn.
  for (const sim::draw how : {sim::draw::stored, sim::draw::streamed}) {
    const sim::experiment keeping{source(), bigrams, sim::accumulate{}};
    sim::risk_ledger kept(keeping, {.reference = 100});
    sim::run_lineage(keeping, {.generations = 3, .samples = 300, .how = how}, sim::stream(6), kept);
    CHECK(kept.rows()[2].statistical != 0);
    CHECK(std::abs(kept.rows()[2].approximation) <= 1e-10);
  }
}

TEST_CASE(
    "the ledger of risk: with a vocabulary too large to enumerate it draws, says how well, and agrees with what is exact") {
  // 300^2 histories are too many to promise, but few of them differ, and followed all the same they are exact.
  const sim::ngram_estimator<3> trigrams({.by = ngram_smoothing::witten_bell, .symbols = 300});
  const sim::ngram law = trigrams
                             .fit(sim::blocks_of(language_test::little_text(), language_test::little_words(),
                                                 sim::text_unit::word, {.length = 5}))
                             .model;
  const sim::experiment what{law, trigrams, sim::replace{}};
  sim::risk_ledger books(what, {.reference = 3000});
  std::vector<sim::ngram> models;
  sim::run_lineage(what, {.generations = 3, .samples = 200}, sim::stream(17), books,
                   [&](const auto& g) { models.push_back(g.model); });
  CHECK_FALSE(sim::cross_entropy_in_reach(law, models[0]));
  for (std::size_t t = 0; t < 3; ++t) {
    const sim::ngram& from = t == 0 ? law : models[t - 1];
    const double exact = sim::cross_entropy(from, models[t]) - sim::entropy(from);
    const sim::risk_terms& r = books.rows()[t];
    CHECK(exact > 0.05);
    CHECK(r.error > 0);
    CHECK(r.error < 0.1 * exact);
    CHECK_Z(r.total, exact, r.error);
    CHECK(std::abs(simulacra_test::z_score(r.total, 1.5 * exact, r.error)) > simulacra_test::z_limit);
    CHECK(r.expressivity == 0);
    CHECK(r.approximation == 0);
    CHECK(r.statistical == r.total);
  }
  // What a model has lost is infinitely surprising, and not a NaN.
  const sim::experiment losing{law, trigrams.ideal(), sim::replace{}};
  sim::risk_ledger lost(losing, {.reference = 300});
  sim::run_lineage(losing, {.generations = 1, .samples = 50}, sim::stream(18), lost);
  CHECK(std::isinf(lost.rows()[0].total));
  CHECK(std::isinf(lost.rows()[0].error));
}

TEST_CASE("cross-entropy from counts is the mean over the sequences that were counted") {
  sim::stream rng(7);
  const sim::corpus x = source().sample(100, rng);
  sim::ngram_counts<3> c;
  c.fold(x);
  const sim::ngram_estimator<2> bigrams({.by = ngram_smoothing::kneser_ney, .symbols = 6});
  const sim::ngram_estimator<3> trigrams({.by = ngram_smoothing::witten_bell, .symbols = 6});
  const sim::ngram_estimator<4> longer({.by = ngram_smoothing::witten_bell, .symbols = 6});
  for (const sim::ngram& q : {bigrams.fit(x).model, trigrams.fit(x).model})
    CHECK_CLOSE(sim::cross_entropy(c, q), sim::cross_entropy(sim::data_law(x), q), 1e-12);
  CHECK_THROWS_AS(static_cast<void>(sim::cross_entropy(c, longer.fit(x).model)), std::invalid_argument);
}

TEST_CASE("laws of sentences: exact expectations agree with draws, the cut at the longest length included") {
  const sim::corpus real = language_test::little_sentences();
  for (const Index longest : {5, 40}) {
    const sim::ngram_options options{.by = ngram_smoothing::witten_bell, .symbols = 16, .length = longest};
    const sim::ngram law = sim::ngram_estimator<3>(options).fit(real).model;
    const sim::ngram_estimator<2> bigrams(options);
    const sim::ngram best = bigrams.project(law);
    CHECK(best.closed());
    sim::stream rng(8);
    const sim::corpus x = law.sample(4000, rng);
    std::vector<double> losses;
    for (Index i = 0; i < x.size(); ++i) losses.push_back(-best.log_density(x[i]));
    const auto mean = simulacra_test::mean_of(losses);
    const double exact = sim::cross_entropy(law, best);
    CHECK_Z(mean.mean, exact, mean.standard_error);
    CHECK(std::abs(simulacra_test::z_score(mean.mean, 1.1 * exact, mean.standard_error)) > simulacra_test::z_limit);
    CHECK(exact < sim::cross_entropy(law, bigrams.fit(real).model));
  }
}

TEST_CASE("random sources: their average is Zipf's law, and the concentration says how much a history tells") {
  sim::stream rng(4);
  const sim::ngram loose = sim::random_markov_source({.order = 1, .words = 20, .concentration = 100, .length = 8}, rng);
  const sim::ngram tight = sim::random_markov_source({.order = 1, .words = 20, .concentration = 0.05, .length = 8}, rng);
  CHECK(sim::entropy(tight) < 0.7 * sim::entropy(loose));
  double sum = 0, zipf = 0;
  for (int i = 1; i <= 20; ++i) sum += 1.0 / i;
  for (int i = 1; i <= 20; ++i) zipf -= 8 / (i * sum) * std::log(1 / (i * sum));
  CHECK(std::abs(sim::entropy(loose) - zipf) < 0.02 * zipf);
  CHECK_THROWS_AS(static_cast<void>(sim::random_markov_source({.order = 3, .words = 20}, rng)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::random_markov_source({.order = 1, .words = 20, .concentration = 0}, rng)),
                  std::invalid_argument);
}
