#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/ngram_build.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ngram_smoothing.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A Markov source: `markov_source({.order = 2, .words = 3, .conditional = q})`.
struct markov_options {
  int order;    ///< how many words the next one depends on, from 0 to 5
  Index words;  ///< size of the alphabet; its words are the tokens `first_word`, `first_word` + 1, ...
  std::vector<double>
      conditional;  ///< words^order x words: entry h words + a is in proportion to p(a | h), where h counts the last `order`
                    ///< words in base `words`, the oldest being the leading digit
  Index length = 64;  ///< tokens in a block
};

namespace detail {

/// The stationary law of an irreducible Markov chain by the elimination of Grassmann, Taksar and Heyman (1985),
/// "Regenerative analysis and steady state distributions for Markov chains", Operations Research: no subtraction, so every
/// entry is right to rounding. O(n^3).
/// @param p  n x n, rows in proportion to transition probabilities   @throw std::invalid_argument if the chain is reducible
inline std::vector<double> stationary_law(std::vector<double> p, std::size_t n) {
  for (std::size_t k = n - 1; k > 0; --k) {
    double out = 0;
    for (std::size_t j = 0; j < k; ++j) out += p[k * n + j];
    argument::require(out > 0, "markov_source", "conditional", out, "lead from every history to every other");
    for (std::size_t i = 0; i < k; ++i) {
      const double share = p[i * n + k] / out;
      if (share == 0) continue;
      p[i * n + k] = share;
      for (std::size_t j = 0; j < k; ++j) p[i * n + j] += share * p[k * n + j];
    }
  }
  std::vector<double> law(n, 1.0);
  double sum = 1;
  for (std::size_t k = 1; k < n; ++k) {
    law[k] = 0;
    for (std::size_t i = 0; i < k; ++i) law[k] += law[i] * p[i * n + k];
    sum += law[k];
  }
  for (double& x : law) x /= sum;
  return law;
}

}  // namespace detail

/// A stationary Markov source as a truth: an n-gram model of order `order` + 1 whose blocks begin in the stationary law, so
/// that every window of so many tokens has one law, wherever in a block it is. Histories that cannot occur are left out.
/// O(words^(3 order)).
/// @throw std::invalid_argument unless order is from 0 to 5, words >= 1, words^order <= 1024, the table has the right size,
///        its entries are finite and >= 0, with a positive sum in each row, every history leads to every other, and length
///        >= 1
[[nodiscard]] inline ngram markov_source(const markov_options& how) {
  constexpr const char* name = "markov_source";
  argument::require(how.order >= 0 && how.order < longest_ngram, name, "order", how.order, "be from 0 to 5");
  argument::require(how.words >= 1 && how.words <= 1024, name, "words", how.words, "be from 1 to 1024");
  argument::require(how.length >= 1, name, "length", how.length, "be at least 1");
  const auto words = static_cast<std::size_t>(how.words);
  std::size_t histories = 1;
  for (int i = 0; i < how.order; ++i) histories *= words;
  argument::require(histories <= 1024, name, "words^order", histories, "be at most 1024");
  std::vector<double> q = how.conditional;
  argument::require(q.size() == histories * words, name, "conditional.size()", q.size(), "be words^(order + 1)");
  for (std::size_t h = 0; h < histories; ++h) {
    double sum = 0;
    for (std::size_t a = 0; a < words; ++a) {
      const double x = q[h * words + a];
      argument::require(x >= 0 && x <= (std::numeric_limits<double>::max)(), name, "conditional", x,
                        "have entries >= 0 and finite");
      sum += x;
    }
    argument::require(sum > 0 && sum <= (std::numeric_limits<double>::max)(), name, "conditional", sum,
                      "have rows with a positive sum");
    for (std::size_t a = 0; a < words; ++a) q[h * words + a] /= sum;
  }
  std::vector<double> transition(histories * histories);
  for (std::size_t h = 0; h < histories; ++h)
    for (std::size_t a = 0; a < words; ++a) transition[h * histories + (h * words + a) % histories] += q[h * words + a];
  const std::vector<double> law = detail::stationary_law(std::move(transition), histories);

  // The expected counts of a block's first order + 1 tokens hold all that the model is.
  detail::ngram_tree tree(how.order + 1);
  tree.begin(1);
  for (std::size_t h = 0; h < histories; ++h) {
    if (law[h] == 0) continue;
    std::array<std::uint32_t, longest_ngram> before{sentence_start};
    std::size_t known = 1;
    for (std::size_t digit = histories; digit > 1; digit /= words)
      known = tree.step(before, known, static_cast<token_id>(h % digit / (digit / words)) + first_word, law[h]);
    for (std::size_t a = 0; a < words; ++a) {
      auto after = before;
      if (q[h * words + a] > 0) tree.step(after, known, static_cast<token_id>(a) + first_word, law[h] * q[h * words + a]);
    }
  }
  std::vector<kneser_ney_discounts> none;
  detail::ngram_tables tables =
      detail::ngram_builder(tree, ngram_smoothing::maximum_likelihood, 1, how.words + first_word)(none);
  tables.length = how.length;
  return ngram(std::move(tables));
}

/// Options of `random_markov_source`.
struct random_markov_options {
  int order;
  Index words;
  double concentration =
      1;            ///< of the Dirichlet law of each row, in words: the smaller, the more a history says of the next word
  double zipf = 1;  ///< word i has on average a probability in proportion to (i + 1)^-zipf
  Index length = 64;
};

/// A Markov source whose conditional laws are themselves drawn, from a Dirichlet law about Zipf's: a language of our own
/// making, of which all is known. @throw std::invalid_argument as `markov_source`, and unless concentration > 0 and zipf >=
/// 0 are finite
[[nodiscard]] inline ngram random_markov_source(const random_markov_options& how, stream& rng) {
  constexpr double largest = (std::numeric_limits<double>::max)();
  argument::require(how.order >= 0 && how.order < longest_ngram, "random_markov_source", "order", how.order,
                    "be from 0 to 5");
  argument::require(how.words >= 1 && how.words <= 1024, "random_markov_source", "words", how.words, "be from 1 to 1024");
  argument::require(how.concentration > 0 && how.concentration <= largest, "random_markov_source", "concentration",
                    how.concentration, "be > 0 and finite");
  argument::require(how.zipf >= 0 && how.zipf <= largest, "random_markov_source", "zipf", how.zipf, "be >= 0 and finite");
  double sum = 0;
  std::vector<double> shape;
  for (Index i = 0; i < how.words; ++i) sum += shape.emplace_back(std::pow(static_cast<double>(i + 1), -how.zipf));
  for (double& s : shape) s *= how.concentration * static_cast<double>(how.words) / sum;
  const double rows = std::pow(static_cast<double>(how.words), how.order);
  argument::require(rows <= 1024, "random_markov_source", "words^order", rows, "be at most 1024");
  markov_options source{how.order, how.words, {}, how.length};
  for (double row = 0; row < rows; ++row)
    for (const double s : shape) source.conditional.push_back((std::max)(standard_gamma(s, rng), 1e-300));
  return markov_source(source);
}

}  // namespace simulacra
