#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// The best of k draws of a model each time, in the eyes of a score: its law is that of the largest of k. For a score of which the
/// model's draws have the distribution function F, the score of what is kept has F^k.
template <model Model, class Score>
class selected {
 public:
  using data_type = data_of<Model>;

  /// @throw std::invalid_argument unless candidates >= 1
  selected(Model from, Score score, Index candidates)
      : from_(std::move(from)), score_(std::move(score)), candidates_(candidates) {
    argument::require(candidates >= 1, "selected", "candidates", candidates, "be at least 1");
  }

  [[nodiscard]] Index dimension() const { return from_.dimension(); }
  [[nodiscard]] const Model& from() const noexcept { return from_; }

  /// n draws, each the best of its k; of equal ones the first.
  /// @throw std::invalid_argument if a score is not a number, or there is no room for the candidates of a block
  /// O(k n); memory O(n + k), since candidates are drawn in blocks.
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    data_type kept(from_.dimension(), n);
    constexpr Index block = 256;
    argument::require_room(candidates_, (std::min)(block, n) * (std::max)(Index{1}, static_cast<Index>(from_.dimension())),
                           sizeof(double), "selected::sample", "candidates");
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      const data_type drawn = detail::sampled(from_, size * candidates_, rng, {"selected::sample", "the model"});
      for (Index i = 0; i < size; ++i) {
        Index best = i * candidates_;
        double highest = score_of(drawn.col(best));
        for (Index k = best + 1; k < (i + 1) * candidates_; ++k)
          if (const double now = score_of(drawn.col(k)); now > highest) {
            highest = now;
            best = k;
          }
        kept.col(first + i) = drawn.col(best);
      }
    }
    return kept;
  }

 private:
  /// Nothing is better than NaN, nor worse: kept or left, it would not be the best.
  template <class X>
  [[nodiscard]] double score_of(const X& x) const {
    const double score = score_(x);
    argument::require(!std::isnan(score), "selected::sample", "score(x)", score, "be a number for every draw, or infinite");
    return score;
  }

  Model from_;
  Score score_;
  Index candidates_;
};

/// A decoder that publishes the best of k draws: `best_by(5, [](const auto& x) { return reward(x); })`. People who post the pick of what a
/// model made select like this; with the truth's log density as a score it trades diversity for quality.
template <class Score>
class best_by {
 public:
  /// @param score  callable with a column, a `double` or convertible to one, infinite if need be; the larger the better. A score that is NaN is refused
  ///               where it is met
  /// @throw std::invalid_argument unless candidates >= 1
  best_by(Index candidates, Score score) : candidates_(candidates), score_(std::move(score)) {
    argument::require(candidates >= 1, "best_by", "candidates", candidates, "be at least 1");
  }

  template <model M>
  [[nodiscard]] selected<M, Score> operator()(const M& m) const {
    return {m, score_, candidates_};
  }

 private:
  Index candidates_;
  Score score_;
};

}  // namespace simulacra
