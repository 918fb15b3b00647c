#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/discrete.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// A kept data set as a law: the empirical measure of its observations. It is what a recipe that keeps data draws from the second
/// time, so in the ledger it is one component of a training law like any other.
///
/// It holds what is left of the data: a summary (where the estimator eats one), the observations (where they were stored and
/// somebody will have to draw from them), or both; its members are there as far as these go.
template <class Data, class Summary>
class empirical_law {
  static constexpr bool is_matrix = requires(const Data& x) {
                                      typename Data::Scalar;
                                      x.col(0);
                                    };

 public:
  empirical_law() = default;

  /// @param x                  a `training_set`, or what has its members
  /// @param keep_observations  whether the observations themselves are copied, if there are any
  template <class TrainingSet>
  [[gnu::cold]] empirical_law(const TrainingSet& x, bool keep_observations) : count_(x.count()), weight_(x.weight()) {
    if constexpr (!std::same_as<Summary, detail::no_summary>) {
      if (!x.stored())
        summary_ = x.summary;
      else if (x.w.size() == 0)
        summary_.fold(x.data);
      else if constexpr (requires(Summary s) { s.fold(x.data, x.w); })
        summary_.fold(x.data, x.w);
    }
    if (keep_observations && x.stored()) {
      data_ = x.data;
      w_ = x.w;
      has_data_ = true;
    }
  }

  /// Adds another data set; what only one of the two has is lost.
  [[gnu::cold]] void merge(const empirical_law& other) {
    if (other.count_ == 0) return;
    if (count_ == 0) {
      *this = other;
      return;
    }
    if constexpr (!std::same_as<Summary, detail::no_summary>) summary_.merge(other.summary_);
    has_data_ = has_data_ && other.has_data_;
    if (has_data_) {
      if (w_.size() > 0 || other.w_.size() > 0) {
        weights<double> both(count_ + other.count_);
        both << filled(w_, count_), filled(other.w_, other.count_);
        w_ = std::move(both);
      }
      data_traits<Data>::append(data_, other.data_);
    }
    count_ = argument::sum_of_counts(count_, other.count_, "ledger");
    weight_ += other.weight_;
  }

  /// Multiplies every weight by c.
  [[gnu::cold]] void reweight(double c) {
    weight_ *= c;
    if constexpr (!std::same_as<Summary, detail::no_summary>) summary_.reweight(c);
    if (has_data_) w_ = w_.size() > 0 ? weights<double>(w_ * c) : weights<double>(weights<double>::Constant(count_, c));
  }

  [[nodiscard]] Index count() const noexcept { return count_; }
  [[nodiscard]] double weight() const noexcept { return weight_; }
  [[nodiscard]] bool has_observations() const noexcept { return has_data_; }
  [[nodiscard]] const Data& observations() const noexcept { return data_; }
  [[nodiscard]] const weights<double>& observation_weights() const noexcept { return w_; }
  [[nodiscard]] const Summary& summary() const noexcept { return summary_; }

  [[nodiscard]] Index dimension() const {
    if constexpr (requires(const Summary& s) { s.dimension(); }) return summary_.dimension();
    if constexpr (requires(const Data& x) { x.rows(); }) return data_.rows();
    return 1;
  }

  [[nodiscard]] auto mean() const
    requires requires(const Summary& s) { s.mean(); }
  {
    if constexpr (requires(const Summary& s) { s.sum().value(); })
      return point<double, 1>(summary_.mean().value());  // a total keeps scaled numbers
    else
      return summary_.mean();
  }

  /// Scatter over weight, the covariance of the empirical measure itself.
  [[nodiscard]] auto covariance() const
    requires requires(const Summary& s) { s.scatter(); }
  {
    using scalar = typename decltype(summary_.scatter())::Scalar;
    auto plain = (summary_.scatter() / static_cast<scalar>(weight_)).eval();
    if constexpr (requires(const Summary& s) { s.covariance_factor(divisor::n).second_moment(); })
      if (!plain.allFinite())
        plain = summary_.covariance_factor(divisor::n).second_moment();  // which may be in range where that is not
    return plain;
  }

