#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/metrics/detail/trend.hpp>
#include <simulacra/metrics/measured.hpp>

namespace simulacra {

/// The eight meanings in which papers have said that models collapse, after Schaeffer, Kazdan, Arulandu and Koyejo (2025),
/// arXiv 2503.03150, who found them to disagree.
enum class collapse_definition {
  catastrophic_risk,  ///< the risk grows out of all proportion
  any_risk,           ///< the risk grows
  diverging_risk,     ///< the risk grows without bound
  variance,           ///< the model's variance goes to zero
  scaling_law,        ///< the risk falls otherwise than before as samples are added
  tails,              ///< the tails of the real data disappear
  modes,              ///< modes of the real data disappear, or run into each other
  hallucination       ///< data appear that the truth all but never makes
};

[[nodiscard]] constexpr std::string_view name_of(collapse_definition d) noexcept {
  constexpr std::array<std::string_view, 8> names{"catastrophic_risk", "any_risk", "diverging_risk", "variance",
                                                  "scaling_law",       "tails",    "modes",          "hallucination"};
  return names[static_cast<std::size_t>(d)];
}

/// What was measured of a chain of models: means over replicates, with their standard errors. What is left empty is not judged.
struct collapse_series {
  std::vector<Index> generations{};  ///< at least two, increasing; the first is what later ones are compared with
  /// One entry for each generation, or none at all.
  std::vector<measured> risk{};                                    ///< of the model, > 0: a divergence from the truth, say
  std::vector<measured> variance{};                                ///< of the model, > 0, or any other measure of spread
  std::vector<measured> tail{};                                    ///< its mass in the truth's tails: see `level_sets`
  std::vector<measured> modes{};                                   ///< share of the truth's modes that it covers
  std::vector<measured> outside{};                                 ///< its mass where the truth has hardly any
  double real_tail = std::numeric_limits<double>::quiet_NaN();     ///< the truth's own mass in its tails
  double real_outside = std::numeric_limits<double>::quiet_NaN();  ///< and outside
  double real_tail_error = 0, real_outside_error = 0;  ///< standard errors of these, of levels that were found by draws
  /// For the scaling law: sample sizes, at least two, and for each the risk of the first generation and of the last.
  std::vector<Index> sizes{};
  std::vector<measured> first_risk{}, last_risk{};
  /// The numbers behind the means, [generation][replicate], each finite: then `risk`, `variance` may be left empty, and what the
  /// generations of a lineage have in common is known rather than feared.
  std::vector<std::vector<double>> risk_by_replicate{}, variance_by_replicate{};
  Index replicates = 0;  ///< how many replicates the errors were estimated from; 0: they are known
};

struct profile_options {
  double z = 3;  ///< standard errors that decide
  double catastrophe =
      10;  ///< the growth of the risk from which on it is called catastrophic: a convention, since papers name none
};

enum class verdict { yes, no, not_measured };

[[nodiscard]] constexpr std::string_view name_of(verdict v) noexcept {
  return v == verdict::yes ? "yes" : v == verdict::no ? "no" : "not measured";
}

/// What one definition says.
struct profile_row {
  collapse_definition which{};
  measured strength{};  ///< see the table at `collapse_profile`
  double z =
      std::numeric_limits<double>::quiet_NaN();  ///< how many standard errors it is beyond its limit, towards collapse
  verdict says = verdict::not_measured;
};

namespace detail {

/// Fills a row: how far `strength` lies beyond `limit`, in the direction of `sign`. An error that was itself estimated from replicates is
/// judged by Student's law.
inline profile_row judged(collapse_definition which, const measured& strength, double limit, double sign,
                          const profile_options& how, Index replicates) {
  profile_row row{which, strength};
  const double beyond = sign * (strength.value - limit);
  row.z = beyond == 0 ? 0 : beyond / strength.error;  // infinite where there is no error, and NaN where one of them is
  if (replicates >= 2) row.z = as_normal(row.z, static_cast<double>(replicates - 1));
  row.says = std::isnan(row.z) ? verdict::not_measured : row.z > how.z ? verdict::yes : verdict::no;
  return row;
}

inline void require_series(const std::vector<measured>& v, std::size_t n, std::string_view name, bool positive) {
  argument::require(v.empty() || v.size() == n, "collapse_profile", name, v.size(),
                    "have one entry per generation, or none");
  for (const measured& m : v) {
    argument::require(std::isfinite(m.value) && (!positive || m.value > 0), "collapse_profile", name, m.value,
                      positive ? "be > 0 and finite" : "be finite");
    argument::require(m.error >= 0 && std::isfinite(m.error), "collapse_profile", name, m.error,
                      "have a standard error >= 0 (this is it)");
  }
}

/// The means that are judged: those that are given, or those of the replicates.
inline std::vector<measured> means_of(const std::vector<measured>& given, const by_replicate& values, std::size_t n,
                                      std::string_view name) {
  if (values.empty()) return given;
  argument::require(values.size() == n, "collapse_profile", name, values.size(), "have one entry per generation, or none");
  std::vector<measured> means;
  for (const std::vector<double>& v : values) {
    argument::require(v.size() >= 2 && v.size() == values.front().size(), "collapse_profile", name, v.size(),
                      "have as many replicates in every generation, at least 2");
    for (const double x : v) argument::require(std::isfinite(x), "collapse_profile", name, x, "be finite");
    means.push_back(mean_with_error(v));
  }
  return means;
}

}  // namespace detail

/// Judges a chain by each of the eight definitions, with a standard error each. By some of them nearly everything collapses, by others hardly
/// anything: which is why it takes all.
///
/// | definition | strength, from the first generation a to the last b | collapse if it is, by z standard errors |
/// |---|---|---|
/// | catastrophic_risk | risk_b / risk_a | above `catastrophe` |
/// | any_risk | risk_b - risk_a | above 0 |
/// | diverging_risk | exponent of growth, d log risk / d log t, over the later half of the generations | above 0 |
/// | variance | d log variance / d t over the later half | below 0 |
/// | scaling_law | exponent of the risk in the sample size, that of b less that of a | not 0 |
/// | tails | mass in the truth's tails at b, over the truth's own there | below 1 |
/// | modes | share of modes covered, b less a | below 0 |
/// | hallucination | mass outside at b, less the truth's own there | above 0 |
///
/// A finite run cannot tell a risk that grows for ever from one that has not levelled off yet, nor a variance that goes
/// to zero from one that nears a limit above it, as it does where data are kept: `diverging_risk` and `variance` say that
/// it was still growing, or falling.
///
/// Generations of one lineage have noise in common. Where the numbers of single replicates are given (`risk_by_replicate`), the
/// errors of differences, ratios and slopes are those over replicates, whatever generations have in common, and z is the normal
/// number as improbable as Student's t. Where only means and errors are given, differences are taken for independent, and a
/// slope's error is the largest that dependence falling off with the distance can make of it (up to about three times that of
/// independence): a chain that stands still is called diverging less often than z says, not more.
/// @throw std::invalid_argument if lengths do not fit, a number is not finite, or one that must be positive is not
[[nodiscard]] inline std::array<profile_row, 8> collapse_profile(const collapse_series& s, const profile_options& how = {}) {
  constexpr auto name = "collapse_profile";
  using enum collapse_definition;
  const std::size_t n = s.generations.size();
  argument::require(n >= 2, name, "generations.size()", n, "be at least 2");
  for (std::size_t i = 0; i < n; ++i)
    argument::require(s.generations[i] > (i == 0 ? 0 : s.generations[i - 1]), name, "generations", s.generations[i],
                      "be positive and increase");
  argument::require(how.z >= 0 && how.catastrophe >= 1, name, "catastrophe", how.catastrophe, "be at least 1, and z >= 0");
  const std::vector<measured> all_risk = detail::means_of(s.risk, s.risk_by_replicate, n, "risk_by_replicate"),
                              all_variance =
                                  detail::means_of(s.variance, s.variance_by_replicate, n, "variance_by_replicate");
  detail::require_series(all_risk, n, "risk", true);
  detail::require_series(all_variance, n, "variance", true);
  argument::require(s.replicates >= 0, name, "replicates", s.replicates, "not be negative");
  detail::require_series(s.tail, n, "tail", false);
  detail::require_series(s.modes, n, "modes", false);
  detail::require_series(s.outside, n, "outside", false);
  argument::require(s.real_tail_error >= 0 && std::isfinite(s.real_tail_error), name, "real_tail_error", s.real_tail_error,
                    "be >= 0 and finite");
  argument::require(s.real_outside_error >= 0 && std::isfinite(s.real_outside_error), name, "real_outside_error",
                    s.real_outside_error, "be >= 0 and finite");
  argument::require(s.sizes.size() != 1, name, "sizes.size()", s.sizes.size(), "be 0, or at least 2");
  argument::require(s.first_risk.size() == s.sizes.size() && s.last_risk.size() == s.sizes.size(), name, "first_risk.size()",
                    s.first_risk.size(), "be, like that of last_risk, the number of sizes");
  detail::require_series(s.first_risk, s.sizes.size(), "first_risk", true);
  detail::require_series(s.last_risk, s.sizes.size(), "last_risk", true);

  std::array<profile_row, 8> rows;
  for (std::size_t k = 0; k < rows.size(); ++k) rows[k].which = static_cast<collapse_definition>(k);
  const auto set = [&](collapse_definition which, const measured& strength, double limit, double sign,
                       const detail::by_replicate& behind = {}) {
    rows[static_cast<std::size_t>(which)] = detail::judged(
        which, strength, limit, sign, how, behind.empty() ? s.replicates : static_cast<Index>(behind.front().size()));
  };
  const auto later_slope = [&](const std::vector<measured>& v, const detail::by_replicate& behind, bool of_log_t) {
    const std::size_t first = n - (std::max)(n / 2, std::size_t{2});
    std::vector<double> x, times;
    std::vector<measured> y;
    for (std::size_t i = first; i < n; ++i) {
      times.push_back(static_cast<double>(s.generations[i]));
      x.push_back(of_log_t ? std::log(times.back()) : times.back());
      y.push_back(detail::log_of(v[i]));
    }
    return behind.empty() ? detail::slope_of(x, y, &times) : detail::slope_of_log_means(x, behind, first);
  };
  if (!all_risk.empty()) {
    const measured a = all_risk.front(), b = all_risk.back();
    const auto& r = s.risk_by_replicate;
    set(catastrophic_risk, r.empty() ? detail::over(b, a) : detail::ratio_of_paired_means(r.back(), r.front()),
        how.catastrophe, 1, r);
    set(any_risk,
        r.empty() ? measured{b.value - a.value, detail::root_of_squares(a.error, b.error)}
                  : detail::difference_of_means(r.back(), r.front()),
        0, 1, r);
    set(diverging_risk, later_slope(all_risk, r, true), 0, 1, r);
  }
  if (!all_variance.empty())
    set(variance, later_slope(all_variance, s.variance_by_replicate, false), 0, -1, s.variance_by_replicate);
  if (!s.sizes.empty()) {
    std::vector<double> x;
    std::vector<measured> first, last;
    for (std::size_t i = 0; i < s.sizes.size(); ++i) {
      argument::require(s.sizes[i] > (i == 0 ? 0 : s.sizes[i - 1]), name, "sizes", s.sizes[i], "be positive and increase");
      x.push_back(std::log(static_cast<double>(s.sizes[i])));
      first.push_back(detail::log_of(s.first_risk[i]));
      last.push_back(detail::log_of(s.last_risk[i]));
    }
    const measured a = detail::slope_of(x, first, nullptr), b = detail::slope_of(x, last, nullptr);
    const measured change{b.value - a.value, detail::root_of_squares(a.error, b.error)};
    set(scaling_law, change, 0, change.value < 0 ? -1 : 1);
  }
  if (!s.tail.empty() && s.real_tail > 0) set(tails, detail::over(s.tail.back(), {s.real_tail, s.real_tail_error}), 1, -1);
  if (!s.modes.empty())
    set(modes,
        {s.modes.back().value - s.modes.front().value, detail::root_of_squares(s.modes.front().error, s.modes.back().error)},
        0, -1);
  if (!s.outside.empty() && s.real_outside >= 0)
    set(hallucination,
        {s.outside.back().value - s.real_outside, detail::root_of_squares(s.outside.back().error, s.real_outside_error)}, 0,
        1);
  return rows;
}

}  // namespace simulacra
