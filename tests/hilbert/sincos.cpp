#include "hilbert/support.hpp"

#include <algorithm>
#include <limits>

#include <simulacra/hilbert/detail/sincos.hpp>
#include <simulacra/random/uniform.hpp>

using namespace simulacra_test::hilbert;
using simulacra::detail::sincos_pack;
using simulacra::detail::sincos_width;

namespace {

double units(double value, long double exact) {
  const double unit = std::ldexp(1.0, (std::max)(std::ilogb(static_cast<double>(exact)) - 52, -1074));
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact)) / unit;
}

/// The largest error, in units of the last place, of sines and cosines of numbers within +-range, some next to multiples of pi/2.
template <class F>
double worst(double range, F both) {
  stream rng(7);
  double most = 0;
  for (int round = 0; round < 2000; ++round) {
    sincos_pack x, s, c;
    for (int i = 0; i < sincos_width; ++i) {
      x[i] = range * (2 * uniform(rng) - 1);
      if (round % 4 == 0) x[i] = std::nearbyint(x[i] / 1.5707963267948966) * 1.5707963267948966;
    }
    both(x, s, c);
    for (int i = 0; i < sincos_width; ++i) {
      const auto exact = static_cast<long double>(x[i]);
      if (x[i] != 0) most = (std::max)(most, units(s[i], std::sin(exact)));
      most = (std::max)(most, units(c[i], std::cos(exact)));
    }
  }
  return most;
}

void ours(const sincos_pack& x, sincos_pack& s, sincos_pack& c) { detail::sincos(x, s, c); }

}  // namespace

TEST_CASE("sincos: within 2.5 units of the last place of long double at every size") {
  for (const double range : {0.7, 3.0, 30.0, 1e3, 99999.0, 1e6, 1e15}) {
    INFO("range ", range);
    CHECK(worst(range, ours) <= 2.5);
  }
}

TEST_CASE("sincos: the measure notices a reduction by one part of pi") {
  const auto one_part = [](const sincos_pack& x, sincos_pack& s, sincos_pack& c) {
    const sincos_pack turns = (x / 6.283185307179586).rint(), r = x - turns * 6.283185307179586;
    s = r.sin();
    c = r.cos();
  };
  CHECK(worst(1e3, one_part) > 100);
}

TEST_CASE("sincos: zero is exact and what is not finite becomes NaN") {
  sincos_pack x = sincos_pack::Zero(), s, c;
  x[3] = std::numeric_limits<double>::infinity();
  x[5] = std::numeric_limits<double>::quiet_NaN();
  detail::sincos(x, s, c);
  CHECK(s[0] == 0);
  CHECK(c[0] == 1);
  CHECK(std::isnan(s[3]));
  CHECK(std::isnan(c[3]));
  CHECK(std::isnan(s[5]));
}
