#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/loss_history.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/detail/neural_layers.hpp>
#include <simulacra/families/language/neural.hpp>
#include <simulacra/numerics/adam.hpp>
#include <simulacra/random/normal.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// Options of `neural_ngram_estimator`: `{.symbols = letters.size(), .context = 4}`.
struct neural_options {
  Index symbols;                ///< size of the vocabulary, its three marks included
  Index context = 3;            ///< words that it looks back on, from 1 to 5
  Index embedding = 16;         ///< numbers that stand for a word
  Index hidden = 64;            ///< units of the hidden layer
  Index epochs = 3;             ///< passes over the data
  Index batch = 64;             ///< examples in a minibatch
  double learning_rate = 2e-3;  ///< Adam's step size at first; it falls linearly to a tenth of that
  double weight_decay = 0;  ///< what is taken from each parameter in a step, times the step size; apart from the gradient
  double tolerance = 0.05;  ///< nats per token: by more the loss may not fall in the last quarter of the steps
  Index length = 0;         ///< tokens in a block that the model draws; of a sentence, at most. 0: as in `ngram_options`
};

/// Fits a small neural language model by Adam on minibatches that the stream picks: an estimator that does not reach the
/// best member of its family, by as much as its epochs leave. Starts from small random parameters, or from a model
/// (`starting_from`), which is what fine-tuning a base model is.
///
/// The outcome is `not_converged` if the loss or the parameters left the range of floating point (then the parameters are the last ones that were in
/// it), if the history of the losses does not show that they have settled to within `tolerance` (see `loss_history`; a few epochs do
/// not), or if in the end the loss is greater by a tenth of a nat than that of the words by their frequency, without context.
///
/// Kingma and Ba (2015), "Adam: a method for stochastic optimization"; the weight decay is that of Loshchilov and Hutter
/// (2019), "Decoupled weight decay regularization".
class neural_ngram_estimator {
 public:
  using model_type = neural_ngram;

  /// @throw std::invalid_argument unless symbols >= 3, context is from 1 to 5, the other sizes are >= 1, epochs >= 0, learning_rate >
  ///        0, weight_decay >= 0 and tolerance >= 0 are finite, and length >= 0
  explicit neural_ngram_estimator(const neural_options& how) : how_(how) {
    const auto at_least = [](Index value, const char* option, Index least) {
      argument::require(value >= least, "neural_ngram_estimator", option, value, "be at least " + argument::text(least));
    };
    at_least(how.symbols, "symbols", first_word);
    argument::require(how.context >= 1 && how.context < longest_ngram, "neural_ngram_estimator", "context", how.context,
                      "be from 1 to 5");
    at_least(how.embedding, "embedding", 1);
    at_least(how.hidden, "hidden", 1);
    const auto room = [](Index width, const char* option,
                         Index each) {  // parameters, gradient, both means, and what was sound
      argument::require_room(width, each, 5 * sizeof(double), "neural_ngram_estimator", option);
    };
    room(how.symbols, "symbols", 1);
    room(how.embedding, "embedding", how.symbols);
    room(how.hidden, "hidden", (std::max)(how.symbols, how.context * how.embedding));
    at_least(how.epochs, "epochs", 0);
    at_least(how.batch, "batch", 1);
    at_least(how.length, "length", 0);
    constexpr double largest = (std::numeric_limits<double>::max)();
    argument::require(how.learning_rate > 0 && how.learning_rate <= largest, "neural_ngram_estimator", "learning_rate",
                      how.learning_rate, "be > 0 and finite");
    argument::require(how.weight_decay >= 0 && how.weight_decay <= largest, "neural_ngram_estimator", "weight_decay",
                      how.weight_decay, "be >= 0 and finite");
    argument::require(how.tolerance >= 0 && how.tolerance <= largest, "neural_ngram_estimator", "tolerance", how.tolerance,
                      "be >= 0 and finite");
  }

  [[nodiscard]] const neural_options& options() const noexcept { return how_; }

  /// The same estimator, starting every fit from the parameters of a model. @throw std::invalid_argument unless it has the
  /// same sizes
  [[nodiscard]] neural_ngram_estimator starting_from(neural_ngram base) const {
    argument::require(base.shape() == shape(), "neural_ngram_estimator::starting_from", "base", "of other sizes",
                      "have the estimator's sizes");
    neural_ngram_estimator from = *this;
    from.base_ = std::move(base);
    return from;
  }

