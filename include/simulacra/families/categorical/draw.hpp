#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

/// How a categorical law is drawn: one symbol after the other, and as counts. Everything here speaks of positions 0, ...,
/// S - 1 among the symbols that have a positive probability.
namespace simulacra::detail {

/// Draws positions one by one: O(1) each from an alias table, or, where fewer draws are wanted than the table would cost,
/// O(log S) each by bisection of the cumulative probabilities. Which of the two depends on S and n alone, so the same stream
/// gives the same positions whoever asks. One word each, none if there is one position only.
class position_sampler {
 public:
  position_sampler(std::span<const double> probabilities, Index n) {
    const std::size_t size = probabilities.size();
    if (size == 1) return;
    if (static_cast<std::size_t>(n) >= size / 4) {
      table_.emplace(probabilities);
      return;
    }
    cumulative_.resize(size);
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) cumulative_[i] = sum += probabilities[i];
  }

  [[nodiscard]] std::size_t operator()(stream& rng) const {
    if (table_) return static_cast<std::size_t>((*table_)(rng));
    if (cumulative_.empty()) return 0;
    const double u = uniform(rng) * cumulative_.back();
    const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u);
    return static_cast<std::size_t>(at - cumulative_.begin());
  }

 private:
  std::optional<alias_table> table_;
  std::vector<double> cumulative_;
};

/// Calls f(position, how many) for every position that got some of n draws, in ascending order: the multinomial law. O(S)
/// whatever n.
template <class F>
void for_each_count_collapsed(std::span<const double> probabilities, Index n, stream& rng, F&& f) {
  const std::size_t size = probabilities.size();
  if (static_cast<std::size_t>(n) >= size / 2) {
    std::vector<Index> count(size);
    multinomial(n, probabilities, count, rng);
    for (std::size_t i = 0; i < size; ++i)
      if (count[i] > 0) f(i, count[i]);
    return;
  }
  // Few draws among many symbols: most binomials would be 0. Instead n uniform numbers are drawn in ascending order, and
  // laid along the cumulative probabilities. The chance that none of the k that are left is under u is (1 - u)^k.
  double all = 0;
  for (const double p : probabilities) all += p;
  double log_above = 0, cumulative = probabilities[0];
  std::size_t at = 0;
  Index here = 0;
  for (Index left = n; left > 0; --left) {
    log_above -= standard_exponential(rng) / static_cast<double>(left);
    const double u = -std::expm1(log_above) * all;
    if (u >= cumulative && at + 1 < size) {
      if (here > 0) f(at, here);
      here = 0;
      while (u >= cumulative && at + 1 < size) cumulative += probabilities[++at];
    }
    ++here;
  }
  if (here > 0) f(at, here);
}

/// The same by n draws that are counted: the draws of `position_sampler`, one word each. O(S + n).
template <class F>
void for_each_count_streamed(std::span<const double> probabilities, Index n, stream& rng, F&& f) {
  const position_sampler draw(probabilities, n);
  std::vector<Index> count(probabilities.size());
  for (Index i = 0; i < n; ++i) ++count[draw(rng)];
  for (std::size_t i = 0; i < count.size(); ++i)
    if (count[i] > 0) f(i, count[i]);
}

}  // namespace simulacra::detail
