#pragma once

#include <limits>
#include <string_view>

#include <simulacra/theory.hpp>

#include "error_ledger.hpp"

namespace error_ledger {

namespace theory = simulacra::theory;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// What is known exactly: terms that cannot be, the identity, and the risk of a Gaussian.
inline double expected(const setting& s, std::string_view metric, Index t) {
  const bool forgets = s.recipe == "replace", gaussian = s.estimator == "gaussian", held = gaussian && s.truth == "gaussian";
  const bool exact = gaussian || s.estimator == "laplace";
  if (exact && metric == "share_approximation") return 0;
  if (held && forgets && metric == "share_expressivity") return 0;
  if (held && forgets && metric == "share_statistical") return 1;
  if (gaussian && forgets && metric == "risk_expressivity") {
    if (held || t > 1) return 0;
    if (s.truth == "mixture") return theory::two_normals_expressivity_kl(2, 1);
  }
  // One refit of a Gaussian to draws of a Gaussian: the same at any spread, so in every generation.
  if (gaussian && forgets && metric == "risk_statistical" && (held || t > 1))
    return theory::kl_from_truth(1, s.samples, 1, sim::divisor::n);
  return unknown;
}

}  // namespace error_ledger
