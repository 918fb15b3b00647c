#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/shelf.hpp>

namespace simulacra::detail {

/// Gathers each generation's training data from a recipe's list, and keeps what the recipe will ask for again.
template <class Experiment>
class gatherer {
 public:
  using model_type = typename Experiment::model_type;
  using training_type = typename Experiment::training_type;

  gatherer(const Experiment& what, draw how)
      : what_(what),
        dimension_(static_cast<Index>(what.truth.dimension())),
        keeps_(retention_of(what.recipe)),
        how_(decide(what, how, keeps_)),
        data_(keeps_.data),
        batches_(keeps_.batches),
        laws_(keeps_.laws),
        models_(keeps_.laws != 0     ? everything
                : keeps_.models == 1 ? 0
                                     : keeps_.models) {}

  [[nodiscard]] const training_law& law() const noexcept { return law_; }
  [[nodiscard]] const std::optional<model_type>& model() const noexcept { return model_; }
  [[nodiscard]] const training_type& data() const noexcept { return pool_; }  ///< what was gathered last

  /// The training data of generation t. One fresh ingredient and nothing kept, as is common, draws into place and allocates nothing.
  /// @param show  is shown each part before the parts are merged
  template <class Show>
  [[gnu::always_inline]] const training_type& gather(Index t, const ingredients& list, const stream& root,
                                                     const Show& show) {
    part_ = draws_of_truth_ = draws_of_models_ = 0;
    if (keeps_nothing_ && list.plain() && is_fresh(list.begin()->from)) [[likely]] {
      law_.clear();
      const ingredient& only = *list.begin();
      law_.push_back({{only.from.what, only.from.generation}, 1});  // number by number: see gaussian::from_standard
      draw_fresh(t, only, root, show, pool_);
      return pool_;
    }
    return gather_parts(t, list, root, show);
  }

  /// Takes the model of generation t + 1, fitted to what was gathered last.
  void keep(Index generation, model_type&& model) {
    if (models_.keeps_any()) models_.put(generation, model);
    model_ = std::move(model);
    generation_ = generation;
  }

 private:
  template <class Show>
  [[gnu::noinline]] const training_type& gather_parts(Index t, const ingredients& list, const stream& root,
                                                      const Show& show) {
    require_sound(list);
    set_law(list);
    if (list.independent_draws > 0) [[unlikely]]
      combine(t, independent(list, t, root), root, show);
    else
      combine(t, list, root, show);
    if (laws_.keeps_any()) keep_law(t);
    if (data_.keeps_any()) data_.put(t, pool_);
    if (list.subsample > 0) {
      argument::require(pool_.stored(), "run_lineage", "plan.how", name_of(how_),
                        "be draw::stored for a recipe that subsamples");
      pool_ = subsampled(pool_, list.subsample, root.at(index(t), purpose::subsample));
    }
    return pool_;
  }

  static constexpr std::uint64_t index(Index t) { return static_cast<std::uint64_t>(t); }

  /// Keeps the law of generation t, and of the models only those that a kept law or the recipe may still ask for.
  void keep_law(Index t) {
    laws_.put(t, resolve(law_));
    if (keeps_.laws == everything || keeps_.models == everything) return;
    Index oldest = t + 2 - keeps_.models;
    for (Index s = t; s > t - keeps_.laws && s >= 0; --s)
      for (const law_part& part : *laws_.find(s))
        if (part.from.what == source::kind::model) oldest = (std::min)(oldest, part.from.generation);
    models_.forget_before(oldest);
  }

  [[nodiscard]] training_type start() const {
    training_type x;
    x.how = how_;
    return x;
  }

