#pragma once

#include <concepts>
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
  const stream& root;       ///< for an observer's own draws: `root.at(number, purpose::metric, c)`, c its own number, so that
                            ///< no two observers share words; the loop takes none of these
};

/// What an observer may answer.
enum class flow { go_on, stop };

/// An observer is any callable that takes a generation and returns nothing, or a `flow`.
template <class O, class Generation>
concept observer_of = std::invocable<O&, const Generation&> && (std::is_void_v<std::invoke_result_t<O&, const Generation&>> ||
                                                               std::same_as<std::invoke_result_t<O&, const Generation&>, flow>);

namespace detail {

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
