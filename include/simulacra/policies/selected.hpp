#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/stream.hpp>

/// What is published of a model's draws is the pick of several.
namespace simulacra {

namespace detail {

/// The first of the largest.
struct pick_largest {
  std::size_t operator()(const std::vector<double>& scores, stream&) const {
    return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
};

/// One, with probability proportional to e^score; of infinite ones, each alike. A word, where there is a choice.
struct pick_softmax {
  std::size_t operator()(std::vector<double>& scores, stream& rng) const {
    if (scores.size() == 1) return 0;
    const double top = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& s : scores) sum += s = s == top ? 1 : std::exp(s - top);
    const auto weight = [&scores](Index i) { return scores[static_cast<std::size_t>(i)]; };
    return static_cast<std::size_t>(draw_index(static_cast<Index>(scores.size()), sum, weight, rng));
  }
};

}  // namespace detail

/// One of k draws of a model each time, picked by what a score says of them: the best for `best_of`, any with probability proportional to
/// e^score for `chosen`. For a score of which the model's draws have the distribution function F, the score of the best has F^k.
template <model Model, class Score, class Pick = detail::pick_largest>
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

  /// n draws, each the pick of its k.
  /// @throw std::invalid_argument if a score is not a number (nothing is better than NaN, nor worse), or there is no room for the candidates
  ///        of a block
  /// O(k n); memory O(n + k), since candidates are drawn in blocks.
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    data_type kept(from_.dimension(), n);
    constexpr Index block = 256;
    argument::require_room(candidates_, (std::min)(block, n) * (std::max)(Index{1}, static_cast<Index>(from_.dimension())),
                           sizeof(double), "selected::sample", "candidates");
    std::vector<double> scores(n > 0 ? static_cast<std::size_t>(candidates_) : 0);
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      const data_type drawn = detail::sampled(from_, size * candidates_, rng, {"selected::sample", "the model"});
      for (Index i = 0; i < size; ++i) {
        const Index judge = pick_judge(rng), begin = i * candidates_;
        for (Index k = 0; k < candidates_; ++k)
          scores[static_cast<std::size_t>(k)] = detail::reward_of(score_, judge, drawn.col(begin + k), "selected::sample");
        kept.col(first + i) = drawn.col(begin + static_cast<Index>(Pick{}(scores, rng)));
      }
    }
    return kept;
  }

 private:
  /// Which of several rewards judges the next.
  [[nodiscard]] Index pick_judge(stream& rng) const {
    const Index judges = detail::number_of_rewards(score_);
    if (judges == 1) return 0;
    return draw_index(
        judges, 1, [this](Index i) { return detail::share_of_reward(score_, i); }, rng);
  }

  Model from_;
  Score score_;
  Index candidates_;
};

/// What `best_of(k, score)` makes.
template <class Score>
class best_scored {
 public:
  best_scored(Index candidates, Score score) : candidates_(candidates), score_(std::move(score)) {
    argument::require(candidates >= 1, "best_of", "k", candidates, "be at least 1");
  }

  template <model M>
  [[nodiscard]] selected<M, Score> operator()(const M& m) const {
    return {m, score_, candidates_};
  }

 private:
  Index candidates_;
  Score score_;
};

/// A decoder that publishes the best of k draws: `best_of(5, [](const auto& x) { return reward(x); })`. People who post the pick of what a
/// model made select like this; with the truth's log density as a score it trades diversity for quality. It is what `chosen` tends to as
/// its reward is multiplied by a number without end. (Texts have a `best_of(k)` that needs no score, the model's own probability.)
/// @param score  callable with a column, a `double` or convertible to one, infinite if need be; the larger the better. A score that is NaN is
///               refused where it is met
/// @throw std::invalid_argument unless k >= 1
template <class Score>
[[nodiscard]] best_scored<Score> best_of(Index k, Score score) {
  return {k, std::move(score)};
}

template <class Score>
[[deprecated("is best_of now")]] [[nodiscard]] best_scored<Score> best_by(Index k, Score score) {
  return best_of(k, std::move(score));
}

/// A decoder that publishes one of k draws, x with probability proportional to \f$ e^{r(x)} \f$: `chosen(2, linear_reward(0.5))`. For k = 2 it
/// is the choice of Bradley and Terry between a pair of answers; as k grows the law tends to the tilted one, see `tilted`.
///
/// A law with a member `chosen(k, reward)` gives its own, exact: the categorical one does. Others are drawn from, k times as often.
/// Source: Bradley and Terry (1952), Biometrika 39; as curation Ferbach, Bertrand, Bose and Gidel (2024).
template <class Reward>
class chosen {
 public:
  /// @param of      k
  /// @param reward  callable with a column, a number that is not NaN; or `shared_rewards`
  /// @throw std::invalid_argument unless of >= 1
  chosen(Index of, Reward reward) : of_(of), reward_(std::move(reward)) {
    argument::require(of >= 1, "chosen", "of", of, "be at least 1");
  }

