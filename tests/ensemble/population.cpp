#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <simulacra/categorical.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/metrics/diversity.hpp>
#include <simulacra/metrics/members.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory/network.hpp>
#include <simulacra/theory/population.hpp>

#include "support/statistics.hpp"
#include "support/throws.hpp"

using namespace simulacra;
using simulacra_test::throws;

namespace {

const gaussian<double, 1> normal(0.0, 1.0);
const gaussian_estimator<double, 1> likelihood(divisor::n), unbiased(divisor::n_minus_1);

const metric within{"within", [](const auto& g) { return variance_of_members(g).within; }};
const metric between{"between", [](const auto& g) { return variance_of_members(g).between; }};
const metric agree_within{"F_w", [](const auto& g) { return diversity_of_members(g).within; }};
const metric agree_between{"F_b", [](const auto& g) { return diversity_of_members(g).between; }};

/// A number of one member's model, of mean m and variance v: "m1" is the mean of member 1.
template <class F>
auto of_member(const char* name, Index who, F f) {
  return metric{name, [who, f](const auto& g) {
                  double value = std::nan("");
                  g.for_each_model([&](const auto& m, Index k) {
                    if (k == who) value = f(m);
                  });
                  return value;
                }};
}
const auto mean_of = [](const auto& m) { return m.mean()[0]; };

/// Models side by side.
template <class Model>
struct beside {
  std::vector<Model> models;
  template <class F>
  void for_each_model(F f) const {
    for (std::size_t k = 0; k < models.size(); ++k) f(models[k], static_cast<Index>(k));
  }
};

band last(const records& all, const char* name) { return all.at_generation(all.generations().back(), name); }

double deviation(const band& b, double expected) { return simulacra_test::z_score(b.mean, expected, b.mcse); }

#define CHECK_BAND(b, expected) CHECK_Z((b).mean, expected, (b).mcse)

}  // namespace

TEST_CASE(
    "population: the records are the same for 1, 2 and 7 threads, and the first replicates those of a smaller ensemble") {
  const population all{normal, many(member{likelihood, pooled(accumulate{})}, 5), member{unbiased, replace{}},
                       frozen(normal)};
  const auto run = [&](int threads, Index replicates) {
    return run_ensemble(all, {.generations = 6, .samples = 8}, {.replicates = replicates, .seed = 4},
                        thread_executor{.threads = threads}, within, between, ancestry());
  };
  const records one = run(1, 40), two = run(2, 40), seven = run(7, 40), fewer = run(2, 15);
  for (Index r = 0; r < 40; ++r) {
    const auto same = [&](const records& other) {
      const auto a = one.of(r), b = other.of(r);
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
    };
    CHECK(same(two));
    CHECK(same(seven));
    if (r < 15) CHECK(same(fewer));
  }
  CHECK(one.fits[0] == 40 * 6 * 6);
}

TEST_CASE("population: a failure of one member stays in the records, and mistakes come before the first replicate") {
  struct refuses {
    gaussian<double, 1> fit(const samples<double, 1>&, stream& rng) const {
      if (rng.where().generation == 2) throw std::domain_error("no");
      return normal;
    }
  };
  const records all = run_ensemble(population{normal, member{refuses{}, replace{}}, member{likelihood, replace{}}},
                                   {.generations = 5, .samples = 8}, {.replicates = 3}, serial_executor{}, within);
  CHECK(all.fits[static_cast<std::size_t>(status::failed)] == 3);
  CHECK(all.failures.size() == 3);
  CHECK(all.failures[0].message == "member 0: no");
  CHECK(last(all, "within").count == 3);
  CHECK(throws(
      [] {
        (void)run_ensemble(population{normal, member{likelihood, accumulate_subsample{}}},
                           {.generations = 5, .samples = 8, .how = draw::collapsed}, {.replicates = 3}, within);
      },
      "draw::stored"));
  CHECK(throws(
      [] {
        (void)run_ensemble(population{normal, member{likelihood, replace{}}}, {.generations = 5, .samples = 8},
                           {.replicates = 3, .generations = {0, 1}}, within);
      },
      "at least 1"));
}

