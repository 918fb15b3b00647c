#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/network.hpp>
#include <simulacra/families/latent/vae_shape.hpp>

namespace simulacra::detail::latent {

/// Throws unless widths are at least 1 and memory can hold the parameters of every layer, five times: as they are, as they last were
/// sound, their gradient, and the two means of Adam.
inline void require_layers(const vae_shape& s, std::size_t size_of_number, std::string_view function) {
  size_of_number *= 5;
  Index before = (std::max)(s.dimension, Index{1});
  argument::require_room(s.latent, before, size_of_number, function, "latent");
  for (const Index width : s.hidden) {
    argument::require(width >= 1, function, "hidden", width, "be at least 1 each");
    argument::require_room(width, before, size_of_number, function, "hidden");
    before = width;
  }
  argument::require_room(s.latent, before, size_of_number, function, "latent");
}

/// The negative evidence lower bound of a batch of observations and its gradient,
/// \f[ -\log p(x \mid z) + \beta\, KL(q(z \mid x) \,\|\, N(0, I)), \qquad z = \mu(x) + e^{\lambda(x)/2} \epsilon, \f]
/// with a draw epsilon for each. It owns the room for it: a loop over batches of one size allocates nothing.
/// Source: Kingma and Welling (2014), "Auto-encoding variational Bayes".
template <class T>
class vae_pass {
 public:
  explicit vae_pass(const vae_shape& shape)
      : encoder_(shape.encoder()),
        decoder_(shape.decoder()),
        bernoulli_(shape.observation == likelihood::bernoulli),
        at_decoder_(encoder_.shape().parameters()),
        at_noise_(at_decoder_ + decoder_.shape().parameters()) {}

  /// The loss of each observation. @param p  parameters   @param noise  epsilon, q x columns
  const point<T>& losses(const T* p, const samples<T>& x, const samples<T>& noise, T beta) {
    const samples<T>& code = encoder_.forward(p, x);
    const Index q = noise.rows();
    const auto mean = code.topRows(q).array(), log_variance = code.bottomRows(q).array();
    spread_ = (log_variance * T(0.5)).exp().matrix();
    z_ = (mean + spread_.array() * noise.array()).matrix();
    divergence_ =
        ((mean.square() + spread_.array().square() - log_variance - T(1)).colwise().sum() * T(0.5)).matrix().transpose();
    surprise(p, x);
    loss_ = surprise_ + beta * divergence_;
    return loss_;
  }

  /// The mean loss of a batch, and its gradient. @param w  a weight for each observation, or null   @param gradient  all parameters'
  T gradient(const T* p, const samples<T>& x, const samples<T>& noise, T beta, const point<T>* w, T* gradient) {
    losses(p, x, noise, beta);
    const Index q = noise.rows(), n = x.cols();
    const T share = T(1) / static_cast<T>(n);
    T sum;
    if (w == nullptr) {
      slope_ *= share;
      sum = loss_.sum() * share;
    } else {
      slope_ = slope_ * (*w * share).asDiagonal();
      sum = loss_.dot(*w) * share;
    }
    if (!bernoulli_) {  // d/d log s of (squares / 2 s^2 + d log s)
      const T d = static_cast<T>(x.rows());
      gradient[at_noise_] = w == nullptr ? d - squares_.sum() * share : w->sum() * share * d - squares_.dot(*w) * share;
    }
    decoder_.backward(p + at_decoder_, z_, slope_, gradient + at_decoder_, &d_z_);
    const auto mean = encoder_.output().topRows(q);
    d_code_.resize(2 * q, n);
    d_code_.topRows(q) = mean * (beta * share);
    d_code_.bottomRows(q) = ((spread_.array().square() - T(1)) * (beta * share * T(0.5))).matrix();
    if (w != nullptr) d_code_ = (d_code_ * w->asDiagonal()).eval();
    d_code_.topRows(q) += d_z_;
    d_code_.bottomRows(q).array() += d_z_.array() * noise.array() * spread_.array() * T(0.5);
    encoder_.backward(p, x, d_code_, gradient, nullptr);
    return sum;
  }

  /// Of the last call of `losses`: log p(x | z) with its sign changed, KL(q || prior), and z, each for every observation.
  [[nodiscard]] const point<T>& surprises() const noexcept { return surprise_; }
  [[nodiscard]] const point<T>& divergences() const noexcept { return divergence_; }
  [[nodiscard]] const samples<T>& latent() const noexcept { return z_; }

  /// Of the last call that ran the encoder: its output, means, then log variances.
  [[nodiscard]] const samples<T>& code() const noexcept { return encoder_.output(); }

  /// The encoder's output for x: means, then log variances.
  const samples<T>& encode(const T* p, const samples<T>& x) { return encoder_.forward(p, x); }

  /// The decoder's output for z: logits, or means.
  const samples<T>& decode(const T* p, const samples<T>& z) { return decoder_.forward(p + at_decoder_, z); }

 private:
  /// -log p(x | z), and its slopes in the decoder's outputs.
  void surprise(const T* p, const samples<T>& x) {
    const samples<T>& out = decoder_.forward(p + at_decoder_, z_);
    slope_.resize(x.rows(), x.cols());
    surprise_.resize(x.cols());
    if (bernoulli_) {
      // With e = exp(-|l|): log(1 + exp(l)) = max(l, 0) + log(1 + e), and the sigmoid is 1 / (1 + e) or e / (1 + e).
      for (Index i = 0; i < x.cols(); ++i) {
        const auto l = out.col(i).array(), pixel = x.col(i).array();
        auto e = slope_.col(i).array();
        e = (-l.abs()).exp();
        surprise_[i] = ((l.max)(T(0)) + (e + T(1)).log() - pixel * l).sum();
        const T* const logit = out.data() + i * x.rows();
        T* const to = slope_.data() + i * x.rows();
        const T* const value = x.data() + i * x.rows();
        for (Index k = 0; k < x.rows(); ++k) to[k] = (logit[k] >= T(0) ? T(1) : to[k]) / (T(1) + to[k]) - value[k];
      }
      return;
    }
    constexpr T half_log_two_pi = static_cast<T>(0.918938533204672741780329736406);
    const T log_noise = p[at_noise_], precision = std::exp(-T(2) * log_noise);
    slope_ = (out - x) * precision;
    squares_ = (slope_.cwiseProduct(out - x)).colwise().sum().transpose();
    surprise_ = (squares_ * T(0.5)).array() + static_cast<T>(x.rows()) * (log_noise + half_log_two_pi);
  }

  network_pass<T> encoder_, decoder_;
  bool bernoulli_;
  Index at_decoder_, at_noise_;
  samples<T> spread_, z_, slope_, d_z_, d_code_;
  point<T> divergence_, surprise_, squares_, loss_;
};

}  // namespace simulacra::detail::latent
