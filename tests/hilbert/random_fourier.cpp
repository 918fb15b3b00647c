#include "hilbert/support.hpp"

#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/turn.hpp>
#include <simulacra/hilbert/random_fourier.hpp>

using namespace simulacra_test::hilbert;

namespace {

using kind = frequency_kind;

Eigen::VectorXd phi(const random_fourier_features& map, const point<>& x) {
  Eigen::VectorXd out(map.features());
  map.features_into(x, out);
  return out;
}

/// z of the mean of cos(w'delta) over many independent frequencies from k, against the kernel itself.
template <class K>
double spectral_z(const K& k, const K& expected, const point<>& delta, Index pairs = 100000) {
  stream rng(11);
  const random_fourier_features map(k, delta.size(), 2 * pairs, rng, kind::independent);
  const double estimate = phi(map, delta).dot(phi(map, point<>::Zero(delta.size())));
  const double value = expected.of_distance_squared(delta.squaredNorm()),
               twice = k.of_distance_squared(4 * delta.squaredNorm());
  // Var cos = (1 + E cos 2) / 2 - k^2
  const double error = std::sqrt((0.5 * (1 + twice) - value * value) / static_cast<double>(pairs));
  return simulacra_test::z_score(estimate, value, error);
}

/// Estimates of k(x, y) of points 0.7 apart, one for each of so many draws of the map, less k.
std::vector<double> misses(Index features, Index d, kind how, Index times) {
  const gaussian_kernel k(1.0);
  point<> delta = point<>::Zero(d);
  delta[0] = 0.7;
  std::vector<double> all;
  for (Index i = 0; i < times; ++i) {
    stream rng({12, 0}, {static_cast<std::uint64_t>(i), 0, purpose::user});
    const random_fourier_features map(k, d, features, rng, how);
    all.push_back(phi(map, delta).dot(phi(map, point<>::Zero(d))) - k.of_distance_squared(0.49));
  }
  return all;
}

std::vector<double> squared(std::vector<double> v) {
  for (double& x : v) x *= x;
  return v;
}

}  // namespace

TEST_CASE("random fourier: frequencies have the spectral law of each kernel") {
  for (const double r : {0.3, 1.0, 2.5}) {
    const point<> line = point<>::Constant(1, r), room = Eigen::Vector3d(0.6, -0.48, 0.64) * r;
    for (const point<>& delta : {line, room}) {
      CHECK(std::abs(spectral_z(gaussian_kernel(1.2), gaussian_kernel(1.2), delta)) <= z_limit);
      CHECK(std::abs(spectral_z(laplace_kernel(1.2), laplace_kernel(1.2), delta)) <= z_limit);
      CHECK(std::abs(spectral_z(matern32_kernel(1.2), matern32_kernel(1.2), delta)) <= z_limit);
      CHECK(std::abs(spectral_z(matern52_kernel(1.2), matern52_kernel(1.2), delta)) <= z_limit);
    }
  }
}

TEST_CASE("random fourier: the spectral check notices four percent of length scale") {
  const point<> delta = point<>::Constant(1, 1.0);
  CHECK(std::abs(spectral_z(gaussian_kernel(1.2), gaussian_kernel(1.25), delta)) > z_limit);
  CHECK(std::abs(spectral_z(laplace_kernel(1.2), laplace_kernel(1.25), delta)) > z_limit);
  CHECK(std::abs(spectral_z(matern32_kernel(1.2), matern32_kernel(1.25), delta)) > z_limit);
  CHECK(std::abs(spectral_z(matern52_kernel(1.2), matern52_kernel(1.25), delta)) > z_limit);
}

TEST_CASE("random fourier: the variance of paired features is oracle 43") {
  constexpr double oracle = 0.001500583104825674;  // D = 100, delta = 0.7, l = 1
  const auto errors = misses(100, 1, kind::independent, 10000);
  const auto bias = mean_of(errors), variance = mean_of(squared(errors));
  CHECK_Z(bias.mean, 0, bias.standard_error);
  CHECK_Z(variance.mean, oracle, variance.standard_error);
  CHECK(std::abs(z_score(variance.mean, oracle * 100 / 90, variance.standard_error)) > z_limit);
}

