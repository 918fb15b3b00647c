#pragma once

/// Density estimation in the Hilbert space of a kernel: kernel means with weights on the simplex, kernel exponential
/// families by score matching, non-negative models, and herding.
#include <simulacra/families/kernel/exponential_family.hpp>
#include <simulacra/families/kernel/feature_mean.hpp>
#include <simulacra/families/kernel/herding.hpp>
#include <simulacra/families/kernel/kernel_mean.hpp>
#include <simulacra/families/kernel/landmarks.hpp>
#include <simulacra/families/kernel/mala.hpp>
#include <simulacra/families/kernel/psd_estimator.hpp>
#include <simulacra/families/kernel/psd_model.hpp>
#include <simulacra/families/kernel/score_basis.hpp>
#include <simulacra/families/kernel/score_matching.hpp>
#include <simulacra/families/kernel/simplex_weights.hpp>
#include <simulacra/families/kernel/smoothed_points.hpp>
