// MMD between samples: its two estimates, its errors, and the tests and length scales that go with it.
#include "support.hpp"

#include <algorithm>

#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/metrics/energy_distance.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/metrics/mmd_by_features.hpp>
#include <simulacra/metrics/two_sample_test.hpp>
#include <simulacra/random/uniform.hpp>

using namespace simulacra_test;

namespace {

/// The closed form for N(0, I) and N(m, s^2 I) in d dimensions with the Gaussian kernel of length 1.
double exact(int d, double mean, double spread) {
  const double s2 = spread * spread;
  const auto at = [d](double v, double apart2) { return std::pow(1 + v, -0.5 * d) * std::exp(-0.5 * apart2 / (1 + v)); };
  return at(2, 0) - 2 * at(1 + s2, d * mean * mean) + at(2 * s2, 0);
}

template <class K, int D>
double by_pairs(const K& k, const samples<double, D>& x, const weights<double>& wx, const samples<double, D>& y,
                const weights<double>& wy) {
  const auto mean = [&k](const samples<double, D>& a, const weights<double>& wa, const samples<double, D>& b,
                         const weights<double>& wb) {
    double sum = 0, weight = 0;
    for (Index i = 0; i < a.cols(); ++i)
      for (Index j = 0; j < b.cols(); ++j) {
        const double w = (wa.size() ? wa[i] : 1) * (wb.size() ? wb[j] : 1);
        sum += w * k(a.col(i), b.col(j));
        weight += w;
      }
    return sum / weight;
  };
  return mean(x, wx, x, wx) - 2 * mean(x, wx, y, wy) + mean(y, wy, y, wy);
}

}  // namespace

TEST_CASE("mmd: the V statistic is the sum over pairs, for every way of summing") {
  stream rng(1);
  const auto x = normal_sample<2>(2, 70, 0, 1, rng), y = normal_sample<2>(2, 90, 0.5, 1.5, rng);
  weights<double> wx = weights<double>::Ones(70), wy = weights<double>::Ones(90);
  wx[3] = 5;
  wy[7] = 0;
  CHECK(mmd_squared(gaussian_kernel(0.8), x, y) ==
        doctest::Approx(by_pairs(gaussian_kernel(0.8), x, {}, y, {})).epsilon(1e-12));
  CHECK(mmd_squared(gaussian_kernel(0.8), x, y, wx, wy) ==
        doctest::Approx(by_pairs(gaussian_kernel(0.8), x, wx, y, wy)).epsilon(1e-12));
  CHECK(mmd_squared(laplace_kernel(0.8), x, y, wx, wy) ==
        doctest::Approx(by_pairs(laplace_kernel(0.8), x, wx, y, wy)).epsilon(1e-12));
  CHECK(mmd_squared(energy_kernel(), x, y) == doctest::Approx(energy_distance(x, y) / 2).epsilon(1e-12));
  const samples<double, 1> a = x.row(0), b = y.row(0);
  CHECK(mmd_squared(laplace_kernel(1), a, b) ==
        doctest::Approx(mmd_squared_on_the_line(laplace_kernel(1), a, b)).epsilon(1e-11));
  CHECK(mmd_squared(linear_kernel(), x, y) ==
        doctest::Approx((x.rowwise().mean() - y.rowwise().mean()).squaredNorm()).epsilon(1e-12));
  CHECK(mmd_squared(gaussian_kernel(1), x, x) == doctest::Approx(0).epsilon(1e-14));
}

TEST_CASE("mmd: samples of several blocks, one of which weighs nothing") {
  stream rng(2);
  const auto x = normal_sample<2>(2, 2100, 0, 1, rng), y = normal_sample<2>(2, 1500, 0.1, 1.1, rng);
  weights<double> wx = weights<double>::LinSpaced(2100, 0, 1), wy = weights<double>::Ones(1500);
  wx.head(1030).setZero();
  wy.tail(400).setZero();
  for (const double scale : {1.0, 1e300}) {
    const weights<double> u = wx * (scale / 1000), v = wy * (scale / 2000);
    CHECK(mmd_squared(gaussian_kernel(0.8), x, y, u, v) ==
          doctest::Approx(by_pairs(gaussian_kernel(0.8), x, wx, y, wy)).epsilon(1e-10));
  }
  CHECK(mmd_squared(laplace_kernel(0.8), x, y) ==
        doctest::Approx(by_pairs(laplace_kernel(0.8), x, {}, y, {})).epsilon(1e-10));
}

