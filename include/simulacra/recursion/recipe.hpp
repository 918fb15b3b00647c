#pragma once

#include <concepts>

#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>

namespace simulacra {

/// How far back a recipe reaches: what the loop has to keep. Each is a number of generations, `everything` for every one.
struct retention {
  Index models = 1;         ///< the newest so many models; the current one is always there
  Index data = 0;           ///< the pools of the last so many generations
  Index batches = 0;        ///< their freshly drawn parts
  Index laws = 0;           ///< the laws they were drawn from (this keeps the models that those laws mix)
  bool first_data = false;  ///< the pool of generation 0: the real data
  bool stored = false;      ///< not a matter of how far, but of how: this recipe picks single observations
  bool others_too = false;  ///< in a population, every member keeps for this recipe what the recipe's own member keeps
};

namespace detail {

/// How many of the newest models must be there: laws mix models of any age.
[[nodiscard]] constexpr Index models_kept(const retention& keeps) noexcept {
  return keeps.laws != 0 ? everything : keeps.models;
}

}  // namespace detail

/// A recipe says what generation t is trained on: a callable `recipe(t, m)` that returns `ingredients`, m being the number of
/// fresh observations that the schedule allows for generation t. A member `keeps()` that returns a `retention` bounds what the
/// loop has to remember; without one, everything is kept.
template <class R>
concept recipe = std::copy_constructible<R> && requires(const R& r, Index t, Index m) {
                                                 { r(t, m) } -> std::same_as<ingredients>;
                                               };

/// What a recipe asks to be kept.
template <class R>
[[nodiscard]] retention retention_of(const R& r) {
  if constexpr (requires {
                  { r.keeps() } -> std::same_as<retention>;
                })
    return r.keeps();
  else
    return {.models = everything,
            .data = everything,
            .batches = everything,
            .laws = everything,
            .first_data = true,
            .stored = false,
            .others_too = true};
}

/// Whether every list of a recipe is one ingredient, drawn afresh, all of it used, each observation counting 1, and nothing is kept but
/// the newest model: then the loop compiles nothing of what keeps, cuts and mixes. A recipe of this kind may say so by a specialisation; a
/// list that is another is refused then. If it also has a member `only(t, m)` that returns the one ingredient, no list is made for it.
template <class R>
inline constexpr bool draws_one_source = false;

}  // namespace simulacra
