#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/numerics/cholesky.hpp>
#include <simulacra/numerics/lower_factor.hpp>
#include <simulacra/numerics/scaled_factor.hpp>

namespace simulacra::detail {

/// Below, `X` is what observations stand in: a `samples<T, D>`, or what is read like one by `rows`, `cols`, `x(k, i)`, `col` and
/// `in_one`, and has its own `sum_of` and `deviations` (pairs, of which two matrices hold the parts).

/// All of them in one matrix.
template <class X>
decltype(auto) in_one(const X& x) {
  if constexpr (requires { x.in_one(); })
    return x.in_one();
  else
    return (x);
}

/// Observations are visited in blocks that stay in the first-level cache between two uses.
constexpr Index block_of(Index dimension) { return std::max<Index>(64, 4096 / std::max<Index>(1, dimension)); }

/// The (weighted) sum of a block of observations.
template <class T, int D>
point<T, D> sum_of(const samples<T, D>& x, const weights<T>* w, Index first, Index size) {
  const auto part = x.middleCols(first, size);
  if constexpr (D == 1)  // the sums that Eigen's products come down to
    return point<T, D>(w == nullptr ? part.sum() : part.transpose().cwiseProduct(w->segment(first, size)).sum());
  else if (w != nullptr)
    return part * w->segment(first, size);
  else
    return part.rowwise().sum();
}

/// The (weighted) mean of columns; block sums are added in double, so that float data keep their digits at any n.
template <class T, int D, class X>
point<T, D> mean_of(const X& x, const weights<T>* w, double weight) {
  const Index d = x.rows(), n = x.cols(), block = block_of(d);
  point<double, D> total = point<double, D>::Zero(d);
  for (Index first = 0; first < n; first += block) {
    const Index size = (std::min)(block, n - first);
    total += point<T, D>(sum_of(x, w, first, size)).template cast<double>();
  }
  if (!total.allFinite()) [[unlikely]] {  // the sum overflows though the mean need not
    total.setZero();
    for (Index i = 0; i < n; ++i)
      total += x.col(i).template cast<double>() * ((w == nullptr ? 1.0 : static_cast<double>((*w)[i])) / weight);
    return total.template cast<T>();
  }
  point<T, D> mean = (total / weight).template cast<T>();
  // A coordinate that never varies is its own mean, to the last bit: it has no spread, and must not get one from rounding.
  for (Index k = 0; k < d; ++k)
    if (std::abs(mean[k] - x(k, 0)) <= static_cast<T>(n + 4) * std::numeric_limits<T>::epsilon() * std::abs(mean[k])) {
      Index same = 1;
      while (same < n && x(k, same) == x(k, 0)) ++same;
      if (same == n) mean[k] = x(k, 0);
    }
  return mean;
}

/// Writes the deviations of a block from the mean, times the square root of the weight and `scale`, to `out`.
template <class T, int D>
void deviations(const samples<T, D>& x, const weights<T>* w, const point<T, D>& mean, T scale, Index first, Index size,
                samples<T, D>& out) {
  auto part = out.leftCols(size);
  part = (x.middleCols(first, size).colwise() - mean) * scale;
  if (w != nullptr) part.array().rowwise() *= w->segment(first, size).array().sqrt().transpose();
}

/// The factor of the scatter of n <= d + 1 columns, by what each adds to those before it: n - 1 columns, no more, so that the
/// rank comes out right whatever is rounded.
template <class T, int D, class X>
scaled_factor<T, D> scatter_factor_of_few(const X& x, const weights<T>* w) {
  const Index d = x.rows(), n = x.cols();
  samples<T, D> added(d, n - 1);
  point<T, D> mean = x.col(0);
  double before = w == nullptr ? 1 : static_cast<double>((*w)[0]);
  for (Index i = 1; i < n; ++i) {
    const double own = w == nullptr ? 1 : static_cast<double>((*w)[i]), total = before + own;
    const T share = static_cast<T>(own / total);
    const T length = own > 0 ? static_cast<T>(std::sqrt(own) * std::sqrt(before / total)) : T(0);
    for (Index k = 0; k < d; ++k) {
      const T apart = x(k, i) - mean[k];
      if (own > 0) mean[k] += apart * share;
      added(k, i - 1) = apart * length;
    }
    before = total;
  }
  return scaled_factor<T, D>::from_lower(lower_factor<T, D>(added));
}

/// The factor by QR of the data: slower than by the scatter matrix, and good to twice as many digits. Deviations are brought
/// near 1 by a power of two first, so no square of them leaves the range.
template <class T, int D, class X>
scaled_factor<T, D> scatter_factor_by_qr(const X& x, const weights<T>* w, const point<T, D>& mean) {
  const Index d = x.rows(), n = x.cols(), block = std::max<Index>(256, 4 * d);
  T largest = 0;
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) largest = (std::max)(largest, std::abs(x(k, i) - mean[k]));
  if (!(largest > T(0))) return scaled_factor<T, D>(d);
  int e = 0;
  std::frexp(largest, &e);
  e = (std::max)(e, -(std::numeric_limits<T>::max_exponent - 2));
  square<T, D> r = square<T, D>::Zero(d, d);
  if constexpr (D == 1) {
    double sum = 0;
    for (Index i = 0; i < n; ++i) {
      const double deviation = static_cast<double>((x(0, i) - mean[0]) * std::ldexp(T(1), -e));
      sum += deviation * deviation * (w == nullptr ? 1.0 : static_cast<double>((*w)[i]));
    }
    r(0, 0) = static_cast<T>(std::sqrt(sum));
  } else {
    samples<T, D> part(d, (std::min)(block, n)), stacked;
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      deviations(x, w, mean, std::ldexp(T(1), -e), first, size, part);
      stacked.resize(d, d + size);
      stacked.leftCols(d) = r;
      stacked.rightCols(size) = part.leftCols(size);
      r = lower_factor<T, D>(stacked);
    }
  }
  return scaled_factor<T, D>::from_lower(r).shifted(e);
}

