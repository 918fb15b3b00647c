#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/reward.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/maps.hpp>
#include <simulacra/numerics/scaled_factor.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/weights.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// A mixture of Gaussians, \f$ p(x) = \sum_j w_j N(x; \mu_j, \Sigma_j) \f$, in d dimensions, d fixed or known at run time.
///
/// Each component keeps its covariance in square-root form, so one of them can collapse by any factor beside the others. A
/// component of weight 0 stays in the list, so that the others keep their numbers, and is never drawn.
template <class T = double, int D = dynamic>
class gaussian_mixture {
 public:
  using scalar_type = T;
  using component_type = gaussian<T, D>;
  static constexpr int dimension_at_compile_time = D;

  /// @param weights     one for each component; they need not add to 1
  /// @param components  at least one, all of one dimension
  /// @throw std::invalid_argument unless the weights are finite and >= 0 with a positive finite sum, there is one for each
  ///        component, and the dimensions agree
  gaussian_mixture(std::vector<double> weights, std::vector<gaussian<T, D>> components)
      : weights_(std::move(weights)), components_(std::move(components)) {
    argument::require(!components_.empty(), "gaussian_mixture", "components.size()", Index{0}, "be at least 1");
    argument::require(weights_.size() == components_.size(), "gaussian_mixture", "weights.size()",
                      static_cast<Index>(weights_.size()), "be the number of components");
    const double sum = detail::require_weights(weights_, "gaussian_mixture", "weights");
    if (sum != 1)
      for (double& w : weights_) w /= sum;
    for (const auto& c : components_)
      argument::require(c.dimension() == dimension(), "gaussian_mixture", "components", c.dimension(),
                        "all have one dimension, that of the first");
  }

  /// The mixture of one.
  explicit gaussian_mixture(gaussian<T, D> only) : weights_{1.0}, components_{std::move(only)} {}

  [[nodiscard]] Index dimension() const noexcept { return components_.front().dimension(); }

