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
#include <simulacra/families/mixture/detail/pass.hpp>
#include <simulacra/families/mixture/detail/scaled_view.hpp>
#include <simulacra/families/mixture/detail/triangle.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/random/uniform.hpp>
#include <simulacra/summary/moments.hpp>

namespace simulacra {

/// Expectation maximisation, one iteration at a time: what `mixture_estimator` runs, for those who want to watch.
///
/// Everything is in square-root form. The E step solves z = L^-1 (x - mu) for each component; the M step sums r, r z and r z z',
/// whose Cholesky factor C gives the next factor as the product L C: no covariance is formed, and a component keeps its digits
/// however small it is beside the others. Where C would lose digits after all, since a component has moved or shrunk by orders
/// of magnitude within one step, its moments are taken again from the observations with their responsibilities.
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
  mixture_em(const samples<T, D>& x, const weights<double>* w, gaussian<T, D> pooled, const mixture_options<T, D>& options)
      : covariance_(options.covariance),
        diagonal_(covariance_ == covariance_type::diagonal || covariance_ == covariance_type::spherical),
        lost_policy_(options.lost),
        most_(options.components),
        reseeds_left_(options.reseeds),
        reseeds_(options.reseeds),
        pooled_(std::move(pooled)),
        data_(x, w, pooled_, covariance_ == covariance_type::spherical),
        pass_(options.components, x.rows(), x.cols(), diagonal_),
        floor_(std::sqrt(options.floor) * data_.scale()),
        lost_floor_(std::sqrt(options.lost_floor) * data_.scale()),
        vector_(x.rows()),
        raw_(x.rows()),
        matrix_(x.rows(), x.rows()),
        all_(x.rows()) {
    data_.enter(pooled_.mean(), pooled_.factor(), all_.mean, all_.lower);
    conform(all_.lower);
    all_.weight = 1;
  }

  /// Starts from a mixture, its covariances brought to what is allowed (a correlation that may not be is left out; tied ones are
  /// averaged by weight). A component that is singular is lost at once.
  void start(const gaussian_mixture<T, D>& from, stream& rng) {
    argument::require(from.dimension() == data_.dimension(), "mixture_em::start", "from.dimension()", from.dimension(),
                      "be that of the observations");
    clear(from.size());
    for (Index j = 0; j < from.size(); ++j) {
      if (from.weight(j) == 0) continue;
      parts_.push_back(all_);
      parts_.back().weight = from.weight(j);
      data_.enter(from.component(j).mean(), from.component(j).factor(), parts_.back().mean, parts_.back().lower);
    }
    if (covariance_ == covariance_type::tied) tie();
    for (detail::em::component& c : parts_) conform(c.lower);
    settle(rng);
  }

  /// Starts from k components with the given means (d x k, in the units of `data()`), the covariance of all the data, and equal weights.
  void start_at(const Eigen::MatrixXd& scaled_means, stream& rng) {
    clear(scaled_means.cols());
    for (Index j = 0; j < scaled_means.cols(); ++j) {
      parts_.push_back(all_);
      parts_.back().weight = 1 / static_cast<double>(scaled_means.cols());
      parts_.back().mean = scaled_means.col(j);
    }
    settle(rng);
  }

  /// Starts from the moments of k components that go with responsibilities `share(i, j)`, observation i, component j. One whose
  /// share is too small for a covariance of its own gets that of all the data.
  template <class Share>
  void start_with(Index k, Share&& share, stream& rng) {
    clear(k);
    parts_.assign(static_cast<std::size_t>(k), all_);
    resize();
    for (detail::em::component& c : parts_) c.prepare(diagonal_);
    pass_.run_with(data_, parts_, sums_, share);
    maximise([](std::size_t) {});
    settle(rng);
  }

  /// One iteration. Returns the mean log-likelihood, in nats per observation, of the mixture that it started from.
  double step(stream& rng) {
    argument::require(!parts_.empty(), "mixture_em::step", "size()", Index{0}, "be at least 1: start first");
    resize();
    for (detail::em::component& c : parts_) c.prepare(diagonal_);
    const double sum = pass_.run(data_, parts_, sums_);
    maximise([this](std::size_t j) { retake(j); });
    settle(rng);
    return sum / data_.total() + data_.log_jacobian();
  }

