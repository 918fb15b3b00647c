#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/detail/records_format.hpp>
#include <simulacra/io/detail/records_reader.hpp>
#include <simulacra/io/output_file.hpp>
#include <simulacra/io/read_file.hpp>
#include <simulacra/io/text.hpp>

/// The records of an ensemble as a file, so that shards may meet and an interrupted study go on: every number of every replicate, in
/// digits that read back as the same double, and where they come from.
namespace simulacra {

namespace detail {

/// What the head of a file says of records. Of a large ensemble that was stopped, what was not begun is left out but for one replicate:
/// nobody would believe so small a file so large a number.
inline records_head head_of(const records& all) {
  records_head head{all.origin, all.first_replicate, all.replicates(), {},           all.generations(),
                    all.fits,   all.stopped,         all.failures,     all.metrics()};
  std::stable_sort(head.failures.begin(), head.failures.end(),
                   [](const auto& a, const auto& b) { return a.replicate < b.replicate; });
  if (!fault_of_replicates(head).empty()) return head;  // numbers that would wrap; `fault_of` says so
  if (records_bytes(head.replicates, head.generations.size(), head.metrics.size()) > always_believed) {
    Index ended = 0;
    for (const replicate_failure& f : head.failures)
      if (f.replicate >= head.first && f.replicate - head.first < head.replicates) ended = f.replicate - head.first + 1;
    Index finished = head.replicates;
    while (finished > ended && !all.has(finished - 1)) --finished;
    head.replicates = (std::min)(head.replicates, (std::max)(ended, finished) + 1);
  }
  for (Index r = 0, begin = 0; r < head.replicates; r = begin) {
    for (; r < head.replicates && !all.has(r);) ++r;
    for (begin = r; begin < head.replicates && all.has(begin);) ++begin;
    if (begin > r) head.finished.emplace_back(all.first_replicate + r, all.first_replicate + begin - 1);
  }
  return head;
}

/// Writes a file of records piece by piece. @param sink  called with each piece of text
template <class Sink>
void write_records(const records& all, Sink&& sink) {
  const records_head head = head_of(all);
  if (const std::string fault = fault_of(head); !fault.empty())
    argument::reject("save_records", "all", "records of which this is said: " + fault, "be such as an ensemble makes");
  const Index replicates = head.replicates;

  std::string text = "# simulacra records 2\n";
  const auto line = [&](std::string_view key, std::string_view value) {
    text.append("# ").append(key).append(" ").append(value).append("\n");
  };
  if (head.origin) {
    line("version", escaped(head.origin->version));
    line("program", escaped(head.origin->program));
    line("seed", argument::text(head.origin->seed));
    line("condition", argument::text(head.origin->condition));
    line("plan", argument::text(head.origin->generations));
    line("samples", escaped(head.origin->samples));
    line("draw", escaped(head.origin->draw));
    line("stop", escaped(head.origin->stop));
  }
  line("first", argument::text(head.first));
  line("replicates", argument::text(replicates));
  std::string list;
  const auto word = [&](const std::string& w) { list.append(list.empty() ? "" : " ").append(w); };
  for (const auto& [from, to] : head.finished) word(argument::text(from) + "-" + argument::text(to));
  line("finished", std::exchange(list, {}));
  for (const Index t : head.generations) word(argument::text(t));
  line("generations", std::exchange(list, {}));
  for (std::size_t k = 0; k < status_count; ++k)
    word(std::string(name_of(static_cast<status>(k))) + " " + argument::text(head.fits[k]));
  line("fits", std::exchange(list, {}));
  line("stopped", head.stopped ? "1" : "0");
  line("complete", head.complete() ? "1" : "0");
  for (const replicate_failure& f : head.failures)
    line("failure", argument::text(f.replicate) + " " + argument::text(f.key.seed) + " " + argument::text(f.key.condition) +
                        " " + argument::text(f.generation) + " " + escaped(f.message));
  // Where nearly nothing was finished of much, the file is made as long as what it says must be believed at.
  const double rows = static_cast<double>(head.finished_replicates()) * static_cast<double>(head.generations.size());
  double room =
      (records_bytes(replicates, head.generations.size(), head.metrics.size()) - always_believed) / times_its_length -
      least_length(rows, head.metrics.size());
  for (constexpr std::size_t longest = 1 << 16; room > 0; room -= static_cast<double>(longest)) {
    line("room", std::string(longest, '.'));
    sink(std::string_view(text));
    text.clear();
  }
  text += "replicate,generation";
  for (const std::string& metric : all.metrics()) text.append(",").append(csv_field(metric));
  text += "\n";

  char digits[40];
  const auto put = [&](auto value) { text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr); };
  for (Index r = 0; r < replicates; ++r) {
    if (!all.has(r)) continue;
    const auto values = all.of(r);
    std::size_t k = 0;
    for (const Index t : all.generations()) {
      put(all.first_replicate + r);
      text += ',';
      put(t);
      for (std::size_t column = 0; column < all.metrics().size(); ++column) {
        const double v = values[k++];
        text += ',';
        if (std::isfinite(v))
          put(v);
        else
          text += number(v);
      }
      text += '\n';
      if (text.size() > (std::size_t{1} << 18)) {
        sink(std::string_view(text));
        text.clear();
      }
    }
  }
  sink(std::string_view(text));
}

}  // namespace detail

