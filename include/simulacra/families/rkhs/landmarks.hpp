#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/distance_in_units.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// Which observations become landmarks.
enum class landmark_choice {
  random,  ///< any, without replacement: as dense as the data are
  spread   ///< the first at random, then each as far from those before it as there is: an even cover of where data are
};

/// Landmarks among observations, pairwise different: m of them, or as many as there are different ones. O(n d) or O(n m d).
/// @param x  d x n, finite, n >= 1   @param m  at least 1   @throw std::invalid_argument otherwise
template <class T, int D>
[[nodiscard]] samples<T, D> choose_landmarks(const samples<T, D>& x, Index m, landmark_choice how, stream& rng) {
  argument::require(x.cols() >= 1, "choose_landmarks", "x.cols()", x.cols(), "be at least 1");
  argument::require_finite(x, "choose_landmarks", "x");
  argument::require(m >= 1, "choose_landmarks", "m", m, "be at least 1");
  argument::require(how == landmark_choice::random || how == landmark_choice::spread, "choose_landmarks", "how",
                    static_cast<int>(how), "be landmark_choice::random or ::spread");
  const Index n = x.cols();
  std::vector<Index> chosen;
  const auto is_new = [&](Index i) {
    return std::none_of(chosen.begin(), chosen.end(), [&](Index j) { return x.col(i) == x.col(j); });
  };
  if (how == landmark_choice::random) {
    for (const Index i : permutation(n, rng)) {
      if (is_new(i)) chosen.push_back(i);
      if (static_cast<Index>(chosen.size()) == m) break;
    }
  } else {
    std::vector<double> distance(static_cast<std::size_t>(n), std::numeric_limits<double>::infinity());
    // In units of the data, so that squares of distances stay in range: powers of two, which round nothing.
    const double widest = static_cast<double>((x.colwise() - x.col(0)).cwiseAbs().maxCoeff());
    const double unit =
        widest > 0 ? std::ldexp(1.0, std::ilogb((std::min)(widest, (std::numeric_limits<double>::max)()))) : 1;
    Index next = uniform_index(n, rng);
    while (static_cast<Index>(chosen.size()) < m) {
      chosen.push_back(next);
      Index farthest = next;
      double most = 0;
      for (Index i = 0; i < n; ++i) {
        double& d = distance[static_cast<std::size_t>(i)];
        d = (std::min)(d, detail::distance_squared_in_units(x.col(i), x.col(next), unit));
        if (d > most) {
          most = d;
          farthest = i;
        }
      }
      if (most == 0) {  // all others are equal to one that is chosen, but for what squares of distances do not tell apart
        for (farthest = 0; farthest < n && !is_new(farthest);) ++farthest;
        if (farthest == n) break;
      }
      next = farthest;
    }
  }
  samples<T, D> z(x.rows(), static_cast<Index>(chosen.size()));
  for (Index j = 0; j < z.cols(); ++j) z.col(j) = x.col(chosen[static_cast<std::size_t>(j)]);
  return z;
}

/// m landmarks at equal steps from `lower` to `upper`, both included. @throw std::invalid_argument unless m >= 2, lower <
/// upper
[[nodiscard]] inline samples<double, 1> even_landmarks(double lower, double upper, Index m) {
  argument::require(m >= 2, "even_landmarks", "m", m, "be at least 2");
  argument::require(lower < upper && upper - lower <= (std::numeric_limits<double>::max)(), "even_landmarks", "upper", upper,
                    "be above lower, both finite");
  argument::require_room(m, 1, sizeof(double), "even_landmarks", "m");
  return samples<double, 1>::LinSpaced(m, lower, upper);
}

/// An estimator on landmarks that are chosen anew from the data of each fit: they follow a chain wherever it goes. Its
/// family then depends on the data, and what finite data do to the landmarks is statistical error.
///
/// `Estimator` has `with_landmarks(z)`, `fit(x, rng)` and `fit(x, w, rng)`; those of this folder do. Weights do not enter
/// the choice. Fewer different observations than landmarks: a smaller model, with the outcome `degenerate`.
template <class Estimator>
class on_landmarks_of_data {
 public:
  using model_type = typename Estimator::model_type;
  using data_type = samples<typename model_type::scalar_type, model_type::dimension_at_compile_time>;

  /// @param base  its own landmarks are not used   @throw std::invalid_argument unless count >= 1
  on_landmarks_of_data(Estimator base, Index count, landmark_choice how = landmark_choice::spread)
      : base_(std::move(base)), count_(count), how_(how) {
    argument::require(count >= 1, "on_landmarks_of_data", "count", count, "be at least 1");
  }

  [[nodiscard]] fitted<model_type> fit(const data_type& x, stream& rng) const {
    const data_type z = choose_landmarks(x, count_, how_, rng);
    return checked(z, base_.with_landmarks(z).fit(x, rng));
  }
  [[nodiscard]] fitted<model_type> fit(const data_type& x, const weights<double>& w, stream& rng) const {
    const data_type z = choose_landmarks(x, count_, how_, rng);
    return checked(z, base_.with_landmarks(z).fit(x, w, rng));
  }

  /// The exact learner, on landmarks chosen alike.
  [[nodiscard]] auto ideal() const {
    using exact = decltype(base_.ideal());
    return on_landmarks_of_data<exact>(base_.ideal(), count_, how_);
  }

 private:
  [[nodiscard]] fitted<model_type> checked(const data_type& z, fitted<model_type> made) const {
    if (z.cols() < count_ && made.result.ok()) {
      made.result.what = status::degenerate;
      made.result.reason = "there are fewer different observations than landmarks";
    }
    return made;
  }

  Estimator base_;
  Index count_;
  landmark_choice how_;
};

}  // namespace simulacra
