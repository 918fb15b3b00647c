#pragma once

/// Everything but the closed forms: those are `<simulacra/theory.hpp>`, which alone needs Boost.Math and takes longer to
/// compile than all the rest.
#include <simulacra/categorical.hpp>
#include <simulacra/ensemble.hpp>
#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/io.hpp>
#include <simulacra/one_parameter.hpp>
#include <simulacra/random.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/testing.hpp>
#include <simulacra/version.hpp>
