#pragma once

#include <cstddef>

#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/packets.hpp>

/// What sums over pairs of points need of packets beside their arithmetic. Points stand where they stand: loads are not aligned.
namespace simulacra::detail::kernel_lanes {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::exp_flushed;
using simulacra::packets::larger;
using simulacra::packets::load_anywhere;
using simulacra::packets::log;
using simulacra::packets::many_registers;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::root;
using simulacra::packets::store_anywhere;
using simulacra::packets::subtract;
using simulacra::packets::sum;
using simulacra::packets::where_less;
using simulacra::packets::width;

/// How many packets a loop may keep of each of two things in registers at a time.
inline constexpr int wide = many_registers ? 4 : 2;
inline constexpr int tile = wide * width;

[[gnu::always_inline]] inline packet load(const double* from) { return load_anywhere(from); }
[[gnu::always_inline]] inline void store(double* to, packet a) { store_anywhere(to, a); }

/// sin(pi s / 2) for s in [0, 1], by its series to s^21.
[[gnu::always_inline]] inline packet sine_of_quarter_turns(packet s) {
  constexpr double coefficient[] = {2.571422892860474e-16,  -4.377065467313742e-14, 6.0669357311061955e-12,
                                    -6.688035109811468e-10, 5.692172921967927e-08,  -3.598843235212085e-06,
                                    0.00016044118478735983, -0.004681754135318688,  0.07969262624616705,
                                    -0.6459640975062463,    1.5707963267948966};
  const packet square = multiply(s, s);
  packet p = all(coefficient[0]);
  for (std::size_t i = 1; i < 11; ++i) p = multiply_add(p, square, all(coefficient[i]));
  return multiply(p, s);
}

}  // namespace simulacra::detail::kernel_lanes
