#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>

namespace simulacra::detail {

/// The sizes of a feed-forward language model.
struct neural_shape {
  Index symbols = 0;    ///< V
  Index context = 0;    ///< words that it looks back on, m
  Index embedding = 0;  ///< numbers that stand for a word, E
  Index hidden = 0;     ///< units of the hidden layer, H

  /// How many parameters there are.
  [[nodiscard]] Index size() const noexcept {
    return embedding * symbols + hidden * (context * embedding + 1) + symbols * (hidden + 1);
  }
  friend bool operator==(const neural_shape&, const neural_shape&) = default;
};

/// The parameters in one vector, and its parts under their names: x = the embeddings C of the context, one above the other;
/// a = tanh(W1 x + b1); log p = W2 a + b2, up to a constant. `Vector` may be const: then so are the parts.
template <class Vector>
struct neural_parts {
  using matrix_map = Eigen::Map<std::conditional_t<std::is_const_v<Vector>, const Eigen::MatrixXd, Eigen::MatrixXd>>;
  using vector_map = Eigen::Map<std::conditional_t<std::is_const_v<Vector>, const Eigen::VectorXd, Eigen::VectorXd>>;

  neural_parts(Vector& all, const neural_shape& s)
      : c(all.data(), s.embedding, s.symbols),
        w1(c.data() + c.size(), s.hidden, s.context * s.embedding),
        b1(w1.data() + w1.size(), s.hidden),
        w2(b1.data() + b1.size(), s.symbols, s.hidden),
        b2(w2.data() + w2.size(), s.symbols) {}

  matrix_map c, w1;
  vector_map b1;
  matrix_map w2;
  vector_map b2;
};

/// A minibatch and what the layers make of it, kept for the way back.
struct neural_batch {
  std::vector<token_id> context;  ///< m tokens an example, the oldest first
  std::vector<token_id> target;   ///< one an example
  Eigen::MatrixXd x, a, p;        ///< a column an example

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(target.size()); }
};

/// Computes x, a, and p = softmax(W2 a + b2) for n contexts. `sentence_start` is never predicted: its probability is 0.
inline void neural_forward(const Eigen::VectorXd& theta, const neural_shape& s, const std::vector<token_id>& context,
                           Index n, neural_batch& out) {
  const neural_parts<const Eigen::VectorXd> part(theta, s);
  out.x.resize(s.context * s.embedding, n);
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < s.context; ++k)
      out.x.col(i).segment(k * s.embedding, s.embedding) = part.c.col(context[static_cast<std::size_t>(i * s.context + k)]);
  out.a.noalias() = part.w1 * out.x;
  out.a.colwise() += part.b1;
  out.a = out.a.array().tanh().matrix();
  out.p.noalias() = part.w2 * out.a;
  out.p.colwise() += part.b2;
  out.p.row(sentence_start).setConstant(-std::numeric_limits<double>::infinity());
  for (Index i = 0; i < n; ++i) {
    const double largest = out.p.col(i).maxCoeff();
    out.p.col(i) = (out.p.col(i).array() - largest).exp().matrix();
    out.p(sentence_start, i) = 0;  // exp(-infinity) of packets is not quite
    out.p.col(i) /= out.p.col(i).sum();
  }
}

/// The mean of -log p of a batch's targets in nats, 708 for one that underflows, and its gradient. NaN where the layers leave the range.
/// O(batch V H).
inline double neural_gradient(const Eigen::VectorXd& theta, const neural_shape& s, neural_batch& batch,
                              Eigen::VectorXd& gradient) {
  const Index n = batch.size();
  neural_forward(theta, s, batch.context, n, batch);
  double loss = 0;
  for (Index i = 0; i < n; ++i) {
    double& p = batch.p(batch.target[static_cast<std::size_t>(i)], i);
    loss -= std::log((std::max)(p, (std::numeric_limits<double>::min)()));  // p first: NaN stays NaN
    p -= 1;
  }
  batch.p /= static_cast<double>(n);  // now the gradient with respect to W2 a + b2
  gradient.setZero(theta.size());
  const neural_parts<const Eigen::VectorXd> part(theta, s);
  neural_parts<Eigen::VectorXd> g(gradient, s);
  g.w2.noalias() = batch.p * batch.a.transpose();
  g.b2 = batch.p.rowwise().sum();
  Eigen::MatrixXd back = part.w2.transpose() * batch.p;
  back.array() *= 1 - batch.a.array().square();
  g.w1.noalias() = back * batch.x.transpose();
  g.b1 = back.rowwise().sum();
  const Eigen::MatrixXd words = part.w1.transpose() * back;
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < s.context; ++k)
      g.c.col(batch.context[static_cast<std::size_t>(i * s.context + k)]) +=
          words.col(i).segment(k * s.embedding, s.embedding);
  return loss / static_cast<double>(n);
}

}  // namespace simulacra::detail
