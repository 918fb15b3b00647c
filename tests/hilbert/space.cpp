#include "hilbert/support.hpp"

#include <complex>
#include <vector>

#include <simulacra/core/model.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/summary/counts.hpp>
#include <simulacra/summary/moments.hpp>

using namespace simulacra_test::hilbert;

/// Laws of somebody who knows nothing of this library but what a model is.
namespace elsewhere {

/// Laplace's law, drawn and nothing else.
struct drawn_laplace {
  double location, scale;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) {
      const double up = standard_exponential(rng), down = standard_exponential(rng);
      x(0, i) = location + scale * (up - down);
    }
    return x;
  }
};

/// The same with all that it knows.
struct known_laplace : drawn_laplace {
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const {
    return std::polar(1 / (1 + scale * scale * w[0] * w[0]), location * w[0]);
  }
  [[nodiscard]] double log_density(const point<double, 1>& x) const {
    return -std::abs(x[0] - location) / scale - std::log(2 * scale);
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(location); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(2 * scale * scale); }
};

/// A law with an embedding beside it, which is found by its arguments and goes before what the library could do.
struct hooked : known_laplace {};
void embed_into(const hooked&, const random_fourier_features&, Eigen::Ref<Eigen::VectorXd> out) { out.setConstant(7); }

/// One with a characteristic function on points of fixed size.
struct on_points : drawn_laplace {
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, 1>& w) const {
    return known_laplace{*this}.characteristic_function(w);
  }
};

/// A density in the plane.
struct planar {
  [[nodiscard]] Index dimension() const { return 2; }
  [[nodiscard]] samples<> sample(Index n, stream&) const { return samples<>::Zero(2, n); }
  [[nodiscard]] double log_density(const point<>& x) const { return std::log(x[0] + 2 * x[1] * x[1]) - std::log(7.0 / 6); }
};

}  // namespace elsewhere

namespace {

using elsewhere::drawn_laplace;
using elsewhere::known_laplace;

const drawn_laplace drawn{0.4, 0.7};
const known_laplace known{drawn};

random_fourier_features fourier() {
  stream rng(31);
  return {gaussian_kernel(0.9), 1, 64, rng};
}

using fourier_space = feature_space<random_fourier_features>;

static_assert(space<fourier_space> && space<feature_space<delta_features>> && !space<int>);
static_assert(feature_map<random_fourier_features> && feature_map<grid_features> && !feature_map<gaussian_kernel>);
static_assert(embeds_exactly<known_laplace, random_fourier_features> && embeds_exactly<known_laplace, grid_features>);
static_assert(embeds_exactly<known_laplace, moment_features> && !embeds_exactly<known_laplace, delta_features>);
static_assert(embeds_in<elsewhere::on_points, random_fourier_features> && embeds_in<elsewhere::planar, grid_features>);
static_assert(!embeds_exactly<drawn_laplace, random_fourier_features> && !embeds_exactly<drawn_laplace, grid_features>);
static_assert(embeds_law<fourier_space, drawn_laplace> && embeds_law<fourier_space, known_laplace> &&
              !embeds_law<fourier_space, int>);
static_assert(!embeds_law<feature_space<delta_features>, drawn_laplace>);  // real numbers are no symbols
static_assert(embeds_data<fourier_space, samples<double, 1>> && embeds_data<fourier_space, samples<float>>);
static_assert(!embeds_data<feature_space<delta_features>, samples<>> &&
              embeds_data<feature_space<delta_features>, samples<Index, 1>>);
static_assert(embeds_summary<feature_space<moment_features>, moments<double, 2>> &&
              !embeds_summary<fourier_space, moments<>>);
static_assert(embeds_summary<feature_space<delta_features>, counts> &&
              !embeds_summary<feature_space<delta_features>, moments<>>);

}  // namespace

TEST_CASE("space: vectors of features add and multiply") {
  const fourier_space s(fourier());
  auto u = s.zero(), v = s.zero();
  CHECK(u.size() == 64);
  s.embed(known, u);
  s.add(v, 2, u);
  s.add(v, -0.5, u);
  CHECK_CLOSE(s.inner(v, u), 1.5 * u.squaredNorm(), 1e-14);
  s.set_zero(v);
  CHECK(v == s.zero());
  const fourier_space copy = s;
  CHECK(&copy.map() == &s.map());
  CHECK(s.relative_variance(u) > 0);
  Eigen::VectorXd wrong(3), fresh;
  s.set_zero(fresh);
  CHECK(fresh.size() == 64);
  CHECK(refuses(
      [&] {
        s.add(wrong, 1, u);
        return 0;
      },
      "feature_space::add", "'v'", "3"));
  CHECK(refuses(
      [&] {
        s.add(v, 1, wrong);
        return 0;
      },
      "'u'"));
  CHECK(refuses([&] { return s.inner(wrong, u); }, "feature_space::inner", "'u'"));
  CHECK(refuses([&] { return s.inner(u, wrong); }, "'v'"));
  CHECK(refuses([] { return fourier_space(fourier(), {.draws = 1}); }, "feature_space", "draws"));
}

