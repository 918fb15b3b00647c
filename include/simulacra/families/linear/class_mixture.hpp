#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/label_law.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/weights.hpp>

namespace simulacra {

/// Classes 0, ..., K - 1 as labels, each with a share and a law of inputs of its own:
/// \f[ P(y = k) = p_k, \qquad x \mid y = k \sim \text{law } k \f]
/// A law of pairs, as a truth for classification: two classes are what `logistic_regression` takes. For Gaussian classes of one covariance
/// S the labels given the inputs are those of a `logistic_model`, with weights \f$ S^{-1}(\mu_1-\mu_0) \f$.
/// @tparam Inputs  the law of a class's inputs; for laws of several types, one that holds them, such as a `gaussian_mixture`
template <law_of_inputs Inputs = gaussian<>>
class class_mixture {
 public:
  using scalar_type = typename detail::numbers_of<data_of<Inputs>>::scalar;
  static constexpr int inputs_at_compile_time = detail::numbers_of<data_of<Inputs>>::dimension;
  using input_type = point<scalar_type, inputs_at_compile_time>;
  using data = labelled_numbers<scalar_type, inputs_at_compile_time>;

  /// @param shares  of the classes, in proportion: each >= 0 and finite   @param laws  of their inputs, as many, of one dimension
  /// @throw std::invalid_argument if one of these does not hold, or all shares are 0
  class_mixture(std::vector<double> shares, std::vector<Inputs> laws) : shares_(std::move(shares)), laws_(std::move(laws)) {
    argument::require(!laws_.empty(), "class_mixture", "laws.size()", Index{0}, "be at least 1");
    argument::require(shares_.size() == laws_.size(), "class_mixture", "shares.size()", static_cast<Index>(shares_.size()),
                      "be the number of laws");
    const double sum = detail::require_weights(shares_, "class_mixture", "shares");
    for (double& p : shares_) p /= sum;
    for (const Inputs& law : laws_)
      argument::require(static_cast<Index>(law.dimension()) == static_cast<Index>(laws_.front().dimension()),
                        "class_mixture", "laws", law.dimension(), "all have one dimension, that of the first");
  }

  [[nodiscard]] Index classes() const noexcept { return static_cast<Index>(laws_.size()); }  ///< K
  [[nodiscard]] Index dimension() const { return laws_.front().dimension() + 1; }            ///< numbers in a pair, d + 1
  [[nodiscard]] std::span<const double> shares() const noexcept { return shares_; }          ///< they add to 1

  /// The law of a class's inputs. @throw std::invalid_argument unless 0 <= k < classes()
  [[nodiscard]] const Inputs& law(Index k) const {
    argument::require(k >= 0 && k < classes(), "class_mixture::law", "k", k, "be a class");
    return laws_[static_cast<std::size_t>(k)];
  }

