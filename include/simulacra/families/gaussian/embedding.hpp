#pragma once

/// The closed-form embeddings of a Gaussian law, which come with the law, and the maps that have them.
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
