#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>

namespace simulacra {

/// Words (or characters) and their numbers. It begins with `<unk>`, `<s>` and `</s>`; other words are numbered in the order
/// in which they were added. The text `<unk>` is the unknown word itself.
class vocabulary {
 public:
  vocabulary() {
    for (const char* mark : {"<unk>", "<s>", "</s>"}) insert(mark);
  }

  /// The number of a word, which is added if it is new. @throw std::invalid_argument if it is empty, or a mark other than
  /// `<unk>`
  token_id add(std::string_view word) {
    const auto known = numbers_.find(word);
    if (known != numbers_.end() && known->second != sentence_start && known->second != sentence_end) return known->second;
    argument::require(known == numbers_.end() && !word.empty(), "vocabulary::add", "word", "'" + std::string(word) + "'",
                      "be a word, and no mark of where a sentence starts or ends");
    return insert(word);
  }

  /// The number of a word, or `unknown_word`. O(1).
  [[nodiscard]] token_id find(std::string_view word) const {
    const auto known = numbers_.find(word);
    return known == numbers_.end() ? unknown_word : known->second;
  }

  /// The word with a number. @throw std::invalid_argument if there is none
  [[nodiscard]] const std::string& word(token_id number) const {
    argument::require(number < words_.size(), "vocabulary::word", "number", number, "be under size()");
    return words_[number];
  }

  /// How many words there are, the three marks included.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(words_.size()); }

  /// A sequence as text. @param between  what is put between tokens: a space for words, nothing for characters
  template <class Tokens>
  [[nodiscard]] std::string text(const Tokens& sequence, std::string_view between = " ") const {
    std::string all;
    bool first = true;
    for (const token_id w : sequence) {
      if (!first) all += between;
      all += word(w);
      first = false;
    }
    return all;
  }

  friend bool operator==(const vocabulary& a, const vocabulary& b) { return a.words_ == b.words_; }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  token_id insert(std::string_view word) {
    argument::require(words_.size() < (std::numeric_limits<token_id>::max)(), "vocabulary::add", "size()", words_.size(),
                      "stay under 2^32 - 1");
    const auto number = static_cast<token_id>(words_.size());
    words_.emplace_back(word);
    numbers_.emplace(std::string(word), number);
    return number;
  }

  std::vector<std::string> words_;
  std::unordered_map<std::string, token_id, text_hash, std::equal_to<>> numbers_;
};

}  // namespace simulacra
