#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// How the weights of a kernel mean are found.
enum class simplex_solver {
  pairwise,       ///< pairwise Frank-Wolfe steps: each moves weight from one point to another, at a cost of O(m)
  interior_point  ///< primal-dual Newton steps along the central path: a few dozen for any accuracy, each O(m^3)
};

/// When it stops.
struct simplex_options {
  simplex_solver solver = simplex_solver::interior_point;
  double tolerance = 1e-10;       ///< certified excess of the squared distance, in units of the largest k(z_j, z_j)
  Index max_iterations = 100000;  ///< steps; a solver that stops here has not converged
};

/// Weights on the simplex, and how good they are known to be.
struct simplex_weights {
  weights<double> a{};  ///< >= 0, of sum 1
  double gap = 0;       ///< no weights whatever have a squared distance that is smaller by more than this
  Index iterations = 0;
  bool converged = false;  ///< gap <= tolerance times the largest diagonal entry
};

namespace detail {

/// The problem: minimise \f$ q(a) = a^T K a - 2 c^T a \f$, the squared distance but for a constant, on the simplex.
/// By convexity \f$ q(a) - q(a^*) \le 2\,[a^T g - \min_j g_j] \f$ with g = K a - c: the duality gap of Frank and Wolfe
/// (1956).
/// (Templates of the kind of number, which is double, so that only who calls them compiles them.)
template <class Real>
struct simplex_problem {
  const square<Real>& gram;
  const point<Real>& target;

  [[nodiscard]] point<Real> gradient(const point<Real>& a) const { return gram * a - target; }
  [[nodiscard]] static Real gap(const point<Real>& a, const point<Real>& g) {
    return (std::max)(0.0, 2 * (a.dot(g) - g.minCoeff()));
  }
};

/// Pairwise Frank-Wolfe with exact line search. The gradient is carried along and made anew now and then, since its rounding
/// adds up. Source: Lacoste-Julien and Jaggi (2015), algorithm 2.
template <class Real>
void solve_pairwise(const simplex_problem<Real>& p, double accuracy, Index most, simplex_weights& at) {
  constexpr Index fresh = 512;
  point<Real> g = p.gradient(at.a);
  for (at.iterations = 0;; ++at.iterations) {
    if (at.iterations % fresh == 0) g = p.gradient(at.a);
    Index to = 0, from = -1;
    const double least = g.minCoeff(&to);
    for (Index j = 0; j < g.size(); ++j)
      if (at.a[j] > 0 && (from < 0 || g[j] > g[from])) from = j;
    at.gap = (std::max)(0.0, 2 * (at.a.dot(g) - least));
    if (at.gap <= accuracy || at.iterations >= most) break;
    const double slope = g[from] - g[to], curvature = p.gram(to, to) + p.gram(from, from) - 2 * p.gram(to, from);
    const double all = at.a[from], step = curvature > 0 ? (std::min)(slope / curvature, all) : all;
    if (!(step > 0)) break;
    at.a[from] = step == all ? 0 : all - step;
    at.a[to] += step;
    g += step * (p.gram.col(to) - p.gram.col(from));
  }
}

/// Primal-dual interior point with a predictor and a corrector:
/// \f$ K a - c - y 1 - s = 0,\ 1^T a = 1,\ a_j s_j = \mu \to 0 \f$. The diagonal s/a is what makes a singular K harmless on
/// the way; a jitter of rounding's size does it at the end.
/// Source: Mehrotra (1992); Nocedal and Wright (2006), algorithm 16.4.
template <class Real>
void solve_interior(const simplex_problem<Real>& p, double accuracy, Index most, simplex_weights& at) {
  using array = Eigen::Array<Real, dynamic, 1>;
  const Index m = p.target.size();
  const double size = p.gram.diagonal().maxCoeff(), jitter = 1e-15 * size * static_cast<double>(m);
  point<Real> a = point<Real>::Constant(m, 1.0 / static_cast<double>(m)), g = p.gradient(a);
  double y = g.minCoeff() - 0.1 * size;
  point<Real> s = g.array() - y;
  at.a = a;
  at.gap = simplex_problem<Real>::gap(a, g);
  Eigen::LLT<square<Real>> factor(m);
  Index since = 0;  // steps without progress: the end of what rounding allows
  for (at.iterations = 0; at.gap > accuracy && at.iterations < most && since < 4; ++at.iterations) {
    const double mu = a.dot(s) / static_cast<double>(m);
    square<Real> h = p.gram;
    h.diagonal().array() += s.array() / a.array() + jitter;
    factor.compute(h);
    if (factor.info() != Eigen::Success) break;
    const point<Real> rest = g.array() - y - s.array(), ones = factor.solve(point<Real>::Ones(m));
    const double missing = 1 - a.sum();
    point<Real> da, ds;
    double dy = 0;
    const auto direction = [&](const array& complement) {  // of a s + s da + a ds = complement
      const point<Real> r = factor.solve(point<Real>((complement / a.array() - s.array()).matrix() - rest));
      dy = (missing - r.sum()) / ones.sum();
      da = r + dy * ones;
      ds = (complement - s.array() * da.array()) / a.array() - s.array();
    };
    const auto longest = [](const point<Real>& v, const point<Real>& dv) {
      double t = 1;
      for (Index j = 0; j < v.size(); ++j)
        if (dv[j] < 0) t = (std::min)(t, -v[j] / dv[j]);
      return t;
    };
    direction(array::Zero(m));
    const double t = (std::min)(longest(a, da), longest(s, ds));
    const double ahead = (a + t * da).dot(s + t * ds) / static_cast<double>(m), centring = std::pow(ahead / mu, 3);
    direction(centring * mu - da.array() * ds.array());
    const double step = (std::min)(1.0, 0.995 * (std::min)(longest(a, da), longest(s, ds)));
    a += step * da;
    s += step * ds;
    y += step * dy;
    if (!a.allFinite() || !s.allFinite()) break;
    a = a.cwiseMax(1e-300);
    s = s.cwiseMax(1e-300);
    // What a step is worth is measured where its weights would be used: on the simplex, without what has all but gone.
    const double small = 1e-12 * a.maxCoeff();
    point<Real> b = (a.array() > small).select(a, 0.0);
    b /= b.sum();
    const double here = simplex_problem<Real>::gap(b, p.gradient(b));
    g = p.gradient(a);
    since = here < 0.9 * at.gap ? 0 : since + 1;
    if (here < at.gap) {
      at.gap = here;
      at.a = b;
    }
  }
}

}  // namespace detail

