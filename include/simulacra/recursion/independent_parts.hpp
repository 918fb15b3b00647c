#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/small_list.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/ingredient.hpp>

namespace simulacra::detail {

/// Fresh counts of a multinomial law; a source that is itself a mixture of models is drawn from component by component.
/// @param mixed  the law, in which no source is a law itself   @param caller  for messages
[[nodiscard]] inline small_list<ingredient, 4> independent_parts(const training_law& mixed, Index draws, stream rng,
                                                                 std::string_view caller) {
  std::vector<double> share;
  for (const law_part& part : mixed) {
    if (is_of_kept(part.from) || part.from.what == source::kind::edit)
      argument::reject(caller, "ingredients.independent_draws", argument::text(draws),
                       "be 0 where kept data are mixed: they cannot be drawn from independently");
    share.push_back(part.share);
  }
  std::vector<Index> counts(share.size());
  multinomial(draws, share, counts, rng);
  small_list<ingredient, 4> drawn;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) drawn.push_back({mixed[i].from, counts[i]});
  return drawn;
}

}  // namespace simulacra::detail
