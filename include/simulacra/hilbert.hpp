#pragma once

/// Hilbert spaces for laws and data: kernels, feature maps, and the exact spaces of the families. (The embedding of a law comes
/// with the law.)
#include <simulacra/families/categorical/embedding.hpp>
#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/gaussian/inner_products.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/gaussian/signed.hpp>
#include <simulacra/families/one_parameter/embedding.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/kernels.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/hilbert/space.hpp>
