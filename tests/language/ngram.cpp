#include <doctest/doctest.h>

#include <simulacra/families/language/arpa.hpp>
#include <simulacra/families/language/estimator.hpp>
#include <simulacra/families/language/perplexity.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "language/support.hpp"
#include "support/statistics.hpp"

namespace sim = simulacra;
using sim::Index;
using sim::ngram_smoothing;
using sim::token_id;

namespace {

template <int N>
sim::ngram little_model(ngram_smoothing by, double alpha = 0.25) {
  return sim::ngram_estimator<N>({.by = by, .symbols = language_test::little_words().size(), .alpha = alpha})
      .fit(language_test::little_sentences())
      .model;
}

/// The largest |1 - sum p| over all histories that a model lists.
double worst_sum(const sim::ngram& m) {
  double worst = 0;
  const auto& t = m.tables();
  for (int n = 0; n < m.order(); ++n)
    for (std::size_t i = 0; i < t.rank(n).histories.size(); ++i) {
      if (t.rank(n).histories[i].columns == 0) continue;
      double sum = 0;
      for (const double p : m.probabilities(sim::ngram::state(n, static_cast<std::uint32_t>(i)))) sum += p;
      worst = std::fmax(worst, std::abs(sum - 1));
    }
  return worst;
}

struct expected {
  double including, excluding;
};

template <int N>
void check_score(const sim::ngram& m, const expected& e) {
  INFO("order ", N);
  const sim::text_score s = sim::score(m, language_test::other_sentences());
  CHECK(m.order() == N);
  CHECK(s.tokens == 27);
  CHECK(s.unknown == 2);
  CHECK_CLOSE(s.perplexity(), e.including, 1e-12);
  CHECK_CLOSE(s.perplexity_of_known(), e.excluding, 1e-12);
  CHECK(worst_sum(m) <= 1e-12);
}

}  // namespace

// The values are those of an independent program, which goes by the definitions alone, with exact fractions.
TEST_CASE("modified Kneser-Ney: perplexities of a little text, orders 1 to 6") {
  check_score<1>(little_model<1>(ngram_smoothing::kneser_ney), {13.2733835282715, 11.5474462234698});
  check_score<2>(little_model<2>(ngram_smoothing::kneser_ney), {6.12377679344529, 4.55576216075859});
  check_score<3>(little_model<3>(ngram_smoothing::kneser_ney), {6.55747746167252, 5.19396167359009});
  check_score<4>(little_model<4>(ngram_smoothing::kneser_ney), {6.57675187421298, 5.26249170225908});
  check_score<5>(little_model<5>(ngram_smoothing::kneser_ney), {7.29434146149243, 5.88523795278395});
  check_score<6>(little_model<6>(ngram_smoothing::kneser_ney), {7.29434146149243, 5.88523795278395});
}

TEST_CASE("Witten-Bell and additive smoothing: perplexities of a little text") {
  check_score<1>(little_model<1>(ngram_smoothing::witten_bell), {13.8071070059475, 11.549929900026});
  check_score<2>(little_model<2>(ngram_smoothing::witten_bell), {6.71313413486773, 4.74441853641622});
  check_score<3>(little_model<3>(ngram_smoothing::witten_bell), {6.30449244763958, 4.1683627959017});
  check_score<1>(little_model<1>(ngram_smoothing::additive), {14.986147660032, 11.4379461198295});
  check_score<2>(little_model<2>(ngram_smoothing::additive), {6.25039178088315, 5.12432651684918});
  check_score<3>(little_model<3>(ngram_smoothing::additive), {6.2178531724019, 5.53360453071672});
}

