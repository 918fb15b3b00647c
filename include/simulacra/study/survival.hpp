#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// How long a lineage was watched, and whether that ended by the event that is waited for.
struct lifetime {
  double time;
  bool event;  ///< false: censored, it was not seen up to `time`
};

/// A step of a Kaplan-Meier curve, at a time at which there were events.
struct survival_step {
  double time;
  Index at_risk;    ///< lineages that were watched until then without the event
  Index events;     ///< at this time
  double survival;  ///< estimated probability that the event comes later than `time`
  double error;     ///< its standard error, Greenwood's; 0 where nobody is left (the formula is 0/0 there)
};

/// The estimated probability that an event comes after t: \f$ \hat S(t) = \prod_{t_i\le t} (1-d_i/n_i) \f$, with Greenwood's
/// \f$ \hat S^2 \sum d_i/(n_i(n_i-d_i)) \f$ for its variance.
class survival_curve {
 public:
  /// @param lives  one for each lineage, in any order. Who is censored at the time of an event was at risk then.
  /// @throw std::invalid_argument if there is none, a time is negative or NaN, or an event's is infinite (one that was not seen is
  ///        censored at the last generation).   O(R log R).
  explicit survival_curve(std::span<const lifetime> lives) {
    argument::require(!lives.empty(), "survival_curve", "lives.size()", lives.size(), "be at least 1");
    std::vector<lifetime> ordered(lives.begin(), lives.end());
    for (const lifetime& life : ordered) {
      argument::require(life.time >= 0, "survival_curve", "lives.time", life.time, "be a number, and not negative");
      argument::require(!life.event || std::isfinite(life.time), "survival_curve", "lives.time", life.time,
                        "be finite for an event; what was not seen is censored");
    }
    std::sort(ordered.begin(), ordered.end(), [](const lifetime& a, const lifetime& b) { return a.time < b.time; });
    double survival = 1, sum = 0;
    const std::size_t n = ordered.size();
    for (std::size_t i = 0; i < n;) {
      std::size_t end = i;
      Index events = 0;
      for (; end < n && ordered[end].time == ordered[i].time; ++end) events += ordered[end].event ? 1 : 0;
      const auto risk = static_cast<Index>(n - i);
      if (events > 0) {
        const auto d = static_cast<double>(events), at = static_cast<double>(risk);
        survival = events == risk ? 0 : survival * ((at - d) / at);
        sum += events == risk ? 0 : d / (at * (at - d));
        steps_.push_back({ordered[i].time, risk, events, survival, survival * std::sqrt(sum)});
      }
      i = end;
    }
    last_ = ordered.back().time;
  }

  [[nodiscard]] const std::vector<survival_step>& steps() const noexcept { return steps_; }
  /// The longest time that a lineage was watched: beyond it the curve says nothing.
  [[nodiscard]] double last() const noexcept { return last_; }

  /// \f$\hat S(t)\f$ and its error; beyond `last()`, unless everybody had the event, NaN. @throw std::invalid_argument if t is NaN
  [[nodiscard]] double survival(double t) const { return at(t).survival; }
  [[nodiscard]] double error(double t) const { return at(t).error; }

  /// The first time at which the curve is at or below 1 - probability; infinite where it does not come so far.
  /// @param probability  in (0, 1): 0.5 is the median   @throw std::invalid_argument otherwise
  [[nodiscard]] double quantile(double probability) const {
    argument::require(probability > 0 && probability < 1, "survival_curve::quantile", "probability", probability,
                      "lie in (0, 1)");
    for (const survival_step& step : steps_)
      if (step.survival <= (1 - probability) * (1 + 1e-12)) return step.time;
    return std::numeric_limits<double>::infinity();
  }

 private:
  [[nodiscard]] survival_step at(double t) const {
    argument::require(!std::isnan(t), "survival_curve", "t", t, "be a number");
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    if (t > last_ && (steps_.empty() || steps_.back().survival > 0)) return {t, 0, 0, unknown, unknown};
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), t,
                                        [](double when, const survival_step& step) { return when < step.time; });
    return after == steps_.begin() ? survival_step{t, 0, 0, 1, 0} : *(after - 1);
  }

  std::vector<survival_step> steps_;
  double last_ = 0;
};

/// The Kaplan-Meier curve of lineages. Source: Kaplan and Meier (1958); Greenwood (1926).
[[nodiscard]] inline survival_curve kaplan_meier(std::span<const lifetime> lives) { return survival_curve(lives); }

/// The same of times as a probe records them: when the event was seen, infinite where it was not. NaN is a lineage without a number, which is
/// left out.   @param times  one a replicate   @param horizon  the last generation of the lineages: who has no event is censored there
/// @throw std::invalid_argument if no number is left, or an event is later than the horizon
[[nodiscard]] inline survival_curve kaplan_meier(std::span<const double> times, double horizon) {
  std::vector<lifetime> lives;
  for (const double t : times) {
    if (std::isnan(t)) continue;
    const bool seen = std::isfinite(t);
    argument::require(!seen || t <= horizon, "kaplan_meier", "times", t, "be at most the horizon, or infinite");
    lives.push_back({seen ? t : horizon, seen});
  }
  return survival_curve(lives);
}

}  // namespace simulacra