TEST_CASE("space: laws embed by what they know, and their own function goes first") {
  const fourier_space s(fourier());
  auto u = s.zero(), v = s.zero();
  CHECK(s.embed(known, u) == 0);
  const auto& w = s.map().frequencies();
  for (Index i = 0; i < 32; ++i) {
    const double damp = 1 / (1 + 0.49 * w(i, 0) * w(i, 0)) / std::sqrt(32.0);
    CHECK_CLOSE(u[i], damp * std::cos(0.4 * w(i, 0)), 1e-13);
    CHECK_CLOSE(u[32 + i], damp * std::sin(0.4 * w(i, 0)), 1e-13);
  }
  CHECK(s.embed(elsewhere::on_points{drawn}, v) == 0);
  CHECK(u == v);
  CHECK(s.embed(elsewhere::hooked{known}, v) == 0);
  CHECK(v == Eigen::VectorXd::Constant(64, 7));
  Eigen::VectorXd two(2);
  const feature_space moments_of(moment_features(1));
  moments_of.embed(known, two);
  CHECK_CLOSE(two[1], 2 * 0.49 + 0.16, 1e-15);
}

TEST_CASE("space: a density embeds in a grid by quadrature") {
  const feature_space line(grid_features({-8, 8, 80}));  // the kink at 0.4 is an edge
  auto u = line.zero();
  CHECK(line.embed(known, u) == 0);
  const auto below = [](double x) {
    return x < 0.4 ? 0.5 * std::exp((x - 0.4) / 0.7) : 1 - 0.5 * std::exp((0.4 - x) / 0.7);
  };
  for (const Index i : {0, 30, 41, 42, 79}) {
    const grid_axis& axis = line.map().axis(0);
    CHECK_CLOSE(u[i] * std::sqrt(0.2), below(axis.edge(i + 1)) - below(axis.edge(i)), 1e-9);
  }
  CHECK_CLOSE(line.map().mass_outside(u), 0.5 * std::exp(-8.4 / 0.7) + 0.5 * std::exp(-7.6 / 0.7), 1e-9);
  const feature_space plane(grid_features({0, 1, 2}, {0, 1, 4}));
  u = plane.zero();
  CHECK(plane.embed(elsewhere::planar{}, u) == 0);
  CHECK_CLOSE(u[1 + 2 * 2] * std::sqrt(0.125), (0.375 * 0.25 + (0.421875 - 0.125) / 3) / (7.0 / 6), 1e-13);
  CHECK(std::abs(plane.map().mass_outside(u)) < 1e-14);
  CHECK(refuses(
      [&] {
        Eigen::VectorXd to(8);
        embed_into(known, plane.map(), to);
        return 0;
      },
      "embed_into", "law.dimension()"));
  stream rng(1);
  const random_fourier_features wide(gaussian_kernel(1.0), 2, 8, rng);
  CHECK(refuses(
      [&] {
        Eigen::VectorXd to(8);
        embed_into(known, wide, to);
        return 0;
      },
      "embed_into", "law.dimension()"));
}

TEST_CASE("space: what is known of nothing but draws is a function of the law, with the error that it states") {
  const fourier_space s(fourier(), {.draws = 400, .seed = 5});
  auto u = s.zero(), v = s.zero(), exact = s.zero();
  const double stated = s.embed(drawn, u);
  CHECK(s.embed(drawn, v) == stated);
  CHECK(u == v);
  s.embed(known, exact);
  std::vector<double> errors, claims;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const fourier_space other(fourier(), {.draws = 400, .seed = seed});
    claims.push_back(other.embed(drawn, v));
    errors.push_back((v - exact).squaredNorm() - claims.back());
  }
  const auto agree = mean_of(errors), claim = mean_of(claims);
  CHECK_Z(agree.mean, 0, agree.standard_error);
  CHECK(std::abs(z_score(agree.mean, 0.2 * claim.mean, agree.standard_error)) > z_limit);
  CHECK_CLOSE(claim.mean, (1 - exact.squaredNorm()) / 400, 1e-2);
  // Laws next to each other share their noise: their difference is far better known than each.
  auto shifted = s.zero(), shifted_exact = s.zero();
  s.embed(drawn_laplace{0.41, 0.7}, shifted);
  s.embed(known_laplace{{0.41, 0.7}}, shifted_exact);
  CHECK(((shifted - u) - (shifted_exact - exact)).norm() < 0.05 * (u - exact).norm());
  stream rng(1);
  CHECK(refuses([&] { return embed_by_draws(drawn, s.map(), 1, v, rng); }, "embed_by_draws", "draws"));
}

TEST_CASE("space: data and summaries embed as the means of their features") {
  const feature_space s(moment_features(2));
  stream rng(32);
  const samples<double, 2> x = normals<2>(2, 30, rng);
  const weights<double> w = normals<dynamic>(30, 1, rng).col(0).cwiseAbs();
  Eigen::VectorXd u, v;
  s.embed_data(x, w, u);
  s.embed_summary(moments<double, 2>::of(x, w), v);
  CHECK(u.size() == 5);
  CHECK((u - v).cwiseAbs().maxCoeff() < 1e-14);
  s.embed_data(x, {}, v);
  CHECK((u - v).cwiseAbs().maxCoeff() > 1e-3);
}
