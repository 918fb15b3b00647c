#include "random/goodness.hpp"

#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace simulacra;
using namespace simulacra_test;

namespace {

/// f(kernel, its name), for each.
template <class F>
void for_each_kernel(F f) {
  f(smoothing::gaussian{}, "gaussian");
  f(smoothing::tophat{}, "tophat");
  f(smoothing::epanechnikov{}, "epanechnikov");
  f(smoothing::biweight{}, "biweight");
  f(smoothing::triangular{}, "triangular");
  f(smoothing::exponential{}, "exponential");
  f(smoothing::cosine{}, "cosine");
}

/// The integral of f(r) over all radii at which a kernel is not 0 (of a double's digits), piece by piece.
template <class Kernel, class F>
double over_radii(F f) {
  const double end = Kernel::compact ? 1 : 60, pieces = Kernel::compact ? 8 : 60;
  double sum = 0;
  for (int i = 0; i < static_cast<int>(pieces); ++i)
    sum += gauss_legendre<20>::integrate(end * i / pieces, end * (i + 1) / pieces, f);
  return sum;
}

/// The area of the unit sphere in d dimensions, written down.
double sphere(int d) {
  constexpr double pi = 3.141592653589793;
  switch (d) {
    case 1: return 2;
    case 2: return 2 * pi;
    case 3: return 4 * pi;
    default: return pi * pi * pi * pi * pi / 12;  // 10
  }
}

}  // namespace

TEST_CASE("smoothing kernels: densities integrate to 1 in 1, 2, 3 and 10 dimensions") {
  for_each_kernel([](auto kernel, const char* name) {
    CAPTURE(name);
    using K = decltype(kernel);
    for (const int d : {1, 2, 3, 10}) {
      const auto density = [&](double r) { return std::exp(std::log(K::value(r * r)) - K::log_normaliser(d)); };
      const auto shell = [&](double r) { return sphere(d) * std::pow(r, d - 1); };
      const double scale = 1e-12;
      CHECK_CLOSE(over_radii<K>([&](double r) { return shell(r) * density(r); }), 1.0, scale);
      CHECK_CLOSE(over_radii<K>([&](double r) { return shell(r) * density(r) * r * r / d; }), K::coordinate_variance(d),
                  scale);
      CHECK_CLOSE(over_radii<K>([&](double r) { return shell(r) * density(r) * density(r); }), K::roughness(d), scale);
    }
    CHECK(K::value(0) == 1);
  });
}

TEST_CASE("smoothing kernels: the cosine's constants in many dimensions agree with mpmath") {
  // d, log normaliser, coordinate variance, roughness; by numerical integration at 40 digits.
  struct row {
    Index d;
    double log_normaliser, variance, roughness;
  };
  for (const row& r : {row{1, 0.24156447527049044, 0.18943053086129783, 0.61685027506808491},
                       {2, 0.37398882724263683, 0.16011499323400107, 0.44216706966019462},
                       {3, 0.41570862824803244, 0.13852109021822396, 0.35755718536483287},
                       {10, -1.0259108661937399, 0.07079854864771866, 0.70329201510929571},
                       {30, -13.713062036296189, 0.029363773002999957, 88046.831787381444},
                       {100, -95.405045301747939, 0.0096136397401144498, 8.3586556869402873e+39}}) {
    CAPTURE(r.d);
    CHECK_CLOSE(smoothing::cosine::log_normaliser(r.d), r.log_normaliser, 1e-14);
    CHECK_CLOSE(smoothing::cosine::coordinate_variance(r.d), r.variance, 1e-14);
    CHECK_CLOSE(smoothing::cosine::roughness(r.d), r.roughness, 1e-12);
  }
}

