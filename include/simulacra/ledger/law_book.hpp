#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/chain_of.hpp>
#include <simulacra/ledger/edited_part.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/pantry.hpp>
#include <simulacra/recursion/place.hpp>

namespace simulacra::detail {

/// What the pantry keeps for whoever only wants to know laws: models as they are sampled. Kept data are shown again whenever they are used.
template <class Chain>
struct law_book_goods {
  struct value {};
  using model = std::shared_ptr<const typename Chain::sampled_type>;
  static constexpr std::string_view caller = "ledger";
  static constexpr std::string_view missing_data =
      "be one that the recipe's keeps() names: is this ledger of the experiment that is run?";
  static constexpr std::string_view missing_law = missing_data;
};

/// Follows a lineage, and says of each generation what law T its data were drawn from: a mixture of the truth, of models, and of data that
/// were kept. (`source_book` also says where these lie, and why.)
template <class Experiment>
class law_book {
 public:
  using chain = chain_of<Experiment>;
  using law_type = typename chain::law_type;

  /// @param what  stays where it is as long as the book is used
  explicit law_book(const Experiment& what)
      : what_(&what), pantry_({.models = retention_of(what.recipe).models, .laws = retention_of(what.recipe).laws}) {}

  /// Notes a part of the training data of a generation.
  void gathered(const gathered_part<typename chain::training_type>& part) {
    if (part.number == 0) {
      generation_ = part.generation;
      kept_.clear();
      edited_.clear();
    }
    edited_.push_back(part.what.from.what == source::kind::edit ? edited(part) : nullptr);
    const bool fresh = is_fresh(part.what.from);
    kept_.push_back(fresh ? nullptr : std::make_unique<const kept_type>(part.data, true));
  }

  /// Which generation's parts were noted last; -1 before the first.
  [[nodiscard]] Index generation() const noexcept { return generation_; }

  /// T, given the shares that the loop has found. Good until the next part is noted.
  /// @param truth  of this generation; stays where it is as long as T is used
  [[nodiscard]] const law_type& settle(const training_law& shares, const typename chain::truth_type& truth) {
    law_.clear();
    training_law fresh;
    for (std::size_t i = 0; i < shares.size(); ++i)
      if (edited_[i] != nullptr)
        add_edit(shares[i].share, *edited_[i]);
      else if (is_fresh(shares[i].from))
        fresh.push_back(shares[i]);
      else if (shares[i].share > 0)
        law_.add(shares[i].share, *kept_[i]);
    for (const auto& [from, share] : pantry_.resolved(fresh))
      if (from.what == source::kind::truth)
        law_.add(share, truth);
      else
        law_.add(share, *pantry_.model_of(from.generation));
    pantry_.put_law(generation_, shares);
    return law_;
  }

  /// Takes the newest model.
  template <class Model>
  void keep(Index number, const Model& model, const stream& root) {
    pantry_.put(number, std::make_shared<const typename chain::sampled_type>(
                            decode_at(what_->decoder, model, number, what_->truth, root)));
  }

 private:
  using kept_type = typename chain::kept_type;
  using edited_type = typename chain::edited_type;

  [[nodiscard]] std::unique_ptr<const edited_type> edited(
      [[maybe_unused]] const gathered_part<typename chain::training_type>& part) const {
    if constexpr (chain::edits) {
      const Index from = part.what.from.generation;
      return std::make_unique<const edited_type>(
          law_of_edit<chain>(part, what_->truth, from > 0 ? pantry_.model_of(from) : nullptr));
    } else {
      reject_edit();
    }
  }
  void add_edit([[maybe_unused]] double share, [[maybe_unused]] const edited_type& law) {
    if constexpr (chain::edits)
      if (share > 0) law_.add(share, law);
  }

  const Experiment* what_;
  Index generation_ = -1;
  std::vector<std::unique_ptr<const kept_type>> kept_;      ///< of the parts, those that are no fresh draws
  std::vector<std::unique_ptr<const edited_type>> edited_;  ///< of those that are edits, what they were drawn from
  pantry<law_book_goods<chain>> pantry_;
  law_type law_;
};

}  // namespace simulacra::detail
