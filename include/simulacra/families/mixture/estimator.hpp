#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/detail/start.hpp>
#include <simulacra/families/mixture/em.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A fitted mixture with what is known about its fit.
template <class T = double, int D = dynamic>
struct mixture_fit {
  gaussian_mixture<T, D> model;
  outcome result{};
  /// Mean, in nats per observation, of the mixture before the last M step; minus infinity where the data are singular as a
  /// whole.
  double log_likelihood = 0;
  Index iterations = 0;  ///< of the start that was kept
  Index start = 0;       ///< its number, given starts first
  Index lost = 0;        ///< components that it lost on the way, reseeded ones included
};

/// Fits mixtures of at most k Gaussians by EM: the likeliest result of all starts.
///
/// EM needs the observations themselves: responsibilities depend on each of them, and on parameters that change from
/// iteration to iteration, so no summary of fixed size is sufficient and draws cannot be collapsed. The two cases in which
/// they can are k = 1 (`gaussian_estimator`, which a mixture feeds with collapsed moments) and fits whose labels are known
/// (`labelled_mixture_estimator`).
///
/// An EM fit is not the maximum of the likelihood: it is a local optimum, to a tolerance, with what the options add. All
/// three are approximation error; `ideal()` drives them down. The likelihood itself has no maximum: a component that closes
/// on one point lets it grow without bound. Such a component is lost by rule, and every loss is reported.
///
/// Sums are taken in packets of the machine's width, so two builds for different machines agree to rounding and not to the
/// bit.
///
/// Data that are singular as a whole have one singular Gaussian fitted to them, with the outcome of `gaussian_estimator`.
/// With fresh starts, components come in ascending order of their means; with given ones they keep their order.
template <class T = double, int D = dynamic>
class mixture_estimator {
 public:
  using model_type = gaussian_mixture<T, D>;
  using options_type = mixture_options<T, D>;

  /// @throw std::invalid_argument if an option is out of range: see `mixture_options`
  explicit mixture_estimator(mixture_options<T, D> options) : options_(std::move(options)) {
    detail::check_options(options_);
  }

  [[nodiscard]] const mixture_options<T, D>& options() const noexcept { return options_; }

  /// The same estimator, started from this mixture and from nothing else. `warm_started(estimator)` does so with the model of the
  /// generation before, in each generation; a mixture that has lost a component keeps the fewer ones then.
  [[nodiscard]] mixture_estimator starting_from(model_type start) const {
    mixture_options<T, D> o = options_;
    o.given = {std::move(start)};
    o.start = mixture_start::given;
    return mixture_estimator(std::move(o));
  }

  /// The same estimator with one more start.
  [[nodiscard]] mixture_estimator also_from(model_type start) const {
    mixture_options<T, D> o = options_;
    o.given.push_back(std::move(start));
    return mixture_estimator(std::move(o));
  }

