#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/random/binomial.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A model of whose draws each one comes, with probability epsilon, from another law: \f$ (1 - \epsilon) Q + \epsilon B \f$, the gross
/// error model of robust statistics. Source: Huber (1964), Annals of Mathematical Statistics 35.
template <model Model, model Contaminant>
class contaminated {
 public:
  using data_type = data_of<Model>;
  static_assert(
      std::same_as<data_of<Contaminant>, data_type>,
      "simulacra: a model and what contaminates it must return the same type from sample(n, rng), since they are mixed");

  /// @throw std::invalid_argument unless 0 <= share <= 1 and the dimensions are equal
  contaminated(Model clean, std::shared_ptr<const Contaminant> by, double share)
      : clean_(std::move(clean)), by_(std::move(by)), share_(share) {
    argument::require(share >= 0 && share <= 1, "contaminated", "share", share, "be in [0, 1]");
    argument::require(by_->dimension() == clean_.dimension(), "contaminated", "by.dimension()",
                      static_cast<Index>(by_->dimension()), "be that of the model");
  }

  [[nodiscard]] Index dimension() const { return clean_.dimension(); }
  [[nodiscard]] const Model& clean() const noexcept { return clean_; }
  [[nodiscard]] const Contaminant& contaminant() const noexcept { return *by_; }
  [[nodiscard]] double share() const noexcept { return share_; }

  /// n draws, the contaminated ones at random places.
  [[nodiscard]] data_type sample(Index n, stream& rng) const {
    const Index bad = binomial_count(n, share_, rng);
    data_type x = detail::sampled(clean_, n - bad, rng, {"contaminated::sample", "the model"});
    if (bad == 0) return x;
    data_traits<data_type>::append(x, detail::sampled(*by_, bad, rng, {"contaminated::sample", "the contaminant"}));
    return data_traits<data_type>::select(x, permutation(n, rng));
  }

  /// A summary of n draws by the exact laws of the two parts, where both have one.
  template <class Summary>
    requires collapses_to<Model, Summary> && collapses_to<Contaminant, Summary>
  [[nodiscard]] Summary sample_summary(Index n, as<Summary> which, stream& rng) const {
    const Index bad = binomial_count(n, share_, rng);
    if (bad == n) return by_->sample_summary(n, which, rng);
    Summary s = clean_.sample_summary(n - bad, which, rng);
    if (bad > 0) s.merge(by_->sample_summary(bad, which, rng));
    return s;
  }

  /// A summary of n draws, those of `sample(n, rng)`, where one of the parts folds its own: text that is picked without replacement
  /// has to be asked for all of its part at once.
  template <class Summary>
    requires(streams_to<Model, Summary> || streams_to<Contaminant, Summary>)
  [[nodiscard]] Summary stream_summary(Index n, as<Summary> which, stream& rng) const {
    const Index bad = binomial_count(n, share_, rng);
    if (bad == n) return streamed(*by_, n, which, rng);
    Summary s = streamed(clean_, n - bad, which, rng);
    if (bad > 0) s.merge(streamed(*by_, bad, which, rng));
    return s;
  }

  [[nodiscard]] auto mean() const
    requires has_moments<Model> && has_moments<Contaminant>
  {
    auto m = std::remove_cvref_t<decltype(clean_.mean())>(clean_.mean());
    for (Index k = 0; k < m.size(); ++k) m[k] = blend(clean_.mean()[k], by_->mean()[k]);
    detail::require_moment(m, "contaminated::mean");
    return m;
  }

  /// \f$ (1 - \epsilon) \Sigma_Q + \epsilon \Sigma_B + \epsilon (1 - \epsilon) (\mu_Q - \mu_B)(\mu_Q - \mu_B)^T \f$. What is too large for
  /// a number is infinite, with its sign.
  /// @throw std::domain_error where that is unknown, as infinite parts come with both signs, or as the parts' moments do
  [[nodiscard]] auto covariance() const
    requires has_moments<Model> && has_moments<Contaminant>
  {
    const auto a = clean_.mean(), b = by_->mean();
    auto c = std::remove_cvref_t<decltype(clean_.covariance())>(clean_.covariance());
    const auto other = std::remove_cvref_t<decltype(by_->covariance())>(by_->covariance());
    using scalar = std::remove_cvref_t<decltype(c(0, 0))>;
    for (Index j = 0; j < c.cols(); ++j)
      for (Index i = 0; i < c.rows(); ++i)
        c(i, j) = blend(c(i, j), other(i, j)) + static_cast<scalar>(share_ * (1 - share_)) * (a[i] - b[i]) * (a[j] - b[j]);
    detail::mend_blended_covariance(c, mean(), "contaminated::covariance", [&](auto&& add) {
      add(1 - share_, a, clean_);
      add(share_, b, *by_);
    });
    return c;
  }

  template <class Point>
    requires requires(const Model& m, const Contaminant& by, const Point& x) {
               { m.log_density(x) } -> std::convertible_to<double>;
               { by.log_density(x) } -> std::convertible_to<double>;
             }
  [[nodiscard]] double log_density(const Point& x) const {
    if (share_ == 0) return static_cast<double>(clean_.log_density(x));  // 0 times an infinite density is none
    if (share_ == 1) return static_cast<double>(by_->log_density(x));
    const double a = std::log1p(-share_) + static_cast<double>(clean_.log_density(x));
    const double b = std::log(share_) + static_cast<double>(by_->log_density(x));
    const double top = (std::max)(a, b);
    return std::isfinite(top) ? top + std::log1p(std::exp((std::min)(a, b) - top)) : top;
  }

  template <class W>
    requires requires(const Model& m, const Contaminant& by, const W& w) {
               m.characteristic_function(w);
               by.characteristic_function(w);
             }
  [[nodiscard]] auto characteristic_function(const W& w) const {
    return (1 - share_) * clean_.characteristic_function(w) + share_ * by_->characteristic_function(w);
  }

 private:
  template <class M, class Summary>
  [[nodiscard]] static Summary streamed(const M& m, Index n, as<Summary> which, stream& rng) {
    if constexpr (streams_to<M, Summary>) {
      return m.stream_summary(n, which, rng);
    } else {
      static_cast<void>(which);
      Summary s;
      s.fold(detail::sampled(m, n, rng, {"contaminated::stream_summary", "a part"}));
      return s;
    }
  }

  template <class A, class B>
  [[nodiscard]] A blend(const A& a, const B& b) const {
    if (share_ == 0 || share_ == 1) return share_ == 0 ? a : static_cast<A>(b);  // a part without a share may be infinite
    return static_cast<A>((1 - share_) * static_cast<double>(a) + share_ * static_cast<double>(b));
  }

  Model clean_;
  std::shared_ptr<const Contaminant> by_;
  double share_;
};

}  // namespace simulacra
