#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/parse_number.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/core/utf8.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>
#include <simulacra/families/language/detail/whole_file.hpp>
#include <simulacra/families/language/vocabulary.hpp>

namespace simulacra::detail {

/// Reads the text of an ARPA file into tables.
class arpa_reader {
 public:
  arpa_reader(std::string_view content, std::string_view name) : rest_(content), name_(name) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (const std::string_view what = container_of(content); !what.empty())
      fail("this is " + std::string(what) + ", and no text: unpack it first");
  }

  ngram_tables read(vocabulary& words) {
    while (next_line() && line_ != "\\data\\") {
    }
    if (line_ != "\\data\\") fail("there is no \\data\\ in it");
    std::vector<std::size_t> sizes;
    while (next_line() && line_.starts_with("ngram") && line_.size() > 5 && blank(line_[5]))
      sizes.push_back(declared(sizes.size() + 1));
    if (sizes.empty() || sizes.size() > longest_ngram)
      fail("it says 'ngram n=' for " + argument::text(sizes.size()) + " lengths; from 1 to 6 can be read");
    ngram_tables t(static_cast<int>(sizes.size()));
    for (int n = 1; n <= t.order; ++n) {
      if (line_ != "\\" + argument::text(n) + "-grams:") fail("here should be \\" + argument::text(n) + "-grams:");
      if (n == 1)
        read_words(t, sizes[0], words);
      else
        read_longer(t, n, sizes[static_cast<std::size_t>(n - 1)], words);
    }
    if (line_ != "\\end\\") fail("here should be \\end\\");
    return t;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("simulacra::read_arpa: " + std::string(name_) + ": line " + argument::text(number_) + ": " +
                             why);
  }

  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

  /// The next line that is not empty, without blanks at its ends; false, and an empty line, at the end.
  bool next_line() {
    while (!rest_.empty()) {
      const std::size_t end = (std::min)(rest_.find('\n'), rest_.size());
      line_ = rest_.substr(0, end);
      rest_.remove_prefix((std::min)(end + 1, rest_.size()));
      ++number_;
      while (!line_.empty() && blank(line_.back())) line_.remove_suffix(1);
      while (!line_.empty() && blank(line_.front())) line_.remove_prefix(1);
      if (!line_.empty()) return true;
    }
    line_ = {};
    return false;
  }

