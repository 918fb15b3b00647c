#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/laws/mixed_law.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/empirical_law.hpp>
#include <simulacra/ledger/term.hpp>
#include <simulacra/recursion/experiment.hpp>
#include <simulacra/recursion/recipe.hpp>

/// What a ledger never changes: the experiment, the space in which laws live, and what follows from their types.
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
  using law_type = mixed_law_of<data_type, truth_type, sampled_type, kept_type>;
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
  static constexpr bool is_closed = closes<truth_type> && closes<sampled_type> && closes<law_type>;
};

/// Whether mixing laws mixes their vectors; a space of functionals such as a variance says no, by a member `is_linear`.
template <class Space>
inline constexpr bool is_linear_space = [] {
  if constexpr (requires { Space::is_linear; })
    return bool{Space::is_linear};
  else
    return true;
}();

template <class Experiment, class Space>
struct setting {
  using chain = chain_of<Experiment>;
  using space_type = Space;
  using vector = typename Space::vector;

  static_assert(embeds_law<Space, typename chain::truth_type> && embeds_law<Space, typename chain::model_type> &&
                    embeds_law<Space, typename chain::sampled_type>,
                "simulacra: the ledger's space must be able to embed the truth, the fitted models, and what the decoder "
                "makes of them: a "
                "feature_space takes any law by draws, an exact space only laws that it knows");

  static constexpr active_terms active{
      {chain::splits, chain::splits, true, chain::decodes, !chain::splits, !is_linear_space<Space>}};

  Experiment what;
  Space space;
  ledger_options how;
  retention keeps;
  account<vector> truth;  ///< nothing is due
  double truth_variance = 0;

  setting(const Experiment& experiment, const Space& in, const ledger_options& options)
      : what(experiment), space(in), how(options), keeps(retention_of(experiment.recipe)) {
    argument::require(options.reference >= 4, "ledger", "reference", static_cast<Index>(options.reference),
                      "be at least 4 draws");
    argument::require(options.order == path::paper || options.order == path::bottou_bousquet, "ledger", "order",
                      static_cast<int>(options.order), "be path::paper or path::bottou_bousquet");
    constexpr bool has_exact = has_ideal<typename chain::estimator_type>;
    argument::require(has_exact || options.order == path::paper, "ledger", "order", "path::bottou_bousquet",
                      "be path::paper: the estimator names no ideal learner");
    argument::require(has_exact || !options.interaction, "ledger", "interaction", "true",
                      "be false: the estimator names no ideal learner, and it takes that one's fit to the data");
    truth = sums().blank();
    truth_variance = embed(what.truth, truth.place, truth.place_error);
    if constexpr (is_linear_space<Space>) {  // (of functionals some may be no numbers)
      const double size = space.inner(truth.place, truth.place);
      argument::require(std::isfinite(size), "ledger", "squared norm of the truth in the space", size,
                        "be finite: measure in units in which squares stay in the range");
    }
  }
  setting(const setting&) = delete;
  setting& operator=(const setting&) = delete;

  /// Whether what the estimator makes of a law of this type may have to be drawn, where it is no model of the family.
  template <class Law>
  static constexpr bool draws_corners = [] {
    using estimator = typename chain::estimator_type;
    using model = typename chain::model_type;
    bool any = false;
    if constexpr (projects_outside<estimator, Law, model>)
      any = any ||
            may_draw<Space,
                     std::remove_cvref_t<decltype(std::declval<const estimator&>().project(std::declval<const Law&>()))>>;
    if constexpr (fits_population_outside<estimator, Law, model>)
      any = any || may_draw<Space, std::remove_cvref_t<decltype(std::declval<const estimator&>().population_fit(
                                       std::declval<const Law&>()))>>;
    return any;
  }();

  /// Whether some law of the experiment, or a corner of one, may have to be drawn.
  static constexpr bool draws = may_draw<Space, typename chain::truth_type> || may_draw<Space, typename chain::model_type> ||
                                may_draw<Space, typename chain::sampled_type> ||
                                (!is_linear_space<Space> && (may_draw<Space, typename chain::law_type> ||
                                                             may_draw<Space, typename chain::kept_type>)) ||
                                draws_corners<typename chain::truth_type> || draws_corners<typename chain::sampled_type> ||
                                draws_corners<typename chain::law_type>;

  /// Where a law lies, and how far off that may be. @return E|err|^2
  template <class Law>
  double embed(const Law& law, vector& out, embedding_error& error) const {
    if constexpr (tells_error<Space, Law>) return space.embed(law, out, error);
    error.clear();
    return space.embed(law, out);
  }

  [[nodiscard]] accountant<Space> sums() const { return {space, active, !chain::is_closed}; }
  [[nodiscard]] bool keeps_data() const { return keeps.data != 0 || keeps.batches != 0 || keeps.first_data; }
};

}  // namespace simulacra::detail
