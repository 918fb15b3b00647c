#include "support/statistics.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/summary/moments.hpp>

using namespace simulacra;

namespace {

template <class T, int D>
samples<T, D> random_columns(Index d, Index n, stream& rng) {
  samples<T, D> x(d, n);
  fill_normal(std::span<T>(x.data(), static_cast<std::size_t>(x.size())), rng);
  return x;
}

/// Weighted mean and scatter in long double, straight from the definition.
template <class T, int D>
[[gnu::noinline]] void check_definition(const moments<T, D>& m, const samples<T, D>& x, const weights<T>& w,
                                        double tolerance) {
  const Index d = x.rows(), n = x.cols();
  const square<T, D> got = m.scatter();
  long double total = 0;
  for (Index k = 0; k < n; ++k) total += static_cast<long double>(w[k]);
  std::vector<long double> mean(static_cast<std::size_t>(d), 0);
  const auto at = [&](Index i) -> long double& { return mean[static_cast<std::size_t>(i)]; };
  const auto scatter = [&](Index i, Index j) {
    long double sum = 0;
    for (Index k = 0; k < n; ++k)
      sum += static_cast<long double>(w[k]) * (static_cast<long double>(x(i, k)) - at(i)) *
             (static_cast<long double>(x(j, k)) - at(j));
    return sum;
  };
  const auto allowed = static_cast<long double>(tolerance);
  bool right = true;
  for (Index i = 0; i < d; ++i) {
    for (Index k = 0; k < n; ++k) at(i) += static_cast<long double>(w[k]) * static_cast<long double>(x(i, k)) / total;
    right = right && std::abs(static_cast<long double>(m.mean()[i]) - at(i)) <= allowed * (1 + std::abs(at(i)));
    for (Index j = 0; j < i; ++j) CHECK(got(i, j) == got(j, i));
    for (Index j = 0; j <= i; ++j)
      right = right && std::abs(static_cast<long double>(got(i, j)) - scatter(i, j)) <=
                           allowed * std::sqrt(scatter(i, i) * scatter(j, j));
  }
  CHECK(right);
  CHECK_CLOSE(m.weight(), static_cast<double>(total), 1e-12);
}

template <class T, int D>
void check_merging(Index d, std::uint64_t seed) {
  stream rng(seed);
  const double tolerance = 300 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (int round = 0; round < 15; ++round) {
    const Index n = 1 + uniform_index(60, rng);
    samples<T, D> x = random_columns<T, D>(d, n, rng);
    x.colwise() += point<T, D>::Constant(d, T(2));
    weights<T> w = weights<T>::Ones(n);
    const bool weighted = round % 2 == 1;
    if (weighted)
      for (Index i = 0; i < n; ++i) w[i] = static_cast<T>(uniform(rng) < 0.2 ? 0 : uniform(rng));
    if (w.sum() == T(0)) w[0] = 1;
    const auto whole = weighted ? moments<T, D>::of(x, w) : moments<T, D>::of(x);
    check_definition<T, D>(whole, x, w, tolerance);
    moments<T, D> parts(d);
    for (Index first = 0; first < n;) {
      const Index size = 1 + uniform_index(n - first, rng);
      const samples<T, D> block = x.middleCols(first, size);
      if (weighted)
        parts.fold(block, weights<T>(w.segment(first, size)));
      else
        parts.fold(block);
      first += size;
    }
    check_definition<T, D>(parts, x, w, tolerance);
    CHECK(parts.count() == n);
    CHECK_CLOSE(parts.degrees(divisor::n_minus_1), whole.degrees(divisor::n_minus_1), 1e-9);
    // Doubling every weight by merging a summary with itself, or by reweighting.
    moments<T, D> twice = whole, heavy = whole;
    twice.merge(whole);
    heavy.reweight(2);
    check_definition<T, D>(twice, x, 2 * w, tolerance);
    check_definition<T, D>(heavy, x, 2 * w, tolerance);
    CHECK(twice.count() == 2 * n);
    CHECK(heavy.count() == n);
    CHECK_CLOSE(heavy.degrees(divisor::n_minus_1), 2 * whole.degrees(divisor::n_minus_1), 1e-9);
    moments<T, D> self = whole;
    self.merge(self);
    CHECK(self.scatter() == twice.scatter());
  }
}

template <class F>
bool refuses(F f) {
  try {
    f();
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).find("moments::") != std::string::npos;
  }
  return false;
}

}  // namespace

