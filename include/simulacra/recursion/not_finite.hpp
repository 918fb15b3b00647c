#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <type_traits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>

/// How a lineage ends whose numbers are none any more. A model that has grown out of the range of floating point, or a plug-in that
/// divides 0 by 0, is no caller's mistake: it is what became of the chain.
namespace simulacra::detail {

/// Thrown where the numbers end, and caught by `run_lineage`, which makes an outcome of it.
struct not_finite : chain_end {
  using chain_end::chain_end;
};

inline constexpr std::string_view no_number = "a number that was drawn or fitted is NaN";
inline constexpr std::string_view out_of_range = "a number that was drawn or fitted has left the range of floating point";

/// Of numbers among which one is not finite: whether one of them is infinite. (NaNs beside it come of infinities, so it is growth.)
template <class Derived>
[[nodiscard]] bool grew(const Eigen::DenseBase<Derived>& x) {
  for (Index j = 0; j < x.cols(); ++j)
    for (Index i = 0; i < x.rows(); ++i)
      if (std::isinf(x.derived().coeff(i, j))) return true;
  return false;
}

template <class Data>
concept has_real_numbers =
    std::is_base_of_v<Eigen::DenseBase<Data>, Data> && std::is_floating_point_v<typename Data::Scalar>;

[[noreturn, gnu::noinline]] inline void end_of_numbers(const asked& by) {
  throw not_finite(by.text() + " gave what is not finite", out_of_range);
}

/// @param x  drawn data of which an entry is not finite
template <class Data>
[[noreturn, gnu::noinline]] void end_of_numbers(const Data& x, const asked& by) {
  if constexpr (has_real_numbers<Data>) {
    const bool growth = grew(x);
    throw not_finite(by.text() + " gave an observation that is " + (growth ? "infinite" : "NaN"),
                     growth ? out_of_range : no_number);
  } else {
    end_of_numbers(by);
  }
}

/// Whether stored data are so large that their squares are not finite: few estimators can do anything with them, and most say so as
/// of a caller's mistake.
template <class Training>
[[nodiscard]] bool squares_overflow(const Training& x) {
  using data = std::remove_cvref_t<decltype(x.data)>;
  if constexpr (has_real_numbers<data>)
    return x.stored() && x.data.size() > 0 && !std::isfinite(x.data.cwiseAbs2().maxCoeff() * 4);
  else
    return false;
}

/// Whether a model is known to hold numbers only, as far as that can be asked at no cost: it has a member `finite()`, or hands out
/// a mean that it holds. What is not seen here is seen in its next sample.
template <class Model>
[[gnu::always_inline]] inline bool seems_finite(const Model& m) {
  if constexpr (requires {
                  { m.finite() } -> std::convertible_to<bool>;
                })
    return m.finite();
  else if constexpr (requires { argument::all_finite(m.mean()); }) {
    if constexpr (std::is_reference_v<decltype(m.mean())>)
      return argument::all_finite(m.mean());
    else
      return true;
  } else
    return true;
}

/// The same of the last model, of which no sample will be taken: it is asked for its mean or, where it knows none, for a draw.
template <class Model>
bool last_is_finite(const Model& m, stream rng) {
  using data = data_of<Model>;
  if constexpr (requires {
                  { m.finite() } -> std::convertible_to<bool>;
                })
    return m.finite();
  else if constexpr (requires { argument::all_finite(m.mean()); })
    return argument::all_finite(m.mean());
  else if constexpr (has_real_numbers<data>)
    return data_traits<data>::finite(m.sample(1, rng));
  else
    return true;
}

}  // namespace simulacra::detail
