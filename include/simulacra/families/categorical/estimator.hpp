#pragma once

#include <concepts>
#include <limits>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/law.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/counts.hpp>

namespace simulacra {

/// Fits a categorical law on K symbols by relative frequencies, with additive smoothing if asked for:
/// \f[ \hat p_i = \frac{n_i + \alpha}{n + K \alpha}. \f]
/// alpha = 0 is maximum likelihood, alpha = 1 Laplace's rule. Without smoothing a symbol that is missing once is lost, and
/// when one symbol is left the outcome is `absorbed`. With it no symbol is ever lost; the weight of the uniform law in the
/// result, K alpha / (n + K alpha), is reported as `outcome::shrinkage`.
class categorical_estimator {
 public:
  using summary = counts;
  using model_type = categorical;

  /// @throw std::invalid_argument unless symbols >= 1 and smoothing >= 0 is finite
  explicit categorical_estimator(Index symbols, double smoothing = 0) : symbols_(symbols), smoothing_(smoothing) {
    argument::require(symbols >= 1, "categorical_estimator", "symbols", symbols, "be at least 1");
    argument::require(smoothing >= 0 && smoothing <= (std::numeric_limits<double>::max)(), "categorical_estimator",
                      "smoothing", smoothing, "be >= 0 and finite");
  }

  [[nodiscard]] Index symbols() const noexcept { return symbols_; }
  [[nodiscard]] double smoothing() const noexcept { return smoothing_; }

  /// The law of the frequencies in c. O(entries); with smoothing, O(K).
  /// @throw std::invalid_argument if c holds no weight, or a symbol >= K
  [[nodiscard]] fitted<categorical> fit(const counts& c, stream&) const { return fit(c); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<categorical> fit(const counts& c) const {
    argument::require(c.weight() <= (std::numeric_limits<double>::max)() && !c.entries().empty(),
                      "categorical_estimator::fit", "weight()", c.weight(), "be > 0 and finite");
    const Index largest = c.entries().back().symbol;
    argument::require(largest < symbols_, "categorical_estimator::fit", "the largest symbol", largest,
                      "be under K = " + argument::text(symbols_));
    if (smoothing_ > 0) return smoothed(c);
    fitted<categorical> result{categorical::of(c, symbols_), {}};
    if (result.model.surviving() == 1) {
      result.result.what = status::absorbed;
      result.result.reason = "one symbol is left";
    }
    return result;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is in [0, K)
  [[nodiscard]] fitted<categorical> fit(const samples<Index, 1>& x, stream&) const {
    argument::require(x.cols() >= 1, "categorical_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    require_symbols(x);
    return fit(counts::of(x));
  }

  /// Fits weighted observations.
  [[nodiscard]] fitted<categorical> fit(const samples<Index, 1>& x, const weights<double>& w, stream&) const {
    require_symbols(x);
    return fit(counts::of(x, w));
  }

  /// The best categorical law on K symbols for a law, by KL(law || .): the one with its probabilities.
  /// @throw std::invalid_argument if the law has more than K symbols
  template <has_probabilities Law>
  [[nodiscard]] categorical project(const Law& law) const {
    if constexpr (std::same_as<Law, categorical>)
      if (law.symbols() == symbols_) return law;  // dividing by a sum again would cost the last digit
    std::vector<double> p = law.probabilities();
    const Index size = static_cast<Index>(p.size());
    argument::require(size <= symbols_, "categorical_estimator::project", "law.probabilities().size()", size,
                      "be at most K = " + argument::text(symbols_));
    argument::require_room(symbols_, 1, sizeof(double), "categorical_estimator::project", "symbols");
    p.resize(static_cast<std::size_t>(symbols_), 0.0);
    return categorical(p);
  }

  /// What this procedure returns from infinitely many observations: the projection, since smoothing fades as 1 / n.
  template <has_probabilities Law>
  [[nodiscard]] categorical population_fit(const Law& law) const {
    return project(law);
  }

  /// The exact learner of the family: maximum likelihood with nothing added.
  [[nodiscard]] categorical_estimator ideal() const { return categorical_estimator(symbols_); }

 private:
  [[nodiscard]] fitted<categorical> smoothed(const counts& c) const {
    argument::require_room(symbols_, 1, sizeof(double), "categorical_estimator::fit", "symbols");
    std::vector<double> p(static_cast<std::size_t>(symbols_), smoothing_);
    for (const counts::entry& e : c.entries()) p[static_cast<std::size_t>(e.symbol)] += e.weight;
    const double added = smoothing_ * static_cast<double>(symbols_);
    fitted<categorical> result{categorical(p), {}};
    result.result.shrinkage = added / (c.weight() + added);
    return result;
  }

  void require_symbols(const samples<Index, 1>& x) const {
    for (Index i = 0; i < x.cols(); ++i)
      if (x[i] < 0 || x[i] >= symbols_) [[unlikely]]
        argument::reject("categorical_estimator::fit", "x", argument::text(x[i]) + " at column " + argument::text(i),
                         "be a symbol, at least 0 and under K = " + argument::text(symbols_));
  }

  Index symbols_;
  double smoothing_;
};

}  // namespace simulacra