  /// The mean of the observations themselves, where no summary knows it. @throw std::invalid_argument if they were not kept
  [[nodiscard]] auto mean() const
    requires(std::same_as<Summary, detail::no_summary> && is_matrix)
  {
    require_observations();
    using scalar = detail::moment_number<typename Data::Scalar>;
    Eigen::Matrix<scalar, Data::RowsAtCompileTime, 1> m =
        Eigen::Matrix<scalar, Data::RowsAtCompileTime, 1>::Zero(data_.rows());
    for (Index i = 0; i < data_.cols(); ++i) m += static_cast<scalar>(share(i)) * data_.col(i).template cast<scalar>();
    return m;
  }
  [[nodiscard]] auto covariance() const
    requires(std::same_as<Summary, detail::no_summary> && is_matrix)
  {
    using scalar = detail::moment_number<typename Data::Scalar>;
    constexpr int D = Data::RowsAtCompileTime;
    const auto centre = mean();
    const scalar reach = data_.size() > 0 ? static_cast<scalar>(data_.cwiseAbs().maxCoeff()) : scalar(0);
    constexpr scalar large = std::numeric_limits<scalar>::digits > 24 ? scalar(0x1p500) : scalar(0x1p60);
    const scalar unit = reach < large ? scalar(1) : std::ldexp(scalar(1), std::ilogb(reach)),
                 per_unit = 1 / unit;  // no inf - inf
    Eigen::Matrix<scalar, D, D> c = Eigen::Matrix<scalar, D, D>::Zero(data_.rows(), data_.rows());
    for (Index i = 0; i < data_.cols(); ++i)
      for (Index k = 0; k < data_.rows(); ++k)
        for (Index l = 0; l < data_.rows(); ++l)
          c(l, k) += static_cast<scalar>(share(i)) * (static_cast<scalar>(data_(l, i)) * per_unit - centre[l] * per_unit) *
                     (static_cast<scalar>(data_(k, i)) * per_unit - centre[k] * per_unit);
    if (unit > scalar(1)) c = ((c * unit) * unit).eval();
    return c;
  }

  /// \f$ \sum_i w_i e^{i w^T x_i} \f$. @throw std::invalid_argument if the observations were not kept
  template <class W>
    requires(is_matrix && requires(const W& w) { static_cast<double>(w[0]); })
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    require_observations();
    std::complex<double> sum = 0;
    for (Index i = 0; i < data_.cols(); ++i) sum += share(i) * turn(w, data_.col(i));
    return sum;
  }

  /// Relative frequencies of all symbols.
  [[nodiscard]] std::vector<double> probabilities() const
    requires requires(const Summary& s) {
               s.entries();
               s.symbols();
             }
  {
    argument::require_room(summary_.symbols(), 1, sizeof(double), "empirical_law::probabilities", "summary.symbols()");
    std::vector<double> p(static_cast<std::size_t>(summary_.symbols()), 0.0);
    for (const auto& e : summary_.entries()) p[static_cast<std::size_t>(e.symbol)] = e.weight / weight_;
    return p;
  }

  /// n draws with replacement. @throw std::invalid_argument if the observations were not kept
  [[nodiscard]] Data sample(Index n, stream& rng) const {
    require_observations();
    std::vector<Index> chosen(static_cast<std::size_t>(n));
    if (w_.size() == 0) {
      for (Index& i : chosen) i = static_cast<Index>(uniform_index(count_, rng));
    } else {
      const alias_table among(std::vector<double>(w_.data(), w_.data() + w_.size()));
      for (Index& i : chosen) i = among(rng);
    }
    return data_traits<Data>::select(data_, chosen);
  }

 private:
  void require_observations() const {
    argument::require(
        has_data_, "ledger", "plan.how", "a way that keeps no observations",
        "be draw::stored where data are kept and the estimator has no closed form for what they are mixed with");
  }

  /// Weights of n observations; where there are none all are 1.
  [[nodiscard]] static weights<double> filled(const weights<double>& w, Index n) {
    return w.size() > 0 ? w : weights<double>(weights<double>::Ones(n));
  }

  /// The share of one observation.
  [[nodiscard]] double share(Index i) const { return w_.size() > 0 ? w_[i] / weight_ : 1 / static_cast<double>(count_); }

  Index count_ = 0;
  double weight_ = 0;
  Summary summary_{};
  Data data_{};
  weights<double> w_{};
  bool has_data_ = false;
};

}  // namespace simulacra
