#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/place_data.hpp>
#include <simulacra/ledger/study.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/shelf.hpp>

namespace simulacra::detail {

/// The accounts of everything that training data can come from: the truth, models, kept data, and laws of earlier generations. It
/// follows the ingredients of each generation, and says what law T they were drawn from, with T's account.
template <class Experiment, class Space>
class source_book {
 public:
  using study_type = study<Experiment, Space>;
  using chain = typename study_type::chain;
  using training_type = typename chain::training_type;
  using sampled_type = typename chain::sampled_type;
  using kept_type = typename chain::kept_type;
  using law_type = typename chain::law_type;
  using vector = typename Space::vector;
  using account_type = account<vector>;

  explicit source_book(const study_type& s)
      : study_(&s),
        models_(s.keeps.laws != 0 || s.keeps.models == everything ? everything : (std::max)(s.keeps.models, Index{1})),
        data_(s.keeps.data),
        batches_(s.keeps.batches),
        laws_(s.keeps.laws),
        mixed_(s.sums().blank()),
        scratch_(s.space.zero()) {}

  /// Notes an ingredient of generation t while it is gathered.
  template <class Observations>
  void gathered(const gathered_part<training_type>& part, const Observations& observations) {
    if (part.number == 0) {
      generation_ = part.generation;
      parts_.clear();
    }
    note n{part.what, part.data.weight(), nullptr, {}};
    if (is_kept(part.what.from))
      n.kept = find_kept(part, observations);
    else if (study_->keeps_data())
      n.fresh = describe(part, observations);
    parts_.push_back(std::move(n));
  }

  /// Which generation's parts were noted last; -1 before the first.
  [[nodiscard]] Index generation() const noexcept { return generation_; }

  /// Settles what the noted parts amount to, given the law that the loop has drawn them from.
  void settle(const training_law& law) {
    mix(law);
    if (study_->keeps_data()) keep_data();
    if (study_->keeps.laws != 0) keep_law();
  }

  /// T as a law, and its account; good until the next generation is settled.
  [[nodiscard]] const law_type& law() const noexcept { return law_; }
  [[nodiscard]] const account_type& training() const noexcept { return *training_; }

  /// Takes the newest model as it will be sampled, and its account, which is swapped with an old one so that no vector is made anew.
  /// What `training()` said is lost.
  void keep(Index number, account_type& books, const sampled_type& law) {
    std::shared_ptr<model_entry> entry;
    if (const auto* old = models_.outgoing(number)) entry = *old;
    if (!entry) entry = std::make_shared<model_entry>(model_entry{study_->sums().blank(), std::nullopt});
    std::swap(entry->books, books);
    entry->law = law;
    models_.put(number, std::move(entry));
  }

 private:
  struct model_entry {
    account_type books;
    std::optional<sampled_type> law;
  };
  struct kept_entry {
    account_type books;
    kept_type law;
  };
  struct law_entry {
    account_type books;
    std::vector<std::pair<source, double>> components;  ///< truth and models, with their shares
  };
  struct fresh_entry {
    vector place;
    kept_type law;
  };
  struct note {
    ingredient what;
    double weight = 0;
    std::shared_ptr<const kept_entry> kept;
    std::optional<fresh_entry> fresh;
  };

  static bool is_kept(const source& from) { return from.what == source::kind::data || from.what == source::kind::batch; }
  [[nodiscard]] accountant<Space> sums() const { return study_->sums(); }

  template <class Observations>
  fresh_entry describe(const gathered_part<training_type>& part, const Observations& observations) {
    // Without a summary it is the observations that closed forms read.
    constexpr bool unsummed = std::same_as<typename chain::summary_type, detail::no_summary>;
    constexpr bool draws_again = !chain::is_closed || !is_linear_space<Space> || unsummed;
    fresh_entry e{study_->space.zero(), kept_type(part.data, draws_again)};
    place_data(*study_, part.data, e.law, observations, scratch_, e.place);
    return e;
  }

