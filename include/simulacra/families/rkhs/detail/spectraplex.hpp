#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <simulacra/core/types.hpp>
#include <simulacra/families/rkhs/detail/dense.hpp>

/// Convex quadratic functions on the matrices \f$ C \succeq 0,\ \mathrm{tr}\,C = 1 \f$.
namespace simulacra::detail {

/// The function \f$ F(C) = \sum_g w\,(\psi_g^T C \psi_g)^2 - 2 \langle C, S \rangle + \langle C, R \rangle \f$.
/// (Templates of the kind of number, which is double, so that only who calls them compiles them.)
template <class Real>
struct spectraplex_problem {
  const square<Real>& psi;     ///< r x G, the features at the nodes of a rule of equal weights
  double weight;               ///< w
  const square<Real>& linear;  ///< R - 2 S

  /// The gradient at C, and the quadratic part of F.
  [[nodiscard]] square<Real> gradient(const square<Real>& c, double& quadratic) const {
    const point<Real> p = column_forms(c, psi);
    quadratic = weight * p.squaredNorm();
    square<Real> g = weighted_gram(psi, p);
    g *= 2 * weight;
    g += linear;
    return g;
  }

  /// The largest curvature, 2 |Q|, by power iteration: from below, by a few percent.
  [[nodiscard]] double curvature() const {
    square<Real> c = square<Real>::Identity(psi.rows(), psi.rows());
    double norm = 0;
    for (int i = 0; i < 30; ++i) {
      c /= c.norm();
      c = weighted_gram(psi, column_forms(c, psi));
      norm = 2 * weight * c.norm();
      if (!(norm > 0)) return 1;
    }
    return norm;
  }
};

/// The nearest matrix of the set, in Frobenius' norm: the eigenvalues go to the nearest point of the simplex.
template <class Real>
square<Real> onto_spectraplex(const square<Real>& c) {
  const Eigen::SelfAdjointEigenSolver<square<Real>> eigen(c);
  const point<Real>& v = eigen.eigenvalues();  // ascending
  double sum = 0, shift = 0;
  for (Index i = v.size() - 1, k = 1; i >= 0; --i, ++k) {
    sum += v[i];
    const double t = (sum - 1) / static_cast<double>(k);
    if (v[i] - t <= 0) break;
    shift = t;
  }
  const point<Real> kept = (v.array() - shift).cwiseMax(0.0);
  return weighted_gram(eigen.eigenvectors(), kept);
}

template <class Real>
struct spectraplex_solution {
  square<Real> c{};
  double gap = 0;        ///< F is nowhere smaller by more than this
  double quadratic = 0;  ///< the quadratic part of F
  Index iterations = 0;
  bool converged = false;

