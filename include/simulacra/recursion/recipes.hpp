#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>

/// The regimes of the literature as lists of ingredients. In each, t is the generation whose data are gathered and m the
/// number of fresh observations; generation 0 is trained on real data, since model 0 is the truth.
namespace simulacra {

namespace detail {

/// f * m to the nearest whole number, for f from 0 to 1.
inline Index share_of(double fraction, Index m) {
  const double share = fraction * static_cast<double>(m);
  return share < static_cast<double>(m) ? (std::min)(m, static_cast<Index>(std::llround(share))) : m;
}

inline void require_fraction(double f, const char* function, const char* name) {
  argument::require(f >= 0 && f <= 1, function, name, f, "be in [0, 1]");
}

}  // namespace detail

/// Each generation sees nothing but draws of the model before it.
/// Shumailov et al. (2024), "AI models collapse when trained on recursively generated data"; in Alemohammad et al. (2024)
/// the fully synthetic loop.
struct replace {
  ingredients operator()(Index t, Index m) const {
    ingredients list;
    list.add(only(t, m));
    return list;
  }
  [[nodiscard]] ingredient only(Index t, Index m) const { return from_model(t, m); }
  [[nodiscard]] retention keeps() const { return {}; }
};

template <>
inline constexpr bool draws_one_source<replace> = true;

/// All data are kept, and m draws of the newest model are added.
/// Gerstgrasser et al. (2024), "Is model collapse inevitable?"
struct accumulate {
  ingredients operator()(Index t, Index m) const {
    ingredients list;
    if (t > 0) list.add(from_data(t - 1));
    list.add(from_model(t, m));
    return list;
  }
  [[nodiscard]] retention keeps() const { return {.data = 1}; }
};

/// All data are kept, but each generation is trained on m of them only, drawn without replacement.
/// Kazdan et al. (2024), "Collapse or thrive?"
struct accumulate_subsample {
  ingredients operator()(Index t, Index m) const {
    ingredients pool = accumulate{}(t, m);
    pool.subsample = m;
    return pool;
  }
  [[nodiscard]] retention keeps() const { return {.data = 1, .stored = true}; }
};

/// A fraction f of real data beside the draws of the newest model. The real part is either the same points of the first data
/// set each time, or drawn afresh from the truth; it either takes the place of draws, or comes on top of them.
/// Under a schedule that changes m, fixed real data need stored draws (`plan.how`), and at most as many points as generation 0
/// had. Generation 0 draws the points to be kept and the others as two parts, so its data are not those of other recipes.
/// Shumailov et al. (2024) with f = 0.1; in Alemohammad et al. (2024) the synthetic augmentation loop.
struct preserve {
  enum class real { fixed, redrawn };
  enum class place { instead, on_top };

  double fraction;
  real part;
  place where = place::instead;

  /// @throw std::invalid_argument unless 0 <= fraction <= 1
  explicit preserve(double f, real which = real::fixed, place at = place::instead) : fraction(f), part(which), where(at) {
    detail::require_fraction(f, "preserve", "fraction");
  }

  ingredients operator()(Index t, Index m) const {
    const Index kept = detail::share_of(fraction, m);
    ingredients list;
    if (t == 0 && part == real::redrawn) return {from_truth(m)};
    if (t == 0) {  // two parts, so that the first can be kept by itself when draws are not stored
      list.add(from_truth(kept)).add(from_truth(m - kept));
      return list;
    }
    list.add(part == real::fixed ? from_data(0, kept) : from_truth(kept));
    list.add(from_model(t, where == place::instead ? m - kept : m));
    return list;
  }
  [[nodiscard]] retention keeps() const { return {.first_data = part == real::fixed}; }
};

/// So many fresh draws of the truth each generation beside m draws of the newest model.
/// Alemohammad et al. (2024), the fresh data loop.
struct fresh_real {
  Index real;  ///< fresh real observations per generation

  /// @throw std::invalid_argument unless count >= 0
  explicit fresh_real(Index count) : real(count) {
    argument::require(count >= 0, "fresh_real", "real", count, "not be negative");
  }

  ingredients operator()(Index t, Index m) const {
    ingredients list;
    list.add(from_truth(real));
    list.add(from_model(t, m));
    return list;
  }
  [[nodiscard]] retention keeps() const { return {}; }
};

/// The general process of Shumailov et al. (2024): m independent draws of the law
/// alpha (model t) + beta (the law of generation t - 1) + gamma (truth). Generation 0 is all truth.
struct general_process {
  double alpha, beta, gamma;

