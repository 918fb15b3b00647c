#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/study/design.hpp>
#include <simulacra/study/task.hpp>

#include "support/throws.hpp"

namespace sim = simulacra;
using simulacra_test::throws;

namespace {

std::set<std::uint64_t> conditions(const sim::design& d) {
  std::set<std::uint64_t> all;
  for (const sim::cell& c : d.cells()) all.insert(c.condition());
  return all;
}

}  // namespace

TEST_CASE("a design crosses, zips and filters its axes") {
  sim::design d;
  CHECK(d.size() == 1);
  d.axis("dimension", {1, 3, 10}).axis("recipe", {"replace", "accumulate"});
  CHECK(d.size() == 6);
  CHECK(d.cells()[1].text() == "dimension=1, recipe=accumulate");
  d.zip({"samples", "rate"}, {{10, 0.5}, {100, 0.25}});
  CHECK(d.size() == 12);
  d.where([](const sim::cell& c) { return c.integer("samples") > c.integer("dimension"); });
  CHECK(d.size() == 10);
  const sim::cell last = d.cells().back();
  CHECK(last.position() == 9);
  CHECK(last.real("rate") == 0.25);
  CHECK(last.name("recipe") == "accumulate");
  CHECK(last.texts() == std::vector<std::string>{"10", "accumulate", "100", "0.25"});
  CHECK(conditions(d).size() == 10);
  d.axis("seedling", std::vector<double>{0.5, 1e-3});
  CHECK(d.size() == 20);

  CHECK(throws([&] { static_cast<void>(last.real("recipe")); }, "recipe", "is a name"));
  CHECK(throws([&] { static_cast<void>(last.integer("rate")); }, "rate", "whole"));
  CHECK(throws([&] { static_cast<void>(last.real("colour")); }, "colour", "dimension, recipe, samples, rate"));
  CHECK(throws([&] { d.axis("recipe", {1}); }, "design::axis", "recipe"));
  CHECK(throws([&] { d.axis("", {1}); }, "design::axis"));
  CHECK(throws([&] { d.axis("twice", {1, 2, 1.0}); }, "'1' twice"));
  CHECK(throws([&] { d.axis("none", std::vector<sim::level>{}); }, "at least 1"));
  CHECK(throws([&] { d.axis("bad", {0.0 / 0.0}); }, "level", "finite"));
  CHECK(throws([&] { d.zip({"a", "b"}, {{1, 2}, {3}}); }, "design::zip", "row"));
  CHECK(throws([&] { d.shared("colour"); }, "design::shared", "colour"));
}

TEST_CASE("a cell's numbers depend on its values and on nothing else") {
  sim::design small, grown;
  small.axis("dimension", {1, 3}).axis("recipe", {"replace"});
  grown.axis("recipe", {"accumulate", "replace"})
      .axis("dimension", {10, 3.0, 1});  // another order, more of both, another type
  const std::set<std::uint64_t> all = conditions(grown);
  for (const sim::cell& c : small.cells()) {
    CHECK(all.count(c.condition()) == 1);
    for (const sim::cell& g : grown.cells())
      CHECK((g.key() == c.key()) == (g.name("recipe") == c.name("recipe") && g.real("dimension") == c.real("dimension")));
  }
  // A number and its name, a value on another axis, and values that run together are different cells.
  std::set<std::uint64_t> apart;
  for (const auto& [name, value] : std::vector<std::pair<std::string, sim::level>>{
           {"a", 1}, {"a", "1"}, {"b", 1}, {"a", 11}, {"a1", 1}, {"a", 1.5}, {"a", -1}, {"a", ""}})
    apart.insert(sim::design().axis(name, {value}).cells()[0].key());
  CHECK(apart.size() == 8);
  // These bits are in files: they never change.
  CHECK(sim::design().axis("dimension", {3}).axis("recipe", {"replace"}).cells()[0].key() == 1075100871668018911u);
}

TEST_CASE("cells that differ on a shared axis have the same random numbers and are told apart") {
  sim::design d;
  d.axis("n", {10, 20}).axis("recipe", {"a", "b", "c"}).shared("recipe");
  CHECK(conditions(d).size() == 2);
  std::set<std::uint64_t> keys;
  for (const sim::cell& c : d.cells()) keys.insert(c.key());
  CHECK(keys.size() == 6);
  CHECK(d.cells()[0].condition() == sim::design().axis("n", {10}).cells()[0].condition());
}

TEST_CASE("tasks deal out everything once, counted from 0 or from 1") {
  for (const sim::Index from : {0, 1})
    for (sim::Index unit = 0; unit < 20; ++unit) {
      int taken = 0;
      for (sim::Index k = 0; k < 3; ++k) taken += sim::task{k + from, 3}.takes(unit) ? 1 : 0;
      CHECK(taken == 1);
    }
  CHECK(sim::parse_task("2/7").number == 2);
  CHECK(sim::parse_task("7/7").of == 7);
  CHECK(sim::parse_task("all").whole());
  for (const char* bad : {"", "/", "1/", "/3", "4/3", "-1/3", "1/0", "0/0", "1/3x", "1"})
    CHECK(throws([&] { static_cast<void>(sim::parse_task(bad)); }, "parse_task", "k/K"));
}

TEST_CASE("the task of an array job is read from the environment") {
  CHECK(sim::task_from_environment().whole());
  const auto set = [](const char* name, const char* value) { ::setenv(name, value, 1); };
  set("SLURM_ARRAY_TASK_ID", "15");
  set("SLURM_ARRAY_TASK_COUNT", "3");
  set("SLURM_ARRAY_TASK_MIN", "5");
  set("SLURM_ARRAY_TASK_STEP", "5");
  CHECK(sim::task_from_environment().text() == "2/3");
  set("SLURM_ARRAY_TASK_ID", "20");
  CHECK(throws([] { static_cast<void>(sim::task_from_environment()); }, "SLURM_ARRAY_TASK_ID"));
  for (const char* name : {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"})
    ::unsetenv(name);
  set("SGE_TASK_ID", "undefined");  // what Grid Engine says outside of an array
  CHECK(sim::task_from_environment().whole());
  set("SGE_TASK_ID", "4");
  set("SGE_TASK_LAST", "4");
  CHECK(sim::task_from_environment().text() == "3/4");
  ::unsetenv("SGE_TASK_ID");
}

TEST_CASE("times in words") {
  CHECK(sim::parse_duration("90") == 90);
  CHECK(sim::parse_duration("10m") == 600);
  CHECK(sim::parse_duration("1.5h") == 5400);
  CHECK(sim::parse_duration("2d") == 172800);
  CHECK(sim::parse_duration("0.5s") == 0.5);
  CHECK(sim::parse_duration("1:30:00") == 5400);
  CHECK(sim::parse_duration("04:30") == 270);
  for (const char* bad : {"", "m", "-1s", "0", "10x", "1:2m", "nan", "inf", "10 m"})
    CHECK(throws([&] { static_cast<void>(sim::parse_duration(bad)); }, "parse_duration"));
}
