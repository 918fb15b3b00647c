#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace simulacra {

/// Thrown where a chain can go no further though nobody made a mistake: a law that has nothing left to publish, say. `run_lineage` makes
/// an outcome of it, `failed` with this reason; whoever embeds a law books it as one that has no place.
struct chain_end : std::domain_error {
  chain_end(const std::string& words, std::string_view why) : std::domain_error(words), reason(why) {}
  std::string_view reason;  ///< of static lifetime
};

namespace detail {

/// Ends the chain where a law that is asked for has grown out of the range of floating point: growth is an outcome, in every family.
inline void end_if_grown(bool finite, std::string_view function) {
  if (finite) [[likely]]
    return;
  constexpr std::string_view why = "the law that is sampled has left the range of floating point";
  throw chain_end("simulacra::" + std::string(function) + ": " + std::string(why), why);
}

}  // namespace detail

}  // namespace simulacra
