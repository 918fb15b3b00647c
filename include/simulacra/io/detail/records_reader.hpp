#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/detail/records_format.hpp>
#include <simulacra/io/read_file.hpp>
#include <simulacra/io/text.hpp>
#include <simulacra/io/text_reader.hpp>

namespace simulacra::detail {

/// Reads a file of records row by row; what is wrong is said with its name and line.
class records_reader {
 public:
  /// @param length  of the file in bytes; 0: not known
  records_reader(std::istream& in, std::string_view name, double length, std::size_t piece = std::size_t{1} << 16)
      : name_(name), length_(length), reader_(in, "load_records", name, piece) {}

  /// Whether nothing was left to be run, by the head of the file.
  bool complete() {
    read_head();
    return version_ == 1 ? !has_value("stopped", "1") : has_value("complete", "1");
  }

  records read() {
    read_head();
    if (!reader_.next_record()) reader_.fail("the file ends too early: there is no heading");
    const auto heading = reader_.fields();
    if (heading.size() < 3 || heading[0] != "replicate" || heading[1] != "generation" || reader_.cut())
      reader_.fail("the heading must be replicate,generation and a metric");
    std::vector<std::string> metrics(heading.begin() + 2, heading.end());
    const std::vector<Index> generations = integers("generations");
    const std::string fault = fault_of_columns(metrics, generations);
    if (!fault.empty()) reader_.fail(fault);

    const Index first = version_ == 1 ? 0 : integer("first"), replicates = integer("replicates");
    constexpr Index most = Index{1} << 62;
    if (first < 0 || replicates < 0 || first > most || replicates > most)
      reader_.fail("replicates have numbers from 0 to 2^62");
    find_runs(first, replicates);
    require_length(replicates, generations.size(), metrics.size());

    records all(std::move(metrics), generations, replicates);
    all.first_replicate = first;
    all.fits = fits();
    all.stopped = integer("stopped") != 0;
    all.failures = std::move(failures_);
    if (version_ > 1) all.origin = origin();
    read_rows(all);
    return all;
  }

 private:
  struct entry {
    std::string key, value;
  };
  using run = std::pair<Index, Index>;  ///< first and last replicate

  void read_head() {
    constexpr std::string_view magic = "# simulacra records ";
    if (!reader_.next_line()) reject_file("load_records", name_, "line 0: the file ends too early: it is empty");
    if (!reader_.text().starts_with(magic))
      reader_.fail("this is no file of records: its first line must be '# simulacra records 2'");
    const std::string_view version = reader_.text().substr(magic.size());
    if (version != "1" && version != "2")
      reader_.fail("this is version '" + shown(version) + "' of the format; versions 1 and 2 can be read");
    version_ = version == "1" ? 1 : 2;
    while (reader_.next_begins_with('#')) {
      reader_.next_line();
      if (reader_.cut()) reader_.fail("the file is cut short: its last line does not end");
      std::string_view line = reader_.text();
      line.remove_prefix(line.starts_with("# ") ? 2 : 1);
      const std::size_t blank = (std::min)(line.find(' '), line.size());
      entry e{std::string(line.substr(0, blank)), std::string(line.substr((std::min)(blank + 1, line.size())))};
      if (e.key == "failure") {
        failures_.push_back(failure(e.value));
        continue;
      }
      constexpr std::string_view known[] = {"version",  "program",     "seed", "condition", "plan",
                                            "samples",  "draw",        "stop", "first",     "replicates",
                                            "finished", "generations", "fits", "stopped",   "complete"};
      if (std::find(std::begin(known), std::end(known), e.key) == std::end(known))
        reader_.fail("'" + shown(e.key) + "' is nothing that a file of records says");
      for (const entry& other : head_)
        if (other.key == e.key) reader_.fail("'# " + e.key + "' is there twice");
      head_.push_back(std::move(e));
    }
  }

  [[nodiscard]] const std::string* find(std::string_view key) const {
    for (const entry& e : head_)
      if (e.key == key) return &e.value;
    return nullptr;
  }
  [[nodiscard]] bool has_value(std::string_view key, std::string_view value) const { return this->value(key) == value; }
  [[nodiscard]] const std::string& value(std::string_view key) const {
    const std::string* found = find(key);
    if (found == nullptr) reader_.fail("above this line there is no '# " + std::string(key) + "'");
    return *found;
  }

  template <class Number>
  Number number(std::string_view text) const {
    Number value{};
    if (!parse_number(text, value)) reader_.fail("'" + shown(text) + "' is no number here");
    return value;
  }
  static std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> all;
    while (true) {
      text.remove_prefix((std::min)(text.find_first_not_of(' '), text.size()));
      if (text.empty()) return all;
      all.push_back(text.substr(0, text.find(' ')));
      text.remove_prefix(all.back().size());
    }
  }
  [[nodiscard]] Index integer(std::string_view key) const { return number<Index>(value(key)); }
  [[nodiscard]] std::vector<Index> integers(std::string_view key) const {
    std::vector<Index> all;
    for (const std::string_view word : words(value(key))) all.push_back(number<Index>(word));
    return all;
  }

