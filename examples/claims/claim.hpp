#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/executor.hpp>
#include <simulacra/random/stream.hpp>

/// What a published claim is here: a sentence, a number that it predicts, and the number that a simulation finds.
namespace claims {

namespace sim = simulacra;
using sim::Index;

/// What one run of the program has to spend, and its random numbers.
struct budget {
  bool quick = false;
  sim::stream_key key{.seed = 1};
  sim::thread_executor threads{};

  /// So many runs, or an eighth of them for a quick look.
  [[nodiscard]] Index runs(Index whole) const { return quick ? whole / 8 : whole; }
};

/// A simulated number with its Monte Carlo standard error.
struct measured {
  double value = std::numeric_limits<double>::quiet_NaN(), mcse = std::numeric_limits<double>::quiet_NaN();
  bool carried_by_few = false;  ///< then neither says much
};

enum class relation { equal, at_most, at_least };

/// One claim, tried.
struct finding {
  std::string says;    ///< in a sentence
  std::string source;  ///< who says it, and who derived the number
  std::string regime;
  double predicted;
  measured found;
  std::string wrong;       ///< what the negative control predicts by: the wrong divisor, another regime's rate
  double wrong_predicted;  ///< and what it predicts
  relation is = relation::equal;
  double instead = std::numeric_limits<double>::quiet_NaN();  ///< where the claim is *not* true as it stands: what is

  static constexpr double limit = 4.5;  ///< of |z|

  [[nodiscard]] double z(double expected) const { return (found.value - expected) / found.mcse; }

  /// Whether the simulation bears a prediction out.
  [[nodiscard]] bool bears_out(double expected) const {
    const double off = z(expected);
    return is == relation::equal ? std::abs(off) <= limit : is == relation::at_most ? off <= limit : off >= -limit;
  }

  [[nodiscard]] bool is_false() const { return !std::isnan(instead); }
  /// What the claim is held against in the end: itself, or what is true instead.
  [[nodiscard]] double truth() const { return is_false() ? instead : predicted; }
  [[nodiscard]] bool control_fails() const { return !std::isnan(z(wrong_predicted)) && !bears_out(wrong_predicted); }

  /// Whether all is as it is written here: the claim borne out, or else what is true instead; the control not.
  [[nodiscard]] bool as_expected() const {
    const bool claim = bears_out(predicted);
    const bool truth = !is_false() || std::abs(z(instead)) <= limit;
    return found.mcse > 0 && !found.carried_by_few && claim != is_false() && truth && control_fails();
  }
};

struct claim {
  std::string name;
  std::function<finding(const budget&)> test;
};

using claim_list = std::vector<claim>;

}  // namespace claims