/// The lower-triangular factor of the (weighted) scatter of columns about `mean`.
template <class T, int D, class X>
scaled_factor<T, D> scatter_factor(const X& x, const weights<T>* w, const point<T, D>& mean) {
  const Index d = x.rows(), n = x.cols(), block = block_of(d);
  constexpr int fixed = D == dynamic || D > 4 ? dynamic : D;
  if constexpr (D != 1)
    if (n <= d + 1) return scatter_factor_of_few<T, D>(x, w);
  square<double, D> total = square<double, D>::Zero(d, d);
  if constexpr (D == 1) {
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      const auto deviation = x.middleCols(first, size).array() - mean[0];
      total(0, 0) += w == nullptr
                         ? static_cast<double>(deviation.square().sum())
                         : static_cast<double>((deviation.square() * w->segment(first, size).transpose().array()).sum());
    }
  } else {
    samples<T, D> part(d, (std::min)(block, n));
    square<T, D> sum(d, d);
    for (Index first = 0; first < n; first += block) {
      const Index size = (std::min)(block, n - first);
      deviations(x, w, mean, T(1), first, size, part);
      if constexpr (fixed != dynamic) {
        sum.setZero();
        for (Index i = 0; i < size; ++i) sum.noalias() += part.col(i) * part.col(i).transpose();
      } else {
        sum.setZero();
        sum.template selfadjointView<Eigen::Lower>().rankUpdate(part.leftCols(size));
      }
      for (Index j = 0; j < d; ++j)
        for (Index i = j; i < d; ++i) total(i, j) += static_cast<double>(sum(i, j));
    }
  }
  // Where squares may have left the range, or the directions differ by too much for a squared matrix, the data decide.
  constexpr double least = std::numeric_limits<T>::digits > 24 ? 1e-280 : 1e-28;
  square<T, D> factor(d, d);
  if constexpr (D == 1) {
    if (total(0, 0) > least && total(0, 0) < 1 / least) {
      factor(0, 0) = static_cast<T>(std::sqrt(total(0, 0)));
      return scaled_factor<T, D>::from_lower(factor);
    }
  } else {
    bool in_range = argument::all_finite(total);
    for (Index i = 0; i < d; ++i) in_range = in_range && total(i, i) > least && total(i, i) < 1 / least;
    square<double, D> root(d, d);
    if (in_range && cholesky_factor<double, D>(total, root, static_cast<double>(std::numeric_limits<T>::epsilon()))) {
      for (Index j = 0; j < d; ++j)
        for (Index i = j; i < d; ++i) factor(i, j) = static_cast<T>(root(i, j));
      return scaled_factor<T, D>::from_lower(factor);
    }
  }
  return scatter_factor_by_qr<T, D>(x, w, mean);
}

}  // namespace simulacra::detail
