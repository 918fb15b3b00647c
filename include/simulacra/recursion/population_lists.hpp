#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/ingredient.hpp>

/// What `everyone` means in the lists of a population's members: it is said in single members' names before anything is gathered, so that
/// the interpreter of recipes need not know of pools.
namespace simulacra::detail {

/// What one member wants to read in a generation.
struct list_of_member {
  ingredients* list;
  Index who;
};

/// The pool of one generation's models: so many observations are asked for by all, each member publishes an equal part of them (the
/// first ones one more, where it does not come out even), and the readers are dealt them at random.
class dealer {
 public:
  dealer(Index asked, Index members, stream rng) {
    argument::require_room(asked, 1, sizeof(Index), "run_population", "observations asked of the pool");
    publisher_.resize(static_cast<std::size_t>(asked));
    for (Index i = 0; i < asked; ++i) publisher_[static_cast<std::size_t>(i)] = i % members;
    if (members > 1) shuffle(publisher_, rng);
  }

  /// Calls f(publisher, count) for the next n observations.
  template <class F>
  void deal(Index n, F&& f) {
    const auto begin = publisher_.begin() + next_, end = begin + n;
    next_ += n;
    std::sort(begin, end);
    for (auto i = begin; i != end;) {
      const auto next = std::upper_bound(i, end, *i);
      f(*i, static_cast<Index>(next - i));
      i = next;
    }
  }

 private:
  std::vector<Index> publisher_;
  std::ptrdiff_t next_ = 0;
};

/// Says `everyone` in single members' names, and a member's own number as `myself`.
/// @param own  a stream root that belongs to no member
inline void settle_lists(std::vector<list_of_member>& lists, Index members, const stream& own, Index t) {
  using kind = source::kind;
  constexpr auto here = static_cast<std::int32_t>(myself), all = static_cast<std::int32_t>(everyone);
  const auto in_pool = [](const ingredients& list, const ingredient& part) {
    return part.from.what == kind::model && part.from.who == all && part.from.generation > 0 && list.independent_draws == 0;
  };

  std::vector<Index> generations;  // that are asked for from the pool, nearly always one
  std::vector<Index> asked;
  for (const auto& [list, who] : lists) {
    require_sound(*list, "run_population", members);
    for (const ingredient& part : *list)
      if (in_pool(*list, part)) {
        const auto found = std::find(generations.begin(), generations.end(), part.from.generation);
        const auto i = static_cast<std::size_t>(found - generations.begin());
        if (found == generations.end()) generations.push_back(part.from.generation), asked.push_back(0);
        asked[i] = argument::sum_of_counts(asked[i], part.count, "run_population");
      }
  }
  std::vector<dealer> pools;
  for (std::size_t i = 0; i < generations.size(); ++i)
    pools.emplace_back(asked[i], members,
                       own.at(static_cast<std::uint64_t>(t), purpose::subsample, static_cast<std::uint32_t>(i)));

  for (const auto& [list, who] : lists) {
    const auto names_self = [who = who](const ingredient& part) {
      return part.from.who == who && part.from.what != kind::truth;
    };
    if (std::none_of(list->begin(), list->end(), [&](const ingredient& part) {
          return (part.from.who == all && part.from.what != kind::truth) || names_self(part);
        }))
      continue;
    ingredients said;
    said.subsample = list->subsample;
    said.independent_draws = list->independent_draws;
    for (ingredient part : *list) {
      const auto add = [&said, &part, who = who](Index from, Index count, double of) {
        ingredient one = part;
        one.from.who = from == who ? here : static_cast<std::int32_t>(from);
        one.count = count;
        if (one.weighted()) one.weight *= of;
        said.add(one);
      };
      if (in_pool(*list, part)) {
        const auto i = static_cast<std::size_t>(std::find(generations.begin(), generations.end(), part.from.generation) -
                                                generations.begin());
        pools[i].deal(part.count,
                      [&](Index from, Index n) { add(from, n, static_cast<double>(n) / static_cast<double>(part.count)); });
      } else if (part.from.who != all || part.from.what == kind::truth) {
        if (names_self(part)) part.from.who = here;
        said.add(part);
      } else if (part.from.what == kind::model && part.from.generation == 0) {
        part.from.who = here;  // the truth, of which everybody draws by himself
        said.add(part);
      } else {
        argument::require(part.from.what == kind::model || part.from.what == kind::law || part.count == everything,
                          "run_population", "ingredient.count", part.count,
                          "be `everything` of what `everyone` keeps: name the members to cut their data");
        argument::require(!part.weighted() || is_fresh(part.from), "run_population", "ingredient.weight", part.weight,
                          "be left out where the kept data of `everyone` are read: name the members to weigh them");
        for (Index from = 0; from < members; ++from) add(from, part.count, 1 / static_cast<double>(members));
      }
    }
    *list = said;
  }
}

}  // namespace simulacra::detail
