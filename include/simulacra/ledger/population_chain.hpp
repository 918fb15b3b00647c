#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/ledger/chain_of.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/edited_part.hpp>
#include <simulacra/recursion/edit.hpp>
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
  /// @param moves  the truth is another one in each generation: in laws it then has the number of its generation
  explicit infinite_data(const retention& keeps, bool moves = false) : pantry_(keeps), moves_(moves) {}

  /// What a model makes of a law that was kept, or of the truth. In laws it is a source of kind `edit` whose `of_generation` is its number.
  struct edit {
    Index model = 0;
    training_law of{};  ///< truth, models and earlier edits, with shares
  };
  [[nodiscard]] const std::vector<edit>& edits() const noexcept { return edits_; }

  /// What a list amounts to: the truth, models and edits with their shares, and `samples`, the number of observations that are given.
  /// @param rate  rate(part) is the part of what a filtered ingredient tries that passes
  template <class Rate>
  [[nodiscard]] const training_law& gather(Index t, const ingredients& list, Index& samples, const Rate& rate) {
    require_sound(list, law_goods::caller);
    law_goods::value pool, batch;
    pantry_.combine(t, list, pool, batch, [&](const ingredient& part, law_goods::value& x) {
      obtain(t, part, part.is_filtered ? static_cast<double>(rate(part)) : 1, x);
    });
    if (list.independent_draws > 0)
      for (law_goods::value* x : {&pool, &batch}) {
        if (x->weight > 0) law_goods::scale(*x, static_cast<double>(list.independent_draws) / x->weight);
        x->count = list.independent_draws;
      }
    if (list.filters() && !(pool.weight > 0))
      throw chain_end("nothing of a law passes its filters", "too little passes the filters");
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
  /// A fresh ingredient is the law of its source, a kept one what was kept, an edit of either one of its own.
  void obtain(Index t, const ingredient& part, double rate, law_goods::value& x) {
    if (part.from.what == source::kind::edit) {
      obtain(t, {part.from.edited(), part.count}, 1, x);
      argument::require(part.from.generation >= 0 && part.from.generation <= t, law_goods::caller,
                        "ingredient.from.generation", part.from.generation, "be a model that there is already");
      edit made{part.from.generation, {}};
      for (const law_part& component : x.law) made.of.push_back({component.from, component.share / x.weight});
      source from = part.from;
      from.of_generation = static_cast<Index>(edits_.size());
      edits_.push_back(std::move(made));
      x.law.clear();
      x.law.push_back({from, x.weight});
    } else if (is_fresh(part.from)) {
      x = {pantry_.resolved({{part.from, 1}}), 1, part.count};
      if (moves_)
        for (law_part& component : x.law)
          if (component.from.what == source::kind::truth) component.from.generation = t;
      for (const law_part& component : x.law)
        argument::require(
            component.from.what != source::kind::model || (component.from.generation >= 0 && component.from.generation <= t),
            law_goods::caller, "ingredient.from.generation", component.from.generation, "be a model that there is already");
      law_goods::scale(x, static_cast<double>(part.count));
    } else {
      x = pantry_.taken(part);
    }
    if (rate != 1) {
      law_goods::scale(x, rate);
      x.count = static_cast<Index>(std::llround(rate * static_cast<double>(x.count)));
    }
    if (part.weighted() && x.weight > 0) law_goods::scale(x, part.weight / x.weight);
  }

  std::vector<edit> edits_;
  pantry<law_goods> pantry_;
  bool moves_;
  training_law law_;
};

