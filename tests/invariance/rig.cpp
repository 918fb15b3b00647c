#include "invariance/rig.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

namespace invariance {

std::string name_of(relation r) {
  switch (r) {
    case relation::near_translation: return "translation by 2^20";
    case relation::far_translation: return "translation by 2^40";
    case relation::small_scale: return "scale 2^-332";
    case relation::large_scale: return "scale 2^332";
    case relation::tiny_scale: return "scale 2^-498";
    case relation::huge_scale: return "scale 2^498";
    case relation::least_scale: return "scale 2^-996";
    case relation::largest_scale: return "scale 2^996";
    case relation::order: return "order";
    case relation::repetition: return "repetition";
    case relation::light_weights: return "weights * 1e-300";
    case relation::heavy_weights: return "weights * 1e300";
    case relation::zero_weight: return "weight 0";
    case relation::one_observation: return "one observation";
    case relation::all_equal: return "all equal";
    case relation::few: return "n <= d";
    case relation::affine: return "affine map";
    case relation::single_precision: return "float";
  }
  return "?";
}

data grid_data(Index d, Index n) {
  data x(d, n);
  std::uint64_t state = 12345;
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) {
      // a sum of three uniforms: most near 0, as data are
      int sum = 0;
      for (int j = 0; j < 3; ++j) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        sum += static_cast<int>(state >> 33) % 341;
      }
      x(k, i) = (sum - 511) / 64.0 + (k > 0 ? x(0, i) / 2 : 0);
    }
  return x;
}

namespace {

bool all_finite(const std::vector<double>& v) {
  return std::all_of(v.begin(), v.end(), [](double a) { return std::isfinite(a); });
}

bool any_nan(const reading& r) {
  const auto nan = [](const std::vector<double>& v) {
    return std::any_of(v.begin(), v.end(), [](double a) { return std::isnan(a); });
  };
  return nan(r.places) || nan(r.lengths) || nan(r.pure);
}

/// Whether `got` is what `base` becomes in a unit. `rounding`: of a mean, relative to the spread of the data.
void check_same(const reading& base, const reading& got, const unit& in, double tolerance, double rounding) {
  CHECK(got.said == base.said);
  if (base.said == "refused" || got.said == "refused") return;
  const double loose = tolerance + rounding;
  const auto near = [](double a, double b, double relative, double absolute) {
    return a == b || !std::isfinite(b) ? a == b
                                       : std::abs(a - b) <= relative * (std::max)(std::abs(a), std::abs(b)) + absolute;
  };
  const auto each = [](const std::vector<double>& a, const std::vector<double>& b, auto&& check) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CAPTURE(i);
      CAPTURE(a[i]);
      CAPTURE(b[i]);
      CHECK(check(a[i], b[i]));
    }
  };
  // A number that is 0 but for rounding (a correlation, a mean at the origin) has no relative accuracy: it is compared with the largest of its kind.
  const auto largest = [](const std::vector<double>& v) {
    double most = 0;
    for (const double a : v)
      if (std::isfinite(a)) most = (std::max)(most, std::abs(a));
    return most;
  };
  const double spread = in.scale * 8;  // of the data of the rig
  each(base.places, got.places, [&](double a, double b) {
    return near(in.scale * a + in.shift, b, tolerance, loose * spread + 4e-16 * std::abs(in.shift));
  });
  each(base.lengths, got.lengths,
       [&](double a, double b) { return near(in.scale * a, b, loose, loose * in.scale * largest(base.lengths)); });
  each(base.pure, got.pure, [&](double a, double b) { return near(a, b, loose, loose * largest(base.pure)); });
}

/// What is degenerate may have any outcome, and infinite numbers (a density at its one point), but never NaN, and `ok` only with finite ones.
void check_sound(const reading& got) {
  CAPTURE(got.said);
  CHECK_FALSE(any_nan(got));
  if (got.said == "ok") {
    CHECK(all_finite(got.places));
    CHECK(all_finite(got.lengths));
  }
}

weights uneven(Index n) {
  weights w(n);
  for (Index i = 0; i < n; ++i) w[i] = 0.25 * static_cast<double>(1 + (i * 5) % 7);
  return w;
}

data columns(const data& x, const std::vector<Index>& which) {
  data y(x.rows(), static_cast<Index>(which.size()));
  for (Index i = 0; i < y.cols(); ++i) y.col(i) = x.col(which[static_cast<std::size_t>(i)]);
  return y;
}

