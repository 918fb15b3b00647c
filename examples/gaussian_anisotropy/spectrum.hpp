#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/gaussian.hpp>

namespace gaussian_anisotropy {

namespace sim = simulacra;
using sim::Index;

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The logarithms of the eigenvalues of F F', the largest first, each to a few units of rounding however far apart they are.
///
/// One-sided Jacobi (Hestenes 1958): rotate pairs of columns of F until all are orthogonal; their squared lengths are the
/// eigenvalues. It is the method for graded columns: what it loses depends on the columns' *directions* only, not on their
/// lengths (Demmel and Veselic 1992). So each column is kept as a direction u of length 1 and the logarithm s of its length,
/// and a rotation needs no more than the ratio r of the two lengths, which may underflow without harm: then the longer column
/// stays, and the shorter loses its part along it.
inline std::vector<double> log_eigenvalues(const sim::scaled_factor<>& factor) {
  const Index d = factor.dimension();
  Eigen::MatrixXd u = factor.matrix();
  Eigen::VectorXd s(d);
  const auto normalise = [&](Index j) {
    const double length = u.col(j).norm();
    s[j] += std::log(length);
    u.col(j) /= length;
  };
  for (Index j = 0; j < d; ++j) {
    s[j] = std::log(2.0) * static_cast<double>(factor.exponents()[j]);
    normalise(j);
  }
  for (int sweep = 0; sweep < 60; ++sweep) {
    double worst = 0;
    for (Index i = 0; i < d; ++i)
      for (Index j = i + 1; j < d; ++j) {
        const Index p = s[i] >= s[j] ? i : j, q = i + j - p;  // p is the longer
        const double c = u.col(p).dot(u.col(q)), r = std::exp(s[q] - s[p]);
        worst = std::max(worst, std::abs(c));
        if (std::abs(c) < 1e-15) continue;
        const double k = (r * r - 1) / (2 * c);
        const double t = std::copysign(1 / (std::abs(k) + std::hypot(r, k)), k);  // tangent of the rotation, over r
        const Eigen::VectorXd longer = u.col(p) - (r * r * t) * u.col(q);
        const double cosine = 1 / std::hypot(1.0, r * t);
        u.col(q) = cosine * (t * u.col(p) + u.col(q));
        u.col(p) = cosine * longer;
        normalise(p);
        normalise(q);
      }
    if (worst < 1e-14) break;
  }
  std::vector<double> values(s.data(), s.data() + d);
  std::sort(values.begin(), values.end(), std::greater<>());
  for (double& v : values) v *= 2;
  return values;
}

/// Reads the spectrum off each generation that is recorded, and remembers it at half time.
class spectrum {
 public:
  spectrum(Index dimension, std::vector<Index> recorded, Index half)
      : d_(dimension), recorded_(std::move(recorded)), half_(half) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const char* name : {"log_eigenvalue_", "log_pivot_", "rate_"})
      for (Index j = 1; j <= d_; ++j) all.push_back(name + std::to_string(j));
    all.insert(all.end(), {"log_condition_number", "log_det"});
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    if (!std::binary_search(recorded_.begin(), recorded_.end(), g.number)) return;
    const auto d = static_cast<std::size_t>(d_);
    std::fill(out.begin(), out.end(), unknown);
    const auto& factor = g.model.factor();
    if (factor.rank() == d_) {  // with M <= d there is no spectrum to speak of
      const std::vector<double> now = log_eigenvalues(factor);
      if (g.number == half_) then_ = now;
      for (std::size_t j = 0; j < d; ++j) {
        out[j] = now[j];
        out[d + j] = 2 * factor.log_diagonal(static_cast<Index>(j));
        if (g.number > half_ && then_.size() == d)
          out[2 * d + j] = (now[j] - then_[j]) / static_cast<double>(g.number - half_);
      }
      out[3 * d] = now.front() - now.back();
    }
    out[3 * d + 1] = g.model.log_determinant();
  }

 private:
  Index d_;
  std::vector<Index> recorded_;
  Index half_;
  std::vector<double> then_;
};

}  // namespace gaussian_anisotropy
