#pragma once

#include <stdexcept>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>

/// What is wrong with a plan and can be seen without running it.
namespace simulacra::detail {

/// Throws unless a recipe's list for generation t can be gathered, as far as it and what the recipe keeps say.
inline void check_list(const ingredients& list, Index t, const retention& keeps) {
  constexpr std::string_view function = "run_lineage";
  require_sound(list, function);
  const auto within = [t](Index depth, Index s) { return depth == everything || t - s < depth; };
  for (const ingredient& part : list) {
    const Index s = part.from.generation;
    const bool edit = part.from.what == source::kind::edit, model = edit || part.from.what == source::kind::model;
    if (part.from.what == source::kind::truth) continue;
    constexpr std::string_view over = "be a generation that is over when it is asked for";
    argument::require(s >= 0 && (model ? s <= t : s < t), function, "ingredient.from.generation", s, over);
    if (model && s > 0 && s < t)
      argument::require(within(models_kept(keeps), s), function, "ingredient.from.generation", s, list_must::keep_model);
    const source kept = edit ? part.from.edited() : part.from;
    if (is_fresh(kept) || (kept.what == source::kind::data && kept.generation == 0 && keeps.first_data && t > 0)) continue;
    const Index k = kept.generation;
    argument::require(k >= 0 && k < t, function, "ingredient.from.generation", k, over);
    argument::require(within(kept.what == source::kind::batch ? keeps.batches : keeps.data, k + 1), function,
                      "ingredient.from.generation", k, list_must::keep_data);
  }
}

/// Throws for what every run of an experiment would meet: numbers of the plan, a way of drawing that cannot be had, and lists of the
/// recipe that cannot be gathered. Looks at 10,000 ingredients at most. What a schedule or a recipe of the caller's throws by itself, other
/// than an `std::invalid_argument`, ends the look, but in the first generation: a lineage may end before it comes there (as for
/// `schedule_words`). @throw std::invalid_argument
template <class Experiment>
void check_plan(const Experiment& what, const plan& how) {
  require_numbers(how);
  const retention keeps = retention_of(what.recipe);
  static_cast<void>(decide(what, how.how, keeps));
  Index looked_at = 0;
  for (Index t = 0; t < how.generations && looked_at < 10000; ++t) {
    try {
      const ingredients list = what.recipe(t, how.samples(t));
      check_list(list, t, keeps);
      looked_at += static_cast<Index>(list.size());
    } catch (const std::invalid_argument&) {
      throw;
    } catch (...) {
      if (t == 0) throw;
      return;
    }
  }
}

}  // namespace simulacra::detail