void put_through(const subject& s, relation r) {
  const auto read = [&s](const data& x, const weights& w, const unit& in = {}) {
    return refusals_said([&] { return s.read(x, w, in); });
  };
  const Index n = s.x.cols(), d = s.x.rows();
  const double none = 0;
  switch (r) {
    case relation::near_translation:
    case relation::far_translation:
    case relation::small_scale:
    case relation::large_scale: {
      unit in;
      if (r == relation::near_translation) in.shift = 0x1p20;
      if (r == relation::far_translation) in.shift = 0x1p40;
      if (r == relation::small_scale) in.scale = 0x1p-332;
      if (r == relation::large_scale) in.scale = 0x1p332;
      const double rounding = s.of_mean_rounding * in.shift * std::numeric_limits<double>::epsilon();
      check_same(read(s.x, {}), read((s.x.array() * in.scale + in.shift).matrix(), {}, in), in, s.tolerance, rounding);
      return;
    }
    case relation::tiny_scale:
    case relation::huge_scale:
    case relation::least_scale:
    case relation::largest_scale: {
      const int e = r == relation::tiny_scale || r == relation::huge_scale ? 498 : 996;
      const unit in{.scale = std::ldexp(1.0, r == relation::tiny_scale || r == relation::least_scale ? -e : e)};
      const reading got = read(s.x * in.scale, {}, in);
      if (got.said == "ok")
        check_same(read(s.x, {}), got, in, s.tolerance, none);
      else
        check_sound(got);
      return;
    }
    case relation::order: {
      std::vector<Index> shuffled;
      for (Index i = 0; i < n; ++i) shuffled.push_back((i * 7 + 3) % n);
      REQUIRE(n % 7 != 0);
      check_same(read(s.x, {}), read(columns(s.x, shuffled), {}), {}, s.tolerance, none);
      return;
    }
    case relation::repetition: {
      std::vector<Index> twice;
      for (Index i = 0; i < n; ++i) twice.insert(twice.end(), {i, i});
      if (s.weighted) {
        // of one observation only, so that it is no common factor: weight 2 against standing there twice
        weights w = weights::Ones(n);
        w[n / 2] = 2;
        std::vector<Index> one_twice;
        for (Index i = 0; i < n; ++i) one_twice.push_back(i);
        one_twice.push_back(n / 2);
        check_same(read(columns(s.x, one_twice), weights::Ones(n + 1)), read(s.x, w), {}, s.tolerance, none);
      } else {
        check_same(read(s.x, {}), read(columns(s.x, twice), {}), {}, s.tolerance, none);
      }
      return;
    }
    case relation::light_weights:
    case relation::heavy_weights: {
      if (!s.weighted) return;
      const double c = r == relation::light_weights ? 0x1p-997 : 0x1p997;  // about 1e-300 and 1e300
      check_same(read(s.x, uneven(n)), read(s.x, uneven(n) * c), {}, s.tolerance, none);
      return;
    }
    case relation::zero_weight: {
      if (!s.weighted) return;
      data more(d, n + 2);
      more << s.x.leftCols(n / 2), data::Constant(d, 1, 1000), s.x.rightCols(n - n / 2), data::Constant(d, 1, -3000);
      weights w(n + 2);
      w << uneven(n).head(n / 2), 0, uneven(n).tail(n - n / 2), 0;
      check_same(read(s.x, uneven(n)), read(more, w), {}, s.tolerance, none);
      return;
    }
    case relation::one_observation: return check_sound(read(s.x.leftCols(1), {}));
    case relation::all_equal: return check_sound(read(s.x.col(0).replicate(1, n), {}));
    case relation::few: return check_sound(read(s.x.leftCols((std::max)(d, Index{2})), {}));
    case relation::affine: {
      if (!s.moments_of) return;
      Eigen::MatrixXd map = Eigen::MatrixXd::Identity(d, d) * 4;
      for (Index k = 1; k < d; ++k) map(k, k - 1) = -0.5, map(k - 1, k) = 1;
      map(d - 1, d - 1) = 0.125;
      const two_moments before = s.moments_of(s.x), after = s.moments_of(map * s.x);
      const Eigen::VectorXd mean = map * before.mean;
      const Eigen::MatrixXd covariance = map * before.covariance * map.transpose();
      const double loose = (std::max)(s.tolerance, 1e-12);  // a product of matrices rounds, too
      CHECK((after.mean - mean).cwiseAbs().maxCoeff() <= loose * mean.cwiseAbs().maxCoeff());
      for (Index i = 0; i < d; ++i)
        for (Index j = 0; j < d; ++j)
          CHECK(std::abs(after.covariance(i, j) - covariance(i, j)) <=
                loose * std::sqrt(covariance(i, i) * covariance(j, j)));
      return;
    }
    case relation::single_precision: {
      if (!s.read_float) return;
      const simulacra::samples<float> x = s.x.cast<float>();
      check_same(read(s.x, {}), refusals_said([&] { return s.read_float(x); }), {}, 1e-5, none);
      return;
    }
  }
}

}  // namespace

void put_through(const subject& s) {
  for (const auto& [r, why] : s.exempt) {
    CAPTURE(s.name);
    CAPTURE(name_of(r));
    CHECK_MESSAGE(why.size() > 20, "an exemption needs a reason");
  }
  for (const relation r : relations) {
    if (s.exempt.count(r) > 0) continue;
    CAPTURE(s.name);
    CAPTURE(name_of(r));
    put_through(s, r);
  }
}

}  // namespace invariance
