#include <doctest/doctest.h>

#include <simulacra/families/language/beam.hpp>
#include <simulacra/families/language/decoders.hpp>
#include <simulacra/families/language/estimator.hpp>
#include <simulacra/families/language/nucleus.hpp>
#include <simulacra/families/language/token_editing.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/policies/decoders.hpp>
#include <simulacra/recursion/decoder.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "language/support.hpp"
#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;
using sim::ngram_smoothing;
using sim::token_id;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr ngram_smoothing all_smoothings[] = {ngram_smoothing::kneser_ney, ngram_smoothing::witten_bell,
                                              ngram_smoothing::additive, ngram_smoothing::maximum_likelihood};

sim::ngram model_of(ngram_smoothing by, const sim::corpus& x, Index length = 0) {
  return sim::ngram_estimator<3>(
             {.by = by, .symbols = language_test::little_words().size(), .alpha = 0.25, .length = length})
      .fit(x)
      .model;
}

sim::corpus little_blocks() {
  return sim::blocks_of(language_test::little_text(), language_test::little_words(), sim::text_unit::word, {.length = 8});
}

std::vector<sim::ngram::state> some_states(const sim::ngram& m) {
  std::vector<sim::ngram::state> all{{}, m.start()};
  const auto words = language_test::little_words();
  for (const auto& read : std::vector<std::vector<const char*>>{{"the"}, {"on", "the"}, {"mat", "dog"}, {"a", "rat"}}) {
    std::vector<token_id> ids;
    for (const char* w : read) ids.push_back(words.find(w));
    all.push_back(m.state_after(ids));
  }
  return all;
}

/// All words by probability, the slow way.
std::vector<std::pair<double, token_id>> sorted_words(const sim::ngram& m, sim::ngram::state s) {
  std::vector<std::pair<double, token_id>> all;
  const auto p = m.probabilities(s);
  for (token_id w = 0; w < p.size(); ++w)
    if (p[w] > 0) all.emplace_back(p[w], w);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return all;
}

/// z of the words that `draw` gives against probabilities; infinite if one comes that has none.
template <class Draw>
double goodness(const std::vector<double>& p, Draw&& draw) {
  constexpr int draws = 20000;
  std::vector<double> seen(p.size()), observed, wanted;
  for (int i = 0; i < draws; ++i) ++seen[draw()];
  for (std::size_t w = 0; w < p.size(); ++w) {
    if (p[w] == 0 && seen[w] > 0) return infinity;
    if (p[w] == 0) continue;
    observed.push_back(seen[w]);
    wanted.push_back(draws * p[w]);
  }
  return observed.size() == 1 ? 0 : simulacra_test::chi_square_z(observed, wanted);
}

}  // namespace

TEST_CASE("ranking: every word once, in the order of probability, with the state after it") {
  for (const ngram_smoothing by : all_smoothings) {
    const sim::ngram m = model_of(by, language_test::little_sentences());
    for (const sim::ngram::state s : some_states(m)) {
      const auto expected = sorted_words(m, s);
      sim::ranking words(m, s);
      sim::candidate c;
      std::vector<bool> seen(static_cast<std::size_t>(m.symbols()));
      std::size_t i = 0;
      for (; words.next(c); ++i) {
        REQUIRE(i < expected.size());
        CHECK_CLOSE(c.probability, expected[i].first, 1e-12);
        sim::ngram::state walked = s;
        CHECK_CLOSE(m.advance(walked, c.word), c.probability, 1e-12);
        CHECK(walked == c.after);
        CHECK_FALSE(seen[c.word]);
        seen[c.word] = true;
      }
      CHECK(i == expected.size());
    }
  }
}

