// Files of records: what is written is read, and what is no such file is refused before memory is asked for.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

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
  CHECK(has(said(replaced(replaced(text, "# finished 0-2", "# finished 0-299"), "# replicates 3", "# replicates 300")),
            "too short"));
  // A large ensemble that was stopped early is written so that it is read.
  records stopped({"a"}, {1}, (Index{1} << 28) / 9 + 10);
  stopped.stopped = true;
  stopped.accept(3);
  const records back = parse_records(records_csv(stopped));
  CHECK((back.replicates() == 5 && back.has(3) && back.stopped && !back.complete()));
  stopped.accept(0);
  stopped.accept(1);
  stopped.accept(2);
  CHECK_FALSE(parse_records(records_csv(stopped)).complete());  // one that was not begun is left to say so
  stopped.failures.push_back({6, {}, "broke", 1});
  const records further = parse_records(records_csv(stopped));
  CHECK((further.replicates() == 8 && further.finished() == 4 && further.failures.size() == 1 && !further.complete()));
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
  CHECK(has(said(replaced(replaced(text, "finished 0-2", "finished 0-1"), "complete 1", "complete 0")),
            "none of '# finished'"));
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

namespace {

/// A head with three replicates, of which 0 and 2 are finished, and 1 has failed, of a plan of 5 generations.
std::string whole() {
  records all = some();
  all.discard(1);
  all.origin = fingerprint{1, 2, 5, "10", "cheapest", "resolution failed", "0.2.0", "walk"};
  all.failures.push_back({1, {1, 2}, "broke", 4});
  all.fits[0] = 10;
  return records_csv(all);
}

bool complete(const std::string& text) {
  static const auto path = std::filesystem::temp_directory_path() / ("simulacra_complete" + std::to_string(::getpid()));
  std::ofstream(path, std::ios::binary) << text;
  const bool said = has_complete_records(path);
  std::filesystem::remove(path);
  return said;
}

/// A crafted file is refused with these words, and no shard that is left alone.
bool lies(const std::string& from, const std::string& to, const std::string& word) {
  const std::string text = replaced(whole(), from, to), answer = said(text);
  INFO(answer);
  CHECK(has(answer, word));
  CHECK(has(answer, "line "));
  CHECK_FALSE(complete(text));
  return has(answer, word);
}

}  // namespace

TEST_CASE("crafted heads: complete is what follows from the rest of the head, and stopped is 0 or 1") {
  CHECK(said(whole()) == "nothing");
  CHECK(complete(whole()));
  lies("# failure 1 1 2 4 broke\n", "", "'# complete 1', and a replicate has neither finished nor failed");
  lies("# complete 1", "# complete 0", "'# complete 0', and no replicate is missing");
  lies("# replicates 3", "# replicates 4", "'# complete 1'");
  for (const char* no : {"7", "-1", "yes", "", "1 "}) {
    lies("# complete 1", std::string("# complete ") + no, "'# complete' is '" + std::string(no) + "'; it must be 0 or 1");
    lies("# stopped 0", std::string("# stopped ") + no, "'# stopped' is '" + std::string(no) + "'; it must be 0 or 1");
  }
  lies("# complete 1\n", "", "'# complete'");
}

TEST_CASE("crafted heads: failures are of replicates that are there, each once") {
  const std::string given = "# failure 1 1 2 4 broke\n";
  lies("# failure 1 ", "# failure 3 ", "replicate 3 failed, and is none of the 3 from 0 on");
  lies("# failure 1 ", "# failure -1 ", "replicate -1 failed, and is none of");
  lies("# failure 1 ", "# failure 9223372036854775807 ", "replicate 9223372036854775807 failed");
  lies("# failure 1 ", "# failure 9223372036854775808 ", "is no number here");
  lies(given, given + given, "replicate 1 failed twice");
  lies(given, given + "# failure 0 1 2 4 x\n", "replicate 0 failed, and is not above");
  lies("# failure 1 1 2 4", "# failure 1 1 2 -4", "in generation -4");
  lies("# failure 1 1 2 4", "# failure 1 1 2 400", "in generation 400");
  records all = some();
  all.failures.push_back({3, {}, "far", 1});
  CHECK_THROWS_AS(static_cast<void>(records_csv(all)), std::invalid_argument);
}

TEST_CASE("crafted heads: fits are no more than replicates and plan allow, and their sums do not wrap") {
  lies("fits ok 10", "fits ok 9223372036854775807", "more than 2^62");
  lies("fits ok 10 degenerate 0", "fits ok 4611686018427387904 degenerate 4611686018427387904", "more than 2^62");
  lies("fits ok 10", "fits ok 16", "there are 16 fits, and 3 replicates of 5 generations cannot have so many");
  lies("fits ok 10", "fits ok -1", "fits cannot be -1");
  lies("fits ok 10", "fits ok 10 ok 10", "'ok' is there twice");
  lies("fits ok 10", "fits ok", "'degenerate' is no number");
  lies(" failed 0\n", " failed\n", "'failed' has no number");
  records all = parse_records(whole()), more = all;
  all.origin.reset();
  more.origin.reset();
  all.fits[0] = more.fits[0] = Index{1} << 62;
  const records before = all;
  CHECK_THROWS_AS(all.append(more), std::invalid_argument);
  CHECK((all.replicates() == 3 && all.fits == before.fits));
  more.fits[0] = -1;
  CHECK_THROWS_AS(all.append(more), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(records_csv(more)), std::invalid_argument);
}