TEST_CASE("mmd: the U statistic is unbiased, the V statistic is not, and the standard error is the spread") {
  const gaussian_kernel k(1);
  const double truth = exact(2, 0.7, 1.2);
  std::vector<double> u, v, variances, squares, blocks;
  for (std::uint64_t r = 0; r < 400; ++r) {
    stream rng = stream_of(3, r);
    const auto x = normal_sample<2>(2, 40, 0, 1, rng), y = normal_sample<2>(2, 60, 0.7, 1.2, rng);
    const measured now = mmd_squared_unbiased(k, x, y, mmd_error::deviation);
    u.push_back(now.value);
    variances.push_back(now.error * now.error);
    squares.push_back((now.value - truth) * (now.value - truth));
    v.push_back(mmd_squared(k, x, y));
    blocks.push_back(mmd_squared_by_blocks(k, x, y, 8).value);
  }
  const auto mean_u = mean_of(u), mean_v = mean_of(v), mean_b = mean_of(blocks);
  CHECK_Z(mean_u.mean, truth, mean_u.standard_error);
  CHECK_Z(mean_b.mean, truth, mean_b.standard_error);
  // V's bias is (1 - E k(X, X')) / n for each sample
  const double bias = (1 - 1.0 / 3) / 40 + (1 - 1 / (1 + 2 * 1.44)) / 60;
  CHECK_Z(mean_v.mean, truth + bias, mean_v.standard_error);
  CHECK(std::abs(z_score(mean_v.mean, truth, mean_v.standard_error)) > 4.5);
  // The variance is estimated without bias where the laws differ, and nothing is kept from falling below 0.
  const auto stated = mean_of(variances), square = mean_of(squares);
  const double error = std::hypot(stated.standard_error, square.standard_error);
  CHECK_Z(stated.mean, square.mean, error);
  CHECK(std::abs(z_score(2 * stated.mean, square.mean, error)) > 4.5);
}

TEST_CASE("mmd: samples in the plane, as scikit-learn's rbf_kernel has them") {
  const auto x = waves<2>(false), y = waves<2>(true);
  const gaussian_kernel k(0.8);
  CHECK_CLOSE(mmd_squared(k, x, y), 0.06020161859281137, 1e-12);
  CHECK_CLOSE(mmd_squared(k, x, y, wave_weights(false), wave_weights(true)), 0.05548994247726946, 1e-12);
  CHECK_CLOSE(mmd_squared_unbiased(k, x, y).value, 0.015754891228226153, 1e-11);
  CHECK_CLOSE(mmd_squared_unbiased(k, x, y, {}, {}), 0.015754891228226153, 1e-11);
}

TEST_CASE("mmd: the weighted U statistic is the sum over pairs of different observations") {
  const auto x = waves<2>(false), y = waves<2>(true);
  const auto wx = wave_weights(false), wy = wave_weights(true);
  const laplace_kernel k(0.8);
  const auto own = [&k](const samples<double, 2>& z, const weights<double>& w) {
    double sum = 0, weight = 0;
    for (Index i = 0; i < z.cols(); ++i)
      for (Index j = 0; j < z.cols(); ++j)
        if (i != j) {
          sum += w[i] * w[j] * k(z.col(i), z.col(j));
          weight += w[i] * w[j];
        }
    return sum / weight;
  };
  double cross = 0;
  for (Index i = 0; i < x.cols(); ++i)
    for (Index j = 0; j < y.cols(); ++j) cross += wx[i] / wx.sum() * wy[j] / wy.sum() * k(x.col(i), y.col(j));
  CHECK_CLOSE(mmd_squared_unbiased(k, x, y, wx, wy), own(x, wx) - 2 * cross + own(y, wy), 1e-11);
  CHECK(
      throws([&] { static_cast<void>(mmd_squared_unbiased(k, x, y, {}, weights<double>::Unit(25, 3))); }, "wy", "positive"));
}

