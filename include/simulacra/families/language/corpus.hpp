#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// The number of a word (or of a character) in a vocabulary.
using token_id = std::uint32_t;

inline constexpr token_id unknown_word = 0;    ///< stands for every word that the vocabulary does not have: `<unk>`
inline constexpr token_id sentence_start = 1;  ///< what stands before the first word of a sequence: `<s>`; never predicted
inline constexpr token_id sentence_end = 2;  ///< what ends a sentence: `</s>`; in blocks, an ordinary word that ends a line
inline constexpr token_id first_word = 3;    ///< words proper are numbered from here

/// The longest n-gram that is dealt with.
inline constexpr int longest_ngram = 6;

/// What the sequences of a corpus are.
enum class sequences {
  blocks,    ///< cut from running text: nothing is said of what comes after the last token
  sentences  ///< whole: each is followed by an end, which is predicted and scored, and not stored
};

/// A tokenised text: sequences of tokens, each an observation. The data type of the language family.
class corpus {
 public:
  explicit corpus(sequences of = sequences::blocks) : kind_(of) {}

  /// Adds a sequence. @throw std::invalid_argument if a token is `sentence_start`, or, in a sentence, `sentence_end`
  void add(std::span<const token_id> sequence) {
    for (const token_id w : sequence)
      argument::require(w != sentence_start && (w != sentence_end || kind_ == sequences::blocks), "corpus::add", "sequence",
                        w, "have no token that marks a start, and none that marks an end but in blocks");
    add_unchecked(sequence);
  }

  [[nodiscard]] sequences kind() const noexcept { return kind_; }
  [[nodiscard]] bool closed() const noexcept { return kind_ == sequences::sentences; }

  /// How many sequences there are.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(ends_.size()); }
  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }

  /// How many tokens are stored; the ends of sentences are not.
  [[nodiscard]] Index tokens() const noexcept { return static_cast<Index>(tokens_.size()); }

  /// How many tokens a model is asked for: those that are stored, and the ends of sentences.
  [[nodiscard]] Index predictions() const noexcept { return tokens() + (closed() ? size() : 0); }

  /// All tokens, one sequence behind the other.
  [[nodiscard]] std::span<const token_id> all() const noexcept { return tokens_; }

  /// Sequence i. @throw std::invalid_argument unless 0 <= i < size()
  [[nodiscard]] std::span<const token_id> operator[](Index i) const {
    argument::require(i >= 0 && i < size(), "corpus::operator[]", "i", i, "be the number of a sequence");
    const auto at = static_cast<std::size_t>(i);
    const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
    return std::span<const token_id>(tokens_).subspan(begin, ends_[at] - begin);
  }

  /// Length of the longest sequence.
  [[nodiscard]] Index longest() const noexcept {
    std::size_t most = 0, begin = 0;
    for (const std::size_t end : ends_) {
      most = (std::max)(most, end - begin);
      begin = end;
    }
    return static_cast<Index>(most);
  }

  /// Adds the sequences of `more`; an empty corpus becomes of its kind. @throw std::invalid_argument if they differ in kind
  void append(const corpus& more) {
    if (more.empty()) return;
    if (empty()) kind_ = more.kind_;
    argument::require(kind_ == more.kind_, "corpus::append", "more.kind()", more.closed() ? "sentences" : "blocks",
                      "be that of the corpus it is added to");
    const std::size_t before = tokens_.size();
    tokens_.insert(tokens_.end(), more.tokens_.begin(), more.tokens_.end());
    ends_.reserve(ends_.size() + more.ends_.size());
    for (const std::size_t end : more.ends_) ends_.push_back(before + end);
  }

  /// The sequences with the given numbers, in that order. @throw std::invalid_argument if one is none
  [[nodiscard]] corpus select(std::span<const Index> chosen) const {
    corpus part(kind_);
    for (const Index i : chosen) part.add_unchecked((*this)[i]);
    return part;
  }

  /// The first n sequences. @throw std::invalid_argument unless 0 <= n <= size()
  [[nodiscard]] corpus front(Index n) const {
    argument::require(n >= 0 && n <= size(), "corpus::front", "n", n, "be from 0 to the number of sequences");
    corpus part(kind_);
    part.ends_.assign(ends_.begin(), ends_.begin() + n);
    part.tokens_.assign(tokens_.begin(),
                        tokens_.begin() + static_cast<std::ptrdiff_t>(part.ends_.empty() ? 0 : part.ends_.back()));
    return part;
  }

  /// Makes room. @throw std::invalid_argument if a number is negative, or memory cannot hold so much
  void reserve(Index sequences_, Index tokens) {
    argument::require(sequences_ >= 0, "corpus::reserve", "sequences_", sequences_, "not be negative");
    argument::require(tokens >= 0, "corpus::reserve", "tokens", tokens, "not be negative");
    argument::require_room(sequences_, 1, sizeof(std::size_t), "corpus::reserve", "sequences_");
    argument::require_room(tokens, 1, sizeof(token_id), "corpus::reserve", "tokens");
    ends_.reserve(static_cast<std::size_t>(sequences_));
    tokens_.reserve(static_cast<std::size_t>(tokens));
  }

  friend bool operator==(const corpus&, const corpus&) = default;

 private:
  void add_unchecked(std::span<const token_id> sequence) {
    tokens_.insert(tokens_.end(), sequence.begin(), sequence.end());
    ends_.push_back(tokens_.size());
  }

  sequences kind_;
  std::vector<token_id> tokens_;
  std::vector<std::size_t> ends_;
};

/// How the loop joins and picks sequences.
template <>
struct data_traits<corpus> {
  static Index count(const corpus& x) { return x.size(); }
  static void append(corpus& x, const corpus& more) { x.append(more); }
  static corpus select(const corpus& x, std::span<const Index> chosen) { return x.select(chosen); }
  static corpus front(const corpus& x, Index n) { return x.front(n); }
  static std::span<const token_id> observation(const corpus& x, Index i) { return x[i]; }

  /// The `dimension()` of text as a law: the tokens of its longest block; 1 of sentences, which have any length.
  static Index law_dimension(const corpus& x) { return x.closed() ? 1 : x.longest(); }
};

class ngram;
template <class Data>
class data_law;

/// The closed forms of a text's risk, where a `data_law` makes it a truth: `families/language/risk.hpp` defines them, as those of an `ngram`.
[[nodiscard]] inline double cross_entropy(const data_law<corpus>& p, const ngram& q);
[[nodiscard]] inline double entropy(const data_law<corpus>& p);

}  // namespace simulacra
