#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/categorical/choice.hpp>
#include <simulacra/families/categorical/draw.hpp>
#include <simulacra/families/categorical/side_by_side.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/random/saddle_point.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/weights.hpp>
#include <simulacra/summary/counts.hpp>

namespace simulacra {

/// The categorical law on the symbols 0, ..., K - 1: a vocabulary with its frequencies.
///
/// Only symbols of positive probability (the survivors, S of them) take room and time: K is a number that is remembered. A
/// chain of refits that has lost most of its words is as fast as if they had never been.
class categorical {
 public:
  /// The law with probabilities in proportion to `weights`, one for each symbol; they need not add to 1. O(K).
  /// @throw std::invalid_argument unless they are finite and >= 0 with a positive finite sum
  explicit categorical(std::span<const double> weights) : symbols_(static_cast<Index>(weights.size())) {
    const double sum = detail::require_weights(weights, "categorical", "weights");
    for (std::size_t i = 0; i < weights.size(); ++i) append(static_cast<Index>(i), weights[i] / sum);
  }
  explicit categorical(const std::vector<double>& weights) : categorical(std::span<const double>(weights)) {}
  explicit categorical(std::initializer_list<double> weights)
      : categorical(std::span<const double>(weights.begin(), weights.size())) {}

  /// The law of the relative frequencies in a summary, on so many symbols (0: on c.symbols()). O(entries).
  /// @throw std::invalid_argument if c holds no weight, or a symbol >= symbols has some
  static categorical of(const counts& c, Index symbols = 0) {
    argument::require(c.weight() <= (std::numeric_limits<double>::max)() && !c.entries().empty(), "categorical::of",
                      "c.weight()", c.weight(), "be > 0 and finite");
    categorical law(symbols > 0 ? symbols : c.symbols(), unfilled{});
    const Index largest = c.entries().back().symbol;
    argument::require(largest < law.symbols_, "categorical::of", "c", largest, "have no weight on symbols >= K");
    double sum = 0;  // not weight(): that was added in another order
    for (const counts::entry& e : c.entries()) sum += e.weight;
    law.support_.reserve(c.entries().size());
    law.probability_.reserve(c.entries().size());
    for (const counts::entry& e : c.entries()) law.append(e.symbol, e.weight / sum);
    return law;
  }

  /// p_i = 1 / K. @throw std::invalid_argument unless symbols >= 1
  static categorical uniform(Index symbols) {
    argument::require(symbols >= 1, "categorical::uniform", "symbols", symbols, "be at least 1");
    argument::require_room(symbols, 1, sizeof(double), "categorical::uniform", "symbols");
    return categorical(std::vector<double>(static_cast<std::size_t>(symbols), 1.0));
  }

  /// Zipf's law of word frequencies, \f$ p_i \propto (i + 1)^{-s} \f$ with the exponent s: the most frequent symbol is 0.
  /// @throw std::invalid_argument unless symbols >= 1 and exponent >= 0 is finite
  static categorical zipf(Index symbols, double exponent) {
    argument::require(symbols >= 1, "categorical::zipf", "symbols", symbols, "be at least 1");
    argument::require_room(symbols, 1, sizeof(double), "categorical::zipf", "symbols");
    argument::require(exponent >= 0 && exponent <= (std::numeric_limits<double>::max)(), "categorical::zipf", "exponent",
                      exponent, "be >= 0 and finite");
    std::vector<double> weights(static_cast<std::size_t>(symbols));
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::pow(static_cast<double>(i + 1), -exponent);
    return categorical(weights);
  }

  [[nodiscard]] Index dimension() const noexcept { return 1; }

  /// K, the number of symbols, lost ones included.
  [[nodiscard]] Index symbols() const noexcept { return symbols_; }

  /// The symbols of positive probability, ascending.
  [[nodiscard]] std::span<const Index> support() const noexcept { return support_; }

  /// Their probabilities, in the same order.
  [[nodiscard]] std::span<const double> support_probabilities() const noexcept { return probability_; }

  /// How many symbols are left.
  [[nodiscard]] Index surviving() const noexcept { return static_cast<Index>(support_.size()); }

  /// The probability of one symbol; 0 for a lost one, and for what is no symbol at all. O(log S).
  [[nodiscard]] double probability(Index symbol) const noexcept {
    const auto at = std::lower_bound(support_.begin(), support_.end(), symbol);
    return at != support_.end() && *at == symbol ? probability_[static_cast<std::size_t>(at - support_.begin())] : 0;
  }

