#pragma once

#include <cstddef>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/hilbert/delta_features.hpp>
#include <simulacra/hilbert/embedding.hpp>

namespace simulacra {

/// A categorical law in the features of the delta kernel: its probabilities. O(K) to clear, O(survivors) to fill.
/// @throw std::invalid_argument if a survivor is beyond the map's symbols
inline void embed_into(const categorical& law, const delta_features& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(out.size() == map.features(), "embed_into", "out.size()", out.size(), "equal the number of symbols");
  argument::require(law.support().back() < map.features(), "embed_into", "law", law.support().back(),
                    "have no probability beyond the map's symbols (this is its last one)");
  out.setZero();
  for (std::size_t i = 0; i < law.support().size(); ++i) out[law.support()[i]] = law.support_probabilities()[i];
}

}  // namespace simulacra
