#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <boost/version.hpp>

#include <simulacra/core/argument.hpp>
#include <simulacra/io/text.hpp>
#include <simulacra/numerics/simd_level.hpp>
#include <simulacra/version.hpp>

namespace simulacra {

/// Where numbers come from: enough to make them again, or to see why they came out differently. Saved beside every table.
///
/// Bits are the same for the same binary on the same kind of CPU, whatever the number of threads. Compiled without contraction
/// of multiply and add (`-ffp-contract=off`) they are also the same across compilers for most of what this library does; Eigen's
/// matrix products differ in the last bit between instruction sets and cache sizes. That is why all of this is written down.
class run_record {
 public:
  /// @param name     of the experiment
  /// @param command  the command line that made it
  run_record(std::string name, std::string command) : begun_(std::chrono::system_clock::now()) {
    set("name", std::move(name));
    set("command", std::move(command));
    set("simulacra", SIMULACRA_VERSION_STRING);
    set("eigen", argument::text(EIGEN_WORLD_VERSION) + "." + argument::text(EIGEN_MAJOR_VERSION) + "." +
                     argument::text(EIGEN_MINOR_VERSION));
    set("boost", BOOST_LIB_VERSION);
#if defined(__clang__)
    set("compiler", "clang " __clang_version__);
#elif defined(__GNUC__)
    set("compiler", "g++ " __VERSION__);
#else
    set("compiler", "unknown");
#endif
    set("instruction_set", Eigen::SimdInstructionSetsInUse());   // that the build allows: Eigen's
    set("simd_level", packets::name_of(packets::used_level()));  // that our own inner loops found, or were told
    set("engine", "philox4x64-10");
    const std::time_t now = std::chrono::system_clock::to_time_t(begun_);
    std::tm utc{};
    if (gmtime_r(&now, &utc) != nullptr) {
      char text[32];
      if (std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0) set("begun", text);
    }
  }

  /// Adds or replaces an entry.
  run_record& set(std::string_view key, std::string_view value) { return put(key, detail::json_string(value)); }
  run_record& set(std::string_view key, const char* value) { return set(key, std::string_view(value)); }
  template <class T>
    requires std::is_arithmetic_v<T>
  run_record& set(std::string_view key, T value) {
    if constexpr (std::is_same_v<T, char>) return set(key, std::string_view(&value, 1));
    if constexpr (std::is_floating_point_v<T>)
      if (!(value - value == 0)) return set(key, detail::number(static_cast<double>(value)));  // JSON knows no such number
    return put(key, argument::text(value));
  }

  /// The record as a JSON object, with the seconds since it was begun, unless an entry says other ones: no key is there twice.
  [[nodiscard]] std::string json() const {
    const std::chrono::duration<double> took = std::chrono::system_clock::now() - begun_;
    run_record all = *this;
    if (std::none_of(entries_.begin(), entries_.end(), [](const auto& e) { return e.first == "seconds"; }))
      all.set("seconds", took.count());
    std::string text;
    for (const auto& [key, value] : all.entries_)
      text.append(text.empty() ? "{\n  " : ",\n  ").append(detail::json_string(key)).append(": ").append(value);
    return text + "\n}\n";
  }

  void save(const std::filesystem::path& path) const { write_file(path, json()); }

 private:
  run_record& put(std::string_view key, std::string json) {
    for (auto& [name, value] : entries_)
      if (name == key) {
        value = std::move(json);
        return *this;
      }
    entries_.emplace_back(key, std::move(json));
    return *this;
  }

  std::chrono::system_clock::time_point begun_;
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace simulacra
