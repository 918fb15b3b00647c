#pragma once

/// Density estimation in the Hilbert space of a kernel: kernel means with weights on the simplex, kernel exponential
/// families by score matching, non-negative models, and herding.
#include <simulacra/families/rkhs/exponential_family.hpp>
#include <simulacra/families/rkhs/feature_mean.hpp>
#include <simulacra/families/rkhs/herding.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/families/rkhs/mala.hpp>
#include <simulacra/families/rkhs/psd_estimator.hpp>
#include <simulacra/families/rkhs/psd_model.hpp>
#include <simulacra/families/rkhs/score_basis.hpp>
#include <simulacra/families/rkhs/score_matching.hpp>
#include <simulacra/families/rkhs/simplex_weights.hpp>
#include <simulacra/families/rkhs/smoothed_points.hpp>
