#include "sums/support.hpp"
#include "support/throws.hpp"

#include <memory>
#include <string>

using namespace simulacra_test::kernel;
using simulacra_test::message_of;

namespace {

template <int D>
void is_exact() {
  for (const sum_task<D>& task : hard_tasks<D>()) {
    INFO(task.name);
    const gauss_sum<double, D> sum(task.x, task.w);
    CHECK(sum.chosen() == evaluation::method::exact);
    CHECK(sum.error_bound() == 0);
    Eigen::VectorXd g(task.y.cols());
    sum.values_into(task.y, g);
    CHECK(task.worst(g, 0) <= 1);
    sum.log_values_into(task.y, g);
    CHECK(task.worst_log(g, 0) <= 1);
  }
}

/// The error of a vector exponential in units of the last place, at many numbers.
template <class F>
double worst_units(double low, double high, F exponential) {
  double worst = 0;
  stream rng(3);
  for (int i = 0; i < 20000; ++i) {
    const double x = low + (high - low) * uniform(rng);
    const auto exact = std::exp(static_cast<long double>(x));
    const double unit = std::ldexp(1.0, std::ilogb(static_cast<double>(exact)) - 52);
    worst = (std::max)(worst, static_cast<double>(std::abs(static_cast<long double>(exponential(x)) - exact)) / unit);
  }
  return worst;
}

double ours(double x) {
  return packets::at_used_level([x]<class L>(L) __attribute__((always_inline)) {
    detail::gauss::packets<L, 1> a = {packets::all<L>(x)};
    detail::gauss::exponential<L, 1>(a);
    return packets::largest(a[0]);
  });
}

bool says(const std::string& message, const char* what) {
  INFO(message);
  return message.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("gauss_sum: the exact method is right to rounding on every kind of data in 1-D") { is_exact<1>(); }
TEST_CASE("gauss_sum: the exact method is right to rounding on every kind of data in 3-D") { is_exact<3>(); }

TEST_CASE("gauss_sum: in six dimensions of unknown number, with a block and more") {
  stream rng(9);
  const samples<double, 6> x = cloud<6>(1100, 1.5, rng), y = cloud<6>(20, 2, rng);
  weights<double> w(x.cols());
  for (Index i = 0; i < w.size(); ++i) w[i] = uniform(rng);
  const sum_task<6> task("a cloud", x, y, w);
  const gauss_sum<> sum{samples<>(x), w, {.relative_error = 0.1}};
  CHECK(sum.chosen() == evaluation::method::exact);
  CHECK(sum.dimension() == 6);
  Eigen::VectorXd g(20);
  sum.values_into(samples<>(y), g);
  CHECK(task.worst(g, 0) <= 1);
  sum.log_values_into(samples<>(y), g);
  CHECK(task.worst_log(g, 0) <= 1);
}

TEST_CASE("gauss_sum: the vector exponential is within 1.2 units of the last place, and sees one that is not") {
  const packets::level before = packets::used_level();
  for (const packets::level l : {packets::level::baseline, packets::level::avx2, packets::level::avx512}) {
    packets::use_level(l);
    INFO(packets::name_of(packets::used_level()));
    // Besides, log2(e) is rounded by an eighth of half a unit, and the product where there is no fused multiply-add.
    const double more = packets::used_level() == packets::level::baseline ? 1 : 0.13;
    for (const double size : {0.3, 1.0, 30.0, 706.0}) {
      CAPTURE(size);
      CHECK(worst_units(-size, 0, ours) <= 1.2 + more * size);
    }
    CHECK(worst_units(0, 600, ours) <= 1.2 + more * 600);
    CHECK(ours(0) == 1);
    CHECK(worst_units(-0.3, 0, [](double x) { return ours(x) * (1 + 1e-15); }) > 1.2 + 0.3 * more);
  }
  packets::use_level(before);
}

TEST_CASE("gauss_sum: sums by hand") {
  samples<double, 1> x(1, 3), y(1, 3);
  x << 0, 1, 3;
  y << 0, 1e5, -1e4;
  Eigen::VectorXd g(3);
  const gauss_sum<double, 1> sum(x, (weights<double>(3) << 2, 0, 0.5).finished());
  sum.values_into(y, g);
  CHECK_CLOSE(g[0], 2 + 0.5 * std::exp(-4.5), 1e-15);
  CHECK(g[1] == 0);
  CHECK(g[2] == 0);
  sum.log_values_into(y, g);
  CHECK_CLOSE(g[1], std::log(0.5) - 0.5 * (1e5 - 3) * (1e5 - 3), 1e-15);
  CHECK_CLOSE(g[2], std::log(2) - 0.5e8, 1e-15);
  sum.values_into(samples<double, 1>(1, 0), g.head(0));
}

TEST_CASE("gauss_sum: weights near the ends of the range neither overflow nor vanish") {
  const samples<double, 1> x = samples<double, 1>::LinSpaced(600, 0, 30);
  for (const double scale : {1e-300, 1e300})
    for (const auto how : {evaluation::method::exact, evaluation::method::fast}) {
      const sum_task<1> task("", x, x.leftCols(50), weights<double>::Constant(600, scale));
      Eigen::VectorXd g(50);
      const gauss_sum<double, 1> sum(x, task.w, {.how = how, .relative_error = 1e-9});
      sum.values_into(task.y, g);
      CHECK(task.worst(g, sum.error_bound()) <= 1);
      sum.log_values_into(task.y, g);
      CHECK(task.worst_log(g, sum.error_bound()) <= 1);
    }
}

TEST_CASE("gauss_sum: automatic is exact for few sources or queries, many dimensions, or no error at all") {
  stream rng(4);
  const auto chosen = [](const auto& sum) { return sum.chosen(); };
  const samples<double, 1> x = cloud<1>(5000, 30, rng);
  CHECK(chosen(gauss_sum<double, 1>(x)) == evaluation::method::exact);
  CHECK(chosen(gauss_sum<double, 1>(x, {}, {.relative_error = 1e-10})) == evaluation::method::fast);
  CHECK(chosen(gauss_sum<double, 1>(x, {}, {.relative_error = 1e-15})) == evaluation::method::exact);
  CHECK(chosen(gauss_sum<double, 1>(x, {}, {.how = evaluation::method::exact, .relative_error = 1e-3})) ==
        evaluation::method::exact);
  CHECK(chosen(gauss_sum<double, 1>(x.leftCols(20), {}, {.relative_error = 1e-3})) == evaluation::method::exact);
  CHECK(chosen(gauss_sum<double, 1>(x, {}, {.relative_error = 1e-3, .queries = 3})) == evaluation::method::exact);
  CHECK(chosen(gauss_sum<double, 1>(x, {}, {.relative_error = 1e-3, .queries = 3000})) == evaluation::method::fast);
  CHECK(chosen(gauss_sum<double, 4>(cloud<4>(5000, 30, rng), {}, {.relative_error = 1e-3})) == evaluation::method::exact);
}

TEST_CASE("gauss_sum: a copy is a value, and answers the same one by one") {
  stream rng(8);
  const samples<double, 2> x = cloud<2>(700, 4, rng), y = cloud<2>(30, 5, rng);
  for (const auto how : {evaluation::method::exact, evaluation::method::fast}) {
    auto sum = std::make_unique<gauss_sum<double, 2>>(x, weights<double>(), evaluation{.how = how, .relative_error = 1e-12});
    const gauss_sum<double, 2> copy = *sum;
    Eigen::VectorXd all(30), one(1);
    sum->values_into(y, all);
    sum.reset();
    for (Index j = 0; j < 30; ++j) {
      copy.values_into(y.col(j), one);
      CHECK_CLOSE(one[0], all[j], 2e-12);
    }
  }
}

TEST_CASE("gauss_sum: each mistake is named") {
  using sum = gauss_sum<double, 2>;
  stream rng(1);
  const samples<double, 2> x = cloud<2>(10, 1, rng);
  samples<double, 2> not_finite = x;
  not_finite(1, 3) = std::numeric_limits<double>::quiet_NaN();
  weights<double> w = weights<double>::Ones(10);
  const auto with = [&](evaluation e) { return message_of([&] { sum(x, {}, e); }); };
  CHECK(says(message_of([&] { sum(samples<double, 2>(2, 0)); }), "'x.cols()' is 0"));
  CHECK(says(message_of([&] { sum{not_finite}; }), "'x' is nan at row 1, column 3"));
  CHECK(says(message_of([&] { sum(x, weights<double>::Ones(9)); }), "'w' is 9"));
  CHECK(says(message_of([&] { sum(x, weights<double>::Zero(10)); }), "'w' is 0"));
  CHECK(says(message_of([&] { sum(x, weights<double>::Constant(10, 1e308)); }), "'w' is inf"));
  w[4] = -0.5;
  CHECK(says(message_of([&] { sum(x, w); }), "'w' is -0.5"));
  w[4] = std::numeric_limits<double>::infinity();
  CHECK(says(message_of([&] { sum(x, w); }), "'w' is inf at row 4"));
  CHECK(says(with({.relative_error = -1e-3}), "'relative_error' is -0.001"));
  CHECK(says(with({.relative_error = 1}), "'relative_error' is 1"));
  CHECK(says(with({.relative_error = std::numeric_limits<double>::quiet_NaN()}), "'relative_error' is nan"));
  CHECK(says(with({.how = evaluation::method::fast}), "'relative_error' is 0"));
  CHECK(says(
      message_of([&] { gauss_sum<>(samples<>::Zero(4, 3), {}, {.how = evaluation::method::fast, .relative_error = 0.1}); }),
      "'x.rows()' is 4"));
  const sum s(x);
  const gauss_sum<> any{samples<>(x)};
  Eigen::VectorXd g(10), short_one(9);
  CHECK(says(message_of([&] { s.values_into(not_finite, g); }), "gauss_sum::values_into: argument 'y' is nan"));
  CHECK(says(message_of([&] { s.values_into(x, short_one); }), "'out.size()' is 9"));
  CHECK(says(message_of([&] { any.log_values_into(samples<>::Zero(3, 10), g); }),
             "gauss_sum::log_values_into: argument 'y.rows()' is 3"));
}
