#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/laws/detail/boost_facts.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Draws by the quantile of one word of the stream: what `boost_law` does where it is told nothing else.
struct by_quantile {};

/// Stands for the density of a law that has none to tell.
struct no_density {};

/// A distribution of Boost as a truth, one-dimensional: `boost_law(boost::math::students_t(3))` knows density, moments, quantiles and cdf;
/// `boost_law(boost::math::students_t(3), boost::random::student_t_distribution<>(3))` draws by the second instead, and
/// `boost_law(boost::random::...)` can be drawn from and no more. A distribution of `<random>` will do for those of Boost.Random.
///
/// No part of Boost is included here: whoever makes a law includes the header of its distribution, and pays for that alone. What is asked of
/// it is found by its arguments (`pdf(law, x)`, `quantile(law, u)`, ...), so that a distribution of your own that answers the same calls is as
/// good. A value; copies share nothing.
/// @tparam Law of Boost.Math, or `no_density`
/// @tparam Draw of Boost.Random or `<random>`, or `by_quantile`
template <class Law, class Draw = by_quantile>
class boost_law {
  static constexpr bool has_density = !std::same_as<Law, no_density>;
  static constexpr bool by_words = std::same_as<Draw, by_quantile>;

 public:
  using scalar_type = typename detail::boost_scalar<Law, Draw>::type;

  explicit boost_law(Law law)
    requires(has_density && by_words)
      : law_(std::move(law)) {}
  explicit boost_law(Draw draw)
    requires(!has_density)
      : draw_(std::move(draw)) {}
  boost_law(Law law, Draw draw)
    requires(has_density && !by_words)
      : law_(std::move(law)), draw_(std::move(draw)) {}

  [[nodiscard]] Index dimension() const noexcept { return 1; }
  [[nodiscard]] const Law& distribution() const noexcept { return law_; }

  /// Whether the law lives on whole numbers: then `log_density` is that of a probability.
  [[nodiscard]] static constexpr bool is_discrete() noexcept { return detail::boost_discrete<Law>; }

  /// n draws, 1 x n. By quantile: one word each, of the lower or the upper tail by its first bit, so that both are told apart down to
  /// probabilities of 2^-65. By a generator: however many words it takes, and it begins anew with each call.
  /// A draw that is beyond the largest number is infinite. O(n). @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<scalar_type, 1> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "boost_law::sample", "n", n, "not be negative");
    argument::require_room(n, 1, sizeof(scalar_type), "boost_law::sample", "n");
    samples<scalar_type, 1> x(1, n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a 1 x n block: the same ones as `sample(n, rng)`, without a copy.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    if constexpr (by_words) {
      for (Index i = 0; i < x.cols(); ++i) {
        const std::uint64_t word = rng();
        const double tail = (static_cast<double>(word & ~(std::uint64_t{1} << 63)) + 0.5) * 0x1p-64;
        x(0, i) = detail::boost_quantile(law_, static_cast<scalar_type>(tail), (word >> 63) != 0);
      }
    } else {
      Draw draw = draw_;
      if constexpr (requires { draw.reset(); }) draw.reset();  // nothing is kept from call to call
      for (Index i = 0; i < x.cols(); ++i) x(0, i) = static_cast<scalar_type>(draw(rng));
    }
  }

  /// Log density (or probability) at x in nats; minus infinity where there is none, outside of the support too.
  /// In Boost before 1.79 it is the logarithm of `pdf`, and so minus infinity where that underflows.
  /// @throw std::invalid_argument if x is not a number
  [[nodiscard]] double log_density(scalar_type x) const
    requires has_density
  {
    argument::require(x == x, "boost_law::log_density", "x", x, "be a number");
    return detail::boost_log_density(law_, x);
  }
  [[nodiscard]] double log_density(const point<scalar_type, 1>& x) const
    requires has_density
  {
    return log_density(x[0]);
  }

