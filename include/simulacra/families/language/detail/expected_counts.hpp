#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/counts.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/families/language/ngram.hpp>
#include <simulacra/laws/data_law.hpp>

/// How often each n-gram occurs on average in one sequence of a law: what counts become, over their number, when there are
/// ever more data.
namespace simulacra::detail {

/// At most so many pairs of a law's state and a history are followed.
inline constexpr std::size_t most_histories = std::size_t{1} << 16;

/// Calls f(state of `law`, mass, where) for each token that a law may draw, position by position, with the probability of
/// being there. `where` is whatever the caller follows beside: `follow(where, w, mass)` moves it on, `key(where)` tells two
/// of them apart. The end of a sentence is followed too, and then nothing more; one that is cut at the law's length ends
/// there.
/// @throw std::invalid_argument if there are too many histories to follow
template <class Where, class Key, class Follow>
void for_each_expected(const ngram& law, const Where& begin, std::string_view function, Key&& key, Follow&& follow) {
  struct place {
    ngram::state at;
    double mass;
    Where where;
  };
  using name = std::pair<std::uint32_t, std::decay_t<decltype(key(begin))>>;
  std::map<name, place> now, next;
  now.emplace(name{law.start().code(), key(begin)}, place{law.start(), 1.0, begin});
  for (Index i = 0; i < law.length() && !now.empty(); ++i) {
    next.clear();
    for (const auto& [unused, from] : now) {
      static_cast<void>(unused);
      for (token_id w = 0; w < static_cast<token_id>(law.symbols()); ++w) {
        ngram::state at = from.at;
        const double mass = from.mass * law.advance(at, w);
        if (mass == 0) continue;
        Where where = from.where;
        follow(where, w, mass);
        if (law.closed() && w == sentence_end) continue;
        const auto [to, fresh] = next.try_emplace(name{at.code(), key(where)}, place{at, 0.0, where});
        to->second.mass += mass;
      }
    }
    argument::require(next.size() <= most_histories, function, "histories", next.size(),
                      "be at most 65536: expectations are exact, and meant for small vocabularies and low orders");
    now.swap(next);
  }
  if (law.closed())
    for (auto& [unused, from] : now) {
      static_cast<void>(unused);
      follow(from.where, sentence_end, from.mass);
    }
}

/// Adds the expected counts of one sequence of a law, times a share.
inline void add_expected_counts(ngram_tree& tree, const ngram& law, double share) {
  argument::require(law.symbols() - 1 <= static_cast<Index>(most_histories), "ngram_estimator::project", "law.symbols()",
                    law.symbols(), "be at most 65537");
  struct where {
    std::array<std::uint32_t, longest_ngram> before{sentence_start};
    std::size_t known = 1;
  };
  tree.begin(share);
  for_each_expected(
      law, where{}, "ngram_estimator::project", [](const where& x) { return std::pair(x.known, x.before[x.known - 1]); },
      [&](where& x, token_id w, double mass) { x.known = tree.step(x.before, x.known, w, mass * share); });
}

inline void add_expected_counts(ngram_tree& tree, const data_law<corpus>& law, double share) {
  const corpus& x = law.data();
  for (Index i = 0; i < x.size(); ++i) tree.add(x[i], x.closed(), share / static_cast<double>(x.size()));
}

/// Laws whose expected counts can be had: n-gram models, texts, kept counts, and mixtures of those.
template <class Law>
struct has_expected_counts : std::false_type {};
template <>
struct has_expected_counts<ngram> : std::true_type {};
template <>
struct has_expected_counts<data_law<corpus>> : std::true_type {};
template <template <class, class...> class Mixture, class... Laws>
  requires(sizeof...(Laws) > 0) && (has_expected_counts<Laws>::value && ...)
struct has_expected_counts<Mixture<corpus, Laws...>> : std::true_type {};

/// Kept data, as the ledger keeps them: their counts.
template <template <class, class> class Kept, int N>
struct has_expected_counts<Kept<corpus, ngram_counts<N>>> : std::true_type {};

/// Counts of at least the order that is asked for, per sequence.
template <class Kept>
  requires(has_expected_counts<Kept>::value && requires(const Kept& k) { k.summary().tree(); })
void add_expected_counts(ngram_tree& tree, const Kept& law, double share) {
  argument::require(law.summary().tree().order() == tree.order(), "ngram_estimator::project", "the order of kept counts",
                    law.summary().tree().order(), "be the estimator's");
  ngram_tree kept = law.summary().tree();
  kept.reweight(share / law.summary().weight());
  tree.merge(kept);
}
template <class Kept>
  requires(has_expected_counts<Kept>::value && requires(const Kept& k) { k.summary().tree(); }) bool
is_enumerable(const Kept& law, int order) {
  return law.summary().tree().order() == order;
}
template <class Kept>
  requires(has_expected_counts<Kept>::value && requires(const Kept& k) { k.summary().tree(); })
std::pair<bool, Index> shape_of(const Kept& law) {
  const bool closed = law.summary().kind() == sequences::sentences;
  return {closed, closed ? Index{1000} : law.summary().longest()};
}

/// A mixture says `size()`, `share(i)` and `visit(i, f)`.
template <class Mixture>
  requires(has_expected_counts<Mixture>::value && requires(const Mixture& m) { m.share(m.size()); })
void add_expected_counts(ngram_tree& tree, const Mixture& law, double share) {
  for (std::size_t i = 0; i < law.size(); ++i)
    law.visit(i, [&](const auto& part) { add_expected_counts(tree, part, share * law.share(i)); });
}

/// Whether the expected counts of a law can be had with no more work than is sensible.
inline bool is_enumerable(const ngram& law, int order) {
  const int longest = (law.order() > order ? law.order() : order) - 1;
  return std::pow(static_cast<double>(law.symbols()), longest) <= static_cast<double>(most_histories);
}
inline bool is_enumerable(const data_law<corpus>&, int) { return true; }
template <class Mixture>
  requires(has_expected_counts<Mixture>::value && requires(const Mixture& m) { m.share(m.size()); }) bool
is_enumerable(const Mixture& law, int order) {
  for (std::size_t i = 0; i < law.size(); ++i)
    if (!law.visit(i, [&](const auto& part) { return is_enumerable(part, order); })) return false;
  return true;
}

/// Whether a law is of sentences, and how long its sequences are.
inline std::pair<bool, Index> shape_of(const ngram& law) { return {law.closed(), law.length()}; }
inline std::pair<bool, Index> shape_of(const data_law<corpus>& law) {
  return {law.data().closed(), law.data().closed() ? Index{1000} : law.data().longest()};
}
template <class Mixture>
  requires(has_expected_counts<Mixture>::value && requires(const Mixture& m) { m.share(m.size()); })
std::pair<bool, Index> shape_of(const Mixture& law) {
  return law.visit(0, [](const auto& part) { return shape_of(part); });
}

}  // namespace simulacra::detail
