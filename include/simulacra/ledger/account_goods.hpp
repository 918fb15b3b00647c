#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/place_data.hpp>
#include <simulacra/ledger/setting.hpp>
#include <simulacra/ledger/term.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/member_reader.hpp>

namespace simulacra::detail {

template <class Experiment, class Space>
class source_book;

/// The books of a population's members, as one of them finds the others'.
template <class Experiment, class Space>
struct peer_books {
  std::vector<const source_book<Experiment, Space>*> of;
  Index me = 0;
};

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
  const peer_books<Experiment, Space>* peers = nullptr;  ///< of a population

  /// The resolved law of another member's data, its sources named as the reader names them.
  [[nodiscard]] training_law law_of_another(const source& from) const {
    argument::require(peers != nullptr, caller, "ingredient.from.who", Index{from.who}, list_must::name_nobody);
    training_law law = peers->of[static_cast<std::size_t>(from.who)]->law_of(from.generation);
    name_as_reader(law, from.who, peers->me);
    return law;
  }

  /// A part of the training data as a law, and where it lies.
  template <class Training, class Blocks>
  [[gnu::cold]] value described(const Training& data, const Blocks& observations, vector& scratch) const {
    using chain = typename setting_type::chain;
    // Without a summary it is the observations that closed forms read.
    constexpr bool unsummed = std::same_as<typename chain::summary_type, no_summary>;
    constexpr bool draws_again = !chain::is_closed || !is_linear_space<Space> || unsummed;
    auto e = std::make_shared<data_entry>();
    e->books.place = of->space.zero();
    e->law = kept_type(data, draws_again);
    place_data(*of, data, e->law, observations, scratch, e->books);
    return e;
  }

  /// Data from a law: its account, and the noise of drawing. (The first points of a kept pool are taken for draws from the pool's law,
  /// though all of them may have come from one of its parts. The sum stays right; its terms would need each part's own account.)
  [[gnu::cold]] value closed(const value& data, const account<vector>& from) const {
    auto e = std::make_shared<data_entry>(data_entry{from, data->law});
    of->sums().book(e->books, term::statistical, data->books.place, &data->books.place_error, from.place, &from.place_error);
    of->sums().book_origin(e->books, data->books.place, from.place);
    e->books.place = data->books.place;
    e->books.place_error = data->books.place_error;
    return e;
  }

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
