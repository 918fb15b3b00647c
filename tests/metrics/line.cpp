// Distances on the line: against SciPy 1.10 (the numbers), against definitions, and their null distributions.
#include "support.hpp"

#include <algorithm>

#include <simulacra/metrics/distribution_functions.hpp>
#include <simulacra/metrics/energy_distance.hpp>
#include <simulacra/metrics/wasserstein.hpp>

using namespace simulacra_test;

namespace {

const auto x = line({0.3, 1.7, -0.4, 2.2, 0.9, 1.1, -1.3}), y = line({0.1, 0.8, 3.0, 1.9, -0.2});
const auto wx = weighing({1, 2, 0.5, 1, 3, 0, 1}), wy = weighing({2, 1, 1, 0.25, 1});

double normal_cdf(double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }

}  // namespace

TEST_CASE("wasserstein: with and without weights") {
  CHECK(wasserstein(x, y, 1) == doctest::Approx(0.56857142857142851).epsilon(1e-14));
  CHECK(wasserstein(x, y, 1, wx, wy) == doctest::Approx(0.7).epsilon(1e-14));
  CHECK(wasserstein(x, x, 2) == 0);
  // A shift moves everything by as much, whatever the order.
  for (const double p : {1.0, 1.5, 2.0, 7.0})
    CHECK(wasserstein(x, samples<double, 1>(x.array() + 3), p) == doctest::Approx(3).epsilon(1e-14));
  // Weights that are counts are copies.
  CHECK(wasserstein(line({0, 5}), y, 2, weighing({2, 1}), {}) ==
        doctest::Approx(wasserstein(line({0, 0, 5}), y, 2)).epsilon(1e-14));
  // W_2 by the quantiles of thirds and halves: |0-1|^2 / 3 + |2-1|^2 / 6 + |2-4|^2 / 6 + |6-4|^2 / 3
  CHECK(wasserstein(line({0, 2, 6}), line({1, 4}), 2) ==
        doctest::Approx(std::sqrt(1.0 / 3 + 1.0 / 6 + 4.0 / 6 + 4.0 / 3)).epsilon(1e-14));
}

TEST_CASE("wasserstein: numbers at the ends of the range") {
  for (const double p : {1.0, 2.0, 5.0}) {
    CHECK(wasserstein(line({1e300, 2e300}), line({-1e300, 0}), p) == doctest::Approx(2e300).epsilon(1e-12));
    CHECK(wasserstein(line({1e-300, 2e-300}), line({3e-300, 4e-300}), p) == doctest::Approx(2e-300).epsilon(1e-12));
  }
  CHECK(std::isinf(wasserstein(line({1.7e308}), line({-1.7e308}), 1)));  // the distance itself is out of range
  CHECK(wasserstein(line({0, 1}), line({0, 1, 2}), 1, weighing({1e300, 1e300}), weighing({1e-300, 1e-300, 0})) == 0);
}

