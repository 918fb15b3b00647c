// Files appear whole or not at all, under the name that they were given, and as what they were.
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <simulacra/io/output_file.hpp>

namespace sim = simulacra;
namespace fs = std::filesystem;
using simulacra_test::bytes_of;

namespace {

/// An empty folder.
fs::path fresh(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / "simulacra_output_test" / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::string refused(const fs::path& path, const std::string& content) {
  try {
    sim::write_file(path, content);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

bool has(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("output: links stay links, and permissions what they were") {
  const fs::path folder = fresh("links");
  sim::write_file(folder / "deep/er/target", "old");
  fs::permissions(folder / "deep/er/target", fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  fs::create_symlink("deep/er/target", folder / "second");
  fs::create_symlink(folder / "second", folder / "first");
  sim::write_file(folder / "first", "new");
  CHECK(fs::is_symlink(folder / "first"));
  CHECK(fs::is_symlink(folder / "second"));
  CHECK(bytes_of(folder / "deep/er/target") == "new");
  CHECK(fs::status(folder / "deep/er/target").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
  CHECK(files_in(folder / "deep/er") == 1);
  CHECK(files_in(folder) == 3);
  // A link to what is not there yet makes it; one into a folder is followed; one in a circle is not.
  fs::create_symlink("later", folder / "dangling");
  sim::write_file(folder / "dangling", "x");
  CHECK((fs::is_symlink(folder / "dangling") && bytes_of(folder / "later") == "x"));
  fs::create_symlink("deep", folder / "way");
  sim::write_file(folder / "way/er/target", "third");
  CHECK(bytes_of(folder / "deep/er/target") == "third");
  fs::create_symlink("circle", folder / "circle");
  CHECK(has(refused(folder / "circle", "x"), "circle"));
  CHECK(has(refused(folder, "x"), "it is a folder"));
  CHECK(has(refused("", "x"), "empty"));
  CHECK(has(refused(folder / "later/file", "x"), "later/file"));
  // A new file has the permissions that any new file has.
  const ::mode_t mask = ::umask(027);
  sim::write_file(folder / "new", "x");
  ::umask(mask);
  CHECK((static_cast<unsigned>(fs::status(folder / "new").permissions()) & 0777u) == 0640u);
  const std::string longest(255, 'n');
  sim::write_file(folder / longest, "x");
  CHECK(bytes_of(folder / longest) == "x");
}

TEST_CASE("output: devices and pipes are written, not replaced") {
  const fs::path folder = fresh("devices");
  sim::write_file("/dev/null", "x");
  CHECK(fs::is_character_file("/dev/null"));
  if (fs::exists("/dev/full")) {
    CHECK(has(refused("/dev/full", "x"), "No space left"));
    CHECK(fs::is_character_file("/dev/full"));
  }
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string got;
  std::thread reader([&] { got = bytes_of(pipe); });
  sim::write_file(pipe, "through");
  reader.join();
  CHECK(got == "through");
  CHECK(fs::is_fifo(pipe));
  // What is open under a number goes on being that: a file that stdout was sent to keeps what was printed into it before.
  const int handle = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(handle >= 0);
  REQUIRE(::write(handle, "before ", 7) == 7);
  fs::create_symlink("/dev/fd/" + std::to_string(handle), folder / "alias");
  sim::write_file("/dev/fd/" + std::to_string(handle), "one ");
  sim::write_file(folder / "alias", "two ");
  REQUIRE(::write(handle, "after", 5) == 5);
  ::close(handle);
  CHECK(bytes_of(folder / "log") == "before one two after");
}

TEST_CASE("output: what is not committed leaves nothing, and a full disk leaves the old file") {
  const fs::path folder = fresh("full");
  sim::write_file(folder / "file", "old");
  {
    sim::output_file file(folder / "file");
    file.write("half");
    CHECK(files_in(folder) == 2);
  }
  CHECK((files_in(folder) == 1 && bytes_of(folder / "file") == "old"));
  // A limit on the size of files stands for a disk that is full, in a process of its own.
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const ::rlimit limit{100000, 100000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string said = refused(folder / "file", std::string(3000000, 'x'));
    ::_exit(has(said, "full/file") && has(said, "File too large") ? 0 : 1);
  }
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK((files_in(folder) == 1 && bytes_of(folder / "file") == "old"));
}

TEST_CASE("output: of several writers a reader sees one, whole") {
  const fs::path path = fresh("writers") / "file";
  const std::size_t size = 300000;
  sim::write_file(path, std::string(size, 'a'));
  std::vector<std::jthread> writers;
  for (const char c : {'b', 'c', 'd'})
    writers.emplace_back([&, c] {
      for (int k = 0; k < 25; ++k) sim::write_file(path, std::string(size, c));
    });
  int torn = 0;
  for (int k = 0; k < 200; ++k) {
    const std::string seen = bytes_of(path);
    torn += seen.size() != size || seen.find_first_not_of(seen[0]) != std::string::npos ? 1 : 0;
  }
  writers.clear();
  CHECK(torn == 0);
  CHECK(files_in(path.parent_path()) == 1);
}
