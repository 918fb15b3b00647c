#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// An estimator whose ideal depends on how many observations there are: a bandwidth that shrinks with n, a penalty that fades. What
/// it returns from infinitely many data is then not what a fit to n of them errs from on average, and `with_samples(n)` returns the
/// estimator whose `project`, `population_fit` and `ideal` are those of n observations (and whose `fit`, given more of them, is tuned
/// as for n). The ledger asks it with the count of each generation's training data. One that wants to know their weights as well
/// offers `with_samples(n, w)`; w is empty where all weights are equal.
template <class E>
concept depends_on_samples = requires(const E& e, Index n) {
                               { e.with_samples(n) } -> std::same_as<E>;
                             } || requires(const E& e, Index n, const weights<double>& w) {
                                    { e.with_samples(n, w) } -> std::same_as<E>;
                                  };

namespace detail {

/// The estimator as its corners are to be asked, given the number of observations, and their weights if they have any.
template <class E>
const E& for_samples(const E& estimator, Index, const weights<double>&) noexcept {
  return estimator;
}
template <depends_on_samples E>
E for_samples(const E& estimator, Index n, [[maybe_unused]] const weights<double>& w) {
  if constexpr (requires { estimator.with_samples(n, w); })
    return estimator.with_samples(n, w);
  else
    return estimator.with_samples(n);
}

/// Components of `purpose::reference` that the ledger takes: draws and fits of either half, and the refit to the data.
enum class reference_use : std::uint32_t { first_draws, second_draws, first_fit, second_fit };

/// What an estimator makes of n draws of a law, drawn in the cheapest way that the two allow, with how it went.
/// @throw std::invalid_argument if the draws have no room in memory
template <class Estimator, class Data, class Law>
auto reference_fit(const Estimator& estimator, const Law& law, Index n, stream draws, stream fit) {
  training_set<Data, summary_for<Estimator>> x;
  constexpr bool summed = has_summary<Estimator>;
  try {
    draw_from(law, static_cast<Index>(law.dimension()), n, summed ? draw::collapsed : draw::stored, x,
              asked{"ledger", "the law of a reference fit"}, draws);
  } catch (const std::bad_alloc&) {
    argument::reject("ledger", "reference", n, "be fewer: so many draws of the training law find no room in memory");
  } catch (const std::length_error&) {
    argument::reject("ledger", "reference", n, "be fewer: so many draws of the training law find no room in memory");
  }
  return fit_to(estimator, x, fit);
}

}  // namespace detail

}  // namespace simulacra
