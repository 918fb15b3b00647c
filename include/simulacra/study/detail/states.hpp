#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/stopping.hpp>
#include <simulacra/study/study_result.hpp>

namespace simulacra::detail {

/// How far a stopping rule has looked at a cell. Replicates do not change, and what a look said stays.
struct rule_look {
  Index looked = 0;      ///< replicates at the last look that asked for more
  bool decided = false;  ///< the next one did not
  Index count = 0;       ///< then: how many it was content with
  std::string reason{};  ///< and what it said, if it was not that the target is met
};
using rule_looks = std::vector<rule_look>;  // one a cell

/// How many replicates a rule wants of a cell, by those that are there from 0 on without a gap.
inline Index wanted_by(const stopping_rule& rule, const journal& files, std::size_t at, rule_look& look) {
  if (look.decided) return look.count;
  const Index next = next_look(rule, look.looked);
  const auto shape = files.shape(at);
  const auto gaps = files.missing(at, rule.most);
  const Index there = gaps.empty() ? rule.most : gaps.front().first;
  if (!shape || next > there) return next;
  const records names(shape->metrics, shape->generations, 0);
  const Index generation = rule.generation < 0 && !shape->generations.empty() ? shape->generations.back() : rule.generation;
  const auto column = [&](const std::string& metric) {
    const std::size_t k = names.row_of(generation) * shape->metrics.size() + names.column(metric);
    return files.columns(at, k, k + 1, there);
  };
  const std::vector<double> values = column(rule.metric);
  const std::vector<double> over = rule.of == statistic::ratio ? column(rule.over) : std::vector<double>();
  for (Index n = next;; n = next_look(rule, n)) {
    if (n > there) return n;
    const auto k = static_cast<std::size_t>(n);
    const judgement now = judge(rule, std::span(values).first(k), over.empty() ? std::span(over) : std::span(over).first(k));
    look.looked = n;
    if (!now.stop && n != rule.most) continue;
    look.decided = true;
    look.count = n;
    look.reason = now.reason;
    return n;
  }
}

/// @param looks    one a cell, kept from one call to the next   @param settled  whether every rule has decided
inline std::vector<cell_status> states_of(const std::vector<cell>& cells, const journal& files, Index replicates,
                                          const std::optional<stopping_rule>& rule, rule_looks& looks, bool& settled) {
  std::vector<cell_status> states(cells.size());
  settled = true;
  looks.resize(cells.size());
  for (std::size_t at = 0; at < cells.size(); ++at) {
    cell_status& s = states[at];
    s.wanted = rule ? wanted_by(*rule, files, at, looks[at]) : replicates;
    settled = settled && (!rule || looks[at].decided);
    s.stopped = looks[at].reason;
    s.seconds = files.seconds(at);
    s.done = s.wanted;
    for (const auto& [from, to] : files.missing(at, s.wanted)) s.done -= to - from;
    for (const auto& [replicate, what] : files.failures(at)) s.failed += replicate < s.wanted ? 1 : 0;
  }
  return states;
}

}  // namespace simulacra::detail
