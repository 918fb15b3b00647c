#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/ledger/corners.hpp>
#include <simulacra/ledger/part_blocks.hpp>
#include <simulacra/ledger/setting.hpp>
#include <simulacra/ledger/source_book.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/observer.hpp>
#include <simulacra/recursion/place.hpp>
#include <simulacra/recursion/warm_start.hpp>

namespace simulacra {

/// The accounts of one lineage, generation by generation:
///
///     account(T_t)   = sum over ingredients of w_s account(source s),       account(truth) = 0
///     account(Q_t+1) = account(T_t) + the differences between corners
///     account(X_t)   = account(T_t) + (statistical: X_t - T_t)              where the recipe keeps data
///
/// It is shown the ingredients while they are gathered, and closes a generation when its model is there. `ledger`,
/// `functional_ledger` and others read their rows off it. A copy is an empty book on the same experiment.
template <class Experiment, class Space>
class account_book {
 public:
  using setting_type = detail::setting<Experiment, Space>;
  using chain = typename setting_type::chain;
  using model_type = typename chain::model_type;
  using training_type = typename chain::training_type;
  using vector = typename Space::vector;
  using account_type = account<vector>;

  static constexpr active_terms active = setting_type::active;

  [[gnu::cold]] account_book(const Experiment& what, const Space& space, const ledger_options& how,
                             origin_column origin = {})
      : account_book(std::make_shared<const setting_type>(what, space, how, origin)) {}
  account_book(const account_book& other) : account_book(other.setting_) {}
  account_book& operator=(const account_book&) = delete;
  ~account_book() = default;

  [[nodiscard]] const Space& space() const noexcept { return setting_->space; }
  [[nodiscard]] const ledger_options& how() const noexcept { return setting_->how; }
  [[nodiscard]] const account_type& truth() const noexcept { return sources_.truth(); }  ///< of the truth, as it is now
  [[nodiscard]] const account_type& training() const noexcept { return sources_.training(); }  ///< of T
  /// Of the newest model, beside the truth as it is now.
  [[nodiscard]] const account_type& model() const noexcept { return moves ? seen_ : model_; }
  [[nodiscard]] const std::optional<vector>& interaction() const noexcept { return interaction_; }
  [[nodiscard]] double variance() const noexcept { return variance_ + setting_->truth_variance; }
  [[nodiscard]] corner_origin projection_origin() const noexcept { return projection_origin_; }
  [[nodiscard]] corner_origin population_origin() const noexcept { return population_origin_; }

  /// Makes this the book of a member of a population, which finds the others' there. (A copy has to be told again.)
  void join(const detail::peer_books<Experiment, Space>* peers) { peers_ = peers; }
  [[nodiscard]] const detail::source_book<Experiment, Space>& sources() const noexcept { return sources_; }

  /// Hands on the newest model even if nothing is gathered after it: others may read who has ended.
  [[gnu::cold]] void catch_up() {
    if (pending_) hand_over();
  }

  /// @param observations  of the part, where they can be seen
  [[gnu::cold]] void gathered(const gathered_part<training_type>& part,
                              const detail::part_blocks<typename chain::data_type>& observations) {
    if (part.generation == 0 && part.number == 0) {  // a lineage begins
      sources_ = detail::source_book<Experiment, Space>(*setting_, peers_);
      newest_.reset();
      pending_ = false;
    }
    if (pending_) hand_over();
    sources_.gathered(part, observations);
  }

  /// Closes the books of a generation: afterwards `model()` is the account of g.model, and `training()` that of what it was
  /// trained on, until the next part is gathered.
  template <class Generation>
  [[gnu::cold]] void close(const Generation& g) {
    argument::require(g.number == sources_.generation() + 1, "ledger", "generation", g.number,
                      "follow the parts that were shown: pass the ledger to run_lineage or run_ensemble by itself");
    sources_.settle(g.law, g.truth);
    book_fit(g);
    if constexpr (moves) {
      seen_ = model_;  // as seen from where the truth is now, which was booked under drift
      setting_->space.add(seen_[term::drift], -1, truth()[term::drift]);
      seen_.drawn[index_of(term::drift)].add(-1, truth().drawn[index_of(term::drift)]);
    }
    number_ = g.number;
    newest_ = g.model;
    root_ = g.root;
    pending_ = true;
  }

 private:
  static constexpr bool moves = detail::moves<typename chain::truth_type>;

