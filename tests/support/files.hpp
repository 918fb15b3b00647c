#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace simulacra_test {

/// All bytes of a file; none of one that is not there.
inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace simulacra_test
