#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>

/// What must not depend on how data are written down. A *subject* (an estimator, a bandwidth selector, a metric) reads data and says
/// numbers of them, sorted by how they change when the data's unit and origin do; the rig rewrites the data in the ways of
/// `relation`, and compares what is said with what must be said.
namespace invariance {

using simulacra::Index;
using data = simulacra::samples<double>;
using weights = simulacra::weights<double>;

/// The unit and the origin in which data are written: x in them stands as scale * x + shift. Subjects whose own parameters are in units of
/// the data (a bandwidth that is given, landmarks) move them along.
struct unit {
  double scale = 1, shift = 0;
};

/// What a subject says of data.
struct reading {
  std::string said = "ok";      ///< the outcome's name, or "refused" for a std::invalid_argument or std::domain_error
  std::vector<double> places;   ///< become scale * v + shift
  std::vector<double> lengths;  ///< become scale * v
  std::vector<double> pure;     ///< stay
};

/// Mean and covariance of a fitted law.
struct two_moments {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// The ways of writing the same data down.
enum class relation {
  near_translation,  ///< + 2^20, about 1e6
  far_translation,   ///< + 2^40, about 1e12
  small_scale,       ///< * 2^-332, about 1e-100
  large_scale,       ///< * 2^332, about 1e100
  tiny_scale,        ///< * 2^-498, about 1e-150: the same, or an outcome that is not `ok`
  huge_scale,        ///< * 2^498, about 1e150: likewise
  least_scale,       ///< * 2^-996, about 1e-300: likewise
  largest_scale,     ///< * 2^996, about 1e300: likewise
  order,             ///< the observations in another order
  repetition,        ///< each observation twice, against weight 2; without weights, against once
  light_weights,     ///< all weights * 1e-300
  heavy_weights,     ///< all weights * 1e300
  zero_weight,       ///< a far observation of weight 0, against its absence
  one_observation,   ///< alone: an outcome or a refusal, or finite numbers
  all_equal,         ///< likewise
  few,               ///< n <= d: likewise
  affine,            ///< a shear with a stretch, where the subject has moments: they must be sheared and stretched
  single_precision   ///< float data, where a subject reads them: as far as float goes
};
inline constexpr relation relations[] = {relation::near_translation,
                                         relation::far_translation,
                                         relation::small_scale,
                                         relation::large_scale,
                                         relation::tiny_scale,
                                         relation::huge_scale,
                                         relation::least_scale,
                                         relation::largest_scale,
                                         relation::order,
                                         relation::repetition,
                                         relation::light_weights,
                                         relation::heavy_weights,
                                         relation::zero_weight,
                                         relation::one_observation,
                                         relation::all_equal,
                                         relation::few,
                                         relation::affine,
                                         relation::single_precision};

[[nodiscard]] std::string name_of(relation r);

/// A row of the table.
struct subject {
  std::string name;
  data x;  ///< numbers with few bits, so that every relation writes them down exactly
  std::function<reading(const data&, const weights&, const unit&)> read;  ///< no weights: an empty list
  bool weighted = true;                                                   ///< whether it takes weights
  double tolerance = 1e-10;  ///< of lengths and pure numbers, relative: what its own arithmetic may lose at unit scale
  /// What lengths and pure numbers lose where means are rounded, in units of (rounding of the mean) / (spread of the data): a mean that
  /// is stored as one double is that far off, and what is read around it is wrong in the first order.
  double of_mean_rounding = 64;
  std::function<reading(const simulacra::samples<float>&)> read_float{};  ///< empty: there is no float version
  std::function<two_moments(const data&)> moments_of{};  ///< of the fitted law; empty: it is not equivariant, or has none
  std::map<relation, std::string> exempt{};              ///< with the reason
};

/// Puts a subject through every relation; doctest's checks name subject and relation.
void put_through(const subject& s);

/// Numbers between -8 and 8 that are multiples of 1/64, of no symmetry, different from each other; the same for everybody.
[[nodiscard]] data grid_data(Index d, Index n);

/// What f says, with refusals as what they are.
template <class F>
[[nodiscard]] reading refusals_said(F&& f);

}  // namespace invariance

#include <stdexcept>

template <class F>
invariance::reading invariance::refusals_said(F&& f) {
  try {
    return f();
  } catch (const std::invalid_argument&) {
    return {.said = "refused", .places = {}, .lengths = {}, .pure = {}};
  } catch (const std::domain_error&) {
    return {.said = "refused", .places = {}, .lengths = {}, .pure = {}};
  }
}
