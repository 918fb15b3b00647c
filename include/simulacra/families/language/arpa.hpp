#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/detail/arpa_check.hpp>
#include <simulacra/families/language/detail/arpa_reader.hpp>
#include <simulacra/families/language/detail/whole_file.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/vocabulary.hpp>

/// N-gram models in the ARPA format, which other programs (KenLM, SRILM, ...) read and write: for each n-gram log10 of its
/// probability and, where it is a history, log10 of its back-off weight. -99 stands for the logarithm of 0, and is what is written for it;
/// less, and -inf, are read as the same. A byte order mark, lines that end in CR LF, and what stands before \\data\\ are passed over.
namespace simulacra {

/// What an ARPA file holds: a vocabulary of its own, and the model on it.
struct arpa_file {
  vocabulary words;
  ngram model;
  /// Of the probabilities after a history, the greatest and the least: 1 and 1, but for digits, where the file's numbers are of a proper
  /// model. Far below 1, where it was cut, or words are missing, perplexities are none of a law.
  double largest_sum = 1, smallest_sum = 1;
};

/// What an ARPA file does not say of a model.
struct arpa_options {
  sequences kind = sequences::sentences;  ///< whether it is a model of sentences
  Index length = 1000;                    ///< tokens in a block that it draws; in a sentence, at most
  double most =
      2;  ///< what the probabilities after a history may add to, >= 1: those of many files do not add to 1. Whatever
          ///< it is, no single word has more than 1
};

namespace detail {

/// The logarithm of x as it is written: one that reads, and is written again, as the same digits.
inline std::string arpa_number(double x) {
  if (!(x > 1e-99)) return "-99";
  double log = std::log10(x);
  for (int tries = 0; tries < 8; ++tries) {
    const double again = std::log10(std::pow(10.0, log));
    if (again == log) break;
    log = again;
  }
  return argument::text(log);
}

}  // namespace detail

/// A model as the text of an ARPA file; numbers have all their digits, so that reading it gives the same model to rounding.
/// @throw std::invalid_argument if the vocabulary has another size than the model, and for a model of order 2 or more whose
///        probabilities fall back to a uniform law (additive smoothing), or if a word has white space in it, as the blank of
///        a vocabulary of characters: both the format cannot say. O(n-grams).
[[nodiscard]] inline std::string arpa_text(const ngram& model, const vocabulary& words) {
  const detail::ngram_tables& t = model.tables();
  argument::require(words.size() == model.symbols(), "arpa_text", "words.size()", words.size(),
                    "equal the number of the model's symbols, " + argument::text(model.symbols()));
  argument::require(t.order == 1 || t.way == detail::falls_back::to_shorter, "arpa_text", "model",
                    "one with additive smoothing", "fall back to shorter histories");
  for (token_id w = 0; w < static_cast<token_id>(words.size()); ++w)
    argument::require(words.word(w).find_first_of(" \t\r\n\v\f") == std::string::npos, "arpa_text", "words",
                      "'" + words.word(w) + "'", "hold no white space, which separates words in the format");
  std::string out = "\\data\\\n";
  for (int n = 1; n <= t.order; ++n)
    out += "ngram " + argument::text(n) + "=" + argument::text(t.rank(n).entries.size()) + "\n";
  for (int n = 1; n <= t.order; ++n) {
    out += "\n\\" + argument::text(n) + "-grams:\n";
    const detail::ngram_rank& rank = t.rank(n);
    for (std::size_t i = 0; i < rank.entries.size(); ++i) {
      const detail::ngram_entry& e = rank.entries[i];
      out += detail::arpa_number(e.probability);
      std::uint32_t node = static_cast<std::uint32_t>(i);
      token_id written[longest_ngram];
      for (int k = n; k >= 1; --k) {  // the words, from the last to the first
        written[k - 1] = t.rank(k).entries[node].word;
        if (k > 1) node = t.rank(k).prefix[node];
      }
      for (int k = 0; k < n; ++k) out.append(k == 0 ? "\t" : " ").append(words.word(written[k]));
      if (n < t.order) {
        const detail::ngram_history& h = rank.histories[i];
        out.append("\t").append(detail::arpa_number(h.backoff));
      }
      out += '\n';
    }
  }
  return out + "\n\\end\\\n";
}

/// Reads a model from the text of an ARPA file. O(bytes).
/// @param name  what messages call it
/// @throw std::runtime_error naming the line if the text is no ARPA file, is cut short, has another number of n-grams than
///        it says, a logarithm > 0 or one whose power of ten is out of range, a back-off weight of an n-gram of the greatest length, an
///        n-gram twice, or one whose beginning or end (without its last or first word) is not there, no word of a probability above 0; or
///        naming the history after which the probabilities are none: see `arpa_options::most`; or if it is compressed
[[nodiscard]] inline arpa_file parse_arpa(std::string_view content, std::string_view name, const arpa_options& how = {}) {
  argument::require(how.length >= 1, "parse_arpa", "length", how.length, "be at least 1");
  argument::require(how.most >= 1, "parse_arpa", "most", how.most, "be at least 1");
  detail::arpa_reader reader(content, name);
  vocabulary words;
  detail::ngram_tables tables = reader.read(words);
  tables.closed = how.kind == sequences::sentences;
  tables.length = how.length;
  detail::finish_tables(tables);
  const auto [smallest, largest] = detail::arpa_check(tables, words, name)(how.most);
  return {std::move(words), ngram(std::move(tables)), largest, smallest};
}

/// Reads an ARPA file; see `parse_arpa`. @throw std::runtime_error also if there is no such file, or it is none: a folder, a device
[[nodiscard]] inline arpa_file read_arpa(const std::filesystem::path& path, const arpa_options& how = {}) {
  const auto reject = [&](const std::string& why) {
    throw std::runtime_error("simulacra::read_arpa: " + path.string() + ": " + why);
  };
  const std::string content = detail::whole_file(path, reject, "there is no such file, or it cannot be read");
  return parse_arpa(content, path.string(), how);
}

}  // namespace simulacra