  /// Makes the pool of its parts. Weights are scaled to a mean of 1 an observation.
  template <class Parts, class Show>
  void combine(Index t, const Parts& parts, const stream& root, const Show& show) {
    const bool weighted = parts.begin()->weighted(), keep_first = keeps_.first_data && t == 0;
    training_type fresh = start();
    bool first = true;
    for (const ingredient& part : parts) {
      argument::require(part.weighted() == weighted, "run_lineage", "ingredient.weight", part.weight,
                        "be given for every ingredient of a generation or for none");
      if (first && !weighted && !keep_first && !batches_.keeps_any()) {
        draw_part(t, part, root, show, pool_);
      } else {
        training_type x = start();
        draw_part(t, part, root, show, x);
        if (keep_first) first_.push_back(x);
        if (batches_.keeps_any() && is_fresh(part.from)) append(fresh, x);
        if (first)
          pool_ = std::move(x);
        else
          append(pool_, std::move(x));
      }
      first = false;
    }
    if (weighted) {  // what is kept apart is kept in the same units as the pool
      const double scale = static_cast<double>(pool_.count()) / pool_.weight();
      pool_.reweight(scale);
      if (fresh.count() > 0) fresh.reweight(scale);
      if (keep_first)
        for (training_type& x : first_) x.reweight(scale);
    }
    if (batches_.keeps_any()) batches_.put(t, std::move(fresh));
  }

  /// Calls f with what model `generation` is sampled through; model 0 is the truth, as it is.
  template <class F>
  [[gnu::always_inline]] void with_source(const source& from, F&& f) {
    const bool from_truth = from.what == source::kind::truth || from.generation == 0;
    const model_type* found = nullptr;
    if (!from_truth) [[likely]] {
      found = from.generation == generation_ ? &*model_ : models_.find(from.generation);
      argument::require(found != nullptr, "run_lineage", "ingredient.from.generation", from.generation,
                        "be a model that was kept: let the recipe's keeps() say how many models it needs");
    }
    if constexpr (std::is_same_v<decltype(what_.decoder(*found)), const typename Experiment::truth_type&>)
      f(from_truth ? what_.truth : what_.decoder(*found), from_truth ? purpose::truth : purpose::sample,
        from_truth ? draws_of_truth_++ : draws_of_models_++);  // one call where one will do: it is a lot of code
    else if (from_truth)
      f(what_.truth, purpose::truth, draws_of_truth_++);
    else
      f(what_.decoder(*found), purpose::sample, draws_of_models_++);
  }

  /// Gathers one part, with the total weight that its ingredient asks for, and shows it.
  template <class Show>
  void draw_part(Index t, const ingredient& part, const stream& root, const Show& show, training_type& x) {
    if (is_fresh(part.from)) return draw_fresh(t, part, root, show, x);
    x = kept_part(part);
    weigh(part, x);
    if constexpr (Show::anyone)
      show({t, static_cast<Index>(part_++), part, x}, [&x](auto&& f) { return x.stored() ? (f(x.data), true) : false; });
  }

  static void weigh(const ingredient& part, training_type& x) {
    if (part.weighted() && x.weight() > 0) x.reweight(part.weight / x.weight());
  }

  template <class Show>
  [[gnu::always_inline]] void draw_fresh(Index t, const ingredient& part, const stream& root, const Show& show,
                                         training_type& x) {
    argument::require(part.count >= 1, "run_lineage", "ingredient.count", part.count, "be at least 1 for fresh draws");
    argument::require(part.from.what != source::kind::law, "run_lineage", "ingredient.from", "a law",
                      "be drawn from by setting ingredients.independent_draws");
    with_source(
        part.from, [&](const auto& sampled, purpose use, std::uint32_t component) __attribute__((always_inline)) {
          stream rng = root.at(index(t), use, component);
          const asked by = asked_by_loop(use == purpose::truth, part.from.generation);
          draw_from(sampled, dimension_, part.count, how_, x, by, rng);
          if (part.weighted()) weigh(part, x);
          if constexpr (Show::anyone)
            show({t, static_cast<Index>(part_++), part, x},
                 observations_of(sampled, dimension_, part.count, x, by, root.at(index(t), use, component)));
        });
  }

  /// The whole of a kept pool or batch.
  [[nodiscard]] const training_type& kept(const source& from) const {
    const training_type* found = (from.what == source::kind::batch ? batches_ : data_).find(from.generation);
    argument::require(found != nullptr, "run_lineage", "ingredient.from.generation", from.generation,
                      "be a generation whose data were kept: let the recipe's keeps() say how many it needs");
    return *found;
  }

