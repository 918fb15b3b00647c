#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/hilbert/space.hpp>
#include <simulacra/ledger/account.hpp>
#include <simulacra/ledger/chain_of.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/term.hpp>
#include <simulacra/recursion/recipe.hpp>

namespace simulacra::detail {

/// Whether mixing laws mixes their vectors; a space of functionals such as a variance says no, by a member `is_linear`.
template <class Space>
inline constexpr bool is_linear_space = [] {
  if constexpr (requires { Space::is_linear; })
    return bool{Space::is_linear};
  else
    return true;
}();

/// What a ledger never changes: the experiment, the space in which laws live, and what follows from their types.
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

  static_assert(!chain::edits || embeds_law<Space, typename chain::edited_type>,
                "simulacra: a ledger of a recipe that edits needs a space that embeds any law, as a feature_space does");

  /// (What a model makes of other data is a way of sampling it, as a decoder is.)
  static constexpr active_terms active{{chain::splits, chain::splits, true, chain::decodes || chain::edits, !chain::splits,
                                        !is_linear_space<Space>, moves<typename chain::truth_type>}};

  Experiment what;
  Space space;
  ledger_options how;
  origin_column origin;  ///< of a member of a population
  retention keeps;
  account<vector> truth;  ///< nothing is due
  double truth_variance = 0;

  [[gnu::cold]] setting(const Experiment& experiment, const Space& in, const ledger_options& options,
                        origin_column of_errors = {})
      : what(experiment), space(in), how(options), origin(of_errors), keeps(retention_of(experiment.recipe)) {
    chain::require_possible(options);
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
  static constexpr bool draws =
      may_draw<Space, typename chain::truth_type> || may_draw<Space, typename chain::model_type> ||
      may_draw<Space, typename chain::sampled_type> || (chain::edits && may_draw<Space, typename chain::edited_type>) ||
      (!is_linear_space<Space> &&
       (may_draw<Space, typename chain::law_type> || may_draw<Space, typename chain::kept_type>)) ||
      draws_corners<typename chain::truth_type> || draws_corners<typename chain::sampled_type> ||
      draws_corners<typename chain::law_type>;

  /// Where a law lies, and how far off that may be; NaN for one whose draws are no numbers. @return E|err|^2
  template <class Law>
  double embed(const Law& law, vector& out, embedding_error& error) const {
    try {
      if constexpr (tells_error<Space, Law>) return space.embed(law, out, error);
      error.clear();
      return space.embed(law, out);
    } catch (const std::domain_error&) {
      constexpr double nan = std::numeric_limits<double>::quiet_NaN();
      out = space.zero();
      space.add(out, nan, space.zero());
      error.clear();
      return nan;
    }
  }

  /// Moves an account to where a law lies, and books the way there under a term. (It is nobody's where the truth has moved.)
  template <class Law>
  [[gnu::cold]] void move(account<vector>& books, term t, const Law& law) const {
    vector place = space.zero();
    embedding_error error;
    embed(law, place, error);
    sums().book(books, t, place, &error, books.place, &books.place_error);
    if (t != term::drift) sums().book_origin(books, place, books.place);
    books.place = std::move(place);
    books.place_error = error;
  }

  [[nodiscard]] accountant<Space> sums() const { return {space, active, !chain::is_closed, origin}; }
  [[nodiscard]] bool keeps_data() const { return keeps.data != 0 || keeps.batches != 0 || keeps.first_data; }
};

}  // namespace simulacra::detail
