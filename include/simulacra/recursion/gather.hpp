#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/small_list.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/draws_ahead.hpp>
#include <simulacra/recursion/edit.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/fresh_streams.hpp>
#include <simulacra/recursion/independent_parts.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/pantry.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/training_goods.hpp>

namespace simulacra::detail {

/// Gathers each generation's training data from a recipe's list: draws what is fresh, and takes the rest from the pantry.
/// @tparam Others  who finds what belongs to other members: `alone`, or a population
template <class Experiment, class Others = alone>
class gatherer {
 public:
  using truth_type = typename Experiment::truth_type;
  using model_type = typename Experiment::model_type;
  using training_type = typename Experiment::training_type;
  static constexpr std::string_view caller = Others::has_others ? "run_population" : "run_lineage";

  gatherer(const Experiment& what, draw how, const Others* others = nullptr)
      : what_(what),
        others_(others),
        dimension_(static_cast<Index>(what.truth.dimension())),
        how_(decide(what, how, retention_of(what.recipe), caller)),
        pantry_(retention_of(what.recipe), goods{how_, others}) {
    if constexpr (moves<truth_type>)
      argument::require(retention_of(what.recipe).laws == 0, caller, "recipe.keeps().laws", retention_of(what.recipe).laws,
                        "be 0 where the truth moves: what it was is not drawn from again");
  }

  [[nodiscard]] const truth_type& truth() const noexcept { return now_.from(what_.truth); }  ///< as it was drawn from last
  [[nodiscard]] const training_law& law() const noexcept { return law_; }
  [[nodiscard]] const std::optional<model_type>& model() const noexcept { return pantry_.newest(); }
  [[nodiscard]] const training_type& data() const noexcept { return pool_; }  ///< what was gathered last

  /// The training data of generation t, of what the recipe names: the experiment's, whose type is known where this is called.
  /// @param samples  the number of observations that the plan says
  /// @param show     is shown each part before the parts are merged
  template <class Recipe, class Show>
  [[gnu::always_inline]] const training_type& gather_by(const Recipe& recipe, Index t, Index samples, const stream& root,
                                                        const Show& show) {
    if constexpr (one_source && requires { recipe.only(t, samples); }) {
      begin(t, samples, root);
      return gather_one(t, recipe.only(t, samples), root, show);
    } else {
      return gather(t, samples, recipe(t, samples), root, show);
    }
  }

  /// The same of a list. One fresh ingredient and nothing kept, as is common, draws into place and allocates nothing.
  template <class Show>
  [[gnu::always_inline]] const training_type& gather(Index t, Index samples, const ingredients& list, const stream& root,
                                                     const Show& show) {
    begin(t, samples, root);
    if (keeps_only_models_ && list.plain() && is_fresh(list.begin()->from)) [[likely]]
      return gather_one(t, *list.begin(), root, show);
    if constexpr (one_source) {
      require_sound(list, caller);
      argument::reject(caller, "recipe(t, m)", "a list of another kind",
                       "be one ingredient that is fresh and not weighted, as draws_one_source says of this recipe");
    } else {
      return gather_parts(t, list, root, show);
    }
  }

  /// Takes the model of generation t + 1, fitted to what was gathered last.
  void keep(Index generation, model_type&& model) { pantry_.put(generation, std::move(model)); }

  // What other members read here.
  [[nodiscard]] const model_type& model_of(Index generation) const { return pantry_.model_of(generation); }
  [[nodiscard]] training_type taken(const ingredient& part) const { return pantry_.taken(part); }
  [[nodiscard]] training_law law_of(Index generation) const {
    return pantry_.resolved({{{source::kind::law, generation}, 1}});
  }

 private:
  using goods = training_goods<training_type, model_type, Others>;

  [[gnu::always_inline]] void begin(Index t, Index samples, const stream& root) {
    samples_ = samples;
    now_.go_to(what_.truth, t + 1, root);
    streams_.begin();
    part_ = 0;
  }

  template <class Show>
  [[gnu::always_inline]] const training_type& gather_one(Index t, const ingredient& only, const stream& root,
                                                         const Show& show) {
    law_.clear();
    law_.push_back({{only.from.what, only.from.generation}, 1});  // number by number: see gaussian::from_standard
    if constexpr (one_source)
      draw_fresh(t, only, root, show, pool_);
    else
      draw_fresh_apart(t, only, root, show, pool_);
    return pool_;
  }

