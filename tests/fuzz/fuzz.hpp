#pragma once

// What the fuzzers share. A target takes any bytes. What it may do with them: read them, or refuse them with the exception that the
// documentation names. What it may not: crash, run past an end, throw anything else, or read something that it cannot write again.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

namespace fuzz {

/// Ends the program if a promise is broken, which libFuzzer reports with the input.
inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// Takes bytes from the front of the input.
class bytes {
 public:
  bytes(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Calls f; whether it did not refuse.
template <class Refusal = std::runtime_error, class F>
bool accepted(F&& f) {
  try {
    f();
  } catch (const Refusal&) {
    return false;
  }
  return true;
}

}  // namespace fuzz
