#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <typeinfo>
#include <vector>

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
  std::string bytes;
  const auto put = [&](const auto& v) { bytes.append(reinterpret_cast<const char*>(&v), sizeof v); };
  const auto text = [&](std::string_view v) {
    put(std::uint64_t{v.size()});
    bytes.append(v);
  };
  for (std::size_t i = 0; i < ran.size(); ++i) {
    if (!ran[i]) continue;
    const auto r = static_cast<Index>(i);
    const replicate_error& e = parts.errors[i];
    put(std::uint64_t{i});
    put(std::uint64_t{parts.all.has(r)});
    put(parts.fits[i]);
    const auto values = parts.all.of(r);
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    put(std::uint64_t{e.there});
    if (!e.there) continue;
    // Of an exception its words come over, and whether it was a caller's mistake.
    put(std::uint64_t{e.thrown ? (e.kind == typeid(std::invalid_argument) ? 2u : 1u) : 0u});
    put(std::int64_t{e.what.generation});
    text(e.what.message);
    text(e.kind.name());
  }
  return bytes;
}

/// Puts the replicates of one process where they belong. @param key  of the streams   @param first  number of replicate 0
inline void unpack_replicates(const replicate_parts& parts, std::string_view bytes, stream_key key, Index first) {
  const auto get = [&](auto& v) {
    std::memcpy(&v, bytes.data(), sizeof v);
    bytes.remove_prefix(sizeof v);
  };
  const auto whole = [&] {
    std::uint64_t v = 0;
    get(v);
    return v;
  };
  const auto text = [&] {
    const auto size = static_cast<std::size_t>(whole());
    const std::string v(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return v;
  };
  while (!bytes.empty()) {
    const auto i = static_cast<std::size_t>(whole());
    const auto r = static_cast<Index>(i);
    if (whole() != 0)
      parts.all.accept(r);
    else
      parts.all.discard(r);
    get(parts.fits[i]);
    const auto values = parts.all.of(r);
    std::memcpy(values.data(), bytes.data(), values.size_bytes());
    bytes.remove_prefix(values.size_bytes());
    replicate_error e;
    e.there = whole() != 0;
    if (e.there) {
      const std::uint64_t thrown = whole();
      const auto generation = static_cast<Index>(whole());
      std::string message = text();
      const bool runtime = text() != typeid(std::invalid_argument).name();
      if (thrown != 0) {
        e.thrown = runtime ? std::make_exception_ptr(std::runtime_error(message))
                           : std::make_exception_ptr(std::invalid_argument(message));
        e.kind = runtime ? typeid(std::runtime_error) : typeid(std::invalid_argument);
      }
      e.what = {first + r, key, std::move(message), generation};
    }
    parts.errors[i] = std::move(e);
  }
}

}  // namespace simulacra::detail
