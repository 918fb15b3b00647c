#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/families/language/detail/ngram_finish.hpp>
#include <simulacra/families/language/detail/ngram_tables.hpp>

namespace simulacra::detail {

/// The sum over all words of p(w | h)^(1 / tau), as exp(log_scale / tau) times `sum`: log_scale is about log max p.
struct power_sum {
  double log_scale = 0, sum = 0;
};

/// The model with probabilities in proportion to p(w | h)^(1 / tau) after each history h. It is of the same form again: with
/// Z(h) the sum of the powers, listed words get p^(1 / tau) / Z(h), and the back-off weight is b(h)^(1 / tau) Z(h') / Z(h),
/// since what is not listed keeps its proportions. O(n-grams).
inline ngram_tables tempered_tables(const ngram_tables& t, double tau) {
  const auto power = [tau](double log_p, double log_scale) { return std::exp((log_p - log_scale) / tau); };
  ngram_tables q = t;
  std::vector<std::vector<power_sum>> sums(static_cast<std::size_t>(t.order));
  for (int n = 0; n < t.order; ++n) {
    const ngram_rank& rank = t.rank(n);
    const auto& entries = t.rank(n + 1).entries;
    std::vector<power_sum>& here = sums[static_cast<std::size_t>(n)];
    here.resize(rank.histories.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
      const ngram_history& h = rank.histories[i];
      if (h.columns == 0) continue;
      const auto listed = [&](std::size_t k) { return rank.columns[h.first + k].own; };
      const bool open = n > 0 && h.backoff > 0, uniform = t.way == falls_back::to_uniform;
      const power_sum below = !open || uniform ? power_sum{std::log(t.uniform()), 1 / t.uniform()}
                                               : sums[static_cast<std::size_t>(h.shorter.length())][h.shorter.node()];
      const double log_backoff = open ? std::log(h.backoff) : 0;
      power_sum& z = here[i];
      z.log_scale = h.continuations > 0 ? std::log(entries[listed(0)].probability)  // the most probable comes first
                                        : -std::numeric_limits<double>::infinity();
      if (open) z.log_scale = (std::max)(z.log_scale, log_backoff + below.log_scale);
      double left = below.sum;  // of the shorter history's sum, what belongs to words that are not listed
      for (std::size_t k = 0; k < h.continuations; ++k) {
        z.sum += power(std::log(entries[listed(k)].probability), z.log_scale);
        if (open)
          left -=
              uniform ? 1 : power(std::log(t.rank(n).entries[t.rank(n + 1).suffix[listed(k)]].probability), below.log_scale);
      }
      if (open) z.sum += power(log_backoff + below.log_scale, z.log_scale) * (std::max)(left, 0.0);
      for (std::size_t k = 0; k < h.continuations; ++k) {
        double& p = q.rank(n + 1).entries[listed(k)].probability;
        p = power(std::log(p), z.log_scale) / z.sum;
      }
      if (open) {
        const double scaled = power(log_backoff + below.log_scale, z.log_scale) / z.sum;
        q.rank(n).histories[i].backoff = uniform ? scaled / t.uniform() : scaled * below.sum;
      }
    }
  }
  finish_tables(q);
  return q;
}

}  // namespace simulacra::detail
