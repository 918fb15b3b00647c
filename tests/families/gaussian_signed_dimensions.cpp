#include "hilbert/support.hpp"

#include <limits>

#include <simulacra/families/gaussian/signed.hpp>

using namespace simulacra_test::hilbert;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

const auto a = plane(0, 0, 2, 0.3, 1), b = plane(1, -1, 1, -0.2, 1.5);
const gaussian<> loose_a(a.mean(), a.covariance()), loose_b(b.mean(), b.covariance());

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

}  // namespace

TEST_CASE("signed gaussians: MMD and L2 are oracle 40 in every dimension type") {
  CHECK_CLOSE(mmd_squared(a, b, gaussian_kernel(1.0)), 0.1458996542592916, 1e-12);
  CHECK_CLOSE((distance_squared(gaussian_rkhs<double, 2>(1.0), a, b)), 0.1458996542592916, 1e-12);
  CHECK_CLOSE(distance_squared(gaussian_rkhs<>(1.0), loose_a, loose_b), 0.1458996542592916, 1e-12);
  CHECK_CLOSE((distance_squared(gaussian_l2<double, 2>(), a, b)), 0.0439408795419255, 1e-12);
  CHECK_CLOSE(distance_squared(gaussian_l2<>(), loose_a, loose_b), 0.0439408795419255, 1e-12);
  const gaussian<double, 1> p(0.3, 2.0), q(-0.4, 0.5);
  const gaussian<> loose_p(p.mean(), p.covariance()), loose_q(q.mean(), q.covariance());
  CHECK_CLOSE((distance_squared(gaussian_rkhs<double, 1>(0.6), p, q)),
              distance_squared(gaussian_rkhs<>(0.6), loose_p, loose_q), 1e-12);
  CHECK_CLOSE((distance_squared(gaussian_l2<double, 1>(), p, q)), l2_squared(p, q), 1e-12);
  CHECK(mmd_squared(a, a, gaussian_kernel(1.0)) == 0);
}

TEST_CASE("signed gaussians: thin and collapsed laws") {
  // Nearly a line: the plane's own formula against the general one.
  const double off = 1 - 1e-13;
  const auto thin = plane(0, 0, 1, off, 1), other = plane(0.1, 0.1 + 1e-7, 1, off, 1);
  const gaussian<> loose_thin(thin.mean(), thin.covariance()), loose_other(other.mean(), other.covariance());
  const gaussian_kernel k(1e-3);
  CHECK_CLOSE(inner_product(thin, other, k), inner_product(loose_thin, loose_other, k), 1e-9);
  const gaussian_l2<double, 2> s;
  CHECK_CLOSE(s.inner(vector_of(s, thin), vector_of(s, other)), inner_product(loose_thin, loose_other), 1e-9);
  const auto deep = gaussian<double, 2>::from_factor(a.mean(), a.factor().shifted(-2000));
  const auto same = gaussian<double, 2>::from_factor(a.mean(), scaled_factor<double, 2>());
  CHECK(inner_product(deep, b, k) == inner_product(same, b, k));
  CHECK(s.inner(vector_of(s, deep), vector_of(s, deep)) == infinity);
  CHECK_CLOSE(s.inner(vector_of(s, deep), vector_of(s, b)), std::exp(b.log_density(a.mean())), 1e-12);
  const auto small = gaussian<double, 2>::from_factor(a.mean(), a.factor().shifted(-300));  // its determinant is 2^-1200
  CHECK_CLOSE(s.inner(vector_of(s, small), vector_of(s, small)) * 0x1p-600, s.inner(vector_of(s, a), vector_of(s, a)),
              1e-12);
}
