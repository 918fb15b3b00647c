#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

/// Moments of laws that are put together of others, where squares leave the range of floating point.
namespace simulacra::detail {

/// Throws where a moment is no number: infinite parts of both signs, whose sum nobody knows.
/// @throw std::domain_error, which is how a law refuses to be projected
template <class Moment>
void require_moment(const Moment& value, std::string_view function) {
  if (value.hasNaN()) [[unlikely]]
    throw std::domain_error("simulacra::" + std::string(function) +
                            ": does not exist as a number: parts of it are infinite with both signs");
}

/// The covariance of a law in units of 2^e, as doubles. A law that has its factor is asked for that, since its covariance may have left
/// the range before.
template <class Law>
Eigen::MatrixXd covariance_in_units(const Law& law, int e) {
  if constexpr (requires { law.factor().shifted(-e).second_moment(); }) {
    return law.factor().shifted(-e).second_moment().template cast<double>();
  } else {
    const double unit = std::ldexp(1.0, -e);
    const auto plain = law.covariance();
    Eigen::MatrixXd c(plain.rows(), plain.cols());
    for (Index j = 0; j < c.cols(); ++j)
      for (Index i = 0; i < c.rows(); ++i) c(i, j) = static_cast<double>(plain(i, j)) * unit * unit;
    return c;
  }
}

/// Puts right the entries that are not finite of \f$ \sum_i w_i [\Sigma_i + (\mu_i - \mu)(\mu_i - \mu)^T] \f$, which was summed in plain
/// numbers: they are summed again in units in which no square leaves the range, and become what they are, or infinite with their sign.
/// @param each  calls f(w, mu, law) for each part; a covariance of fewer dimensions is that of the first ones
/// @throw std::domain_error where that is unknown, as infinite parts come with both signs
template <class Square, class Mean, class Each>
void mend_blended_covariance(Square& sum, const Mean& centre, std::string_view function, Each&& each) {
  if (argument::all_finite(sum)) [[likely]]
    return;
  using scalar = typename Square::Scalar;
  constexpr int e = std::numeric_limits<scalar>::max_exponent / 2 + 2;
  const double unit = std::ldexp(1.0, -e);
  Eigen::MatrixXd again = Eigen::MatrixXd::Zero(sum.rows(), sum.cols());
  each([&](double share, const auto& mean, const auto& law) {
    if (share == 0) return;  // 0 times infinity is no number
    const Eigen::MatrixXd c = covariance_in_units(law, e);
    for (Index j = 0; j < again.cols(); ++j)
      for (Index i = 0; i < again.rows(); ++i) {
        const double apart = (static_cast<double>(mean[i]) * unit - static_cast<double>(centre[i]) * unit) *
                             (static_cast<double>(mean[j]) * unit - static_cast<double>(centre[j]) * unit);
        again(i, j) += share * ((i < c.rows() && j < c.cols() ? c(i, j) : 0) + apart);
      }
  });
  for (Index j = 0; j < sum.cols(); ++j)
    for (Index i = 0; i < sum.rows(); ++i)
      if (!std::isfinite(sum(i, j))) sum(i, j) = static_cast<scalar>(again(i, j) / unit / unit);
  require_moment(sum, function);
}

/// What a sum of squares is computed in: 1, or a power of two where they would leave the range, so that they are rounded alike.
inline double unit_of_squares(double largest) {
  return largest < 0x1p500 ? 1 : std::ldexp(1.0, (std::min)(std::ilogb(largest) + 1, 1023));
}

}  // namespace simulacra::detail
