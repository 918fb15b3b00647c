#include "recursion/support.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include <simulacra/recursion/networks.hpp>
#include <simulacra/recursion/run_population.hpp>

using namespace simulacra_test;

namespace {

const gaussian_estimator<double, 1> likelihood(divisor::n);

/// A chain's models in hexadecimal digits, so to speak.
template <class Lineage>
std::vector<double> bits(const Lineage& line) {
  std::vector<double> all;
  for (const auto& s : line.snapshots) all.insert(all.end(), {s.model.mean()[0], s.model.variance()});
  return all;
}

plan every(Index generations, Index samples, draw how = draw::cheapest) {
  return {.generations = generations, .samples = samples, .how = how, .snapshot_every = 1};
}

/// A recipe of members that is given as a function.
template <class F>
struct seated_by_hand {
  F list;
  retention what{};
  ingredients operator()(Index t, Index m, const seat& at) const { return list(t, m, at); }
  [[nodiscard]] retention keeps() const { return what; }
};
template <class F>
seated_by_hand(F) -> seated_by_hand<F>;
template <class F>
seated_by_hand(F, retention) -> seated_by_hand<F>;

/// A model of the number it saw first, to see who read what.
struct tag {
  double value;
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream&) const { return samples<double, 1>::Constant(1, n, value); }
};
struct numbered {
  double value;
  tag fit(const samples<double, 1>&, stream&) const { return {value}; }
};

/// What each member read in the last generation: the values, in order.
template <class Population>
std::vector<std::vector<double>> read(const Population& all, Index generations, Index samples) {
  std::vector<std::vector<double>> values;
  run_population(all, plan{.generations = generations, .samples = samples}, stream(5), [&](const auto& g) {
    values.assign(static_cast<std::size_t>(g.size()), {});
    g.for_each([&](const auto& one, Index who) {
      const auto& x = one.data.data;
      values[static_cast<std::size_t>(who)].assign(x.data(), x.data() + x.size());
    });
  });
  return values;
}

}  // namespace

TEST_CASE("population: one member has the bits of a lineage, whatever it reads and however that is drawn") {
  const auto same = [](auto recipe, draw how) {
    const auto line = run_lineage(chain(recipe), every(12, 10, how), stream(8));
    const auto all = run_population(population{normal, member{likelihood, recipe}}, every(12, 10, how), stream(8));
    REQUIRE(all.template of<0>().size() == 1);
    const auto& one = all.template of<0>()[0];
    CHECK(bits(one) == bits(line));
    CHECK(one.generations == line.generations);
    CHECK(one.last == line.last);
    CHECK(all.why == line.why);
    CHECK(all.generations == line.generations);
    const auto in_pool =
        run_population(population{normal, many(member{likelihood, pooled(recipe)}, 1)}, every(12, 10, how), stream(8));
    CHECK(bits(in_pool.template of<0>()[0]) == bits(line));
  };
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) {
    same(any_recipe(replace{}), how);
    same(any_recipe(accumulate{}), how);
    same(any_recipe(preserve(0.3)), how);
    same(any_recipe(general_process(0.4, 0.3, 0.3)), how);
    same(any_recipe(weighted(10, 0.6)), how);
    same(any_recipe(window(2)), how);
  }
  same(any_recipe(accumulate_subsample{}), draw::stored);
}

TEST_CASE("population: members differ in their draws, in the same way in any company") {
  const auto three = run_population(population{normal, many(member{likelihood, replace{}}, 3)}, every(5, 10), stream(8));
  const auto mixed = run_population(
      population{normal, member{likelihood, replace{}}, member{likelihood, accumulate{}}, member{likelihood, replace{}}},
      every(5, 10), stream(8));
  const auto& lines = three.of<0>();
  CHECK(bits(lines[0]) == bits(run_lineage(chain(replace{}), every(5, 10), stream(8))));
  CHECK(bits(lines[1]) != bits(lines[0]));
  CHECK(bits(lines[2]) != bits(lines[1]));
  CHECK(bits(mixed.of<0>()[0]) == bits(lines[0]));
  CHECK(bits(mixed.of<2>()[0]) == bits(lines[2]));
  CHECK(bits(mixed.of<1>()[0]) != bits(lines[1]));
}

