#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/io.hpp>

namespace sim = simulacra;
namespace fs = std::filesystem;
using sim::Index;

namespace {

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

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
        "recipe,note,generation,metric,mean,mcse,sd,q05,q25,q50,q75,q95,theory,count\n"
        "replace,\"a \"\"b\"\", c\",3,variance,0.1,0.5,nan,nan,nan,nan,nan,nan,0.25,2\n"
        "x,,1,m,nan,nan,nan,nan,nan,nan,nan,nan,,0\n");
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
  const std::string bytes = read(path);
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
  CHECK(read(path) == "hello");
  CHECK(!fs::exists(path.string() + ".part"));
  try {
    sim::write_file("/proc/simulacra/none.txt", "x");
    FAIL("nothing was thrown");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("/proc/simulacra/none.txt") != std::string::npos);
  }
}

TEST_CASE("a run record is JSON that says where numbers come from") {
  sim::run_record record("walk", "./walk --seed \"1\"\n");
  record.set("seed", 7).set("seed", 8).set("odd", std::numeric_limits<double>::infinity()).set("fine", true);
  const std::string json = record.json();
  CHECK(json.find("\"command\": \"./walk --seed \\\"1\\\"\\u000a\"") != std::string::npos);
  CHECK(json.find("\"seed\": 8,") != std::string::npos);
  CHECK(json.find("\"seed\": 7") == std::string::npos);
  CHECK(json.find("\"odd\": \"inf\"") != std::string::npos);
  CHECK(json.find("\"fine\": true") != std::string::npos);
  for (const char* key : {"simulacra", "eigen", "boost", "compiler", "instruction_set", "engine", "begun", "seconds"})
    CHECK(json.find("\"" + std::string(key) + "\": ") != std::string::npos);
}
