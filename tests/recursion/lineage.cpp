#include "support.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <simulacra/random/uniform.hpp>

using namespace simulacra_test;

namespace {

/// Refuses, in the way it is told, to fit at the generation it is told.
struct moody {
  Index at;
  int mood;
  std::shared_ptr<Index> fits = std::make_shared<Index>(0);
  using summary = moments<double, 1>;
  fitted<gaussian<double, 1>> fit(const summary& m, stream&) const {
    const Index now = ++*fits;
    if (now == at && mood == 0) throw std::domain_error("likelihood is not defined");
    if (now == at && mood == 1) throw std::runtime_error("disk full");
    if (mood == 2 && now >= at && now < at + 3) return {{0.0, 1.0}, {.what = status::not_converged, .reason = "limit"}};
    if (mood == 2 && now == at + 3) return {{0.0, 1.0}, {.what = status::not_converged, .reason = "another"}};
    return {{m.mean()[0], 1.0}};
  }
};

struct word_law {
  double rate;
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] std::vector<int> sample(Index n, stream& rng) const {
    std::vector<int> x;
    for (Index i = 0; i < n; ++i) x.push_back(uniform(rng) < rate ? 1 : 0);
    return x;
  }
};

struct word_fit {
  word_law fit(const std::vector<int>& x, stream&) const {
    double sum = 0;
    for (const int v : x) sum += v;
    return {sum / static_cast<double>(x.size())};
  }
};

bool same_bits(const gaussian<double, 1>& a, const gaussian<double, 1>& b) { return a == b; }

}  // namespace

template <>
struct simulacra::data_traits<std::vector<int>> {
  using data = std::vector<int>;
  static Index count(const data& x) { return static_cast<Index>(x.size()); }
  static void resize(data& x, Index, Index n) { x.resize(static_cast<std::size_t>(n)); }
  static void append(data& x, const data& more) { x.insert(x.end(), more.begin(), more.end()); }
  static data select(const data& x, std::span<const Index> chosen) {
    data part;
    for (const Index i : chosen) part.push_back(x[static_cast<std::size_t>(i)]);
    return part;
  }
  static data front(const data& x, Index n) { return {x.begin(), x.begin() + n}; }
};

TEST_CASE("lineage: zero generations do nothing and negative ones are a mistake") {
  const auto none = run_lineage(chain(replace{}), plan{.generations = 0, .samples = 10}, stream(1));
  CHECK(none.generations == 0);
  CHECK_FALSE(none.model.has_value());
  CHECK(none.why == ending::completed);
  CHECK(throws([] { run_lineage(chain(replace{}), plan{.generations = -1, .samples = 10}, stream(1)); }, "run_lineage",
               "generations", "-1"));
  CHECK(throws([] { run_lineage(chain(replace{}), plan{.generations = 1, .samples = 10, .snapshot_every = -1}, stream(1)); },
               "run_lineage", "snapshot_every", "-1"));
}

TEST_CASE("lineage: a prefix of a longer run has the same bits in every way of drawing") {
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) {
    std::vector<gaussian<double, 1>> models;
    plan p{.generations = 1000, .samples = 100, .how = how};
    run_lineage(chain(replace{}), p, stream(7), [&](const auto& g) { models.push_back(g.model); });
    p.generations = 100;
    CHECK(same_bits(*run_lineage(chain(replace{}), p, stream(7)).model, models[99]));
    p.generations = 99;
    CHECK_FALSE(same_bits(*run_lineage(chain(replace{}), p, stream(7)).model, models[99]));
  }
}

TEST_CASE("lineage: observers change nothing and each of several sees every generation") {
  const plan p{.generations = 30, .samples = 10};
  const auto alone = run_lineage(chain(accumulate{}), p, stream(3));
  Index first = 0, second = 0;
  const auto watched = run_lineage(
      chain(accumulate{}), p, stream(3), [&](const auto& g) { CHECK(g.number == ++first); },
      [&](const auto& g) {
        stream own(static_cast<std::uint64_t>(g.number));
        for (int i = 0; i < 9; ++i) own();
        ++second;
        return flow::go_on;
      });
  CHECK(same_bits(*alone.model, *watched.model));
  CHECK(first == 30);
  CHECK(second == 30);
}

