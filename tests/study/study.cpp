#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <simulacra/ensemble/interrupt.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/study/detail/journal_file.hpp>
#include <simulacra/study/study.hpp>

#include "support/throws.hpp"

namespace sim = simulacra;
using sim::Index;
using simulacra_test::throws;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone afterwards.
struct folder {
  fs::path path =
      fs::temp_directory_path() / ("simulacra-study-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  folder() { fs::remove_all(path); }
  ~folder() { fs::remove_all(path); }
  static inline int count = 0;
};

sim::design grid(std::vector<int> sizes = {1, 2, 5}) {
  sim::design d;
  d.axis("size", sizes).axis("law", {"normal", "uniform"}).shared("law");
  return d;
}

/// Three generations of two numbers a replicate, from its stream alone; replicate 7 of size 2 ends in an error.
sim::records body(const sim::cell& c, const sim::replication& many) {
  sim::records all({"x", "rare"}, {1, 2, 9}, many.replicates);
  all.first_replicate = many.first_replicate;
  for (Index i = 0; i < many.replicates && !many.stop.stop_requested(); ++i) {
    const Index r = many.first_replicate + i;
    sim::stream rng({many.seed, many.condition}, {.replicate = static_cast<std::uint64_t>(r)});
    for (std::size_t k = 0; k < 6; k += 2) {
      const double u = sim::uniform_open(rng);
      all.of(i)[k] = c.name("law") == "normal" ? c.real("size") * sim::detail::normal_two_tails_quantile(u) : u;
      all.of(i)[k + 1] = sim::uniform(rng) < 0.05 ? 1 : 0;
    }
    all.of(i)[4] = r == 3 ? std::numeric_limits<double>::quiet_NaN() : all.of(i)[4];
    if (r == 7 && c.real("size") == 2)
      all.failures.push_back({r, {many.seed, many.condition}, "no luck", 2});
    else
      all.accept(i);
  }
  return all;
}

std::string undisturbed(Index replicates = 50) {
  folder f;
  sim::study s(grid(), {.replicates = replicates, .seed = 3}, f.path);
  return s.run(sim::serial_executor{}, body).table().csv();
}

std::vector<fs::path> journals(const fs::path& in) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(in))
    if (entry.path().extension() == ".journal") all.push_back(entry.path());
  return all;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string said(const std::vector<std::string>& notes) {
  std::string all;
  for (const std::string& n : notes) all += n + "\n";
  return all;
}

/// Does something in a process of its own, which ends with 3 if that throws.
template <class F>
pid_t in_child(F act) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    act();
  } catch (...) {
    ::_exit(3);
  }
  ::_exit(0);
}

