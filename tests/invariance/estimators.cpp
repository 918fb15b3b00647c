#include "invariance/rig.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/gaussian/known_variance.hpp>
#include <simulacra/families/kernel/cross_validation.hpp>
#include <simulacra/families/kernel/estimator.hpp>
#include <simulacra/families/kernel/selectors.hpp>
#include <simulacra/families/kernel/sheather_jones.hpp>
#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/random/stream.hpp>

using namespace invariance;
namespace sim = simulacra;

namespace {

/// Fits with weights or without.
template <class Estimator, class Data>
auto fit(const Estimator& e, const Data& x, const weights& w) {
  sim::stream rng(5);
  return w.size() > 0 ? e.fit(x, w, rng) : e.fit(x, rng);
}

/// A covariance as numbers that scale like the data: deviations, and correlations among the pure ones.
template <class Matrix>
void add_covariance(reading& r, const Matrix& lower) {  // of a factor, since squares leave the range
  for (Index i = 0; i < lower.rows(); ++i)
    for (Index k = 0; k <= i; ++k) r.lengths.push_back(static_cast<double>(lower(i, k)));
}

template <class Model>
void add_gaussian(reading& r, const Model& m) {
  for (Index k = 0; k < m.dimension(); ++k) r.places.push_back(static_cast<double>(m.mean()[k]));
  add_covariance(r, m.factor().dense());
}

template <class T>
reading gaussian_reading(const sim::samples<T>& x, const weights& w, const sim::gaussian_estimator<T>& e) {
  const auto done = fit(e, x, w);
  reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
  add_gaussian(r, done.model);
  return r;
}

subject gaussian_subject(const std::string& name, sim::divisor by, sim::gaussian_regularisation more = {}) {
  const sim::gaussian_estimator<double> e(by, more);
  return {.name = name,
          .x = grid_data(3, 24),
          .read = [e](const data& x, const weights& w, const unit&) { return gaussian_reading<double>(x, w, e); },
          .read_float =
              [by, more](const sim::samples<float>& x) {
                return gaussian_reading<float>(x, {}, sim::gaussian_estimator<float>(by, more));
              },
          .moments_of =
              more.shrinkage > 0 ? std::function<two_moments(const data&)>{} : [e](const data& x) {
                const auto done = fit(e, x, {});
                return two_moments{done.model.mean(), done.model.covariance()};
              }};
}

template <class Selector>
subject bandwidth_subject(const std::string& name, const Selector& select, Index d, double tolerance) {
  return {.name = name,
          .x = grid_data(d, 24),
          .read =
              [select](const data& x, const weights& w, const unit&) {
                const auto found = select(x, w, sim::smoothing::gaussian{});
                reading r{.said = std::string(name_of(found.result.what)), .places = {}, .lengths = {}, .pure = {}};
                add_covariance(r, found.value.lower());
                return r;
              },
          .tolerance = tolerance,
          .of_mean_rounding = 0};  // differences of observations are exact
}

}  // namespace

TEST_CASE("invariance: gaussian estimators") {
  subject s = gaussian_subject("gaussian_estimator, divisor n", sim::divisor::n);
  put_through(s);
  s = gaussian_subject("gaussian_estimator, divisor n - 1", sim::divisor::n_minus_1);
  s.exempt[relation::repetition] = "two equal observations are two degrees of freedom, and one of weight 2 is one";
  put_through(s);
  s = gaussian_subject("gaussian_estimator, shrinkage", sim::divisor::n, {.shrinkage = 0.25});
  put_through(s);
}

TEST_CASE("invariance: mixtures by EM") {
  subject s{.name = "mixture_estimator",
            .x = grid_data(2, 40),
            .read =
                [](const data& x, const weights& w, const unit& in) {
                  const auto place = [&in](double at) { return sim::point<double>::Constant(2, at * in.scale + in.shift); };
                  const sim::square<double> round = sim::square<double>::Identity(2, 2) * in.scale * in.scale * 4;
                  std::vector<sim::gaussian_mixture<double>> starts;
                  if (in.scale > 0x1p-300 && in.scale < 0x1p300)
                    starts.push_back(sim::gaussian_mixture<double>(
                        {0.5, 0.5}, {sim::gaussian<double>(place(-3), round), sim::gaussian<double>(place(3), round)}));
                  else {
                    const auto factor = [&](double at) {
                      sim::scaled_factor<double> f = sim::scaled_factor<double>::from_lower(
                          sim::square<double>(sim::square<double>::Identity(2, 2) * (2 * in.scale)));
                      return sim::gaussian<double>::from_factor(place(at), std::move(f));
                    };
                    starts.push_back(sim::gaussian_mixture<double>({0.5, 0.5}, {factor(-3), factor(3)}));
                  }
                  const sim::mixture_estimator<double> e({.components = 2, .given = starts, .restarts = 0});
                  const auto done = fit(e, x, w);
                  reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
                  for (Index j = 0; j < done.model.size(); ++j) {
                    add_gaussian(r, done.model.component(j));
                    r.pure.push_back(done.model.weight(j));
                  }
                  return r;
                },
            .tolerance = 1e-8};  // EM stops at 1e-6 nats: a rounding is carried on for some hundred steps
  put_through(s);
}