TEST_CASE("lineage: an observer stops the line and the others still see that generation") {
  Index seen = 0;
  const auto line = run_lineage(
      chain(replace{}), plan{.generations = 30, .samples = 10}, stream(3),
      [](const auto& g) { return g.number == 12 ? flow::stop : flow::go_on; }, [&](const auto&) { ++seen; });
  CHECK(line.why == ending::observer);
  CHECK(line.generations == 12);
  CHECK(seen == 12);
  CHECK(same_bits(*line.model, *run_lineage(chain(replace{}), plan{.generations = 12, .samples = 10}, stream(3)).model));
}

TEST_CASE("lineage: snapshots are the models of the generations that the interval divides") {
  std::vector<gaussian<double, 1>> models;
  const auto line = run_lineage(chain(replace{}), plan{.generations = 25, .samples = 10, .snapshot_every = 10}, stream(3),
                                [&](const auto& g) { models.push_back(g.model); });
  REQUIRE(line.snapshots.size() == 2);
  CHECK(line.snapshots[0].generation == 10);
  CHECK(same_bits(line.snapshots[1].model, models[19]));
  CHECK_FALSE(same_bits(line.snapshots[1].model, models[20]));
}

TEST_CASE("lineage: events join runs of equal outcomes and keep different ones apart") {
  const plan p{.generations = 20, .samples = 10};
  const auto line = run_lineage(experiment{normal, moody{5, 2}, replace{}}, p, stream(1));
  REQUIRE(line.events.size() == 2);
  CHECK(line.events[0].first == 5);
  CHECK(line.events[0].last == 7);
  CHECK(line.events[1].first == 8);
  CHECK(line.events[1].last == 8);
  CHECK(line.events[1].result.reason == "another");
  CHECK(line.why == ending::completed);
  CHECK(line.last.ok());
  plan strict = p;
  strict.stop.not_converged = true;
  const auto stopped = run_lineage(experiment{normal, moody{5, 2}, replace{}}, strict, stream(1));
  CHECK(stopped.why == ending::outcome);
  CHECK(stopped.generations == 5);
}

TEST_CASE("lineage: a domain error of the estimator is a failure of that generation and others propagate") {
  const plan p{.generations = 20, .samples = 10};
  const auto line = run_lineage(experiment{normal, moody{6, 0}, replace{}}, p, stream(1));
  CHECK(line.why == ending::failure);
  CHECK(line.generations == 5);
  CHECK(line.failure == "likelihood is not defined");
  CHECK(line.last.what == status::failed);
  REQUIRE(line.events.size() == 1);
  CHECK(line.events[0].first == 6);
  CHECK(line.model.has_value());
  const auto at_once = run_lineage(experiment{normal, moody{1, 0}, replace{}}, p, stream(1));
  CHECK(at_once.generations == 0);
  CHECK_FALSE(at_once.model.has_value());
  CHECK(throws<std::runtime_error>(
      [&] {
        run_lineage(experiment{normal, moody{6, 1}, replace{}}, p, stream(1));
      },
      "disk full"));
  // An observer's domain error is no refusal of the estimator.
  const auto clumsy = [](const auto&) { throw std::domain_error("metric"); };
  CHECK(throws<std::domain_error>([&] { run_lineage(chain(replace{}), p, stream(1), clumsy); }, "metric"));
}

