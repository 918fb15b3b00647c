#pragma once

/// Distances between samples or laws that belong to no family, tails and modes, and the collapse profile.
#include <simulacra/metrics/classes.hpp>
#include <simulacra/metrics/collapse_profile.hpp>
#include <simulacra/metrics/distribution_functions.hpp>
#include <simulacra/metrics/diversity.hpp>
#include <simulacra/metrics/energy_distance.hpp>
#include <simulacra/metrics/groups.hpp>
#include <simulacra/metrics/level_sets.hpp>
#include <simulacra/metrics/line_entropy.hpp>
#include <simulacra/metrics/measured.hpp>
#include <simulacra/metrics/members.hpp>
#include <simulacra/metrics/mmd.hpp>
#include <simulacra/metrics/mmd_by_features.hpp>
#include <simulacra/metrics/two_sample_test.hpp>
#include <simulacra/metrics/wasserstein.hpp>