// As e -> 0 the pairs of the heavy observation with the others are all that is left: the mean of k(1, x) over the others.
TEST_CASE("mmd: one weight that is nearly the whole leaves the pairs with the others, whatever it weighs") {
  const samples<double, 1> x = samples<double, 1>{{1, 2, 3, 4, 5}}, y = samples<double, 1>{{7, 9}};
  const auto k = [](double apart) { return std::exp(-apart * apart / 2); };
  const double right = (k(1) + k(2) + k(3) + k(4)) / 4 + k(2) - (k(6) + k(8));
  for (const double e : {1e-14, 1e-17, 1e-40, 1e-150}) {
    weights<double> w = weights<double>::Constant(5, e);
    w[0] = 1;
    CHECK(mmd_squared_unbiased(gaussian_kernel(1), x, y, w, {}) == doctest::Approx(right).epsilon(1e-12));
  }
}

TEST_CASE("mmd: a sample that has collapsed far from the origin keeps its digits") {
  samples<double, 1> x(1, 3), y(1, 2);  // powers of two, so that all differences are exact
  x << 1, 1 + 0x1p-50, 1 + 0x1p-49;
  y << 1 + 0x1p-51, 1 + 0x1p-48;
  const double l = 0.7 * 0x1p-49;
  const samples<double, 1> near_x = x.array() - 1, near_y = y.array() - 1;
  CHECK_CLOSE(mmd_squared(gaussian_kernel(l), x, y), mmd_squared(gaussian_kernel(l), near_x, near_y), 1e-12);
}

TEST_CASE("mmd: under equal laws the U statistic's mean is 0 and its stated error is its spread") {
  std::vector<double> u, squares, variances, uneven, uneven_variances;
  for (std::uint64_t r = 0; r < 1500; ++r) {
    stream rng = stream_of(4, r);
    const auto x = normal_sample<1>(1, 100, 0, 1, rng), y = normal_sample<1>(1, 80, 0, 1, rng);
    const measured now = mmd_squared_unbiased(gaussian_kernel(1), x, y, mmd_error::deviation);
    u.push_back(now.value);
    squares.push_back(now.value * now.value);
    variances.push_back(now.error * now.error);
  }
  const auto m = mean_of(u), square = mean_of(squares), stated = mean_of(variances);
  CHECK_Z(m.mean, 0.0, m.standard_error);
  // Parts that are 0 come out above it, since they are kept from falling below: some 20 percent of the variance here, never too little.
  const double error = std::hypot(square.standard_error, stated.standard_error);
  CHECK(z_score(stated.mean, square.mean, error) > -z_limit);
  CHECK(z_score(stated.mean, 1.4 * square.mean, 1.4 * error) < z_limit);
  // Planted fault: projections alone, not freed from the noise of pairs, would give twice the variance.
  CHECK(z_score(2 * square.mean, 1.4 * square.mean, 1.4 * error) > z_limit);
  CHECK(*std::min_element(u.begin(), u.end()) < 0);
}

namespace {

/// The share of `replicates` pairs of samples of N(0, 1) and N(s, 1), n observations each, whose value +- 1.96 error holds the true MMD^2.
double coverage(Index n, double s, int replicates, mmd_error which) {
  int held = 0;
  for (int r = 0; r < replicates; ++r) {
    stream rng = stream_of(41, static_cast<std::uint64_t>(r));
    const auto x = normal_sample<1>(1, n, 0, 1, rng), y = normal_sample<1>(1, n, s, 1, rng);
    const measured now = mmd_squared_unbiased(gaussian_kernel(1), x, y, which);
    held += std::abs(now.value - exact(1, s, 1)) <= 1.96 * now.error;
  }
  return static_cast<double>(held) / replicates;
}

}  // namespace

