#pragma once

#include <concepts>
#include <functional>
#include <utility>

#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>

namespace simulacra {

/// A recipe that is chosen at run time: holds any other, at the price of an indirect call per generation.
class any_recipe {
 public:
  template <class R>
    requires(!std::same_as<R, any_recipe>) && recipe<R>  // in this order: the first keeps the second from asking for itself
  any_recipe(R held) : keeps_(retention_of(held)), call_(std::move(held)) {}  // implicit: it stands for what it holds

  ingredients operator()(Index t, Index m) const { return call_(t, m); }
  [[nodiscard]] retention keeps() const { return keeps_; }

 private:
  retention keeps_;
  std::function<ingredients(Index, Index)> call_;
};

}  // namespace simulacra
