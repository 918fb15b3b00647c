#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/rkhs/detail/dense.hpp>
#include <simulacra/families/rkhs/detail/distance_in_units.hpp>
#include <simulacra/families/rkhs/detail/line_inverse.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// A non-negative model with the Gaussian kernel of length scale l on m landmarks,
/// \f[ p(x) = k_Z(x)^T A\, k_Z(x) = \| V^T k_Z(x) \|^2, \qquad A = V V^T \succeq 0, \f]
/// which is not negative anywhere, by its form, though the terms may be: products of two kernels are Gaussians, so
/// \f$ p = \sum_{ij} c_{ij} N(\tfrac12 (z_i + z_j), \tfrac12 l^2 I) \f$ with signed weights \f$ c_{ij} = A_{ij} W_{ij} \f$,
/// \f$ W_{ij} = (\pi l^2)^{d/2} e^{-|z_i - z_j|^2 / (4 l^2)} \f$. Everything that is linear in p has a closed form: mass,
/// moments, characteristic function, distribution functions.
///
/// A is kept as its factor V, scaled so that the mass \f$ \langle A, W \rangle \f$ is 1.
/// Source: Marteau-Ferey, Bach and Rudi (2020), "Non-parametric models for non-negative functions"; Rudi and Ciliberto
/// (2021), "PSD representations for effective probability models".
template <class T = double, int D = dynamic>
class psd_model {
 public:
  using scalar_type = T;
  static constexpr int dimension_at_compile_time = D;

  /// @param landmarks     d x m, finite, d and m >= 1   @param length_scale  l > 0, finite
  /// @param factor        V, m x s, finite, not 0: any multiple of the one meant
  /// @throw std::invalid_argument if one of these does not hold, or the mass of the factor is 0 or not finite.  O(m^2 (d +
  ///   s)).
  psd_model(samples<T, D> landmarks, double length_scale, Eigen::MatrixXd factor)
      : landmarks_(std::move(landmarks)), kernel_(length_scale), factor_(std::move(factor)) {
    constexpr std::string_view name = "psd_model";
    argument::require(landmarks_.rows() >= 1, name, "landmarks.rows()", landmarks_.rows(), "be at least 1");
    argument::require(landmarks_.cols() >= 1, name, "landmarks.cols()", landmarks_.cols(), "be at least 1");
    argument::require_finite(landmarks_, name, "landmarks");
    argument::require(factor_.rows() == landmarks_.cols() && factor_.cols() >= 1, name, "factor.rows()", factor_.rows(),
                      "be the number of landmarks, with at least one column");
    argument::require_finite(factor_, name, "factor");
    const double size = factor_.cwiseAbs().maxCoeff();
    argument::require(size > 0, name, "factor", size, "not be 0 everywhere (this is its largest entry)");
    factor_ /= size;
    pairs_ = gram_matrix(gaussian_kernel(std::sqrt(2.0) * length_scale), landmarks_, name, "landmarks.cols()");
    pairs_.array() *= detail::multiply(factor_, detail::transposed(factor_)).array();
    const double mass = pairs_.sum();  // but for the constant (pi l^2)^(d/2)
    argument::require(mass > 0, name, "factor", mass, "have a mass > 0 (this is it)");
    pairs_ /= mass;
    factor_ /= std::sqrt(mass);
    constexpr double half_log_pi = 0.572364942924700087071713675677;
    log_height_ = -static_cast<double>(dimension()) * (half_log_pi + std::log(length_scale));
  }

  /// The model of a matrix A, m x m, symmetric and positive semi-definite, or a multiple of it.
  /// @throw std::invalid_argument if an eigenvalue is below -1e-10 of the largest, or as above.  O(m^3).
  static psd_model from_matrix(samples<T, D> landmarks, double length_scale, const Eigen::MatrixXd& a) {
    argument::require(a.rows() == a.cols() && a.rows() == landmarks.cols(), "psd_model::from_matrix", "a.rows()", a.rows(),
                      "equal a.cols() and the number of landmarks");
    argument::require_finite(a, "psd_model::from_matrix", "a");
    Eigen::MatrixXd symmetric = detail::transposed(a);
    symmetric += a;
    symmetric *= 0.5;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(symmetric);
    const double top = eigen.eigenvalues().maxCoeff(), least = eigen.eigenvalues().minCoeff();
    argument::require(top > 0 && least >= -1e-10 * top, "psd_model::from_matrix", "a", least,
                      "have no negative eigenvalue (this is the least), and a positive one");
    Eigen::MatrixXd factor = detail::scale_columns(eigen.eigenvectors(), eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt());
    return psd_model(std::move(landmarks), length_scale, std::move(factor));
  }