  /// Looks at the duality gap \f$ F(C) - F(C^*) \le \langle C, \nabla F \rangle - \lambda_{\min}(\nabla F) \f$ of a matrix
  /// (Jaggi 2013), and keeps it if it is the best so far. @return whether it is
  bool look_at(const spectraplex_problem<Real>& f, const square<Real>& here, double tolerance) {
    double quadratic_part = 0;
    const square<Real> g = f.gradient(here, quadratic_part);
    const Eigen::SelfAdjointEigenSolver<square<Real>> eigen(g, Eigen::EigenvaluesOnly);
    const double excess = (std::max)(0.0, frobenius(here, g) - eigen.eigenvalues()[0]);
    if (c.size() > 0 && !(excess < gap)) return false;
    c = here;
    gap = excess;
    quadratic = quadratic_part;
    converged = gap <= tolerance * quadratic;
    return true;
  }
};

/// Accelerated projected gradient with restarts where the momentum points uphill; the gap is looked at every few steps.
/// O(r^2 (r + G)) a step. Sources: Beck and Teboulle (2009); restarts: O'Donoghue and Candes (2015).
template <class Real>
spectraplex_solution<Real> solve_by_gradient(const spectraplex_problem<Real>& f, double tolerance, Index most) {
  constexpr Index look = 10;
  const Index r = f.psi.rows();
  spectraplex_solution<Real> best;
  square<Real> c = square<Real>::Identity(r, r) / static_cast<double>(r), ahead = c;
  const double step = 1 / (1.05 * f.curvature());
  double momentum = 1;
  for (Index i = 0;; ++i) {
    if (i % look == 0 || i == most) {
      best.look_at(f, c, tolerance);
      best.iterations = i;
      if (best.converged || i >= most) return best;
    }
    double unused = 0;
    square<Real> next = f.gradient(ahead, unused);
    next *= -step;
    next += ahead;
    next = onto_spectraplex(next);
    square<Real> onward = next;
    onward -= c;
    ahead -= next;
    if (frobenius(ahead, onward) > 0) momentum = 1;
    const double after = 0.5 * (1 + std::sqrt(1 + 4 * momentum * momentum));
    ahead = next;
    ahead += ((momentum - 1) / after) * onward;
    momentum = after;
    c = next;
  }
}

/// Newton's method on the barrier \f$ t F(C) - \log\det C \f$, t growing tenfold whenever it is nearly at its minimum, where
/// F is within r / t of the best. With \f$ C = L L^T \f$ and steps \f$ L X L^T \f$ the Hessian is the identity plus one term
/// of rank one for each node, so a step is one system of G equations: O(G^2 (r + G)). The gap is looked at before t grows.
/// Source: Nesterov and Nemirovskii (1994); the elimination is ours.
template <class Real>
spectraplex_solution<Real> solve_by_barrier(const spectraplex_problem<Real>& f, double tolerance, Index most) {
  const Index r = f.psi.rows(), nodes = f.psi.cols();
  const square<Real> one = square<Real>::Identity(r, r);
  square<Real> l = one / std::sqrt(static_cast<double>(r)), phi, system(nodes, nodes);
  spectraplex_solution<Real> best;
  best.look_at(f, multiply(l, transposed(l)), tolerance);
  double t = static_cast<double>(r) / (std::max)(best.gap, 1e-300);
  Eigen::LLT<square<Real>> factor(nodes), growth(r);
  Index stale = 0, here = 0;  // looks without progress, and steps at this t: where rounding ends the descent
  for (; best.iterations < most && !best.converged && stale < 3 && here < 60; ++best.iterations, ++here) {
    double unused = 0;
    const square<Real> c = multiply(l, transposed(l)), up = transposed(l);
    square<Real> g = f.gradient(c, unused);
    g.diagonal().array() -= frobenius(c, g);  // along the constraint, and far larger than what matters
    square<Real> slope = congruent(up, g);
    slope *= t;
    slope -= one;
    const square<Real> trace = multiply(up, l);
    phi = multiply(up, f.psi);
    system = multiply(transposed(phi), phi);
    system.array() *= system.array();
    const double jitter = 1e-14 * system.diagonal().maxCoeff();
    system.diagonal().array() += 0.5 / (t * f.weight) + jitter;
    factor.compute(system);
    if (factor.info() != Eigen::Success) break;
    const auto inverse_hessian = [&](const square<Real>& z) {
      square<Real> solved = square<Real>::Zero(r, r), rest = z;
      // The elimination cancels where the Hessian is large: what is left is solved for again.
      for (int time = 0; time < 3; ++time) {
        solved += rest;
        solved -= weighted_gram(phi, factor.solve(column_forms(rest, phi)));
        rest = weighted_gram(phi, column_forms(solved, phi));
        rest *= -2 * t * f.weight;
        rest += z;
        rest -= solved;
      }
      return solved;
    };
    const square<Real> along = inverse_hessian(slope);
    square<Real> x = inverse_hessian(trace);
    x *= frobenius(along, trace) / frobenius(x, trace);
    x -= along;
    const square<Real> mirrored = transposed(x);
    x += mirrored;  // nothing else would damp what rounding leaves of asymmetry
    x *= 0.5;
    const double decrement = std::sqrt((std::max)(0.0, -frobenius(slope, x)));
    if (decrement > 0.25) x *= 1 / (1 + decrement);
    x += one;
    growth.compute(x);
    if (growth.info() != Eigen::Success) break;
    l = multiply(l, growth.matrixL());
    l /= l.norm();  // the trace of C, but for rounding
    if (decrement < 0.5) {
      stale = best.look_at(f, multiply(l, transposed(l)), tolerance) ? 0 : stale + 1;
      t *= 10;
      here = 0;
    }
  }
  return best;
}

}  // namespace simulacra::detail