  template <class Observations>
  std::shared_ptr<const kept_entry> find_kept(const gathered_part<training_type>& part, const Observations& observations) {
    const source& from = part.what.from;
    const bool of_first = from.what == source::kind::data && from.generation == 0 && study_->keeps.first_data;
    if (!of_first && part.what.count == everything) return kept_of(from);
    if (of_first && first_front_ && first_front_->law.count() == part.data.count()) return first_front_;
    const std::shared_ptr<const kept_entry> whole = of_first ? nullptr : kept_of(from);
    const account_type& drawn_from = of_first ? first_law_.value() : whole->books;
    if (of_first && !part.data.stored()) {  // whole parts of the first data: the loop cuts no summary
      fresh_entry front{study_->space.zero(), {}};
      for (const note& n : first_parts_) {
        if (front.law.count() >= part.data.count()) break;
        merge(front, n.fresh->law, n.fresh->place);
      }
      first_front_ = entry_of(std::move(front), drawn_from);
      return first_front_;
    }
    auto made = entry_of(describe(part, observations), drawn_from);
    if (of_first) first_front_ = made;
    return made;
  }

  [[nodiscard]] std::shared_ptr<const kept_entry> kept_of(const source& from) const {
    return found((from.what == source::kind::batch ? batches_ : data_).find(from.generation), from);
  }

  /// What a shelf holds. A ledger of another recipe than the lineage's keeps other things.
  template <class Entry>
  static const Entry& found(const Entry* entry, const source& from) {
    argument::require(entry != nullptr, "ledger", "ingredient.from.generation", from.generation,
                      "be one that the recipe's keeps() names: is this ledger of the experiment that is run?");
    return *entry;
  }

  /// Data from a law: its account, and the noise of drawing. (The first points of a kept pool are taken for draws from the pool's law,
  /// though all of them may have come from one of its parts. The sum stays right; its terms would need each part's own account.)
  std::shared_ptr<const kept_entry> entry_of(fresh_entry&& data, const account_type& from) const {
    kept_entry e{from, std::move(data.law)};
    sums().book(e.books, term::statistical, data.place, nullptr, from.place, &from.place_error);
    e.books.place = std::move(data.place);
    e.books.place_error.clear();
    return std::make_shared<const kept_entry>(std::move(e));
  }

  /// Joins data to other data, in proportion to their weights.
  void merge(fresh_entry& pool, const kept_type& law, const vector& place) const {
    const double before = pool.law.weight(), total = before + law.weight();
    vector sum = study_->space.zero();
    if (before > 0) study_->space.add(sum, before / total, pool.place);
    study_->space.add(sum, law.weight() / total, place);
    pool.place = std::move(sum);
    pool.law.merge(law);
    if constexpr (!is_linear_space<Space>) study_->space.embed(pool.law, pool.place);
  }

  void keep_data() {
    if (generation_ == 0 && study_->keeps.first_data) {
      first_parts_ = parts_;
      first_law_ = *training_;
    }
    if (study_->keeps.data != 0) data_.put(generation_, pool_of([](const note&) { return true; }, *training_));
    if (study_->keeps.batches != 0) {
      account_type fresh_law = sums().blank();  // T without what was kept
      double total = 0;
      const auto fresh = [](const note& n) { return n.kept == nullptr; };
      for (const note& n : parts_) total += fresh(n) ? n.weight : 0;
      for (const note& n : parts_)
        if (fresh(n)) sums().add(fresh_law, n.weight / total, books_of(n.what.from));
      batches_.put(generation_, pool_of(fresh, fresh_law));
    }
  }

  template <class Pick>
  std::shared_ptr<const kept_entry> pool_of(Pick&& pick, const account_type& from) const {
    fresh_entry pool{study_->space.zero(), {}};
    double weight = 0, count = 0;
    for (const note& n : parts_)
      if (pick(n)) {
        const kept_type& law = n.kept ? n.kept->law : n.fresh->law;
        kept_type weighed = law;
        if (law.weight() != n.weight && law.weight() > 0) weighed.reweight(n.weight / law.weight());
        merge(pool, weighed, n.kept ? n.kept->books.place : n.fresh->place);
        weight += n.weight;
        count += static_cast<double>(law.count());
      }
    if (weight > 0 && weight != count) pool.law.reweight(count / weight);  // in the units in which the loop keeps it
    return entry_of(std::move(pool), from);
  }

