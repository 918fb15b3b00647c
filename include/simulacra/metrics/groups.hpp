#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/compensated_sum.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/traced.hpp>
#include <simulacra/core/types.hpp>

/// What becomes of groups: of the minority, of one class, of what is real. A group is what a callable says of an observation:
/// `group_of(x)`, a number from 0 to groups - 1.
namespace simulacra {

namespace detail {

/// Calls f(observation, its group) for each observation of a data set.
template <class Data, class Group, class F>
void for_each_group(const Data& x, const Group& group_of, Index groups, const char* function, F&& f) {
  argument::require(groups >= 1, function, "groups", groups, "be at least 1");
  argument::require_room(groups, 1, sizeof(double), function, "groups");
  for (Index i = 0; i < data_traits<Data>::count(x); ++i) {
    const auto one = data_traits<Data>::observation(x, i);
    const auto group = static_cast<Index>(group_of(one));
    argument::require(group >= 0 && group < groups, function, "group_of(x)", group, "be from 0 to groups - 1");
    f(one, static_cast<std::size_t>(group));
  }
}

}  // namespace detail

/// The mass of each group: its share of the observations of a data set; NaN of no data. O(n)
/// @throw std::invalid_argument if a group is none, or groups < 1
template <class Data, class Group>
[[nodiscard]] std::vector<double> group_mass(const Data& x, const Group& group_of, Index groups) {
  std::vector<double> mass(static_cast<std::size_t>((std::max)(groups, Index{0})));
  const auto n = static_cast<double>(data_traits<Data>::count(x));
  detail::for_each_group(x, group_of, groups, "group_mass", [&](const auto&, std::size_t g) { mass[g] += 1; });
  for (double& m : mass) m /= n;
  return mass;
}

/// The risk of a model in each group: the mean of \f$-\ln q(x)\f$ over the test data of the group, infinite where the model thinks one of them
/// impossible (the group, or a part of it, has not survived); NaN for a group without test data. O(n)
/// @throw std::invalid_argument as `group_mass`
template <class Model, class Data, class Group>
[[nodiscard]] std::vector<double> group_risk(const Model& m, const Data& test, const Group& group_of, Index groups) {
  const auto size = static_cast<std::size_t>((std::max)(groups, Index{0}));
  std::vector<detail::compensated_sum> sums(size);
  std::vector<double> counts(size), risk(size);
  detail::for_each_group(test, group_of, groups, "group_risk", [&](const auto& x, std::size_t g) {
    sums[g].add(-static_cast<double>(m.log_density(x)));
    counts[g] += 1;
  });
  for (std::size_t g = 0; g < size; ++g)
    risk[g] = counts[g] > 0 ? sums[g].value() / counts[g] : std::numeric_limits<double>::quiet_NaN();
  return risk;
}

/// The share of traced observations that come from each generation, 0 being the truth. O(n)
/// @param generations  how many there are, the truth's included: of model t's training data t + 1
/// @throw std::invalid_argument if an origin is of none of them
template <class Data>
[[nodiscard]] std::vector<double> origin_shares(const traced<Data>& x, Index generations) {
  argument::require(generations >= 1, "origin_shares", "generations", generations, "be at least 1");
  argument::require_room(generations, 1, sizeof(double), "origin_shares", "generations");
  std::vector<double> shares(static_cast<std::size_t>(generations));
  for (const origin& o : x.origins) {
    argument::require(o.generation >= 0 && o.generation < generations, "origin_shares", "origin.generation", o.generation,
                      "be below the number of generations");
    shares[static_cast<std::size_t>(o.generation)] += 1;
  }
  for (double& s : shares) s /= static_cast<double>(x.origins.size());
  return shares;
}

}  // namespace simulacra
