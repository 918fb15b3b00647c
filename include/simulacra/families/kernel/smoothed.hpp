#pragma once

#include <complex>
#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/kernel/bandwidth_matrix.hpp>
#include <simulacra/families/kernel/smoothing.hpp>
#include <simulacra/hilbert/embedding_error.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A law T smoothed by a kernel, \f$ K_F * T \f$: the law of X + F Z with X from T and Z from the kernel. It is the mean of all
/// kernel density estimates with bandwidth F from independent draws of T, and their limit. Optionally pulled towards T's mean m by
/// a triangle A, the law of m + A (X + F Z - m).
///
/// Sampling is exact; moments, and under a Gaussian kernel the characteristic function, are those of T in closed form.
template <model Law, smoothing::kernel Kernel = smoothing::gaussian>
class smoothed {
  using data = data_of<Law>;

 public:
  using scalar_type = typename data::Scalar;
  static constexpr int dimension_at_compile_time = data::RowsAtCompileTime;

 private:
  using T = scalar_type;
  static constexpr int D = dimension_at_compile_time;

 public:
  /// @throw std::invalid_argument unless the bandwidth has the dimension of the law
  smoothed(Law law, bandwidth_matrix<D> bandwidth) : law_(std::move(law)), bandwidth_(std::move(bandwidth)) {
    argument::require(bandwidth_.dimension() == law_.dimension(), "smoothed", "bandwidth.dimension()",
                      bandwidth_.dimension(), "equal the dimension of the law");
  }

  [[nodiscard]] Index dimension() const { return bandwidth_.dimension(); }
  [[nodiscard]] const Law& law() const noexcept { return law_; }
  [[nodiscard]] const bandwidth_matrix<D>& bandwidth() const noexcept { return bandwidth_; }

  /// The same law pulled towards the mean of T by a lower triangle A, after what pulled it before.
  [[nodiscard]] smoothed pulled(const square<double, D>& a) const
    requires has_mean<Law>
  {
    smoothed s = *this;
    s.pull_ = pull_ ? square<double, D>(a * *pull_) : a;
    return s;
  }

  /// Of a T that is a mixture of laws, its components smoothed: so many, with these shares, each shown to f by itself.
  [[nodiscard]] std::size_t size() const
    requires detail::mixes_laws<Law>
  {
    return law_.size();
  }
  [[nodiscard]] double share(std::size_t i) const
    requires detail::mixes_laws<Law>
  {
    return law_.share(i);
  }
  template <class F>
    requires detail::mixes_laws<Law> decltype(auto)
  visit(std::size_t i, F&& f) const {
    return law_.visit(i, [&]<class Component>(const Component& component) -> decltype(auto) {
      smoothed<Component, Kernel> one(component, bandwidth_);
      if constexpr (has_mean<Law>)
        if (pull_) one.pull_about(centre(), *pull_);
      return f(one);
    });
  }
  /// Pulls towards a given point, whatever the mean of T is.
  void pull_about(const point<double, D>& centre, const square<double, D>& a) {
    centre_ = centre;
    pull_ = a;
  }

  /// n observations, d x n: those of T, then the kernel's. @throw std::invalid_argument if n < 0
  [[nodiscard]] samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "smoothed::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "smoothed::sample", "n");
    samples<T, D> x = law_.sample(n, rng);
    const Index d = dimension();
    std::vector<double> z(static_cast<std::size_t>(d * n));
    Kernel::fill(std::span(z), d, rng);
    point<double, D> centre = point<double, D>::Zero(d);
    if (pull_) centre = this->centre();
    for (Index i = 0; i < n; ++i) {
      double* const noise = z.data() + i * d;
      bandwidth_.apply(noise);
      point<double, D> there = x.col(i).template cast<double>() + Eigen::Map<const point<double, D>>(noise, d);
      if (pull_) there = centre + *pull_ * (there - centre);
      x.col(i) = there.template cast<T>();
    }
    return x;
  }

  [[nodiscard]] point<T, D> mean() const
    requires has_mean<Law>
  {
    return mean_of_law().template cast<T>();
  }

  /// @throw std::domain_error where it is no number, as infinite parts come with both signs
  [[nodiscard]] square<T, D> covariance() const
    requires has_moments<Law>
  {
    square<double, D> sum = square<double, D>(law_.covariance().template cast<double>()) +
                            Kernel::coordinate_variance(dimension()) * bandwidth_.covariance();
    if (pull_) sum = (*pull_ * sum * pull_->transpose()).eval();
    detail::require_moment(sum, "smoothed::covariance");
    return sum.template cast<T>();
  }

  /// \f$ E e^{i \omega^T x} \f$: that of T times the kernel's.
  [[nodiscard]] std::complex<double> characteristic_function(const point<double, D>& omega) const
    requires std::same_as<Kernel, smoothing::gaussian> &&
             requires(const Law& law, const point<double, D>& w) { law.characteristic_function(w); }
  {
    point<double, D> along = omega;
    std::complex<double> shift = 1;
    if (pull_) {
      along = pull_->transpose() * omega;
      const point<double, D> middle = centre();
      shift = turn(omega, middle) * std::conj(turn(along, middle));
    }
    const double spread = (bandwidth_.lower().transpose() * along).squaredNorm();
    return std::exp(-0.5 * spread) * shift * law_.characteristic_function(along);
  }

 private:
  /// What is pulled towards: the mean of T, unless a mixture that this is a part of says otherwise.
  [[nodiscard]] point<double, D> centre() const {
    if (centre_) return *centre_;
    if constexpr (has_mean<Law>)
      return mean_of_law();
    else
      return point<double, D>::Zero(dimension());
  }

  [[nodiscard]] point<double, D> mean_of_law() const
    requires has_mean<Law>
  {
    const auto mean = law_.mean();
    point<double, D> wide(dimension());
    for (Index k = 0; k < dimension(); ++k) wide[k] = static_cast<double>(mean[k]);
    return wide;
  }

  Law law_;
  bandwidth_matrix<D> bandwidth_;
  std::optional<square<double, D>> pull_;
  std::optional<point<double, D>> centre_;
};

}  // namespace simulacra