TEST_CASE("crafted heads: numbers of replicates and generations stay in their ranges") {
  lies("# generations 1 5", "# generations 1 6", "generation 6 is recorded, and the plan ends at 5");
  lies("# generations 1 5", "# generations 5 1", "generation 1 is not above");
  lies("# plan 5", "# plan -5", "a plan of -5 generations is none");
  lies("# plan 5\n", "", "'# plan'");
  lies("# seed 1\n", "", "and no '# seed'");
  lies("# first 0", "# first 4611686018427387904", "from 4611686018427387904 on");
  lies("# finished 0-0 2-2", "# finished 0-0 2-9223372036854775807", "runs must increase");
  lies("# replicates 3", "# replicates 9223372036854775807", "2^62");
  std::string edge = replaced(whole(), "# first 0", "# first 4611686018427387904");
  edge = replaced(replaced(edge, "# replicates 3", "# replicates 4611686018427387904"), "# finished 0-0 2-2",
                  "# finished 4611686018427387904-9223372036854775807");
  CHECK(has(said(edge), "2^62"));
  records far = some();
  far.first_replicate = std::numeric_limits<Index>::max() - 1;
  CHECK_THROWS_AS(static_cast<void>(records_csv(far)), std::invalid_argument);
  records near = some();
  near.origin = far.origin = fingerprint{};
  CHECK_THROWS_AS(near.append(far), std::invalid_argument);
  CHECK_THROWS_AS(far.append(near), std::invalid_argument);
}

TEST_CASE("crafted heads: memory is asked for as the file is long") {
  // Without generations, replicates cost nothing in the file: 200,000,000 of them would take 200 MB.
  const std::string none = records_csv([] {
    records all({"a"}, {}, 2);
    all.accept(0);
    return all;
  }());
  for (const char* n : {"200000000", "20000000000", "4611686018427387903"}) {
    const std::string text = replaced(replaced(none, "# replicates 2", std::string("# replicates ") + n), "# finished 0-0",
                                      "# finished 0-199999");
    CHECK(has(said(text), "is too short for that"));
    CHECK_FALSE(complete(text));
  }
  // Generations times metrics times replicates.
  std::string generations, metrics;
  for (int k = 0; k < 2000; ++k) {
    generations += " " + std::to_string(k + 1);
    metrics += ",m" + std::to_string(k);
  }
  std::string wide = replaced(records_csv(records({"a"}, {7}, 1)), "# generations 7", "# generations" + generations);
  wide = replaced(replaced(wide, "generation,a\n", "generation" + metrics + "\n"), "# replicates 1", "# replicates 1000");
  CHECK(has(said(wide), "1000 replicates, and is too short for that"));
  // What is written is read: a tenth of a percent finished of 24 MB, and the rest failed.
  std::vector<Index> times(1000);
  for (std::size_t k = 0; k < times.size(); ++k) times[k] = static_cast<Index>(k + 1);
  records failed({"a"}, times, 3000);
  for (Index r = 0; r < 3000; ++r)
    if (r % 1000 == 3)
      failed.accept(r);
    else
      failed.failures.push_back({r, {}, "broke", 1});
  const std::string text = records_csv(failed);
  CHECK(has(text, "# room ..."));
  const records back = parse_records(text);
  CHECK((back.complete() && back.finished() == 3 && back.replicates() == 3000));
}

TEST_CASE("has_complete_records: a file that is torn anywhere is not complete, and what is no file of records is refused") {
  const std::string text = whole();
  for (std::size_t n = 0; n < text.size(); ++n) {
    INFO(n);
    CHECK_FALSE(complete(text.substr(0, n)));
  }
  CHECK(complete(text));
  CHECK_FALSE(complete(replaced(text, "\n2,5,", "\n2,4,")));
  CHECK_FALSE(complete(replaced(text, "0.1\n", "one\n")));
  CHECK_FALSE(complete(text + "3,1,1,1\n"));
  for (const char* other : {"a,b\n1,2\n", "# simulacra records 3\n", "#", "# simulacra tables\n", "\x1F\x8B"})
    if (std::string(other) != "#") CHECK_THROWS_AS(static_cast<void>(complete(other)), std::runtime_error);
  const std::string old = "# simulacra records 1\n# replicates 2\n# generations 1\n# fits 2 0 0 0 0 0\n# stopped 0\n";
  const std::string rows = "replicate,generation,a\n0,1,2\n";
  CHECK_FALSE(complete(old + rows));
  CHECK(complete(old + rows + "1,1,2\n"));
  CHECK(complete(old + "# failure 101 3 7 it broke\n" + rows));  // by its number in the whole ensemble
  CHECK_FALSE(complete(replaced(old, "stopped 0", "stopped 1") + rows));
}

TEST_CASE("records put together by hand: failures move with their replicates") {
  records all = some(), more = some(2);
  more.discard(1);
  more.failures.push_back({1, {}, "broke", 1});
  all.append(more);
  CHECK((all.replicates() == 5 && all.failures.size() == 1 && all.failures[0].replicate == 4 && all.complete()));
  CHECK(parse_records(records_csv(all)).complete());
}
