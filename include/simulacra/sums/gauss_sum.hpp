#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/simd_level.hpp>
#include <simulacra/sums/detail/fast_sum.hpp>
#include <simulacra/sums/detail/pieces.hpp>
#include <simulacra/sums/evaluation.hpp>

namespace simulacra {

/// Sums of Gaussian kernels of one bandwidth at any number of points,
/// \f[ g(y) = \sum_i w_i \exp(-|x_i - y|^2 / 2), \f]
/// coordinates in units of the bandwidth. A value: it keeps the sources in the order that suits it.
///
/// The exact method takes every pair, and only rounds: (4 + d) |log(g / w)| / 2 + 4 units in the last place or less where
/// terms of weight w make up the sum, since coordinates are differences of doubles and their squares are exponents; and what
/// adding up costs.
/// The fast method, for one to three dimensions, keeps the relative error that is asked for *at every query*, far from all
/// sources too, whatever the data look like, and rounding apart; `detail/fast_sum.hpp` says how, `error_bound` how much.
template <class T = double, int D = dynamic>
class gauss_sum {
 public:
  /// @param x  sources, d x n, n >= 1, finite   @param w  a weight >= 0 for each, or empty: all of them 1
  /// @param e  how; a fast method needs 1e-13 <= relative_error < 1 and d <= 3
  /// @throw std::invalid_argument if n is 0, shapes do not fit, numbers are not finite, weights are negative or all 0, or
  ///        the relative error is not in [0, 1) or not one that the method can keep
  /// O(n), and O(n log n) where sources are far apart from each other.
  explicit gauss_sum(const samples<T, D>& x, const weights<double>& w = {}, evaluation e = {})
      : d_(x.rows()), exact_(x.rows()) {
    argument::require(x.rows() >= 1, name, "x.rows()", x.rows(), "be at least 1");
    argument::require(x.cols() >= 1, name, "x.cols()", x.cols(), "be at least 1");
    argument::require_finite(x, name, "x");
    argument::require(e.relative_error >= 0 && e.relative_error < 1, name, "relative_error", e.relative_error,
                      "be >= 0 and < 1");
    const weights<double> scaled = checked(x.cols(), w);
    const bool possible = d_ <= 3 && e.relative_error >= least_error;
    if (e.how == evaluation::method::fast) {
      argument::require(d_ <= 3, name, "x.rows()", x.rows(), "be at most 3 for the fast method");
      argument::require(possible, name, "relative_error", e.relative_error, "be at least 1e-13 for the fast method");
    }
    if (e.how == evaluation::method::fast) {
      prepare_fast(x, scaled, e.relative_error);
    } else {
      const bool many = e.queries < 0 || e.queries >= few;
      if (e.how == evaluation::method::automatic && possible && many && x.cols() >= worth)
        prepare_fast(x, scaled, e.relative_error);
      if (!fast_is_quicker(x.cols())) prepare_exact(x, scaled);
    }
  }

  [[nodiscard]] Index dimension() const noexcept { return d_; }

  /// `exact` or `fast`.
  [[nodiscard]] evaluation::method chosen() const noexcept {
    return fast_.index() == 0 ? evaluation::method::exact : evaluation::method::fast;
  }

  /// What the method adds to rounding, relative, at most and at every point; 0 if it is exact.
  [[nodiscard]] double error_bound() const {
    return std::visit(
        [](const auto& f) {
          if constexpr (std::is_same_v<std::decay_t<decltype(f)>, std::monostate>)
            return 0.0;
          else
            return f.error_bound();
        },
        fast_);
  }

  /// out[j] = g(y_j); 0 where g is below the least normal double, 2.2e-308.
  /// @param y  d x m, finite   @param out  m
  /// @throw std::invalid_argument if shapes do not fit or a coordinate is not finite
  /// Exact: O(n m d). Fast: O(n + m) times the number of cells two bandwidths wide within reach, which is at most some
  /// sqrt(log(n / error)) in one dimension and its square and cube in two and three.
  void values_into(const samples<T, D>& y, Eigen::Ref<Eigen::VectorXd> out) const {
    evaluate(y, out, "gauss_sum::values_into", [this](double value, double log_factor) {
      const double g = log_factor == 0 ? value * scale_ : std::exp(std::log(value) + (log_factor + exponent_ * log_2));
      return g < (std::numeric_limits<double>::min)() ? 0.0 : g;
    });
  }

  /// out[j] = log g(y_j), found without g where that underflows; -infinity only where the log is beyond the range of
  /// doubles.
  /// What throws and what it costs: as `values_into`.
  void log_values_into(const samples<T, D>& y, Eigen::Ref<Eigen::VectorXd> out) const {
    evaluate(y, out, "gauss_sum::log_values_into",
             [this](double value, double log_factor) { return std::log(value) + (log_factor + exponent_ * log_2); });
  }

 private:
  static constexpr const char* name = "gauss_sum";
  static constexpr double log_2 = 0.693147180559945309417232121458176568;
  static constexpr double least_error = 1e-13;
  static constexpr Index worth = 200;  ///< sources, below which cells are never quicker
  static constexpr Index few = 64;     ///< queries, below which every pair takes less time than finding the cells
  /// What the exact kernel can be trusted with: terms that it takes for too large, at 2e-307, are nothing beside it.
  static constexpr double least_value = 1e-280;

  template <class... Fast>
  using one_of = std::variant<std::monostate, Fast...>;
  template <int N>
  using fast = detail::gauss::fast_sum<N>;
  using fast_for_d =
      std::conditional_t<D == dynamic, one_of<fast<1>, fast<2>, fast<3>>,
                         std::conditional_t<D == 1, one_of<fast<1>>,
                                            std::conditional_t<D == 2, one_of<fast<2>>,
                                                               std::conditional_t<D == 3, one_of<fast<3>>, one_of<>>>>>;

