#pragma once

/// Mixtures of Gaussians: law, EM, fits with known labels, closed-form divergences, choice of the number of components, matching
/// of labels.
#include <simulacra/families/mixture/criteria.hpp>
#include <simulacra/families/mixture/divergences.hpp>
#include <simulacra/families/mixture/em.hpp>
#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/mixture/labelled.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/matching.hpp>
#include <simulacra/families/mixture/options.hpp>
