#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/decoder.hpp>
#include <simulacra/recursion/edit.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>

namespace simulacra {

/// Which member of a population a recipe is asked for.
struct seat {
  Index number = 0;   ///< 0, 1, ..., members - 1
  Index members = 1;  ///< of the population, frozen ones too
};

/// What a member of a population may be trained on: any recipe, or a callable `r(t, m, at)` that is told the `seat` of its member too.
template <class R>
concept member_recipe = recipe<R> || (std::copy_constructible<R> && requires(const R& r, Index t, Index m, const seat& at) {
                                                                      { r(t, m, at) } -> std::same_as<ingredients>;
                                                                    });

/// One of several models that are trained side by side: `member{gaussian_estimator<double, 1>(divisor::n), replace{}}`.
///
/// Each has its own estimator, recipe and decoder, and its own streams. Its recipe may name others as a source: `from_model(t, n, 3)`.
template <class Estimator, class Recipe, class Decoder = as_is>
struct member {
  Estimator estimator;
  Recipe recipe;
  Decoder decoder{};
};

template <class Estimator, class Recipe>
member(Estimator, Recipe) -> member<Estimator, Recipe, as_is>;
template <class Estimator, class Recipe, class Decoder>
member(Estimator, Recipe, Decoder) -> member<Estimator, Recipe, Decoder>;

/// Equal members, so many of them: see `many`.
template <class Member>
struct many_members {
  Member each;
  Index count;
};

/// So many members that differ in their numbers and in their random draws only.
/// @throw std::invalid_argument unless count >= 1
template <class Estimator, class Recipe, class Decoder>
[[nodiscard]] many_members<member<Estimator, Recipe, Decoder>> many(member<Estimator, Recipe, Decoder> each, Index count) {
  argument::require(count >= 1, "many", "count", count, "be at least 1");
  return {std::move(each), count};
}

/// A member that is never refitted and goes on publishing draws of one model. Like everybody's, its model 0 is the truth; from
/// generation 1 on it is the one given here. It has no data.
template <class Model, class Decoder = as_is>
struct frozen {
  Model model;
  Decoder decoder;

  explicit frozen(Model m, Decoder d = {}) : model(std::move(m)), decoder(std::move(d)) {}
};

/// Several models that are trained side by side and read each other's output:
/// `population{truth, many(member{estimator, pooled(replace{})}, 8), frozen(old_model)}`.
///
/// Members are numbered from 0 in the order in which they are given. All of them see data of one type, the truth's.
template <class Truth, class... Members>
struct population {
  Truth truth;
  std::tuple<Members...> members;

  static_assert(
      model<Truth>,
      "simulacra: the truth must be a model: a copyable type with const members dimension() and sample(n, rng), rng "
      "being a simulacra::stream&");
  static_assert(sizeof...(Members) > 0, "simulacra: a population needs at least one member");

  explicit population(Truth original, Members... all) : truth(std::move(original)), members(std::move(all)...) {}

  /// How many members there are.
  [[nodiscard]] Index size() const;
};

namespace detail {

/// What a member is: its types, and how many there are of it.
template <class Member>
struct member_kind {
  static constexpr bool known = false;
};
template <class E, class R, class D>
struct member_kind<member<E, R, D>> {
  static constexpr bool known = true, fitted = true;
  using one = member<E, R, D>;
  static Index count(const one&) { return 1; }
  static const one& each(const one& m) { return m; }
};
template <class Member>
struct member_kind<many_members<Member>> {
  static constexpr bool known = true, fitted = true;
  using one = Member;
  static Index count(const many_members<Member>& m) { return m.count; }
  static const one& each(const many_members<Member>& m) { return m.each; }
};
template <class M, class D>
struct member_kind<frozen<M, D>> {
  static constexpr bool known = true, fitted = false;
  using one = frozen<M, D>;
  static Index count(const one&) { return 1; }
  static const one& each(const one& m) { return m; }
};

/// A recipe that is told its seat, and keeps what the others want to read as well.
template <class R>
struct seated {
  R recipe;
  retention needs;

  static constexpr bool edits = recipe_edits<R>;

  [[nodiscard]] ingredients list(Index t, Index m, const seat& at) const {
    if constexpr (requires { recipe(t, m, at); })
      return recipe(t, m, at);
    else
      return recipe(t, m);
  }
  [[nodiscard]] retention keeps() const { return needs; }
};

/// What two recipes ask to be kept.
[[nodiscard]] inline retention both(const retention& a, const retention& b) {
  const auto deeper = [](Index x, Index y) { return x == everything || y == everything ? everything : (std::max)(x, y); };
  return {deeper(a.models, b.models),   deeper(a.data, b.data), deeper(a.batches, b.batches), deeper(a.laws, b.laws),
          a.first_data || b.first_data, a.stored || b.stored,   a.others_too || b.others_too};
}

/// What a member keeps so that others can read of it what this recipe keeps of its own. One generation more: who comes later in the order
/// reads the data of the generation before when those of the present one are there already.
[[nodiscard]] inline retention for_others(retention keeps) {
  for (Index* depth : {&keeps.data, &keeps.batches, &keeps.laws})
    if (*depth > 0) ++*depth;
  if (keeps.laws != 0) keeps.models = everything;  // laws mix models of any age
  return keeps;
}

/// Calls f(member as given) for each kind of member, in order.
template <class Truth, class... Members, class F>
void for_each_kind(const population<Truth, Members...>& all, F&& f) {
  std::apply([&](const Members&... each) { (f(each), ...); }, all.members);
}

/// Says in sentences what a population's types must be, before anything deeper is instantiated.
template <class Truth, class Member>
constexpr bool check_member() {
  static_assert(member_kind<Member>::known,
                "simulacra: a population is made of member{estimator, recipe, decoder}, many(member{...}, count) and "
                "frozen(model)");
  if constexpr (member_kind<Member>::known) {
    using one = typename member_kind<Member>::one;
    if constexpr (member_kind<Member>::fitted) {
      using estimator = decltype(one::estimator);
      using recipe_type = decltype(one::recipe);
      static_assert(estimator_of<estimator, data_of<Truth>>,
                    "simulacra: the estimator of each member needs a const member fit(x, rng) that returns a model, where x "
                    "is what the truth's sample(n, rng) returns, or a summary into which that can be folded");
      static_assert(member_recipe<recipe_type>,
                    "simulacra: the recipe of a member is a const callable recipe(t, m), or recipe(t, m, at) with the "
                    "simulacra::seat of its member, that returns simulacra::ingredients");
      if constexpr (estimator_of<estimator, data_of<Truth>>) {
        using fitted_model = model_for<estimator, data_of<Truth>>;
        static_assert(std::same_as<data_of<fitted_model>, data_of<Truth>>,
                      "simulacra: truth and the models of all members must return the same type from sample(n, rng), since "
                      "they are mixed");
        static_assert(decoder_of<decltype(one::decoder), fitted_model, Truth>,
                      "simulacra: a member's decoder cannot sample its model: decoder(model) must return something with "
                      "dimension() and sample(n, rng)");
      }
    } else {
      static_assert(
          std::same_as<data_of<decltype(one::model)>, data_of<Truth>>,
          "simulacra: a frozen model must return from sample(n, rng) what the truth returns, since they are mixed");
    }
  }
  return true;
}

}  // namespace detail

template <class Truth, class... Members>
Index population<Truth, Members...>::size() const {
  Index all = 0;
  detail::for_each_kind(*this, [&all]<class Member>(const Member& m) { all += detail::member_kind<Member>::count(m); });
  return all;
}

}  // namespace simulacra
