#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/shelf.hpp>

namespace simulacra::detail {

/// The one interpreter of recipes: what the ingredients of a list refer to, for how long it is kept, how it is found, cut, mixed and
/// forgotten. It is written for whatever may stand for a data set: one that is drawn (`gatherer`), the account of one (the ledger's
/// `source_book`), or a law that stands for infinitely many data (`infinite_data`). So these cannot disagree.
///
/// `Goods` says what is kept, and knows its arithmetic:
/// | member | meaning |
/// |---|---|
/// | `value`, `model` | a data set, and a model, as they are kept |
/// | `nothing()` | a data set without observations |
/// | `count(v)`, `weight(v)` | the number of observations of a data set, and their total weight |
/// | `join(pool, v)` | adds the observations of v to a pool |
/// | `scale(v, c)` | multiplies every weight by c |
/// | `front(v, n)` | the first n observations, for whoever calls `taken` |
/// | `of_another(part)` | may be left out: what an ingredient of another member's amounts to |
/// | `law_of_another(from)` | may be left out: the resolved law of another member's data, its sources named as the reader names them |
/// | `caller`, `missing_data`, `missing_law` | who asks, in messages, and what a generation must be whose data or law are not there |
template <class Goods>
class pantry {
 public:
  using value = typename Goods::value;
  using model = typename Goods::model;

  explicit pantry(const retention& keeps, Goods goods = {})
      : goods_(std::move(goods)),
        keeps_(keeps),
        data_(keeps.data),
        batches_(keeps.batches),
        laws_(keeps.laws),
        models_(models_kept(keeps) == 1 ? 0 : models_kept(keeps)) {}  // the newest is always there

  [[nodiscard]] const retention& keeps() const noexcept { return keeps_; }

  /// Whether a generation leaves nothing behind but its model.
  [[nodiscard]] bool keeps_only_models() const noexcept {
    return keeps_.data == 0 && keeps_.batches == 0 && keeps_.laws == 0 && !keeps_.first_data;
  }

  // --- models --------------------------------------------------------------------------------------------------------------------

  [[nodiscard]] const std::optional<model>& newest() const noexcept { return newest_; }

  /// The model of a generation >= 1. @throw std::invalid_argument if it was not kept
  [[nodiscard]] const model& model_of(Index generation) const {
    if (generation == newest_number_ && newest_) [[likely]]
      return *newest_;
    const model* found = models_.find(generation);
    argument::require(found != nullptr, Goods::caller, "ingredient.from.generation", generation, list_must::keep_model);
    return *found;
  }

  void put(Index generation, model&& m) {
    if (models_.keeps_any()) models_.put(generation, m);
    newest_ = std::move(m);
    newest_number_ = generation;
  }

  /// The model that `put` will let go of, or null: for whoever wants to use it again.
  [[nodiscard]] const model* outgoing(Index generation) const {
    if (models_.keeps_any()) return models_.outgoing(generation);
    return newest_ ? &*newest_ : nullptr;
  }

  // --- data that were kept -------------------------------------------------------------------------------------------------------

  /// Whether a source is the real data, which may be kept apart.
  [[nodiscard]] bool is_first(const source& from) const noexcept {
    return from.what == source::kind::data && from.generation == 0 && from.who == myself && keeps_.first_data;
  }

  /// The whole of a kept pool or batch. @throw std::invalid_argument if it was not kept
  [[nodiscard]] const value& kept(const source& from) const {
    const value* found = (from.what == source::kind::batch ? batches_ : data_).find(from.generation);
    require_found(found != nullptr, from);
    return *found;
  }

  /// The real data in the parts that they were drawn in: as many whole ones as hold `count` observations.
  [[nodiscard]] value first_parts(Index count) const {
    value x = goods_.nothing();
    for (const value& part : first_) {
      if (count != everything && goods_.count(x) >= count) break;
      goods_.join(x, part);
    }
    return x;
  }

  /// What a kept ingredient amounts to. What cannot be cut may still be taken in whole parts, where the real data were drawn in parts.
  [[nodiscard]] value taken(const ingredient& part) const {
    if (part.from.who != myself) {
      if constexpr (requires { goods_.of_another(part); })
        return goods_.of_another(part);
      else
        reject_another(part.from);
    }
    if (is_first(part.from)) {
      value x = first_parts(part.count);
      return part.count == everything || goods_.count(x) == part.count ? x : goods_.front(x, part.count);
    }
    return part.count == everything ? kept(part.from) : goods_.front(kept(part.from), part.count);
  }

  // --- laws ----------------------------------------------------------------------------------------------------------------------

  /// The law of a list: each ingredient's share of the total weight. @throw std::invalid_argument unless that is > 0
  /// @param given  of each ingredient, the weight of what it gave: asked of those that are filtered
  void law_of(const ingredients& list, training_law& law, std::span<const double> given = {}) const {
    law.clear();
    double total = 0;
    std::size_t number = 0;
    for (const ingredient& part : list) {
      const double weight = part.is_filtered ? given[number] : weight_of(part);
      ++number;
      law.push_back({part.from, weight});
      total += weight;
    }
    argument::require(total > 0, Goods::caller, "total weight of recipe(t, m)", total, "be > 0");
    for (law_part& part : law) part.share /= total;
  }

