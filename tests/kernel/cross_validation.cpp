#include "kernel/support.hpp"

#include <simulacra/families/kernel/cross_validation.hpp>
#include <simulacra/random/normal.hpp>

using namespace simulacra_test;

namespace {

constexpr smoothing::gaussian bell{};
const weights<double> none;

}  // namespace

TEST_CASE("cross-validation: bandwidths agree with a direct minimisation in NumPy, weighted and not") {
  const cross_validation_search fine{.tolerance = 1e-8};
  const least_squares_cv squares(fine);
  const likelihood_cv likelihood(fine);
  // The criterion is flat at its least, so that no minimiser has more than half of the digits.
  const samples<double, 1> x = waves(1, 80);
  CHECK_CLOSE(squares(x, none, bell).value.diagonal()[0], 2.4653820475229287, 1e-6);
  CHECK_CLOSE(squares(x, uneven(80), bell).value.diagonal()[0], 2.2516680050120237, 1e-6);
  CHECK_CLOSE(likelihood(x, none, bell).value.diagonal()[0], 1.715057014678094, 1e-6);
  CHECK_CLOSE(likelihood(x, uneven(80), bell).value.diagonal()[0], 1.3450580566728858, 1e-6);
  const samples<double, 2> y = waves(2, 80);
  const square<double, 2> a = squares(y, none, bell).value.lower(), b = likelihood(y, uneven(80), bell).value.lower();
  CHECK_CLOSE(a(0, 0), 2.8743718686016932, 1e-6);
  CHECK_CLOSE(a(1, 0), -1.4857878145168628, 1e-6);
  CHECK_CLOSE(a(1, 1), 2.4563154324285024, 1e-6);
  CHECK_CLOSE(b(0, 0), 2.2963975113158286, 1e-6);
  CHECK_CLOSE(b(1, 1), 1.7833738816025362, 1e-6);
}

TEST_CASE("cross-validation: the likelihood is that of the kernel itself") {
  // Straight from the definition, for a kernel that ends, over the same multiples.
  const samples<double, 1> x = waves(1, 40);
  const auto base = silverman(divisor::n)(x, none, smoothing::biweight{}).value.diagonal()[0];
  const auto criterion = [&](double times) {
    double sum = 0;
    for (Index i = 0; i < 40; ++i) {
      double here = 0;
      for (Index j = 0; j < 40; ++j)
        if (j != i) here += smoothing::biweight::value(std::pow((x(0, i) - x(0, j)) / (times * base), 2)) / 39;
      sum += std::log(here / times) / 40;
    }
    return -sum;
  };
  const auto h = likelihood_cv({.tolerance = 1e-8})(x, none, smoothing::biweight{});
  REQUIRE(h.result.ok());
  const double found = h.value.diagonal()[0] / base;
  for (double times = 0.1; times < 4; times *= 1.05) CHECK(criterion(found) <= criterion(times));
  // Least squares takes the Gaussian's and converts it.
  const least_squares_cv squares;
  CHECK_CLOSE(squares(x, none, smoothing::biweight{}).value.diagonal()[0],
              squares(x, none, bell).value.diagonal()[0] * canonical_ratio<smoothing::biweight>(1), 1e-12);
}

TEST_CASE("cross-validation: leave-one-out sums hold every pair once, also of points far from all others") {
  samples<double, 1> x = waves(1, 130);
  x(0, 77) = 1e4;  // alone
  detail::leave_one_out<1> data(x, none, bandwidth_matrix<1>::scalar(0.5));
  const auto sums = data.logarithms<smoothing::gaussian>(1);
  for (Index i = 0; i < 130; ++i) {
    double top = -std::numeric_limits<double>::infinity(), sum = 0;
    const auto exponent = [&](Index j) { return -0.5 * std::pow((x(0, i) - x(0, j)) / 0.5, 2); };
    for (Index j = 0; j < 130; ++j)
      if (j != i) top = std::max(top, exponent(j));
    for (Index j = 0; j < 130; ++j)
      if (j != i) sum += std::exp(exponent(j) - top) / 130;
    CHECK_CLOSE(sums[static_cast<std::size_t>(i)], top + std::log(sum), 1e-13);
  }
}

