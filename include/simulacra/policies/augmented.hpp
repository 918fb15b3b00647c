#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/policies/detail/changes_data.hpp>
#include <simulacra/random/beta.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra {

/// What is done to observations before a model is fitted to them. With S the data's covariance (divisor n), the data that are fitted
/// have, on average over the augmentation and up to terms in 1/n, the covariance
///
/// | | covariance |
/// |---|---|
/// | `jitter` c | S + c^2 diag(S) |
/// | `mixup` a | S (a + 1) / (2 a + 1) |
/// | `bootstrap` | S, of which a fit with divisor n then sees (1 - 1/n) S |
///
/// so that jitter widens every generation, mixup narrows it, and the bootstrap doubles the pace of collapse.
/// Source of mixup: Zhang, Cisse, Dauphin and Lopez-Paz (2018), International Conference on Learning Representations.
struct augmentation {
  bool bootstrap =
      false;          ///< each copy is of an observation picked at random, with replacement, instead of one after the other
  double mixup = 0;   ///< a > 0: each copy is mixed with an observation picked at random, in shares from Beta(a, a)
  double jitter = 0;  ///< c > 0: normal noise is added, its standard deviation c times the data's, coordinate by coordinate
  Index copies = 1;   ///< augmented copies of each observation
  bool originals = false;  ///< whether the observations themselves stay among the data as well
};

namespace detail {

/// The standard deviation of each coordinate, with divisor n. @param w  weights, of which only ratios matter; null: all are equal
template <class X>
std::vector<double> coordinate_spreads(const X& x, const weights<double>* w) {
  const Index d = x.rows(), n = x.cols();
  const double whole = w == nullptr ? static_cast<double>(n) : w->sum();
  const auto share = [&](Index i) { return (w == nullptr ? 1 : (*w)[i]) / whole; };
  std::vector<double> mean(static_cast<std::size_t>(d), 0.0), spread(mean);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < d; ++k) mean[static_cast<std::size_t>(k)] += share(i) * static_cast<double>(x(k, i));
  for (Index k = 0; k < d; ++k) {
    const double centre = mean[static_cast<std::size_t>(k)];
    double largest = 0, square = 0;
    for (Index i = 0; i < n; ++i) largest = (std::max)(largest, std::abs(static_cast<double>(x(k, i)) - centre));
    const int unit =
        largest > 0 ? std::ilogb(largest) : 0;  // a power of two, which rounds nothing: no square leaves the range
    for (Index i = 0; i < n; ++i) {
      const double off = std::ldexp(static_cast<double>(x(k, i)) - centre, -unit);
      square += share(i) * off * off;
    }
    spread[static_cast<std::size_t>(k)] = std::ldexp(std::sqrt(square), unit);
  }
  return spread;
}

}  // namespace detail

/// An estimator of augmented data: a mitigation that any estimator of `samples` can have, at the price of keeping the observations
/// (no streamed or collapsed draws). Copies have the weight of the observation they are of; partners and bootstrapped observations are
/// picked in proportion to their weights, and the latter then weigh the same.
///
/// What augmentation adds is approximation error: `ideal()` is the estimator's own, without it, and A(T) is found by reference fits.
template <class Estimator>
class augmented : public detail::changes_data<augmented<Estimator>, Estimator> {
  using base = detail::changes_data<augmented<Estimator>, Estimator>;

 public:
  /// @throw std::invalid_argument if an option is negative or not finite, `copies` < 1, or nothing would be changed
  explicit augmented(Estimator estimator, augmentation how) : base(std::move(estimator)), how_(how) {
    constexpr double largest = (std::numeric_limits<double>::max)();
    argument::require(how.mixup >= 0 && how.mixup <= largest, "augmented", "mixup", how.mixup, "be >= 0 and finite");
    argument::require(how.jitter >= 0 && how.jitter <= largest, "augmented", "jitter", how.jitter, "be >= 0 and finite");
    argument::require(how.copies >= 1, "augmented", "copies", how.copies, "be at least 1");
    argument::require(how.bootstrap || how.mixup > 0 || how.jitter > 0, "augmented", "how", "no augmentation",
                      "name one: bootstrap, mixup or jitter");
  }

  [[nodiscard]] const augmentation& how() const noexcept { return how_; }

 private:
  friend base;

  [[nodiscard]] augmented with(Estimator estimator) const { return augmented(std::move(estimator), how_); }

  /// Fits augmented copies of the observations, d x n.  O(copies n d) beside the fit.
  /// @throw std::invalid_argument if there are none or one is not finite, if weights are negative, not finite, all 0, or not one for each
  template <class Data>
  auto fit_changed(const Data& x, const weights<double>* w, stream& rng) const {
    const Index n = x.cols();
    argument::require(n >= 1, "augmented::fit", "x.cols()", n, "be at least 1");
    argument::require_finite(x, "augmented::fit", "x");
    std::optional<alias_table> picks;
    if (w != nullptr) {
      argument::require(w->size() == n, "augmented::fit", "w", w->size(), "have one entry per observation");
      picks.emplace(std::span<const double>(w->data(), static_cast<std::size_t>(n)));
    }
    const auto pick = [&] {
      return picks ? (*picks)(rng) : static_cast<Index>(detail::uniform_below(static_cast<std::uint64_t>(n), rng));
    };

    training_set<Data, summary_for<Estimator>> made;
    const Index kept = how_.originals ? n : 0;
    argument::require_room(how_.copies, x.rows() * n, sizeof(typename Data::Scalar), "augmented::fit", "copies");
    made.data.resize(x.rows(), kept + how_.copies * n);
    if (w != nullptr) made.w.resize(made.data.cols());
    if (kept > 0) {
      made.data.leftCols(n) = x;
      if (w != nullptr) made.w.head(n) = *w;
    }
    const double mean_weight = w == nullptr ? 1 : w->mean();
    for (Index c = 0; c < how_.copies; ++c)
      for (Index i = 0; i < n; ++i) {
        const Index from = how_.bootstrap ? pick() : i, to = kept + c * n + i;
        made.data.col(to) = x.col(from);
        if (w != nullptr) made.w[to] = how_.bootstrap ? mean_weight : (*w)[i];
      }
    if (how_.mixup > 0) mix(x, made.data, kept, pick, rng);
    if (how_.jitter > 0) shake(x, w, made.data, kept, rng);
    return detail::fit_to(this->inner(), made, rng);
  }

  template <class Data, class Pick>
  void mix(const Data& x, Data& data, Index first, const Pick& pick, stream& rng) const {
    using scalar = typename Data::Scalar;
    const gamma_sampler gamma(how_.mixup);
    for (Index i = first; i < data.cols(); ++i) {
      const Index partner = pick();
      const double share = detail::beta_number(gamma, gamma, rng);
      for (Index k = 0; k < data.rows(); ++k)
        data(k, i) =
            static_cast<scalar>(share * static_cast<double>(data(k, i)) + (1 - share) * static_cast<double>(x(k, partner)));
    }
  }

  template <class Data>
  void shake(const Data& x, const weights<double>* w, Data& data, Index first, stream& rng) const {
    using scalar = typename Data::Scalar;
    const std::vector<double> spread = detail::coordinate_spreads(x, w);
    for (Index i = first; i < data.cols(); ++i)
      for (Index k = 0; k < data.rows(); ++k)
        data(k, i) += static_cast<scalar>(how_.jitter * spread[static_cast<std::size_t>(k)] * standard_normal(rng));
  }

  augmentation how_;
};

}  // namespace simulacra
