#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/io/text.hpp>
#include <simulacra/study/detail/frame.hpp>
#include <simulacra/study/detail/journal_file.hpp>

namespace simulacra {

/// What a folder must say of itself to belong to a study: entries with names, in order.
using study_identity = std::vector<std::pair<std::string, std::string>>;

namespace detail {

inline std::vector<std::byte> identity_frame(const study_identity& identity) {
  packer pack = payload();
  pack.whole(std::uint64_t{identity.size()});
  for (const auto& [name, value] : identity) pack.text(name).text(value);
  return framed(frame_kind::head, std::move(pack));
}

/// @throw std::runtime_error that says what differs, if a file says something else
inline void require_identity(const std::filesystem::path& path, const study_identity& identity, unpacker in) {
  std::map<std::string, std::string> there;
  for (std::uint64_t n = in.whole(); n > 0 && in.good(); --n) {
    std::string name = in.text();
    there[std::move(name)] = in.text();
  }
  for (const auto& [name, value] : identity)
    if (there[name] != value)
      journal_fault(path, "belongs to another study: it has " + name + " '" + shown(there[name], 400) + "' and not '" +
                              shown(value, 400) + "'. Give the settings of that study, or another folder");
}

}  // namespace detail

}  // namespace simulacra
