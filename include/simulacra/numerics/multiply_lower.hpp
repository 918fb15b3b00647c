#pragma once

#include <algorithm>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>

namespace simulacra {

namespace detail {

/// out = a b for two lower triangles of more than some dimensions, column by column in memory, by blocks: of run-time size whatever the
/// dimension is, so that there is one product to compile.
template <class T>
void multiply_lower_blocks(const T* a, const T* b, T* out, Index d) {
  using part = Eigen::Map<samples<T>, 0, Eigen::OuterStride<>>;
  using const_part = Eigen::Map<const samples<T>, 0, Eigen::OuterStride<>>;
  constexpr Index width = 16;
  std::fill_n(out, d * d, T(0));
  samples<T> factor(d, width);
  for (Index j = 0; j < d; j += width) {
    const Index w = (std::min)(width, d - j);
    for (Index c = 0; c < w; ++c) {
      std::fill_n(&factor(0, c), c, T(0));  // above the diagonal of the first block
      std::copy_n(b + j + c + (j + c) * d, d - j - c, &factor(c, c));
    }
    for (Index k = j; k < d; k += width) {
      const Index v = (std::min)(width, d - k);
      part(out + k + j * d, d - k, w, Eigen::OuterStride<>(d)).noalias() +=
          const_part(a + k + k * d, d - k, v, Eigen::OuterStride<>(d)) *
          const_part(&factor(k - j, 0), v, w, Eigen::OuterStride<>(d));
    }
  }
}

/// The same for d <= 16. Columns of one length that is known make vectors of a machine.
template <class T>
void multiply_lower_padded(const T* a, const T* b, T* out, Index d) {
  constexpr Index width = 16;
  alignas(64) T padded[width][width];
  for (Index k = 0; k < d; ++k) {
    std::copy_n(a + k * d, d, padded[k]);
    std::fill_n(padded[k] + d, width - d, T(0));
  }
  for (Index j = 0; j < d; ++j) {
    alignas(64) T sum[width];
    for (Index i = 0; i < width; ++i) sum[i] = padded[j][i] * b[j + j * d];
    for (Index k = j + 1; k < d; ++k)
      for (Index i = 0; i < width; ++i) sum[i] += padded[k][i] * b[k + j * d];
    std::copy_n(sum, d, out + j * d);
  }
}

}  // namespace detail

/// The product of two lower triangles: out = a b. Blocks of the triangle that are zero are not multiplied: about a third of
/// the work of a dense product. `out` must not overlap its arguments.
template <class T, int D>
void multiply_lower(const square<T, D>& a, const square<T, D>& b, square<T, D>& out) {
  const Index d = a.rows();
  out.resize(d, d);
  if constexpr (D != dynamic && D <= 8) {
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < d; ++i) {
        T sum(0);
        for (Index k = j; k <= i; ++k) sum += a(i, k) * b(k, j);
        out(i, j) = sum;
      }
  } else if (d <= 16) {
    detail::multiply_lower_padded(a.data(), b.data(), out.data(), d);
  } else {
    detail::multiply_lower_blocks(a.data(), b.data(), out.data(), d);
  }
}

}  // namespace simulacra