/// The weights on the simplex for which \f$ \| \sum_j a_j v_j - \mu \|^2 = a^T K a - 2 c^T a + \|\mu\|^2 \f$ is least, for
/// vectors of a Hilbert space that are given by their inner products.
///
/// @param gram    m x m, \f$ K_{ij} = \langle v_i, v_j \rangle \f$, finite, positive semi-definite   @param target
///   \f$ c_j = \langle v_j, \mu \rangle \f$
/// @return weights with a certified gap; where K is singular, one of many. Rounding limits the gap to about 1e-15 of the
///   largest K_jj
/// @throw std::invalid_argument if the shapes do not fit, an entry is not finite, or an option is out of range
template <class Real = double>
[[nodiscard]] simplex_weights solve_simplex_weights(const std::type_identity_t<square<Real>>& gram,
                                                    const std::type_identity_t<point<Real>>& target,
                                                    const simplex_options& how = {}) {
  constexpr std::string_view name = "solve_simplex_weights";
  argument::require(gram.rows() >= 1 && gram.rows() == gram.cols(), name, "gram.cols()", gram.cols(),
                    "equal gram.rows(), at least 1");
  argument::require(target.size() == gram.rows(), name, "target.size()", target.size(), "equal gram.rows()");
  argument::require_finite(gram, name, "gram");
  argument::require_finite(target, name, "target");
  argument::require(how.tolerance >= 0 && how.tolerance <= (std::numeric_limits<double>::max)(), name, "tolerance",
                    how.tolerance, "be >= 0 and finite");
  argument::require(how.max_iterations >= 0, name, "max_iterations", how.max_iterations, "not be negative");
  argument::require(how.solver == simplex_solver::pairwise || how.solver == simplex_solver::interior_point, name, "solver",
                    static_cast<int>(how.solver), "be simplex_solver::pairwise or ::interior_point");
  const detail::simplex_problem<Real> problem{gram, target};
  const double accuracy = how.tolerance * (std::max)(0.0, gram.diagonal().maxCoeff());
  simplex_weights found;
  if (how.solver == simplex_solver::pairwise) {
    Index best = 0;  // from the one point that is nearest
    (gram.diagonal() - 2 * target).minCoeff(&best);
    found.a = point<Real>::Unit(gram.rows(), best);
    detail::solve_pairwise(problem, accuracy, how.max_iterations, found);
  } else {
    detail::solve_interior(problem, accuracy, how.max_iterations, found);
  }
  found.a = found.a.cwiseMax(0.0);
  found.a /= found.a.sum();
  found.converged = found.gap <= accuracy;
  return found;
}

}  // namespace simulacra
