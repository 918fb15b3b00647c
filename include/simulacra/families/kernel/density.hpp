#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/detail/pair_sums.hpp>
#include <simulacra/families/kernel/detail/pull.hpp>
#include <simulacra/families/kernel/detail/single_sum.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/random/weights.hpp>

namespace simulacra {

/// A kernel density estimate as a law: points smoothed by a kernel,
/// \f[ p(x) = \sum_i w_i\,K(F^{-1}(x - x_i)) / \det F, \f]
/// with weights that add to 1 and a bandwidth F that is one number, one for each coordinate, or a triangle. As a law it is a
/// mixture of n copies of the kernel: a draw is a point, picked by weight, plus F times a draw from the kernel.
///
/// A bandwidth without spread in some direction (of data without any) is allowed: such a law is sampled like any other, and its
/// density is 0 or infinite.
template <class T = double, int D = dynamic, smoothing::kernel Kernel = smoothing::gaussian>
class kernel_density {
 public:
  using scalar_type = T;
  using kernel_type = Kernel;
  static constexpr int dimension_at_compile_time = D;

  /// @param points     d x n, n >= 1, finite   @param bandwidth  of as many dimensions
  /// @throw std::invalid_argument if one of these does not hold
  kernel_density(samples<T, D> points, bandwidth_matrix<D> bandwidth)
      : kernel_density(std::move(points), weights<double>(), std::move(bandwidth)) {}

  /// @param w  one weight for each point, none negative, not all 0; they need not add to 1. Empty: all are equal
  /// @throw std::invalid_argument also if this does not hold
  kernel_density(samples<T, D> points, weights<double> w, bandwidth_matrix<D> bandwidth)
      : points_(std::move(points)), w_(std::move(w)), bandwidth_(std::move(bandwidth)) {
    argument::require(points_.rows() >= 1, "kernel_density", "points.rows()", points_.rows(), "be at least 1");
    argument::require(points_.cols() >= 1, "kernel_density", "points.cols()", points_.cols(), "be at least 1");
    argument::require_finite(points_, "kernel_density", "points");
    argument::require(bandwidth_.dimension() == points_.rows(), "kernel_density", "bandwidth.dimension()",
                      bandwidth_.dimension(), "equal the dimension of the points");
    if (w_.size() > 0) {
      argument::require(w_.size() == points_.cols(), "kernel_density", "w.size()", w_.size(), "be the number of points");
      w_ /= detail::require_weights(std::span(w_.data(), static_cast<std::size_t>(w_.size())), "kernel_density", "w");
      pick_.emplace(std::span<const double>(w_.data(), static_cast<std::size_t>(w_.size())));
    }
    log_scale_ = -Kernel::log_normaliser(dimension()) - bandwidth_.log_determinant();
  }

  /// The same bandwidth h in every coordinate. @throw std::invalid_argument unless h > 0 and finite, or as above
  kernel_density(samples<T, D> points, double h) : kernel_density(std::move(points), weights<double>(), h) {}
  kernel_density(samples<T, D> points, weights<double> w, double h)
      : kernel_density(std::move(points), std::move(w), bandwidth_matrix<D>::scalar(h, points.rows())) {}

  [[nodiscard]] Index dimension() const noexcept { return points_.rows(); }
  [[nodiscard]] Index size() const noexcept { return points_.cols(); }  ///< n, the number of points
  [[nodiscard]] const samples<T, D>& points() const noexcept { return points_; }
  [[nodiscard]] const bandwidth_matrix<D>& bandwidth() const noexcept { return bandwidth_; }

  /// The weights, which add to 1; empty: all are 1 / n.
  [[nodiscard]] const simulacra::weights<double>& weights_of_points() const noexcept { return w_; }
  [[nodiscard]] double weight(Index i) const noexcept { return w_.size() > 0 ? w_[i] : 1 / static_cast<double>(size()); }

  /// The mean of the points.
  [[nodiscard]] point<T, D> mean() const { return detail::mean_of_points<T, D>(points_, w_).template cast<T>(); }

  /// The covariance of the points (their weighted scatter over the sum of the weights) plus that of the kernel. What
  /// is too large for a T is infinite, with its sign. O(n d^2).
  [[nodiscard]] square<T, D> covariance() const {
    return detail::covariance_of_smoothed<T, D>(points_, w_, bandwidth_.lower(), Kernel::coordinate_variance(dimension()))
        .template cast<T>();
  }