TEST_CASE("population: a member reads the models, data and laws that it names, as they were") {
  const seated_by_hand row{[](Index t, Index m, const seat& at) -> ingredients {
    if (t == 0) return {from_truth(m)};
    return {from_model(t, 1, (at.number + 1) % at.members), from_model(t, 2), from_model(t, 1, at.number)};
  }};
  const auto values =
      read(population{tag{0}, member{numbered{1}, row}, member{numbered{2}, row}, member{numbered{3}, row}}, 3, 4);
  CHECK(values[0] == std::vector<double>{2, 1, 1, 1});
  CHECK(values[1] == std::vector<double>{3, 2, 2, 2});
  CHECK(values[2] == std::vector<double>{1, 3, 3, 3});

  // What member 1 was trained on, read by both: members 0 and 2 come before and after it, and see the same.
  const seated_by_hand of_one{[](Index t, Index m, const seat& at) -> ingredients {
                                if (t == 0) return {from_model(0, m)};
                                if (at.number == 1) return {from_model(t, m, 2)};
                                return {from_data(t - 1, everything, 1), from_batch(t - 1, 1, 1)};
                              },
                              {.data = 1, .batches = 1, .others_too = true}};
  const auto data =
      read(population{tag{0}, member{numbered{1}, of_one}, member{numbered{2}, of_one}, member{numbered{3}, of_one}}, 3, 2);
  CHECK(data[0] == std::vector<double>{3, 3, 3});
  CHECK(data[1] == std::vector<double>{3, 3});
  CHECK(data[2] == data[0]);
  const auto younger =
      read(population{tag{0}, member{numbered{1}, of_one}, member{numbered{2}, of_one}, member{numbered{3}, of_one}}, 2, 2);
  CHECK(younger[0] == std::vector<double>{0, 0, 0});  // the first data, which are of the truth
  CHECK(younger[2] == younger[0]);
}

TEST_CASE("population: the law of another's data is read with the names turned round") {
  // Member 0 was trained on half itself and half member 1; member 1 reads the law of that.
  const seated_by_hand turn{[](Index t, Index m, const seat& at) -> ingredients {
                              if (t == 0) return {from_truth(m)};
                              if (at.number == 0) return {from_model(t, m / 2), from_model(t, m / 2, 1)};
                              ingredient law = from_law(t - 1, m, 0);
                              law.weight = 1;
                              ingredients list{law};
                              list.independent_draws = m;
                              return list;
                            },
                            {.laws = 1, .others_too = true}};
  const auto values = read(population{tag{0}, member{numbered{1}, turn}, member{numbered{2}, turn}}, 3, 400);
  const double ones = static_cast<double>(std::count(values[1].begin(), values[1].end(), 1.0));
  CHECK(values[1].size() == 400);
  CHECK_Z(ones, 200, 10);  // binomial: 400 draws, one half
  CHECK(std::count(values[1].begin(), values[1].end(), 2.0) == 400 - static_cast<Index>(ones));
}

TEST_CASE("population: a pool is published in equal parts and dealt without replacement") {
  const auto dealt = [](Index members, Index samples) {
    std::vector<Index> of(static_cast<std::size_t>(members));
    Index mixed = 0;
    const seated_by_hand rule{[](Index t, Index m, const seat&) -> ingredients { return {from_model(t, m, everyone)}; }};
    run_population(population{normal, many(member{likelihood, rule}, members)},
                   plan{.generations = 2, .samples = samples, .how = draw::stored}, stream(2), [&](const auto& g) {
                     if (g.number < 2) return;
                     g.for_each([&](const auto& one, Index who) {
                       double total = 0;
                       for (const auto& [from, share] : one.law) {
                         const Index source = from.who == myself ? who : from.who;
                         of[static_cast<std::size_t>(source)] += std::llround(share * static_cast<double>(samples));
                         total += share;
                       }
                       mixed += one.law.size() > 1 ? 1 : 0;
                       CHECK(one.data.count() == samples);
                       CHECK(total == doctest::Approx(1).epsilon(1e-12));
                     });
                   });
    CHECK(mixed > 0);
    return of;
  };
  CHECK(dealt(5, 10) == std::vector<Index>(5, 10));
  CHECK(dealt(4, 3) == std::vector<Index>(4, 3));
  const std::vector<Index> uneven = dealt(3, 7);
  CHECK(uneven == std::vector<Index>{7, 7, 7});
}