TEST_CASE("mmd: value +- 1.96 error holds the truth in 95 of 100, whether the laws are equal or not") {
  constexpr int replicates = 300;
  const double error = std::sqrt(0.95 * 0.05 / replicates);
  for (const double s : {0.0, 0.4}) CHECK_Z(coverage(50, s, replicates, mmd_error::covering), 0.95, error);
  // Planted fault: the deviation, which holds it in four of five.
  CHECK(std::abs(z_score(coverage(50, 0.4, replicates, mmd_error::deviation), 0.95, error)) > z_limit);
}

TEST_CASE("heavy: mmd: value +- 1.96 error covers 93 to 97 percent at every distance") {
  for (const Index n : {50, 200})
    for (const double s : {0.0, 0.2, 0.4, 0.5, 1.0}) {
      const double held = coverage(n, s, 2000, mmd_error::covering);
      CAPTURE(n);
      CAPTURE(s);
      CHECK(held >= 0.93);
      CHECK(held <= 0.97);
    }
}

TEST_CASE("mmd: the law that its error is taken from, against draws") {
  // A leading direction, a second, and two of chi-square's; seen from afar along the first.
  const double first = 0.6, second = 0.25, other = std::sqrt((0.5 - 0.36 - 0.0625) / 2), theta = 3;
  const simulacra::detail::quadratic_law law(first + second + 2 * other, first, second, first);
  stream rng(8);
  constexpr int draws = 40'000;
  for (const double at : {-0.9, 0.0, 2.5}) {
    int near = 0, far = 0;
    for (int i = 0; i < draws; ++i) {
      const auto square = [&rng](double shift) { return std::pow(standard_normal(rng) + shift, 2) - 1; };
      const double rest = second * square(0) + other * (square(0) + square(0));
      near += first * square(0) + rest <= at;
      far += first * square(std::sqrt(theta / first)) + rest <= at;
    }
    // The saddlepoint is within one percent of these laws' probabilities.
    for (const auto& [stated, count] : {std::pair{law.below(at, 0), near}, std::pair{law.below(at, theta), far}}) {
      const double p = static_cast<double>(count) / draws;
      CHECK_Z(stated, p, std::hypot(std::sqrt((p * (1 - p) + 1e-9) / draws), 0.01 * p));
    }
  }
  CHECK(law.below(-(first + second + 2 * other), 0) == 0);
  CHECK(law.below(1e6, 1) == doctest::Approx(1));
}

TEST_CASE("mmd: errors of samples without spread, and of few observations") {
  const gaussian_kernel k(1);
  const samples<double, 1> zero = samples<double, 1>::Zero(1, 9), one = samples<double, 1>::Ones(1, 8);
  const measured apart = mmd_squared_unbiased(k, zero, one);
  CHECK(apart.value == doctest::Approx(2 - 2 * std::exp(-0.5)).epsilon(1e-14));
  CHECK(apart.error == 0);
  CHECK(mmd_squared_unbiased(k, zero, zero).value == 0);
  CHECK(mmd_squared_unbiased(k, zero, zero).error == 0);
  for (const Index n : {2, 3, 4, 5}) {
    stream rng(3);
    const auto x = normal_sample<1>(1, n, 0, 1, rng), y = normal_sample<1>(1, n, 0, 1, rng);
    for (const mmd_error which : {mmd_error::covering, mmd_error::deviation})
      CHECK(std::isfinite(mmd_squared_unbiased(k, x, y, which).error));
    CHECK(std::isfinite(mmd_squared_unbiased(linear_kernel(), x, y).error));
    CHECK(std::isfinite(mmd_squared_unbiased(energy_kernel(), x, y).error));
  }
}

