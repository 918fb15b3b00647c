// Plug-ins that refuse, fail or answer with what is no number where the ledger asks for a corner: not identified, and never 0.
#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>
#include <vector>

#include <simulacra/hilbert/maps.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/ledger/functional_ledger.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/risk_ledger.hpp>
#include <simulacra/random.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;
using simulacra_test::throws;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A Laplace law that says little of itself, and has room for so many draws.
struct bump {
  double location = 0, scale = 1;
  Index d = 1, room = 1'000'000;

  [[nodiscard]] Index dimension() const { return d; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    if (n > room) throw std::bad_alloc();
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) x[i] = location + scale * (standard_exponential(rng) - standard_exponential(rng));
    return x;
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(location); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(2 * scale * scale); }
  [[nodiscard]] double log_density(const point<double, 1>& x) const {
    return -std::abs(x[0] - location) / scale - std::log(2 * scale);
  }
  friend bool operator==(const bump&, const bump&) = default;
};

enum class mood { good, fails, refuses, is_no_number, is_elsewhere, is_wide };

bump fit_of(const samples<double, 1>& x) {
  const double middle = x.mean();
  return {middle, (x.array() - middle).abs().mean()};
}

/// An estimator, and its own ideal learner, that is in a mood where it is given many data, as only the ledger gives.
struct moody {
  mood now = mood::good;
  [[nodiscard]] fitted<bump> fit(const samples<double, 1>& x, stream&) const {
    const bool many = x.cols() > 100;
    if (many && now == mood::refuses) throw std::domain_error("not today");
    if (many && now == mood::is_no_number) return {{0, nan}, {}};
    if (many && now == mood::fails) return {{}, {status::failed, "it failed"}};
    bump found = fit_of(x);
    if (now == mood::is_wide) found.scale *= 1.3;  // whatever the data
    return {found, {}};
  }
  [[nodiscard]] moody ideal() const { return now == mood::is_wide ? moody{} : *this; }
};

/// One that knows both corners, and is in a mood about either.
struct knowing {
  mood projecting = mood::good, at_infinity = mood::good;

  [[nodiscard]] bump fit(const samples<double, 1>& x, stream&) const { return fit_of(x); }
  template <has_moments Law>
  [[nodiscard]] bump project(const Law& law) const {
    return answer(law, projecting);
  }
  template <has_moments Law>
  [[nodiscard]] bump population_fit(const Law& law) const {
    return answer(law, at_infinity);
  }

 private:
  template <class Law>
  static bump answer(const Law& law, mood now) {
    if (now == mood::refuses) throw std::domain_error("not this law");
    return {law.mean()[0], now == mood::is_no_number ? nan : std::sqrt(law.covariance()(0, 0) / 2),
            now == mood::is_elsewhere ? 2 : 1};
  }
};

feature_space<random_fourier_features> few_features() {
  stream rng(1);
  return feature_space<random_fourier_features>(random_fourier_features(gaussian_kernel(1.0), 1, 16, rng));
}

const plan short_run{.generations = 3, .samples = 20, .how = draw::stored};

void check_lost(const ledger_row& row, term t) {
  CHECK(std::isnan(row.squared_of(t)));
  CHECK(std::isnan(row.part_of(t)));
  CHECK(std::isnan(row.error_squared[index_of(t)]));
  CHECK(std::isnan(row.residual));
  CHECK(row.distance_sq > 0);
}

}  // namespace