TEST_CASE("tempered: powers of the probabilities after every history, exactly, and draws of them") {
  for (const ngram_smoothing by : all_smoothings)
    for (const double tau : {0.02, 0.5, 1.0, 3.0}) {
      INFO(sim::name_of(by), " at ", tau);
      const sim::ngram m = model_of(by, language_test::little_sentences()), q = m.tempered(tau);
      CHECK(q.tables().interpolated);
      for (const sim::ngram::state s : some_states(m)) {
        const auto p = m.probabilities(s), got = q.probabilities(s);
        double largest = 0, sum = 0;
        for (const double x : p) largest = std::fmax(largest, x);
        for (const double x : p) sum += x > 0 ? std::pow(x / largest, 1 / tau) : 0;
        for (std::size_t w = 0; w < p.size(); ++w)
          CHECK(simulacra_test::close(got[w], p[w] > 0 ? std::pow(p[w] / largest, 1 / tau) / sum : 0, 1e-10, 1e-16));
      }
    }
  const sim::ngram m = model_of(ngram_smoothing::kneser_ney, language_test::little_sentences()), q = m.tempered(0.5);
  sim::stream rng(1);
  const auto draw = [&] {
    sim::ngram::state s{};
    return q.draw_next(s, rng);
  };
  CHECK(std::abs(goodness(q.probabilities({}), draw)) <= simulacra_test::z_limit);
  CHECK(goodness(m.probabilities({}), draw) > simulacra_test::z_limit);
  CHECK_THROWS_AS(static_cast<void>(m.tempered(0)), std::invalid_argument);
}

