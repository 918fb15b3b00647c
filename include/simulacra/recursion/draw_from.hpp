#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/not_finite.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/training_set.hpp>

/// Drawing one ingredient in the way that was decided on, and putting ingredients together.
namespace simulacra::detail {

constexpr std::string_view name_of(draw how) {
  switch (how) {
    case draw::cheapest: return "draw::cheapest";
    case draw::stored: return "draw::stored";
    case draw::streamed: return "draw::streamed";
    case draw::collapsed: return "draw::collapsed";
  }
  return "unknown";
}

/// What the decoder makes of a fitted model.
template <class Experiment>
using decoded_model = std::remove_cvref_t<decltype(decode_at(
    std::declval<const Experiment&>().decoder, std::declval<const typename Experiment::model_type&>(), Index{},
    std::declval<const typename Experiment::truth_type&>(), std::declval<const stream&>()))>;

/// Settles how data are drawn, or says why it cannot be as the caller wants it.
template <class Experiment>
draw decide(const Experiment&, draw asked, const retention& keeps, std::string_view caller = "run_lineage") {
  using summary = typename Experiment::summary_type;
  if constexpr (std::same_as<summary, no_summary>) {
    if (asked == draw::streamed || asked == draw::collapsed)
      argument::reject(caller, "plan.how", name_of(asked), "be draw::stored for an estimator without a summary");
    return draw::stored;
  } else {
    if (keeps.stored) {
      if (asked == draw::streamed || asked == draw::collapsed)
        argument::reject(caller, "plan.how", name_of(asked), "be draw::stored for a recipe that picks single observations");
      return draw::stored;
    }
    constexpr bool can_collapse =
        collapses_to<typename Experiment::truth_type, summary> && collapses_to<decoded_model<Experiment>, summary>;
    if (asked == draw::collapsed && !can_collapse)
      argument::reject(caller, "plan.how", name_of(asked),
                       "be another way: the truth, or the model as it is decoded, has no sample_summary for this estimator");
    // What is left of the cheapest way is decided source by source: see draw_from.
    return asked == draw::cheapest ? draw::collapsed : asked;
  }
}

/// Bytes of one number of a data set.
template <class Data>
inline constexpr std::size_t bytes_of_number = sizeof(double);
template <class Data>
  requires requires { typename Data::Scalar; }
inline constexpr std::size_t bytes_of_number<Data> = sizeof(typename Data::Scalar);

/// Who is asked in the loop: the truth, or a model through its decoder; and for so many observations as the plan or the recipe says. The
/// words are five texts, which are put together where they are needed: mostly never.
struct asked_by_loop {
  bool truth;
  Index generation;  ///< of the model
  bool as_planned;   ///< whether the plan says how many
  bool of_member = false;