TEST_CASE("random fourier: orthogonal frequencies are orthogonal, unbiased, and spread more evenly") {
  stream rng(13);
  const random_fourier_features map(gaussian_kernel(0.5), 5, 2 * 12, rng);
  CHECK(map.kind() == kind::orthogonal);
  CHECK(map.frequencies().rows() == 12);
  for (Index i = 0; i < 12; ++i)
    for (Index j = 0; j < i; ++j) {
      const auto a = map.frequencies().row(i), b = map.frequencies().row(j);
      const double angle = a.dot(b) / a.norm() / b.norm();
      CHECK((i / 5 == j / 5 ? std::abs(angle) < 1e-14 : std::abs(angle) > 1e-6));
    }
  const auto errors = misses(40, 10, kind::orthogonal, 3000), independent = misses(40, 10, kind::independent, 3000);
  const auto bias = mean_of(errors), variance = mean_of(squared(errors)), other = mean_of(squared(independent));
  CHECK_Z(bias.mean, 0, bias.standard_error);
  CHECK(variance.mean + z_limit * variance.standard_error < other.mean - z_limit * other.standard_error);
}

TEST_CASE("random fourier: a direction of an orthogonal block is uniform") {
  // The first coordinate of each of the d directions squared has mean 1/d; without the signs and lengths drawn anew the
  // last direction of a block would differ.
  std::vector<double> last, cubes;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    stream rng({14, 0}, {i, 0, purpose::user});
    const random_fourier_features map(gaussian_kernel(1.0), 3, 6, rng);
    last.push_back(map.frequencies()(2, 0) * map.frequencies()(2, 0));
    cubes.push_back(map.frequencies()(2, 0));
  }
  const auto second = mean_of(last), first = mean_of(cubes);
  CHECK_Z(second.mean, 1, second.standard_error);
  CHECK_Z(first.mean, 0, first.standard_error);
}

