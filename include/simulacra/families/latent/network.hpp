#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// What the hidden units of a network do with what reaches them.
enum class activation {
  relu,     ///< max(x, 0)
  tanh,     ///< between -1 and 1
  softplus  ///< log(1 + e^x)
};

/// A dense network: the width of each layer, input and output included, and what hidden units do. The output is linear.
///
/// Its parameters are one flat list, layer by layer: the weights, of shape out x in and column by column, then the biases.
struct network_shape {
  std::vector<Index> sizes;
  activation hidden = activation::relu;

  [[nodiscard]] Index layers() const noexcept { return static_cast<Index>(sizes.size()) - 1; }
  [[nodiscard]] Index input() const noexcept { return sizes.front(); }
  [[nodiscard]] Index output() const noexcept { return sizes.back(); }
  [[nodiscard]] Index size(Index layer) const noexcept { return sizes[static_cast<std::size_t>(layer)]; }

  /// The number of parameters.
  [[nodiscard]] Index parameters() const noexcept {
    Index sum = 0;
    for (Index l = 0; l < layers(); ++l) sum += (size(l) + 1) * size(l + 1);
    return sum;
  }

  friend bool operator==(const network_shape&, const network_shape&) = default;
};

/// Writes parameters to begin with: normal weights of variance 2 / in for `relu` (He et al. 2015) and 1 / in otherwise and for
/// the output, biases of 0.
template <class T>
void draw_parameters(const network_shape& shape, T* parameters, stream& rng) {
  for (Index l = 0; l < shape.layers(); ++l) {
    const Index weights = shape.size(l) * shape.size(l + 1);
    const bool last = l + 1 == shape.layers();
    const double gain = !last && shape.hidden == activation::relu ? 2 : 1;
    const T scale = static_cast<T>(std::sqrt(gain / static_cast<double>(shape.size(l))));
    fill_normal(std::span<T>(parameters, static_cast<std::size_t>(weights)), rng);
    for (Index i = 0; i < weights; ++i) parameters[i] *= scale;
    parameters += weights;
    for (Index i = 0; i < shape.size(l + 1); ++i) *parameters++ = T(0);
  }
}

/// A network at work on batches of columns: what it computes forward, and the gradients that it carries back. It owns all the room that
/// this takes, so that a loop over batches of one size allocates nothing.
template <class T>
class network_pass {
 public:
  explicit network_pass(network_shape shape) : shape_(std::move(shape)) {
    const auto layers = static_cast<std::size_t>(shape_.layers());
    out_.resize(layers);
    slope_.resize(layers);
  }

  [[nodiscard]] const network_shape& shape() const noexcept { return shape_; }

  /// The outputs for the columns of x. O(parameters columns). @param p  as many as `shape().parameters()`
  const samples<T>& forward(const T* p, const samples<T>& x) {
    const samples<T>* in = &x;
    for (Index l = 0; l < shape_.layers(); ++l) {
      samples<T>& out = out_[static_cast<std::size_t>(l)];
      out.resize(shape_.size(l + 1), x.cols());
      const weights_view w(p, out.rows(), in->rows());
      p += w.size();
      out.noalias() = w * *in;
      const Eigen::Map<const point<T>> bias(p, out.rows());
      p += out.rows();
      if (l + 1 < shape_.layers())
        activate(out, bias);
      else
        out.colwise() += bias;
      in = &out;
    }
    return *in;
  }

  /// What the last call of `forward` returned.
  [[nodiscard]] const samples<T>& output() const noexcept { return out_.back(); }

  /// The gradient, after `forward(p, x)`.
  /// @param d_out     the loss's derivatives in the outputs; used up
  /// @param gradient  where those in the parameters go
  /// @param d_in      where those in x go; null if nobody asks
  void backward(const T* p, const samples<T>& x, samples<T>& d_out, T* gradient, samples<T>* d_in) {
    ones_.setOnes(x.cols());
    p += shape_.parameters();
    gradient += shape_.parameters();
    for (Index l = shape_.layers(); l-- > 0;) {
      const bool last = l + 1 == shape_.layers();
      samples<T>& d = last ? d_out : slope_[static_cast<std::size_t>(l)];
      if (!last) times_derivative(out_[static_cast<std::size_t>(l)], d);
      const samples<T>& in = l == 0 ? x : out_[static_cast<std::size_t>(l - 1)];
      p -= d.rows();
      gradient -= d.rows();
      Eigen::Map<point<T>>(gradient, d.rows()).noalias() = d * ones_;
      p -= d.rows() * in.rows();
      gradient -= d.rows() * in.rows();
      Eigen::Map<samples<T>>(gradient, d.rows(), in.rows()).noalias() = d * in.transpose();
      if (l == 0 && d_in == nullptr) return;
      samples<T>& before = l == 0 ? *d_in : slope_[static_cast<std::size_t>(l - 1)];
      before.resize(in.rows(), x.cols());
      before.noalias() = weights_view(p, d.rows(), in.rows()).transpose() * d;
    }
  }

 private:
  using weights_view = Eigen::Map<const samples<T>>;

  /// Adds the bias and applies the hidden units' function, in one go.
  void activate(samples<T>& x, const Eigen::Map<const point<T>>& bias) const {
    for (Index i = 0; i < x.cols(); ++i) {
      auto column = x.col(i).array();
      switch (shape_.hidden) {
        case activation::relu: column = ((column + bias.array()).max)(T(0)); break;
        case activation::tanh: column = T(1) - T(2) / (((column + bias.array()) * T(2)).exp() + T(1)); break;
        case activation::softplus:  // max(x, 0) + log(1 + e^-|x|)
          column += bias.array();
          column = (column.max)(T(0)) + ((-column.abs()).exp() + T(1)).log();
          break;
      }
    }
  }

  /// Multiplies d by the derivative, which every one of these functions tells by its value.
  void times_derivative(const samples<T>& value, samples<T>& d) const {
    const T* const v = value.data();
    T* const to = d.data();
    switch (shape_.hidden) {
      case activation::relu:
        for (Index i = 0; i < d.size(); ++i) to[i] = v[i] > T(0) ? to[i] : T(0);
        break;
      case activation::tanh: d.array() *= T(1) - value.array().square(); break;
      case activation::softplus: d.array() *= T(1) - (-value.array()).exp(); break;
    }
  }

  network_shape shape_;
  std::vector<samples<T>> out_, slope_;  ///< of each layer
  point<T> ones_;
};

}  // namespace simulacra
