#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/ensemble/ensemble.hpp>
#include <simulacra/ledger/population_chain.hpp>
#include <simulacra/ledger/term.hpp>
#include <simulacra/recursion/lineage.hpp>

namespace simulacra {

/// Which of the three sources of error are present in a chain.
struct error_sources {
  bool expressivity = true;   ///< off: a rich family in place of the estimator's own
  bool approximation = true;  ///< off: the ideal learner
  bool statistical = true;    ///< off: infinitely many data

  [[nodiscard]] constexpr std::size_t number() const noexcept {
    return (expressivity ? 1u : 0u) + (approximation ? 2u : 0u) + (statistical ? 4u : 0u);
  }
  static constexpr error_sources of(std::size_t number) noexcept {
    return {(number & 1u) != 0, (number & 2u) != 0, (number & 4u) != 0};
  }
};

/// What eight chains, one for each set of error sources, say about a final number y under common random numbers. With s = +1 where a
/// source is present and -1 where it is not, the effect of a set F of sources is
///
///     effect(F) = 1/4 * sum over the 8 chains of (product of s_f for f in F) * y
///
/// (a main effect is the mean change when one source comes in; an interaction tells how far effects fail to add), and the Shapley
/// value of a source is its mean contribution over all orders in which the three can come in: the three add to y(all) - y(none).
class knock_out_records {
 public:
  static constexpr std::size_t chains = 8;

  /// @throw std::invalid_argument if replicates < 0, or their numbers need more memory than there is
  knock_out_records(std::vector<std::string> metrics, Index replicates)
      : metrics_(std::move(metrics)),
        replicates_(replicates),
        values_(sized(replicates, metrics_.size()), std::numeric_limits<double>::quiet_NaN()) {}

  [[nodiscard]] const std::vector<std::string>& metrics() const noexcept { return metrics_; }
  [[nodiscard]] Index replicates() const noexcept { return replicates_; }

  /// y of one chain. @throw std::invalid_argument if there is no such replicate or metric
  [[nodiscard]] double& at(Index replicate, error_sources on, std::size_t metric) {
    return values_[place(replicate, on, metric)];
  }
  [[nodiscard]] double at(Index replicate, error_sources on, std::size_t metric) const {
    return values_[place(replicate, on, metric)];
  }

  std::vector<replicate_failure> failures;  ///< replicates that threw, and of which no chain has a value

  /// y itself, over replicates. A chain that ended early has none, and shows in `count`.
  [[nodiscard]] band value(error_sources on, std::size_t metric) const {
    return over_replicates([&](Index r) { return at(r, on, metric); });
  }

  /// The effect of a set of sources: one source for a main effect, two or three for an interaction.
  /// @throw std::invalid_argument for the empty set
  [[nodiscard]] band effect(error_sources of, std::size_t metric) const {
    argument::require(of.number() != 0, "knock_out_records::effect", "of", "no source", "name at least one");
    return over_replicates([&](Index r) {
      double sum = 0;
      for (std::size_t c = 0; c < chains; ++c) {
        const std::size_t absent = of.number() & ~c;
        const bool odd = ((absent & 1u) + (absent >> 1 & 1u) + (absent >> 2 & 1u)) % 2 == 1;
        sum += (odd ? -1 : 1) * at(r, error_sources::of(c), metric);
      }
      return sum / 4;
    });
  }

  /// The Shapley value of one of the three. @throw std::invalid_argument for another term
  [[nodiscard]] band shapley(term which, std::size_t metric) const {
    argument::require(index_of(which) < 3, "knock_out_records::shapley", "which", name_of(which),
                      "be expressivity, approximation or statistical");
    const std::size_t mine = std::size_t{1} << index_of(which);
    return over_replicates([&](Index r) {
      double sum = 0;
      for (std::size_t others = 0; others < chains; ++others) {
        if ((others & mine) != 0) continue;
        const std::size_t size = (others & 1u) + (others >> 1 & 1u) + (others >> 2 & 1u);
        const double weight = size == 1 ? 1.0 / 6 : 1.0 / 3;  // |S|! (2 - |S|)! / 3!
        sum += weight * (at(r, error_sources::of(others | mine), metric) - at(r, error_sources::of(others), metric));
      }
      return sum;
    });
  }

 private:
  [[nodiscard]] static std::size_t sized(Index replicates, std::size_t metrics) {
    argument::require(replicates >= 0, "knock_out_records", "replicates", replicates, "not be negative");
    const std::size_t each = chains * metrics;
    argument::require_bytes(replicates, static_cast<Index>(each), sizeof(double), "knock_out_records", "replicates");
    return static_cast<std::size_t>(replicates) * each;
  }

  [[nodiscard]] std::size_t place(Index replicate, error_sources on, std::size_t metric) const {
    argument::require(replicate >= 0 && replicate < replicates_, "knock_out_records::at", "replicate", replicate,
                      "be at least 0 and below the number of replicates");
    argument::require(metric < metrics_.size(), "knock_out_records::at", "metric", metric, "be below the number of metrics");
    return (static_cast<std::size_t>(replicate) * chains + on.number()) * metrics_.size() + metric;
  }

