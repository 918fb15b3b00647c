#pragma once

#include <cmath>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/label_law.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

namespace detail {

struct logistic_model_words {
  static constexpr std::string_view law = "logistic_model", sample = "logistic_model::sample", edit = "logistic_model::edit",
                                    at = "logistic_model::log_odds";
};

}  // namespace detail

/// Labels 0 and 1 whose log odds are linear in their inputs:
/// \f[ P(y = 1 \mid x) = \frac1{1+e^{-f(x)}}, \qquad f(x) = b + \beta^T x, \qquad x \sim \text{a law of inputs} \f]
/// A law of pairs, as `linear_model` is. An observation has d + 1 numbers: d inputs and a label.
template <law_of_inputs Inputs = gaussian<>>
class logistic_model : public label_law<logistic_model<Inputs>, detail::logistic_model_words, Inputs> {
  using base = label_law<logistic_model, detail::logistic_model_words, Inputs>;
  friend pair_law<logistic_model, detail::logistic_model_words, Inputs>;

 public:
  using typename base::data, typename base::input_type, typename base::scalar_type;

  /// @param weights    beta, d numbers, finite   @param inputs  the law of x, of dimension d   @param intercept  b, finite
  /// @throw std::invalid_argument if one of these does not hold
  logistic_model(input_type weights, Inputs inputs, scalar_type intercept = 0)
      : base(std::move(weights), intercept, std::move(inputs)) {}

  /// The log odds of label 1. @throw std::invalid_argument if x has another dimension
  [[nodiscard]] scalar_type log_odds(const input_type& x) const { return this->at(x); }

  /// The probability of label 1.
  [[nodiscard]] double probability(const input_type& x) const {
    return 1 / (1 + std::exp(-static_cast<double>(log_odds(x))));
  }

  /// The same of many, an input in a column: a number each. O(n d). @throw std::invalid_argument if their dimension is another
  [[nodiscard]] point<> probabilities(const decltype(data::x)& x) const {
    const point<> odds = all_log_odds(x);
    return odds.unaryExpr([](double v) { return 1 / (1 + std::exp(-v)); });
  }

  /// The likelier label of each input, 0 or 1. O(n d).
  [[nodiscard]] samples<Index, 1> classify(const decltype(data::x)& x) const {
    return (all_log_odds(x).array() > 0).template cast<Index>().transpose();
  }

  /// The model whose labels, given their inputs, have probabilities proportional to the tau-th root of this one's: log odds over tau. The
  /// inputs stay what they are. @throw std::invalid_argument unless tau > 0 and the log odds stay finite
  [[nodiscard]] logistic_model tempered(double tau) const {
    argument::require(tau > 0, "logistic_model::tempered", "tau", tau, "be > 0");
    return logistic_model(static_cast<scalar_type>(1 / tau) * this->weights(), this->inputs(),
                          static_cast<scalar_type>(1 / tau) * this->intercept());
  }

  /// The log probability of a label given its input, in nats, for a label of 0 or 1.
  [[nodiscard]] double log_probability(const input_type& x, scalar_type y) const {
    const auto f = static_cast<double>(log_odds(x)), margin = y > scalar_type(0.5) ? f : -f;
    return margin > 0 ? -std::log1p(std::exp(-margin)) : margin - std::log1p(std::exp(margin));
  }

  /// Log density of a pair, in nats: of its input, and of its label, 0 or 1, given that.
  [[nodiscard]] double log_density(const labelled<input_type, point<scalar_type, 1>>& pair) const
    requires requires(const Inputs& law, const input_type& x) { law.log_density(x); }
  {
    return this->inputs().log_density(pair.x) + log_probability(pair.x, pair.y[0]);
  }

  friend bool operator==(const logistic_model& a, const logistic_model& b) { return a.same_form(b); }

 private:
  [[nodiscard]] point<> all_log_odds(const decltype(data::x)& x) const {
    argument::require(x.rows() == this->weights().size(), "logistic_model::probabilities", "x.rows()", x.rows(),
                      "equal the dimension of the inputs");
    point<> odds = (x.transpose() * this->weights()).template cast<double>();
    odds.array() += static_cast<double>(this->intercept());
    return odds;
  }

  void label(data& pairs, stream& rng) const {
    pairs.y.resize(1, pairs.x.cols());
    pairs.y.noalias() = this->weights().transpose() * pairs.x;
    for (Index i = 0; i < pairs.y.cols(); ++i) {
      const double odds = std::exp(-static_cast<double>(pairs.y[i] + this->intercept()));
      pairs.y[i] = uniform_open(rng) * (1 + odds) < 1 ? scalar_type(1) : scalar_type(0);
    }
  }
};

/// The mean of -log P(label | input) over pairs, in nats. O(n d).
/// @throw std::invalid_argument if there is none, or inputs and labels differ in number
template <class Inputs>
[[nodiscard]] double log_loss(const logistic_model<Inputs>& m, const typename logistic_model<Inputs>::data& pairs) {
  argument::require(pairs.x.cols() >= 1, "log_loss", "x.cols()", pairs.x.cols(), "be at least 1");
  argument::require(pairs.y.cols() == pairs.x.cols(), "log_loss", "y.cols()", pairs.y.cols(), "be the number of inputs");
  double sum = 0;
  for (Index i = 0; i < pairs.x.cols(); ++i) sum -= m.log_probability(pairs.x.col(i), pairs.y[i]);
  return sum / static_cast<double>(pairs.x.cols());
}

/// The share of pairs whose label is the one that the model finds likelier. O(n d). Throws as `log_loss`.
template <class Inputs>
[[nodiscard]] double accuracy(const logistic_model<Inputs>& m, const typename logistic_model<Inputs>::data& pairs) {
  argument::require(pairs.x.cols() >= 1, "accuracy", "x.cols()", pairs.x.cols(), "be at least 1");
  argument::require(pairs.y.cols() == pairs.x.cols(), "accuracy", "y.cols()", pairs.y.cols(), "be the number of inputs");
  Index right = 0;
  for (Index i = 0; i < pairs.x.cols(); ++i)
    if ((m.log_odds(pairs.x.col(i)) > 0) == (pairs.y[i] > typename logistic_model<Inputs>::scalar_type(0.5))) ++right;
  return static_cast<double>(right) / static_cast<double>(pairs.x.cols());
}

}  // namespace simulacra