  [[gnu::noinline]] operator asked() const {
    const std::string_view count = as_planned ? std::string_view("samples") : std::string_view("ingredient.count");
    const std::string_view caller = of_member ? std::string_view("run_population") : std::string_view("run_lineage");
    return truth ? asked{caller, "the truth", -1, {}, count}
                 : asked{caller, "the model", generation, "as it is decoded", count};
  }
};

/// What was just drawn must be what was asked for, and numbers.
template <class Data>
[[gnu::always_inline]] inline void require_drawn(const Data& x, Index dimension, Index n, const asked& by) {
  require_sample(x, dimension, n, by);
  if constexpr (requires { data_traits<Data>::finite(x); })
    if (!data_traits<Data>::finite(x)) [[unlikely]]
      end_of_numbers(x, by);
}

[[noreturn, gnu::noinline]] inline void reject_summary(std::string_view what, Index given, Index wanted, const asked& by) {
  argument::reject(by.function, std::string(what) + "() of a summary drawn by " + by.text(), argument::text(given),
                   "be " + argument::text(wanted) + (what == "count" ? ", as many as were asked for" : ""));
}

/// A summary that a law has drawn by itself, likewise.
/// @param by  `asked`, or what becomes one
template <class Summary, class By>
[[gnu::always_inline]] inline void require_summary(const Summary& s, Index dimension, Index n, const By& by) {
  if (s.count() != n) [[unlikely]]
    reject_summary("count", static_cast<Index>(s.count()), n, by);
  if constexpr (requires {
                  { s.dimension() } -> std::convertible_to<Index>;
                })
    if (s.dimension() != dimension) [[unlikely]]
      reject_summary("dimension", Index{s.dimension()}, dimension, by);
  if constexpr (requires {
                  { s.finite() } -> std::convertible_to<bool>;
                })
    if (!s.finite()) [[unlikely]]
      end_of_numbers(by);
}

/// A law that draws until enough has passed, and knows how often it has tried: `attempt(n, rng)` returns `data`, what `sample(n, rng)` would
/// return, and `tried`.
template <class M>
concept counts_tries = requires(const M& m, Index n, stream& rng) {
                         { m.attempt(n, rng).tried } -> std::convertible_to<Index>;
                         { m.attempt(n, rng).data } -> std::convertible_to<data_of<M>>;
                       };

/// Draws n observations in blocks of a size that caches hold, and hands each to f. @return how many draws it took
template <class M, class F>
Index draw_in_blocks(const M& m, Index dimension, Index n, const asked& by, stream& rng, F&& f) {
  const Index block = std::max<Index>(256, 4096 / std::max<Index>(1, dimension));
  Index tried = 0;
  for (Index first = 0; first < n; first += block) {
    const Index size = (std::min)(block, n - first);
    if constexpr (counts_tries<M>) {
      const auto some = m.attempt(size, rng);
      require_drawn(some.data, dimension, size, by);
      tried += some.tried;
      f(some.data);
    } else {
      const auto x = m.sample(size, rng);
      require_drawn(x, dimension, size, by);
      tried += size;
      f(x);
    }
  }
  return tried;
}

/// Draws n observations and keeps them. Out of line, as is the next: the loop's fast way is the third, and comes in several copies.
/// @return how many draws it took
template <class M, class Data, class Summary>
[[gnu::noinline]] Index draw_stored(const M& m, Index dimension, Index n, training_set<Data, Summary>& x, const asked& by,
                                    stream& rng) {
  if constexpr (has_dimension<Data>) argument::require_room(n, dimension, bytes_of_number<Data>, by.function, by.count);
  x.how = draw::stored;
  if constexpr (requires { m.sample_into(x.data, rng); }) {
    argument::require(m.dimension() == dimension, by.function, "dimension() of a model", static_cast<Index>(m.dimension()),
                      "be that of the truth");
    data_traits<Data>::resize(x.data, dimension, n);
    m.sample_into(x.data, rng);
  } else if constexpr (counts_tries<M>) {
    auto all = m.attempt(n, rng);
    x.data = std::move(all.data);
    require_drawn(x.data, dimension, n, by);
    return all.tried;
  } else {
    x.data = m.sample(n, rng);
  }
  require_drawn(x.data, dimension, n, by);
  return n;
}

/// Draws n observations, folds them into the summary and forgets them. @return how many draws it took
template <class M, class Data, class Summary>
[[gnu::noinline]] Index draw_streamed(const M& m, Index dimension, Index n, training_set<Data, Summary>& x, const asked& by,
                                      stream& rng) {
  x.how = draw::streamed;
  if constexpr (streams_to<M, Summary>) {
    x.summary = m.stream_summary(n, as<Summary>{}, rng);
    require_summary(x.summary, dimension, n, by);
    return n;
  } else {
    if constexpr (requires { x.summary.clear(); })
      x.summary.clear();  // what else it knows stays
    else
      x.summary = Summary();
    return draw_in_blocks(m, dimension, n, by, rng, [&x](const auto& block) { x.summary.fold(block); });
  }
}

/// Draws n observations from a model, in the given way, in the place of what is in the training set.
/// @param dimension  what the observations must have; whatever the model says of itself
/// @param by         who is asked, for what is said of a model that gives something else: `asked`, or what becomes one
/// @return how many draws it took: n, or more where a law rejects some and counts them
template <class M, class Data, class Summary, class By>
[[gnu::always_inline]] inline Index draw_from(const M& m, Index dimension, Index n, draw how, training_set<Data, Summary>& x,
                                              const By& by, stream& rng) {
  if (x.w.size() > 0) x.w.resize(0);
  if constexpr (std::same_as<Summary, no_summary>) {
    return draw_stored(m, dimension, n, x, by, rng);  // the one way that `decide` leaves
  } else {
    if constexpr (collapses_to<M, Summary>)
      if (how == draw::collapsed) [[likely]] {
        x.how = draw::collapsed;
        x.summary = m.sample_summary(n, as<Summary>{}, rng);
        require_summary(x.summary, dimension, n, by);
        return n;
      }
    if (how == draw::stored) return draw_stored(m, dimension, n, x, by, rng);
    // also where the cheapest way was asked for, and this source has no cheaper one
    return draw_streamed(m, dimension, n, x, by, rng);
  }
}

/// The observations that `draw_from` has drawn, as a callable that hands them to f block after block: those that are stored,
/// or else the same ones drawn again from where the stream began. False where they never existed.
template <class M, class Data, class Summary>
auto observations_of(const M& m, Index dimension, Index n, const training_set<Data, Summary>& x, const asked& by,
                     const stream& begin) {
  return [&, dimension, n, by](auto&& f) {
    static_cast<void>(n);
    static_cast<void>(dimension);
    static_cast<void>(by);
    if (x.stored()) return f(x.data), true;
    if constexpr (!std::same_as<Summary, no_summary>) {
      if (x.how == draw::collapsed) return false;
      stream again = begin;
      if constexpr (streams_to<M, Summary>)
        f(m.sample(n, again));  // whole: a family's own way promises the numbers of one call
      else
        draw_in_blocks(m, dimension, n, by, again, f);
    }
    return true;
  };
}

/// Joins two training sets: both stored, or both summed up.
template <class Data, class Summary>
void append(training_set<Data, Summary>& pool, training_set<Data, Summary> more) {
  if (more.count() == 0) return;  // a filter that let nothing pass
  if (pool.count() == 0) {
    pool = std::move(more);
    return;
  }
  if constexpr (!std::same_as<Summary, no_summary>)
    if (!pool.stored()) {
      if (more.how == draw::streamed) pool.how = draw::streamed;  // collapsed only where every part is
      return pool.summary.merge(more.summary);
    }
  using traits = data_traits<Data>;
  const Index before = pool.count(), added = more.count();
  if (pool.w.size() > 0 || more.w.size() > 0) {
    const auto filled = [](const weights<double>& w, Index n) {
      return w.size() > 0 ? w : weights<double>(weights<double>::Ones(n));
    };
    weights<double> both(before + added);
    both << filled(pool.w, before), filled(more.w, added);
    pool.w = std::move(both);
  }
  traits::append(pool.data, more.data);
}

/// The first n observations of a set that holds at least as many.
template <class Data, class Summary>
training_set<Data, Summary> front(const training_set<Data, Summary>& x, Index n, std::string_view caller) {
  argument::require(n >= 1 && n <= x.count(), caller, "ingredient.count", n, list_must::take_what_is_there);
  if (!x.stored())
    argument::reject(caller, "plan.how", name_of(x.how),
                     "be draw::stored where a kept set is cut: a summary cannot be (preserve with a schedule that changes m "
                     "is such a case)");
  training_set<Data, Summary> part = x;
  part.data = data_traits<Data>::front(x.data, n);
  if (x.w.size() > 0) part.w = x.w.head(n).eval();
  return part;
}

/// k observations of a stored set, without replacement.
template <class Data, class Summary>
training_set<Data, Summary> subsampled(const training_set<Data, Summary>& x, Index k, stream rng, std::string_view caller) {
  argument::require(k <= x.count(), caller, "ingredients.subsample", k, "not be more than the pool holds");
  const std::vector<Index> chosen = subsample(x.count(), k, rng);
  training_set<Data, Summary> part = x;
  part.data = data_traits<Data>::select(x.data, chosen);
  if (x.w.size() > 0) {
    part.w.resize(k);
    for (Index i = 0; i < k; ++i) part.w[i] = x.w[chosen[static_cast<std::size_t>(i)]];
  }
  return part;
}

}  // namespace simulacra::detail
