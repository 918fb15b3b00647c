#pragma once

#include <concepts>
#include <type_traits>

#include <simulacra/core/model.hpp>

namespace simulacra {

/// A decoder says how a model is sampled: a callable `decode(model)` that returns what is sampled in the model's place, itself
/// something with `dimension()` and `sample(n, rng)`. Only models are decoded, never the truth.
template <class D, class M>
concept decoder_of = std::copy_constructible<D> && model<M> &&
                     requires(const D& decode, const M& m) { requires model<std::remove_cvref_t<decltype(decode(m))>>; };

/// The model itself.
struct as_is {
  template <model M>
  const M& operator()(const M& m) const noexcept {
    return m;
  }
};

}  // namespace simulacra
