#pragma once

#include <array>
#include <string_view>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// How an n-gram model is made of counts. c(hw): how often the word w came after the history h; c(h): the sum of those;
/// T(h): how many different words came; V: the number of symbols that can be predicted, which is all but `sentence_start`;
/// h': h without its first word. A history that was never seen counts for nothing: p(w | h) = p(w | h').
enum class ngram_smoothing {
  /// \f$ p(w|h) = c(hw) / c(h) \f$. Words not seen after a history that was seen have probability 0.
  maximum_likelihood,
  /// \f$ p(w|h) = (c(hw) + \alpha) / (c(h) + \alpha V) \f$.
  additive,
  /// \f$ p(w|h) = (c(hw) + T(h)\, p(w|h')) / (c(h) + T(h)) \f$, with 1 / V below single words. Witten and Bell (1991), "The
  /// zero-frequency problem", IEEE Trans. Information Theory; in the interpolated form of Chen and Goodman (1998).
  witten_bell,
  /// \f$ p(w|h) = (a(hw) - D(a(hw))) / a(h) + \gamma(h)\, p(w|h') \f$, where a(.) is the count itself for the longest
  /// n-grams and for those that begin with `sentence_start`, and of others the number of different words that came before
  /// them; D has three values per length, for a = 1, 2 and more, and gamma(h) is what D has taken away. 1 / V below single
  /// words. The interpolated modified Kneser-Ney smoothing of Chen and Goodman (1998), "An empirical study of smoothing
  /// techniques for language modeling"; the details are those of Heafield, Pouzyrevsky, Clark and Koehn (2013),
  /// "Scalable modified Kneser-Ney language model estimation".
  kneser_ney
};

[[nodiscard]] constexpr std::string_view name_of(ngram_smoothing by) noexcept {
  switch (by) {
    case ngram_smoothing::maximum_likelihood: return "maximum_likelihood";
    case ngram_smoothing::additive: return "additive";
    case ngram_smoothing::witten_bell: return "witten_bell";
    case ngram_smoothing::kneser_ney: return "kneser_ney";
  }
  return "unknown";
}

/// The discounts of one length of n-grams in Kneser-Ney smoothing, and what they were computed from.
struct kneser_ney_discounts {
  std::array<double, 3> amount{0.5, 1.0, 1.5};  ///< for (adjusted) counts of 1, 2, and 3 or more
  std::array<Index, 4> count_of_counts{};       ///< how many n-grams have an adjusted count of 1, 2, 3, 4
  bool estimated = false;  ///< false: the counts of counts give none, and `amount` is the fixed choice 0.5, 1, 1.5
};

/// \f$ Y = t_1 / (t_1 + 2 t_2),\ D_k = k - (k + 1)\, Y\, t_{k+1} / t_k \f$, with t_k the number of n-grams whose count is k:
/// Chen and Goodman (1998), equation (26). Where one of t_1, t_2, t_3 is 0, or a D_k is not in [0, k], all three are the
/// fixed 0.5, 1, 1.5.
[[nodiscard]] inline kneser_ney_discounts discounts_of(const std::array<Index, 4>& count_of_counts) {
  kneser_ney_discounts d;
  d.count_of_counts = count_of_counts;
  const auto t = [&](int k) { return static_cast<double>(count_of_counts[static_cast<std::size_t>(k - 1)]); };
  if (!(t(1) > 0 && t(2) > 0 && t(3) > 0)) return d;
  std::array<double, 3> amount{};
  const double y = t(1) / (t(1) + 2 * t(2));
  for (int k = 1; k <= 3; ++k) {
    const double taken = k - (k + 1) * y * t(k + 1) / t(k);
    if (!(taken >= 0 && taken <= k)) return d;
    amount[static_cast<std::size_t>(k - 1)] = taken;
  }
  d.amount = amount;
  d.estimated = true;
  return d;
}

}  // namespace simulacra
