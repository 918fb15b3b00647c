#include "support/statistics.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/families/mixture/divergences.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/matching.hpp>

using namespace simulacra;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using g1 = gaussian<double, 1>;
using m1 = gaussian_mixture<double, 1>;
using g2 = gaussian<double, 2>;
using m2 = gaussian_mixture<double, 2>;

const m1 two({0.5, 0.5}, {g1(-2, 1), g1(2, 1)}), other({0.3, 0.7}, {g1(-1, 0.5), g1(1.5, 0.8)});

g2 law(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}
const m2 plane({1, 2, 3}, {law(0, 0, 1, 0.3, 0.5), law(3, -1, 0.2, 0, 2), law(-1, 2, 1, -0.5, 1)});

template <class F, class... Words>
bool refuses(F f, Words... words) {
  try {
    static_cast<void>(f());
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    return ((said.find(words) != std::string::npos) && ...);
  }
  return false;
}

/// The integral of f over the line by the trapezium rule, which is exact to rounding for what is smooth and vanishes.
template <class F>
double integral(F f) {
  double sum = 0;
  for (double x = -20; x <= 20; x += 0.01) sum += 0.01 * f(x);
  return sum;
}

struct collector {
  std::vector<double> coefficients;
  std::vector<g1> components;
  void append(double c, const g1& law) {
    coefficients.push_back(c);
    components.push_back(law);
  }
};

}  // namespace

TEST_CASE("mixture law: density, moments and responsibilities are those of the sum") {
  CHECK_CLOSE(integral([](double x) { return std::exp(other.log_density(point<double, 1>(x))); }), 1, 1e-12);
  CHECK_CLOSE(other.mean()[0], integral([](double x) { return x * std::exp(other.log_density(point<double, 1>(x))); }),
              1e-12);
  CHECK_CLOSE(other.covariance()(0, 0), integral([](double x) {
                const double apart = x - 0.75;
                return apart * apart * std::exp(other.log_density(point<double, 1>(x)));
              }),
              1e-12);
  CHECK_CLOSE(other.mean()[0], 0.75, 1e-15);
  CHECK_CLOSE(two.covariance()(0, 0), 5, 1e-15);
  CHECK_CLOSE(plane.weight(2), 0.5, 1e-15);
  const point<double, 2> x(0.3, 0.4);
  double sum = 0;
  for (Index j = 0; j < 3; ++j) sum += plane.weight(j) * std::exp(plane.component(j).log_density(x));
  CHECK_CLOSE(plane.log_density(x), std::log(sum), 1e-14);
  const auto r = plane.responsibilities(x);
  for (Index j = 0; j < 3; ++j)
    CHECK_CLOSE(r[j], plane.weight(j) * std::exp(plane.component(j).log_density(x)) / sum, 1e-13);
  // Far out every density underflows, and its logarithm does not.
  CHECK_CLOSE(two.log_density(point<double, 1>(1e6)), std::log(0.5) + g1(2, 1).log_density(point<double, 1>(1e6)), 1e-15);
  CHECK(two.responsibilities(point<double, 1>(1e6))[1] == 1);
}

TEST_CASE("mixture law: characteristic function is the Fourier transform of the density") {
  for (const double omega : {0.0, 0.3, 1.7, -2.5}) {
    const auto phi = other.characteristic_function(point<double, 1>(omega));
    CHECK(std::abs(phi.real() - integral([omega](double x) {
                     return std::cos(omega * x) * std::exp(other.log_density(point<double, 1>(x)));
                   })) < 1e-13);
    CHECK(std::abs(phi.imag() - integral([omega](double x) {
                     return std::sin(omega * x) * std::exp(other.log_density(point<double, 1>(x)));
                   })) < 1e-13);
  }
  // In the plane: along one axis it is that of the marginal.
  const m1 marginal({1, 2, 3}, {g1(0, 1), g1(3, 0.2), g1(-1, 1)});
  CHECK(std::abs(plane.characteristic_function({0.8, 0}) - marginal.characteristic_function(point<double, 1>(0.8))) < 1e-15);
}