  /// Fits a corpus. O(epochs tokens V H).
  /// @throw std::invalid_argument if it holds fewer than 2 tokens, or one that is no symbol
  [[nodiscard]] fitted<neural_ngram> fit(const corpus& x, stream& rng) const {
    argument::require(x.predictions() >= 2, "neural_ngram_estimator::fit", "tokens", x.predictions(), "be at least 2");
    const neural_shape s = shape();
    const examples all(x, s);
    Eigen::VectorXd theta = base_ ? base_->parameters() : random_parameters(s, rng);
    const Index batches = (all.size() - 1) / how_.batch + 1;
    const double steps = static_cast<double>(how_.epochs) * static_cast<double>(batches);
    Eigen::VectorXd gradient(theta.size());
    detail::adam<double> adam(theta.size());
    Eigen::VectorXd good = theta;
    loss_history history;
    detail::neural_batch batch;
    Index step = 0;
    bool sound = true;
    for (Index epoch = 0; epoch < how_.epochs && sound; ++epoch) {
      const std::vector<Index> order = permutation(all.size(), rng);
      for (Index first = 0; first < all.size(); first += how_.batch) {
        all.pick(order, first, (std::min)(how_.batch, all.size() - first), batch);
        const double loss = detail::neural_gradient(theta, s, batch, gradient);
        sound = std::isfinite(loss);
        if (!sound) break;
        if (first == 0) good = theta;
        history.add(loss);
        const double rate = how_.learning_rate * (1 - 0.9 * static_cast<double>(step) / steps);
        ++step;
        if (how_.weight_decay > 0) theta *= 1 - rate * how_.weight_decay;
        adam.add_step(theta.array(), gradient.array(), -rate);
      }
    }
    // The last step's parameters were not looked at yet.
    if (sound && how_.epochs > 0)
      sound = theta.allFinite() && std::isfinite(detail::neural_gradient(theta, s, batch, gradient));
    if (sound) good = std::move(theta);
    const Index length = how_.length > 0 ? how_.length : x.closed() ? Index{1000} : x.longest();
    return {neural_ngram(s, std::move(good), x.closed(), length), judged(sound, history, all)};
  }

 private:
  using neural_shape = detail::neural_shape;

  [[nodiscard]] neural_shape shape() const noexcept { return {how_.symbols, how_.context, how_.embedding, how_.hidden}; }

  /// Every token with what stands before it.
  class examples {
   public:
    examples(const corpus& x, const neural_shape& s) : context_(s.context) {
      for (Index i = 0; i < x.size(); ++i) {
        std::vector<token_id> padded(static_cast<std::size_t>(context_), sentence_start);
        for (const token_id w : x[i]) {
          argument::require(static_cast<Index>(w) < s.symbols, "neural_ngram_estimator::fit", "a token", w,
                            "be under symbols = " + argument::text(s.symbols));
          padded.push_back(w);
        }
        if (x.closed()) padded.push_back(sentence_end);
        for (std::size_t k = static_cast<std::size_t>(context_); k < padded.size(); ++k) target_.push_back(text_.size() + k);
        text_.insert(text_.end(), padded.begin(), padded.end());
      }
    }

    [[nodiscard]] Index size() const noexcept { return static_cast<Index>(target_.size()); }

    /// The entropy of what is to be predicted, by its frequency: nats per token.
    [[nodiscard]] double entropy(Index symbols) const {
      std::vector<double> count(static_cast<std::size_t>(symbols));
      for (const std::size_t at : target_) ++count[text_[at]];
      double sum = 0;
      for (const double c : count)
        if (c > 0) sum -= c * std::log(c / static_cast<double>(size()));
      return sum / static_cast<double>(size());
    }

    void pick(const std::vector<Index>& order, Index first, Index n, detail::neural_batch& batch) const {
      batch.context.clear();
      batch.target.clear();
      for (Index i = first; i < first + n; ++i) {
        const auto at = text_.begin() +
                        static_cast<std::ptrdiff_t>(target_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
        batch.context.insert(batch.context.end(), at - context_, at);
        batch.target.push_back(*at);
      }
    }

   private:
    Index context_;
    std::vector<token_id> text_;       ///< sequences behind each other, each after `context_` marks of its start
    std::vector<std::size_t> target_;  ///< where in it the tokens to predict are
  };

  /// What is to be said of a training.
  [[nodiscard]] outcome judged(bool sound, const loss_history& history, const examples& all) const {
    if (!sound) return {status::not_converged, "the loss left the range of floating point: the model is one from before"};
    if (!history.settled(how_.tolerance))
      return {status::not_converged, "the loss still falls, or too few or noisy steps hide whether it does"};
    if (!(history.last_quarter().level <= all.entropy(how_.symbols) + 0.1))
      return {status::not_converged, "the loss is greater than that of the words by their frequency"};
    return {};
  }

  /// Normal numbers of variance 1 / inputs for the layers, and of variance 1 / 100 for the words; no biases.
  static Eigen::VectorXd random_parameters(const neural_shape& s, stream& rng) {
    Eigen::VectorXd theta = Eigen::VectorXd::Zero(s.size());
    detail::neural_parts<Eigen::VectorXd> part(theta, s);
    const auto fill = [&rng](auto& m, double scale) {
      for (Index i = 0; i < m.size(); ++i) m.data()[i] = scale * standard_normal(rng);
    };
    fill(part.c, 0.1);
    fill(part.w1, 1 / std::sqrt(static_cast<double>(s.context * s.embedding)));
    fill(part.w2, 1 / std::sqrt(static_cast<double>(s.hidden)));
    return theta;
  }

  neural_options how_;
  std::optional<neural_ngram> base_;
};

}  // namespace simulacra
