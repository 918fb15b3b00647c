#pragma once

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>

/// The command line of the examples: `--flag value`, `--flag=value`, and the switches `--help` and `--quick`.
namespace example {

using simulacra::Index;

/// A mistake on the command line; the program says so and exits with 2.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A flag of an example's own.
struct flag {
  std::string name;   ///< without the dashes
  std::string value;  ///< what stands behind it in the help
  std::string help;
};

class options {
 public:
  options(int argc, char** argv, std::vector<flag> flags) : flags_(std::move(flags)) {
    for (int i = 1; i < argc; ++i) {
      std::string_view argument(argv[i]);
      if (argument == "-h") argument = "--help";
      if (!argument.starts_with("--")) throw usage_error("'" + std::string(argument) + "' is no flag; see --help");
      argument.remove_prefix(2);
      const auto equals = argument.find('=');
      const std::string name(argument.substr(0, equals));
      const flag* known = find(name);
      if (known == nullptr) throw usage_error("there is no flag --" + name + "; see --help");
      std::string value;
      if (equals != std::string_view::npos)
        value = argument.substr(equals + 1);
      else if (!known->value.empty()) {
        if (i + 1 == argc) throw usage_error("--" + name + " needs a value: " + known->value);
        value = argv[++i];
      }
      given_.emplace_back(name, value);
    }
  }

  [[nodiscard]] bool has(std::string_view name) const { return value(name).has_value(); }

  [[nodiscard]] std::string text(std::string_view name, std::string otherwise) const {
    return value(name).value_or(std::move(otherwise));
  }

  [[nodiscard]] Index integer(std::string_view name, Index otherwise, Index least = 1) const {
    const auto given = value(name);
    if (!given) return otherwise;
    Index number = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
    if (error != std::errc{} || end != given->data() + given->size() || number < least)
      throw usage_error("--" + std::string(name) + " is '" + *given + "'; it must be a whole number, at least " +
                        std::to_string(least));
    return number;
  }

  [[nodiscard]] double real(std::string_view name, double otherwise) const {
    const auto given = value(name);
    if (!given) return otherwise;
    double number = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), number);
    if (error != std::errc{} || end != given->data() + given->size())
      throw usage_error("--" + std::string(name) + " is '" + *given + "'; it must be a number");
    return number;
  }

  /// One of several words.
  [[nodiscard]] std::string choice(std::string_view name, std::string otherwise,
                                   const std::vector<std::string>& words) const {
    const std::string word = text(name, std::move(otherwise));
    std::string all;
    for (const std::string& w : words) {
      if (w == word) return word;
      all += (all.empty() ? "" : ", ") + w;
    }
    throw usage_error("--" + std::string(name) + " is '" + word + "'; it must be one of: " + all);
  }

  void print_help(std::string_view name, std::string_view about) const {
    std::printf("%.*s: %.*s\n\n", static_cast<int>(name.size()), name.data(), static_cast<int>(about.size()), about.data());
    for (const flag& f : flags_)
      std::printf("  --%-28s %s\n", (f.name + (f.value.empty() ? "" : " " + f.value)).c_str(), f.help.c_str());
  }

 private:
  [[nodiscard]] const flag* find(std::string_view name) const {
    for (const flag& f : flags_)
      if (f.name == name) return &f;
    return nullptr;
  }

  [[nodiscard]] std::optional<std::string> value(std::string_view name) const {
    for (auto i = given_.rbegin(); i != given_.rend(); ++i)
      if (i->first == name) return i->second;
    return std::nullopt;
  }

  std::vector<flag> flags_;
  std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace example
