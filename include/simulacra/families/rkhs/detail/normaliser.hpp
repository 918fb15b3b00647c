#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/line_inverse.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

/// Integrals of a Gaussian, the envelope N(mean, R R'), times exp(g), g bounded: their masses as shares of the envelope's.
namespace simulacra::detail {

template <int D>
struct integrated {
  double log_value = 0, relative_error = 0, effective_draws = 0;
  point<double, D> mean = point<double, D>::Zero(D == dynamic ? 0 : D);
  square<double, D> covariance = square<double, D>::Zero(D == dynamic ? 0 : D, D == dynamic ? 0 : D);
};

/// On the line, in cells in which the density is a polynomial. Cells are halved until the mass no longer changes.
class line_table {
 public:
  template <class Bounded>
  line_table(double mean, double deviation, double length, Bounded&& g) : mean_(mean), deviation_(deviation) {
    const auto log_density = [&](double x) { return -0.5 * std::pow((x - mean) / deviation, 2) + g(x); };
    // Where the density is within e^-42 of its maximum, from a scan as fine as its functions; wider where g pulls outwards.
    double reach = 12;
    for (int widen = 0; widen < 8; ++widen, reach *= 1.5) {
      const double step = (std::max)(0.25 * (std::min)(deviation, length), reach * deviation / 4000);
      const auto count = static_cast<Index>(std::ceil(2 * reach * deviation / step));
      Eigen::VectorXd scan(count + 1);
      for (Index i = 0; i <= count; ++i) scan[i] = log_density(mean - reach * deviation + step * static_cast<double>(i));
      top_ = scan.maxCoeff();
      if (widen < 7 && (scan[0] > top_ - 42 || scan[count] > top_ - 42)) continue;
      Index first = 0, last = count;
      while (first < count && !(scan[first] > top_ - 42)) ++first;
      while (last > first && !(scan[last] > top_ - 42)) --last;
      lower_ = mean - reach * deviation + step * static_cast<double>((std::max)(Index{0}, first - 2));
      upper_ = mean - reach * deviation + step * static_cast<double>((std::min)(count, last + 2));
      break;
    }
    const auto density = [&](double x) { return std::exp(log_density(x) - top_); };
    auto cells = static_cast<Index>(std::clamp((upper_ - lower_) / (std::min)(deviation, length), 8.0, 2048.0));
    auto table = std::make_unique<line_inverse>(lower_, upper_, cells, density);
    for (;;) {
      auto finer = std::make_unique<line_inverse>(lower_, upper_, 2 * cells, density);
      cells *= 2;
      error_ = std::abs(finer->mass() / table->mass() - 1);
      table = std::move(finer);
      width_ = (upper_ - lower_) / static_cast<double>(cells);
      if ((error_ < 1e-11 && width_ <= length) || cells >= 16384) break;
    }
    // What is narrower than a cell can be missed at both resolutions: that they agree says nothing then.
    if (!(width_ <= length)) error_ = std::numeric_limits<double>::infinity();
    using rule = gauss_legendre<10>;
    double first = 0, second = 0;  // in units of the deviation, to a power of two: squares of places may leave the range
    const double unit = std::ldexp(1.0, std::ilogb(deviation));
    for (Index i = 0; i < cells; ++i) {
      const double left = lower_ + width_ * static_cast<double>(i);
      for (std::size_t k = 0; k < 10; ++k) {
        const double x = left + width_ * rule::rule().nodes[k] - mean,
                     p = width_ / unit * rule::rule().weights[k] * density(mean + x);
        first += p * (x / unit);
        second += p * (x / unit) * (x / unit);
      }
    }
    const double mass = table->mass() / unit, apart = first / mass;
    centre_ = apart * unit;
    variance_ = (second / mass - apart * apart) * unit * unit;
    inverse_ = std::move(*table);
  }

  /// The x below which a share u of the mass lies.
  [[nodiscard]] double operator()(double u) const { return inverse_(u); }
  [[nodiscard]] double width() const noexcept { return width_; }
  [[nodiscard]] double relative_error() const noexcept { return error_; }
  [[nodiscard]] double log_share() const {  ///< log of the mass over the envelope's
    return top_ + std::log(inverse_.mass()) - std::log(2.506628274631000502 * deviation_);
  }
  [[nodiscard]] double mean() const noexcept { return mean_ + centre_; }
  [[nodiscard]] double variance() const noexcept { return variance_; }

