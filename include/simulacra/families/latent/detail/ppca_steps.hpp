#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

/// Steps of the searches for a PPCA law. All of them need nothing of the data but their covariance S, so what they do with infinitely
/// many data is what they do with a law's covariance. S is in units in which its mean diagonal entry is 1.
namespace simulacra::detail::latent {

/// Loadings, and the variance of the noise.
struct ppca_parameters {
  Eigen::MatrixXd w;
  double v = 1;
};

/// A d x q matrix of fixed numbers that look like standard normal ones: where a search begins that is told nothing else. They are the
/// same in every fit, so that a fit to a law can be compared with a fit to data.
inline Eigen::MatrixXd fixed_numbers(Index d, Index q, std::uint64_t number) {
  Eigen::MatrixXd x(d, q);
  stream rng(stream_key{0x6C6174656E74u, number});
  fill_normal(std::span<double>(x.data(), static_cast<std::size_t>(x.size())), rng);
  return x;
}

/// What the likelihood of (W, v) at S and the steps from there have in common. With M = W'W + v I:
/// \f[ \ell = -\tfrac12 [d \log 2\pi + (d - q) \log v + \log\det M + v^{-1} (\mathrm{tr} S - \mathrm{tr}(M^{-1} W^T S W))]. \f]
/// O(d^2 q). A template, so that who does not take such steps does not compile Eigen's factorisations.
template <class Matrix>
class ppca_look {
 public:
  ppca_look(const Matrix& s, const ppca_parameters& at) : s_(s), at_(at), d_(s.rows()), q_(at.w.cols()) {
    sw_.noalias() = s * at.w;
    wsw_.noalias() = at.w.transpose() * sw_;
    m_.noalias() = at.w.transpose() * at.w;
    m_.diagonal().array() += at.v;
    m_root_.compute(m_);
    m_wsw_ = q_ > 0 ? Matrix(m_root_.solve(wsw_)) : Matrix(0, 0);
  }

  /// Whether M could be factored and nothing has left the range.
  [[nodiscard]] bool sound() const {
    return (q_ == 0 || (m_root_.info() == Eigen::Success && m_wsw_.allFinite())) && at_.v > 0 && std::isfinite(at_.v) &&
           std::isfinite(log_likelihood());
  }

  /// In nats per observation.
  [[nodiscard]] double log_likelihood() const {
    constexpr double log_two_pi = 1.837877066409345483560659472811235279;
    double log_det = static_cast<double>(d_ - q_) * std::log(at_.v);
    for (Index k = 0; k < q_; ++k) log_det += 2 * std::log(m_root_.matrixLLT()(k, k));
    return -0.5 * (static_cast<double>(d_) * log_two_pi + log_det + (s_.trace() - m_wsw_.trace()) / at_.v);
  }

  /// The next iterate of EM, both steps in one: \f$ W' = S W (v I + M^{-1} W^T S W)^{-1} \f$,
  /// \f$ v' = \frac1d \mathrm{tr}(S - S W M^{-1} W'^T) \f$. Source: Tipping and Bishop (1999), appendix B.
  [[nodiscard]] ppca_parameters em_step() const {
    if (q_ == 0) return {at_.w, s_.trace() / static_cast<double>(d_)};
    // v I + M^-1 W'SW = M^-1 (v M + W'SW), and what stands in brackets is symmetric.
    const Matrix bracket = at_.v * m_ + wsw_;
    const Eigen::LLT<Matrix> root(bracket);
    ppca_parameters next;
    const Matrix turned = root.solve(m_);
    next.w.noalias() = sw_ * turned;
    const Matrix overlap = m_root_.solve(Matrix(next.w.transpose() * sw_));
    next.v = (s_.trace() - overlap.trace()) / static_cast<double>(d_);
    return next;
  }

  /// The gradient of the log-likelihood in W, and in log sigma = (log v) / 2, with C = W W' + v I:
  /// \f[ \partial_W = C^{-1} S C^{-1} W - C^{-1} W, \quad \partial_{\log\sigma} = v [\mathrm{tr}(C^{-1} S C^{-1}) - \mathrm{tr} C^{-1}]. \f]
  [[nodiscard]] ppca_parameters gradient() const {
    const double d = static_cast<double>(d_), q = static_cast<double>(q_), v = at_.v;
    if (q_ == 0) return {at_.w, s_.trace() / v - d};
    const Matrix inverse = m_root_.solve(Matrix(Matrix::Identity(q_, q_)));
    const Matrix w_m = at_.w * inverse, s_w_m = sw_ * inverse;  // C^-1 W, and S times it
    const Matrix back = m_root_.solve(Matrix(at_.w.transpose() * s_w_m));
    ppca_parameters g;
    g.w.noalias() = (s_w_m - at_.w * back) / v - w_m;
    const double trace = (d - q + v * inverse.trace()) / v;
    const double squared = (s_.trace() - m_wsw_.trace() - v * (inverse * m_wsw_).trace()) / (v * v);
    g.v = v * (squared - trace);
    return g;
  }

 private:
  const Matrix& s_;
  const ppca_parameters& at_;
  Index d_, q_;
  Matrix sw_, wsw_, m_, m_wsw_;
  Eigen::LLT<Matrix> m_root_;
};

}  // namespace simulacra::detail::latent