  /// Weights without the power of two that the largest has, so that neither they nor their sums overflow.
  weights<double> checked(Index n, const weights<double>& w) {
    if (w.size() == 0) return {};
    argument::require(w.size() == n, name, "w", w.size(), "have one entry per observation");
    argument::require_finite(w, name, "w");
    argument::require(w.minCoeff() >= 0, name, "w", w.minCoeff(), "have no negative entry");
    const double sum = w.sum();
    argument::require(sum > 0 && sum <= (std::numeric_limits<double>::max)(), name, "w", sum,
                      "have a positive and finite sum (this is it)");
    exponent_ = std::ilogb(w.maxCoeff());
    scale_ = std::ldexp(1.0, exponent_);
    weights<double> scaled(n);
    for (Index i = 0; i < n; ++i) scaled[i] = std::ldexp(w[i], -exponent_);
    return scaled;
  }

  void prepare_exact(const samples<T, D>& x, const weights<double>& w) {
    fast_ = {};
    std::vector<Index> kept;
    if (w.size() > 0)
      for (Index i = 0; i < x.cols(); ++i)
        if (w[i] > 0) kept.push_back(i);
    const auto source = [&](Index k) { return w.size() == 0 ? k : kept[static_cast<std::size_t>(k)]; };
    const Index n = w.size() == 0 ? x.cols() : static_cast<Index>(kept.size());
    const Index block = (std::max)(Index{4096} / (d_ + 1), Index{64}) / 64 * 64;
    for (Index first = 0; first < n; first += block)
      exact_.add((std::min)(block, n - first),
                 [&](Index k, Index i) { return static_cast<double>(x(i, source(first + k))); },
                 [&](Index k) { return w.size() == 0 ? 1.0 : w[source(first + k)]; });
  }

  template <int N>
  static std::vector<detail::gauss::numbered<N>> listed(const samples<T, D>& x, const weights<double>& w) {
    std::vector<detail::gauss::numbered<N>> points;
    points.reserve(static_cast<std::size_t>(x.cols()));
    for (Index k = 0; k < x.cols(); ++k) {
      if (w.size() > 0 && !(w[k] > 0)) continue;
      detail::gauss::numbered<N> p;
      for (int i = 0; i < N; ++i) p.x[static_cast<std::size_t>(i)] = static_cast<double>(x(i, k));
      p.number = k;
      points.push_back(p);
    }
    return points;
  }

  void prepare_fast([[maybe_unused]] const samples<T, D>& x, [[maybe_unused]] const weights<double>& w,
                    [[maybe_unused]] double relative_error) {
    const auto with = [&]<int N>(std::integral_constant<int, N>) {
      if constexpr (D == dynamic || D == N) fast_.template emplace<fast<N>>(listed<N>(x, w), w, relative_error);
    };
    if (d_ == 1) with(std::integral_constant<int, 1>{});
    if (d_ == 2) with(std::integral_constant<int, 2>{});
    if (d_ == 3) with(std::integral_constant<int, 3>{});
  }

  /// False also where no fast method has been prepared.
  [[nodiscard]] bool fast_is_quicker(Index n) const {
    return std::visit(
        [n](const auto& f) {
          using method = std::decay_t<decltype(f)>;
          if constexpr (std::is_same_v<method, std::monostate>)
            return false;
          else
            return f.cycles_per_query() < 0.6 * method::cycles_of_all(n);
        },
        fast_);
  }

  template <class Finish>
  void evaluate(const samples<T, D>& y, Eigen::Ref<Eigen::VectorXd> out, const char* function, Finish&& finish) const {
    argument::require(y.rows() == d_, function, "y.rows()", y.rows(), "be the dimension of the sources");
    argument::require(out.size() == y.cols(), function, "out.size()", out.size(), "be the number of columns of y");
    argument::require_finite(y, function, "y");
    if (y.cols() == 0) return;
    std::visit(
        [&](const auto& f) {
          using method = std::decay_t<decltype(f)>;
          if constexpr (std::is_same_v<method, std::monostate>) {
            evaluate_exactly(y, out, finish);
          } else {
            f.evaluate(listed<method::dimension>(y, {}),
                       [&](Index k, double value, double log_factor) { out[k] = finish(value, log_factor); });
          }
        },
        fast_);
  }

  template <class Finish>
  void evaluate_exactly(const samples<T, D>& y, Eigen::Ref<Eigen::VectorXd> out, Finish&& finish) const {
    const Eigen::Matrix<double, D, Eigen::Dynamic> at = y.template cast<double>();
    if constexpr (D == dynamic)
      detail::gauss::with_dimension(
          d_, [&](auto n) { detail::gauss::sums_at<decltype(n)::value>(exact_, at.data(), at.cols(), d_, out.data()); });
    else
      detail::gauss::sums_at<D <= 3 ? D : dynamic>(exact_, at.data(), at.cols(), d_, out.data());
    for (Index j = 0; j < at.cols(); ++j)
      out[j] = out[j] >= least_value ? finish(out[j], 0.0)
                                     : finish(1.0, detail::gauss::log_sum_at(exact_, at.data() + j * d_, d_));
  }

  Index d_;
  int exponent_ = 0;  ///< of the power of two that weights are divided by, and
  double scale_ = 1;  ///< the power itself
  detail::gauss::pieces exact_;
  fast_for_d fast_;
};

}  // namespace simulacra