TEST_CASE("wasserstein: unequal sizes and weights carry whole units of mass") {
  samples<double, 1> a = line({0, 1, 2, 3, 4, 5, 6, 7, 8, 1e8}), five(1, 50);
  for (Index i = 0; i < 50; ++i) five[i] = a[i / 5] + 0.001;
  const double far = five[49] - 1e8;  // what is left of 0.001 there
  for (const double p : {1.0, 2.0, 3.0, 4.0, 7.5, 40.0}) {
    const double expected = std::pow(0.9 * std::pow(0.001, p) + 0.1 * std::pow(far, p), 1 / p);
    CHECK_CLOSE(wasserstein(a, five, p), expected, 1e-9);  // 8.001 - 8 has so many digits
    CHECK_CLOSE(wasserstein(a, five, p, weights<double>::Constant(10, 0.3), weights<double>::Constant(50, 1e-300)), expected,
                1e-9);
  }
  CHECK_CLOSE(wasserstein(a, five, 1e6), far, 1e-5);
  // Equal laws, one written seven times as long: 0, whatever is weighted and how.
  const auto b = line({3.25, -1, 0.1, 1e6, 7, 7, 0.3});
  samples<double, 1> seven(1, 49);
  for (Index i = 0; i < 49; ++i) seven[i] = b[i / 7];
  const weights<double> third = weights<double>::Constant(7, 1.0 / 3), tiny = weights<double>::Constant(49, 1e-300 / 3);
  for (const double p : {1.0, 2.0, 3.0, 4.0, 7.5, 1000.0}) {
    CHECK(wasserstein(b, seven, p) == 0);
    CHECK(wasserstein(seven, b, p) == 0);
    CHECK(wasserstein(b, seven, p, third, {}) == 0);
    CHECK(wasserstein(b, seven, p, {}, tiny) == 0);
    CHECK(wasserstein(b, seven, p, third * 1e300, tiny) == 0);
    // 0.3 is not three times 0.1 in doubles: what rounding makes of sums of weights is no mass.
    CHECK(wasserstein(line({0, 1e8}), line({0, 1e8, 1e8, 1e8}), p, weighing({0.1, 0.3}), weighing({0.1, 0.1, 0.1, 0.1})) ==
          0);
    CHECK(wasserstein(line({0, 1e8, 9}), line({0, 1e8, 1e8, 1e8}), p, weighing({1, 3, 0}), {}) == 0);
  }
  const samples<float, 1> short_b = b.cast<float>(), long_b = seven.cast<float>();
  CHECK(wasserstein(short_b, long_b, 4) == 0);
  CHECK(kolmogorov_smirnov(b, seven, third, tiny).statistic == 0);
  CHECK(kolmogorov_smirnov(b, seven).statistic == 0);
  CHECK(cramer_von_mises(b, seven).statistic == 0);
  CHECK(energy_distance(b, seven, third, tiny) == 0);
  CHECK(mmd_squared_on_the_line(laplace_kernel(1), b, seven) == 0);
  // A mass that is small, but there, is carried: 1e-20 over 1e8.
  CHECK_CLOSE(wasserstein(line({0, 1e8}), line({0}), 4, weighing({1, 1e-20}), {}), 1e3, 1e-13);
  CHECK_CLOSE(wasserstein(line({0, 1e8}), line({0, 1e8}), 4, weighing({1, 1e-20}), weighing({1, 3e-20})),
              1e3 * std::pow(2, 0.25), 1e-13);
  // By the merged quantiles of 3 and 5 points: masses 3, 2, 1, 3, 1, 2, 3 of 15
  CHECK_CLOSE(wasserstein(line({0, 2, 9}), line({1, 1, 3, 4, 5}), 3),
              std::cbrt((3 * 1 + 2 * 1 + 1 * 1 + 3 * 1 + 1 * 8 + 2 * 125 + 3 * 64) / 15.0), 1e-14);
  CHECK_CLOSE(wasserstein(line({1.7e308, 0, 0, 0}), line({-1.7e308, 0, 0, 0, 0, 0, 0, 0}), 1), 1.7e308 / 4 + 1.7e308 / 8,
              1e-14);
}

