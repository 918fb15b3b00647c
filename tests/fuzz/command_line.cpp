// The command line of the examples: arguments are the lines of the input.
#include "fuzz.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "common/options.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words{"program"};
  const std::string_view text = fuzz::bytes(data, size).rest();
  for (std::size_t begin = 0; begin < text.size() && words.size() < 20;) {
    const std::size_t end = text.find('\n', begin) == std::string_view::npos ? text.size() : text.find('\n', begin);
    words.emplace_back(std::string(text.substr(begin, end - begin)).c_str());  // to the first byte of 0, as arguments are
    begin = end + 1;
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  fuzz::accepted<example::usage_error>([&] {
    const example::options given(static_cast<int>(arguments.size()), arguments.data(),
                                 {{"help", "", "show this"},
                                  {"quick", "", "a look"},
                                  {"out", "DIR", "where"},
                                  {"seed", "N", "seed"},
                                  {"samples", "N", "samples"},
                                  {"rate", "X", "a number"},
                                  {"divisor", "n|n_minus_1", "what"}});
    static_cast<void>(given.has("help") || given.has("quick"));
    static_cast<void>(given.text("out", "."));
    fuzz::accepted<example::usage_error>([&] { fuzz::promise(given.integer("seed", 1, 0) >= 0, "seeds"); });
    fuzz::accepted<example::usage_error>([&] { fuzz::promise(given.integer("samples", 1) >= 1, "at least 1"); });
    fuzz::accepted<example::usage_error>([&] { static_cast<void>(given.real("rate", 0)); });
    fuzz::accepted<example::usage_error>([&] { static_cast<void>(given.bits("seed", 1)); });
    fuzz::accepted<example::usage_error>([&] {
      const auto all = given.integers("samples", {1, 2});
      fuzz::promise(!all.empty() && *std::min_element(all.begin(), all.end()) >= 1, "a list has a number, each at least 1");
    });
    fuzz::accepted<example::usage_error>([&] { fuzz::promise(!given.reals("rate", {0.5}).empty(), "a list has a number"); });
    fuzz::accepted<example::usage_error>([&] {
      for (const std::string& word : given.choices("divisor", {"n"}, {"n", "n_minus_1"}))
        fuzz::promise(word == "n" || word == "n_minus_1", "words of the list");
    });
    const std::string by = given.choice("divisor", "n", {"n", "n_minus_1"});
    fuzz::promise(by == "n" || by == "n_minus_1", "one of the words");
  });
  return 0;
}