  /// `fits`: six numbers in version 1, and since then each with its name.
  [[nodiscard]] std::array<Index, status_count> fits() const {
    std::array<Index, status_count> all{};
    const auto list = words(value("fits"));
    const auto count = [&](std::string_view word) {
      const auto n = number<Index>(word);
      if (n < 0) reader_.fail("fits cannot be " + argument::text(n) + " in number");
      return n;
    };
    if (version_ == 1) {
      if (list.size() != 6) reader_.fail("'# fits' must have 6 numbers");
      for (std::size_t k = 0; k < list.size(); ++k) all[k] = count(list[k]);
      return all;
    }
    for (std::size_t i = 0; i < list.size(); i += 2) {
      std::size_t k = 0;
      while (k < status_count && name_of(static_cast<status>(k)) != list[i]) ++k;
      if (k == status_count || i + 1 == list.size())
        reader_.fail("'# fits': '" + shown(list[i]) + "' is no outcome with a number");
      all[k] = count(list[i + 1]);
    }
    return all;
  }

  [[nodiscard]] std::optional<fingerprint> origin() const {
    if (find("seed") == nullptr) return std::nullopt;
    return fingerprint{number<std::uint64_t>(value("seed")),
                       number<std::uint64_t>(value("condition")),
                       integer("plan"),
                       unescaped(value("samples")),
                       unescaped(value("draw")),
                       unescaped(value("stop")),
                       unescaped(value("version")),
                       unescaped(value("program"))};
  }

  /// Replicate, seed, condition, generation (since version 2), and the message as it is.
  [[nodiscard]] replicate_failure failure(std::string_view text) const {
    const auto word = [&] {
      const std::string_view first = text.substr(0, text.find(' '));
      text.remove_prefix((std::min)(first.size() + 1, text.size()));
      return first;
    };
    replicate_failure f;
    f.replicate = number<Index>(word());
    f.key.seed = number<std::uint64_t>(word());
    f.key.condition = number<std::uint64_t>(word());
    if (version_ > 1) f.generation = number<Index>(word());
    f.message = version_ > 1 ? unescaped(text) : std::string(text);
    return f;
  }

  /// The runs of finished replicates, as the head says.
  void find_runs(Index first, Index replicates) {
    if (version_ == 1) return;
    Index next = first;
    for (const std::string_view word : words(value("finished"))) {
      const std::size_t dash = (std::min)(word.find('-'), word.size());
      const auto from = number<Index>(word.substr(0, dash)),
                 to = number<Index>(word.substr((std::min)(dash + 1, word.size())));
      if (from < next || to < from || to - first >= replicates)
        reader_.fail("'# finished': runs must increase, and be among the replicates that were announced");
      runs_.emplace_back(from, to);
      next = to + 1;
      announced_ += to - from + 1;
    }
  }

  /// Is the file long enough for what it says, and is there memory for it? Asked before that is asked for.
  void require_length(Index replicates, std::size_t generations, std::size_t metrics) const {
    const double rows = static_cast<double>(announced_) * static_cast<double>(generations);
    const double bytes = records_bytes(replicates, generations, metrics);
    if (length_ > 0 &&
        (rows * (4 + 2 * static_cast<double>(metrics)) > length_ || bytes > always_believed + times_its_length * length_))
      reader_.fail("the file says that it holds " + argument::text(replicates) +
                   " replicates, and is too short for that with " + argument::text(static_cast<std::uint64_t>(length_)) +
                   " bytes");
    require_memory("load_records", name_, bytes);
  }

  void read_rows(records& all) {
    const std::size_t width = all.metrics().size(), times = all.generations().size();
    Index last = all.first_replicate - 1;
    std::size_t row = 0, here = 0;
    if (times == 0)
      for (const run& r : runs_)
        for (Index k = r.first; k <= r.second; ++k) all.accept(k - all.first_replicate);
    while (reader_.next_record()) {
      if (reader_.cut()) reader_.fail("the file is cut short: its last line does not end");
      const auto cell = reader_.fields();
      if (times == 0) reader_.fail("there is no generation that this row could be of");
      if (cell.size() != width + 2) reader_.fail("a row must have as many fields as the heading");
      const auto r = number<Index>(cell[0]);
      if (row == 0) {
        if (r <= last || r - all.first_replicate >= all.replicates())
          reader_.fail("replicates must increase, and be among those that were announced");
        if (version_ > 1) {
          while (here < runs_.size() && r > runs_[here].second) ++here;
          if (here == runs_.size() || r < runs_[here].first) reader_.fail("this replicate is none of '# finished'");
        }
        last = r;
      }
      if (r != last || number<Index>(cell[1]) != all.generations()[row])
        reader_.fail("every generation of a replicate must be there, in order");
      const auto values = all.of(r - all.first_replicate).subspan(row * width, width);
      for (std::size_t k = 0; k < width; ++k) values[k] = number<double>(cell[k + 2]);
      if (++row == times) {
        all.accept(r - all.first_replicate);
        row = 0;
      }
    }
    if (row != 0) reader_.fail("the file ends in the middle of a replicate");
    if (version_ > 1 && all.finished() != announced_)
      reader_.fail("the file ends too early: " + argument::text(announced_) + " replicates should be there, and " +
                   argument::text(all.finished()) + " are");
  }

  std::string name_;
  double length_;
  text_reader reader_;
  int version_ = 2;
  std::vector<entry> head_;
  std::vector<replicate_failure> failures_;
  std::vector<run> runs_;
  Index announced_ = 0;
};

}  // namespace simulacra::detail