  /// All K probabilities, zeros included. O(K).
  [[nodiscard]] std::vector<double> probabilities() const {
    argument::require_room(symbols_, 1, sizeof(double), "categorical::probabilities", "symbols()");
    std::vector<double> all(static_cast<std::size_t>(symbols_), 0.0);
    for (std::size_t i = 0; i < support_.size(); ++i) all[static_cast<std::size_t>(support_[i])] = probability_[i];
    return all;
  }

  /// The probability that two draws differ, \f$ 1 - \sum_i p_i^2 \f$: what population genetics calls heterozygosity. Under
  /// `replace` it shrinks in expectation by exactly (1 - 1/M) each generation. O(S).
  [[nodiscard]] double heterozygosity() const noexcept {
    double sum = 0;
    for (const double p : probability_) sum += p * (1 - p);
    return sum;
  }

  /// n observations, 1 x n. O(S + n), one word each. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<Index, 1> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "categorical::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "categorical::sample", "n");
    samples<Index, 1> x(1, n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a 1 x n block with observations: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    const detail::position_sampler draw(probability_, x.cols());
    for (Index i = 0; i < x.cols(); ++i) x(0, i) = support_[draw(rng)];
  }

  /// The counts of n observations, drawn from their exact law, the multinomial. O(S) whatever n.
  /// @throw std::invalid_argument if n < 1
  [[nodiscard]] counts sample_summary(Index n, as<counts>, stream& rng) const {
    argument::require(n >= 1, "categorical::sample_summary", "n", n, "be at least 1");
    std::vector<counts::entry> entries;
    detail::for_each_count_collapsed(probability_, n, rng, [this, &entries](std::size_t i, Index times) {
      entries.push_back({support_[i], static_cast<double>(times)});
    });
    return counts(symbols_, n, std::move(entries));
  }

  /// The counts of n observations that are drawn one by one and not kept: those of `sample(n, rng)`, to the last one.
  /// O(S + n) time, O(S) memory. @throw std::invalid_argument if n < 1
  [[nodiscard]] counts stream_summary(Index n, as<counts>, stream& rng) const {
    argument::require(n >= 1, "categorical::stream_summary", "n", n, "be at least 1");
    std::vector<counts::entry> entries;
    detail::for_each_count_streamed(probability_, n, rng, [this, &entries](std::size_t i, Index times) {
      entries.push_back({support_[i], static_cast<double>(times)});
    });
    return counts(symbols_, n, std::move(entries));
  }

  /// log p_x in nats, the density with respect to counting; minus infinity for a lost symbol. O(log S).
  [[nodiscard]] double log_density(Index symbol) const noexcept { return std::log(probability(symbol)); }
  [[nodiscard]] double log_density(const point<Index, 1>& x) const noexcept { return log_density(x[0]); }

  /// The law with probabilities \f$ p_i^{1 / \tau} / \sum_j p_j^{1 / \tau} \f$: below 1 the frequent gain, above 1 the rare,
  /// and what is lost stays lost. A probability under the smallest double counts as lost. O(S).
  /// @throw std::invalid_argument unless tau > 0 and finite
  [[nodiscard]] categorical tempered(double tau) const {
    argument::require(tau > 0 && tau <= (std::numeric_limits<double>::max)(), "categorical::tempered", "tau", tau,
                      "be > 0 and finite");
    const double largest = *std::max_element(probability_.begin(), probability_.end());
    categorical law(symbols_, unfilled{});
    for (std::size_t i = 0; i < support_.size(); ++i)
      law.append(support_[i], std::exp(std::log(probability_[i] / largest) / tau));
    law.normalise();
    return law;
  }

