#pragma once

#include <string_view>
#include <utility>

#include <simulacra/core/types.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/training_set.hpp>

namespace simulacra::detail {

/// Whom a lineage reads besides itself: nobody. In a population the other members stand in its place; see `population_line`.
struct alone {
  static constexpr bool has_others = false;
};

/// Training sets, as the pantry keeps them. Named by what is kept, so that all recipes share one pantry's code.
template <class Training, class Model, class Others = alone>
struct training_goods {
  using value = Training;
  using model = Model;
  static constexpr std::string_view caller = Others::has_others ? "run_population" : "run_lineage";
  static constexpr std::string_view missing_data = list_must::keep_data, missing_law = list_must::keep_law;

  draw how;
  const Others* others = nullptr;

  [[nodiscard]] value of_another(const ingredient& part) const
    requires(Others::has_others)
  {
    return others->template taken<value>(part);
  }
  [[nodiscard]] training_law law_of_another(const source& from) const
    requires(Others::has_others)
  {
    return others->law_of(from);
  }

  [[nodiscard]] value nothing() const {
    value x;
    x.how = how;
    return x;
  }
  static Index count(const value& x) { return x.count(); }
  static double weight(const value& x) { return x.weight(); }
  static value front(const value& x, Index n) { return detail::front(x, n, caller); }
  static void join(value& pool, value x) { append(pool, std::move(x)); }
  static void scale(value& x, double c) { x.reweight(c); }
};

}  // namespace simulacra::detail
