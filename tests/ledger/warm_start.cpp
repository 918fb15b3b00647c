// A search that begins at the model before it: the corners A(T) begin there too, so that its lag is approximation error.
#include "support.hpp"

using namespace simulacra_test;

namespace {

/// Goes a share of the way from where it begins to the mean; the exact learner of its family goes all of it.
struct part_way {
  using summary = moments<double, 1>;  // so that mixtures of sources have a mean in closed form

  double begin = 0;
  double share = 0.25;

  template <has_moments Law>
  [[nodiscard]] gaussian<double, 1> project(const Law& law) const {
    return {law.mean()[0], 1.0};
  }
  template <has_moments Law>
  [[nodiscard]] gaussian<double, 1> population_fit(const Law& law) const {
    return {begin + share * (law.mean()[0] - begin), 1.0};
  }
  [[nodiscard]] gaussian<double, 1> fit(const moments<double, 1>& x, stream&) const {
    return {begin + share * (x.mean()[0] - begin), 1.0};
  }
  [[nodiscard]] part_way ideal() const { return {begin, 1}; }
  [[nodiscard]] part_way starting_from(const gaussian<double, 1>& model) const { return {model.mean()[0], share}; }
};

const gaussian<double, 1> truth(8.0, 1.0);
const plan ten{.generations = 10, .samples = 20};

}  // namespace

TEST_CASE("warm start: what is lost on the way is approximation error, by the recursion of the lag") {
  const experiment what{truth, warm_started(part_way{}), fresh_real{20}};
  functional_ledger books(what, functional_space(mean_functional()));
  risk_ledger risks(what);
  std::vector<double> model;
  run_lineage(what, ten, stream(5), books, risks, [&](const auto& g) { model.push_back(g.model.mean()[0]); });
  // T_t is half the truth, half model t (t >= 1); its mean is where the projection lies.
  double before = 0, account = 0, statistical = 0;
  for (std::size_t t = 0; t < model.size(); ++t) {
    const double law = t == 0 ? 8 : (8 + before) / 2, limit = before + 0.25 * (law - before);
    account = (t == 0 ? 0 : account / 2) + limit - law;
    statistical = (t == 0 ? 0 : statistical / 2) + model[t] - limit;
    const functional_row& row = books.rows()[t];
    CHECK(row.due_to(term::approximation) == doctest::Approx(account).epsilon(1e-12));
    CHECK(row.due_to(term::statistical) == doctest::Approx(statistical).epsilon(1e-12));
    CHECK(row.residual <= 1e-12);
    // and on risk, KL(T, N(m, 1)) - KL(T, N(law, 1)) = (m - law)^2 / 2
    CHECK(risks.rows()[t].approximation == doctest::Approx((limit - law) * (limit - law) / 2).epsilon(1e-10));
    before = model[t];
  }
  // A second lineage of the same ledger begins cold again.
  run_lineage(what, ten, stream(5), books, risks);
  CHECK(books.rows().size() == 10);
  CHECK(books.rows()[0].due_to(term::approximation) == -6);
  CHECK(risks.rows()[0].approximation == doctest::Approx(18));
}

TEST_CASE("warm start: a model that has made its own data has nothing left to search") {
  const experiment what{truth, warm_started(part_way{}), replace{}};
  functional_ledger books(what, functional_space(mean_functional()));
  run_lineage(what, ten, stream(5), books);
  for (const auto& row : books.rows()) CHECK(row.due_to(term::approximation) == doctest::Approx(-6).epsilon(1e-13));
  // A cold start is dragged to its own beginning, generation by generation.
  const experiment cold{truth, part_way{}, replace{}};
  functional_ledger others(cold, functional_space(mean_functional()));
  run_lineage(cold, ten, stream(5), others);
  CHECK(others.rows().back().due_to(term::approximation) < -7.5);
}

TEST_CASE("warm start: with infinitely many data it goes on from the model before, too") {
  const auto last = run_population(experiment{truth, warm_started(part_way{}), fresh_real{20}}, ten, stream(1), 100);
  double at = 0;
  for (int t = 0; t < 10; ++t) at += 0.25 * ((t == 0 ? 8 : (8 + at) / 2) - at);
  CHECK(last->mean()[0] == doctest::Approx(at).epsilon(1e-14));
}
