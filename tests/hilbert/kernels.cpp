#include "hilbert/support.hpp"

#include <limits>

#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>

using namespace simulacra_test::hilbert;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const point<double, 2> x(1, 2), y(4, -2);  // 5 apart

/// The largest difference between a block of the Gram matrix and calls of the kernel, and of the matrix from symmetry.
template <class K>
double disagreement(const K& k) {
  stream rng(3);
  const samples<double, 3> a = normals<3>(3, 70, rng), b = normals<3>(3, 65, rng);
  Eigen::MatrixXd block(70, 65);
  gram_block(k, a, b, block);
  double most = 0;
  for (Index i = 0; i < 70; ++i)
    for (Index j = 0; j < 65; ++j) {
      most = (std::max)(most, std::abs(block(i, j) - k(a.col(i), b.col(j))));
      most = (std::max)(most, std::abs(k(a.col(i), b.col(j)) - k(b.col(j), a.col(i))));
    }
  return most;
}

}  // namespace

TEST_CASE("kernels: values by hand") {
  CHECK_CLOSE(gaussian_kernel(2.0)(x, y), std::exp(-25.0 / 8), 1e-14);
  CHECK_CLOSE(laplace_kernel(2.0)(x, y), std::exp(-2.5), 1e-14);
  const double three = std::sqrt(3.0) * 2.5, five = std::sqrt(5.0) * 2.5;
  CHECK_CLOSE(matern32_kernel(2.0)(x, y), (1 + three) * std::exp(-three), 1e-14);
  CHECK_CLOSE(matern52_kernel(2.0)(x, y), (1 + five + five * five / 3) * std::exp(-five), 1e-14);
  CHECK(linear_kernel{}(x, y) == 0);
  CHECK(linear_kernel{}(x, x) == 5);
  CHECK(polynomial_kernel(3, 2.0)(x, y) == 8);
  CHECK(polynomial_kernel(1, 0.0)(x, x) == 5);
  CHECK(polynomial_kernel(5, 1.0)(x, x) == 7776);
  CHECK(delta_kernel{}(x, y) == 0);
  CHECK(delta_kernel{}(x, x) == 1);
  CHECK(delta_kernel{}(Index{4}, Index{4}) == 1);
  CHECK(delta_kernel{}(Index{4}, Index{5}) == 0);
  CHECK_CLOSE(energy_kernel{}(x, y), 0.5 * (std::sqrt(5.0) + std::sqrt(20.0) - 5), 1e-14);
  for (const double l : {0.1, 1.0, 30.0}) {
    CHECK(gaussian_kernel(l)(x, x) == 1);
    CHECK(laplace_kernel(l)(x, x) == 1);
    CHECK(matern32_kernel(l)(x, x) == 1);
    CHECK(matern52_kernel(l)(x, x) == 1);
  }
  static_assert(kernel_on<gaussian_kernel, double, 2> && kernel_on<delta_kernel, Index, 1> &&
                kernel_on<energy_kernel, float, dynamic>);
  static_assert(spectral_kernel<matern52_kernel> && !spectral_kernel<energy_kernel> && !kernel_on<int, double, 1>);
  CHECK(gaussian_kernel(1.0) == gaussian_kernel(1.0));
  CHECK_FALSE(laplace_kernel(1.0) == laplace_kernel(2.0));
}

TEST_CASE("kernels: a block of the Gram matrix is what calls give") {
  CHECK(disagreement(gaussian_kernel(1.3)) < 1e-15);
  CHECK(disagreement(laplace_kernel(1.3)) < 1e-15);
  CHECK(disagreement(matern32_kernel(1.3)) < 1e-15);
  CHECK(disagreement(matern52_kernel(1.3)) < 1e-15);
  CHECK(disagreement(polynomial_kernel(3, 0.5)) < 1e-12);
  CHECK(disagreement(linear_kernel{}) < 1e-15);
  CHECK(disagreement(energy_kernel{}) < 1e-15);
  CHECK(disagreement(delta_kernel{}) == 0);
}

TEST_CASE("kernels: points far from the origin keep their distances") {
  const samples<double, 1> far = (samples<double, 1>(1, 2) << 1e9, 1e9 + 1).finished();
  Eigen::MatrixXd k(2, 2);
  gram_block(gaussian_kernel(1.0), far, far, k);
  CHECK_CLOSE(k(0, 1), std::exp(-0.5), 1e-14);
}

TEST_CASE("kernels: the inner product of two empirical embeddings is the weighted mean of all pairs") {
  stream rng(5);
  const samples<double, 2> a = normals<2>(2, 130, rng);
  const samples<> b = normals<dynamic>(2, 71, rng);
  weights<double> w = normals<dynamic>(1, 71, rng).row(0).transpose().cwiseAbs();
  w[3] = 0;
  const gaussian_kernel k(0.8);
  double plain = 0, weighted = 0;
  for (Index i = 0; i < a.cols(); ++i)
    for (Index j = 0; j < b.cols(); ++j) {
      plain += k(a.col(i), b.col(j)) / 130 / 71;
      weighted += w[j] * k(a.col(i), b.col(j)) / 130 / w.sum();
    }
  CHECK_CLOSE(kernel_mean_square(k, a, {}, b, {}), plain, 1e-13);
  CHECK_CLOSE(kernel_mean_square(k, a, {}, b, w), weighted, 1e-13);
  CHECK_CLOSE(kernel_mean_square(k, b, w, a, {}), weighted, 1e-13);
  CHECK_CLOSE(kernel_mean_square(k, b, 7 * w, a, weights<double>::Constant(130, 3.0)), weighted, 1e-13);
  const samples<float, 2> single = a.cast<float>();
  CHECK_CLOSE(kernel_mean_square(k, single, {}, b, {}), plain, 1e-6);
  CHECK_FALSE(simulacra_test::close(plain, weighted, 1e-3));
}