TEST_CASE("discounts: estimated where counts of counts allow it, fixed where they do not") {
  sim::ngram_counts<3> c;
  c.fold(language_test::little_sentences());
  CHECK(c.distinct(1) == 15);  // <s> is one, <unk> is none
  CHECK(c.distinct(2) == 48);
  CHECK(c.distinct(3) == 73);
  std::vector<sim::kneser_ney_discounts> d;
  const auto m = sim::ngram_estimator<3>({.by = ngram_smoothing::kneser_ney, .symbols = 16}).fit(c, d).model;
  REQUIRE(d.size() == 3);
  CHECK_FALSE(d[0].estimated);
  CHECK(d[0].amount == std::array<double, 3>{0.5, 1, 1.5});
  CHECK(d[0].count_of_counts == std::array<Index, 4>{0, 5, 4, 1});
  CHECK(d[1].estimated);
  CHECK(d[1].count_of_counts == std::array<Index, 4>{28, 9, 7, 3});
  CHECK_CLOSE(d[1].amount[0], 0.6086956521739131, 1e-14);
  CHECK_CLOSE(d[1].amount[1], 0.5797101449275363, 1e-14);
  CHECK_CLOSE(d[1].amount[2], 1.9565217391304348, 1e-14);
  CHECK_CLOSE(d[2].amount[0], 0.8356164383561644, 1e-14);
  CHECK(d[2].count_of_counts == std::array<Index, 4>{61, 6, 4, 2});

  const auto words = language_test::little_words();
  sim::ngram::state s = m.start();
  for (const char* w : {"cat", "sat", "on", "the"}) m.advance(s, words.find(w));
  CHECK_CLOSE(m.probability(s, words.find("cat")), 0.11201981708979922, 1e-14);
  CHECK_CLOSE(m.probability({}, sim::unknown_word), 0.025694444444444443, 1e-14);
  CHECK_FALSE(sim::discounts_of({3, 1, 5, 1}).estimated);  // D2 would be negative
}

TEST_CASE("modified Kneser-Ney equals KenLM on WikiText-2, where the data are there") {
  const auto train_path = language_test::data_file("wikitext2_valid.txt"),
             test_path = language_test::data_file("wikitext2_test.txt");
  if (train_path.empty() || test_path.empty()) {
    std::printf("skipped: no WikiText-2 in $SIMULACRA_DATA or ../shared/data\n");
    return;
  }
  const sim::text_lines train = language_test::kenlm_text(train_path), test = language_test::kenlm_text(test_path);
  const sim::vocabulary words = sim::vocabulary_of(train, sim::text_unit::word);
  const sim::corpus x = sim::sentences_of(train, words, sim::text_unit::word);
  sim::ngram_counts<3> c;
  c.fold(x);
  CHECK(c.distinct(1) + 1 == 13779);  // KenLM counts <unk>, which is not in the text
  CHECK(c.distinct(2) == 96257);
  CHECK(c.distinct(3) == 167173);
  std::vector<sim::kneser_ney_discounts> d;
  const sim::ngram m = sim::ngram_estimator<3>({.by = ngram_smoothing::kneser_ney, .symbols = words.size()}).fit(c, d).model;
  const double kenlm[3][3] = {{0.520525, 1.0785, 1.65471}, {0.769858, 1.23225, 1.55437}, {0.864737, 1.29886, 1.5385}};
  for (std::size_t n = 0; n < 3; ++n)
    for (std::size_t k = 0; k < 3; ++k) CHECK_CLOSE(d[n].amount[k], kenlm[n][k], 5e-6);  // printed with six digits
  const sim::text_score s = sim::score(m, sim::sentences_of(test, words, sim::text_unit::word));
  CHECK(s.tokens == 244102);
  CHECK(s.unknown == 11896);
  CHECK_CLOSE(s.perplexity(), 379.2510044958096, 1e-6);  // KenLM computes with float
  CHECK_CLOSE(s.perplexity_of_known(), 272.627529435465, 1e-6);
  CHECK_CLOSE(sim::perplexity(m, x), 13.798690824070631, 1e-6);
  // With the blank lines, which benchmarks count.
  const sim::text_lines whole = language_test::kenlm_text(train_path, {.blank_lines = true}),
                        judge = language_test::kenlm_text(test_path, {.blank_lines = true});
  sim::ngram_counts<3> all;
  all.fold(sim::sentences_of(whole, words, sim::text_unit::word));
  const sim::text_score t =
      sim::score(sim::ngram_estimator<3>({.by = ngram_smoothing::kneser_ney, .symbols = words.size()}).fit(all).model,
                 sim::sentences_of(judge, words, sim::text_unit::word));
  CHECK(t.tokens == 245569);
  CHECK_CLOSE(t.perplexity(), 370.205, 2e-6);
}