/// A CSV file with a row for each finished replicate and recorded generation, `replicate,generation,<metric>,...`, under comment
/// lines that hold what else the records know: the fingerprint, which replicates are finished, what failed. (NumPy, R and gnuplot skip
/// lines that begin with #.) Replicates have the numbers that they have in the whole ensemble.
/// @throw std::invalid_argument saying what is wrong with records that no ensemble makes: without a metric, with one that has no name, is there
///        twice, or has a byte of 0; generations that do not increase or go beyond the plan; failures of replicates that are none of these, or
///        twice; fewer fits than 0, or more than replicates and plan allow; numbers of replicates beyond 2^62
[[nodiscard]] inline std::string records_csv(const records& all) {
  std::string text;
  detail::write_records(all, [&](std::string_view piece) { text += piece; });
  return text;
}

/// Writes records whole or not at all, piece by piece: 2 MiB are in memory beside the records. Of more than 16 MiB of numbers that were
/// stopped, replicates that were not begun are left out at the end, but for one.
/// @throw std::runtime_error naming the path if it cannot   @throw std::invalid_argument as `records_csv`
inline void save_records(const std::filesystem::path& path, const records& all) {
  output_file file(path, "save_records");
  detail::write_records(all, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

/// Reads records from a text in memory; see `load_records`. @param name  what messages call it
[[nodiscard]] inline records parse_records(std::string_view text, std::string_view name = "text") {
  detail::text_in_memory in(text);
  return detail::records_reader(in, name, static_cast<double>(text.size()), detail::piece_of(text.size())).read();
}

/// Reads what `save_records` wrote, or version 0.1, whose files do not say where they come from (failures in a shard of that version have the numbers of
/// the whole ensemble: set `first_replicate` before such records are written again). It is read row by row: memory for the
/// records is asked for once, when the file is long enough to hold them, and little beside it. (What comes out of a pipe is held in memory as a whole.)
/// @throw std::runtime_error naming path, line and fault where the file cannot be read, is cut short, contradicts itself, or is something else
[[nodiscard]] inline records load_records(const std::filesystem::path& path) {
  std::ifstream file = detail::opened("load_records", path);
  if (!std::filesystem::is_regular_file(path))
    return parse_records(detail::all_of(file, "load_records", path.string()), path.string());
  return detail::records_reader(file, path.string(), static_cast<double>(detail::length_of(path))).read();
}

/// Whether there is a file of records with nothing left to be run: each replicate is finished, or ended with an error. False where there
/// is no file, the ensemble was stopped, or the file is torn or contradicts itself: run that shard again. (What is wrong with it,
/// `load_records` says.) All of it is looked at, and nothing of it kept in memory.
/// @throw std::runtime_error if there is something else, which is not to be written over, or it cannot be read
[[nodiscard]] inline bool has_complete_records(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  std::ifstream file = detail::opened("has_complete_records", path);
  return detail::records_reader(file, path.string(), static_cast<double>(detail::length_of(path))).complete();
}

}  // namespace simulacra
