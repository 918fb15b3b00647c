#include "support/statistics.hpp"

#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/small_list.hpp>

using namespace simulacra;

namespace {

template <class F>
std::string said_by(F f) {
  try {
    f();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("small_list: keeps order and value across the move to the heap and its own entries may be pushed") {
  small_list<std::string_view, 2> list{"a"};
  for (const char* more : {"b", "c", "d"}) list.push_back(more);
  CHECK(list.size() == 4);
  CHECK(list[0] == "a");
  CHECK(list[3] == "d");
  small_list<std::string_view, 2> copy = list;
  copy.push_back(copy[0]);
  CHECK(copy[4] == "a");
  CHECK(list.size() == 4);
  small_list<std::string_view, 2> own{"x", "y"};
  own.push_back(own[1]);
  CHECK(own[2] == "y");
  list.clear();
  CHECK(list.empty());
  CHECK(list.begin() == list.end());
  list.push_back("z");
  CHECK(list[0] == "z");
  std::string all;
  for (const auto& entry : copy) all += entry;
  CHECK(all == "abcda");
}

TEST_CASE("argument: messages name function argument and value") {
  CHECK(said_by([] { argument::require(false, "f", "x", -2.5, "be >= 0"); }) ==
        "simulacra::f: argument 'x' is -2.5; it must be >= 0");
  CHECK(said_by([] { argument::require(true, "f", "x", -2.5, "be >= 0"); }) == "nothing");
  CHECK(argument::text(0.1) == "0.1");
  CHECK(argument::text(true) == "true");
  samples<> x = samples<>::Zero(2, 3);
  CHECK(said_by([&] { argument::require_finite(x, "f", "x"); }) == "nothing");
  x(1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(said_by([&] { argument::require_finite(x, "f", "x"); }).find("nan at row 1, column 2") != std::string::npos);
  x(0, 1) = -std::numeric_limits<double>::infinity();
  CHECK(said_by([&] { argument::require_finite(x, "f", "x"); }).find("-inf at row 0, column 1") != std::string::npos);
}

TEST_CASE("data_traits: count join pick and front of a matrix") {
  using traits = data_traits<samples<>>;
  samples<> x(1, 3), y(1, 2);
  x << 1, 2, 3;
  y << 4, 5;
  traits::append(x, y);
  CHECK(traits::count(x) == 5);
  const std::array<Index, 3> chosen{4, 0, 4};
  CHECK(traits::select(x, chosen) == (samples<>(1, 3) << 5, 1, 5).finished());
  CHECK(traits::front(x, 2) == (samples<>(1, 2) << 1, 2).finished());
  CHECK(said_by([&] { traits::append(x, samples<>::Zero(2, 1)); }).find("more.rows()' is 2") != std::string::npos);
}

TEST_CASE("outcome: each status has a word of its own") {
  const std::array<status, 6> all{status::ok,       status::degenerate,    status::resolution,
                                  status::absorbed, status::not_converged, status::failed};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK(name_of(all[i]) != name_of(all[j]));
  CHECK(outcome{}.ok());
  CHECK_FALSE(outcome{.what = status::degenerate}.ok());
}
