#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/study.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/shelf.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

namespace detail {

/// Follows a recipe where every data set is infinitely large, so that it is its own law: kept data are laws, and every T_t is a mixture
/// of the truth and models.
class infinite_data {
 public:
  using mixture = std::vector<std::pair<source, double>>;  ///< the truth and models, with weights

  explicit infinite_data(const retention& keeps)
      : data_(keeps.data), batches_(keeps.batches), laws_(keeps.laws), keeps_(keeps) {}

  /// What a list amounts to, weights adding to 1; and keeps what may be asked for again, in the loop's units: a pool counts as many
  /// observations as it would have, each of weight 1 on average.
  /// @param samples  is set to the number of observations that the list names
  mixture resolve(Index t, const ingredients& list, Index& samples) {
    mixture all, fresh;
    double total = 0, fresh_total = 0, count = 0, fresh_count = 0;
    for (const ingredient& part : list) {
      argument::require(part.count >= 1 || part.count == everything, "run_population", "ingredient.count", part.count,
                        "be at least 1");
      const bool kept = part.from.what == source::kind::data || part.from.what == source::kind::batch;
      const pool* from = kept || part.from.what == source::kind::law ? &found(part.from) : nullptr;
      const double size = kept && part.count == everything ? from->weight : static_cast<double>(part.count);
      const double weight = part.weighted() ? part.weight : size;
      count += size;
      if (!kept) fresh_count += size;
      if (!(weight > 0)) continue;
      const auto put = [&](const source& component, double share) {
        require_model(component, t);
        add(all, component, weight * share);
        if (!kept) add(fresh, component, weight * share);
      };
      if (from == nullptr)
        put(part.from, 1);
      else
        for (const auto& [component, share] : from->law) put(component, share);
      total += weight;
      if (!kept) fresh_total += weight;
    }
    argument::require(total > 0, "run_population", "total weight of recipe(t, m)", total, "be > 0");
    for (auto& [component, weight] : all) weight /= total;
    for (auto& [component, weight] : fresh) weight /= fresh_total;
    if (list.independent_draws > 0) count = fresh_count = static_cast<double>(list.independent_draws);
    samples = static_cast<Index>(count);
    if (t == 0 && keeps_.first_data) first_ = {all, count};
    data_.put(t, {all, count});
    batches_.put(t, {std::move(fresh), fresh_count});
    laws_.put(t, {all, count});
    return all;
  }

 private:
  struct pool {
    mixture law;
    double weight = 0;
  };

  static void require_model(const source& from, Index t) {
    argument::require(from.what != source::kind::model || (from.generation >= 0 && from.generation <= t), "run_population",
                      "ingredient.from.generation", from.generation, "be a model that there is already");
  }

  static void add(mixture& to, source from, double weight) {
    if (from.generation == 0) from = {};
    for (auto& [known, sum] : to)
      if (known == from) {
        sum += weight;
        return;
      }
    to.emplace_back(from, weight);
  }

  [[nodiscard]] const pool& found(const source& from) const {
    if (from.what == source::kind::data && from.generation == 0 && keeps_.first_data) return first_;
    const pool* p = (from.what == source::kind::batch ? batches_
                     : from.what == source::kind::law ? laws_
                                                      : data_)
                        .find(from.generation);
    argument::require(p != nullptr, "run_population", "ingredient.from.generation", from.generation,
                      "be a generation whose data or law were kept: let the recipe's keeps() say how many it needs");
    return *p;
  }

  shelf<pool> data_, batches_, laws_;
  retention keeps_;
  pool first_;
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

  detail::infinite_data data(retention_of(what.recipe));
  std::vector<typename chain::sampled_type> sampled;
  sampled.reserve(static_cast<std::size_t>(how.generations));  // laws point into it
  std::optional<typename chain::model_type> model;
  try {
    for (Index t = 0; t < how.generations; ++t) {
      law_type law;
      Index samples = 0;  // that data of this size would have: what an estimator that minds is tuned to
      for (const auto& [from, share] : data.resolve(t, what.recipe(t, how.samples(t)), samples))
        if (from.what == source::kind::truth)
          law.add(share, what.truth);
        else
          law.add(share, sampled.at(static_cast<std::size_t>(from.generation - 1)));
      const auto& as_run = detail::estimator_after(what.estimator, model ? &*model : nullptr);
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
      sampled.push_back(what.decoder(*model));
    }
  } catch (const std::domain_error&) {
    model.reset();
  }
  return model;
}

}  // namespace simulacra
