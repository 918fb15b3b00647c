// Reading data: IDX and CSV, and what is said of files that are not what they should be.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

#include <simulacra/io/csv_labelled.hpp>
#include <simulacra/io/csv_samples.hpp>
#include <simulacra/io/idx.hpp>
#include <simulacra/io/output_file.hpp>
#include <simulacra/io/table.hpp>

using namespace simulacra;
namespace fs = std::filesystem;

namespace {

fs::path written(const std::string& name, const std::string& bytes) {
  const fs::path path = fs::temp_directory_path() / "simulacra_readers_test" / name;
  write_file(path, bytes);
  return path;
}

template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    f();
  } catch (const std::runtime_error& error) {
    const std::string said = error.what();
    INFO(said);
    const bool all = ((said.find(words) != std::string::npos) && ...);
    CHECK(all);
    return all;
  }
  return false;
}

std::string idx(std::vector<int> shape, const std::string& bytes) {
  std::string all{'\0', '\0', '\x08', static_cast<char>(shape.size())};
  for (const int n : shape)
    for (int shift = 24; shift >= 0; shift -= 8) all += static_cast<char>(n >> shift & 0xFF);
  return all + bytes;
}

}  // namespace

TEST_CASE("readers: an IDX file of images and one of labels") {
  const std::string pixels{'\0', '\x33', '\x66', '\xFF', '\x01', '\x02'};
  const auto x = read_idx_samples<float>(written("images", idx({3, 1, 2}, pixels)));
  CHECK(x.rows() == 2);
  CHECK(x.cols() == 3);
  CHECK(x(0, 0) == 0);
  CHECK(x(1, 0) == doctest::Approx(0.2));
  CHECK(x(1, 1) == 1);
  CHECK(read_idx_labels(written("labels", idx({3}, std::string{'\x07', '\x00', '\xFF'}))) == std::vector<Index>{7, 0, 255});
}

TEST_CASE("readers: an IDX file that is wrong is refused by name and offset") {
  const auto read = [](const char* name, const std::string& bytes) { static_cast<void>(read_idx(written(name, bytes))); };
  CHECK(refuses(
      [&] {
        read("cut", idx({3, 2}, "abcde"));
      },
      "read_idx", "cut", "cut short", "18 bytes", "ends at offset 17"));
  CHECK(refuses([&] { read("header", idx({3, 2}, "").substr(0, 9)); }, "the header needs 12 bytes", "offset 9"));
  CHECK(refuses([&] { read("empty", ""); }, "cut short", "offset 0"));
  CHECK(refuses([&] { read("long", idx({3, 2}, "abcdefgh")); }, "2 bytes too many from offset 18"));
  CHECK(refuses([&] { read("type", std::string{'\0', '\0', '\x0D', '\x01', 0, 0, 0, 1, 0}); }, "type 13", "offset 2"));
  CHECK(refuses([&] { read("text", "hello world"); }, "no IDX file"));
  CHECK(refuses([&] { read("zero", idx({3, 0}, "")); }, "dimension of 0", "offset 8"));
  CHECK(refuses([&] { read("huge", idx({0x7FFFFFFF, 0x7FFFFFFF}, "")); }, "shape that no file fills"));
  CHECK(refuses([&] { read("packed.gz", "\x1F\x8B\x08 and so on"); }, "packed.gz", "gzip", "gunzip"));
  CHECK(refuses([] { static_cast<void>(read_idx("/no/such/file")); }, "/no/such/file", "cannot be opened"));
  CHECK(refuses([] { static_cast<void>(read_idx(fs::temp_directory_path())); }, "folder"));
  CHECK(refuses([] { static_cast<void>(read_idx("/dev/zero")); }, "device"));
  CHECK(refuses([] { static_cast<void>(read_idx_labels(written("matrix", idx({1, 2}, "ab")))); }, "2 dimensions"));
}

TEST_CASE("readers: observations come back from CSV to the bit") {
  samples<> x(3, 4);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = 1.0 / (static_cast<double>(i) + 0.7) - 0.3;
  CHECK(read_samples_csv(written("x.csv", samples_csv(x))) == x);
  samples<> many(2, 20000);  // more than one piece
  for (Index i = 0; i < many.size(); ++i) many.data()[i] = 1.0 / (static_cast<double>(i) + 0.7);
  save_samples_csv(written("many.csv", ""), many);
  CHECK(read_samples_csv(written("many2.csv", samples_csv(many))) == many);
  CHECK(read_samples_csv(fs::temp_directory_path() / "simulacra_readers_test" / "many.csv") == many);
  const auto plain = read_samples_csv<float>(written("plain.csv", "1, 2\r\n\r\n-3,4e1\n"), 2);
  CHECK(plain.cols() == 2);
  CHECK(plain(0, 1) == -3);
  CHECK(plain(1, 1) == 40);
  CHECK(read_samples_csv<float>(written("tiny.csv", "1e-60\n"))(0, 0) == 0);
  CHECK(read_samples_csv(written("plus.csv", "\xEF\xBB\xBF+5,+6e-1\n1,2\n")) ==
        (samples<>(2, 2) << 5, 1, 0.6, 2).finished());
}

