#pragma once

/// Families with one parameter, which their sum of observations decides: Bernoulli, Poisson, exponential.
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/conjugate.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