TEST_CASE("maximum likelihood: relative frequencies, shorter histories where one was never seen") {
  const sim::ngram m = little_model<3>(ngram_smoothing::maximum_likelihood);
  const auto words = language_test::little_words();
  const auto after = [&](const std::vector<const char*>& read) {
    sim::ngram::state s = m.start();
    for (const char* w : read) m.advance(s, words.find(w));
    return s;
  };
  CHECK_CLOSE(m.probability(m.start(), words.find("the")), 7.0 / 13, 1e-15);
  CHECK_CLOSE(m.probability(after({"dog", "sat"}), words.find("on")), 1, 1e-15);
  CHECK_CLOSE(m.probability(after({"on", "the"}), words.find("hat")), 3.0 / 7, 1e-15);
  CHECK(m.probability(after({"on", "the"}), words.find("ran")) == 0);
  // "mat dog" was never seen, so it is what comes after "dog": sat, ate, ran, is, and, ran, sat
  CHECK_CLOSE(m.probability(after({"mat", "dog"}), words.find("sat")), 2.0 / 7, 1e-15);
  CHECK(std::isinf(sim::perplexity(m, language_test::other_sentences())));
  CHECK(worst_sum(m) <= 1e-12);
  CHECK(m.log_density(std::vector<token_id>{words.find("the"), words.find("rat"), words.find("ran")}) ==
        doctest::Approx(std::log(7.0 / 13 * 1 / 7 * 1 / 3)).epsilon(1e-14));
}

TEST_CASE("perplexity of known words: a number, also where the unknown word is impossible") {
  const auto words = language_test::little_words();
  const sim::ngram m = little_model<1>(ngram_smoothing::maximum_likelihood);
  sim::corpus with_unknown, without;
  with_unknown.add(std::vector<token_id>{words.find("cat"), sim::unknown_word, words.find("rat")});
  without.add(std::vector<token_id>{words.find("cat"), words.find("rat")});
  CHECK(std::isinf(sim::score(m, with_unknown).perplexity()));
  CHECK_CLOSE(sim::score(m, with_unknown).perplexity_of_known(), sim::score(m, without).perplexity(), 1e-13);
}

TEST_CASE("draws follow the probabilities, and are where reading them would be") {
  const auto words = language_test::little_words();
  const std::vector<std::vector<const char*>> histories{{}, {"the"}, {"on", "the"}, {"mat", "dog"}, {"a", "rat"}};
  for (const ngram_smoothing by : {ngram_smoothing::kneser_ney, ngram_smoothing::witten_bell, ngram_smoothing::additive,
                                   ngram_smoothing::maximum_likelihood}) {
    const sim::ngram m = little_model<3>(by);
    sim::stream rng(7);
    for (const auto& read : histories) {
      INFO(sim::name_of(by), " after ", read.size(), " words");
      sim::ngram::state before = m.start();
      for (const char* w : read) m.advance(before, words.find(w));
      constexpr int draws = 20000;
      std::vector<double> seen(static_cast<std::size_t>(m.symbols())), observed, wanted, shifted;
      for (int i = 0; i < draws; ++i) {
        sim::ngram::state drawn = before, walked = before;
        const token_id w = m.draw_next(drawn, rng);
        m.advance(walked, w);
        REQUIRE(drawn == walked);
        ++seen[w];
      }
      const auto p = m.probabilities(before);
      for (std::size_t w = 0; w < p.size(); ++w) {
        if (p[w] == 0) CHECK(seen[w] == 0);
        if (p[w] == 0) continue;
        observed.push_back(seen[w]);
        wanted.push_back(draws * p[w]);
      }
      if (observed.size() == 1) continue;
      CHECK(std::abs(simulacra_test::chi_square_z(observed, wanted)) <= simulacra_test::z_limit);
      // The twin: a tenth of the most probable word's probability given to the others.
      shifted = wanted;
      std::size_t top = 0;
      for (std::size_t i = 0; i < wanted.size(); ++i) top = wanted[i] > wanted[top] ? i : top;
      const double moved = 0.1 * wanted[top];
      for (std::size_t i = 0; i < wanted.size(); ++i)
        shifted[i] += i == top ? -moved : moved / static_cast<double>(wanted.size() - 1);
      CHECK(std::abs(simulacra_test::chi_square_z(observed, shifted)) > simulacra_test::z_limit);
    }
  }
}

