#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/cross_moments.hpp>

namespace simulacra {

/// Labelled data as a truth, what `data_source` is to numbers: draws are its pairs, picked without replacement, so that as many as there are
/// are all of them, in random order; more than that begin again: each once, then each once again. Its law is the empirical one, which gives every pair the
/// same probability. A value: copies share the pairs.
template <class T = double, int D = dynamic>
class labelled_source {
 public:
  using data_type = labelled_numbers<T, D>;

  /// @throw std::invalid_argument if there is no pair, inputs and labels differ in number, or one is not finite
  explicit labelled_source(data_type pairs) {
    argument::require(pairs.x.cols() >= 1, "labelled_source", "x.cols()", pairs.x.cols(), "be at least 1 input");
    argument::require(pairs.x.rows() >= 1, "labelled_source", "x.rows()", pairs.x.rows(), "be at least 1");
    argument::require(pairs.y.cols() == pairs.x.cols(), "labelled_source", "y.cols()", pairs.y.cols(),
                      "be the number of inputs");
    argument::require_finite(pairs.x, "labelled_source", "x");
    argument::require_finite(pairs.y, "labelled_source", "y");
    pairs_ = std::make_shared<const data_type>(std::move(pairs));
  }

  [[nodiscard]] const data_type& data() const noexcept { return *pairs_; }
  [[nodiscard]] Index size() const noexcept { return pairs_->x.cols(); }           ///< pairs
  [[nodiscard]] Index dimension() const noexcept { return pairs_->x.rows() + 1; }  ///< numbers in a pair

  /// n pairs. O(n d), n words of the stream. @throw std::invalid_argument if n < 0
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    argument::require(n >= 0, "labelled_source::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "labelled_source::sample", "n");
    data_type drawn{samples<T, D>(pairs_->x.rows(), n), samples<T, 1>(1, n)};
    for (Index done = 0; done < n;) {
      const Index part = (std::min)(n - done, size());
      for (const Index i : subsample(size(), part, rng)) {
        drawn.x.col(done) = pairs_->x.col(i);
        drawn.y[done++] = pairs_->y[i];
      }
    }
    return drawn;
  }

  /// What n pairs amount to: those of one call of `sample`, since two calls would pick some twice.
  template <summary_of<data_type> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

  /// The mean of the pairs, their label's last. O(n d^2), as the next: they are not kept.
  [[nodiscard]] point<T, with_label<D>> mean() const { return cross_moments<T, D>::of(*pairs_).joint().mean(); }

  /// Their covariance, with the divisor n.
  [[nodiscard]] square<T, with_label<D>> covariance() const {
    return cross_moments<T, D>::of(*pairs_).factor_about_mean().second_moment();
  }

 private:
  std::shared_ptr<const data_type> pairs_;
};

template <class T, int D>
labelled_source(labelled_numbers<T, D>) -> labelled_source<T, D>;

}  // namespace simulacra
