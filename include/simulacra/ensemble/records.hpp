#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/fingerprint.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

inline constexpr std::size_t status_count = static_cast<std::size_t>(status::failed) + 1;

namespace detail {
inline constexpr Index most_replicates = Index{1} << 62;  ///< their numbers end here, so that sums of two do not wrap
}

/// A replicate that ended with an error, and the address from which it can be run again alone.
struct replicate_failure {
  Index replicate = 0;
  stream_key key{};
  std::string message;
  Index generation = 0;  ///< the one that could not be made, or looked at; 0: not known
};

/// What an ensemble recorded: one number per replicate, recorded generation and metric. Replicates that did not finish are not
/// in it; a lineage that ended early has NaN from there on, which bands leave out and count. Rows and columns are numbered from 0;
/// whatever is asked for is checked, and what is not there is a `std::invalid_argument`.
class records {
 public:
  /// @throw std::invalid_argument if replicates < 0, or their numbers need more memory than there is
  records(std::vector<std::string> metrics, std::vector<Index> generations, Index replicates)
      : metrics_(std::move(metrics)),
        generations_(std::move(generations)),
        present_(sized(replicates, stride()), false),
        values_(static_cast<std::size_t>(replicates) * stride(), std::numeric_limits<double>::quiet_NaN()) {}

  [[nodiscard]] const std::vector<std::string>& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const std::vector<Index>& generations() const noexcept { return generations_; }
  [[nodiscard]] Index replicates() const noexcept { return static_cast<Index>(present_.size()); }

  /// Whether a replicate was finished.
  [[nodiscard]] bool has(Index replicate) const { return present_[number(replicate, "records::has")]; }
  /// Whether nothing is left to be run: every replicate was finished, or ended with an error.
  [[nodiscard]] bool complete() const {
    const std::vector<char> over = ended();
    return std::all_of(over.begin(), over.end(), [](char there) { return there != 0; });
  }
  [[nodiscard]] Index finished() const {
    Index n = 0;
    for (const char there : present_) n += there ? 1 : 0;
    return n;
  }

  /// All numbers of a replicate, generation by generation, metric by metric.
  [[nodiscard]] std::span<double> of(Index replicate) {
    return std::span<double>(values_).subspan(number(replicate, "records::of") * stride(), stride());
  }
  [[nodiscard]] std::span<const double> of(Index replicate) const {
    return std::span<const double>(values_).subspan(number(replicate, "records::of") * stride(), stride());
  }

  /// The number of one replicate, row of `generations()` and column of `metrics()`.
  [[nodiscard]] double at(Index replicate, std::size_t row, std::size_t column) const {
    require_cell(row, column, "records::at");
    return of(replicate)[row * metrics_.size() + column];
  }

  /// The row of a recorded generation: where it stands in `generations()`. O(log).
  /// @throw std::invalid_argument that names those that were recorded, if it is none of them
  [[nodiscard]] std::size_t row_of(Index generation) const {
    const auto found = std::lower_bound(generations_.begin(), generations_.end(), generation);
    if (found != generations_.end() && *found == generation) return static_cast<std::size_t>(found - generations_.begin());
    argument::reject("records::row_of", "generation", generation, "be one that was recorded: " + recorded_generations());
  }

  /// The column of a metric. @throw std::invalid_argument if there is none of that name
  [[nodiscard]] std::size_t column(std::string_view metric) const {
    for (std::size_t k = 0; k < metrics_.size(); ++k)
      if (metrics_[k] == metric) return k;
    std::string names;
    for (const std::string& name : metrics_) names.append(names.empty() ? "" : ", ").append(name);
    argument::reject("records::column", "metric", metric, "be one of those that were recorded: " + names);
  }

  /// The values of all finished replicates, in order.
  [[nodiscard]] std::vector<double> values(std::size_t row, std::size_t column) const {
    require_cell(row, column, "records::values");
    std::vector<double> v;
    v.reserve(present_.size());
    for (Index r = 0; r < replicates(); ++r)
      if (has(r)) v.push_back(at(r, row, column));
    return v;
  }

  /// The band of a metric, by row of `generations()`. (By generation: `at_generation`.)
  [[nodiscard]] band at(std::size_t row, std::size_t column) const {
    require_cell(row, column, "records::at");
    std::vector<double> v = values(row, column);
    return band_of(v);
  }

