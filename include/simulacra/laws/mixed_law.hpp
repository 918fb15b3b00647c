#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

namespace detail {

template <class Data>
struct moments_of_data {};
template <class T, int D>
struct moments_of_data<samples<T, D>> {
  using mean_type = point<moment_number<T>, D>;
  using covariance_type = square<moment_number<T>, D>;
};
template <class T, int D>
struct moments_of_data<labelled_numbers<T, D>> : moments_of_data<samples<T, with_label<D>>> {};

template <class... Laws>
inline constexpr bool all_have_moments = (has_moments<Laws> && ...);
template <class... Laws>
inline constexpr bool all_have_means = (has_mean<Laws> && ...);
template <class Law, class W>
concept has_characteristic_function_at = requires(const Law& law, const W& w) {
                                           { law.characteristic_function(w) } -> std::convertible_to<std::complex<double>>;
                                         };
template <class W, class... Laws>
inline constexpr bool all_have_characteristic_functions = (has_characteristic_function_at<Laws, W> && ...);
template <class Law>
concept lists_probabilities = requires(const Law& law) {
                                { law.probabilities() } -> std::convertible_to<std::vector<double>>;
                              };
template <class... Laws>
inline constexpr bool all_have_probabilities = (lists_probabilities<Laws> && ...);
template <class Law, class Point>
inline constexpr bool has_log_density_at = requires(const Law& law, const Point& x) {
                                             { law.log_density(x) } -> std::convertible_to<double>;
                                           };

}  // namespace detail

/// The law that training data were drawn from, given the past: a mixture of laws of several types, with shares that add to 1.
/// It refers to its components, and is good as long as they are.
///
/// It has each of `mean`, `covariance`, `characteristic_function`, `probabilities` and `log_density` if all types of components have it, so that an
/// estimator's closed forms apply to a mixture wherever they apply to its parts.
template <class Data, class... Laws>
class mixed_law {
 public:
  using component = std::variant<const Laws*...>;

  void clear() { parts_.clear(); }

  /// Adds a component, or to the share of the same one. @throw std::invalid_argument unless share > 0
  template <class Law>
  void add(double share, const Law& law) {
    argument::require(share > 0, "mixed_law::add", "share", share, "be > 0");
    for (part& p : parts_)
      if (p.law == component(&law)) {
        p.share += share;
        return;
      }
    parts_.push_back({share, component(&law)});
  }

  [[nodiscard]] std::size_t size() const noexcept { return parts_.size(); }
  [[nodiscard]] double share(std::size_t i) const { return parts_[i].share; }

  /// Calls f with component i, as the type it has.
  template <class F>
  decltype(auto) visit(std::size_t i, F&& f) const {
    return std::visit([&f](const auto* law) -> decltype(auto) { return f(*law); }, parts_[i].law);
  }

  /// Calls f with the one component if there is only one, since what is known of that law is not to be lost in a mixture; with
  /// this mixture otherwise. All calls must return the same type.
  template <class F>
  decltype(auto) simplest(F&& f) const {
    if (size() == 1) return visit(0, f);
    return f(*this);
  }

  [[nodiscard]] Index dimension() const {
    return visit(0, [](const auto& law) { return static_cast<Index>(law.dimension()); });
  }

  /// The weighted mean of the means. @throw std::domain_error if there is none: means that are infinite with both signs
  [[nodiscard]] auto mean() const
    requires(detail::all_have_means<Laws...>)
  {
    using mean_type = typename detail::moments_of_data<Data>::mean_type;
    using scalar = typename mean_type::Scalar;
    mean_type sum = mean_type::Zero(dimension());
    for (std::size_t i = 0; i < size(); ++i)
      visit(i, [&](const auto& law) {
        for (Index k = 0; k < sum.size(); ++k) sum[k] += static_cast<scalar>(share(i) * static_cast<double>(law.mean()[k]));
      });
    detail::require_moment(sum, "mixed_law::mean");
    return sum;
  }