TEST_CASE("refused: reference fits that fail, refuse or are no numbers leave all their terms not identified") {
  for (const mood now : {mood::fails, mood::refuses, mood::is_no_number}) {
    const experiment what{bump{}, moody{now}, replace{}};
    ledger books(what, few_features(), {.reference = 1000});
    risk_ledger risks(what, {.reference = 1000});
    CHECK(run_lineage(what, short_run, stream(1), books, risks).why != ending::failure);
    REQUIRE(books.rows().size() == 3);
    for (const term t : {term::expressivity, term::approximation, term::statistical})
      for (const ledger_row& row : books.rows()) check_lost(row, t);
    for (const risk_terms& r : risks.rows()) {
      for (const double v : {r.expressivity, r.approximation, r.statistical}) CHECK(std::isnan(v));
      CHECK(std::isfinite(r.total));
    }
  }
  const experiment well{bump{}, moody{}, replace{}};  // and where nothing is wrong there are terms, with their errors
  ledger books(well, few_features(), {.reference = 1000});
  risk_ledger risks(well, {.reference = 1000});
  run_lineage(well, short_run, stream(1), books, risks);
  CHECK(books.rows().back().residual <= 1e-10);
  CHECK(risks.rows().back().statistical_error > 0);
  CHECK(risks.rows().back().approximation_error == 0);  // its own ideal
  CHECK(risks.names().size() == 9);
}

TEST_CASE("refused: a closed form that refuses or is no number loses the terms that it is an end of, and no other") {
  const auto rows = [](const knowing& estimator) {
    const experiment what{bump{}, estimator, replace{}};
    ledger books(what, few_features());
    run_lineage(what, short_run, stream(1), books);
    return books.rows();
  };
  CHECK(rows({}).back().residual <= 1e-10);
  for (const mood now : {mood::refuses, mood::is_no_number}) {
    const ledger_row no_projection = rows({.projecting = now}).back(), no_limit = rows({.at_infinity = now}).back();
    check_lost(no_projection, term::expressivity);
    check_lost(no_projection, term::approximation);
    CHECK(no_projection.squared_of(term::statistical) > 0);
    check_lost(no_limit, term::approximation);
    check_lost(no_limit, term::statistical);
    CHECK(no_limit.squared_of(term::expressivity) == 0);  // the family holds T
  }
  CHECK(throws([&] { rows({.projecting = mood::is_elsewhere}); }, "ledger", "dimension", "2"));
  CHECK(throws([&] { rows({.at_infinity = mood::is_elsewhere}); }, "ledger", "dimension", "2"));
}

TEST_CASE("risks by draws: the stated errors are those of independent reruns") {
  // Under Laplace(0, 1), R(location m, scale s) = log 2s + (|m| + exp(-|m|)) / s.
  const auto risk = [](double m, double s) { return std::log(2 * s) + (std::abs(m) + std::exp(-std::abs(m))) / s; };
  const experiment what{bump{}, moody{mood::is_wide}, replace{}};
  struct sums {
    std::vector<double> right,
        planted;  ///< squared error less its stated mean; and less what forgetting to halve would state
    void add(double off, double stated) {
      right.push_back(off * off - stated * stated);
      planted.push_back(off * off - 4 * stated * stated);
    }
  };
  for (const path order : {path::paper, path::bottou_bousquet}) {
    sums approximation, statistical, total;
    for (std::uint64_t r = 0; r < 300; ++r) {
      risk_ledger risks(what, {.reference = 2000, .order = order});
      run_lineage(what, {.generations = 1, .samples = 50, .how = draw::stored}, stream({5, 0}, {.replicate = r}), risks,
                  [&](const auto& g) {
                    const risk_terms& t = risks.rows().back();
                    const double at_model = risk(g.model.location, g.model.scale);
                    const double exact_fit = risk(g.model.location, g.model.scale / 1.3);
                    const bool paper = order == path::paper;
                    approximation.add(t.approximation - (paper ? risk(0, 1.3) - risk(0, 1) : at_model - exact_fit),
                                      t.approximation_error);
                    statistical.add(t.statistical - (paper ? at_model - risk(0, 1.3) : exact_fit - risk(0, 1)),
                                    t.statistical_error);
                    total.add(t.total - (at_model - risk(0, 1)), t.error);
                  });
    }
    for (const sums* each : {&approximation, &statistical, &total}) {
      const auto right = simulacra_test::mean_of(each->right), planted = simulacra_test::mean_of(each->planted);
      CHECK_Z(right.mean, 0, right.standard_error);
      CHECK(std::abs(simulacra_test::z_score(planted.mean, 0, planted.standard_error)) > simulacra_test::z_limit);
    }
  }
}

