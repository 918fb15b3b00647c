#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/characteristic_function.hpp>  // how laws that know theirs embed here
#include <simulacra/hilbert/detail/fourier_tile.hpp>
#include <simulacra/hilbert/detail/random_rotation.hpp>
#include <simulacra/hilbert/detail/sincos.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// How the frequencies of random features hang together: in blocks of d that are orthogonal to each other, which spread more
/// evenly, or not at all.
enum class frequency_kind { orthogonal, independent };

/// Random Fourier features with paired cosines and sines,
/// \f[ \phi(x) = m^{-1/2} (\cos w_1^T x, \dots, \cos w_m^T x, \sin w_1^T x, \dots, \sin w_m^T x), \qquad m = \text{features} / 2, \f]
/// so that \f$ \langle\phi(x), \phi(y)\rangle = \frac1m \sum_i \cos w_i^T (x-y) \f$, whose mean over frequencies drawn from the
/// kernel's spectral law is k(x, y), and whose variance for independent ones is \f$ (1 + k(2\delta) - 2 k(\delta)^2) / (2m) \f$
/// with \f$ \delta = x - y \f$. |phi(x)| is 1 everywhere. The embedding of a law is its characteristic function, in real and
/// imaginary parts, at the frequencies.
///
/// Everything is computed in tiles of 32 frequencies on the stack: nothing here allocates once the map is made.
/// Source: Rahimi and Recht (2007); orthogonal ones: Yu, Suresh, Choromanski, Holtmann-Rice and Kumar (2016).
class random_fourier_features {
 public:
  static constexpr int tile = detail::sincos_width;
  using pack = detail::sincos_pack;  ///< one number for each frequency of a tile

  /// @param dimension  d >= 1, of the points   @param features  D = 2 m, even, at least 2
  /// @throw std::invalid_argument otherwise, or if memory cannot hold the frequencies.
  /// Draws, for each frequency (each block of d if orthogonal: d x d first), d normals, then the length and the kernel's scale.
  template <spectral_kernel K>
  random_fourier_features(const K& kernel, Index dimension, Index features, stream& rng,
                          frequency_kind kind = frequency_kind::orthogonal)
      : frequencies_(samples<>::Zero(padded(checked(dimension, features, kind)), dimension)),
        pairs_(features / 2),
        kind_(kind) {
    argument::require(kind == frequency_kind::orthogonal || kind == frequency_kind::independent, "random_fourier_features",
                      "kind", static_cast<int>(kind), "be frequency_kind::orthogonal or ::independent");
    if (kind == frequency_kind::independent) {
      point<> g(dimension);
      for (Index i = 0; i < pairs_; ++i) {
        fill_normal(std::span(g.data(), static_cast<std::size_t>(dimension)), rng);
        frequencies_.row(i) = kernel.frequency_scale(rng) * g.transpose();
      }
      largest_ = frequencies_.cwiseAbs().maxCoeff();
      return;
    }
    for (Index first = 0; first < pairs_; first += dimension) {
      const square<> q = detail::random_rotation(dimension, rng);
      for (Index i = 0; i < (std::min)(dimension, pairs_ - first); ++i) {
        const double length = std::sqrt(chi_square(static_cast<double>(dimension), rng));
        frequencies_.row(first + i) = kernel.frequency_scale(rng) * length * q.col(i).transpose();
      }
    }
    largest_ = frequencies_.cwiseAbs().maxCoeff();
  }

  [[nodiscard]] Index dimension() const noexcept { return frequencies_.cols(); }
  [[nodiscard]] Index features() const noexcept { return 2 * pairs_; }  ///< D = 2 m
  [[nodiscard]] frequency_kind kind() const noexcept { return kind_; }

  /// The frequencies, a row each: m x d.
  [[nodiscard]] Eigen::Block<const samples<>> frequencies() const {
    return Eigen::Block<const samples<>>(frequencies_, 0, 0, pairs_, dimension());
  }

  /// phi(x), written to `out`. @throw std::invalid_argument if a size is wrong or x is not finite
  template <class X>
  void features_into(const Eigen::MatrixBase<X>& x, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(x, nullptr, out);
  }