  /// The law without its rarest symbols: conditioned on the smallest set of most probable symbols whose mass is at least c
  /// (to within 1e-12, so that c = 0.7 of ten equal symbols is seven). Of equally probable ones the lower number stays. This
  /// is top-p or nucleus sampling, Holtzman et al. (2020), "The curious case of neural text degeneration". O(S log S).
  /// @throw std::invalid_argument unless 0 < c <= 1
  [[nodiscard]] categorical truncated(double c) const {
    argument::require(c > 0 && c <= 1, "categorical::truncated", "c", c, "be in (0, 1]");
    if (c == 1) return *this;
    std::vector<std::size_t> order(support_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto& p = probability_;
    std::stable_sort(order.begin(), order.end(), [&p](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    double mass = 0;
    std::size_t kept = 0;
    while (kept < order.size() && mass < c - 1e-12) mass += probability_[order[kept++]];
    order.resize((std::max)(kept, std::size_t{1}));
    std::sort(order.begin(), order.end());
    categorical law(symbols_, unfilled{});
    for (const std::size_t i : order) law.append(support_[i], probability_[i]);
    law.normalise();
    return law;
  }

  /// The law with probabilities in proportion to \f$ p_i e^{r_i} \f$; of `shared_rewards`, the mixture of such laws. O(S).
  /// @param reward  called with a column that holds the symbol; minus infinity takes one away
  /// @throw std::invalid_argument if a reward is NaN or plus infinity; chain_end if no symbol is left
  template <detail::rewards_what<point<Index, 1>> Reward>
  [[nodiscard]] categorical tilted(const Reward& reward) const {
    return with(detail::judged(support_, reward, [this](const auto& r) { return detail::tilted(probability_, r); }));
  }

  /// The law of what is chosen out of `of` draws with probability proportional to \f$ e^r \f$: exact, see `detail::chosen`. O(S^2) for two
  /// draws and few symbols, else O(S) for each of 5 nodes per unit of the range of rewards.
  /// @throw std::invalid_argument unless of >= 1, or if a reward is NaN or plus infinity
  template <detail::rewards_what<point<Index, 1>> Reward>
  [[nodiscard]] categorical chosen(Index of, const Reward& reward) const {
    argument::require(of >= 1, "categorical::chosen", "of", of, "be at least 1");
    return with(detail::judged(support_, reward, [&](const auto& r) { return detail::chosen(probability_, r, of); }));
  }

  friend bool operator==(const categorical&, const categorical&) = default;

 private:
  struct unfilled {};
  categorical(Index symbols, unfilled) : symbols_(symbols) {}

  void append(Index symbol, double probability) {
    if (probability == 0) return;
    support_.push_back(symbol);
    probability_.push_back(probability);
  }

  /// The law with other probabilities of the survivors, which add to 1.
  [[nodiscard]] categorical with(const std::vector<double>& p) const {
    categorical law(symbols_, unfilled{});
    for (std::size_t i = 0; i < p.size(); ++i) law.append(support_[i], p[i]);
    law.normalise();
    return law;
  }

  void normalise() {
    const double sum = std::accumulate(probability_.begin(), probability_.end(), 0.0);
    for (double& p : probability_) p /= sum;
  }

  Index symbols_ = 0;
  std::vector<Index> support_;
  std::vector<double> probability_;
};

/// The entropy of p in nats, \f$ -\sum_i p_i \log p_i \f$: 0 when one symbol is left, log K at most.
[[nodiscard]] inline double entropy(const categorical& p) {
  double sum = 0;
  for (const double x : p.support_probabilities()) sum -= x * std::log(x);
  return sum > 0 ? sum : 0;
}

/// The Kullback-Leibler divergence of q from p in nats, \f$ \sum_i p_i \log (p_i / q_i) \f$; infinite where q has lost a
/// symbol that p has. Summed as \f$ p_i \log(p_i / q_i) + q_i - p_i \f$, of which no term is negative, so that a small
/// divergence keeps its digits. @throw std::invalid_argument if K differs
[[nodiscard]] inline double kl_divergence(const categorical& p, const categorical& q) {
  double sum = 0;
  detail::for_each_symbol(p, q, "kl_divergence", [&sum](double a, double b) {
    if (b == 0)
      sum = std::numeric_limits<double>::infinity();
    else
      sum += a == 0 ? b : detail::deviance(a, b);
  });
  return sum;
}

/// A law on 0, ..., K - 1 whose probabilities are known: all that a projection on the categorical family needs.
template <class M>
concept has_probabilities = requires(const M& m) {
                              { m.probabilities() } -> std::convertible_to<std::vector<double>>;
                            };

/// The cross-entropy of a law on symbols under a categorical one, in nats: \f$ -\sum_i p_i \log q_i \f$; infinite where q has lost a
/// symbol that p has. O(K).
template <has_probabilities P>
[[nodiscard]] double cross_entropy(const P& p, const categorical& q) {
  const std::vector<double> all = p.probabilities();
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] > 0) sum -= all[i] * q.log_density(static_cast<Index>(i));
  return sum;
}

/// A categorical law in the features of the delta kernel: its probabilities. O(K) to clear, O(survivors) to fill.
/// @throw std::invalid_argument if a survivor is beyond the map's symbols
template <std::same_as<delta_features> Map>
void embed_into(const categorical& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  argument::require(out.size() == map.features(), "embed_into", "out.size()", out.size(), "equal the number of symbols");
  argument::require(law.support().back() < map.features(), "embed_into", "law", law.support().back(),
                    "have no probability beyond the map's symbols (this is its last one)");
  out.setZero();
  for (std::size_t i = 0; i < law.support().size(); ++i) out[law.support()[i]] = law.support_probabilities()[i];
}

}  // namespace simulacra
