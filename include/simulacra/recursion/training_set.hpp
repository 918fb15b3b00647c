#pragma once

#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// How training data are drawn. All three have one law; they differ in cost and in what can be seen of the data.
enum class draw {
  cheapest,  ///< collapsed where estimator, model and recipe allow it, else streamed, else stored
  stored,    ///< every observation is kept: O(n d) memory, and the only one from which observations can be picked
  streamed,  ///< drawn in blocks, folded into the summary, forgotten: O(n) time, O(1) memory
  collapsed  ///< the summary itself is drawn from its exact law: the cost does not depend on n
};

/// What a model is fitted to: observations, or a summary of them.
template <class Data, class Summary>
struct training_set {
  draw how = draw::stored;  ///< how they were drawn: never `cheapest`; `collapsed` only where every part was
  Data data{};              ///< the observations, if `how` is stored
  weights<double> w{};      ///< their weights, if `how` is stored; empty: all are 1
  Summary summary{};        ///< what they amount to, if `how` is streamed or collapsed

  [[nodiscard]] bool stored() const noexcept { return how == draw::stored; }

  [[nodiscard]] Index count() const {
    if constexpr (!std::same_as<Summary, detail::no_summary>)
      if (!stored()) return summary.count();
    return data_traits<Data>::count(data);
  }

  [[nodiscard]] double weight() const {
    if constexpr (!std::same_as<Summary, detail::no_summary>)
      if (!stored()) return summary.weight();
    return w.size() > 0 ? w.sum() : static_cast<double>(count());
  }

  /// Multiplies every weight by c.
  void reweight(double c) {
    if constexpr (!std::same_as<Summary, detail::no_summary>)
      if (!stored()) return summary.reweight(c);
    w = w.size() > 0 ? weights<double>(w * c) : weights<double>(weights<double>::Constant(count(), c));
  }
};

namespace detail {

/// Calls `fit`, and makes a bare model a `fitted` one.
template <class Model, class Estimator, class... Input>
[[gnu::always_inline]] inline fitted<Model> fit_whole(const Estimator& estimator, stream& rng, const Input&... input) {
  if constexpr (std::same_as<std::remove_cvref_t<decltype(estimator.fit(input..., rng))>, fitted<Model>>)
    return estimator.fit(input..., rng);
  else
    return {estimator.fit(input..., rng), {}};
}

/// Fits an estimator to a stored training set by whichever way the two share: weighted data, data, or a summary.
template <class Estimator, class Data, class Summary>
fitted<model_for<Estimator, Data>> fit_to_stored(const Estimator& estimator, const training_set<Data, Summary>& x,
                                                 stream& rng, std::string_view caller) {
  using model_type = model_for<Estimator, Data>;
  const bool weighted = x.w.size() > 0;
  if constexpr (fits_weighted<Estimator, Data>)
    if (weighted) return fit_whole<model_type>(estimator, rng, x.data, x.w);
  if constexpr (fits<Estimator, Data>)
    if (!weighted) return fit_whole<model_type>(estimator, rng, x.data);
  if constexpr (has_summary<Estimator>) {
    Summary s;
    if constexpr (requires { s.fold(x.data, x.w); })
      if (weighted) {
        s.fold(x.data, x.w);
        return fit_whole<model_type>(estimator, rng, s);
      }
    if (!weighted) {
      s.fold(x.data);
      return fit_whole<model_type>(estimator, rng, s);
    }
  }
  argument::reject(caller, "estimator", "one without fit(data, weights, rng)",
                   "have it, or a summary that folds weighted data, for a recipe that weighs its ingredients");
}

/// Fits an estimator to a training set. Inlined: a summary that has just been drawn need not go through memory.
template <class Estimator, class Data, class Summary>
[[gnu::always_inline]] inline fitted<model_for<Estimator, Data>> fit_to(const Estimator& estimator,
                                                                        const training_set<Data, Summary>& x, stream& rng,
                                                                        std::string_view caller = "run_lineage") {
  if constexpr (has_summary<Estimator>)
    if (!x.stored()) return fit_whole<model_for<Estimator, Data>>(estimator, rng, x.summary);
  return fit_to_stored(estimator, x, rng, caller);
}

}  // namespace detail

}  // namespace simulacra
