#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace simulacra {

/// The losses of the steps of a stochastic search, and whether they still fall: what tells a training that has settled from one that was
/// stopped on its way.
///
/// The last quarter of the steps, 16 at least, is cut into 16 parts of equal length, and a straight line is fitted to their mean losses. The
/// loss has *settled* if that line's fall over the quarter, and two of its standard errors, come to no more than a tolerance; the errors
/// are those of the scatter of the parts about the line. So it is for the history to show that the loss falls no more: one that is too short,
/// or too noisy, to show it has not settled. A true fall of the tolerance or more passes with a probability of 3 % at most (t on 14
/// degrees of freedom).
/// It keeps at most 4096 numbers; beyond, neighbours are averaged. Adding a loss is O(1).
class loss_history {
 public:
  static constexpr std::size_t parts = 16;  ///< means that a line is fitted to, and the fewest steps that tell anything

  loss_history() { means_.reserve(most); }

  /// The loss of the next step.
  void add(double loss) {
    sum_ += loss;
    if (++pending_ < stride_) return;
    means_.push_back(sum_ / static_cast<double>(stride_));
    sum_ = 0;
    pending_ = 0;
    if (means_.size() < most) return;
    for (std::size_t i = 0; i < most / 2; ++i) means_[i] = 0.5 * means_[2 * i] + 0.5 * means_[2 * i + 1];
    means_.resize(most / 2);
    stride_ *= 2;
  }

  /// Whether there are steps enough to tell anything.
  [[nodiscard]] bool tells() const noexcept { return means_.size() >= parts; }

  /// What the last quarter looks like.
  struct trend {
    double level = 0;           ///< its mean loss
    double fall = 0;            ///< by how much the line falls from its beginning to its end
    double standard_error = 0;  ///< of the fall
  };

  /// The trend of the last quarter; all 0 unless `tells()`.
  [[nodiscard]] trend last_quarter() const {
    trend t;
    if (!tells()) return t;
    const std::size_t width = (std::max)(means_.size() / 4, parts) / parts;
    double mean[parts];
    for (std::size_t k = 0; k < parts; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < width; ++i) sum += means_[means_.size() - (parts - k) * width + i];
      mean[k] = sum / static_cast<double>(width);
      t.level += mean[k] / static_cast<double>(parts);
    }
    double squares = 0, slope = 0, rest = 0;
    const auto at = [](std::size_t k) { return static_cast<double>(k) - 0.5 * static_cast<double>(parts - 1); };
    for (std::size_t k = 0; k < parts; ++k) {
      squares += at(k) * at(k);
      slope += at(k) * (mean[k] - t.level);
    }
    slope /= squares;
    for (std::size_t k = 0; k < parts; ++k) {
      const double off = mean[k] - t.level - slope * at(k);
      rest += off * off;
    }
    t.fall = -slope * static_cast<double>(parts);
    t.standard_error = static_cast<double>(parts) * std::sqrt(rest / static_cast<double>(parts - 2) / squares);
    return t;
  }

  /// Whether the history shows that the loss falls by no more than `tolerance` over the last quarter.
  [[nodiscard]] bool settled(double tolerance) const {
    const trend t = last_quarter();
    return tells() && t.fall + 2 * t.standard_error <= tolerance;
  }

 private:
  static constexpr std::size_t most = 4096;

  std::vector<double> means_;  ///< of `stride_` steps each
  std::size_t stride_ = 1, pending_ = 0;
  double sum_ = 0;
};

}  // namespace simulacra