TEST_CASE("counts merge: the model of merged counts is the model of all data") {
  const sim::corpus x = language_test::little_sentences(), y = language_test::other_sentences();
  sim::corpus both = x;
  both.append(y);
  sim::ngram_counts<3> a, b, all, all_at_once;
  a.fold(x);
  b.fold(y);
  all.merge(b);
  all.merge(a);
  all_at_once.fold(both);
  for (int n = 1; n <= 3; ++n) CHECK(all.distinct(n) == all_at_once.distinct(n));
  CHECK(all.count() == both.size());
  CHECK(all.predictions() == static_cast<double>(both.predictions()));
  const sim::ngram_estimator<3> kn({.by = ngram_smoothing::kneser_ney, .symbols = 16});
  const auto merged = kn.fit(all).model, whole = kn.fit(all_at_once).model;
  CHECK_CLOSE(sim::perplexity(merged, both), sim::perplexity(whole, both), 1e-13);
  CHECK(std::abs(sim::perplexity(kn.fit(a).model, both) - sim::perplexity(whole, both)) > 0.1);  // it matters

  // A corpus' perplexity is the geometric mean of its sequences', each as often as it has tokens.
  const std::vector<double> each = sim::sequence_perplexities(whole, both);
  REQUIRE(static_cast<Index>(each.size()) == both.size());
  double logs = 0;
  for (Index i = 0; i < both.size(); ++i)
    logs += std::log(each[static_cast<std::size_t>(i)]) * static_cast<double>(both[i].size() + 1);  // and an end
  CHECK_CLOSE(std::exp(logs / static_cast<double>(both.predictions())), sim::perplexity(whole, both), 1e-12);

  const sim::ngram_estimator<3> wb({.by = ngram_smoothing::witten_bell, .symbols = 16});
  sim::ngram_counts<3> doubled = all, weighted;
  doubled.reweight(2);
  sim::weights<double> w = sim::weights<double>::Constant(both.size(), 2);
  weighted.fold(both, w);
  CHECK(doubled.weight() == 2 * static_cast<double>(both.size()));
  CHECK_CLOSE(sim::perplexity(wb.fit(doubled).model, both), sim::perplexity(wb.fit(weighted).model, both), 1e-13);
  doubled.reweight(0.3);
  CHECK_THROWS_AS(static_cast<void>(kn.fit(doubled)), std::invalid_argument);  // counts that are no whole numbers
}

TEST_CASE("ARPA files: what was written reads back as the same model") {
  const auto words = language_test::little_words();
  for (const ngram_smoothing by :
       {ngram_smoothing::kneser_ney, ngram_smoothing::witten_bell, ngram_smoothing::maximum_likelihood}) {
    const sim::ngram m = little_model<4>(by);
    const std::string file = sim::arpa_text(m, words);
    const sim::arpa_file back = sim::parse_arpa(file, "back");
    CHECK(back.words == words);
    CHECK(back.model.tables().interpolated);
    CHECK_CLOSE(sim::perplexity(back.model, language_test::little_sentences()),
                sim::perplexity(m, language_test::little_sentences()), 1e-13);
    CHECK_CLOSE(sim::perplexity(back.model, language_test::other_sentences()),
                sim::perplexity(m, language_test::other_sentences()), 1e-13);
    CHECK(sim::arpa_text(back.model, words) == file);
    CHECK_CLOSE(back.largest_sum, 1, 1e-12);
    CHECK_CLOSE(back.smallest_sum, 1, 1e-12);
    CHECK(worst_sum(back.model) <= 1e-12);
  }
  CHECK_THROWS_AS(static_cast<void>(sim::arpa_text(little_model<2>(ngram_smoothing::additive), words)),
                  std::invalid_argument);
  CHECK_NOTHROW(static_cast<void>(sim::arpa_text(little_model<1>(ngram_smoothing::additive), words)));
  // The blank between words is a character, and would be read as the space between two fields.
  const auto characters = sim::vocabulary_of(language_test::little_text(), sim::text_unit::character);
  const auto spelt = sim::sentences_of(language_test::little_text(), characters, sim::text_unit::character);
  const auto by_letters =
      sim::ngram_estimator<2>({.by = ngram_smoothing::witten_bell, .symbols = characters.size()}).fit(spelt).model;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(sim::arpa_text(by_letters, characters)),
      "simulacra::arpa_text: argument 'words' is ' '; it must hold no white space, which separates words in the format",
      std::invalid_argument);
}

