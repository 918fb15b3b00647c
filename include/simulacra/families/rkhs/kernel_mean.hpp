#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/inner_products.hpp>
#include <simulacra/families/rkhs/detail/law_nodes.hpp>
#include <simulacra/families/rkhs/simplex_weights.hpp>
#include <simulacra/families/rkhs/smoothed_points.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// What the weights of a kernel mean match.
enum class kernel_match {
  smoothed,  ///< the law itself: the embedding of \f$ \sum_j a_j N(z_j, h^2 I) \f$ is as near as can be to that of the data
  points     ///< the points, \f$ \sum_j a_j k(z_j, \cdot) \f$, the pre-image of the kernel mean; smoothing comes on top
};

/// How a kernel mean is fitted: `{.length_scale = 1, .bandwidth = 0.3}`.
struct kernel_mean_options {
  double length_scale = 0;  ///< l > 0 of the Gaussian kernel in whose space laws are compared, to be given
  double bandwidth = 0;     ///< h >= 0 of the smoothing, in units of the data
  kernel_match match = kernel_match::smoothed;  ///< what the weights match
  simplex_options solver{};                     ///< how well: the approximation error
};

namespace detail {

inline void check_options(const kernel_mean_options& o) {
  constexpr std::string_view name = "kernel_mean_estimator";
  constexpr double most = (std::numeric_limits<double>::max)();
  argument::require(o.length_scale > 0 && o.length_scale <= most, name, "length_scale", o.length_scale, "be > 0 and finite");
  argument::require(o.bandwidth >= 0 && o.bandwidth <= most, name, "bandwidth", o.bandwidth, "be >= 0 and finite");
  argument::require(o.match == kernel_match::smoothed || o.match == kernel_match::points, name, "match",
                    static_cast<int>(o.match), "be kernel_match::smoothed or ::points");
  argument::require(o.solver.tolerance >= 0 && o.solver.tolerance <= most, name, "solver.tolerance", o.solver.tolerance,
                    "be >= 0 and finite");
  argument::require(o.solver.max_iterations >= 0, name, "solver.max_iterations", o.solver.max_iterations, "not be negative");
}

/// Takes a law apart into Gaussian laws: `visit(weight, gaussian)` for each.
template <class F>
struct component_visitor {
  F visit;
  template <class Gaussian>
  void append(double weight, const Gaussian& law) {
    visit(weight, law);
  }
};
struct ignores_components {
  template <class Gaussian>
  void append(double, const Gaussian&) {}
};

/// A law that is a Gaussian, or a sum of Gaussians by an `append_components` of its own.
template <class Law, class T, int D>
concept gaussian_or_made_of = std::same_as<Law, gaussian<T, D>> ||
                              (std::same_as<data_of<Law>, samples<T, D>> &&
                               requires(const Law& law, ignores_components& out) { append_components(law, 1.0, out); });

/// A law whose embedding has an inner product with a landmark's: in closed form, or by quadrature on the line.
template <class Law, class T, int D>
concept meets_landmarks = gaussian_or_made_of<Law, T, D> || (D == 1 && has_line_density<Law>);

template <class T, int D, class Law, class F>
void for_each_gaussian(const Law& law, F&& f) {
  if constexpr (std::same_as<Law, gaussian<T, D>>) {
    f(1.0, law);
  } else {
    component_visitor<F&> visitor{f};
    append_components(law, 1.0, visitor);
  }
}

/// What became of weights: the model is what was asked for, or why not.
inline outcome outcome_of(const simplex_weights& found, const Eigen::VectorXd& target) {
  outcome result;
  if (!(target.maxCoeff() > 1e-200)) {  // vectorised exponentials end at the smallest normal number, and not at 0
    result.what = status::degenerate;
    result.reason = "the data lie beyond the reach of every landmark";
  } else if (target.size() > 1 && found.a.maxCoeff() > 1 - 1e-6) {
    result.what = status::degenerate;
    result.reason = "all the weight is on one landmark";
  } else if (!found.converged) {
    result.what = status::not_converged;
    result.reason = "the weights are not certified to the tolerance";
  }
  return result;
}

}  // namespace detail

