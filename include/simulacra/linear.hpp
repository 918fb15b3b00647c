#pragma once

/// Labelled data and linear models: least squares, ridge, minimum norm and logistic regression.
#include <simulacra/core/labelled.hpp>
#include <simulacra/families/linear/class_mixture.hpp>
#include <simulacra/families/linear/estimator.hpp>
#include <simulacra/families/linear/features.hpp>
#include <simulacra/families/linear/fixed_inputs.hpp>
#include <simulacra/families/linear/law.hpp>
#include <simulacra/families/linear/logistic_estimator.hpp>
#include <simulacra/families/linear/logistic_law.hpp>
#include <simulacra/families/linear/options.hpp>
#include <simulacra/families/linear/spectra.hpp>
#include <simulacra/laws/data_law.hpp>
#include <simulacra/summary/cross_moments.hpp>
