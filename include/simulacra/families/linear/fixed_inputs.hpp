#pragma once

#include <memory>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// A fixed design as a law of inputs: n draws are the first n of the given inputs, in their order and every time the same, so that all
/// generations label the same inputs. Its law is the empirical one. A value: copies share the inputs.
template <class T = double, int D = dynamic>
class fixed_inputs {
 public:
  using scalar_type = T;

  /// @throw std::invalid_argument if there is no input, or one is not finite
  explicit fixed_inputs(samples<T, D> x) {
    argument::require(x.cols() >= 1, "fixed_inputs", "x.cols()", x.cols(), "be at least 1 input");
    argument::require(x.rows() >= 1, "fixed_inputs", "x.rows()", x.rows(), "be at least 1");
    argument::require_finite(x, "fixed_inputs", "x");
    auto sum = moments<T, D>::of(x);
    all_ = std::make_shared<const design>(design{std::move(x), std::move(sum)});
  }

  [[nodiscard]] const samples<T, D>& data() const noexcept { return all_->x; }
  [[nodiscard]] Index size() const noexcept { return all_->x.cols(); }
  [[nodiscard]] Index dimension() const noexcept { return all_->x.rows(); }

  [[nodiscard]] point<T, D> mean() const { return all_->sum.mean(); }
  [[nodiscard]] square<T, D> covariance() const { return factor().second_moment(); }

  /// The F with covariance F F'.
  [[nodiscard]] scaled_factor<T, D> factor() const { return all_->sum.covariance_factor(divisor::n); }

  /// The first n inputs. @throw std::invalid_argument unless 0 <= n <= size()
  [[nodiscard]] samples<T, D> sample(Index n, stream&) const {
    require_size("fixed_inputs::sample", n);
    return all_->x.leftCols(n);
  }

  /// Their moments. O(n d^2), or nothing where n is size(). @throw std::invalid_argument unless 1 <= n <= size()
  [[nodiscard]] moments<T, D> sample_summary(Index n, as<moments<T, D>>, stream&) const {
    require_size("fixed_inputs::sample_summary", n);
    argument::require(n >= 1, "fixed_inputs::sample_summary", "n", n, "be at least 1");
    return n == size() ? all_->sum : moments<T, D>::of(samples<T, D>(all_->x.leftCols(n)));
  }

  friend bool operator==(const fixed_inputs& a, const fixed_inputs& b) {
    return a.all_ == b.all_ || (a.dimension() == b.dimension() && a.size() == b.size() && a.data() == b.data());
  }

 private:
  struct design {
    samples<T, D> x;
    moments<T, D> sum;
  };

  void require_size(const char* function, Index n) const {
    argument::require(n >= 0 && n <= size(), function, "n", n,
                      "be at least 0 and no more than the inputs that are there, which are labelled in their order");
  }

  std::shared_ptr<const design> all_;
};

}  // namespace simulacra
