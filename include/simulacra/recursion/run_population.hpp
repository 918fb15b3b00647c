#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/member_lines.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/population.hpp>
#include <simulacra/recursion/population_lists.hpp>

namespace simulacra {

/// What an observer sees of a population after a generation: all its members. References are good during the call.
template <class Run>
struct population_generation {
  Index number;                           ///< refits away from the truth, 1 for the first models
  const typename Run::truth_type& truth;  ///< the original law
  const stream& root;                     ///< of the population; each member's generation has its own
  const Run& run;

  /// How many members there are, frozen ones too.
  [[nodiscard]] Index size() const noexcept { return run.members(); }

  /// Calls f(g, who) with the `generation` of each member that was refitted in this one: not of frozen ones, nor of those that have ended.
  template <class F>
  void for_each(F&& f) const {
    run.each([&](const auto& lines) { lines.for_each(number, f); });
  }

  /// Calls f(model, who) with the model that each member publishes: also of frozen ones, and of those that have ended after a fit.
  template <class F>
  void for_each_model(F&& f) const {
    run.each([&](const auto& lines) { lines.for_each_model(f); });
  }
};

/// One run of a population.
/// @tparam Models  of each kind of member, in the order in which they were given
template <class... Models>
struct population_lineage {
  Index generations = 0;           ///< generations in which at least one member was refitted
  ending why = ending::completed;  ///< why it ended there; what became of each member stands in its own lineage
  std::string failure;             ///< of the first member that failed, with its number where there are several; else empty
  Index failed = 0;                ///< members that ended as a failure
  std::tuple<std::vector<lineage<Models>>...> kinds;  ///< of each kind of member, one lineage each

  /// The lineages of the members of one kind: `run.of<0>()`.
  template <std::size_t I>
  [[nodiscard]] const auto& of() const noexcept {
    return std::get<I>(kinds);
  }
};

namespace detail {

/// A population while it runs.
template <class Truth, class... Members>
class population_run {
 public:
  using truth_type = Truth;
  using self = population_run;
  template <class Member>
  using lines_of =
      std::conditional_t<member_kind<Member>::fitted, member_lines<Truth, Member, self>, frozen_lines<Truth, Member, self>>;
  using seen = population_generation<self>;
  using result_type = population_lineage<typename lines_of<Members>::model_type...>;

  population_run(const population<Truth, Members...>& what, const plan& how, const stream& root)
      : population_run(what, how, root, std::index_sequence_for<Members...>{}) {}
  population_run(const population_run&) = delete;
  population_run& operator=(const population_run&) = delete;

  [[nodiscard]] Index members() const noexcept { return members_; }

  /// The root of a member's draws, or, of `everyone`, of those that belong to none. A member 0 draws what a lineage draws.
  [[nodiscard]] stream root_of(std::int32_t name) const {
    if (name == 0) return root_;
    return root_.of_member(static_cast<std::uint32_t>(name < 0 ? source::most_members - 1 : Index{name}));
  }

  void require_over(const source& from) const {
    argument::require(from.generation >= 0 && from.generation < now_, "run_population", "ingredient.from.generation",
                      from.generation, "be a generation that is over when it is asked for");
  }
  void require_made(const source& from) const {
    argument::require(from.generation >= 0 && from.generation <= now_, "run_population", "ingredient.from.generation",
                      from.generation, "be a model that there is already");
  }

  template <class F>
  void each(F&& f) const {
    std::apply([&](const auto&... lines) { (f(std::as_const(*lines)), ...); }, lines_);
  }

  /// Calls f with the members among which there is the one with this number.
  template <class F>
  void with_member(Index who, F&& f) const {
    each([&](const auto& lines) {
      if (who >= lines.first() && who < lines.first() + lines.size()) f(lines);
    });
  }

  /// Makes the models of generation t + 1.
  /// @param show  is shown each part of each member's data
  template <class Show>
  void advance(Index t, Index samples, const Show& show) {
    now_ = t;
    lists_.clear();
    each_of_mine([&](auto& lines) {
      lines.ask(t, samples, members_, [&](ingredients& list, Index who) { lists_.push_back({&list, who}); });
    });
    settle_lists(lists_, members_, root_of(static_cast<std::int32_t>(everyone)), t);
    each_of_mine([&](auto& lines) { lines.fit(t, samples, show); });
    each_of_mine([&](auto& lines) { lines.publish(t); });
  }

  /// How many members go on, and how all ended so far.
  [[nodiscard]] Index going(result_type& result) {
    Index active = 0, completed = 0;
    result.failed = 0;
    each_of_mine([&](auto& lines) {
      Index who = lines.first();
      lines.for_each_story([&](auto& story, bool goes_on) {
        active += goes_on ? 1 : 0;
        completed += story.why == ending::outcome ? 1 : 0;
        if (story.why == ending::failure && result.failed++ == 0)
          result.failure = (members_ > 1 ? "member " + argument::text(who) + ": " : std::string()) + story.failure;
        ++who;
      });
    });
    if (active == 0) result.why = completed > 0 ? ending::outcome : ending::failure;
    return active;
  }

