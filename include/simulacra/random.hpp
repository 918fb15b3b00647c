#pragma once

/// Everything random: addressed streams of words, and the laws that are drawn from them.

#include <simulacra/random/beta.hpp>
#include <simulacra/random/binomial.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/exponential.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/philox.hpp>
#include <simulacra/random/poisson.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/streams_ahead.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/random/wishart.hpp>
