#pragma once

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/detail/sincos.hpp>
#include <simulacra/numerics/packets.hpp>

namespace simulacra::detail {

/// Some frequencies side by side, coordinate by coordinate, and the cosines and sines of w^T x there. `x(k)` is coordinate k of a point.
/// No product is fused: every level of vector instructions has the same bits.
struct fourier_tile {
  const double* frequencies;
  Index stride, dimension;

  /// Phases below 64, for a packet of frequencies from number `at` on.
  template <class L, class Place>
  [[gnu::always_inline]] void near(int at, Place&& x, packets::packet<L>& s, packets::packet<L>& c) const {
    using namespace packets;
    const double* row = frequencies + at;
    packet<L> phase = multiply(load<L>(row), all<L>(x(0)));
    for (Index k = 1; k < dimension; ++k) phase = add(phase, multiply(load<L>(row += stride), all<L>(x(k))));
    sincos(phase, s, c);
  }

  /// Phases up to `sincos_range`, carried with what rounding takes from them: products of halves, of 24 and 29 bits, are as good as exact.
  template <class L, class Place>
  [[gnu::always_inline]] void carried(int at, Place&& x, packets::packet<L>& s, packets::packet<L>& c) const {
    using namespace packets;
    const double* row = frequencies + at;
    packet<L> phase = all<L>(0), rest = all<L>(0);
    for (Index k = 0; k < dimension; ++k, row += stride) {
      const double whole = x(k), upper = static_cast<double>(static_cast<float>(whole));
      const packet<L> high = all<L>(upper), low = all<L>(whole - upper), w = load<L>(row);
      const packet<L> wider = multiply(w, all<L>(0x1p29 + 1)),
                      over = subtract(wider, subtract(wider, w)),  // Veltkamp's halves
          under = subtract(w, over), product = multiply(w, all<L>(whole));
      const packet<L> sum = add(phase, product), of_product = subtract(sum, phase);
      rest = add(rest, add(subtract(phase, subtract(sum, of_product)), subtract(product, of_product)));
      rest = add(rest, add(add(subtract(multiply(over, high), product), add(multiply(over, low), multiply(under, high))),
                           multiply(under, low)));
      phase = sum;
    }
    packet<L> sine;
    sincos(phase, sine, c);
    s = add(sine, multiply(c, rest));  // the rest is below 1e-10, its square nothing
    c = subtract(c, multiply(sine, rest));
  }

  /// Those of a whole tile, written to `s` and `c`; `near` says which of the two.
  template <class Place>
  void write(bool near_by, Place&& x, double* s, double* c) const {
    packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      for (int at = 0; at < sincos_width; at += L::width) {
        packets::packet<L> sine, cosine;
        if (near_by)
          near<L>(at, x, sine, cosine);
        else
          carried<L>(at, x, sine, cosine);
        packets::store(s + at, sine);
        packets::store(c + at, cosine);
      }
    });
  }

  /// Adds those of observations begin, ..., end - 1, whose phases are below 64, to `s` and `c`. @param w  weights, or null
  template <class X>
  void add_near(const X& x, const double* w, Index begin, Index end, double* s, double* c) const {
    packets::at_used_level([&]<class L>(L) __attribute__((always_inline)) {
      using namespace packets;
      for (Index i = begin; i < end; ++i) {
        const auto place = [&](Index k) { return static_cast<double>(x.coeff(k, i)); };
        for (int at = 0; at < sincos_width; at += L::width) {
          packet<L> sine, cosine;
          near<L>(at, place, sine, cosine);
          if (w != nullptr) {
            sine = multiply(all<L>(w[i]), sine);
            cosine = multiply(all<L>(w[i]), cosine);
          }
          store(s + at, add(load<L>(s + at), sine));
          store(c + at, add(load<L>(c + at), cosine));
        }
      }
    });
  }
};

}  // namespace simulacra::detail
