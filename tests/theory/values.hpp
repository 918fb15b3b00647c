#pragma once

#include "support/statistics.hpp"

#include <limits>
#include <stdexcept>
#include <string>

/// Tables of what a closed form gives and what an independent computation gave.
namespace simulacra_test {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct value {
  const char* what;
  double got, right;
};

template <class Table>
void check_values(const Table& table) {
  for (const value& entry : table) {
    INFO(std::string(entry.what), " = ", entry.got, ", right ", entry.right);
    CHECK(close(entry.got, entry.right, 1e-11, 1e-300));
  }
}

/// Fails unless a call is refused in words that begin like this, behind "simulacra::theory::".
template <class Call>
void refuses(const Call& call, const std::string& start) {
  try {
    static_cast<void>(call());
  } catch (const std::invalid_argument& error) {
    CHECK_MESSAGE(std::string(error.what()).rfind("simulacra::theory::" + start, 0) == 0, error.what());
    return;
  }
  FAIL_CHECK("not refused: " << start);
}

}  // namespace simulacra_test
