#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/fingerprint.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/detail/records_format.hpp>
#include <simulacra/io/text_reader.hpp>

namespace simulacra::detail {

/// Reads what stands above the rows of a file of records, with the heading, and holds it against itself: a head is anybody's word.
class records_head_reader {
 public:
  explicit records_head_reader(text_reader& reader) : reader_(reader) {}

  /// The first line. @return the version of the format; 0 where the file ends before that can be told
  int version() {
    constexpr std::string_view magic = "# simulacra records ";
    if (!reader_.next_line() || (reader_.cut() && magic.starts_with(reader_.text()))) return 0;
    if (!reader_.text().starts_with(magic))
      reader_.fail("this is no file of records: its first line must be '# simulacra records 2'");
    const std::string_view version = reader_.text().substr(magic.size());
    if (version != "1" && version != "2")
      reader_.fail("this is version '" + shown(version) + "' of the format; versions 1 and 2 can be read");
    return version_ = version == "1" ? 1 : 2;
  }

  /// The rest of it. Runs of finished replicates are known since version 2.
  records_head rest() {
    records_head head;
    read_entries(head.failures);
    read_heading(head.metrics);
    read_generations(head.generations);
    head.first = version_ == 1 ? 0 : integer("first");
    head.replicates = integer("replicates");
    if (const std::string fault = fault_of_replicates(head); !fault.empty()) reader_.fail(fault);
    if (version_ > 1) read_finished(head);
    head.fits = fits();
    head.stopped = is_true("stopped");
    head.origin = origin();
    std::vector<replicate_failure> old;  // have the numbers of the whole ensemble, and rows have not
    if (version_ == 1) old.swap(head.failures);
    if (const std::string fault = fault_of(head); !fault.empty()) reader_.fail(fault);
    if (version_ == 1) old.swap(head.failures);
    if (version_ > 1 && is_true("complete") != head.complete())
      reader_.fail(head.complete() ? "'# complete 0', and no replicate is missing"
                                   : "'# complete 1', and a replicate has neither finished nor failed");
    return head;
  }

 private:
  struct entry {
    std::string key, value;
  };

  void read_entries(std::vector<replicate_failure>& failures) {
    while (reader_.next_begins_with('#')) {
      reader_.next_line();
      if (reader_.cut()) reader_.fail("the file is cut short: its last line does not end");
      std::string_view line = reader_.text();
      line.remove_prefix(line.starts_with("# ") ? 2 : 1);
      const std::size_t blank = (std::min)(line.find(' '), line.size());
      const std::string_view key = line.substr(0, blank), value = line.substr((std::min)(blank + 1, line.size()));
      if (key == "failure") {
        replicate_failure f = failure(value);
        if (version_ > 1 && !failures.empty())  // at once, so that nothing is kept of many that are one
          if (const std::string fault = fault_of_order(failures.back().replicate, f.replicate); !fault.empty())
            reader_.fail(fault);
        failures.push_back(std::move(f));
        continue;
      }
      if (key == "room") continue;  // see write_records
      constexpr std::string_view known[] = {"version",  "program",     "seed", "condition", "plan",
                                            "samples",  "draw",        "stop", "first",     "replicates",
                                            "finished", "generations", "fits", "stopped",   "complete"};
      if (std::find(std::begin(known), std::end(known), key) == std::end(known))
        reader_.fail("'" + shown(key) + "' is nothing that a file of records says");
      if (find(key) != nullptr) reader_.fail("'# " + std::string(key) + "' is there twice");
      entries_.push_back({std::string(key), std::string(value)});
    }
  }

  void read_heading(std::vector<std::string>& metrics) {
    if (!reader_.next_record()) reader_.fail("the file ends too early: there is no heading");
    const auto heading = reader_.fields();
    if (heading.size() < 3 || heading[0] != "replicate" || heading[1] != "generation" || reader_.cut())
      reader_.fail("the heading must be replicate,generation and a metric");
    metrics.assign(heading.begin() + 2, heading.end());
  }

  /// One by one, so that nothing is kept of many that do not increase.
  void read_generations(std::vector<Index>& all) const {
    each_word(value("generations"), [&](std::string_view word) {
      const auto t = number<Index>(word);
      if (t <= (all.empty() ? -1 : all.back()))
        reader_.fail("generation " + argument::text(t) + " is not above the one before");
      all.push_back(t);
    });
  }

  void read_finished(records_head& head) const {
    Index next = head.first;
    each_word(value("finished"), [&](std::string_view word) {
      const std::size_t dash = (std::min)(word.find('-'), word.size());
      const auto from = number<Index>(word.substr(0, dash)),
                 to = number<Index>(word.substr((std::min)(dash + 1, word.size())));
      if (from < next || to < from || to - head.first >= head.replicates)
        reader_.fail("'# finished': runs must increase, and be among the replicates that were announced");
      head.finished.emplace_back(from, to);
      next = to + 1;
    });
  }

  [[nodiscard]] const std::string* find(std::string_view key) const {
    for (const entry& e : entries_)
      if (e.key == key) return &e.value;
    return nullptr;
  }
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
  [[nodiscard]] Index integer(std::string_view key) const { return number<Index>(value(key)); }
  [[nodiscard]] bool is_true(std::string_view key) const {
    const std::string& said = value(key);
    if (said != "0" && said != "1") reader_.fail("'# " + std::string(key) + "' is '" + shown(said) + "'; it must be 0 or 1");
    return said == "1";
  }

  /// Calls f with each word of a line: a long one has more words than there is memory for.
  template <class F>
  static void each_word(std::string_view text, F&& f) {
    while (true) {
      text.remove_prefix((std::min)(text.find_first_not_of(' '), text.size()));
      if (text.empty()) return;
      const std::string_view word = text.substr(0, text.find(' '));
      text.remove_prefix(word.size());
      f(word);
    }
  }

  /// `fits`: six numbers in version 1, and since then each with its name.
  [[nodiscard]] std::array<Index, status_count> fits() const {
    constexpr std::size_t none = status_count, in_version_1 = 6;
    std::array<Index, status_count> all{};
    std::array<bool, status_count> given{};
    std::size_t next = 0, named = none;
    each_word(value("fits"), [&](std::string_view word) {
      if (version_ > 1 && named == none) {
        for (named = 0; named < status_count && name_of(static_cast<status>(named)) != word;) ++named;
        if (named == none) reader_.fail("'# fits': '" + shown(word) + "' is no outcome with a number");
        if (std::exchange(given[named], true)) reader_.fail("'# fits': '" + shown(word) + "' is there twice");
        return;
      }
      if (next == in_version_1 && version_ == 1) reader_.fail("'# fits' must have 6 numbers");
      all[version_ == 1 ? next++ : std::exchange(named, none)] = number<Index>(word);
    });
    if (named != none) reader_.fail("'# fits': '" + std::string(name_of(static_cast<status>(named))) + "' has no number");
    if (version_ == 1 && next != in_version_1) reader_.fail("'# fits' must have 6 numbers");
    return all;
  }

  [[nodiscard]] std::optional<fingerprint> origin() const {
    if (version_ == 1) return std::nullopt;
    if (find("seed") == nullptr) {
      for (const entry& e : entries_)
        for (const std::string_view part : {"version", "program", "condition", "plan", "samples", "draw", "stop"})
          if (e.key == part) reader_.fail("there is '# " + e.key + "', and no '# seed'");
      return std::nullopt;
    }
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

  text_reader& reader_;
  int version_ = 2;
  std::vector<entry> entries_;
};

}  // namespace simulacra::detail
