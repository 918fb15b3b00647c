#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/neural_layers.hpp>
#include <simulacra/families/language/detail/ngram_tree.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>

namespace simulacra {

/// A small neural language model: the last m words, each as a vector of E numbers, through one hidden layer to the
/// probabilities of the next.
/// \f[ p(\cdot \mid h) = \mathrm{softmax}(W_2 \tanh(W_1 x_h + b_1) + b_2) \f]
/// Before the first word stands `sentence_start`, m times. Every prediction costs O(V H), so this is for characters and
/// small vocabularies. Bengio, Ducharme, Vincent, Jauvin (2003), "A neural probabilistic language model", JMLR 3, without
/// its direct connections.
class neural_ngram {
 public:
  /// The last words, the newest last.
  using state = std::array<token_id, longest_ngram>;

  /// @throw std::invalid_argument unless there is a finite parameter for each of the shape
  neural_ngram(const detail::neural_shape& shape, Eigen::VectorXd parameters, bool closed, Index length)
      : shape_(shape), closed_(closed), length_(length) {
    argument::require(parameters.size() == shape.size(), "neural_ngram", "parameters.size()", parameters.size(),
                      "fit the shape");
    argument::require_finite(parameters, "neural_ngram", "parameters");
    theta_ = std::make_shared<const Eigen::VectorXd>(std::move(parameters));
  }

  [[nodiscard]] int order() const noexcept { return static_cast<int>(shape_.context) + 1; }
  [[nodiscard]] Index symbols() const noexcept { return shape_.symbols; }
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] Index length() const noexcept { return length_; }
  [[nodiscard]] Index dimension() const noexcept { return closed_ ? 1 : length_; }
  [[nodiscard]] const detail::neural_shape& shape() const noexcept { return shape_; }
  [[nodiscard]] const Eigen::VectorXd& parameters() const noexcept { return *theta_; }

  [[nodiscard]] state start() const noexcept {
    state s;
    s.fill(sentence_start);
    return s;
  }

  /// p(w | s), and moves on. A token that is no symbol counts as the unknown word. O(V H).
  double advance(state& s, token_id w) const {
    if (static_cast<Index>(w) >= symbols()) w = unknown_word;
    const double p = probabilities(s)[static_cast<std::size_t>(w)];
    push(s, w);
    return p;
  }

  /// The probabilities of all symbols after a state.
  [[nodiscard]] std::vector<double> probabilities(const state& s) const {
    detail::neural_batch one;
    append_context(s, one.context);
    detail::neural_forward(*theta_, shape_, one.context, 1, one);
    return std::vector<double>(one.p.data(), one.p.data() + one.p.size());
  }

  /// log p of a sequence, its end included if it is a sentence; in nats. O(tokens V H).
  [[nodiscard]] double log_density(std::span<const token_id> sequence) const { return log_density_after({}, sequence); }
  [[nodiscard]] double log_density_after(std::span<const token_id> read, std::span<const token_id> sequence) const {
    state s = state_after(read);
    double sum = 0;
    for (const token_id w : sequence) sum += std::log(advance(s, w));
    return closed_ ? sum + std::log(advance(s, sentence_end)) : sum;
  }

  /// n observations; several are drawn side by side, a product of matrices for a token of each. @throw std::invalid_argument
  /// if n < 0
  [[nodiscard]] corpus sample(Index n, stream& rng) const {
    argument::require(n >= 0, "neural_ngram::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(token_id), "neural_ngram::sample", "n");
    corpus x(closed_ ? sequences::sentences : sequences::blocks);
    constexpr Index side_by_side = 64;
    for (Index done = 0; done < n; done += side_by_side) {
      const std::vector<state> from(static_cast<std::size_t>((std::min)(side_by_side, n - done)), start());
      for (const std::vector<token_id>& sequence : continue_states(from, rng)) x.add(sequence);
    }
    return x;
  }

  /// What comes after the tokens `read`: a block, or a sentence up to its end.
  void continue_after(std::span<const token_id> read, std::vector<token_id>& out, stream& rng) const {
    out = std::move(continue_states({state_after(read)}, rng)[0]);
  }

  /// The model with probabilities in proportion to p^(1 / tau), exactly: its last layer is divided by tau.
  /// @throw std::invalid_argument unless tau > 0 and finite
  [[nodiscard]] neural_ngram tempered(double tau) const {
    argument::require(tau > 0 && tau <= (std::numeric_limits<double>::max)(), "neural_ngram::tempered", "tau", tau,
                      "be > 0 and finite");
    Eigen::VectorXd theta = *theta_;
    detail::neural_parts<Eigen::VectorXd> part(theta, shape_);
    part.w2 /= tau;
    part.b2 /= tau;
    return {shape_, std::move(theta), closed_, length_};
  }

 private:
  static void push(state& s, token_id w) noexcept {
    std::move(s.begin() + 1, s.end(), s.begin());
    s.back() = w;
  }

  [[nodiscard]] state state_after(std::span<const token_id> read) const noexcept {
    state s = start();
    for (const token_id w : read) push(s, static_cast<Index>(w) < symbols() ? w : unknown_word);
    return s;
  }

  void append_context(const state& s, std::vector<token_id>& context) const {
    context.insert(context.end(), s.end() - shape_.context, s.end());
  }

  [[nodiscard]] std::vector<std::vector<token_id>> continue_states(std::vector<state> at, stream& rng) const {
    std::vector<std::vector<token_id>> out(at.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < at.size(); ++i) open.push_back(i);
    detail::neural_batch batch;
    for (Index step = 0; step < length_ && !open.empty(); ++step) {
      batch.context.clear();
      for (const std::size_t i : open) append_context(at[i], batch.context);
      detail::neural_forward(*theta_, shape_, batch.context, static_cast<Index>(open.size()), batch);
      std::size_t still_open = 0;
      for (std::size_t k = 0; k < open.size(); ++k) {
        const auto column = batch.p.col(static_cast<Index>(k));
        double left = uniform(rng);
        Index w = 0, last = 0;  // the last word that is possible takes what rounding leaves
        for (; w < symbols(); ++w) {
          if (column[w] == 0) continue;
          last = w;
          if ((left -= column[w]) < 0) break;
        }
        const auto drawn = static_cast<token_id>(last);
        const std::size_t i = open[k];
        if (closed_ && drawn == sentence_end) continue;
        out[i].push_back(drawn);
        push(at[i], drawn);
        open[still_open++] = i;
      }
      open.resize(still_open);
    }
    return out;
  }

  detail::neural_shape shape_;
  std::shared_ptr<const Eigen::VectorXd> theta_;
  bool closed_;
  Index length_;
};

}  // namespace simulacra
