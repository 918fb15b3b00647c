#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/recursion/warm_start.hpp>

/// Policies that change from one generation to the next.
namespace simulacra {

/// A decoder whose parameter follows a schedule: the model of generation n is published through `make(schedule(n))`.
/// `annealed([](double tau) { return tempered(tau); }, [](Index n) { return 1 + 1 / static_cast<double>(n); })`
///
/// A constant schedule gives the bits of the constant decoder.
template <class Make, class Schedule>
class annealed {
 public:
  /// @param make      called with what the schedule returns; returns a decoder
  /// @param schedule  called with the number of the model, 1, 2, ...
  annealed(Make make, Schedule schedule) : make_(std::move(make)), schedule_(std::move(schedule)) {}

  template <model M, class Place>
    requires requires(const Make& make, const Schedule& schedule, const M& m, Index n) {
               requires model<std::remove_cvref_t<decltype(make(schedule(n))(m))>>;
             }
  [[nodiscard]] auto operator()(const M& m, const Place& at) const {
    return make_(schedule_(at.generation))(m);
  }

 private:
  Make make_;
  Schedule schedule_;
};

/// A truth that is another one in each generation: beside the fit of model n it is `change(truth, at)`, a law of the same type, where
/// `at.generation` is n and `at.truth` the law as it was given. `moving(law, [](const auto& law, const auto& at) { ... })`
///
/// Observers see it where it is. A ledger measures from there, and books under `drift` what it was less what it is, in data and models that
/// come from earlier generations.
template <model Law, class Change>
class moving : public Law {
 public:
  moving(Law law, Change change) : Law(std::move(law)), change_(std::move(change)) {}

  [[nodiscard]] const Law& now() const noexcept { return *this; }  ///< the law of this place

  template <class Place>
    requires requires(const Change& change, const Law& law, const Place& at) {
               { change(law, at) } -> std::same_as<Law>;
             }
  [[nodiscard]] moving at(const Place& where) const {
    return {change_(now(), where), change_};
  }

 private:
  Change change_;
};

/// An estimator that is another one in each generation: model n is fitted by `change(estimator, at)`, an estimator of the same type, where
/// `at.generation` is n. `scheduled(fit, [](const auto& fit, const auto& at) { ... })`
///
/// The ledger and its knock-outs ask the estimator of the same generation for its corners and its ideal learner. What `change` returns is
/// asked for its own place, too, where it has one (`noisy`). With a warm start, write `warm_started(scheduled(...))`.
template <class Estimator, class Change>
class scheduled : public Estimator {
  static_assert(!detail::is_warm_started<Estimator>,
                "simulacra: write warm_started(scheduled(estimator, change)): a warm start is of what is run");

 public:
  scheduled(Estimator estimator, Change change) : Estimator(std::move(estimator)), change_(std::move(change)) {}

  [[nodiscard]] const Estimator& now() const noexcept { return *this; }  ///< the estimator of this place

  template <class Place>
    requires requires(const Change& change, const Estimator& e, const Place& at) {
               { change(e, at) } -> std::same_as<Estimator>;
             }
  [[nodiscard]] scheduled at(const Place& where) const {
    Estimator here = change_(now(), where);
    if constexpr (requires {
                    { here.at(where) } -> std::same_as<Estimator>;
                  })
      return {here.at(where), change_};
    else
      return {std::move(here), change_};
  }

  /// The ideal learner, itself the one of each place.
  [[nodiscard]] auto ideal() const
    requires requires(const Estimator& e) { e.ideal(); }
  {
    const auto change = [from = now(), change = change_](const auto&, const auto& where) {
      return change(from, where).ideal();
    };
    return scheduled<std::remove_cvref_t<decltype(now().ideal())>, std::remove_const_t<decltype(change)>>(now().ideal(),
                                                                                                          change);
  }

  // What an estimator of its own type is asked for (see `starts_from`, `depends_on_samples`, `ideal_beside`).
  template <class Model>
    requires requires(const Estimator& e, const Model& m) { e.starting_from(m); }
  [[nodiscard]] scheduled starting_from(const Model& m) const {
    return {now().starting_from(m), change_};
  }
  template <class Model>
    requires requires(const Estimator& e, const Model& m) { e.also_from(m); }
  [[nodiscard]] scheduled also_from(const Model& m) const {
    return {now().also_from(m), change_};
  }
  [[nodiscard]] scheduled with_samples(Index n) const
    requires requires(const Estimator& e, Index k) { e.with_samples(k); }
  {
    return {now().with_samples(n), change_};
  }
  [[nodiscard]] scheduled with_samples(Index n, const weights<double>& w) const
    requires requires(const Estimator& e, Index k, const weights<double>& v) { e.with_samples(k, v); }
  {
    return {now().with_samples(n, w), change_};
  }

 private:
  Change change_;
};

}  // namespace simulacra