TEST_CASE("population: K members of one pool, beside theory") {
  const auto run = [](const auto& estimator, const auto& recipe, Index members, Index pool, Index t) {
    return run_ensemble(population{normal, many(member{estimator, recipe}, members)},
                        {.generations = t, .samples = pool / members}, {.replicates = 4000, .seed = 9, .generations = {t}},
                        within, between, metric{"total", [](const auto& g) { return variance_of_members(g).total(); }});
  };
  const records eight = run(likelihood, pooled(replace{}), 8, 40, 20);
  const double v = theory::pooled_variance(40, 8, 20, divisor::n), share = theory::pooled_between_share(40, 8);
  CHECK_BAND(last(eight, "total"), v);
  CHECK_BAND(last(eight, "between"), v * share);
  CHECK_BAND(last(eight, "within"), v * (1 - share));
  // Unbiased members: the pool's variance is inflated, and theirs is v M / (M - 1).
  const records inflated = run(unbiased, pooled(replace{}), 4, 40, 12);
  const double u = theory::pooled_variance(40, 4, 12, divisor::n_minus_1);
  CHECK_BAND(last(inflated, "within"), u * 40 / 39);
  CHECK_BAND(last(inflated, "between"), u * theory::pooled_between_share(40, 4));
  // Planted: as if a model that is unbiased kept the pool's variance, or K were one less.
  CHECK(std::abs(deviation(last(inflated, "within"), 1)) > 4.5);
  CHECK(std::abs(deviation(last(inflated, "within"), theory::pooled_variance(40, 3, 12, divisor::n_minus_1) * 40 / 39)) >
        4.5);
  // Planted: everybody reads himself, or is dealt the pool with replacement.
  CHECK(std::abs(deviation(last(run(likelihood, replace{}, 8, 40, 20), "total"), v)) > 10);
  const network with_replacement(Eigen::MatrixXd::Constant(20, 20, 0.05), replace{}, source_counts::random);
  CHECK(std::abs(deviation(last(run(likelihood, with_replacement, 20, 40, 10), "total"),
                           theory::pooled_variance(40, 20, 10, divisor::n))) > 4.5);
}

TEST_CASE("population: two islands, beside theory") {
  const categorical truth({0.4, 0.3, 0.3});
  const auto run = [&](source_counts how, double share, Index samples = 50, Index generations = 11) {
    return run_ensemble(
        population{truth, many(member{categorical_estimator(3), network(islands(2, share), replace{}, how)}, 2)},
        {.generations = generations, .samples = samples}, {.replicates = 6000, .seed = 3, .generations = {1, generations}},
        agree_within, agree_between);
  };
  // Both islands begin with N real draws: F_b = sum p^2 and F_w = F_b + (1 - F_b) / N in generation 1.
  const double f = 0.34, first = f + (1 - f) / 50;
  const auto fixed = theory::island_model(50, 0.1, first, f, 10),
             random = theory::island_model_random(50, 0.1, first, f, 10);
  const records all = run(source_counts::fixed, 0.1), drawn = run(source_counts::random, 0.1);
  CHECK_BAND(all.at_generation(1, "F_w"), first);
  CHECK_BAND(all.at_generation(1, "F_b"), f);
  CHECK_BAND(last(all, "F_w"), fixed.within);
  CHECK_BAND(last(all, "F_b"), fixed.between);
  CHECK_BAND(last(drawn, "F_w"), random.within);
  CHECK_BAND(last(drawn, "F_b"), random.between);
  CHECK(std::abs(deviation(last(run(source_counts::fixed, 0.04), "F_b"), fixed.between)) > 4.5);  // planted
  // Where islands are small it matters whether counts are random; planted: the formula of fixed ones for these, and the other way round.
  const double small = f + (1 - f) / 4;
  const auto few_fixed = theory::island_model(4, 0.5, small, f, 5),
             few_random = theory::island_model_random(4, 0.5, small, f, 5);
  const records few = run(source_counts::fixed, 0.5, 4, 6), few_drawn = run(source_counts::random, 0.5, 4, 6);
  for (const auto& [all_of, right, wrong] :
       {std::tuple(&few, few_fixed, few_random), std::tuple(&few_drawn, few_random, few_fixed)}) {
    CHECK_BAND(last(*all_of, "F_w"), right.within);
    CHECK_BAND(last(*all_of, "F_b"), right.between);
    CHECK(std::abs(deviation(last(*all_of, "F_w"), wrong.within)) > 4.5);
    CHECK(std::abs(deviation(last(*all_of, "F_b"), wrong.between)) > 4.5);
  }
}

