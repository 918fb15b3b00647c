#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/inner_products.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/hilbert/space.hpp>

/// Exact Hilbert spaces for Gaussian laws and what is made of them: a vector is a list of laws with signed coefficients, and
/// inner products are closed forms. No feature error at all, at a cost of the product of two lists' lengths.
namespace simulacra {

/// A signed combination of Gaussian laws, \f$ \sum_i c_i N(\mu_i, \Sigma_i) \f$. Equal laws are one term, and terms that cancel
/// to exactly 0 are dropped, so that an account does not grow by what it gives back.
template <class T = double, int D = dynamic>
class signed_gaussians {
 public:
  struct term {
    double coefficient;
    gaussian<T, D> law;

    friend bool operator==(const term&, const term&) = default;
  };

  /// The terms, in an order of their own that depends on the laws alone.
  [[nodiscard]] std::span<const term> terms() const noexcept { return terms_; }
  [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }
  void clear() noexcept { terms_.clear(); }

  /// Adds one term. @throw std::invalid_argument unless the coefficient is finite and the dimension is that of the others
  void append(double coefficient, const gaussian<T, D>& law) {
    argument::require(std::isfinite(coefficient), "signed_gaussians::append", "coefficient", coefficient, "be finite");
    require_dimension(law.dimension());
    if (coefficient == 0) return;
    const auto at =
        std::lower_bound(terms_.begin(), terms_.end(), law, [](const term& t, const auto& l) { return before(t.law, l); });
    if (at == terms_.end() || !(at->law == law))
      terms_.insert(at, term{coefficient, law});
    else if ((at->coefficient += coefficient) == 0)
      terms_.erase(at);
  }

  /// Adds many terms at once, in O(n log n). @throw as above
  void append(std::vector<term> more) {
    for (const term& t : more) {
      argument::require(std::isfinite(t.coefficient), "signed_gaussians::append", "coefficient", t.coefficient, "be finite");
      argument::require(t.law.dimension() == more.front().law.dimension(), "signed_gaussians::append", "law.dimension()",
                        t.law.dimension(), "equal that of the other terms");
    }
    // Numbers are sorted, not terms: libstdc++'s std::stable_sort forgets the alignment of Eigen's vectors in its buffer.
    std::vector<std::size_t> order(more.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return before(more[i].law, more[j].law); });
    signed_gaussians sorted;
    sorted.terms_.reserve(more.size());
    for (const std::size_t i : order) {
      if (!sorted.terms_.empty() && sorted.terms_.back().law == more[i].law)
        sorted.terms_.back().coefficient += more[i].coefficient;
      else
        sorted.terms_.push_back(std::move(more[i]));
    }
    std::erase_if(sorted.terms_, [](const term& t) { return t.coefficient == 0; });
    add(1, sorted);
  }

  /// Adds c times another combination: one pass over both. @throw std::invalid_argument if c is not finite, or dimensions differ
  void add(double c, const signed_gaussians& other) {
    argument::require(std::isfinite(c), "signed_gaussians::add", "c", c, "be finite");
    if (c == 0 || other.empty()) return;
    require_dimension(other.terms_.front().law.dimension());
    std::vector<term> both;
    both.reserve(terms_.size() + other.terms_.size());
    auto a = terms_.begin();
    for (const term& b : other.terms_) {
      while (a != terms_.end() && before(a->law, b.law)) both.push_back(std::move(*a++));
      double coefficient = c * b.coefficient;
      if (a != terms_.end() && a->law == b.law) coefficient += (a++)->coefficient;
      if (coefficient != 0) both.push_back({coefficient, b.law});
    }
    both.insert(both.end(), std::make_move_iterator(a), std::make_move_iterator(terms_.end()));
    terms_ = std::move(both);
  }

  friend bool operator==(const signed_gaussians&, const signed_gaussians&) = default;

 private:
  /// A strict order of laws, by their numbers one after the other.
  static bool before(const gaussian<T, D>& a, const gaussian<T, D>& b) {
    const auto first_difference = [](const auto& x, const auto& y) {
      for (Index i = 0; i < x.size(); ++i)
        if (x.data()[i] != y.data()[i]) return x.data()[i] < y.data()[i] ? -1 : 1;
      return 0;
    };
    if (const int by = first_difference(a.mean(), b.mean()); by != 0) return by < 0;
    if (const int by = first_difference(a.factor().matrix(), b.factor().matrix()); by != 0) return by < 0;
    return first_difference(a.factor().exponents(), b.factor().exponents()) < 0;
  }

  void require_dimension(Index d) const {
    argument::require(terms_.empty() || terms_.front().law.dimension() == d, "signed_gaussians", "law.dimension()", d,
                      "equal that of the other terms");
  }

  std::vector<term> terms_;
};

/// How a law becomes terms: found by its arguments, so that a mixture says beside itself what it is made of.
template <class T, int D>
void append_components(const gaussian<T, D>& law, double coefficient, signed_gaussians<T, D>& out) {
  out.append(coefficient, law);
}

namespace detail {

template <class Law, class T, int D>
concept made_of_gaussians =
    requires(const Law& law, double c, signed_gaussians<T, D>& out) { append_components(law, c, out); };

/// What the two spaces share: all but the inner product of two laws.
template <class T, int D>
class signed_gaussian_space {
 public:
  using vector = signed_gaussians<T, D>;