TEST_CASE("lineage: a data type that is no matrix runs through the recipes") {
  const plan p{.generations = 12, .samples = 40};
  const auto run = [&p](auto recipe, std::vector<Index> sizes) {
    std::vector<Index> seen;
    const auto line = run_lineage(experiment{word_law{0.3}, word_fit{}, recipe}, p, stream(2),
                                  [&](const auto& g) { seen.push_back(g.data.count()); });
    CHECK(line.generations == 12);
    CHECK(line.model->rate >= 0);
    CHECK(line.model->rate <= 1);
    for (std::size_t i = 0; i < sizes.size(); ++i) CHECK(seen[i] == sizes[i]);
  };
  run(replace{}, {40, 40, 40});
  run(accumulate{}, {40, 80, 120});
  run(accumulate_subsample{}, {40, 40, 40});
  run(preserve(0.5), {40, 40, 40});
  run(window(1), {40, 80, 80});
  run(general_process(0.5, 0.3, 0.2), {40, 40, 40});
  // A subsample is drawn without replacement: of a pool that is taken whole it is a permutation.
  const auto whole = [](Index, Index m) {
    ingredients list{from_truth(m)};
    list.subsample = m;
    return list;
  };
  std::vector<int> plain, shuffled;
  run_lineage(experiment{word_law{0.3}, word_fit{}, replace{}}, plan{.generations = 1, .samples = 40}, stream(4),
              [&](const auto& g) { plain = g.data.data; });
  run_lineage(experiment{word_law{0.3}, word_fit{}, by_hand{whole, {.stored = true}}}, plan{.generations = 1, .samples = 40},
              stream(4), [&](const auto& g) { shuffled = g.data.data; });
  CHECK(plain != shuffled);
  std::sort(plain.begin(), plain.end());
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(plain == shuffled);
}

TEST_CASE("streams: a generation can be rerun alone from its coordinates") {
  const plan p{.generations = 10, .samples = 50, .how = draw::stored};
  const stream root(stream_key{5, 2}, {.replicate = 3});
  std::vector<gaussian<double, 1>> models;
  std::vector<samples<double, 1>> data;
  run_lineage(chain(replace{}), p, root, [&](const auto& g) {
    models.push_back(g.model);
    data.push_back(g.data.data);
  });
  stream again(stream_key{5, 2}, {.generation = 7, .replicate = 3, .use = purpose::sample});
  CHECK(models[6].sample(50, again) == data[7]);
  stream other(stream_key{5, 2}, {.generation = 7, .replicate = 4, .use = purpose::sample});
  CHECK_FALSE(models[6].sample(50, other) == data[7]);
  stream first(stream_key{5, 2}, {.generation = 0, .replicate = 3, .use = purpose::truth});
  CHECK(normal.sample(50, first) == data[0]);
}

TEST_CASE("streams: replicates and conditions are independent and recipes share random numbers") {
  const plan p{.generations = 1, .samples = 50, .how = draw::stored};
  std::vector<double> product;
  for (std::uint64_t r = 0; r < 2000; ++r) {
    const auto a = run_lineage(chain(replace{}), p, stream(stream_key{1, 0}, {.replicate = r}));
    const auto b = run_lineage(chain(replace{}), p, stream(stream_key{1, 0}, {.replicate = r + 1}));
    product.push_back(50 * a.model->mean()[0] * b.model->mean()[0]);
  }
  const auto m = mean_of(product);
  CHECK_Z(m.mean, 0, m.standard_error);
  const plan two{.generations = 2, .samples = 50, .how = draw::stored};
  samples<double, 1> alone, pooled;
  const stream root(9);
  run_lineage(chain(replace{}), two, root, [&](const auto& g) { alone = g.data.data; });
  run_lineage(chain(accumulate{}), two, root, [&](const auto& g) { pooled = g.data.data; });
  CHECK(pooled.rightCols(50) == alone);
  run_lineage(chain(replace{}), two, stream(stream_key{9, 1}), [&](const auto& g) { pooled = g.data.data; });
  CHECK_FALSE(pooled == alone);
}

TEST_CASE("streams: streamed and stored draws use the same numbers") {
  for (const Index m : {Index{2}, Index{3}, Index{100}, Index{5000}}) {
    const auto streamed =
        run_lineage(chain(accumulate{}), plan{.generations = 10, .samples = m, .how = draw::streamed}, stream(2));
    const auto stored =
        run_lineage(chain(accumulate{}), plan{.generations = 10, .samples = m, .how = draw::stored}, stream(2));
    CHECK(std::abs(streamed.model->mean()[0] - stored.model->mean()[0]) < 1e-12);
    CHECK_CLOSE(streamed.model->variance(), stored.model->variance(), 1e-11);
    const auto collapsed =
        run_lineage(chain(accumulate{}), plan{.generations = 10, .samples = m, .how = draw::collapsed}, stream(2));
    CHECK_FALSE(collapsed.model->variance() == stored.model->variance());
  }
}
