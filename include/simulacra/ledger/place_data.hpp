#pragma once

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/part_blocks.hpp>
#include <simulacra/ledger/setting.hpp>

namespace simulacra::detail {

/// Where a data set lies in the space of a setting, by the first of these that applies: as a law (where the space is no linear one), by its
/// stored observations, by its summary, by its observations block after block while they can be seen.
/// @param law  the data set as a law   @param block  room for one more vector   @param books  gets the place, and its error where the law
///            is drawn
/// @throw std::invalid_argument where none does: a space of functions holds no points, and collapsed draws are none
template <class Setting>
void place_data(const Setting& setting, const typename Setting::chain::training_type& x,
                [[maybe_unused]] const typename Setting::chain::kept_type& law,
                [[maybe_unused]] const part_blocks<typename Setting::chain::data_type>& observations,
                [[maybe_unused]] typename Setting::vector& block, account<typename Setting::vector>& books) {
  [[maybe_unused]] typename Setting::vector& out = books.place;
  using space_type = typename Setting::space_type;
  using data_type = typename Setting::chain::data_type;
  if constexpr (!is_linear_space<space_type>) {
    setting.embed(law, out, books.place_error);
  } else if constexpr (!embeds_data<space_type, data_type>) {
    argument::reject("ledger", "space", "one of functions", "hold data sets (an RKHS does) for a recipe that keeps them");
  } else {
    if (x.stored()) return setting.space.embed_data(x.data, x.w, out);
    if constexpr (embeds_summary<space_type, typename Setting::chain::summary_type>) {
      setting.space.embed_summary(x.summary, out);
    } else {
      setting.space.set_zero(out);
      const double n = static_cast<double>(x.count());
      const bool seen = observations([&](const data_type& some) {
        setting.space.embed_data(some, weights<double>(), block);
        setting.space.add(out, static_cast<double>(data_traits<data_type>::count(some)) / n, block);
      });
      argument::require(
          seen, "ledger", "plan.how", "a way in which data never exist",
          "be draw::stored or draw::streamed: the recipe keeps data, and in this space a summary does not say where "
          "they lie");
    }
  }
}

}  // namespace simulacra::detail