  /// The mean log-likelihood of the mixture as it is now, in nats per observation.
  [[nodiscard]] double log_likelihood() {
    for (detail::em::component& c : parts_) c.prepare(diagonal_);
    return pass_.look(data_, parts_, [](Index, Index, const double*, Index) {}) / data_.total() + data_.log_jacobian();
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(parts_.size()); }  ///< components that are left
  [[nodiscard]] Index lost() const noexcept { return lost_; }          ///< components that were lost since the start
  [[nodiscard]] Index restarted() const noexcept { return restarted_; }  ///< those of them that were dropped or reseeded
  [[nodiscard]] bool lost_floor_used() const noexcept { return floored_; }  ///< whether one of them got `lost_floor`
  [[nodiscard]] const detail::em::scaled_view<T, D>& data() const noexcept { return data_; }
  [[nodiscard]] const Eigen::VectorXd& pooled_mean() const noexcept { return all_.mean; }

  /// The mixture as it is now; the Gaussian of all the data if every component was lost.
  [[nodiscard]] gaussian_mixture<T, D> model() const {
    if (parts_.empty()) return gaussian_mixture<T, D>(pooled_);
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

  /// Digits that a covariance may lose before it is taken again from the observations: half of them.
  static constexpr double least_pivot = 1e-8;

  void clear(Index k) {
    argument::require(k >= 1 && k <= most_, "mixture_em::start", "components", k, "be at least 1 and at most what was asked for");
    parts_.clear();
    parts_.reserve(static_cast<std::size_t>(k));
    lost_ = restarted_ = 0;
    floored_ = false;
    reseeds_left_ = reseeds_;
  }

  void resize() {
    while (sums_.size() < parts_.size()) sums_.emplace_back(data_.dimension(), diagonal_);
    while (sums_.size() > parts_.size()) sums_.pop_back();
    while (next_.size() < parts_.size()) next_.push_back(all_);
    while (next_.size() > parts_.size()) next_.pop_back();
  }

  /// The M step: parts_ from sums_. `retake(j)` is asked to set next_[j] where digits would be lost; where it does nothing, the
  /// covariance of all the data stands there.
  template <class Retake>
  void maximise(Retake&& retake) {
    double total = 0;
    for (const auto& s : sums_) total += s.weight;
    for (std::size_t j = 0; j < parts_.size(); ++j) {
      part& next = next_[j];
      const auto& s = sums_[j];
      next.weight = s.weight / total;
      next.mean = parts_[j].mean;
      next.lower = all_.lower;
      if (!(next.weight > std::numeric_limits<double>::epsilon())) {  // also where all is 0
        next.weight = 0;
        continue;
      }
      vector_ = s.first / s.weight;
      if (diagonal_)
        next.mean.array() += parts_[j].lower.diagonal().array() * vector_.array();
      else
        add_product(parts_[j].lower, vector_, next.mean);
      if (covariance_ != covariance_type::tied && !shrink(parts_[j], s, next)) retake(j);
    }
    if (covariance_ == covariance_type::tied) shrink_together(retake);
    for (part& c : next_) {
      if (c.weight > 0) add_floor(floor_, c.lower);
    }
    std::swap(parts_, next_);
  }

  /// The factor of one component by its own sums; false where too many digits would be lost. vector_ holds the mean of z.
  bool shrink(const part& before, const detail::em::component_sums& s, part& next) {
    if (diagonal_) {
      raw_ = s.squares / s.weight;
      matrix_.col(0) = raw_ - vector_.cwiseAbs2();
      if (covariance_ == covariance_type::spherical) {
        raw_.setConstant(raw_.mean());
        matrix_.col(0).setConstant(matrix_.col(0).mean());
      }
      if (!(matrix_.col(0).array() > least_pivot * raw_.array()).all()) return false;
      next.lower.diagonal() = before.lower.diagonal().array() * matrix_.col(0).array().sqrt();
      return true;
    }
    matrix_ = s.products / s.weight;
    raw_ = matrix_.diagonal();
    for (Index i = 0; i < raw_.size(); ++i) matrix_.col(i) -= vector_[i] * vector_;
    if (!(detail::em::cholesky_in_place(matrix_, raw_) > least_pivot)) return false;
    detail::em::multiply_triangles(before.lower, matrix_, next.lower);
    return true;
  }

  /// The factor that all components share.
  template <class Retake>
  void shrink_together(Retake&& retake) {
    double total = 0;
    matrix_.setZero();
    raw_.setZero();
    for (std::size_t j = 0; j < parts_.size(); ++j) {
      if (next_[j].weight == 0) continue;
      const auto& s = sums_[j];
      total += s.weight;
      vector_ = s.first / s.weight;
      matrix_ += s.products;
      raw_ += s.products.diagonal();
      for (Index i = 0; i < raw_.size(); ++i) matrix_.col(i) -= (s.weight * vector_[i]) * vector_;
    }
    if (!(total > 0)) return;
    matrix_ /= total;
    raw_ /= total;
    if (detail::em::cholesky_in_place(matrix_, raw_) > least_pivot) {
      for (part& c : next_) detail::em::multiply_triangles(parts_.front().lower, matrix_, c.lower);
      return;
    }
    for (std::size_t j = 0; j < parts_.size(); ++j)
      if (next_[j].weight > 0) retake(j);
    std::swap(parts_, next_);  // `tie` averages parts_
    tie();
    std::swap(parts_, next_);
  }

  /// Takes mean and covariance of component j from the observations themselves, in as many digits as they have.
  void retake(std::size_t j) {
    simulacra::weights<T> share(data_.count());
    pass_.look(data_, parts_, [&](Index first, Index size, const double* rows, Index stride) {
      for (Index t = 0; t < size; ++t)
        share[first + t] = static_cast<T>(rows[static_cast<Index>(j) * stride + t]);
    });
    const auto m = moments<T, D>::of(data_.data(), share);
    if (!(m.weight() > 0)) {
      next_[j].weight = 0;
      return;
    }
    data_.enter(m.mean(), m.factor().scaled(1 / std::sqrt(m.weight())), next_[j].mean, next_[j].lower);
    conform(next_[j].lower);
  }

  /// Brings a factor to what the covariance type allows; tied ones are `tie`'s business.
  void conform(Eigen::MatrixXd& lower) const {
    if (!diagonal_) return;
    Eigen::VectorXd spread = lower.rowwise().stableNorm();
    if (covariance_ == covariance_type::spherical) spread.setConstant(spread.stableNorm() / std::sqrt(static_cast<double>(spread.size())));
    lower.setZero();
    lower.diagonal() = spread;
  }

  /// Gives all parts the average of their covariances, by weight.
  void tie() {
    double total = 0;
    for (const part& c : parts_) total += c.weight;
    if (!(total > 0)) return;
    matrix_.setZero();
    for (const part& c : parts_)
      for (Index i = 0; i < matrix_.cols() && c.weight > 0; ++i) {
        vector_ = std::sqrt(c.weight / total) * c.lower.col(i);
        detail::em::add_outer(matrix_, vector_, i);
      }
    for (part& c : parts_) c.lower = matrix_;
  }

  /// Adds a variance to every direction.
  void add_floor(const Eigen::VectorXd& deviation, Eigen::MatrixXd& lower) {
    if (!(deviation.maxCoeff() > 0)) return;
    for (Index i = 0; i < deviation.size(); ++i) {
      if (diagonal_) {
        lower(i, i) = std::hypot(lower(i, i), deviation[i]);
        continue;
      }
      vector_.setZero();
      vector_[i] = deviation[i];
      detail::em::add_outer(lower, vector_, i);
    }
  }

  void add_product(const Eigen::MatrixXd& lower, const Eigen::VectorXd& x, Eigen::VectorXd& out) {
    for (Index i = 0; i < x.size(); ++i) out.tail(x.size() - i) += x[i] * lower.col(i).tail(x.size() - i);
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
        add_floor(lost_floor_, parts_[j].lower);
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
    double left = uniform(rng) * data_.total();
    Index i = 0;
    while (i + 1 < data_.count() && (left -= data_.weight(i)) >= 0) ++i;
    c.mean = data_.data().col(i).template cast<double>().cwiseProduct(data_.scale());
    c.lower = all_.lower;
    c.weight = 1 / static_cast<double>(parts_.size());
  }

  covariance_type covariance_;
  bool diagonal_;
  lost_component lost_policy_;
  Index most_, reseeds_left_, reseeds_;
  gaussian<T, D> pooled_;
  detail::em::scaled_view<T, D> data_;
  detail::em::block_pass pass_;
  Eigen::VectorXd floor_, lost_floor_, vector_, raw_;
  Eigen::MatrixXd matrix_;
  part all_;
  std::vector<part> parts_, next_;
  std::vector<detail::em::component_sums> sums_;
  Index lost_ = 0, restarted_ = 0;
  bool floored_ = false;
};

}  // namespace simulacra
