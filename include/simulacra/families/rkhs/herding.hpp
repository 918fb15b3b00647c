#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/dense.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Chooses n points whose mean features follow a given embedding, one after the other: with \f$ w_0 = \mu \f$,
/// \f[ x_{t+1} = \arg\max_{x \in \text{candidates}} \langle w_t, \phi(x) \rangle, \qquad
///     w_{t+1} = w_t + \mu - \phi(x_{t+1}). \f]
/// Nothing is random. In a space of finitely many features, the error of the mean of the first n points is O(1/n) where mu
/// lies inside what the candidates span, against \f$ n^{-1/2} \f$ for independent draws. A candidate may be chosen more than
/// once.
///
/// @param mean  an embedding in the map: of a law (`embed_into`) or of data (`mean_into`)   @param candidates  d x N, N >= 1
/// @return d x n, in the order of choice: any number of the first of them is the answer for that number
/// @throw std::invalid_argument if sizes do not fit or n < 0.  O((N + n) features), and features x N memory.
/// Source: Welling (2009); in kernels: Chen, Welling and Smola (2010); as conditional gradient: Bach,
/// Lacoste-Julien and Obozinski (2012).
template <class Map, class T, int D>
[[nodiscard]] samples<T, D> herd(const Map& map, const Eigen::VectorXd& mean, const samples<T, D>& candidates, Index n) {
  argument::require(n >= 0, "herd", "n", n, "not be negative");
  argument::require(candidates.cols() >= 1, "herd", "candidates.cols()", candidates.cols(), "be at least 1");
  argument::require(mean.size() == map.features(), "herd", "mean.size()", mean.size(), "equal the number of features");
  argument::require_finite(mean, "herd", "mean");
  argument::require_room(candidates.cols(), mean.size(), sizeof(double), "herd", "candidates.cols()");
  argument::require_room(n, candidates.rows(), sizeof(T), "herd", "n");
  Eigen::MatrixXd phi(mean.size(), candidates.cols());
  Eigen::VectorXd one(mean.size());
  for (Index j = 0; j < candidates.cols(); ++j) {
    map.features_into(candidates.col(j), one);
    phi.col(j) = one;
  }
  samples<T, D> x(candidates.rows(), n);
  Eigen::VectorXd w = mean;
  for (Index t = 0; t < n; ++t) {
    Index best = 0;
    (phi.transpose() * w).maxCoeff(&best);
    x.col(t) = candidates.col(best);
    w += mean - phi.col(best);
  }
  return x;
}

/// How points are herded.
struct herding_options {
  double length_scale = 0;  ///< l > 0 of the Gaussian kernel, in units of the data, to be given
  Index refinements =
      0;  ///< steps of gradient ascent from the best candidate to a nearby maximum: points between candidates
};

/// Weighted points that are sampled by herding in the space of the Gaussian kernel: point t + 1 is where
/// \f[ h(x) = \sum_i w_i k(x, y_i) - \frac{1}{t+1} \sum_{s \le t} k(x, x_s) \f]
/// is greatest among the candidates, or, refined, at a maximum uphill from there.
///
/// **This sampler is not random.** `sample(n, rng)` leaves the stream alone and returns the same points every time: no two
/// samples of it are independent, they are one. What it offers is a mean embedding that nears its target like 1/n and not
/// like \f$ n^{-1/2} \f$. Moments and characteristic function are those of the weighted points, its target.
template <class T = double, int D = dynamic>
class herded_points {
 public:
  using scalar_type = T;
  static constexpr int dimension_at_compile_time = D;

