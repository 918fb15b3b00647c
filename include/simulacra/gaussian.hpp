#pragma once

/// The Gaussian family: law, estimator, truncation, closed-form divergences.
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/gaussian/known_variance.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/gaussian/risk.hpp>
#include <simulacra/families/gaussian/truncated.hpp>