  explicit account_book(std::shared_ptr<const setting_type> s)
      : setting_(std::move(s)),
        sources_(*setting_),
        model_(setting_->sums().blank()),
        projected_{zero(), {}},
        population_{zero(), {}},
        ideal_{zero(), {}},
        other_{zero(), {}},
        half_projected_(zero()),
        half_population_(zero()) {}

  [[nodiscard]] vector zero() const { return setting_->space.zero(); }

  /// A place that is made here, and its error where it was drawn.
  struct spot {
    vector place;
    embedding_error error;
  };

  /// A corner's place, if it could be found, and whether half the difference of its halves comes with it.
  struct placed {
    const vector* place = nullptr;
    const embedding_error* error = nullptr;
    bool noisy = false;
  };

  /// The places of the law that the data came from, of the corners that the path or the interaction needs, and of the model.
  struct square {
    placed law, best, limit, exact, model;
  };

  /// Puts a corner where it lies. (Where its law is one that has a place already it is not asked: a difference of nothing is exactly 0.) A
  /// corner that lies nowhere, since its numbers are none, was not found.
  template <class Place>
  placed place(const corner<Place>& c, spot& out, vector& half) {
    if (!c.identified()) return {};
    if (!embedded(*c.law, out)) return {};
    if (!c.other_half) return {&out.place, &out.error, false};
    if (!embedded(*c.other_half, other_)) return {};
    setting_->space.set_zero(half);
    setting_->space.add(half, 0.5, out.place);
    setting_->space.add(half, -0.5, other_.place);
    setting_->space.add(out.place, -1, half);  // a - (a - b) / 2
    out.error.add(-0.5, embedding_error(out.error));
    out.error.add(0.5, other_.error);
    return {&out.place, &out.error, true};
  }

  /// Embeds what an estimator made of a law. @return false if it holds what is no number: seen here, or in its draws
  template <class Law>
  bool embedded(const Law& law, spot& out) const {
    setting_->embed(law, out.place, out.error);
    // (Of functionals of a law some may be no numbers, and the others are what they are.)
    if constexpr (detail::is_linear_space<Space>) return !std::isnan(setting_->space.inner(out.place, out.place));
    return true;
  }

  /// Books a step between two corners, with the noise of either: what one of them cannot be found for is lost.
  void book_step(term t, const placed& to, const vector* to_noise, const placed& from, const vector* from_noise) {
    if (to.place == nullptr || from.place == nullptr) {
      model_.lost[index_of(t)] = true;
      return;
    }
    const auto sums = setting_->sums();
    sums.book(model_, t, *to.place, to.error, *from.place, from.error);
    if (to.noisy) sums.book_noise(model_, t, 1, *to_noise);
    if (from.noisy) sums.book_noise(model_, t, -1, *from_noise);
  }

  /// Opens the model's account with T's, and books the step from T to it.
  template <class Generation>
  void book_fit(const Generation& g) {
    const auto& as_run =
        detail::estimator_after(setting_->what.estimator, newest_ ? &*newest_ : nullptr,
                                simulacra::place<typename chain::truth_type>{g.number, setting_->what.truth, g.root});
    const auto& estimator = detail::for_samples(as_run, g.data.count(), g.data.w);
    setting_->sums().clear(model_);
    setting_->sums().add(model_, 1, sources_.training());
    variance_ = setting_->embed(g.model, model_.place, model_.place_error);
    square corners = sources_.law().simplest([&](const auto& law) { return find_corners(estimator, law, g); });
    if (needs_exact()) corners.exact = find_exact(estimator, g, corners.model);
    book_path(corners);
    setting_->sums().book_origin(model_, model_.place, sources_.training().place);
    book_interaction(corners);
  }

  /// Finds the corners, those of equal laws in one place.
  template <class Estimator, class Law, class Generation>
  [[gnu::cold]] square find_corners(const Estimator& estimator, const Law& law, const Generation& g) {
    using data_type = typename chain::data_type;
    const ledger_options& how = setting_->how;
    const auto t = static_cast<std::uint64_t>(g.number - 1);
    const auto at_infinity = [&] { return population_corner<data_type>(estimator, law, how.reference, g.root, t); };
    decltype(at_infinity()) population;
    if (needs_limit()) {
      population = at_infinity();
      population_origin_ = population.origin;
    }
    const model_type* known = &g.model;
    if constexpr (std::same_as<decltype(population), corner<model_type>>)
      if (population.identified()) known = &*population.law;
    const auto projection = projection_corner<data_type>(estimator, law, *known, how.reference, g.root, t);
    projection_origin_ = projection.origin;
    if constexpr (chain::splits)
      return place_corners(projection, detail::is_law(projection, law), population, false);
    else
      return place_corners(projection, false, population, detail::is_law(population, law));
  }

