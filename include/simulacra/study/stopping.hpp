#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/student_t.hpp>
#include <simulacra/study/errors.hpp>
#include <simulacra/study/intervals.hpp>

namespace simulacra {

/// Which statistic of the replicates a stopping rule looks at.
enum class statistic { mean, probability, quantile, deviation, ratio };

/// Replicates are run until the Monte Carlo error of a statistic is small enough: at least `least`, at most `most`, looked at after `least`,
/// and then after `every` more (0: after a quarter more, each time).
///
/// What stops at a look has an estimate with a bias, and an interval that covers less than it says: stopping happens where the spread came
/// out small. Of a normal mean there is no bias; of a probability of .05 with mcse .02 and least = 20 the bias is -.019, and with
/// least = 100 -.0035. A large `least` is the cure. Two guards: the error of a `probability`, and of a mean of what has
/// only been 0 or only been 1, is half the width of Wilson's interval over z, which is not 0 where a rare event was not met yet; and
/// numbers that are all equal otherwise, or infinite, end the matter with a sentence.
/// Source: Robbins (1959), Starr (1966) for normal means; the numbers by dynamic programming.
struct stopping_rule {
  std::string metric;
  Index generation = -1;  ///< one that is recorded; -1: the last
  double mcse;            ///< the target, > 0
  bool relative = false;  ///< to the size of the statistic
  Index least = 100;
  Index most = 100000;
  Index every = 0;
  statistic of = statistic::mean;
  double probability = 0.5;  ///< of the quantile
  std::string over{};        ///< of a ratio of means: the metric below the line
  bool guarded = true;       ///< whether 0 or 1 in all replicates may be a rare event
};

namespace detail {

inline void check_rule(const stopping_rule& rule) {
  constexpr auto function = "stopping_rule";
  argument::require(!rule.metric.empty(), function, "metric", "empty", "name what was recorded");
  argument::require(rule.mcse > 0 && std::isfinite(rule.mcse), function, "mcse", rule.mcse, "be positive");
  argument::require(rule.least >= 2, function, "least", rule.least, "be at least 2: one number has no error");
  argument::require(rule.most >= rule.least, function, "most", rule.most, "be at least `least`");
  argument::require(rule.every >= 0, function, "every", rule.every, "not be negative");
  argument::require(rule.probability > 0 && rule.probability < 1, function, "probability", rule.probability,
                    "lie in (0, 1)");
  if (rule.of == statistic::ratio)
    argument::require(!rule.over.empty(), function, "over", "empty", "name the metric below the line");
}

/// What the rule looks for, in words, for the record of a run.
inline std::string rule_words(const stopping_rule& rule) {
  constexpr const char* names[] = {"mean", "probability", "quantile", "deviation", "ratio"};
  std::string words = std::string(names[static_cast<std::size_t>(rule.of)]) + " of " + rule.metric;
  if (rule.of == statistic::quantile) words += " at " + argument::text(rule.probability);
  if (rule.of == statistic::ratio) words += " over " + rule.over;
  words += rule.generation < 0 ? " at the last generation" : " at generation " + argument::text(rule.generation);
  words += std::string(rule.relative ? ", relative" : ",") + " error " + argument::text(rule.mcse) + ", least " +
           argument::text(rule.least) + ", most " + argument::text(rule.most) + ", every " +
           (rule.every > 0 ? argument::text(rule.every) : std::string("quarter more"));
  return words + (rule.guarded ? "" : ", unguarded");
}

}  // namespace detail

/// What a look at some replicates says.
struct judgement {
  bool stop = false;
  double value = std::numeric_limits<double>::quiet_NaN(), error = std::numeric_limits<double>::quiet_NaN();
  std::string reason{};  ///< why it stops, where it is not the target that was met
};

/// After how many replicates a rule looks next, if it has looked after so many (0: not yet); never more than `most`.
[[nodiscard]] inline Index next_look(const stopping_rule& rule, Index looked) {
  if (looked < rule.least) return rule.least;
  const Index step = rule.every > 0 ? rule.every : (std::max)(looked / 4, Index{1});
  return step > rule.most - looked ? rule.most : looked + step;
}

/// Looks at the replicates so far. @param values  of the metric   @param over  of the metric below the line, of the same replicates
/// @throw std::invalid_argument if the rule makes no sense, or a probability is asked of what is not 0 or 1
[[nodiscard]] inline judgement judge(const stopping_rule& rule, std::span<const double> values,
                                     std::span<const double> over = {}) {
  detail::check_rule(rule);
  Index there = 0, ones = 0, zeros = 0, infinite = 0;
  bool constant = true;
  double first = std::numeric_limits<double>::quiet_NaN();
  for (const double v : values) {
    if (std::isnan(v)) continue;
    if (there++ == 0) first = v;
    constant = constant && v == first;
    ones += v == 1 ? 1 : 0;
    zeros += v == 0 ? 1 : 0;
    infinite += std::isinf(v) ? 1 : 0;
  }
  const std::string count = argument::text(there);
  if (there == 0) return {true, judgement{}.value, judgement{}.error, "no replicate has a number of " + rule.metric};
  const bool binary = ones + zeros == there;
  if (rule.of == statistic::probability && !binary)
    argument::reject("judge", "values", "of '" + rule.metric + "' other than 0 and 1", "be 0 or 1 for a probability");
  if (infinite > 0 && rule.of != statistic::quantile)
    return {true, first, std::numeric_limits<double>::infinity(),
            rule.metric + " is infinite in " + argument::text(infinite) + " of " + count +
                " replicates: no number of them mends that"};
  judgement result;
  if (rule.of == statistic::probability || (rule.of == statistic::mean && rule.guarded && binary && constant)) {
    const interval i = wilson_interval(ones, there);
    result.value = static_cast<double>(ones) / static_cast<double>(there);
    result.error = (i.upper - i.lower) / 2 / detail::normal_two_tails_quantile(1 - 0.95);
  } else if (constant && rule.of != statistic::ratio) {
    return {true, first, 0, rule.metric + " is " + argument::text(first) + " in all of " + count + " replicates"};
  } else {
    const estimate e = rule.of == statistic::mean        ? estimated_mean(values)
                       : rule.of == statistic::quantile  ? estimated_quantile(values, rule.probability)
                       : rule.of == statistic::deviation ? estimated_deviation(values)
                                                         : estimated_ratio(over, values);
    result.value = e.value;
    result.error = e.error;
  }
  result.stop = result.error <= (rule.relative ? rule.mcse * std::abs(result.value) : rule.mcse);
  if (!result.stop && static_cast<Index>(values.size()) >= rule.most) {
    result.stop = true;
    result.reason = "the most replicates were run, and the error is " + argument::text(result.error);
  }
  return result;
}

/// After how many of these replicates a rule stops: the first look at which it does; 0 if it wants more than there are.
[[nodiscard]] inline Index stopping_point(const stopping_rule& rule, std::span<const double> values,
                                          std::span<const double> over = {}) {
  for (Index n = 0;;) {
    const Index next = next_look(rule, n);
    if (next > static_cast<Index>(values.size())) return 0;
    const auto k = static_cast<std::size_t>(next);
    if (judge(rule, values.first(k), over.empty() ? over : over.first(k)).stop || next == rule.most) return next;
    n = next;
  }
}

}  // namespace simulacra
