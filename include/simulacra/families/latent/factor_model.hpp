#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <span>
#include <utility>

#include <Eigen/Core>
#include <Eigen/QR>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/gaussian/truncated.hpp>
#include <simulacra/families/latent/detail/closed_forms.hpp>  // with the law come its closed forms
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/singular.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// The linear latent-variable law: x = mu + W z + noise, z ~ N(0, I) in q latent dimensions, noise of its own in every coordinate,
/// \f[ x \sim N(\mu, W W^T + \Psi), \qquad \Psi = \mathrm{diag}(\psi_1^2, \dots, \psi_d^2). \f]
/// It is what factor analysis fits; `ppca` is the one with equal noise in all coordinates.
///
/// Noise is held as standard deviations, nothing is squared and rooted again. Where a coordinate has no noise the law may be
/// singular: sampling works, and densities are those of a singular Gaussian, plus infinity on its support, to rounding, and 0 off it.
template <class T = double, int D = dynamic>
class factor_model {
 public:
  using scalar_type = T;
  using loadings_type = Eigen::Matrix<T, D, Eigen::Dynamic>;
  static constexpr int dimension_at_compile_time = D;

  /// @param mean      d numbers, finite
  /// @param loadings  W, d x q, finite; q may be 0
  /// @param noise     psi, d standard deviations, finite and >= 0
  /// @throw std::invalid_argument if one of these does not hold
  factor_model(point<T, D> mean, loadings_type loadings, point<T, D> noise)
      : mean_(std::move(mean)), loadings_(std::move(loadings)), noise_(std::move(noise)) {
    argument::require(mean_.size() >= 1, "factor_model", "mean.size()", mean_.size(), "be at least 1");
    argument::require(loadings_.rows() == mean_.size(), "factor_model", "loadings.rows()", loadings_.rows(),
                      "equal the dimension of the mean");
    argument::require(noise_.size() == mean_.size(), "factor_model", "noise.size()", noise_.size(),
                      "equal the dimension of the mean");
    argument::require_finite(mean_, "factor_model", "mean");
    argument::require_finite(loadings_, "factor_model", "loadings");
    argument::require_finite(noise_, "factor_model", "noise");
    argument::require(noise_.minCoeff() >= T(0), "factor_model", "noise", noise_.minCoeff(), "have no negative entry");
    factorise();
  }

  [[nodiscard]] Index dimension() const noexcept { return mean_.size(); }
  [[nodiscard]] Index latent_dimension() const noexcept { return loadings_.cols(); }
  [[nodiscard]] const point<T, D>& mean() const noexcept { return mean_; }
  [[nodiscard]] const loadings_type& loadings() const noexcept { return loadings_; }

  /// The standard deviation of the noise in each coordinate.
  [[nodiscard]] const point<T, D>& noise() const noexcept { return noise_; }

  /// W W' + diag(noise^2). What is too large for a T is infinite, with its sign.
  [[nodiscard]] square<T, D> covariance() const {
    square<T, D> c = loadings_ * loadings_.transpose();
    c.diagonal().array() += noise_.array().square();
    return argument::all_finite(c) ? c : as_gaussian().covariance();
  }

  /// The same law as a Gaussian. The factor of its covariance comes from [W, Psi^(1/2)] by one QR: no square is formed.
  /// O(d^2 (d + q)).
  [[nodiscard]] gaussian<T, D> as_gaussian() const {
    const Index d = dimension(), q = latent_dimension();
    samples<T, D> root = samples<T, D>::Zero(d, q + d);
    root.leftCols(q) = loadings_;
    root.rightCols(d).diagonal() = noise_;
    return gaussian<T, D>::from_factor(mean_, scaled_factor<T, D>::from_lower(lower_factor<T, D>(root)));
  }

  /// n observations, d x n. O(n d q). @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "factor_model::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "factor_model::sample", "n");
    samples<T, D> x(dimension(), n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a d x n block of columns with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    for_each_deviation(x.cols(), rng, [&](Index first, const samples<T, D>& part) {
      x.middleCols(first, part.cols()) = part.colwise() + mean_;
    });
  }