TEST_CASE("mixture law: L2 is oracle 41 and kernel means are integrals") {
  CHECK_CLOSE(l2_squared(two, other), 0.07136191736833951, 1e-12);
  CHECK_CLOSE(inner_product(two, other), integral([](double x) {
                return std::exp(two.log_density(point<double, 1>(x)) + other.log_density(point<double, 1>(x)));
              }),
              1e-12);
  CHECK(l2_squared(two, two) == 0);
  CHECK_CLOSE(l2_squared(two, g1(0, 5)), integral([](double x) {
                const double apart =
                    std::exp(two.log_density(point<double, 1>(x))) - std::exp(g1(0, 5).log_density(point<double, 1>(x)));
                return apart * apart;
              }),
              1e-12);
  CHECK(l2_squared(g1(0, 5), two) == l2_squared(two, g1(0, 5)));
  // The kernel is sqrt(2 pi) l times a density: its mean is the inner product with one law widened by l^2.
  for (const double scale : {0.1, 1.0, 7.0}) {
    const m1 widened({0.3, 0.7}, {g1(-1, 0.5 + scale * scale), g1(1.5, 0.8 + scale * scale)});
    CHECK_CLOSE(kernel_mean(two, other, scale), std::sqrt(2 * std::numbers::pi) * scale * inner_product(two, widened),
                1e-12);
  }
  const double expected = kernel_mean(plane, plane, 0.7) - 2 * kernel_mean(plane, m2(law(0, 0, 1, 0, 1)), 0.7) +
                          kernel_mean(m2(law(0, 0, 1, 0, 1)), m2(law(0, 0, 1, 0, 1)), 0.7);
  CHECK_CLOSE(mmd_squared(plane, law(0, 0, 1, 0, 1), 0.7), expected, 1e-12);
  CHECK_CLOSE(mmd_squared(law(0, 0, 1, 0, 1), plane, 0.7), expected, 1e-12);
  // Two points: k(0, 0) + k(1, 1) - 2 k(0, 1).
  CHECK_CLOSE(mmd_squared(m1(g1(0, 0)), g1(1, 0), 2.0), 2 - 2 * std::exp(-0.125), 1e-14);
  CHECK(refuses([] { return mmd_squared(two, other, 0.0); }, "kernel_mean", "length_scale", "0"));
  CHECK(refuses(
      [] { return l2_squared(gaussian_mixture<>(gaussian<>::standard(2)), gaussian_mixture<>(gaussian<>::standard(3))); },
      "q.dimension()"));
}

TEST_CASE("mixture law: entropy lies between its bounds, which meet where they must") {
  for (const m1& p : {two, other, m1({0.2, 0.5, 0.3}, {g1(0, 1), g1(0.5, 0.1), g1(-4, 2)})}) {
    const double entropy = integral([&p](double x) {
      const double l = p.log_density(point<double, 1>(x));
      return l < -700 ? 0 : -l * std::exp(l);
    });
    const auto bounds = entropy_bounds(p);
    CHECK(bounds.lower <= entropy + 1e-12);
    CHECK(bounds.upper >= entropy - 1e-12);
    double of_weights = 0;
    for (const double w : p.weights()) of_weights -= w * std::log(w);
    CHECK(bounds.upper - bounds.lower < of_weights);
    CHECK(bounds.upper - bounds.lower > 1e-6);
  }
  const double one = entropy(g1(0, 1));
  const auto equal = entropy_bounds(m1({0.4, 0.6}, {g1(0, 1), g1(0, 1)})),
             apart = entropy_bounds(m1({0.5, 0.5}, {g1(0, 1), g1(1e3, 1)}));
  CHECK_CLOSE(equal.lower, one, 1e-14);
  CHECK_CLOSE(equal.upper, one, 1e-14);
  CHECK_CLOSE(apart.lower, one + std::log(2.0), 1e-14);
  CHECK_CLOSE(apart.upper, one + std::log(2.0), 1e-14);
  const auto singular = entropy_bounds(m1({0.5, 0.5}, {g1(0, 0), g1(1, 1)}));
  CHECK(singular.lower == -infinity);
  CHECK(singular.upper == -infinity);
}