/// Waits for a process. @return its code; -1 if it was killed
int ended(pid_t child) {
  int state = 0;
  ::waitpid(child, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

}  // namespace

TEST_CASE("a study is the same bytes for any executor, block, sitting and split") {
  const std::string right = undisturbed();
  CHECK(right.find("size,law,generation,metric,mean") == 0);
  CHECK(right.find("2,normal,9,x,") != std::string::npos);
  CHECK(right.find(",49,1,") != std::string::npos);  // replicate 7 failed, and replicate 3 has no number
  for (const Index threads : {1, 2, 7})
    for (const Index block : {0, 1, 7, 1000}) {
      folder f;
      sim::study s(grid(), {.replicates = 50, .seed = 3, .block = block}, f.path);
      const sim::study_result all = s.run(sim::thread_executor{threads}, body);
      CHECK(all.complete());
      CHECK(all.table().csv() == right);
      CHECK(all.done() == 300);
      CHECK(all.failed() == 2);
      CHECK(all.notes().empty());
    }
  for (const Index from : {0, 1}) {
    folder f;
    for (const Index k : {2, 0, 1}) {  // in another order
      sim::study s(grid(), {.replicates = 50, .seed = 3, .part = {k + from, 3}}, f.path);
      const sim::study_result all = s.run(sim::thread_executor{2}, body);
      CHECK(all.complete() == (k == 1));
      CHECK(all.done() > 0);
      if (k == 1) CHECK(all.table().csv() == right);
      if (k == 2) CHECK(throws<std::runtime_error>([&] { static_cast<void>(s.join()); }, "is not complete", "left"));
    }
    CHECK(sim::study(grid(), {.replicates = 50, .seed = 3}, f.path).join().table().csv() == right);
  }
  CHECK(undisturbed(51) != right);
}

TEST_CASE("a study that is stopped, or out of time, goes on where it was") {
  const std::string right = undisturbed();
  folder f;
  std::size_t sittings = 0;
  for (bool complete = false; !complete && sittings < 200; ++sittings) {
    std::stop_source stop;
    int left = 40;
    sim::study s(grid(), {.replicates = 50, .seed = 3, .stop = stop.get_token()}, f.path);
    const auto result = s.run(sim::serial_executor{}, [&](const sim::cell& c, const sim::replication& many) {
      if (--left == 0) stop.request_stop();
      return body(c, many);
    });
    complete = result.complete();
    if (complete) CHECK(result.table().csv() == right);
  }
  CHECK(sittings > 2);
  CHECK(sittings < 200);

  folder slow;
  sim::study s(grid(), {.replicates = 50, .seed = 3, .block = 5, .time_limit = 0.4}, slow.path);
  const auto result = s.run(sim::serial_executor{}, [](const sim::cell& c, const sim::replication& many) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    return body(c, many);
  });
  CHECK(result.done() > 0);
  CHECK_FALSE(result.complete());
  CHECK(result.text().find(" left; ") != std::string::npos);
}

