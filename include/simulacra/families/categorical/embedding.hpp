#pragma once

/// A categorical law in the features of the delta kernel: the law with its closed form, and the map.
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/embedding.hpp>