TEST_CASE("ARPA files of others: a model that is no mixture of its lower orders is read and drawn from") {
  // Katz-like: after "a", the word "b" is rarer (0.1) than its share of the shorter history (0.5 * 0.5).
  const std::string file =
      "comments may stand before\n\n\\data\\\nngram 1=5\nngram 2=2\n\n\\1-grams:\n-99\t<s>\t0\n-1\t<unk>\n-1 </s>\n"
      "-0.5228787452803376\ta\t-0.25527250510330607\n-0.3010299956639812\tb\t0\n\n\\2-grams:\n-1\ta "
      "b\n-0.3010299956639812\ta a\n\n\\end\\\n";
  const sim::arpa_file f = sim::parse_arpa(file, "katz", {.kind = sim::sequences::blocks, .length = 4});
  CHECK_FALSE(f.model.tables().interpolated);
  CHECK(f.model.start() == sim::ngram::state());
  sim::ngram::state s;
  f.model.advance(s, f.words.find("a"));
  const double backoff = std::pow(10.0, -0.25527250510330607);  // 0.5556: 0.1111 after "a" for what is neither a nor b
  const std::vector<double> p = f.model.probabilities(s);
  CHECK_CLOSE(p[f.words.find("b")], 0.1, 1e-14);
  CHECK_CLOSE(p[sim::unknown_word], backoff * 0.1, 1e-14);
  sim::stream rng(3);
  std::vector<double> seen(4), wanted;
  const std::vector<token_id> symbols{f.words.find("a"), f.words.find("b"), sim::unknown_word, sim::sentence_end};
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    sim::ngram::state at = s;
    const token_id w = f.model.draw_next(at, rng);
    for (std::size_t k = 0; k < 4; ++k) seen[k] += symbols[k] == w;
  }
  // The file's numbers do not add to 1; draws share what is left of it between the words that are not listed.
  for (std::size_t k = 0; k < 4; ++k) wanted.push_back(draws * (k < 2 ? p[symbols[k]] : 0.2));
  CHECK(std::abs(simulacra_test::chi_square_z(seen, wanted)) <= simulacra_test::z_limit);
}

TEST_CASE("ARPA files of others: draws end where a history lists all words, or all that are not rare") {
  const auto read = [](const std::string& words, const std::string& pairs) {
    return sim::parse_arpa(
        "\\data\\\nngram 1=5\nngram 2=4\n\n\\1-grams:\n" + words + "\n\\2-grams:\n" + pairs + "\n\\end\\\n", "f",
        {.kind = sim::sequences::blocks, .length = 64});
  };
  const auto draw_after_a = [](const sim::arpa_file& f, int draws) {
    sim::stream rng(5);
    std::vector<double> seen(static_cast<std::size_t>(f.model.symbols()));
    for (int i = 0; i < draws; ++i) {
      sim::ngram::state at;
      f.model.advance(at, f.words.find("a"));
      ++seen[f.model.draw_next(at, rng)];
    }
    return seen;
  };
  // Katz-like: after "a" and "b" everything is listed, adds to 0.9999 by rounding, and the back-off weight is not given.
  const auto full =
      read("-99 <unk>\n-0.30103 a\n-0.30103 b\n-99 c\n-99 d\n", "-0.2219 a a\n-0.3980 a b\n-0.1 b a\n-0.6869 b b\n");
  REQUIRE_FALSE(full.model.tables().interpolated);
  const std::vector<double> all = draw_after_a(full, 100'000);
  CHECK_Z(all[full.words.find("a")], 60'000, std::sqrt(100'000 * 0.6 * 0.4));
  // Half of what comes after "a" is words so rare that drawing listed ones again until one comes takes for ever.
  const auto rare = read("-99 <unk>\n-0.3010 a -0.1\n-0.3010 b 0\n-12 c\n-12.30103 d\n",
                         "-0.60206 a a\n-0.60206 a b\n-0.1 b a\n-0.6869 b b\n");
  REQUIRE_FALSE(rare.model.tables().interpolated);
  const std::vector<double> some = draw_after_a(rare, 6000);
  CHECK_Z(some[rare.words.find("c")], 2000, std::sqrt(6000 / 3.0 * 2 / 3));
  CHECK_Z(some[rare.words.find("d")], 1000, std::sqrt(6000 / 6.0 * 5 / 6));
}

