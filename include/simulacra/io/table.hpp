#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/output_file.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra {

/// What theory expects of a metric at a generation; NaN where it is silent.
using theory_curve = std::function<double(std::string_view metric, Index generation)>;

/// A row of a tidy table: under which conditions, when, what, and the band with what theory says.
struct table_row {
  std::vector<std::string> conditions;
  Index generation = 0;
  std::string metric;
  band values{};
  double theory = std::numeric_limits<double>::quiet_NaN();

  /// (mean - theory) / mcse: how far the ensemble is from theory. 0 where the two agree to 1e-12 of theory, which is as far as metrics
  /// and closed forms are computed. NaN where there is no theory or no error, and where the error is no yardstick: see `warning`.
  [[nodiscard]] double z() const {
    if (!warning().empty()) return std::numeric_limits<double>::quiet_NaN();
    const double apart = values.mean - theory;
    return std::abs(apart) <= 1e-12 * std::abs(theory) ? 0 : apart / values.mcse;
  }

  /// Why the mean is not to be held against theory; empty where it may be.
  [[nodiscard]] std::string_view warning() const {
    return values.infinite > 0 ? "infinite values" : values.carried_by_few() ? "mean carried by few" : "";
  }
};

/// A tidy table: the columns of the conditions, then `generation, metric, mean, mcse, sd, q05, q25, q50, q75, q95, theory,
/// count, missing, warning`. `theory` is empty where none is known; `count` is the number of replicates behind the row, `missing`
/// that of those without the number. `warning` is empty, or says why the mean is no yardstick: a few replicates carry it
/// (`band::carried_by_few`), or one is infinite. Quantiles are of type 7, as NumPy's.
class table {
 public:
  explicit table(std::vector<std::string> conditions) : conditions_(std::move(conditions)) {}

  /// Adds a row. @throw std::invalid_argument unless it has one value for each condition
  void add(table_row row) {
    argument::require(row.conditions.size() == conditions_.size(), "table::add", "row.conditions.size()",
                      row.conditions.size(), "equal the number of conditions");
    rows_.push_back(std::move(row));
  }

  /// Adds a row for each recorded generation and metric of an ensemble. @param on  computes the bands
  template <executor Executor = thread_executor>
  void add(const records& all, const std::vector<std::string>& conditions, const theory_curve& theory = {},
           const Executor& on = {}) {
    const std::size_t metrics = all.metrics().size(), times = all.generations().size();
    std::vector<band> bands(metrics * times);
    on.for_each_index(static_cast<Index>(times),
                      [&](Index i) {
                        for (std::size_t k = 0; k < metrics; ++k)
                          bands[k * times + static_cast<std::size_t>(i)] = all.at(static_cast<std::size_t>(i), k);
                      },
                      {});
    for (std::size_t k = 0; k < metrics; ++k)
      for (std::size_t i = 0; i < times; ++i)
        add({conditions, all.generations()[i], all.metrics()[k], bands[k * times + i],
             theory ? theory(all.metrics()[k], all.generations()[i]) : std::numeric_limits<double>::quiet_NaN()});
  }

  [[nodiscard]] const std::vector<std::string>& conditions() const noexcept { return conditions_; }
  [[nodiscard]] const std::vector<table_row>& rows() const noexcept { return rows_; }

  /// The table as CSV (RFC 4180), numbers in the shortest form that reads back as the same double, whatever the locale.
  [[nodiscard]] std::string csv() const {
    std::string text;
    for (const std::string& name : conditions_) text.append(detail::csv_field(name)).append(",");
    text += "generation,metric,mean,mcse,sd,q05,q25,q50,q75,q95,theory,count,missing,warning\n";
    for (const table_row& row : rows_) {
      for (const std::string& value : row.conditions) text.append(detail::csv_field(value)).append(",");
      text.append(argument::text(row.generation)).append(",").append(detail::csv_field(row.metric));
      const band& b = row.values;
      for (const double v : {b.mean, b.mcse, b.sd, b.q05, b.q25, b.q50, b.q75, b.q95})
        text.append(",").append(detail::number(v));
      text.append(",").append(row.theory == row.theory ? detail::number(row.theory) : "");
      text.append(",").append(argument::text(b.count)).append(",").append(argument::text(b.missing));
      text.append(",").append(row.warning()).append("\n");
    }
    return text;
  }

  void save(const std::filesystem::path& path) const { write_file(path, csv()); }

 private:
  std::vector<std::string> conditions_;
  std::vector<table_row> rows_;
};

namespace detail {

/// @param sink  called with each piece of text
template <class Derived, class Sink>
void write_samples_csv(const Eigen::MatrixBase<Derived>& x, Sink&& sink) {
  std::string text;
  for (Index k = 0; k < x.rows(); ++k) text.append(k == 0 ? "x" : ",x").append(argument::text(k + 1));
  text += '\n';
  for (Index i = 0; i < x.cols(); ++i) {
    for (Index k = 0; k < x.rows(); ++k) text.append(k == 0 ? "" : ",").append(number(static_cast<double>(x(k, i))));
    text += '\n';
    if (text.size() > (std::size_t{1} << 18)) {
      sink(std::string_view(text));
      text.clear();
    }
  }
  sink(std::string_view(text));
}

}  // namespace detail

/// Observations as CSV: one per row, so the transpose of `samples`, with a header x1, x2, ...
template <class Derived>
[[nodiscard]] std::string samples_csv(const Eigen::MatrixBase<Derived>& x) {
  std::string text;
  detail::write_samples_csv(x, [&](std::string_view piece) { text += piece; });
  return text;
}

/// The same into a file, piece by piece. @throw std::runtime_error naming the path if it cannot be written
template <class Derived>
void save_samples_csv(const std::filesystem::path& path, const Eigen::MatrixBase<Derived>& x) {
  output_file file(path, "save_samples_csv");
  detail::write_samples_csv(x, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

}  // namespace simulacra
