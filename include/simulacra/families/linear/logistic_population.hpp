#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/divergences.hpp>
#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/linear/detail/log_odds_moments.hpp>
#include <simulacra/families/linear/logistic_law.hpp>
#include <simulacra/numerics/cholesky.hpp>

/// What logistic models are to each other with infinitely many Gaussian inputs: risks, and the best of a family.
namespace simulacra {

namespace detail {

/// Log odds of a model under Gaussian inputs: their mean, and their loadings F'beta on the independent normals that inputs are made of.
struct spread_log_odds {
  double mean;
  Eigen::VectorXd load;

  template <class T, int D, class Weights>
  spread_log_odds(const gaussian<T, D>& inputs, const Weights& weights, double intercept)
      : mean(intercept + inputs.mean().template cast<double>().dot(weights.template cast<double>())),
        load(inputs.factor().dense().template cast<double>().transpose() * weights.template cast<double>()) {}

  [[nodiscard]] log_odds_moments moments() const { return {mean, load.norm()}; }
};

/// E over labels and inputs of -log q(label | input), to the rounding of the mean size of the log odds.
template <class T, int D, class Q>
double label_cross_entropy(const logistic_model<gaussian<T, D>>& p, const Q& q) {
  argument::require(p.weights().size() == q.weights().size(), "cross_entropy", "q.weights().size()", q.weights().size(),
                    "be that of p");
  const spread_log_odds own(p.inputs(), p.weights(), static_cast<double>(p.intercept())),
      other(p.inputs(), q.weights(), static_cast<double>(q.intercept()));
  const log_odds_moments labels = own.moments();
  // E y f = E s(f_p) f_q, by Stein's identity.
  return other.moments().loss - other.mean * labels.one - own.load.dot(other.load) * labels.slope[0];
}

/// The weights (and the intercept behind them, if asked for) that infinitely many pairs lead to, with a penalty on the mean loss: Newton's
/// method on \f$ E\log(1+e^{f}) - E\,yf + \tfrac\lambda2|\beta|^2 \f$. O(d^3) for each of about eight steps.
template <class T, int D>
Eigen::VectorXd population_weights(const logistic_model<gaussian<T, D>>& law, double penalty, bool intercept) {
  using vector = Eigen::VectorXd;
  const Index d = law.weights().size(), all = d + (intercept ? 1 : 0);
  const auto factor = law.inputs().factor().dense().template cast<double>().eval();
  // An input is centre + F z, and behind it stands a 1.
  vector centre = vector::Ones(all);
  centre.head(d) = law.inputs().mean().template cast<double>();
  const spread_log_odds own(law.inputs(), law.weights(), static_cast<double>(law.intercept()));
  const log_odds_moments labels = own.moments();
  vector pull = labels.one * centre;  // E y x
  pull.head(d) += labels.slope[0] * (factor * own.load);
  vector ridge = vector::Constant(all, penalty);
  ridge.tail(all - d).setZero();

  vector best = vector::Zero(all);
  if (intercept) best[d] = std::log(labels.one) - std::log1p(-labels.one);
  const auto value = [&](const vector& at) {
    const spread_log_odds odds(law.inputs(), at.head(d), intercept ? at[d] : 0.0);
    return odds.moments().loss - pull.dot(at) + 0.5 * ridge.cwiseProduct(at).dot(at);
  };
  if (penalty == std::numeric_limits<double>::infinity()) return best;
  double here = value(best);
  for (int step = 0; step < 100; ++step) {
    const spread_log_odds odds(law.inputs(), best.head(d), intercept ? best[d] : 0.0);
    const log_odds_moments m = odds.moments();
    const double sd = odds.load.norm();
    vector along = vector::Zero(all);  // of inputs, what a unit of the normal part of the log odds carries
    if (sd > 0) along.head(d) = factor * (odds.load / sd);
    const vector gradient = pull - m.one * centre - sd * m.slope[0] * along - ridge.cwiseProduct(best);
    square<double> information = m.slope[0] * centre * centre.transpose() +
                                 m.slope[1] * (centre * along.transpose() + along * centre.transpose()) +
                                 (m.slope[2] - m.slope[0]) * along * along.transpose();
    information.topLeftCorner(d, d) += m.slope[0] * factor * factor.transpose();
    information.diagonal() += ridge;
    square<double> root;
    if (!cholesky_factor<double, dynamic>(information, root))
      throw std::domain_error("logistic_regression::project: the inputs do not span every direction");
    vector towards = gradient;
    root.template triangularView<Eigen::Lower>().solveInPlace(towards);
    const double promised = towards.squaredNorm() / 2;
    root.transpose().template triangularView<Eigen::Upper>().solveInPlace(towards);
    const bool last = promised <= 1e-18;
    for (double share = 1; share > 1e-10; share /= 2) {
      const vector next = best + share * towards;
      const double there = value(next);
      if (last || promised <= 1e-12 || there <= here) {
        best = next, here = there;
        break;
      }
    }
    if (last) break;
  }
  return best;
}

}  // namespace detail

/// The entropy of a pair, in nats, over Gaussian inputs: that of its input, and of its label given that, by quadrature on a line.
template <class T, int D>
[[nodiscard]] double entropy(const logistic_model<gaussian<T, D>>& p) {
  return entropy(p.inputs()) + detail::label_cross_entropy(p, p);
}

/// The cross-entropy of one logistic model under another, in nats, over Gaussian inputs. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double cross_entropy(const logistic_model<gaussian<T, D>>& p, const logistic_model<gaussian<T, D>>& q) {
  return cross_entropy(p.inputs(), q.inputs()) + detail::label_cross_entropy(p, q);
}

/// What a fit costs in log loss under the truth's inputs beyond what no fit can know, in nats: the mean divergence of its labels' law from the
/// truth's. By quadrature on a line, O(d^2). @throw std::invalid_argument if the dimensions differ
template <class T, int D, class Other>
[[nodiscard]] double excess_risk(const logistic_model<gaussian<T, D>>& truth, const logistic_model<Other>& fit) {
  return detail::label_cross_entropy(truth, fit) - detail::label_cross_entropy(truth, truth);
}

/// The Kullback-Leibler divergence of q from p, in nats, over Gaussian inputs. @throw std::invalid_argument if the dimensions differ
template <class T, int D>
[[nodiscard]] double kl_divergence(const logistic_model<gaussian<T, D>>& p, const logistic_model<gaussian<T, D>>& q) {
  return (p.inputs() == q.inputs() ? 0 : kl_divergence(p.inputs(), q.inputs())) + excess_risk(p, q);
}

}  // namespace simulacra
