#pragma once

#include <simulacra/numerics/exponential.hpp>
#include <simulacra/numerics/packets.hpp>

/// What EM needs of packets beside their arithmetic.
namespace simulacra::detail::lanes {

using simulacra::packets::add;
using simulacra::packets::all;
using simulacra::packets::at_most;
using simulacra::packets::at_used_level;
using simulacra::packets::choose_less;
using simulacra::packets::divide;
using simulacra::packets::every_second;
using simulacra::packets::larger;
using simulacra::packets::load;
using simulacra::packets::log;
using simulacra::packets::multiply;
using simulacra::packets::multiply_add;
using simulacra::packets::packet;
using simulacra::packets::repeat;
using simulacra::packets::store;
using simulacra::packets::subtract;
using simulacra::packets::sum;

/// Responsibilities below e^-80 are 0: what they add is under the rounding of any sum they are part of, and the subnormal numbers that they lead
/// to make every product after them many times slower.
template <class L>
[[gnu::always_inline]] inline packet<L> exp_flushed(const packet<L>& x) {
  return simulacra::packets::exp_flushed(x, -80);
}

}  // namespace simulacra::detail::lanes