  /// P(X <= x). @throw std::invalid_argument if x is not a number
  [[nodiscard]] double cdf(scalar_type x) const
    requires has_density
  {
    argument::require(x == x, "boost_law::cdf", "x", x, "be a number");
    return detail::boost_cdf(law_, x);
  }

  /// The smallest x with P(X <= x) >= p. @throw std::invalid_argument unless 0 < p < 1
  [[nodiscard]] scalar_type quantile(double p) const
    requires has_density
  {
    argument::require(p > 0 && p < 1, "boost_law::quantile", "p", p, "lie in (0, 1)");
    return p <= 0.5 ? detail::boost_quantile(law_, static_cast<scalar_type>(p), false)
                    : detail::boost_quantile(law_, static_cast<scalar_type>(1 - p), true);
  }

  /// The mean, which may be infinite; nothing where there is none, as for Cauchy's law.
  [[nodiscard]] std::optional<scalar_type> expectation() const
    requires has_density
  {
    return detail::boost_mean(law_);
  }

  /// The variance, +inf where the second moment is.
  [[nodiscard]] scalar_type variance() const
    requires has_density
  {
    return detail::boost_variance(law_);
  }

  /// Mean and covariance as projections want them.
  /// @throw std::domain_error if they are not finite, which is how a law refuses to be projected: `expectation` and `variance` are what
  /// they are then, and a ledger says that its terms are not identified
  [[nodiscard]] point<scalar_type, 1> mean() const
    requires has_density
  {
    const auto value = expectation();
    if (!value || !std::isfinite(*value)) throw std::domain_error("simulacra::boost_law::mean: the law has no finite mean");
    return point<scalar_type, 1>(*value);
  }
  [[nodiscard]] square<scalar_type, 1> covariance() const
    requires has_density
  {
    const scalar_type value = variance();
    if (!std::isfinite(value)) throw std::domain_error("simulacra::boost_law::covariance: the law has no finite variance");
    return square<scalar_type, 1>(value);
  }

  /// \f$ E\,e^{iwX} \f$, of the laws that have a simple one: normal, uniform, exponential, gamma, chi-squared, Laplace, Cauchy, logistic,
  /// Poisson, Bernoulli, binomial, geometric.
  template <class W>
    requires detail::boost_knows_characteristic<Law>
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    return detail::boost_characteristic(law_, static_cast<double>(w[0]));
  }

  /// In a grid, by the probabilities of its cells.
  template <class Map>
    requires(has_density &&
             requires(const Map& map) {
               map.axis(0).edge(Index{0});
               map.embed_probabilities([](Index) { return 0.0; }, std::declval<Eigen::Ref<Eigen::VectorXd>>());
             })
  friend void embed_into(const boost_law& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
    argument::require(map.dimension() == 1, "embed_into", "map.dimension()", map.dimension(), "be 1, as the law's");
    map.embed_probabilities(
        [&](Index i) {
          return detail::boost_between(law.law_, static_cast<scalar_type>(map.axis(0).edge(i)),
                                       static_cast<scalar_type>(map.axis(0).edge(i + 1)));
        },
        out);
  }

 private:
  [[no_unique_address]] Law law_{};
  [[no_unique_address]] Draw draw_{};
};

template <class Law>
  requires detail::boost_math_law<Law>
boost_law(Law) -> boost_law<Law, by_quantile>;
template <class Draw>
  requires(!detail::boost_math_law<Draw> && detail::boost_generator<Draw>)
boost_law(Draw) -> boost_law<no_density, Draw>;
template <class Law, class Draw>
boost_law(Law, Draw) -> boost_law<Law, Draw>;

/// The differential entropy (or entropy) in nats, where this Boost has it for the law.
template <class Law, class Draw>
  requires detail::boost_knows_entropy<Law>
[[nodiscard]] double entropy(const boost_law<Law, Draw>& law) {
  return detail::boost_entropy(law.distribution());
}

}  // namespace simulacra
