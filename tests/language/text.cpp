#include <doctest/doctest.h>

#include <simulacra/families/language/text.hpp>
#include <simulacra/laws/data_law.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "language/support.hpp"

namespace sim = simulacra;
using sim::Index;
using sim::text_unit;
using sim::token_id;

namespace {

/// What is said of a text that is to become sentences.
std::string complaint(const std::string& content, const sim::text_options& how = {}, text_unit unit = text_unit::word) {
  try {
    const sim::text_lines t = sim::parse_text(content, "f.txt", how);
    static_cast<void>(sim::sentences_of(t, sim::vocabulary(), unit));
    return "none";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("text: lines, words and characters") {
  const sim::text_lines t = sim::parse_text("\xEF\xBB\xBF the  cat\r\n\n\tna\xC3\xAFve <unk> cat \nlast", "f.txt");
  REQUIRE(t.lines.size() == 3);
  CHECK(t.lines[0] == "the  cat");
  CHECK(t.numbers == std::vector<Index>{1, 3, 4});
  const sim::vocabulary words = sim::vocabulary_of(t, text_unit::word);
  CHECK(words.size() == 3 + 4);
  CHECK(words.find("<unk>") == sim::unknown_word);
  CHECK(words.find("the") == sim::first_word);
  CHECK(words.find("dog") == sim::unknown_word);
  CHECK(words.word(5) == "na\xC3\xAFve");
  CHECK(sim::vocabulary_of(t, text_unit::word, 2).size() == 3 + 1);
  const sim::corpus x = sim::sentences_of(t, words, text_unit::word);
  REQUIRE(x.size() == 3);
  CHECK(words.text(x[1]) == "na\xC3\xAFve <unk> cat");
  CHECK(x.tokens() == 6);
  CHECK(x.predictions() == 9);
  CHECK(x.longest() == 3);

  const sim::vocabulary letters = sim::vocabulary_of(t, text_unit::character);
  CHECK(letters.find("\xC3\xAF") != sim::unknown_word);
  CHECK(letters.find("na") == sim::unknown_word);
  const sim::corpus y = sim::sentences_of(t, letters, text_unit::character);
  CHECK(letters.text(y[1], "") == "na\xC3\xAFve <unk> cat");
  CHECK(y[1].size() == 15);
}

TEST_CASE("text: blocks run over the ends of lines") {
  const sim::text_lines t = sim::parse_text("a b\nc d e\nf\n", "f.txt");
  const sim::vocabulary words = sim::vocabulary_of(t, text_unit::word);
  const sim::corpus x = sim::blocks_of(t, words, text_unit::word, {.length = 3});
  REQUIRE(x.size() == 3);
  CHECK(words.text(x[0]) == "a b </s>");
  CHECK(words.text(x[2]) == "</s> f </s>");
  CHECK(words.text(sim::blocks_of(t, words, text_unit::word, {.length = 4, .line_ends = false}).all()) == "a b c d");
  CHECK_THROWS_WITH_AS(static_cast<void>(sim::blocks_of(t, words, text_unit::word)),
                       "simulacra::read_text: f.txt: line 3: the text ends here, after 9 tokens; a block has 64",
                       std::runtime_error);
}

TEST_CASE("text: what is wrong with a file is said with its name and line") {
  const std::string start = "simulacra::read_text: f.txt: ";
  CHECK(complaint("two words") == "none");
  CHECK(complaint("") == start + "the text ends here, and there was no token in it");
  CHECK(complaint("\n  \n\n") == start + "line 3: the text ends here, and there was no token in it");
  CHECK(complaint("\nword\n") == start + "line 2: this is the only token of the text; a corpus needs at least 2");
  CHECK(complaint("\nword\n", {}, text_unit::character) == "none");
  CHECK(complaint("a <s> b", {}, text_unit::character) == "none");
  CHECK(complaint("a b\nc \x01 d") == start + "line 2: byte 3 is 0x01, a control character that no text has");
  CHECK(complaint(std::string("a b\nc \0 d", 9)) == start + "line 2: byte 3 is 0x00, a control character that no text has");
  CHECK(complaint("a b\nthe </s> c") == start + "line 2: '</s>' marks where a sentence starts or ends, and is no word");
  CHECK(complaint("a b\nlonger", {.longest_line = 5}) == start + "line 2: has 6 bytes; at most 5 are allowed");
  // Stray, cut short, too long a form, surrogate, beyond the last code point, never a byte of UTF-8.
  for (const char* broken : {"a\nb \x80 c", "a\nb \xC3", "a\nb \xC0\xAF c", "a\nb \xE0\x80\x80 c", "a\nb \xED\xA0\x80 c",
                             "a\nb \xF4\x90\x80\x80 c", "a\nb \xE2\x82 c", "a\nb \xFF c"}) {
    const std::string said = complaint(broken);
    CHECK(said.starts_with(start + "line 2: byte 3 is 0x"));
    CHECK(said.ends_with(", which is no UTF-8 there"));
  }
  CHECK(complaint("\xE2\x82\xAC \xF0\x9F\x98\x80 \xED\x9F\xBF \xF4\x8F\xBF\xBF") == "none");
  CHECK_THROWS_WITH_AS(static_cast<void>(sim::read_text("/nowhere/at_all.txt")),
                       "simulacra::read_text: /nowhere/at_all.txt: there is no such file", std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(sim::read_text(std::filesystem::temp_directory_path())), std::runtime_error);
}

TEST_CASE("corpora join and are picked from, and do not mix blocks with sentences") {
  using traits = sim::data_traits<sim::corpus>;
  sim::corpus x, more, sentences(sim::sequences::sentences);
  x.add(std::vector<token_id>{3, 4});
  x.add(std::vector<token_id>{5});
  more.add(std::vector<token_id>{6, 7, 8});
  traits::append(x, more);
  CHECK(traits::count(x) == 3);
  CHECK(x.all().size() == 6);
  const std::vector<Index> chosen{2, 0};
  const sim::corpus part = traits::select(x, chosen);
  CHECK(part.size() == 2);
  CHECK(std::vector<token_id>(part[0].begin(), part[0].end()) == std::vector<token_id>{6, 7, 8});
  CHECK(traits::front(x, 2).tokens() == 3);
  CHECK(traits::front(x, 0) == sim::corpus());
  sentences.add(std::vector<token_id>{3});
  CHECK_THROWS_AS(x.append(sentences), std::invalid_argument);
  CHECK_THROWS_AS(sentences.add(std::vector<token_id>{sim::sentence_end}), std::invalid_argument);
  sim::corpus fresh;
  fresh.append(sentences);
  CHECK(fresh.closed());
  CHECK_THROWS_AS(sim::vocabulary().add("<s>"), std::invalid_argument);
  CHECK_THROWS_AS(sim::vocabulary().add(""), std::invalid_argument);
}

TEST_CASE("real text as a truth: as many draws as there are sequences are all of them") {
  const sim::corpus all = language_test::little_sentences();
  const sim::data_law truth(all);
  sim::stream rng(5);
  const auto sorted = [](const sim::corpus& x) {
    std::vector<std::vector<token_id>> list;
    for (Index i = 0; i < x.size(); ++i) list.emplace_back(x[i].begin(), x[i].end());
    std::sort(list.begin(), list.end());
    return list;
  };
  const sim::corpus once = truth.sample(all.size(), rng), part = truth.sample(4, rng),
                    twice = truth.sample(2 * all.size() + 1, rng);
  CHECK(sorted(once) == sorted(all));
  CHECK_FALSE(once == all);
  CHECK(part.size() == 4);
  CHECK(sorted(twice.front(2 * all.size())).size() == 26);
  CHECK(sorted(twice.front(all.size())) == sorted(all));
  CHECK_THROWS_AS(sim::data_law{sim::corpus()}, std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(truth.sample(-1, rng)), std::invalid_argument);
}

TEST_CASE("text: files with byte order marks that were joined, blank lines that are kept, what is no text") {
  const std::string mark = "\xEF\xBB\xBF";
  const sim::text_lines joined = sim::parse_text(mark + "one two\n" + mark + "three" + mark + "four\n", "f.txt");
  const sim::vocabulary words = sim::vocabulary_of(joined, text_unit::word);
  CHECK(joined.lines == std::vector<std::string>{"one two", "three four"});
  CHECK(words.size() == 3 + 4);
  // A text of three lines, two of them blank, ends in a line end; each line has an end that is predicted.
  const std::string text = " \n one two \n\n";
  const sim::text_lines all = sim::parse_text(text, "f.txt", {.blank_lines = true});
  CHECK(all.lines == std::vector<std::string>{"", "one two", ""});
  CHECK(all.numbers == std::vector<Index>{1, 2, 3});
  const sim::corpus x = sim::sentences_of(all, words, text_unit::word);
  CHECK(x.size() == 3);
  CHECK(x.predictions() == 5);
  CHECK(sim::sentences_of(sim::parse_text(text, "f.txt"), words, text_unit::word).predictions() == 3);
  CHECK(sim::blocks_of(all, words, text_unit::word, {.length = 5})[0].size() == 5);
  CHECK_THROWS_AS(static_cast<void>(sim::parse_text(" \n\n", "f.txt", {.blank_lines = true})), std::runtime_error);
  CHECK(complaint("\x1F\x8B\x08") == "simulacra::read_text: f.txt: this is compressed (gzip), and no text: unpack it first");
  CHECK_THROWS_AS(static_cast<void>(sim::read_text("/dev/zero")), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(sim::read_text("/tmp")), std::runtime_error);
}

TEST_CASE("corpus: sequences are asked for by their number, and there are no others") {
  sim::corpus x;
  x.add(std::vector<token_id>{3, 4});
  CHECK(x[0].size() == 2);
  for (const Index i : {Index{-1}, Index{1}, Index{1} << 40}) {
    CHECK_THROWS_AS(static_cast<void>(x[i]), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(x.select(std::vector<Index>{i})), std::invalid_argument);
  }
  CHECK(x.front(1) == x);
  CHECK(x.front(0).empty());
  CHECK_THROWS_AS(static_cast<void>(x.front(2)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(x.front(-1)), std::invalid_argument);
}