TEST_CASE("what a batch system sends before it kills asks a study to stop") {
  folder f;
  sim::interrupt term;
  sim::study s(grid(), {.replicates = 50, .seed = 3, .block = 5, .stop = term.token()}, f.path);
  int blocks = 0;
  const auto result = s.run(sim::serial_executor{}, [&](const sim::cell& c, const sim::replication& many) {
    if (++blocks == 3) {
      ::raise(SIGTERM);
      while (!many.stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return body(c, many);
  });
  CHECK(term.signal() == SIGTERM);
  CHECK(result.done() == 10);  // of the block in progress no replicate was begun
}

TEST_CASE("a grid that grows, in cells or replicates, keeps what it has") {
  folder f;
  static_cast<void>(sim::study(grid({2, 1}), {.replicates = 20, .seed = 3}, f.path).run(sim::serial_executor{}, body));
  Index run = 0;
  const auto counted = [&](const sim::cell& c, const sim::replication& many) {
    run += many.replicates;
    return body(c, many);
  };
  sim::study s(grid(), {.replicates = 50, .seed = 3}, f.path);
  CHECK(s.run(sim::serial_executor{}, counted).table().csv() == undisturbed());
  CHECK(run == 300 - 80 + 1);  // and one to see that the bits are the same
  run = 0;
  CHECK(sim::study(grid(), {.replicates = 50, .seed = 3}, f.path).run(sim::serial_executor{}, counted).complete());
  CHECK(run == 0);
  CHECK(throws<std::runtime_error>(
      [&] {
        sim::study(grid({1, 2}), {.replicates = 50, .seed = 3}, f.path);
      },
      "size=5", "may grow"));
}

TEST_CASE("what does not belong together is refused with what differs") {
  folder f;
  sim::study(grid(), {.replicates = 5, .seed = 3, .program = "a"}, f.path).run(sim::serial_executor{}, body);
  const auto refused = [&](const sim::design& d, const sim::study_options& o, auto... words) {
    return throws<std::runtime_error>([&] { sim::study(d, o, f.path); }, "another study", words...);
  };
  CHECK(refused(grid(), {.replicates = 5, .seed = 4, .program = "a"}, "seed '3' and not '4'"));
  CHECK(refused(grid(), {.replicates = 5, .seed = 3, .program = "b"}, "program 'a' and not 'b'"));
  CHECK(refused(sim::design().axis("n", {1}), {.replicates = 5, .seed = 3, .program = "a"}, "axes 'law, size' and not 'n'"));
  CHECK(refused(grid().shared("size"), {.replicates = 5, .seed = 3, .program = "a"}, "shared axes"));
  // What only shows when something is run: other metrics, other bits.
  sim::study more(grid(), {.replicates = 6, .seed = 3, .program = "a"}, f.path);
  CHECK(throws<std::runtime_error>(
      [&] {
        more.run(sim::serial_executor{}, [](const sim::cell& c, const sim::replication& many) {
          sim::records all = body(c, many);
          all.of(0)[2] += 1e-9;
          return all;
        });
      },
      "other bits", "replicate 0 of size=1, law=normal", "x = "));
  CHECK(throws<std::runtime_error>(
      [&] {
        more.run(sim::serial_executor{}, [](const sim::cell&, const sim::replication& many) {
          sim::records all({"y"}, {1}, many.replicates);
          all.first_replicate = many.first_replicate;
          all.accept(0);
          return all;
        });
      },
      "metrics 'x, rare' and not 'y'"));
  // A replicate of cell 2 again, alone.
  const sim::cell c = more.cells()[2];
  CHECK(more.redo(c, 4, body).at(0, 0, 0) == more.status().values(c, "x", 1)[4]);
  CHECK(throws([&] { sim::study(sim::design(), {.replicates = 0}, f.path); }, "study", "replicates"));
  const fs::path file = f.path / "a file";
  put(file, "x");
  CHECK(throws<std::runtime_error>([&] { sim::study(grid(), {}, file); }, "is no folder"));
}

TEST_CASE("torn, flipped and foreign journals get their sentence, and cost what was in them") {
  const std::string right = undisturbed(20);
  folder f;
  const sim::study_options how{.replicates = 20, .seed = 3, .block = 10};
  sim::study(grid(), how, f.path).run(sim::serial_executor{}, body);
  const fs::path path = journals(f.path).at(0);
  const std::string whole = content(path);
  const auto again = [&](auto... words) {
    sim::study s(grid(), how, f.path);
    const std::string notes = said(s.status().notes());
    const bool all = ((notes.find(words) != std::string::npos) && ...);
    if (!all) MESSAGE(notes);
    const sim::study_result result = s.run(sim::serial_executor{}, body);
    const bool same = result.complete() && result.table().csv() == right;
    // A torn tail is cut off, and that is said once.
    const bool torn = notes.find("is torn") != std::string::npos;
    if (torn != (said(result.notes()).find("cut off") != std::string::npos)) return false;
    if (torn && said(sim::study(grid(), how, f.path).status().notes()).find("torn") != std::string::npos) return false;
    for (const fs::path& other : journals(f.path))
      if (other != path) fs::remove(other);
    return all && same;
  };
  put(path, whole.substr(0, whole.size() - 1));
  CHECK(again("is torn"));
  for (const std::size_t length : {whole.size() / 2, std::size_t{100}, std::size_t{25}, std::size_t{3}}) {
    put(path, whole.substr(0, length));
    CHECK(again("is torn", " bytes from byte "));
  }
  put(path, "");
  CHECK(again());
  // A bit, anywhere.
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 23 + 1) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 16);
    put(path, flipped);
    INFO("byte ", at);
    CHECK(again(at > whole.size() - 500 ? "run again" : "is damaged"));
  }
  // A file of another machine may be being written, where locks are not seen from here: only one that is old is cut.
  const fs::path elsewhere = f.path / "blocks-1-elsewhere-5.journal";
  for (const bool old : {false, true}) {
    for (const fs::path& other : journals(f.path)) fs::remove(other);
    put(elsewhere, whole.substr(0, whole.size() - 1));
    if (old) fs::last_write_time(elsewhere, fs::file_time_type::clock::now() - std::chrono::hours(2));
    sim::study s(grid(), how, f.path);
    const sim::study_result result = s.run(sim::serial_executor{}, body);
    CHECK(result.table().csv() == right);
    CHECK((said(result.notes()).find("cut off") != std::string::npos) == old);
    CHECK((said(result.notes()).find("on are left out") != std::string::npos) == !old);
    CHECK((fs::file_size(elsewhere) == whole.size() - 1) == !old);
  }
  for (const fs::path& other : journals(f.path)) fs::remove(other);
  put(path, "replicate,generation,x\n1,2,3\n");
  CHECK(throws<std::runtime_error>([&] { sim::study(grid(), how, f.path); }, path.filename().c_str(), "is no journal"));
}