TEST_CASE("sliced wasserstein: equal laws of unequal sizes, and far from the origin") {
  samples<double, 2> a(2, 4), b(2, 5), thrice(2, 12);
  a << 0, 1, 2, 5, 0, 3, 1, 2;
  b << 1, 1, 4, 0, 2, 2, 0, 3, 1, 1;
  for (Index i = 0; i < 12; ++i) thrice.col(i) = a.col(i / 3);
  stream rng(11);
  for (const double p : {1.0, 2.0, 4.0, 7.5}) {
    CHECK(sliced_wasserstein(a, thrice, p, 20, rng).value == 0);
    CHECK(sliced_wasserstein(samples<double, 2>(a * 1e6), samples<double, 2>(thrice * 1e6), p, 20, rng).value == 0);
    stream near(5);
    const measured here = sliced_wasserstein(a, b, p, 20, near);
    for (const double o : {1e6, 1e12, -1e15, 1e15}) {
      stream again(5);
      const measured there =
          sliced_wasserstein(samples<double, 2>(a.array() + o), samples<double, 2>(b.array() + o), p, 20, again);
      CHECK_CLOSE(there.value, here.value, 1e-13);
      CHECK_CLOSE(there.error, here.error, 1e-12);
    }
    for (const double unit : {1e-300, 1e300}) {
      stream again(5);
      CHECK_CLOSE(sliced_wasserstein(samples<double, 2>(a * unit), samples<double, 2>(b * unit), p, 20, again).value / unit,
                  here.value, 1e-13);
    }
    // By hand, from the same directions.
    stream by_hand(5);
    double sum = 0;
    for (int s = 0; s < 20; ++s) {
      const double u = standard_normal(by_hand), v = standard_normal(by_hand), length = std::hypot(u, v);
      std::vector<double> of_a, of_b;  // each of a five times, each of b four times
      for (Index i = 0; i < 20; ++i) {
        of_a.push_back((u * a(0, i / 5) + v * a(1, i / 5)) / length);
        of_b.push_back((u * b(0, i / 4) + v * b(1, i / 4)) / length);
      }
      std::sort(of_a.begin(), of_a.end());
      std::sort(of_b.begin(), of_b.end());
      for (std::size_t i = 0; i < 20; ++i) sum += std::pow(std::abs(of_a[i] - of_b[i]), p) / 400;
    }
    CHECK_CLOSE(here.value, std::pow(sum, 1 / p), 1e-13);
  }
  CHECK(throws([&] { static_cast<void>(sliced_wasserstein(a, samples<double, 2>(2, 0), 1, 20, rng)); }, "y.cols()"));
}

TEST_CASE("distances on the line: longer samples of unequal size, as SciPy has them") {
  const auto a = waves<1>(false), b = waves<1>(true);
  const auto wa = wave_weights(false), wb = wave_weights(true);
  CHECK_CLOSE(wasserstein(a, b, 1), 0.16781012801252387, 1e-13);
  CHECK_CLOSE(wasserstein(a, b, 1, wa, wb), 0.1668247476947998, 1e-13);
  CHECK_CLOSE(wasserstein(a, b, 2), 0.180640081281808, 1e-13);  // from the merged quantiles, by NumPy
  CHECK_CLOSE(wasserstein(a, b, 3.5), 0.19560255665569565, 1e-13);
  CHECK_CLOSE(energy_distance(a, b), 0.03456148464623831, 1e-12);
  CHECK_CLOSE(energy_distance(a, b, wa, wb), 0.036166312609430776, 1e-12);
  CHECK_CLOSE(mmd_squared_on_the_line(laplace_kernel(0.7), a, b), 0.025853749434826878,
              1e-12);  // scikit-learn's laplacian_kernel
  CHECK_CLOSE(kolmogorov_smirnov(a, b).statistic, 0.215, 1e-14);
  CHECK_CLOSE(cramer_von_mises(a, b).statistic, 0.15476923076922944, 1e-12);
  CHECK_CLOSE(cramer_von_mises(a, b).p_value, 0.3833308479241133, 1e-9);
  CHECK_CLOSE(cramer_von_mises(b, normal_cdf).p_value, 0.23589329268264958, 1e-9);
  CHECK_CLOSE(energy_distance(waves<2>(false), waves<2>(true)), 0.09764864058377531, 1e-12);  // scipy's cdist
}

