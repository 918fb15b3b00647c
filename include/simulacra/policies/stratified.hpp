#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

inline constexpr const char* group_died_out = "a group that is to be published has died out";

/// The number of an observation's group. @throw std::invalid_argument if there is none of that number
template <class Group, class X>
[[nodiscard]] std::size_t group_number(const Group& group_of, const X& x, std::size_t groups) {
  const auto g = static_cast<Index>(group_of(x));
  argument::require(g >= 0 && g < static_cast<Index>(groups), "stratified", "group_of(x)", g,
                    "be from 0 to the number of quotas - 1");
  return static_cast<std::size_t>(g);
}

}  // namespace detail

/// A law whose groups have given shares: the mixture, by quotas, of what a model publishes of each.
template <model Model, class Group>
class stratified_law {
 public:
  using data_type = data_of<Model>;

  stratified_law(Model from, Group group_of, std::vector<double> quota, Index tries)
      : from_(std::move(from)), group_of_(std::move(group_of)), quota_(std::move(quota)), tries_(tries) {}

  [[nodiscard]] Index dimension() const { return from_.dimension(); }
  [[nodiscard]] const Model& from() const noexcept { return from_; }

  /// n independent draws: for each its group by the quotas, and then the model's next draw of that group.
  /// @throw chain_end after `tries` times n draws. Cost: about n max(quota / mass) draws of the model
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    argument::require(n >= 0, "stratified", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "stratified", "n");
    std::vector<std::vector<Index>> wanted(quota_.size());  // places, of each group in order
    const alias_table groups(quota_);
    for (Index i = 0; i < n; ++i) wanted[static_cast<std::size_t>(groups(rng))].push_back(i);
    std::vector<std::size_t> filled(quota_.size());
    data_type x(dimension(), n);
    constexpr Index longest = 4096;
    constexpr Index unlimited = (std::numeric_limits<Index>::max)();
    const Index most = n > unlimited / tries_ ? unlimited : n * tries_;
    for (Index tried = 0, missing = n; missing > 0;) {
      if (tried >= most)
        throw chain_end(argument::text(missing) + " of " + argument::text(n) +
                            " observations are of groups that did not come in " + argument::text(tried) + " draws",
                        detail::group_died_out);
      const Index size = (std::min)(most - tried, (std::min)(longest, (std::max)(missing, Index{16})));
      const data_type drawn = detail::sampled(from_, size, rng, {"stratified", "the model"});
      tried += size;
      for (Index i = 0; i < size; ++i) {
        const std::size_t g = detail::group_number(group_of_, drawn.col(i), quota_.size());
        if (filled[g] == wanted[g].size()) continue;
        x.col(wanted[g][filled[g]++]) = drawn.col(i);
        --missing;
      }
    }
    return x;
  }

 private:
  Model from_;
  Group group_of_;
  std::vector<double> quota_;
  Index tries_;
};

/// A decoder that publishes each group with a share of its own, whatever the model has made of it:
/// `stratified([](const auto& x) { return x[0] > 2; }, {0.9, 0.1})`. Within a group it is the model's law:
/// \f[ p'(x)=q_{g(x)}\,p(x)\,/\,P(g(x)) \f]
/// A law that lists its symbols and can be tilted gives this exactly; others are drawn from until each group has its share. A group that the
/// model has forgotten cannot be published, and ends the chain as `failed`: quotas keep a minority alive, and do not raise the dead.
template <class Group>
class stratified {
 public:
  /// @param group_of  callable with a column, a number from 0 to quota.size() - 1
  /// @param quota     >= 0, of sum 1
  /// @param tries     as many draws for each one that is wanted, and the chain ends
  /// @throw std::invalid_argument otherwise, or unless tries >= 1
  stratified(Group group_of, std::vector<double> quota, Index tries = 1'000'000)
      : group_of_(std::move(group_of)), quota_(std::move(quota)), tries_(tries) {
    argument::require(!quota_.empty(), "stratified", "quota.size()", Index{0}, "be at least 1");
    for (const double q : quota_) argument::require(q >= 0 && q <= 1, "stratified", "quota", q, "be in [0, 1]");
    const double sum = std::accumulate(quota_.begin(), quota_.end(), 0.0);
    argument::require(std::abs(sum - 1) <= 1e-9, "stratified", "sum of quotas", sum, "be 1");
    argument::require(tries >= 1, "stratified", "tries", tries, "be at least 1");
  }

  template <model M>
  [[nodiscard]] auto operator()(const M& m) const {
    const auto none = [](const auto&) { return 0.0; };
    if constexpr (requires { m.probabilities(), m.tilted(none); })
      return tilt(m);
    else
      return stratified_law<M, Group>(m, group_of_, quota_, tries_);
  }

 private:
  template <class M>
  [[nodiscard]] auto tilt(const M& m) const {
    using data = data_of<M>;
    std::vector<double> mass(quota_.size());
    Index symbol = 0;
    for (const double p : m.probabilities()) {
      const data x = data::Constant(1, 1, static_cast<typename data::Scalar>(symbol++));
      if (p > 0) mass[detail::group_number(group_of_, x.col(0), quota_.size())] += p;
    }
    for (std::size_t g = 0; g < quota_.size(); ++g)
      if (quota_[g] > 0 && !(mass[g] > 0))
        throw chain_end("group " + argument::text(static_cast<Index>(g)) + " has no symbol left", detail::group_died_out);
    return m.tilted([&](const auto& x) {
      const std::size_t g = detail::group_number(group_of_, x, quota_.size());
      return std::log(quota_[g]) - std::log(mass[g]);
    });
  }

  Group group_of_;
  std::vector<double> quota_;
  Index tries_;
};

}  // namespace simulacra
