#pragma once

/// The closed-form embedding of a kernel density, which comes with the law, and the map that has it.
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