TEST_CASE("cross-validation: a tolerance under rounding ends where numbers do") {
  const samples<double, 1> x = waves(1, 40);
  const double fine = likelihood_cv({.tolerance = 1e-8})(x, none, bell).value.diagonal()[0];
  CHECK_CLOSE(likelihood_cv({.tolerance = 1e-18})(x, none, bell).value.diagonal()[0], fine, 1e-6);
  CHECK_CLOSE(likelihood_cv({.lower = 1e-3, .upper = 1e3, .tolerance = 1e-300})(x, none, bell).value.diagonal()[0], fine,
              1e-6);
}

TEST_CASE("cross-validation: what is least at an end of the bracket, or has no spread, is said") {
  samples<double, 1> twins(1, 20);
  for (Index i = 0; i < 20; ++i) twins(0, i) = static_cast<double>(i / 2);  // every point twice: no bandwidth is too narrow
  for (const auto& h : {least_squares_cv()(twins, none, bell), likelihood_cv()(twins, none, bell)}) {
    CHECK(h.result.what == status::not_converged);
    CHECK(h.value.diagonal()[0] > 0);
  }
  const samples<double, 1> same = samples<double, 1>::Constant(1, 9, 2.0), one = samples<double, 1>::Constant(1, 1, 2.0);
  for (const auto& x : {same, one}) {
    CHECK(least_squares_cv()(x, none, bell).result.what == status::degenerate);
    CHECK(likelihood_cv()(x, none, bell).value.singular());
  }
  CHECK(throws([] { least_squares_cv({.lower = 0}); }, "lower"));
  CHECK(throws([] { likelihood_cv({.lower = 2, .upper = 1}); }, "upper"));
  CHECK(throws([] { likelihood_cv({.scan = 2}); }, "scan"));
  CHECK(throws([] { likelihood_cv({.tolerance = 0}); }, "tolerance"));
}

// Right values: the same criteria over the other weights, by scipy 1.10.1 (`minimize_scalar`, bounded).
TEST_CASE("cross-validation: what is left out leaves the sum of the other weights, however small it is") {
  samples<double, 1> x(1, 5);
  x << 1, 2, 3, 4, 5;
  for (const double e : {1e-2, 1e-12, 1e-17, 1e-30}) {
    weights<double> w = weights<double>::Constant(5, e);
    w[0] = 1;
    const double spread = silverman(divisor::n)(x, w, bell).value.diagonal()[0];
    const cross_validation_search wide{.lower = 0.5 / spread, .upper = 20 / spread, .tolerance = 1e-8};
    CHECK_CLOSE(likelihood_cv(wide)(x, w, bell).value.diagonal()[0], e < 1e-3 ? 2.152994417947 : 2.1918717751151, 1e-6);
    CHECK_CLOSE(least_squares_cv(wide)(x, w, bell).value.diagonal()[0], e < 1e-3 ? 3.432619213262 : 3.3878685913996, 1e-6);
  }
}

TEST_CASE("cross-validation: only ratios of weights matter, and points of weight 0 are absent") {
  const samples<double, 1> x = waves(1, 40);
  samples<double, 1> more(1, 41);
  more << x, 1e300;
  weights<double> w(41);
  w << uneven(40), 0;
  const double h = likelihood_cv()(x, uneven(40), bell).value.diagonal()[0],
               g = least_squares_cv()(x, uneven(40), bell).value.diagonal()[0];
  for (const double scale : {1e-300, 1.0, 1e306}) {
    CHECK_CLOSE(likelihood_cv()(more, scale * w, bell).value.diagonal()[0], h, 1e-7);
    CHECK_CLOSE(least_squares_cv()(more, scale * w, bell).value.diagonal()[0], g, 1e-7);
  }
}
