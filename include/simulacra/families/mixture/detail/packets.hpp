#pragma once

#include <cstddef>

#include <simulacra/numerics/packets.hpp>

/// What EM needs of packets beside their arithmetic.
namespace simulacra::detail::lanes {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::at_most;
using simulacra::packets::by_log_two;
using simulacra::packets::divide;
using simulacra::packets::larger;
using simulacra::packets::load;
using simulacra::packets::log;
using simulacra::packets::many_registers;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::scale;
using simulacra::packets::split;
using simulacra::packets::store;
using simulacra::packets::subtract;
using simulacra::packets::sum;
using simulacra::packets::where_at_most;
using simulacra::packets::width;

/// e^x for x <= 0, within 2 units in the last place, and 0 below -80: what such a responsibility adds is under the rounding
/// of any sum it is part of, and the subnormal numbers that it leads to make every product after it many times slower.
/// By Taylor's series at |r| <= log(2) / 2, x = n log 2 + r.
[[gnu::always_inline]] inline packet exp_flushed(packet x) {
  constexpr double inverse_factorial[] = {
      1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
      1.0 / 720,        1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5,          1.0,         1.0};
  const split s = by_log_two(larger(x, all(-100)));
  packet p = all(inverse_factorial[0]);
  for (std::size_t i = 1; i < 14; ++i) p = multiply_add(p, s.r, all(inverse_factorial[i]));
  return where_at_most(all(-80), x, scale(p, s.t));
}

}  // namespace simulacra::detail::lanes
