#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/space.hpp>

/// How far the members of a population have gone apart. Each takes what an observer of a population sees, or whatever else has
/// `for_each_model(f)`, and looks at the models that are published: frozen ones too, and those of members that have ended.
namespace simulacra {

/// The variance of a draw from a random member, in the part that lies within members and that between them.
struct variance_parts {
  double within = std::numeric_limits<double>::quiet_NaN();   ///< mean over the members of their variances (traces)
  double between = std::numeric_limits<double>::quiet_NaN();  ///< variance (trace, divisor K) of the members' means

  [[nodiscard]] double total() const noexcept { return within + between; }

  /// \f$F_{ST}\f$, the share that lies between, as of Wright; 0 where there is no variance at all.
  [[nodiscard]] double f_st() const noexcept { return total() == 0 ? 0 : between / total(); }
};

/// Where the variance of a population lies. Models need `mean()` and `covariance()`.
///
/// \f[ W=\frac1K\sum_k\mathrm{tr}\,\Sigma_k,\qquad B=\frac1K\sum_k|\mu_k-\bar\mu|^2 \f]
/// @return NaN where no member has a model. O(K d^2)
template <class Population>
[[nodiscard]] variance_parts variance_of_members(const Population& g) {
  double members = 0, within = 0, between = 0;
  std::vector<double> mean;  // updated as in Welford (1962)
  g.for_each_model([&](const auto& m, Index) {
    const auto& mu = m.mean();
    const auto sigma = m.covariance();
    members += 1;
    mean.resize(static_cast<std::size_t>(m.dimension()));
    double trace = 0;
    for (Index i = 0; i < m.dimension(); ++i) {
      const double step = static_cast<double>(mu[i]) - mean[static_cast<std::size_t>(i)];
      mean[static_cast<std::size_t>(i)] += step / members;
      between += step * (static_cast<double>(mu[i]) - mean[static_cast<std::size_t>(i)]);
      trace += static_cast<double>(sigma(i, i));
    }
    within += trace;
  });
  if (members == 0) return {};
  return {within / members, between / members};
}

/// How alike draws are, of one member and of two: the terms in which population genetics says it.
struct diversity_parts {
  double within = std::numeric_limits<double>::quiet_NaN();  ///< \f$F_w\f$: two draws of one member agree, mean over members
  double between = std::numeric_limits<
      double>::quiet_NaN();  ///< \f$F_b\f$: draws of two different members agree, mean over pairs; NaN for one
  double pool = std::numeric_limits<double>::quiet_NaN();  ///< two draws of the mixture of all members agree

  /// The disagreement of members: the probability that draws of two different ones differ.
  [[nodiscard]] double disagreement() const noexcept { return 1 - between; }

  /// \f$1-H_S/H_T\f$ with \f$H_S=1-F_w\f$ and \f$H_T=1-\f$ `pool`; 0 where there is no diversity at all.
  [[nodiscard]] double f_st() const noexcept { return 1 - pool == 0 ? 0 : (within - pool) / (1 - pool); }
};

/// How alike the members of a population are. Models need `probabilities()`, all over the same symbols.
///
/// \f[ F_w=\frac1K\sum_k\sum_xp_k(x)^2,\qquad F_b=\frac1{K(K-1)}\sum_{j\ne k}\sum_xp_j(x)p_k(x),\qquad
///     \textrm{pool}=\sum_x\bar p(x)^2 \f]
/// @return NaN where no member has a model. O(K symbols). Source: Wright (1943); Nei (1973).
template <class Population>
[[nodiscard]] diversity_parts diversity_of_members(const Population& g) {
  double members = 0, within = 0;
  std::vector<double> sum;
  g.for_each_model([&](const auto& m, Index) {
    const auto p = m.probabilities();
    if (p.size() > sum.size()) sum.resize(p.size());
    for (std::size_t x = 0; x < p.size(); ++x) {
      sum[x] += p[x];
      within += p[x] * p[x];
    }
    members += 1;
  });
  if (members == 0) return {};
  double all = 0;
  for (const double s : sum) all += s * s;
  diversity_parts parts;
  parts.within = within / members;
  parts.pool = all / (members * members);
  if (members > 1) parts.between = (std::max)(0.0, all - within) / (members * (members - 1));
  return parts;
}

/// The mean squared distance of two different members in a space: the disagreement of models of any family.
///
/// \f[ \frac1{K(K-1)}\sum_{j\ne k}\|Q_j-Q_k\|^2=\frac2{K-1}\sum_k\|Q_k-\bar Q\|^2 \f]
/// @param in  the space, which must be able to embed every member's model; one that draws adds its error to every distance
/// @return NaN where fewer than two members have a model. O(K) embeddings, twice.
template <space Space, class Population>
[[nodiscard]] double disagreement(const Space& in, const Population& g) {
  double members = 0, squares = 0;
  auto mean = in.zero(), place = in.zero();
  g.for_each_model([&](const auto& m, Index) {
    static_cast<void>(in.embed(m, place));
    in.add(mean, 1, place);
    members += 1;
  });
  if (members < 2) return std::numeric_limits<double>::quiet_NaN();
  g.for_each_model([&](const auto& m, Index) {
    static_cast<void>(in.embed(m, place));
    in.add(place, -1 / members, mean);
    squares += in.inner(place, place);
  });
  return 2 * squares / (members - 1);
}

}  // namespace simulacra
