#pragma once

/// The recursion: recipes, schedules, decoders, and the loop that runs them.
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/augmented.hpp>
#include <simulacra/recursion/data_source.hpp>
#include <simulacra/recursion/decoder.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/poisoned.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/recursion/schedule.hpp>
#include <simulacra/recursion/selected.hpp>
#include <simulacra/recursion/warm_start.hpp>