  /// The moments of n observations, drawn from their exact law at a cost that does not depend on n. O(d^2 (d + q)).
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] moments<T, D> sample_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "factor_model::sample_summary", "n", n, "be at least 1");
    return as_gaussian().sample_summary(n, as<moments<T, D>>{}, rng);
  }

  /// The moments of n observations that are drawn block by block and not kept: those of `sample(n, rng)`, folded as deviations from
  /// the mean, so that their spread may be any number of orders below the rounding of it. O(n d (d + q)) time.
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] moments<T, D> stream_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "factor_model::stream_summary", "n", n, "be at least 1");
    moments<T, D> m(dimension());
    for_each_deviation(n, rng, [&m](Index, const samples<T, D>& part) { m.fold(part); });
    return m.transformed(mean_, scaled_factor<T, D>::identity(dimension()));
  }

  /// log det (W W' + Psi); minus infinity where a direction is lost. By the matrix determinant lemma, O(1) once the law is made.
  [[nodiscard]] double log_determinant() const { return regular_ ? log_determinant_ : as_gaussian().log_determinant(); }

  /// Log density at x, in nats. With A = Psi^(-1/2) W and M = I + A'A (Woodbury's identity), and zhat = M^-1 A' Psi^(-1/2) (x - mu),
  /// \f[ (x-\mu)^T \Sigma^{-1} (x-\mu) = |\Psi^{-1/2} (x - \mu - W \hat z)|^2 + |\hat z|^2, \f]
  /// a sum of squares, so that nothing cancels. O(d q).
  /// @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "factor_model::log_density", "x.size()", x.size(), "equal the dimension");
    argument::require_numbers(x, "factor_model::log_density", "x");
    if (!regular_) return log_density_without_noise(x);
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    const Eigen::VectorXd standard = (x - mean_).template cast<double>().cwiseQuotient(noise_.template cast<double>());
    const Eigen::VectorXd z = posterior_mean(standard);
    const double distance = (standard - scaled_ * z).squaredNorm() + z.squaredNorm();
    if (!std::isfinite(distance)) [[unlikely]]  // so far off that a square is beyond the range, or infinity less infinity
      return -std::numeric_limits<double>::infinity();
    return -0.5 * (static_cast<double>(dimension()) * log_two_pi + log_determinant_ + distance);
  }

  /// The posterior means of the latent variables, E[z | x] for each column of x: q x n, O(n d q).
  /// @throw std::invalid_argument if x has another dimension, or a coordinate has no noise
  [[nodiscard]] samples<T> encode(const samples<T, D>& x) const {
    argument::require(x.rows() == dimension(), "factor_model::encode", "x.rows()", x.rows(), "equal the dimension");
    argument::require(regular_, "factor_model::encode", "noise", noise_.minCoeff(), "be > 0 in every coordinate");
    samples<T> z(latent_dimension(), x.cols());
    for (Index i = 0; i < x.cols(); ++i)
      z.col(i) = posterior_mean((x.col(i) - mean_).template cast<double>().cwiseQuotient(noise_.template cast<double>()))
                     .template cast<T>();
    return z;
  }

  /// \f$ E e^{i \omega^T x} = \exp(i \omega^T \mu - \frac12 (|W^T \omega|^2 + |\Psi^{1/2} \omega|^2)) \f$. O(d q).
  /// @throw std::invalid_argument if omega has another dimension
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& omega) const {
    argument::require(omega.size() == dimension(), "factor_model::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    double squared = 0;
    for (Index k = 0; k < latent_dimension(); ++k) {
      double along = 0;
      for (Index j = 0; j < dimension(); ++j) along += static_cast<double>(loadings_(j, k)) * omega[j];
      squared += along * along;
    }
    for (Index j = 0; j < dimension(); ++j) {
      const double own = static_cast<double>(noise_[j]) * omega[j];
      squared += own * own;
    }
    return std::exp(-0.5 * squared) * turn(omega, mean_);
  }

  /// The law with covariance lambda Sigma. @throw std::invalid_argument unless lambda >= 0 and finite
  /// @throw chain_end if that leaves the range: a lineage ends there
  [[nodiscard]] factor_model inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "factor_model::inflated", "lambda",
                      lambda, "be >= 0 and finite");
    const T c = static_cast<T>(std::sqrt(lambda));
    loadings_type w = c * loadings_;
    point<T, D> noise = c * noise_;
    detail::end_if_grown(argument::all_finite(w) && argument::all_finite(noise), "factor_model::inflated");
    return factor_model(mean_, std::move(w), std::move(noise));
  }

  /// The law with density proportional to the tau-th root of this one's. @throw std::invalid_argument unless tau > 0 and finite
  [[nodiscard]] factor_model tempered(double tau) const {
    argument::require(tau > 0, "factor_model::tempered", "tau", tau, "be > 0 and finite");
    return inflated(tau);
  }

  /// The law cut off at the level set (x - mu)' Sigma^-1 (x - mu) = c^2. @throw std::invalid_argument unless c > 0
  [[nodiscard]] truncated_gaussian<T, D> truncated(double c) const { return as_gaussian().truncated(c); }

  friend bool operator==(const factor_model& a, const factor_model& b) {
    return a.dimension() == b.dimension() && a.latent_dimension() == b.latent_dimension() && a.mean_ == b.mean_ &&
           a.loadings_ == b.loadings_ && a.noise_ == b.noise_;
  }

 private:
  /// A = Psi^(-1/2) W, and the triangle R with R'R = I + A'A, from a QR of [A; I] that squares nothing.
  void factorise() {
    const Index d = dimension(), q = latent_dimension();
    regular_ = (noise_.array() > T(0)).all();
    if (!regular_) return;
    const Eigen::VectorXd noise = noise_.template cast<double>();
    scaled_ = noise.cwiseInverse().asDiagonal() * loadings_.template cast<double>();
    regular_ = scaled_.allFinite();  // not where the loadings are beyond 1e300 noises
    if (!regular_) return;
    log_determinant_ = 2 * noise.array().log().sum();
    if (q == 0) return;
    Eigen::MatrixXd stacked(d + q, q);
    stacked.topRows(d) = scaled_;
    stacked.bottomRows(q).setIdentity();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(stacked);
    triangle_ = qr.matrixQR().topRows(q).template triangularView<Eigen::Upper>();
    log_determinant_ += 2 * triangle_.diagonal().cwiseAbs().array().log().sum();
  }

  /// As a singular Gaussian's. Without any noise the law knows no unit of a single coordinate: loadings that were fitted are rounded
  /// next to the largest of all.
  [[nodiscard]] double log_density_without_noise(const point<T, D>& x) const {
    const gaussian<T, D> law = as_gaussian();
    if (!noise_.isZero(T(0))) return law.log_density(x);
    argument::require(!x.hasNaN(), "factor_model::log_density", "x", std::numeric_limits<double>::quiet_NaN(),
                      "be a number");
    const double largest = loadings_.size() > 0 ? static_cast<double>(loadings_.cwiseAbs().maxCoeff()) : 0;
    const auto own = rounding_of_difference<T>(x, mean_);
    const double distance = law.factor().mahalanobis_squared(
        point<T, D>(x - mean_), 0, [&](Index i) { return own(i) + rounding_of_rows<T>(dimension()) * largest; });
    return distance < std::numeric_limits<double>::infinity() ? -law.log_determinant() : -distance;
  }

  /// M^-1 A' y, for y in units of the noise.
  template <class Derived>
  [[nodiscard]] Eigen::VectorXd posterior_mean(const Eigen::MatrixBase<Derived>& standard) const {
    Eigen::VectorXd z = scaled_.transpose() * standard;
    if (z.size() == 0) return z;
    triangle_.template triangularView<Eigen::Upper>().transpose().solveInPlace(z);
    triangle_.template triangularView<Eigen::Upper>().solveInPlace(z);
    return z;
  }

  /// Draws n deviations x - mu in blocks: the latent variables of a block, then its noise. f(first, block).
  template <class F>
  void for_each_deviation(Index n, stream& rng, F&& f) const {
    const Index d = dimension(), q = latent_dimension(), width = std::max<Index>(256, 4096 / (d + q));
    samples<T> z(q, (std::min)(width, n));
    samples<T, D> part(d, (std::min)(width, n));
    for (Index first = 0; first < n; first += width) {
      const Index size = (std::min)(width, n - first);
      if (size != part.cols()) part.resize(d, size);
      fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(q * size)), rng);
      fill_normal(std::span<T>(part.data(), static_cast<std::size_t>(d * size)), rng);
      part.array().colwise() *= noise_.array();
      part.noalias() += loadings_ * z.leftCols(size);
      f(first, part);
    }
  }

  point<T, D> mean_;
  loadings_type loadings_;
  point<T, D> noise_;
  Eigen::MatrixXd scaled_;    ///< Psi^(-1/2) W
  Eigen::MatrixXd triangle_;  ///< the R with R'R = I + A'A
  double log_determinant_ = 0;
  bool regular_ = true;  ///< whether every coordinate has noise, so that the two above are there
};

}  // namespace simulacra
