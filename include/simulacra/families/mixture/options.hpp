#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/law.hpp>

namespace simulacra {

/// What the components' covariances may be.
enum class covariance_type {
  full,       ///< any, each its own
  diagonal,   ///< no correlations
  spherical,  ///< one variance for all directions
  tied        ///< any, one for all components
};

/// Where EM starts.
enum class mixture_start {
  k_means,                  ///< k-means++ seeds, some rounds of Lloyd's, and the moments of the clusters
  random_points,            ///< k observations as means, the covariance of all the data for each
  random_responsibilities,  ///< the moments that go with uniform random responsibilities: all components nearly alike
  given                     ///< the mixtures that the options name
};

/// What becomes of a component that is lost: one to which no observation belongs any more, or whose covariance has become
/// singular or fallen to the rounding of its mean. Whatever it is, the outcome is `degenerate`.
enum class lost_component {
  drop,    ///< it goes, and the others share its weight
  reseed,  ///< it starts again at a random observation with the covariance of all the data, some times; then it is dropped
  floor    ///< its covariance is increased by `lost_floor` in every direction; without any weight it is dropped
};

/// How mixtures are fitted: `mixture_options<double, 2>{.components = 3}`.
template <class T = double, int D = dynamic>
struct mixture_options {
  Index components = 0;                                ///< k >= 1, to be given
  covariance_type covariance = covariance_type::full;  ///< what their covariances may be
  mixture_start start = mixture_start::k_means;        ///< where EM starts
  std::vector<gaussian_mixture<T, D>> given{};         ///< starts of one's own, before any other; at most k components each
  Index restarts = 1;           ///< starts by `start`, the likeliest result is kept; 0 only if some are given
  double tolerance = 1e-6;      ///< EM has converged when the mean log-likelihood changes by less, in nats per observation
  Index max_iterations = 1000;  ///< of one start; EM that stops here has the outcome `not_converged`
  double floor = 0;             ///< variance that is added to every estimated covariance, in every direction
  lost_component lost = lost_component::drop;  ///< what becomes of a component that is lost
  double lost_floor = 0;           ///< variance that a lost component gets under `lost_component::floor`, > 0 then
  Index reseeds = 10;              ///< at most so many under `lost_component::reseed`, in one start
  Index lloyd_rounds = 10;         ///< at most so many after k-means++
  Index reference_draws = 100000;  ///< draws that stand for a law where its fit has no closed form
};

namespace detail {

template <class T, int D>
void check_options(const mixture_options<T, D>& o) {
  constexpr std::string_view name = "mixture_estimator";
  constexpr double most = (std::numeric_limits<double>::max)();
  argument::require(o.components >= 1, name, "components", o.components, "be at least 1");
  argument::require_room(o.components, D == dynamic ? 1 : D * D, sizeof(double), name, "components");
  argument::require(o.restarts >= (o.given.empty() ? 1 : 0), name, "restarts", o.restarts,
                    "be at least 1, or at least 0 where a start is given");
  argument::require(o.start != mixture_start::given || !o.given.empty(), name, "given.size()", Index{0},
                    "be at least 1 where the start is given");
  for (const auto& start : o.given) {
    argument::require(start.size() <= o.components, name, "given.size()", start.size(),
                      "be at most the number of components");
    argument::require(start.dimension() == o.given.front().dimension(), name, "given.dimension()", start.dimension(),
                      "be the same for all");
  }
  argument::require(o.tolerance >= 0 && o.tolerance <= most, name, "tolerance", o.tolerance, "be >= 0 and finite");
  argument::require(o.max_iterations >= 1, name, "max_iterations", o.max_iterations, "be at least 1");
  argument::require(o.floor >= 0 && o.floor <= most, name, "floor", o.floor, "be >= 0 and finite");
  argument::require(o.lost_floor >= 0 && o.lost_floor <= most, name, "lost_floor", o.lost_floor, "be >= 0 and finite");
  argument::require(o.lost != lost_component::floor || o.lost_floor > 0, name, "lost_floor", o.lost_floor,
                    "be > 0 where lost components are floored");
  argument::require(o.reseeds >= 0, name, "reseeds", o.reseeds, "not be negative");
  argument::require(o.lloyd_rounds >= 0, name, "lloyd_rounds", o.lloyd_rounds, "not be negative");
  argument::require(o.reference_draws >= 2 * o.components, name, "reference_draws", o.reference_draws,
                    "be at least twice the number of components");
}

}  // namespace detail

/// The number of free parameters of a mixture of k components in d dimensions.
/// @throw std::invalid_argument unless k, d >= 1, and the number stays below 2^62
[[nodiscard]] inline Index free_parameters(covariance_type what, Index k, Index d) {
  argument::require(k >= 1, "free_parameters", "k", k, "be at least 1");
  argument::require(d >= 1, "free_parameters", "d", d, "be at least 1");
  const double k_d = static_cast<double>(k) * static_cast<double>(d), most = 0x1p62;
  argument::require(k_d * (static_cast<double>(d) + 5) < most, "free_parameters", "d", d,
                    "leave the number of parameters below 2^62");
  const Index means_and_weights = k * d + k - 1, triangle = d * (d + 1) / 2;
  switch (what) {
    case covariance_type::full: return means_and_weights + k * triangle;
    case covariance_type::diagonal: return means_and_weights + k * d;
    case covariance_type::spherical: return means_and_weights + k;
    case covariance_type::tied: return means_and_weights + triangle;
  }
  return 0;
}

}  // namespace simulacra