TEST_CASE("population: fresh real data are private, or shared under a name") {
  const auto first = [](Index who) {
    std::set<double> means;
    const seated_by_hand rule{[who](Index, Index m, const seat&) -> ingredients { return {from_truth(m, who)}; }};
    run_population(population{normal, many(member{likelihood, rule}, 4)}, plan{.generations = 1, .samples = 10}, stream(2),
                   [&](const auto& g) { g.for_each_model([&](const auto& m, Index) { means.insert(m.mean()[0]); }); });
    return means.size();
  };
  CHECK(first(myself) == 4);
  CHECK(first(everyone) == 1);
  CHECK(first(2) == 1);
  std::set<double> means;  // in pairs, and each list has a part of its own before
  const seated_by_hand pairs{[](Index t, Index m, const seat& at) -> ingredients {
    return at.number < 2 ? ingredients{from_truth(m, at.number / 2)}
                         : ingredients{from_truth(t, at.number), from_truth(m, at.number / 2)};
  }};
  run_population(population{normal, many(member{likelihood, pairs}, 4)}, plan{.generations = 1, .samples = 10}, stream(2),
                 [&](const auto& g) { g.for_each_model([&](const auto& m, Index) { means.insert(m.mean()[0]); }); });
  CHECK(means.size() == 2);
}

TEST_CASE("population: a frozen model publishes from generation 1 on, and is never refitted") {
  const seated_by_hand both{[](Index t, Index m, const seat&) -> ingredients {
    return {from_model(t, m, 1), from_model(t, m)};
  }};
  const population all{tag{0}, member{numbered{1}, both}, frozen(tag{7})};
  CHECK(all.size() == 2);
  CHECK(read(all, 1, 2)[0] == std::vector<double>{0, 0, 0, 0});
  const auto later = read(all, 4, 2);
  CHECK(later[0] == std::vector<double>{7, 7, 1, 1});
  CHECK(later[1].empty());
  const auto run = run_population(all, plan{.generations = 3, .samples = 2}, stream(1));
  CHECK(run.of<1>()[0].model->value == 7);
  CHECK(run.of<1>()[0].generations == 0);
}

TEST_CASE("population: members of several families and data of several summaries are mixed") {
  // A member without a summary (stored) reads one that collapses, and the other way round.
  struct whole {
    gaussian<double, 1> fit(const samples<double, 1>& x, stream&) const { return {x.mean(), 1.0}; }
  };
  const seated_by_hand across{[](Index t, Index m, const seat& at) -> ingredients {
    if (t == 0) return {from_truth(m)};
    return {from_model(t, m, 1 - at.number), from_model(t, m)};
  }};
  const auto run = run_population(population{normal, member{likelihood, across}, member{whole{}, across}},
                                  plan{.generations = 6, .samples = 50}, stream(1));
  CHECK(run.of<0>()[0].generations == 6);
  CHECK(run.of<1>()[0].generations == 6);
  const auto kept = [](draw how) {
    const seated_by_hand data{[](Index t, Index m, const seat& at) -> ingredients {
                                if (t == 0) return {from_truth(m)};
                                return {from_data(t - 1, everything, 1 - at.number), from_model(t, m)};
                              },
                              {.data = 1, .others_too = true}};
    return run_population(population{normal, member{likelihood, data}, member{likelihood, data}},
                          plan{.generations = 4, .samples = 50, .how = how}, stream(1));
  };
  for (const draw how : {draw::stored, draw::streamed, draw::collapsed}) CHECK(kept(how).generations == 4);
  const seated_by_hand data{[](Index t, Index m, const seat& at) -> ingredients {
                              if (t == 0) return {from_truth(m)};
                              return {from_data(t - 1, everything, 1 - at.number), from_model(t, m)};
                            },
                            {.data = 1, .others_too = true}};
  CHECK(throws(
      [&] {  // what is summed up cannot be made observations again
        run_population(population{normal, member{likelihood, data}, member{whole{}, data}},
                       plan{.generations = 4, .samples = 50}, stream(1));
      },
      "draw::stored"));
}

