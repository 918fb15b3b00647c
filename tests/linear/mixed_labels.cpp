// Fits in which labels of a model stand beside real ones, by hand, against their closed forms: beside a fixed model, averaged fits, labels mixed
// on the same inputs, and the slope at which a logistic chain settles.
#include "support/statistics.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <simulacra/families/linear/class_mixture.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/theory/averaged_fits.hpp>
#include <simulacra/theory/logistic.hpp>
#include <simulacra/theory/mixed_labels.hpp>

using namespace simulacra;
using namespace simulacra_test;

namespace {

using model_type = linear_model<>;
using sum = model_type::summary;
using pairs = labelled_numbers<>;

/// z of the mean of `one(stream)` over so many streams.
template <class F>
auto replicated(std::uint64_t count, F&& one) {
  double all = 0, squares = 0;
  for (std::uint64_t r = 0; r < count; ++r) {
    stream rng({91, 0}, {.replicate = r});
    const double v = one(rng);
    all += v, squares += v * v;
  }
  const auto n = static_cast<double>(count);
  const double mean = all / n, error = std::sqrt((squares / n - mean * mean) / n);
  return [mean, error](double expected) { return (mean - expected) / error; };
}

sum drawn(const model_type& m, Index n, stream& rng) { return m.sample_summary(n, as<sum>{}, rng); }

}  // namespace

TEST_CASE("beside one fixed model: the floor of strong collapse, R2") {
  const gaussian<> inputs = gaussian<>::standard(10);
  const model_type truth(point<>::Zero(10), 0.25, inputs), wrong(point<>::Unit(10, 3), 0.25, inputs);
  const least_squares fit(inputs, {.noise = label_noise::known(0.25)});
  const auto z = replicated(8000, [&](stream& rng) {
    return excess_risk(truth, fit.fit(merge(drawn(truth, 20, rng), drawn(wrong, 40, rng))).model);
  });
  CHECK_Z(z(4.0 / 9 + .09902750967345), 0, 1);
  CHECK(std::abs(z(4.0 / 9)) > z_limit);
}

TEST_CASE("two fits averaged settle where the golden weight says, R3") {
  const gaussian<> inputs = gaussian<>::standard(5);
  const model_type truth(point<>::Unit(5, 0), 1, inputs);
  const least_squares fit(inputs, {.noise = label_noise::known(1)});
  const double w = theory::averaged_fits_weight(5, 25, 25);
  const auto z = replicated(3000, [&](stream& rng) {
    model_type last = truth;
    for (int t = 0; t < 12; ++t)
      last = model_type(
          w * fit.fit(drawn(truth, 25, rng)).model.weights() + (1 - w) * fit.fit(drawn(last, 25, rng)).model.weights(), 1,
          inputs);
    return excess_risk(truth, last);
  });
  CHECK_Z(z(.1626405233552), 0, 1);
  CHECK(std::abs(z(.1626405233552 * 1.1)) > z_limit);
}

TEST_CASE("labels mixed on the same inputs, with more rows than inputs and with fewer, R6") {
  const auto chain = [](Index d, Index n, double real, double noise, Index generations, const auto& fit, stream& rng) {
    const model_type truth(point<>::Unit(d, 0), noise, gaussian<>::standard(d));
    point<> last = truth.weights();
    for (Index t = 0; t < generations; ++t) {
      pairs p = truth.sample(n, rng);
      if (t > 0) {  // what is linear in labels need not be fitted to each kind of them
        const pairs again = model_type(last, noise, truth.inputs()).edit(p, rng);
        p.y = real * p.y + (1 - real) * again.y;
      }
      last = fit.fit(p, rng).model.weights();
    }
    return (last - truth.weights()).squaredNorm();
  };
  const least_squares many(gaussian<>::standard(5), {.noise = label_noise::known(1)});
  const auto z = replicated(4000, [&](stream& rng) { return chain(5, 25, 0.4, 1, 4, many, rng); });
  CHECK_Z(z(.2161178947368), 0, 1);
  CHECK(std::abs(z(theory::label_mixing_risk(5, 25, 0.6, 4, 1, 1))) > z_limit);
  const minimum_norm few(gaussian<>::standard(40), {.noise = label_noise::known(0.3)});
  const auto other = replicated(600, [&](stream& rng) { return chain(40, 20, 0.6, 0.3, 4, few, rng); });
  CHECK_Z(other(.722016), 0, 1);
  CHECK(std::abs(other(.722016 * 1.1)) > z_limit);
}

TEST_CASE("a logistic chain half of whose labels are cooled and half real settles at its fixed slope, R13") {
  const class_mixture<> truth({1, 1}, {gaussian<>(point<>::Constant(1, -1), square<>::Ones(1, 1)),
                                       gaussian<>(point<>::Constant(1, 1), square<>::Ones(1, 1))});
  const logistic_regression<gaussian<>> fit(gaussian<>::standard(1));
  const Index n = 3000;
  const auto z = replicated(60, [&](stream& rng) {
    auto last = fit.fit(truth.sample(n, rng), rng).model;
    for (int t = 0; t < 9; ++t) {
      pairs p = truth.sample(n, rng);
      data_traits<pairs>::append(p, last.tempered(0.5).edit(truth.sample(n, rng), rng));
      last = fit.fit(p, rng).model;
    }
    return last.weights()[0];
  });
  CHECK_Z(z(2.76400768914), 0, 1);
  CHECK_CLOSE(theory::logistic_fixed_slope(1, 0.5, 0.5), 2.76400768914, 1e-10);
  CHECK(std::abs(z(theory::logistic_fixed_slope(1, 0.6, 0.5))) > z_limit);
}