TEST_CASE("wasserstein: of a sample from a law, against quadrature by SciPy and by hand") {
  const auto b = waves<1>(true);
  const auto normal_quantile = [](double u) {  // Newton's steps on erfc, from the side where nothing cancels
    const double small = u < 0.5 ? u : 1 - u;
    double z = -std::sqrt(-2 * std::log(small));
    for (int k = 0; k < 60; ++k) {
      const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * 3.14159265358979323846);
      const double off = (0.5 * std::erfc(-z / std::sqrt(2.0)) - small) / density, step = off / (1 + 0.5 * z * off);
      z -= step;
      if (std::abs(step) <= 1e-15 * std::abs(z)) break;
    }
    return u < 0.5 ? z : -z;
  };
  CHECK_CLOSE(wasserstein(b, normal_quantile, 1), 0.3367310333472503, 1e-9);
  CHECK_CLOSE(wasserstein(b, normal_quantile, 2), 0.4576454727392636, 1e-9);
  const auto uniform = [](double u) { return u; };
  // From the point c: c^2 - c + 1/2, the integral of |c - u|; and of (0, 1), each of mass 1/2: 2 * 1/8
  for (const double c : {0.0, 0.3, 1.0}) CHECK_CLOSE(wasserstein(line({c}), uniform, 1), c * c - c + 0.5, 1e-12);
  CHECK_CLOSE(wasserstein(line({0, 1}), uniform, 1), 0.25, 1e-12);
  CHECK_CLOSE(wasserstein(line({0, 1}), uniform, 2), std::sqrt(2.0 * (1.0 / 24)), 1e-12);
  // Weights 3 and 1: the integral of u over (0, 3/4), of 1 - u over the rest
  CHECK_CLOSE(wasserstein(line({0, 1}), uniform, 1, weighing({3, 1})), 9.0 / 32 + 1.0 / 32, 1e-12);
  CHECK_CLOSE(wasserstein(
                  line({5}), [](double) { return 2.0; }, 3),
              3, 1e-12);
  CHECK_CLOSE(wasserstein(
                  line({1e300}), [](double) { return -1e300; }, 2),
              2e300, 1e-12);
  CHECK(throws(
      [&] {
        static_cast<void>(wasserstein(
            b, [](double) { return not_a_number; }, 1));
      },
      "quantile"));
}

TEST_CASE("sliced wasserstein: a shift of an isotropic law in the plane") {
  // W_2 of the projections is |shift . theta|, and the mean of its square over directions is |shift|^2 / 2.
  stream rng(3);
  const samples<double, 2> a = normal_sample<2>(2, 50, 0, 1, rng);
  samples<double, 2> b = a;
  b.colwise() += point<double, 2>(3, 4);
  const measured sliced = sliced_wasserstein(a, b, 2, 4000, rng);
  CHECK_Z(sliced.value, 5 / std::sqrt(2.0), sliced.error);
  CHECK(sliced.error < 0.05);
  CHECK(std::abs(z_score(sliced.value, 5.0, sliced.error)) > 4.5);  // without slicing
  CHECK(sliced_wasserstein(a, a, 1, 2, rng).value == 0);
}

TEST_CASE("energy distance: on the line and by pairs") {
  CHECK(energy_distance(x, y) == doctest::Approx(0.19412244897959183).epsilon(1e-14));
  CHECK(energy_distance(x, y, wx, wy) == doctest::Approx(0.30868975040996782).epsilon(1e-13));
  CHECK(energy_distance(samples<double>(x), samples<double>(y)) == doctest::Approx(0.19412244897959183).epsilon(1e-13));
  CHECK(energy_distance(x, x) == 0);
  // Where a gap is wider than the largest number: 2 * 2.4e308 * (1/4 - 1/8)^2 by the weights
  CHECK(energy_distance(line({-1.2e308, 1.2e308}), line({-1.2e308, 1.2e308})) == 0);
  CHECK(energy_distance(line({-1.2e308, 1.2e308}), line({-1.2e308, 1.2e308}), weighing({1, 3}), weighing({1, 7})) ==
        doctest::Approx(0.75e307).epsilon(1e-14));
  // In the plane: half of one law's points against the other's, by hand: {(0,0), (3,4)} against {(0,0)}: 2 * 5/2 - 2 * 5/4
  samples<double, 2> a(2, 2), b(2, 1);
  a << 0, 3, 0, 4;
  b << 0, 0;
  CHECK(energy_distance(a, b) == doctest::Approx(2.5).epsilon(1e-15));
  // Weights 3 and 1: 2 * 5/4 - 2 * 3/16 * 5
  CHECK(energy_distance(a, b, weighing({3, 1}), {}) == doctest::Approx(0.625).epsilon(1e-14));
  CHECK(energy_distance(samples<double, 2>(a * 1e300), b) == doctest::Approx(2.5e300).epsilon(1e-14));
  CHECK(energy_distance(samples<double, 2>(a * 1e-300), b) == doctest::Approx(2.5e-300).epsilon(1e-14));
  CHECK(throws([&] { static_cast<void>(energy_distance(a, b, weighing({0, 0}), {})); }, "wx", "positive"));
}