 private:
  double mean_, deviation_, top_ = 0, lower_ = 0, upper_ = 0, width_ = 0, error_ = 0, centre_ = 0, variance_ = 0;
  line_inverse inverse_{0, 1, 1, [](double) { return 1.0; }};
};

template <int D>
integrated<D> of_line(const line_table& table) {
  integrated<D> all;
  all.log_value = table.log_share();
  all.relative_error = table.relative_error();
  all.mean = point<double, D>::Constant(1, table.mean());
  all.covariance = square<double, D>::Constant(1, 1, table.variance());
  return all;
}

/// Weighted sums of exp(g - top), x and x x', carried in units of the largest term so far.
template <int D>
class weighted_sums {
 public:
  explicit weighted_sums(Index d) : first_(point<double, D>::Zero(d)), second_(square<double, D>::Zero(d, d)) {}

  /// @param x  relative to the envelope's mean
  void add(double log_weight, const point<double, D>& x) {
    if (log_weight > top_) {
      const double shrink = std::exp(top_ - log_weight);
      sum_ *= shrink;
      squares_ *= shrink * shrink;
      first_ *= shrink;
      second_ *= shrink;
      top_ = log_weight;
    }
    const double w = std::exp(log_weight - top_);
    sum_ += w;
    squares_ += w * w;
    first_ += w * x;
    second_ += w * x * x.transpose();
  }

  [[nodiscard]] double log_sum() const { return top_ + std::log(sum_); }
  [[nodiscard]] double effective() const { return sum_ * sum_ / squares_; }
  void moments_into(integrated<D>& all, const point<double, D>& centre) const {
    const point<double, D> apart = first_ / sum_;
    all.mean = centre + apart;
    all.covariance = second_ / sum_ - apart * apart.transpose();
  }

 private:
  double top_ = -std::numeric_limits<double>::infinity(), sum_ = 0, squares_ = 0;
  point<double, D> first_;
  square<double, D> second_;
};

/// In the plane, by the trapezoidal rule in the envelope's coordinates, which for smooth functions that fade is as good as
/// any. The error is the change from twice the step.
template <int D, class Bounded>
integrated<D> integrate_plane(const point<double, D>& mean, const square<double, D>& root, double length, Bounded&& g) {
  const double deviation = root.diagonal().cwiseAbs().maxCoeff();
  constexpr double reach = 10;
  const auto half =
      static_cast<Index>(std::clamp(std::ceil(0.5 * reach / std::clamp(0.35 * length / deviation, 0.01, 0.35)), 8.0, 200.0));
  const double step = 0.5 * reach / static_cast<double>(half);
  weighted_sums<D> fine(2), coarse(2);
  point<double, D> u(2);
  for (Index j = -2 * half; j <= 2 * half; ++j)
    for (Index i = -2 * half; i <= 2 * half; ++i) {
      u[0] = step * static_cast<double>(i);
      u[1] = step * static_cast<double>(j);
      const point<double, D> x = root * u;
      const double log_weight = -0.5 * u.squaredNorm() + g(point<double, D>(mean + x));
      fine.add(log_weight, x);
      if (i % 2 == 0 && j % 2 == 0) coarse.add(log_weight, x);
    }
  integrated<D> all;
  const double log_area = 2 * std::log(step) - 1.837877066409345483560659472811235279;
  all.log_value = fine.log_sum() + log_area;
  all.relative_error = std::abs(std::expm1(coarse.log_sum() + 2 * std::log(2.0) - fine.log_sum()));
  if (!(step * deviation <= length))
    all.relative_error = std::numeric_limits<double>::infinity();  // it may miss the functions
  fine.moments_into(all, mean);
  return all;
}

/// In any dimension, by draws of the envelope with weights exp(g).
template <int D, class Bounded>
integrated<D> integrate_by_importance(const point<double, D>& mean, const square<double, D>& root, Bounded&& g, Index draws,
                                      stream& rng) {
  const Index d = mean.size();
  weighted_sums<D> sums(d);
  point<double, D> u(d);
  for (Index i = 0; i < draws; ++i) {
    fill_normal(std::span<double>(u.data(), static_cast<std::size_t>(d)), rng);
    const point<double, D> x = root * u;
    sums.add(g(point<double, D>(mean + x)), x);
  }
  integrated<D> all;
  const double n = static_cast<double>(draws);
  all.log_value = sums.log_sum() - std::log(n);
  all.effective_draws = sums.effective();
  all.relative_error = std::sqrt((std::max)(0.0, n / all.effective_draws - 1) / (n - 1));
  sums.moments_into(all, mean);
  return all;
}

}  // namespace simulacra::detail