  [[nodiscard]] Index dimension() const noexcept { return landmarks_.rows(); }
  [[nodiscard]] const samples<T, D>& landmarks() const noexcept { return landmarks_; }
  [[nodiscard]] double length_scale() const noexcept { return kernel_.length_scale(); }

  /// A itself, m x m: mass 1.
  [[nodiscard]] Eigen::MatrixXd matrix() const {
    return std::exp(log_height_) * detail::multiply(factor_, detail::transposed(factor_));
  }

  /// The signed weights c, m x m, of sum 1, of the Gaussians about the midpoints of two landmarks.
  [[nodiscard]] const Eigen::MatrixXd& pair_weights() const noexcept { return pairs_; }

  /// How much larger the terms of sums over pairs are than the sums, \f$ \sum |c_{ij}| \f$; closed forms lose so many digits.
  [[nodiscard]] double cancellation() const { return pairs_.cwiseAbs().sum(); }

  /// Log density at x in nats; minus infinity where it is 0. O(m (d + s)). @throw std::invalid_argument if x is not a number, or
  /// has another dimension
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "psd_model::log_density", "x.size()", x.size(), "equal the dimension");
    argument::require_numbers(x, "psd_model::log_density", "x");
    constexpr double infinity = std::numeric_limits<double>::infinity();
    // In units of the largest term, which need not be that of the nearest landmark: its row of V may be 0.
    Eigen::VectorXd height(size_of()), exponent(size_of());
    for (Index j = 0; j < size_of(); ++j) {
      height[j] = factor_.row(j).cwiseAbs().maxCoeff();
      exponent[j] = -0.5 * detail::distance_squared_in_units(landmarks_.col(j), x, length_scale()) +
                    (height[j] > 0 ? std::log(height[j]) : -infinity);
    }
    const double top = exponent.maxCoeff();
    if (!(top > -infinity)) return -infinity;
    Eigen::VectorXd v = Eigen::VectorXd::Zero(factor_.cols());
    for (Index j = 0; j < size_of(); ++j)
      if (exponent[j] > -infinity) v += std::exp(exponent[j] - top) / height[j] * factor_.row(j).transpose();
    return std::log(v.squaredNorm()) + 2 * top + log_height_;
  }

  /// \f$ \sum_{ij} c_{ij} (z_i + z_j) / 2 \f$
  [[nodiscard]] point<T, D> mean() const { return centre().template cast<T>(); }

  /// \f$ \tfrac12 l^2 I + \sum_{ij} c_{ij} (m_{ij} - \mu)(m_{ij} - \mu)^T \f$, m_ij the midpoints. O(m^2 d).
  [[nodiscard]] square<T, D> covariance() const {
    Eigen::MatrixXd z = landmarks_.template cast<double>();
    const double unit = detail::unit_of_squares((std::max)(z.cwiseAbs().maxCoeff(), length_scale()));
    z = (z / unit).colwise() - Eigen::VectorXd(centre() / unit);
    Eigen::MatrixXd sum = detail::weighted_gram(z, pairs_.rowwise().sum());
    sum = 0.5 * (sum + detail::congruent(z, pairs_));
    sum.diagonal().array() += 0.5 * (length_scale() / unit) * (length_scale() / unit);
    return ((sum * unit) * unit).eval().template cast<T>();
  }

  /// \f$ e^{-l^2 |\omega|^2 / 4} \sum_{ij} c_{ij} e^{i \omega^T (z_i + z_j) / 2} \f$. O(m^2).
  /// @throw std::invalid_argument if omega has another dimension
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const {
    argument::require(omega.size() == dimension(), "psd_model::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    Eigen::VectorXd c(size_of()), s(size_of());
    for (Index j = 0; j < size_of(); ++j) {
      const std::complex<double> half = turn(point<double, D>(0.5 * omega), landmarks_.col(j));
      c[j] = half.real();
      s[j] = half.imag();
    }
    const Eigen::VectorXd pc = pairs_ * c, ps = pairs_ * s;
    const double fade = std::exp(-0.25 * length_scale() * length_scale() * omega.squaredNorm());
    return fade * std::complex<double>(c.dot(pc) - s.dot(ps), 2 * s.dot(pc));
  }

  /// n observations, d x n, independent: coordinates one at a time, each by the inverse of its distribution function given
  /// those before it, which is a signed sum of error functions. Exact up to the rounding of such sums (`cancellation()` says
  /// how many digits that is). For the first coordinate the inverse is made once, in cells (unless landmarks span more than
  /// some 350,000 length scales); the others cost O(m^2) error functions a draw.
  /// @throw std::invalid_argument if n < 0
  /// Source: exact sampling by closed-form integrals is due to Marteau-Ferey, Rudi and Bach (2022), who bisect boxes
  /// instead.
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "psd_model::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "psd_model::sample", "n");
    samples<T, D> x(dimension(), n);
    if (n == 0) return x;
    const double deviation = length_scale() / std::sqrt(2.0);
    // Where landmarks lie so far apart that cells would be wider than the kernels, the first coordinate is drawn like the others.
    std::optional<detail::line_inverse> first;
    if (cells_of_first() <= most_cells) first.emplace(first_coordinate());
    Eigen::VectorXd midpoints, given;
    for (Index i = 0; i < n; ++i)
      for (Index k = 0; k < dimension(); ++k) {
        const double u = uniform_open(rng);
        if (k > 0 || !first) conditional_weights(x.col(i), k, given, midpoints);
        x(k, i) =
            static_cast<T>(k == 0 && first ? (*first)(u) : detail::signed_line{given, midpoints, deviation}.inverse(u));
      }
    return x;
  }

  friend bool operator==(const psd_model& a, const psd_model& b) {
    return a.landmarks_.rows() == b.landmarks_.rows() && a.landmarks_.cols() == b.landmarks_.cols() &&
           a.factor_.cols() == b.factor_.cols() && a.kernel_ == b.kernel_ && a.landmarks_ == b.landmarks_ &&
           a.factor_ == b.factor_;
  }

 private:
  [[nodiscard]] Index size_of() const noexcept { return landmarks_.cols(); }

  [[nodiscard]] point<double, D> centre() const { return landmarks_.template cast<double>() * pairs_.rowwise().sum(); }

  static constexpr double most_cells = 1e6;

  /// Cells of half a deviation that it takes to hold the first coordinate.
  [[nodiscard]] double cells_of_first() const {
    const auto z = landmarks_.row(0).template cast<double>();
    return (z.maxCoeff() - z.minCoeff()) / (length_scale() / std::sqrt(8.0)) + 32;
  }

  /// The first coordinate's distribution function. In one dimension its density is the squared norm, else a sum over pairs.
  [[nodiscard]] detail::line_inverse first_coordinate() const {
    const double l = length_scale(), deviation = l / std::sqrt(2.0);
    const Eigen::VectorXd z = landmarks_.row(0).transpose().template cast<double>();
    const double lower = z.minCoeff() - 8 * deviation, upper = z.maxCoeff() + 8 * deviation;
    const auto cells = static_cast<Index>(std::ceil(cells_of_first()));
    Eigen::VectorXd k(size_of());
    const auto kernels_at = [&](double x) { k = (-0.5 * ((z.array() - x) / l).square()).exp(); };
    if (dimension() == 1)
      return detail::line_inverse(lower, upper, cells, [&](double x) {
        kernels_at(x);
        return (factor_.transpose() * k).squaredNorm();
      });
    // The other coordinates integrated out of V V^T over its height: of c itself, the factor of the first would have to be
    // divided out again, and that underflows.
    const Eigen::MatrixXd rest = landmarks_.bottomRows(dimension() - 1).template cast<double>();
    Eigen::MatrixXd c(size_of(), size_of());
    gram_block(gaussian_kernel(std::sqrt(2.0) * l), rest, rest, c);
    c.array() *= detail::multiply(factor_, detail::transposed(factor_)).array();
    return detail::line_inverse(lower, upper, cells, [&](double x) {
      kernels_at(x);
      return (std::max)(0.0, k.dot(c * k));
    });
  }

  /// The weights and means of the law of coordinate k given the coordinates before it, pairs i <= j alone.
  template <class Point>
  void conditional_weights(const Point& x, Index k, Eigen::VectorXd& given, Eigen::VectorXd& midpoints) const {
    const Index m = size_of(), pairs = m * (m + 1) / 2;
    given.resize(pairs);
    midpoints.resize(pairs);
    Index at = 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < m; ++j)
      for (Index i = 0; i <= j; ++i, ++at) {
        double apart = 0;
        for (Index a = 0; a < k; ++a) {
          const double u = static_cast<double>(x[a]) -
                           0.5 * (static_cast<double>(landmarks_(a, i)) + static_cast<double>(landmarks_(a, j)));
          apart += u * u;
        }
        given[at] = apart;
        nearest = (std::min)(nearest, apart);
        midpoints[at] = 0.5 * (static_cast<double>(landmarks_(k, i)) + static_cast<double>(landmarks_(k, j)));
      }
    const double scale = 1 / (length_scale() * length_scale());
    at = 0;
    for (Index j = 0; j < m; ++j)
      for (Index i = 0; i <= j; ++i, ++at)
        given[at] = (i == j ? 1 : 2) * pairs_(i, j) * std::exp(scale * (nearest - given[at]));
    if (!(given.sum() > 0)) given = given.cwiseMax(0.0);  // a place that only rounding can lead to
  }

  samples<T, D> landmarks_;
  gaussian_kernel kernel_;
  Eigen::MatrixXd factor_;  ///< V over the root of the height (pi l^2)^(-d/2)
  Eigen::MatrixXd pairs_;   ///< c
  double log_height_ = 0;
};