TEST_CASE("random fourier: the mean over data is that of cosines and sines taken one by one") {
  stream rng(15);
  const random_fourier_features map(matern52_kernel(0.7), 2, 2 * 77, rng);
  const samples<double, 2> x = normals<2>(2, 301, rng);
  const weights<double> w = normals<dynamic>(301, 1, rng).col(0).cwiseAbs();
  Eigen::VectorXd plain = Eigen::VectorXd::Zero(154), weighted = plain, out(154);
  for (Index i = 0; i < 301; ++i)
    for (Index j = 0; j < 77; ++j) {
      const double phase = map.frequencies().row(j).dot(x.col(i)), root = std::sqrt(77.0);
      plain[j] += std::cos(phase) / root / 301;
      plain[77 + j] += std::sin(phase) / root / 301;
      weighted[j] += w[i] / w.sum() * std::cos(phase) / root;
      weighted[77 + j] += w[i] / w.sum() * std::sin(phase) / root;
    }
  map.mean_into(x, nullptr, out);
  CHECK((out - plain).cwiseAbs().maxCoeff() < 1e-14);
  map.mean_into(samples<>(x), nullptr, out);
  CHECK((out - plain).cwiseAbs().maxCoeff() < 1e-14);
  map.mean_into(samples<float>(x.cast<float>()), nullptr, out);
  CHECK((out - plain).cwiseAbs().maxCoeff() < 1e-5);
  map.mean_into(x, &w, out);
  CHECK((out - weighted).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((plain - weighted).cwiseAbs().maxCoeff() > 1e-3);
  // Folded in blocks: the mean of the whole is the mean of the parts by their weight.
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(154);
  for (Index first = 0; first < 301; first += 43) {
    const weights<double> part = w.segment(first, 43);
    map.mean_into(x.middleCols(first, 43), &part, out);
    sum += part.sum() / w.sum() * out;
  }
  CHECK((sum - weighted).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(phi(map, x.col(0)).squaredNorm() == doctest::Approx(1).epsilon(1e-14));
  // Whole numbers are data as well.
  const random_fourier_features line(gaussian_kernel(1.0), 1, 64, rng);
  Eigen::VectorXd whole(64), real(64);
  line.mean_into((samples<Index, 1>(1, 3) << 0, 1, 5).finished(), nullptr, whole);
  line.mean_into((samples<double, 1>(1, 3) << 0, 1, 5).finished(), nullptr, real);
  CHECK(whole == real);
}

TEST_CASE("random fourier: the relative variance is that over draws of the map and shrinks like 1 over D") {
  const point<> x = Eigen::Vector2d(0.3, 0.2), y = Eigen::Vector2d(-0.5, 0.4);
  for (const kind how : {kind::independent, kind::orthogonal}) {
    std::vector<double> norms, claimed;
    double small = 0, large = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
      stream rng({16, 0}, {i, 0, purpose::user});
      const random_fourier_features map(gaussian_kernel(0.6), 2, 64, rng, how);
      const Eigen::VectorXd v = phi(map, x) - phi(map, y);
      norms.push_back(v.squaredNorm());
      claimed.push_back(map.relative_variance(v) * v.squaredNorm() * v.squaredNorm());
      if (i < 200) {
        const random_fourier_features wide(gaussian_kernel(0.6), 2, 1024, rng, how);
        small += map.relative_variance(v);
        large += wide.relative_variance(phi(wide, x) - phi(wide, y));
      }
    }
    const double exact = 2 - 2 * gaussian_kernel(0.6).of_distance_squared((x - y).squaredNorm());
    std::vector<double> difference;
    for (std::size_t i = 0; i < norms.size(); ++i)
      difference.push_back((norms[i] - exact) * (norms[i] - exact) - claimed[i]);
    const auto agree = mean_of(difference), spread = mean_of(claimed);
    CHECK_Z(agree.mean, 0, agree.standard_error);
    CHECK(std::abs(z_score(agree.mean, 0.2 * spread.mean, agree.standard_error)) > z_limit);  // a fifth more is noticed
    CHECK(small / large > 12);
    CHECK(small / large < 20);
  }
  stream rng(17);
  const random_fourier_features one(gaussian_kernel(1.0), 1, 2, rng);
  CHECK(one.relative_variance(Eigen::Vector2d(0, 0)) == 0);
  CHECK(std::isnan(one.relative_variance(Eigen::Vector2d(1, 0))));
}

TEST_CASE("random fourier: the mean squared error of an empirical embedding is (1 - norm squared) over n") {
  stream rng(18);
  const random_fourier_features map(gaussian_kernel(1.0), 1, 128, rng);
  Eigen::VectorXd truth(128), out(128);
  map.embed_polar(  // N(0, 1)
      [&](Index first, auto& phase, auto& exponent) {
        phase.setZero();
        exponent = -0.5 * map.column(first, 0).square();
      },
      truth);
  std::vector<double> errors;
  for (int i = 0; i < 2000; ++i) {
    map.mean_into(normals<1>(1, 50, rng), nullptr, out);
    errors.push_back((out - truth).squaredNorm());
  }
  const auto mse = mean_of(errors);
  CHECK_Z(mse.mean, (1 - truth.squaredNorm()) / 50, mse.standard_error);
  CHECK(std::abs(z_score(mse.mean, (1 - truth.squaredNorm()) / 45, mse.standard_error)) > z_limit);
}

TEST_CASE("turn: a phase of any size, against 900 digits of mpmath") {
  const auto off = [](std::initializer_list<double> w, std::initializer_list<double> x, double cosine, double sine) {
    const auto at = [](std::initializer_list<double> v) {
      return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(v.begin(), static_cast<Index>(v.size())));
    };
    return std::abs(turn(at(w), at(x)) - std::complex<double>(cosine, sine));
  };
  CHECK(off({0.1}, {1234.5}, -0.599526861542533035, -0.800354635326715918) < 4e-16);
  CHECK(off({1e-3, 2.5, -0.1}, {1e7, 12345.678, 1e9}, -0.9033238174574765, 0.428959299717411039) < 4e-16);
  CHECK(off({0.7}, {1e15}, -0.137974998520514847, -0.990435712090019463) < 4e-16);
  CHECK(off({0.7, -1.3}, {1e15, 3e14 + 1}, -0.525167458965604475, 0.850998907192958821) < 1e-15);
  CHECK(off({0.7}, {1e300}, 0.85639840536534788, 0.516315573353825239) < 4e-16);
  CHECK(off({3.3, -3.3}, {1e300, 1e300}, 1, 0) < 1e-15);
  CHECK(std::abs(std::abs(turn(point<double, 1>(1e10), point<double, 1>(1e305))) - 1) < 1e-12);
}

