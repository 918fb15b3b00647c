#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra::detail {

/// A kept set of another member's as the reader keeps its own: as observations, or summed up.
/// @throw std::invalid_argument where a summary would have to be made observations again, or another summary
template <class Mine, class Data, class Summary>
Mine translated(training_set<Data, Summary> x, draw how) {
  constexpr bool sums = !std::same_as<decltype(Mine::summary), no_summary>;
  if constexpr (std::same_as<Mine, training_set<Data, Summary>>)
    if (x.stored() == (how == draw::stored)) return x;
  Mine y;
  if (x.stored() && how == draw::stored) {
    y.how = draw::stored;
    y.data = std::move(x.data);
    y.w = std::move(x.w);
    return y;
  }
  if constexpr (sums)
    if (x.stored()) {
      y.how = draw::streamed;
      if constexpr (requires { y.summary.fold(x.data, x.w); }) {
        if (x.w.size() > 0) return y.summary.fold(x.data, x.w), y;
      }
      if (x.w.size() == 0) return y.summary.fold(x.data), y;
    }
  argument::reject("run_population", "plan.how", name_of(x.how),
                   "be draw::stored where a member reads kept data of another that it cannot take as they are");
}

/// Names the sources of a member's law as another names them, who reads it.
inline void name_as_reader(training_law& law, std::int32_t member, Index reader) {
  for (law_part& part : law) {
    if (part.from.what == source::kind::truth) continue;
    if (part.from.who == myself)
      part.from.who = member;
    else if (part.from.who == reader)
      part.from.who = static_cast<std::int32_t>(myself);
  }
}

/// How a member finds what belongs to others.
template <class Run>
struct reader {
  static constexpr bool has_others = true;

  const Run* run;
  Index me;
  draw how;

  [[nodiscard]] Index members() const noexcept { return run->members(); }
  [[nodiscard]] stream root_of(std::int32_t name) const { return run->root_of(name); }

  /// Calls f with what the named member's model is sampled through.
  template <class F>
  void with_model(const source& from, F&& f) const {
    run->with_member(from.who, [&](const auto& lines) { lines.with_model(from, f); });
  }

  template <class Mine>
  [[nodiscard]] Mine taken(const ingredient& part) const {
    run->require_over(part.from);
    Mine x;
    run->with_member(part.from.who, [&](const auto& lines) { x = translated<Mine>(lines.taken(part), how); });
    return x;
  }

  /// The law of another member's data, its sources named as this member names them.
  [[nodiscard]] training_law law_of(const source& from) const {
    run->require_over(from);
    training_law law;
    run->with_member(from.who, [&](const auto& lines) { law = lines.law_of(from); });
    name_as_reader(law, from.who, me);
    return law;
  }
};

}  // namespace simulacra::detail
