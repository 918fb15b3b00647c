#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/laws/edited_law.hpp>
#include <simulacra/laws/empirical_law.hpp>
#include <simulacra/laws/mixed_law.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/term.hpp>
#include <simulacra/recursion/decoder.hpp>
#include <simulacra/recursion/draw_from.hpp>
#include <simulacra/recursion/edit.hpp>
#include <simulacra/recursion/experiment.hpp>

namespace simulacra::detail {

/// The types of an experiment's laws, and what its estimator can do with them.
template <class Experiment>
struct chain_of {
  using truth_type = typename Experiment::truth_type;
  using data_type = typename Experiment::data_type;
  using summary_type = typename Experiment::summary_type;
  using model_type = typename Experiment::model_type;
  using training_type = typename Experiment::training_type;
  using sampled_type = decoded_model<Experiment>;
  using kept_type = empirical_law<data_type, summary_type>;
  using edited_type = edited_law<data_type>;

  /// Whether data may be what models have made of others.
  static constexpr bool edits = recipe_edits<std::remove_cvref_t<decltype(std::declval<const Experiment&>().recipe)>> &&
                                edits_data<sampled_type, data_type>;
  using law_type = std::conditional_t<edits, mixed_law_of<data_type, truth_type, sampled_type, kept_type, edited_type>,
                                      mixed_law_of<data_type, truth_type, sampled_type, kept_type>>;
  using estimator_type = std::remove_cvref_t<decltype(std::declval<const Experiment&>().estimator)>;

  /// Whether models are sampled as something else than they are.
  static constexpr bool decodes =
      !std::same_as<std::remove_cvref_t<decltype(std::declval<const Experiment&>().decoder)>, as_is>;

  /// Whether A*(T) has a closed form for every law of a type.
  template <class Law>
  static constexpr bool always_projects =
      projects<estimator_type, Law> && !requires(const estimator_type& e, const Law& law) { e.holds(law); };

  /// Whether A*(T) can be had at all, so that expressivity and approximation can be told apart.
  static constexpr bool splits = has_ideal<estimator_type> ||
                                 (always_projects<truth_type> && always_projects<sampled_type> && always_projects<law_type>);

  /// Whether the corners of a law have closed forms.
  template <class Law>
  static constexpr bool closes = fits_population<estimator_type, Law> && (always_projects<Law> || !splits);

  /// Whether they have, whatever the recipe mixes.
  static constexpr bool is_closed = !edits && closes<truth_type> && closes<sampled_type> && closes<law_type>;

  /// @throw std::invalid_argument if a ledger is asked for what this estimator cannot give, or for too little
  static void require_possible(const ledger_options& options) {
    argument::require(options.reference >= 4, "ledger", "reference", static_cast<Index>(options.reference),
                      "be at least 4 draws");
    argument::require(options.order == path::paper || options.order == path::bottou_bousquet, "ledger", "order",
                      static_cast<int>(options.order), "be path::paper or path::bottou_bousquet");
    constexpr bool has_exact = has_ideal<estimator_type>;
    argument::require(has_exact || options.order == path::paper, "ledger", "order", "path::bottou_bousquet",
                      "be path::paper: the estimator names no ideal learner");
    argument::require(has_exact || !options.interaction, "ledger", "interaction", "true",
                      "be false: the estimator names no ideal learner, and it takes that one's fit to the data");
  }
};

}  // namespace simulacra::detail