  /// k, the number of components.
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(components_.size()); }

  [[nodiscard]] const gaussian<T, D>& component(Index j) const noexcept { return components_[static_cast<std::size_t>(j)]; }
  [[nodiscard]] double weight(Index j) const noexcept { return weights_[static_cast<std::size_t>(j)]; }
  [[nodiscard]] const std::vector<gaussian<T, D>>& components() const noexcept { return components_; }

  /// The weights, which add to 1.
  [[nodiscard]] std::span<const double> weights() const noexcept { return weights_; }

  /// \f$ \sum_j w_j \mu_j \f$
  [[nodiscard]] point<T, D> mean() const {
    point<double, D> sum = point<double, D>::Zero(dimension());
    for (Index j = 0; j < size(); ++j) sum += weight(j) * component(j).mean().template cast<double>();
    return sum.template cast<T>();
  }

  /// \f$ \sum_j w_j (\Sigma_j + (\mu_j - \mu)(\mu_j - \mu)^T) \f$. O(k d^2).
  [[nodiscard]] square<T, D> covariance() const {
    if (size() == 1) return component(0).covariance();
    const point<T, D> centre = mean();
    square<double, D> sum = square<double, D>::Zero(dimension(), dimension());
    for (Index j = 0; j < size(); ++j) {
      const point<double, D> apart = (component(j).mean() - centre).template cast<double>();
      sum += weight(j) * (component(j).covariance().template cast<double>() + apart * apart.transpose());
    }
    if (!sum.allFinite()) [[unlikely]]
      return covariance_by_factors(centre);
    return sum.template cast<T>();
  }

  /// n observations, d x n, each from a component that is drawn anew: they are independent, so in random order. O(n d^2).
  /// @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "gaussian_mixture::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "gaussian_mixture::sample", "n");
    samples<T, D> x(dimension(), n);
    sample_into(x, rng);
    return x;
  }

  /// Fills a d x n block of columns with observations: the same ones as `sample(n, rng)`, without a copy. A block of labels
  /// is drawn, one word each, then its normal numbers, d words each; a mixture of one draws no labels.
  template <class Block>
  void sample_into(Block&& x, stream& rng) const {
    fill(std::forward<Block>(x), {}, rng);
  }

  /// The same, with the number of the component that each observation came from.
  /// @throw std::invalid_argument unless there is a label for each column of x
  template <class Block>
  void sample_into(Block&& x, std::span<Index> labels, stream& rng) const {
    argument::require(static_cast<Index>(labels.size()) == x.cols(), "gaussian_mixture::sample_into", "labels.size()",
                      static_cast<Index>(labels.size()), "be the number of observations");
    fill(std::forward<Block>(x), labels, rng);
  }

  /// The moments of n observations, drawn from their exact law at a cost that does not depend on n: multinomial counts, then
  /// the moments of each component's share by its own exact law, merged. (A Gaussian is fitted to a mixture this way. No
  /// mixture is: see `mixture_estimator`.) O(k d^3). @throw std::invalid_argument if n < 1
  [[nodiscard]] moments<T, D> sample_summary(Index n, as<moments<T, D>>, stream& rng) const {
    argument::require(n >= 1, "gaussian_mixture::sample_summary", "n", n, "be at least 1");
    std::vector<Index> counts(components_.size());
    multinomial(n, weights_, counts, rng);
    moments<T, D> all(dimension());
    for (std::size_t j = 0; j < counts.size(); ++j)
      if (counts[j] > 0) all.merge(components_[j].sample_summary(counts[j], as<moments<T, D>>{}, rng));
    return all;
  }

  /// Log density at x in nats, by log-sum-exp. Plus infinity on the support of a component without spread in some direction;
  /// minus infinity where there is no density at all. O(k d^2).
  /// @throw std::invalid_argument if x has another dimension, or is not a number
  [[nodiscard]] double log_density(const point<T, D>& x) const {
    argument::require_numbers(x, "gaussian_mixture::log_density", "x");
    double top = -infinity, sum = 0;  // the largest term so far, and the sum in units of it
    for (Index j = 0; j < size(); ++j) {
      const double l = joint(j, x);
      if (l == -infinity) continue;
      if (l == infinity) return infinity;
      sum = l > top ? sum * std::exp(top - l) + 1 : sum + std::exp(l - top);
      top = (std::max)(top, l);
    }
    return top == -infinity ? top : top + std::log(sum);
  }

  /// The probability of each component given x, \f$ w_j N(x; \mu_j, \Sigma_j) / p(x) \f$; they add to 1. Where x lies on the
  /// support of components without density, these share it by weight; where no component has density, all do. O(k d^2).
  /// @throw std::invalid_argument as `log_density` does
  [[nodiscard]] simulacra::weights<double> responsibilities(const point<T, D>& x) const {
    argument::require_numbers(x, "gaussian_mixture::responsibilities", "x");
    simulacra::weights<double> r(size());
    for (Index j = 0; j < size(); ++j) r[j] = joint(j, x);
    const double top = r.maxCoeff();
    for (Index j = 0; j < size(); ++j) r[j] = std::abs(top) < infinity ? std::exp(r[j] - top) : r[j] == top ? weight(j) : 0;
    return r / r.sum();
  }

  /// The characteristic function
  /// \f$ E e^{i \omega^T x} = \sum_j w_j \exp(i \omega^T \mu_j - \frac12 \omega^T \Sigma_j \omega) \f$.
  /// @throw std::invalid_argument if omega has another dimension. O(k d^2).
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const {
    argument::require(omega.size() == dimension(), "gaussian_mixture::characteristic_function", "omega.size()", omega.size(),
                      "equal the dimension");
    std::complex<double> sum = 0;
    for (Index j = 0; j < size(); ++j) {
      const square<double, D> f = component(j).factor().dense().template cast<double>();
      const double spread = (f.transpose() * omega).squaredNorm();
      sum += weight(j) * std::exp(-0.5 * spread) * turn(omega, component(j).mean());
    }
    return sum;
  }

  /// The mixture whose components have covariance lambda Sigma_j; weights and means stay. Below 1 each mode is sharpened
  /// about its own mean, and the modes stay as far apart as they were. (There is no `tempered`: a root of a sum of Gaussian
  /// densities is no mixture of Gaussians.)
  /// @throw std::invalid_argument unless lambda >= 0 and finite
  [[nodiscard]] gaussian_mixture inflated(double lambda) const {
    argument::require(lambda >= 0 && lambda <= (std::numeric_limits<double>::max)(), "gaussian_mixture::inflated", "lambda",
                      lambda, "be >= 0 and finite");
    gaussian_mixture scaled = *this;
    for (auto& c : scaled.components_) c = c.inflated(lambda);
    return scaled;
  }

  /// The law with density proportional to \f$ p(x) e^{r(x)} \f$: each component tilted, its weight multiplied by its mean of e^r.
  /// @throw std::invalid_argument as `gaussian::tilted` does  O(k d^3)
  template <quadratic_in_x Reward>
  [[nodiscard]] gaussian_mixture tilted(const Reward& reward) const {
    gaussian_mixture all = *this;
    for (Index j = 0; j < size(); ++j) {
      const auto i = static_cast<std::size_t>(j);
      all.weights_[i] = std::log(weight(j)) + component(j).log_mean_exp(reward);
      all.components_[i] = component(j).tilted(reward);
    }
    const double top = *std::max_element(all.weights_.begin(), all.weights_.end());
    for (double& w : all.weights_) w = std::exp(w - top);
    return {std::move(all.weights_), std::move(all.components_)};
  }

  friend bool operator==(const gaussian_mixture& a, const gaussian_mixture& b) {
    return a.weights_ == b.weights_ && a.components_ == b.components_;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  template <class Block>
  void fill(Block&& x, std::span<Index> labels, stream& rng) const {
    if (size() == 1) {
      std::fill(labels.begin(), labels.end(), Index{0});
      return component(0).sample_into(std::forward<Block>(x), rng);
    }
    const alias_table table(weights_);
    std::vector<square<T, D>> factors;
    factors.reserve(components_.size());
    for (const auto& c : components_) factors.push_back(c.factor().dense());
    const Index d = dimension(), n = x.cols(), block = std::max<Index>(64, 4096 / d);
    samples<T, D> z(d, (std::min)(block, n));
    std::vector<std::size_t> label(static_cast<std::size_t>(z.cols()));
    for (Index first = 0; first < n; first += block) {
      const Index count = (std::min)(block, n - first);
      for (Index i = 0; i < count; ++i) label[static_cast<std::size_t>(i)] = static_cast<std::size_t>(table(rng));
      fill_normal(std::span<T>(z.data(), static_cast<std::size_t>(d * count)), rng);
      for (Index i = 0; i < count; ++i) {
        const std::size_t j = label[static_cast<std::size_t>(i)];
        if (!labels.empty()) labels[static_cast<std::size_t>(first + i)] = static_cast<Index>(j);
        const T* const in = z.data() + i * d;
        auto out = x.col(first + i);
        out = components_[j].mean();
        for (Index c = 0; c < d; ++c) out.tail(d - c) += in[c] * factors[j].col(c).tail(d - c);
      }
    }
  }

  /// The covariance by the factor of it, which has a range of any size: what leaves T's in the end is infinite with its sign, and not NaN.
  /// In halves, since two means may be further apart than the largest number.
  [[nodiscard]] square<T, D> covariance_by_factors(const point<T, D>& centre) const {
    scaled_factor<T, D> half(dimension());
    for (Index j = 0; j < size(); ++j) {
      const double root = std::sqrt(weight(j));
      half = half.plus(component(j).factor().scaled(root / 2),
                       point<T, D>(static_cast<T>(root) * (component(j).mean() / T(2) - centre / T(2))));
    }
    return half.shifted(1).second_moment();
  }

  /// log(w_j N(x; mu_j, Sigma_j))
  [[nodiscard]] double joint(Index j, const point<T, D>& x) const {
    argument::require(x.size() == dimension(), "gaussian_mixture::log_density", "x.size()", x.size(), "equal the dimension");
    return weight(j) > 0 ? std::log(weight(j)) + component(j).log_density(x) : -infinity;
  }

  std::vector<double> weights_;
  std::vector<gaussian<T, D>> components_;
};

