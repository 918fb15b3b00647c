#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/io.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/study/scaling_fit.hpp>
#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/scaling.hpp>
#include <simulacra/theory/vocabulary.hpp>

/// What is run, and the loss that it has by exact sums.
namespace scaling_walk {

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), exponent = 1.5, real_share = 0.1;

struct setting {
  std::string name;
  sim::any_recipe recipe;
  Index kept;         // words of the source, the most frequent ones
  Index generations;  // model 1 is fitted to the source itself
  bool exact;         // whether the loss is known exactly, and not to leading order
  sim::scaling_form form;
};

inline std::vector<double> head(std::vector<double> p, Index kept) {
  p.resize(static_cast<std::size_t>(kept));
  return p;
}

/// How many words make up this much.
inline Index words_of(const std::vector<double>& p, double mass) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if ((sum += p[i]) >= mass) return static_cast<Index>(i) + 1;
  return static_cast<Index>(p.size());
}

inline double loss_of(const std::vector<double>& p, const setting& s, Index samples, Index n) {
  const auto words = static_cast<Index>(p.size());
  const auto t = static_cast<double>(samples);
  if (s.kept < words) return n == 1 ? theory::zipf_cut_missing_mass(words, exponent, s.kept, t) : unknown;
  if (s.name == "all kept" || n == 1) return theory::zipf_exact_missing_mass(words, exponent, t);
  if (!s.exact) return theory::zipf_mixed_missing_mass(words, exponent, t, real_share, n);
  return theory::lost_mass(p, samples, n);
}

/// Whether words are still missed often enough for a mean over replicates to have an error: a hundred times at the least.
inline bool is_seen(const std::vector<double>& p, const setting& s, const sim::table_row& row) {
  double beyond = 0;
  for (std::size_t i = static_cast<std::size_t>(s.kept); i < p.size(); ++i) beyond += p[i];
  return (row.theory - beyond) * static_cast<double>(row.values.count) >= 100 * p[static_cast<std::size_t>(s.kept) - 1];
}

}  // namespace scaling_walk
