#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>

#include <simulacra/core/small_list.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/streams_ahead.hpp>
#include <simulacra/recursion/training_goods.hpp>

namespace simulacra::detail {

/// Which streams the fresh draws of a generation take: each purpose counts its own.
/// @tparam Others  the members of a population, or `alone`
/// @tparam Ahead   whether models are drawn from once in a generation, always: then its words may be made ahead
template <class Others, bool Ahead>
class fresh_streams {
 public:
  void begin() noexcept {
    truths_ = models_ = 0;
    if constexpr (Others::has_others) names_.clear();
  }

  [[nodiscard]] std::uint32_t next_of_truth() noexcept { return truths_++; }
  [[nodiscard]] std::uint32_t next_of_models() noexcept { return models_++; }

  /// The stream of a draw. @param few  whether few words are taken of it: only a summary takes so few that making them ahead is worth while
  [[gnu::always_inline, nodiscard]] stream at(const stream& root, Index t, purpose use, std::uint32_t component,
                                              [[maybe_unused]] bool few) {
    if constexpr (Ahead)
      if (few && use == purpose::sample) return ahead_.at(root, static_cast<std::uint64_t>(t), use);
    return root.at(static_cast<std::uint64_t>(t), use, component);
  }

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
  std::conditional_t<Ahead, streams_ahead, alone> ahead_;
};

}  // namespace simulacra::detail
