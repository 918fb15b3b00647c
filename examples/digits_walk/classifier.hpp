#pragma once

#include <cmath>
#include <vector>

#include <Eigen/Core>

#include <simulacra/families/latent/network.hpp>

#include "digits_walk/digits.hpp"

namespace digits {

/// Softmax regression: the plainest classifier there is, by gradient descent with momentum on all images at once, with a little ridge.
class classifier {
 public:
  classifier(const images& x, const std::vector<Index>& label, Index steps = 300) {
    const Index d = x.rows(), n = x.cols();
    p_ = sim::point<real>::Zero((d + 1) * 10);
    sim::network_pass<real> net({{d, 10}});
    sim::point<real> gradient(p_.size()), velocity = sim::point<real>::Zero(p_.size());
    images slope;
    const real rate = real(16) / static_cast<real>(d) / static_cast<real>(n);
    for (Index step = 0; step < steps; ++step) {
      slope = probabilities(net, x);
      for (Index i = 0; i < n; ++i) slope(label[static_cast<std::size_t>(i)], i) -= 1;
      net.backward(p_.data(), x, slope, gradient.data(), nullptr);
      velocity = real(0.9) * velocity - rate * (gradient + real(0.1) * p_);
      p_ += velocity;
    }
  }

  [[nodiscard]] std::vector<Index> operator()(const images& x) const {
    sim::network_pass<real> net({{x.rows(), 10}});
    const images& out = net.forward(p_.data(), x);
    std::vector<Index> label(static_cast<std::size_t>(x.cols()));
    for (Index i = 0; i < x.cols(); ++i) out.col(i).maxCoeff(&label[static_cast<std::size_t>(i)]);
    return label;
  }

  /// The share of images that are told right.
  [[nodiscard]] double accuracy(const labelled& on) const {
    const std::vector<Index> said = (*this)(on.x);
    Index right = 0;
    for (std::size_t i = 0; i < said.size(); ++i) right += said[i] == on.label[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(said.size());
  }

 private:
  [[nodiscard]] images probabilities(sim::network_pass<real>& net, const images& x) const {
    images p = net.forward(p_.data(), x);
    for (Index i = 0; i < p.cols(); ++i) {
      p.col(i) = (p.col(i).array() - p.col(i).maxCoeff()).exp();
      p.col(i) /= p.col(i).sum();
    }
    return p;
  }

  sim::point<real> p_;
};

}  // namespace digits
