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
    law,    ///< fresh draws of the law that the data of `generation` were drawn from
    edit    ///< what model `generation`, through the decoder, makes of other data: `of` says which
  };

  kind what = kind::truth;
  std::int32_t who =
      static_cast<std::int32_t>(myself);  ///< whose model, data or law: `myself`, `everyone`, or a member's number
  Index generation = 0;
  kind of = kind::truth;  ///< of an edit: what is edited, fresh draws of the truth, or a pool or batch that was kept
  std::int32_t of_who = static_cast<std::int32_t>(myself);  ///< and whose that is
  Index of_generation = 0;                                  ///< and of which generation

  /// What an edit is made of. @pre what == kind::edit
  [[nodiscard]] constexpr source edited() const { return {of, of_generation, of_who}; }

  static constexpr Index most_members = Index{1} << 24;  ///< as many as streams tell apart

  constexpr source() = default;
  constexpr source(kind which, Index t) : what(which), generation(t) {}

  /// @throw std::invalid_argument unless member is `myself`, `everyone`, or from 0 to 2^24 - 1
  constexpr source(kind which, Index t, Index member) : what(which), who(static_cast<std::int32_t>(member)), generation(t) {
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
  bool is_filtered = false;  ///< `count` are tried, and a random number of them may be given

  [[nodiscard]] bool weighted() const noexcept { return weight >= 0; }

  /// The same, of which `count` are tried and those that pass are given, however many that is: what a decoder that filters
  /// (`verified`) lets pass, or what a model's `sample(n, rng)` or `edit(x, rng)` returns where that is fewer than n. What is given is what
  /// counts: in the shares of the training law, in the ledger, and where nobody weighs the ingredients.
  [[nodiscard]] ingredient filtered() const noexcept {
    ingredient same = *this;
    same.is_filtered = true;
    return same;
  }
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

/// What a model makes of data: `model.edit(data, rng)`, new labels for given inputs, say. The count is that of the data.
/// @param generation  of the model; 0 is the truth
/// @param of          `from_data(s)`, `from_batch(s)`, or `from_truth(n)` for n fresh draws of it
[[nodiscard]] inline ingredient from_edit(Index generation, const ingredient& of, Index who = myself) {
  ingredient part = of;
  part.from = {source::kind::edit, generation, who};
  part.from.of = of.from.what;
  part.from.of_who = of.from.who;
  part.from.of_generation = of.from.generation;
  return part;
}

/// The same of the pool that generation `data` was trained on, or of its first `count` points.
[[nodiscard]] inline ingredient from_edit(Index generation, Index data, Index count = everything) {
  return from_edit(generation, from_data(data, count));
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

  /// Whether the list is one ingredient of the reader's own, all of it used, each observation counting 1, as many as are asked for and not
  /// edited.
  [[nodiscard]] bool plain() const noexcept {
    return parts_.size() == 1 && begin()->weight == ingredient{}.weight && !begin()->is_filtered &&
           begin()->from.what != source::kind::edit && begin()->from.who == myself && subsample == 0 &&
           independent_draws == 0;
  }

  /// Whether a part may give another number than it is asked for.
  [[nodiscard]] bool filters() const noexcept {
    for (const ingredient& part : parts_)
      if (part.is_filtered) return true;
    return false;
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

/// Whether a source is drawn from anew, and not out of what was kept. (An edit is new, whatever it is made of.)
inline bool is_fresh(const source& from) { return from.what != source::kind::data && from.what != source::kind::batch; }

/// Whether a source is kept data, or made of them: then `everything` is a number.
inline bool is_of_kept(const source& from) { return !is_fresh(from.what == source::kind::edit ? from.edited() : from); }

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
    argument::require(part.count >= 1 || (part.count == everything && is_of_kept(part.from)), function, "ingredient.count",
                      part.count, list_must::draw_some);
    if (part.from.what == source::kind::edit) {
      argument::require(part.from.who != everyone, function, "who, of from_edit", Index{part.from.who},
                        "be one: a model edits, not a pool");
      argument::require(
          part.from.of_who == myself ||
              (members > 0 && part.from.of_who < members && part.from.of_who >= 0 && part.from.of != source::kind::truth),
          function, "who, of what from_edit edits", Index{part.from.of_who}, "be myself or a member with data");
      argument::require(
          part.from.of != source::kind::model && part.from.of != source::kind::law && part.from.of != source::kind::edit,
          function, "what from_edit edits", "another source", "be from_truth, from_data or from_batch");
    }
    if (part.is_filtered) {
      argument::require(is_fresh(part.from), function, "ingredient.filtered()", "kept data",
                        "be of a source that is drawn from or edited");
      argument::require(list.independent_draws == 0, function, "ingredients.independent_draws", list.independent_draws,
                        "be 0 where an ingredient is filtered: their counts are what they are");
    }
  }
}

}  // namespace detail

}  // namespace simulacra
