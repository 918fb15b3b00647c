#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// A model that can make new data of old: `edit(data, rng)` returns as many observations, in the same order. New labels for given inputs,
/// a text in which some words are drawn again, the answer to a prompt.
template <class M, class Data>
concept edits_data = model<M> && requires(const M& m, const Data& x, stream& rng) {
                                   { m.edit(x, rng) } -> std::same_as<Data>;
                                 };

/// Whether a recipe may ask for edits, which it says by a member `static constexpr bool edits = true`. The loop does without; a ledger must
/// know before it is run.
template <class R>
inline constexpr bool recipe_edits = [] {
  if constexpr (requires { R::edits; })
    return bool{R::edits};
  else
    return false;
}();

/// A law that filters what is drawn from it: `filtered(n, rng)` returns what is left of n draws. Others filter where `sample(n, rng)` returns
/// fewer than n.
template <class M>
concept filters_draws = model<M> && requires(const M& m, Index n, stream& rng) {
                                      { m.filtered(n, rng) } -> std::same_as<data_of<M>>;
                                    };

namespace detail {

/// What a filtered ingredient of a model is drawn from: what the decoder calls its filter, or else the model as it is decoded.
template <class Decoder, class Model, class Truth>
decltype(auto) filter_at(const Decoder& decode, const Model& m, Index generation, const Truth& truth, const stream& root) {
  if constexpr (requires(const place<Truth>& at) { decode.filter(m, at); })
    return decode.filter(m, place<Truth>{generation, truth, root});
  else if constexpr (requires { decode.filter(m); })
    return decode.filter(m);
  else
    return decode_at(decode, m, generation, truth, root);
}

/// Throws unless x is observations of that dimension, no more of them than n, or just n.
template <class Data>
void require_given(const Data& x, Index dimension, Index n, bool may_be_fewer, const asked& by) {
  const Index given = data_traits<Data>::count(x);
  const bool fewer = may_be_fewer && given < n;
  if (!fewer || given > 0) require_drawn(x, dimension, fewer ? given : n, by);
}

/// What is left of n draws of a law.
template <class M>
[[nodiscard]] data_of<M> left_of(const M& law, Index dimension, Index n, const asked& by, stream& rng) {
  if constexpr (has_dimension<data_of<M>>)
    argument::require_room(n, dimension, bytes_of_number<data_of<M>>, by.function, by.count);
  const auto drawn = [&] {
    if constexpr (filters_draws<M>)
      return law.filtered(n, rng);
    else
      return law.sample(n, rng);
  };
  data_of<M> x = drawn();
  require_given(x, dimension, n, true, by);
  return x;
}

/// Throws unless kept data are there to be edited.
template <class Data, class Summary>
void require_editable(const training_set<Data, Summary>& x, std::string_view caller) {
  if (!x.stored())
    argument::reject(caller, "plan.how", name_of(x.how),
                     "be draw::stored where kept data are edited (a recipe says so by keeps().stored)");
}

/// What a model makes of a data set, weights included. @param x  observations, stored
template <class M, class Data, class Summary>
void edit_with(const M& model, training_set<Data, Summary>& x, Index dimension, bool may_be_fewer, const asked& by,
               stream& rng) {
  if constexpr (edits_data<M, Data>) {
    const Index n = x.count();
    x.data = model.edit(std::move(x.data), rng);
    require_given(x.data, dimension, n, may_be_fewer, by);
    if (x.w.size() > 0 && x.count() != n)
      argument::reject(by.function, "edit(data, rng) of " + by.text(), argument::text(x.count()) + " observations",
                       "be all " + argument::text(n) + " where they are weighted: whose weights are left is not known");
  } else {
    argument::reject(by.function, "from_edit", by.text(),
                     "be a model with edit(data, rng) that returns data of the same type");
  }
}

/// What was stored only to be looked at becomes the summary that was asked for.
template <class Data, class Summary>
void sum_up(training_set<Data, Summary>& x, draw how) {
  if constexpr (!std::same_as<Summary, no_summary>) {
    if (how == draw::stored) return;
    x.how = draw::streamed;
    x.summary = Summary();
    if (data_traits<Data>::count(x.data) == 0) return;
    if constexpr (requires { x.summary.fold(x.data, x.w); })
      if (x.w.size() > 0) return x.summary.fold(x.data, x.w);
    x.summary.fold(x.data);
  }
}

}  // namespace detail

}  // namespace simulacra
