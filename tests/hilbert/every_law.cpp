#include "support/statistics.hpp"

#include <cmath>

#include <simulacra/categorical.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/families/mixture/divergences.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/one_parameter.hpp>

/// Every law in every space that says it takes laws of that type: what `embeds_law` is true of compiles, and is right.
using namespace simulacra;

namespace {

stream fixed(std::uint64_t seed) { return stream(seed); }

random_fourier_features fourier(Index d) {
  stream rng = fixed(3);
  return {gaussian_kernel(1.5), d, 16, rng};
}

template <class T, int D>
nystrom_features<gaussian_kernel, T, D> nystrom(Index d) {
  stream rng = fixed(4);
  return {gaussian_kernel(1.5), gaussian<T, D>::standard(d).sample(5, rng)};
}

grid_features grid(Index d) { return d == 1 ? grid_features({-6, 6, 48}) : grid_features({-6, 6, 24}, {-6, 6, 24}); }

/// The variance that the space gives, or -1 where it does not take such laws.
template <class Space, class Law>
double embedded(const Space& space, const Law& law, typename Space::vector& out) {
  if constexpr (embeds_law<Space, Law>)
    return space.embed(law, out);
  else
    return -1;
}

/// A closed form against draws whose error is known. E|v - drawn|^2 is the square of it, and its deviation is less than that.
void judge(double variance, const Eigen::VectorXd& v, const Eigen::VectorXd& drawn, double error) {
  CHECK(variance == 0);
  REQUIRE(v.size() == drawn.size());
  CHECK((v - drawn).norm() < 4.5 * error + 1e-6);
  CHECK((2 * v - drawn).norm() > 4.5 * error);  // this notices a factor
}

template <class Map, class Law>
void closed_form_is_right(const Map& map, const Law& law) {
  Eigen::VectorXd v, drawn(map.features());
  const double variance = embedded(feature_space<Map>(map), law, v);
  stream rng = fixed(11);
  const double error = std::sqrt(embed_by_draws(law, map, 4000, drawn, rng));
  judge(variance, v, drawn, error);
}

template <class T, int D>
void everywhere(Index d) {
  point<T, D> at = point<T, D>::Constant(d, T(0.5)), off = -at;
  square<T, D> wide = square<T, D>::Identity(d, d), flat = square<T, D>::Constant(d, d, T(0.25));
  const gaussian<T, D> normal(at, wide), thin(off, flat);  // thin is singular beyond one dimension
  const gaussian_mixture<T, D> mixed({.25, .75}, {normal, thin});
  const Eigen::Matrix<T, D, Eigen::Dynamic> loadings = Eigen::Matrix<T, D, Eigen::Dynamic>::Constant(d, 1, T(0.5));
  const ppca<T, D> latent(at, loadings, T(0.7));
  const factor_model<T, D> factors(at, loadings, point<T, D>::Constant(d, T(0.7)));
  const auto in_map = [&](const auto& map) {
    closed_form_is_right(map, normal);
    closed_form_is_right(map, thin);
    closed_form_is_right(map, mixed);
    if constexpr (D != 2) {  // which would be the same code once more
      closed_form_is_right(map, latent);
      closed_form_is_right(map, factors);
    }
  };
  in_map(moment_features(d));
  in_map(fourier(d));
  in_map(nystrom<T, D>(d));
  in_map(grid(d));
  // In the exact spaces a mixture is the sum of its components, and PPCA is the Gaussian that it is.
  const gaussian_rkhs<T, D> rkhs(1.5);
  const gaussian_l2<T, D> l2;
  const auto in_space = [&](const auto& space, const auto& inner) {
    typename std::decay_t<decltype(space)>::vector m, n, t, p;
    REQUIRE(embedded(space, mixed, m) == 0);
    REQUIRE(embedded(space, normal, n) == 0);
    REQUIRE(embedded(space, thin, t) == 0);
    REQUIRE(embedded(space, latent, p) == 0);
    CHECK_CLOSE(space.inner(m, n), .25 * inner(normal, normal) + .75 * inner(thin, normal), 1e-5);
    CHECK_CLOSE(space.inner(p, n), inner(latent.as_gaussian(), normal), 1e-5);
  };
  in_space(rkhs, [](const auto& a, const auto& b) { return inner_product(a, b, gaussian_kernel(1.5)); });
  in_space(l2, [](const auto& a, const auto& b) { return inner_product(a, b); });
}

}  // namespace