  /// @param target      d x m, finite, m >= 1   @param w  a weight >= 0 for each, or empty: all of weight 1
  /// @param candidates  d x N, finite, N >= 1
  /// @throw std::invalid_argument otherwise, or if an option is out of range.  O(m N d) time, O(m + N) memory.
  herded_points(samples<T, D> target, const simulacra::weights<double>& w, samples<T, D> candidates,
                const herding_options& options)
      : target_(std::move(target)), candidates_(std::move(candidates)), options_(options) {
    constexpr std::string_view name = "herded_points";
    argument::require(options.refinements >= 0, name, "refinements", options.refinements, "not be negative");
    argument::require(target_.rows() >= 1, name, "target.rows()", target_.rows(), "be at least 1");
    argument::require(target_.cols() >= 1, name, "target.cols()", target_.cols(), "be at least 1");
    argument::require(candidates_.cols() >= 1, name, "candidates.cols()", candidates_.cols(), "be at least 1");
    argument::require(candidates_.rows() == target_.rows(), name, "candidates.rows()", candidates_.rows(),
                      "equal the dimension of the target");
    argument::require_finite(target_, name, "target");
    argument::require_finite(candidates_, name, "candidates");
    weights_ = detail::shares_of(w, target_.cols(), "herded_points");
    const gaussian_kernel k(options.length_scale);
    height_ = Eigen::VectorXd::Zero(candidates_.cols());
    detail::gram_block_matrix values;
    constexpr Index tile = detail::gram_tile;
    for (Index j = 0; j < target_.cols(); j += tile)
      for (Index i = 0; i < candidates_.cols(); i += tile) {
        const Index rows = (std::min)(tile, candidates_.cols() - i), columns = (std::min)(tile, target_.cols() - j);
        values.resize(rows, columns);
        gram_block(k, candidates_.middleCols(i, rows), target_.middleCols(j, columns), values);
        height_.segment(i, rows) += values * weights_.segment(j, columns);
      }
  }

  [[nodiscard]] Index dimension() const noexcept { return target_.rows(); }
  [[nodiscard]] const samples<T, D>& target() const noexcept { return target_; }
  [[nodiscard]] const samples<T, D>& candidates() const noexcept { return candidates_; }
  [[nodiscard]] const simulacra::weights<double>& weights() const noexcept { return weights_; }  ///< of sum 1

  /// The first n points, d x n. O(n N d), and O(refinements (m + n) d) more for each. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> points(Index n) const {
    argument::require(n >= 0, "herded_points::points", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "herded_points::points", "n");
    const gaussian_kernel k(options_.length_scale);
    samples<T, D> x(dimension(), n);
    Eigen::VectorXd pull = Eigen::VectorXd::Zero(candidates_.cols()), here(candidates_.cols());
    for (Index t = 0; t < n; ++t) {
      Index best = 0;
      (height_ - pull / static_cast<double>(t + 1)).maxCoeff(&best);
      x.col(t) = candidates_.col(best);
      if (options_.refinements > 0)
        x.col(t) = uphill(x.leftCols(t), point<double, D>(x.col(t).template cast<double>())).template cast<T>();
      gram_block(k, candidates_, x.col(t), here);
      pull += here;
    }
    return x;
  }

  /// The same; the stream is not touched.
  [[nodiscard]] samples<T, D> sample(Index n, stream&) const { return points(n); }

  /// \f$ \sum_i w_i y_i \f$
  [[nodiscard]] point<T, D> mean() const { return (target_.template cast<double>() * weights_).template cast<T>(); }
  [[nodiscard]] square<T, D> covariance() const {
    return detail::weighted_covariance(target_.template cast<double>(), weights_, 0).template cast<T>();
  }

  /// \f$ \sum_i w_i e^{i \omega^T y_i} \f$. @throw std::invalid_argument if omega has another dimension
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const {
    argument::require(omega.size() == dimension(), "herded_points::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    std::complex<double> sum = 0;
    for (Index i = 0; i < target_.cols(); ++i) sum += weights_[i] * turn(omega, target_.col(i));
    return sum;
  }

  friend bool operator==(const herded_points& a, const herded_points& b) {
    return a.target_.rows() == b.target_.rows() && a.target_.cols() == b.target_.cols() &&
           a.candidates_.cols() == b.candidates_.cols() && a.options_.length_scale == b.options_.length_scale &&
           a.options_.refinements == b.options_.refinements && a.target_ == b.target_ && a.weights_ == b.weights_ &&
           a.candidates_ == b.candidates_;
  }

 private:
  /// h at x, given the points so far, and its gradient.
  template <class Points>
  double value(const Points& before, const point<double, D>& x, point<double, D>& slope) const {
    const double rate = 1 / options_.length_scale / options_.length_scale,
                 share = 1 / static_cast<double>(before.cols() + 1);
    double h = 0;
    slope.setZero(x.size());
    const auto add = [&](double weight, const point<double, D>& y) {
      const point<double, D> apart = y - x;
      const double k = weight * std::exp(-0.5 * rate * apart.squaredNorm());
      h += k;
      slope += rate * k * apart;
    };
    for (Index i = 0; i < target_.cols(); ++i) add(weights_[i], target_.col(i).template cast<double>());
    for (Index s = 0; s < before.cols(); ++s) add(-share, before.col(s).template cast<double>());
    return h;
  }

  /// Gradient ascent with steps that double after success and are quartered after failure: h never falls.
  template <class Points>
  point<double, D> uphill(const Points& before, point<double, D> x) const {
    point<double, D> slope(x.size()), ahead(x.size());
    double h = value(before, x, slope), step = options_.length_scale * options_.length_scale;
    for (Index i = 0; i < options_.refinements; ++i) {
      const point<double, D> to = x + step * slope;
      const double there = value(before, to, ahead);
      if (there > h) {
        x = to;
        h = there;
        slope = ahead;
        step *= 2;
      } else {
        step /= 4;
      }
    }
    return x;
  }

  samples<T, D> target_;
  simulacra::weights<double> weights_;
  samples<T, D> candidates_;
  herding_options options_;
  Eigen::VectorXd height_;  ///< of the candidates: the target's kernel mean there
};

