#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <limits>

#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/random/normal.hpp>

/// Laws that have lost directions: where they are, and what they are worth to each other.
using namespace simulacra;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T = double>
samples<T> normals(Index d, Index n, std::uint64_t seed) {
  stream rng(seed);
  samples<T> z(d, n);
  for (T& v : z.reshaped()) v = static_cast<T>(standard_normal(rng));
  return z;
}

/// How many columns have which log density.
template <class Law, class X>
Index count_of(const Law& law, const X& x, double value) {
  Index count = 0;
  for (Index i = 0; i < x.cols(); ++i) count += law.log_density(x.col(i)) == value ? 1 : 0;
  return count;
}

/// A law of rank r in d dimensions, coordinates of spreads from 1 to 1000, and its directions.
template <class T>
struct thin {
  samples<T> directions;
  gaussian<T> law;
  thin(Index d, Index r, T at, std::uint64_t seed)
      : directions(point<T>::LinSpaced(d, T(1), T(1000)).asDiagonal() * normals<T>(d, r, seed)),
        law(point<T>::Constant(d, at), square<T>(directions * directions.transpose())) {}
};

const gaussian<double, 2> line({.1, .2}, (square<double, 2>() << 1, .7, .7, .49).finished());

}  // namespace

TEST_CASE("singular: a law's own draws are on its support") {
  stream rng(1);
  CHECK(count_of(line, line.sample(1000, rng), infinity) == 1000);
  for (const double at : {0.0, 1.0, 1e6, 1e12})
    for (Index d = 2; d <= 6; ++d)
      for (Index r = 0; r < d; ++r) {
        const thin<double> t(d, r, at, static_cast<std::uint64_t>(10 * d + r));
        REQUIRE(t.law.factor().rank() == r);
        CHECK(count_of(t.law, t.law.sample(100, rng), infinity) == 100);
        CHECK(count_of(t.law.inflated(1e-200), t.law.inflated(1e-200).sample(100, rng), infinity) == 100);
        const samples<> given =
            (t.directions * normals(r, 100, 5)).colwise() + t.law.mean();  // by whoever knows the directions
        CHECK(count_of(t.law, given, infinity) == 100);
      }
  const gaussian<double, 1> certain(0.3, 0.0);
  CHECK(certain.log_density(point<double, 1>(0.3)) == infinity);
}

TEST_CASE("singular: a law's own draws are on its support in float") {
  stream rng(2);
  for (const float at : {0.0F, 1.0F, 1e4F})
    for (Index d = 2; d <= 5; ++d)
      for (Index r = 1; r < d; ++r) {
        const thin<float> t(d, r, at, static_cast<std::uint64_t>(10 * d + r));
        REQUIRE(t.law.factor().rank() == r);
        const samples<float> x = t.law.sample(100, rng);
        CHECK(count_of(t.law, x, infinity) == 100);
      }
}

TEST_CASE("singular: off its support a law has no density, at any scale and place") {
  for (const double scale : {1e-100, 1e-3, 1.0, 1e100})
    for (const double at : {0.0, 1.0, 1e5}) {
      const gaussian<double, 2> law(point<double, 2>(at * scale, at * scale),
                                    square<double, 2>(line.covariance() * (scale * scale)));
      const point<double, 2> along(1, .7), across(-.7, 1);
      for (const double t : {-3.0, 0.1, 2.0}) {
        CHECK(law.log_density(law.mean() + scale * t * along) == infinity);
        CHECK(law.log_density(law.mean() + scale * (t * along + 1e-9 * across)) == -infinity);
        CHECK(law.log_density(law.mean() + scale * (t * along - 0.1 * across)) == -infinity);
      }
    }
  for (Index r = 0; r < 5; ++r) {
    const thin<double> t(5, r, 0, static_cast<std::uint64_t>(r));
    samples<> x = t.directions * normals(r, 50, 3);
    x.row(4).array() += 1e-8;  // where the spread is 1000
    CHECK(count_of(t.law, x, -infinity) == 50);
  }
  CHECK(gaussian<double, 1>(0.3, 0.0).log_density(point<double, 1>(0.3 + 1e-12)) == -infinity);
}

TEST_CASE("singular: a law fitted to few points has density at each of them") {
  stream rng(4);
  for (const double at : {0.0, 1e6, 1e12})
    for (const auto& [n, d] : {std::pair{3, 5}, {2, 3}, {1, 4}, {5, 5}, {7, 20}}) {
      const samples<> x = normals(d, n, static_cast<std::uint64_t>(n * d)).array() + at;
      const auto fit = gaussian_estimator<>(divisor::n).fit(x, rng);
      CHECK(count_of(fit.model, x, infinity) == n);
      CHECK(count_of(fit.model, samples<>(normals(d, 9, 8).array() + at), -infinity) == 9);
    }
  const samples<float> x = normals<float>(5, 3, 9).array() + 100.0F;
  CHECK(count_of(gaussian_estimator<float>(divisor::n_minus_1).fit(x, rng).model, x, infinity) == 3);
  // Many points in a plane of 4 dimensions.
  const samples<> plane = normals(4, 2, 1) * normals(2, 5000, 2);
  CHECK(count_of(gaussian_estimator<>(divisor::n).fit(plane, rng).model, plane, infinity) == 5000);
}