  /// Fits observations, d x n. O(iterations n k d^2).
  /// @throw std::invalid_argument if one is not finite, or n < k
  /// @throw std::domain_error if a spread comes within a factor of 10^4 of overflow: a lineage ends there
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, stream& rng) const {
    return brief(fit_whole(x, nullptr, rng));
  }

  /// Fits weighted observations. Only ratios of weights matter, and one of weight 0 might as well not be there.
  /// @throw std::invalid_argument if a weight is negative or not finite, fewer than k are positive, or as above
  [[nodiscard]] fitted<model_type> fit(const samples<T, D>& x, const weights<double>& w, stream& rng) const {
    return brief(fit_whole(x, &w, rng));
  }

  /// The same with everything that is known about the fit.
  [[nodiscard]] mixture_fit<T, D> fit_in_detail(const samples<T, D>& x, stream& rng) const {
    return fit_whole(x, nullptr, rng);
  }
  [[nodiscard]] mixture_fit<T, D> fit_in_detail(const samples<T, D>& x, const weights<double>& w, stream& rng) const {
    return fit_whole(x, &w, rng);
  }

  /// An estimator that comes as close to maximum likelihood in this family as EM can: at least 20 starts besides the given
  /// ones, a tolerance of 1e-10, 20000 iterations, and no floor. Add the projection and the actual fit by `also_from`.
  [[nodiscard]] mixture_estimator ideal() const {
    mixture_options<T, D> o = options_;
    o.restarts = std::max<Index>(o.restarts, 20);
    if (o.start == mixture_start::given) o.start = mixture_start::k_means;
    o.tolerance = (std::min)(o.tolerance, 1e-10);
    o.max_iterations = std::max<Index>(o.max_iterations, 20000);
    o.floor = 0;
    return mixture_estimator(std::move(o));
  }

  /// Whether the family holds this law, so that it is its own projection: at most k components, with covariances of the
  /// type.
  [[nodiscard]] bool holds(const model_type& law) const {
    if (law.size() > options_.components) return false;
    for (Index j = 0; j < law.size(); ++j) {
      if (options_.covariance == covariance_type::full) break;
      const auto& factor = law.component(j).factor();
      if (options_.covariance == covariance_type::tied && !(factor == law.component(0).factor())) return false;
      if (options_.covariance == covariance_type::tied) continue;
      const square<T, D> f = factor.dense();
      if (!f.isDiagonal(T(0))) return false;
      if (options_.covariance == covariance_type::spherical && !(f.diagonal().cwiseAbs().array() == std::abs(f(0, 0))).all())
        return false;
    }
    return true;
  }
  [[nodiscard]] bool holds(const gaussian<T, D>& law) const { return holds(model_type(law)); }

  /// The best member of the family for a Gaussian or a mixture that the family holds: itself, to the last bit; with k = 1
  /// for any of the two: the one with its moments.
  /// @throw std::invalid_argument if neither is so: there is no closed form then, and draws need a stream
  template <class Law>
    requires std::same_as<Law, gaussian<T, D>> || std::same_as<Law, gaussian_mixture<T, D>>
  [[nodiscard]] model_type project(const Law& law) const {
    if (holds(law)) return model_type(law);
    argument::require(options_.components == 1, "mixture_estimator::project", "law", "a law that the family does not hold",
                      "be held, or come with a stream: project(law, rng)");
    return of_moments(law, 0);
  }

  /// The best member of the family for any law: exact where `project(law)` is, and where k = 1 and the law has moments; else
  /// the ideal fit to `reference_draws` draws, which has their Monte Carlo error.
  template <model Law>
  [[nodiscard]] model_type project(const Law& law, stream& rng) const {
    if constexpr (std::same_as<Law, gaussian<T, D>> || std::same_as<Law, model_type>)
      if (holds(law)) return model_type(law);
    if constexpr (has_moments<Law>)
      if (options_.components == 1) return of_moments(law, 0);
    return ideal().fit(reference(law, rng), rng).model;
  }

  /// What this procedure returns from infinitely many observations, local optimum, tolerance and floor included: exact for
  /// k = 1 where the law has moments; else its fit to `reference_draws` draws.
  template <model Law>
  [[nodiscard]] model_type population_fit(const Law& law, stream& rng) const {
    if constexpr (has_moments<Law>)
      if (options_.components == 1) return of_moments(law, options_.floor);
    return fit(reference(law, rng), rng).model;
  }

 private:
  static fitted<model_type> brief(mixture_fit<T, D> whole) { return {std::move(whole.model), whole.result}; }

  template <class Law>
  samples<T, D> reference(const Law& law, stream& rng) const {
    return samples<T, D>(law.sample(options_.reference_draws, rng));
  }

  /// The Gaussian of the covariance type with a law's moments.
  template <class Law>
  model_type of_moments(const Law& law, double floor) const {
    square<T, D> covariance = law.covariance();
    const Index d = covariance.rows();
    if (options_.covariance == covariance_type::diagonal) covariance = square<T, D>(covariance.diagonal().asDiagonal());
    if (options_.covariance == covariance_type::spherical)
      covariance = square<T, D>(square<T, D>::Identity(d, d) * covariance.diagonal().mean());
    return model_type(gaussian_estimator<T, D>(divisor::n, {.shrinkage = 0, .floor = floor})
                          .population_fit(gaussian<T, D>(law.mean(), covariance)));
  }

  mixture_fit<T, D> fit_whole(const samples<T, D>& x, const weights<double>* w, stream& rng) const {
    constexpr auto name = "mixture_estimator::fit";
    argument::require(x.rows() >= 1, name, "x.rows()", x.rows(), "be at least 1");
    argument::require_finite(x, name, "x");
    Index positive = x.cols();
    if (w != nullptr) {
      argument::require(w->size() == x.cols(), name, "w", w->size(), "have one entry per observation");
      argument::require_finite(*w, name, "w");
      if (w->size() > 0) argument::require(w->minCoeff() >= 0, name, "w", w->minCoeff(), "have no negative entry");
      positive = (w->array() > 0).count();
    }
    argument::require(positive >= options_.components, name, "x.cols()", positive,
                      "be at least the number of components, observations of weight 0 not counted");
    argument::require_room(x.rows(), x.rows(), sizeof(double), name, "x.rows()");
    argument::require_room(options_.components, x.rows() * x.rows(), sizeof(double), name, "components");
    for (const auto& start : options_.given)
      argument::require(start.dimension() == x.rows(), name, "given.dimension()", start.dimension(),
                        "be that of the observations");

    const gaussian_estimator<T, D> single(divisor::n, {.shrinkage = 0, .floor = options_.floor});
    const auto pooled = w == nullptr ? single.fit(x, rng) : single.fit(x, *w, rng);
    if (!pooled.result.ok())
      return {model_type(pooled.model), pooled.result, -std::numeric_limits<double>::infinity(), 0, 0,
              options_.components - 1};

    mixture_em<T, D> em(x, w, pooled.model, options_);
    const Index given = static_cast<Index>(options_.given.size());
    const Index starts = given + (options_.start == mixture_start::given ? 0 : options_.restarts);
    std::optional<mixture_fit<T, D>> best;
    for (Index s = 0; s < starts; ++s) {
      if (s < given)
        em.start(options_.given[static_cast<std::size_t>(s)], rng);
      else
        start_afresh(em, rng);
      if (auto now = iterate(em, rng); !best || now.log_likelihood > best->log_likelihood) {
        now.start = s;
        best.emplace(std::move(now));
      }
    }
    if (best->start >= given) best->model = in_order(best->model);
    return *std::move(best);
  }

  void start_afresh(mixture_em<T, D>& em, stream& rng) const {
    const Index k = options_.components;
    if (options_.start == mixture_start::random_points) {
      em.start_at(detail::em::random_points(em.data(), k, rng), rng);
    } else if (options_.start == mixture_start::random_responsibilities) {
      em.start_with(k, detail::em::random_rows(k, rng), rng);
    } else {
      Eigen::MatrixXd centres = detail::em::seeds(em.data(), k, rng);
      const std::vector<Index> label = detail::em::clusters(em.data(), centres, options_.lloyd_rounds);
      em.start_with(
          k, [&label](Index i, Index j) { return label[static_cast<std::size_t>(i)] == j ? 1.0 : 0.0; }, rng);
    }
  }

  /// EM from where it stands until it converges or may go no further.
  mixture_fit<T, D> iterate(mixture_em<T, D>& em, stream& rng) const {
    double before = -std::numeric_limits<double>::infinity(), now = before;
    Index iterations = 0;
    bool converged = false, reshaped = false;
    while (!converged && iterations < options_.max_iterations && em.size() > 0) {
      const Index before_step = em.restarted();
      now = em.step(rng);
      ++iterations;
      reshaped = em.restarted() != before_step;
      converged = !reshaped && std::abs(now - before) < options_.tolerance;
      before = now;
    }
    if (reshaped || iterations == 0) now = em.log_likelihood();  // the last one was that of a mixture that is no more
    outcome result;
    result.floor = em.lost_floor_used() ? (std::max)(options_.floor, options_.lost_floor) : options_.floor;
    if (em.lost() > 0) {
      result.what = status::degenerate;
      result.reason = em.size() == 0 ? "every component was lost: one Gaussian stands for all of them"
                                     : "a component was lost: its weight or its covariance vanished during EM";
    } else if (!converged) {
      result.what = status::not_converged;
      result.reason = "EM stopped at its limit of iterations before the log-likelihood settled";
    }
    return {em.model(), result, now, iterations, 0, em.lost()};
  }

  /// The same mixture with its components in ascending order of their means.
  static model_type in_order(const model_type& p) {
    std::vector<Index> order(static_cast<std::size_t>(p.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&p](Index a, Index b) {
      const auto& m = p.component(a).mean();
      const auto& n = p.component(b).mean();
      return std::lexicographical_compare(m.data(), m.data() + m.size(), n.data(), n.data() + n.size());
    });
    std::vector<double> shares;
    std::vector<gaussian<T, D>> laws;
    for (const Index j : order) {
      shares.push_back(p.weight(j));
      laws.push_back(p.component(j));
    }
    return {std::move(shares), std::move(laws)};
  }

  mixture_options<T, D> options_;
};

}  // namespace simulacra
