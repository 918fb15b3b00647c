#pragma once

#include <concepts>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// A summary is what an estimator needs of its data: a sufficient statistic that merges. Merging is what lets `accumulate`
/// cost the same in every generation, and what lets data be drawn in blocks and thrown away.
///
/// `merge` must give what folding everything into one summary gives, up to rounding. `reweight(c)` multiplies the weight of
/// every observation by c. `weight()` is their sum, which is the number of observations as long as nobody reweights.
template <class S>
concept summary = std::semiregular<S> && requires(S s, const S& other, double c) {
                                           s.merge(other);
                                           s.reweight(c);
                                           { other.count() } -> std::convertible_to<Index>;
                                           { other.weight() } -> std::convertible_to<double>;
                                         };

/// A summary into which data of type `Data` can be folded.
template <class S, class Data>
concept summary_of = summary<S> && requires(S s, const Data& x) { s.fold(x); };

}  // namespace simulacra