  [[nodiscard]] training_type kept_part(const ingredient& part) const {
    if (from_first(part.from)) return front_of_first(part.count);
    return part.count == everything ? kept(part.from) : front(kept(part.from), part.count);
  }

  [[nodiscard]] bool from_first(const source& from) const {
    return from.what == source::kind::data && from.generation == 0 && keeps_.first_data;
  }

  /// The first points of the real data. Summaries cannot be cut, but the parts they were drawn in are kept apart: without
  /// stored draws the points asked for must be whole parts.
  training_type front_of_first(Index count) const {
    training_type x = start();
    for (const training_type& part : first_) {
      if (count != everything && x.count() >= count) break;
      append(x, part);
    }
    return count == everything || x.count() == count ? x : front(x, count);
  }

  /// Fresh counts of a multinomial law; a source that is itself a mixture of models is drawn from component by component.
  small_list<ingredient, 4> independent(const ingredients& list, Index t, const stream& root) {
    std::vector<double> share;
    const training_law mixed = resolve(law_);
    for (const law_part& part : mixed) {
      if (!is_fresh(part.from))
        argument::reject("run_lineage", "ingredients.independent_draws", argument::text(list.independent_draws),
                         "be 0 where kept data are mixed: they cannot be drawn from independently");
      share.push_back(part.share);
    }
    std::vector<Index> counts(share.size());
    stream rng = root.at(index(t), purpose::subsample, 1);
    multinomial(list.independent_draws, share, counts, rng);
    small_list<ingredient, 4> drawn;
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0) drawn.push_back({mixed[i].from, counts[i]});
    return drawn;
  }

  /// Notes the law of a list: each part's share of the total weight.
  void set_law(const ingredients& list) {
    law_.clear();
    double total = 0;
    for (const ingredient& part : list) {
      const double weight = weight_of(part);
      law_.push_back({{part.from.what, part.from.generation}, weight});
      total += weight;
    }
    argument::require(total > 0, "run_lineage", "total weight of recipe(t, m)", total, "be > 0");
    for (law_part& part : law_) part.share /= total;
  }

  [[nodiscard]] double weight_of(const ingredient& part) const {
    if (part.weighted()) return part.weight;
    if (is_fresh(part.from)) return static_cast<double>(part.count);
    if (from_first(part.from) || part.count != everything) return kept_part(part).weight();
    return kept(part.from).weight();
  }

  /// A law with every law in it replaced by what it mixes, equal sources joined, and what no experiment will ever draw left out.
  training_law resolve(const training_law& law) const {
    std::vector<law_part> flat;
    const auto add = [&](source from, double share) {
      if (from.what == source::kind::model && from.generation == 0) from = {source::kind::truth, 0};
      for (law_part& part : flat)
        if (part.from == from) {
          part.share += share;
          return;
        }
      if (share > 1e-30) flat.push_back({from, share});
    };
    for (const law_part& part : law) {
      if (part.from.what != source::kind::law) {
        add(part.from, part.share);
        continue;
      }
      const training_law* mixed = laws_.find(part.from.generation);
      argument::require(mixed != nullptr, "run_lineage", "ingredient.from.generation", part.from.generation,
                        "be a generation whose law was kept: let the recipe's keeps() say how many it needs");
      for (const law_part& component : *mixed) add(component.from, component.share * part.share);
    }
    training_law joined;
    for (const law_part& part : flat) joined.push_back(part);
    return joined;
  }

  const Experiment& what_;
  Index dimension_;  ///< of the truth, and so of everything that is mixed with it
  retention keeps_;
  draw how_;
  bool keeps_nothing_ = keeps_.data == 0 && keeps_.batches == 0 && keeps_.laws == 0 && !keeps_.first_data;
  training_type pool_{};
  training_law law_{};
  std::optional<model_type> model_;
  Index generation_ = 0;
  std::uint32_t draws_of_truth_ = 0, draws_of_models_ = 0, part_ = 0;  ///< so far in this generation
  std::vector<training_type> first_;
  shelf<training_type> data_, batches_;
  shelf<training_law> laws_;
  shelf<model_type> models_;
};

}  // namespace simulacra::detail