TEST_CASE("every law: Gaussians, mixtures and latent laws in every exact space, in one, two and any dimensions") {
  everywhere<double, 1>(1);
  everywhere<double, 2>(2);
  everywhere<double, dynamic>(2);
}

TEST_CASE("every law: a mixture in the exact spaces by hand") {
  const gaussian_mixture<double, 1> m({.5, .5}, {gaussian<double, 1>(0, 1), gaussian<double, 1>(2, 0)});
  const gaussian_rkhs<double, 1> rkhs(1.0);
  signed_gaussians<double, 1> v;
  CHECK(rkhs.embed(m, v) == 0);
  // k(X, X') of N(0, 1) twice: 1 / sqrt 3; of N(0, 1) and the point 2: e^-1 / sqrt 2; of the point twice: 1.
  CHECK_CLOSE(rkhs.inner(v, v), .25 / std::sqrt(3.0) + .5 * std::exp(-1.0) / std::sqrt(2.0) + .25, 1e-14);
  const gaussian_mixture<double, 1> wide({.5, .5}, {gaussian<double, 1>(0, 1), gaussian<double, 1>(2, 3)});
  const gaussian_l2<double, 1> l2;
  CHECK(l2.embed(wide, v) == 0);
  const double two_pi = 6.283185307179586;  // the densities at the differences of the means, variances 2, 4, 6
  CHECK_CLOSE(l2.inner(v, v),
              .25 / std::sqrt(2 * two_pi) + .5 * std::exp(-.5) / std::sqrt(4 * two_pi) + .25 / std::sqrt(6 * two_pi), 1e-14);
  CHECK_FALSE(embeds_law<gaussian_rkhs<double, 2>, gaussian_mixture<double, 1>>);
  CHECK_FALSE(embeds_law<gaussian_rkhs<double, 1>, gaussian_mixture<float, 1>>);
  CHECK_FALSE(embeds_law<gaussian_rkhs<double, 1>, poisson>);
  CHECK_FALSE(embeds_law<gaussian_l2<double, 1>, kernel_density<double, 1>>);
}

TEST_CASE("every law: laws of symbols, counts, times and kernels in the maps that take them") {
  const feature_space symbols(delta_features(3));
  const feature_space moments_of(moment_features(1));
  const feature_space cells(grid(1));
  const feature_space waves(fourier(1));
  const categorical words({.5, .3, .2});
  const kernel_density<double, 1> smooth(samples<double, 1>((Eigen::RowVectorXd(3) << -1, 0, 2).finished()), 0.5);
  Eigen::VectorXd v;
  CHECK(embedded(symbols, words, v) == 0);
  CHECK(embedded(symbols, bernoulli(.3), v) == 0);
  CHECK(embedded(waves, bernoulli(.3), v) == 0);
  CHECK(embedded(waves, poisson(2), v) == 0);
  CHECK(embedded(waves, exponential<double>(2), v) == 0);
  CHECK(embedded(cells, exponential<double>(2), v) == 0);
  CHECK(embedded(moments_of, exponential<double>(2), v) == 0);
  CHECK(embedded(moments_of, smooth, v) == 0);
  closed_form_is_right(fourier(1), smooth);
  closed_form_is_right(grid(1), smooth);
  closed_form_is_right(fourier(1), exponential<double>(2));
  // What has no closed form somewhere is drawn there, and says so.
  CHECK(embedded(waves, words, v) > 0);
  CHECK(embedded(cells, poisson(2), v) > 0);
  CHECK(embedded(waves, gaussian<double, 1>(0, 1).truncated(1), v) > 0);
  CHECK(embedded(symbols, gaussian<double, 1>(0, 1), v) == -1);
}
