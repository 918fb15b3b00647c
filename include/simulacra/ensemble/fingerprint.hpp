#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/version.hpp>

namespace simulacra {

/// Where records come from. Records are parts of one ensemble only if all of this is the same.
struct fingerprint {
  std::uint64_t seed = 0, condition = 0;
  Index generations = 0;  ///< of the plan
  std::string samples;    ///< the schedule of the plan: its number, or its numbers by a hash
  std::string draw;       ///< how training data are drawn, as the plan says
  std::string stop;       ///< the outcomes that end a lineage
  std::string version;    ///< of this library
  std::string program;    ///< what the program says of itself: truth, estimator, recipe, settings

  /// The first entry in which two differ, in words; empty if they are equal.
  [[nodiscard]] std::string difference_to(const fingerprint& other) const {
    const auto differ = [](std::string_view what, const std::string& a, const std::string& b) {
      return std::string(what) + " '" + b + "' and not '" + a + "'";
    };
    const auto number = [&](std::string_view what, auto a, auto b) {
      return differ(what, argument::text(a), argument::text(b));
    };
    if (seed != other.seed) return number("seed", seed, other.seed);
    if (condition != other.condition) return number("condition", condition, other.condition);
    if (generations != other.generations) return number("number of generations", generations, other.generations);
    if (samples != other.samples) return differ("samples per generation", samples, other.samples);
    if (draw != other.draw) return differ("way of drawing", draw, other.draw);
    if (stop != other.stop) return differ("stopping rule", stop, other.stop);
    if (version != other.version) return differ("version of simulacra", version, other.version);
    if (program != other.program) return differ("program", program, other.program);
    return {};
  }
  friend bool operator==(const fingerprint&, const fingerprint&) = default;
};

namespace detail {

/// A schedule in words: its number if that is always the same, else the first and the last one with a hash (FNV-1a) of all, as far as
/// they can be had, and of a million at most. (A function of the caller's is asked for each generation once, before the first replicate.)
inline std::string schedule_words(const schedule& samples, Index generations) {
  constexpr Index most = 1000000;
  Index first = 0, last = 0, t = 0;
  bool constant = true;
  std::uint64_t hash = 0xCBF29CE484222325u;
  try {
    for (; t < generations && t < most; ++t) {
      last = samples(t);
      first = t == 0 ? last : first;
      constant = constant && last == first;
      for (int shift = 0; shift < 64; shift += 8)
        hash = (hash ^ (static_cast<std::uint64_t>(last) >> shift & 0xFFu)) * 0x100000001B3u;
    }
  } catch (...) {
    // A lineage may end before it comes to a number that cannot be had.
  }
  if (t == 0) return "none";
  if (constant) return argument::text(first);
  char digits[17];
  const auto end = std::to_chars(digits, digits + sizeof digits, hash, 16).ptr;
  return argument::text(first) + " to " + argument::text(last) + " in " + argument::text(t) + " steps, hash " +
         std::string(digits, end);
}

inline fingerprint fingerprint_of(const plan& how, stream_key key, std::string program) {
  constexpr std::string_view ways[] = {"cheapest", "stored", "streamed", "collapsed"};
  std::string stop;
  for (const status what : {status::degenerate, status::resolution, status::absorbed, status::not_converged, status::failed})
    if (how.stop(what)) stop.append(stop.empty() ? "" : " ").append(name_of(what));
  return {key.seed,
          key.condition,
          how.generations,
          schedule_words(how.samples, how.generations),
          std::string(ways[static_cast<std::size_t>(how.how)]),
          std::move(stop),
          SIMULACRA_VERSION_STRING,
          std::move(program)};
}

}  // namespace detail

}  // namespace simulacra
