#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <unistd.h>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra::argument {

/// Bytes that cannot be had whatever happens: more than the machine has memory, or than can be addressed. An allocator does not say so:
/// many systems promise memory that they do not have, and end the program where it is first touched.
[[nodiscard]] inline std::size_t most_bytes() {
  static const std::size_t most = [] {
    constexpr auto addressed = static_cast<std::size_t>((std::numeric_limits<std::ptrdiff_t>::max)());
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
    const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0 && static_cast<std::size_t>(pages) < addressed / static_cast<std::size_t>(page))
      return static_cast<std::size_t>(pages) * static_cast<std::size_t>(page);
#endif
    return addressed;
  }();
  return most;
}

/// Throws unless count x each x size bytes can be had.
[[gnu::noinline]] inline void require_bytes(Index count, Index each, std::size_t size, std::string_view function,
                                            std::string_view name) {
  if (count <= 0 || each <= 0 || size == 0) return;
  const std::size_t most = most_bytes();
  const auto n = static_cast<std::size_t>(count), m = static_cast<std::size_t>(each);
  if (m <= most / size && n <= most / size / m) return;
  const double bytes = static_cast<double>(count) * static_cast<double>(each) * static_cast<double>(size);
  reject(function, name, text(count),
         "need less memory: " + (bytes < 9e15 ? text(static_cast<std::uint64_t>(bytes)) : text(bytes)) +
             " bytes are asked for, and this machine has " + text(most));
}

/// Throws unless there is room for `count` times `each` numbers of `size` bytes. What is small is not looked at twice: a comparison on a
/// path that is hot.
/// @throw std::invalid_argument naming function, argument, its value and the bytes
[[gnu::always_inline]] inline void require_room(Index count, Index each, std::size_t size, std::string_view function,
                                                std::string_view name) {
  if (count > (Index{1} << 14) || each > (Index{1} << 14)) [[unlikely]]
    require_bytes(count, each, size, function, name);
}

}  // namespace simulacra::argument
