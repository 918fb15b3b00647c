#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <utility>

#include <Eigen/Core>

namespace simulacra::detail {

/// What the last steps of a search have taught of the curvature: corrects any guess of its inverse (limited-memory BFGS).
/// Reference: Nocedal (1980), "Updating quasi-Newton matrices with limited storage", Math. Comp. 35.
class curvature_pairs {
 public:
  using vector = Eigen::VectorXd;

  void clear() { pairs_.clear(); }

  /// @param step  the last   @param bend  by how much the gradient of what is minimised changed along it
  void add(vector step, vector bend) {
    const double along = step.dot(bend);
    if (!(along > 0)) return;
    if (pairs_.size() == most) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(bend), along});
  }

  /// Where to go from a gradient whose sign is turned. @param guess  the inverse curvature times a vector, as it was guessed
  template <class Guess>
  [[nodiscard]] vector towards(vector gradient, const Guess& guess) const {
    std::array<double, most> share{};
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      share[i] = pairs_[i].step.dot(gradient) / pairs_[i].along;
      gradient -= share[i] * pairs_[i].bend;
    }
    vector to = guess(std::move(gradient));
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      to += (share[i] - pairs_[i].bend.dot(to) / pairs_[i].along) * pairs_[i].step;
    return to;
  }

 private:
  static constexpr std::size_t most = 8;

  struct pair {
    vector step, bend;
    double along;
  };
  std::deque<pair> pairs_{};
};

}  // namespace simulacra::detail
