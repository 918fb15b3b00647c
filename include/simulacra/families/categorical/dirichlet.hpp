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
#include <simulacra/core/posterior.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/counts.hpp>

namespace simulacra {

/// Fits a categorical law under a Dirichlet prior: with counts n_i, posterior Dirichlet(alpha_i + n_i), of which
/// \f[ \text{mean } \frac{n_i+\alpha_i}{n+A},\qquad \text{mode } \frac{n_i+\alpha_i-1}{n+A-K},\qquad\text{or a draw;}\quad A=\sum_i\alpha_i. \f]
/// Each symbol alone is the chain of `beta_bernoulli_estimator` with a = alpha_i and b = A - alpha_i. The mean under equal alpha is what
/// `categorical_estimator` calls smoothing. Ideal learner and projections are those of maximum likelihood; an observation of weight w
/// counts as w observations.
class dirichlet_estimator {
 public:
  using summary = counts;
  using model_type = categorical;

  /// @param alpha  one for each symbol, positive and finite, and at least 1 for the mode
  /// @throw std::invalid_argument if that does not hold, or there is none
  dirichlet_estimator(std::vector<double> alpha, posterior report) : alpha_(std::move(alpha)), report_(report) {
    argument::require(!alpha_.empty(), "dirichlet_estimator", "alpha.size()", 0, "be at least 1");
    for (const double a : alpha_) {
      argument::require(a > 0 && a <= (std::numeric_limits<double>::max)(), "dirichlet_estimator", "alpha", a,
                        "be positive and finite");
      argument::require(report != posterior::mode || a >= 1, "dirichlet_estimator", "alpha", a,
                        "be at least 1 where the mode is asked for: otherwise there may be none");
      whole_ += a;
    }
  }
  /// The same alpha for each symbol. @throw std::invalid_argument also unless symbols >= 1
  dirichlet_estimator(Index symbols, double alpha, posterior report) : dirichlet_estimator(equal(symbols, alpha), report) {}

  [[nodiscard]] Index symbols() const noexcept { return static_cast<Index>(alpha_.size()); }

  /// O(K). @throw std::invalid_argument if c holds no weight, or a symbol >= K
  [[nodiscard]] fitted<categorical> fit(const counts& c, stream& rng) const {
    argument::require(c.weight() <= (std::numeric_limits<double>::max)() && !c.entries().empty(), "dirichlet_estimator::fit",
                      "weight()", c.weight(), "be > 0 and finite");
    const Index largest = c.entries().back().symbol;
    argument::require(largest < symbols(), "dirichlet_estimator::fit", "the largest symbol", largest,
                      "be under K = " + argument::text(symbols()));
    std::vector<double> p = alpha_;
    for (const counts::entry& e : c.entries()) p[static_cast<std::size_t>(e.symbol)] += e.weight;
    double added = whole_;
    if (report_ == posterior::mode) {
      for (double& at : p) at = (std::max)(at - 1, 0.0);
      added -= static_cast<double>(symbols());
    } else if (report_ == posterior::sample) {
      draw(p, rng);
    }
    fitted<categorical> done{categorical(p), {}};
    done.result.shrinkage = added / (c.weight() + added);
    if (report_ == posterior::mode && added <= 0 && done.model.surviving() == 1) {
      done.result.what = status::absorbed;
      done.result.reason = "one symbol is left";
    }
    return done;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is in [0, K)
  [[nodiscard]] fitted<categorical> fit(const samples<Index, 1>& x, stream& rng) const {
    static_cast<void>(ideal().fit(x, rng));  // refuses what it must
    return fit(counts::of(x), rng);
  }
  [[nodiscard]] fitted<categorical> fit(const samples<Index, 1>& x, const weights<double>& w, stream& rng) const {
    static_cast<void>(ideal().fit(x, w, rng));
    return fit(counts::of(x, w), rng);
  }

  template <has_probabilities Law>
  [[nodiscard]] categorical project(const Law& law) const {
    return ideal().project(law);
  }
  template <has_probabilities Law>
  [[nodiscard]] categorical population_fit(const Law& law) const {
    return ideal().project(law);
  }
  [[nodiscard]] categorical_estimator ideal() const { return categorical_estimator(symbols()); }

 private:
  static std::vector<double> equal(Index symbols, double alpha) {
    argument::require(symbols >= 1, "dirichlet_estimator", "symbols", symbols, "be at least 1");
    argument::require_room(symbols, 1, sizeof(double), "dirichlet_estimator", "symbols");
    return std::vector<double>(static_cast<std::size_t>(symbols), alpha);
  }

  /// Gamma numbers in place of their shapes, in units of the largest, so that tiny shapes do not underflow together.
  static void draw(std::vector<double>& shapes, stream& rng) {
    for (double& at : shapes) at = log_standard_gamma(at, rng);
    const double largest = *std::max_element(shapes.begin(), shapes.end());
    for (double& at : shapes) at = std::exp(at - largest);
  }

  std::vector<double> alpha_;
  posterior report_;
  double whole_ = 0;
};

}  // namespace simulacra
