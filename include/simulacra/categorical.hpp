#pragma once

/// The categorical family: law, estimator, closed-form divergences, embeddings.
#include <simulacra/families/categorical/divergences.hpp>
#include <simulacra/families/categorical/embedding.hpp>
#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/categorical/law.hpp>
