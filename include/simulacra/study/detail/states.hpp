#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/stopping.hpp>
#include <simulacra/study/study_result.hpp>

namespace simulacra::detail {

/// How many replicates a rule wants of a cell, by those that are there from 0 on without a gap; and what it said if it has decided.
struct wanted_replicates {
  Index count;
  bool decided;
  std::string reason;
};
inline wanted_replicates wanted_by(const stopping_rule& rule, const journal& files, std::size_t at) {
  const auto shape = files.shape(at);
  if (!shape) return {rule.least, false, {}};
  const auto gaps = files.missing(at, rule.most);
  const Index there = gaps.empty() ? rule.most : gaps.front().first;
  const records names(shape->metrics, shape->generations, 0);
  const Index generation = rule.generation < 0 && !shape->generations.empty() ? shape->generations.back() : rule.generation;
  const auto column = [&](const std::string& metric) {
    const std::size_t k = names.row_of(generation) * shape->metrics.size() + names.column(metric);
    return files.columns(at, k, k + 1, there);
  };
  const std::vector<double> values = column(rule.metric);
  const std::vector<double> over = rule.of == statistic::ratio ? column(rule.over) : std::vector<double>();
  for (Index n = 0;;) {
    n = next_look(rule, n);
    if (n > there) return {n, false, {}};
    const auto k = static_cast<std::size_t>(n);
    const judgement now = judge(rule, std::span(values).first(k), over.empty() ? std::span(over) : std::span(over).first(k));
    if (now.stop || n == rule.most) return {n, true, now.reason};
  }
}

/// @param settled  whether every rule has decided
inline std::vector<cell_status> states_of(const std::vector<cell>& cells, const journal& files, Index replicates,
                                          const std::optional<stopping_rule>& rule, bool& settled) {
  std::vector<cell_status> states(cells.size());
  settled = true;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    cell_status& s = states[at];
    const wanted_replicates wanted = rule ? wanted_by(*rule, files, at) : wanted_replicates{replicates, true, {}};
    settled = settled && wanted.decided;
    s.wanted = wanted.count;
    s.stopped = wanted.reason;
    s.seconds = files.seconds(at);
    s.done = s.wanted;
    for (const auto& [from, to] : files.missing(at, s.wanted)) s.done -= to - from;
    for (const auto& [replicate, what] : files.failures(at)) s.failed += replicate < s.wanted ? 1 : 0;
  }
  return states;
}

}  // namespace simulacra::detail
