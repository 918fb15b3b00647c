#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/parse_number.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/io/read_file.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra::detail {

/// Takes a stream of text apart into lines, or into records of fields as RFC 4180 has them: a field in quotes may hold commas, line
/// breaks, and quotes written twice. No more than a piece of the text is in memory. Lines end with \n or \r\n; a byte order mark at
/// the beginning of one is passed over (joined files have several).
class text_reader {
 public:
  /// @param piece  bytes that are read at once; at least 4, so that the beginning shows what kind of file it is
  text_reader(std::istream& in, std::string_view function, std::string_view name, std::size_t piece = std::size_t{1} << 16)
      : in_(in), function_(function), name_(name), buffer_((std::max)(piece, std::size_t{4})) {}

  /// The next line as it is, without its end. False: there is none.
  bool next_line() {
    if (!find_record(false)) return false;
    text_ = trimmed(true);
    return true;
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  /// Whether there is more, and it begins with this character. What was read before is not good any more.
  bool next_begins_with(char c) {
    if (next_ == filled_) {
      begin_ = next_;
      if (!refill()) return false;
    }
    return buffer_[next_] == c;
  }

  /// The next record. Blanks around fields do not count, but inside quotes. False: there is none.
  bool next_record() {
    if (!find_record(true)) return false;
    text_ = trimmed(false);
    fields_.clear();
    unquoted_.clear();
    split();
    return true;
  }
  /// Good until the next record is asked for.
  [[nodiscard]] std::span<const std::string_view> fields() const noexcept { return fields_; }

  /// The line in which the last line or record began, from 1.
  [[nodiscard]] Index line() const noexcept { return line_; }
  /// Whether the last line or record ended with the end of the text, and not with the end of a line.
  [[nodiscard]] bool cut() const noexcept { return cut_; }

  [[noreturn]] void fail(std::string_view what) const {
    reject_file(function_, name_, "line " + argument::text(line_) + ": " + std::string(what));
  }

 private:
  static constexpr std::size_t longest = std::size_t{1} << 28;  ///< bytes of a record: more is no table

  static bool blank(char c) noexcept { return c == ' ' || c == '\t'; }

  /// Finds [begin_, end_) of the next record: up to a line end outside of quotes. A quote opens at the beginning of a field only.
  bool find_record(bool quotes) {
    line_ += lines_;
    lines_ = 0;
    begin_ = next_;
    bool quoted = false, may_open = true;
    for (std::size_t i = begin_;; ++i) {
      if (i == filled_) {
        i -= begin_;
        const bool more = refill();
        i += begin_;
        if (!more) {
          if (i == begin_) return false;
          ++line_;
          if (quoted) fail("the quote that opens in this row is never closed");
          end_ = next_ = i;
          return cut_ = true;
        }
      }
      if (!quotes || (!may_open && !quoted && i > begin_ + 2)) {  // nothing but the end of the field or line matters
        const char* const from = buffer_.data() + i;
        const auto* const line = static_cast<const char*>(std::memchr(from, '\n', filled_ - i));
        const char* const stop = line != nullptr ? line : buffer_.data() + filled_;
        const auto* const comma =
            quotes ? static_cast<const char*>(std::memchr(from, ',', static_cast<std::size_t>(stop - from))) : nullptr;
        if (comma != nullptr) {
          may_open = true;
          i = static_cast<std::size_t>(comma - buffer_.data());
          continue;
        }
        i = static_cast<std::size_t>(stop - buffer_.data());
        if (line == nullptr) {
          --i;
          continue;
        }
      }
      const char c = buffer_[i];
      if (c == '\n') {
        ++lines_;
        if (quoted) continue;
        end_ = i;
        next_ = i + 1;
        ++line_;
        --lines_;
        cut_ = false;
        return true;
      }
      if (quoted)
        quoted = c != '"';  // of two quotes, the second one opens again
      else if (c == '"' && may_open)
        quoted = true;
      else if (c == ',')
        may_open = true;
      else if (!blank(c) && c != '"')
        may_open = i == begin_ + 2 && std::string_view(buffer_.data() + begin_, 3) == "\xEF\xBB\xBF";
    }
  }

  /// Reads on behind what is there. False: that was the end.
  bool refill() {
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = next_ = 0;
    if (filled_ == buffer_.size()) {
      if (filled_ >= longest)
        reject_file(function_, name_,
                    "no end of line " + argument::text(line_ + 1) + " within " + argument::text(longest) + " bytes");
      buffer_.resize(2 * filled_);
    }
    in_.read(buffer_.data() + filled_, static_cast<std::streamsize>(buffer_.size() - filled_));
    if (in_.bad()) reject_file(function_, name_, "cannot be read to its end");
    const std::string_view fresh(buffer_.data() + filled_, static_cast<std::size_t>(in_.gcount()));
    if (std::exchange(first_, false)) {
      reject_gzip(function_, name_, fresh);
      if (fresh.starts_with("\xFF\xFE") || fresh.starts_with("\xFE\xFF"))
        reject_file(function_, name_, "is text in UTF-16; save it as UTF-8");
    }
    if (fresh.find('\0') != std::string_view::npos) reject_file(function_, name_, "has bytes of 0, and so is no text");
    filled_ += fresh.size();
    return !fresh.empty();
  }

  std::string_view trimmed(bool raw) const {
    std::string_view text(buffer_.data() + begin_, end_ - begin_);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!raw && !text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
  }

  void split() {
    std::string_view rest = text_;
    for (bool more = true; more;) {
      while (!rest.empty() && blank(rest.front())) rest.remove_prefix(1);
      if (rest.starts_with('"')) {
        std::string& field = unquoted_.emplace_back();
        std::size_t i = 1;
        for (;; ++i) {
          const std::size_t quote = rest.find('"', i);
          if (quote == std::string_view::npos) fail("a quote that opens a field is never closed");
          field += rest.substr(i, quote - i);
          i = quote + 1;
          if (i >= rest.size() || rest[i] != '"') break;
          field += '"';
        }
        rest.remove_prefix(i);
        while (!rest.empty() && blank(rest.front())) rest.remove_prefix(1);
        more = rest.starts_with(',');
        if (!more && !rest.empty()) fail("'" + shown(rest) + "' stands behind the quote that closes a field");
        fields_.push_back(field);
      } else {
        const std::size_t comma = (std::min)(rest.find(','), rest.size());
        std::string_view field = rest.substr(0, comma);
        rest.remove_prefix(comma);
        more = !rest.empty();
        while (!field.empty() && blank(field.back())) field.remove_suffix(1);
        fields_.push_back(field);
      }
      if (more) rest.remove_prefix(1);
    }
  }

  std::istream& in_;
  std::string function_, name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0, next_ = 0, filled_ = 0;
  Index line_ = 0, lines_ = 0;  ///< lines_: line ends inside the last record
  bool first_ = true, cut_ = false;
  std::string_view text_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  ///< fields point into it
};

}  // namespace simulacra::detail
