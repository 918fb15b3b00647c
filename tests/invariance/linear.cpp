// Regressions: pairs are columns whose last number is the label, or which side of a threshold it lies on.
#include "invariance/rig.hpp"

#include <cmath>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/random/stream.hpp>

using namespace invariance;
namespace sim = simulacra;

namespace {

template <class T>
sim::labelled_numbers<T> pairs_of(const sim::samples<T>& x) {
  return {x.topRows(x.rows() - 1), x.bottomRows(1)};
}

template <class Estimator, class Data>
auto fit(const Estimator& e, const Data& x, const weights& w) {
  sim::stream rng(5);
  return w.size() > 0 ? e.fit(x, w, rng) : e.fit(x, rng);
}

/// Weights have no unit where inputs and labels have the same; a prediction is a place, the noise's deviation a length.
template <class Estimator, class T>
reading regression_reading(const Estimator& e, const sim::samples<T>& x, const weights& w, const unit& in) {
  const auto done = fit(e, pairs_of(x), w);
  reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
  for (Index k = 0; k < done.model.weights().size(); ++k) r.pure.push_back(static_cast<double>(done.model.weights()[k]));
  const sim::point<T> at = sim::point<T>::Constant(x.rows() - 1, static_cast<T>(2 * in.scale + in.shift));
  r.places.push_back(static_cast<double>(done.model.predict(at)));
  r.lengths.push_back(std::sqrt(done.model.noise()));
  return r;
}

const sim::regression_options affine{.noise = sim::label_noise::estimated(sim::divisor::n), .intercept = true};
const std::string origin = "without an intercept the regression goes through the origin, which a translation moves";

/// @param make  called as make(T{}, unit): an estimator for data of type T in that unit
template <class Make>
subject regression_subject(const std::string& name, const Make& make) {
  return {.name = name,
          .x = grid_data(3, 24),
          .read = [make](const data& x, const weights& w,
                         const unit& in) { return regression_reading(make(0.0, x.rows() - 1, in), x, w, in); },
          .read_float =
              [make](const sim::samples<float>& x) {
                return regression_reading(make(0.0f, x.rows() - 1, unit{}), x, {}, unit{});
              }};
}

template <class T>
sim::gaussian<T> standard(Index d) {
  return sim::gaussian<T>::standard(d);
}

}  // namespace

TEST_CASE("invariance: least squares, ridge and minimum norm") {
  put_through(regression_subject("least_squares, intercept", [](auto t, Index d, const unit&) {
    return sim::least_squares(standard<decltype(t)>(d), affine);
  }));
  put_through(regression_subject("ridge, intercept, a penalty on the mean", [](auto t, Index d, const unit& in) {
    return sim::ridge(standard<decltype(t)>(d), {.size = 2 * in.scale * in.scale, .power = 1}, affine);
  }));
  put_through(regression_subject("minimum_norm, intercept", [](auto t, Index d, const unit&) {
    return sim::minimum_norm(standard<decltype(t)>(d), affine);
  }));
  subject s = regression_subject("least_squares", [](auto t, Index d, const unit&) {
    return sim::least_squares(standard<decltype(t)>(d), {.noise = sim::label_noise::estimated(sim::divisor::n)});
  });
  s.exempt[relation::near_translation] = s.exempt[relation::far_translation] = origin;
  put_through(s);
  s = regression_subject("ridge by cross-validation", [](auto t, Index d, const unit&) {
    return sim::ridge(standard<decltype(t)>(d), sim::ridge_penalty::cross_validated(), affine);
  });
  s.tolerance = 1e-6;  // a minimum is found to the square root of rounding
  s.exempt[relation::light_weights] = s.exempt[relation::heavy_weights] =
      "cross-validation weighs what is left against how many observations there are, which weights count";
  put_through(s);
}

TEST_CASE("invariance: logistic regression") {
  const auto read = [](const auto& x, const weights& w, const unit& in) {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    auto pairs = pairs_of<T>(x);
    pairs.y = (pairs.y.array() > static_cast<T>(0.3 * in.scale + in.shift)).template cast<T>().eval();
    const sim::logistic_regression<sim::gaussian<T>> by(
        standard<T>(x.rows() - 1), {.penalty = {.size = 0.5 * in.scale * in.scale, .power = 1}, .intercept = true});
    const auto done = fit(by, pairs, w);
    reading r{.said = std::string(name_of(done.result.what)), .places = {}, .lengths = {}, .pure = {}};
    for (Index k = 0; k < done.model.weights().size(); ++k)  // per unit of an input
      r.pure.push_back(static_cast<double>(done.model.weights()[k]) * in.scale);
    const sim::point<T> at = sim::point<T>::Constant(x.rows() - 1, static_cast<T>(2 * in.scale + in.shift));
    r.pure.push_back(static_cast<double>(done.model.log_odds(at)));
    return r;
  };
  put_through({.name = "logistic_regression, intercept, a penalty on the mean",
               .x = grid_data(3, 24),
               .read = [read](const data& x, const weights& w, const unit& in) { return read(x, w, in); },
               .read_float = [read](const sim::samples<float>& x) { return read(x, weights{}, unit{}); },
               .exempt = {{relation::least_scale, "the penalty in these units is 2^-1993, which no double is"}}});
}