TEST_CASE("mixture law: singular and weightless components give no NaN") {
  const m1 p({0.5, 0.5, 0.0}, {g1(0, 0), g1(1, 1), g1(5, 2)});
  CHECK(p.log_density(point<double, 1>(0.0)) == infinity);
  CHECK_CLOSE(p.log_density(point<double, 1>(1.0)), std::log(0.5) + g1(1, 1).log_density(point<double, 1>(1.0)), 1e-14);
  CHECK(p.responsibilities(point<double, 1>(0.0))[0] == 1);
  CHECK(p.responsibilities(point<double, 1>(5.0))[2] == 0);
  const m1 points({0.25, 0.75}, {g1(0, 0), g1(1, 0)});
  CHECK(points.log_density(point<double, 1>(0.5)) == -infinity);
  CHECK_CLOSE(points.responsibilities(point<double, 1>(0.5))[1], 0.75, 1e-15);
  CHECK(l2_squared(points, p) == infinity);
  CHECK(mmd_squared(points, p, 1.0) > 0);
  CHECK(std::isfinite(mmd_squared(points, p, 1.0)));
  stream rng(1);
  CHECK((p.sample(1000, rng).array() < 100).all());
  CHECK(p.inflated(0).component(1).variance() == 0);
  CHECK_CLOSE(two.inflated(0.25).covariance()(0, 0), 4.25, 1e-15);
}

TEST_CASE("mixture law: a caller's mistakes are named") {
  CHECK(refuses([] { return m1({}, {}); }, "gaussian_mixture", "components.size()", "0"));
  CHECK(refuses([] { return m1({1.0}, {g1(0, 1), g1(1, 1)}); }, "weights.size()", "1"));
  CHECK(refuses([] { return m1({1.0, -0.5}, {g1(0, 1), g1(1, 1)}); }, "weights", "-0.5 at 1"));
  CHECK(refuses([] { return m1({0.0, 0.0}, {g1(0, 1), g1(1, 1)}); }, "weights", "sum"));
  CHECK(refuses([] { return m1({1.0, std::nan("")}, {g1(0, 1), g1(1, 1)}); }, "weights", "nan"));
  CHECK(refuses(
      [] {
        return gaussian_mixture<>({1.0, 1.0}, {gaussian<>::standard(2), gaussian<>::standard(3)});
      },
      "components", "3"));
  CHECK(refuses([] { return two.inflated(-1); }, "inflated", "-1"));
  stream rng(1);
  CHECK(refuses([&] { return two.sample(-1, rng); }, "gaussian_mixture::sample", "-1"));
  CHECK(refuses([&] { return two.sample_summary(0, as<moments<double, 1>>{}, rng); }, "sample_summary", "0"));
  CHECK(refuses([] { return gaussian_mixture<>(gaussian<>::standard(2)).log_density(point<>::Zero(3)); }, "x.size()", "3"));
  CHECK(refuses([] { return gaussian_mixture<>(gaussian<>::standard(2)).characteristic_function(point<>::Zero(3)); },
                "omega.size()"));
}

namespace {

/// z-scores of a sample against the law: mean, second moment, and the covariance of neighbours, which is 0 in random order.
struct scores {
  double mean, square, neighbours;
};
scores judge(const samples<double, 1>& x, const m1& truth) {
  const double mu = truth.mean()[0], v = truth.covariance()(0, 0), n = static_cast<double>(x.cols());
  double fourth = 0;  // E (x - mu)^4 = sum w (3 s^4 + 6 s^2 m^2 + m^4) for components N(mu + m, s^2)
  for (Index j = 0; j < truth.size(); ++j) {
    const double m = truth.component(j).mean()[0] - mu, s2 = truth.component(j).variance();
    fourth += truth.weight(j) * (3 * s2 * s2 + 6 * s2 * m * m + m * m * m * m);
  }
  const auto c = (x.array() - mu).eval();
  const Index pairs = x.cols() - 1;
  return {c.mean() / std::sqrt(v / n), (c.square().mean() - v) / std::sqrt((fourth - v * v) / n),
          (c.head(pairs) * c.tail(pairs)).sum() / (v * std::sqrt(static_cast<double>(pairs)))};
}

}  // namespace

