#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/account_goods.hpp>
#include <simulacra/ledger/edited_part.hpp>
#include <simulacra/ledger/part_blocks.hpp>
#include <simulacra/ledger/setting.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/pantry.hpp>
#include <simulacra/recursion/recipe.hpp>
#include <simulacra/recursion/shelf.hpp>

namespace simulacra::detail {

/// The accounts of everything that training data can come from: the truth, models, kept data, and laws of earlier generations. It
/// follows the ingredients of each generation, and says what law T they were drawn from, with T's account.
template <class Experiment, class Space>
class source_book {
 public:
  using goods = account_goods<Experiment, Space>;
  using setting_type = setting<Experiment, Space>;
  using chain = typename setting_type::chain;
  using training_type = typename chain::training_type;
  using sampled_type = typename chain::sampled_type;
  using kept_type = typename chain::kept_type;
  using law_type = typename chain::law_type;
  using vector = typename Space::vector;
  using account_type = account<vector>;
  using blocks_type = part_blocks<typename chain::data_type>;

  /// @param peers  of a population: the books of all members; null of a lineage
  [[gnu::cold]] explicit source_book(const setting_type& s, const peer_books<Experiment, Space>* peers = nullptr)
      : setting_(&s),
        peers_(peers),
        pantry_(s.keeps, goods{&s, peers}),
        law_books_(s.keeps.laws),
        mixed_(s.sums().blank()),
        scratch_(s.space.zero()) {}

  /// Notes an ingredient of generation t while it is gathered.
  [[gnu::cold]] void gathered(const gathered_part<training_type>& part, [[maybe_unused]] const blocks_type& observations) {
    if (part.number == 0) {
      generation_ = part.generation;
      parts_.clear();
    }
    note n{part.what, part.data.weight(), nullptr, nullptr};
    if (part.what.from.what == source::kind::edit) n.edit = edited(part);
    if constexpr (may_keep_data) {
      if (!is_fresh(part.what.from))
        n.data = taken(part, observations);
      else if (setting_->keeps_data() && part.data.count() > 0)
        n.data = describe(part, observations);
    }
    parts_.push_back(std::move(n));
  }

  /// Which generation's parts were noted last; -1 before the first.
  [[nodiscard]] Index generation() const noexcept { return generation_; }

  /// Settles what the noted parts amount to, given the law that the loop has drawn them from, and the truth of that generation.
  [[gnu::cold]] void settle(const training_law& law, [[maybe_unused]] const typename chain::truth_type& truth) {
    if constexpr (moves<typename chain::truth_type>) {
      moved_.law.emplace(truth);
      moved_.books = setting_->truth;
      setting_->move(moved_.books, term::drift, truth);
    }
    mix(law);
    if constexpr (may_keep_data)
      if (setting_->keeps_data()) keep_data();
    if (pantry_.keeps_laws()) {
      pantry_.put_law(generation_, law);
      law_books_.put(generation_, std::make_shared<const account_type>(*training_));
    }
  }

  /// The account of the truth as it is now: of one that moves, what is due is its way since the beginning, under `drift`.
  [[nodiscard]] const account_type& truth() const noexcept {
    if constexpr (moves<typename chain::truth_type>)
      return moved_.books;
    else
      return setting_->truth;
  }

  /// T as a law, and its account; good until the next generation is settled.
  [[nodiscard]] const law_type& law() const noexcept { return law_; }
  [[nodiscard]] const account_type& training() const noexcept { return *training_; }

  /// Takes the newest model as it will be sampled, and its account, which is swapped with an old one so that no vector is made anew.
  /// What `training()` said is lost.
  [[gnu::cold]] void keep(Index number, account_type& books, const sampled_type& law) {
    model_type entry;
    if (const model_type* old = pantry_.outgoing(number)) entry = *old;
    if (!entry) entry = std::make_shared<model_entry>(model_entry{setting_->sums().blank(), std::nullopt});
    std::swap(entry->books, books);
    entry->law = law;
    pantry_.put(number, std::move(entry));
    newest_ = number;
  }