  /// n observations, d x n. O(d) each, O(d^2) if the bandwidth is full. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "kernel_density::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "kernel_density::sample", "n");
    samples<T, D> x(dimension(), n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a d x n block of columns with observations: the same ones as `sample(n, rng)`, without a copy. For each block of
  /// some hundreds, the words that pick points are taken first, then the kernel's.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    const Index d = dimension(), n = x.cols(), block = std::max<Index>(1, 1024 / d);
    std::vector<double> z(static_cast<std::size_t>(d * (std::min)(block, n)));
    std::vector<Index> from(static_cast<std::size_t>((std::min)(block, n)));
    for (Index first = 0; first < n; first += block) {
      const Index count = (std::min)(block, n - first);
      for (Index i = 0; i < count; ++i)
        from[static_cast<std::size_t>(i)] =
            pick_ ? (*pick_)(rng) : static_cast<Index>(detail::uniform_below(static_cast<std::uint64_t>(size()), rng));
      Kernel::fill(std::span(z).first(static_cast<std::size_t>(d * count)), d, rng);
      for (Index i = 0; i < count; ++i) {
        double* const noise = z.data() + i * d;
        bandwidth_.apply(noise);
        const T* const at = points_.data() + from[static_cast<std::size_t>(i)] * d;
        for (Index k = 0; k < d; ++k) x(k, first + i) = static_cast<T>(static_cast<double>(at[k]) + noise[k]);
      }
    }
  }

  /// Log density at x in nats, by log-sum-exp; minus infinity where the density is 0. Under a bandwidth without spread in some
  /// direction it is plus infinity where x is, to rounding, a point plus what is left of directions, as draws are. For many places
  /// `log_density_into` is faster. O(n d), O(n d^2) if the bandwidth is full.
  /// @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "kernel_density::log_density", "x.size()", x.size(), "equal the dimension");
    const double sum = detail::log_sum_at<Kernel, T, D>(x, points_, w_, bandwidth_);
    if (sum == -infinity) {
      argument::require(!x.hasNaN(), "kernel_density::log_density", "x", std::numeric_limits<double>::quiet_NaN(),
                        "be a number");
      return sum;
    }
    return sum + log_scale_ - (w_.size() > 0 ? 0 : std::log(static_cast<double>(size())));
  }

  /// Log densities at many places: the values of `log_density` to rounding, in tiles. About 1 ns for each pair of a point and a
  /// place in one dimension where the machine has wide vectors. Memory: another copy of points and places.
  /// @param x  d x m, finite   @param out  m numbers
  /// @throw std::invalid_argument if one of these does not hold
  void log_density_into(const samples<T, D>& x, Eigen::Ref<Eigen::VectorXd> out) const {
    argument::require(x.rows() == dimension(), "kernel_density::log_density_into", "x.rows()", x.rows(),
                      "equal the dimension");
    argument::require(out.size() == x.cols(), "kernel_density::log_density_into", "out.size()", out.size(),
                      "be the number of places");
    argument::require_finite(x, "kernel_density::log_density_into", "x");
    if (bandwidth_.singular()) {
      for (Index i = 0; i < x.cols(); ++i) out[i] = log_density(x.col(i));
      return;
    }
    const detail::bandwidth_frame<D> frame(bandwidth_, points_);
    detail::weighted_points sources;
    place(frame, sources);
    detail::coordinates_apart queries;
    frame.place(x, queries);
    detail::log_pair_sums<Kernel, D>(queries, sources, frame.coefficients(), frame.equal(),
                                     std::span(out.data(), static_cast<std::size_t>(out.size())));
    out.array() += log_scale_ - std::log(sources.total_weight);
  }

