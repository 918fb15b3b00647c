#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/core/utf8.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/whole_file.hpp>
#include <simulacra/families/language/vocabulary.hpp>

/// From a text file to a corpus. What is wrong with a file is an `std::runtime_error` that names the file and the line;
/// nothing is returned then, and nothing half read is left anywhere.
namespace simulacra {

/// What a token is: what stands between white space, or a Unicode code point.
enum class text_unit { word, character };

/// A text: its lines, without white space at their ends, and where they stood. Blank lines are there, empty, if they were asked for.
struct text_lines {
  std::string name;                ///< of the file, for messages
  std::vector<std::string> lines;  ///< UTF-8
  std::vector<Index> numbers;      ///< their line numbers in the file, from 1
};

/// What is believed to be text, and what is kept of it.
struct text_options {
  std::size_t longest_line = std::size_t{1} << 20;  ///< bytes
  bool blank_lines =
      false;  ///< whether lines without a token are lines: sentences of no word, and line ends in blocks. The token
              ///< counts of benchmarks of language models include them
};

namespace detail {

[[noreturn]] inline void reject_text(std::string_view name, Index line, std::string_view why) {
  throw std::runtime_error("simulacra::read_text: " + std::string(name) +
                           (line > 0 ? ": line " + argument::text(line) : "") + ": " + std::string(why));
}

inline bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

inline std::string hexadecimal(unsigned char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

inline void check_line(std::string_view line, std::string_view name, Index number) {
  for (std::size_t i = 0; i < line.size();) {
    const auto c = static_cast<unsigned char>(line[i]);
    if ((c < 0x20 && !is_blank(line[i])) || c == 0x7F)
      reject_text(name, number,
                  "byte " + argument::text(i + 1) + " is " + hexadecimal(c) + ", a control character that no text has");
    const std::size_t length = code_point_length(line, i);
    if (length == 0)
      reject_text(name, number, "byte " + argument::text(i + 1) + " is " + hexadecimal(c) + ", which is no UTF-8 there");
    i += length;
  }
}

/// Calls f(token) for each token of a line.
template <class F>
void for_each_token(std::string_view line, text_unit unit, F&& f) {
  for (std::size_t i = 0; i < line.size();) {
    std::size_t length = 0;
    if (unit == text_unit::character) {
      length = (std::max)(code_point_length(line, i), std::size_t{1});
      f(line.substr(i, length));
    } else {
      while (i < line.size() && is_blank(line[i])) ++i;
      while (i + length < line.size() && !is_blank(line[i + length])) ++length;
      if (length > 0) f(line.substr(i, length));
    }
    i += length;
  }
}

}  // namespace detail

/// Takes a text apart into lines, and checks it. Byte order marks at the beginning of lines are left out; elsewhere, where files were
/// joined whose last line did not end, one counts as a space. O(bytes).
/// @param name  what messages call it
/// @throw std::runtime_error naming the line if it is no UTF-8, has control characters, or a line is too long; and if there
///        is no token in it, or it is compressed
[[nodiscard]] inline text_lines parse_text(std::string_view content, std::string_view name, const text_options& how = {}) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";  // the byte order mark
  if (const std::string_view what = detail::container_of(content); !what.empty())
    detail::reject_text(name, 0, "this is " + std::string(what) + ", and no text: unpack it first");
  bool tokens = false;
  std::string spaced;
  text_lines t{std::string(name), {}, {}};
  Index number = 0;
  while (!content.empty()) {
    const std::size_t end = (std::min)(content.find('\n'), content.size());
    std::string_view line = content.substr(0, end);
    content.remove_prefix((std::min)(end + 1, content.size()));
    ++number;
    if (line.size() > how.longest_line)
      detail::reject_text(
          name, number,
          "has " + argument::text(line.size()) + " bytes; at most " + argument::text(how.longest_line) + " are allowed");
    detail::check_line(line, name, number);
    while (line.starts_with(mark)) line.remove_prefix(mark.size());
    if (line.find(mark) != std::string_view::npos) [[unlikely]] {
      spaced = line;
      for (std::size_t at; (at = spaced.find(mark)) != std::string::npos;) spaced.replace(at, mark.size(), 1, ' ');
      line = spaced;
    }
    while (!line.empty() && detail::is_blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && detail::is_blank(line.back())) line.remove_suffix(1);
    tokens = tokens || !line.empty();
    if (line.empty() && !how.blank_lines) continue;
    t.lines.emplace_back(line);
    t.numbers.push_back(number);
  }
  if (!tokens) detail::reject_text(name, number, "the text ends here, and there was no token in it");
  return t;
}

/// Reads a text file; see `parse_text`. @throw std::runtime_error also if there is no such file, it is none, or cannot be read
[[nodiscard]] inline text_lines read_text(const std::filesystem::path& path, const text_options& how = {}) {
  const std::string content =
      detail::whole_file(path, [&](std::string_view why) { detail::reject_text(path.string(), 0, why); });
  return parse_text(content, path.string(), how);
}

namespace detail {

/// Calls f(token) for each token of a text, and end() at the end of each line.
/// @throw std::runtime_error naming the line if a word is the mark of where a sentence starts or ends
template <class F, class G>
void for_each_token(const text_lines& t, text_unit unit, F&& f, G&& end) {
  for (std::size_t i = 0; i < t.lines.size(); ++i) {
    for_each_token(std::string_view(t.lines[i]), unit, [&](std::string_view word) {
      if (word == "<s>" || word == "</s>") [[unlikely]]
        reject_text(t.name, t.numbers[i],
                    "'" + std::string(word) + "' marks where a sentence starts or ends, and is no word");
      f(word);
    });
    end();
  }
}

}  // namespace detail

/// The vocabulary of a text: its words (or characters) that occur at least so often, in the order in which they first do.
/// @throw std::invalid_argument unless least_count >= 1   @throw std::runtime_error if a word is `<s>` or `</s>`
[[nodiscard]] inline vocabulary vocabulary_of(const text_lines& t, text_unit unit, Index least_count = 1) {
  argument::require(least_count >= 1, "vocabulary_of", "least_count", least_count, "be at least 1");
  vocabulary all;
  std::vector<Index> count;
  const auto take = [&](std::string_view word) {
    const token_id w = all.add(word);
    if (w >= count.size()) count.resize(w + std::size_t{1});
    ++count[w];
  };
  detail::for_each_token(t, unit, take, [] {});
  if (least_count == 1) return all;
  vocabulary kept;
  for (token_id w = first_word; w < count.size(); ++w)
    if (count[w] >= least_count) kept.add(all.word(w));
  return kept;
}

/// The lines of a text as sentences; words that the vocabulary does not have are `unknown_word`.
/// @throw std::runtime_error naming the line if a word is `<s>` or `</s>`, or if there is only one token in all
[[nodiscard]] inline corpus sentences_of(const text_lines& t, const vocabulary& words, text_unit unit) {
  corpus all(sequences::sentences);
  std::vector<token_id> sentence;
  const auto end = [&] {
    all.add(sentence);
    sentence.clear();
  };
  detail::for_each_token(
      t, unit, [&](std::string_view word) { sentence.push_back(words.find(word)); }, end);
  if (all.tokens() < 2)
    detail::reject_text(t.name, t.numbers.empty() ? 0 : t.numbers[0],
                        "this is the only token of the text; a corpus needs at least 2");
  return all;
}

/// How running text is cut.
struct block_options {
  Index length = 64;      ///< tokens in a block
  bool line_ends = true;  ///< whether the end of a line is a token, `sentence_end`
};

/// A text as blocks of equal length, one line running into the next; what is left at the end and makes no whole block is
/// left out.
/// @throw std::invalid_argument unless length >= 1   @throw std::runtime_error naming the line if a word is `<s>` or `</s>`,
///        or there are not enough tokens for one block
[[nodiscard]] inline corpus blocks_of(const text_lines& t, const vocabulary& words, text_unit unit,
                                      const block_options& how = {}) {
  argument::require(how.length >= 1, "blocks_of", "length", how.length, "be at least 1");
  const auto length = static_cast<std::size_t>(how.length);
  corpus all(sequences::blocks);
  std::vector<token_id> block;
  const auto put = [&](token_id w) {
    block.push_back(w);
    if (block.size() < length) return;
    all.add(block);
    block.clear();
  };
  const auto end = [&] {
    if (how.line_ends) put(sentence_end);
  };
  detail::for_each_token(
      t, unit, [&](std::string_view word) { put(words.find(word)); }, end);
  if (all.empty())
    detail::reject_text(
        t.name, t.numbers.empty() ? 0 : t.numbers.back(),
        "the text ends here, after " + argument::text(block.size()) + " tokens; a block has " + argument::text(length));
  return all;
}

}  // namespace simulacra
