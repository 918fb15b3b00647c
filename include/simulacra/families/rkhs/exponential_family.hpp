#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/rkhs/detail/envelope.hpp>
#include <simulacra/families/rkhs/detail/normaliser.hpp>
#include <simulacra/families/rkhs/mala.hpp>
#include <simulacra/families/rkhs/score_basis.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// How well the normalising constant of a density is known.
struct normaliser {
  double log_value = 0;  ///< log of the integral of exp(unnormalised log density)
  /// Of the integral: between two resolutions of a quadrature, or the standard error of a Monte Carlo mean. Infinite where
  /// the finest grid is coarser than the functions of the basis, which it may not see: a length scale under about 1e-3 of
  /// the envelope's deviations on the line, a fortieth in the plane.
  double relative_error = 0;
  double effective_draws = 0;  ///< \f$ (\sum w)^2 / \sum w^2 \f$ of importance weights; 0 for a quadrature, which has none
};

/// A kernel exponential family's member, \f$ p(x) = q_0(x)\,e^{f(x)} / Z \f$, q_0 a Gaussian, f a combination of the
/// functions of a `score_basis`.
///
/// Kernels and Fourier features are bounded, so p is a Gaussian, the *envelope* (base and monomials together), times a
/// bounded factor. Of that use is made everywhere: Z is found by quadrature over the envelope's reach in one and two
/// dimensions, and above by importance sampling from the envelope, whose weights are bounded. One dimension is sampled by
/// the inverse of the distribution function, made on a grid; more by MALA, preconditioned by the envelope.
template <class T = double, int D = dynamic>
class kernel_exponential_family {
 public:
  using scalar_type = T;
  static constexpr int dimension_at_compile_time = D;

  /// Whether base and monomials together are a Gaussian, so that the density has an integral.
  [[nodiscard]] static bool can_be_normalised(const score_basis<D>& basis, const gaussian<double, D>& base,
                                              const Eigen::VectorXd& theta) {
    return envelope(basis, base, theta).exists;
  }

  /// @param base   of full rank   @param theta  p coefficients, finite   @param draws  for importance sampling above two
  ///   dimensions
  /// @param rng    for these draws; not touched in one and two dimensions
  /// @throw std::invalid_argument if shapes do not fit, a coefficient is not finite, or the density has no integral
  kernel_exponential_family(score_basis<D> basis, const gaussian<double, D>& base, Eigen::VectorXd theta, Index draws,
                            stream& rng)
      : basis_(std::move(basis)), base_(base), theta_(std::move(theta)) {
    constexpr std::string_view name = "kernel_exponential_family";
    argument::require(base_.dimension() == basis_.dimension(), name, "base.dimension()", base_.dimension(),
                      "equal that of the basis");
    argument::require(theta_.size() == basis_.size(), name, "theta.size()", theta_.size(), "be the size of the basis");
    argument::require_finite(theta_, name, "theta");
    argument::require(draws >= 2, name, "draws", draws, "be at least 2");
    envelope_ = envelope(basis_, base_, theta_);
    argument::require(
        envelope_.exists, name, "theta", theta_.tail(basis_.monomials()).size() > 0 ? theta_[basis_.bounded()] : 0.0,
        "leave base and monomials a Gaussian that can be normalised (this is the first monomial's coefficient)");
    const auto bounded = [this](const point<double, D>& x) { return basis_.bounded_part(theta_, x, nullptr); };
    detail::integrated<D> all;
    if (dimension() == 1) {
      auto made = std::make_shared<detail::line_table>(envelope_.mean[0], envelope_.root(0, 0), basis_.shortest_length(),
                                                       [&](double v) { return bounded(point<double, D>::Constant(1, v)); });
      all = detail::of_line<D>(*made);
      table_ = std::move(made);
    } else if constexpr (D != 1) {
      if (dimension() == 2)
        all = detail::integrate_plane<D>(envelope_.mean, envelope_.root, basis_.shortest_length(), bounded);
      else
        all = detail::integrate_by_importance<D>(envelope_.mean, envelope_.root, bounded, draws, rng);
    }
    normaliser_ = {all.log_value + envelope_.log_mass, all.relative_error, all.effective_draws};
    mean_ = all.mean;
    covariance_ = all.covariance;
  }

