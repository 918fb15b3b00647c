#pragma once

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

/// What laws of pairs have in common: inputs from a law of their own, each with a label. An observation has d + 1 numbers.
/// @tparam Law  derives from this, and has `label(pairs, rng)`, which labels the inputs of pairs
/// @tparam Words  what messages call it: `sample`, `edit`
template <class Law, class Words, law_of_inputs Inputs>
class pair_law {
 public:
  using inputs_type = Inputs;
  using scalar_type = typename detail::numbers_of<data_of<Inputs>>::scalar;
  static constexpr int inputs_at_compile_time = detail::numbers_of<data_of<Inputs>>::dimension;
  using input_type = point<scalar_type, inputs_at_compile_time>;
  using data = labelled_numbers<scalar_type, inputs_at_compile_time>;

  [[nodiscard]] const Inputs& inputs() const noexcept { return inputs_; }  ///< the law of x
  [[nodiscard]] Index dimension() const {
    return static_cast<Index>(inputs_.dimension()) + 1;
  }                                                   ///< numbers in an observation, d + 1
  [[nodiscard]] bool finite() const { return true; }  // looked at where it was made

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
    argument::require(pairs.x.rows() == dimension() - 1, Words::edit, "x.rows()", pairs.x.rows(),
                      "equal the dimension of the inputs");
    static_cast<const Law&>(*this).label(pairs, rng);
    return pairs;
  }

 protected:
  explicit pair_law(Inputs inputs) : inputs_(std::move(inputs)) {}

 private:
  Inputs inputs_;
};

}  // namespace simulacra