TEST_CASE("population: a network in which one member reads nobody, beside theory") {
  Eigen::MatrixXd w(3, 3);
  w << 0.6, 0.2, 0.0,  // and 0.2 real
      0.3, 0.3, 0.4,   //
      0.0, 0.0, 1.0;   // reads itself only
  theory::reading_counts counts(3, 3);
  counts << 30, 10, 0, 15, 15, 20, 0, 0, 50;
  const Eigen::Matrix<Index, Eigen::Dynamic, 1> real{{10, 0, 0}};
  const auto run = [](const auto& recipe) {
    return run_ensemble(population{normal, many(member{likelihood, recipe}, 3)}, {.generations = 8, .samples = 50},
                        {.replicates = 8000, .seed = 5, .generations = {8}},
                        of_member("m0 m0", 0, [](const auto& m) { return m.mean()[0] * m.mean()[0]; }),
                        of_member("v1", 1, [](const auto& m) { return m.variance(); }),
                        of_member("v2", 2, [](const auto& m) { return m.variance(); }),
                        metric{"m1 m2", [](const auto& g) {
                                 double product = 1;
                                 g.for_each_model([&](const auto& m, Index k) { product *= k > 0 ? mean_of(m) : 1; });
                                 return product;
                               }});
  };
  const auto exact = theory::network_after(counts, real, 8);
  const records all = run(network(w, replace{}));
  CHECK_BAND(last(all, "m0 m0"), exact.error(0, 0));
  CHECK_BAND(last(all, "m1 m2"), exact.error(1, 2));
  CHECK_BAND(last(all, "v1"), exact.variance(1));
  CHECK_BAND(last(all, "v2"), exact.variance(2));
  CHECK(std::abs(deviation(last(run(network(w.transpose() / 2, replace{})), "m1 m2"), exact.error(1, 2))) > 4.5);  // planted
}

TEST_CASE("population: a member beside a frozen one, beside theory") {
  // Half of what member 0 reads is fresh draws of a frozen N(0, 1): a chain with as much fresh real data.
  Eigen::MatrixXd w(2, 2);
  w << 0.5, 0.5, 0, 1;
  theory::reading_counts counts(1, 1);
  counts << 10;
  const Eigen::Matrix<Index, Eigen::Dynamic, 1> real{{10}};
  const auto run = [&](const auto& still) {
    return run_ensemble(population{normal, member{likelihood, network(w, replace{})}, still},
                        {.generations = 10, .samples = 20}, {.replicates = 8000, .seed = 6, .generations = {10}},
                        of_member("m m", 0, [](const auto& m) { return m.mean()[0] * m.mean()[0]; }),
                        of_member("v", 0, [](const auto& m) { return m.variance(); }), ancestry());
  };
  const auto exact = theory::network_after(counts, real, 10);
  const records all = run(frozen(normal));
  CHECK_BAND(last(all, "m m"), exact.error(0, 0));
  CHECK_BAND(last(all, "v"), exact.variance(0));
  CHECK(std::abs(deviation(last(run(member{likelihood, replace{}}), "v"), exact.variance(0))) >
        4.5);  // planted: it is refitted
  CHECK(last(all, "dominant").mean == 1);
  CHECK(last(all, "largest_share").mean == doctest::Approx(1 - std::ldexp(1, -9)).epsilon(1e-12));
}