TEST_CASE("invariance: bandwidths") {
  const std::string kish =
      "a bandwidth depends on n, and by Kish two observations of weight 1 are more than one of weight 2";
  const std::string left_out = "with one of two equal observations left out, the other is still there";
  const auto put = [](subject s, const std::string& reason) {
    s.exempt[relation::repetition] = reason;
    put_through(s);
  };
  put(bandwidth_subject("scott", sim::scott(sim::divisor::n), 2, 1e-10), kish);
  put(bandwidth_subject("silverman", sim::silverman(sim::divisor::n_minus_1, sim::bandwidth_shape::diagonal), 2, 1e-10),
      kish);
  put(bandwidth_subject("improved Sheather-Jones, line", sim::improved_sheather_jones{}, 1, 1e-8), kish);
  put(bandwidth_subject("improved Sheather-Jones, plane", sim::improved_sheather_jones{}, 2, 1e-8), kish);
  // a search among bandwidths stops at a relative step of 1e-4 of a flat minimum
  put(bandwidth_subject("likelihood_cv", sim::likelihood_cv{}, 1, 1e-6), left_out);
  put(bandwidth_subject("least_squares_cv", sim::least_squares_cv{}, 1, 1e-6), left_out);
}

TEST_CASE("invariance: exponential") {
  put_through({.name = "exponential_estimator",
               .x = grid_data(1, 24).cwiseAbs(),
               .read =
                   [](const data& x, const weights& w, const unit&) {
                     const auto done = fit(sim::exponential_estimator<double>{}, sim::samples<double, 1>(x), w);
                     return reading{.said = std::string(name_of(done.result.what)),
                                    .places = {},
                                    .lengths = {done.model.mean()[0]},
                                    .pure = {}};
                   },
               .exempt = {{relation::near_translation, "the law begins at 0: it is not a family of location"},
                          {relation::far_translation, "the law begins at 0: it is not a family of location"},
                          {relation::zero_weight,
                           "the rig's far observation is negative, which this law refuses whatever its weight"}}});
}

TEST_CASE("invariance: kernel densities") {
  subject s{.name = "kernel_density_estimator",
            .x = grid_data(2, 24),
            .read =
                [](const data& x, const weights& w, const unit& in) {
                  const auto done =
                      fit(sim::kernel_density_estimator<double>({.bandwidth = sim::scott(sim::divisor::n)}), x, w);
                  reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
                  for (Index k = 0; k < x.rows(); ++k) r.places.push_back(done.model.mean()[k]);
                  add_covariance(r, done.model.bandwidth().lower());
                  const sim::point<double> at = sim::point<double>::Constant(x.rows(), 2 * in.scale + in.shift);
                  r.pure.push_back(done.model.log_density(at) + static_cast<double>(x.rows()) * std::log(in.scale));
                  return r;
                },
            .of_mean_rounding = 0};
  s.exempt[relation::repetition] =
      "a bandwidth depends on n, and by Kish two observations of weight 1 are more than one of weight 2";
  put_through(s);
}

TEST_CASE("invariance: a normal mean beside a prior") {
  subject s{.name = "gaussian_mean_estimator, a prior",
            .x = grid_data(2, 24),
            .read = [](const data& x, const weights& w, const unit& in) {
              const sim::normal_prior<double> prior{sim::point<double>::Constant(x.rows(), in.scale + in.shift),
                                                    9 * in.scale * in.scale};
              const auto done =
                  fit(sim::gaussian_mean_estimator<double>(4 * in.scale * in.scale, prior, sim::posterior::mean), x, w);
              reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
              add_gaussian(r, done.model);
              return r;
            }};
  s.exempt[relation::light_weights] = s.exempt[relation::heavy_weights] =
      "weights count observations, which stand beside those that the prior is worth";
  put_through(s);
}
