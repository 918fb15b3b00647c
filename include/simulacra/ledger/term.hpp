#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace simulacra {

/// What a distance from the truth can be due to. The first three are Shumailov et al.'s; the others are there so that the sum is
/// exact whatever is studied.
enum class term {
  expressivity,   ///< the family cannot hold the training law: A*(T) - T
  approximation,  ///< the procedure is not the ideal learner of its family: A(T) - A*(T)
  statistical,    ///< finitely many data: A(X) - A(T), and X - T of a kept data set
  decoding,       ///< models are not sampled as they are: (decoded Q) - Q
  unsplit,  ///< A(T) - T, where the estimator names no ideal learner and expressivity and approximation cannot be told apart
  mixing,   ///< of a functional that is not linear: f(mixture) - mean of f over its components
  drift     ///< the truth has moved since: what it was - what it is
};

inline constexpr std::size_t term_count = 7;
inline constexpr std::array<term, term_count> all_terms{
    term::expressivity, term::approximation, term::statistical, term::decoding, term::unsplit, term::mixing, term::drift};

[[nodiscard]] constexpr std::size_t index_of(term t) noexcept { return static_cast<std::size_t>(t); }

[[nodiscard]] constexpr std::string_view name_of(term t) noexcept {
  switch (t) {
    case term::expressivity: return "expressivity";
    case term::approximation: return "approximation";
    case term::statistical: return "statistical";
    case term::decoding: return "decoding";
    case term::unsplit: return "unsplit";
    case term::mixing: return "mixing";
    case term::drift: return "drift";
  }
  return "unknown";
}

/// In which order the step from T to A(X) is taken. Both sums are exact.
enum class path {
  paper,           ///< [A*(T) - T] + [A(T) - A*(T)] + [A(X) - A(T)]: approximation is what infinitely many data leave
  bottou_bousquet  ///< [A*(T) - T] + [A*(X) - A*(T)] + [A(X) - A*(X)]: approximation is what the procedure does to these data
};

/// How the ledger finds what it needs.
struct ledger_options {
  std::ptrdiff_t reference = 100'000;  ///< draws for a corner without a closed form, in two halves
  path order = path::paper;
  bool interaction = false;  ///< also find the corner that the chosen path does not pass, and report the difference
};

}  // namespace simulacra
