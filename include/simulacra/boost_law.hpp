#pragma once

/// Distributions of Boost.Math and Boost.Random, and of `<random>`, as truths. Not in `simulacra.hpp`: include the distribution's own header
/// beside it.
#include <simulacra/laws/boost_law.hpp>