TEST_CASE("processes in one folder share the work, block by block") {
  const std::string right = undisturbed();
  const sim::stopping_rule rule{.metric = "x", .generation = 2, .mcse = 0.1, .relative = true, .least = 20, .most = 400};
  for (const bool until : {false, true})
    for (const bool tasks : {false, true}) {
      folder f;
      fs::create_directories(f.path);
      const fs::path tally = f.path / "tally";  // a byte a replicate, by the process that ran it
      sim::study_options how{.replicates = 50, .seed = 3, .block = 3, .check = false};
      const auto share = [&](char name, sim::task part, useconds_t slow) {
        return in_child([&, name, part, slow] {
          sim::study_options mine = how;
          mine.part = part;
          sim::study s(grid(), mine, f.path);
          if (until) s.until(rule);
          const auto all = s.run(sim::thread_executor{2}, [&](const sim::cell& c, const sim::replication& many) {
            ::usleep(slow);
            std::ofstream(tally, std::ios::app)
                << std::string(static_cast<std::size_t>(many.replicates), name) << std::flush;
            return body(c, many);
          });
          if (!tasks && (!all.complete() || (!until && all.table().csv() != right)))
            throw std::runtime_error("not the same");
        });
      };
      // Two tasks of which one is slow: the other does its own part, and most of that one's.
      const pid_t b = tasks ? share('b', {1, 2}, 40000) : share('b', {}, 12000);
      while (!fs::exists(tally)) ::usleep(1000);
      const pid_t a = tasks ? share('a', {0, 2}, 1000) : share('a', {}, 12000);
      CHECK(ended(a) == 0);
      CHECK(ended(b) == 0);
      const std::string ran = content(tally);
      sim::study whole(grid(), how, f.path);
      if (until) whole.until(rule);
      const auto all = whole.join();
      if (!until) CHECK(all.table().csv() == right);
      CHECK(static_cast<Index>(ran.size()) == all.done());  // nothing twice
      CHECK(std::count(ran.begin(), ran.end(), 'b') > 3);
      CHECK(std::count(ran.begin(), ran.end(), 'a') > 10);
      if (tasks && !until) CHECK(std::count(ran.begin(), ran.end(), 'a') > 160);  // of 300, half of them its own
    }
}

TEST_CASE("what a process was at when it died is run by one that waits for it") {
  folder f;
  fs::create_directories(f.path);
  const sim::study_options how{.replicates = 50, .seed = 3, .block = 5};
  const pid_t hangs = in_child([&] {
    sim::study s(grid(), how, f.path);
    s.run(sim::serial_executor{}, [&](const sim::cell& c, const sim::replication& many) {
      if (many.first_replicate == 10 && c.position() == 4) {
        put(f.path / "hangs", "");
        while (true) ::usleep(1000);
      }
      return body(c, many);
    });
  });
  while (!fs::exists(f.path / "hangs")) ::usleep(1000);
  const pid_t waits = in_child([&] {
    sim::study s(grid(), how, f.path);
    if (s.run(sim::thread_executor{2}, body).table().csv() != undisturbed()) throw std::runtime_error("not the same");
  });
  for (int k = 0; k < 500 && sim::study(grid(), how, f.path).status().left() != 5; ++k) ::usleep(10000);
  CHECK(sim::study(grid(), how, f.path).status().left() == 5);  // all but what the first one is at
  const std::string who = sim::study(grid(), how, f.path).status().text();
  CHECK(who.find("at work: process ") != std::string::npos);
  CHECK(who.find("process " + std::to_string(hangs) + " on " + sim::detail::this_host()) != std::string::npos);
  ::kill(hangs, SIGKILL);
  CHECK(ended(hangs) == -1);
  CHECK(ended(waits) == 0);
  const auto all = sim::study(grid(), how, f.path).join();
  CHECK(all.table().csv() == undisturbed());
  CHECK(all.text().find("at work") == std::string::npos);
}

