#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
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
#include <simulacra/io/text.hpp>

/// What writer and reader of the files of records agree upon.
namespace simulacra::detail {

/// Bytes of memory that records of a shape take.
inline double records_bytes(Index replicates, std::size_t generations, std::size_t metrics) {
  return static_cast<double>(replicates) * (8 * static_cast<double>(generations) * static_cast<double>(metrics) + 1);
}

/// What a file of any length may ask for in memory, and beyond that so many times its length. (A number takes 2 bytes of a file at the
/// least, and 8 of memory; the rest is for replicates that were not finished, of which the head alone knows.)
inline constexpr double always_believed = 1 << 24, times_its_length = 64;

/// The least that rows take in a file.
inline double least_length(double rows, std::size_t metrics) { return rows * (4 + 2 * static_cast<double>(metrics)); }

/// What stands in a file of records above the rows.
struct records_head {
  using run = std::pair<Index, Index>;  ///< first and last replicate

  std::optional<fingerprint> origin{};
  Index first = 0, replicates = 0;
  std::vector<run> finished{};
  std::vector<Index> generations{};
  std::array<Index, status_count> fits{};
  bool stopped = false;
  std::vector<replicate_failure> failures{};  ///< by replicate, each once
  std::vector<std::string> metrics{};

  [[nodiscard]] Index finished_replicates() const {
    Index n = 0;
    for (const run& r : finished) n += r.second - r.first + 1;
    return n;
  }

  /// Whether each replicate was finished, or ended with an error. (That of a failure is not always out: a lineage that ended early is
  /// recorded.)
  [[nodiscard]] bool complete() const {
    Index ended = finished_replicates();
    std::size_t here = 0;
    for (const replicate_failure& f : failures) {
      while (here < finished.size() && finished[here].second < f.replicate) ++here;
      ended += here == finished.size() || f.replicate < finished[here].first ? 1 : 0;
    }
    return ended == replicates;
  }
};

/// What no file of records can hold, in words; nothing if all is well. Asked before a file is written, and when one is read.
inline std::string fault_of_columns(const std::vector<std::string>& metrics) {
  if (metrics.empty()) return "there is no metric";
  std::vector<std::string_view> names(metrics.begin(), metrics.end());
  std::sort(names.begin(), names.end());
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (names[k].empty()) return "a metric has no name";
    if (names[k].find('\0') != std::string_view::npos) return "the name of a metric has a byte of 0";
    if (k > 0 && names[k] == names[k - 1]) return "the metric '" + shown(names[k]) + "' is there twice";
  }
  return {};
}
/// Failures are in order, each replicate's once.
inline std::string fault_of_order(Index before, Index replicate) {
  if (replicate > before) return {};
  return "replicate " + argument::text(replicate) +
         (replicate == before ? " failed twice" : " failed, and is not above the one before");
}
inline std::string fault_of_failures(const records_head& head) {
  Index before = -1;
  for (const replicate_failure& f : head.failures) {
    const std::string name = "replicate " + argument::text(f.replicate);
    if (f.replicate < head.first || f.replicate - head.first >= head.replicates)
      return name + " failed, and is none of the " + argument::text(head.replicates) + " from " +
             argument::text(head.first) + " on";
    if (std::string fault = fault_of_order(before, f.replicate); !fault.empty()) return fault;
    if (f.generation < 0 || (head.origin && f.generation - 1 > head.origin->generations))
      return name + " failed in generation " + argument::text(f.generation) + ", and there is none";
    before = f.replicate;
  }
  return {};
}
inline std::string fault_of_fits(const records_head& head) {
  Index left = most_replicates;
  for (const Index n : head.fits) {
    if (n < 0) return "fits cannot be " + argument::text(n) + " in number";
    if (n > left) return "fits are more than 2^62 in number";
    left -= n;
  }
  const Index fits = most_replicates - left;
  if (head.origin && fits > 0 && (head.replicates == 0 || (fits - 1) / head.replicates >= head.origin->generations))
    return "there are " + argument::text(fits) + " fits, and " + argument::text(head.replicates) + " replicates of " +
           argument::text(head.origin->generations) + " generations cannot have so many";
  return {};
}
inline std::string fault_of_replicates(const records_head& head) {
  if (head.first < 0 || head.replicates < 0 || head.replicates > most_replicates ||
      head.first > most_replicates - head.replicates)
    return "replicates have numbers from 0 to 2^62, and these are " + argument::text(head.replicates) + " from " +
           argument::text(head.first) + " on";
  return {};
}
inline std::string fault_of(const records_head& head) {
  if (std::string fault = fault_of_replicates(head); !fault.empty()) return fault;
  if (head.origin && head.origin->generations < 0)
    return "a plan of " + argument::text(head.origin->generations) + " generations is none";
  Index before = -1;
  for (const Index t : head.generations) {
    if (t <= before) return "generation " + argument::text(t) + " is not above the one before";
    before = t;
  }
  if (head.origin && before > head.origin->generations)
    return "generation " + argument::text(before) + " is recorded, and the plan ends at " +
           argument::text(head.origin->generations);
  if (std::string fault = fault_of_columns(head.metrics); !fault.empty()) return fault;
  if (std::string fault = fault_of_failures(head); !fault.empty()) return fault;
  return fault_of_fits(head);
}

/// Text on one line, and back: a backslash is written twice, a line break as \n, what else is below a blank as \x1F.
inline std::string escaped(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\\')
      line += "\\\\";
    else if (c == '\n')
      line += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      append_byte(line, c);
    else
      line += c;
  }
  return line;
}
inline std::string unescaped(std::string_view line) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i], next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (c != '\\' || (next != '\\' && next != 'n' && next != 'x')) {
      text += c;
    } else if (next != 'x') {
      text += next == 'n' ? '\n' : '\\';
      ++i;
    } else if (i + 3 < line.size() && digit(line[i + 2]) >= 0 && digit(line[i + 3]) >= 0) {
      text += static_cast<char>(16 * digit(line[i + 2]) + digit(line[i + 3]));
      i += 3;
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace simulacra::detail