  /// @throw std::invalid_argument unless the three are in [0, 1] and add to 1
  general_process(double model, double previous, double truth) : alpha(model), beta(previous), gamma(truth) {
    detail::require_fraction(model, "general_process", "alpha");
    detail::require_fraction(previous, "general_process", "beta");
    detail::require_fraction(truth, "general_process", "gamma");
    argument::require(std::abs(model + previous + truth - 1) <= 1e-12, "general_process", "alpha + beta + gamma",
                      model + previous + truth, "be 1");
  }

  ingredients operator()(Index t, Index m) const {
    if (t == 0) return {from_truth(m)};
    ingredients list;
    const auto part = [&](ingredient of, double share) {
      of.weight = share;
      if (share > 0) list.add(of);
    };
    part(from_model(t, m), alpha);
    part(from_law(t - 1, m), beta);
    part(from_truth(m), gamma);
    list.independent_draws = m;
    return list;
  }
  [[nodiscard]] retention keeps() const { return {.laws = beta > 0 ? Index{1} : Index{0}}; }
};

using mixture [[deprecated("is general_process now: a mixture is a family of laws")]] = general_process;

/// n fresh real observations with total weight w beside m draws of the newest model with total weight 1 - w.
/// He et al. (2025), who find the best w to be a golden ratio when n = m.
struct weighted {
  Index real;     ///< real observations per generation
  double weight;  ///< total weight of the real part

  /// @throw std::invalid_argument unless n >= 1 and 0 <= w <= 1
  weighted(Index n, double w) : real(n), weight(w) {
    argument::require(n >= 1, "weighted", "real", n, "be at least 1");
    detail::require_fraction(w, "weighted", "weight");
  }

  ingredients operator()(Index t, Index m) const {
    if (t == 0) return {from_truth(real)};
    ingredient truth = from_truth(real), model = from_model(t, m);
    truth.weight = weight;
    model.weight = 1 - weight;
    return {truth, model};
  }
  [[nodiscard]] retention keeps() const { return {}; }
};

/// Labelled data of which the newest model labels the inputs: those of the first data, the same in every generation, or fresh ones of the
/// truth, where a share of the rows may do with a model's labels and the others are real. Needs a model with `edit(data, rng)`, as linear and
/// logistic models have it; of a text it is the answers to the same questions.
/// Gerstgrasser et al. (2024) for the first, the mixed labels of Dohmatob et al. (2024), "Strong model collapse", for the second.
struct relabelled {
  enum class inputs { fixed, fresh };
  static constexpr bool edits = true;

  inputs of;
  double share = 1;  ///< of the rows, those with a model's labels

  /// @throw std::invalid_argument unless 0 <= share <= 1, and 1 for fixed inputs
  explicit relabelled(inputs which, double part = 1) : of(which), share(part) {
    detail::require_fraction(part, "relabelled", "share");
    argument::require(which == inputs::fresh || part == 1, "relabelled", "share", part, "be 1 where inputs are fixed");
  }

  ingredients operator()(Index t, Index m) const {
    if (t == 0) return {from_truth(m)};
    if (of == inputs::fixed) return {from_edit(t, 0, m)};
    const Index labels = detail::share_of(share, m);
    ingredients list;
    list.add(from_truth(m - labels));
    if (labels > 0) list.add(from_edit(t, from_truth(labels)));
    return list;
  }
  [[nodiscard]] retention keeps() const { return {.first_data = of == inputs::fixed, .stored = of == inputs::fixed}; }
};

/// The draws of the last k generations beside those of the newest model.
struct window {
  Index width;  ///< how many earlier generations' draws are used

  /// @throw std::invalid_argument unless k >= 0
  explicit window(Index k) : width(k) { argument::require(k >= 0, "window", "width", k, "not be negative"); }

  ingredients operator()(Index t, Index m) const {
    ingredients list;
    for (Index s = t > width ? t - width : 0; s < t; ++s) list.add(from_batch(s));
    list.add(from_model(t, m));
    return list;
  }
  [[nodiscard]] retention keeps() const { return {.batches = width}; }
};

}  // namespace simulacra