TEST_CASE("ancestry: shares are handed down through models, kept data and real data") {
  const auto run = [](const auto& recipe, Index members, Index t) {
    return run_ensemble(population{normal, many(member{likelihood, recipe}, members)}, {.generations = t, .samples = 10},
                        {.replicates = 1, .generations = {t}}, serial_executor{}, ancestry(3));
  };
  const auto number = [](const records& all, const char* name) { return last(all, name).mean; };
  CHECK(number(run(replace{}, 3, 5), "founders") == doctest::Approx(3));
  Eigen::MatrixXd one(2, 2);  // both read member 1, and member 0 a little of the truth
  one << 0, 0.9, 0, 1;
  const records all = run(network(one, replace{}), 2, 5);
  CHECK(number(all, "dominant") == 1);
  CHECK(number(all, "founders") == doctest::Approx(1));
  CHECK(number(all, "real_share") == doctest::Approx(0.05));
  // Accumulating members never lose their own first data: of generation t, half its share each time it doubles. Here 1 + 1 parts, then 1 + 2.
  const records kept = run(network(islands(2, 1), accumulate{}), 2, 2);
  CHECK(number(kept, "founders") == doctest::Approx(2));
  const records windowed = run(network(one, window(2)), 2, 3);
  CHECK(number(windowed, "dominant") == 1);
  // Member 0: its own first data 1/3, what it drew then (0.9 of 1, the rest real) and now.
  CHECK(number(windowed, "largest_share") == doctest::Approx((1 + 0.6) / 2));
  CHECK(throws([&] { (void)run(network(one, window(5)), 2, 8); }, "ancestry"));
}

TEST_CASE("diversity: parts of variance, of agreement, and distances between members, by hand") {
  const beside<gaussian<double, 1>> three{{{0.0, 1.0}, {3.0, 2.0}, {6.0, 6.0}}};
  const auto v = variance_of_members(three);
  CHECK_CLOSE(v.within, 3, 1e-14);
  CHECK_CLOSE(v.between, 6, 1e-14);
  CHECK_CLOSE(v.f_st(), 2.0 / 3, 1e-14);
  CHECK(std::isnan(variance_of_members(beside<gaussian<double, 1>>{}).within));
  const auto d = diversity_of_members(beside<categorical>{{categorical({0.5, 0.5, 0}), categorical({0, 0.5, 0.5})}});
  CHECK_CLOSE(d.within, 0.5, 1e-14);
  CHECK_CLOSE(d.between, 0.25, 1e-14);
  CHECK_CLOSE(d.pool, 0.375, 1e-14);
  CHECK_CLOSE(d.f_st(), 0.2, 1e-13);
  CHECK_CLOSE(d.disagreement(), 0.75, 1e-14);
  // Squared distances of the three means: 9, 9, 36.
  struct line {
    using vector = double;
    [[nodiscard]] double zero() const { return 0; }
    void set_zero(double& v) const { v = 0; }
    void add(double& v, double c, double u) const { v += c * u; }
    [[nodiscard]] double inner(double a, double b) const { return a * b; }
    double embed(const gaussian<double, 1>& law, double& out) const { return out = law.mean()[0], 0; }
  };
  CHECK_CLOSE(disagreement(line{}, three), 18, 1e-14);
}

TEST_CASE("diversity: Hill numbers") {
  const std::vector<double> p{0.5, 0.25, 0.125, 0.125, 0};
  CHECK(hill_number(p, 0) == 4);
  CHECK_CLOSE(hill_number(p, 1), std::exp2(1.75), 1e-14);
  CHECK_CLOSE(hill_number(p, 2), 1 / 0.34375, 1e-14);
  CHECK_CLOSE(hill_number(p, 0.5), std::pow(std::sqrt(0.5) + 0.5 + 2 * std::sqrt(0.125), 2), 1e-14);
  CHECK_CLOSE(hill_number(p, 1 + 1e-9), std::exp2(1.75), 1e-8);
  CHECK_CLOSE(hill_number(p, std::numeric_limits<double>::infinity()), 2, 1e-14);
  CHECK(hill_number(p, 1e300) == doctest::Approx(2).epsilon(1e-12));
  for (const double q : {0.0, 0.3, 1.0, 2.0, 7.0}) {
    CHECK_CLOSE(hill_number(std::vector<double>(7, 1e-300), q), 7, 1e-13);
    CHECK(hill_number(std::vector<double>{1e300, 0, 0}, q) == 1);
  }
  CHECK(hill_number(std::vector<double>{1e300, 5e-324}, 0) == 2);
  CHECK_CLOSE(hill_number(std::vector<double>{1e300, 5e-324}, 0.5), 1, 1e-14);
  CHECK(throws([] { (void)hill_number(std::vector<double>{0, 0}, 1); }, "hill_number"));
  CHECK(throws([] { (void)hill_number(std::vector<double>{1, -1}, 1); }, "weight"));
  CHECK(throws([] { (void)hill_number(std::vector<double>{1}, -1); }, "order"));
}
