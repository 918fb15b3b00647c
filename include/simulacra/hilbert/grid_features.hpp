#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/detail/point_of_law.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

namespace simulacra {

/// Equal cells on [lower, upper).
struct grid_axis {
  double lower = 0;
  double upper = 1;
  Index cells = 1;

  [[nodiscard]] double width() const noexcept { return (upper - lower) / static_cast<double>(cells); }
  /// Where cell i begins; edge(cells) is `upper`.
  [[nodiscard]] double edge(Index i) const noexcept { return i == cells ? upper : lower + static_cast<double>(i) * width(); }
};

/// A grid in one or two dimensions: the feature of cell j is \f$ 1\{x \in \text{cell } j\} / \sqrt{\text{volume}} \f$, and the
/// embedding of a law its probabilities of the cells over that root. Inner products are those of L2 between densities that are
/// averaged over cells. What falls outside the box is not seen: `mass_outside` says how much that is.
///
/// Cell (i, j) in two dimensions has number i + cells_x j.
class grid_features {
 public:
  /// @throw std::invalid_argument unless lower < upper, both finite, and cells >= 1, on each axis
  explicit grid_features(const grid_axis& x) : grid_features(1, {x, grid_axis{}}) {}
  grid_features(const grid_axis& x, const grid_axis& y) : grid_features(2, {x, y}) {}

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  [[nodiscard]] Index features() const noexcept { return axes_[0].cells * axes_[1].cells; }  ///< cells
  [[nodiscard]] const grid_axis& axis(Index k) const { return axes_[k == 0 ? 0 : 1]; }

  /// Length or area of a cell.
  [[nodiscard]] double cell_volume() const noexcept {
    return dimension_ == 1 ? axes_[0].width() : axes_[0].width() * axes_[1].width();
  }

  /// The number of the cell that a point is in, or -1 outside the box.
  template <class X>
  [[nodiscard]] Index cell_of(const X& x) const {
    Index cell = 0, stride = 1;
    for (Index k = 0; k < dimension_; ++k) {
      const grid_axis& along = axis(k);
      const double value = static_cast<double>(x[k]);
      if (!(value >= along.lower && value < along.upper)) return -1;
      const auto i = static_cast<Index>((value - along.lower) / along.width());
      cell += stride * (std::min)(i, along.cells - 1);
      stride *= along.cells;
    }
    return cell;
  }

  template <class X>
  void features_into(const Eigen::MatrixBase<X>& x, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(x, nullptr, out);
  }

  /// The (weighted) shares of observations in each cell, over the root of its volume. O(n + cells).
  /// @param x  d x n, finite, n >= 1   @param w  a weight >= 0 for each, or null or empty: all of weight 1
  /// @throw std::invalid_argument if one of these does not hold, or `out` has another size than features()
  template <class X>
  void mean_into(const Eigen::MatrixBase<X>& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "grid_features::mean_into");
    w = relative.get();
    const double weight = relative.total();
    out.setZero();
    for (Index i = 0; i < x.cols(); ++i)
      if (const Index cell = cell_of(x.col(i)); cell >= 0) out[cell] += w != nullptr && w->size() > 0 ? (*w)[i] : 1;
    out /= weight * std::sqrt(cell_volume());
  }

  /// The mean of |phi|^2 over observations: the share inside the box over the volume of a cell.
  template <class X>
  [[nodiscard]] double mean_squared_norm(const Eigen::MatrixBase<X>& x, const weights<double>* w = nullptr) const {
    require_data(x);
    const detail::relative_weights<> relative(w, x.cols(), "grid_features::mean_squared_norm");
    w = relative.get();
    const double weight = relative.total();
    double inside = 0;
    for (Index i = 0; i < x.cols(); ++i)
      if (cell_of(x.col(i)) >= 0) inside += w != nullptr && w->size() > 0 ? (*w)[i] : 1;
    return inside / weight / cell_volume();
  }

  /// The mass that an embedding of a law or of data has outside the box: 1 minus that of the cells.
  [[nodiscard]] double mass_outside(const Eigen::Ref<const Eigen::VectorXd>& embedding) const {
    argument::require(embedding.size() == features(), "grid_features::mass_outside", "embedding.size()", embedding.size(),
                      "equal the number of cells");
    return 1 - embedding.sum() * std::sqrt(cell_volume());
  }

  /// The embedding of a law given its probability of every cell: `probability(i)`, in the order of the cells.
  template <class Probability>
  void embed_probabilities(Probability&& probability, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    const double scale = 1 / std::sqrt(cell_volume());
    for (Index i = 0; i < out.size(); ++i) out[i] = scale * probability(i);
  }

 private:
  grid_features(Index dimension, const std::array<grid_axis, 2>& axes) : dimension_(dimension), axes_(axes) {
    constexpr double largest = (std::numeric_limits<double>::max)();
    for (const grid_axis& a : axes_) {
      argument::require(std::abs(a.lower) <= largest, "grid_features", "lower", a.lower, "be finite");
      argument::require(a.upper > a.lower && a.upper <= largest, "grid_features", "upper", a.upper, "be finite and > lower");
      argument::require(a.cells >= 1, "grid_features", "cells", a.cells, "be at least 1");
    }
    argument::require_room(axes_[0].cells, axes_[1].cells, sizeof(double), "grid_features", "cells");
  }

  void require_out(const Eigen::Ref<Eigen::VectorXd>& out) const {
    argument::require(out.size() == features(), "grid_features", "out.size()", out.size(), "equal the number of cells");
  }

  template <class X>
  void require_data(const Eigen::MatrixBase<X>& x) const {
    argument::require(x.rows() == dimension_, "grid_features", "x.rows()", x.rows(), "equal the dimension of the grid");
    argument::require(x.cols() >= 1, "grid_features", "x.cols()", x.cols(), "be at least 1");
    if constexpr (!std::numeric_limits<typename X::Scalar>::is_integer) argument::require_finite(x, "grid_features", "x");
  }

  Index dimension_;
  std::array<grid_axis, 2> axes_;
};

/// A law of real numbers with a `log_density(x)` on points embeds in a grid by Gauss-Legendre quadrature, 8 points a cell and
/// axis: exact where the log density is smooth on the scale of a cell, and no better than that where it is not.
template <detail::has_log_density Law, std::same_as<grid_features> Map>
void embed_into(const Law& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(law.dimension() == map.dimension(), "embed_into", "law.dimension()", static_cast<Index>(law.dimension()),
                    "equal the dimension of the grid");
  using column = detail::point_of_law<Law>;
  using scalar = typename column::Scalar;
  using rule = gauss_legendre<8>;
  const grid_axis &x = map.axis(0), &y = map.axis(1);
  column at(map.dimension());
  const auto along_x = [&](Index i) {
    return rule::integrate(x.edge(i), x.edge(i + 1), [&](double value) {
      at[0] = static_cast<scalar>(value);
      return std::exp(static_cast<double>(law.log_density(at)));
    });
  };
  map.embed_probabilities(
      [&](Index cell) {
        const Index i = cell % x.cells, j = cell / x.cells;
        if (map.dimension() == 1) return along_x(i);
        return rule::integrate(y.edge(j), y.edge(j + 1), [&](double value) {
          at[map.dimension() - 1] = static_cast<scalar>(value);
          return along_x(i);
        });
      },
      out);
}

}  // namespace simulacra
