#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/law_nodes.hpp>
#include <simulacra/families/rkhs/detail/spectraplex.hpp>
#include <simulacra/families/rkhs/psd_model.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How the matrix of a non-negative model is found.
enum class psd_solver {
  interior_point,  ///< Newton steps on a barrier: some dozens for any accuracy, each O(nodes^3): on the line, milliseconds. Memory of
                   ///< a few nodes x nodes matrices
  accelerated_gradient  ///< projected gradient with momentum: thousands of cheaper steps
};

/// How a non-negative model is fitted: `{.length_scale = 1}`.
struct psd_options {
  double length_scale = 0;  ///< l > 0 of the Gaussian kernel, in units of the data, to be given
  double ridge = 0;         ///< lambda >= 0, of tr(A K): pulls towards models of few and smooth terms
  psd_solver solver = psd_solver::interior_point;
  double tolerance = 1e-8;      ///< certified excess of the objective, in units of the model's own squared norm
  Index max_iterations = 2000;  ///< steps; a fit that stops here has not converged
  double cutoff = 1e-8;         ///< directions of less than this share of the largest's squared L2 norm are left out
};

/// A fitted non-negative model with what is known about its fit.
template <class T = double, int D = dynamic>
struct psd_fit {
  psd_model<T, D> model;
  outcome result{};
  double objective = 0;  ///< \f$ \|p\|^2 - 2\,\overline{p(x_i)} + \lambda\,\mathrm{tr}(A K) \f$
  double gap = 0;        ///< no model of the family has an objective that is smaller by more than this
  Index iterations = 0;
};

/// Fits a non-negative model by least squares in L2: of all densities \f$ k_Z(x)^T A\,k_Z(x) \f$ of mass 1 with A positive
/// semi-definite, the one with the least
/// \f[ \int p^2 - \frac2n \sum_i p(x_i) + \lambda\,\mathrm{tr}(A K_{ZZ}), \f]
/// which is the squared L2 distance from the law of the data but for a constant, and for the penalty. In coordinates in
/// which the functions are orthonormal in L2 the mass is the trace, so this is a convex quadratic function on a spectraplex,
/// and a duality gap certifies how near its minimum the fit is.
///
/// Its three errors have a knob each: landmarks and length scale are expressivity; ridge, tolerance and iterations are
/// approximation; n is statistical. \f$ \int p^2 \f$ is a sum on a grid of step 0.4 l, whose error for products of four
/// Gaussians of deviation l is e^-30; the grid limits fits to low dimensions.
/// Source: Rudi and Ciliberto (2021), with the mass as a constraint in place of a normalisation afterwards.
template <class T = double, int D = dynamic>
class psd_estimator {
 public:
  using model_type = psd_model<T, D>;
  static constexpr Index most_nodes = 500'000;
  static constexpr Index most_dense_nodes =
      10'000;  ///< for the interior point: its matrices are of so many rows and columns

  /// @param landmarks  d x m, finite, d and m >= 1
  /// @throw std::invalid_argument otherwise, or if an option is out of range, or the grid would have more than `most_nodes`, or for the
  ///        interior point more than `most_dense_nodes` near a landmark
  psd_estimator(samples<T, D> landmarks, const psd_options& options) : options_(options) {
    check(options);
    argument::require(landmarks.rows() >= 1, name, "landmarks.rows()", landmarks.rows(), "be at least 1");
    argument::require(landmarks.cols() >= 1, name, "landmarks.cols()", landmarks.cols(), "be at least 1");
    argument::require_finite(landmarks, name, "landmarks");
    auto made = std::make_shared<basis>();
    made->landmarks = std::move(landmarks);
    made->build(options);
    argument::require(options.solver != psd_solver::interior_point || made->psi.cols() <= most_dense_nodes, name, "solver",
                      made->psi.cols(),
                      "be psd_solver::accelerated_gradient for more than 10000 grid nodes (this is their number)");
    basis_ = std::move(made);
  }

  [[nodiscard]] const psd_options& options() const noexcept { return options_; }
  [[nodiscard]] const samples<T, D>& landmarks() const noexcept { return basis_->landmarks; }

  /// The number of directions in L2 that the landmarks span.
  [[nodiscard]] Index rank() const noexcept { return basis_->coordinates.rows(); }

  [[nodiscard]] psd_estimator with_landmarks(samples<T, D> landmarks) const {
    return psd_estimator(std::move(landmarks), options_);
  }

