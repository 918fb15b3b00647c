#pragma once

#include <cstdio>
#include <limits>
#include <string>

#include "common/session.hpp"
#include "digits_walk/study.hpp"

inline double mean_of(const sim::table& out, const std::string& model, const std::string& kept, const std::string& metric,
                      Index generation) {
  for (const sim::table_row& row : out.rows())
    if (row.conditions[0] == model && row.conditions[1] == kept && row.metric == metric && row.generation == generation)
      return row.values.mean;
  return std::numeric_limits<double>::quiet_NaN();
}

/// Says what became of the spread, and whether it is as the paper has it.
inline bool tell(const sim::table& out, const study& of, Index generations) {
  bool falls = true;
  Index lost = 0;
  double before = 1;
  for (Index t = 1; t <= generations; ++t) {
    const double now = mean_of(out, "vae", "0", "spread", t);
    falls = falls && now < before;
    if (lost == 0 && now <= 0.1) lost = t;
    before = now;
  }
  std::printf(
      "digits_walk: %lld real images to train on, %lld to test with; classifier trained on real ones: %.1f %% right\n",
      static_cast<long long>(of.data.train.x.cols()), static_cast<long long>(of.data.test.x.cols()),
      100 * of.teacher.accuracy(of.data.test));
  std::printf("digits_walk: nothing kept: the spread %s in every generation\n", falls ? "falls" : "does not fall");
  if (lost == 0) return false;
  const double nothing = mean_of(out, "vae", "0", "spread", lost), tenth = mean_of(out, "vae", "0.1", "spread", lost);
  std::printf("digits_walk: at generation %lld nothing kept has %.3f of it left, 10 %% kept %.3f: %.1f times as much\n",
              static_cast<long long>(lost), nothing, tenth, tenth / nothing);
  std::printf("digits_walk: accuracy then %.1f %% and %.1f %%\n", 100 * mean_of(out, "vae", "0", "accuracy", lost),
              100 * mean_of(out, "vae", "0.1", "accuracy", lost));
  return falls && tenth >= 3 * nothing;
}
