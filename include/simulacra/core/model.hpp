#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <simulacra/core/types.hpp>

namespace simulacra {

class stream;

/// A model is a value that can be sampled: `dimension()` and `sample(n, rng)`. Nothing else is required, and no base class.
/// Being a value it can be kept, compared and moved between threads; it never holds a stream.
///
/// Optional members unlock more:
/// | member | what it unlocks |
/// |---|---|
/// | `sample_into(block, rng)` | stored draws without a copy |
/// | `sample_summary(n, as<S>{}, rng)` | collapsed draws of the summary S |
/// | `summary_draws`, a type | such draws made ahead in a chain, where they do not depend on the model but for what is done to them: see `gaussian` |
/// | `stream_summary(n, as<S>{}, rng)` | streamed draws by a way of the model's own |
/// | `mean()`, `covariance()` | projections on families that match moments |
/// | `log_density(x)` | risks |
/// | `edit(data, rng)` | new data of old: see `from_edit` |
/// | `finite()` | an end of the lineage at the fit whose numbers are none, not at its next sample |
/// | `tempered(tau)`, `inflated(lambda)`, `truncated(c)`, `tilted(reward)`, `chosen(k, reward)` | the decoders of these names |
template <class M>
concept model = std::copy_constructible<M> && requires(const M& m, Index n, stream& rng) {
                                                { m.dimension() } -> std::convertible_to<Index>;
                                                m.sample(n, rng);
                                              };

/// What a model's samples are stored in: a `samples<T, D>`, or a data type of a family's own (see `core/data.hpp`).
template <model M>
using data_of = std::remove_cvref_t<decltype(std::declval<const M&>().sample(Index{}, std::declval<stream&>()))>;

/// Names the type of a summary that a model is asked to draw.
template <class Summary>
struct as {};

/// A model that can draw a summary of n observations from its exact law without drawing the observations.
template <class M, class Summary>
concept collapses_to = model<M> && requires(const M& m, Index n, stream& rng) {
                                     { m.sample_summary(n, as<Summary>{}, rng) } -> std::convertible_to<Summary>;
                                   };

/// A model that folds n observations into a summary in a way of its own while drawing them.
template <class M, class Summary>
concept streams_to = model<M> && requires(const M& m, Index n, stream& rng) {
                                   { m.stream_summary(n, as<Summary>{}, rng) } -> std::convertible_to<Summary>;
                                 };

/// A law whose mean is known: all that a projection on a family with one parameter needs.
template <class M>
concept has_mean = requires(const M& m) { m.mean()[0]; };

/// A law whose first two moments are known: all that a projection on a moment-matching family needs.
template <class M>
concept has_moments = requires(const M& m) {
                        m.mean();
                        m.covariance();
                      };

}  // namespace simulacra