  [[nodiscard]] Index dimension() const noexcept { return basis_.dimension(); }
  [[nodiscard]] const score_basis<D>& basis() const noexcept { return basis_; }
  [[nodiscard]] const gaussian<double, D>& base() const noexcept { return base_; }
  [[nodiscard]] const Eigen::VectorXd& coefficients() const noexcept { return theta_; }

  /// log q_0(x) + f(x). O(m d). @throw std::invalid_argument if x has another dimension
  [[nodiscard]] double log_unnormalised(const point<T, D>& x) const { return value_at(x, nullptr) + envelope_.log_height; }

  /// The gradient of the log density at x, which needs no normalisation. O(m d).
  [[nodiscard]] point<double, D> log_density_gradient(const point<T, D>& x) const {
    point<double, D> slope(dimension());
    static_cast<void>(value_at(x, &slope));
    return slope;
  }

  /// Z, and how well it is known.
  [[nodiscard]] const normaliser& normalisation() const noexcept { return normaliser_; }

  /// Log density at x in nats: the unnormalised one minus log Z.
  /// @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require_numbers(x, "kernel_exponential_family::log_density", "x");
    return log_unnormalised(x) - normaliser_.log_value;
  }

  /// Mean and covariance, by the quadrature or the draws that gave Z.
  [[nodiscard]] point<T, D> mean() const { return mean_.template cast<T>(); }
  [[nodiscard]] square<T, D> covariance() const { return covariance_.template cast<T>(); }

  /// n observations, d x n. In one dimension independent, by the inverse of the distribution function on the grid of
  /// `resolution()`; above, the states of MALA chains: see `sample_chains`, which also says how well they mixed.
  /// @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "kernel_exponential_family::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "kernel_exponential_family::sample", "n");
    if (dimension() > 1) return sample_chains(n, {}, rng).x;
    samples<T, D> x(1, n);
    for (Index i = 0; i < n; ++i) x(0, i) = static_cast<T>((*table_)(uniform_open(rng)));
    return x;
  }

  /// n states of MALA chains, in turn from each, with diagnostics; in any dimension.
  [[nodiscard]] mala_draws<T, D> sample_chains(Index n, const mala_options& how, stream& rng) const {
    return detail::mala<T, D>([this](const point<double, D>& x, point<double, D>& slope) { return value_at(x, &slope); },
                              envelope_.mean, envelope_.root, n, how, rng);
  }

  /// The width of the cells of the grid in one dimension, in each of which the density is a polynomial of degree 9; 0 above.
  [[nodiscard]] double resolution() const noexcept { return table_ ? table_->width() : 0; }

  friend bool operator==(const kernel_exponential_family& a, const kernel_exponential_family& b) {
    return a.basis_ == b.basis_ && a.base_ == b.base_ && a.theta_.size() == b.theta_.size() && a.theta_ == b.theta_;
  }

 private:
  using envelope_type = detail::gaussian_envelope<>;

  static envelope_type envelope(const score_basis<D>& basis, const gaussian<double, D>& base, const Eigen::VectorXd& theta) {
    if (base.factor().rank() < base.dimension()) return {};
    return envelope_type::of(base.mean(), base.covariance(), basis.centre(), basis.scale(), basis.degree(),
                             theta.tail(basis.monomials()));
  }

  /// The unnormalised log density without the envelope's height, and its gradient.
  template <class Point>
  double value_at(const Point& at, point<double, D>* slope) const {
    argument::require(at.size() == dimension(), "kernel_exponential_family::log_density", "x.size()", at.size(),
                      "equal the dimension");
    const point<double, D> x = at.template cast<double>(), apart = x - envelope_.mean, pull = envelope_.precision * apart;
    if (slope != nullptr) *slope = -pull;
    return -0.5 * apart.dot(pull) + basis_.bounded_part(theta_, x, slope);
  }

  score_basis<D> basis_;
  gaussian<double, D> base_;
  Eigen::VectorXd theta_;
  envelope_type envelope_{};
  normaliser normaliser_{};
  point<double, D> mean_ = point<double, D>::Zero(D == dynamic ? 0 : D);
  square<double, D> covariance_ = square<double, D>::Zero(D == dynamic ? 0 : D, D == dynamic ? 0 : D);
  std::shared_ptr<const detail::line_table> table_{};  ///< in one dimension
};

}  // namespace simulacra