TEST_CASE("top-k and top-p: draws of the first word are those of the model cut off and scaled up") {
  const sim::ngram m = model_of(ngram_smoothing::witten_bell, little_blocks(), 1);
  const std::vector<token_id> read = {language_test::little_words().find("on"), language_test::little_words().find("the")};
  const auto order = sorted_words(m, m.state_after(read));
  const auto cut = [&](std::size_t kept) {
    std::vector<double> p(static_cast<std::size_t>(m.symbols()));
    double mass = 0;
    for (std::size_t i = 0; i < kept; ++i) mass += order[i].first;
    for (std::size_t i = 0; i < kept; ++i) p[order[i].second] = order[i].first / mass;
    return p;
  };
  std::size_t kept = 0;
  double mass = 0;
  while (mass < 0.8) mass += order[kept++].first;
  REQUIRE(order[kept - 1].first > order[kept].first * 1.001);  // no tie at the edge, so the set is one
  REQUIRE(order[3].first > order[4].first * 1.001);
  sim::stream rng(2);
  std::vector<token_id> out;
  const auto first_of = [&](const auto& decoded) {
    return [&] {
      decoded.continue_after(read, out, rng);
      REQUIRE(out.size() == 1);
      return out[0];
    };
  };
  const sim::top_k_ngram four = sim::top_k(4)(m);
  const sim::nucleus_ngram nucleus = m.truncated(0.8);
  CHECK(std::abs(goodness(cut(4), first_of(four))) <= simulacra_test::z_limit);
  CHECK(std::abs(goodness(cut(kept), first_of(nucleus))) <= simulacra_test::z_limit);
  CHECK(goodness(cut(3), first_of(four)) > simulacra_test::z_limit);
  CHECK(goodness(cut(kept - 1), first_of(nucleus)) > simulacra_test::z_limit);
  CHECK(goodness(cut(kept + 1), first_of(nucleus)) > simulacra_test::z_limit);
  for (const double c : {1e-3, 1e-13, 1e-300}) {  // the most probable word alone
    CHECK(order[0].first > 1e-3);
    const sim::nucleus_ngram alone = m.truncated(c);  // `first_of` keeps a reference
    const auto first = first_of(alone);
    for (int i = 0; i < 100; ++i) CHECK(first() == order[0].second);
  }
  CHECK_THROWS_AS(sim::top_k(0), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(m.truncated(0)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(m.truncated(1.1)), std::invalid_argument);
}

TEST_CASE("top p: the edge of the set, found without going through the words, is that of the sorted words") {
  const sim::corpus x = language_test::little_sentences();
  std::vector<sim::ngram> models;
  for (const auto by : {ngram_smoothing::witten_bell, ngram_smoothing::kneser_ney, ngram_smoothing::additive,
                        ngram_smoothing::maximum_likelihood}) {
    const sim::ngram_options how{.by = by, .symbols = 30, .alpha = 0.1};
    models.push_back(sim::ngram_estimator<3>(how).fit(x).model);
    models.push_back(sim::ngram_estimator<1>(how).fit(x).model);
    models.push_back(models[models.size() - 2].tempered(1.7));  // listed words may be rarer than their share from below
  }
  int looked_at = 0;
  for (const sim::ngram& m : models) {
    sim::detail::mass_above above(m.tables());
    for (Index i = 0; i < x.size(); ++i) {
      sim::ngram::state s = m.start();
      for (std::size_t j = 0; j <= x[i].size(); ++j) {
        const auto order = sorted_words(m, s);
        for (const double c : {0.01, 0.3, 0.5, 0.77, 0.9, 0.99, 0.999}) {
          std::size_t kept = 0;
          double mass = 0;
          while (kept < order.size() && mass < c) mass += order[kept++].first;
          if (std::abs(mass - c) < 1e-9) continue;  // a tie of sums: either is right
          CHECK_CLOSE(m.truncated(c).threshold(s), order[kept - 1].first, 3e-12);
          if (kept == 1) continue;
          CHECK_CLOSE(above.least_of(s, c, order[0].first), order[kept - 1].first, 3e-12);
          ++looked_at;
        }
        if (j < x[i].size()) m.advance(s, x[i][j]);
      }
    }
  }
  CHECK(looked_at > 3000);
}

TEST_CASE("best of k: the law of the best, on sequences that can be enumerated") {
  // Sequences of one word: the best of 3 is a word with the law of the largest of three log p.
  const sim::ngram m = model_of(ngram_smoothing::kneser_ney, little_blocks(), 1);
  const auto order = sorted_words(m, m.start());
  std::vector<double> p(static_cast<std::size_t>(m.symbols()));
  for (std::size_t i = 0; i < order.size();) {  // words as probable as each other share what their group has
    std::size_t end = i;
    double at_least = 0, group = 0;
    while (end < order.size() && order[end].first > order[i].first * (1 - 1e-9)) group += order[end++].first;
    for (std::size_t k = end; k < order.size(); ++k) at_least += order[k].first;
    const double share = (std::pow(at_least + group, 3) - std::pow(at_least, 3)) / static_cast<double>(end - i);
    for (; i < end; ++i) p[order[i].second] = share;
  }
  sim::stream rng(3);
  const auto three = sim::best_of(3)(m);
  const auto draw_of = [&](const auto& decoded) { return [&] { return decoded.sample(1, rng).all()[0]; }; };
  CHECK(std::abs(goodness(p, draw_of(three))) <= simulacra_test::z_limit);
  CHECK(goodness(p, draw_of(sim::best_of(2)(m))) > simulacra_test::z_limit);
  CHECK_THROWS_AS(static_cast<void>(sim::best_of(0)), std::invalid_argument);
}

TEST_CASE("beam search finds what an exhaustive search finds") {
  // A beam as wide as there are beginnings is exhaustive; blocks of 3 tokens over 16 symbols.
  const sim::ngram m = model_of(ngram_smoothing::witten_bell, little_blocks(), 3);
  const std::vector<token_id> read = {language_test::little_words().find("a"), language_test::little_words().find("dog")};
  for (const double penalty : {1.0, 2.0}) {
    std::vector<token_id> best, found, greedy;
    double most = -infinity;
    const auto score = [&](const std::vector<token_id>& sequence) {
      sim::ngram::state s = m.state_after(read);
      double sum = 0;
      for (std::size_t i = 0; i < sequence.size(); ++i) {
        const bool again = std::count(read.begin(), read.end(), sequence[i]) > 0 ||
                           std::count(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(i), sequence[i]) > 0;
        sum += std::log(m.advance(s, sequence[i])) * (again ? penalty : 1);
      }
      return sum;
    };
    for (token_id a = 0; a < 16; ++a)
      for (token_id b = 0; b < 16; ++b)
        for (token_id c = 0; c < 16; ++c) {
          if (a == sim::sentence_start || b == sim::sentence_start || c == sim::sentence_start) continue;
          const double value = score({a, b, c});
          if (value <= most) continue;
          most = value;
          best = {a, b, c};
        }
    sim::stream rng(4);
    sim::beam_search({.width = 300, .repetition_penalty = penalty})(m).continue_after(read, found, rng);
    sim::beam_search({.width = 1, .repetition_penalty = penalty})(m).continue_after(read, greedy, rng);
    CHECK(found == best);
    CHECK(score(greedy) <= most);
    CHECK(rng.position() == 0);
  }
  CHECK_THROWS_AS(sim::beam_search({.width = 0}), std::invalid_argument);
  CHECK_THROWS_AS(sim::beam_search({.width = 5, .repetition_penalty = 0.5}), std::invalid_argument);
}

TEST_CASE("beam search on sentences: the best per token, and no end before its time") {
  const sim::ngram m = model_of(ngram_smoothing::kneser_ney, language_test::little_sentences(), 12);
  std::vector<token_id> any, longer;
  sim::stream rng(5);
  sim::beam_search({.width = 5})(m).continue_after({}, any, rng);
  sim::beam_search({.width = 5, .least_length = 9})(m).continue_after({}, longer, rng);
  CHECK(any.size() < 9);
  CHECK(longer.size() >= 9);
  // Where nothing but the end can come, it ends too early, and keeps what it has.
  sim::corpus one(sim::sequences::sentences);
  one.add(std::vector<token_id>{4, 3});
  std::vector<token_id> all;
  sim::beam_search({.width = 2, .least_length = 5})(model_of(ngram_smoothing::maximum_likelihood, one, 12))
      .continue_after({}, all, rng);
  CHECK(all == std::vector<token_id>{4, 3});
  const auto words = language_test::little_words();
  CHECK(words.text(any).size() > 0);
  const sim::corpus x = sim::beam_search({.width = 5})(m).sample(2, rng);
  CHECK(x.closed());
  CHECK(std::vector<token_id>(x[0].begin(), x[0].end()) == any);
}

TEST_CASE("beam search on sentences finds what an exhaustive search finds, at the greatest length too") {
  // A sentence of the greatest length ends as others do. The first model prefers to: "a b c" is certain, "a" alone is rare.
  sim::corpus x(sim::sequences::sentences);
  for (int i = 0; i < 9; ++i) x.add(std::vector<token_id>{3, 4, 5});
  x.add(std::vector<token_id>{3});
  for (const Index most : {1, 2, 3})
    for (const bool certain : {true, false})
      for (const ngram_smoothing by : {ngram_smoothing::witten_bell, ngram_smoothing::maximum_likelihood}) {
        const sim::ngram m = model_of(by, certain ? x : language_test::little_sentences(), most);
        std::vector<token_id> best, found, sentence;
        double value = -infinity;
        const auto go_on = [&](auto&& self, sim::ngram::state s, double score) -> void {
          const double ends =
              (score + std::log(m.probability(s, sim::sentence_end))) / static_cast<double>(sentence.size() + 1);
          if (ends > value) {
            value = ends;
            best = sentence;
          }
          if (static_cast<Index>(sentence.size()) == most) return;
          for (token_id w = 0; w < static_cast<token_id>(m.symbols()); ++w) {
            sim::ngram::state after = s;
            const double p = m.advance(after, w);
            if (w == sim::sentence_end || !(p > 0)) continue;
            sentence.push_back(w);
            self(self, after, score + std::log(p));
            sentence.pop_back();
          }
        };
        go_on(go_on, m.start(), 0);
        sim::stream rng(5);
        sim::beam_search({.width = 5000})(m).continue_after({}, found, rng);
        INFO(most << " " << certain);
        if (value > -infinity) CHECK(found == best);
        if (certain && most == 3) CHECK(found == std::vector<token_id>{3, 4, 5});
      }
}

TEST_CASE("prompts: each is continued once, by what its text calls for") {
  const sim::corpus real = little_blocks();
  const sim::ngram m = model_of(ngram_smoothing::maximum_likelihood, real, 5);
  const auto decode = sim::prompted(real, sim::beam_search({.width = 2}));
  const auto model = decode(m);
  sim::stream rng(6), same(6);
  const sim::corpus x = model.sample(real.size(), rng), order = sim::data_law(real).sample(real.size(), same);
  REQUIRE(x.size() == real.size());
  for (Index i = 0; i < x.size(); ++i) {
    std::vector<token_id> out;
    sim::beam_search({.width = 2})(m).continue_after(order[i], out, same);
    CHECK(std::vector<token_id>(x[i].begin(), x[i].end()) == out);
    CHECK(out.size() == 5);
  }
  const auto summed = model.stream_summary(real.size(), sim::as<sim::ngram_counts<2>>{}, same = sim::stream(6));
  CHECK(summed.count() == real.size());
  // The nucleus of everything is the model: prompts included, and whichever way it is asked.
  const sim::ngram wb = model_of(ngram_smoothing::witten_bell, real, 5);
  sim::stream a(7), b(7);
  CHECK(sim::prompted(real, sim::as_is{})(wb).sample(6, a).size() == 6);
  CHECK(sim::prompted(real, sim::truncated(0.9))(wb).sample(6, b).tokens() == 30);
  CHECK_THROWS_AS(sim::prompted(sim::corpus(), sim::as_is{}), std::invalid_argument);
}

TEST_CASE("token editing: what the model is sure of is drawn again, and nothing else") {
  for (const bool closed : {false, true}) {
    const sim::corpus text =
        closed ? sim::sentences_of(language_test::little_text(), language_test::little_words(), sim::text_unit::word)
               : little_blocks();
    const sim::ngram model = model_of(ngram_smoothing::witten_bell, text);
    sim::stream rng(4);
    CHECK(sim::token_editing(1)(model).edit(text, rng) == text);
    const double above = 0.3;
    const auto editor = sim::token_editing(above)(model);
    // a word that is drawn again is the same one with its own probability, in a sentence among those that do not end it
    double expected = 0, variance = 0, same = 0, planted = 0;
    for (int r = 0; r < 200; ++r) {
      const sim::corpus edited = editor.edit(text, rng);
      REQUIRE(edited.size() == text.size());
      for (Index i = 0; i < text.size(); ++i) {
        REQUIRE(edited[i].size() == text[i].size());
        sim::ngram::state s = model.start();
        for (std::size_t k = 0; k < text[i].size(); ++k) {
          const double ends = closed ? model.probability(s, sim::sentence_end) : 0, p = model.advance(s, text[i][k]);
          if (!(p > above)) {
            CHECK(edited[i][k] == text[i][k]);
            continue;
          }
          expected += p / (1 - ends);
          variance += p / (1 - ends) * (1 - p / (1 - ends));
          planted += p * p;
          same += edited[i][k] == text[i][k] ? 1 : 0;
        }
      }
    }
    CHECK_Z(same, expected, std::sqrt(variance));
    CHECK(std::abs(same - planted) > 4.5 * std::sqrt(variance));
  }
  CHECK_THROWS_AS(sim::token_editing(1.5), std::invalid_argument);
}

TEST_CASE("prompts: what is sampled is an edit of the prompts") {
  const sim::corpus text = little_blocks();
  const auto law = sim::prompted(text, sim::top_k(2))(model_of(ngram_smoothing::witten_bell, text));
  sim::stream one(3), two(3);
  const sim::corpus drawn = law.sample(text.size(), one);
  CHECK(law.edit(sim::data_law(text).sample(text.size(), two), two) == drawn);
}
