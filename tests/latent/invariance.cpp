// What must not change a fit of a latent-variable law: where the data lie, their units, their order, the scale of weights, what weighs nothing.
#include "support.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>

#include <simulacra/families/latent/factor_analysis.hpp>
#include <simulacra/families/latent/ppca_sgd_estimator.hpp>

using namespace simulacra_test;

namespace {

/// Two factors in four dimensions, with noise of their own.
samples<> data() {
  const Eigen::MatrixXd z = normals(2, 60, 21), e = normals(4, 60, 22);
  Eigen::MatrixXd w(4, 2);
  w << 1, 1, 2, 1, 3, -0.3, 4, -0.3;
  return w * z + (point<>(4) << 0.4, 0.6, 0.8, 1).finished().asDiagonal() * e;
}

/// A fit and what it makes of its own data: the mean log density, in nats.
struct account {
  status what;
  double log_density = 0;
  point<> noise, mean;
  Eigen::MatrixXd covariance;
};

using procedure = std::function<account(const samples<>&, const weights<double>*)>;

template <class Estimator>
procedure of(Estimator estimator) {
  return [estimator](const samples<>& x, const weights<double>* w) {
    stream rng(1);
    const auto f = w == nullptr ? estimator.fit(x, rng) : estimator.fit(x, *w, rng);
    account a{f.result.what, 0, f.model.noise(), f.model.mean(), f.model.loadings()};
    double total = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      const double weight = w == nullptr ? 1 : (*w)[i] / w->maxCoeff();
      if (weight > 0) a.log_density += weight * f.model.log_density(x.col(i));
      total += weight;
    }
    a.log_density /= total;
    return a;
  };
}

struct row {
  const char* name;
  procedure fit;
  bool own_scales;  ///< whether each coordinate may have units of its own; else only a rotation and one scale for all
  double within;    ///< of what its search leaves: relative
};

const row table[] = {
    {"ppca, closed form", of(ppca_estimator<>(divisor::n, {.latent = 2})), false, 1e-9},
    {"ppca, em", of(ppca_estimator<>(divisor::n, {.latent = 2, .method = ppca_method::em, .tolerance = 1e-13})), false,
     1e-6},
    {"ppca, n - 1", of(ppca_estimator<>(divisor::n_minus_1, {.latent = 1})), false, 1e-9},
    {"factor analysis", of(factor_estimator<>(divisor::n, {.latent = 1, .tolerance = 1e-9, .max_iterations = 20000})), true,
     1e-5},
};

}  // namespace

TEST_CASE("latent laws: where the data lie and their units do not matter, each by the symmetries of its family") {
  const samples<> x = data();
  for (const row& r : table) {
    INFO(std::string(r.name));
    const account here = r.fit(x, nullptr);
    CHECK((here.what == status::ok || r.own_scales));  // EM of factor analysis may stop near a Heywood case
    for (const double offset : {1e6, -1e10}) {
      const account moved = r.fit(x.array() + offset, nullptr);
      CHECK(moved.what == here.what);
      CHECK_CLOSE(moved.log_density, here.log_density, r.within + 1e-16 * std::abs(offset));
      CHECK((moved.mean.array() - offset - here.mean.array()).abs().maxCoeff() < 1e-15 * std::abs(offset));
    }
    for (const double scale : {1e-100, 1e-8, 1e8, 1e100}) {
      const account wide = r.fit(scale * x, nullptr);
      CHECK(wide.what == here.what);
      CHECK_CLOSE(wide.log_density + 4 * std::log(scale), here.log_density, r.within + 1e-11);
      CHECK((wide.noise / scale - here.noise).norm() < r.within * 100 * here.noise.norm());
    }
    for (const double scale : {0x1p-996, 0x1p-498, 0x1p498, 0x1p996}) {  // right, or another outcome, or refused
      CAPTURE(scale);
      try {
        const account wide = r.fit(scale * x, nullptr);
        CHECK_FALSE(wide.noise.hasNaN());
        CHECK_FALSE(wide.covariance.hasNaN());
        if (wide.what != status::ok) continue;
        CHECK_CLOSE(wide.log_density + 4 * std::log(scale), here.log_density, r.within + 1e-11);
        CHECK((wide.noise / scale - here.noise).norm() < r.within * 100 * here.noise.norm());
      } catch (const std::domain_error&) {
      }
    }
    const point<> units = (point<>(4) << 1e-8, 1, 1e8, 100).finished();
    const account tilted = r.fit(units.asDiagonal() * x, nullptr);
    if (r.own_scales) {
      CHECK(tilted.what == here.what);
      CHECK_CLOSE(tilted.log_density + units.array().log().sum(), here.log_density, r.within);
      CHECK((tilted.noise.cwiseQuotient(units) - here.noise).norm() < r.within * 100 * here.noise.norm());
      const point<> far = (point<>(4) << 1e-90, 1, 1e90, 1).finished();
      CHECK_CLOSE(r.fit(far.asDiagonal() * x, nullptr).log_density, here.log_density, r.within);
    } else {
      CHECK_FALSE(std::abs(tilted.log_density + units.array().log().sum() - here.log_density) <
                  1);  // another family's symmetry
      // A rotation.
      samples<> turned = x;
      turned.row(0) = 0.6 * x.row(0) - 0.8 * x.row(3);
      turned.row(3) = 0.8 * x.row(0) + 0.6 * x.row(3);
      CHECK_CLOSE(r.fit(turned, nullptr).log_density, here.log_density, r.within);
    }
  }
}