/// The part of a law's draws that passes where it filters: known, or found by so many tries.
template <class Law>
[[nodiscard]] double acceptance_of(const Law& law, Index tries, stream rng) {
  if constexpr (requires {
                  { law.acceptance() } -> std::convertible_to<double>;
                })
    return law.acceptance();
  else
    return static_cast<double>(
               data_traits<data_of<Law>>::count(left_of(law, static_cast<Index>(law.dimension()), tries,
                                                        {law_goods::caller, "a filtered law", -1, {}, "reference"}, rng))) /
           static_cast<double>(tries);
}

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
  using sampled_law = detail::mixed_law_of<typename chain::data_type, Truth, typename chain::sampled_type>;
  using law_type = std::conditional_t<
      chain::edits,
      detail::mixed_law_of<typename chain::data_type, Truth, typename chain::sampled_type, typename chain::edited_type>,
      sampled_law>;
  argument::require(how.generations >= 0, "run_population", "generations", how.generations, "not be negative");
  argument::require(reference >= 2, "run_population", "reference", reference, "be at least 2 draws");

  argument::require_room(how.generations, 1, sizeof(typename chain::sampled_type), "run_population", "generations");
  constexpr bool moves = detail::moves<Truth>;
  detail::infinite_data data(retention_of(what.recipe), moves);
  std::deque<Truth> truths;  // of each generation, where it moves
  const auto truth_of = [&](Index t) -> const Truth& { return moves ? truths.at(static_cast<std::size_t>(t)) : what.truth; };
  std::vector<typename chain::sampled_type> sampled;
  sampled.reserve(static_cast<std::size_t>(how.generations));  // laws point into it
  constexpr bool filters = requires(const Decoder& d, const typename chain::model_type& m, const place<Truth>& at) {
                             requires requires { d.filter(m); } || requires { d.filter(m, at); };
                           };
  std::vector<typename chain::model_type> models;  // for filters, which are of models and not of what they are decoded to
  std::deque<typename chain::edited_type> edited;
  const auto add = [&](law_type& law, const source& from, double share) {
    if (from.what == source::kind::truth) return law.add(share, truth_of(from.generation));
    if (from.what == source::kind::model) return law.add(share, sampled.at(static_cast<std::size_t>(from.generation - 1)));
    if constexpr (chain::edits)
      law.add(share, edited.at(static_cast<std::size_t>(from.of_generation)));
    else
      detail::reject_edit();
  };
  const auto make_edits = [&]() -> void {
    if constexpr (chain::edits)
      for (std::size_t k = edited.size(); k < data.edits().size(); ++k) {
        const auto& e = data.edits()[k];
        auto base = std::make_shared<law_type>();
        for (const law_part& part : e.of) add(*base, part.from, part.share);
        const std::shared_ptr<const law_type> of = std::move(base);
        if (e.model > 0)
          edited.emplace_back(of, detail::borrowed(sampled.at(static_cast<std::size_t>(e.model - 1))));
        else if constexpr (edits_data<Truth, typename chain::data_type>)
          edited.emplace_back(of, detail::borrowed(what.truth));
        else
          detail::reject_edit();
      }
  };
  const auto rate_at = [&](Index t, const ingredient& part) -> double {
    const stream rng = root.at(static_cast<std::uint64_t>(t), purpose::reference, 32);
    if (part.from.what == source::kind::truth || (part.from.what == source::kind::model && part.from.generation == 0))
      return detail::acceptance_of(truth_of(t), reference, rng);
    if (part.from.what == source::kind::model && part.from.generation <= static_cast<Index>(sampled.size())) {
      const auto number = static_cast<std::size_t>(part.from.generation - 1);
      if constexpr (filters)
        return detail::acceptance_of(detail::filter_at(what.decoder, models[number], part.from.generation, what.truth, root),
                                     reference, rng);
      else
        return detail::acceptance_of(sampled[number], reference, rng);
    }
    argument::reject("run_population", "ingredient.filtered()", "an edit or a law",
                     "be of a model: with infinitely many data it is not known what is left of others");
  };
  std::optional<typename chain::model_type> model;
  try {
    for (Index t = 0; t < how.generations; ++t) {
      law_type law;
      Index samples = 0;  // that data of this size would have: what an estimator that minds is tuned to
      if constexpr (moves) truths.push_back(detail::truth_at(what.truth, t + 1, root));
      const ingredients list = what.recipe(t, how.samples(t));
      const training_law& shares = data.gather(t, list, samples, [&](const ingredient& part) { return rate_at(t, part); });
      make_edits();
      for (const auto& [from, share] : shares) add(law, from, share);
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
      if constexpr (filters) models.push_back(*model);
      sampled.push_back(detail::decode_at(what.decoder, *model, t + 1, what.truth, root));
    }
  } catch (const std::domain_error&) {
    model.reset();
  }
  return model;
}

}  // namespace simulacra
