#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

inline constexpr std::size_t status_count = static_cast<std::size_t>(status::failed) + 1;

/// A replicate that ended with an error, and the address from which it can be run again alone.
struct replicate_failure {
  Index replicate = 0;
  stream_key key{};
  std::string message;
};

/// What an ensemble recorded: one number per replicate, recorded generation and metric. Replicates that did not finish are not
/// in it; a lineage that ended early has NaN from there on, which bands leave out and count.
class records {
 public:
  records(std::vector<std::string> metrics, std::vector<Index> generations, Index replicates)
      : metrics_(std::move(metrics)),
        generations_(std::move(generations)),
        present_(static_cast<std::size_t>(replicates), false),
        values_(static_cast<std::size_t>(replicates) * stride(), std::numeric_limits<double>::quiet_NaN()) {}

  [[nodiscard]] const std::vector<std::string>& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const std::vector<Index>& generations() const noexcept { return generations_; }
  [[nodiscard]] Index replicates() const noexcept { return static_cast<Index>(present_.size()); }

  /// Whether a replicate was finished.
  [[nodiscard]] bool has(Index replicate) const { return present_[static_cast<std::size_t>(replicate)]; }
  [[nodiscard]] Index finished() const {
    Index n = 0;
    for (const char there : present_) n += there ? 1 : 0;
    return n;
  }

  /// All numbers of a replicate, generation by generation, metric by metric.
  [[nodiscard]] std::span<double> of(Index replicate) {
    return std::span<double>(values_).subspan(static_cast<std::size_t>(replicate) * stride(), stride());
  }
  [[nodiscard]] std::span<const double> of(Index replicate) const {
    return std::span<const double>(values_).subspan(static_cast<std::size_t>(replicate) * stride(), stride());
  }

  /// The number of one replicate, row of `generations()` and column of `metrics()`.
  [[nodiscard]] double at(Index replicate, std::size_t row, std::size_t column) const {
    return of(replicate)[row * metrics_.size() + column];
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
    std::vector<double> v;
    v.reserve(present_.size());
    for (Index r = 0; r < replicates(); ++r)
      if (has(r)) v.push_back(at(r, row, column));
    return v;
  }

  /// The band of a metric at a recorded generation.
  [[nodiscard]] band at(std::size_t row, std::size_t column) const {
    std::vector<double> v = values(row, column);
    return band_of(v);
  }

  void accept(Index replicate) { present_[static_cast<std::size_t>(replicate)] = true; }
  void discard(Index replicate) { present_[static_cast<std::size_t>(replicate)] = false; }

  /// Adds the replicates of another ensemble behind these: shards of one ensemble, in order, give what the whole would have given.
  /// @throw std::invalid_argument unless both recorded the same metrics at the same generations
  void append(const records& more) {
    argument::require(more.metrics_ == metrics_, "records::append", "more.metrics().size()", more.metrics_.size(),
                      "name the same metrics in the same order");
    argument::require(more.generations_ == generations_, "records::append", "more.generations().size()",
                      more.generations_.size(), "record the same generations");
    present_.insert(present_.end(), more.present_.begin(), more.present_.end());
    values_.insert(values_.end(), more.values_.begin(), more.values_.end());
    failures.insert(failures.end(), more.failures.begin(), more.failures.end());
    for (std::size_t k = 0; k < status_count; ++k) fits[k] += more.fits[k];
    stopped = stopped || more.stopped;
  }

  std::vector<replicate_failure> failures;  ///< replicates that ended with an error
  std::array<Index, status_count> fits{};   ///< fits by `status`, over all finished replicates
  bool stopped = false;                     ///< whether the ensemble was asked to stop before its end

 private:
  [[nodiscard]] std::size_t stride() const noexcept { return generations_.size() * metrics_.size(); }

  std::vector<std::string> metrics_;
  std::vector<Index> generations_;
  std::vector<char> present_;  // not bool: threads write neighbouring entries
  std::vector<double> values_;
};

namespace detail {

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

/// The generations to record: as asked for, checked, or all.
inline std::vector<Index> recorded(const std::vector<Index>& asked, Index last) {
  argument::require(last >= 0, "run_ensemble", "generations", last, "not be negative");
  std::vector<Index> rows = asked;
  if (rows.empty())
    for (Index t = 1; t <= last; ++t) rows.push_back(t);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    argument::require(rows[i] >= 1 && rows[i] <= last, "run_ensemble", "replication.generations", rows[i],
                      "be between 1 and the number of generations");
    argument::require(i == 0 || rows[i] > rows[i - 1], "run_ensemble", "replication.generations", rows[i], "increase");
  }
  return rows;
}

}  // namespace detail

}  // namespace simulacra
