#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/table.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/detail/band_of_pieces.hpp>
#include <simulacra/study/errors.hpp>
#include <simulacra/study/journal.hpp>

namespace simulacra {

/// What theory expects of a cell; NaN where it is silent.
using cell_theory = std::function<double(const cell&, std::string_view metric, Index generation)>;

/// How far a cell has come.
struct cell_status {
  Index wanted = 0;     ///< replicates, as far as is known: a stopping rule may want more
  Index done = 0;       ///< of these, finished or ended in an error
  Index failed = 0;     ///< of `done`, ended in an error
  double seconds = 0;   ///< spent on it
  std::string stopped;  ///< what a stopping rule said, where it was not the target that was met
};

/// What a folder holds of a study. Numbers lie in the files, and come into memory a cell at a time when they are asked for.
class study_result {
 public:
  study_result(std::shared_ptr<const journal> files, std::vector<cell> cells, std::vector<cell_status> states, bool settled)
      : files_(std::move(files)), cells_(std::move(cells)), states_(std::move(states)), settled_(settled) {}

  /// Whether nothing is left to be run.
  [[nodiscard]] bool complete() const { return settled_ && left() == 0; }
  [[nodiscard]] Index done() const {
    return sum([](const cell_status& s) { return s.done; });
  }
  [[nodiscard]] Index failed() const {
    return sum([](const cell_status& s) { return s.failed; });
  }
  /// Replicates that are left, as far as is known.
  [[nodiscard]] Index left() const {
    return sum([](const cell_status& s) { return s.wanted - s.done; });
  }
  [[nodiscard]] double seconds() const {
    double total = 0;
    for (const cell_status& s : states_) total += s.seconds;
    return total;
  }
  [[nodiscard]] const std::vector<cell>& cells() const noexcept { return cells_; }
  [[nodiscard]] const std::vector<cell_status>& states() const noexcept { return states_; }
  [[nodiscard]] std::vector<std::string> notes() const { return files_->notes(); }

  /// "12 cells: 480 of 1200 replicates done, 2 of them failed, 720 left; 35 s of computing so far, about 52 s more", which other processes are at
  /// it, and what was found damaged.
  [[nodiscard]] std::string text() const {
    const Index d = done(), l = left(), f = failed();
    std::string all = argument::text(cells_.size()) + " cells: " + argument::text(d) + " of " + argument::text(d + l) +
                      " replicates done, " + argument::text(f) + " of them failed, " + argument::text(l) + " left";
    const auto whole = [](double v) { return argument::text(static_cast<Index>(v + 0.5)); };
    all += "; " + whole(seconds()) + " s of computing so far";
    if (l > 0 && d > 0) all += ", about " + whole(seconds() / static_cast<double>(d) * static_cast<double>(l)) + " s more";
    if (!settled_ && l == 0) all += "; the stopping rule has still to look";
    std::string others;
    for (const std::string& process : files_->at_work())
      others.append(others.empty() ? "; at work: " : ", ").append(process);
    all += others;
    for (const std::string& note : notes()) all += "\n" + note;
    return all;
  }

  /// The failures of a cell: replicate, key of its streams, generation and message.
  [[nodiscard]] std::vector<replicate_failure> failures(const cell& of) const {
    std::vector<replicate_failure> all;
    for (const auto& [replicate, what] : files_->failures(position(of))) all.push_back(what.first);
    return all;
  }

  /// The tidy table of all cells: the axes are its conditions. Bands are of the replicates that finished. Memory: the table and some 64 MiB,
  /// however many replicates there are: the columns of a cell of more than a million are not held, but read some seven times, and their
  /// quantiles are exact for all that.
  [[nodiscard]] simulacra::table table(const cell_theory& theory = {}) const {
    simulacra::table out(cells_.empty() ? std::vector<std::string>{} : cells_.front().axes());
    for (std::size_t at = 0; at < cells_.size(); ++at) {
      const auto shape = files_->shape(at);
      const Index count = states_[at].wanted;
      if (!shape || states_[at].done == 0) continue;
      const std::size_t times = shape->generations.size();
      const std::vector<band> bands = bands_of(at, count, shape->width());
      for (std::size_t m = 0; m < shape->metrics.size(); ++m)
        for (std::size_t i = 0; i < times; ++i)
          out.add({cells_[at].texts(), shape->generations[i], shape->metrics[m], bands[i * shape->metrics.size() + m],
                   theory ? theory(cells_[at], shape->metrics[m], shape->generations[i])
                          : std::numeric_limits<double>::quiet_NaN()});
    }
    return out;
  }