  [[nodiscard]] const model_entry& model(Index number) const {
    return *found(models_.find(number), {source::kind::model, number});
  }

  [[nodiscard]] const account_type& books_of(const source& from) const {
    if (from.what == source::kind::law) return found(laws_.find(from.generation), from)->books;
    if (from.what == source::kind::truth || from.generation == 0) return study_->truth;
    return model(from.generation).books;
  }

  /// Keeps T for recipes that draw from laws, and of the models only those that a kept law or the recipe may still ask for.
  void keep_law() {
    laws_.put(generation_, std::make_shared<const law_entry>(law_entry{*training_, flat_}));
    if (study_->keeps.laws == everything || study_->keeps.models == everything) return;
    Index oldest = generation_ + 2 - study_->keeps.models;
    for (Index s = generation_; s > generation_ - study_->keeps.laws && s >= 0; --s)
      for (const auto& [from, share] : (*laws_.find(s))->components)
        if (from.what == source::kind::model) oldest = (std::min)(oldest, from.generation);
    models_.forget_before(oldest);
  }

  /// Adds a source to the list of what T mixes, an earlier law by its components. (Under 1e-30 nothing will ever be drawn.)
  void flatten(double share, const source& from) {
    if (from.what == source::kind::law) {
      for (const auto& [component, part] : found(laws_.find(from.generation), from)->components)
        flatten(share * part, component);
      return;
    }
    const bool is_truth = from.what == source::kind::truth || from.generation == 0;
    const source plain = is_truth ? source{} : from;
    for (auto& [known, sum] : flat_)
      if (known == plain) {
        sum += share;
        return;
      }
    if (share > 1e-30) flat_.emplace_back(plain, share);
  }

  /// T and its account from the shares of the ingredients. One ingredient is what it is, and is not copied.
  void mix(const training_law& law) {
    law_.clear();
    flat_.clear();
    std::size_t drawn = 0;
    for (const law_part& p : law) drawn += p.share > 0 ? 1 : 0;
    if (drawn > 1) sums().clear(mixed_);
    for (std::size_t i = 0; i < law.size(); ++i) {
      if (!(law[i].share > 0)) continue;
      const bool kept = is_kept(law[i].from);
      const account_type& books = kept ? parts_[i].kept->books : books_of(law[i].from);
      if (kept)
        law_.add(law[i].share, parts_[i].kept->law);
      else
        flatten(law[i].share, law[i].from);
      if (law[i].from.what == source::kind::law) law_in_use_ = found(laws_.find(law[i].from.generation), law[i].from);
      if (drawn == 1)
        training_ = &books;
      else
        sums().add(mixed_, law[i].share, books);
    }
    for (const auto& [from, share] : flat_)
      if (from.what == source::kind::truth)
        law_.add(share, study_->what.truth);
      else
        law_.add(share, *model(from.generation).law);
    if (drawn == 1) return;
    training_ = &mixed_;
    if constexpr (!is_linear_space<Space>) {
      const vector mean_of_parts = mixed_.place;
      const embedding_error error_of_parts = mixed_.place_error;
      study_->embed(law_, mixed_.place, mixed_.place_error);
      sums().book(mixed_, term::mixing, mixed_.place, &mixed_.place_error, mean_of_parts, &error_of_parts);
    }
  }

  const study_type* study_;
  Index generation_ = -1;
  std::vector<note> parts_, first_parts_;
  std::optional<account_type> first_law_;
  std::shared_ptr<const kept_entry> first_front_;
  shelf<std::shared_ptr<model_entry>> models_;
  shelf<std::shared_ptr<const kept_entry>> data_, batches_;
  shelf<std::shared_ptr<const law_entry>> laws_;
  std::shared_ptr<const law_entry> law_in_use_;  ///< what training_ may refer to, after its shelf has let go of it
  std::vector<std::pair<source, double>> flat_;
  law_type law_;
  account_type mixed_;
  const account_type* training_ = nullptr;
  vector scratch_;
};

}  // namespace simulacra::detail
