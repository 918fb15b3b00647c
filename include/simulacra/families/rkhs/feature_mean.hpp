#pragma once

#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/simplex_weights.hpp>
#include <simulacra/families/rkhs/smoothed_points.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A kernel mean with weights on the simplex, as `kernel_mean_estimator` fits it, by inner products in a feature map (random
/// Fourier features, say) in place of the kernel's own: the features are one more approximation. The atoms are the map's
/// embeddings of N(z_j, h^2 I), or the features of z_j.
///
/// `ideal()` is the exact kernel's estimator with an exact solver; the map should be one of the kernel of length scale l.
template <class Map, class T = double, int D = dynamic>
class feature_mean_estimator {
 public:
  using model_type = smoothed_points<T, D>;

  /// @param map  of the landmarks' dimension   @throw std::invalid_argument otherwise, or as `kernel_mean_estimator`
  feature_mean_estimator(Map map, samples<T, D> landmarks, const kernel_mean_options& options)
      : map_(std::move(map)), exact_(std::move(landmarks), options) {
    const samples<T, D>& z = exact_.landmarks();
    const Index d = z.rows();
    argument::require(map_.dimension() == d, "feature_mean_estimator", "map.dimension()",
                      static_cast<Index>(map_.dimension()), "equal the dimension of the landmarks");
    atoms_.resize(map_.features(), z.cols());
    const double h = options.match == kernel_match::smoothed ? options.bandwidth : 0;
    const auto round = scaled_factor<>::from_lower(square<>(square<>::Identity(d, d) * h));
    Eigen::VectorXd one(map_.features());
    for (Index j = 0; j < z.cols(); ++j) {
      if (h == 0)
        map_.features_into(z.col(j), one);
      else
        embed_into(gaussian<>::from_factor(point<>(z.col(j).template cast<double>()), round), map_, one);
      atoms_.col(j) = one;
    }
    gram_ = detail::multiply(detail::transposed(atoms_), atoms_);
  }

  [[nodiscard]] const samples<T, D>& landmarks() const noexcept { return exact_.landmarks(); }
  [[nodiscard]] feature_mean_estimator with_landmarks(samples<T, D> landmarks) const {
    return feature_mean_estimator(map_, std::move(landmarks), exact_.options());
  }

  /// Fits observations, d x n, n >= 1; the data enter by their mean features alone. O(n features d) and the solver's cost.
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream&) const { return fit_to(x, nullptr); }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    return fit_to(x, &w);
  }

  /// Fits the embedding of a law or of data in the map. @throw std::invalid_argument unless it has a number for each feature
  [[nodiscard]] fitted<model_type> fit_to_embedding(const Eigen::VectorXd& mean) const {
    argument::require(mean.size() == atoms_.rows(), "feature_mean_estimator::fit_to_embedding", "mean.size()", mean.size(),
                      "equal the number of features");
    const Eigen::VectorXd target = atoms_.transpose() * mean;
    const simplex_weights found = solve_simplex_weights(gram_, target, exact_.options().solver);
    return {model_type(landmarks(), found.a, exact_.options().bandwidth), detail::outcome_of(found, target)};
  }

  /// What this procedure returns from infinitely many observations of a law that embeds in the map.
  template <class Law>
    requires requires(const Law& law, const Map& map, Eigen::VectorXd& out) { embed_into(law, map, out); }
  [[nodiscard]] model_type population_fit(const Law& law) const {
    Eigen::VectorXd mean(map_.features());
    embed_into(law, map_, mean);
    return fit_to_embedding(mean).model;
  }

  template <class Law>
    requires(detail::meets_landmarks<Law, T, D>)
  [[nodiscard]] model_type project(const Law& law) const {
    return exact_.project(law);
  }

  [[nodiscard]] kernel_mean_estimator<T, D> ideal() const { return exact_.ideal(); }

 private:
  [[nodiscard]] fitted<model_type> fit_to(const samples<T, D>& x, const weights<double>* w) const {
    Eigen::VectorXd mean(map_.features());
    map_.mean_into(x, w, mean);
    return fit_to_embedding(mean);
  }

  Map map_;
  kernel_mean_estimator<T, D> exact_;
  Eigen::MatrixXd atoms_;  ///< features x m
  Eigen::MatrixXd gram_;
};

}  // namespace simulacra
