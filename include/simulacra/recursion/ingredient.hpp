#pragma once

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/small_list.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// Where training data come from. Generations count refits: model 0 is the truth, model t + 1 is fitted to data t.
struct source {
  enum class kind {
    truth,  ///< fresh draws of the original law
    model,  ///< fresh draws of model `generation`, through the decoder; model 0 is the truth
    data,   ///< the pool that generation `generation` was trained on
    batch,  ///< of that pool, only what was freshly drawn in that generation
    law     ///< fresh draws of the law that the data of `generation` were drawn from
  };

  kind what = kind::truth;
  Index generation = 0;

  friend bool operator==(const source&, const source&) = default;
};

/// All observations of a kept data set.
inline constexpr Index everything = -1;

/// A part of a generation's training data: so many observations from there, with this much weight.
struct ingredient {
  source from{};
  Index count = 0;     ///< draws; of a kept data set, its first `count` points (the same ones each time), or `everything`
  double weight = -1;  ///< total weight of this part; negative: each observation counts 1

  [[nodiscard]] bool weighted() const noexcept { return weight >= 0; }
};

[[nodiscard]] inline ingredient from_truth(Index count) { return {{source::kind::truth, 0}, count}; }
[[nodiscard]] inline ingredient from_model(Index generation, Index count) {
  return {{source::kind::model, generation}, count};
}
[[nodiscard]] inline ingredient from_data(Index generation, Index count = everything) {
  return {{source::kind::data, generation}, count};
}
[[nodiscard]] inline ingredient from_batch(Index generation, Index count = everything) {
  return {{source::kind::batch, generation}, count};
}
[[nodiscard]] inline ingredient from_law(Index generation, Index count) { return {{source::kind::law, generation}, count}; }

/// What generation t is trained on: a list of ingredients, and what is done with them as a whole.
class ingredients {
 public:
  ingredients() = default;
  ingredients(std::initializer_list<ingredient> list) {
    for (const ingredient& part : list) add(part);
  }

  /// Adds a part, unless it asks for no observations at all.
  ingredients& add(const ingredient& part) {
    if (part.count != 0) parts_.push_back(part);
    return *this;
  }

  [[nodiscard]] std::size_t size() const noexcept { return parts_.size(); }
  [[nodiscard]] const ingredient* begin() const noexcept { return parts_.begin(); }
  [[nodiscard]] const ingredient* end() const noexcept { return parts_.end(); }

  /// Of the pool that the list describes, train on this many observations, drawn without replacement; 0: on the whole pool.
  /// The pool is what later generations know as this generation's data. Needs stored samples.
  Index subsample = 0;

  /// Take this many observations independently from the mixture of the (fresh) ingredients, each picked with probability in
  /// proportion to its weight: their counts are multinomial. 0: take the counts as they are.
  Index independent_draws = 0;

  /// Whether the list is one ingredient, all of it used and each observation counting 1.
  [[nodiscard]] bool plain() const noexcept {
    return parts_.size() == 1 && begin()->weight == ingredient{}.weight && subsample == 0 && independent_draws == 0;
  }

 private:
  small_list<ingredient, 4> parts_;
};

/// One component of a training law: the law of a source, and its share of the mixture.
struct law_part {
  source from{};
  double share = 0;
};

/// The law that a generation's training data were drawn from, given the past: the weighted mixture of its ingredients. Shares
/// add to 1. A part whose source is kept data or a batch stands for the law that those were drawn from.
using training_law = small_list<law_part, 4>;

namespace detail {

/// Whether a source is drawn from anew, and not out of what was kept.
inline bool is_fresh(const source& from) { return from.what != source::kind::data && from.what != source::kind::batch; }

/// What is asked of a list, in the words of messages: by whoever looks at a plan before it is run, and by whoever gathers what it names.
namespace list_must {
inline constexpr std::string_view weigh_all = "be given for every ingredient of a generation or for none";
inline constexpr std::string_view draw_some = "be at least 1, or `everything` of what is kept";
inline constexpr std::string_view keep_model =
    "be a model that was kept: let the recipe's keeps() say how many models it needs";
inline constexpr std::string_view keep_data =
    "be a generation whose data were kept: let the recipe's keeps() say how many it needs";
inline constexpr std::string_view keep_law =
    "be a generation whose law was kept: let the recipe's keeps() say how many it needs";
inline constexpr std::string_view take_what_is_there = "be between 1 and the number of observations that are kept there";
}  // namespace list_must

/// Throws unless a recipe's list is one that can be gathered, as far as it says itself.
inline void require_sound(const ingredients& list, std::string_view function) {
  argument::require(list.size() > 0, function, "recipe(t, m).size()", static_cast<Index>(list.size()),
                    "be at least 1 ingredient");
  argument::require(list.subsample >= 0, function, "ingredients.subsample", list.subsample, "not be negative");
  argument::require(list.independent_draws >= 0, function, "ingredients.independent_draws", list.independent_draws,
                    "not be negative");
  for (const ingredient& part : list) {
    argument::require(std::abs(part.weight) <= (std::numeric_limits<double>::max)(), function, "ingredient.weight",
                      part.weight, "be finite");
    argument::require(part.weighted() || part.weight == ingredient{}.weight, function, "ingredient.weight", part.weight,
                      "not be negative");
    argument::require(part.weighted() == list.begin()->weighted(), function, "ingredient.weight", part.weight,
                      list_must::weigh_all);
    argument::require(part.count >= 1 || (part.count == everything && !is_fresh(part.from)), function, "ingredient.count",
                      part.count, list_must::draw_some);
  }
}

}  // namespace detail

}  // namespace simulacra
