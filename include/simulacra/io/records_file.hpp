#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/text.hpp>

/// The records of an ensemble as a file, so that shards may meet and an interrupted study go on: every number of every replicate, in
/// digits that read back as the same double.
namespace simulacra {

/// A CSV file with a row for each finished replicate and recorded generation, `replicate,generation,<metric>,...`, under comment
/// lines that hold what else the records know. (NumPy, R and gnuplot skip lines that begin with #.)
[[nodiscard]] inline std::string records_csv(const records& all) {
  std::string text = "# simulacra records 1\n# replicates " + argument::text(all.replicates()) + "\n# generations";
  for (const Index t : all.generations()) text += " " + argument::text(t);
  text += "\n# fits";
  for (const Index n : all.fits) text += " " + argument::text(n);
  text += std::string("\n# stopped ") + (all.stopped ? "1" : "0") + "\n";
  for (const replicate_failure& f : all.failures) {
    std::string message = f.message;
    for (char& c : message)
      if (c == '\n' || c == '\r') c = ' ';
    text += "# failure " + argument::text(f.replicate) + " " + argument::text(f.key.seed) + " " +
            argument::text(f.key.condition) + " " + message + "\n";
  }
  text += "replicate,generation";
  for (const std::string& metric : all.metrics()) text += "," + detail::csv_field(metric);
  text += "\n";
  for (Index r = 0; r < all.replicates(); ++r) {
    if (!all.has(r)) continue;
    for (std::size_t row = 0; row < all.generations().size(); ++row) {
      text += argument::text(r) + "," + argument::text(all.generations()[row]);
      for (std::size_t k = 0; k < all.metrics().size(); ++k) text += "," + detail::number(all.at(r, row, k));
      text += "\n";
    }
  }
  return text;
}

/// Writes records whole or not at all. @throw std::runtime_error naming the path if it cannot
inline void save_records(const std::filesystem::path& path, const records& all) { write_file(path, records_csv(all)); }

namespace detail {

/// Reads a file of records line by line; what is wrong is said with path and line.
class records_reader {
 public:
  explicit records_reader(const std::filesystem::path& path) : path_(path), file_(path, std::ios::binary) {
    if (!file_) throw std::runtime_error("simulacra::load_records: cannot read " + path.string());
  }

  records read() {
    if (next() != "# simulacra records 1")
      fail("this is no file of records: its first line must be '# simulacra records 1'");
    const auto replicates = integers("# replicates ");
    const std::vector<Index> generations = integers("# generations");
    const auto fits = integers("# fits ");
    const auto stopped = integers("# stopped ");
    if (replicates.size() != 1 || replicates[0] < 1 || fits.size() != status_count || stopped.size() != 1)
      fail("a number is missing, or too much");
    std::vector<replicate_failure> failures;
    while (next().starts_with("# failure ")) failures.push_back(failure());
    std::vector<std::string> metrics = fields();
    if (metrics.size() < 3 || metrics[0] != "replicate" || metrics[1] != "generation")
      fail("the heading must be replicate,generation and a metric");
    metrics.erase(metrics.begin(), metrics.begin() + 2);

    records all(std::move(metrics), generations, replicates[0]);
    all.failures = std::move(failures);
    for (std::size_t k = 0; k < status_count; ++k) all.fits[k] = fits[k];
    all.stopped = stopped[0] != 0;
    std::size_t row = 0;
    Index replicate = -1;
    while (more()) {
      const std::vector<std::string> cell = fields();
      if (cell.size() != all.metrics().size() + 2) fail("a row must have as many fields as the heading");
      const auto r = number<Index>(cell[0]);
      if (row == 0) {
        if (r <= replicate || r >= all.replicates()) fail("replicates must increase, and be fewer than were announced");
        replicate = r;
      }
      if (r != replicate || number<Index>(cell[1]) != all.generations()[row])
        fail("every generation of a replicate must be there, in order");
      for (std::size_t k = 0; k < all.metrics().size(); ++k)
        all.of(r)[row * all.metrics().size() + k] = number<double>(cell[k + 2]);
      if (++row == all.generations().size()) {
        all.accept(r);
        row = 0;
      }
    }
    if (row != 0) fail("the file ends in the middle of a replicate");
    return all;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw std::runtime_error("simulacra::load_records: " + path_.string() + ", line " + std::to_string(at_) + ": " +
                             std::string(what));
  }

  bool more() {
    if (!std::getline(file_, line_)) return false;
    ++at_;
    if (file_.eof()) fail("the file is cut short: its last line does not end");
    return true;
  }
  const std::string& next() {
    if (!more()) fail("the file ends too early");
    return line_;
  }

  template <class Number>
  Number number(std::string_view text) const {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) fail("'" + std::string(text) + "' is no number here");
    return value;
  }

  /// The numbers of the next line, which begins with these words.
  std::vector<Index> integers(std::string_view words) {
    if (!next().starts_with(words)) fail("this line must begin with '" + std::string(words) + "'");
    std::istringstream rest(line_.substr(words.size()));
    std::vector<Index> all;
    for (std::string word; rest >> word;) all.push_back(number<Index>(word));
    return all;
  }

  replicate_failure failure() const {
    std::istringstream rest(line_.substr(10));
    std::string replicate, seed, condition, message;
    rest >> replicate >> seed >> condition;
    std::getline(rest >> std::ws, message);
    return {number<Index>(replicate), {number<std::uint64_t>(seed), number<std::uint64_t>(condition)}, message};
  }

  /// The fields of the line, quotes undone.
  std::vector<std::string> fields() const {
    std::vector<std::string> all(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line_.size(); ++i) {
      const char c = line_[i];
      if (c == '"') {
        if (quoted && i + 1 < line_.size() && line_[i + 1] == '"')
          all.back() += line_[++i];
        else
          quoted = !quoted;
      } else if (c == ',' && !quoted) {
        all.emplace_back();
      } else {
        all.back() += c;
      }
    }
    return all;
  }

  std::filesystem::path path_;
  std::ifstream file_;
  std::string line_;
  Index at_ = 0;
};

}  // namespace detail

/// Reads what `save_records` wrote.
/// @throw std::runtime_error naming path, line and fault where the file cannot be read, is cut short, or is something else
[[nodiscard]] inline records load_records(const std::filesystem::path& path) { return detail::records_reader(path).read(); }

}  // namespace simulacra