/// Adds coefficient times the model to `out` as signed Gaussians: `out.append(coefficient * c_ij, N(m_ij, l^2/2 I))`. O(m^2
/// d^2).
template <class T, int D, takes_components<gaussian<T, D>> Out>
void append_components(const psd_model<T, D>& p, double coefficient, Out& out) {
  const Index d = p.dimension();
  const auto round =
      scaled_factor<T, D>::from_lower(square<T, D>::Identity(d, d) * static_cast<T>(p.length_scale() / std::sqrt(2.0)));
  for (Index j = 0; j < p.landmarks().cols(); ++j)
    for (Index i = 0; i <= j; ++i)
      out.append(coefficient * (i == j ? 1 : 2) * p.pair_weights()(i, j),
                 gaussian<T, D>::from_factor(point<T, D>(T(0.5) * (p.landmarks().col(i) + p.landmarks().col(j))), round));
}

/// In Nystrom features of the Gaussian kernel of length q, from \f$ E\,k(z, X) = (1 + l^2/(2 q^2))^{-d/2} \sum_{ij} c_{ij}
/// e^{-|z - m_{ij}|^2 / (2 q^2 + l^2)} \f$. O(features x m^2 d). @throw std::invalid_argument if the dimensions differ
template <class T, int D, class U, int E>
void embed_into(const psd_model<T, D>& law, const nystrom_features<gaussian_kernel, U, E>& map,
                Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  const double q = map.kernel().length_scale(), wide = std::hypot(q, law.length_scale() / std::sqrt(2.0));
  const gaussian_kernel widened(wide);
  const double height = std::pow(q / wide, static_cast<double>(law.dimension()));
  const samples<double, D> z = law.landmarks().template cast<double>();
  map.embed_values(
      [&](Index at) {
        const point<double, D> there = map.landmarks().col(at).template cast<double>();
        double sum = 0;
        for (Index j = 0; j < z.cols(); ++j)
          for (Index i = 0; i <= j; ++i)
            sum +=
                (i == j ? 1 : 2) * law.pair_weights()(i, j) * widened(there, point<double, D>(0.5 * (z.col(i) + z.col(j))));
        return height * sum;
      },
      out);
}

}  // namespace simulacra