  template <model M>
  [[nodiscard]] auto operator()(const M& m) const {
    if constexpr (requires { m.chosen(of_, reward_); })
      return m.chosen(of_, reward_);
    else
      return selected<M, Reward, detail::pick_softmax>(m, reward_, of_);
  }

 private:
  Index of_;
  Reward reward_;
};

/// A decoder that publishes the law with density proportional to \f$ p(x) e^{r(x)} \f$, what `chosen` of k tends to as k grows, without
/// drawing more than is published: `tilted(quadratic_reward(0.1))`. Needs `model.tilted(reward)`: Gaussians and their mixtures have it for a
/// `linear_reward` and a `quadratic_reward`, the categorical law for any.
/// Source: Ferbach, Bertrand, Bose and Gidel (2024), "Self-consuming generative models with curated data provably optimize human
/// preferences".
template <class Reward>
struct tilted {
  Reward reward;

  explicit tilted(Reward r) : reward(std::move(r)) {}

  template <model M>
    requires requires(const M& m, const Reward& r) { m.tilted(r); }
  [[nodiscard]] auto operator()(const M& m) const {
    return m.tilted(reward);
  }
};

/// The best of what was drawn: of n / f draws, to the nearest whole number, the n with the largest scores, in the order in which they came; of
/// equal ones the earlier. The draws of one call depend on each other: they are the upper order statistics.
template <model Model, class Score>
class best_fraction_of {
 public:
  using data_type = data_of<Model>;

  best_fraction_of(Model from, Score score, double fraction)
      : from_(std::move(from)), score_(std::move(score)), fraction_(fraction) {}

  [[nodiscard]] Index dimension() const { return from_.dimension(); }

  /// @throw std::invalid_argument if a score is NaN, or n / f draws are more than memory holds  O(n / f)
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    const double wanted = std::round(static_cast<double>(n) / fraction_);
    argument::require(wanted < 0x1p62, "top_fraction", "n / fraction", wanted, "be less than 2^62");
    const Index tried = (std::max)(n, static_cast<Index>(wanted));
    argument::require_room(tried, dimension(), sizeof(double), "top_fraction", "n / fraction");
    const data_type drawn = detail::sampled(from_, tried, rng, {"top_fraction", "the model"});
    std::vector<double> scores(static_cast<std::size_t>(tried));
    std::vector<Index> order(scores.size());
    for (Index i = 0; i < tried; ++i) {
      scores[static_cast<std::size_t>(i)] = detail::reward_of(score_, 0, drawn.col(i), "top_fraction");
      order[static_cast<std::size_t>(i)] = i;
    }
    const auto end = order.begin() + n;
    if (n < tried)
      std::nth_element(order.begin(), end, order.end(), [&scores](Index a, Index b) {
        const double x = scores[static_cast<std::size_t>(a)], y = scores[static_cast<std::size_t>(b)];
        return x > y || (x == y && a < b);
      });
    std::sort(order.begin(), end);
    data_type kept(drawn.rows(), n);
    for (Index i = 0; i < n; ++i) kept.col(i) = drawn.col(order[static_cast<std::size_t>(i)]);
    return kept;
  }

  /// The summary of `sample(n, rng)`: the best of all, not the best of each block.
  template <class Summary>
    requires requires(Summary s, const data_type& x) { s.fold(x); }
  [[nodiscard]] Summary stream_summary(Index n, as<Summary>, stream& rng) const {
    Summary s;
    s.fold(sample(n, rng));
    return s;
  }

 private:
  Model from_;
  Score score_;
  double fraction_;
};

/// A decoder that publishes the best fraction f of what is drawn, selection by truncation as breeders do: `top_fraction(0.1, score)`. In a large
/// sample of a normal law it moves the mean by i standard deviations and multiplies the variance by k, see `theory::best_fraction`.
template <class Score>
class top_fraction {
 public:
  /// @param score  callable with a column, a number that is not NaN
  /// @throw std::invalid_argument unless 0 < fraction <= 1
  top_fraction(double fraction, Score score) : fraction_(fraction), score_(std::move(score)) {
    argument::require(fraction > 0 && fraction <= 1, "top_fraction", "fraction", fraction, "be in (0, 1]");
  }

  template <model M>
  [[nodiscard]] best_fraction_of<M, Score> operator()(const M& m) const {
    return {m, score_, fraction_};
  }

 private:
  double fraction_;
  Score score_;
};

}  // namespace simulacra
