#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/account_goods.hpp>
#include <simulacra/ledger/ledger.hpp>
#include <simulacra/ledger/ledger_row.hpp>
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
/// As a probe its columns are those of `ledger`, the prefix being `m0_`, `m1_`, ...: for a few members. Costs what K ledgers cost.
template <class Truth, class E, class R, class D, class Space>
class population_ledger {
 public:
  using experiment_type = experiment<Truth, E, detail::seated<R>, D>;
  using ledger_type = ledger<experiment_type, Space>;
  using training_type = typename experiment_type::training_type;

  /// @throw std::invalid_argument as `ledger`
  population_ledger(const population<Truth, many_members<member<E, R, D>>>& all, const Space& space,
                    const ledger_options& how = {}) {
    const experiment_type each = detail::experiment_of(all);
    for (Index k = 0; k < all.size(); ++k) books_.emplace_back(each, space, how, "m" + argument::text(k) + "_");
    meet();
  }
  population_ledger(const population_ledger& other) : books_(other.books_) { meet(); }
  population_ledger& operator=(const population_ledger&) = delete;
  ~population_ledger() = default;

  /// The ledger of a member: its rows, where this was used as an observer, and its accounts.
  /// @throw std::invalid_argument if there is no such member
  [[nodiscard]] const ledger_type& of(Index who) const {
    argument::require(who >= 0 && who < static_cast<Index>(books_.size()), "population_ledger::of", "who", who,
                      "be a member of the population");
    return books_[static_cast<std::size_t>(who)];
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const ledger_type& one : books_)
      for (std::string& name : one.names()) all.push_back(std::move(name));
    return all;
  }

  template <class Observations>
  void gathered(const gathered_part<training_type>& part, const Observations& observations, Index who) {
    books_[static_cast<std::size_t>(who)].gathered(part, observations);
  }

  /// As an observer.
  template <class Population>
  void operator()(const Population& g) {
    catch_up();
    g.for_each([this](const auto& one, Index who) { books_[static_cast<std::size_t>(who)](one); });
  }

  /// As a probe; who was not refitted has no numbers.
  template <class Population>
  void operator()(const Population& g, std::span<double> out) {
    catch_up();
    const std::size_t width = out.size() / books_.size();
    std::fill(out.begin(), out.end(), std::numeric_limits<double>::quiet_NaN());
    g.for_each([&](const auto& one, Index who) {
      books_[static_cast<std::size_t>(who)](one, out.subspan(static_cast<std::size_t>(who) * width, width));
    });
  }

 private:
  using peers = detail::peer_books<experiment_type, Space>;

  /// Tells each book where the others are. They stay there: a deque's entries do.
  void meet() {
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

  std::deque<ledger_type> books_;
  std::deque<peers> peers_;
};

}  // namespace simulacra
