#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>

/// The command line of the examples: `--flag value`, `--flag=value`, lists `--flag a,b,c`, and the switches `--help` and `--quick`.
namespace example {

using simulacra::Index;

/// A mistake on the command line; the program says so and exits with 2.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A flag of an example's own.
struct flag {
  std::string name;   ///< without the dashes
  std::string value;  ///< what stands behind it in the help; empty for a switch
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
      if (has(name)) throw usage_error("--" + name + " is given twice");
      std::string value;
      if (known->value.empty()) {
        if (equals != std::string_view::npos)
          throw usage_error("--" + name + " is a switch and takes no value, and '" +
                            std::string(argument.substr(equals + 1)) + "' was given");
      } else if (equals != std::string_view::npos) {
        value = argument.substr(equals + 1);
      } else {
        if (i + 1 == argc || std::string_view(argv[i + 1]).starts_with("--"))
          throw usage_error("--" + name + " needs a value: " + known->value);
        value = argv[++i];
      }
      if (!known->value.empty() && value.empty()) throw usage_error("--" + name + " needs a value: " + known->value);
      given_.emplace_back(name, value);
    }
  }

  [[nodiscard]] bool has(std::string_view name) const { return value(name).has_value(); }

  [[nodiscard]] std::string text(std::string_view name, std::string otherwise) const {
    return value(name).value_or(std::move(otherwise));
  }

  [[nodiscard]] Index integer(std::string_view name, Index otherwise, Index least = 1) const {
    const auto given = value(name);
    return given ? integer_in(name, *given, least) : otherwise;
  }

  /// One whole number or several, with commas in between.
  [[nodiscard]] std::vector<Index> integers(std::string_view name, std::vector<Index> otherwise, Index least = 1) const {
    if (!has(name)) return otherwise;
    std::vector<Index> all;
    for (const std::string& part : parts(name)) all.push_back(integer_in(name, part, least));
    return all;
  }

  /// A seed: any 64 bits.
  [[nodiscard]] std::uint64_t bits(std::string_view name, std::uint64_t otherwise) const {
    const auto given = value(name);
    if (!given) return otherwise;
    std::uint64_t number = 0;
    if (!read(*given, number))
      throw usage_error("--" + std::string(name) + " is '" + *given + "'; it must be a whole number from 0 to 2^64 - 1");
    return number;
  }

  [[nodiscard]] double real(std::string_view name, double otherwise) const {
    const auto given = value(name);
    return given ? real_in(name, *given) : otherwise;
  }

  /// One number or several, with commas in between.
  [[nodiscard]] std::vector<double> reals(std::string_view name, std::vector<double> otherwise) const {
    if (!has(name)) return otherwise;
    std::vector<double> all;
    for (const std::string& part : parts(name)) all.push_back(real_in(name, part));
    return all;
  }

  /// One of several words.
  [[nodiscard]] std::string choice(std::string_view name, std::string otherwise,
                                   const std::vector<std::string>& words) const {
    return chosen(name, text(name, std::move(otherwise)), words);
  }

  /// One of several words, or some of them with commas in between.
  [[nodiscard]] std::vector<std::string> choices(std::string_view name, std::vector<std::string> otherwise,
                                                 const std::vector<std::string>& words) const {
    if (!has(name)) return otherwise;
    std::vector<std::string> all;
    for (const std::string& part : parts(name)) all.push_back(chosen(name, part, words));
    return all;
  }

  void print_help(std::string_view name, std::string_view about) const {
    std::printf("%.*s: %.*s\n\n", static_cast<int>(name.size()), name.data(), static_cast<int>(about.size()), about.data());
    for (const flag& f : flags_)
      std::printf("  --%-28s %s\n", (f.name + (f.value.empty() ? "" : " " + f.value)).c_str(), f.help.c_str());
  }

 private:
  template <class Number>
  static bool read(const std::string& from, Number& number) {
    const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), number);
    return error == std::errc{} && end == from.data() + from.size();
  }

  static Index integer_in(std::string_view name, const std::string& given, Index least) {
    Index number = 0;
    if (!read(given, number) || number < least)
      throw usage_error("--" + std::string(name) + " is '" + given + "'; it must be a whole number, at least " +
                        std::to_string(least));
    return number;
  }

  static double real_in(std::string_view name, const std::string& given) {
    double number = 0;
    if (!read(given, number) || !std::isfinite(number))
      throw usage_error("--" + std::string(name) + " is '" + given + "'; it must be a finite number");
    return number;
  }

  static std::string chosen(std::string_view name, const std::string& word, const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& w : words) {
      if (w == word) return word;
      all += (all.empty() ? "" : ", ") + w;
    }
    throw usage_error("--" + std::string(name) + " is '" + word + "'; it must be one of: " + all);
  }

  /// What stands between the commas.
  [[nodiscard]] std::vector<std::string> parts(std::string_view name) const {
    std::vector<std::string> all(1);
    for (const char c : text(name, ""))
      if (c == ',')
        all.emplace_back();
      else
        all.back() += c;
    return all;
  }

  [[nodiscard]] const flag* find(std::string_view name) const {
    for (const flag& f : flags_)
      if (f.name == name) return &f;
    return nullptr;
  }

  [[nodiscard]] std::optional<std::string> value(std::string_view name) const {
    for (const auto& [flag_name, given] : given_)
      if (flag_name == name) return given;
    return std::nullopt;
  }

  std::vector<flag> flags_;
  std::vector<std::pair<std::string, std::string>> given_;
};

}  // namespace example
