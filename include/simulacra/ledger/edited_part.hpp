#pragma once

#include <memory>

#include <simulacra/core/argument.hpp>
#include <simulacra/recursion/edit.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>

namespace simulacra::detail {

/// A pointer to what somebody else keeps.
template <class T>
[[nodiscard]] std::shared_ptr<const T> borrowed(const T& value) {
  return {std::shared_ptr<const void>(), &value};
}

[[noreturn]] inline void reject_edit() {
  argument::reject("ledger", "ingredient.from", "an edit",
                   "be of a recipe that says `static constexpr bool edits = true`, and of models with edit(data, rng)");
}

/// The law that an edited part was drawn from, given the past: what the model makes of the data, or of the truth, that were edited.
/// @param part    of which `edited` is shown
/// @param truth   stays where it is as long as the law is used
/// @param editor  the model as it is sampled; null for the truth
template <class Chain>
[[nodiscard]] typename Chain::edited_type law_of_edit(const gathered_part<typename Chain::training_type>& part,
                                                      const typename Chain::truth_type& truth,
                                                      std::shared_ptr<const typename Chain::sampled_type> editor) {
  static_assert(!moves<typename Chain::truth_type>, "simulacra: a ledger does not follow edits where the truth moves");
  using edited = typename Chain::edited_type;
  using data = typename Chain::data_type;
  const auto of = [&](const auto& base) -> edited {
    if (editor != nullptr) return edited(base, editor);
    if constexpr (edits_data<typename Chain::truth_type, data>)
      return edited(base, borrowed(truth));
    else
      reject_edit();
  };
  if (is_fresh(part.what.from.edited())) return of(borrowed(truth));
  return of(std::make_shared<const typename Chain::kept_type>(*part.edited, true));
}

}  // namespace simulacra::detail