/// Fits a kernel mean with weights on the simplex: of all laws \f$ \sum_j a_j N(z_j, h^2 I) \f$ on given landmarks z, the
/// one whose embedding in the space of the Gaussian kernel is nearest to that of the data,
/// \f[ \min_{a \in \Delta} \Bigl\| \sum_j a_j E\,k(z_j + h g, \cdot) - \tfrac1n \sum_i k(x_i, \cdot) \Bigr\|^2 . \f]
/// A convex problem, whose duality gap says how far from the best the weights can be.
///
/// Its three errors have a knob each: landmarks and bandwidth are expressivity, `solver` is approximation, n is statistical.
/// The estimator is a metric projection, which brings no two laws farther apart: in this space its statistical error is at
/// most that of the data's embedding, (1 - E k(X, X')) / n.
template <class T = double, int D = dynamic>
class kernel_mean_estimator {
 public:
  using model_type = smoothed_points<T, D>;

  /// @param landmarks  d x m, finite, d and m >= 1   @throw std::invalid_argument otherwise, or if an option is out of range
  kernel_mean_estimator(samples<T, D> landmarks, const kernel_mean_options& options)
      : landmarks_(std::move(landmarks)), options_(options) {
    detail::check_options(options_);
    argument::require(landmarks_.rows() >= 1, "kernel_mean_estimator", "landmarks.rows()", landmarks_.rows(),
                      "be at least 1");
    argument::require(landmarks_.cols() >= 1, "kernel_mean_estimator", "landmarks.cols()", landmarks_.cols(),
                      "be at least 1");
    argument::require_finite(landmarks_, "kernel_mean_estimator", "landmarks");
    gram_ = gram_matrix(widened(2), landmarks_, "kernel_mean_estimator", "landmarks.cols()");
    gram_ *= height(2);
  }

  [[nodiscard]] const kernel_mean_options& options() const noexcept { return options_; }
  [[nodiscard]] const samples<T, D>& landmarks() const noexcept { return landmarks_; }

  /// The same estimator on other landmarks.
  [[nodiscard]] kernel_mean_estimator with_landmarks(samples<T, D> landmarks) const {
    return kernel_mean_estimator(std::move(landmarks), options_);
  }

  /// Fits observations, d x n, n >= 1. Nothing about it is random. O(n m d) and the solver's cost.
  /// @throw std::invalid_argument if there are none, one is not finite, or their dimension is not the landmarks'
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const {
    return fit_to_target(target_of(x, nullptr));
  }

