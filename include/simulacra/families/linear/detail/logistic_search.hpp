#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/linear/detail/curvature_pairs.hpp>
#include <simulacra/families/linear/detail/logistic_sums.hpp>
#include <simulacra/numerics/cholesky.hpp>
#include <simulacra/numerics/lower_factor.hpp>

namespace simulacra::detail {

/// The maximum of a logistic likelihood. (A template so that only who fits compiles it.)
template <class Sums = logistic_sums<double>>
class logistic_search {
 public:
  using place = typename Sums::place;
  using vector = typename Sums::vector;

  /// @param boundless  whether the likelihood may grow for ever, which is then told from the steps
  logistic_search(const Sums& pairs, double tolerance, Index steps, bool boundless)
      : pairs_(pairs), tolerance_(tolerance), steps_(steps), boundless_(boundless) {}

  /// The weights, and what is to be said of them.
  [[nodiscard]] std::pair<vector, outcome> best() const {
    place here = pairs_.origin();
    // Where there is much to look at, and the information costs as much as several looks.
    const Index d = pairs_.dimension(), n = pairs_.size();
    if (d >= 2 && n >= 8 * d && n >= 40'000 / d) {
      const bool arrived = without_information(here);
      if (arrived && !boundless_) return {std::move(here.weights), outcome{}};
      if (!arrived && boundless_) here = pairs_.origin();
    }
    const bool begins_at_origin = here.weights.isZero(0);
    pairs_.look(here, true);
    outcome result;
    if (!newton(here, begins_at_origin, result)) {
      here = pairs_.origin();
      pairs_.look(here, true);
      newton(here, true, result);
    }
    return {std::move(here.weights), result};
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  struct direction {
    vector towards;
    double promised;  ///< what the loss falls by, if it were quadratic, with the curvature that is thought of
  };

  /// Whether no more than `tolerance^1.5` can be expected to be left after a step that squares nothing: promises fall at least as quickly as
  /// the last one did.
  [[nodiscard]] bool enough(double promised, double before) const {
    return promised * (std::min)(1.0, promised / before) <= tolerance_ * std::sqrt(tolerance_);
  }

  /// Goes where gradients lead, corrected by what they have taught, as long as they lead there quickly. False where they do not:
  /// of inputs that depend on each other strongly they would for long, of labels that can be separated for ever.
  bool without_information(place& here) const {
    const vector most = pairs_.most_information(),
                 inverse = (most.array() > 0).select(most.cwiseInverse(), vector::Zero(most.size()));
    curvature_pairs seen;
    double before = infinity, before_that = infinity;
    const Index limit = (std::min)(steps_, 6 + pairs_.dimension() / 8);
    for (Index step = 0; step < limit; ++step) {
      const vector towards = seen.towards(here.gradient, [&](vector g) -> vector { return inverse.cwiseProduct(g); });
      const double promised = 0.5 * towards.dot(here.gradient);
      if (!(promised >= 0 && promised < infinity)) return false;
      // Where a maximum may be missing this is but a start for Newton's steps, which square what is left.
      const bool low = !(promised > (boundless_ ? 1e-10 : 1e-28) * here.loss);
      const bool quick = before_that < infinity && promised <= 0.1 * before && before <= 0.1 * before_that;
      const bool arrived = low || (quick && enough(promised, before));
      if (step > 4 && promised > 0.3 * before_that) return false;
      if (arrived && !boundless_) {  // nobody asks what it looks like there
        here.weights += towards;
        return true;
      }
      const vector from = here.weights, gradient = here.gradient;
      if (!advance(towards, arrived || promised <= 1e-13 * here.loss, false, here)) return false;
      if (arrived) return true;
      if (boundless_ && here.separates) return false;
      seen.add(here.weights - from, gradient - here.gradient);
      before_that = before, before = promised;
    }
    return false;
  }

  /// Newton's method from a place that was looked at. False where it would have to begin at the origin.
  bool newton(place& here, bool at_origin, outcome& result) const {
    constexpr const char* separated = "the labels can be separated: the likelihood has no maximum";
    result = {.what = status::not_converged, .reason = "Newton's method stopped at its limit of steps"};
    double promised_before = infinity;
    bool spans = true, faded = false, old_root = false;
    square<double> root;
    curvature_pairs seen;
    for (Index step = 0; step < steps_; ++step) {
      bool full = true;
      if (!old_root) {
        root = root_of(here), full = (root.diagonal().array() != 0).all();
        seen.clear();
      }
      if (step == 0 && !at_origin && !full && boundless_) return false;
      const vector towards = seen.towards(here.gradient, [&](vector g) { return solved(root, std::move(g)); });
      const double promised = 0.5 * towards.dot(here.gradient);
      spans = spans && (full || step > 0);
      faded = faded || (!full && spans);  // labels have become certain along a direction that was there
      // A step by its own root squares what is left; one by an old root, by what the steps since have taught, does less.
      const bool done = old_root ? enough(promised, promised_before) : promised <= tolerance_;
      // Of inputs that all but depend on each other, rounding promises something for ever, and moves nothing.
      const bool still =
          promised <= 1e-13 * here.loss && promised > 0.25 * promised_before && pairs_.most_moved(towards) < 1e-4;
      const bool arrived = done || still || !(promised > 1e-28 * here.loss);
      if (!arrived && boundless_ && here.separates && step > 0) {
        result = {.what = status::degenerate, .reason = separated};
        break;
      }
      if (arrived && !boundless_) {  // nobody asks what it looks like there
        here.weights += towards;
        result = {};
        break;
      }
      const bool slow = old_root && promised > 0.01 * promised_before;
      // Near the maximum the information changes no more, and its root is kept: that is most of a step's cost.
      old_root = full && !slow && promised <= 1e-4 * here.loss;
      const vector from = here.weights, gradient = here.gradient;
      // What is promised by the last steps is below the rounding of the loss, which cannot judge them.
      const bool moved = advance(towards, arrived || promised <= 1e-13 * here.loss, !arrived && !old_root, here);
      if (arrived || !moved) {
        result = {};
        // Newton's steps square what is left; a promise that falls by a factor only, as e^-1, while log odds go on by about 1 each time, is that
        // of a likelihood without maximum.
        if (boundless_ &&
            (here.separates || faded ||
             (arrived && promised > 1e-20 && promised > 0.05 * promised_before && pairs_.most_moved(towards) > 0.01)))
          result = {.what = status::degenerate, .reason = separated};
        break;
      }
      if (old_root) seen.add(here.weights - from, gradient - here.gradient);
      promised_before = promised;
    }
    if (result.ok() && !spans)
      result = {.what = status::degenerate,
                .reason = "the inputs do not span every direction: some weights follow from none"};
    return true;
  }

  /// The lower root of the information at a place, penalty included; of what has no direction, zeros.
  [[nodiscard]] square<double> root_of(const place& at) const {
    square<double> information = at.information, l = square<double>::Zero(information.rows(), information.rows());
    information.diagonal() += pairs_.ridge();
    information.template triangularView<Eigen::StrictlyUpper>() = information.transpose();
    if (!cholesky_factor<double, dynamic>(information, l))
      l = of_independent_rows(lower_factor<double, dynamic>(pairs_.roots(at)));
    return l;
  }

  /// The same root with zeros in the rows and columns of what follows from the rows before it. (As it comes, a column whose diagonal is zero
  /// may hold what another row needs.)
  static square<double> of_independent_rows(square<double> l) {
    std::vector<Index> row(static_cast<std::size_t>(l.rows()));
    std::iota(row.begin(), row.end(), Index{0});
    square<double> r = l;
    for (;;) {
      Index first = 0;
      while (first < r.rows() && r(first, first) != 0) ++first;
      if (first == r.rows()) break;
      if (r.rightCols(r.cols() - first).isZero(0)) {  // all the rows from here on
        row.resize(static_cast<std::size_t>(first));
        break;
      }
      row.erase(row.begin() + first);
      samples<double> left(row.size(), l.cols());
      for (std::size_t i = 0; i < row.size(); ++i) left.row(static_cast<Index>(i)) = l.row(row[i]);
      r = lower_factor<double, dynamic>(left);
    }
    l.setZero();
    for (std::size_t j = 0; j < row.size(); ++j)
      for (std::size_t i = j; i < row.size(); ++i) l(row[i], row[j]) = r(static_cast<Index>(i), static_cast<Index>(j));
    return l;
  }

  /// (L L')^-1 g, and 0 along what has no direction.
  static vector solved(const square<double>& l, vector g) {
    const Index all = l.rows();
    for (Index j = 0; j < all; ++j) {  // L z = g
      if (l(j, j) == 0) {
        g[j] = 0;
        continue;
      }
      g[j] /= l(j, j);
      for (Index i = j + 1; i < all; ++i) g[i] -= l(i, j) * g[j];
    }
    for (Index j = all; j-- > 0;) {  // L' step = z
      if (l(j, j) == 0) continue;
      for (Index i = j + 1; i < all; ++i) g[j] -= l(i, j) * g[i];
      g[j] /= l(j, j);
    }
    return g;
  }

  /// Goes there, or a half, a quarter, ... of the way, so that the loss does not rise by more than its rounding. False where no step does
  /// that. @param trusted  whether to go there unseen   @param information  whether that is wanted there
  bool advance(const vector& towards, bool trusted, bool information, place& here) const {
    place next;
    for (double share = 1; share > 1e-10; share /= 2) {
      next.weights = here.weights + share * towards;
      pairs_.look(next, information);
      if (trusted || next.loss <= here.loss * (1 + 1e-14)) {
        here = std::move(next);
        return true;
      }
    }
    return false;
  }

  const Sums& pairs_;
  double tolerance_;
  Index steps_;
  bool boundless_;
};

}  // namespace simulacra::detail
