#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/chain_end.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/gather.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/member_reader.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/population.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/training_set.hpp>

/// The members of a population while it runs, kind by kind.
namespace simulacra::detail {

/// Members that are refitted, all of one kind.
template <class Truth, class Member, class Run>
class member_lines {
 public:
  using kind = member_kind<Member>;
  using one = typename kind::one;
  using chain = experiment<Truth, decltype(one::estimator), seated<decltype(one::recipe)>, decltype(one::decoder)>;
  using model_type = typename chain::model_type;
  using seen = generation<Truth, typename chain::training_type, model_type>;

  /// @param needs  what each of these members keeps
  member_lines(const Truth& truth, const Member& given, const retention& needs, const plan& how, const Run& run, Index first)
      : what_{truth, kind::each(given).estimator, {kind::each(given).recipe, needs}, kind::each(given).decoder},
        how_(how),
        first_(first) {
    const draw way = decide(what_, how.how, needs, "run_population");
    for (Index k = 0; k < kind::count(given); ++k) lines_.emplace_back(what_, how, run, first + k, way);
  }
  member_lines(const member_lines&) = delete;
  member_lines& operator=(const member_lines&) = delete;

  [[nodiscard]] Index first() const noexcept { return first_; }
  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(lines_.size()); }

  // --- what others read ----------------------------------------------------------------------------------------------------------

  template <class F>
  void with_model(const source& from, F& f) const {
    const auto& line = at(from.who);
    line.others.run->require_made(from);
    Index number = from.generation;
    if (!line.goes_on)
      number = (std::min)(number, line.story.generations);  // who has ended goes on publishing its last model
    require_any(line, from);
    f(decode_at(what_.decoder, line.kept.model_of(number), number, what_.truth, line.root));
  }
  [[nodiscard]] auto taken(ingredient part) const {
    const auto& line = at(part.from.who);
    if (part.from.generation > line.gathered) throw ended(part.from, "no data of generation ");
    part.from.who = static_cast<std::int32_t>(myself);
    part.weight = ingredient{}.weight;
    return line.kept.taken(part);
  }
  [[nodiscard]] training_law law_of(const source& from) const {
    const auto& line = at(from.who);
    if (from.generation > line.gathered) throw ended(from, "no data of generation ");
    return line.kept.law_of(from.generation);
  }

  // --- a generation --------------------------------------------------------------------------------------------------------------

  /// Asks each member's recipe what it wants to read, and hands the list to f, to be changed where it names the pool.
  template <class F>
  void ask(Index t, Index samples, Index members, F&& f) {
    for (Index k = 0; k < size(); ++k)
      if (auto& line = line_of(k); line.goes_on) {
        line.list = what_.recipe.list(t, samples, {first_ + k, members});
        f(line.list, first_ + k);
      }
  }

  /// Gathers and fits; the new models are published when every member has one.
  template <class Show>
  void fit(Index t, Index samples, const Show& show) {
    for (auto& line : lines_) {
      if (!line.goes_on) continue;
      bool fitting = false;
      try {
        const auto& data = line.kept.gather(t, samples, line.list, line.root,
                                            show.template of<typename chain::training_type>(line.others.me));
        line.gathered = t;
        fitting = true;
        line.fresh.emplace(refit(what_, line.kept, data, t, how_, line.root));
      } catch (...) {
        end_by_exception(line.story, fitting, line.kept.data());
        line.goes_on = false;
      }
    }
  }

  void publish(Index t) {
    for (auto& line : lines_) {
      line.refitted = line.fresh.has_value();
      if (!line.refitted) continue;
      auto& [model, result] = *line.fresh;
      line.story.generations = t + 1;
      if (!result.ok()) note(line.story, t + 1, result);
      if (how_.snapshot_every > 0 && (t + 1) % how_.snapshot_every == 0) line.story.snapshots.push_back({t + 1, model});
      line.story.last = result;
      if (how_.stop(result.what)) {
        line.goes_on = false;
        line.story.why = ending::outcome;
      }
      line.kept.keep(t + 1, std::move(model));
      line.fresh.reset();
    }
  }

