#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/dense.hpp>
#include <simulacra/families/rkhs/detail/envelope.hpp>
#include <simulacra/families/rkhs/detail/law_nodes.hpp>
#include <simulacra/families/rkhs/exponential_family.hpp>
#include <simulacra/families/rkhs/score_basis.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How score matching is done: `{.ridge = 1e-3}`.
template <int D = dynamic>
struct score_matching_options {
  double ridge = 0;  ///< lambda >= 0, of the squared norm of f in the kernel's space; monomials go free
  std::optional<gaussian<double, D>> base{};  ///< q_0; where none is given, the data's Gaussian made broader
  double broadening = 2;                      ///< by which its deviations are multiplied then, > 0
  double cutoff = 1e-10;  ///< directions of the landmarks' Gram matrix below this share of the largest are left out
  Index normaliser_draws = 10'000;  ///< of importance sampling, above two dimensions
};

/// Fits a kernel exponential family by score matching: with \f$ p = q_0 e^f \f$, f in the span of a `score_basis`,
/// \f[ \min_f\; E\bigl[ \tfrac12 |\nabla f|^2 + \Delta f + \nabla f \cdot \nabla \log q_0 \bigr] +
///     \tfrac\lambda2 \|f\|^2, \f]
/// which is the Fisher divergence from the law of the data but for a constant, and a linear system: no normalising
/// constant is needed to fit. The expectations are sums over observations, `score_sums`, which merge.
///
/// Its errors have a knob each: landmarks or features are expressivity, ridge and cutoff are approximation, n is
/// statistical. With monomials of degree 2 every Gaussian is in the family, and the fit to a Gaussian law is that law
/// whatever lambda is, since the kernel's part, which alone is penalised, is 0 in it.
/// Source: Hyvarinen (2005); Sriperumbudur, Fukumizu, Gretton, Hyvarinen and Kumar (2017); on landmarks:
/// Sutherland, Strathmann, Arbel and Gretton (2018), the "lite" basis.
template <class T = double, int D = dynamic>
class score_matching_estimator {
 public:
  using model_type = kernel_exponential_family<T, D>;

  /// @throw std::invalid_argument if an option is out of range, or the base has another dimension than the basis
  explicit score_matching_estimator(score_basis<D> basis, const score_matching_options<D>& options)
      : basis_(std::move(basis)), options_(options) {
    constexpr double most = (std::numeric_limits<double>::max)();
    argument::require(options.ridge >= 0 && options.ridge <= most, name, "ridge", options.ridge, "be >= 0 and finite");
    argument::require(options.broadening > 0 && options.broadening <= most, name, "broadening", options.broadening,
                      "be > 0 and finite");
    argument::require(options.cutoff >= 0 && options.cutoff < 1, name, "cutoff", options.cutoff, "be in [0, 1)");
    argument::require(options.normaliser_draws >= 2, name, "normaliser_draws", options.normaliser_draws, "be at least 2");
    argument::require_room(basis_.size(), basis_.size(), sizeof(double), name, "basis.size()");
    if (options.base) {
      argument::require(options.base->dimension() == basis_.dimension(), name, "base.dimension()", options.base->dimension(),
                        "equal that of the basis");
      argument::require(options.base->factor().rank() == basis_.dimension(), name, "base", options.base->factor().rank(),
                        "have full rank (this is its rank)");
      basis_ = basis_.centred(options.base->mean(), scale_of(*options.base));
    }
    whiten();
  }

  [[nodiscard]] const score_basis<D>& basis() const noexcept { return basis_; }
  [[nodiscard]] const score_matching_options<D>& options() const noexcept { return options_; }

  /// The same estimator on other landmarks; its features, if it has some, go.
  [[nodiscard]] score_matching_estimator with_landmarks(const samples<T, D>& landmarks) const {
    argument::require(!basis_.is_fourier(), "score_matching_estimator::with_landmarks", "basis", "one of Fourier features",
                      "be one of landmarks");
    return score_matching_estimator(
        score_basis<D>::of_landmarks(landmarks.template cast<double>(), basis_.length_scale(), basis_.degree()), options_);
  }

