#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>
#include <vector>

#include <simulacra/core/packed_bytes.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>

/// How the replicates that other processes have run come to all of them.
namespace simulacra::detail {

/// How a replicate ended, if not well.
struct replicate_error {
  bool there = false;
  replicate_failure what{};
  std::exception_ptr thrown{};          ///< empty where the lineage itself ended as a failure
  std::type_index kind = typeid(void);  ///< of the exception; void for what is no `std::exception`
};

/// What an ensemble has of its replicates, as a single process or as one of several.
struct replicate_parts {
  records& all;
  std::vector<std::array<Index, status_count>>& fits;
  std::vector<replicate_error>& errors;
};

/// The replicates that `ran` says, as bytes.
inline std::string pack_replicates(const replicate_parts& parts, const std::vector<char>& ran) {
  packer pack;
  for (std::size_t i = 0; i < ran.size(); ++i) {
    if (!ran[i]) continue;
    const auto r = static_cast<Index>(i);
    const replicate_error& e = parts.errors[i];
    pack.whole(std::uint64_t{i}).whole(std::uint64_t{parts.all.has(r)});
    for (const Index n : parts.fits[i]) pack.whole(std::int64_t{n});
    pack.reals(parts.all.of(r)).whole(std::uint64_t{e.there});
    if (!e.there) continue;
    // Of an exception its words come over, and whether it was a caller's mistake.
    pack.whole(std::uint64_t{e.thrown ? (e.kind == typeid(std::invalid_argument) ? 2u : 1u) : 0u});
    pack.whole(std::int64_t{e.what.generation}).text(e.what.message);
  }
  const std::vector<std::byte> bytes = pack.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Puts the replicates of one process where they belong. @param key  of the streams   @param first  number of replicate 0
inline void unpack_replicates(const replicate_parts& parts, std::string_view bytes, stream_key key, Index first) {
  unpacker in(std::as_bytes(std::span(bytes)));
  while (in.left() > 0) {
    const auto i = static_cast<std::size_t>(in.whole());
    const auto r = static_cast<Index>(i);
    if (in.whole() != 0)
      parts.all.accept(r);
    else
      parts.all.discard(r);
    for (Index& n : parts.fits[i]) n = in.index();
    in.reals(parts.all.of(r));
    replicate_error e;
    e.there = in.whole() != 0;
    if (e.there) {
      const std::uint64_t thrown = in.whole();
      const auto generation = static_cast<Index>(in.index());
      std::string message = in.text();
      if (thrown == 2) {
        e.thrown = std::make_exception_ptr(std::invalid_argument(message));
        e.kind = typeid(std::invalid_argument);
      } else if (thrown == 1) {
        e.thrown = std::make_exception_ptr(std::runtime_error(message));
        e.kind = typeid(std::runtime_error);
      }
      e.what = {first + r, key, std::move(message), generation};
    }
    parts.errors[i] = std::move(e);
  }
}

}  // namespace simulacra::detail