  /// The numbers of a cell, one a replicate from 0 on; NaN for one that failed or is not there.
  /// @throw std::invalid_argument if the cell, metric or generation is none that was recorded
  [[nodiscard]] std::vector<double> values(const cell& of, std::string_view metric, Index generation) const {
    const std::size_t at = position(of);
    const auto shape = files_->shape(at);
    argument::require(shape.has_value(), "study_result::values", "of", of.text(), "have been run");
    const records names(shape->metrics, shape->generations, 0);
    const std::size_t k = names.row_of(generation) * shape->metrics.size() + names.column(metric);
    return files_->columns(at, k, k + 1, states_[at].wanted);
  }

  /// All of a cell as records, as `run_ensemble` would have returned them. Memory: the cell.
  [[nodiscard]] records of(const cell& c) const {
    const std::size_t at = position(c);
    const auto shape = files_->shape(at);
    argument::require(shape.has_value(), "study_result::of", "c", c.text(), "have been run");
    const Index count = states_[at].wanted;
    records all(shape->metrics, shape->generations, count);
    const std::vector<char> present = who_is_there(at, count);
    for (std::size_t k = 0; k < shape->width(); ++k) {
      const std::vector<double> column = files_->columns(at, k, k + 1, count);
      for (Index r = 0; r < count; ++r) all.of(r)[k] = column[static_cast<std::size_t>(r)];
    }
    for (Index r = 0; r < count; ++r)
      if (present[static_cast<std::size_t>(r)]) all.accept(r);
    all.failures = failures(c);
    all.fits = files_->fits(at);
    all.stopped = !complete();
    return all;
  }

  /// The mean difference a - b of two cells, replicate by replicate, with its error: small where they share their random numbers
  /// (`design::shared`).   @throw std::invalid_argument if they do not, or something was not recorded
  [[nodiscard]] estimate difference(const cell& a, const cell& b, std::string_view metric, Index generation) const {
    argument::require(a.condition() == b.condition(), "study_result::difference", "b", b.text(),
                      "share its random numbers with " + a.text() + ", by design::shared");
    std::vector<double> x = values(a, metric, generation), y = values(b, metric, generation);
    const std::size_t both = (std::min)(x.size(), y.size());
    x.resize(both);
    y.resize(both);
    return paired_difference(x, y);
  }

 private:
  template <class F>
  [[nodiscard]] Index sum(F each) const {
    Index total = 0;
    for (const cell_status& s : states_) total += each(s);
    return total;
  }
  /// The bands of all columns of a cell; the same bits whether columns are held or read again and again.
  [[nodiscard]] std::vector<band> bands_of(std::size_t at, Index count, std::size_t width) const {
    constexpr std::size_t held = std::size_t{1} << 22;  // numbers at once
    std::vector<band> bands(width);
    if (count > held_replicates) {
      for (std::size_t k = 0; k < width; ++k)
        bands[k] = detail::band_of_pieces([&](auto&& f) { files_->each_piece(at, k, count, f); });
      return bands;
    }
    const std::vector<char> present = who_is_there(at, count);
    const std::size_t together = (std::max)(std::size_t{1}, held / static_cast<std::size_t>(count));
    std::vector<double> values;
    for (std::size_t begin = 0; begin < width; begin += together) {
      const std::size_t end = (std::min)(width, begin + together);
      const std::vector<double> numbers = files_->columns(at, begin, end, count);
      for (std::size_t k = begin; k < end; ++k) {
        values.clear();
        const double* column = numbers.data() + (k - begin) * static_cast<std::size_t>(count);
        for (std::size_t r = 0; r < present.size(); ++r)
          if (present[r]) values.push_back(column[r]);
        bands[k] = band_of(values);
      }
    }
    return bands;
  }
  [[nodiscard]] std::size_t position(const cell& of) const {
    for (std::size_t k = 0; k < cells_.size(); ++k)
      if (cells_[k].key() == of.key()) return k;
    argument::reject("study_result", "cell", of.text(), "be one of the design's");
  }
  [[nodiscard]] std::vector<char> who_is_there(std::size_t at, Index count) const {
    std::vector<char> present(static_cast<std::size_t>(count), 1);
    for (const auto& [from, to] : files_->missing(at, count))
      std::fill(present.begin() + from, present.begin() + to, char{0});
    for (const auto& [replicate, what] : files_->failures(at))
      if (replicate < count && !what.second) present[static_cast<std::size_t>(replicate)] = 0;
    return present;
  }

  static constexpr Index held_replicates = Index{1} << 20;

  std::shared_ptr<const journal> files_;
  std::vector<cell> cells_;
  std::vector<cell_status> states_;
  bool settled_;
};

}  // namespace simulacra
