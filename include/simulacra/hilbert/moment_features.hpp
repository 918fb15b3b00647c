#pragma once

#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// Features in which first and second moments are linear: x itself, then the lower triangle of x x' column by column, its
/// off-diagonal entries times sqrt(2), so that \f$ \langle\phi(x),\phi(y)\rangle = x^T y + (x^T y)^2 \f$ and the embedding of a
/// law is \f$ (\mu, \Sigma + \mu\mu^T) \f$. Whoever knows only moments, such as collapsed draws, can be embedded.
class moment_features {
 public:
  /// @throw std::invalid_argument unless dimension >= 1
  explicit moment_features(Index dimension) : dimension_(dimension) {
    argument::require(dimension >= 1, "moment_features", "dimension", dimension, "be at least 1");
  }

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  [[nodiscard]] Index features() const noexcept {
    return dimension_ + dimension_ * (dimension_ + 1) / 2;
  }  ///< d + d (d+1)/2

  template <class X>
  void features_into(const Eigen::MatrixBase<X>& x, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(x, nullptr, out);
  }

  /// The (weighted) mean of phi over observations. O(n d^2).
  /// @param x  d x n, finite, n >= 1   @param w  a weight >= 0 for each, or null or empty: all of weight 1
  /// @throw std::invalid_argument if one of these does not hold, or `out` has another size than features()
  template <class X>
  void mean_into(const Eigen::MatrixBase<X>& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "moment_features::mean_into");
    w = relative.get();
    const double weight = relative.total();
    const bool weighted = w != nullptr && w->size() > 0;
    out.setZero();
    for (Index i = 0; i < x.cols(); ++i) {
      const double share = weighted ? (*w)[i] : 1;
      Index at = dimension_;
      for (Index j = 0; j < dimension_; ++j) {
        const double part = share * static_cast<double>(x.derived().coeff(j, i));
        out[j] += part;
        for (Index k = j; k < dimension_; ++k) out[at++] += part * static_cast<double>(x.derived().coeff(k, i));
      }
    }
    out /= weight;
    stretch(out);
  }

  /// The same, from the moments of the observations. @throw std::invalid_argument if they have no weight or another dimension
  template <class T, int D>
  void summary_mean_into(const moments<T, D>& m, Eigen::Ref<Eigen::VectorXd> out) const {
    argument::require(!m.weightless(), "moment_features::summary_mean_into", "weight()", 0, "be > 0");
    embed_moments(m.mean(), m.covariance_factor(divisor::n).second_moment(), out);
  }

  /// The embedding of any law with this mean and covariance.
  template <class Mean, class Covariance>
  void embed_moments(const Eigen::MatrixBase<Mean>& mean, const Eigen::MatrixBase<Covariance>& covariance,
                     Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    argument::require(mean.size() == dimension_, "moment_features", "mean.size()", mean.size(),
                      "equal the dimension of the map");
    Index at = dimension_;
    for (Index j = 0; j < dimension_; ++j) {
      const double part = static_cast<double>(mean[j]);
      out[j] = part;
      for (Index k = j; k < dimension_; ++k)
        out[at++] = static_cast<double>(covariance.derived().coeff(k, j)) + part * static_cast<double>(mean[k]);
    }
    stretch(out);
  }

  /// The mean of |phi|^2 = |x|^2 + |x|^4 over observations.
  template <class X>
  [[nodiscard]] double mean_squared_norm(const Eigen::MatrixBase<X>& x, const weights<double>* w = nullptr) const {
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "moment_features::mean_squared_norm");
    w = relative.get();
    const double weight = relative.total();
    double sum = 0;
    for (Index i = 0; i < x.cols(); ++i) {
      const double squared = detail::dot(x.col(i), x.col(i));
      sum += (w != nullptr && w->size() > 0 ? (*w)[i] : 1) * squared * (1 + squared);
    }
    return sum / weight;
  }

 private:
  void require_out(const Eigen::Ref<Eigen::VectorXd>& out) const {
    argument::require(out.size() == features(), "moment_features", "out.size()", out.size(), "equal the number of features");
  }

  template <class X>
  void require_data(const Eigen::MatrixBase<X>& x) const {
    argument::require(x.rows() == dimension_, "moment_features", "x.rows()", x.rows(), "equal the dimension of the map");
    argument::require(x.cols() >= 1, "moment_features", "x.cols()", x.cols(), "be at least 1");
    if constexpr (!std::numeric_limits<typename X::Scalar>::is_integer) argument::require_finite(x, "moment_features", "x");
  }

  /// Multiplies the off-diagonal entries by sqrt(2).
  void stretch(Eigen::Ref<Eigen::VectorXd>& out) const {
    Index at = dimension_;
    for (Index j = 0; j < dimension_; ++j) {
      ++at;
      for (Index k = j + 1; k < dimension_; ++k) out[at++] *= 1.4142135623730951;
    }
  }

  Index dimension_;
};

/// A law whose mean and covariance are known embeds exactly.
template <has_moments Law>
void embed_into(const Law& law, const moment_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  map.embed_moments(law.mean(), law.covariance(), out);
}

}  // namespace simulacra
