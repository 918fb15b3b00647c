#pragma once

/// The risks of a categorical law, which come with it.
#include <simulacra/families/categorical/law.hpp>
