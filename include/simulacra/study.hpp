#pragma once

/// Simulation studies: grids of conditions that are run until they are done, whatever comes between, and what to print beside each number.
#include <simulacra/study/design.hpp>
#include <simulacra/study/errors.hpp>
#include <simulacra/study/intervals.hpp>
#include <simulacra/study/journal.hpp>
#include <simulacra/study/scaling_fit.hpp>
#include <simulacra/study/stopping.hpp>
#include <simulacra/study/study.hpp>
#include <simulacra/study/study_result.hpp>
#include <simulacra/study/survival.hpp>
#include <simulacra/study/task.hpp>
