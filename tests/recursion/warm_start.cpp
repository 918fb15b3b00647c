#include "support.hpp"

#include <vector>

using namespace simulacra_test;

namespace {

/// One step of a search for the mean: from where it begins, a share of the way to the mean of the data.
struct one_step {
  double begin = 0;
  double share = 0.25;

  [[nodiscard]] gaussian<double, 1> fit(const samples<double, 1>& x, stream&) const {
    return {begin + share * (x.mean() - begin), 1.0};
  }
  [[nodiscard]] one_step starting_from(const gaussian<double, 1>& model) const { return {model.mean()[0], share}; }
};

const gaussian<double, 1> elsewhere(8.0, 1.0);

/// The mean of every generation's model, and of its data.
template <class Estimator, class Decoder = as_is>
std::vector<std::pair<double, double>> means(const Estimator& estimator, const Decoder& decoder = {}) {
  std::vector<std::pair<double, double>> all;
  run_lineage(experiment{elsewhere, estimator, fresh_real{30}, decoder}, {.generations = 12, .samples = 10}, stream(3),
              [&all](const auto& g) { all.emplace_back(g.model.mean()[0], g.data.data.mean()); });
  return all;
}

}  // namespace

TEST_CASE("warm start: the first fit begins where the estimator does, each later one at the model before") {
  const auto warm = means(warm_started(one_step{.begin = -2}));
  double at = -2;
  for (const auto& [model, data] : warm) {
    at += 0.25 * (data - at);
    CHECK(model == at);
  }
  CHECK(warm.size() == 12);
  CHECK(at > 5);  // it gets there, in many generations
}

TEST_CASE("warm start: without it every fit begins anew") {
  for (const auto& [model, data] : means(one_step{.begin = -2})) CHECK(model == -2 + 0.25 * (data + 2));
}

TEST_CASE("warm start: it is the fitted model that is gone on from, not the decoded one") {
  const auto wide = means(warm_started(one_step{}), inflated{4});
  double at = 0;
  for (const auto& [model, data] : wide) {
    at += 0.25 * (data - at);
    CHECK(model == at);
  }
}

TEST_CASE("warm start: of an estimator that knows a summary") {
  // It eats moments, and is drawn for in the cheapest way, as without the warm start.
  struct moments_step : gaussian_estimator<double, 1> {
    moments_step() : gaussian_estimator<double, 1>(divisor::n) {}
    [[nodiscard]] moments_step starting_from(const gaussian<double, 1>&) const { return *this; }
  };
  std::vector<draw> how;
  const auto look = [&how](const auto& g) { how.push_back(g.data.how); };
  const auto warm = run_lineage(experiment{normal, warm_started(moments_step{}), replace{}},
                                {.generations = 5, .samples = 9}, stream(1), look);
  const auto cold = run_lineage(chain(replace{}), {.generations = 5, .samples = 9}, stream(1));
  CHECK(warm.model->mean() == cold.model->mean());
  CHECK(how == std::vector<draw>(5, draw::collapsed));
}
