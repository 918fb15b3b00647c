#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <simulacra/theory/kernel_density.hpp>
#include <support/statistics.hpp>

// The textbook forms with 100 digits: the recursion of accumulated data as polynomials in K, term by term in closed form.

using namespace simulacra;
using namespace simulacra::theory;
using number = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<100>, boost::multiprecision::et_off>;

namespace {

constexpr double tight = 1e-12;

struct setting {
  Index d;
  double variance, bandwidth;
  Index samples, generation;
  double length_scale;  // 0: MISE
};

number product(const setting& s, const number& v) {
  const number power = number(static_cast<double>(s.d)) / 2;
  if (s.length_scale == 0) return pow(2 * boost::math::constants::pi<number>() * v, -power);
  return pow(1 + v / (number(s.length_scale) * s.length_scale), -power);
}

number replace_distance(const setting& s) {
  const number h2 = number(s.bandwidth) * s.bandwidth, v = s.variance, m = static_cast<double>(s.samples);
  const number ratio = 1 - 1 / m, n = static_cast<double>(s.generation);
  number sum = 0, power = 1;
  for (Index j = 0; j < s.generation; ++j) {
    sum += power * product(s, 2 * static_cast<double>(j + 1) * h2) / m;
    power *= ratio;
  }
  return sum + power * product(s, 2 * v + 2 * n * h2) - 2 * product(s, 2 * v + n * h2) + product(s, 2 * v);
}

number accumulate_distance(const setting& s) {
  const number h2 = number(s.bandwidth) * s.bandwidth, v = s.variance, inverse = number(1) / static_cast<double>(s.samples);
  std::vector<number> one{inverse}, squared{1 - inverse}, mean{1};  // of A: with 1, with f^2; of B
  const auto grow = [&](const std::vector<number>& a, double t) {
    std::vector<number> next(a.size() + 2, number(0));
    for (std::size_t i = 0; i < a.size(); ++i) {
      next[i] += a[i] * t * t / ((t + 1) * (t + 1));
      next[i + 1] += a[i] * 2 * t / ((t + 1) * (t + 1));
      next[i + 2] += a[i] * (1 - inverse) / ((t + 1) * (t + 1));
    }
    return next;
  };
  for (Index t = 1; t < s.generation; ++t) {
    const double past = static_cast<double>(t);
    one = grow(one, past);
    one[0] += inverse / ((past + 1) * (past + 1));
    squared = grow(squared, past);
    std::vector<number> next(mean.size() + 1, number(0));
    for (std::size_t i = 0; i < mean.size(); ++i) {
      next[i] += mean[i] * past / (past + 1);
      next[i + 1] += mean[i] / (past + 1);
    }
    mean = next;
  }
  number sum = product(s, 2 * v);
  for (std::size_t i = 0; i < one.size(); ++i) {
    const number smoothed = static_cast<double>(i + 2) * h2;
    sum += one[i] * product(s, smoothed) + squared[i] * product(s, smoothed + 2 * v);
  }
  for (std::size_t i = 0; i < mean.size(); ++i) sum -= 2 * mean[i] * product(s, static_cast<double>(i + 1) * h2 + 2 * v);
  return sum;
}

double library(const setting& s, workflow kept) {
  return s.length_scale == 0 ? kde_mise(s.d, s.variance, s.bandwidth, s.samples, s.generation, kept)
                             : kde_mmd2(s.d, s.variance, s.bandwidth, s.samples, s.generation, s.length_scale, kept);
}

void compare(const setting& s) {
  CAPTURE(s.d);
  CAPTURE(s.bandwidth);
  CAPTURE(s.samples);
  CAPTURE(s.generation);
  CAPTURE(s.length_scale);
  CHECK_CLOSE(library(s, workflow::replace), static_cast<double>(replace_distance(s)), tight);
  CHECK_CLOSE(library(s, workflow::accumulate), static_cast<double>(accumulate_distance(s)), tight);
}

}  // namespace

TEST_CASE("theory/multiprecision: repeated kernel smoothing") {
  for (const Index d : {1, 2, 10, 100})
    for (const double h : {1e-3, .3, 20.0})
      for (const Index m : {1, 2, 50, 1000000000})
        for (const Index n : {1, 2, 3, 20})
          for (const double l : {0.0, .5, 300.0}) compare({d, d == 10 ? 0.3 : 1.0, h, m, n, l});
}

TEST_CASE("theory/multiprecision: repeated kernel smoothing, many generations and extreme scales") {
  compare({1, 1, .3, 50, 250, 0});
  compare({2, 1, .05, 1'000'000, 250, 1});
  compare({100, 1, .3, 50, 250, 0});
  compare({1, 1, 1e-7, 1'000'000'000'000, 30, 0});
  compare({3, 4, 1e-6, 7, 30, 1});
  compare({1, 1e-6, 1e6, 7, 30, 1e-4});
  compare({2, 1e12, 1e3, 1'000'000'000, 30, 1e9});
}
