#pragma once

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Where in an experiment a policy is asked. It is good as long as the call lasts.
template <class Truth>
struct place {
  Index generation;    ///< the number of the model that is decoded, or that is being fitted: 1 is the first
  const Truth& truth;  ///< of the experiment; of one that moves, as it was given (`at.truth.at(at)` is where it is now)
  const stream&
      root;  ///< of the lineage: `at.root.at(at.generation, purpose::decode)` is a stream of one's own for each generation,
             ///< `at.root.at(0, purpose::decode)` one for the lineage, the same whenever it is asked
};

namespace detail {

/// A decoder that wants to know where it is asked.
template <class D, class M, class Truth>
concept decodes_at = requires(const D& decode, const M& m, const place<Truth>& at) {
                       requires model<std::remove_cvref_t<decltype(decode(m, at))>>;
                     };

/// An estimator that is another one, of the same type, in each place.
template <class E, class Truth>
concept fits_at = requires(const E& e, const place<Truth>& at) {
                    { e.at(at) } -> std::same_as<E>;
                  };

/// A truth that is another one, of the same type, in each place.
template <class Truth>
concept moves = requires(const Truth& truth, const place<Truth>& at) {
                  { truth.at(at) } -> std::same_as<Truth>;
                };

/// The truth that is drawn from beside model `generation` - 1, for the fit of the next.
template <class Truth>
[[nodiscard]] Truth truth_at(const Truth& truth, Index generation, const stream& root) {
  return truth.at(place<Truth>{generation, truth, root});
}

/// A truth where it is now; of one that does not move nothing is kept.
template <class Truth>
struct truth_now {
  void go_to(const Truth&, Index, const stream&) const noexcept {}
  [[nodiscard]] const Truth& from(const Truth& given) const noexcept { return given; }
};
template <moves Truth>
struct truth_now<Truth> {
  std::optional<Truth> here;
  void go_to(const Truth& given, Index generation, const stream& root) { here.emplace(truth_at(given, generation, root)); }
  [[nodiscard]] const Truth& from(const Truth& given) const noexcept { return here ? *here : given; }
};

/// What a model is sampled through. Whoever draws from the model of a generation, and whenever, asks with that generation's number: a
/// model has one published law.
template <class Decoder, class Model, class Truth>
[[gnu::always_inline]] inline decltype(auto) decode_at(const Decoder& decode, const Model& m,
                                                       [[maybe_unused]] Index generation,
                                                       [[maybe_unused]] const Truth& truth,
                                                       [[maybe_unused]] const stream& root) {
  if constexpr (decodes_at<Decoder, Model, Truth>)
    return decode(m, place<Truth>{generation, truth, root});
  else
    return decode(m);
}

}  // namespace detail

}  // namespace simulacra
