#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <simulacra/core/types.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/setting.hpp>

namespace simulacra::detail {

/// The accounts of data sets and models, as the pantry keeps them.
template <class Experiment, class Space>
struct account_goods {
  using setting_type = setting<Experiment, Space>;
  using kept_type = typename setting_type::chain::kept_type;
  using vector = typename Space::vector;

  /// A data set as a law: where it lies, and, once its generation is closed, why.
  struct data_entry {
    account<vector> books;
    kept_type law;
  };
  struct model_entry {
    account<vector> books;
    std::optional<typename setting_type::chain::sampled_type> law;
  };
  using value = std::shared_ptr<const data_entry>;  // shared, since accounts are large
  using model = std::shared_ptr<model_entry>;
  static constexpr std::string_view caller = "ledger";
  static constexpr std::string_view missing_data =
      "be one that the recipe's keeps() names: is this ledger of the experiment that is run?";
  static constexpr std::string_view missing_law = missing_data;

  const setting_type* of;

  static value nothing() { return nullptr; }
  static Index count(const value& x) { return x ? x->law.count() : 0; }
  static double weight(const value& x) { return x ? x->law.weight() : 0; }

  /// Joins data to other data, in proportion to their weights.
  [[gnu::cold]] void join(value& pool, const value& x) const {
    if (count(pool) == 0) {
      pool = x;
      return;
    }
    auto both = std::make_shared<data_entry>();
    const double total = weight(pool) + weight(x);
    both->books.place = of->space.zero();
    of->space.add(both->books.place, weight(pool) / total, pool->books.place);
    of->space.add(both->books.place, weight(x) / total, x->books.place);
    both->law = pool->law;
    both->law.merge(x->law);
    if constexpr (!is_linear_space<Space>) of->embed(both->law, both->books.place, both->books.place_error);
    pool = std::move(both);
  }

  static void scale(value& x, double c) {
    if (c == 1) return;
    auto scaled = std::make_shared<data_entry>(*x);
    scaled->law.reweight(c);
    x = std::move(scaled);
  }
};

}  // namespace simulacra::detail
