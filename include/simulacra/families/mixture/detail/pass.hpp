#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/detail/kernels.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/numerics/aligned_doubles.hpp>

namespace simulacra::detail::em {

/// A component while it is being fitted, in the units of a `scaled_view`.
struct component {
  double weight = 0;
  Eigen::VectorXd mean;
  Eigen::MatrixXd lower;   ///< the factor of its covariance; of a diagonal one, a diagonal
  Eigen::VectorXd packed;  ///< the same for `solve`
  double constant = 0;     ///< log(weight) and the normalisation of its density

  explicit component(Index d = 0)
      : mean(Eigen::VectorXd::Zero(d)), lower(Eigen::MatrixXd::Zero(d, d)), packed(d * (d + 1) / 2) {}

  /// Makes `packed` and `constant` follow the rest.
  void prepare(bool diagonal) {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    if (diagonal)
      packed.head(mean.size()) = lower.diagonal().cwiseInverse();
    else
      pack_triangle(lower, packed.data());
    constant = std::log(weight) - 0.5 * log_two_pi * static_cast<double>(mean.size());
    for (Index i = 0; i < mean.size(); ++i) constant -= std::log(std::abs(lower(i, i)));
  }
};

/// What a pass sums up for a component: the weighted count, and first and second moments of z = L^-1 (y - mean).
struct component_sums {
  double weight = 0;
  Eigen::VectorXd first, squares;  ///< `squares`: of a diagonal covariance
  Eigen::MatrixXd products;        ///< of any other: the lower triangle

  explicit component_sums(Index d, bool diagonal)
      : first(d), squares(diagonal ? d : 0), products(diagonal ? 0 : d, diagonal ? 0 : d) {}

  void clear() {
    weight = 0;
    first.setZero();
    squares.setZero();
    products.setZero();
  }
};

/// One visit to all observations: E step and the sums of the M step together, block by block, so that nothing but the data
/// is longer than a block. Its memory is taken once; a pass allocates nothing. (A template, as is the M step and as are the kernels of both,
/// so that who fits no mixture compiles none of it.)
template <class = double>
class block_pass {
 public:
  block_pass(Index k, Index d, Index n, bool diagonal)
      : d_(d),
        diagonal_(diagonal),
        stride_(stride_for(k, d, n)),
        y_(size(d * stride_)),
        w_(size(stride_)),
        z_(size(k * d * stride_)),
        rows_(size(k * stride_)),
        weighted_(size(diagonal ? 0 : d * stride_)) {}

  /// Sums over all observations; returns the weighted sum of their log densities under the mixture of `parts`.
  template <class View>
  double run(const View& data, const std::vector<component>& parts, std::vector<component_sums>& sums) {
    const auto k = static_cast<Index>(parts.size());
    return sweep(data, parts, sums, [this, k](Index, bool ones) { return shared_out(k, ones); });
  }

  /// The same with responsibilities that are given: `share(i, j)` for observation i and component j.
  template <class View, class Share>
  void run_with(const View& data, const std::vector<component>& parts, std::vector<component_sums>& sums, Share&& share) {
    sweep(data, parts, sums, [&](Index first, bool) {
      for (Index t = 0; t < stride_; ++t)
        for (Index j = 0; j < static_cast<Index>(parts.size()); ++j)
          rows_[size(j * stride_ + t)] =
              w_[size(t)] > 0 ? w_[size(t)] * share((std::min)(first + t, data.count() - 1), j) : 0;
      return 0.0;
    });
  }

  /// Calls `see(first, size, rows, stride)` for each block with the responsibilities times weights, k rows of `stride`.
  template <class View, class See>
  double look(const View& data, const std::vector<component>& parts, See&& see) {
    double log_likelihood = 0;
    for (Index first = 0; first < data.count(); first += stride_) {
      const bool ones = data.load(first, y_.data(), w_.data(), stride_);
      solve_all(parts);
      log_likelihood += shared_out(static_cast<Index>(parts.size()), ones);
      see(first, (std::min)(stride_, data.count() - first), static_cast<const double*>(rows_.data()), stride_);
    }
    return log_likelihood;
  }

 private:
  static std::size_t size(Index n) { return static_cast<std::size_t>(n); }

  /// Long enough that sums across a packet are seldom taken, short enough for the second-level cache.
  static Index stride_for(Index k, Index d, Index n) {
    const Index least = d > 16 ? 128 : 256;
    const Index wanted = (std::clamp)(65536 / (k * d), least, Index{512});
    return ((std::min)(wanted, n) + tile - 1) / tile * tile;
  }

  void solve_all(const std::vector<component>& parts) {
    lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      double* z = z_.data();
      double* row = rows_.data();
      for (const component& c : parts) {
        if (diagonal_)
          solve_diagonal<L>(c.packed.data(), c.mean.data(), c.constant, y_.data(), z, row, d_, stride_);
        else
          solve<L>(c.packed.data(), c.mean.data(), c.constant, y_.data(), z, row, d_, stride_);
        z += d_ * stride_;
        row += stride_;
      }
    });
  }

  double shared_out(Index k, bool ones) {
    return lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      return share_out<L>(rows_.data(), k, w_.data(), ones, stride_);
    });
  }

  template <class View, class Share>
  double sweep(const View& data, const std::vector<component>& parts, std::vector<component_sums>& sums, Share&& share) {
    for (component_sums& s : sums) s.clear();
    double log_likelihood = 0;
    for (Index first = 0; first < data.count(); first += stride_) {
      const bool ones = data.load(first, y_.data(), w_.data(), stride_);
      solve_all(parts);
      log_likelihood += share(first, ones);
      lanes::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
        const double* z = z_.data();
        const double* row = rows_.data();
        for (std::size_t j = 0; j < parts.size(); ++j, z += d_ * stride_, row += stride_) {
          component_sums& s = sums[j];
          if (diagonal_) {
            add_sums<L, true>(row, z, nullptr, s.weight, s.first.data(), s.squares.data(), d_, stride_);
          } else {
            add_sums<L, false>(row, z, weighted_.data(), s.weight, s.first.data(), nullptr, d_, stride_);
            add_products<L>(weighted_.data(), z, d_, stride_, s.products);
          }
        }
      });
    }
    return log_likelihood;
  }

  Index d_;
  bool diagonal_;
  Index stride_;
  simulacra::packets::aligned_doubles y_, w_, z_, rows_, weighted_;
};

}  // namespace simulacra::detail::em