  /// Fits observations, d x n, n >= 1. O(n d p^2 + p^3). Random is only the normalising constant, above two dimensions.
  /// @throw std::invalid_argument if there are none, one is not finite, or their dimension is not the basis'
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream& rng) const { return fit_data(x, nullptr, rng); }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream& rng) const {
    return fit_data(x, &w, rng);
  }

  /// The sums of observations about a given base: those of more data are their `merge`. @throw std::invalid_argument if none
  /// is given
  [[nodiscard]] score_sums summarise(const samples<T, D>& x, const weights<double>* w = nullptr) const {
    require_base("score_matching_estimator::summarise");
    check(x);
    return sums_of(x, w, basis_, *options_.base);
  }

  /// The fit to sums about a given base. @throw std::invalid_argument if none is given, or the sums have no weight or
  /// another basis
  [[nodiscard]] fitted<model_type> fit(const score_sums& sums, stream& rng) const {
    require_base("score_matching_estimator::fit");
    argument::require(sums.weight() > 0, "score_matching_estimator::fit", "weight()", sums.weight(),
                      "be > 0: there is nothing to fit");
    argument::require(sums.linear.size() == basis_.size(), "score_matching_estimator::fit", "sums.linear.size()",
                      sums.linear.size(), "be the size of the basis");
    return solve(sums, basis_, *options_.base, {}, rng);
  }

  /// What this procedure returns from infinitely many observations of a law on the line, by quadrature.
  template <class Law>
    requires(D == 1 && detail::has_line_density<Law>)
  [[nodiscard]] model_type population_fit(const Law& law) const {
    const detail::law_nodes nodes = detail::nodes_of(law);
    stream unused(stream_key{0, 0});  // in one dimension nothing is drawn
    return fit_data(samples<T, D>(nodes.x.template cast<T>()), &nodes.w, unused).model;
  }

  /// The member of the family that is nearest by the Fisher divergence.
  template <class Law>
    requires(D == 1 && detail::has_line_density<Law>)
  [[nodiscard]] model_type project(const Law& law) const {
    return ideal().population_fit(law);
  }

  /// The exact learner: no ridge.
  [[nodiscard]] score_matching_estimator ideal() const {
    score_matching_estimator exact = *this;
    exact.options_.ridge = 0;
    return exact;
  }

 private:
  static constexpr std::string_view name = "score_matching_estimator";

  static double scale_of(const gaussian<double, D>& base) {
    return std::sqrt(base.covariance().trace() / static_cast<double>(base.dimension()));
  }

  void require_base(std::string_view function) const {
    argument::require(options_.base.has_value(), function, "options.base", "none",
                      "be given: sums about different bases do not merge");
  }

  void check(const samples<T, D>& x) const {
    constexpr std::string_view fit = "score_matching_estimator::fit";
    argument::require(x.cols() >= 1, fit, "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() == basis_.dimension(), fit, "x.rows()", x.rows(), "equal the dimension of the basis");
    argument::require_finite(x, fit, "x");
  }

  /// Coordinates in which the norm of the bounded part is the length of its coefficients.
  void whiten() {
    const Index m = basis_.atoms().cols();
    if (m == 0 || basis_.is_fourier()) return;
    const gaussian_kernel k(basis_.length_scale());
    coordinates_ = detail::inverse_root(gram_matrix(k, basis_.atoms(), name, "basis.atoms().cols()"), options_.cutoff);
  }

  [[nodiscard]] fitted<model_type> fit_data(const samples<T, D>& x, const weights<double>* w, stream& rng) const {
    check(x);
    const detail::relative_weights<> relative(w, x.cols(), "score_matching_estimator::fit");
    w = relative.get();
    const double total = relative.total();
    const bool weighted = w != nullptr;
    const samples<double, D> y = x.template cast<double>();
    const point<double, D> mean = (weighted ? point<double, D>(y * *w) : point<double, D>(y.rowwise().sum())) / total;
    outcome result;
    if ((y.colwise() - y.col(0)).cwiseAbs().maxCoeff() == 0) {
      result.what = status::degenerate;
      result.reason = "all observations are one point";
    }
    if (options_.base) return solve(sums_of(x, w, basis_, *options_.base), basis_, *options_.base, result, rng);
    Eigen::MatrixXd apart = y;
    apart.colwise() -= Eigen::VectorXd(mean);
    Eigen::VectorXd share = Eigen::VectorXd::Ones(x.cols());
    if (weighted) share = *w;
    square<double, D> covariance = detail::weighted_gram(apart, share) / total;
    covariance *= options_.broadening * options_.broadening;
    gaussian<double, D> base(mean, covariance);
    if (base.factor().rank() < base.dimension()) {  // a base has to be somewhere: round, and as broad as a kernel
      const double least = basis_.bounded() > 0 && !basis_.is_fourier() ? basis_.length_scale() : 1e-6 * (1 + mean.norm());
      covariance.diagonal().array() += least * least;
      base = gaussian<double, D>(mean, covariance);
      if (result.ok()) {
        result.what = status::degenerate;
        result.reason = "the data do not span every direction";
      }
    }
    const score_basis<D> moved = basis_.centred(mean, scale_of(base));
    return solve(sums_of(x, w, moved, base), moved, base, result, rng);
  }

  /// The sums over observations, in blocks whose gradients are one matrix.
  static score_sums sums_of(const samples<T, D>& x, const weights<double>* w, const score_basis<D>& basis,
                            const gaussian<double, D>& base) {
    const Index d = basis.dimension(), p = basis.size(), block = (std::max)(Index{1}, 128 / d);
    score_sums sums;
    sums.squares = Eigen::MatrixXd::Zero(p, p);
    sums.linear = Eigen::VectorXd::Zero(p);
    const detail::relative_weights<> relative(w, x.cols(), "score_matching_estimator::fit");
    w = relative.get();
    sums.total = relative.total();
    sums.observations = x.cols();
    const bool weighted = w != nullptr && w->size() > 0;
    Eigen::MatrixXd precision;
    detail::invert(base.covariance(), precision);
    Eigen::MatrixXd slopes(d * block, p), scaled;
    Eigen::VectorXd laplacians(p);
    for (Index first = 0; first < x.cols(); first += block) {
      const Index count = (std::min)(block, x.cols() - first);
      Eigen::VectorXd share(d * count);
      for (Index i = 0; i < count; ++i) {
        const point<double, D> at = x.col(first + i).template cast<double>(),
                               pull = precision * Eigen::VectorXd(base.mean() - at);
        auto here = slopes.middleRows(d * i, d);
        basis.derivatives(at, here, laplacians);
        const double weight = weighted ? (*w)[first + i] : 1;
        share.segment(d * i, d).setConstant(weight);
        sums.linear += weight * (laplacians + here.transpose() * pull);
      }
      scaled = slopes.topRows(d * count);
      const Eigen::MatrixXd plain = detail::transposed(scaled);
      for (Index i = 0; i < d * count; ++i) scaled.row(i) *= share[i];
      sums.squares += detail::multiply(plain, scaled);
    }
    if (relative.exponent() != 0) sums.reweight(std::ldexp(1.0, relative.exponent()));
    return sums;
  }

  [[nodiscard]] fitted<model_type> solve(const score_sums& sums, const score_basis<D>& basis,
                                         const gaussian<double, D>& base, outcome result, stream& rng) const {
    bool singular = false;
    Eigen::VectorXd theta = coefficients(sums, basis, basis.monomials(), singular);
    if (!theta.allFinite() || !model_type::can_be_normalised(basis, base, theta)) {
      // The monomials outgrow the base: without them the density has an integral whatever the kernel's part is.
      theta = coefficients(sums, basis, 0, singular);
      if (!theta.allFinite()) theta.setZero();
      result.what = status::degenerate;
      result.reason = "the fit has no integral: it is made without its monomials";
    } else if (singular && result.ok()) {
      result.what = status::degenerate;
      result.reason = "the equations are singular: the least of their solutions is taken";
    }
    model_type model(basis, base, std::move(theta), options_.normaliser_draws, rng);
    if (result.ok() && !(model.normalisation().relative_error < 0.5)) {
      result.what = status::not_converged;
      result.reason = "the normalising constant is not known to a half: log densities are off by as much as that, or more";
    }
    return {std::move(model), result};
  }

  /// \f$ -(H + \lambda R)^{-1} h \f$ in whitened coordinates, with so many of the monomials.
  [[nodiscard]] Eigen::VectorXd coefficients(const score_sums& sums, const score_basis<D>& basis, Index monomials,
                                             bool& singular) const {
    const Index bounded = basis.bounded(), r = coordinates_.size() > 0 ? coordinates_.rows() : bounded, size = r + monomials;
    Eigen::MatrixXd to(size, bounded + monomials);  // from the functions to the coordinates
    to.setZero();
    if (coordinates_.size() > 0)
      to.topLeftCorner(r, bounded) = coordinates_;
    else
      to.topLeftCorner(r, bounded).setIdentity();
    to.bottomRightCorner(monomials, monomials).setIdentity();
    const Index used = bounded + monomials;
    Eigen::VectorXd theta = Eigen::VectorXd::Zero(basis.size());
    if (size == 0) return theta;
    Eigen::MatrixXd h = detail::congruent(to, sums.squares.topLeftCorner(used, used));
    h /= sums.total;
    Eigen::VectorXd right = to * Eigen::VectorXd(sums.linear.head(used));
    right /= -sums.total;
    h.diagonal().head(r).array() += options_.ridge;
    const Eigen::LLT<Eigen::MatrixXd> factor(h);
    Eigen::VectorXd solved;
    if (factor.info() == Eigen::Success && factor.rcond() > 1e-13) {
      solved = factor.solve(right);
      solved += factor.solve(Eigen::VectorXd(right - h * solved));
    } else {
      if (!h.allFinite()) return Eigen::VectorXd::Constant(basis.size(), std::numeric_limits<double>::quiet_NaN());
      const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(h);
      const double least = 1e-12 * (std::max)(0.0, eigen.eigenvalues().maxCoeff());
      const Eigen::VectorXd along = eigen.eigenvectors().transpose() * right;
      solved = eigen.eigenvectors() *
               (eigen.eigenvalues().array() > least).select(along.array() / eigen.eigenvalues().array(), 0.0).matrix();
      singular = true;
    }
    theta.head(used) = to.transpose() * solved;
    return theta;
  }

  score_basis<D> basis_;
  score_matching_options<D> options_;
  Eigen::MatrixXd coordinates_{};  ///< of landmarks: r x m
};

}  // namespace simulacra