TEST_CASE("moments: merging equals folding everything and both equal the definition") {
  check_merging<double, 1>(1, 1);
  check_merging<double, 2>(2, 2);
  check_merging<double, 3>(3, 3);
  check_merging<double, dynamic>(6, 4);
  check_merging<float, 1>(1, 5);
  check_merging<float, 2>(2, 6);
  check_merging<float, dynamic>(4, 7);
}

TEST_CASE("moments: an offset of 1e9 costs no digit of the variance") {
  stream rng(8);
  for (const Index n : {Index{10}, Index{20000}}) {
    samples<double, 2> x = random_columns<double, 2>(2, n, rng);
    x.array() += 1e9;
    check_definition<double, 2>(moments<double, 2>::of(x), x, weights<double>::Ones(n), 1e-12);
    moments<double, 2> parts;
    for (Index first = 0; first < n; first += 10) parts.fold(x.middleCols(first, std::min<Index>(10, n - first)));
    // Each merge takes a difference of means that are rounded to 1e9 eps, times a lever of at most 10 and 4 standard deviations.
    const double merges = static_cast<double>(n) / 10, rounding = 2 * 1e9 * 2.2e-16;
    check_definition<double, 2>(parts, x, weights<double>::Ones(n),
                                1e-12 + merges * 2 * 10 * 4 * rounding / static_cast<double>(n));
    samples<double, 1> line = x.row(0);
    check_definition<double, 1>(moments<double, 1>::of(line), line, weights<double>::Ones(n), 1e-12);
  }
  // The naive sum of squares gives 0 where the variance is 22.5: this is what must not happen.
  samples<double, 1> known(1, 4);
  known << 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16;
  CHECK(moments<double, 1>::of(known).scatter()(0, 0) == 90);
}

TEST_CASE("moments: scales of 1e300 and 1e-300 and rows that differ by either") {
  stream rng(9);
  for (const Index n : {Index{3}, Index{50}}) {
    const samples<double, 2> x = random_columns<double, 2>(2, n, rng);
    const square<double, 2> plain = moments<double, 2>::of(x).factor().dense();
    for (const double a : {1.0, 1e-300, 1e300})
      for (const double b : {1.0, 1e-300, 1e300}) {
        if (a != 1 && b != 1 && a != b) continue;
        samples<double, 2> y = x;
        y.row(0) *= a;
        y.row(1) *= b;
        moments<double, 2> parts;
        parts.fold(y.leftCols(2));
        parts.fold(y.rightCols(n - 2));
        for (const auto& m : {moments<double, 2>::of(y), parts}) {
          const square<double, 2> f = m.factor().dense();
          CHECK_CLOSE(f(0, 0) / a, plain(0, 0), 1e-12);
          CHECK_CLOSE(f(1, 0) / b, plain(1, 0), 1e-11);
          CHECK_CLOSE(f(1, 1) / b, plain(1, 1), 1e-12);
        }
      }
    samples<double, 1> line = x.row(0);
    const double spread = moments<double, 1>::of(line).factor().dense()(0, 0);
    for (const double a : {1e-300, 1e300}) {
      const samples<double, 1> scaled_line = a * line;
      CHECK_CLOSE((moments<double, 1>::of(scaled_line).factor().dense()(0, 0) / a), spread, 1e-13);
    }
    const samples<float, 1> single = 1e30F * line.cast<float>();
    CHECK_CLOSE((static_cast<double>(moments<float, 1>::of(single).factor().dense()(0, 0)) / 1e30), spread, 1e-5);
  }
}

TEST_CASE("moments: nearly collinear data keep the digits that a scatter matrix would lose") {
  stream rng(10);
  for (const double gap : {1e-3, 1e-6, 1e-9}) {
    samples<double, 2> x = random_columns<double, 2>(2, 200, rng);
    const double pivot = moments<double, 2>::of(x).factor().dense()(1, 1);
    x.row(1) = x.row(0) + gap * x.row(1);
    CHECK_CLOSE((moments<double, 2>::of(x).factor().dense()(1, 1) / gap), pivot,
                gap > 1e-5 ? 1e-14 / (gap * gap) : 1e-14 / gap);
  }
  samples<float, 2> x = random_columns<float, 2>(2, 200, rng);
  const auto pivot = static_cast<double>(moments<float, 2>::of(x).factor().dense()(1, 1));
  x.row(1) = x.row(0) + 1e-4F * x.row(1);
  CHECK_CLOSE((static_cast<double>(moments<float, 2>::of(x).factor().dense()(1, 1)) / 1e-4), pivot, 0.01);
}

