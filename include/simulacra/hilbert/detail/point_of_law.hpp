#pragma once

#include <concepts>

#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// A law whose observations are columns of real numbers.
template <class Law>
concept real_law =
    model<Law> && requires { typename data_of<Law>::Scalar; } && std::floating_point<typename data_of<Law>::Scalar>;

/// One observation of such a law. (Asking what `log_density` accepts would not do: Eigen's columns of one size convert to those
/// of another, until one looks inside.)
template <real_law Law>
using point_of_law = point<typename data_of<Law>::Scalar, data_of<Law>::RowsAtCompileTime>;

/// A law of real numbers with a density at its points.
template <class Law>
concept has_log_density = real_law<Law> && requires(const Law& law, const point_of_law<Law>& x) {
                                             { law.log_density(x) } -> std::convertible_to<double>;
                                           };

}  // namespace simulacra::detail