  /// The (weighted) mean of phi over observations, written to `out`: the embedding of a data set. O(n D (d + 20)).
  /// @param x    d x n, finite, n >= 1   @param w  a weight >= 0 for each, or null or empty: all of weight 1
  /// @param out  D numbers
  /// @throw std::invalid_argument if one of these does not hold
  template <class X>
  void mean_into(const Eigen::MatrixBase<X>& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    argument::require(x.rows() == dimension(), "random_fourier_features::mean_into", "x.rows()", x.rows(),
                      "equal the dimension of the map");
    argument::require(x.cols() >= 1, "random_fourier_features::mean_into", "x.cols()", x.cols(), "be at least 1");
    if constexpr (!std::numeric_limits<typename X::Scalar>::is_integer)
      argument::require_finite(x, "random_fourier_features::mean_into", "x");
    const detail::relative_weights<> relative(w, x.cols(), "random_fourier_features::mean_into");
    w = relative.get();
    const double weight = relative.total();
    const bool near = x.derived().template cast<double>().cwiseAbs().colwise().sum().maxCoeff() * largest_ <= 64;
    const bool weighted = w != nullptr && w->size() > 0;
    const double scale = 1 / (weight * std::sqrt(static_cast<double>(pairs_)));
    constexpr Index block = 256;  // sums of so many, which are then added: rounding grows with the square root of both
    for (Index first = 0; first < pairs_; first += tile) {
      pack cosines = pack::Zero(), sines = pack::Zero();
      for (Index begin = 0; begin < x.cols(); begin += block) {
        const Index end = (std::min)(begin + block, x.cols());
        pack some_cosines = pack::Zero(), some_sines = pack::Zero(), s, c;
        if (near) {
          tile_at(first).add_near(x.derived(), weighted ? w->data() : nullptr, begin, end, some_sines.data(),
                                  some_cosines.data());
        } else {
          for (Index i = begin; i < end; ++i) {
            turns(
                first, [&](Index k) { return static_cast<double>(x.derived().coeff(k, i)); }, s, c);
            if (weighted) {
              some_cosines += (*w)[i] * c;
              some_sines += (*w)[i] * s;
            } else {
              some_cosines += c;
              some_sines += s;
            }
          }
        }
        cosines += some_cosines;
        sines += some_sines;
      }
      store(first, cosines * scale, sines * scale, out);
    }
  }

  /// The mean of |phi|^2 over observations, which is 1 whatever they are.
  template <class X>
  [[nodiscard]] double mean_squared_norm(const Eigen::MatrixBase<X>&, const weights<double>* = nullptr) const noexcept {
    return 1;
  }

  /// The embedding of a law whose characteristic function is \f$ \exp(\text{exponent} + i\, \text{phase}) \f$, a tile of
  /// frequencies at a time, without allocation.
  /// @param polar  called as `polar(first, phase, exponent)`: fills two `pack`s for the frequencies first, first + 1, ..., of
  ///               which `column(first, k)` is coordinate k. (Frequencies past the last are 0.)
  template <class Polar>
  void embed_polar(Polar&& polar, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    const double scale = 1 / std::sqrt(static_cast<double>(pairs_));
    for (Index first = 0; first < pairs_; first += tile) {
      pack phase, exponent, s, c;
      polar(first, phase, exponent);
      detail::sincos(phase, s, c);
      exponent = scale * exponent.exp();
      store(first, exponent * c, exponent * s, out);
    }
  }

  /// The same of a law that lies about a place, whose characteristic function is \f$ \exp(\text{exponent} + i\, w^T x) \f$; right wherever
  /// the place is.
  /// @param x  d numbers, finite   @param fill  called as `fill(first, exponent)`
  template <class X, class Fill>
  void embed_at(const Eigen::MatrixBase<X>& x, Fill&& fill, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    argument::require(x.size() == dimension(), "random_fourier_features::embed_at", "x.size()", x.size(),
                      "equal the dimension of the map");
    argument::require_finite(x, "random_fourier_features::embed_at", "x");
    const double scale = 1 / std::sqrt(static_cast<double>(pairs_));
    for (Index first = 0; first < pairs_; first += tile) {
      pack exponent, s, c;
      fill(first, exponent);
      turns(
          first, [&](Index k) { return static_cast<double>(x.derived().coeff(k)); }, s, c);
      exponent = scale * exponent.exp();
      store(first, exponent * c, exponent * s, out);
    }
  }

  /// The embedding of a law given its characteristic function at one frequency.
  /// @param value  called as `value(i)` with the number of a frequency; returns a complex number
  template <class Value>
  void embed_characteristic(Value&& value, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    const double scale = 1 / std::sqrt(static_cast<double>(pairs_));
    for (Index i = 0; i < pairs_; ++i) {
      const std::complex<double> there = value(i);
      out[i] = scale * there.real();
      out[pairs_ + i] = scale * there.imag();
    }
  }

  /// Coordinate k of the frequencies of a tile.
  [[nodiscard]] Eigen::Map<const pack> column(Index first, Index k) const {
    return Eigen::Map<const pack>(frequencies_.data() + k * frequencies_.rows() + first);
  }

