// Ledgers of populations: what a member reads brings the errors of whoever made it.
#include "ledger/support.hpp"

#include <functional>

#include <simulacra/ledger/population_ledger.hpp>

using namespace simulacra_test;

namespace {

/// Any recipe of members: of one type, so that the books are compiled once.
struct any_list {
  std::function<ingredients(Index, Index, const seat&)> list;
  retention what{};
  ingredients operator()(Index t, Index m, const seat& at) const { return list(t, m, at); }
  [[nodiscard]] retention keeps() const { return what; }
};

const gaussian<double, 1> normal(0.0, 1.0);
const gaussian_estimator<double, 1> likelihood(divisor::n);

feature_space<random_fourier_features> features() {
  stream rng(1);
  return feature_space<random_fourier_features>(random_fourier_features(gaussian_kernel(1), 1, 24, rng));
}

auto members(any_list reads, Index count) { return population{normal, many(member{likelihood, std::move(reads)}, count)}; }
using books_type = decltype(population_ledger(members({}, 1), features()));

/// The books of a run, and how far their identities are from holding in any row of any member.
double worst(const population<gaussian<double, 1>, many_members<member<gaussian_estimator<double, 1>, any_list>>>& all,
             books_type& books, draw how = draw::stored) {
  const auto run = run_population(all, {.generations = 6, .samples = 30, .how = how}, stream(3), books);
  double most = run.generations == 6 ? 0 : 1;
  for (Index who = 0; who < all.size(); ++who) {
    if (books.of(who).rows().size() != 6) most = 1;
    for (const ledger_row& row : books.of(who).rows()) {
      most = (std::max)(most, row.residual);
      double shares = 0;
      for (const term t : all_terms)
        if (!std::isnan(row.part_of(t))) shares += row.share(t);
      most = (std::max)(most, std::abs(shares - 1));
    }
    if (books.origins_of(who).size() != 6) most = 1;
    for (const origin_row& row : books.origins_of(who)) {
      double shares = row.fresh / row.distance_sq;
      for (std::size_t k = 0; k < row.inherited.size(); ++k) shares += row.share(k);
      most = (std::max)({most, row.residual, std::abs(shares - 1)});
    }
  }
  return most;
}

const any_list by_network{[](Index t, Index m, const seat& at) {
  Eigen::MatrixXd w(3, 3);
  w << 0.5, 0.2, 0.1, 0.2, 0.4, 0.4, 0, 0, 1;
  return network(w, replace{})(t, m, at);
}};
const any_list in_pool{[](Index t, Index m, const seat& at) { return pooled(replace{})(t, m, at); }};
const any_list data_of_others{[](Index t, Index m, const seat& at) -> ingredients {
                                if (t == 0) return {from_truth(m)};
                                const Index next = (at.number + 1) % at.members, before = (at.number + 2) % at.members;
                                return {from_data(0, m / 2, next), from_data(t - 1, everything, before),
                                        from_batch(t - 1, everything, next), from_model(t, m)};
                              },
                              {.data = 1, .batches = 1, .first_data = true, .others_too = true}};
const any_list laws_of_others{[](Index t, Index m, const seat& at) -> ingredients {
                                if (t == 0) return {from_truth(m)};
                                ingredient law = from_law(t - 1, m, (at.number + 1) % at.members), model = from_model(t, m);
                                law.weight = model.weight = 0.5;
                                ingredients list{law, model};
                                list.independent_draws = m;
                                return list;
                              },
                              {.laws = 1, .others_too = true}};

}  // namespace

TEST_CASE("population: the ledger of every member adds up, whatever it reads of others") {
  const auto space = features();
  for (const any_list& reads : {by_network, in_pool, data_of_others, laws_of_others}) {
    const auto all = members(reads, 3);
    books_type books(all, space);
    CHECK(worst(all, books) <= 1e-10);
    CHECK(worst(all, books) <= 1e-10);  // the same books, a new run; nothing is left of the last
    const books_type again(books);
    CHECK(again.of(2).rows().size() == 6);
  }
}

TEST_CASE("population: one member has the ledger of a lineage, bit for bit") {
  const auto space = features();
  const auto rows_of = [&](const any_recipe& recipe) {
    const auto all = members({[recipe](Index t, Index m, const seat&) { return recipe(t, m); }, recipe.keeps()}, 1);
    books_type books(all, space);
    CHECK(worst(all, books) <= 1e-10);
    ledger alone(experiment{normal, likelihood, recipe}, space);
    run_lineage(experiment{normal, likelihood, recipe}, {.generations = 6, .samples = 30, .how = draw::stored}, stream(3),
                alone);
    REQUIRE(alone.rows().size() == 6);
    for (std::size_t t = 0; t < 6; ++t) {
      CHECK(books.of(0).rows()[t].distance_sq == alone.rows()[t].distance_sq);
      CHECK(books.of(0).rows()[t].squared == alone.rows()[t].squared);
    }
  };
  for (const any_recipe& recipe : {any_recipe(replace{}), any_recipe(accumulate{}), any_recipe(preserve(0.3)),
                                   any_recipe(general_process(0.4, 0.3, 0.3)), any_recipe(window(2))})
    rows_of(recipe);
}