TEST_CASE("readers: a CSV file that is wrong is refused by name and line") {
  const auto read = [](const char* name, const std::string& text, Index columns = 0) {
    static_cast<void>(read_samples_csv(written(name, text), columns));
  };
  CHECK(refuses([&] { read("short.csv", "1,2,3\n4,5\n"); }, "short.csv", "line 2", "2 fields", "must have 3"));
  CHECK(refuses([&] { read("wide.csv", "1,2,3\n", 2); }, "line 1", "3 fields", "must have 2"));
  CHECK(refuses([&] { read("word.csv", "a,b\n1,2\n\n3,four\n"); }, "line 4", "field 2", "'four'"));
  CHECK(refuses([&] { read("hole.csv", "1,,3\n"); }, "line 1", "field 2", "''"));
  CHECK(refuses([&] { read("nan.csv", "1,2\nnan,1\n"); }, "line 2", "field 1", "'nan'"));
  CHECK(refuses([&] { read("inf.csv", "1,2\n1,1e999\n"); }, "line 2", "field 2"));
  // A first row of such numbers is no header, which would be passed over in silence.
  CHECK(refuses([&] { read("first.csv", "nan,nan\n1,2\n"); }, "line 1", "field 1", "'nan'"));
  CHECK(refuses([&] { read("beyond.csv", "1e999\n1\n"); }, "line 1", "field 1", "'1e999'"));
  CHECK(refuses([] { static_cast<void>(read_samples_csv<float>(written("float.csv", "1\n1e300\n"))); }, "line 2", "1e300"));
  CHECK(read_samples_csv(written("after.csv", "\n\r\na,b\n1,2\n")).cols() == 1);  // empty lines before the header, too
  CHECK(refuses([&] { read("second.csv", "a,b\nc,d\n1,2\n"); }, "line 2", "field 1", "'c'"));
  CHECK(refuses([&] { read("empty.csv", "x,y\n"); }, "no observation"));
  CHECK(refuses([&] { read("nothing.csv", ""); }, "no observation"));
  CHECK(refuses([&] { read("none.csv", "1;2\n3;4\n"); }, "line 1", "'1;2'"));
}

TEST_CASE("readers: CSV: the first row is a header by its looks, or because it is said") {
  const auto said = [](const std::string& text, csv_header header) {
    return parse_samples_csv(text, "text", {.header = header});
  };
  const auto looks = [&](const std::string& text) { return said(text, csv_header::automatic); };
  const samples<> two = (samples<>(2, 1) << 1, 2).finished();
  for (const char* names : {"x,y", ",x", "\"a, b\",\"c\n\"\"d\"\"\"", "_1,-b", "#x,y", "\xC3\xA9,e5", "(a),nano",
                            "\xC2\xB5,\xC2\xB0"
                            "C",
                            "\xE6\xB8\xA9,\xD0\xB6"
                            "1",
                            "'x','y'", "x (1),nat 2"})
    CHECK(looks(std::string(names) + "\n1,2\n") == two);
  // None of these vanishes.
  for (const char* row : {"NA,NA",
                          "\xE2\x88\x92"
                          "5,1",
                          "\xC2\xA0"
                          "5,x",
                          "#DIV/0!,#NAME?",
                          "--,--",
                          "1.0D+03,1.0D+03",
                          "n/a,N/A",
                          "NaN,nan(1)",
                          "-inf,Infinity",
                          ",",
                          "x,2020",
                          "2nd,3rd",
                          "\xE2\x82\xAC"
                          "5,\xC2\xA3"
                          "6",
                          "\xA0"
                          "1,\xA0"
                          "2",
                          "$1,$2",
                          "~5,'6'",
                          "(1),(2)",
                          "\xE2\x80\xAF"
                          "1,2",
                          "\xEF\xBC\x8D"
                          "1,a",
                          "\xEF\xBC\x91,\xEF\xBC\x92",
                          "Err:502,Err:502",
                          "#N/A,#REF!",
                          "NaT,undefined",
                          "\xC2\xB1"
                          "1,x",
                          "\xE2\x84\x96"
                          "1,b",
                          "null,None",
                          "?,?",
                          ".5a,b",
                          "TRUE,false",
                          "1e999,a"}) {
    INFO(row);
    CHECK(refuses([&] { static_cast<void>(looks(std::string(row) + "\n1,2\n")); }, "line 1", "field ", "csv_header::yes"));
    CHECK(refuses([&] { static_cast<void>(said(std::string(row) + "\n1,2\n", csv_header::no)); }, "line 1", "field "));
    CHECK(said(std::string(row) + "\n1,2\n", csv_header::yes) == two);
  }
  CHECK(looks("0,1\n1,2\n").cols() == 2);
  CHECK(said("0,1\n1,2\n", csv_header::yes) == two);
  CHECK(refuses([&] { static_cast<void>(said("x,y\n1,2\n", csv_header::no)); }, "line 1", "field 1", "'x'"));
  CHECK(refuses([&] { static_cast<void>(said("1,2\n", csv_header::yes)); }, "no observation"));
  CHECK(refuses([&] { static_cast<void>(said("x\n1,2\n", csv_header::yes)); }, "line 2", "must have 1"));
}

