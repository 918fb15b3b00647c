#pragma once

/// Mixtures of Gaussians: law, EM, closed-form divergences, choice of the number of components, matching of labels.
#include <simulacra/families/mixture/divergences.hpp>
#include <simulacra/families/mixture/em.hpp>
#include <simulacra/families/mixture/estimator.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/options.hpp>