/// Adds coefficient times the mixture to `out`, component by component: `out.append(coefficient * w_j, component_j)`. This is
/// how embeddings and signed combinations of laws take a mixture apart.
template <class T, int D, takes_components<gaussian<T, D>> Out>
void append_components(const gaussian_mixture<T, D>& p, double coefficient, Out& out) {
  for (Index j = 0; j < p.size(); ++j)
    if (p.weight(j) > 0) out.append(coefficient * p.weight(j), p.component(j));
}

namespace detail {

template <class T, int D, class Map>
void embed_components(const gaussian_mixture<T, D>& p, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  Eigen::VectorXd one(out.size());
  out.setZero();
  for (Index j = 0; j < p.size(); ++j) {
    if (!(p.weight(j) > 0)) continue;
    embed_into(p.component(j), map, one);
    out += p.weight(j) * one;
  }
}

}  // namespace detail

/// In Nystrom features of the Gaussian kernel and in a grid: the weighted mean of the components' embeddings, which have closed
/// forms. (In random Fourier features it embeds by its characteristic function.) O(k times that of one).
template <class T, int D, class U, int E>
void embed_into(const gaussian_mixture<T, D>& p, const nystrom_features<gaussian_kernel, U, E>& map,
                Eigen::Ref<Eigen::VectorXd> out) {
  detail::embed_components(p, map, out);
}
template <class T, int D, std::same_as<grid_features> Map>
void embed_into(const gaussian_mixture<T, D>& p, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
  detail::embed_components(p, map, out);
}

}  // namespace simulacra
