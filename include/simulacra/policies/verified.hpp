#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// How reliable a verifier is, and how long one tries.
struct verification {
  double keep = 1;          ///< the probability that what is acceptable passes
  double pass = 0;          ///< the probability that what is not passes all the same
  Index tries = 1'000'000;  ///< as many draws for each one that is wanted, and the chain ends
};

/// What passes a verifier of a model's draws: each draw x passes with probability `keep` if accept(x), `pass` if not, and others are drawn
/// until n have. The law of what passes has the density \f$ p(x) q(x) / E q \f$, q being that probability.
template <model Model, class Accept>
class verified_law {
 public:
  using data_type = data_of<Model>;

  verified_law(Model from, Accept accept, verification how)
      : from_(std::move(from)), accept_(std::move(accept)), how_(how) {}

  [[nodiscard]] Index dimension() const { return from_.dimension(); }
  [[nodiscard]] const Model& from() const noexcept { return from_; }

  /// What passed, and how many draws it took: the last one counted is the one that passed last, so n / tried is the acceptance rate.
  struct trial {
    data_type data;
    Index tried;
  };

  /// n draws that pass. Candidates come in blocks of what is probably still needed, at most some thousand.
  /// @throw chain_end after `tries` times n draws. Cost: that of n / acceptance rate draws, and of the rest of the last block
  [[nodiscard]] trial attempt(Index n, stream& rng) const {
    argument::require(n >= 0, "verified", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "verified", "n");
    trial done{data_type(from_.dimension(), n), 0};
    constexpr Index longest = 4096;
    const Index most =
        n > (std::numeric_limits<Index>::max)() / how_.tries ? (std::numeric_limits<Index>::max)() : n * how_.tries;
    for (Index have = 0; have < n;) {
      if (done.tried >= most)
        throw chain_end(argument::text(have) + " of " + argument::text(n) + " observations have passed the verifier in " +
                            argument::text(done.tried) + " tries",
                        "too little passes the verifier");
      const double rate = done.tried == 0 ? 1 : (static_cast<double>(have) + 1) / (static_cast<double>(done.tried) + 1);
      const double needed = std::ceil(static_cast<double>(n - have) / rate);
      const Index size =
          (std::min)(most - done.tried, needed < static_cast<double>(longest) ? static_cast<Index>(needed) : longest);
      const data_type drawn = detail::sampled(from_, size, rng, {"verified", "the model"});
      done.tried += take(drawn, done.data, have, n, rng);
    }
    return done;
  }

  /// What passes of n draws, in the order in which they came.
  [[nodiscard]] data_type filtered(Index n, stream& rng) const {
    argument::require(n >= 0, "verified", "n", n, "not be negative");
    const Index d = from_.dimension();
    const Index block = (std::max)(Index{256}, 4096 / (std::max)(Index{1}, d));
    data_type kept(d, n);
    Index have = 0;
    for (Index first = 0; first < n; first += block) {
      const data_type drawn = detail::sampled(from_, (std::min)(block, n - first), rng, {"verified", "the model"});
      take(drawn, kept, have, n, rng);
    }
    kept.conservativeResize(Eigen::NoChange, have);
    return kept;
  }

  /// The probability that a draw passes, where the model lists its symbols.
  [[nodiscard]] double acceptance() const
    requires requires(const Model& m) { m.probabilities(); }
  {
    double sum = 0;
    Index symbol = 0;
    for (const double p : from_.probabilities()) {
      const data_type x = data_type::Constant(1, 1, static_cast<typename data_type::Scalar>(symbol++));
      sum += p * chance(x.col(0));
    }
    return sum;
  }

  /// n draws that pass. @throw chain_end as `attempt` does
  [[nodiscard]] data_type sample(Index n, stream& rng) const { return attempt(n, rng).data; }

 private:
  template <class X>
  [[nodiscard]] double chance(const X& x) const {
    return static_cast<bool>(accept_(x)) ? how_.keep : how_.pass;
  }
  template <class X>
  [[nodiscard]] bool passes(const X& x, stream& rng) const {
    const double p = chance(x);
    return p == 1 || (p > 0 && uniform(rng) < p);
  }

  /// Puts what passes of some draws behind what has, until there are n. @return how many were looked at
  Index take(const data_type& drawn, data_type& kept, Index& have, Index n, stream& rng) const {
    const bool errs = (how_.keep > 0 && how_.keep < 1) || (how_.pass > 0 && how_.pass < 1);
    Index i = 0;
    if (errs) {
      for (; i < drawn.cols() && have < n; ++i)
        if (passes(drawn.col(i), rng)) kept.col(have++) = drawn.col(i);
    } else {
      // Without a branch, which would be guessed wrongly as often as not: what does not pass is overwritten by the next.
      const bool keep = how_.keep == 1, pass = how_.pass == 1;
      for (; i < drawn.cols() && have < n; ++i) {
        kept.col(have) = drawn.col(i);
        const bool accepted = static_cast<bool>(accept_(drawn.col(i)));
        have += Index{(accepted & keep) | (!accepted & pass)};
      }
    }
    return i;
  }

  Model from_;
  Accept accept_;
  verification how_;
};

/// A decoder that publishes what passes a verifier: `verified([](const auto& x) { return x[0] > 0; })`, or, with one that errs,
/// `verified(accept, {.keep = 0.9, .pass = 0.3})`. It is what a check by people, by tests, or by a stronger model does to synthetic data.
/// A law that can be tilted by any reward, as the categorical one, gives what passes exactly; others are drawn from until enough has
/// passed. Where nothing does (all that is right was forgotten), the chain ends as `failed`.
template <class Accept>
class verified {
 public:
  /// @param accept  callable with a column, a `bool` or convertible to one
  /// @throw std::invalid_argument unless keep and pass are probabilities, not both 0, and tries >= 1
  explicit verified(Accept accept, verification how = {}) : accept_(std::move(accept)), how_(how) {
    argument::require(how.keep >= 0 && how.keep <= 1, "verified", "keep", how.keep, "be in [0, 1]");
    argument::require(how.pass >= 0 && how.pass <= 1, "verified", "pass", how.pass, "be in [0, 1]");
    argument::require(how.keep > 0 || how.pass > 0, "verified", "keep and pass", how.keep,
                      "not both be 0: nothing would pass");
    argument::require(how.tries >= 1, "verified", "tries", how.tries, "be at least 1");
  }

  template <model M>
  [[nodiscard]] auto operator()(const M& m) const {
    const auto log_chance = [this](const auto& x) {
      return std::log(static_cast<bool>(accept_(x)) ? how_.keep : how_.pass);
    };
    if constexpr (requires { m.tilted(log_chance); })
      return m.tilted(log_chance);
    else
      return filter(m);
  }

  /// The verifier of a model's draws, one by one: what a filtered ingredient is drawn from.
  template <model M>
  [[nodiscard]] verified_law<M, Accept> filter(const M& m) const {
    return {m, accept_, how_};
  }

 private:
  Accept accept_;
  verification how_;
};

}  // namespace simulacra
