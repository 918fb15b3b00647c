#include <doctest/doctest.h>

#include <simulacra/ensemble.hpp>
#include <simulacra/language.hpp>
#include <simulacra/recursion.hpp>

#include <cmath>
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

sim::corpus blocks_of_four() {
  return sim::blocks_of(language_test::little_text(), language_test::little_words(), sim::text_unit::word, {.length = 4});
}

sim::ngram_estimator<2> bigrams() { return sim::ngram_estimator<2>({.by = ngram_smoothing::witten_bell, .symbols = 16}); }

/// Counts of what each generation was trained on, however it was drawn.
template <class Recipe>
std::vector<double> perplexities(Recipe recipe, sim::draw how, Index generations = 4) {
  const sim::data_law truth(blocks_of_four());
  const sim::experiment what{truth, bigrams(), recipe};
  std::vector<double> all;
  sim::run_lineage(what, {.generations = generations, .samples = truth.size(), .how = how}, sim::stream(1),
                   [&](const auto& g) {
                     all.push_back(sim::perplexity(g.model, truth.data()));
                     CHECK(g.data.stored() == (how == sim::draw::stored));
                   });
  return all;
}

/// Each generation reads what the newest model makes of the texts that the one before has read.
struct edited {
  static constexpr bool edits = true;
  sim::ingredients operator()(Index t, Index m) const { return {t == 0 ? sim::from_truth(m) : sim::from_edit(t, t - 1)}; }
  [[nodiscard]] sim::retention keeps() const { return {.data = 1, .stored = true}; }
};

}  // namespace

TEST_CASE("the loop: stored and streamed draws are the same numbers, for every recipe") {
  const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK_CLOSE(a[i], b[i], 1e-12);
  };
  same(perplexities(sim::replace{}, sim::draw::stored), perplexities(sim::replace{}, sim::draw::streamed));
  same(perplexities(sim::accumulate{}, sim::draw::stored), perplexities(sim::accumulate{}, sim::draw::streamed));
  same(perplexities(sim::preserve(0.25), sim::draw::stored), perplexities(sim::preserve(0.25), sim::draw::streamed));
  const auto redrawn = sim::preserve(0.25, sim::preserve::real::redrawn);
  same(perplexities(redrawn, sim::draw::stored), perplexities(redrawn, sim::draw::streamed));
  const auto subsampled = perplexities(sim::accumulate_subsample{}, sim::draw::stored);
  CHECK(subsampled[0] < subsampled[3]);
  const auto weighted = perplexities(sim::weighted(10, 0.5), sim::draw::stored, 2);
  CHECK(weighted[0] > 1);
}

TEST_CASE("the loop: the first generation is the fit to all of the text, and text gets worse from there") {
  const sim::corpus x = blocks_of_four();
  const double first = sim::perplexity(bigrams().fit(x).model, x);
  const auto alone = perplexities(sim::replace{}, sim::draw::streamed, 12),
             all = perplexities(sim::accumulate{}, sim::draw::streamed, 12);
  CHECK_CLOSE(alone[0], first, 1e-12);
  CHECK(alone.back() > 1.5 * first);
  CHECK(all.back() < alone.back());
}

TEST_CASE("the loop: poisoned text is the same text, stored and streamed, and none of it comes twice") {
  sim::corpus real, other;
  constexpr token_id lines = 600, length = 16, far = 1000;  // so long that a part of 600 is more than one block of draws
  for (token_id i = 0; i < lines; ++i) {
    real.add(std::vector<token_id>(length, sim::first_word + i));
    other.add(std::vector<token_id>(length, sim::first_word + far + i));
  }
  const auto law = sim::poisoned(sim::data_law(other), 0.3)(sim::data_law(real));
  const auto words = [&](sim::draw how) {
    sim::training_set<sim::corpus, sim::ngram_counts<1>> x;
    sim::stream rng(3);
    sim::detail::draw_from(law, law.dimension(), lines, how, x, sim::detail::asked{"test"}, rng);
    if (x.stored()) x.summary.fold(x.data);
    auto count = x.summary.tree().of_length(1).count;
    count[sim::sentence_start] = 0;
    return count;
  };
  const auto stored = words(sim::draw::stored), streamed = words(sim::draw::streamed);
  CHECK(stored == streamed);
  double all = 0;
  for (const double count : streamed) {
    REQUIRE(count <= length);
    all += count;
  }
  CHECK(all == lines * length);
}

