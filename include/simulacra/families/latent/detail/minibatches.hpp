#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra::detail::latent {

/// Which observations the next step of a stochastic search looks at: pass after pass over a fresh random order, in batches of one
/// size. What does not fill a batch at the end of a pass is left out of it.
class minibatches {
 public:
  minibatches(Index observations, Index batch) : order_(static_cast<std::size_t>(observations)) {
    std::iota(order_.begin(), order_.end(), Index{0});
    batch_ = batch < observations ? batch : observations;
  }

  /// The same for weighted observations: those of weight 0 are not there. @param weight  none: all are 1
  template <class T>
  minibatches(Index observations, Index batch, const point<T>& weight) : minibatches(observations, batch) {
    if (weight.size() == 0) return;
    std::erase_if(order_, [&](Index i) { return !(weight[i] > T(0)); });
    const auto there = static_cast<Index>(order_.size());
    batch_ = batch < there ? batch : there;
  }

  [[nodiscard]] Index batch() const noexcept { return batch_; }
  [[nodiscard]] Index steps_in_a_pass() const noexcept { return static_cast<Index>(order_.size()) / batch_; }

  /// The observations of the next step.
  [[nodiscard]] std::span<const Index> next(stream& rng) {
    if (step_ == 0) shuffle(order_, rng);
    const auto from = static_cast<std::size_t>(step_ * batch_);
    step_ = (step_ + 1) % steps_in_a_pass();
    return std::span<const Index>(order_).subspan(from, static_cast<std::size_t>(batch_));
  }

 private:
  std::vector<Index> order_;
  Index batch_ = 1;
  Index step_ = 0;
};

/// The weights of n observations over the mean of those that are not 0, so that no scale of them and no observation of weight 0
/// makes a difference. Empty where there are none: all are 1.
/// @throw std::invalid_argument if a weight is negative or not finite, none is positive, or there are not n
template <class T>
[[nodiscard]] point<T> relative_weights(const weights<double>* w, Index n, std::string_view function) {
  if (w == nullptr || w->size() == 0) return {};
  argument::require(w->size() == n, function, "w", w->size(), "have one entry per observation");
  argument::require_finite(*w, function, "w");
  argument::require(w->minCoeff() >= 0, function, "w", w->minCoeff(), "have no negative entry");
  const double largest = w->maxCoeff();
  argument::require(largest > 0, function, "w.sum()", largest, "be > 0");
  const weights<double> share = *w / largest;  // near 1, whatever the weights are: their sum may be out of range
  const auto there = static_cast<double>((share.array() > 0).count());
  return (share * (there / share.sum())).template cast<T>();
}

}  // namespace simulacra::detail::latent
