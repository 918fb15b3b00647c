#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/counts.hpp>
#include <simulacra/families/language/detail/expected_counts.hpp>
#include <simulacra/families/language/detail/ngram_build.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/families/language/ngram_smoothing.hpp>
#include <simulacra/families/language/risk.hpp>  // what the ledger asks of the models that are fitted here
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Options of `ngram_estimator`: `{.by = ngram_smoothing::witten_bell, .symbols = words.size()}`.
struct ngram_options {
  ngram_smoothing by;  ///< how counts become probabilities
  Index symbols;     ///< size of the vocabulary, its three marks included; what can be predicted is all but `sentence_start`
  double alpha = 1;  ///< what additive smoothing adds; others take no notice
  Index length =
      0;  ///< tokens in a block that the model draws; of a sentence, at most. 0: as long as the longest block that was
          ///< counted, and sentences of up to 1000 tokens
};

/// Fits n-gram models of order N, of words or of anything else that has numbers. Eats counts, which merge. Under maximum
/// likelihood a model that has nothing left to choose anywhere is `absorbed`.
template <int N>
class ngram_estimator {
 public:
  using summary = ngram_counts<N>;
  using model_type = ngram;

  /// @throw std::invalid_argument unless symbols >= 3, alpha > 0 is finite, and length >= 0
  explicit ngram_estimator(const ngram_options& how) : how_(how) {
    argument::require(how.symbols >= first_word && how.symbols <= (std::numeric_limits<std::int32_t>::max)(),
                      "ngram_estimator", "symbols", how.symbols,
                      "be at least 3, and under 2^31: the size of a vocabulary, its marks included");
    argument::require(how.alpha > 0 && how.alpha <= (std::numeric_limits<double>::max)(), "ngram_estimator", "alpha",
                      how.alpha, "be > 0 and finite");
    argument::require(how.length >= 0, "ngram_estimator", "length", how.length, "not be negative");
  }

  [[nodiscard]] const ngram_options& options() const noexcept { return how_; }

  /// The model of some counts. O(n-grams).
  /// @throw std::invalid_argument if they hold fewer than 2 tokens (with the ends of sentences), or a token that is no
  ///        symbol; and, under Kneser-Ney, if they are not whole numbers
  [[nodiscard]] fitted<ngram> fit(const ngram_counts<N>& c, stream&) const { return fit(c); }

  /// The same; nothing about this fit is random.
  [[nodiscard]] fitted<ngram> fit(const ngram_counts<N>& c) const {
    std::vector<kneser_ney_discounts> discounts;
    return fit(c, discounts);
  }

  /// The same, and says which discounts Kneser-Ney smoothing used, for n = 1, ..., N.
  [[nodiscard]] fitted<ngram> fit(const ngram_counts<N>& c, std::vector<kneser_ney_discounts>& discounts) const {
    const double tokens = c.weight() > 0 ? c.predictions() / c.weight() * static_cast<double>(c.count()) : 0;
    argument::require(tokens >= 2, "ngram_estimator::fit", "tokens", tokens, "be at least 2");
    require_symbols(c.tree(), "ngram_estimator::fit");
    detail::ngram_tables tables = detail::ngram_builder(c.tree(), how_.by, how_.alpha, how_.symbols)(discounts);
    tables.closed = c.kind() == sequences::sentences;
    tables.length = how_.length > 0 ? how_.length : tables.closed ? Index{1000} : c.longest();
    fitted<ngram> result{ngram(std::move(tables)), {}};
    if (how_.by == ngram_smoothing::maximum_likelihood && has_no_choice(result.model.tables()))
      result.result = {.what = status::absorbed, .reason = "no history is left with more than one word after it"};
    return result;
  }

  /// Fits a corpus. O(N tokens).
  [[nodiscard]] fitted<ngram> fit(const corpus& x, stream&) const { return fit(x); }
  [[nodiscard]] fitted<ngram> fit(const corpus& x) const {
    argument::require(x.size() >= 1, "ngram_estimator::fit", "x.size()", x.size(), "be at least 1 sequence");
    ngram_counts<N> c;
    c.fold(x);
    return fit(c);
  }

  /// Fits a corpus whose sequence i counts w[i] times.
  [[nodiscard]] fitted<ngram> fit(const corpus& x, const weights<double>& w, stream&) const {
    ngram_counts<N> c;
    c.fold(x, w);
    return fit(c);
  }

  /// Whether `project(law)` is exact and cheap enough for a law: a text, an n-gram model of at most order N or with few
  /// histories, or a mixture of such.
  template <class Law>
    requires(detail::has_expected_counts<Law>::value)
  [[nodiscard]] bool holds(const Law& law) const {
    if constexpr (std::same_as<Law, ngram>)
      if (law.order() <= N) return true;
    return detail::is_enumerable(law, N);
  }

  /// The best n-gram model of order N for a law, by KL(law || .): the one with the law's own conditional probabilities, from
  /// the expected counts of one of its sequences. An n-gram model of at most this order is its own projection.
  /// @throw std::invalid_argument if there are too many histories to follow: see `holds`; or if the law has a token that is no
  ///        symbol
  template <class Law>
    requires(detail::has_expected_counts<Law>::value)
  [[nodiscard]] ngram project(const Law& law) const {
    if constexpr (std::same_as<Law, ngram>)
      if (law.order() <= N) return law;
    detail::ngram_tree tree(N);
    detail::add_expected_counts(tree, law, 1.0);
    require_symbols(tree, "ngram_estimator::project");
    std::vector<kneser_ney_discounts> none;
    detail::ngram_tables tables = detail::ngram_builder(tree, ngram_smoothing::maximum_likelihood, 1, how_.symbols)(none);
    std::tie(tables.closed, tables.length) = detail::shape_of(law);
    return ngram(std::move(tables));
  }

  /// What this procedure returns from infinitely many data: the projection, since whatever a smoothing takes from the
  /// counts, or adds to them, is bounded, and fades as 1 / n.
  template <class Law>
    requires(detail::has_expected_counts<Law>::value)
  [[nodiscard]] ngram population_fit(const Law& law) const {
    return project(law);
  }

  /// The exact learner of the family: maximum likelihood.
  [[nodiscard]] ngram_estimator ideal() const {
    ngram_options how = how_;
    how.by = ngram_smoothing::maximum_likelihood;
    return ngram_estimator(how);
  }

 private:
  void require_symbols(const detail::ngram_tree& tree, const char* function) const {
    const Index seen = static_cast<Index>(tree.of_length(1).size());
    argument::require(seen <= how_.symbols, function, "the largest token", seen - 1,
                      "be under symbols = " + argument::text(how_.symbols));
  }

  [[nodiscard]] static bool has_no_choice(const detail::ngram_tables& t) {
    for (int n = t.order == 1 ? 0 : 1; n < t.order; ++n)
      for (const detail::ngram_history& h : t.rank(n).histories)
        if (h.continuations > 1) return false;
    return true;
  }

  ngram_options how_;
};

}  // namespace simulacra