  template <class F>
  [[nodiscard]] band over_replicates(F&& f) const {
    std::vector<double> all;
    for (Index r = 0; r < replicates_; ++r) all.push_back(f(r));
    return band_of(all);
  }

  std::vector<std::string> metrics_;
  Index replicates_;
  std::vector<double> values_;
};

/// What a metric of a knock-out sees: the last model of a chain, and the truth.
template <class Truth, class Model>
struct final_state {
  const Truth& truth;
  const Model& model;
};

/// Runs the whole recursion 2^3 times, each source of error present or not, under common random numbers, and measures the last model.
///
/// - *statistical* off: infinitely many data, `run_population` (closed form, or `reference` draws a generation);
/// - *approximation* off: `estimator.ideal()`;
/// - *expressivity* off: `rich`, an estimator whose family holds the truth, in place of the estimator.
///
/// @param metrics  `metric{"w2_sq", [](const auto& g) { ... g.model, g.truth ... }}`; models are of the estimator's type or of `rich`'s
/// A chain that ends before `how.generations` has no value. Nothing that is finished is lost, as in `run_ensemble`: a replicate of which a
/// chain or a metric throws has no values and is in `knock_out_records::failures`; only what all replicates throw alike is thrown on.
/// @throw std::invalid_argument for a caller's mistake
/// Complexity: eight lineages a replicate.
template <class Truth, class Estimator, class Recipe, class Decoder, class Rich, executor Executor, class... Metrics>
knock_out_records run_knock_outs(const experiment<Truth, Estimator, Recipe, Decoder>& what, const Rich& rich,
                                 const plan& how, const replication& many, Index reference, const Executor& on,
                                 const Metrics&... metrics) {
  static_assert(
      has_ideal<Estimator> && has_ideal<Rich>,
      "simulacra: a knock-out of the approximation error needs estimators with a member ideal(), the exact learner of their "
      "family; an exact estimator returns a copy of itself");
  argument::require(many.replicates >= 1, "run_knock_outs", "replicates", many.replicates, "be at least 1");
  argument::require(many.first_replicate >= 0, "run_knock_outs", "first_replicate", many.first_replicate, "not be negative");
  argument::require_room(many.replicates, 1, sizeof(detail::replicate_error), "run_knock_outs", "replicates");
  knock_out_records all({std::string(metrics.name)...}, many.replicates);

  const auto run = [&](Index replicate, error_sources present, const auto& estimator) {
    const experiment chain{what.truth, estimator, what.recipe, what.decoder};
    const stream root({many.seed, many.condition},
                      {.replicate = static_cast<std::uint64_t>(many.first_replicate + replicate)});
    const auto measure = [&](const auto& model) {
      const auto read = [&](const Truth& truth) {
        const final_state<Truth, std::remove_cvref_t<decltype(model)>> g{truth, model};
        std::size_t k = 0;
        ((all.at(replicate, present, k++) = static_cast<double>(metrics.value(g))), ...);
      };
      if constexpr (detail::moves<Truth>)
        read(detail::truth_at(what.truth, how.generations, root));
      else
        read(what.truth);
    };
    if (!present.statistical) {
      if (const auto model = run_population(chain, how, root, reference, !present.approximation)) measure(*model);
    } else if (const auto line = run_lineage(chain, how, root); line.model && line.generations == how.generations) {
      measure(*line.model);
    }
  };
  const auto run_all = [&](Index replicate) {
    for (std::size_t c = 0; c < knock_out_records::chains; ++c) {
      const error_sources present = error_sources::of(c);
      if (present.expressivity)
        present.approximation ? run(replicate, present, what.estimator) : run(replicate, present, what.estimator.ideal());
      else
        present.approximation ? run(replicate, present, rich) : run(replicate, present, rich.ideal());
    }
  };
  std::vector<detail::replicate_error> errors(static_cast<std::size_t>(many.replicates));
  const auto run_kept = [&](Index replicate) {
    const auto note = [&](std::string message, const std::type_info& kind) {
      errors[static_cast<std::size_t>(replicate)] = {
          true,
          {many.first_replicate + replicate, {many.seed, many.condition}, std::move(message)},
          std::current_exception(),
          kind};
      for (std::size_t c = 0; c < knock_out_records::chains; ++c)
        for (std::size_t k = 0; k < sizeof...(metrics); ++k)
          all.at(replicate, error_sources::of(c), k) = std::numeric_limits<double>::quiet_NaN();
    };
    try {
      run_all(replicate);
    } catch (const std::exception& error) {
      note(detail::words_of(error), typeid(error));
    } catch (...) {
      note(detail::words_of_anything, typeid(void));
    }
  };
  on.for_each_index(many.replicates, run_kept, many.stop);
  if (detail::all_alike(errors)) std::rethrow_exception(errors.front().thrown);
  for (detail::replicate_error& error : errors)
    if (error.there) all.failures.push_back(std::move(error.what));
  return all;
}

}  // namespace simulacra
