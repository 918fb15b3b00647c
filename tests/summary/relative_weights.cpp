#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/summary/counts.hpp>
#include <simulacra/summary/moments.hpp>
#include <simulacra/summary/total.hpp>

using namespace simulacra;

namespace {

constexpr double denormal = std::numeric_limits<double>::denorm_min();

/// The scales that weights may have: to the ends of the range, and within the denormals.
const double scales[] = {1,     0.1,   3e-5,   7e4,    1e-30, 1e30,  1e-50,  1e50,  1e-100, 1e-155,
                         1e155, 1e160, 1e-160, 1e-170, 1e170, 1e200, 1e-300, 1e300, 1e-308, denormal};

weights<double> five() { return (weights<double>(5) << 1, 1, 2, 1, 1).finished(); }

template <class T, int D>
void check_moments_of(const samples<T, D>& x, double relative) {
  const auto right = moments<T, D>::of(x, five());
  for (const double s : scales) {
    INFO("scale ", s);
    const auto m = moments<T, D>::of(x, weights<double>(five() * s));
    for (const divisor by : {divisor::n, divisor::n_minus_1}) {
      const auto covariance = m.covariance_factor(by).second_moment();
      const auto wanted = right.covariance_factor(by).second_moment();
      CHECK(static_cast<double>((covariance - wanted).norm()) <= relative * static_cast<double>(wanted.norm()));
    }
    CHECK(static_cast<double>((m.mean() - right.mean()).norm()) <= relative * static_cast<double>(right.mean().norm()));
    CHECK_CLOSE(m.weight(), 6 * s, s == denormal ? 0 : relative);

    auto by_hand = right;  // the same by reweighting, in two steps that leave the range on the way
    by_hand.reweight(s);
    by_hand.reweight(1e-200);
    by_hand.reweight(1e100);
    by_hand.reweight(1e100);
    CHECK(static_cast<double>((by_hand.covariance_factor(divisor::n_minus_1).second_moment() -
                               right.covariance_factor(divisor::n_minus_1).second_moment())
                                  .norm()) <= relative * static_cast<double>(right.scatter().norm()));

    auto merged = moments<T, D>::of(samples<T, D>(x.leftCols(2)), weights<double>(five().head(2) * s));
    merged.fold(samples<T, D>(x.rightCols(3)), weights<double>(five().tail(3) * s));
    CHECK(static_cast<double>((merged.covariance_factor(divisor::n_minus_1).second_moment() -
                               right.covariance_factor(divisor::n_minus_1).second_moment())
                                  .norm()) <= 4 * relative * static_cast<double>(right.scatter().norm()));
  }
}

}  // namespace

TEST_CASE("weights are relative: mean and variance are the same for weights of any size") {
  samples<double, 1> x(1, 5);
  x << 1, 2, 3, 4, 10;
  for (const double s : scales) {
    INFO("scale ", s);
    const auto m = moments<double, 1>::of(x, weights<double>(five() * s));
    // sum w (x - mean)^2 = 6 * 8.472..., over 6 - 8/6
    CHECK_CLOSE(m.covariance_factor(divisor::n_minus_1).second_moment()(0, 0), 10.892857142857142, 1e-14);
    CHECK_CLOSE(m.covariance_factor(divisor::n).second_moment()(0, 0), 10.892857142857142 * 7 / 9, 1e-14);
    const auto narrow = moments<float, 1>::of(samples<float, 1>(x.cast<float>()), weights<double>(five() * s));
    CHECK_CLOSE(static_cast<double>(narrow.covariance_factor(divisor::n_minus_1).second_moment()(0, 0)), 10.892857142857142,
                1e-6);
  }
  for (const float s : {1e-30F, 1e30F, 1e-38F, 1e-44F})  // and in float, whose squares leave the range sooner
    CHECK_CLOSE(
        static_cast<double>(moments<float, 1>::of(samples<float, 1>(x.cast<float>()),
                                                  weights<float>((weights<float>(5) << s, s, s + s, s, s).finished()))
                                .covariance_factor(divisor::n_minus_1)
                                .second_moment()(0, 0)),
        10.892857142857142, 1e-6);
  check_moments_of<double, 1>(x, 1e-14);
  check_moments_of<float, 1>(samples<float, 1>(x.cast<float>()), 1e-6);
  samples<double> plane(2, 5);
  plane << 1, 2, 3, 4, 10, -1, 4, 0, 2, 2;
  check_moments_of<double, dynamic>(plane, 1e-13);
  check_moments_of<float, 2>(samples<float, 2>(plane.cast<float>()), 1e-5);
}

