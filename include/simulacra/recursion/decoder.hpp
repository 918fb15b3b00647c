#pragma once

#include <concepts>
#include <type_traits>

#include <simulacra/core/model.hpp>
#include <simulacra/recursion/place.hpp>

namespace simulacra {

/// A decoder says how a model is sampled: a callable `decode(model)` that returns what is sampled in the model's place, itself
/// something with `dimension()` and `sample(n, rng)`; or `decode(model, at)` with the `place` it is asked in. Only models are decoded,
/// never the truth.
template <class D, class M, class Truth = M>
concept decoder_of = std::copy_constructible<D> && model<M> &&
                     (detail::decodes_at<D, M, Truth> ||
                      requires(const D& decode, const M& m) { requires model<std::remove_cvref_t<decltype(decode(m))>>; });

/// The model itself.
struct as_is {
  template <model M>
  const M& operator()(const M& m) const noexcept {
    return m;
  }
};

}  // namespace simulacra
