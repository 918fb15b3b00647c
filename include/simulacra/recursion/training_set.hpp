#pragma once

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
  draw how = draw::stored;
  Data data{};          ///< the observations, if `how` is stored
  weights<double> w{};  ///< their weights, if `how` is stored; empty: all are 1
  Summary summary{};    ///< what they amount to, if `how` is streamed or collapsed

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

/// Fits an estimator to a training set by whichever way the two share, and makes a bare model a `fitted` one.
template <class Estimator, class Data, class Summary>
auto fit_to(const Estimator& estimator, const training_set<Data, Summary>& x, stream& rng) {
  using model_type = model_for<Estimator, Data>;
  const auto whole = [](auto&& result) { return fitted<model_type>{std::forward<decltype(result)>(result)}; };
  const auto named = [&](auto&& result) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(result)>, fitted<model_type>>)
      return std::forward<decltype(result)>(result);
    else
      return whole(std::forward<decltype(result)>(result));
  };
  if constexpr (has_summary<Estimator>) {
    if (!x.stored()) return named(estimator.fit(x.summary, rng));
    if constexpr (!fits<Estimator, Data>) {
      Summary s;
      if (x.w.size() == 0) {
        s.fold(x.data);
      } else if constexpr (requires { s.fold(x.data, x.w); }) {
        s.fold(x.data, x.w);
      } else {
        argument::reject("run_lineage", "estimator", "one whose summary has no fold(data, weights)", "have one for this recipe");
      }
      return named(estimator.fit(s, rng));
    }
  }
  if constexpr (fits<Estimator, Data>) {
    if (x.w.size() > 0) {
      if constexpr (fits_weighted<Estimator, Data>)
        return named(estimator.fit(x.data, x.w, rng));
      else
        argument::reject("run_lineage", "estimator", "one without fit(data, weights, rng)",
                         "have it for a recipe that weighs its ingredients");
    }
    return named(estimator.fit(x.data, rng));
  }
}

}  // namespace detail

}  // namespace simulacra