TEST_CASE("ARPA files that are broken: an error that names the line") {
  const std::string good = sim::arpa_text(little_model<2>(ngram_smoothing::kneser_ney), language_test::little_words());
  const auto message = [&](const std::string& text) {
    try {
      static_cast<void>(sim::parse_arpa(text, "f.arpa"));
      return std::string("no error");
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
  };
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string text = good;
    text.replace(text.find(what), what.size(), instead);
    return text;
  };
  CHECK(message(good) == "no error");
  CHECK(message("") == "simulacra::read_arpa: f.arpa: line 0: there is no \\data\\ in it");
  CHECK(message(good.substr(0, good.rfind('\n', good.find("\tthe cat")) + 1)).find("the 2-grams end here") !=
        std::string::npos);
  CHECK(message(with("ngram 1=16", "ngram 1=17")) ==
        "simulacra::read_arpa: f.arpa: line 23: the 1-grams end here, after 16; there should be 17");
  CHECK(message(with("ngram 2=48", "ngram 3=48")) ==
        "simulacra::read_arpa: f.arpa: line 3: here should be 'ngram 2=' and a number");
  CHECK(message(with("\tcat ate", "\tcat bird")).find("the word 'bird' is not among the 1-grams") != std::string::npos);
  CHECK(message(with("\tcat ate", "\tcat")).find("has 2 fields; an n-gram of this length has 3, and") != std::string::npos);
  CHECK(message(with("\n-", "\n+")).find("more than 0") != std::string::npos);
  CHECK(message(with("\n-", "\n")).find("more than 0") != std::string::npos);
  CHECK(message(with("\\end\\", "")).find("here should be \\end\\") != std::string::npos);
  CHECK(message("\\data\\\nngram 1=2\nngram 2=0\nngram 3=1\n\\1-grams:\n-1 a 0\n-1 b 0\n\\2-grams:\n\\3-grams:\n-1 a b "
                "a\n\\end\\\n") ==
        "simulacra::read_arpa: f.arpa: line 10: of this n-gram, what is left without its last word is not there; models "
        "that are pruned so "
        "cannot be read");
  CHECK(
      message("\\data\\\nngram 1=2\n\\1-grams:\n-99 <unk>\n-99 a\n\\end\\\n") ==
      "simulacra::read_arpa: f.arpa: line 6: the 1-grams end here, and none has a probability above 0: there is nothing to "
      "draw");
  CHECK_THROWS_WITH_AS(static_cast<void>(sim::read_arpa("/nowhere/m.arpa")),
                       "simulacra::read_arpa: /nowhere/m.arpa: there is no such file, or it cannot be read",
                       std::runtime_error);
}

namespace {

/// Unigrams and bigrams as other programs might write them; nothing continues "b".
const std::string uncontinued =
    "\\data\\\nngram 1=4\nngram 2=2\n\n\\1-grams:\n-99\t<s>\t-0.30103\n-0.4771213\t</s>\n-0.4771213\ta\t-0.30103\n"
    "-0.4771213\tb\t-0.5\n\n\\2-grams:\n-0.1\t<s> a\n-0.2\ta b\n\n\\end\\\n";

std::string changed(std::string text, const std::string& what, const std::string& instead) {
  text.replace(text.find(what), what.size(), instead);
  return text;
}

double after(const sim::arpa_file& f, const std::string& history, const std::string& word) {
  sim::ngram::state s = f.model.start();
  if (!history.empty()) f.model.advance(s, f.words.find(history));
  return f.model.probability(s, f.words.find(word));
}

}  // namespace