  /// Puts the corners of T where they lie. (What T's type is matters no more, so that this is compiled once for all laws with corners
  /// of one type.)
  template <class Best, class Limit>
  [[gnu::cold]] square place_corners(const corner<Best>& projection, bool best_is_law, const corner<Limit>& population,
                                     bool limit_is_law) {
    const account_type& from = sources_.training();
    square at{{&from.place, &from.place_error, false}, {}, {}, {}, {&model_.place, &model_.place_error, false}};
    if constexpr (chain::splits) {
      at.best = best_is_law ? at.law : place(projection, projected_, half_projected_);
      const bool exact = projection.identified() && !projection.other_half;
      if (needs_limit())
        at.limit = exact && detail::is_law(population, *projection.law) ? at.best
                                                                        : place(population, population_, half_population_);
    } else {
      at.best = at.law;
      if (needs_limit()) at.limit = limit_is_law ? at.law : place(population, population_, half_population_);
    }
    return at;
  }

  /// Puts A*(X) where it lies.
  template <class Estimator, class Generation>
  [[gnu::cold]] placed find_exact(const Estimator& estimator, const Generation& g, const placed& model) {
    const corner<model_type> exact =
        ideal_corner(estimator, g.data, g.model, g.root, static_cast<std::uint64_t>(g.number - 1));
    return detail::is_law(exact, g.model) ? model : place(exact, ideal_, half_exact_);
  }

  [[nodiscard]] bool needs_limit() const noexcept { return setting_->how.order == path::paper || setting_->how.interaction; }
  [[nodiscard]] bool needs_exact() const noexcept { return setting_->how.order != path::paper || setting_->how.interaction; }

  /// Books the steps from T along the corners that the path passes.
  void book_path(const square& at) {
    constexpr term gap = chain::splits ? term::approximation : term::unsplit;
    if constexpr (chain::splits) book_step(term::expressivity, at.best, &half_projected_, at.law, nullptr);
    if (setting_->how.order == path::paper) {
      book_step(gap, at.limit, &half_population_, at.best, &half_projected_);
      book_step(term::statistical, at.model, nullptr, at.limit, &half_population_);
    } else {
      book_step(term::statistical, at.exact, nullptr, at.best, &half_projected_);
      book_step(gap, at.model, nullptr, at.exact, nullptr);
    }
  }

  void book_interaction(const square& at) {
    interaction_.reset();
    if (!setting_->how.interaction || at.limit.place == nullptr || at.exact.place == nullptr || at.best.place == nullptr)
      return;
    interaction_ = zero();
    setting_->space.add(*interaction_, 1, *at.model.place);
    setting_->space.add(*interaction_, -1, *at.exact.place);
    setting_->space.add(*interaction_, -1, *at.limit.place);
    setting_->space.add(*interaction_, 1, *at.best.place);
  }

  /// Hands the newest model to the sources, as it is sampled from now on.
  void hand_over() {
    pending_ = false;
    const auto& sampled = detail::decode_at(setting_->what.decoder, *newest_, number_, setting_->what.truth, root_);
    if constexpr (chain::decodes) {
      setting_->embed(sampled, other_.place, other_.error);
      setting_->sums().book(model_, term::decoding, other_.place, &other_.error, model_.place, &model_.place_error);
      setting_->sums().book_origin(model_, other_.place, model_.place);
      std::swap(model_.place, other_.place);
      std::swap(model_.place_error, other_.error);
    }
    sources_.keep(number_, model_, sampled);
  }

  std::shared_ptr<const setting_type> setting_;
  const detail::peer_books<Experiment, Space>* peers_ = nullptr;
  detail::source_book<Experiment, Space> sources_;
  account_type model_, seen_{};
  std::optional<model_type> newest_;
  Index number_ = 0;
  stream root_{0};  ///< of the lineage that is followed
  bool pending_ = false;
  spot projected_, population_, ideal_, other_;
  vector half_projected_, half_population_, half_exact_{};  ///< the last is never written: A*(X) comes whole
  std::optional<vector> interaction_;
  double variance_ = 0;
  corner_origin projection_origin_ = corner_origin::not_identified, population_origin_ = corner_origin::not_identified;
};

}  // namespace simulacra
