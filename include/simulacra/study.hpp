#pragma once

/// Simulation studies: designs, and what to print beside each number that replicates give.
#include <simulacra/study/design.hpp>
#include <simulacra/study/errors.hpp>
#include <simulacra/study/intervals.hpp>
#include <simulacra/study/survival.hpp>
#include <simulacra/study/task.hpp>
