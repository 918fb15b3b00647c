#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

#include <simulacra/core/small_list.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/training_goods.hpp>

namespace simulacra::detail {

/// Which streams the fresh draws of a generation take: each purpose counts its own.
/// @tparam Others  the members of a population, or `alone`
template <class Others>
class fresh_streams {
 public:
  void begin() noexcept {
    truths_ = models_ = 0;
    if constexpr (Others::has_others) names_.clear();
  }

  [[nodiscard]] std::uint32_t next_of_truth() noexcept { return truths_++; }
  [[nodiscard]] std::uint32_t next_of_models() noexcept { return models_++; }

  /// Draws of the truth that are shared under a name have a root and components that do not depend on who asks.
  [[nodiscard]] const stream& shared(const Others& others, std::int32_t name, std::uint32_t& component) {
    constexpr std::uint32_t first = std::uint32_t{1} << 31;  // apart from the members' own
    component = first;
    for (const std::int32_t earlier : names_) component += earlier == name ? 1u : 0u;
    names_.push_back(name);
    return root_.emplace(others.root_of(name));
  }

 private:
  std::uint32_t truths_ = 0, models_ = 0;                                             ///< draws so far
  std::conditional_t<Others::has_others, small_list<std::int32_t, 4>, alone> names_;  ///< of shared draws so far
  std::optional<stream> root_;
};

}  // namespace simulacra::detail