TEST_CASE("population: who has ended goes on publishing, and who reads what is not there ends too") {
  struct brittle {  // refuses its data from generation `last` on
    Index last, now = 1;
    [[nodiscard]] brittle at(const place<gaussian<double, 1>>& here) const { return {last, here.generation}; }
    gaussian<double, 1> fit(const samples<double, 1>& x, stream&) const {
      if (now > last) throw std::domain_error("no");
      return {x.mean(), 1.0};
    }
  };
  const seated_by_hand rule{
      [](Index t, Index m, const seat& at) -> ingredients { return {from_model(t, m, 1 - at.number)}; }};
  const auto late =
      run_population(population{normal, member{brittle{3}, rule}, member{likelihood, rule}}, every(6, 10), stream(1));
  CHECK(late.of<0>()[0].why == ending::failure);
  CHECK(late.of<0>()[0].generations == 3);
  CHECK(late.of<1>()[0].why == ending::completed);
  CHECK(late.of<1>()[0].generations == 6);
  CHECK(late.failure == "member 0: no");
  CHECK(late.failed == 1);
  CHECK(late.why == ending::completed);
  const auto early =
      run_population(population{normal, member{brittle{0}, rule}, member{likelihood, rule}}, every(6, 10), stream(1));
  CHECK(early.of<1>()[0].why == ending::failure);
  CHECK(early.of<1>()[0].generations == 1);
  CHECK(early.of<1>()[0].last.reason.find("another member") != std::string_view::npos);
  CHECK(early.why == ending::failure);
}

TEST_CASE("population: mistakes are named") {
  const auto rejects = [](ingredient part, std::string_view words) {
    const seated_by_hand rule{[part](Index t, Index m, const seat&) -> ingredients {
                                if (t == 0) return {from_truth(m)};
                                return {part};
                              },
                              {.data = 1, .others_too = true}};
    CHECK(throws(
        [&] {
          run_population(population{normal, many(member{likelihood, rule}, 2), frozen(normal)},
                         plan{.generations = 3, .samples = 5}, stream(1));
        },
        words));
  };
  rejects(from_model(1, 5, 3), "be a member of the population");
  rejects(from_model(3, 5, 1), "there is already");
  rejects(from_data(1, everything, 1), "over when it is asked for");
  rejects(from_data(0, everything, 2), "a frozen one has none");
  rejects(from_data(0, 3, everyone), "name the members");
  CHECK(throws([] { (void)many(member{likelihood, replace{}}, 0); }, "many"));
  CHECK(throws([] { (void)network(Eigen::MatrixXd::Constant(2, 2, 0.6), replace{}); }, "sum of a row"));
  CHECK(throws(
      [] {
        run_population(population{normal, many(member{likelihood, network(islands(2, 0.1), replace{})}, 3)},
                       plan{.generations = 3, .samples = 5}, stream(1));
      },
      "network"));
}

TEST_CASE("network: shares become whole numbers, and what a row leaves is real") {
  CHECK(detail::apportioned(10, {0.5, 0.25, 0.25}) == std::vector<Index>{5, 3, 2});
  CHECK(detail::apportioned(50, {0.9, 0.1}) == std::vector<Index>{45, 5});
  CHECK(detail::apportioned(3, {0.1, 0.1, 0.8}) == std::vector<Index>{0, 0, 3});
  CHECK(detail::apportioned(7, {1.0 / 3, 1.0 / 3, 1.0 / 3}) == std::vector<Index>{3, 2, 2});
  Eigen::MatrixXd w(2, 2);
  w << 0.5, 0.25, 0, 1;
  const network some(w, replace{});
  const auto counts = [&](Index t, Index who) {
    std::vector<std::tuple<Index, Index, Index>> all;  // from, generation, count
    for (const ingredient& part : some(t, 8, {who, 2}))
      all.emplace_back(part.from.what == source::kind::truth ? -9 : part.from.who, part.from.generation, part.count);
    return all;
  };
  using row = std::vector<std::tuple<Index, Index, Index>>;
  CHECK(counts(3, 0) == row{{0, 3, 4}, {1, 3, 2}, {-9, 0, 2}});
  CHECK(counts(3, 1) == row{{1, 3, 8}});
  const auto real = read(population{tag{0}, member{numbered{1}, some}, member{numbered{2}, some}}, 3, 8);
  CHECK(real[0] == std::vector<double>{1, 1, 1, 1, 2, 2, 0, 0});
  const network drawn(w, replace{}, source_counts::random);
  const auto list = drawn(2, 8, {0, 2});
  CHECK(list.independent_draws == 8);
  CHECK(list.size() == 3);
}

