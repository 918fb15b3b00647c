#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <memory>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// A data set as a truth: `data_source(x)`, an observation in a column. Draws are its observations, picked without replacement, so
/// that as many as there are are all of them, in random order; more than that begin again: each once, then each once again. Its
/// law is the empirical one, which gives every observation the same probability and has no density.
/// A value: copies share the data. (For text there is `text_source`.)
template <class T = double, int D = dynamic>
class data_source {
 public:
  /// @throw std::invalid_argument if there is no observation, or one is not finite
  explicit data_source(samples<T, D> x) {
    argument::require(x.cols() >= 1, "data_source", "x.cols()", x.cols(), "be at least 1 observation");
    argument::require(x.rows() >= 1, "data_source", "x.rows()", x.rows(), "be at least 1");
    argument::require_finite(x, "data_source", "x");
    x_ = std::make_shared<const samples<T, D>>(std::move(x));
  }

  [[nodiscard]] const samples<T, D>& data() const noexcept { return *x_; }
  [[nodiscard]] Index size() const noexcept { return x_->cols(); }
  [[nodiscard]] Index dimension() const noexcept { return x_->rows(); }

  /// n observations, d x n. O(n d), n words of the stream. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "data_source::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "data_source::sample", "n");
    samples<T, D> drawn(dimension(), n);
    for (Index done = 0; done < n;) {
      const Index part = (std::min)(n - done, size());
      for (const Index i : subsample(size(), part, rng)) drawn.col(done++) = x_->col(i);
    }
    return drawn;
  }

  /// What n observations amount to: those of one call of `sample`, since two calls would pick some twice.
  template <summary_of<samples<T, D>> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

  /// The mean of the data, and their covariance with the divisor n; what is too large for T is infinite with its sign. O(n d),
  /// O(n d^2): they are not kept.
  [[nodiscard]] point<T, D> mean() const {
    const point<T, D> plain = x_->template cast<double>().rowwise().mean().template cast<T>();
    return plain.allFinite() ? plain : moments<T, D>::of(*x_).mean();  // their sum may be too large where it is not
  }
  [[nodiscard]] square<T, D> covariance() const {
    const auto m = moments<T, D>::of(*x_);
    const square<T, D> plain = m.scatter() / static_cast<T>(size());
    return plain.allFinite() ? plain : m.covariance_factor(divisor::n).second_moment();
  }

  /// \f$ \frac1n \sum_j e^{i w^T x_j} \f$. O(n d).
  template <class W>
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    std::complex<double> sum = 0;
    for (Index j = 0; j < size(); ++j) sum += turn(w, x_->col(j));
    return sum / static_cast<double>(size());
  }

  /// Its embedding in Nystrom features is the mean of the data's, exactly. (Other maps take theirs from the characteristic
  /// function, or from the moments.)
  template <class Map>
    requires requires(const Map& map) { map.landmarks(); }
  friend void embed_into(const data_source& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
    map.mean_into(law.data(), nullptr, out);
  }

 private:
  std::shared_ptr<const samples<T, D>> x_;
};

}  // namespace simulacra
