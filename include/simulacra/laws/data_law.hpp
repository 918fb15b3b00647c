#pragma once

#include <algorithm>
#include <complex>
#include <concepts>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/summary.hpp>
#include <simulacra/core/turn.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/cross_moments.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

namespace detail {

/// The moments of a data set as a law, for those that have them: numbers, and pairs of them.
template <class Data>
struct moments_of_data_law {
  using mean_type = void;
  using covariance_type = void;
};

template <class T, int D>
struct moments_of_data_law<samples<T, D>> {
  using number = moment_number<T>;
  using mean_type = point<number, D>;
  using covariance_type = square<number, D>;

  static mean_type mean(const samples<T, D>& x) {
    const mean_type plain = x.template cast<double>().rowwise().mean().template cast<number>();
    return plain.allFinite() ? plain : summary(x).mean();  // their sum may be too large where it is not
  }
  static covariance_type covariance(const samples<T, D>& x) {
    const auto m = summary(x);
    const covariance_type plain = m.scatter() / static_cast<number>(x.cols());
    return plain.allFinite() ? plain : m.covariance_factor(divisor::n).second_moment();
  }

 private:
  static moments<number, D> summary(const samples<T, D>& x) {
    if constexpr (std::is_same_v<T, number>)
      return moments<T, D>::of(x);
    else
      return moments<number, D>::of(x.template cast<number>());
  }
};

template <class T, int D>
struct moments_of_data_law<labelled_numbers<T, D>> {
  using mean_type = point<T, with_label<D>>;
  using covariance_type = square<T, with_label<D>>;
  using pairs = labelled_numbers<T, D>;

  static mean_type mean(const pairs& x) { return cross_moments<T, D>::of(x).joint().mean(); }
  static covariance_type covariance(const pairs& x) {
    return cross_moments<T, D>::of(x).factor_about_mean().second_moment();
  }
};

}  // namespace detail

/// A data set as a truth: `data_law(x)`, where x is numbers (an observation in a column), labelled data, text (a `corpus`), or whatever else
/// has `data_traits`. Draws are its observations, picked without replacement, so that as many as there are are all of them, in random
/// order; more than that begin again: each once, then each once again. Its law is the empirical one, which gives every observation
/// the same probability and has no density.
/// A value: copies share the data.
template <class Data = samples<>>
class data_law {
  static_assert(std::default_initializable<Data>, "a data_law keeps its data: give it a value, no expression and no view");
  using traits = data_traits<Data>;
  using moments_type = detail::moments_of_data_law<Data>;
  static constexpr bool is_numbers = requires(const Data& x) {
                                       typename Data::Scalar;
                                       x.col(0);
                                     };

 public:
  using data_type = Data;

  /// @throw std::invalid_argument if there is no observation, one has no numbers, or an input no label, or a number is not finite
  explicit data_law(Data x) {
    argument::require(traits::count(x) >= 1, "data_law", "observations of x", traits::count(x), "be at least 1");
    if constexpr (requires { traits::dimension(x); })
      argument::require(traits::dimension(x) >= 1, "data_law", "dimension of x", traits::dimension(x), "be at least 1");
    if constexpr (requires { traits::whole(x); })
      argument::require(traits::whole(x), "data_law", "x", "in parts of different lengths", "be whole: one label an input");
    if constexpr (requires { x.x, x.y; }) {
      require_finite(x.x, "x.x");
      require_finite(x.y, "x.y");
    } else {
      require_finite(x, "x");
    }
    x_ = std::make_shared<const Data>(std::move(x));
  }

  [[nodiscard]] const Data& data() const noexcept { return *x_; }
  [[nodiscard]] Index size() const { return traits::count(*x_); }  ///< observations

  /// Numbers in an observation; of a pair, its label among them. For text see `data_traits<corpus>::law_dimension`.
  [[nodiscard]] Index dimension() const {
    if constexpr (requires(const Data& x) { traits::law_dimension(x); })
      return traits::law_dimension(*x_);
    else
      return traits::dimension(*x_);
  }

  /// n observations: whole passes through the data, and of them a random part. O(n d), n words of the stream.
  /// @throw std::invalid_argument if n < 0, or there is no room for them
  [[nodiscard]] Data sample(Index n, stream& rng) const {
    argument::require(n >= 0, "data_law::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(double), "data_law::sample", "n");
    std::vector<Index> chosen;
    chosen.reserve(static_cast<std::size_t>(n));
    for (Index left = n; left > 0;) {
      const Index part = (std::min)(left, size());
      const auto pass = subsample(size(), part, rng);
      chosen.insert(chosen.end(), pass.begin(), pass.end());
      left -= part;
    }
    return traits::select(*x_, chosen);
  }

  /// What n observations amount to: those of one call of `sample`, since two calls would pick some twice.
  template <summary_of<Data> S>
  [[nodiscard]] S stream_summary(Index n, as<S>, stream& rng) const {
    S s;
    s.fold(sample(n, rng));
    return s;
  }

  /// The mean of the data, of pairs their label's last, and their covariance with the divisor n; what is too large for T is infinite with its
  /// sign. O(n d), O(n d^2), of pairs both: they are not kept.
  [[nodiscard]] typename moments_type::mean_type mean() const
    requires requires(const Data& x) { moments_type::mean(x); }
  {
    return moments_type::mean(*x_);
  }
  [[nodiscard]] typename moments_type::covariance_type covariance() const
    requires requires(const Data& x) { moments_type::covariance(x); }
  {
    return moments_type::covariance(*x_);
  }

  /// \f$ \frac1n \sum_j e^{i w^T x_j} \f$. O(n d).
  template <class W>
    requires(is_numbers)
  [[nodiscard]] std::complex<double> characteristic_function(const W& w) const {
    std::complex<double> sum = 0;
    for (Index j = 0; j < size(); ++j) sum += turn(w, x_->col(j));
    return sum / static_cast<double>(size());
  }

  /// Its embedding in Nystrom features is the mean of the data's, exactly. (Other maps take theirs from the characteristic
  /// function, or from the moments.)
  template <class Map>
    requires(is_numbers && requires(const Map& map) { map.landmarks(); })
  friend void embed_into(const data_law& law, const Map& map, Eigen::Ref<Eigen::VectorXd> out) {
    map.mean_into(law.data(), nullptr, out);
  }

 private:
  template <class Part>
  static void require_finite(const Part& part, std::string_view name) {
    if constexpr (requires { part.array(); })
      argument::require_finite(part, "data_law", name);
    else if constexpr (requires { data_traits<Part>::finite(part); })
      argument::require(data_traits<Part>::finite(part), "data_law", name, "not finite", "be finite");
  }

  std::shared_ptr<const Data> x_;
};

template <class Data>
[[deprecated("is data_law now: a source is where an ingredient comes from")]] [[nodiscard]] data_law<Data> data_source(
    Data x) {
  return data_law<Data>(std::move(x));
}

}  // namespace simulacra