TEST_CASE("population: what is wrong with a member's list or draws is said of run_population") {
  const auto said = [](const auto& run) -> std::string {
    try {
      run();
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return {};
  };
  const auto list = seated_by_hand{
      [](Index t, Index m, const seat&) { return t == 0 ? ingredients{from_model(0, m)} : ingredients{from_law(0, m)}; },
      {.laws = everything}};
  const std::string law = said([&] {
    run_population(population{tag{0}, member{numbered{1}, list}}, plan{.generations = 2, .samples = 4}, stream(1));
  });
  CHECK(law.find("simulacra::run_population: argument 'ingredient.from' is a law") == 0);
  struct short_of_one : tag {
    [[nodiscard]] samples<double, 1> sample(Index n, stream&) const { return samples<double, 1>::Constant(1, n - 1, value); }
  };
  const std::string few = said([&] {
    run_population(population{short_of_one{{0}}, member{numbered{1}, replace{}}}, plan{.generations = 1, .samples = 4},
                   stream(1));
  });
  CHECK(few.find("simulacra::run_population: argument 'sample(4, rng) of the truth'") == 0);
  const auto wrong = [&](int which, plan how) {
    const auto lists = [which](Index t, Index m, const seat&) {
      ingredient model = from_model(0, m);
      if (which == 2) model.weight = 0.5;
      ingredients all{model};
      if (which == 1) all.subsample = m + 1;
      if (t > 0 && which == 3) all = {from_data(0, m + 1)};
      if (t > 0 && which == 4) all = {from_data(0, everything)}, all.independent_draws = m;
      return all;
    };
    const seated_by_hand list_of{lists, {.data = 1, .stored = true}};
    return said([&] { run_population(population{tag{0}, many(member{numbered{1}, list_of}, 2)}, how, stream(1)); });
  };
  const plan two{.generations = 2, .samples = 4};
  CHECK(wrong(0, two).empty());
  const auto begins = [](const std::string& words, const char* argument) {
    INFO(words);
    return words.find(std::string("simulacra::run_population: argument '") + argument) == 0;
  };
  CHECK(begins(wrong(0, {.generations = -1, .samples = 4}), "generations'"));
  CHECK(begins(wrong(0, {.generations = 2, .samples = 4, .how = draw::collapsed}), "plan.how'"));
  CHECK(begins(wrong(1, two), "ingredients.subsample'"));
  CHECK(begins(wrong(2, two), "estimator'"));
  CHECK(begins(wrong(3, two), "ingredient.count'"));
  CHECK(begins(wrong(4, two), "ingredients.independent_draws'"));
}

namespace {

struct editor : tag {
  [[nodiscard]] samples<double, 1> edit(const samples<double, 1>& x, stream&) const { return (x.array() + value).matrix(); }
};
struct edits_by {
  double value;
  editor fit(const samples<double, 1>&, stream&) const { return {{value}}; }
};

}  // namespace

TEST_CASE("population: a member edits what another was trained on") {
  const retention keeps{.data = 1, .stored = true, .others_too = true};
  const auto of = [&keeps](Index whose) {
    return seated_by_hand{[whose](Index t, Index m, const seat&) {
                            return t == 0 ? ingredients{from_model(0, m)}
                                          : ingredients{from_edit(t, from_data(t - 1, everything, whose))};
                          },
                          keeps};
  };
  const auto others = read(population{tag{0}, member{edits_by{10}, of(1)}, member{numbered{3}, replace{}}}, 4, 4);
  CHECK(others == std::vector<std::vector<double>>{{13, 13, 13, 13}, {3, 3, 3, 3}});
  const auto own = read(population{tag{0}, member{edits_by{10}, of(0)}, member{numbered{3}, replace{}}}, 4, 4);
  CHECK(own[0] == std::vector<double>{30, 30, 30, 30});  // 0, and 10 more in each generation
}