TEST_CASE("singular: mixtures are infinite where one of their components is") {
  const gaussian<double, 2> wide({3, 3}, square<double, 2>::Identity()),
      other({-1, 0}, (square<double, 2>() << 0, 0, 0, 4).finished());
  stream rng(5);
  const gaussian_mixture<double, 2> lines({.5, .5}, {line, other}), both({.4, .3, .3}, {line, wide, other});
  CHECK(count_of(lines, lines.sample(500, rng), infinity) == 500);
  const samples<double, 2> x = both.sample(500, rng);
  Index thin = 0;
  for (Index i = 0; i < x.cols(); ++i) {
    const double l = both.log_density(x.col(i));
    CHECK(l > -infinity);
    thin += l == infinity ? 1 : 0;
  }
  CHECK_Z(static_cast<double>(thin), 350, std::sqrt(500 * .7 * .3));  // binomial
  CHECK_CLOSE(both.log_density({5, 1}), std::log(.3) + wide.log_density({5, 1}), 1e-14);
  CHECK(lines.log_density({5, 1}) == -infinity);
  CHECK(both.responsibilities({-1, 1.7}) == weights<double>(Eigen::Vector3d(0, 0, 1)));
}

TEST_CASE("singular: the divergence of two laws on one support is that on it") {
  const double doubled = std::log(2.0) - 0.375;
  CHECK(kl_divergence(line, line) == 0);
  CHECK_CLOSE(kl_divergence(line, line.inflated(4)), doubled, 1e-14);
  CHECK_CLOSE(kl_divergence(line, gaussian<double, 2>(line.mean(), square<double, 2>(4 * line.covariance()))), doubled,
              1e-14);
  CHECK(kl_divergence(gaussian<double, 1>(2, 0), gaussian<double, 1>(2, 0)) == 0);
  for (Index d = 2; d <= 5; ++d)
    for (Index r = 1; r < d; ++r) {
      const thin<double> t(d, r, 7, static_cast<std::uint64_t>(20 * d + r));
      CHECK(kl_divergence(t.law, t.law) < 1e-14);
      CHECK_CLOSE(kl_divergence(t.law, t.law.inflated(4)), static_cast<double>(r) * doubled, 1e-12);
      // With covariance B S B' and mean B m on the support, the divergence is that of N(m, S) from N(0, I) in r dimensions.
      const samples<> root = normals(r, r, 3) + 2 * square<>::Identity(r, r);
      const point<> m = normals(r, 1, 6);
      const square<> shape = root * root.transpose();
      const samples<> b = t.directions;
      const gaussian<> p(point<>(t.law.mean() + b * m), square<>(b * shape * b.transpose())), small(m, shape);
      CHECK_CLOSE(kl_divergence(p, t.law), kl_divergence(small, gaussian<>::standard(r)), 1e-9);
      // Off the support by a hair of its largest coordinate, or with a direction more or fewer.
      point<> away = t.law.mean();
      away[d - 1] += 1e-6;
      CHECK(kl_divergence(gaussian<>::from_factor(away, t.law.factor()), t.law) == infinity);
      CHECK(kl_divergence(thin<double>(d, r, 7, 99).law, t.law) == infinity);
      CHECK(kl_divergence(gaussian<>::standard(d), t.law) == infinity);
      CHECK(kl_divergence(t.law, gaussian<>::standard(d)) == infinity);
      CHECK(cross_entropy(t.law, t.law) == -infinity);
      CHECK(cross_entropy(p, t.law) == -infinity);
      CHECK(cross_entropy(gaussian_mixture<>(p), t.law) == -infinity);
      CHECK(cross_entropy(gaussian<>::standard(d), t.law) == infinity);
      CHECK(std::isfinite(cross_entropy(t.law, gaussian<>::standard(d))));
      CHECK(inner_product(p, t.law) == infinity);
      CHECK(inner_product(gaussian<>::from_factor(away, t.law.factor()), t.law) == 0);
    }
}

TEST_CASE("singular: what is asked of a law that is none, or of no point, is refused") {
  using simulacra_test::message_of;
  const auto made = [](double a, double b, double c) {
    return message_of([&] { gaussian<double, 2>({0, 0}, (square<double, 2>() << a, b, b, c).finished()); });
  };
  CHECK(made(1, 2, 1).find("'covariance' is a matrix whose least eigenvalue is -") != std::string::npos);
  CHECK(made(1, 2, 1).find("positive semi-definite") != std::string::npos);
  CHECK(message_of([] {
          gaussian<>::from_factor(point<>(0), scaled_factor<>(0));
        }).find("gaussian::from_factor: argument 'mean.size()' is 0") != std::string::npos);
  CHECK(message_of([] {
          static_cast<void>(line.log_density({std::nan(""), 0}));
        }).find("gaussian::log_density: argument 'x' is nan") != std::string::npos);
  CHECK(line.log_density({infinity, 0}) == -infinity);
}
