// Files of records: what is written is read, and what is no such file is refused before memory is asked for.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include <simulacra/io/records_file.hpp>

using namespace simulacra;

namespace {

records some(Index replicates = 3) {
  records all({"a", "b"}, {1, 5}, replicates);
  for (Index r = 0; r < replicates; ++r) {
    for (std::size_t k = 0; k < 4; ++k) all.of(r)[k] = static_cast<double>(r) + 0.1 * static_cast<double>(k);
    all.accept(r);
  }
  return all;
}

std::string said(const std::string& text) {
  try {
    static_cast<void>(parse_records(text, "file"));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}
bool has(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("records file: to the letter, and back to the bit") {
  records all = some();
  all.first_replicate = 7;
  all.discard(1);
  all.origin = fingerprint{1, 2, 5, "10", "cheapest", "resolution failed", "0.2.0", "walk\nwith \\ marks"};
  all.failures.push_back({8, {1, 2}, "broke\r\nin two", 4});
  all.fits[0] = 10;
  all.of(2)[3] = -std::numeric_limits<double>::infinity();
  all.of(2)[2] = std::numeric_limits<double>::quiet_NaN();
  const std::string text = records_csv(all);
  CHECK(text ==
        "# simulacra records 2\n# version 0.2.0\n# program walk\\nwith \\\\ marks\n# seed 1\n# condition 2\n# plan 5\n# "
        "samples 10\n"
        "# draw cheapest\n# stop resolution failed\n# first 7\n# replicates 3\n# finished 7-7 9-9\n# generations 1 5\n"
        "# fits ok 10 degenerate 0 resolution 0 absorbed 0 not_converged 0 failed 0\n# stopped 0\n# complete 1\n"
        "# failure 8 1 2 4 broke\\x0D\\nin "
        "two\nreplicate,generation,a,b\n7,1,0,0.1\n7,5,0.2,0.30000000000000004\n9,1,2,2.1\n9,5,nan,-inf\n");
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& content : {text, crlf, "\xEF\xBB\xBF" + text}) {
    const records back = parse_records(content);
    CHECK(records_csv(back) == text);
    CHECK(back.origin == all.origin);
    CHECK(back.failures[0].message == "broke\r\nin two");
    CHECK(back.failures[0].generation == 4);
    CHECK(back.failures[0].key == stream_key{1, 2});
    CHECK((back.has(0) && !back.has(1) && back.has(2)));
    CHECK(std::isnan(back.at(2, 1, 0)));
  }
}

TEST_CASE("records file: names of metrics with line breaks, quotes and blanks are read, others are not written") {
  for (const char* name : {"a\nb", "a\r\n\"b\", c", " a ", "#",
                           "\xEF\xBB\xBF"
                           "a",
                           "replicate", "\"", ",", "\t"}) {
    records all({name, "plain"}, {1}, 2);
    all.accept(1);
    const records back = parse_records(records_csv(all));
    CHECK(back.metrics() == all.metrics());
    CHECK(back.has(1));
  }
  for (const records& all :
       {records({"a", "b", "a"}, {1}, 1), records({""}, {1}, 1), records({}, {1}, 1),
        records({std::string("a\0b", 3)}, {1}, 1), records({"a"}, {2, 1}, 1), records({"a"}, {3, 3}, 1)})
    CHECK_THROWS_AS(static_cast<void>(records_csv(all)), std::invalid_argument);
}

TEST_CASE("records file: no generation at all") {
  records none({"a"}, {}, 3);
  none.accept(0);
  none.accept(2);
  const std::string text = records_csv(none);
  const records back = parse_records(text);
  CHECK((back.has(0) && !back.has(1) && back.has(2) && back.generations().empty()));
  CHECK(has(said(text + "0,1,2\n"), "no generation that this row could be of"));
  CHECK(has(said("# simulacra records 1\n# replicates 2\n# generations\n# fits 0 0 0 0 0 0\n# stopped "
                 "0\nreplicate,generation,a\n0,1,2\n"),
            "no generation"));
}

TEST_CASE("records file: what is announced is held against the length of the file") {
  const std::string large =
      "# simulacra records 1\n# replicates 300000000\n# generations 1\n# fits 0 0 0 0 0 0\n# stopped "
      "0\nreplicate,generation,a\n";
  CHECK(has(said(large), "300000000 replicates, and is too short for that with 115 bytes"));
  CHECK(has(said(replaced(large, "300000000", "9223372036854775807")), "2^62"));
  CHECK(has(said(replaced(large, "300000000", "4611686018427387904")), "too short"));
  CHECK(has(said(replaced(large, "300000000", "-1")), "2^62"));
  const std::string text = records_csv(some());
  CHECK(has(said(replaced(replaced(text, "# finished 0-2", "# finished 0-200"), "# replicates 3", "# replicates 300")),
            "too short"));
  // A large ensemble that was stopped early is written so that it is read.
  records stopped({"a"}, {1}, (Index{1} << 28) / 9 + 10);
  stopped.stopped = true;
  stopped.accept(3);
  const records back = parse_records(records_csv(stopped));
  CHECK((back.replicates() == 4 && back.has(3) && back.stopped && !back.complete()));
  CHECK_FALSE(parse_records(records_csv(records({"a"}, {1}, 1000))).complete());
}

TEST_CASE("records file: those of version 0.1 are read, and go together with each other alone") {
  const std::string old =
      "# simulacra records 1\n# replicates 3\n# generations 1 4\n# fits 5 1 0 0 0 0\n# stopped 1\n# failure 1 3 7 it \\n "
      "broke\n"
      "replicate,generation,a,\"b, \"\"c\"\"\"\n0,1,2,nan\n0,4,1e-3,-inf\n2,1,1,1\n2,4,1,1\n";
  records all = parse_records(old);
  CHECK((all.replicates() == 3 && all.has(0) && !all.has(1) && all.has(2) && all.stopped && !all.origin));
  CHECK(all.metrics()[1] == "b, \"c\"");
  CHECK(all.at(0, 1, 0) == 1e-3);
  CHECK((all.fits[0] == 5 && all.fits[1] == 1));
  CHECK(all.failures[0].message == "it \\n broke");
  all.append(parse_records(old));
  CHECK((all.replicates() == 6 && all.has(5)));
  all.append(all);
  CHECK((all.replicates() == 12 && all.has(11) && all.failures.size() == 4));
  records known = parse_records(old);
  known.origin = fingerprint{};
  CHECK_THROWS_AS(all.append(known), std::invalid_argument);
  CHECK(parse_records(records_csv(all)).replicates() == 12);  // written as what it is: without a fingerprint
}

TEST_CASE("records file: through a pipe, whose length nobody knows") {
  const auto pipe = std::filesystem::temp_directory_path() / ("simulacra_records_pipe" + std::to_string(::getpid()));
  std::filesystem::remove(pipe);
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const records all = some(1000);
  std::jthread writer([&] { save_records(pipe, all); });
  const records back = load_records(pipe);
  writer.join();
  std::filesystem::remove(pipe);
  CHECK(records_csv(back) == records_csv(all));
}

TEST_CASE("records file: faults are named by line") {
  const std::string text = records_csv(some());
  CHECK(said(text) == "nothing");
  CHECK(has(said(replaced(text, "records 2", "records 3")), "line 1: this is version '3'"));
  CHECK(has(said(replaced(text, "# stopped 0\n", "")), "'# stopped'"));
  CHECK(has(said(replaced(text, "# stopped 0", "# stopped 0\n# stopped 0")), "'# stopped' is there twice"));
  CHECK(has(said(replaced(text, "# stopped 0", "# tilted 0")), "'tilted' is nothing"));
  CHECK(has(said(replaced(text, "fits ok 0", "fits ok -3")), "fits cannot be -3"));
  CHECK(has(said(replaced(text, "fits ok 0", "fits fine 0")), "'fine' is no outcome"));
  CHECK(has(said(replaced(text, "generations 1 5", "generations 5 1")), "generation 1 is not above"));
  CHECK(has(said(replaced(text, "generations 1 5", "generations -1 5")), "generation -1"));
  CHECK(has(said(replaced(text, "generation,a,b", "generation,a,a")), "'a' is there twice"));
  CHECK(has(said(replaced(text, "finished 0-2", "finished 0-1 1-2")), "runs must increase"));
  CHECK(has(said(replaced(text, "finished 0-2", "finished 0-3")), "runs must increase"));
  CHECK(has(said(replaced(text, "finished 0-2", "finished 0-1")), "none of '# finished'"));
  CHECK(has(said(replaced(text, "\n1,5,", "\n1,4,")), "line 13: every generation"));
  CHECK(has(said(replaced(text, "\n1,1,", "\n0,1,")), "replicates must increase"));
  CHECK(has(said(replaced(text, "\n1,1,1", "\n1,1,one")), "line 12: 'one' is no number"));
  CHECK(has(said(replaced(text, "\n1,1,1", "\n1,1,\"1\n")), "never closed"));
  CHECK(has(said(replaced(text, "# first 0", "# seed 1")), "'# first'"));
  CHECK(has(said(replaced(text, "# first 0", "# first 0\n# seed 1")), "'# condition'"));
  CHECK(has(said("# simulacra records 2\n# first 0"), "cut short"));
  CHECK(has(said("# simulacra records 2\n"), "no heading"));
  CHECK(has(said(std::string(20, '\0')), "bytes of 0"));
}