  /// Fits observations, d x n, n >= 1. Nothing about it is random. O(n m (d + m)), and O(m^2 (m + nodes)) an iteration.
  /// @throw std::invalid_argument if there are none, one is not finite, or their dimension is not the landmarks'
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    return brief(solve(moments_of(x, nullptr)));
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    return brief(solve(moments_of(x, &w)));
  }

  /// The mean of \f$ \psi \psi^T \f$ over observations, r x r, all that a fit needs of them: those of more data are their
  /// average by weight.
  [[nodiscard]] Eigen::MatrixXd moments_of(const samples<T, D>& x, const weights<double>* w) const {
    constexpr std::string_view fit = "psd_estimator::fit";
    argument::require(x.cols() >= 1, fit, "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() == landmarks().rows(), fit, "x.rows()", x.rows(), "equal the dimension of the landmarks");
    argument::require_finite(x, fit, "x");
    const detail::relative_weights<> relative(w, x.cols(), "psd_estimator::fit");
    w = relative.get();
    const double total = relative.total();
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rank(), rank());
    constexpr Index block = 256;
    Eigen::MatrixXd k;
    for (Index first = 0; first < x.cols(); first += block) {
      const Index size = (std::min)(block, x.cols() - first);
      k.resize(landmarks().cols(), size);
      gram_block(gaussian_kernel(options_.length_scale), landmarks(), x.middleCols(first, size), k);
      const Eigen::MatrixXd psi = detail::multiply(basis_->coordinates, k);
      Eigen::VectorXd share = Eigen::VectorXd::Ones(size);
      if (w != nullptr && w->size() > 0) share = w->segment(first, size);
      sum += detail::weighted_gram(psi, share);
    }
    return sum / total;
  }

  /// The fit to these moments, with its certificate. @throw std::invalid_argument unless they are r x r and finite
  [[nodiscard]] psd_fit<T, D> solve(const Eigen::MatrixXd& moments) const {
    argument::require(moments.rows() == rank() && moments.cols() == rank(), "psd_estimator::solve", "moments.rows()",
                      moments.rows(), "be rank(), as moments.cols()");
    argument::require_finite(moments, "psd_estimator::solve", "moments");
    Eigen::MatrixXd linear = basis_->penalty;
    linear *= options_.ridge;
    linear -= 2 * moments;
    const detail::spectraplex_problem<double> problem{basis_->psi, basis_->weight, linear};
    const detail::spectraplex_solution<double> s =
        options_.solver == psd_solver::interior_point
            ? detail::solve_by_barrier(problem, options_.tolerance, options_.max_iterations)
            : detail::solve_by_gradient(problem, options_.tolerance, options_.max_iterations);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(s.c);
    Index first = 0;
    while (first + 1 < rank() && !(eigen.eigenvalues()[first] > 1e-15)) ++first;
    const Index kept = rank() - first;
    const Eigen::MatrixXd root =
        detail::scale_columns(eigen.eigenvectors().rightCols(kept), eigen.eigenvalues().tail(kept).cwiseSqrt());
    psd_fit<T, D> made{
        model_type(landmarks(), options_.length_scale, detail::multiply(detail::transposed(basis_->coordinates), root))};
    made.objective = s.quadratic + detail::frobenius(s.c, linear);
    made.gap = s.gap;
    made.iterations = s.iterations;
    if (!(moments.trace() > 0)) {
      made.result.what = status::degenerate;
      made.result.reason = "the data lie beyond the reach of every landmark";
    } else if (!s.converged) {
      made.result.what = status::not_converged;
      made.result.reason = "the fit is not certified to the tolerance";
    }
    return made;
  }

  /// What this procedure returns from infinitely many observations of a law on the line, by quadrature.
  template <class Law>
    requires(D == 1 && detail::has_line_density<Law>)
  [[nodiscard]] model_type population_fit(const Law& law) const {
    const detail::law_nodes nodes = detail::nodes_of(law);
    return solve(moments_of(nodes.x.template cast<T>(), &nodes.w)).model;
  }

  /// The best member of the family in L2.
  template <class Law>
    requires(D == 1 && detail::has_line_density<Law>)
  [[nodiscard]] model_type project(const Law& law) const {
    return ideal().population_fit(law);
  }

  /// The exact learner: no ridge, and as near the minimum as rounding allows in many iterations.
  [[nodiscard]] psd_estimator ideal() const {
    psd_estimator exact = *this;
    exact.options_.ridge = 0;
    exact.options_.tolerance = 1e-11;
    const bool few = basis_->psi.cols() <= 1500;
    exact.options_.solver = few ? psd_solver::interior_point : psd_solver::accelerated_gradient;
    exact.options_.max_iterations = few ? 1000 : 50'000;
    return exact;
  }

 private:
  static constexpr std::string_view name = "psd_estimator";

  static void check(const psd_options& o) {
    constexpr double most = (std::numeric_limits<double>::max)();
    argument::require(o.length_scale > 0 && o.length_scale <= most, name, "length_scale", o.length_scale,
                      "be > 0 and finite");
    argument::require(o.ridge >= 0 && o.ridge <= most, name, "ridge", o.ridge, "be >= 0 and finite");
    argument::require(o.tolerance >= 0 && o.tolerance <= most, name, "tolerance", o.tolerance, "be >= 0 and finite");
    argument::require(o.max_iterations >= 0, name, "max_iterations", o.max_iterations, "not be negative");
    argument::require(o.solver == psd_solver::interior_point || o.solver == psd_solver::accelerated_gradient, name, "solver",
                      static_cast<int>(o.solver), "be psd_solver::interior_point or ::accelerated_gradient");
    argument::require(o.cutoff > 0 && o.cutoff < 1, name, "cutoff", o.cutoff, "be in (0, 1)");
  }

  static fitted<model_type> brief(psd_fit<T, D> made) { return {std::move(made.model), made.result}; }

  /// What depends on landmarks and length scale alone; copies of an estimator share it.
  struct basis {
    samples<T, D> landmarks;
    Eigen::MatrixXd coordinates;  ///< r x m: psi = coordinates k_Z is orthonormal in L2
    Eigen::MatrixXd penalty;      ///< r x r, with tr(A K) = <C, penalty>
    Eigen::MatrixXd psi;          ///< r x nodes
    double weight = 0;            ///< of a node

    void build(const psd_options& o) {
      const double l = o.length_scale;
      const Index d = landmarks.rows();
      Eigen::MatrixXd overlap = gram_matrix(gaussian_kernel(std::sqrt(2.0) * l), landmarks, name, "landmarks.cols()");
      overlap *= std::pow(3.14159265358979323846 * l * l, 0.5 * static_cast<double>(d));
      coordinates = detail::inverse_root(overlap, o.cutoff);
      penalty = detail::congruent(coordinates, gram_matrix(gaussian_kernel(l), landmarks, name, "landmarks.cols()"));
      nodes(l);
    }

    /// The nodes of a grid of step 0.4 l at which a product of four kernels is not below rounding.
    void nodes(double l) {
      const double step = 0.4 * l, reach = 4.5 * l;
      const Index d = landmarks.rows();
      const point<double, D> lower = landmarks.template cast<double>().rowwise().minCoeff().array() - reach;
      const point<double, D> span =
          (landmarks.template cast<double>().rowwise().maxCoeff().array() + reach - lower.array()) / step;
      double all = 1;
      for (Index a = 0; a < d; ++a) all *= std::floor(span[a]) + 1;
      argument::require(all <= static_cast<double>(most_nodes), name, "landmarks", all,
                        "span few enough grid nodes of step 0.4 l, at most 500000 (this is their number)");
      const auto count = static_cast<Index>(all);
      samples<double, D> kept(d, count);
      Index size = 0;
      point<double, D> x(d);
      for (Index i = 0; i < count; ++i) {
        Index rest = i;
        for (Index a = 0; a < d; ++a) {
          const auto cells = static_cast<Index>(std::floor(span[a])) + 1;
          x[a] = lower[a] + step * static_cast<double>(rest % cells);
          rest /= cells;
        }
        double nearest = std::numeric_limits<double>::infinity();
        for (Index j = 0; j < landmarks.cols(); ++j)
          nearest = (std::min)(nearest, detail::distance_squared(landmarks.col(j), x));
        if (nearest <= reach * reach) kept.col(size++) = x;
      }
      Eigen::MatrixXd k(landmarks.cols(), size);
      gram_block(gaussian_kernel(l), landmarks, kept.leftCols(size), k);
      psi = detail::multiply(coordinates, k);
      weight = std::pow(step, static_cast<double>(d));
    }
  };

  psd_options options_;
  std::shared_ptr<const basis> basis_;
};

}  // namespace simulacra
