#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <unistd.h>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/study/detail/band_of_pieces.hpp>
#include <simulacra/study/study.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

auto in_pieces(const std::vector<double>& all, std::size_t length) {
  return [&all, length](auto&& f) {
    for (std::size_t from = 0; from < all.size(); from += length)
      f(std::span<const double>(all).subspan(from, (std::min)(length, all.size() - from)));
  };
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same(const sim::band& a, const sim::band& b) {
  return a.count == b.count && a.missing == b.missing && a.infinite == b.infinite && same(a.mean, b.mean) &&
         same(a.mcse, b.mcse) && same(a.sd, b.sd) && same(a.q05, b.q05) && same(a.q25, b.q25) && same(a.q50, b.q50) &&
         same(a.q75, b.q75) && same(a.q95, b.q95) && same(a.leverage, b.leverage);
}

}  // namespace

TEST_CASE("order statistics of numbers that are not held are those of sorted ones") {
  sim::stream rng({.seed = 3}, {});
  constexpr double endless = std::numeric_limits<double>::infinity();
  for (const int kind : {0, 1, 2, 3}) {
    std::vector<double> all;
    for (int i = 0; i < 5000; ++i) {
      const double u = sim::uniform(rng) - 0.5;
      all.push_back(kind == 0   ? u
                    : kind == 1 ? std::floor(4 * u)                           // ties, and both zeros
                    : kind == 2 ? std::exp(1200 * u) * (i % 2 == 0 ? 1 : -1)  // of any size
                                : 1 + u * 1e-12);                             // equal in their first forty bits
    }
    if (kind == 2) all.insert(all.end(), {endless, -endless, 5e-324, -5e-324, 0.0, -0.0});
    std::vector<double> sorted = all;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::uint64_t> ranks{0, 1, all.size() - 1, 17, 17, all.size() / 2, all.size() / 2 + 1};
    for (const std::uint64_t few : {0u, 10u, 100000u}) {
      const std::vector<double> found = sim::detail::order_statistics(in_pieces(all, 700), ranks, few);
      for (std::size_t k = 0; k < ranks.size(); ++k) CHECK(found[k] == sorted[ranks[k]]);
      // The twin: the rank beside it is another number.
      if (kind == 0) CHECK(found[3] != sorted[18]);
    }
  }
}

TEST_CASE("a band in pieces has the bits of a band of all") {
  sim::stream rng({.seed = 4}, {});
  constexpr double endless = std::numeric_limits<double>::infinity(), none = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::vector<double>> cases{{},
                                         {none},
                                         {2.5},
                                         {none, 2.5, 3},
                                         {0, 0, 0},
                                         {1e308, 1e308, -1e308, 1e308},
                                         {1, endless, 2},
                                         {endless, -endless, none}};
  cases.emplace_back();
  for (int i = 0; i < 3001; ++i) cases.back().push_back(i % 7 == 0 ? none : 1e12 + sim::standard_normal(rng));
  for (const std::vector<double>& all : cases)
    for (const std::size_t length : {std::size_t{1}, std::size_t{1000}}) {
      std::vector<double> scratch = all;
      CHECK(same(sim::detail::band_of_pieces(in_pieces(all, length)), sim::band_of(scratch)));
    }
  std::vector<double> fewer(cases.back().begin() + 1, cases.back().end() - 1);
  CHECK_FALSE(same(sim::detail::band_of_pieces(in_pieces(cases.back(), 1000)), sim::band_of(fewer)));
}

TEST_CASE("a table of a million replicates holds no column, and is that of a column held") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("simulacra-study-million-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  constexpr Index count = (Index{1} << 20) + 321;
  sim::study s(sim::design().axis("n", {1}), {.replicates = count, .block = 90000}, folder);
  const auto all = s.run(sim::thread_executor{2}, [](const sim::cell&, const sim::replication& many) {
    sim::records part({"x"}, {1}, many.replicates);
    part.first_replicate = many.first_replicate;
    for (Index i = 0; i < many.replicates; ++i) {
      const Index r = many.first_replicate + i;
      part.of(i)[0] = static_cast<double>((r * 7919) % 1000003);
      if (r % 100000 < 2) part.failures.push_back({r, {many.seed, many.condition}, "no luck", 1});
      if (r % 100000 != 1) part.accept(i);  // one that failed left its numbers, the other none
    }
    return part;
  });
  std::vector<double> values;
  for (Index r = 0; r < count; ++r)
    if (r % 100000 != 1) values.push_back(static_cast<double>((r * 7919) % 1000003));
  const auto table = all.table();
  CHECK(table.rows().size() == 1);
  CHECK(same(table.rows().at(0).values, sim::band_of(values)));
  CHECK(table.rows().at(0).values.count == count - 11);
  std::filesystem::remove_all(folder);
}