  /// The band of a metric at a recorded generation: `all.at_generation(20, "variance")`.
  [[nodiscard]] band at_generation(Index generation, std::size_t column) const { return at(row_of(generation), column); }
  [[nodiscard]] band at_generation(Index generation, std::string_view metric) const {
    return at(row_of(generation), column(metric));
  }

  /// The values of all finished replicates at a recorded generation, in order.
  [[nodiscard]] std::vector<double> values_at_generation(Index generation, std::string_view metric) const {
    return values(row_of(generation), column(metric));
  }

  void accept(Index replicate) { present_[number(replicate, "records::accept")] = true; }
  void discard(Index replicate) { present_[number(replicate, "records::discard")] = false; }

  /// Adds the replicates of another part of the same ensemble, each in its place: shards in order, or the rest of one that was stopped.
  /// (Records that do not say where they come from are added behind these.)
  /// @throw std::invalid_argument that says what differs unless both recorded the same metrics at the same generations and have the
  ///        same fingerprint; if a replicate is in both, or some are missing in between. Nothing is changed then.
  void append(const records& more) {
    constexpr std::string_view function = "records::append";
    if (&more == this) return append(records(more));
    argument::require(more.metrics_.size() == metrics_.size(), function, "more.metrics().size()", more.metrics_.size(),
                      "name the same metrics, " + argument::text(metrics_.size()) + " in number");
    for (std::size_t k = 0; k < metrics_.size(); ++k)
      argument::require(more.metrics_[k] == metrics_[k], function, "more.metrics()[" + argument::text(k) + "]",
                        "'" + more.metrics_[k] + "'", "be '" + metrics_[k] + "', as here");
    argument::require(more.generations_.size() == generations_.size(), function, "more.generations().size()",
                      more.generations_.size(),
                      "record the same generations, " + argument::text(generations_.size()) + " in number");
    for (std::size_t k = 0; k < generations_.size(); ++k)
      argument::require(more.generations_[k] == generations_[k], function, "more.generations()[" + argument::text(k) + "]",
                        more.generations_[k], "be " + argument::text(generations_[k]) + ", as here");
    argument::require(more.origin.has_value() == origin.has_value(), function, "more.origin",
                      more.origin ? "known" : "not known", "say where its records come from if and only if these do");
    std::array<Index, status_count> both = fits;
    for (std::size_t k = 0; k < status_count; ++k) {
      argument::require(more.fits[k] >= 0, function, "more.fits", more.fits[k], "not be negative");
      both[k] = argument::sum_of_counts(fits[k], more.fits[k], function);
    }
    for (const records* part : {static_cast<const records*>(this), &more})
      argument::require(part->first_replicate >= 0 && part->first_replicate <= detail::most_replicates, function,
                        part == this ? "first_replicate" : "more.first_replicate", part->first_replicate,
                        "be at least 0, and at most 2^62");
    const Index behind = first_replicate + replicates() - more.first_replicate;
    if (origin) {
      const std::string difference = origin->difference_to(*more.origin);
      argument::require(difference.empty(), function, "more", "of another ensemble: it has " + difference,
                        "belong to these");
      place(more);
    } else {
      static_cast<void>(sized(argument::sum_of_counts(replicates(), more.replicates(), function), stride(), function));
      present_.insert(present_.end(), more.present_.begin(), more.present_.end());
      values_.insert(values_.end(), more.values_.begin(), more.values_.end());
    }
    for (replicate_failure f : more.failures) {
      if (!origin && more.contains(f.replicate)) f.replicate += behind;  // as its replicate was
      failures.push_back(std::move(f));
    }
    if (origin)
      std::stable_sort(failures.begin(), failures.end(),
                       [](const auto& a, const auto& b) { return a.replicate < b.replicate; });
    fits = both;
    stopped = (stopped || more.stopped) && !(origin && complete());
  }

  std::vector<replicate_failure> failures;  ///< replicates that ended with an error
  std::array<Index, status_count> fits{};   ///< fits by `status`, over all finished replicates
  bool stopped = false;                     ///< whether the ensemble was asked to stop before its end
  Index first_replicate = 0;                ///< the number of replicate 0 of these in the whole ensemble
  std::string progress_failure;  ///< what `replication::progress` threw, which was not called after that; empty: nothing
  std::optional<fingerprint> origin{};  ///< where the records come from; nothing in records that were put together by hand