  /// The characteristic function \f$ E e^{i \omega^T x} = e^{-|F^T \omega|^2/2} \sum_i w_i e^{i \omega^T x_i} \f$. O(n d).
  /// @throw std::invalid_argument if omega has another dimension
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const
    requires std::same_as<Kernel, smoothing::gaussian>
  {
    argument::require(omega.size() == dimension(), "kernel_density::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    std::complex<double> sum = 0;
    for (Index i = 0; i < size(); ++i) sum += weight(i) * turn(omega, points_.col(i));
    const point<double, D> along = bandwidth_.lower().transpose() * omega;
    return std::exp(-0.5 * along.squaredNorm()) * sum;
  }

  /// The law of mean + sqrt(lambda) (x - mean): its covariance is multiplied by lambda, and its shape stays. (There is no
  /// `tempered`: a root of a sum of kernels is no sum of kernels.) @throw std::invalid_argument unless lambda >= 0 and finite
  /// @throw chain_end if that leaves the range: a lineage ends there
  [[nodiscard]] kernel_density inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "kernel_density::inflated", "lambda",
                      lambda, "be >= 0 and finite");
    const double c = std::sqrt(lambda);
    detail::end_if_grown(std::isfinite(c * bandwidth_.lower().cwiseAbs().maxCoeff()), "kernel_density::inflated");
    kernel_density moved = pulled(square<double, D>::Identity(dimension(), dimension()) * c);
    detail::end_if_grown(argument::all_finite(moved.points_), "kernel_density::inflated");
    return moved;
  }

  /// The shrunk law: pulled towards its mean by the lower-triangular A that gives it the covariance S of its points,
  /// \f[ x \mapsto \bar x + A (x - \bar x), \qquad A = L G^{-1},\ L L^T = S,\ G G^T = S + v F F^T, \f]
  /// v the kernel's coordinate variance. Where F is h times L, A is the number \f$ (1 + v h^2)^{-1/2} \f$. A chain of such fits
  /// does not gain variance by smoothing. O(n d^2).
  /// Source: Silverman and Young (1987), "The bootstrap: to smooth or not to smooth?", Biometrika 74, in one dimension.
  [[nodiscard]] kernel_density shrunk() const {
    return pulled(detail::shrinking_factor<D>(detail::triangle_of_points<T, D>(points_, w_), bandwidth_,
                                              Kernel::coordinate_variance(dimension())));
  }

  friend bool operator==(const kernel_density& a, const kernel_density& b) {
    return a.dimension() == b.dimension() && a.size() == b.size() && a.w_.size() == b.w_.size() &&
           a.bandwidth_ == b.bandwidth_ && a.points_ == b.points_ && a.w_ == b.w_;
  }

  /// The points in a frame, those without weight left out.
  void place(const detail::bandwidth_frame<D>& frame, detail::weighted_points& out) const {
    detail::place_points<T, D>(points_, w_, frame, out);
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  [[nodiscard]] kernel_density pulled(const square<double, D>& a) const {
    kernel_density moved = *this;
    const point<double, D> centre = detail::mean_of_points<T, D>(points_, w_);
    for (Index i = 0; i < size(); ++i) {
      const point<double, D> apart = points_.col(i).template cast<double>() - centre;
      moved.points_.col(i) = (centre + a * apart).template cast<T>();
    }
    moved.bandwidth_ = bandwidth_.pulled(a);
    moved.log_scale_ = -Kernel::log_normaliser(dimension()) - moved.bandwidth_.log_determinant();
    return moved;
  }

  samples<T, D> points_;
  weights<double> w_;  ///< empty: all are equal
  bandwidth_matrix<D> bandwidth_;
  std::optional<alias_table> pick_;  ///< if there are weights
  double log_scale_ = 0;             ///< minus log (c_d det F)
};

/// A kernel density with the Gaussian smoothing kernel embeds exactly in random Fourier features: the mean features of its points,
/// each times \f$ e^{-|F^T \omega|^2/2} \f$. O(n D d). @throw std::invalid_argument if the dimension is not that of the map
template <class T, int D, std::same_as<random_fourier_features> Map>
void embed_into(const kernel_density<T, D>& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", law.dimension(),
                    "equal the dimension of the map");
  map.mean_into(law.points(), &law.weights_of_points(), out);
  const square<double, D> f = law.bandwidth().lower();
  const Index pairs = map.features() / 2;
  for (Index i = 0; i < pairs; ++i) {
    const point<double, D> along = f.transpose() * map.frequencies().row(i).transpose();
    const double damped = std::exp(-0.5 * along.squaredNorm());
    out[i] *= damped;
    out[pairs + i] *= damped;
  }
}

}  // namespace simulacra