  /// Fits weighted observations. @param w  n weights >= 0, finite, of positive sum
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    return fit_to_target(target_of(x, &w));
  }

  /// The inner products \f$ c_j = \tfrac1n \sum_i E\,k(z_j + h g, x_i) \f$ of the landmarks' embeddings with that of the
  /// data. They are means over observations, so those of more data are their average by weight. O(n m d).
  [[nodiscard]] Eigen::VectorXd target_of(const samples<T, D>& x, const weights<double>* w) const {
    constexpr std::string_view name = "kernel_mean_estimator::fit";
    argument::require(x.cols() >= 1, name, "x.cols()", x.cols(), "be at least 1");
    argument::require(x.rows() == landmarks_.rows(), name, "x.rows()", x.rows(), "equal the dimension of the landmarks");
    argument::require_finite(x, name, "x");
    const detail::relative_weights<> relative(w, x.cols(), "kernel_mean_estimator::fit");
    w = relative.get();
    const double total = relative.total();
    const gaussian_kernel k = widened(1);
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(landmarks_.cols());
    detail::gram_block_matrix values;
    constexpr Index tile = detail::gram_tile;
    for (Index j = 0; j < x.cols(); j += tile)
      for (Index i = 0; i < landmarks_.cols(); i += tile) {
        const Index rows = (std::min)(tile, landmarks_.cols() - i), columns = (std::min)(tile, x.cols() - j);
        values.resize(rows, columns);
        gram_block(k, landmarks_.middleCols(i, rows), x.middleCols(j, columns), values);
        if (w != nullptr && w->size() > 0)
          sum.segment(i, rows) += values * w->segment(j, columns);
        else
          sum.segment(i, rows) += values.rowwise().sum();
      }
    return sum * (height(1) / total);
  }

  /// The same for a law, \f$ c_j = E\,k(z_j + h g, X) \f$: in closed form where the law is made of Gaussians, else by
  /// quadrature.
  template <class Law>
    requires(detail::meets_landmarks<Law, T, D>)
  [[nodiscard]] Eigen::VectorXd target_of(const Law& law) const {
    argument::require(law.dimension() == landmarks_.rows(), "kernel_mean_estimator::population_fit", "law.dimension()",
                      static_cast<Index>(law.dimension()), "equal the dimension of the landmarks");
    if constexpr (detail::gaussian_or_made_of<Law, T, D>) {
      const Index d = landmarks_.rows();
      const gaussian_kernel k(options_.length_scale);
      const auto round = scaled_factor<T, D>::from_lower(square<T, D>::Identity(d, d) * static_cast<T>(matched_bandwidth()));
      Eigen::VectorXd sum = Eigen::VectorXd::Zero(landmarks_.cols());
      detail::for_each_gaussian<T, D>(law, [&](double weight, const gaussian<T, D>& part) {
        for (Index j = 0; j < sum.size(); ++j)
          sum[j] += weight * inner_product(gaussian<T, D>::from_factor(point<T, D>(landmarks_.col(j)), round), part, k);
      });
      return sum;
    } else {
      const detail::law_nodes nodes = detail::nodes_of(law);
      return target_of(samples<T, D>(nodes.x.template cast<T>()), &nodes.w);
    }
  }

  /// The weights for these inner products, with their certificate. @throw std::invalid_argument unless there are m of them,
  /// finite
  [[nodiscard]] simplex_weights weights_for(const Eigen::VectorXd& target) const {
    return solve_simplex_weights(gram_, target, options_.solver);
  }

  /// What this procedure returns from infinitely many observations of a law.
  template <class Law>
    requires(detail::meets_landmarks<Law, T, D>)
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return fit_to_target(target_of(law)).model;
  }

  /// The best member of the family in the kernel's norm (of its points, if these are matched).
  template <class Law>
    requires(detail::meets_landmarks<Law, T, D>)
  [[nodiscard]] model_type project(const Law& law) const {
    return ideal().population_fit(law);
  }

  /// The exact learner: weights to the accuracy of rounding.
  [[nodiscard]] kernel_mean_estimator ideal() const {
    kernel_mean_estimator exact = *this;
    exact.options_.solver = {.solver = simplex_solver::interior_point, .tolerance = 1e-14, .max_iterations = 100};
    return exact;
  }

 private:
  [[nodiscard]] double matched_bandwidth() const noexcept {
    return options_.match == kernel_match::smoothed ? options_.bandwidth : 0;
  }

  /// The kernel, smoothed so many times by h: a Gaussian kernel of length \f$ \sqrt{l^2 + \text{times}\,h^2} \f$ times its
  /// height.
  [[nodiscard]] gaussian_kernel widened(int times) const {
    return gaussian_kernel(std::hypot(options_.length_scale, std::sqrt(static_cast<double>(times)) * matched_bandwidth()));
  }
  [[nodiscard]] double height(int times) const {
    return std::pow(options_.length_scale / widened(times).length_scale(), static_cast<double>(landmarks_.rows()));
  }

  [[nodiscard]] fitted<model_type> fit_to_target(const Eigen::VectorXd& target) const {
    const simplex_weights found = weights_for(target);
    return {model_type(landmarks_, found.a, options_.bandwidth), detail::outcome_of(found, target)};
  }

  samples<T, D> landmarks_;
  kernel_mean_options options_;
  Eigen::MatrixXd gram_;
};

}  // namespace simulacra
