#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/account_goods.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/ledger_row.hpp>
#include <simulacra/ledger/origin_row.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/population.hpp>

namespace simulacra {

namespace detail {

/// What an experiment would be of which each of a population's equal members is a lineage.
template <class Truth, class E, class R, class D>
experiment<Truth, E, seated<R>, D> experiment_of(const population<Truth, many_members<member<E, R, D>>>& all) {
  const auto& one = std::get<0>(all.members).each;
  const retention keeps = retention_of(one.recipe);
  return {all.truth, one.estimator, {one.recipe, keeps.others_too ? both(keeps, for_others(keeps)) : keeps}, one.decoder};
}

}  // namespace detail

/// The error ledger of a population of equal members: one `ledger` for each, whose sources are the accounts of all. What a member has read
/// brings its errors along, whoever made them, so that of each member's distance from the truth
/// \f[ Q_{t+1,i}-P_0=\sum_sw_s\,\mathrm{account}(\mathrm{source}\ s)+(\textrm{expressivity, approximation, statistical})_{t,i} \f]
/// holds exactly, and each row has its residual. An observer of `run_population`, and a probe of `run_ensemble`:
/// `population_ledger(all, space, options)` with `all = population{truth, many(member{...}, K)}`.
///
/// *Whose error it is.* Beside each row stands an `origin_row`: of the part of a member's error that came with its data, how much each
/// member has made, however many hands it went through. Who made it is who drew or fitted: a model's errors are its member's, with its
/// decoder's; the noise of a kept data set is that of the member it was drawn for, or, where a part of it is cut off, of who cut; what
/// an edit adds is the reader's who asked for it. There is one column a member where there are at most `most_origins` = 16, and none
/// where there are more, since each account holds a vector a column; or else a column a group: `groups` says for each member in which
/// it is (0 for oneself and 1 for all others is a choice that fits one member). What a truth that moves has left is nobody's.
///
/// As a probe its columns are those of `ledger`, the prefix being `m0_`, `m1_`, ...: for a few members; and then `m0_inherited_m0`,
/// `m0_inherited_m1`, ... (of groups `m0_inherited_g0`, ...), `m0_fresh` and `m0_residual_of_origins`, as in `origin_row`, for each
/// member (of a truth that moves, what they lack to the squared distance is `origin_row::drift`). Costs what K ledgers cost whose accounts have as many terms more as there are columns.
///
/// Members of different families have no such ledger: their books would be of different types, and each reads those of all others.
template <class Truth, class E, class R, class D, class Space>
class population_ledger {
 public:
  using experiment_type = experiment<Truth, E, detail::seated<R>, D>;
  using ledger_type = ledger<experiment_type, Space>;
  using training_type = typename experiment_type::training_type;

  static constexpr Index most_origins = 16;

  /// @param groups  the column of each member's errors, from 0 on; empty: one a member, if there are at most `most_origins`
  /// @throw std::invalid_argument as `ledger`; unless `groups` is empty or has a number in [0, `most_origins`) for each member
  population_ledger(const population<Truth, many_members<member<E, R, D>>>& all, const Space& space,
                    const ledger_options& how = {}, const std::vector<Index>& groups = {})
      : grouped_(!groups.empty()) {
    constexpr auto name = "population_ledger";
    argument::require(groups.empty() || static_cast<Index>(groups.size()) == all.size(), name, "groups.size()",
                      static_cast<Index>(groups.size()), "be the number of members, or 0");
    for (const Index g : groups) {
      argument::require(g >= 0 && g < most_origins, name, "groups", g, "be at least 0 and below 16");
      columns_ = (std::max)(columns_, static_cast<std::size_t>(g) + 1);
    }
    if (!grouped_ && all.size() <= most_origins) columns_ = static_cast<std::size_t>(all.size());
    const experiment_type each = detail::experiment_of(all);
    for (Index k = 0; k < all.size(); ++k) {
      const auto own = static_cast<std::size_t>(grouped_ ? groups[static_cast<std::size_t>(k)] : k);
      books_.emplace_back(each, space, how, prefix_of(k), origin_column{columns_, own});
    }
    meet();
  }
  population_ledger(const population_ledger& other)
      : grouped_(other.grouped_), columns_(other.columns_), books_(other.books_) {
    meet();
  }
  population_ledger& operator=(const population_ledger&) = delete;
  ~population_ledger() = default;