TEST_CASE("readers: CSV: quotes, line ends and marks as others write them") {
  const samples<> four = (samples<>(2, 2) << 1, 3, 2, 4).finished();
  for (const char* text : {"1,2\n3,4", "1,2\r\n3,4\r\n", "\"1\",\" 2\"\n \"3\" ,\t\"4\"\n",
                           "\xEF\xBB\xBF\"1\",2\n\xEF\xBB\xBF"
                           "3,4\n",
                           "\"first\ncolumn\",\"a \"\"b\"\", c\"\r\n1,2\n\n \r\n3,4\n"}) {
    INFO(text);
    CHECK(parse_samples_csv(text) == four);
  }
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("\"a\nb\",c\n1,2\n3,x\n")); }, "line 4",
                "field 2"));  // lines, not rows
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("1,2\n3,\"4\n5,6\n")); }, "line 2", "never closed"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("1,\"2\"3\n")); }, "line 1", "'3'", "behind the quote"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("1,\"2\"\"\"\n")); }, "line 1", "field 2", "'2\"'"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("1\r2\n")); }, "line 1", "1\\x0D2"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv(std::string(100, '\0'))); }, "bytes of 0"));
  CHECK(refuses(
      [] {
        static_cast<void>(
            parse_samples_csv("\xFF\xFE"
                              "1"));
      },
      "UTF-16"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("\xEF\xBB\xBF")); }, "no observation"));
  CHECK(refuses([] { static_cast<void>(parse_samples_csv("1\n" + std::string(100, 'x'))); }, "..."));
}

TEST_CASE("readers: CSV: what is too small is 0, what is too large is named") {
  for (const char* text : {"1e-400", "0.00001e-399", "1e-99999999999999999999", "+0.0000000001e-320"}) {
    CHECK(parse_samples_csv(text)(0, 0) == 0);
    CHECK(std::signbit(parse_samples_csv("-" + std::string(text + (text[0] == '+' ? 1 : 0)))(0, 0)));
  }
  CHECK(parse_samples_csv("4e-324")(0, 0) == std::numeric_limits<double>::denorm_min());
  CHECK(parse_samples_csv<float>("1e-46")(0, 0) == 0);
  CHECK(parse_samples_csv<float>("3.4028235e38")(0, 0) == std::numeric_limits<float>::max());
  CHECK(parse_samples_csv("0." + std::string(400, '0') + "1e402")(0, 0) == 10);
  for (const char* text : {"1e400", "-1e99999999999999999999", "0.00001e314", "++1", "+-1", "1e", "0x10", ""})
    CHECK(refuses([&] { static_cast<void>(parse_samples_csv("1,1\n1," + std::string(text))); }, "line 2", "field 2"));
}

TEST_CASE("readers: CSV: rows that do not end where a piece of the file does") {
  std::string text;
  Index rows = 0;
  for (; text.size() < 300000; ++rows)
    text += "\"" + std::to_string(rows) + "\"," + std::string(1, ' ') + std::to_string(2 * rows) + "\r\n";
  const samples<> x = parse_samples_csv(text);
  REQUIRE(x.cols() == rows);
  for (Index i = 0; i < rows; ++i) CHECK((x(0, i) == static_cast<double>(i) && x(1, i) == static_cast<double>(2 * i)));
  const std::string wide = std::string(200000, ' ') + "1," + std::string(200000, '0') + "2\n";  // one row of several pieces
  CHECK(parse_samples_csv(wide) == (samples<>(2, 1) << 1, 2).finished());
}

