#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/small_list.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// In the place of a member's number: whoever reads. A lineage knows no other.
inline constexpr Index myself = -1;

/// In the place of a member's number: all members of a population, frozen ones too. Of models this is one *pool*: each member
/// publishes an equal part of what is asked for, and the readers are dealt it at random, no observation twice. Of the truth: the same
/// observations for whoever asks so.
inline constexpr Index everyone = -2;

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
  std::int32_t who =
      static_cast<std::int32_t>(myself);  ///< whose model, data or law: `myself`, `everyone`, or a member's number
  Index generation = 0;

  static constexpr Index most_members = Index{1} << 24;  ///< as many as streams tell apart

  constexpr source() = default;
  constexpr source(kind of, Index t) : what(of), generation(t) {}

  /// @throw std::invalid_argument unless member is `myself`, `everyone`, or from 0 to 2^24 - 1
  constexpr source(kind of, Index t, Index member) : what(of), who(static_cast<std::int32_t>(member)), generation(t) {
    if (member < everyone || member >= most_members)
      argument::reject("source", "who", member, "be myself, everyone, or a member's number, from 0 to 2^24 - 1");
  }

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

// In each, `who` is a member of a population: see `source::who`. Of the truth it names draws that are shared: whoever asks for them by
// one name gets the same observations.

[[nodiscard]] inline ingredient from_truth(Index count, Index who = myself) {
  return {{source::kind::truth, 0, who}, count};
}
[[nodiscard]] inline ingredient from_model(Index generation, Index count, Index who = myself) {
  return {{source::kind::model, generation, who}, count};
}
[[nodiscard]] inline ingredient from_data(Index generation, Index count = everything, Index who = myself) {
  return {{source::kind::data, generation, who}, count};
}
[[nodiscard]] inline ingredient from_batch(Index generation, Index count = everything, Index who = myself) {
  return {{source::kind::batch, generation, who}, count};
}
[[nodiscard]] inline ingredient from_law(Index generation, Index count, Index who = myself) {
  return {{source::kind::law, generation, who}, count};
}

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

  /// Whether the list is one ingredient of the reader's own, all of it used and each observation counting 1.
  [[nodiscard]] bool plain() const noexcept {
    return parts_.size() == 1 && begin()->weight == ingredient{}.weight && begin()->from.who == myself && subsample == 0 &&
           independent_draws == 0;
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
inline constexpr std::string_view name_nobody =
    "be `myself` where there is one model: other members are read in a population";
}  // namespace list_must

/// Throws unless a recipe's list is one that can be gathered, as far as it says itself.
/// @param members  of the population that the list's reader belongs to
inline void require_sound(const ingredients& list, std::string_view function, Index members = 0) {
  argument::require(list.size() > 0, function, "recipe(t, m).size()", static_cast<Index>(list.size()),
                    "be at least 1 ingredient");
  argument::require(list.subsample >= 0, function, "ingredients.subsample", list.subsample, "not be negative");
  argument::require(list.independent_draws >= 0, function, "ingredients.independent_draws", list.independent_draws,
                    "not be negative");
  for (const ingredient& part : list) {
    argument::require(part.from.who == myself || members > 0, function, "ingredient.from.who", Index{part.from.who},
                      list_must::name_nobody);
    argument::require(members == 0 || part.from.who < members, function, "ingredient.from.who", Index{part.from.who},
                      "be a member of the population: they are numbered from 0");
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
