#include "hilbert/support.hpp"

#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/gaussian/truncated.hpp>
#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

namespace {

gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

template <class Law>
Eigen::VectorXd embedded(const Law& law, const grid_features& map) {
  Eigen::VectorXd out(map.features());
  embed_into(law, map, out);
  return out;
}

/// The squared L2 distance of two laws on a grid of h wide cells, less the true one.
template <class Law>
double miss(const Law& p, const Law& q, const grid_features& map) {
  return (embedded(p, map) - embedded(q, map)).squaredNorm() - l2_squared(p, q);
}

double standard(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace

TEST_CASE("gaussian cells: probabilities of intervals keep their digits in both tails") {
  const gaussian<double, 1> law(1.0, 4.0);
  const grid_features map({-29, 31, 30});
  const Eigen::VectorXd v = embedded(law, map);
  for (Index i = 0; i < 30; ++i) {
    const double near = std::abs(map.axis(0).edge(i + (i < 15 ? 1 : 0)) - 1) / 2, far = near + 1;
    CHECK_CLOSE(v[i] * std::sqrt(2.0), 0.5 * (std::erfc(near / std::sqrt(2.0)) - std::erfc(far / std::sqrt(2.0))), 1e-13);
    CHECK_CLOSE(v[i], v[29 - i], 1e-13);
  }
  CHECK(std::abs(map.mass_outside(v)) < 1e-14);
  CHECK_CLOSE(map.mass_outside(embedded(gaussian<double, 1>(31.0, 1.0), map)), 0.5, 1e-14);
  const Eigen::VectorXd certain = embedded(gaussian<double, 1>(-29.0, 0.0), map);
  CHECK_CLOSE(certain[0] * std::sqrt(2.0), 1, 1e-15);
  CHECK(certain.tail(29).isZero(0));
}

TEST_CASE("gaussian cells: the L2 distance on a grid converges with the square of the cell") {
  const gaussian<double, 1> p(0.0, 1.0), q(0.7, 0.5);
  const double coarse = miss(p, q, grid_features({-9, 9, 60})), fine = miss(p, q, grid_features({-9, 9, 120}));
  CHECK(coarse < 0);  // cells average, and averages are nearer
  CHECK(coarse / fine > 3.8);
  CHECK(coarse / fine < 4.2);
  CHECK(std::abs(miss(p, q, grid_features({-9, 9, 18000}))) < 1e-7);
  const auto a = plane(0, 0, 2, 0.3, 1), b = plane(1, -1, 1, -0.2, 1.5);
  const double few = miss(a, b, grid_features({-8, 8, 20}, {-8, 8, 20})),
               many = miss(a, b, grid_features({-8, 8, 40}, {-8, 8, 40}));
  CHECK(few / many > 3.6);
  CHECK(few / many < 4.4);
}

TEST_CASE("gaussian cells: rectangles agree with products, with rotations and with draws") {
  const grid_features map({-2, 2, 5}, {-3, 3, 7});
  const Eigen::VectorXd v = embedded(plane(0.3, -0.2, 0.49, 0, 2.25), map);
  for (Index i = 0; i < 5; ++i)
    for (Index j = 0; j < 7; ++j) {
      const auto mass = [&](Index k, Index cell, double mean, double deviation) {
        return standard((map.axis(k).edge(cell + 1) - mean) / deviation) -
               standard((map.axis(k).edge(cell) - mean) / deviation);
      };
      CHECK_CLOSE(v[i + 5 * j] * std::sqrt(map.cell_volume()), mass(0, i, 0.3, 0.7) * mass(1, j, -0.2, 1.5), 1e-11);
    }
  // Swapping the axes swaps the cells, though x and y are treated in different ways.
  for (const double tilt : {0.5, 0.9, 0.999, 0.9999999, 1 - 1e-12, 1.0}) {
    INFO("correlation ", tilt);
    const double off = tilt * std::sqrt(0.7);
    const Eigen::VectorXd one = embedded(plane(0.1, 0.2, 1, off, 0.7), grid_features({-2, 2, 6}, {-2, 3, 5}));
    const Eigen::VectorXd other = embedded(plane(0.2, 0.1, 0.7, off, 1), grid_features({-2, 3, 5}, {-2, 2, 6}));
    double most = 0;
    for (Index i = 0; i < 6; ++i)
      for (Index j = 0; j < 5; ++j) most = (std::max)(most, std::abs(one[i + 6 * j] - other[j + 5 * i]));
    CHECK(most < 1e-12);
  }
  stream rng(51);
  const auto law = plane(0.3, -0.2, 0.6, -0.8, 2.25);
  const Eigen::VectorXd claimed = embedded(law, map) * std::sqrt(map.cell_volume());
  Eigen::VectorXd seen(35);
  map.mean_into(law.sample(40000, rng), nullptr, seen);
  seen *= std::sqrt(map.cell_volume());
  for (Index i = 0; i < 35; ++i) CHECK_Z(seen[i], claimed[i], std::sqrt(claimed[i] * (1 - claimed[i]) / 40000));
  CHECK_Z(map.mass_outside(seen / std::sqrt(map.cell_volume())), 1 - claimed.sum(),
          std::sqrt(claimed.sum() * (1 - claimed.sum()) / 40000));
}

TEST_CASE("gaussian cells: singular laws in the plane") {
  const grid_features map({0, 2, 2}, {0, 2, 2});
  CHECK(embedded(plane(0.5, 1.5, 0, 0, 0), map) == Eigen::Vector4d(0, 0, 1, 0));
  const Eigen::VectorXd upright = embedded(plane(1.5, 1, 0, 0, 1), map), flat = embedded(plane(1, 0.5, 1, 0, 0), map);
  const double half = standard(1) - 0.5;
  CHECK((upright - Eigen::Vector4d(0, half, 0, half)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((flat - Eigen::Vector4d(half, half, 0, 0)).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("gaussian cells: a truncated law is embedded by draws, with the error that it states") {
  const feature_space s(grid_features({-1, 1, 4}), {.draws = 40000});
  const auto law = gaussian<double, 1>(0.0, 1.0).truncated(1.0);
  static_assert(!embeds_exactly<truncated_gaussian<double, 1>, grid_features>);
  auto u = s.zero();
  const double stated = s.embed(law, u);
  CHECK(stated > 0);
  const double inside = 1 - std::erfc(1 / std::sqrt(2.0)), middle = (standard(0.5) - 0.5) / inside;
  const Eigen::Vector4d exact = Eigen::Vector4d(0.5 - middle, middle, middle, 0.5 - middle) / std::sqrt(0.5);
  CHECK((u - exact).squaredNorm() < 20.25 * stated);
  CHECK((u - exact).squaredNorm() > 0.001 * stated);
}
