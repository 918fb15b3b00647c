#pragma once

/// Entropy, divergence and cross-entropy of a Gaussian law, which come with the law.
#include <simulacra/families/gaussian/law.hpp>
