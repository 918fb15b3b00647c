#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../../examples/common/options.hpp"

using example::options;
using simulacra::Index;

namespace {

options parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "program");
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  return options(static_cast<int>(argv.size()), argv.data(),
                 {{"quick", "", ""}, {"samples", "M", ""}, {"seed", "N", ""}, {"recipe", "NAME", ""}, {"scale", "X", ""}});
}

}  // namespace

TEST_CASE("command line: lists") {
  CHECK(parsed({"--samples", "10,100"}).integers("samples", {}) == std::vector<Index>{10, 100});
  CHECK(parsed({"--samples=7"}).integers("samples", {}) == std::vector<Index>{7});
  CHECK(parsed({}).integers("samples", {1, 2}) == std::vector<Index>{1, 2});
  CHECK(parsed({"--scale", "0.5,1e3"}).reals("scale", {}) == std::vector<double>{0.5, 1000});
  CHECK(parsed({"--recipe", "b,a"}).choices("recipe", {}, {"a", "b"}) == std::vector<std::string>{"b", "a"});
  for (const char* bad : {"10,", ",10", "10,,20", "10;20", "0,1", "10,x", "1e3"})
    CHECK_THROWS_AS(static_cast<void>(parsed({"--samples", bad}).integers("samples", {})), example::usage_error);
  for (const char* bad : {"nan", "inf", "1,", "1 "})
    CHECK_THROWS_AS(static_cast<void>(parsed({"--scale", bad}).reals("scale", {})), example::usage_error);
  CHECK_THROWS_AS(static_cast<void>(parsed({"--recipe", "a,c"}).choices("recipe", {}, {"a", "b"})), example::usage_error);
}

TEST_CASE("command line: every 64 bits are a seed") {
  CHECK(parsed({"--seed", "18446744073709551615"}).bits("seed", 1) == ~std::uint64_t{0});
  CHECK(parsed({}).bits("seed", 1) == 1);
  for (const char* bad : {"18446744073709551616", "-1", "0x10", ""})
    CHECK_THROWS_AS(static_cast<void>(parsed({std::string("--seed=") + bad}).bits("seed", 1)), example::usage_error);
}

TEST_CASE("command line: what is ambiguous is refused") {
  CHECK_THROWS_AS(parsed({"--samples", "1", "--samples", "2"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--quick", "--quick"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--quick=no"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--samples", "--quick"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--samples"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--samples="}), example::usage_error);
  CHECK_THROWS_AS(parsed({"samples"}), example::usage_error);
  CHECK_THROWS_AS(parsed({"--other"}), example::usage_error);
}