TEST_CASE("a durable journal is on the disk after each block, any other within a moment") {
  folder f;
  fs::create_directories(f.path);
  const std::vector<std::byte> frame(4096);
  sim::detail::journal_writer waits(f.path, frame, true);
  CHECK(waits.synced() == waits.end());
  waits.append(frame);
  CHECK(waits.synced() == waits.end() - frame.size());  // nobody does it behind: the journal waits for `sync`
  waits.sync();
  CHECK(waits.synced() == waits.end());
  sim::detail::journal_writer goes_on(f.path, frame);
  goes_on.append(frame);
  for (int k = 0; k < 1000 && goes_on.synced() != goes_on.end(); ++k) ::usleep(10000);
  CHECK(goes_on.synced() == goes_on.end());
  sim::study s(grid(), {.replicates = 50, .seed = 3, .block = 5, .durable = true}, f.path / "durable");
  CHECK(s.run(sim::thread_executor{3}, body).table().csv() == undisturbed());
}

TEST_CASE("where there are no locks processes run everything, and it counts once") {
  folder g;
  sim::study one(grid(), {.replicates = 20, .seed = 3}, g.path), other(grid(), {.replicates = 20, .seed = 3}, g.path);
  bool once = true;
  one.run(sim::serial_executor{}, [&](const sim::cell& c, const sim::replication& many) {
    if (std::exchange(once, false)) {
      fs::remove(g.path / "claims.lock");
      other.run(sim::serial_executor{}, body);
    }
    return body(c, many);
  });
  CHECK(one.status().table().csv() == undisturbed(20));
  CHECK(one.status().done() == 120);
}

TEST_CASE("what one block throws costs that block, what all throw is thrown on") {
  folder f;
  sim::study s(grid(), {.replicates = 20, .seed = 3}, f.path);
  const auto result = s.run(sim::thread_executor{2}, [](const sim::cell& c, const sim::replication& many) {
    if (c.real("size") == 5) throw std::runtime_error("out of eggs");
    return body(c, many);
  });
  CHECK_FALSE(result.complete());
  CHECK(result.done() == 80);
  CHECK(said(result.notes()).find("out of eggs") != std::string::npos);
  CHECK(said(sim::study(grid(), {.replicates = 20, .seed = 3}, f.path).status().notes()).find("out of eggs") !=
        std::string::npos);
  const auto mended = s.run(sim::thread_executor{2}, body);
  CHECK(mended.table().csv() == undisturbed(20));
  CHECK(mended.notes().empty());
  folder g;
  sim::study none(grid(), {.replicates = 20, .seed = 3}, g.path);
  CHECK(throws<std::domain_error>(
      [&] {
        none.run(sim::thread_executor{2},
                 [](const sim::cell&, const sim::replication&) -> sim::records { throw std::domain_error("all"); });
      },
      "all"));
  CHECK(throws(
      [&] {
        none.run(sim::serial_executor{},
                 [](const sim::cell&, const sim::replication&) { return sim::records({"x"}, {1}, 3); });
      },
      "study::run", "those that were asked for"));
}

