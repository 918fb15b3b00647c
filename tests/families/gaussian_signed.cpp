#include "hilbert/support.hpp"

#include <limits>
#include <vector>

#include <simulacra/families/gaussian/signed.hpp>

using namespace simulacra_test::hilbert;

/// A mixture of somebody's own: it says beside itself what it is made of.
namespace elsewhere {

struct two_parts {
  double weight;
  gaussian<double, 1> one, other;
};
void append_components(const two_parts& law, double coefficient, signed_gaussians<double, 1>& out) {
  out.append(coefficient * law.weight, law.one);
  out.append(coefficient * (1 - law.weight), law.other);
}

}  // namespace elsewhere

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

const auto a = plane(0, 0, 2, 0.3, 1), b = plane(1, -1, 1, -0.2, 1.5);

template <class Space, class Law>
auto vector_of(const Space& s, const Law& law) {
  auto v = s.zero();
  CHECK(s.embed(law, v) == 0);
  return v;
}

template <class Space, class P, class Q>
double distance_squared(const Space& s, const P& p, const Q& q) {
  auto v = vector_of(s, p);
  s.add(v, -1, vector_of(s, q));
  return s.inner(v, v);
}

static_assert(space<gaussian_rkhs<double, 2>> && space<gaussian_l2<>> && std::regular<signed_gaussians<double, 1>>);
static_assert(embeds_law<gaussian_rkhs<double, 2>, gaussian<double, 2>> &&
              !embeds_law<gaussian_l2<double, 2>, gaussian<double, 1>>);
static_assert(embeds_law<gaussian_l2<double, 1>, elsewhere::two_parts>);
static_assert(embeds_data<gaussian_rkhs<double, 2>, samples<double, 2>> &&
              !embeds_data<gaussian_l2<double, 2>, samples<double, 2>>);

}  // namespace

TEST_CASE("signed gaussians: MMD of laws in single precision is oracle 40 too") {
  const gaussian<float, 2> single(b.mean().cast<float>(), b.covariance().cast<float>());
  const gaussian<float, 2> rounded(a.mean().cast<float>(), a.covariance().cast<float>());
  CHECK_CLOSE(mmd_squared(rounded, single, gaussian_kernel(1.0)), 0.1458996542592916, 1e-6);
}

TEST_CASE("signed gaussians: L2 of two mixtures is oracle 41, their parts found by their own function") {
  const elsewhere::two_parts p{0.5, {-2.0, 1.0}, {2.0, 1.0}}, q{0.3, {-1.0, 0.5}, {1.5, 0.8}};
  CHECK_CLOSE((distance_squared(gaussian_l2<double, 1>(), p, q)), 0.07136191736833951, 1e-12);
  // Population fit of the first by one Gaussian: N(0, 5).
  CHECK_CLOSE((distance_squared(gaussian_l2<double, 1>(), p, gaussian<double, 1>(0.0, 5.0))), 0.0363880630215788, 1e-12);
}

TEST_CASE("signed gaussians: equal laws are one term and what cancels is gone") {
  const gaussian_l2<double, 2> s;
  auto v = vector_of(s, a);
  s.add(v, 2, vector_of(s, b));
  s.add(v, 0.5, vector_of(s, a));
  CHECK(v.terms().size() == 2);
  auto w = vector_of(s, b);
  s.add(w, 1, vector_of(s, b));
  s.add(w, 1.5, vector_of(s, a));
  CHECK(v == w);  // in whatever order
  s.add(v, -1, w);
  CHECK(v.empty());
  CHECK(v == s.zero());
  CHECK(s.inner(v, w) == 0);
  w.append(-1.5, a);
  CHECK(w.terms().size() == 1);
  w.append({{1, a}, {2, b}, {-1, a}});
  CHECK(w.terms().size() == 1);
  CHECK(w.terms()[0].coefficient == 4);
  s.set_zero(w);
  CHECK(w.empty());
}

TEST_CASE("signed gaussians: data are points, and their error is oracle 37") {
  constexpr double oracle = 0.008452994616207485;  // E|mean embedding - truth|^2, N(0, 1), l = 1, 50 observations
  const gaussian_rkhs<double, 1> s(1.0);
  const gaussian<double, 1> law(0.0, 1.0);
  const auto truth = vector_of(s, law);
  stream rng(61);
  std::vector<double> errors;
  for (int i = 0; i < 1500; ++i) {
    auto v = s.zero();
    s.embed_data(law.sample(50, rng), {}, v);
    s.add(v, -1, truth);
    errors.push_back(s.inner(v, v));
  }
  const auto mse = mean_of(errors);
  CHECK_Z(mse.mean, oracle, mse.standard_error);
  CHECK(std::abs(z_score(mse.mean, oracle * 50 / 45, mse.standard_error)) > z_limit);
  const samples<double, 1> x = law.sample(40, rng), y = law.sample(30, rng);
  const weights<double> w = normals<dynamic>(30, 1, rng).col(0).cwiseAbs();
  auto u = s.zero(), v = s.zero();
  s.embed_data(x, {}, u);
  s.embed_data(y, w, v);
  CHECK_CLOSE(s.inner(u, v), kernel_mean_square(gaussian_kernel(1.0), x, {}, y, w), 1e-12);
  s.embed_data((samples<double, 1>(1, 3) << 1, 2, 1).finished(), {}, v);
  CHECK(v.terms().size() == 2);
}

TEST_CASE("signed gaussians: bad arguments are refused by name") {
  CHECK(refuses([] { return gaussian_rkhs<>(0.0); }, "length_scale"));
  signed_gaussians<> v;
  const auto flat = gaussian<>::standard(2);
  v.append(1, flat);
  const auto line = gaussian<>::standard(1);
  CHECK(refuses(
      [&] {
        v.append(1, line);
        return 0;
      },
      "law.dimension()", "1"));
  CHECK(refuses(
      [&] {
        v.append(infinity, flat);
        return 0;
      },
      "append", "coefficient"));
  CHECK(refuses(
      [&] {
        v.append({{1, line}, {1, flat}});
        return 0;
      },
      "append", "law.dimension()"));
  CHECK(refuses(
      [&] {
        v.append({{infinity, flat}});
        return 0;
      },
      "append", "coefficient"));
  CHECK(refuses(
      [&] {
        v.add(infinity, v);
        return 0;
      },
      "signed_gaussians::add", "'c'"));
  signed_gaussians<> w;
  w.append(1, line);
  CHECK(refuses(
      [&] {
        v.add(1, w);
        return 0;
      },
      "law.dimension()"));
  CHECK(refuses([&] { return gaussian_rkhs<>(1.0).inner(v, w); }, "gaussian_rkhs::inner"));
  CHECK(refuses([&] { return gaussian_l2<>().inner(v, w); }, "gaussian_l2::inner"));
  CHECK(refuses([&] { return mmd_squared(flat, line, gaussian_kernel(1.0)); }, "inner_product", "q.dimension()"));
  const gaussian_rkhs<double, 1> s(1.0);
  auto u = s.zero();
  CHECK(refuses(
      [&] {
        s.embed_data(samples<double, 1>(1, 0), {}, u);
        return 0;
      },
      "embed_data", "x.cols()"));
  CHECK(refuses(
      [&] {
        s.embed_data(samples<double, 1>::Ones(1, 2), weights<double>::Ones(3), u);
        return 0;
      },
      "embed_data", "'w'"));
  CHECK(refuses(
      [&] {
        s.embed_data(samples<double, 1>::Constant(1, 2, infinity), {}, u);
        return 0;
      },
      "finite"));
}