TEST_CASE("latent laws: only ratios of weights matter, twice is weight 2, weight 0 is absence, and the order is none") {
  const samples<> x = data();
  weights<double> w(60), two = weights<double>::Constant(60, 2);
  for (Index i = 0; i < 60; ++i) w[i] = static_cast<double>(i % 4);  // every fourth weighs nothing
  samples<> twice(4, 120), reversed = x.rowwise().reverse(), there(4, 45), far = x;
  weights<double> those(45);
  for (Index i = 0, k = 0; i < 60; ++i) {
    twice.col(2 * i) = twice.col(2 * i + 1) = x.col(i);
    if (w[i] == 0) {
      far.col(i).setConstant(-1e9);
    } else {
      there.col(k) = x.col(i);
      those[k++] = w[i];
    }
  }
  for (const row& r : table) {
    INFO(std::string(r.name));
    const account plain = r.fit(x, nullptr), weighted = r.fit(x, &w);
    CHECK_CLOSE(r.fit(reversed, nullptr).log_density, plain.log_density, r.within);
    for (const double scale : {1e-300, 1e-170, 1e160, 1e300}) {
      const weights<double> other = scale * w;
      const account same = r.fit(x, &other);
      CHECK(same.what == weighted.what);
      CHECK_CLOSE(same.log_density, weighted.log_density, r.within);
    }
    CHECK_CLOSE(r.fit(there, &those).log_density, weighted.log_density, r.within);
    CHECK_CLOSE(r.fit(far, &w).log_density, weighted.log_density, r.within);
    CHECK_CLOSE(r.fit(x, &two).log_density, plain.log_density, r.within);
    if (std::string(r.name) != "ppca, n - 1")  // n - 1 of twice as many is another divisor
      CHECK_CLOSE(r.fit(twice, nullptr).log_density, plain.log_density, r.within);
    CHECK_FALSE(std::abs(weighted.log_density - plain.log_density) < 100 * r.within);
  }
}

TEST_CASE("latent laws: a step size that is far too large is an outcome, and the law is one") {
  const samples<> x = data();
  const auto sane = [&](const auto& f) {
    CHECK(f.result.what == status::not_converged);
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i) sum += f.model.log_density(x.col(i));
    CHECK(std::isfinite(sum));
    CHECK(f.model.covariance().allFinite());
  };
  stream rng(1);
  for (const double rate : {1e3, 1e160, 1e300}) {
    sane(ppca_sgd_estimator<>({.latent = 2, .learning_rate = rate}).fit(x, rng));
    for (const ppca_method method : {ppca_method::gradient, ppca_method::adam})
      sane(ppca_estimator<>(divisor::n, {.latent = 2, .method = method, .learning_rate = rate}).fit(x, rng));
  }
  // Weights of the search by minibatches: their scale, and what weighs nothing.
  weights<double> w(60);
  for (Index i = 0; i < 60; ++i) w[i] = static_cast<double>(i % 4);
  const auto fit = [&](const samples<>& of, const weights<double>& by) {
    stream same(3);
    return ppca_sgd_estimator<>({.latent = 2, .steps = 300}).fit(of, by, same).model;
  };
  samples<> far = x;
  for (Index i = 0; i < 60; i += 4) far.col(i).setConstant(50);
  CHECK(fit(x, 0x1p-1000 * w) == fit(x, w));
  CHECK((fit(far, w).covariance() - fit(x, w).covariance()).norm() < 1e-9);
  CHECK_FALSE((fit(far, weights<double>::Ones(60)).covariance() - fit(x, w).covariance()).norm() < 1e-9);
  // EM that cannot tell the noise from the rounding of the covariance says so, and not that there is none.
  const point<> units = (point<>(4) << 1e-8, 1, 1e9, 1).finished();
  const auto blind = ppca_estimator<>(divisor::n, {.latent = 2, .method = ppca_method::em}).fit(units.asDiagonal() * x, rng);
  CHECK(blind.result.what == status::not_converged);
}