TEST_CASE("MMD of the Laplace kernel on the line is that of all pairs") {
  const laplace_kernel k(0.7);
  const auto by_pairs = [&](const samples<double, 1>& a, const weights<double>& wa, const samples<double, 1>& b,
                            const weights<double>& wb) {
    double sum = 0;
    for (Index i = 0; i < a.cols(); ++i)
      for (Index j = 0; j < b.cols(); ++j)
        sum += (wa.size() ? wa[i] / wa.sum() : 1.0 / static_cast<double>(a.cols())) *
               (wb.size() ? wb[j] / wb.sum() : 1.0 / static_cast<double>(b.cols())) * std::exp(-std::abs(a[i] - b[j]) / 0.7);
    return sum;
  };
  CHECK(mmd_squared_on_the_line(k, x, y) ==
        doctest::Approx(by_pairs(x, {}, x, {}) - 2 * by_pairs(x, {}, y, {}) + by_pairs(y, {}, y, {})).epsilon(1e-13));
  CHECK(mmd_squared_on_the_line(k, x, y, wx, wy) ==
        doctest::Approx(by_pairs(x, wx, x, wx) - 2 * by_pairs(x, wx, y, wy) + by_pairs(y, wy, y, wy)).epsilon(1e-13));
  // The U statistic leaves out the diagonal, where the kernel is 1.
  CHECK_CLOSE(mmd_squared_unbiased_on_the_line(k, x, y),
              (7 * by_pairs(x, {}, x, {}) - 1) / 6 - 2 * by_pairs(x, {}, y, {}) + (5 * by_pairs(y, {}, y, {}) - 1) / 4,
              1e-12);
  CHECK(throws([&] { static_cast<void>(mmd_squared_unbiased_on_the_line(k, x, line({1}))); }, "y.cols()", "at least 2"));
  const auto tied = line({1, 1, 2});  // ties within and between samples
  CHECK(
      mmd_squared_on_the_line(k, tied, y) ==
      doctest::Approx(by_pairs(tied, {}, tied, {}) - 2 * by_pairs(tied, {}, y, {}) + by_pairs(y, {}, y, {})).epsilon(1e-13));
}

TEST_CASE("Kolmogorov and Smirnov: statistics and limit law") {
  CHECK(kolmogorov_smirnov(x, y).statistic == doctest::Approx(2.0 / 7).epsilon(1e-15));
  CHECK(kolmogorov_smirnov(x, normal_cdf).statistic == doctest::Approx(0.38736844608181192).epsilon(1e-14));
  CHECK(std::isnan(kolmogorov_smirnov(x, y, wx, wy).p_value));
  for (const auto& [at, tail] : {std::pair{0.3, 0.99999069419866549},
                                 {0.8, 0.54414241157419807},
                                 {1.0, 0.26999967167735456},
                                 {1.36, 0.049485876755377876},
                                 {2.0, 0.00067092525577969533}})
    CHECK(simulacra::detail::kolmogorov_tail(at) == doctest::Approx(tail).epsilon(1e-12));
}

TEST_CASE("Cramer and von Mises: statistics and limit law") {
  CHECK(cramer_von_mises(x, normal_cdf).statistic == doctest::Approx(0.27850896675654346).epsilon(1e-14));
  const test_result two = cramer_von_mises(x, y);
  CHECK(two.statistic == doctest::Approx(0.067063492063492047).epsilon(1e-13));
  CHECK(two.p_value == doctest::Approx(0.89597285446771524).epsilon(1e-10));
  for (const auto& [at, tail] : {std::pair{0.02, 0.99699938569839808},
                                 {0.1, 0.58487343840679717},
                                 {0.3, 0.13517126880510733},
                                 {0.46136, 0.05000038313265287},
                                 {0.74346, 0.0099999619154571562},
                                 {1.2, 0.00084260191546037255}})
    CHECK(simulacra::detail::cramer_von_mises_tail(at) == doctest::Approx(tail).epsilon(1e-9));
}

