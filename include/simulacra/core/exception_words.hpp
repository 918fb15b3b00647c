#pragma once

#include <exception>
#include <string>

/// What is noted of an exception that is kept and not thrown on. A note is how a failure is told from none, so it is never empty.
namespace simulacra::detail {

/// What is said of an `int` that was thrown, or anything else that says nothing of itself.
inline constexpr const char* words_of_anything = "an exception that is no std::exception";

[[nodiscard]] inline std::string words_of(const std::exception& error) {
  return *error.what() != '\0' ? error.what() : "an exception without words";
}

}  // namespace simulacra::detail