  /// The ledger of a member: its rows, where this was used as an observer, and its accounts.
  /// @throw std::invalid_argument if there is no such member
  [[nodiscard]] const ledger_type& of(Index who) const {
    require_member("population_ledger::of", who);
    return books_[static_cast<std::size_t>(who)];
  }

  /// Whose errors a member's are, one row a generation, where this was used as an observer; none where there are no columns.
  /// @throw std::invalid_argument if there is no such member
  [[nodiscard]] const std::vector<origin_row>& origins_of(Index who) const {
    require_member("population_ledger::origins_of", who);
    return origins_[static_cast<std::size_t>(who)];
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const ledger_type& one : books_)
      for (std::string& name : one.names()) all.push_back(std::move(name));
    if (columns_ > 0)
      for (std::size_t k = 0; k < books_.size(); ++k)
        for (std::string& name : detail::names_of_origins(prefix_of(static_cast<Index>(k)), grouped_ ? "g" : "m", columns_))
          all.push_back(std::move(name));
    return all;
  }

  template <class Observations>
  void gathered(const gathered_part<training_type>& part, const Observations& observations, Index who) {
    if (part.generation == 0) origins_[static_cast<std::size_t>(who)].clear();
    books_[static_cast<std::size_t>(who)].gathered(part, observations);
  }

  /// As an observer.
  template <class Population>
  void operator()(const Population& g) {
    catch_up();
    g.for_each([this](const auto& one, Index who) {
      const auto k = static_cast<std::size_t>(who);
      books_[k](one);
      if (columns_ > 0) origins_[k].push_back(detail::read_origins(books_[k].book(), one.number, columns_));
    });
  }

  /// As a probe; who was not refitted has no numbers.
  template <class Population>
  void operator()(const Population& g, std::span<double> out) {
    catch_up();
    const std::size_t last = columns_ > 0 ? columns_ + 2 : 0, width = out.size() / books_.size() - last;
    std::fill(out.begin(), out.end(), std::numeric_limits<double>::quiet_NaN());
    g.for_each([&](const auto& one, Index who) {
      const auto k = static_cast<std::size_t>(who);
      books_[k](one, out.subspan(k * width, width));
      if (columns_ > 0)
        detail::write_origins(detail::read_origins(books_[k].book(), one.number, columns_),
                              out.subspan(books_.size() * width + k * last, last));
    });
  }

 private:
  using peers = detail::peer_books<experiment_type, Space>;

  [[nodiscard]] static std::string prefix_of(Index who) { return "m" + argument::text(who) + "_"; }

  void require_member(std::string_view function, Index who) const {
    argument::require(who >= 0 && who < static_cast<Index>(books_.size()), function, "who", who,
                      "be a member of the population");
  }

  /// Tells each book where the others are. They stay there: a deque's entries do.
  void meet() {
    origins_.resize(books_.size());
    for (std::size_t k = 0; k < books_.size(); ++k) {
      peers& mine = peers_.emplace_back();
      mine.me = static_cast<Index>(k);
      for (const ledger_type& one : books_) mine.of.push_back(&one.book().sources());
      books_[k].book().join(&mine);
    }
  }

  void catch_up() {
    for (ledger_type& one : books_) one.book().catch_up();
  }

  bool grouped_ = false;
  std::size_t columns_ = 0;
  std::vector<std::vector<origin_row>> origins_;
  std::deque<ledger_type> books_;
  std::deque<peers> peers_;
};

}  // namespace simulacra