TEST_CASE("the loop: decoders, prompts, and the probe's numbers") {
  const sim::corpus x = blocks_of_four(), test = sim::blocks_of(language_test::other_text(), language_test::little_words(),
                                                                sim::text_unit::word, {.length = 4});
  const sim::data_law truth(x);
  const auto run = [&](auto decoder) {
    const sim::experiment what{truth, bigrams(), sim::replace{}, decoder};
    return sim::run_ensemble(what, {.generations = 3, .samples = truth.size()}, {.replicates = 2}, sim::serial_executor{},
                             sim::language_probe(test, decoder, 20));
  };
  const auto ancestral = run(sim::as_is{}), beam = run(sim::prompted(x, sim::beam_search({.width = 3})));
  const auto value = [](const sim::records& r, const char* metric, std::size_t generation) {
    return r.at(generation, r.column(metric)).mean;
  };
  CHECK(ancestral.failures.empty());
  CHECK_CLOSE(value(ancestral, "generated_under_first", 0), value(ancestral, "generated_under_itself", 0), 1e-14);
  CHECK(value(ancestral, "generated_under_first", 2) != value(ancestral, "generated_under_itself", 2));
  CHECK_CLOSE(value(ancestral, "real_perplexity", 0), sim::perplexity(bigrams().fit(x).model, test), 1e-13);
  CHECK(value(beam, "generated_under_first", 0) <
        value(ancestral, "generated_under_first", 0));  // the probable is preferred
  CHECK(value(beam, "entropy", 2) < value(ancestral, "entropy", 2));
  CHECK(value(beam, "real_perplexity", 2) > value(beam, "real_perplexity", 0));
}

TEST_CASE("the loop: a decoder that is chosen at run time gives what it holds gives") {
  const sim::corpus x = blocks_of_four();
  const sim::data_law truth(x);
  const auto run = [&](auto decoder) {
    const sim::experiment what{truth, bigrams(), sim::replace{}, decoder};
    return sim::perplexity(*sim::run_lineage(what, {.generations = 3, .samples = truth.size()}, sim::stream(2)).model, x);
  };
  const auto beam = sim::prompted(x, sim::beam_search({.width = 2}));
  CHECK(run(sim::any_ngram_decoder(beam)) == run(beam));
  CHECK(run(sim::any_ngram_decoder(sim::truncated(0.7))) == run(sim::truncated(0.7)));
  CHECK(run(sim::any_ngram_decoder(beam)) != run(sim::any_ngram_decoder(sim::top_k(3))));
}

TEST_CASE("the loop: texts that are edited keep more of what is real than texts that are made up") {
  const sim::corpus x = blocks_of_four();
  const sim::data_law truth(x);
  const auto perplexity = [&](auto recipe) {
    const sim::experiment what{truth, bigrams(), recipe, sim::token_editing(0.9)};
    return sim::perplexity(*sim::run_lineage(what, {.generations = 8, .samples = truth.size()}, sim::stream(2)).model, x);
  };
  CHECK(perplexity(edited{}) < perplexity(sim::replace{}));
}

TEST_CASE("metrics of text, by hand") {
  sim::corpus x, y;
  x.add(std::vector<token_id>{3, 4, 3, 5});
  x.add(std::vector<token_id>{3, 4});
  y.add(std::vector<token_id>{4, 4, 7});
  CHECK(sim::token_counts(x) == std::vector<Index>{0, 0, 0, 3, 2, 1});
  CHECK(sim::vocabulary_survival(y, x) == doctest::Approx(1.0 / 3).epsilon(1e-15));
  CHECK(sim::type_token_ratio(x) == 0.5);
  CHECK(sim::distinct_ngrams(x, 2) == 0.75);  // 3 4, 4 3, 3 5, 3 4
  CHECK(sim::distinct_ngrams(x, 3) == 1.0);
  CHECK(std::isnan(sim::distinct_ngrams(x, 5)));
  CHECK_CLOSE(sim::token_entropy(x), std::log(6.0) - (3 * std::log(3.0) + 2 * std::log(2.0)) / 6, 1e-14);
  CHECK(sim::token_entropy(sim::corpus()) == 0);
  // Frequencies 60 / r for r = 1, ..., 5 lie on a line of slope -1, whatever the weights.
  sim::corpus zipf;
  for (token_id r = 1; r <= 5; ++r) zipf.add(std::vector<token_id>(60 / r, r + 2));
  CHECK_CLOSE(sim::zipf_slope(zipf), -1.0, 1e-14);
  CHECK_CLOSE(sim::zipf_slope(x), -0.8801955540118181, 1e-13);  // log r = 0, log 2, log 3; log c = log 3, log 2, 0
  CHECK_THROWS_AS(static_cast<void>(sim::vocabulary_survival(x, sim::corpus())), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::distinct_ngrams(x, 7)), std::invalid_argument);
}
