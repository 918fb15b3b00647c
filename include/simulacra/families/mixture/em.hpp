#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/mixture/detail/m_step.hpp>
#include <simulacra/families/mixture/detail/pass.hpp>
#include <simulacra/families/mixture/detail/scaled_view.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/random/draw_index.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// Expectation maximisation, one iteration at a time: what `mixture_estimator` runs, for those who want to watch.
///
/// Everything is in square-root form. The E step solves z = L^-1 (x - mu) for each component; the M step sums r, r z and
/// r z z', whose Cholesky factor C gives the next factor as the product L C: no covariance is formed, and a component keeps
/// its digits however small it is beside the others. Where C would lose digits after all, since a component has moved or
/// shrunk by orders of magnitude within one step, its moments are taken again from the observations with their
/// responsibilities.
/// Memory is O(block) beyond the data, and an iteration allocates nothing unless that happens.
///
/// It refers to the observations and their weights and must not outlive them.
/// Source: Dempster, Laird and Rubin (1977), "Maximum likelihood from incomplete data via the EM algorithm".
template <class T = double, int D = dynamic>
class mixture_em {
 public:
  /// @param x       observations, d x n, finite
  /// @param w       their weights, >= 0, or nullptr
  /// @param pooled  the Gaussian of all of them, not singular: its spread sets the units, and lost components start from it
  /// @throw std::invalid_argument if the options are out of range
  mixture_em(const samples<T, D>& x, const weights<double>* w, gaussian<T, D> pooled, const mixture_options<T, D>& options)
      : lost_policy_((detail::check_options(options), options.lost)),
        most_(options.components),
        reseeds_(options.reseeds),
        pooled_(std::move(pooled)),
        data_(x, w, pooled_, options.covariance == covariance_type::spherical),
        maximise_(options.covariance, entered(pooled_), std::sqrt(options.floor) * data_.scale()),
        pass_(most_, x.rows(), x.cols(), maximise_.diagonal()),
        lost_floor_(std::sqrt(options.lost_floor) * data_.scale()) {}

  /// Starts from a mixture, its covariances brought to what is allowed (a correlation that may not be is left out; tied ones
  /// are averaged by weight). A component that is singular is lost at once.
  void start(const gaussian_mixture<T, D>& from, stream& rng) {
    argument::require(from.dimension() == data_.dimension(), "mixture_em::start", "from.dimension()", from.dimension(),
                      "be that of the observations");
    clear(from.size());
    for (Index j = 0; j < from.size(); ++j) {
      if (from.weight(j) == 0) continue;
      parts_.push_back(entered(from.component(j)));
      parts_.back().weight = from.weight(j);
      maximise_.conform(parts_.back().lower);
    }
    if (maximise_.tied()) maximise_.tie(parts_);
    settle(rng);
  }

  /// Starts from k components with the given means (d x k, in the units of `data()`), the covariance of all the data, and
  /// equal weights.
  void start_at(const Eigen::MatrixXd& scaled_means, stream& rng) {
    clear(scaled_means.cols());
    for (Index j = 0; j < scaled_means.cols(); ++j) {
      parts_.push_back(maximise_.pooled());
      parts_.back().weight = 1 / static_cast<double>(scaled_means.cols());
      parts_.back().mean = scaled_means.col(j);
    }
    settle(rng);
  }

  /// Starts from the moments of k components that go with responsibilities `share(i, j)`, observation i, component j. One
  /// whose share is too small for a covariance of its own gets that of all the data.
  template <class Share>
  void start_with(Index k, Share&& share, stream& rng) {
    clear(k);
    parts_.assign(static_cast<std::size_t>(k), maximise_.pooled());
    prepare();
    pass_.run_with(data_, parts_, sums_, share);
    maximise_(parts_, sums_, next_, [](std::size_t, part&) {});
    std::swap(parts_, next_);
    settle(rng);
  }

  /// One iteration. Returns the mean log-likelihood, in nats per observation, of the mixture that it started from.
  double step(stream& rng) {
    argument::require(!parts_.empty(), "mixture_em::step", "size()", Index{0}, "be at least 1: start first");
    prepare();
    const double sum = pass_.run(data_, parts_, sums_);
    maximise_(parts_, sums_, next_, [this](std::size_t j, part& next) { retake(j, next); });
    std::swap(parts_, next_);
    settle(rng);
    return mean_of(sum);
  }

  /// The mean log-likelihood of `model()` as it is now, in nats per observation.
  [[nodiscard]] double log_likelihood() {
    if (parts_.empty()) {
      std::vector<part> all{maximise_.pooled()};
      all.front().prepare(maximise_.diagonal());
      return mean_of(pass_.look(data_, all, [](Index, Index, const double*, Index) {}));
    }
    prepare();
    return mean_of(pass_.look(data_, parts_, [](Index, Index, const double*, Index) {}));
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(parts_.size()); }  ///< components that are left
  [[nodiscard]] Index lost() const noexcept { return lost_; }               ///< components that were lost since the start
  [[nodiscard]] Index restarted() const noexcept { return restarted_; }     ///< those of them that were dropped or reseeded
  [[nodiscard]] bool lost_floor_used() const noexcept { return floored_; }  ///< whether one of them got `lost_floor`
  [[nodiscard]] const detail::em::scaled_view<T, D>& data() const noexcept { return data_; }

