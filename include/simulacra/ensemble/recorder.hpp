#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/probe.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/recursion/observer.hpp>

namespace simulacra {

namespace detail {

/// Whether a probe is a metric whose function cannot remember: it need not be asked where nothing is recorded.
template <class P, class Generation>
inline constexpr bool is_plain_metric = false;
template <class F, class Generation>
inline constexpr bool is_plain_metric<metric<F>, Generation> = std::invocable<const F&, const Generation&>;

/// A probe that wants to see parts of the training data; see `sees_parts`.
template <class P, class Part, class Observations>
concept can_be_shown =
    requires(P& probe, const Part& part, const Observations& observations) { probe.gathered(part, observations); };

template <class P, class Part, class Observations>
concept can_be_shown_members = requires(P& probe, const Part& part, const Observations& observations, Index who) {
                                 probe.gathered(part, observations, who);
                               };

/// Fills one replicate's record from its generations, and ends the lineage when the ensemble is stopped.
template <class Generation, class... Probes>
class recorder {
 public:
  recorder(const std::vector<Index>& generations, std::span<double> values, std::stop_token stop, const Probes&... probes)
      : generations_(generations),
        values_(values),
        stop_(std::move(stop)),
        probes_(probes...),
        sizes_{probes.names().size()...} {}

  flow operator()(const Generation& g) {
    looking_at_ = g.number;
    if (g.number == 0)
      seen_ = -1;
    else
      count(g);
    const bool wanted = row_ < generations_.size() && generations_[row_] == g.number;
    read(g, wanted, std::index_sequence_for<Probes...>{});
    row_ += wanted ? 1 : 0;
    seen_ = g.number;
    return ended_ || stop_.stop_requested() ? flow::stop : flow::go_on;
  }

  /// Whether a probe has ended the lineage.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

  /// Whether the truth is to be recorded, as generation 0.
  [[nodiscard]] bool wants_truth() const noexcept { return !generations_.empty() && generations_.front() == 0; }

  /// The generation that an exception has come from: the one that is looked at, or else the one that was to be made next.
  [[nodiscard]] Index current() const noexcept { return looking_at_ != seen_ ? looking_at_ : seen_ + 1; }

  /// Shows parts of the training data to the probes that want to see them.
  template <class Part, class Observations>
    requires(can_be_shown<Probes, Part, Observations> || ...)
  void gathered(const Part& part, const Observations& observations) {
    const auto show = [&](auto& probe) {
      if constexpr (can_be_shown<std::remove_cvref_t<decltype(probe)>, Part, Observations>)
        probe.gathered(part, observations);
    };
    std::apply([&](auto&... each) { (show(each), ...); }, probes_);
  }

  /// The same of the members of a population.
  template <class Part, class Observations>
    requires(can_be_shown_members<Probes, Part, Observations> || ...)
  void gathered(const Part& part, const Observations& observations, Index who) {
    const auto show = [&](auto& probe) {
      if constexpr (can_be_shown_members<std::remove_cvref_t<decltype(probe)>, Part, Observations>)
        probe.gathered(part, observations, who);
    };
    std::apply([&](auto&... each) { (show(each), ...); }, probes_);
  }

  /// How many fits had each status. Counted here and not in what threads share, where neighbours would fight for a cache line.
  [[nodiscard]] const std::array<Index, status_count>& fits() const noexcept { return fits_; }

 private:
  /// Counts the outcomes of a generation: of a population's each member's.
  void count(const Generation& g) {
    if constexpr (requires { g.result.what; })
      ++fits_[static_cast<std::size_t>(g.result.what)];
    else
      g.for_each([this](const auto& member, Index) { ++fits_[static_cast<std::size_t>(member.result.what)]; });
  }

  /// A probe sees every generation, since it may remember; what it says is kept where it is wanted.
  template <std::size_t... I>
  void read(const Generation& g, bool wanted, std::index_sequence<I...>) {
    std::size_t column = 0;
    const std::size_t width = (std::size_t{0} + ... + sizes_[I]);
    scratch_.resize(width);
    const auto one = [&](auto& probe, std::size_t size) {
      constexpr bool forgets = is_plain_metric<std::remove_cvref_t<decltype(probe)>, Generation>;
      const std::span<double> out =
          wanted ? values_.subspan(row_ * width + column, size) : std::span<double>(scratch_).subspan(column, size);
      if constexpr (std::is_same_v<decltype(probe(g, out)), flow>) {
        if (probe(g, out) == flow::stop) {
          ended_ = true;
          for (std::size_t row = row_ + (wanted ? 1 : 0); row < generations_.size(); ++row)
            std::copy(out.begin(), out.end(), values_.begin() + static_cast<std::ptrdiff_t>(row * width + column));
        }
      } else if (wanted || !forgets) {
        probe(g, out);
      }
      column += size;
    };
    (one(std::get<I>(probes_), sizes_[I]), ...);
  }

  const std::vector<Index>& generations_;
  std::span<double> values_;
  std::array<Index, status_count> fits_{};
  std::stop_token stop_;
  std::tuple<Probes...> probes_;
  std::array<std::size_t, sizeof...(Probes)> sizes_;
  std::vector<double> scratch_;
  std::size_t row_ = 0;
  Index looking_at_ = 0, seen_ = 0;
  bool ended_ = false;
};

/// The names of all probes, in order; each must be there once.
template <class... Probes>
std::vector<std::string> all_names(const Probes&... probes) {
  std::vector<std::string> all;
  const auto add = [&](const std::vector<std::string>& names) { all.insert(all.end(), names.begin(), names.end()); };
  (add(probes.names()), ...);
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (all[i] == all[k]) argument::reject("run_ensemble", "name of a metric", all[i], "be given once");
  return all;
}

/// The generations to record: as asked for, checked, or all but the truth.
inline std::vector<Index> recorded(const std::vector<Index>& asked, Index last) {
  argument::require(last >= 0, "run_ensemble", "generations", last, "not be negative");
  std::vector<Index> rows = asked;
  if (rows.empty()) argument::require_room(last, 1, sizeof(Index), "run_ensemble", "generations");
  if (rows.empty())
    for (Index t = 1; t <= last; ++t) rows.push_back(t);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    argument::require(rows[i] >= 0 && rows[i] <= last, "run_ensemble", "replication.generations", rows[i],
                      "be between 1 and the number of generations, or 0, the truth");
    argument::require(i == 0 || rows[i] > rows[i - 1], "run_ensemble", "replication.generations", rows[i], "increase");
  }
  return rows;
}

}  // namespace detail

}  // namespace simulacra
