#pragma once

/// The closed-form embeddings of the families with one parameter, which come with the laws, and the maps that have them.
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/moment_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
