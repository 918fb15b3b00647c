#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>

/// How well a classifier calls classes: counts of what was called what, whether its probabilities are frequencies, and whom it serves.
namespace simulacra {

namespace detail {

/// Throws unless `labels` are one row of whole numbers from 0 to `classes` - 1, at least one.
template <class Labels>
void require_classes(const Eigen::DenseBase<Labels>& labels, Index classes, std::string_view function,
                     std::string_view name) {
  argument::require(labels.rows() == 1 || labels.cols() == 1, function, name, labels.rows(), "be one row");
  argument::require(labels.size() >= 1, function, name, labels.size(), "be at least 1");
  for (Index i = 0; i < labels.size(); ++i) {
    const auto v = static_cast<double>(labels.derived().coeff(i));
    argument::require(v >= 0 && v < static_cast<double>(classes) && v == std::floor(v), function, name, v,
                      "be whole numbers from 0 to the number of classes less 1");
  }
}

template <class Labels>
[[nodiscard]] Index class_at(const Eigen::DenseBase<Labels>& labels, Index i) {
  return static_cast<Index>(labels.derived().coeff(i));
}

}  // namespace detail

/// What was called what.
struct confusion_table {
  Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic> counts;  ///< of true class (row) that were called so (column)

  [[nodiscard]] Index total() const { return counts.sum(); }
  /// The share that is called by its own class.
  [[nodiscard]] double accuracy() const { return ratio(counts.trace(), total()); }
  /// Of class k, the share that is called k; NaN if there is none of it.
  [[nodiscard]] double recall(Index k) const { return ratio(counts(k, k), counts.row(k).sum()); }
  /// Of those called k, the share that is of class k; NaN if none is called so.
  [[nodiscard]] double precision(Index k) const { return ratio(counts(k, k), counts.col(k).sum()); }
  /// The mean of the recalls of the classes that are there, to which a rare class is as much as any.
  [[nodiscard]] double balanced_accuracy() const {
    double sum = 0, classes = 0;
    for (Index k = 0; k < counts.rows(); ++k)
      if (counts.row(k).sum() > 0) sum += recall(k), ++classes;
    return sum / classes;
  }

 private:
  static double ratio(Index part, Index whole) { return static_cast<double>(part) / static_cast<double>(whole); }
};

/// Counts of pairs by their class and by what they were called. O(n + classes^2).
/// @param labels, called  as many, classes as whole numbers from 0   @throw std::invalid_argument unless these hold, and there is one
template <class Labels, class Called>
[[nodiscard]] confusion_table confusion(const Eigen::DenseBase<Labels>& labels, const Eigen::DenseBase<Called>& called,
                                        Index classes) {
  argument::require(classes >= 1, "confusion", "classes", classes, "be at least 1");
  argument::require_room(classes, classes, sizeof(Index), "confusion", "classes");
  argument::require(called.size() == labels.size(), "confusion", "called.size()", called.size(), "be the number of labels");
  detail::require_classes(labels, classes, "confusion", "labels");
  detail::require_classes(called, classes, "confusion", "called");
  confusion_table table;
  table.counts.setZero(classes, classes);
  for (Index i = 0; i < labels.size(); ++i) ++table.counts(detail::class_at(labels, i), detail::class_at(called, i));
  return table;
}

/// Pairs whose probability of label 1 lies in one bin.
struct reliability_bin {
  Index count = 0;
  double predicted = 0;  ///< the mean of these probabilities
  double observed = 0;   ///< the share of labels 1
};

/// Whether probabilities are frequencies.
struct calibration {
  std::vector<reliability_bin> bins;  ///< of equal width from 0 to 1; those without a pair have a count of 0
  double expected_error = 0;          ///< mean over pairs of |predicted - observed| of their bin
  double largest_error = 0;           ///< the largest of these
  double brier = 0;                   ///< mean of (probability - label)^2
};

/// The calibration of probabilities of label 1 for labels 0 and 1. Of n perfectly calibrated pairs the expected error is not 0 but some
/// \f$ \sqrt{2 p(1-p) / (\pi n_b)} \f$ in a bin of n_b pairs. O(n).
/// @throw std::invalid_argument unless there are pairs, as many of both, probabilities lie in [0, 1], labels are 0 or 1, and bins >= 1
/// Reference: Murphy and Winkler (1977); Guo et al. (2017), "On calibration of modern neural networks", eq. 3.
template <class Probabilities, class Labels>
[[nodiscard]] calibration calibration_of(const Eigen::DenseBase<Probabilities>& probabilities,
                                         const Eigen::DenseBase<Labels>& labels, Index bins = 10) {
  constexpr auto name = "calibration_of";
  argument::require(bins >= 1, name, "bins", bins, "be at least 1");
  argument::require_room(bins, 1, sizeof(reliability_bin), name, "bins");
  argument::require(probabilities.size() == labels.size(), name, "probabilities.size()", probabilities.size(),
                    "be the number of labels");
  detail::require_classes(labels, 2, name, "labels");
  calibration done;
  done.bins.resize(static_cast<std::size_t>(bins));
  for (Index i = 0; i < labels.size(); ++i) {
    const auto p = static_cast<double>(probabilities.derived().coeff(i)), y = static_cast<double>(labels.derived().coeff(i));
    argument::require(p >= 0 && p <= 1, name, "probabilities", p, "lie in [0, 1]");
    auto& bin = done.bins[static_cast<std::size_t>((std::min)(bins - 1, static_cast<Index>(p * static_cast<double>(bins))))];
    ++bin.count;
    bin.predicted += p;
    bin.observed += y;
    done.brier += (p - y) * (p - y);
  }
  const auto n = static_cast<double>(labels.size());
  done.brier /= n;
  for (reliability_bin& bin : done.bins) {
    if (bin.count == 0) continue;
    const auto count = static_cast<double>(bin.count);
    const double off = std::abs((bin.predicted /= count) - (bin.observed /= count));
    done.expected_error += off * count / n;
    done.largest_error = (std::max)(done.largest_error, off);
  }
  return done;
}

/// How a group is served.
struct group_accuracy {
  Index group;
  Index count;
  double accuracy;
};

/// The share of right calls in each group, groups in ascending order: of a minority, say, beside that of everybody. O(n log groups).
/// @param groups  a whole number for each pair, as are labels and calls   @throw std::invalid_argument unless there are pairs, and as many of all three
template <class Labels, class Called, class Groups>
[[nodiscard]] std::vector<group_accuracy> accuracy_by_group(const Eigen::DenseBase<Labels>& labels,
                                                            const Eigen::DenseBase<Called>& called,
                                                            const Eigen::DenseBase<Groups>& groups) {
  constexpr auto name = "accuracy_by_group";
  argument::require(labels.size() >= 1, name, "labels.size()", labels.size(), "be at least 1");
  argument::require(called.size() == labels.size(), name, "called.size()", called.size(), "be the number of labels");
  argument::require(groups.size() == labels.size(), name, "groups.size()", groups.size(), "be the number of labels");
  std::map<Index, std::pair<Index, Index>> counts;
  for (Index i = 0; i < labels.size(); ++i) {
    auto& [all, right] = counts[static_cast<Index>(groups.derived().coeff(i))];
    ++all;
    if (detail::class_at(labels, i) == detail::class_at(called, i)) ++right;
  }
  std::vector<group_accuracy> done;
  for (const auto& [group, count] : counts)
    done.push_back({group, count.first, static_cast<double>(count.second) / static_cast<double>(count.first)});
  return done;
}

}  // namespace simulacra
