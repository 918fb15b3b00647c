#pragma once

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// The part of a study that one of several jobs runs. Only the remainder of `number` by `of` counts, so that jobs may be numbered from 0 or
/// from 1: 0/3, 1/3, 2/3 are the whole, and so are 1/3, 2/3, 3/3.
struct task {
  Index number = 0, of = 1;

  [[nodiscard]] bool whole() const noexcept { return of == 1; }
  /// Whether a unit of work is this task's.
  [[nodiscard]] bool takes(Index unit) const noexcept { return unit % of == number % of; }
  [[nodiscard]] std::string text() const { return argument::text(number) + "/" + argument::text(of); }
};

namespace detail {

inline bool read_index(std::string_view text, Index& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

}  // namespace detail

/// Reads "k/K", or "all" for the whole: what processes share that are given the same. @throw std::invalid_argument unless 0 <= k <= K and K >= 1
[[nodiscard]] inline task parse_task(std::string_view text) {
  if (text == "all") return {};
  task part;
  const std::size_t slash = text.find('/');
  const bool read = slash != std::string_view::npos && detail::read_index(text.substr(0, slash), part.number) &&
                    detail::read_index(text.substr(slash + 1), part.of);
  argument::require(read && part.of >= 1 && part.number >= 0 && part.number <= part.of, "parse_task", "text",
                    "'" + std::string(text) + "'", "be k/K, a whole number from 0 to K, and K, or all");
  return part;
}

/// The task of an array job as the queue says it in the environment: SLURM (SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT), Grid Engine
/// (SGE_TASK_ID, _FIRST, _LAST, _STEPSIZE), LSF (LSB_JOBINDEX, _END, _STEP). The whole where none is set. (PBS and HTCondor do not tell a job
/// how many there are: there, give k/K.)
/// @throw std::invalid_argument where the numbers make no sense
[[nodiscard]] inline task task_from_environment() {
  const auto read = [](const char* name, Index& value) {
    const char* text = std::getenv(name);
    return text != nullptr && detail::read_index(text, value);
  };
  Index id = 0, first = 0, last = 0, step = 1, count = 0;
  const auto part = [&](const char* name) {
    argument::require(step >= 1 && count >= 1 && id >= first && (id - first) / step < count, "task_from_environment", name,
                      id, "be one of the numbers of its array");
    return task{(id - first) / step, count};
  };
  if (read("SLURM_ARRAY_TASK_ID", id) && read("SLURM_ARRAY_TASK_COUNT", count)) {
    if (!read("SLURM_ARRAY_TASK_MIN", first)) first = id < count ? 0 : 1;
    read("SLURM_ARRAY_TASK_STEP", step);
    return part("SLURM_ARRAY_TASK_ID");
  }
  if (read("SGE_TASK_ID", id) && read("SGE_TASK_LAST", last)) {
    if (!read("SGE_TASK_FIRST", first)) first = 1;
    read("SGE_TASK_STEPSIZE", step);
    count = step >= 1 ? (last - first) / step + 1 : 0;
    return part("SGE_TASK_ID");
  }
  if (read("LSB_JOBINDEX", id) && id > 0 && read("LSB_JOBINDEX_END", last)) {
    first = 1;
    read("LSB_JOBINDEX_STEP", step);
    count = step >= 1 ? (last - first) / step + 1 : 0;
    return part("LSB_JOBINDEX");
  }
  return {};
}

/// Seconds in words such as 90, 90s, 10m, 1.5h, 2d, or h:mm:ss and mm:ss as SLURM writes them.
/// @throw std::invalid_argument for anything else, or no positive time
[[nodiscard]] inline double parse_duration(std::string_view text) {
  const auto fail = [&] {
    argument::reject("parse_duration", "text", "'" + std::string(text) + "'",
                     "be a positive time such as 90s, 10m, 2h or 1:30:00");
  };
  double total = 0;
  std::string_view rest = text;
  bool clock = false;
  while (true) {
    double value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc{} || !(value >= 0) || !(value < 1e12)) fail();
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    total += value;
    if (!rest.starts_with(':')) break;
    clock = true;
    total *= 60;
    rest.remove_prefix(1);
  }
  const double unit = rest.empty() || rest == "s" ? 1 : rest == "m" ? 60 : rest == "h" ? 3600 : rest == "d" ? 86400 : 0;
  if (unit == 0 || (clock && !rest.empty()) || !(total > 0)) fail();
  return total * unit;
}

}  // namespace simulacra