  /// The mixture as it is now; the Gaussian of all the data if every component was lost.
  [[nodiscard]] gaussian_mixture<T, D> model() const {
    if (parts_.empty()) return gaussian_mixture<T, D>(data_.leave(maximise_.pooled().mean, maximise_.pooled().lower));
    std::vector<double> share;
    std::vector<gaussian<T, D>> laws;
    for (const detail::em::component& c : parts_) {
      share.push_back(c.weight);
      laws.push_back(data_.leave(c.mean, c.lower));
    }
    return {std::move(share), std::move(laws)};
  }

 private:
  using part = detail::em::component;

  [[nodiscard]] part entered(const gaussian<T, D>& law) const {
    part c(law.dimension());
    data_.enter(law.mean(), law.factor(), c.mean, c.lower);
    c.weight = 1;
    return c;
  }

  [[nodiscard]] double mean_of(double sum) const { return sum / data_.total() + data_.log_jacobian(); }

  void clear(Index k) {
    argument::require(k >= 1 && k <= most_, "mixture_em::start", "components", k,
                      "be at least 1 and at most what was asked for");
    parts_.clear();
    parts_.reserve(static_cast<std::size_t>(k));
    lost_ = restarted_ = 0;
    floored_ = false;
    reseeds_left_ = reseeds_;
  }

  /// Makes everything fit the components that are there.
  void prepare() {
    while (sums_.size() < parts_.size()) sums_.emplace_back(data_.dimension(), maximise_.diagonal());
    while (sums_.size() > parts_.size()) sums_.pop_back();
    while (next_.size() < parts_.size()) next_.push_back(maximise_.pooled());
    while (next_.size() > parts_.size()) next_.pop_back();
    for (part& c : parts_) c.prepare(maximise_.diagonal());
  }

  /// Takes mean and covariance of component j from the observations themselves, in as many digits as they have. O(n) memory.
  void retake(std::size_t j, part& next) {
    simulacra::weights<T> share(data_.count());
    pass_.look(data_, parts_, [&](Index first, Index size, const double* rows, Index stride) {
      for (Index t = 0; t < size; ++t) share[first + t] = static_cast<T>(rows[static_cast<Index>(j) * stride + t]);
    });
    const auto m = moments<T, D>::of(data_.data(), share);
    if (!(m.weight() > 0)) {
      next.weight = 0;
      return;
    }
    data_.enter(m.mean(), m.covariance_factor(divisor::n), next.mean, next.lower);
    maximise_.conform(next.lower);
  }

  [[nodiscard]] bool is_lost(const part& c) const {
    if (!(c.weight > std::numeric_limits<double>::epsilon()) || !c.mean.allFinite() || !c.lower.allFinite()) return true;
    constexpr double rounding = 32 * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (Index i = 0; i < c.mean.size(); ++i)
      if (!(std::abs(c.lower(i, i)) > (std::max)(1e-150, rounding * std::abs(c.mean[i])))) return true;
    return false;
  }

  /// Deals with the components that are lost, and makes the weights add to 1.
  void settle(stream& rng) {
    for (std::size_t j = 0; j < parts_.size();) {
      if (!is_lost(parts_[j])) {
        ++j;
        continue;
      }
      ++lost_;
      if (lost_policy_ == lost_component::floor) {
        floored_ = true;
        maximise_.add_floor(lost_floor_, parts_[j].lower);
        if (!is_lost(parts_[j])) continue;
      } else if (lost_policy_ == lost_component::reseed && reseeds_left_ > 0) {
        --reseeds_left_;
        ++restarted_;
        reseed(parts_[j], rng);
        continue;
      }
      ++restarted_;
      parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(j));
    }
    double total = 0;
    for (const part& c : parts_) total += c.weight;
    for (part& c : parts_) c.weight /= total;
  }

  /// Starts a component again at an observation that is drawn by weight.
  void reseed(part& c, stream& rng) {
    const Index i = draw_index(
        data_.count(), data_.total(), [this](Index k) { return data_.weight(k); }, rng);
    c.mean = data_.data().col(i).template cast<double>().cwiseProduct(data_.scale());
    c.lower = maximise_.pooled().lower;
    c.weight = 1 / static_cast<double>(parts_.size());
  }

  lost_component lost_policy_;
  Index most_, reseeds_, reseeds_left_ = 0;
  gaussian<T, D> pooled_;
  detail::em::scaled_view<T, D> data_;
  detail::em::m_step<> maximise_;
  detail::em::block_pass<> pass_;
  Eigen::VectorXd lost_floor_;
  std::vector<part> parts_, next_;
  std::vector<detail::em::component_sums> sums_;
  Index lost_ = 0, restarted_ = 0;
  bool floored_ = false;
};

}  // namespace simulacra