TEST_CASE("mmd: far from the origin it is what it is at it, for each kernel of differences") {
  samples<double, 2> x(2, 4), y(2, 5);
  x << 0, 1, 2, 5, 0, 3, 1, 2;
  y << 1, 1, 4, 0, 2, 2, 0, 3, 1, 1;
  const auto all = [](const auto& k, const samples<double, 2>& a, const samples<double, 2>& b) {
    stream rng(1);
    const measured u = mmd_squared_unbiased(k, a, b), blocks = mmd_squared_by_blocks(k, a, b, 2);
    return std::vector<double>{mmd_squared(k, a, b),
                               u.value,
                               u.error,
                               mmd_squared_unbiased(k, a, b, {}, {}),
                               blocks.value,
                               two_sample_test(k, a, b, 19, rng).statistic};
  };
  for (const double o : {0.0, 1e6, 1e12, -1e15, 1e15}) {
    const samples<double, 2> a = x.array() + o, b = y.array() + o;
    CHECK_CLOSE(energy_distance(a, b), 0.387770217429, 1e-11);
    CHECK_CLOSE(mmd_squared(energy_kernel(), a, b), 0.193885108715, 1e-11);
    const auto compare = [&](const auto& k) {
      const auto near = all(k, x, y), far = all(k, a, b);
      for (std::size_t i = 0; i < near.size(); ++i) CHECK_CLOSE(far[i], near[i], 1e-10);
    };
    compare(energy_kernel());
    compare(linear_kernel());
    compare(gaussian_kernel(1.3));
    compare(laplace_kernel(0.8));
  }
  CHECK_CLOSE(mmd_squared(linear_kernel(), x, y), (x.rowwise().mean() - y.rowwise().mean()).squaredNorm(), 1e-13);
  for (const double unit : {1e-200, 1e200})
    CHECK_CLOSE(mmd_squared(energy_kernel(), samples<double, 2>(x * unit), samples<double, 2>(y * unit)) / unit,
                0.193885108715, 1e-11);
}

TEST_CASE("mmd: one observation far away takes no digit of the others, whichever it is") {
  const gaussian_kernel k(0.7);
  const auto x = line({0.1, 0.2, 0.35, 0.6, 1e17}), y = line({0.15, 0.5, 0.9, 1e17});
  const auto turned = line({1e17, 0.6, 0.35, 0.2, 0.1});
  CHECK_CLOSE(mmd_squared(k, x, y), by_pairs(k, x, {}, y, {}), 1e-13);
  CHECK_CLOSE(mmd_squared(k, turned, y), by_pairs(k, x, {}, y, {}), 1e-13);
  CHECK_CLOSE(mmd_squared(gaussian_kernel(1e-200), line({1e150, 2e150}), line({1e150})), 0.5, 1e-13);  // 1/2 - 1 + 1
}

TEST_CASE("weights: only their ratios matter, for MMD and the energy distance") {
  const auto x = line({1, 2, 3, 4, 10}), y = line({0, 2.5, 7});
  const auto w = weighing({1, 1, 2, 1, 1}), v = weighing({3, 1, 2});
  const samples<double> a = x, b = y;
  const gaussian_kernel k(1);
  for (const double s : {0x1p-1022, 1e-308, 1e-300, 1e-150, 1e-3, 1e160, 1e300, 8e307}) {
    const weights<double> u = w * s;
    CHECK_CLOSE(mmd_squared(k, x, y, u, v), mmd_squared(k, x, y, w, v), 1e-12);
    CHECK_CLOSE(mmd_squared(laplace_kernel(1), x, y, u, v), mmd_squared(laplace_kernel(1), x, y, w, v), 1e-12);
    CHECK_CLOSE(mmd_squared_unbiased(k, x, y, u, v), mmd_squared_unbiased(k, x, y, w, v), 1e-12);
    CHECK_CLOSE(energy_distance(a, b, u, v), energy_distance(a, b, w, v), 1e-12);
    CHECK_CLOSE(kernel_mean_square(k, x, u, y, v), kernel_mean_square(k, x, w, y, v), 1e-12);
  }
  // Weight 2 is to be there twice, weight 0 not to be there.
  const auto twice = line({1, 2, 3, 3, 4, 10});
  CHECK_CLOSE(mmd_squared(k, x, y, w, {}), mmd_squared(k, twice, y), 1e-13);
  CHECK_CLOSE(mmd_squared(k, line({1, 2, 3, 4, 10, 1e9}), y, weighing({1, 1, 2, 1, 1, 0}), {}), mmd_squared(k, twice, y),
              1e-13);
}