TEST_CASE("moments: one column duplicates and constant coordinates have no spread at all") {
  stream rng(11);
  for (const Index n : {Index{1}, Index{10}, Index{7000}}) {
    const samples<double, 1> line = samples<double, 1>::Constant(1, n, 0.1);
    CHECK(moments<double, 1>::of(line).factor().rank() == 0);
    CHECK(moments<double, 1>::of(line).mean()[0] == 0.1);
    samples<double> flat = random_columns<double, dynamic>(3, n, rng);
    flat.row(1).setConstant(0.7);
    CHECK(moments<>::of(flat).factor().rank() == (n == 1 ? 0 : 2));
    CHECK(moments<>::of(flat).scatter()(1, 1) == 0);
    const samples<double> same = flat.col(0).replicate(1, n);
    CHECK(moments<>::of(same).factor().rank() == 0);
  }
  for (Index d = 2; d <= 40; ++d)
    for (const Index n : {Index{2}, (d + 2) / 2, d})
      CHECK(moments<>::of(random_columns<double, dynamic>(d, n, rng)).factor().rank() == n - 1);
}

TEST_CASE("moments: weights of zero count nobody and no observations are an identity of merging") {
  stream rng(12);
  const samples<double, 2> x = random_columns<double, 2>(2, 20, rng);
  weights<double> w = weights<double>::Ones(20);
  w.tail(5).setZero();
  const auto m = moments<double, 2>::of(x, w), front = moments<double, 2>::of(x.leftCols(15));
  CHECK((m.scatter() - front.scatter()).cwiseAbs().maxCoeff() < 1e-13);
  CHECK_CLOSE(m.degrees(divisor::n_minus_1), 14, 1e-14);
  moments<double, 2> empty;
  empty.merge(front);
  CHECK(empty.scatter() == front.scatter());
  auto same = front;
  same.merge(moments<double, 2>{});
  CHECK(same.scatter() == front.scatter());
  auto gone = front;
  gone.reweight(0);
  CHECK(gone.weight() == 0);
  gone.merge(front);
  CHECK(gone.scatter() == front.scatter());
  CHECK(moments<double, 2>::of(x, weights<double>::Zero(20)).weight() == 0);
  CHECK(moments<float, 2>::of(samples<float, 2>(x.cast<float>()), weights<double>(weights<double>::Ones(20))).weight() ==
        20);
}

TEST_CASE("moments: bad input is refused by name") {
  const samples<double> x = samples<double>::Ones(2, 3);
  CHECK(refuses([&] { moments<>::of(x, weights<double>::Ones(2)); }));
  CHECK(refuses([&] { moments<>::of(x, weights<double>::Constant(3, -1.0)); }));
  CHECK(refuses([&] { moments<>::of(x, weights<double>::Constant(3, std::nan(""))); }));
  CHECK(refuses([] { moments<>::of(samples<double>(0, 3)); }));
  CHECK(refuses([&] { moments<>::of(x).merge(moments<>::of(samples<double>::Ones(3, 3))); }));
  CHECK(refuses([] { moments<>(3).merge(moments<>::of(samples<double>::Ones(2, 3))); }));
  CHECK(refuses([&] { moments<>::of(x).reweight(-1); }));
  CHECK(refuses([&] { moments<>::of(x).reweight(std::nan("")); }));
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    samples<double> y = x;
    y(1, 2) = bad;
    CHECK(refuses([&] { moments<>::of(y); }));
    CHECK(refuses([&] { moments<>::of(y, weights<double>::Ones(3)); }));
    CHECK(refuses([&] { moments<>::of(y, weights<double>::Zero(3)); }));
    samples<double, 1> line = y.row(1);
    CHECK(refuses([&] { moments<double, 1>::of(line); }));
  }
}