  /// Calls f(generation, who) for each member that was refitted last.
  template <class F>
  void for_each(Index number, F&& f) const {
    for (const auto& line : lines_)
      if (line.refitted)
        f(seen{number, line.kept.truth(), line.kept.law(), line.kept.data(), *line.kept.model(), line.story.last, line.root},
          line.others.me);
  }
  /// Calls f(model, who) for each member that has one.
  template <class F>
  void for_each_model(F&& f) const {
    for (const auto& line : lines_)
      if (line.kept.model()) f(*line.kept.model(), line.others.me);
  }

  /// Calls f(lineage, whether it goes on) for each member.
  template <class F>
  void for_each_story(F&& f) {
    for (auto& line : lines_) {
      line.story.model = line.kept.model();
      f(line.story, line.goes_on);
    }
  }

 private:
  struct line_type {
    reader<Run> others;
    gatherer<chain, reader<Run>> kept;
    lineage<model_type> story;
    stream root;
    ingredients list;
    std::optional<fitted<model_type>> fresh;
    Index gathered = -1;  ///< the newest generation whose data were
    bool goes_on = true, refitted = false;

    line_type(const chain& what, const plan& how, const Run& run, Index me, draw way)
        : others{&run, me, way}, kept(what, how.how, &others), root(run.root_of(static_cast<std::int32_t>(me))) {}
    line_type(const line_type&) = delete;
    line_type& operator=(const line_type&) = delete;
  };

  [[nodiscard]] line_type& line_of(Index k) { return lines_[static_cast<std::size_t>(k)]; }
  [[nodiscard]] const line_type& at(Index who) const { return lines_[static_cast<std::size_t>(who - first_)]; }

  static void require_any(const line_type& line, const source& from) {
    if (!line.kept.model()) throw ended(from, "no model of generation ");
  }
  static chain_end ended(const source& from, std::string_view what) {
    return {"member " + argument::text(Index{from.who}) + " has " + std::string(what) + argument::text(from.generation) +
                ": it has ended",
            "another member, whose output was to be read, has ended"};
  }

  chain what_;
  const plan& how_;
  Index first_;
  std::deque<line_type> lines_;  // a line is referred to, and stays where it is
};

/// A member that is not refitted.
template <class Truth, class Member, class Run>
class frozen_lines {
 public:
  using model_type = decltype(Member::model);

  frozen_lines(const Truth& truth, const Member& given, const retention&, const plan&, const Run& run, Index first)
      : truth_(truth), what_(given), first_(first), root_(run.root_of(static_cast<std::int32_t>(first))) {}

  [[nodiscard]] Index first() const noexcept { return first_; }
  [[nodiscard]] Index size() const noexcept { return 1; }

  template <class F>
  void with_model(const source& from, F& f) const {
    f(decode_at(what_.decoder, what_.model, from.generation, truth_, root_));
  }
  [[nodiscard]] training_set<data_of<Truth>, no_summary> taken(const ingredient& part) const { reject(part.from); }
  [[nodiscard]] training_law law_of(const source& from) const { reject(from); }

  template <class F>
  void ask(Index, Index, Index, F&&) {}
  template <class Show>
  void fit(Index, Index, const Show&) {}
  void publish(Index) {}
  template <class F>
  void for_each(Index, F&&) const {}
  template <class F>
  void for_each_model(F&& f) const {
    f(what_.model, first_);
  }
  template <class F>
  void for_each_story(F&& f) {
    lineage<model_type> story;
    story.model = what_.model;
    f(story, false);
  }

 private:
  [[noreturn]] static void reject(const source& from) {
    argument::reject("run_population", "ingredient.from.who", Index{from.who},
                     "be a member that is fitted to data: a frozen one has none");
  }

  const Truth& truth_;
  const Member& what_;
  Index first_;
  stream root_;
};

}  // namespace simulacra::detail
