#pragma once

#include <concepts>
#include <cstdint>

#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra::detail {

/// A law whose collapsed draws can be made ahead: `M::summary_draws` gives what the stream `root.at(t, use)` draws of n observations in
/// whatever units do not depend on the model, and `sample_summary` takes it in the place of n and a stream.
template <class M, class Summary>
concept draws_ahead =
    requires(const M& m, typename M::summary_draws& draws, Index n, const stream& root, std::uint64_t t, purpose use) {
      { m.sample_summary(draws.at(n, root, t, use), as<Summary>{}) } -> std::convertible_to<Summary>;
    };
template <class M, class Summary>
struct draws_of {
  struct type {};
};
template <class M, class Summary>
  requires draws_ahead<M, Summary>
struct draws_of<M, Summary> {
  using type = typename M::summary_draws;
};

/// The fresh draws of a chain of such models: ahead, where that can be and a model is what is drawn from first, as it mostly is.
template <class Model, class Summary>
class chain_draws {
 public:
  /// Draws as `draw_from` does, from the stream `base.at(t, use, component)`, and returns the same.
  template <class M, class Data, class By>
  [[gnu::always_inline]] Index from(const M& m, Index dimension, Index n, draw how, training_set<Data, Summary>& x,
                                    const By& by, const stream& base, Index t, purpose use, std::uint32_t component) {
    const auto index = static_cast<std::uint64_t>(t);
    if constexpr (std::same_as<M, Model> && draws_ahead<M, Summary>)
      if (how == draw::collapsed && use == purpose::sample && component == 0) [[likely]] {
        x.how = how;
        if (x.w.size() > 0) x.w.resize(0);
        x.summary = m.sample_summary(draws_.at(n, base, index, use), as<Summary>{});
        require_summary(x.summary, dimension, n, by);
        return n;
      }
    stream rng = base.at(index, use, component);
    return draw_from(m, dimension, n, how, x, by, rng);
  }

 private:
  typename draws_of<Model, Summary>::type draws_;
};

}  // namespace simulacra::detail
