#pragma once

/// Simulation studies: what to print beside each number that replicates give.
#include <simulacra/study/errors.hpp>
#include <simulacra/study/intervals.hpp>
#include <simulacra/study/survival.hpp>