  /// What the data of a generation were drawn from: for other members.
  [[nodiscard]] training_law law_of(Index generation) const {
    return pantry_.resolved({{{source::kind::law, generation}, 1}});
  }

 private:
  using data_entry = typename goods::data_entry;
  using model_entry = typename goods::model_entry;
  using model_type = typename goods::model;
  using value = typename goods::value;

  /// What a model makes of other data, as a law.
  struct edit_entry {
    account_type books;
    typename chain::edited_type law;
  };

  struct note {
    ingredient what;
    double weight = 0;  ///< of the part in its training set
    value data;         ///< null where a fresh part need not be described
    std::shared_ptr<const edit_entry> edit;
  };

  /// Whether the recipe may keep data: one that draws from a single source keeps none, and what follows them is not compiled for it.
  static constexpr bool may_keep_data = !draws_one_source<std::remove_cvref_t<decltype(Experiment::recipe)>>;

  [[nodiscard]] accountant<Space> sums() const { return setting_->sums(); }

  // --- data ----------------------------------------------------------------------------------------------------------

  /// A part of the training data as a law, and where it lies.
  [[gnu::cold]] value describe(const gathered_part<training_type>& part, const blocks_type& observations) {
    return goods{setting_, peers_}.described(part.data, observations, scratch_);
  }

  /// What a kept ingredient amounts to, with its account. What the loop has cut is described anew: no account can be cut.
  [[gnu::cold]] value taken(const gathered_part<training_type>& part, const blocks_type& observations) {
    const source_book& of = member(part.what.from);
    const source from(part.what.from.what, part.what.from.generation);
    if (!of.pantry_.is_first(from)) {
      const value& whole = of.pantry_.kept(from);
      return part.what.count == everything ? whole : closed(describe(part, observations), whole->books);
    }
    if (&of == this && first_front_ && first_front_->law.count() == part.data.count()) return first_front_;
    value front = of.closed(part.data.stored() ? describe(part, observations) : of.pantry_.first_parts(part.data.count()),
                            of.first_law_.value());
    if (&of == this) first_front_ = front;
    return front;
  }

  [[nodiscard]] value closed(const value& data, const account_type& from) const {
    return goods{setting_, peers_}.closed(data, from);
  }

  /// The law of an edit, and its account: the model's, and what asking it there adds to how it is sampled.
  [[gnu::cold]] std::shared_ptr<const edit_entry> edited(const gathered_part<training_type>& part) {
    if constexpr (chain::edits) {
      const Index from = part.what.from.generation;
      std::shared_ptr<const sampled_type> editor;
      if (from > 0) editor = std::make_shared<const sampled_type>(*entry_of(part.what.from)->law);
      auto e = std::make_shared<edit_entry>(
          edit_entry{books_of(part.what.from), law_of_edit<chain>(part, setting_->what.truth, std::move(editor))});
      setting_->move(e->books, term::decoding, e->law);
      return e;
    } else {
      reject_edit();
    }
  }

  [[gnu::cold]] void keep_data() {
    if (generation_ == 0 && setting_->keeps.first_data) first_law_ = *training_;
    std::vector<ingredient> list;
    for (const note& n : parts_) list.push_back(n.what);
    value pool, batch;
    std::size_t next = 0;
    pantry_.combine(generation_, list, pool, batch, [&](const ingredient&, value& x) {
      const note& n = parts_[next++];
      x = n.data;
      if (const double weight = goods::weight(x); weight != n.weight && weight > 0) goods::scale(x, n.weight / weight);
    });
    if (pantry_.keeps_data()) pantry_.put_data(generation_, closed(pool, *training_));
    if (!pantry_.keeps_batches()) return;
    if (batch == nullptr) {
      pantry_.put_batch(generation_, std::make_shared<data_entry>(data_entry{sums().blank(), {}}));
      return;
    }
    account_type fresh_law = sums().blank();  // T without what was kept
    double total = 0;
    for (const note& n : parts_) total += is_fresh(n.what.from) ? n.weight : 0;
    for (const note& n : parts_)
      if (is_fresh(n.what.from)) sums().add(fresh_law, n.weight / total, n.edit ? n.edit->books : books_of(n.what.from));
    pantry_.put_batch(generation_, closed(batch, fresh_law));
  }