  /// The estimated relative variance, over the draw of the frequencies, of |v|^2 as an estimate of the squared norm (MMD^2, if
  /// v is the difference of two embeddings): it shrinks like 1/D, and its root is the share by which random features misstate.
  ///
  /// |v|^2 is the mean over m frequencies of \f$ t_i = m (v_i^2 + v_{m+i}^2) \f$, so its variance is estimated by the spread of
  /// the t; orthogonal frequencies hang together in blocks of d, so there by the spread of the means of whole blocks (if there
  /// are at least two). NaN where there is one frequency; 0 where v is 0. @throw std::invalid_argument if v has not D numbers
  [[nodiscard]] double relative_variance(const Eigen::Ref<const Eigen::VectorXd>& v) const {
    argument::require(v.size() == features(), "random_fourier_features::relative_variance", "v.size()", v.size(),
                      "equal the number of features");
    const double squared = v.squaredNorm();
    if (squared == 0) return 0;
    const Index d = dimension(), size = kind_ == frequency_kind::orthogonal && pairs_ >= 2 * d ? d : 1;
    const Index blocks = pairs_ / size, used = blocks * size;
    if (blocks < 2) return std::numeric_limits<double>::quiet_NaN();
    const auto block_mean = [&](Index b) {
      return (v.segment(b * size, size).squaredNorm() + v.segment(pairs_ + b * size, size).squaredNorm()) /
             static_cast<double>(size);
    };
    double mean = 0, spread = 0;
    for (Index b = 0; b < blocks; ++b) mean += block_mean(b) / static_cast<double>(blocks);
    for (Index b = 0; b < blocks; ++b) spread += (block_mean(b) - mean) * (block_mean(b) - mean);
    const double variance = spread / static_cast<double>(blocks - 1) / static_cast<double>(blocks);
    const double m = static_cast<double>(pairs_);
    return m * m * variance / squared / squared * static_cast<double>(used) / m;
  }

 private:
  static Index checked(Index dimension, Index features, frequency_kind kind) {
    argument::require(dimension >= 1, "random_fourier_features", "dimension", dimension, "be at least 1");
    argument::require(features >= 2 && features % 2 == 0, "random_fourier_features", "features", features,
                      "be even (cosines and sines come in pairs) and at least 2");
    argument::require_room(features, dimension, sizeof(double), "random_fourier_features", "features");
    if (kind == frequency_kind::orthogonal)  // a rotation at a time
      argument::require_room(dimension, dimension, sizeof(double), "random_fourier_features", "dimension");
    return features / 2;
  }

  static Index padded(Index pairs) { return (pairs + tile - 1) / tile * tile; }

  [[nodiscard]] detail::fourier_tile tile_at(Index first) const noexcept {
    return {frequencies_.data() + first, frequencies_.rows(), dimension()};
  }

  void require_out(const Eigen::Ref<Eigen::VectorXd>& out) const {
    argument::require(out.size() == features(), "random_fourier_features", "out.size()", out.size(), "be features()");
  }

  /// Cosines and sines of w^T x for the frequencies of a tile. From 64 on a phase is carried with what rounding takes from it; where the
  /// sines need care, too, `turn` is asked.
  template <class Place>
  void turns(Index first, Place&& x, pack& s, pack& c) const {
    double size = 0, largest = 0;
    for (Index k = 0; k < dimension(); ++k) {
      size += std::abs(x(k)) * largest_;
      largest = (std::max)(largest, std::abs(x(k)));
    }
    if (size <= 64 || (size <= detail::sincos_range && largest < 1e30 && largest_ < 1e30)) {
      tile_at(first).write(size <= 64, x, s.data(), c.data());
    } else {
      s.setZero();
      c.setOnes();
      struct {
        const std::remove_reference_t<Place>& of;
        double operator[](Index k) const { return of(k); }
      } const place{x};
      for (Index i = 0; i < (std::min)(Index{tile}, pairs_ - first); ++i) {
        const std::complex<double> turned = turn(frequencies_.row(first + i), place);
        s[i] = turned.imag();
        c[i] = turned.real();
      }
    }
  }

  /// Writes a tile of cosines and sines; the last tile may reach past the end.
  template <class Cosines, class Sines>
  void store(Index first, const Cosines& cosines, const Sines& sines, Eigen::Ref<Eigen::VectorXd>& out) const {
    const pack c = cosines, s = sines;
    const Index size = std::min<Index>(tile, pairs_ - first);
    out.segment(first, size) = c.head(size).matrix();
    out.segment(pairs_ + first, size) = s.head(size).matrix();
  }

  samples<> frequencies_;  ///< m rows, and rows of zeros up to a whole tile
  Index pairs_;
  frequency_kind kind_;
  double largest_ = 0;  ///< of the frequencies' coordinates, in size
};

}  // namespace simulacra
