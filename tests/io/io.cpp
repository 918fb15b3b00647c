#include "support/files.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/io.hpp>

namespace sim = simulacra;
namespace fs = std::filesystem;
using sim::Index;
using simulacra_test::bytes_of;

namespace {

fs::path scratch(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / "simulacra_io_test";
  fs::create_directories(folder);
  return folder / name;
}

}  // namespace

TEST_CASE("a tidy table as CSV, to the letter") {
  sim::table t({"recipe", "note"});
  t.add({{"replace", "a \"b\", c"}, 3, "variance", {.count = 2, .mean = 0.1, .mcse = 0.5}, 0.25});
  t.add({{"x", ""}, 1, "m", {}});
  CHECK(t.csv() ==
        "recipe,note,generation,metric,mean,mcse,sd,q05,q25,q50,q75,q95,theory,count,missing,warning\n"
        "replace,\"a \"\"b\"\", c\",3,variance,0.1,0.5,nan,nan,nan,nan,nan,nan,0.25,2,0,\n"
        "x,,1,m,nan,nan,nan,nan,nan,nan,nan,nan,,0,0,\n");
  CHECK_THROWS_AS(t.add({{"one"}, 1, "m", {}}), std::invalid_argument);
}

TEST_CASE("numbers read back as the same doubles") {
  for (const double v : {0.1, 1.0 / 3, 1e-310, -1.7976931348623157e308, 5e-324, 123456789012345678.0}) {
    CHECK(std::strtod(sim::detail::number(v).c_str(), nullptr) == v);
  }
  CHECK(sim::detail::number(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("observations are rows in a CSV file") {
  sim::samples<double, 2> x(2, 3);
  x << 1, 2, 3, 4.5, 5.5, 6.5;
  CHECK(sim::samples_csv(x) == "x1,x2\n1,4.5\n2,5.5\n3,6.5\n");
}

TEST_CASE("an npy file, byte by byte") {
  sim::samples<double, 2> x(2, 3);
  x << 1, 2, 3, 4, 5, 6;
  const fs::path path = scratch("x.npy");
  sim::save_npy(path, x);
  const std::string bytes = bytes_of(path);
  REQUIRE(bytes.size() == 128 + 48);
  CHECK(bytes.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
  CHECK(static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]) == 118);
  CHECK(bytes.substr(10, 59) == "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }");
  CHECK(bytes[127] == '\n');
  double values[6];
  std::memcpy(values, bytes.data() + 128, 48);
  CHECK(std::vector<double>(values, values + 6) ==
        std::vector<double>{1, 4, 2, 5, 3, 6});  // one observation after the other
  const std::vector<std::int32_t> few{1, 2, 3};
  const std::vector<Index> shape{3};
  CHECK(sim::npy(std::span<const std::int32_t>(few), std::span<const Index>(shape))
            .find("'<i4', 'fortran_order': False, 'shape': (3,), }") != std::string::npos);
  const std::vector<Index> wrong{2, 2};
  CHECK_THROWS_AS(static_cast<void>(sim::npy(std::span<const std::int32_t>(few), std::span<const Index>(wrong))),
                  std::invalid_argument);
}

TEST_CASE("files appear whole or not at all, and say why not") {
  const fs::path path = scratch("deep/er/file.txt");
  sim::write_file(path, "hello");
  CHECK(bytes_of(path) == "hello");
  try {
    sim::write_file("/proc/simulacra/none.txt", "x");
    FAIL("nothing was thrown");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("/proc/simulacra/none.txt") != std::string::npos);
  }
}

TEST_CASE("npy: a shape whose product wraps is refused, and a long one has a longer head") {
  const std::vector<double> some(4), none;
  const auto head = [](const std::vector<double>& values, const std::vector<Index>& shape) {
    return sim::npy(std::span<const double>(values), std::span<const Index>(shape));
  };
  const Index half = Index{1} << 32;
  CHECK_THROWS_AS(static_cast<void>(head(none, {half, half})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(head(some, {half, half / 2, 2, 3})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(head(some, {Index{1} << 62, 4, 5})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(head(some, {-2, -2})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(head(some, {})), std::invalid_argument);  // one number
  CHECK(head(none, {half, half, 0}).size() == 128);
  CHECK(head({1.0}, {}).size() == 136);
  std::vector<Index> axes(21000, 1);
  for (const std::size_t more : {0u, 824u, 825u, 900u, 30000u}) {
    axes.assign(21000 + more, 1);
    axes[0] = 4;
    const std::string bytes = head(some, axes);
    const auto byte = [&](std::size_t k) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[k])); };
    const std::size_t preamble = byte(6) == 1 ? 10 : 12;
    std::size_t size = byte(8) + 256 * byte(9);
    if (preamble == 12) size += 65536 * byte(10) + 16777216 * byte(11);
    CHECK((byte(6) == 2) == (more >= 825));  // 10 + 53 + 3 x 21,825 bytes pass 65,535
    CHECK(preamble + size + 32 == bytes.size());
    CHECK((preamble + size) % 64 == 0);
    CHECK(bytes[preamble + size - 1] == '\n');
  }
}

TEST_CASE("JSON of a command line that is no UTF-8 is JSON, and shows its bytes") {
  CHECK(sim::detail::json_string("caf\xE9 \xC3\xA9 \xF0\x9F\x98\x80 \xED\xA0\x80 \x7F\x1F\\") ==
        "\"caf\\\\xE9 \xC3\xA9 \xF0\x9F\x98\x80 \\\\xED\\\\xA0\\\\x80 \x7F\\u001f\\\\\"");
}

TEST_CASE("names in a gnuplot script and in its command line are names, whatever is in them") {
  const std::string name = "it's `touch x` \"$(touch y)\"";
  CHECK(sim::gnuplot_preamble(name).find("set output 'it''s `touch x` \"$(touch y)\".'.ending\n") != std::string::npos);
  CHECK(sim::gnuplot_closing(name).find("load 'it''s `touch x` \"$(touch y)\".gp' }") != std::string::npos);
  CHECK(sim::gnuplot_preamble("|rm").find("set output './|rm.'.ending\n") != std::string::npos);
  CHECK(sim::gnuplot_closing("<ls").find("load './<ls.gp'") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(sim::gnuplot_preamble("a\nsystem('touch z')")), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(sim::gnuplot_closing("")), std::invalid_argument);
  CHECK(sim::detail::shell_word("a'b; c") == "'a'\\''b; c'");
  // A gnuplot of our own in front of the others says where it was called, and with what.
  const fs::path bin = scratch("bin"), told = scratch("told");
  sim::write_file(bin / "gnuplot", "#!/bin/sh\n{ basename \"$PWD\"; printf '%s\\n' \"$@\"; } > \"$SIMULACRA_TOLD\"\n");
  fs::permissions(bin / "gnuplot", fs::perms::owner_all);
  const char* before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  ::setenv("PATH", (bin.string() + ":" + path).c_str(), 1);
  ::setenv("SIMULACRA_TOLD", told.c_str(), 1);
  const fs::path here = fs::current_path();
  fs::current_path(scratch(""));
  for (const char* folder : {"-", "-d", "it's; touch x", "$(touch y)"})
    for (const char* script : {"walk.gp", "it's`touch z`.gp", "-p.gp", "<ls.gp"}) {
      sim::write_file(fs::path(folder) / script, "");
      CHECK(sim::run_gnuplot(fs::path(folder) / script));
      CHECK(bytes_of(told) == std::string(folder) + "\n./" + script + "\n");
    }
  for (const char* made : {"x", "y", "z"}) CHECK_FALSE(fs::exists(made));
  fs::current_path(here);
  ::setenv("PATH", path.c_str(), 1);
}

TEST_CASE("a run record is JSON that says where numbers come from") {
  sim::run_record record("walk", "./walk --seed \"1\"\n");
  record.set("seed", 7).set("seed", 8).set("odd", std::numeric_limits<double>::infinity()).set("fine", true);
  const std::string json = record.json();
  CHECK(json.find("\"command\": \"./walk --seed \\\"1\\\"\\u000a\"") != std::string::npos);
  CHECK(json.find("\"seed\": 8,") != std::string::npos);
  CHECK(json.find("\"seed\": 7") == std::string::npos);
  CHECK(json.find("\"odd\": \"inf\"") != std::string::npos);
  const std::string timed = record.set("seconds", 5).set("mark", 'x').json();
  CHECK(timed.find("\"seconds\"") == timed.rfind("\"seconds\""));
  CHECK(timed.ends_with("\"seconds\": 5,\n  \"mark\": \"x\"\n}\n"));
  CHECK(json.find("\"fine\": true") != std::string::npos);
  for (const char* key :
       {"simulacra", "eigen", "boost", "compiler", "instruction_set", "simd_level", "engine", "begun", "seconds"})
    CHECK(json.find("\"" + std::string(key) + "\": ") != std::string::npos);
}
