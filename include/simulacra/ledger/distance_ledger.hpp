#pragma once

#include <algorithm>
#include <concepts>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/corner_book.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/risk.hpp>

namespace simulacra {

/// The ledger of a distance between laws that only the triangle inequality can split: `distance_ledger(experiment, "w2", d)` with
/// d(p, q) >= 0 a metric, callable with T as it comes (the truth, a model; for mixtures of sources see `mixed_law`) and the estimator's
/// model. Where it is not callable the term is NaN; so state the types that it takes, since a lambda of `auto` claims to take all.
/// An observer and a probe, like `ledger`. Either path can be walked; a distance has no interaction, since it is the difference of two
/// differences.
template <class Experiment, class Distance>
class distance_ledger : public detail::row_book<Experiment, triangle_bound> {
 public:
  /// @throw std::invalid_argument if `how` asks for an interaction, or for what cannot be had: see `ledger`
  distance_ledger(const Experiment& what, std::string name, Distance d, const ledger_options& how = {})
      : detail::row_book<Experiment, triangle_bound>(what, how), name_(std::move(name)), distance_(std::move(d)) {
    argument::require(!how.interaction, "distance_ledger", "interaction", "true",
                      "be false: a distance is no difference, so two paths along its corners have none");
  }

  [[nodiscard]] std::vector<std::string> names() const {
    return {name_ + "_expressivity", name_ + "_approximation", name_ + "_statistical", name_ + "_distance",
            name_ + "_bound"};
  }

  template <class Generation>
  void operator()(const Generation& g) {
    this->rows_.push_back(read(g));
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    const triangle_bound b = read(g);
    const double values[]{b.expressivity, b.approximation, b.statistical, b.distance, b.bound()};
    std::copy(std::begin(values), std::end(values), out.begin());
  }

 private:
  template <class P, class Q>
  [[nodiscard]] double between(const P& p, const Q& q) const {
    if constexpr (requires {
                    { distance_(p, q) } -> std::convertible_to<double>;
                  })
      return distance_(p, q);
    else
      return risk_terms::undefined;
  }

  template <class Generation>
  triangle_bound read(const Generation& g) {
    return this->book_.close(g, [&]<class Law, class Best, class Limit>(const Law& law, const corner<Best>& best,
                                                                        const corner<Limit>& limit, const auto& exact) {
      const auto from = [&](const auto& p) { return [&](const auto& q) { return between(p, q); }; };
      const auto to_model = [&](const auto& p) { return between(p, g.model); };
      const auto both = [&](const auto& p, const auto& q) { return between(p, q); };
      triangle_bound b;
      b.expressivity = detail::over_halves(best, from(law));
      if (this->book_.how().order == path::paper) {
        b.approximation = detail::over_both(best, limit, both);
        b.statistical = detail::over_halves(limit, to_model);
      } else {
        b.statistical = detail::over_both(best, exact, both);
        b.approximation = detail::over_halves(exact, to_model);
      }
      b.distance = between(law, g.model);
      return b;
    });
  }

  std::string name_;
  Distance distance_;
};

}  // namespace simulacra