 private:
  /// For each replicate, whether it was finished or ended with an error.
  [[nodiscard]] std::vector<char> ended() const {
    std::vector<char> over = present_;
    for (const replicate_failure& f : failures)
      if (contains(f.replicate)) over[static_cast<std::size_t>(f.replicate - first_replicate)] = true;
    return over;
  }
  /// Whether a number in the whole ensemble is of one of these.
  [[nodiscard]] bool contains(Index number) const noexcept {
    return number >= first_replicate && number - first_replicate < replicates();
  }

  /// Puts the numbers of the replicates of `more` where they belong.
  void place(const records& more) {
    constexpr std::string_view function = "records::append";
    const Index end = first_replicate + replicates(), more_end = more.first_replicate + more.replicates();
    const auto run = [](Index from, Index to) {
      return to - from == 1 ? "replicate " + argument::text(from)
                            : "replicates " + argument::text(from) + " to " + argument::text(to - 1);
    };
    if (more.first_replicate > end || more_end < first_replicate)
      argument::reject(function, "more.first_replicate", more.first_replicate,
                       "join on to these: " +
                           (more.first_replicate > end ? run(end, more.first_replicate) : run(more_end, first_replicate)) +
                           " would be missing in between");
    const Index from = (std::max)(first_replicate, more.first_replicate), to = (std::min)(end, more_end);
    if (from < to) {
      const std::vector<char> here = ended(), there = more.ended();
      for (Index r = from; r < to; ++r)
        if (here[static_cast<std::size_t>(r - first_replicate)] && there[static_cast<std::size_t>(r - more.first_replicate)])
          argument::reject(function, "more",
                           run(more.first_replicate, more_end) + ", of which number " + argument::text(r) +
                               " is in these already, " + run(first_replicate, end),
                           "hold other replicates: a shard was given twice");
    }
    const std::size_t width = stride();
    const Index first = (std::min)(first_replicate, more.first_replicate);
    const auto before = static_cast<std::size_t>(first_replicate - first);
    const std::size_t size = sized((std::max)(end, more_end) - first, width, function);
    present_.insert(present_.begin(), before, 0);
    values_.insert(values_.begin(), before * width, std::numeric_limits<double>::quiet_NaN());
    present_.resize(size, 0);
    values_.resize(size * width, std::numeric_limits<double>::quiet_NaN());
    first_replicate = first;
    for (Index r = 0; r < more.replicates(); ++r) {
      if (!more.has(r)) continue;
      const Index at = more.first_replicate + r - first;
      std::copy(more.of(r).begin(), more.of(r).end(), of(at).begin());
      accept(at);
    }
  }

  /// Checked access, for whatever a caller gives as the number of a replicate, a row or a column.
  [[nodiscard]] std::size_t number(Index replicate, std::string_view function) const {
    argument::require(replicate >= 0 && replicate < replicates(), function, "replicate", replicate,
                      "be at least 0 and below the number of replicates; it counts from `first_replicate`");
    return static_cast<std::size_t>(replicate);
  }
  void require_cell(std::size_t row, std::size_t column, std::string_view function) const {
    if (row >= generations_.size()) [[unlikely]]
      argument::reject(function, "row", row,
                       "be below " + argument::text(generations_.size()) +
                           ", the number of rows; by generation there is `at_generation`, of " + recorded_generations());
    if (column >= metrics_.size()) [[unlikely]]
      argument::reject(function, "column", column,
                       "be below " + argument::text(metrics_.size()) + ", the number of metrics");
  }
  [[nodiscard]] std::string recorded_generations() const {
    std::string list;
    const std::size_t n = generations_.size();
    for (std::size_t k = 0; k < n; ++k) {
      if (n > 12 && k == 8) list += ", ...", k = n - 2;
      list.append(list.empty() ? "" : ", ").append(argument::text(generations_[k]));
    }
    return list.empty() ? "none were" : list;
  }
  [[nodiscard]] static std::size_t sized(Index replicates, std::size_t numbers, std::string_view function = "records") {
    argument::require(replicates >= 0, function, "replicates", replicates, "not be negative");
    argument::require_bytes(replicates, static_cast<Index>(numbers), sizeof(double), function, "replicates");
    argument::require_bytes(replicates, 1, sizeof(char), function, "replicates");  // there may be no number, but `present_`
    return static_cast<std::size_t>(replicates);
  }

  [[nodiscard]] std::size_t stride() const noexcept { return generations_.size() * metrics_.size(); }

  std::vector<std::string> metrics_;
  std::vector<Index> generations_;
  std::vector<char> present_;  // not bool: threads write neighbouring entries
  std::vector<double> values_;
};

}  // namespace simulacra