  /// \f$ \sum_i w_i [\Sigma_i + (\mu_i - \mu)(\mu_i - \mu)^T] \f$. What is too large for a number is infinite, with its sign.
  /// @throw std::domain_error where that is unknown, as infinite parts come with both signs, or as a component's moments do
  [[nodiscard]] auto covariance() const
    requires(detail::all_have_moments<Laws...>)
  {
    using mean_type = typename detail::moments_of_data<Data>::mean_type;
    using scalar = typename mean_type::Scalar;
    const mean_type centre = mean();
    typename detail::moments_of_data<Data>::covariance_type sum(centre.size(), centre.size());
    sum.setZero();
    for (std::size_t i = 0; i < size(); ++i)
      visit(i, [&](const auto& law) {
        const mean_type apart = law.mean() - centre;
        sum += static_cast<scalar>(share(i)) * law.covariance();
        sum += static_cast<scalar>(share(i)) * apart * apart.transpose();
      });
    detail::mend_blended_covariance(sum, centre, "mixed_law::covariance", [&](auto&& add) {
      for (std::size_t i = 0; i < size(); ++i) visit(i, [&](const auto& law) { add(share(i), law.mean(), law); });
    });
    return sum;
  }

  /// \f$ E e^{i w^T X} \f$, the weighted mean of those of the components.
  template <class W>
    requires(detail::all_have_characteristic_functions<W, Laws...>)
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < size(); ++i)
      sum += share(i) * visit(i, [&w](const auto& law) -> std::complex<double> { return law.characteristic_function(w); });
    return sum;
  }

  /// The probabilities of symbols 0, 1, ...
  [[nodiscard]] std::vector<double> probabilities() const
    requires(detail::all_have_probabilities<Laws...>)
  {
    std::vector<double> sum;
    for (std::size_t i = 0; i < size(); ++i)
      visit(i, [&](const auto& law) {
        const std::vector<double> p = law.probabilities();
        sum.resize((std::max)(sum.size(), p.size()), 0.0);
        for (std::size_t k = 0; k < p.size(); ++k) sum[k] += share(i) * p[k];
      });
    return sum;
  }

  /// Whether every component has a density at points of this type. (Kept data have none.)
  template <class Point>
  [[nodiscard]] bool has_density() const {
    for (std::size_t i = 0; i < size(); ++i)
      if (!visit(i, []<class Law>(const Law&) { return detail::has_log_density_at<Law, Point>; })) return false;
    return true;
  }

  /// log of the weighted mean of the densities; NaN unless `has_density<Point>()`.
  template <class Point>
    requires(detail::has_log_density_at<Laws, Point> || ...)
  [[nodiscard]] double log_density(const Point& x) const {
    double top = -std::numeric_limits<double>::infinity();
    const auto at = [&](std::size_t i) {
      return std::log(share(i)) + visit(i, [&x]<class Law>(const Law& law) -> double {
               if constexpr (detail::has_log_density_at<Law, Point>)
                 return static_cast<double>(law.log_density(x));
               else
                 return std::numeric_limits<double>::quiet_NaN();
             });
    };
    if (!has_density<Point>()) return std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < size(); ++i) top = (std::max)(top, at(i));
    if (!std::isfinite(top)) return top;
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) sum += std::exp(at(i) - top);
    return top + std::log(sum);
  }

  /// n independent draws, in random order. O(cost of the components' draws + n).
  [[nodiscard]] Data sample(Index n, stream& rng) const {
    std::vector<double> shares;
    for (const part& p : parts_) shares.push_back(p.share);
    std::vector<Index> counts(shares.size());
    multinomial(n, shares, counts, rng);
    Data all{};
    for (std::size_t i = 0; i < size(); ++i) {
      if (counts[i] == 0) continue;
      Data some = visit(i, [&](const auto& law) -> Data {
        return detail::sampled(law, counts[i], rng, {"mixed_law::sample", "a component"});
      });
      if (data_traits<Data>::count(all) == 0)
        all = std::move(some);
      else
        data_traits<Data>::append(all, some);
    }
    if (size() == 1) return all;
    const std::vector<Index> order = permutation(n, rng);
    return data_traits<Data>::select(all, order);
  }

 private:
  struct part {
    double share;
    component law;
  };
  std::vector<part> parts_;
};

namespace detail {

/// The mixed law of the truth, of models as they are sampled (which may be of the same type), and of kept data.
template <class Data, class Truth, class Sampled, class... Kept>
using mixed_law_of = std::conditional_t<std::same_as<Truth, Sampled>, mixed_law<Data, Truth, Kept...>,
                                        mixed_law<Data, Truth, Sampled, Kept...>>;

}  // namespace detail

}  // namespace simulacra