TEST_CASE("ARPA files of others: the back-off weight of a history that nothing continues counts") {
  const sim::arpa_file f = sim::parse_arpa(uncontinued, "f");
  CHECK_CLOSE(after(f, "b", "a"), std::pow(10.0, -0.9771213), 1e-14);
  CHECK_CLOSE(after(f, "b", "a"), 0.105409, 1e-5);
  CHECK_CLOSE(after(f, "a", "b"), std::pow(10.0, -0.2), 1e-14);
  CHECK_CLOSE(after(f, "a", "a"), std::pow(10.0, -0.7781513), 1e-14);
  CHECK_CLOSE(after(f, "", "b"), std::pow(10.0, -0.7781513), 1e-14);
  CHECK_CLOSE(f.largest_sum, std::pow(10.0, -0.1) + 0.5 * 2 * std::pow(10.0, -0.4771213), 1e-6);
  CHECK_CLOSE(f.smallest_sum, std::pow(10.0, -0.5), 1e-6);  // after "b", whose words have its weight and no more
  const std::string written = sim::arpa_text(f.model, f.words);
  CHECK(written.find("\tb\t-0.5\n") != std::string::npos);
  const sim::arpa_file again = sim::parse_arpa(written, "again");
  CHECK(sim::arpa_text(again.model, again.words) == written);
  CHECK_CLOSE(after(again, "b", "a"), after(f, "b", "a"), 1e-15);
  // Draws and other temperatures know such a history: what is left after "b" is shared as if nothing stood before.
  sim::stream rng(4);
  std::vector<double> seen(3), wanted(3, 2000);
  for (int i = 0; i < 6000; ++i) {
    sim::ngram::state s;
    f.model.advance(s, f.words.find("b"));
    const token_id w = f.model.draw_next(s, rng);
    ++seen[w == sim::sentence_end ? 0 : w - 2];
  }
  CHECK(std::abs(simulacra_test::chi_square_z(seen, wanted)) <= simulacra_test::z_limit);
  CHECK(worst_sum(f.model.tempered(0.7)) <= 1e-12);
  // Signs, and what is too small for a double; nobody predicts the beginning of a sentence.
  CHECK_CLOSE(after(sim::parse_arpa(changed(uncontinued, "-0.5", "+0.2"), "f"), "b", "a"), std::pow(10.0, -0.2771213),
              1e-14);
  for (const std::string& tiny : {std::string("-1e-400"), "-0." + std::string(400, '0') + "1", std::string("+1e-999")})
    CHECK_CLOSE(after(sim::parse_arpa(changed(uncontinued, "-0.5", tiny), "f"), "b", "b"), std::pow(10.0, -0.4771213),
                1e-14);
  const sim::arpa_file restarts = sim::parse_arpa(changed(uncontinued, "a b", "a <s>"), "f");
  sim::ngram::state a = restarts.model.start();
  restarts.model.advance(a, restarts.words.find("a"));
  CHECK(restarts.model.probability(a, sim::sentence_start) == 0);
  // Weights above 1, a weight of 0, and the same one order up, where "a b" is continued by nothing.
  CHECK_CLOSE(after(sim::parse_arpa(changed(uncontinued, "-0.5", "0.2"), "f"), "b", "a"), std::pow(10.0, -0.2771213), 1e-14);
  CHECK(after(sim::parse_arpa(changed(uncontinued, "-0.5", "-inf"), "f"), "b", "a") == 0);
  std::string three = changed(uncontinued, "ngram 2=2", "ngram 2=2\nngram 3=1");
  three = changed(changed(three, "a b\n", "a b -0.7\n"), "\\end\\", "\\3-grams:\n-0.3 <s> a b\n\\end\\");
  const sim::arpa_file longer = sim::parse_arpa(three, "three");
  sim::ngram::state s = longer.model.start();
  CHECK_CLOSE(longer.model.advance(s, longer.words.find("a")), std::pow(10.0, -0.1), 1e-14);
  CHECK_CLOSE(longer.model.advance(s, longer.words.find("b")), std::pow(10.0, -0.3), 1e-14);
  CHECK_CLOSE(longer.model.advance(s, longer.words.find("a")), std::pow(10.0, -0.7 - 0.5 - 0.4771213), 1e-14);
  const std::string thrice = sim::arpa_text(longer.model, longer.words);
  CHECK(sim::arpa_text(sim::parse_arpa(thrice, "f").model, longer.words) == thrice);
}

