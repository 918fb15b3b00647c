#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/ledger/chain_of.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/pantry.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

namespace detail {

/// Data sets that are infinitely large, as the pantry keeps them: each is its own law, a mixture of the truth and models, and counts as many
/// observations as it would have.
struct law_goods {
  struct value {
    training_law law{};  ///< the truth and models, with what they weigh
    double weight = 0;
    Index count = 0;
  };
  struct model {};  ///< kept by whoever asks: a law says which
  static constexpr std::string_view caller = "run_population";
  static constexpr std::string_view missing_data = list_must::keep_data, missing_law = list_must::keep_law;

  static value nothing() { return {}; }
  static Index count(const value& x) { return x.count; }
  static double weight(const value& x) { return x.weight; }
  static value front(value x, Index n) {
    argument::require(n >= 1 && n <= x.count, caller, "ingredient.count", n, list_must::take_what_is_there);
    scale(x, static_cast<double>(n) / static_cast<double>(x.count));
    x.count = n;
    return x;
  }
  static void join(value& pool, const value& x) {
    for (const law_part& part : x.law) add(pool.law, part);
    pool.weight += x.weight;
    pool.count = argument::sum_of_counts(pool.count, x.count, caller);
  }
  static void scale(value& x, double c) {
    for (law_part& part : x.law) part.share *= c;
    x.weight *= c;
  }

 private:
  static void add(training_law& law, const law_part& more) {
    for (law_part& part : law)
      if (part.from == more.from) {
        part.share += more.share;
        return;
      }
    law.push_back(more);
  }
};

/// Follows a recipe where every data set is infinitely large.
class infinite_data {
 public:
  explicit infinite_data(const retention& keeps) : pantry_(keeps) {}

  /// What a list amounts to: the truth and models with their shares, and `samples`, the number of observations that the list names.
  [[nodiscard]] const training_law& gather(Index t, const ingredients& list, Index& samples) {
    require_sound(list, law_goods::caller);
    law_goods::value pool, batch;
    pantry_.combine(t, list, pool, batch, [&](const ingredient& part, law_goods::value& x) { obtain(t, part, x); });
    if (list.independent_draws > 0)
      for (law_goods::value* x : {&pool, &batch}) {
        if (x->weight > 0) law_goods::scale(*x, static_cast<double>(list.independent_draws) / x->weight);
        x->count = list.independent_draws;
      }
    argument::require(pool.weight > 0, law_goods::caller, "total weight of recipe(t, m)", pool.weight, "be > 0");
    law_.clear();
    for (const law_part& part : pool.law)
      if (part.share > 0) law_.push_back({part.from, part.share / pool.weight});
    samples = pool.count;
    pantry_.put_law(t, law_);
    pantry_.put_batch(t, std::move(batch));
    pantry_.put_data(t, std::move(pool));
    return law_;
  }

 private:
  /// A fresh ingredient is the law of its source; a kept one what was kept.
  void obtain(Index t, const ingredient& part, law_goods::value& x) const {
    if (part.from.what == source::kind::edit || part.is_filtered)
      argument::reject(law_goods::caller, "ingredient", "edited or filtered", "be neither, with infinitely many data");
    if (is_fresh(part.from)) {
      x = {pantry_.resolved({{part.from, 1}}), 1, part.count};
      for (const law_part& component : x.law)
        argument::require(
            component.from.what != source::kind::model || (component.from.generation >= 0 && component.from.generation <= t),
            law_goods::caller, "ingredient.from.generation", component.from.generation, "be a model that there is already");
      law_goods::scale(x, static_cast<double>(part.count));
    } else {
      x = pantry_.taken(part);
    }
    if (part.weighted() && x.weight > 0) law_goods::scale(x, part.weight / x.weight);
  }

  pantry<law_goods> pantry_;
  training_law law_;
};

}  // namespace detail

/// The recursion with infinitely many data: each model is what the estimator makes of the whole law T_t, in closed form
/// (`population_fit`) or else fitted to `reference` draws of it. What still goes wrong is not statistical (but for the noise of those draws, which comes
/// anew each generation where there is no closed form).
/// @param is_ideal  the estimator is the ideal learner of its family: what it makes of a law is then the law's projection, and that may
///                  have a closed form where a population fit has none
/// @return the last model; empty where there was no refit, or where the estimator refused its data (a `std::domain_error`)
/// @throw std::invalid_argument for a caller's mistake
template <class Truth, class Estimator, class Recipe, class Decoder>
auto run_population(const experiment<Truth, Estimator, Recipe, Decoder>& what, const plan& how, const stream& root,
                    Index reference, bool is_ideal = false) {
  check_experiment<Truth, Estimator, Recipe, Decoder>();
  using chain = detail::chain_of<experiment<Truth, Estimator, Recipe, Decoder>>;
  using law_type = detail::mixed_law_of<typename chain::data_type, Truth, typename chain::sampled_type>;
  argument::require(how.generations >= 0, "run_population", "generations", how.generations, "not be negative");
  argument::require(reference >= 2, "run_population", "reference", reference, "be at least 2 draws");

  argument::require_room(how.generations, 1, sizeof(typename chain::sampled_type), "run_population", "generations");
  detail::infinite_data data(retention_of(what.recipe));
  std::vector<typename chain::sampled_type> sampled;
  sampled.reserve(static_cast<std::size_t>(how.generations));  // laws point into it
  std::optional<typename chain::model_type> model;
  try {
    for (Index t = 0; t < how.generations; ++t) {
      law_type law;
      Index samples = 0;  // that data of this size would have: what an estimator that minds is tuned to
      for (const auto& [from, share] : data.gather(t, what.recipe(t, how.samples(t)), samples))
        if (from.what == source::kind::truth)
          law.add(share, what.truth);
        else
          law.add(share, sampled.at(static_cast<std::size_t>(from.generation - 1)));
      const auto& as_run =
          detail::estimator_after(what.estimator, model ? &*model : nullptr, place<Truth>{t + 1, what.truth, root});
      const auto& estimator = detail::for_samples(as_run, samples, weights<double>());
      model = law.simplest([&]<class Law>(const Law& whole) -> typename chain::model_type {
        using model_type = typename chain::model_type;
        if constexpr (projects<Estimator, Law> && !detail::projects_outside<Estimator, Law, model_type>)
          if (is_ideal && detail::projects_now(estimator, whole))
            return typename chain::model_type(estimator.project(whole));
        if constexpr (fits_population<Estimator, Law> && !detail::fits_population_outside<Estimator, Law, model_type>) {
          return estimator.population_fit(whole);
        } else {
          auto done = detail::reference_fit<std::remove_cvref_t<decltype(estimator)>, typename chain::data_type>(
              estimator, whole, reference, root.at(static_cast<std::uint64_t>(t), purpose::reference),
              root.at(static_cast<std::uint64_t>(t), purpose::fit));
          if (done.result.what == status::failed) throw std::domain_error("a fit to reference draws failed");
          return std::move(done.model);
        }
      });
      sampled.push_back(detail::decode_at(what.decoder, *model, t + 1, what.truth, root));
    }
  } catch (const std::domain_error&) {
    model.reset();
  }
  return model;
}

}  // namespace simulacra