  [[nodiscard]] vector zero() const { return {}; }
  void add(vector& v, double c, const vector& u) const { v.add(c, u); }
  void set_zero(vector& v) const noexcept { v.clear(); }

  /// The law itself, or its components. @return 0: it is exact
  template <made_of_gaussians<T, D> Law>
  double embed(const Law& law, vector& out) const {
    out.clear();
    append_components(law, 1.0, out);
    return 0;
  }

 protected:
  using plain_terms = std::vector<std::pair<double, plain_gaussian<D>>>;

  static plain_terms plain(const vector& v) {
    plain_terms terms;
    terms.reserve(v.terms().size());
    for (const auto& t : v.terms()) terms.emplace_back(t.coefficient, plain_gaussian<D>(t.law));
    return terms;
  }

  static void require_same_dimension(const vector& u, const vector& v, const char* function) {
    if (u.empty() || v.empty()) return;
    detail::require_same_dimension(u.terms().front().law, v.terms().front().law, function);
  }
};

}  // namespace detail

/// The Hilbert space of the Gaussian kernel, on signed combinations of Gaussian laws. Data are laws too, of no covariance:
/// a data set is as many terms as it has different points.
template <class T = double, int D = dynamic>
class gaussian_rkhs : public detail::signed_gaussian_space<T, D> {
 public:
  using typename detail::signed_gaussian_space<T, D>::vector;

  /// @throw std::invalid_argument unless length_scale > 0 and finite
  explicit gaussian_rkhs(double length_scale) : kernel_(length_scale) {}

  [[nodiscard]] const gaussian_kernel& kernel() const noexcept { return kernel_; }

  /// \f$ \sum_{ij} c_i c'_j\, E\,k(X_i, X'_j) \f$. O(terms of u x terms of v x d^3).
  [[nodiscard]] double inner(const vector& u, const vector& v) const {
    this->require_same_dimension(u, v, "gaussian_rkhs::inner");
    const auto left = this->plain(u), right = this->plain(v);
    double sum = 0;
    for (const auto& [c, p] : left) {
      double row = 0;
      for (const auto& [k, q] : right) row += k * detail::kernel_mean(p, q, kernel_.length_scale());
      sum += c * row;
    }
    return sum;
  }

  /// The empirical law of observations, d x n. @param w  a weight >= 0 for each, or empty: all of weight 1
  /// @throw std::invalid_argument if there is no observation, one is not finite, or weights are bad
  void embed_data(const samples<T, D>& x, const weights<double>& w, vector& out) const {
    argument::require(x.cols() >= 1, "gaussian_rkhs::embed_data", "x.cols()", x.cols(), "be at least 1");
    const weights<double> share = detail::shares_of(w, x.cols(), "gaussian_rkhs::embed_data");
    std::vector<typename vector::term> points;
    points.reserve(static_cast<std::size_t>(x.cols()));
    for (Index i = 0; i < x.cols(); ++i)
      points.push_back({share[i], gaussian<T, D>::from_factor(point<T, D>(x.col(i)), scaled_factor<T, D>(x.rows()))});
    out.clear();
    out.append(std::move(points));
  }

 private:
  gaussian_kernel kernel_;
};

/// L2 of densities, on signed combinations of Gaussian laws. Data have no density and cannot be embedded; a singular law has
/// an infinite norm.
template <class T = double, int D = dynamic>
class gaussian_l2 : public detail::signed_gaussian_space<T, D> {
 public:
  using typename detail::signed_gaussian_space<T, D>::vector;

  /// \f$ \sum_{ij} c_i c'_j N(\mu_i - \mu'_j; 0, \Sigma_i + \Sigma'_j) \f$. O(terms of u x terms of v x d^3).
  [[nodiscard]] double inner(const vector& u, const vector& v) const {
    this->require_same_dimension(u, v, "gaussian_l2::inner");
    const auto left = this->plain(u), right = this->plain(v);
    double sum = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      double row = 0;
      for (std::size_t j = 0; j < right.size(); ++j)
        row += right[j].first * overlap(u.terms()[i].law, v.terms()[j].law, left[i].second, right[j].second);
      sum += left[i].first * row;
    }
    return sum;
  }

 private:
  /// The inner product of two densities: in one and two dimensions at once, if no square has left the range.
  static double overlap(const gaussian<T, D>& p, const gaussian<T, D>& q, const detail::plain_gaussian<D>& f,
                        const detail::plain_gaussian<D>& g) {
    constexpr double two_pi = 6.283185307179586476925286766559;
    if constexpr (D == 1) {
      const double variance = f.factor(0, 0) * f.factor(0, 0) + g.factor(0, 0) * g.factor(0, 0),
                   apart = f.mean[0] - g.mean[0];
      if (std::isnormal(variance)) return std::exp(-0.5 * apart * apart / variance) / std::sqrt(two_pi * variance);
    } else if constexpr (D == 2) {
      const detail::planar_form sum(f.factor, g.factor, f.mean - g.mean, 0);
      if (std::isnormal(sum.determinant) && sum.determinant > 1e-280 && sum.determinant < 1e280)
        return std::exp(-0.5 * sum.adjugate / sum.determinant) / (two_pi * std::sqrt(sum.determinant));
    }
    return inner_product(p, q);
  }
};

}  // namespace simulacra
