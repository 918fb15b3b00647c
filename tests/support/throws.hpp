#pragma once

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace simulacra_test {

/// Whether f throws E, and what the exception says holds every one of the words.
template <class E = std::invalid_argument, class F, class... Words>
bool throws(F f, Words... words) {
  try {
    f();
  } catch (const E& error) {
    const std::string said = error.what();
    const bool all = ((said.find(words) != std::string::npos) && ...);
    if (!all) MESSAGE(said);
    return all;
  }
  return false;
}

/// What the `std::invalid_argument` says that f throws.
template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "nothing was thrown";
}

/// Whether a message begins with the function and the argument that are to blame.
inline bool says(const std::string& message, const std::string& function, const std::string& argument) {
  return message.find("simulacra::" + function + ": argument '" + argument + "'") == 0;
}

}  // namespace simulacra_test