TEST_CASE("random fourier: far from the origin features are right to rounding, one by one and in their differences") {
  stream rng(23);
  for (const Index d : {1, 2, 5}) {
    const random_fourier_features map(gaussian_kernel(0.7), d, 2 * 45, rng);
    samples<> x(d, 6), y(d, 7);  // whole numbers, so that they can be moved exactly
    for (double& v : x.reshaped()) v = std::round(4 * standard_normal(rng));
    for (double& v : y.reshaped()) v = std::round(4 * standard_normal(rng)) + 1;
    const weights<double> w = weights<double>::LinSpaced(6, 1, 2);
    Eigen::VectorXd of_x(90), of_y(90);
    map.mean_into(x, &w, of_x);
    map.mean_into(y, nullptr, of_y);
    const double near = (of_x - of_y).squaredNorm();
    for (const double o : {40.0, 3e3, 2e5, 1e6, 1e12, 1e15, -1e15}) {
      const samples<> there = x.array() + o;
      map.mean_into(there, &w, of_x);
      map.mean_into(samples<>(y.array() + o), nullptr, of_y);
      CHECK(std::abs((of_x - of_y).squaredNorm() - near) < 2e-15);
      const Eigen::VectorXd one = phi(map, there.col(0));
      double worst = 0;
      for (Index i = 0; i < 45; ++i) {
        const auto expected = turn(map.frequencies().row(i), there.col(0)) / std::sqrt(45.0);
        worst = (std::max)({worst, std::abs(one[i] - expected.real()), std::abs(one[45 + i] - expected.imag())});
      }
      CHECK(worst < 64 * 2.3e-16 / std::sqrt(45.0));  // below 64 a phase is one double
    }
    // Out of the range of numbers only on the way.
    CHECK(std::abs(phi(map, point<>::Constant(d, 1e308)).squaredNorm() - 1) < 1e-13);
    const samples<float> single = (x.array() + 4096).cast<float>().matrix();
    map.mean_into(single, &w, of_x);
    map.mean_into(samples<>(y.array() + 4096), nullptr, of_y);
    CHECK(std::abs((of_x - of_y).squaredNorm() - near) < 2e-15);
  }
}

TEST_CASE("random fourier: bad arguments are refused by name") {
  stream rng(19);
  const gaussian_kernel k(1.0);
  CHECK(refuses([&] { return random_fourier_features(k, 0, 8, rng); }, "random_fourier_features", "dimension"));
  CHECK(refuses([&] { return random_fourier_features(k, 2, 7, rng); }, "features", "7", "even"));
  CHECK(refuses([&] { return random_fourier_features(k, 2, 0, rng); }, "features"));
  CHECK(refuses([&] { return random_fourier_features(k, 2, 8, rng, static_cast<kind>(5)); }, "kind", "5"));
  const random_fourier_features map(k, 2, 8, rng);
  Eigen::VectorXd out(8), small(6);
  const auto mean = [&](const samples<>& x, const weights<double>& w, Eigen::VectorXd& to) {
    map.mean_into(x, &w, to);
    return 0;
  };
  samples<> x = samples<>::Zero(2, 3);
  CHECK(refuses([&] { return mean(x, {}, small); }, "out.size()"));
  CHECK(refuses([&] { return mean(samples<>::Zero(3, 3), {}, out); }, "x.rows()"));
  CHECK(refuses([&] { return mean(samples<>(2, 0), {}, out); }, "x.cols()"));
  CHECK(refuses([&] { return mean(x, weights<double>::Ones(2), out); }, "mean_into", "'w'"));
  CHECK(refuses([&] { return mean(x, Eigen::Vector3d(1, -1, 1), out); }, "'w'", "negative"));
  CHECK(refuses([&] { return mean(x, weights<double>::Zero(3), out); }, "'w'", "positive"));
  x(1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(refuses([&] { return mean(x, {}, out); }, "nan at row 1, column 2"));
  CHECK(refuses([&] { return map.relative_variance(small); }, "relative_variance", "v.size()"));
}