TEST_CASE("ARPA files of others: spacing, marks, line ends, and what is no model is said to be none") {
  const sim::arpa_file plain = sim::parse_arpa(uncontinued, "f");
  const std::string text = sim::arpa_text(plain.model, plain.words);
  std::string windows;
  for (const char c : uncontinued) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& same :
       {"\xEF\xBB\xBF" + uncontinued, windows, "a comment\n" + uncontinued, "\xEF\xBB\xBF" + windows,
        changed(uncontinued, "ngram 1=4", "ngram  1 =   4"), changed(uncontinued, "-99\t", "-inf\t"),
        changed(uncontinued, "-0.1\t<s> a", "  -0.1 <s>\ta ")}) {
    const sim::arpa_file f = sim::parse_arpa(same, "f");
    CHECK(sim::arpa_text(f.model, f.words) == text);
  }
  const auto message = [&](const std::string& broken) {
    try {
      static_cast<void>(sim::parse_arpa(broken, "f"));
      return std::string("no error");
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
  };
  const auto says = [&](const std::string& what, const std::string& instead, const std::string& why) {
    const std::string said = message(changed(uncontinued, what, instead));
    INFO(said);
    return said.find(why) != std::string::npos;
  };
  CHECK(says("a b\n", "a b -0.1\n", "line 13: has 4 fields; an n-gram of this length has 3, and"));
  CHECK(says("-0.5", "309", "out of range"));
  CHECK(says("-0.5", "nan", "is no number"));
  CHECK(says("-0.5", "inf", "out of range"));
  CHECK(says("-0.5", "5", "after 'b': a word has a probability above 1"));
  // A word of 1e-98 is lost in a difference of sums, and a weight of 1e103 makes 1e5 of it.
  CHECK(message("\\data\\\nngram 1=3\nngram 2=1\n\n\\1-grams:\n-98\tc\n-9999\ta\t103\n-0.04771213\tb\n\n\\2-grams:\n-1.2\ta "
                "b\n\n\\end\\\n")
            .find("after 'a': a word has a probability above 1") != std::string::npos);
  CHECK(says("\tb\t-0.5", "\tb\t-0.5 x", "has 4 fields"));
  CHECK(says("ngram 1=4", "ngram 1=5", "after 4; there should be 5"));
  std::string three = uncontinued;
  for (int i = 0; i < 3; ++i) three = changed(three, "-0.4771213", "0");
  CHECK(message(three).find("of the 1-grams: the probabilities add to 3; at most 2 is believed") != std::string::npos);
  CHECK_NOTHROW(static_cast<void>(sim::parse_arpa(changed(three, "0.30103", "9"), "f", {.most = 4})));
  CHECK(message("\x1F\x8B\x08 and so on").find("line 0: this is compressed (gzip), and no text") != std::string::npos);
  CHECK_THROWS_WITH_AS(static_cast<void>(sim::read_arpa("/tmp")),
                       "simulacra::read_arpa: /tmp: this is a folder, and no file", std::runtime_error);
  CHECK_THROWS_WITH_AS(static_cast<void>(sim::read_arpa("/dev/zero")),
                       "simulacra::read_arpa: /dev/zero: this is a device, and no file", std::runtime_error);
}

TEST_CASE("fits: bad arguments, and a model that has nothing left to choose") {
  const sim::ngram_estimator<2> ml({.by = ngram_smoothing::maximum_likelihood, .symbols = 6});
  CHECK_THROWS_AS(sim::ngram_estimator<2>({.by = ngram_smoothing::additive, .symbols = 2}), std::invalid_argument);
  CHECK_THROWS_AS(sim::ngram_estimator<2>({.by = ngram_smoothing::additive, .symbols = 6, .alpha = 0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sim::ngram_estimator<2>({.by = ngram_smoothing::additive, .symbols = 6, .alpha = std::nan("")}),
                  std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(ml.fit(sim::corpus())), std::invalid_argument);
  sim::corpus x;
  x.add(std::vector<token_id>{3});
  CHECK_THROWS_WITH_AS(static_cast<void>(ml.fit(x)),
                       "simulacra::ngram_estimator::fit: argument 'tokens' is 1; it must be at least 2",
                       std::invalid_argument);
  x.add(std::vector<token_id>{3, 4, 5, 3, 4});
  // It is tokens that are counted, whatever they weigh; and what weighs nothing binds nobody to its kind.
  sim::ngram_counts<2> light;
  light.fold(x, sim::weights<double>::Constant(2, 1e-3));
  CHECK(ml.fit(light).model.length() == 5);
  light.reweight(0);
  CHECK_THROWS_AS(static_cast<void>(ml.fit(light)), std::invalid_argument);
  light.fold(language_test::little_sentences());
  CHECK(light.kind() == sim::sequences::sentences);
  CHECK(ml.fit(x).result.what == sim::status::absorbed);
  CHECK(ml.fit(x).model.length() == 5);
  x.add(std::vector<token_id>{3, 5});
  CHECK(ml.fit(x).result.ok());
  x.add(std::vector<token_id>{6});
  CHECK_THROWS_WITH_AS(static_cast<void>(ml.fit(x)),
                       "simulacra::ngram_estimator::fit: argument 'the largest token' is 6; it must be under symbols = 6",
                       std::invalid_argument);
  CHECK_THROWS_AS(x.add(std::vector<token_id>{sim::sentence_start}), std::invalid_argument);
}
