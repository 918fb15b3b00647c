#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>

namespace simulacra {

/// Who dominates a population: from whose first data the members' data descend. A probe for `run_ensemble` of a population.
///
/// Member k's first data are founder k, and so is the model of a frozen member; fresh real data of later generations are `real`. A share w
/// of a training law hands down w of what its source descends from:
/// \f[ a_i(T_t)=\sum_sw_s\,a(\mathrm{source}\ s),\qquad a(Q_{t+1,i})=a_i(T_t) \f]
/// | number | meaning, over the mean of the members that are refitted |
/// |---|---|
/// | `founders` | \f$1/\sum a_k^2\f$, the effective number of founders (`real` apart) |
/// | `largest_share` | of the founder whose share is largest |
/// | `dominant` | the number of that member |
/// | `real_share` | of fresh real data |
/// Cost O(K) for each ingredient of each member; memory O(depth K^2).
class ancestry {
 public:
  /// @param depth  how many generations back recipes reach for kept data, models and laws; the first data are always known
  /// @throw std::invalid_argument unless depth >= 1
  explicit ancestry(Index depth = 2) : depth_(depth) {
    argument::require(depth >= 1, "ancestry", "depth", depth, "be at least 1");
  }

  [[nodiscard]] std::vector<std::string> names() const { return {"founders", "largest_share", "dominant", "real_share"}; }

  template <class Population>
  void operator()(const Population& g, std::span<double> out) {
    const auto members = static_cast<std::size_t>(g.size());
    if (g.number == 1) {
      argument::require_room(g.size(), g.size() + 1, sizeof(double), "ancestry", "members");
      members_ = members;
      rows_.clear();
      first_ = 0;
    }
    generation_rows now(members_);
    const Index t = g.number - 1;
    row mean(members_ + 1);
    double seen = 0;
    g.for_each([&](const auto& one, Index who) {
      row& all = now.all[static_cast<std::size_t>(who)];
      row& fresh = now.fresh[static_cast<std::size_t>(who)];
      all.assign(members_ + 1, 0);
      if (t == 0) {
        all[static_cast<std::size_t>(who)] = 1;
        fresh = all;
      } else {
        fresh.assign(members_ + 1, 0);
        double drawn = 0;
        for (const law_part& part : one.law) {
          const bool anew = part.from.what != source::kind::data && part.from.what != source::kind::batch;
          hand_down(part, who, all);
          if (!anew) continue;
          hand_down(part, who, fresh);
          drawn += part.share;
        }
        for (double& share : fresh) share = drawn > 0 ? share / drawn : 0;
      }
      for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += all[k];
      seen += 1;
    });
    if (t == 0) first_rows_ = now;
    rows_.push_back(std::move(now));
    if (static_cast<Index>(rows_.size()) > depth_) rows_.pop_front(), ++first_;
    double sum = 0, squares = 0, largest = 0;
    std::size_t dominant = 0;
    for (std::size_t k = 0; k < members_; ++k) {
      const double share = mean[k] / seen;
      sum += share;
      squares += share * share;
      if (share > largest) largest = share, dominant = k;
    }
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    out[0] = squares > 0 ? sum * sum / squares : none;
    out[1] = seen > 0 ? largest : none;
    out[2] = largest > 0 ? static_cast<double>(dominant) : none;
    out[3] = seen > 0 ? mean[members_] / seen : none;
  }

 private:
  using row = std::vector<double>;  // the founders' shares, then that of fresh real data

  /// Of one generation, member by member: what its training data descend from, and what those of them that were drawn anew do. Empty for
  /// who was not refitted.
  struct generation_rows {
    explicit generation_rows(std::size_t members = 0) : all(members), fresh(members) {}
    std::vector<row> all, fresh;
  };

  void hand_down(const law_part& part, Index reader, row& to) const {
    const source& from = part.from;
    const bool model = from.what == source::kind::model;
    if (from.what == source::kind::truth || (model && from.generation == 0)) {
      to[members_] += part.share;
      return;
    }
    const auto who = static_cast<std::size_t>(from.who == myself ? reader : Index{from.who});
    const row& of = find(model ? from.generation - 1 : from.generation, who, from.what == source::kind::batch);
    if (of.empty())
      to[who] += part.share;  // frozen
    else
      for (std::size_t k = 0; k < to.size(); ++k) to[k] += part.share * of[k];
  }

  [[nodiscard]] const row& find(Index generation, std::size_t who, bool fresh) const {
    const auto of = [&](const generation_rows& rows) -> const row& { return fresh ? rows.fresh[who] : rows.all[who]; };
    if (generation == 0) return of(first_rows_);
    const Index newest = first_ + static_cast<Index>(rows_.size()) - 1;
    argument::require(generation >= first_ && generation <= newest, "ancestry", "generation that is read", generation,
                      "be no further back than `depth`");
    // Who has ended goes on publishing what it published last.
    for (Index s = generation; s > first_; --s)
      if (const row& found = of(rows_[static_cast<std::size_t>(s - first_)]); !found.empty()) return found;
    return of(rows_.front()).empty() ? of(first_rows_) : of(rows_.front());
  }

  Index depth_;
  std::size_t members_ = 0;
  Index first_ = 0;  ///< the generation of the oldest rows
  std::deque<generation_rows> rows_;
  generation_rows first_rows_;
};

}  // namespace simulacra
