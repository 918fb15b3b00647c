#pragma once

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/ledger/study.hpp>

namespace simulacra::detail {

/// Where a data set lies in a study's space, by the first of these that applies: as a law (where the space is no linear one), by its
/// stored observations, by its summary, by its observations block after block while they can be seen.
/// @param law  the data set as a law   @param block  room for one more vector
/// @throw std::invalid_argument where none does: a space of functions holds no points, and collapsed draws are none
template <class Study, class Observations>
void place_data(const Study& study, const typename Study::chain::training_type& x,
                [[maybe_unused]] const typename Study::chain::kept_type& law,
                [[maybe_unused]] const Observations& observations, [[maybe_unused]] typename Study::vector& block,
                typename Study::vector& out) {
  using space_type = typename Study::space_type;
  using data_type = typename Study::chain::data_type;
  if constexpr (!is_linear_space<space_type>) {
    study.space.embed(law, out);
  } else if constexpr (!embeds_data<space_type, data_type>) {
    argument::reject("ledger", "space", "one of functions", "hold data sets (an RKHS does) for a recipe that keeps them");
  } else {
    if (x.stored()) return study.space.embed_data(x.data, x.w, out);
    if constexpr (embeds_summary<space_type, typename Study::chain::summary_type>) {
      study.space.embed_summary(x.summary, out);
    } else {
      study.space.set_zero(out);
      const double n = static_cast<double>(x.count());
      const bool seen = observations([&](const data_type& some) {
        study.space.embed_data(some, weights<double>(), block);
        study.space.add(out, static_cast<double>(data_traits<data_type>::count(some)) / n, block);
      });
      argument::require(
          seen, "ledger", "plan.how", "a way in which data never exist",
          "be draw::stored or draw::streamed: the recipe keeps data, and in this space a summary does not say where "
          "they lie");
    }
  }
}

}  // namespace simulacra::detail
