#pragma once

/// The categorical family: law, estimator, closed-form divergences.
#include <simulacra/families/categorical/dirichlet.hpp>
#include <simulacra/families/categorical/divergences.hpp>
#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/families/categorical/risk.hpp>