  /// The number of `ngram n = number`, with blanks or without.
  std::size_t declared(std::size_t n) const {
    std::string s;
    for (const char c : line_.substr(5))
      if (!blank(c)) s += c;
    const std::string begin = argument::text(n) + "=";
    std::size_t size = 0;
    if (!s.starts_with(begin)) fail("here should be 'ngram " + begin + "' and a number");
    s.erase(0, begin.size());
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), size);
    if (error != std::errc{} || end != s.data() + s.size() || size >= (std::size_t{1} << 29) - 1)
      fail("'" + shown(s) + "' is no number of n-grams under 2^29");
    return size;
  }

  /// 10 to what stands in a field; 0 for -99 and below, -inf included.
  [[nodiscard]] double power_of_ten(std::string_view field) const {
    double x = 0;
    if (read_number(field, x) == parsed::none || std::isnan(x)) fail("'" + shown(field) + "' is no number");
    const double power = x <= -99 ? 0 : std::pow(10.0, x);
    if (!(power <= (std::numeric_limits<double>::max)())) fail("10 to the power of " + shown(field) + " is out of range");
    return power;
  }

  [[nodiscard]] double probability() const {
    const double p = power_of_ten(fields_[0]);
    if (p > 1) fail("the logarithm of a probability is " + shown(fields_[0]) + ", more than 0");
    return p;
  }

  /// Takes the line apart: a number, n words, and, except where the n-gram is as long as the order, a number that may be missing.
  void split(std::size_t n, bool longest) {
    fields_.clear();
    for (std::size_t i = 0; i < line_.size();) {
      std::size_t length = 0;
      while (i + length < line_.size() && !blank(line_[i + length])) ++length;
      if (length > 0) fields_.push_back(line_.substr(i, length));
      i += length + 1;
    }
    if (fields_.size() == n + 1 || (fields_.size() == n + 2 && !longest)) return;
    fail("has " + argument::text(fields_.size()) + " fields; an n-gram of this length has " + argument::text(n + 1) +
         (longest ? ", and none has a back-off weight" : " or " + argument::text(n + 2)));
  }

  /// Calls f for each n-gram of a section, and ends at the line behind it.
  template <class F>
  void section(int n, int order, std::size_t size, F&& f) {
    std::size_t found = 0;
    while (next_line() && line_.front() != '\\') {
      split(static_cast<std::size_t>(n), n == order);
      ++found;
      f();
    }
    if (found != size)
      fail("the " + argument::text(n) + "-grams end here, after " + argument::text(found) + "; there should be " +
           argument::text(size));
  }

  [[nodiscard]] double backoff(int n) const {
    return fields_.size() == static_cast<std::size_t>(n) + 2 ? power_of_ten(fields_.back()) : 1.0;
  }

  void read_words(ngram_tables& t, std::size_t size, vocabulary& words) {
    ngram_rank& here = t.rank(1);
    std::vector<bool> given;
    const auto grow = [&](std::size_t to) {
      while (here.entries.size() < to) here.entries.push_back({0, static_cast<token_id>(here.entries.size()), {}});
      if (t.order > 1) here.histories.resize(to);
      given.resize(to);
    };
    grow(first_word);
    section(1, t.order, size, [&] {
      const std::string_view word = fields_[1];
      const token_id w = word == "<s>" ? sentence_start : word == "</s>" ? sentence_end : words.add(word);
      grow((std::max)(std::size_t{w} + 1, here.entries.size()));
      if (given[w]) fail("the word '" + shown(word) + "' is there twice");
      given[w] = true;
      const double p = probability();
      here.entries[w].probability = w == sentence_start ? 0 : p;  // it is never predicted
      if (t.order > 1) here.histories[w].backoff = backoff(1);
    });
    if (std::none_of(here.entries.begin(), here.entries.end(), [](const ngram_entry& e) { return e.probability > 0; }))
      fail("the 1-grams end here, and none has a probability above 0: there is nothing to draw");
  }

  void read_longer(ngram_tables& t, int n, std::size_t size, const vocabulary& words) {
    ngram_rank& here = t.rank(n);
    std::vector<token_id> ids(static_cast<std::size_t>(n));
    const auto node_of = [&](std::size_t from, std::size_t to) {
      std::uint32_t node = ids[from];
      for (std::size_t k = from + 1; k < to && node != no_node; ++k)
        node = t.rank(static_cast<int>(k - from)).next.find(node, ids[k]);
      return node;
    };
    section(n, t.order, size, [&] {
      for (std::size_t k = 0; k < ids.size(); ++k) {
        const std::string_view word = fields_[k + 1];
        ids[k] = words.find(word);
        if (ids[k] == unknown_word && word != "<unk>") fail("the word '" + shown(word) + "' is not among the 1-grams");
      }
      const std::uint32_t prefix = node_of(0, ids.size() - 1), suffix = node_of(1, ids.size());
      if (prefix == no_node || suffix == no_node)
        fail("of this n-gram, what is left without its " + std::string(prefix == no_node ? "last" : "first") +
             " word is not there; models that are pruned so cannot be read");
      const auto fresh = static_cast<std::uint32_t>(here.entries.size());
      if (t.rank(n - 1).next.find_or_insert(prefix, ids.back(), fresh) != fresh) fail("this n-gram is there twice");
      const double p = probability();
      here.entries.push_back({ids.back() == sentence_start ? 0 : p, ids.back(), {}});  // as among the 1-grams
      here.prefix.push_back(prefix);
      here.suffix.push_back(suffix);
      if (n < t.order) {
        here.histories.emplace_back();
        here.histories.back().backoff = backoff(n);
      }
    });
  }

  std::string_view rest_, name_, line_;
  std::vector<std::string_view> fields_;
  Index number_ = 0;
};

}  // namespace simulacra::detail
