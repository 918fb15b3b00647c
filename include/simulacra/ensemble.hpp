#pragma once

/// Many lineages, and what is said about them with Monte Carlo error.
#include <simulacra/ensemble/ancestry.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/ensemble/interrupt.hpp>
#include <simulacra/ensemble/population_ensemble.hpp>
#include <simulacra/ensemble/probe.hpp>
#include <simulacra/ensemble/records.hpp>
