#pragma once

#include <cstddef>

#include <simulacra/numerics/packets.hpp>

namespace simulacra::packets {

/// The smallest exponent whose exponential is a normal number.
inline constexpr double least_exponent = -708;

/// e^x for x <= 0, within 2 units in the last place, and 0 below `least` >= -708: subnormal numbers would make every sum after them many
/// times slower. By the polynomial of degree 11 through e^r at the Chebyshev nodes of |r| <= log(2) / 2, x = n log 2 + r, which
/// is within 2e-17.
[[gnu::always_inline]] inline packet exp_flushed(packet x, double least = least_exponent) {
  constexpr double coefficient[] = {0x1.af632a0f7e2cep-26,
                                    0x1.28b4101c77212p-22,
                                    0x1.71ddf56d8deb5p-19,
                                    0x1.a01991a10d9aep-16,
                                    0x1.a01a01b1461c5p-13,
                                    0x1.6c16c1880029fp-10,
                                    0x1.111111110f21ep-7,
                                    0x1.555555554f0bap-5,
                                    0x1.555555555555ap-3,
                                    0x1.0000000000011p-1,
                                    1,
                                    1};
  const split s = by_log_two(larger(x, all(least)));
  packet p = all(coefficient[0]);
  for (std::size_t i = 1; i < 12; ++i) p = multiply_add(p, s.r, all(coefficient[i]));
  return where_less(all(least), x, scale(p, s.t));
}

}  // namespace simulacra::packets
