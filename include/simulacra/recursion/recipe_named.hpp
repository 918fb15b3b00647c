#pragma once

#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/recipes.hpp>

namespace simulacra {

/// One of the recipes that need nothing but their name: "replace", "accumulate" or "accumulate_subsample"; for the axis of a design, or a flag.
/// (A template, so that only who calls it compiles it.)
/// @throw std::invalid_argument for another name
template <class Recipe = any_recipe>
[[nodiscard]] Recipe recipe_named(std::string_view name) {
  if (name == "replace") return replace{};
  if (name == "accumulate") return accumulate{};
  if (name == "accumulate_subsample") return accumulate_subsample{};
  argument::reject("recipe_named", "name", name, "be replace, accumulate or accumulate_subsample");
}

}  // namespace simulacra