TEST_CASE("weights are relative: summaries of unlike size merge, and what is nothing beside the other is nothing") {
  samples<double, 1> x(1, 3), y(1, 2);
  x << 1, 2, 4;
  y << 7, 9;
  auto small = moments<double, 1>::of(x);
  small.reweight(1e-250);
  auto both = moments<double, 1>::of(y);
  both.merge(small);
  CHECK(both.count() == 5);
  CHECK(both.mean()[0] == 8);
  small.merge(moments<double, 1>::of(y));
  CHECK(small.count() == 5);
  CHECK(small.mean()[0] == 8);
  // {1, e, e, e, e}: the variance is unbiased by the weights of the others, not by 1 less the square of one that is nearly 1.
  samples<double, 1> z(1, 5);
  z << 1, 2, 3, 4, 5;
  for (const double e : {1e-6, 1e-12, 1e-18, 1e-25}) {
    const weights<double> w = (weights<double>(5) << 1, e, e, e, e).finished();
    const auto m = moments<double, 1>::of(z, w);
    CHECK_CLOSE(m.degrees(divisor::n_minus_1), (8 * e + 12 * e * e) / (1 + 4 * e), 1e-14);
    auto parts = moments<double, 1>::of(samples<double, 1>(z.leftCols(1)), weights<double>(w.head(1)));
    parts.fold(samples<double, 1>(z.rightCols(4)), weights<double>(w.tail(4)));
    CHECK_CLOSE(parts.degrees(divisor::n_minus_1), (8 * e + 12 * e * e) / (1 + 4 * e), 1e-14);
  }
}

TEST_CASE("weights are relative: totals and counts") {
  samples<double, 1> x(1, 5);
  x << 1, 2, 3, 4, 10;
  samples<Index, 1> symbols(1, 5);
  symbols << 0, 1, 1, 2, 0;
  for (const double s : scales) {
    INFO("scale ", s);
    auto t = total::of(x, weights<double>(five() * s));
    CHECK_CLOSE(t.mean().value(), 23.0 / 6, 1e-15);
    t.reweight(1e-300);
    t.reweight(1e-300);
    CHECK_CLOSE(t.mean().value(), 23.0 / 6, 1e-15);
    const auto c = counts::of(symbols, weights<double>(five() * s));
    CHECK_CLOSE(c.weight_of(1) / c.weight(), 0.5, 1e-15);
  }
  // Observations and weights at opposite ends of the range
  CHECK_CLOSE(total::of(samples<double, 1>(x * 1e-300), weights<double>(five() * 1e-300)).mean().value(), 23e-300 / 6,
              1e-15);
  auto c = counts::of(symbols);
  CHECK(simulacra_test::throws(
      [&] {
        c.reweight(1e-320);
        c.reweight(1e-320);
      },
      "counts::reweight"));
}

TEST_CASE("weights are relative: what is refused") {
  const auto make = [](std::initializer_list<double> list) {
    const weights<double> w = Eigen::Map<const weights<double>>(list.begin(), static_cast<Index>(list.size()));
    return detail::shares_of(w, 2, "function", "w");
  };
  CHECK(simulacra_test::throws([&] { make({1}); }, "have one entry per observation"));
  CHECK(simulacra_test::throws([&] { make({1, -1}); }, "have no negative entry"));
  CHECK(simulacra_test::throws([&] { make({0, 0}); }, "have a positive entry"));
  CHECK(simulacra_test::throws([&] { make({1, HUGE_VAL}); }, "be finite everywhere"));
  CHECK(make({1.7e308, 1.7e308})[0] == 0.5);
  CHECK(make({denormal, 3 * denormal})[1] == 0.75);
  CHECK(make({0, 1e-310})[1] == 1);
}