/// "Fits" the empirical law of the data, to be sampled by herding with the data as candidates. Its models are deterministic:
/// in a chain of refits the only randomness is that of the first data, and what is left of the statistical error is what n
/// points cannot follow.
template <class T = double, int D = dynamic>
class herding_estimator {
 public:
  using model_type = herded_points<T, D>;

  /// @throw std::invalid_argument if an option is out of range
  explicit herding_estimator(const herding_options& options) : options_(options) {
    static_cast<void>(gaussian_kernel(options.length_scale));
    argument::require(options.refinements >= 0, "herding_estimator", "refinements", options.refinements, "not be negative");
  }

  /// @param x  d x n, n >= 1, finite   @throw std::invalid_argument otherwise
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream& rng) const { return fit(x, weights<double>{}, rng); }
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream&) const {
    fitted<model_type> made{model_type(x, w, x, options_), {}};
    if ((x.colwise() - x.col(0)).cwiseAbs().maxCoeff() == 0) {
      made.result.what = status::degenerate;
      made.result.reason = "all observations are one point";
    }
    return made;
  }

  /// The procedure is exact.
  [[nodiscard]] herding_estimator ideal() const { return *this; }

 private:
  herding_options options_;
};

/// A law that is sampled by herding: of n observations asked for, `excess` n are drawn, and n chosen among them that follow
/// the kernel mean of all. The draws are random, the choice is not. O((excess n)^2 d) kernels for n observations.
template <class Law>
struct herded_law {
  Law law;
  herding_options options;
  Index excess;

  [[nodiscard]] Index dimension() const { return law.dimension(); }
  [[nodiscard]] auto sample(Index n, stream& rng) const {
    auto drawn = law.sample(excess * n, rng);
    if (n == 0) return drawn;
    return herded_points(drawn, weights<double>{}, drawn, options).points(n);
  }
};

/// Decodes a model by herding: `herded({.length_scale = 1}, 8)`. What a chain of refits then sees is less noise than
/// independent draws make.
struct herded {
  herding_options options;
  Index excess;

  /// @throw std::invalid_argument unless excess >= 1 and the options are in range
  explicit herded(const herding_options& how, Index draws_for_one = 8) : options(how), excess(draws_for_one) {
    static_cast<void>(gaussian_kernel(how.length_scale));
    argument::require(draws_for_one >= 1, "herded", "draws_for_one", draws_for_one, "be at least 1");
  }

  template <model M>
  herded_law<M> operator()(const M& m) const {
    return {m, options, excess};
  }
};

}  // namespace simulacra