TEST_CASE("mmd: the parts of a kernel's variance, against all pairs of a known law") {
  // k = (1 + x y) on signs x, y = -1, 1 of probability 1/2: E k = 1, no part of single points, and all variance, 1, of pairs.
  const auto k = [](const auto& a, const auto& b) { return 1 + a[0] * b[0]; };
  std::vector<double> own, across;
  for (std::uint64_t r = 0; r < 400; ++r) {
    stream rng = stream_of(14, r);
    samples<double, 1> x(1, 100), y(1, 70);  // longer than what all pairs are taken of
    for (double& v : x.reshaped()) v = uniform(rng) < 0.5 ? -1 : 1;
    for (double& v : y.reshaped()) v = uniform(rng) < 0.5 ? -1 : 1;
    Eigen::VectorXd rows, columns;
    simulacra::detail::own_means(k, x, rows);
    own.push_back(simulacra::detail::part_of_pairs(simulacra::detail::mean_square_of_pairs(k, x, x, true),
                                                   simulacra::detail::spread_of(rows), 100));
    simulacra::detail::kernel_sums(k, y, {}, x, rows);
    simulacra::detail::kernel_sums(k, x, {}, y, columns);
    across.push_back(simulacra::detail::part_of_pairs(simulacra::detail::mean_square_of_pairs(k, x, y, false),
                                                      simulacra::detail::spread_of(rows / 70),
                                                      simulacra::detail::spread_of(columns / 100), 100, 70));
  }
  CHECK_Z(mean_of(own).mean, 1.0, mean_of(own).standard_error);
  CHECK_Z(mean_of(across).mean, 1.0, mean_of(across).standard_error);
  CHECK(std::abs(z_score(mean_of(own).mean * 0.98, 1.0, mean_of(own).standard_error)) > z_limit);  // planted: 1 - 2 / n
}

TEST_CASE("mmd: by features it is what pairs say, but for the features' own error") {
  stream rng(6);
  const auto x = normal_sample<2>(2, 500, 0, 1, rng), y = normal_sample<2>(2, 500, 1, 1, rng);
  const random_fourier_features map(gaussian_kernel(1), 2, 4096, rng);
  const double pairs = mmd_squared(gaussian_kernel(1), x, y);
  const measured features = mmd_squared_by_features(map, x, y);
  CHECK(features.value == mmd_squared(map, x, y));
  CHECK_Z(features.value, pairs, features.error);
  CHECK(features.error < 2 / std::sqrt(2048.0) * pairs);
  CHECK(std::abs(z_score(features.value, 1.2 * pairs, features.error)) > z_limit);  // a planted 20 percent of scale
}

