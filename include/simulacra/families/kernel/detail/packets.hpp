#pragma once

#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/packets.hpp>

/// What sums over pairs of points need of packets beside their arithmetic.
namespace simulacra::detail::kernel_lanes {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::at_used_level;
using simulacra::packets::exp_flushed;
using simulacra::packets::larger;
using simulacra::packets::load;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::root;
using simulacra::packets::store;
using simulacra::packets::subtract;
using simulacra::packets::sum;
using simulacra::packets::where_less;

/// sin(pi s / 2) for s in [0, 1], by its series to s^21.
template <class L>
[[gnu::always_inline]] inline packet<L> sine_of_quarter_turns(const packet<L>& s) {
  constexpr double coefficient[] = {2.571422892860474e-16,  -4.377065467313742e-14, 6.0669357311061955e-12,
                                    -6.688035109811468e-10, 5.692172921967927e-08,  -3.598843235212085e-06,
                                    0.00016044118478735983, -0.004681754135318688,  0.07969262624616705,
                                    -0.6459640975062463,    1.5707963267948966};
  return multiply(simulacra::packets::polynomial<L>(coefficient, multiply(s, s)), s);
}

}  // namespace simulacra::detail::kernel_lanes