TEST_CASE("a study that is killed at any moment goes on, and a full disk loses nothing") {
  const std::string right = undisturbed();
  folder f;
  Index before = 0;
  int killed = 0;
  for (int k = 0; k < 8; ++k) {
    const pid_t child = in_child([&] {
      sim::study s(grid(), {.replicates = 50, .seed = 3, .block = 2}, f.path);
      s.run(sim::thread_executor{2}, [](const sim::cell& c, const sim::replication& many) {
        ::usleep(500);
        return body(c, many);
      });
    });
    ::usleep(static_cast<useconds_t>(5000 + 3571 * k % 17000));
    ::kill(child, SIGKILL);
    killed += ended(child) == -1 ? 1 : 0;
    const Index now = sim::study(grid(), {.replicates = 50, .seed = 3}, f.path).status().done();
    CHECK(now >= before);
    before = now;
  }
  CHECK(killed > 0);
  // A disk that is full, as a limit of a process.
  const pid_t full = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{2000, 2000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    sim::study s(grid(), {.replicates = 1000, .seed = 3}, f.path);
    s.run(sim::thread_executor{2}, body);
  });
  CHECK(ended(full) == 3);
  sim::study s(grid(), {.replicates = 50, .seed = 3}, f.path);
  CHECK(s.run(sim::thread_executor{2}, body).table().csv() == right);

  folder gone;
  sim::study lost(grid(), {.replicates = 50, .seed = 3}, gone.path);
  int blocks = 0;
  CHECK(throws<std::runtime_error>(
      [&] {
        lost.run(sim::serial_executor{}, [&](const sim::cell& c, const sim::replication& many) {
          if (++blocks == 3) fs::remove_all(gone.path);
          return body(c, many);
        });
      },
      gone.path.c_str(), "is gone"));
}

TEST_CASE("a stopping rule ends each cell where it may, whatever runs it") {
  const sim::stopping_rule rule{.metric = "x", .generation = 2, .mcse = 0.1, .relative = true, .least = 20, .most = 400};
  std::string right;
  for (const Index threads : {1, 7})
    for (const Index block : {0, 3}) {
      folder f;
      sim::study s(grid(), {.seed = 3, .block = block}, f.path);
      const auto all = s.until(rule).run(sim::thread_executor{threads}, body);
      CHECK(all.complete());
      if (right.empty()) right = all.table().csv();
      CHECK(all.table().csv() == right);
      for (std::size_t at = 0; at < all.cells().size(); ++at) {
        const std::vector<double> x = all.values(all.cells()[at], "x", 2);
        CHECK(static_cast<Index>(x.size()) == sim::stopping_point(rule, x));
        CHECK(sim::estimated_mean(x).error <= 0.1 * sim::estimated_mean(x).value);
      }
    }
  folder f;
  for (const Index k : {1, 0}) {
    sim::study s(grid(), {.seed = 3, .part = {k, 2}}, f.path);
    const auto all = s.until(rule).run(sim::serial_executor{}, body);
    CHECK(all.complete() == (k == 0));
    if (k == 0) CHECK(all.table().csv() == right);
  }
  CHECK(throws([&] { sim::study(grid(), {.seed = 3}, f.path).until({.metric = "x", .mcse = 0}); }, "stopping_rule", "mcse"));
}

TEST_CASE("cells that share random numbers are compared in pairs") {
  folder f;
  sim::study s(grid(), {.replicates = 200, .seed = 3}, f.path);
  const auto all = s.run(sim::thread_executor{2}, body);
  const auto cells = s.cells();
  const sim::estimate d =
      all.difference(cells[0], cells[1], "x", 1);  // a normal's size and the uniform number it was made of
  CHECK(d.count == 200);
  CHECK(all.difference(cells[1], cells[1], "x", 1).error == 0);
  CHECK(throws([&] { static_cast<void>(all.difference(cells[0], cells[2], "x", 1)); }, "study_result::difference", "share"));
  const sim::records whole = all.of(cells[2]);
  CHECK(whole.finished() == 199);
  CHECK(whole.failures.at(0).message == "no luck");
  CHECK(whole.at(5, 1, 0) == all.values(cells[2], "x", 2)[5]);
}