TEST_CASE("under equal laws p values are uniform, and under others they are not") {
  constexpr int replicates = 600;
  std::vector<double> ks, cvm, ks_law, cvm_law, shifted;
  for (std::uint64_t r = 0; r < replicates; ++r) {
    stream rng = stream_of(9, r);
    const auto a = normal_sample<1>(1, 300, 0, 1, rng), b = normal_sample<1>(1, 200, 0, 1, rng);
    ks.push_back(kolmogorov_smirnov(a, b).p_value);
    cvm.push_back(cramer_von_mises(a, b).p_value);
    ks_law.push_back(kolmogorov_smirnov(a, normal_cdf).p_value);
    cvm_law.push_back(cramer_von_mises(a, normal_cdf).p_value);
    shifted.push_back(cramer_von_mises(a, samples<double, 1>(b.array() + 0.2)).p_value);
  }
  // The mean of a uniform number has the standard error sqrt(1/12/R). Kolmogorov's limit is approached like 1/sqrt(n): 0.03 of slack.
  const double error = std::sqrt(1.0 / 12 / replicates);
  CHECK_Z(mean_of(cvm).mean, 0.5, error);
  CHECK_Z(mean_of(cvm_law).mean, 0.5, error);
  CHECK(std::abs(mean_of(ks).mean - 0.5) < 0.03 + 4.5 * error);
  CHECK(std::abs(mean_of(ks_law).mean - 0.5) < 0.03 + 4.5 * error);
  CHECK(std::abs(z_score(mean_of(shifted).mean, 0.5, error)) > 4.5);
}

TEST_CASE("distances on the line: mistakes") {
  const auto bad = line({1, not_a_number});
  const samples<double, 1> none(1, 0);
  CHECK(throws([&] { static_cast<void>(wasserstein(bad, y, 1)); }, "wasserstein", "'x'", "nan"));
  CHECK(throws([&] { static_cast<void>(wasserstein(x, none, 1)); }, "wasserstein", "'y'"));
  CHECK(throws([&] { static_cast<void>(wasserstein(x, y, 0.5)); }, "wasserstein", "'p'", "0.5"));
  CHECK(throws([&] { static_cast<void>(wasserstein(x, y, 1, weighing({1, 2}))); }, "wasserstein", "'wx'", "2"));
  CHECK(throws([&] { static_cast<void>(wasserstein(x, y, 1, {}, weighing({0, 0, 0, 0, 0}))); }, "'wy'", "positive"));
  CHECK(throws(
      [&] {
        static_cast<void>(energy_distance(x, y, weighing({1, -1, 1, 1, 1, 1, 1})));
      },
      "energy_distance", "negative"));
  CHECK(throws([&] { static_cast<void>(energy_distance(samples<double>(2, 1), samples<double>(3, 1))); }, "energy_distance",
               "y.rows()"));
  CHECK(throws([&] { static_cast<void>(kolmogorov_smirnov(x, [](double) { return 2.0; })); }, "kolmogorov_smirnov", "cdf"));
  CHECK(throws([&] { static_cast<void>(cramer_von_mises(bad, y)); }, "cramer_von_mises", "nan"));
  stream rng(1);
  CHECK(throws([&] { static_cast<void>(sliced_wasserstein(samples<double, 2>(2, 1), samples<double, 2>(2, 0), 1, 5, rng)); },
               "sliced_wasserstein"));
  CHECK(throws([&] { static_cast<void>(sliced_wasserstein(samples<double, 2>(2, 1), samples<double, 2>(2, 1), 1, 1, rng)); },
               "directions"));
}