TEST_CASE("mixture law: samples have the law's moments and come in random order") {
  stream rng(11);
  const auto x = other.sample(200000, rng);
  const scores z = judge(x, other);
  CHECK_Z(z.mean, 0.0, 1.0);
  CHECK_Z(z.square, 0.0, 1.0);
  CHECK_Z(z.neighbours, 0.0, 1.0);
  SUBCASE("planted faults are noticed") {
    const m1 wrong({0.31, 0.69}, {g1(-1, 0.5), g1(1.5, 0.8)});
    CHECK(std::abs(judge(wrong.sample(200000, rng), other).mean) > 4.5);
    samples<double, 1> sorted = x;
    std::sort(sorted.data(), sorted.data() + sorted.size());
    CHECK(std::abs(judge(sorted, other).neighbours) > 4.5);
  }
  samples<double, 1> block(1, 1000);
  stream a(5), b(5);
  other.sample_into(block, a);
  CHECK(block == other.sample(1000, b));
  CHECK(a.position() == b.position());
  std::vector<Index> labels(1000);
  samples<double, 1> same(1, 1000);
  stream c(5);
  other.sample_into(same, std::span<Index>(labels), c);
  CHECK(same == block);
  double first = 0;
  for (const Index label : labels) first += label == 0 ? 1 : 0;
  CHECK_Z(first, 300.0, std::sqrt(1000 * 0.3 * 0.7));
  CHECK(refuses(
      [&] {
        other.sample_into(same, std::span<Index>(labels).first(3), c);
        return 0;
      },
      "labels.size()", "3"));
}

TEST_CASE("mixture law: collapsed moments have the law of stored ones") {
  // Over many draws of n = 20: mean of the mean, its variance v / n, and mean of the scatter, (n - 1) v.
  const Index n = 20, rounds = 20000;
  const double v = other.covariance()(0, 0);
  for (const bool collapsed : {true, false}) {
    stream rng(17);
    std::vector<double> means, squares, scatters;
    for (Index i = 0; i < rounds; ++i) {
      const auto m =
          collapsed ? other.sample_summary(n, as<moments<double, 1>>{}, rng) : moments<double, 1>::of(other.sample(n, rng));
      CHECK(m.count() == n);
      means.push_back(m.mean()[0]);
      squares.push_back((m.mean()[0] - 0.75) * (m.mean()[0] - 0.75));
      scatters.push_back(m.scatter()(0, 0));
    }
    const auto a = simulacra_test::mean_of(means), b = simulacra_test::mean_of(squares),
               c = simulacra_test::mean_of(scatters);
    CHECK_Z(a.mean, 0.75, a.standard_error);
    CHECK_Z(b.mean, v / static_cast<double>(n), b.standard_error);
    CHECK_Z(c.mean, v * static_cast<double>(n - 1), c.standard_error);
    CHECK(std::abs(simulacra_test::z_score(c.mean, v * static_cast<double>(n), c.standard_error)) > 4.5);
  }
}

TEST_CASE("mixture law: append_components hands out every component with its share") {
  collector out;
  append_components(other, -2.0, out);
  CHECK(out.coefficients == std::vector<double>{-0.6, -1.4});
  CHECK(out.components == other.components());
}

TEST_CASE("mixture law: labels are matched at least cost, by all permutations") {
  stream rng(2);
  for (int round = 0; round < 50; ++round) {
    Eigen::MatrixXd cost(4, 5);
    for (Index i = 0; i < cost.size(); ++i)
      cost.data()[i] = round < 25 ? standard_normal(rng) : std::floor(3 * standard_normal(rng));
    const auto found = least_cost_assignment(cost);
    double least = infinity, mine = 0;
    for (Index i = 0; i < 4; ++i) mine += cost(i, found[static_cast<std::size_t>(i)]);
    std::vector<Index> order{0, 1, 2, 3, 4};
    do {
      double sum = 0;
      for (Index i = 0; i < 4; ++i) sum += cost(i, order[static_cast<std::size_t>(i)]);
      least = std::min(least, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(std::abs(mine - least) < 1e-12);
    std::vector<Index> sorted = found;
    std::sort(sorted.begin(), sorted.end());
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  }
  const m2 moved({3, 1, 2}, {law(-1.1, 2, 1, -0.5, 1), law(0.1, 0, 1, 0.3, 0.5), law(3, -0.9, 0.2, 0, 2)});
  CHECK(matching(plane, moved) == std::vector<Index>{1, 2, 0});
  CHECK(in_order_of(plane, moved).component(0) == moved.component(1));
  CHECK_CLOSE(in_order_of(plane, moved).weight(2), 0.5, 1e-15);
  const m2 fewer({1, 1}, {law(3, -1, 0.2, 0, 2), law(0, 0, 1, 0.3, 0.5)});
  CHECK(matching(plane, fewer) == std::vector<Index>{1, 0, -1});
  CHECK(in_order_of(fewer, plane).size() == 3);
  CHECK(in_order_of(fewer, plane).component(2) == plane.component(2));
}
