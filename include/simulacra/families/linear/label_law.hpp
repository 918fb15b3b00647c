#pragma once

#include <cmath>
#include <concepts>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/linear/fixed_inputs.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

template <class Data>
struct numbers_of {};
template <class T, int D>
struct numbers_of<samples<T, D>> {
  using scalar = T;
  static constexpr int dimension = D;
};

}  // namespace detail

/// A law of inputs: any model whose data are numbers.
template <class M>
concept law_of_inputs = model<M> && requires { typename detail::numbers_of<data_of<M>>::scalar; };

/// What laws of pairs have in common whose labels depend on their inputs through \f$ f(x) = b + \beta^T x \f$ alone. An observation has
/// d + 1 numbers: d inputs and a label.
/// @tparam Law  derives from this, and has `label(pairs, rng)`, which labels the inputs of pairs
/// @tparam Words  what messages call it: `law`, `sample`, `edit`, `at`
template <class Law, class Words, law_of_inputs Inputs>
class label_law {
 public:
  using inputs_type = Inputs;
  using scalar_type = typename detail::numbers_of<data_of<Inputs>>::scalar;
  static constexpr int inputs_at_compile_time = detail::numbers_of<data_of<Inputs>>::dimension;
  using input_type = point<scalar_type, inputs_at_compile_time>;
  using data = labelled_numbers<scalar_type, inputs_at_compile_time>;

  [[nodiscard]] const input_type& weights() const noexcept { return weights_; }   ///< beta
  [[nodiscard]] scalar_type intercept() const noexcept { return intercept_; }     ///< b
  [[nodiscard]] const Inputs& inputs() const noexcept { return inputs_; }         ///< the law of x
  [[nodiscard]] Index dimension() const noexcept { return weights_.size() + 1; }  ///< numbers in an observation, d + 1
  [[nodiscard]] bool finite() const { return true; }                              // looked at where it was made

  /// n pairs. O(n d) beside the draw of the inputs. @throw std::invalid_argument if n < 0
  [[nodiscard]] data sample(Index n, stream& rng) const {
    argument::require(n >= 0, Words::sample, "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(scalar_type), Words::sample, "n");
    data pairs{detail::sampled(inputs_, n, rng, {Words::sample, "the law of inputs"}), {}};
    static_cast<const Law&>(*this).label(pairs, rng);
    return pairs;
  }

  /// What n pairs amount to, where the law of inputs must be asked for all of them at once.
  template <summary_of<data> Summary>
    requires std::same_as<Inputs, fixed_inputs<scalar_type, inputs_at_compile_time>>
  [[nodiscard]] Summary stream_summary(Index n, as<Summary>, stream& rng) const {
    Summary sum;
    sum.fold(sample(n, rng));
    return sum;
  }

  /// The same inputs with labels of this model in the place of theirs. O(n d), n words of the stream.
  /// @throw std::invalid_argument if the inputs have another dimension
  [[nodiscard]] data edit(data pairs, stream& rng) const {
    argument::require(pairs.x.rows() == weights_.size(), Words::edit, "x.rows()", pairs.x.rows(),
                      "equal the dimension of the inputs");
    static_cast<const Law&>(*this).label(pairs, rng);
    return pairs;
  }

 protected:
  label_law(input_type weights, scalar_type intercept, Inputs inputs)
      : weights_(std::move(weights)), intercept_(intercept), inputs_(std::move(inputs)) {
    argument::require(weights_.size() == static_cast<Index>(inputs_.dimension()), Words::law, "weights.size()",
                      weights_.size(), "equal the dimension of the inputs");
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
           inputs_ == other.inputs_;
  }

 private:
  input_type weights_;
  scalar_type intercept_;
  Inputs inputs_;
};

}  // namespace simulacra