TEST_CASE("smoothing kernels: textbook constants in one dimension") {
  CHECK_CLOSE(smoothing::epanechnikov::roughness(1), 0.6, 1e-15);
  CHECK_CLOSE(smoothing::biweight::roughness(1), 5.0 / 7, 1e-15);
  CHECK_CLOSE(smoothing::triangular::roughness(1), 2.0 / 3, 1e-15);
  CHECK_CLOSE(smoothing::biweight::coordinate_variance(1), 1.0 / 7, 1e-15);
  CHECK_CLOSE(smoothing::triangular::coordinate_variance(1), 1.0 / 6, 1e-15);
  CHECK_CLOSE(smoothing::cosine::coordinate_variance(1), 1 - 8 / (3.141592653589793 * 3.141592653589793), 1e-14);
  CHECK_CLOSE(std::exp(smoothing::log_ball_volume(5)), 8 * 3.141592653589793 * 3.141592653589793 / 15, 1e-15);
}

namespace {

/// The distribution function of the radius, tabulated from k(r) r^(d-1) alone.
template <class Kernel>
class radius_law {
 public:
  explicit radius_law(int d) : table_(cells + 1, 0.0) {
    for (std::size_t i = 0; i < cells; ++i)
      table_[i + 1] = table_[i] + gauss_legendre<20>::integrate(
                                      at(i), at(i + 1), [d](double r) { return std::pow(r, d - 1) * Kernel::value(r * r); });
  }
  double operator()(double r) const {
    const double place = std::min(r / end * cells, cells - 1e-9);
    const auto i = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(i);
    return (table_[i] + part * (table_[i + 1] - table_[i])) / table_[cells];
  }

 private:
  static constexpr std::size_t cells = 4000;
  static constexpr double end = Kernel::compact ? 1 : 40;
  static double at(std::size_t i) { return end * static_cast<double>(i) / cells; }
  std::vector<double> table_;
};

template <class Kernel>
double radius_z(int d, const std::vector<double>& draws, double stretch) {
  const radius_law<Kernel> law(d);
  std::size_t next = 0;
  const auto radius = [&] {
    double sum = 0;
    for (int k = 0; k < d; ++k, ++next) sum += draws[next] * draws[next];
    return stretch * std::sqrt(sum);
  };
  return equiprobable_z(draws.size() / static_cast<std::size_t>(d), 50, radius, law);
}

}  // namespace

TEST_CASE("smoothing kernels: draws have the kernel's radius and no direction, and a scale 3 per cent off is seen") {
  std::uint64_t seed = 1;
  for_each_kernel([&seed](auto kernel, const char* name) {
    CAPTURE(name);
    using K = decltype(kernel);
    for (const int d : {1, 2, 5}) {
      CAPTURE(d);
      constexpr std::size_t n = 100000;
      stream rng(seed++);
      std::vector<double> z(n * static_cast<std::size_t>(d));
      K::fill(z, d, rng);
      CHECK_Z(radius_z<K>(d, z, 1), 0, 1);
      CHECK(std::abs(radius_z<K>(d, z, 1.03)) > z_limit);
      // Each coordinate is symmetric with the kernel's variance, and no two hang together.
      std::vector<double> first(n), squares(n), products(n);
      for (std::size_t i = 0; i < n; ++i) {
        const double* const at = z.data() + i * static_cast<std::size_t>(d);
        first[i] = at[0];
        squares[i] = at[d - 1] * at[d - 1];
        products[i] = d > 1 ? at[0] * at[1] : 0;
      }
      const mean_and_error m = mean_of(first), s = mean_of(squares), p = mean_of(products);
      CHECK_Z(m.mean, 0, m.standard_error);
      CHECK_Z(s.mean, K::coordinate_variance(d), s.standard_error);
      if (d > 1) CHECK_Z(p.mean, 0, p.standard_error);
      CHECK(std::abs(z_score(s.mean, 1.05 * K::coordinate_variance(d), s.standard_error)) > z_limit);
    }
  });
}

TEST_CASE("smoothing kernels: one kernel's draws are not another's") {
  stream rng(99);
  std::vector<double> z(200000);
  smoothing::cosine::fill(z, 2, rng);
  CHECK(std::abs(radius_z<smoothing::epanechnikov>(2, z, 1)) > z_limit);  // the two differ by 4 per cent at most
  smoothing::triangular::fill(z, 2, rng);
  CHECK(std::abs(radius_z<smoothing::cosine>(2, z, 1)) > z_limit);  // what forgetting the rejection would give
}