TEST_CASE("refused: reference draws that find no room are an argument's fault") {
  const experiment what{bump{0, 1, 1, 50'000}, moody{}, replace{}};
  ledger books(what, few_features(), {.reference = 200'000});
  CHECK(throws([&] { run_lineage(what, short_run, stream(1), books); }, "ledger", "reference", "100000", "memory"));
  // Nor is memory asked for that no machine has, whoever draws.
  const Index many = Index{1} << 55;
  const experiment closed{bump{}, knowing{}, replace{}};
  risk_ledger risks(closed, {.reference = many});
  CHECK(throws([&] { run_lineage(closed, short_run, stream(1), risks); }, "risk_ledger", "reference"));
  const feature_space<random_fourier_features> wide(few_features().map(), {.draws = many});
  CHECK(throws([&] { ledger never(closed, wide); }, "feature_space::embed", "draws"));
  const functional_space space(
      functional{"mean", detail::no_way{}, [](const samples<double, 1>& x, const weights<double>&) { return x.mean(); }});
  CHECK(throws([&] { static_cast<void>(space.with_draws(19)); }, "with_draws", "draws", "19"));
}

TEST_CASE("refused: a truth whose squares leave the range, where one is far away in the space of moments has its sum") {
  const feature_space<moment_features> space(moment_features(1));
  for (const double mean : {1e6, 1e12, 1e70}) {
    const experiment what{bump{mean, 1}, knowing{}, replace{}};
    ledger books(what, space);
    run_lineage(what, short_run, stream(2), books);
    REQUIRE(books.rows().size() == 3);
    for (const ledger_row& row : books.rows()) CHECK(row.residual <= 1e-10);
  }
  const experiment what{bump{1e100, 1}, knowing{}, replace{}};
  CHECK(throws([&] { ledger books(what, space); }, "ledger", "squared norm of the truth", "inf"));
}

TEST_CASE("a drawn law: the stated error of a functional is that of independent reruns") {
  const functional spread{"spread", detail::no_way{}, [](const samples<double, 1>& x, const weights<double>&) {
                            return (x.array() - x.mean()).square().mean();
                          }};
  std::vector<double> right, planted;  // squared error less its stated mean; the twin forgets that ten batches make the mean
  for (std::uint64_t r = 0; r < 400; ++r) {
    const functional_value found = value_of(spread, bump{}, 2000, stream({9, 0}, {.replicate = r}));
    const double off = found.value - 2 * (1 - 1. / 200);  // of batches of 200
    right.push_back(off * off - found.variance);
    planted.push_back(off * off - 10 * found.variance);
  }
  const auto good = simulacra_test::mean_of(right), bad = simulacra_test::mean_of(planted);
  CHECK_Z(good.mean, 0, good.standard_error);
  CHECK(std::abs(simulacra_test::z_score(bad.mean, 0, bad.standard_error)) > simulacra_test::z_limit);
}

TEST_CASE("a drawn law: functionals that take draws have their error, which laws of one shape share") {
  const functional spread{"spread", detail::no_way{}, [](const samples<double, 1>& x, const weights<double>&) {
                            return (x.array() - x.mean()).square().mean();
                          }};
  const experiment what{bump{}, knowing{}, replace{}};
  functional_ledger books(what, functional_space(spread));
  run_lineage(what, short_run, stream(1), books, [&](const auto& g) {
    const functional_row& row = books.rows()[static_cast<std::size_t>(g.number - 1)];
    const double truth = row.value - row.change, s = g.model.scale * g.model.scale;
    const double error = row.value_error / s;            // what the truth's own value is off by
    CHECK_Z(truth, 2, error);                            // the variance of a Laplace law, from 10,000 draws
    CHECK(error > 0.2 * std::sqrt((24. - 4) / 10'000));  // their standard error, from ten batches
    CHECK(error < 2.2 * std::sqrt((24. - 4) / 10'000));
    CHECK_CLOSE(row.change_error, std::abs(s - 1) * error, 1e-6);  // one set of draws, scaled
  });
  CHECK(books.names().size() == 13);  // value, change, four terms, as many errors, and the residual
}