  template <class Show>
  [[gnu::noinline]] const training_type& gather_parts(Index t, const ingredients& list, const stream& root,
                                                      const Show& show) {
    require_sound(list, caller, others());
    const bool filters = list.filters();
    if (!filters) pantry_.law_of(list, law_);
    training_type batch{.how = how_};
    small_list<double, 4> given;  // what weighs
    const auto get = [&](const ingredient& part, training_type& x) {
      draw_part(t, part, root, show, x);
      if (filters) given.push_back(x.weight());
    };
    if (list.independent_draws > 0) [[unlikely]] {
      const stream at = root.at(index(t), purpose::subsample, 1);
      pantry_.combine(t, independent_parts(pantry_.resolved(law_), list.independent_draws, at, caller), pool_, batch, get);
    } else {
      pantry_.combine(t, list, pool_, batch, get);
    }
    if (filters) {
      if (pool_.count() == 0)
        throw chain_end("nothing of what generation " + argument::text(t) + " tried has passed its filters",
                        "too little passes the filters");
      pantry_.law_of(list, law_, {given.begin(), given.size()});
    }
    if (pantry_.keeps_batches()) pantry_.put_batch(t, std::move(batch));
    pantry_.put_law(t, law_);
    if (pantry_.keeps_data()) pantry_.put_data(t, pool_);
    if (list.subsample > 0) {
      argument::require(pool_.stored(), caller, "plan.how", name_of(how_), "be draw::stored for a recipe that subsamples");
      pool_ = subsampled(pool_, list.subsample, root.at(index(t), purpose::subsample), caller);
    }
    return pool_;
  }

  /// Members of the population; 0 where there is none.
  [[nodiscard]] Index others() const {
    if constexpr (Others::has_others)
      return others_->members();
    else
      return 0;
  }

  static constexpr std::uint64_t index(Index t) { return static_cast<std::uint64_t>(t); }

  /// Calls f with what model `generation` is sampled through; model 0 is the truth, as it is.
  template <class F>
  [[gnu::always_inline]] void with_source(const source& from, const stream& root, F&& f) {
    const bool from_truth = from.what == source::kind::truth || from.generation == 0;
    if constexpr (Others::has_others)
      if (from.who != myself && !from_truth)
        return others_->with_model(from,
                                   [&](const auto& sampled) { f(sampled, purpose::sample, streams_.next_of_models()); });
    const model_type* found = from_truth ? nullptr : &pantry_.model_of(from.generation);
    const auto decoded = [&]() __attribute__((always_inline))->decltype(auto) {
      return decode_at(what_.decoder, *found, from.generation, what_.truth, root);
    };
    if constexpr (std::is_same_v<decltype(decoded()), const typename Experiment::truth_type&>)
      f(from_truth ? truth() : decoded(), from_truth ? purpose::truth : purpose::sample,
        from_truth ? streams_.next_of_truth()
                   : streams_.next_of_models());  // one call where one will do: it is a lot of code
    else if (from_truth)
      f(truth(), purpose::truth, streams_.next_of_truth());
    else
      f(decoded(), purpose::sample, streams_.next_of_models());
  }

  /// Gathers one part, with the total weight that its ingredient asks for, and shows it.
  template <class Show>
  void draw_part(Index t, const ingredient& part, const stream& root, const Show& show, training_type& x) {
    if (part.from.what == source::kind::edit) return draw_edit(t, part, root, show, x);
    if (part.is_filtered) return draw_filtered(t, part, root, show, x);
    if (is_fresh(part.from)) return draw_fresh_apart(t, part, root, show, x);
    x = pantry_.taken(part);
    weigh(part, x);
    if constexpr (Show::anyone)
      show({t, static_cast<Index>(part_++), part, x, x.count()},
           [&x](auto&& f) { return x.stored() ? (f(x.data), true) : false; });
  }

  /// What is left of a number of draws.
  template <class Show>
  [[gnu::noinline]] void draw_filtered(Index t, const ingredient& part, const stream& root, const Show& show,
                                       training_type& x) {
    const source& from = part.from;
    x.how = draw::stored;
    x.w.resize(0);
    const auto draw = [&](const auto& law, purpose use, std::uint32_t component) {
      stream rng = root.at(index(t), use, component);
      const asked by = asked_by_loop{use == purpose::truth, from.generation, part.count == samples_, Others::has_others};
      x.data = left_of(law, dimension_, part.count, by, rng);
    };
    if (from.what == source::kind::model && from.who == myself && from.generation > 0)
      draw(filter_at(what_.decoder, pantry_.model_of(from.generation), from.generation, what_.truth, root), purpose::sample,
           streams_.next_of_models());
    else
      with_source(from, root, draw);
    hand_out(t, part, show, x, part.count, nullptr);
  }

