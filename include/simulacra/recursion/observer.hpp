#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/ingredient.hpp>

namespace simulacra {

/// What an observer sees of a generation: everything, and nothing that it could change. References are good during the call.
template <class Truth, class Training, class Model>
struct generation {
  Index number;             ///< refits away from the truth, 1 for the first model
  const Truth& truth;       ///< the original law
  const training_law& law;  ///< the law that `data` were drawn from
  const Training& data;     ///< a `training_set`: what the model was fitted to
  const Model& model;       ///< the model of this generation
  const outcome& result;    ///< how its fit went
  const stream& root;  ///< for an observer's own draws: `root.at(number, purpose::metric, c)`, c its own number, so that
                       ///< no two observers share words; the loop takes none of these
};

/// A part of a generation's training data at the moment it has been gathered: one ingredient, drawn anew or taken from what was
/// kept. References are good during the call.
template <class Training>
struct gathered_part {
  Index generation;      ///< t: the model that will be fitted to it is number t + 1
  Index number;          ///< 0 for the first part of a generation, then 1, 2, ...
  ingredient what;       ///< where it comes from, and how many observations of it were taken
  const Training& data;  ///< the part by itself; its `weight()` over the sum of all parts' is its share of the training data
  Index tried =
      0;  ///< how many draws it took to give it: more than it holds where some were rejected and somebody counts them
  const Training* edited = nullptr;  ///< of an edit: what was edited, observations that are stored
};

/// An observer that wants to see data before they are merged into one training set has a member
/// `gathered(part, observations)`. `observations(f)` calls f(block) with the observations of the part, block after block in
/// the order they were drawn, however they were drawn; it answers false, and calls nothing, where they never existed
/// (collapsed draws) or are not kept.
template <class O, class Training>
concept sees_parts = requires(O& o, const gathered_part<Training>& part) { o.gathered(part, [](auto&&) { return false; }); };

/// An observer of a population that wants to see the parts of every member: `gathered(part, observations, who)`.
template <class O, class Training>
concept sees_member_parts = requires(O& o, const gathered_part<Training>& part, Index who) {
                              o.gathered(
                                  part, [](auto&&) { return false; }, who);
                            };

/// What an observer may answer.
enum class flow { go_on, stop };

/// An observer is any callable that takes a generation and returns nothing, or a `flow`.
template <class O, class Generation>
concept observer_of = std::invocable<O&, const Generation&> &&
                      (std::is_void_v<std::invoke_result_t<O&, const Generation&>> ||
                       std::same_as<std::invoke_result_t<O&, const Generation&>, flow>);

namespace detail {

/// Shows a part to every observer that sees parts.
template <class Training, class... Observers>
struct shows_parts {
  std::tuple<Observers&...> observers;

  static constexpr bool anyone = true;

  template <class Observations>
  void operator()(const gathered_part<Training>& part, const Observations& observations) const {
    [[maybe_unused]] const auto show = [&](auto& observer) {
      if constexpr (sees_parts<std::remove_cvref_t<decltype(observer)>, Training>) observer.gathered(part, observations);
    };
    std::apply([&](auto&... each) { (show(each), ...); }, observers);
  }
};

/// Where none does: one type for all observers, so that what gathers is not compiled for each set of them.
struct shows_nothing {
  struct whoever {
    template <class... Observers>
    whoever(Observers&...) {}  // NOLINT: from any list of observers
  };
  [[no_unique_address]] whoever observers;

  static constexpr bool anyone = false;
};

template <class Training, class... Observers>
using part_shower =
    std::conditional_t<(sees_parts<Observers, Training> || ...), shows_parts<Training, Observers...>, shows_nothing>;

/// The same of a population's members.
template <class... Observers>
struct member_part_shower {
  std::tuple<Observers&...> observers;

  template <class Training>
  struct shower {
    const std::tuple<Observers&...>& observers;
    Index who;

    static constexpr bool anyone = (sees_member_parts<Observers, Training> || ...);

    template <class Observations>
    void operator()(const gathered_part<Training>& part, const Observations& observations) const {
      [[maybe_unused]] const auto show = [&](auto& observer) {
        if constexpr (sees_member_parts<std::remove_cvref_t<decltype(observer)>, Training>)
          observer.gathered(part, observations, who);
      };
      std::apply([&](auto&... each) { (show(each), ...); }, observers);
    }
  };
  template <class Training>
  [[nodiscard]] shower<Training> of(Index who) const {
    return {observers, who};
  }
};

/// Shows a generation to every observer; false if one of them wants to stop. All of them see it even so.
template <class Generation, class... Observers>
bool observe(const Generation& g, Observers&... observers) {
  bool go_on = true;
  [[maybe_unused]] const auto show = [&](auto& observer) {
    if constexpr (std::is_void_v<std::invoke_result_t<decltype(observer), const Generation&>>)
      observer(g);
    else
      go_on = observer(g) == flow::go_on && go_on;
  };
  (show(observers), ...);
  return go_on;
}

}  // namespace detail

}  // namespace simulacra
