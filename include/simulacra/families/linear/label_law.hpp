#pragma once

#include <cmath>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/linear/pair_law.hpp>

namespace simulacra {

/// What laws of pairs have in common whose labels depend on their inputs through \f$ f(x) = b + \beta^T x \f$ alone.
/// @tparam Law, Words  as of `pair_law`; messages have the names `law` and `at`, too
template <class Law, class Words, law_of_inputs Inputs>
class label_law : public pair_law<Law, Words, Inputs> {
  using base = pair_law<Law, Words, Inputs>;

 public:
  using typename base::input_type;
  using typename base::scalar_type;

  [[nodiscard]] const input_type& weights() const noexcept { return weights_; }  ///< beta
  [[nodiscard]] scalar_type intercept() const noexcept { return intercept_; }    ///< b

 protected:
  label_law(input_type weights, scalar_type intercept, Inputs inputs)
      : base(std::move(inputs)), weights_(std::move(weights)), intercept_(intercept) {
    argument::require(weights_.size() == this->dimension() - 1, Words::law, "weights.size()", weights_.size(),
                      "equal the dimension of the inputs");
    argument::require_finite(weights_, Words::law, "weights");
    argument::require(std::isfinite(intercept), Words::law, "intercept", intercept, "be finite");
  }

  /// f(x). @throw std::invalid_argument if x has another dimension
  [[nodiscard]] scalar_type at(const input_type& x) const {
    argument::require(x.size() == weights_.size(), Words::at, "x.size()", x.size(), "equal the dimension of the inputs");
    return intercept_ + weights_.dot(x);
  }

  [[nodiscard]] bool same_form(const label_law& other) const {
    return weights_.size() == other.weights_.size() && weights_ == other.weights_ && intercept_ == other.intercept_ &&
           this->inputs() == other.inputs();
  }

 private:
  input_type weights_;
  scalar_type intercept_;
};

}  // namespace simulacra
