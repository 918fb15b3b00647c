#pragma once

/// The Gaussian family: law, estimator, truncation, closed-form divergences, embeddings in Hilbert spaces.
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/gaussian/inner_products.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/gaussian/signed.hpp>
#include <simulacra/families/gaussian/truncated.hpp>