  /// What a model makes of other data.
  template <class Show>
  [[gnu::noinline]] void draw_edit(Index t, const ingredient& part, const stream& root, const Show& show, training_type& x) {
    training_type before;
    const source of = part.from.edited();
    if (is_fresh(of)) {
      stream rng = root.at(index(t), purpose::truth, streams_.next_of_truth());
      draw_stored(truth(), dimension_, part.count, before,
                  asked_by_loop{true, 0, part.count == samples_, Others::has_others}, rng);
    } else {
      before = pantry_.taken({of, part.count});
      require_editable(before, caller);
    }
    x = before;
    const asked by{caller, "the model", part.from.generation, "as it is decoded, when it edits"};
    with_source({source::kind::model, part.from.generation, part.from.who}, root,
                [&](const auto& editor, purpose use, std::uint32_t component) {
                  stream rng = root.at(index(t), use, component);
                  edit_with(editor, x, dimension_, part.is_filtered, by, rng);
                });
    hand_out(t, part, show, x, before.count(), &before);
  }

  /// Weighs and shows observations that are stored, and sums them up where they are wanted as a summary.
  template <class Show>
  void hand_out(Index t, const ingredient& part, const Show& show, training_type& x, Index tried, const training_type* of) {
    weigh(part, x);
    sum_up(x, how_);
    if constexpr (Show::anyone)
      show({t, static_cast<Index>(part_++), part, x, tried, of}, [&x](auto&& f) { return f(x.data), true; });
    if (!x.stored()) x.data = decltype(x.data)(), x.w.resize(0);
  }

  static void weigh(const ingredient& part, training_type& x) {
    if (part.weighted() && x.weight() > 0) x.reweight(part.weight / x.weight());
  }

  /// The next, once for all who call it: each copy of a family's draws is code, and time to compile it.
  template <class Show>
  [[gnu::noinline]] void draw_fresh_apart(Index t, const ingredient& part, const stream& root, const Show& show,
                                          training_type& x) {
    draw_fresh(t, part, root, show, x);
  }

  template <class Show>
  [[gnu::always_inline]] void draw_fresh(Index t, const ingredient& part, const stream& root, const Show& show,
                                         training_type& x) {
    argument::require(part.count >= 1, caller, "ingredient.count", part.count, list_must::draw_some);
    argument::require(part.from.what != source::kind::law, caller, "ingredient.from", "a law",
                      "be drawn from by setting ingredients.independent_draws");
    with_source(
        part.from, root, [&](const auto& sampled, purpose use, std::uint32_t component) __attribute__((always_inline)) {
          const stream* base = &root;
          if constexpr (Others::has_others)
            if (part.from.what == source::kind::truth && part.from.who != myself)
              base = &streams_.shared(*others_, part.from.who, component);
          const asked_by_loop by{use == purpose::truth, part.from.generation, part.count == samples_, Others::has_others};
          if constexpr (requires { what_.estimator.empty_summary(); })
            if (how_ != draw::stored) x.summary = what_.estimator.empty_summary();
          [[maybe_unused]] const Index tried =
              draws_.from(sampled, dimension_, part.count, how_, x, by, *base, t, use, component);
          if constexpr (!one_source)
            if (part.weighted()) weigh(part, x);
          if constexpr (Show::anyone)
            show({t, static_cast<Index>(part_++), part, x, tried},
                 observations_of(sampled, dimension_, part.count, x, by, base->at(index(t), use, component)));
        });
  }

  static constexpr bool one_source = draws_one_source<std::remove_cvref_t<decltype(Experiment::recipe)>>;

  const Experiment& what_;
  const Others* others_;
  Index dimension_;  ///< of the truth, and so of everything that is mixed with it
  draw how_;
  std::conditional_t<one_source, bare_pantry<goods>, pantry<goods>> pantry_;
  bool keeps_only_models_ = pantry_.keeps_only_models();
  training_type pool_{};
  training_law law_{};
  Index samples_ = 0;       ///< what the plan says for this generation
  std::uint32_t part_ = 0;  ///< so far in this generation
  fresh_streams<Others> streams_;
  truth_now<truth_type> now_;
  chain_draws<decoded_model<Experiment>, typename Experiment::summary_type> draws_;
};

}  // namespace simulacra::detail