  /// A law with every law in it replaced by what it mixes, equal sources joined, and what no experiment will ever draw left out.
  [[nodiscard]] training_law resolved(const training_law& law) const {
    training_law flat;
    const auto add = [&flat](source from, double share) {
      if (from.what == source::kind::truth || (from.what == source::kind::model && from.generation == 0)) from = {};
      for (law_part& part : flat)
        if (part.from == from) {
          part.share += share;
          return;
        }
      constexpr double least = 1e-30;
      if (share > least) flat.push_back({from, share});
    };
    for (const law_part& part : law) {
      if (part.from.what != source::kind::law) {
        add(part.from, part.share);
        continue;
      }
      if (part.from.who != myself) {
        if constexpr (requires { goods_.law_of_another(part.from); }) {
          for (const law_part& component : goods_.law_of_another(part.from))
            add(component.from, component.share * part.share);
          continue;
        } else {
          reject_another(part.from);
        }
      }
      const training_law* mixed = laws_.find(part.from.generation);
      require_found(mixed != nullptr, part.from);
      for (const law_part& component : *mixed) add(component.from, component.share * part.share);
    }
    return flat;
  }

  // --- a generation --------------------------------------------------------------------------------------------------------------

  /// Makes a generation's pool of its parts, and a batch of those that are fresh, if batches are kept. Weights, where there are some, are
  /// scaled to a mean of 1 an observation.
  /// @param obtain  `obtain(part, x)` puts what an ingredient amounts to in the place of x
  template <class Parts, class Obtain>
  void combine(Index t, const Parts& parts, value& pool, value& batch, Obtain&& obtain) {
    const bool weighted = parts.begin()->weighted(), keep_first = keeps_.first_data && t == 0;  // as `require_sound` knows
    bool first = true;
    for (const ingredient& part : parts) {
      if (first && !weighted && !keep_first && !batches_.keeps_any()) {
        obtain(part, pool);  // in place: memory is used again
      } else {
        value x = goods_.nothing();
        obtain(part, x);
        if (keep_first) first_.push_back(x);
        if (batches_.keeps_any() && is_fresh(part.from)) goods_.join(batch, x);
        if (first)
          pool = std::move(x);
        else
          goods_.join(pool, std::move(x));
      }
      first = false;
    }
    if (weighted && goods_.weight(pool) > 0) {  // what is kept apart is kept in the same units as the pool
      const double scale = static_cast<double>(goods_.count(pool)) / goods_.weight(pool);
      goods_.scale(pool, scale);
      if (goods_.count(batch) > 0) goods_.scale(batch, scale);
      if (keep_first)
        for (value& x : first_) goods_.scale(x, scale);
    }
  }

  [[nodiscard]] bool keeps_data() const noexcept { return data_.keeps_any(); }
  [[nodiscard]] bool keeps_batches() const noexcept { return batches_.keeps_any(); }
  [[nodiscard]] bool keeps_laws() const noexcept { return laws_.keeps_any(); }

  void put_data(Index t, value x) { data_.put(t, std::move(x)); }
  void put_batch(Index t, value x) { batches_.put(t, std::move(x)); }

  /// Keeps the law of generation t, and of the models only those that a kept law or the recipe may still ask for.
  void put_law(Index t, const training_law& law) {
    if (!laws_.keeps_any()) return;
    laws_.put(t, resolved(law));
    if (keeps_.laws == everything || keeps_.models == everything) return;
    Index oldest = t + 2 - keeps_.models;
    for (Index s = t; s > t - keeps_.laws && s >= 0; --s)
      for (const law_part& part : *laws_.find(s))
        if (part.from.what == source::kind::model && part.from.who == myself)
          oldest = (std::min)(oldest, part.from.generation);
    models_.forget_before(oldest);
  }

 private:
  [[nodiscard]] double weight_of(const ingredient& part) const {
    if (part.weighted()) return part.weight;
    if (part.from.what == source::kind::edit) return weight_of({part.from.edited(), part.count});
    if (is_fresh(part.from)) return static_cast<double>(part.count);
    if (is_first(part.from) || part.count != everything || part.from.who != myself) return goods_.weight(taken(part));
    return goods_.weight(kept(part.from));
  }

  [[noreturn]] static void reject_another(const source& from) {
    argument::reject(Goods::caller, "ingredient.from.who", Index{from.who}, list_must::name_nobody);
  }

  static void require_found(bool found, const source& from) {
    argument::require(found, Goods::caller, "ingredient.from.generation", from.generation,
                      from.what == source::kind::law ? Goods::missing_law : Goods::missing_data);
  }

  Goods goods_;
  retention keeps_;
  std::vector<value> first_;
  shelf<value> data_, batches_;
  shelf<training_law> laws_;
  shelf<model> models_;
  std::optional<model> newest_;
  Index newest_number_ = 0;
};

/// What is left of it where a recipe refers to nothing but the newest model (`draws_one_source`): so little that it compiles at once.
template <class Goods>
class bare_pantry {
 public:
  using model = typename Goods::model;

  bare_pantry(const retention&, const Goods&) {}

  [[nodiscard]] static constexpr bool keeps_only_models() noexcept { return true; }
  [[nodiscard]] const std::optional<model>& newest() const noexcept { return newest_; }

  /// The model of a generation >= 1. @throw std::invalid_argument if it is not the newest
  [[nodiscard]] const model& model_of(Index generation) const {
    argument::require(generation == newest_number_ && newest_, Goods::caller, "ingredient.from.generation", generation,
                      "be the newest model for a recipe of which draws_one_source says that it draws from nothing else");
    return *newest_;
  }

  void put(Index generation, model&& m) {
    newest_ = std::move(m);
    newest_number_ = generation;
  }

 private:
  std::optional<model> newest_;
  Index newest_number_ = 0;
};

}  // namespace simulacra::detail