  /// n pairs, in random order. O(n d) beside the draws of the inputs. @throw std::invalid_argument if n < 0
  [[nodiscard]] data sample(Index n, stream& rng) const {
    argument::require(n >= 0, "class_mixture::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(scalar_type), "class_mixture::sample", "n");
    std::vector<Index> counts(shares_.size());
    multinomial(n, shares_, counts, rng);
    const std::vector<Index> place = permutation(n, rng);
    data pairs{samples<scalar_type, inputs_at_compile_time>(dimension() - 1, n), samples<scalar_type, 1>(1, n)};
    auto next = place.begin();
    for (Index k = 0; k < classes(); ++k) {
      const Index count = counts[static_cast<std::size_t>(k)];
      if (count == 0) continue;
      const auto own = detail::sampled(law(k), count, rng, {"class_mixture::sample", "the law of a class"});
      for (Index i = 0; i < count; ++i, ++next) {
        pairs.x.col(*next) = own.col(i);
        pairs.y[*next] = static_cast<scalar_type>(k);
      }
    }
    return pairs;
  }

  /// The same inputs with labels of this law, given the inputs. O(n K) densities, n words of the stream.
  /// @throw std::invalid_argument if the inputs have another dimension, or no class can have made one of them
  [[nodiscard]] data edit(data pairs, stream& rng) const
    requires requires(const Inputs& law, const input_type& x) { law.log_density(x); }
  {
    argument::require(pairs.x.rows() == dimension() - 1, "class_mixture::edit", "x.rows()", pairs.x.rows(),
                      "equal the dimension of the inputs");
    pairs.y.resize(1, pairs.x.cols());
    for (Index i = 0; i < pairs.x.cols(); ++i) {
      const std::vector<double> p = probabilities(pairs.x.col(i));
      const auto of = [&](Index k) { return p[static_cast<std::size_t>(k)]; };
      pairs.y[i] = static_cast<scalar_type>(draw_index(classes(), 1, of, rng));
    }
    return pairs;
  }

  /// The probability of each class given an input. O(K) densities.
  /// @throw std::invalid_argument if x has another dimension, or no class can have made it
  [[nodiscard]] std::vector<double> probabilities(const input_type& x) const
    requires requires(const Inputs& law, const input_type& y) { law.log_density(y); }
  {
    std::vector<double> p;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double top = -infinity;
    for (Index k = 0; k < classes(); ++k) {
      p.push_back(std::log(shares_[static_cast<std::size_t>(k)]) + law(k).log_density(x));
      top = (std::max)(top, p.back());
    }
    argument::require(top > -infinity, "class_mixture::probabilities", "x", top,
                      "have a class that can make it (log density)");
    double sum = 0;
    for (double& v : p) sum += v = top < infinity ? std::exp(v - top) : (v == infinity ? 1 : 0);
    for (double& v : p) v /= sum;
    return p;
  }

  /// The mean of a pair, its label's last.
  [[nodiscard]] point<scalar_type, with_label<inputs_at_compile_time>> mean() const
    requires has_moments<Inputs>
  {
    point<scalar_type, with_label<inputs_at_compile_time>> m = centre(0);
    m *= static_cast<scalar_type>(shares_[0]);
    for (Index k = 1; k < classes(); ++k) m += static_cast<scalar_type>(shares_[static_cast<std::size_t>(k)]) * centre(k);
    return m;
  }

  /// The covariance of a pair. What is too large for a number is infinite, with its sign.
  /// @throw std::domain_error where that is unknown, as infinite parts come with both signs
  [[nodiscard]] square<scalar_type, with_label<inputs_at_compile_time>> covariance() const
    requires has_moments<Inputs>
  {
    const Index d = dimension() - 1;
    const auto about = mean();
    square<scalar_type, with_label<inputs_at_compile_time>> c(d + 1, d + 1);
    c.setZero();
    for (Index k = 0; k < classes(); ++k) {
      const auto p = static_cast<scalar_type>(shares_[static_cast<std::size_t>(k)]);
      const point<scalar_type, with_label<inputs_at_compile_time>> apart = centre(k) - about;
      c.topLeftCorner(d, d) += p * law(k).covariance();
      c += p * apart * apart.transpose();
    }
    detail::mend_blended_covariance(c, about, "class_mixture::covariance", [&](auto&& add) {
      for (Index k = 0; k < classes(); ++k) add(shares_[static_cast<std::size_t>(k)], centre(k), law(k));
    });
    return c;
  }

  friend bool operator==(const class_mixture&, const class_mixture&) = default;

 private:
  [[nodiscard]] point<scalar_type, with_label<inputs_at_compile_time>> centre(Index k) const {
    point<scalar_type, with_label<inputs_at_compile_time>> m(dimension());
    m.head(dimension() - 1) = law(k).mean();
    m[dimension() - 1] = static_cast<scalar_type>(k);
    return m;
  }

  std::vector<double> shares_;
  std::vector<Inputs> laws_;
};

template <class Inputs>
class_mixture(std::vector<double>, std::vector<Inputs>) -> class_mixture<Inputs>;

}  // namespace simulacra
