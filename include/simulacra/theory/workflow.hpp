#pragma once

#include <string_view>

#include <simulacra/theory/detail/arguments.hpp>

namespace simulacra::theory {

/// Whether the data of earlier generations are thrown away or kept.
enum class workflow { replace, accumulate };

namespace detail {

inline void check_workflow(std::string_view function, workflow kept) {
  argument::require(kept == workflow::replace || kept == workflow::accumulate, function, "kept", static_cast<int>(kept),
                    "be workflow::replace or workflow::accumulate");
}

}  // namespace detail

}  // namespace simulacra::theory