  void finish(result_type& result) { finish(result, std::index_sequence_for<Members...>{}); }

 private:
  template <std::size_t... I>
  population_run(const population<Truth, Members...>& what, const plan& how, const stream& root, std::index_sequence<I...>)
      : root_(root),
        members_(what.size()),
        needs_(needs_of(what)),
        lines_(start(what, std::get<I>(what.members), how, I)...) {}

  template <class Member>
  std::unique_ptr<lines_of<Member>> start(const population<Truth, Members...>& what, const Member& given, const plan& how,
                                          std::size_t number) {
    Index first = 0;
    std::size_t k = 0;
    for_each_kind(what, [&]<class M>(const M& m) { first += k++ < number ? member_kind<M>::count(m) : 0; });
    return std::make_unique<lines_of<Member>>(what.truth, given, needs_[number], how, *this, first);
  }

  /// What each kind keeps: what its own recipe reads, and what those of others do.
  static std::vector<retention> needs_of(const population<Truth, Members...>& what) {
    argument::require(what.size() < source::most_members, "run_population", "members", what.size(), "be below 2^24 - 1");
    std::vector<retention> needs;
    retention shared;
    for_each_kind(what, [&]<class M>(const M& m) {
      retention keeps;
      if constexpr (member_kind<M>::fitted) {
        keeps = retention_of(member_kind<M>::each(m).recipe);
      }
      if (keeps.others_too) shared = both(shared, for_others(keeps));
      needs.push_back(keeps);
    });
    for (retention& keeps : needs) keeps = both(keeps, shared);
    return needs;
  }

  template <class F>
  void each_of_mine(F&& f) {
    std::apply([&](auto&... lines) { (f(*lines), ...); }, lines_);
  }

  template <std::size_t... I>
  void finish(result_type& result, std::index_sequence<I...>) {
    const auto one = [&](auto& lines, auto& out) {
      lines.for_each_story([&](auto& story, bool) { out.push_back(std::move(story)); });
    };
    (one(*std::get<I>(lines_), std::get<I>(result.kinds)), ...);
  }

  const stream root_;
  Index members_;
  Index now_ = 0;
  std::vector<retention> needs_;
  std::vector<list_of_member> lists_;
  std::tuple<std::unique_ptr<lines_of<Members>>...> lines_;  // they refer to each other's place
};

}  // namespace detail

/// Runs a population: in each generation every member gathers what its recipe names, of its own and of others, all are fitted, and then
/// all of them publish. So nobody reads a model that is younger than the others', and the order of the members does not matter.
///
/// A population of one member runs as the lineage of that member, with the same bits.
/// @param what       the truth and its members
/// @param how        as for `run_lineage`; `samples` and `stop` hold for each member
/// @param root       member 0 draws from it as a lineage would; the others have streams of their own, in which only the member differs
/// @param observers  callables that take `const population_generation<...>&` and return nothing or a `flow`
/// @return the lineage of each member. A member that has ended (by `stop`, or as a failure after its first fit) goes on publishing its
///         last model; who reads what it has not got ends too.
/// @throw std::invalid_argument for a caller's mistake
/// Complexity: generations times the members' gatherings and fits; the pool (`everyone`) takes one number for each observation in it.
template <class Truth, class... Members, class... Observers>
auto run_population(const population<Truth, Members...>& what, const plan& how, const stream& root,
                    Observers&&... observers) {
  static_assert((detail::check_member<Truth, Members>() && ...));
  using run_type = detail::population_run<Truth, Members...>;
  static_assert((observer_of<Observers, typename run_type::seen> && ...),
                "simulacra: an observer of a population must be callable with `const population_generation<...>&` (write it "
                "as [](const auto& g) {...}) and return nothing or a simulacra::flow");
  detail::require_numbers(how, "run_population");
  run_type run(what, how, root);
  typename run_type::result_type result;
  const detail::member_part_shower<std::remove_reference_t<Observers>...> show{{observers...}};
  for (Index t = 0; t < how.generations; ++t) {
    run.advance(t, how.samples(t), show);
    const Index active = run.going(result);
    if (result.why == ending::failure) break;
    result.generations = t + 1;
    const bool go_on = detail::observe(typename run_type::seen{t + 1, what.truth, root, run}, observers...);
    if (!go_on) result.why = ending::observer;
    if (!go_on || active == 0) break;
  }
  run.finish(result);
  return result;
}

}  // namespace simulacra