TEST_CASE("two-sample test: p values are uniform under equal laws and small under others") {
  std::vector<double> equal, other;
  for (std::uint64_t r = 0; r < 200; ++r) {
    stream rng = stream_of(5, r);
    const auto x = normal_sample<2>(2, 20, 0, 1, rng), y = normal_sample<2>(2, 25, 0, 1, rng);
    equal.push_back(two_sample_test(gaussian_kernel(1), x, y, 99, rng).p_value);
    other.push_back(two_sample_test(gaussian_kernel(1), x, samples<double, 2>(y.array() + 0.6), 99, rng).p_value);
  }
  // p is uniform on 0.01, ..., 1: mean 0.505, variance (100^2 - 1) / 12 / 100^2
  const double error = std::sqrt(0.083325 / 200);
  CHECK_Z(mean_of(equal).mean, 0.505, error);
  CHECK(std::abs(z_score(mean_of(other).mean, 0.505, error)) > 4.5);
  stream rng(1);
  const auto x = normal_sample<2>(2, 20, 0, 1, rng), y = normal_sample<2>(2, 25, 0.4, 1, rng);
  // Past a thousand relabellings there are several passes; the grid of p values is that of all of them.
  const test_result many = two_sample_test(gaussian_kernel(1), x, y, 1500, rng),
                    few = two_sample_test(gaussian_kernel(1), x, y, 999, rng);
  CHECK(many.p_value * 1501 == doctest::Approx(std::round(many.p_value * 1501)).epsilon(1e-12));
  const double p = few.p_value;
  CHECK_Z(many.p_value, p, std::sqrt(p * (1 - p) * (1.0 / 1500 + 1.0 / 999)));
  CHECK(many.statistic == few.statistic);
  // Relabellings that split as the samples do are ties, and count: of 2 + 2 that is one in three, with the mirror image.
  samples<double, 1> left(1, 2), right(1, 2);
  left << 0, 0.1;
  right << 5, 5.3;
  CHECK_Z(two_sample_test(gaussian_kernel(1), left, right, 3000, rng).p_value, 1.0 / 3, std::sqrt(2.0 / 9 / 3000));
  CHECK(two_sample_test(gaussian_kernel(1), x, y, 5, rng).statistic ==
        doctest::Approx(mmd_squared_unbiased(gaussian_kernel(1), x, y).value).epsilon(1e-12));
}

TEST_CASE("median distance: of all pairs, of a part, and of equal points") {
  stream rng(2);
  CHECK(median_distance(line({0, 1, 3}), rng) == 2);     // 1, 2, 3
  CHECK(median_distance(line({0, 1, 3, 7}), rng) == 4);  // 1, 2, 3, 4, 6, 7: the upper one
  CHECK(median_distance(line({2, 2, 2}), rng) == 0);
  CHECK(median_distance(line({-1e300, 1e300}), rng) == 2e300);
  const auto x = normal_sample<1>(1, 3000, 0, 1, rng);
  // |X - X'| has the median m = sqrt(2) 0.6745 and the density f(m) = 0.4494 there; over 500 points' pairs, by the projection of the U
  // statistic, the standard error is 2 sd(P(|x - X'| < m)) / sqrt(500) / f(m), the variance by quadrature.
  const double error = 2 * std::sqrt(0.026601618252 / 500) / 0.449403938894;
  CHECK_Z(median_distance(x, rng, 500), 0.9538725524, error);
  CHECK(std::abs(z_score(0.6744897502, 0.9538725524, error)) > z_limit);  // without the root of two
}

TEST_CASE("mmd: mistakes") {
  stream rng(1);
  const gaussian_kernel k(1);
  const samples<double, 2> x = samples<double, 2>::Zero(2, 3), none(2, 0);
  samples<double, 2> bad = x;
  bad(1, 1) = not_a_number;
  CHECK(throws([&] { static_cast<void>(mmd_squared(k, x, none)); }, "mmd_squared", "y.cols()"));
  CHECK(throws([&] { static_cast<void>(mmd_squared(k, bad, x)); }, "mmd_squared", "nan at row 1, column 1"));
  CHECK(throws([&] { static_cast<void>(mmd_squared(k, x, x, weighing({1, 2}))); }, "mmd_squared", "wx"));
  CHECK(throws([&] { static_cast<void>(mmd_squared(k, samples<double>(2, 3), samples<double>(3, 3))); }, "y.rows()"));
  CHECK(throws([&] { static_cast<void>(mmd_squared_unbiased(k, x, samples<double, 2>(x.leftCols(1)))); },
               "mmd_squared_unbiased", "at least 2"));
  CHECK(throws([&] { static_cast<void>(mmd_squared_by_blocks(k, x, x, 2)); }, "mmd_squared_by_blocks", "block"));
  CHECK(throws([&] { static_cast<void>(two_sample_test(k, x, x, 0, rng)); }, "two_sample_test", "permutations"));
  CHECK(throws([&] { static_cast<void>(median_distance(none, rng)); }, "median_distance", "x.cols()"));
}