TEST_CASE("population: errors are handed on by who was read, and by nobody else") {
  // Member 0 reads member 1, which reads itself: the account of what 0 is trained on is that of 1's model.
  const any_list up{[](Index t, Index m, const seat&) -> ingredients { return {from_model(t, m, 1)}; }};
  const auto all = members(up, 2);
  const auto space = features();
  books_type books(all, space);
  auto last = space.zero(), own_last = space.zero();
  const auto between = [&](const auto& a, const auto& b) {
    auto d = a;
    space.add(d, -1, b);
    return space.inner(d, d);
  };
  Index compared = 0;
  run_population(all, {.generations = 5, .samples = 30}, stream(3), books, [&](const auto& g) {
    const auto& from = books.of(0).book().training()[term::statistical];
    if (g.number > 1) {
      CHECK(between(from, last) == 0);
      CHECK(between(from, own_last) > 0);  // planted: its own model's
      ++compared;
    }
    last = books.of(1).book().model()[term::statistical];
    own_last = books.of(0).book().model()[term::statistical];
  });
  CHECK(compared == 4);
}

TEST_CASE("population: the ledger is a probe, with the columns of each member") {
  const auto all = members(by_network, 3);
  const books_type books(all, features());
  const records record = run_ensemble(all, {.generations = 3, .samples = 20}, {.replicates = 4}, serial_executor{}, books);
  for (Index who = 0; who < 3; ++who)
    for (const char* name : {"_residual", "_residual_of_origins"})
      for (const double misfit : record.values_at_generation(3, "m" + std::to_string(who) + name)) CHECK(misfit <= 1e-10);
  const auto column = [&](const std::string& name) { return record.values_at_generation(3, "m1_" + name); };
  for (std::size_t r = 0; r < 4; ++r)
    CHECK_CLOSE(column("inherited_m0")[r] + column("inherited_m1")[r] + column("inherited_m2")[r] + column("fresh")[r],
                column("distance_sq")[r], 1e-10);
}

TEST_CASE("population: whose error it is, of two Gaussians of which one reads the other, in closed form") {
  // Of 5 draws member 0 takes 2 from itself and 3 from member 1, which reads itself. What 1 made in generation s reaches 0's data of
  // generation t with weight 1 - (2/5)^(t - s), and each of its means has moved by a variance of 1/5 a generation.
  const any_list two_of_five{[](Index t, Index m, const seat& at) -> ingredients {
    if (t == 0) return {from_truth(m)};
    if (at.number == 1) return {from_model(t, m)};
    return {from_model(t, m / 2), from_model(t, m - m / 2, 1)};
  }};
  const population all{normal, many(member{gaussian_estimator<double, 1>(divisor::n_minus_1), two_of_five}, 2)};
  const feature_space<moment_features> space{moment_features(1)};
  population_ledger books(all, space);
  constexpr Index generations = 6;
  std::vector<double> parts;
  double worst_of_all = 0, asked_apart = 1;
  for (std::uint64_t r = 0; r < 12000; ++r) {
    Eigen::Vector2d given = Eigen::Vector2d::Zero(), asked = given;
    auto other = given;
    run_population(all, {.generations = generations, .samples = 5}, stream(100 + r), books, [&](const auto& g) {
      given = 0.4 * given + 0.6 * other;
      asked = 0.5 * asked + 0.5 * other;
      const auto& inherited = books.of(0).book().training().made;
      if (g.number > 1) {
        worst_of_all = (std::max)(worst_of_all, (inherited[1] - given).norm() / given.norm());
        if (g.number == 2) asked_apart = (std::min)(asked_apart, (inherited[1] - asked).norm() / asked.norm());
      }
      const auto& of_one = books.of(1).book();
      other = of_one.model().place - of_one.truth().place;
      if (g.number == generations) parts.push_back(inherited[1][0] * (books.of(0).book().model().place[0]));
    });
    for (const origin_row& row : books.origins_of(1)) worst_of_all = (std::max)(worst_of_all, std::abs(row.inherited[0]));
  }
  CHECK(worst_of_all <= 1e-10);
  CHECK(asked_apart > 0.1);  // planted: by what was asked, a half
  const auto expected = [](double own) {
    double sum = 0;
    for (Index s = 1; s < generations; ++s) sum += std::pow(1 - std::pow(own, static_cast<double>(generations - s)), 2) / 5;
    return sum;
  };
  const band mean = band_of(parts);
  CHECK_Z(mean.mean, expected(0.4), mean.mcse);
  CHECK(std::abs(z_score(mean.mean, expected(0.5), mean.mcse)) > z_limit);  // planted: by what was asked, a half
}

TEST_CASE("population: whose error it is, by groups, and not of too many") {
  const auto all = members(by_network, 3);
  const auto space = features();
  books_type each(all, space), grouped(all, space, {}, {0, 1, 1});
  CHECK(worst(all, each) <= 1e-10);
  CHECK(worst(all, grouped) <= 1e-10);
  for (std::size_t t = 0; t < 6; ++t) {
    const auto &one = each.origins_of(0)[t].inherited, &two = grouped.origins_of(0)[t].inherited;
    REQUIRE(two.size() == 2);
    CHECK(two[0] == one[0]);
    CHECK(std::abs(two[1] - one[1] - one[2]) <= 1e-12);
    // Member 2 reads nobody but itself.
    CHECK(each.origins_of(2)[t].inherited[0] == 0);
    CHECK(each.origins_of(2)[t].inherited[1] == 0);
  }
  CHECK(books_type(members(in_pool, 17), space).names().size() ==
        17 * ledger(experiment{normal, likelihood, replace{}}, space).names().size());
  CHECK(throws([&] { (void)books_type(all, space, {}, {0, 1}); }, "population_ledger", "'groups.size()' is 2"));
  CHECK(throws([&] { (void)books_type(all, space, {}, {0, 1, 16}); }, "population_ledger", "'groups' is 16"));
}
