#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/testing.hpp>

namespace sim = simulacra;
using sim::Index;

namespace {

struct laplace {
  double location, scale;
  Index dimension() const { return 1; }
  sim::samples<double, 1> sample(Index n, sim::stream& rng) const {
    sim::samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i)
      x[i] = location + scale * (sim::standard_exponential(rng) - sim::standard_exponential(rng));
    return x;
  }
};

struct laplace_mle {
  laplace fit(const sim::samples<double, 1>& x, sim::stream&) const {
    sim::argument::require_finite(x, "laplace_mle::fit", "x");
    std::vector<double> sorted(x.begin(), x.end());
    std::nth_element(sorted.begin(), sorted.begin() + x.size() / 2, sorted.end());
    const double median = sorted[static_cast<std::size_t>(x.size() / 2)];
    return {median, (x.array() - median).abs().mean()};
  }
};

// Estimators with one flaw each.
struct takes_nan : laplace_mle {
  laplace fit(const sim::samples<double, 1>& x, sim::stream&) const {
    return {x.mean(), (x.array() - x.mean()).abs().mean()};
  }
};
struct remembers : laplace_mle {
  mutable int calls = 0;
  laplace fit(const sim::samples<double, 1>& x, sim::stream& rng) const {
    laplace m = laplace_mle::fit(x, rng);
    m.location += ++calls;
    return m;
  }
};
struct trusts_order : laplace_mle {
  laplace fit(const sim::samples<double, 1>& x, sim::stream& rng) const {
    laplace m = laplace_mle::fit(x, rng);
    m.location = x[0];
    return m;
  }
};
struct own_randomness : laplace {
  mutable int calls = 0;
  sim::samples<double, 1> sample(Index n, sim::stream& rng) const { return laplace::sample(n, rng).array() + ++calls; }
};

template <class Truth, class Estimator>
bool breaks(const Truth& truth, const Estimator& estimator, const std::string& promise) {
  const auto found = sim::check_estimator(truth, estimator, sim::stream(1));
  return std::any_of(found.all.begin(), found.all.end(),
                     [&](const sim::finding& f) { return !f.kept && f.promise.find(promise) != std::string::npos; });
}

}  // namespace

TEST_CASE("check_estimator passes what keeps its promises") {
  const auto own = sim::check_estimator(laplace{0, 1}, laplace_mle{}, sim::stream(1));
  CHECK_MESSAGE(own.passed(), own.broken());
  CHECK(own.all.size() >= 15);
  const auto gaussian = sim::check_estimator(sim::gaussian<double, 2>::standard(),
                                             sim::gaussian_estimator<double, 2>(sim::divisor::n), sim::stream(2));
  CHECK_MESSAGE(gaussian.passed(), gaussian.broken());
}

TEST_CASE("check_estimator goes no further where samples have another shape, or are no numbers") {
  // What it has found to be wrong it does not read: run under the address sanitizer, too.
  struct shapeless {
    Index missing = 0, rows = 2;
    bool transposed = false;
    double factor = 1;
    [[nodiscard]] Index dimension() const { return 2; }
    [[nodiscard]] sim::samples<> sample(Index n, sim::stream& rng) const {
      sim::samples<> x(rows, std::max<Index>(n - missing, 0));
      for (Index i = 0; i < x.size(); ++i) x.data()[i] = factor * sim::standard_exponential(rng);
      return transposed ? sim::samples<>(x.transpose()) : x;
    }
  };
  struct gives {
    shapeless model;
    shapeless fit(const sim::samples<>& x, sim::stream&) const {
      sim::argument::require_finite(x, "gives::fit", "x");
      return model;
    }
  };
  const auto last_of = [](const shapeless& truth, const shapeless& model) {
    const auto found = sim::check_estimator(truth, gives{model}, sim::stream(1), 10);
    REQUIRE(!found.all.empty());
    CHECK(std::count_if(found.all.begin(), found.all.end(), [](const sim::finding& f) { return !f.kept; }) ==
          (found.all.back().kept ? 0 : 1));
    return found.all.back();
  };
  CHECK(last_of({}, {}).kept);
  for (const shapeless& bad : {shapeless{.missing = 3}, shapeless{.rows = 3}, shapeless{.transposed = true}}) {
    const sim::finding of_truth = last_of(bad, {}), of_model = last_of({}, bad);
    CHECK(!of_truth.kept);
    CHECK(of_truth.promise.find("gives n observations") !=
          std::string::npos);  // a promise that was broken by a throw keeps its words
    CHECK(of_truth.detail.find("of the truth") != std::string::npos);
    CHECK(!of_model.kept);
    CHECK(of_model.detail.find("of the fitted model") != std::string::npos);
  }
  CHECK(last_of({.factor = std::nan("")}, {}).promise == "samples are finite");
  CHECK(last_of({}, {.factor = std::nan("")}).promise == "samples of a fitted model are finite");
}

TEST_CASE("check_estimator finds each planted flaw") {
  CHECK(breaks(laplace{0, 1}, takes_nan{}, "NaN"));
  CHECK(breaks(laplace{0, 1}, remembers{}, "forgets"));
  CHECK(breaks(laplace{0, 1}, trusts_order{}, "order"));
  CHECK(breaks(own_randomness{{0, 1}}, laplace_mle{}, "equal streams"));
}

TEST_CASE("check_estimator needs a few observations") {
  CHECK_THROWS_AS(static_cast<void>(sim::check_estimator(laplace{0, 1}, laplace_mle{}, sim::stream(1), 3)),
                  std::invalid_argument);
}