  [[nodiscard]] const account_type& books_of(const source& from) const {
    if (from.what == source::kind::law) return *books_of_law(from);
    if (from.what == source::kind::truth || from.generation == 0) return truth();
    return entry_of(from)->books;
  }

  /// The books that a source stands in: this member's, or another's.
  [[nodiscard]] const source_book& member(const source& from) const {
    if (from.who == myself) return *this;
    argument::require(peers_ != nullptr, goods::caller, "ingredient.from.who", Index{from.who}, list_must::name_nobody);
    return *peers_->of[static_cast<std::size_t>(from.who)];
  }

  /// The model of a source; of a member that has ended, its last.
  [[nodiscard]] const model_type& entry_of(const source& from) const {
    const source_book& of = member(from);
    return of.pantry_.model_of(from.who == myself ? from.generation : (std::min)(from.generation, of.newest_));
  }

  [[nodiscard]] const std::shared_ptr<const account_type>& books_of_law(const source& from) const {
    const auto* found = member(from).law_books_.find(from.generation);
    argument::require(found != nullptr, goods::caller, "ingredient.from.generation", from.generation, goods::missing_law);
    return *found;
  }

  /// T and its account from the shares of the ingredients. One ingredient is what it is, and is not copied.
  [[gnu::cold]] void mix(const training_law& law) {
    law_.clear();
    training_law fresh;
    std::size_t drawn = 0;
    for (const law_part& p : law) drawn += p.share > 0 ? 1 : 0;
    if (drawn > 1) sums().clear(mixed_);
    for (std::size_t i = 0; i < law.size(); ++i) {
      if (!(law[i].share > 0)) continue;
      const bool kept = !is_fresh(law[i].from);
      const edit_entry* edit = law[i].from.what == source::kind::edit ? parts_[i].edit.get() : nullptr;
      const account_type& books = kept ? parts_[i].data->books : edit ? edit->books : books_of(law[i].from);
      if (kept)
        law_.add(law[i].share, parts_[i].data->law);
      else if (edit)
        add_edit(*edit, law[i].share);
      else
        fresh.push_back(law[i]);
      if (law[i].from.what == source::kind::law) law_in_use_ = books_of_law(law[i].from);
      if (drawn == 1)
        training_ = &books;
      else
        sums().add(mixed_, law[i].share, books);
    }
    for (const auto& [from, share] : pantry_.resolved(fresh))
      if (from.what == source::kind::truth)
        law_.add(share, truth_law());
      else
        law_.add(share, *entry_of(from)->law);
    if (drawn == 1) return;
    training_ = &mixed_;
    if constexpr (!is_linear_space<Space>) setting_->move(mixed_, term::mixing, law_);
  }

  /// A truth that moves, where it is, and its account.
  struct moved_truth {
    std::optional<typename chain::truth_type> law;
    account_type books;
  };
  struct nothing_moves {};

  [[nodiscard]] const typename chain::truth_type& truth_law() const {
    if constexpr (moves<typename chain::truth_type>)
      return *moved_.law;
    else
      return setting_->what.truth;
  }

  void add_edit([[maybe_unused]] const edit_entry& edit, [[maybe_unused]] double share) {
    if constexpr (chain::edits) law_.add(share, edit.law);
  }

  const setting_type* setting_;
  const peer_books<Experiment, Space>* peers_;
  Index newest_ = 0;  ///< the number of the newest model
  [[no_unique_address]] std::conditional_t<moves<typename chain::truth_type>, moved_truth, nothing_moves> moved_{};
  Index generation_ = -1;
  std::vector<note> parts_;
  pantry<goods> pantry_;
  std::optional<account_type> first_law_;
  value first_front_;
  shelf<std::shared_ptr<const account_type>> law_books_;
  std::shared_ptr<const account_type> law_in_use_;  ///< what training_ may refer to, after its shelf has let go of it
  law_type law_;
  account_type mixed_;
  const account_type* training_ = nullptr;
  vector scratch_;
};

}  // namespace simulacra::detail
