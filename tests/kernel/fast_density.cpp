#include "kernel/support.hpp"

#include <simulacra/families/kernel/fast_density.hpp>

using namespace simulacra_test;

namespace {

template <int D>
void compare(const bandwidth_matrix<D>& h, const weights<double>& w) {
  const samples<double, D> x = waves(D, 900), y = waves(D, 200, 0.3) * 1.3;
  const kernel_density<double, D> p(x, w, h);
  Eigen::VectorXd exact(200), fast(200), same(200);
  p.log_density_into(y, exact);
  log_density_into(p, y, fast, {.how = evaluation::method::fast, .relative_error = 1e-8});
  log_density_into(p, y, same, {});
  for (Index i = 0; i < 200; ++i) {
    CHECK(same[i] == exact[i]);
    CHECK(std::abs(fast[i] - exact[i]) < 1.1e-8);  // and the rounding of exponents of some thousands
  }
}

}  // namespace

TEST_CASE("kernel density: log densities by the fast method keep the relative error that is asked for") {
  compare<1>(bandwidth_matrix<1>::scalar(0.7), {});
  compare<1>(bandwidth_matrix<1>::scalar(0.05), uneven(900));
  compare<2>(bandwidth_matrix<2>::factor(square<double, 2>{{2.0, 0.0}, {1.5, 1.0}}), uneven(900));
}

TEST_CASE("kernel density: the fast method refuses what it cannot keep") {
  const samples<> x = waves(5, 10);
  const kernel_density<> p(x, 1.0);
  Eigen::VectorXd out(10);
  CHECK(throws([&] { log_density_into(p, x, out, {.how = evaluation::method::fast, .relative_error = 1e-4}); }, "3"));
  log_density_into(p, x, out, {.relative_error = 1e-4});  // automatic: every pair
  CHECK_CLOSE(out[3], p.log_density(x.col(3)), 1e-13);
}

TEST_CASE("kernel density: a far outlier costs no digits, and the fast method alone refuses") {
  samples<double, 1> x = waves(1, 900);
  x(0, 450) = 1e13;  // the middle of the points is then 5e12, where numbers are 1e-3 apart
  const kernel_density<double, 1> p(x, 0.3);
  const samples<double, 1> y = waves(1, 200, 0.3);
  Eigen::VectorXd exact(200), out(200);
  p.log_density_into(y, exact);
  log_density_into(p, y, out, {.relative_error = 1e-10});
  for (Index i = 0; i < 200; ++i) CHECK(std::abs(out[i] - exact[i]) <= 1e-10);
  CHECK(throws([&] { log_density_into(p, y, out, {.how = evaluation::method::fast, .relative_error = 1e-10}); },
               "bandwidths"));
}
