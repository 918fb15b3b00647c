#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/detail/pass.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/numerics/triangle_in_place.hpp>

namespace simulacra::detail::em {

/// The M step in square-root form: from the sums of a pass, in units of the components as they were, to the components as
/// they will be. With m the mean of z and C C' its covariance, a component's mean moves by L m, and its factor becomes L C.
/// Allocates nothing once it is made.
template <class = double>
class m_step {
 public:
  /// @param pooled  the component that stands for all the data, brought to the covariance type: what there is where a
  ///                covariance cannot be had
  /// @param floor   standard deviation to be added to each coordinate
  m_step(covariance_type what, component pooled, Eigen::VectorXd floor)
      : what_(what),
        pooled_(std::move(pooled)),
        floor_(std::move(floor)),
        vector_(floor_.size()),
        raw_(floor_.size()),
        matrix_(floor_.size(), floor_.size()) {
    conform(pooled_.lower);
  }

  [[nodiscard]] bool diagonal() const noexcept {
    return what_ == covariance_type::diagonal || what_ == covariance_type::spherical;
  }
  [[nodiscard]] bool tied() const noexcept { return what_ == covariance_type::tied; }
  [[nodiscard]] const component& pooled() const noexcept { return pooled_; }

  /// Sets `next` from `parts` and their sums. Where a covariance would come out with fewer than half of its digits,
  /// `retake(j, next[j])` is asked to find a better one, and may leave that of all the data in its place.
  /// A component without weight is left at weight 0.
  template <class Retake>
  void operator()(const std::vector<component>& parts, const std::vector<component_sums>& sums, std::vector<component>& next,
                  Retake&& retake) {
    double total = 0;
    for (const component_sums& s : sums) total += s.weight;
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const component_sums& s = sums[j];
      next[j].weight = s.weight / total;
      next[j].mean = parts[j].mean;
      next[j].lower = pooled_.lower;
      if (!(next[j].weight > std::numeric_limits<double>::epsilon())) {  // also where all is 0
        next[j].weight = 0;
        continue;
      }
      vector_ = s.first / s.weight;
      if (diagonal())
        next[j].mean.array() += parts[j].lower.diagonal().array() * vector_.array();
      else
        add_triangle_times(parts[j].lower, vector_, next[j].mean);
      if (!tied() && !(diagonal() ? refit_diagonal(parts[j], s, next[j]) : refit(parts[j], s, next[j]))) retake(j, next[j]);
    }
    if (tied()) refit_tied(parts, sums, next, retake);
    for (component& c : next)
      if (c.weight > 0) add_floor(floor_, c.lower);
  }

  /// Brings a factor to what the covariance type allows; tied ones are `tie`'s business.
  void conform(Eigen::MatrixXd& lower) const {
    if (!diagonal()) return;
    Eigen::VectorXd spread(lower.rows());
    for (Index i = 0; i < spread.size(); ++i) spread[i] = lower.row(i).stableNorm();
    if (what_ == covariance_type::spherical)
      spread.setConstant(spread.stableNorm() / std::sqrt(static_cast<double>(spread.size())));
    lower.setZero();
    lower.diagonal() = spread;
  }

  /// Gives all parts the average of their covariances, by weight.
  void tie(std::vector<component>& parts) {
    double total = 0;
    for (const component& c : parts) total += c.weight;
    if (!(total > 0)) return;
    matrix_.setZero();
    for (const component& c : parts)
      for (Index i = 0; i < matrix_.cols() && c.weight > 0; ++i) {
        vector_ = std::sqrt(c.weight / total) * c.lower.col(i);
        add_outer(matrix_, vector_, i);
      }
    for (component& c : parts) c.lower = matrix_;
  }

  /// Adds a variance to every direction: the squares of these deviations.
  void add_floor(const Eigen::VectorXd& deviation, Eigen::MatrixXd& lower) {
    if (!(deviation.maxCoeff() > 0)) return;
    for (Index i = 0; i < deviation.size(); ++i) {
      if (diagonal()) {
        lower(i, i) = std::hypot(lower(i, i), deviation[i]);
        continue;
      }
      vector_.setZero();
      vector_[i] = deviation[i];
      add_outer(lower, vector_, i);
    }
  }

 private:
  /// Digits that a covariance may lose: half of them.
  static constexpr double least_pivot = 1e-8;

  /// vector_ holds the mean of z; false where too many digits would be lost.
  bool refit(const component& before, const component_sums& s, component& next) {
    matrix_ = s.products / s.weight;
    raw_ = matrix_.diagonal();
    for (Index i = 0; i < raw_.size(); ++i) matrix_.col(i) -= vector_[i] * vector_;
    if (!(cholesky_in_place(matrix_, raw_) > least_pivot)) return false;
    multiply_triangles(before.lower, matrix_, next.lower);
    return true;
  }

  bool refit_diagonal(const component& before, const component_sums& s, component& next) {
    raw_ = s.squares / s.weight;
    auto variance = matrix_.col(0);
    variance = raw_ - vector_.cwiseAbs2();
    if (what_ == covariance_type::spherical) {
      raw_.setConstant(raw_.mean());
      variance.setConstant(variance.mean());
    }
    if (!(variance.array() > least_pivot * raw_.array()).all()) return false;
    next.lower.diagonal() = before.lower.diagonal().array() * variance.array().sqrt();
    return true;
  }

  template <class Retake>
  void refit_tied(const std::vector<component>& parts, const std::vector<component_sums>& sums, std::vector<component>& next,
                  Retake&& retake) {
    double total = 0;
    matrix_.setZero();
    raw_.setZero();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      if (next[j].weight == 0) continue;
      const component_sums& s = sums[j];
      total += s.weight;
      vector_ = s.first / s.weight;
      matrix_ += s.products;
      raw_ += s.products.diagonal();
      for (Index i = 0; i < raw_.size(); ++i) matrix_.col(i) -= (s.weight * vector_[i]) * vector_;
    }
    if (!(total > 0)) return;
    matrix_ /= total;
    raw_ /= total;
    if (cholesky_in_place(matrix_, raw_) > least_pivot) {
      for (component& c : next) multiply_triangles(parts.front().lower, matrix_, c.lower);
      return;
    }
    for (std::size_t j = 0; j < parts.size(); ++j)
      if (next[j].weight > 0) retake(j, next[j]);
    tie(next);
  }

  covariance_type what_;
  component pooled_;
  Eigen::VectorXd floor_, vector_, raw_;
  Eigen::MatrixXd matrix_;
};

}  // namespace simulacra::detail::em
