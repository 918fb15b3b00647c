#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

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

/// Writes a file of records piece by piece. @param sink  called with each piece of text
template <class Sink>
void write_records(const records& all, Sink&& sink) {
  const std::string fault = fault_of_columns(all.metrics(), all.generations());
  if (!fault.empty()) argument::reject("save_records", "all", "records in which " + fault, "be such as an ensemble makes");
  argument::require(all.first_replicate >= 0, "save_records", "all.first_replicate", all.first_replicate, "not be negative");
  // Of a large ensemble that was stopped, what was not begun is left out: nobody would believe so small a file so large a number.
  Index replicates = all.replicates();
  if (records_bytes(replicates, all.generations().size(), all.metrics().size()) > always_believed)
    while (replicates > 0 && !all.has(replicates - 1)) --replicates;

  std::string text = "# simulacra records 2\n";
  const auto line = [&](std::string_view key, std::string_view value) {
    text.append("# ").append(key).append(" ").append(value).append("\n");
  };
  if (all.origin) {
    line("version", escaped(all.origin->version));
    line("program", escaped(all.origin->program));
    line("seed", argument::text(all.origin->seed));
    line("condition", argument::text(all.origin->condition));
    line("plan", argument::text(all.origin->generations));
    line("samples", escaped(all.origin->samples));
    line("draw", escaped(all.origin->draw));
    line("stop", escaped(all.origin->stop));
  }
  line("first", argument::text(all.first_replicate));
  line("replicates", argument::text(replicates));
  std::string list;
  for (Index r = 0, begin = 0; r < replicates; r = begin) {
    for (; r < replicates && !all.has(r);) ++r;
    for (begin = r; begin < replicates && all.has(begin);) ++begin;
    if (begin > r)
      list.append(list.empty() ? "" : " ")
          .append(argument::text(all.first_replicate + r))
          .append("-")
          .append(argument::text(all.first_replicate + begin - 1));
  }
  line("finished", list);
  list.clear();
  for (const Index t : all.generations()) list.append(list.empty() ? "" : " ").append(argument::text(t));
  line("generations", list);
  list.clear();
  for (std::size_t k = 0; k < status_count; ++k) {
    argument::require(all.fits[k] >= 0, "save_records", "all.fits", all.fits[k], "not be negative");
    list.append(list.empty() ? "" : " ")
        .append(name_of(static_cast<status>(k)))
        .append(" ")
        .append(argument::text(all.fits[k]));
  }
  line("fits", list);
  line("stopped", all.stopped ? "1" : "0");
  line("complete", all.complete() ? "1" : "0");
  for (const replicate_failure& f : all.failures)
    line("failure", argument::text(f.replicate) + " " + argument::text(f.key.seed) + " " + argument::text(f.key.condition) +
                        " " + argument::text(f.generation) + " " + escaped(f.message));
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
/// @throw std::invalid_argument if there is no metric, one without a name, twice, or with a byte of 0; or if generations do not increase
[[nodiscard]] inline std::string records_csv(const records& all) {
  std::string text;
  detail::write_records(all, [&](std::string_view piece) { text += piece; });
  return text;
}

/// Writes records whole or not at all, piece by piece: 2 MiB are in memory beside the records. Of more than 256 MiB of numbers that were
/// stopped, the replicates behind the last finished one are left out.
/// @throw std::runtime_error naming the path if it cannot   @throw std::invalid_argument as `records_csv`
inline void save_records(const std::filesystem::path& path, const records& all) {
  output_file file(path, "save_records");
  detail::write_records(all, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

/// Reads what `save_records` wrote, or version 0.1, whose files do not say where they come from. It is read row by row: memory for the
/// records is asked for once, when the file is long enough to hold them, and little beside it.
/// @throw std::runtime_error naming path, line and fault where the file cannot be read, is cut short, or is something else
[[nodiscard]] inline records load_records(const std::filesystem::path& path) {
  std::ifstream file = detail::opened("load_records", path);
  return detail::records_reader(file, path.string(), static_cast<double>(detail::length_of(path))).read();
}

/// The same of a text in memory. @param name  what messages call it
[[nodiscard]] inline records parse_records(std::string_view text, std::string_view name = "text") {
  detail::text_in_memory in(text);
  return detail::records_reader(in, name, static_cast<double>(text.size()), detail::piece_of(text.size())).read();
}

/// Whether there is a file of records with nothing left to be run: each replicate is finished, or ended with an error. False where there
/// is no file, or the ensemble was stopped: run that shard again. Only the head of the file is read.
/// @throw std::runtime_error if there is something else
[[nodiscard]] inline bool has_complete_records(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  std::ifstream file = detail::opened("has_complete_records", path);
  return detail::records_reader(file, path.string(), static_cast<double>(detail::length_of(path))).complete();
}

}  // namespace simulacra