TEST_CASE("kernels: MMD in the energy kernel is half the energy distance") {
  stream rng(6);
  const samples<double, 2> a = normals<2>(2, 80, rng),
                           b = (1.5 * normals<2>(2, 60, rng)).colwise() + point<double, 2>(0.5, 0);
  const auto apart = [](const auto& p, const auto& q) {
    double sum = 0;
    for (Index i = 0; i < p.cols(); ++i)
      for (Index j = 0; j < q.cols(); ++j) sum += (p.col(i) - q.col(j)).norm();
    return sum / static_cast<double>(p.cols() * q.cols());
  };
  const energy_kernel k;
  const double mmd =
      kernel_mean_square(k, a, {}, a, {}) - 2 * kernel_mean_square(k, a, {}, b, {}) + kernel_mean_square(k, b, {}, b, {});
  CHECK_CLOSE(mmd, 0.5 * (2 * apart(a, b) - apart(a, a) - apart(b, b)), 1e-12);
}

TEST_CASE("kernels: the unit of the data does not matter, as far as numbers go") {
  const point<double, 2> from(0.3, -1), to(1.1, 0.7);
  const auto same = [&](auto make, auto power) {
    const double unit = power(0), value = make(unit)(point<double, 2>(from * unit), point<double, 2>(to * unit));
    for (const int e : {-1020, -700, -500, 500, 700, 1020}) {
      const double far = power(e);
      const point<double, 2> a = from * far, b = to * far;
      CHECK(make(far)(a, b) == value);
      CHECK(make(far)(a, a) == make(unit)(point<double, 2>(from * unit), point<double, 2>(from * unit)));
      Eigen::Matrix<double, 1, 1> block;
      gram_block(make(far), a, b, block);
      CHECK_CLOSE(block(0, 0), value, 1e-15);
    }
    // Nearer than anything, and farther than anything.
    CHECK(make(1e300)(point<double, 2>(from * 1e-300), point<double, 2>(to * 1e-300)) == 1);
    CHECK(make(1e-300)(point<double, 2>(from * 1e300), point<double, 2>(to * 1e300)) < 1e-300);
    CHECK(make(5e-324)(from, to) < 1e-300);
    CHECK(make(5e-324)(from, from) == 1);
    CHECK(make(1.0)(point<double, 2>(1.7e308, 0), point<double, 2>(-1.7e308, 0)) < 1e-300);
  };
  const auto power = [](int e) { return std::ldexp(1.0, e); };
  same([](double l) { return gaussian_kernel(1.5 * l); }, power);
  same([](double l) { return laplace_kernel(1.5 * l); }, power);
  same([](double l) { return matern32_kernel(1.5 * l); }, power);
  same([](double l) { return matern52_kernel(1.5 * l); }, power);
  const energy_kernel k;
  for (const int e : {-1000, -600, 600, 1000})
    CHECK(k(point<double, 2>(from * power(e)), point<double, 2>(to * power(e))) == k(from, to) * power(e));
  CHECK(k(point<double, 2>(0, 0), to) == 0);
  CHECK_CLOSE(k(point<double, 2>(1.7e308, 0), point<double, 2>(1.7e308, 0)), 1.7e308, 1e-15);
}

TEST_CASE("kernels: bad arguments are refused by name") {
  CHECK(refuses([] { return gaussian_kernel(0.0); }, "gaussian_kernel", "length_scale", "0"));
  CHECK(refuses([] { return gaussian_kernel(not_a_number); }, "length_scale"));
  CHECK(refuses([] { return laplace_kernel(-1.0); }, "laplace_kernel", "-1"));
  CHECK(refuses([] { return matern32_kernel(infinity); }, "matern32_kernel", "inf"));
  CHECK(refuses([] { return matern52_kernel(-0.0); }, "matern52_kernel"));
  CHECK(refuses([] { return polynomial_kernel(0, 1.0); }, "polynomial_kernel", "degree"));
  CHECK(refuses([] { return polynomial_kernel(2, -1.0); }, "offset"));
  const samples<> two = samples<>::Zero(2, 3), three = samples<>::Zero(3, 3), none(2, 0);
  Eigen::MatrixXd out(3, 3), small(2, 3);
  const linear_kernel k;
  const auto block = [&](const samples<>& p, const samples<>& q, Eigen::MatrixXd& to) {
    gram_block(k, p, q, to);
    return 0;
  };
  CHECK(refuses([&] { return block(two, three, out); }, "gram_block", "y.rows()"));
  CHECK(refuses([&] { return block(two, two, small); }, "out.rows()"));
  Eigen::MatrixXd narrow(3, 2);
  CHECK(refuses([&] { return block(two, two, narrow); }, "out.cols()"));
  CHECK(refuses([&] { return kernel_mean_square(k, none, {}, two, {}); }, "kernel_mean_square", "x.cols()"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, {}, none, {}); }, "y.cols()"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, {}, three, {}); }, "y.rows()"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, weights<double>::Ones(2), two, {}); }, "wx", "one entry"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, {}, two, weights<double>::Zero(3)); }, "wy", "positive"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, {}, two, Eigen::Vector3d(1, -1, 3)); }, "wy", "negative"));
  CHECK(refuses([&] { return kernel_mean_square(k, two, {}, two, Eigen::Vector3d(1, not_a_number, 3)); }, "wy", "finite"));
}
