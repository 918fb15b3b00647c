#pragma once

/// The recursion: recipes, schedules, decoders, and the loop that runs them.
#include <simulacra/core/reward.hpp>
#include <simulacra/laws/data_source.hpp>
#include <simulacra/policies/acceptance_probe.hpp>
#include <simulacra/policies/augmented.hpp>
#include <simulacra/policies/decoders.hpp>
#include <simulacra/policies/noisy.hpp>
#include <simulacra/policies/poisoned.hpp>
#include <simulacra/policies/scheduled.hpp>
#include <simulacra/policies/selected.hpp>
#include <simulacra/policies/verified.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/decoder.hpp>
#include <simulacra/recursion/edit.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/networks.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/population.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/recursion/run_population.hpp>
#include <simulacra/recursion/schedule.hpp>
#include <simulacra/recursion/warm_start.hpp>