TEST_CASE("readers: a file of 40 GB is refused before there is memory for it, by the bytes") {
  const fs::path path = written("large", idx({1 << 15, 1 << 15, 37}, ""));  // a hole, not on any disk
  std::error_code error;
  fs::resize_file(path, (std::uintmax_t{1} << 30) * 37 + 16, error);
  const double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (error || there > 36e9) return;
  CHECK(refuses([&] { static_cast<void>(read_idx(path)); }, "39728447504 bytes of memory"));
  CHECK(refuses([&] { static_cast<void>(read_samples_csv(path)); }, "bytes of 0"));
  fs::remove(path);
}

TEST_CASE("readers: the digits that others use, where they are") {
  const char* given = std::getenv("SIMULACRA_DATA");
  fs::path folder = given != nullptr ? fs::path(given) : fs::path();
  if (folder.empty()) {  // tests run somewhere below the repository
    for (fs::path up = fs::current_path(); folder.empty() && up.has_parent_path() && up != up.parent_path();
         up = up.parent_path())
      if (fs::exists(up.parent_path() / "shared" / "data" / "digits8x8.csv")) folder = up.parent_path() / "shared" / "data";
  }
  if (folder.empty() || !fs::exists(folder / "digits8x8.csv")) {
    MESSAGE("skipped: no ../shared/data and no SIMULACRA_DATA with digits8x8.csv");
    return;
  }
  const auto x = read_samples_csv(folder / "digits8x8.csv", 65);
  CHECK(x.cols() == 1797);
  CHECK(x.topRows(64).minCoeff() == 0);
  CHECK(x.topRows(64).maxCoeff() == 16);
  CHECK(x.row(64).maxCoeff() == 9);
}

TEST_CASE("CSV: labelled data are inputs and the column of their labels") {
  const std::string text = "age,\"price, net\",size\n1,10,100\n2,20,200\n3,30,300\n";
  for (const auto& pairs : {parse_labelled_csv(text, {.labels = "price, net"}),
                            read_labelled_csv(written("labelled.csv", text), {.labels = "price, net"})}) {
    CHECK(pairs.x == (samples<>(2, 3) << 1, 2, 3, 100, 200, 300).finished());
    CHECK(pairs.y == (samples<double, 1>(3) << 10, 20, 30).finished());
  }
  CHECK(parse_labelled_csv(text, {.labels = "age"}).x == (samples<>(2, 3) << 10, 20, 30, 100, 200, 300).finished());
  CHECK(parse_labelled_csv<float>(text, {.labels = "size"}).y == (samples<float, 1>(3) << 100, 200, 300).finished());
  // A name is looked for in the first row, whatever it looks like; without one, columns have numbers.
  CHECK(parse_labelled_csv("0,1\n5,6\n", {.labels = "1"}).y(0, 0) == 6);
  const auto plain = parse_labelled_csv("5,6\n7,8\n", {.labels = "1", .header = csv_header::no});
  CHECK(plain.y == (samples<double, 1>(2) << 5, 7).finished());
  CHECK(plain.x == (samples<>(1, 2) << 6, 8).finished());

  const auto read = [&](const std::string& what, const csv_labels& how) {
    static_cast<void>(parse_labelled_csv(what, how, "a.csv"));
  };
  CHECK(
      refuses([&] { read(text, {.labels = "weight"}); }, "read_labelled_csv", "a.csv", "'weight'", "age, price, net, size"));
  CHECK(refuses([&] { read("x,y,x\n1,2,3\n", {.labels = "x"}); }, "more than one column 'x'"));
  CHECK(refuses([&] { read("x\n1\n", {.labels = "x"}); }, "no column beside"));
  CHECK(refuses([&] { read("x,y\n1,no\n", {.labels = "y"}); }, "read_labelled_csv", "line 2", "field 2", "'no'"));
  CHECK(refuses([&] { read("5,6\n", {.labels = "3", .header = csv_header::no}); }, "no column 3"));
  CHECK(refuses([&] { read("x,y\n", {.labels = "y"}); }, "no observation"));
  CHECK_THROWS_AS(read(text, {.labels = ""}), std::invalid_argument);
  CHECK_THROWS_AS(read("5,6\n", {.labels = "y", .header = csv_header::no}), std::invalid_argument);
  CHECK_THROWS_AS(read("5,6\n", {.labels = "0", .header = csv_header::no}), std::invalid_argument);
}
