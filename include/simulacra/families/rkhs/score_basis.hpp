#pragma once

#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/hilbert/random_fourier.hpp>

namespace simulacra {

/// The functions of which a kernel exponential family's log density is a combination, with their first and second
/// derivatives: kernels about landmarks or random Fourier features, and behind them, if asked for, the monomials of degree 1
/// or up to 2 in \f$ u = (x - c) / s \f$.
///
/// With all monomials of degree 2 the family holds every Gaussian, whatever the landmarks are.
template <int D = dynamic>
class score_basis {
 public:
  /// Gaussian kernels \f$ e^{-|x - z_j|^2 / (2 l^2)} \f$ about landmarks.
  /// @param landmarks  d x m, finite; m may be 0 where there are monomials   @param degree  of the monomials: 0 (none), 1 or
  ///   2
  /// @throw std::invalid_argument otherwise, or if nothing is left
  static score_basis of_landmarks(samples<double, D> landmarks, double length_scale, int degree) {
    return score_basis(std::move(landmarks), gaussian_kernel(length_scale).length_scale(), degree, false);
  }

  /// The features of a map, \f$ m^{-1/2} \cos w_j^T x \f$ and \f$ m^{-1/2} \sin w_j^T x \f$.
  static score_basis of_features(const random_fourier_features& map, int degree) {
    return score_basis(map.frequencies().transpose(), 1, degree, true);
  }

  [[nodiscard]] Index dimension() const noexcept { return atoms_.rows(); }
  [[nodiscard]] Index size() const noexcept { return bounded() + monomials(); }  ///< p
  [[nodiscard]] Index bounded() const noexcept {
    return (fourier_ ? 2 : 1) * atoms_.cols();
  }  ///< functions that are no monomials: the first ones
  [[nodiscard]] Index monomials() const noexcept {
    const Index d = dimension();
    return degree_ == 0 ? 0 : degree_ == 1 ? d : d + d * (d + 1) / 2;
  }
  [[nodiscard]] int degree() const noexcept { return degree_; }
  [[nodiscard]] bool is_fourier() const noexcept { return fourier_; }
  [[nodiscard]] const samples<double, D>& atoms() const noexcept { return atoms_; }  ///< landmarks, or frequencies
  [[nodiscard]] double length_scale() const noexcept { return length_scale_; }
  [[nodiscard]] const point<double, D>& centre() const noexcept { return centre_; }
  [[nodiscard]] double scale() const noexcept { return scale_; }

  /// The same functions, with monomials in (x - c) / s. @throw std::invalid_argument unless c is finite, of dimension d, and
  /// s > 0
  [[nodiscard]] score_basis centred(const point<double, D>& c, double s) const {
    argument::require(c.size() == dimension(), "score_basis::centred", "c.size()", c.size(), "equal the dimension");
    argument::require_finite(c, "score_basis::centred", "c");
    argument::require(s > 0 && s <= (std::numeric_limits<double>::max)(), "score_basis::centred", "s", s,
                      "be > 0 and finite");
    score_basis moved = *this;
    moved.centre_ = c;
    moved.scale_ = s;
    return moved;
  }

  /// The smallest length on which a function of the basis changes.
  [[nodiscard]] double shortest_length() const {
    if (bounded() == 0) return std::numeric_limits<double>::infinity();
    return fourier_ ? 1 / (std::max)(1e-300, std::sqrt(atoms_.colwise().squaredNorm().maxCoeff())) : length_scale_;
  }

  /// f(x) of the combination f of the bounded functions with these coefficients (the first of p); its gradient is added to
  /// *slope.
  [[nodiscard]] double bounded_part(const Eigen::VectorXd& theta, const point<double, D>& x, point<double, D>* slope) const {
    double f = 0;
    const Index m = atoms_.cols();
    const double root = 1 / std::sqrt(static_cast<double>(m)), rate = 1 / (length_scale_ * length_scale_);
    for (Index j = 0; j < m; ++j) {
      if (fourier_) {
        const double phase = atoms_.col(j).dot(x), c = root * std::cos(phase), s = root * std::sin(phase);
        f += theta[j] * c + theta[m + j] * s;
        if (slope != nullptr) *slope += (theta[m + j] * c - theta[j] * s) * atoms_.col(j);
      } else {
        const double k = theta[j] * std::exp(-0.5 * rate * detail::distance_squared(atoms_.col(j), x));
        f += k;
        if (slope != nullptr) *slope += rate * k * (atoms_.col(j) - x);
      }
    }
    return f;
  }

