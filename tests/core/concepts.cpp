#include "support/statistics.hpp"

#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>

using namespace simulacra;

namespace {

using law = gaussian<double, 1>;
using data = samples<double, 1>;
using fit = gaussian_estimator<double, 1>;

struct no_dimension {
  [[nodiscard]] data sample(Index, stream&) const { return {}; }
};
struct changes_itself {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] data sample(Index, stream&) { return {}; }
};
struct smallest {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] data sample(Index n, stream&) const { return data::Zero(1, n); }
};
struct pinned : smallest {
  pinned() = default;
  pinned(const pinned&) = delete;
};
struct fits_nothing {};
struct fits_a_number {
  [[nodiscard]] double fit(const data&, stream&) const { return 0; }
};
struct fits_smallest {
  [[nodiscard]] smallest fit(const data&, stream&) const { return {}; }
};
struct no_merge {
  void reweight(double) {}
  [[nodiscard]] Index count() const { return 0; }
  [[nodiscard]] double weight() const { return 0; }
};
struct counts_only : no_merge {
  void merge(const counts_only&) {}
};

static_assert(model<law> && model<truncated_gaussian<double, 1>> && model<smallest>);
static_assert(!model<int> && !model<no_dimension> && !model<changes_itself> && !model<pinned>);
static_assert(collapses_to<law, moments<double, 1>> && streams_to<law, moments<double, 1>>);
static_assert(!collapses_to<law, moments<float, 1>> && !collapses_to<smallest, moments<double, 1>>);
static_assert(!collapses_to<truncated_gaussian<double, 1>, moments<double, 1>> &&
              streams_to<truncated_gaussian<double, 1>, moments<double, 1>>);
static_assert(has_moments<law> && !has_moments<smallest>);

static_assert(summary<moments<double, 3>> && summary_of<moments<double, 1>, data>);
static_assert(!summary<no_merge> && summary<counts_only> && !summary_of<counts_only, data>);
static_assert(!summary_of<moments<double, 1>, std::vector<int>>);

static_assert(estimator_of<fit, data> && estimator_of<fits_smallest, data> && has_summary<fit> && fits_weighted<fit, data>);
static_assert(fits_weighted<gaussian_estimator<float, 2>, samples<float, 2>>);
static_assert(!estimator_of<fits_nothing, data> && !estimator_of<fits_a_number, data> &&
              !estimator_of<fit, std::vector<int>>);
static_assert(!has_summary<fits_smallest> && !fits_weighted<fits_smallest, data>);
static_assert(std::same_as<model_for<fit, data>, law> && std::same_as<model_for<fits_smallest, data>, smallest>);

static_assert(recipe<replace> && recipe<accumulate> && recipe<preserve> && recipe<general_process> && recipe<weighted> &&
              recipe<window>);
constexpr auto wrong_list = [](Index, Index) { return 3; };
constexpr auto right_list = [](Index t, Index m) { return ingredients{from_model(t, m)}; };
static_assert(recipe<decltype(right_list)> && !recipe<decltype(wrong_list)> && !recipe<int>);

static_assert(decoder_of<as_is, law> && decoder_of<inflated, law> && decoder_of<tempered, law> &&
              decoder_of<truncated, law>);
static_assert(decoder_of<as_is, smallest> && !decoder_of<inflated, smallest> && !decoder_of<truncated, smallest>);

using seen = generation<law, training_set<data, moments<double, 1>>, law>;
constexpr auto looks = [](const auto&) {};
constexpr auto answers = [](const auto&) { return flow::go_on; };
constexpr auto talks = [](const auto&) { return 1; };
static_assert(observer_of<decltype(looks), seen> && observer_of<decltype(answers), seen>);
static_assert(!observer_of<decltype(talks), seen> && !observer_of<int, seen>);

}  // namespace

TEST_CASE("concepts: a custom model and estimator run through the loop as the concepts promise") {
  const experiment e{smallest{}, fits_smallest{}, accumulate{}};
  CHECK(run_lineage(e, plan{.generations = 3, .samples = 5}, stream(1)).generations == 3);
  CHECK(retention_of(right_list).models == everything);
  CHECK(retention_of(accumulate{}).data == 1);
}