  /// The derivatives at x: column k of `slopes` (d x p) is the gradient of function k, `laplacians` its Laplacian.
  template <class Slopes, class Laplacians>
  void derivatives(const point<double, D>& x, Slopes&& slopes, Laplacians&& laplacians) const {
    const Index d = dimension(), m = atoms_.cols();
    const double root = 1 / std::sqrt(static_cast<double>(m)), rate = 1 / (length_scale_ * length_scale_);
    for (Index j = 0; j < m; ++j) {
      if (fourier_) {
        const double phase = atoms_.col(j).dot(x), c = root * std::cos(phase), s = root * std::sin(phase);
        const double square = atoms_.col(j).squaredNorm();
        slopes.col(j) = -s * atoms_.col(j);
        slopes.col(m + j) = c * atoms_.col(j);
        laplacians[j] = -c * square;
        laplacians[m + j] = -s * square;
      } else {
        const double apart = detail::distance_squared(atoms_.col(j), x), k = std::exp(-0.5 * rate * apart);
        slopes.col(j) = rate * k * (atoms_.col(j) - x);
        laplacians[j] = rate * k * (rate * apart - static_cast<double>(d));
      }
    }
    if (degree_ == 0) return;
    Index at = bounded();
    for (Index a = 0; a < d; ++a, ++at) {
      slopes.col(at).setZero();
      slopes(a, at) = 1 / scale_;
      laplacians[at] = 0;
    }
    if (degree_ == 1) return;
    for (Index b = 0; b < d; ++b)
      for (Index a = 0; a <= b; ++a, ++at) {  // u_a u_b
        slopes.col(at).setZero();
        slopes(a, at) += (x[b] - centre_[b]) / scale_ / scale_;
        slopes(b, at) += (x[a] - centre_[a]) / scale_ / scale_;
        laplacians[at] = a == b ? 2 / scale_ / scale_ : 0;
      }
  }

  friend bool operator==(const score_basis& a, const score_basis& b) {
    return a.atoms_.rows() == b.atoms_.rows() && a.atoms_.cols() == b.atoms_.cols() && a.fourier_ == b.fourier_ &&
           a.degree_ == b.degree_ && a.length_scale_ == b.length_scale_ && a.scale_ == b.scale_ && a.atoms_ == b.atoms_ &&
           a.centre_ == b.centre_;
  }

 private:
  score_basis(samples<double, D> atoms, double length_scale, int degree, bool fourier)
      : atoms_(std::move(atoms)),
        centre_(point<double, D>::Zero(atoms_.rows())),
        length_scale_(length_scale),
        degree_(degree),
        fourier_(fourier) {
    constexpr std::string_view name = "score_basis";
    argument::require(atoms_.rows() >= 1, name, "dimension", atoms_.rows(), "be at least 1");
    argument::require(degree >= 0 && degree <= 2, name, "degree", degree, "be 0, 1 or 2");
    argument::require(atoms_.cols() >= (degree > 0 ? 0 : 1), name, "landmarks.cols()", atoms_.cols(),
                      "be at least 1 where there are no monomials");
    argument::require_finite(atoms_, name, "landmarks");
  }

  samples<double, D> atoms_;
  point<double, D> centre_;
  double length_scale_, scale_ = 1;
  int degree_;
  bool fourier_;
};

/// What score matching needs of data for a given basis and base: the sums over observations, by weight, of
/// \f$ \sum_a \partial_a b\, \partial_a b^T \f$ (p x p) and \f$ \Delta b + \sum_a \partial_a b\, \partial_a \log q_0 \f$
/// (p). They merge.
struct score_sums {
  Eigen::MatrixXd squares{};
  Eigen::VectorXd linear{};
  double total = 0;
  Index observations = 0;

  [[nodiscard]] Index count() const noexcept { return observations; }
  [[nodiscard]] double weight() const noexcept { return total; }

  /// Adds the sums of other data for the same basis and base. @throw std::invalid_argument if the bases differ in size
  void merge(const score_sums& other) {
    if (other.observations == 0) return;
    if (observations == 0) {
      *this = other;
      return;
    }
    argument::require(other.linear.size() == linear.size(), "score_sums::merge", "linear.size()", other.linear.size(),
                      "be that of the same basis");
    squares += other.squares;
    linear += other.linear;
    total += other.total;
    observations += other.observations;
  }

  /// Multiplies the weight of every observation by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    argument::require(c >= 0 && c <= (std::numeric_limits<double>::max)(), "score_sums::reweight", "c", c,
                      "be >= 0 and finite");
    squares *= c;
    linear *= c;
    total *= c;
  }
};

}  // namespace simulacra
