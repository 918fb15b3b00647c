// Either path from T to A(X), and the interaction between them, in every ledger that can have them; what one cannot have it refuses.
#include "support.hpp"

#include <functional>

using namespace simulacra_test;

namespace {

/// share N(left, v) + (1 - share) N(right, u), of which it says what a user would.
struct two_parts {
  double share, left, v, right, u;

  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) {
      const bool first = uniform(rng) < share;
      x[i] = (first ? left : right) + std::sqrt(first ? v : u) * standard_normal(rng);
    }
    return x;
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(share * left + (1 - share) * right); }
  [[nodiscard]] square<double, 1> covariance() const {
    return square<double, 1>(share * v + (1 - share) * u + share * (1 - share) * (left - right) * (left - right));
  }
  [[nodiscard]] double log_density(const point<double, 1>& x) const {
    const auto part = [&](double m, double s) {
      return std::exp(-0.5 * (x[0] - m) * (x[0] - m) / s) / std::sqrt(2 * 3.141592653589793238 * s);
    };
    return std::log(share * part(left, v) + (1 - share) * part(right, u));
  }
};

struct corners {
  gaussian<double, 1> limit, best, exact, model;
  std::function<double(double)> density;  ///< of T
};

/// E_T[-log q], and T's entropy where q is T, by the trapezium rule: spectral for densities like these.
template <class F>
double expected(const corners& c, F&& f) {
  double sum = 0;
  for (int i = -2000; i <= 2000; ++i) sum += c.density(i * 0.01) * f(i * 0.01);
  return 0.01 * sum;
}
double risk(const corners& c, const gaussian<double, 1>& q) {
  return expected(c, [&](double x) { return -q.log_density(point<double, 1>(x)); });
}

/// The four corners of every generation, by hand: moments of T and of X, and the floor.
std::vector<corners> by_hand(const two_parts& truth, double floor, Index samples, Index generations, auto& what,
                             auto&... books) {
  std::vector<corners> all;
  double mean = truth.mean()[0], variance = truth.covariance()(0, 0);
  std::function<double(double)> density = [truth](double x) { return std::exp(truth.log_density(point<double, 1>(x))); };
  run_lineage(what, {.generations = generations, .samples = samples, .how = draw::stored}, stream(7), books...,
              [&](const auto& g) {
                double m = 0, v = 0;
                for (Index i = 0; i < samples; ++i) m += g.data.data(0, i) / static_cast<double>(samples);
                for (Index i = 0; i < samples; ++i) v += std::pow(g.data.data(0, i) - m, 2) / static_cast<double>(samples);
                all.push_back({{mean, variance + floor}, {mean, variance}, {m, v}, {m, v + floor}, density});
                CHECK_CLOSE(g.model.variance(), v + floor, 1e-12);
                mean = m;
                variance = v + floor;
                density = [q = g.model](double x) { return std::exp(q.log_density(point<double, 1>(x))); };
              });
  return all;
}

}  // namespace

TEST_CASE("order and interaction: the ledger of risk has both paths, by quadrature of all four corners") {
  for (const auto& [truth, floor, samples] :
       {std::tuple{two_parts{.3, -2, .5, 1, 1.2}, .3, Index{20}}, std::tuple{two_parts{.6, -1, 1, 3, .4}, .05, Index{50}}}) {
    const experiment what{truth, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = floor}), replace{}};
    risk_ledger paper(what, {.interaction = true}), other(what, {.order = path::bottou_bousquet});
    const auto all = by_hand(truth, floor, samples, 3, what, paper, other);
    CHECK(paper.names().back() == "risk_interaction");
    CHECK(other.names().back() == "risk_error");
    for (std::size_t t = 0; t < all.size(); ++t) {
      const corners& c = all[t];
      const risk_terms &p = paper.rows()[t], &o = other.rows()[t];
      const double entropy = expected(c, [&](double x) { return -std::log(c.density(x)); });
      const double best = risk(c, c.best), limit = risk(c, c.limit), exact = risk(c, c.exact), model = risk(c, c.model);
      const auto near = [](double a, double b) { CHECK(std::abs(a - b) <= 1e-10); };
      for (const risk_terms& r : {p, o}) {
        near(r.expressivity, best - entropy);
        near(r.total, model - entropy);
        near(r.expressivity + r.approximation + r.statistical, r.total);
      }
      near(p.approximation, limit - best);
      near(p.statistical, model - limit);
      near(o.approximation, model - exact);
      near(o.statistical, exact - best);
      near(p.interaction, model - exact - limit + best);
      CHECK(std::abs(p.approximation - o.approximation) > 1e-3);  // they are told apart
      CHECK(std::isnan(o.interaction));
    }
  }
}

TEST_CASE("order and interaction: a distance walks both paths, and has no interaction") {
  const two_parts truth{.3, -2, .5, 1, 1.2};
  const experiment what{truth, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0, .floor = .3}), replace{}};
  const auto w2 = [](const gaussian<double, 1>& p, const gaussian<double, 1>& q) {
    return std::sqrt(wasserstein_squared(p, q));
  };
  distance_ledger paper(what, "w2", w2), other(what, "w2", w2, {.order = path::bottou_bousquet});
  const auto all = by_hand(truth, .3, 20, 3, what, paper, other);
  for (std::size_t t = 1; t < all.size(); ++t) {
    const corners& c = all[t];
    CHECK_CLOSE(paper.rows()[t].approximation, w2(c.best, c.limit), 1e-8);
    CHECK_CLOSE(paper.rows()[t].statistical, w2(c.limit, c.model), 1e-8);
    CHECK_CLOSE(other.rows()[t].approximation, w2(c.exact, c.model), 1e-8);
    CHECK_CLOSE(other.rows()[t].statistical, w2(c.best, c.exact), 1e-8);
    for (const auto& b : {paper.rows()[t], other.rows()[t]}) CHECK(b.distance <= b.bound() * (1 + 1e-12));
  }
  CHECK(throws([&] { distance_ledger(what, "w2", w2, {.interaction = true}); }, "distance_ledger", "interaction"));
}

TEST_CASE("order and interaction: the ledger of functionals has both") {
  const two_parts truth{.3, -2, .5, 1, 1.2};
  const experiment what{truth, gaussian_estimator<double, 1>(divisor::n, {.shrinkage = 0.2, .floor = .3}), replace{}};
  functional_ledger paper(what, functional_space(variance_functional(), entropy_functional()), {.interaction = true}),
      other(what, functional_space(variance_functional(), entropy_functional()), {.order = path::bottou_bousquet});
  run_lineage(what, {.generations = 1, .samples = 20}, stream(7), paper, other);
  for (std::size_t k = 0; k < 2; ++k) {
    const functional_row &p = paper.rows(k)[0], &o = other.rows(k)[0];
    CHECK(p.due_to(term::expressivity) == o.due_to(term::expressivity));
    CHECK(std::abs(o.due_to(term::approximation) - p.due_to(term::approximation) - p.interaction) <= 1e-13);
    CHECK(std::abs(p.due_to(term::statistical) - o.due_to(term::statistical) - p.interaction) <= 1e-13);
  }
  CHECK(std::abs(paper.rows(1)[0].interaction) > 1e-4);  // entropy is no linear function of what a floor adds
  CHECK(paper.names().size() == other.names().size() + 2);
}

TEST_CASE("order and interaction: what an estimator without an ideal learner cannot have is refused at once") {
  const experiment what{gaussian<double, 1>(0, 1), laplace_mle<knows::nothing>{}, replace{}};
  const ledger_options other{.order = path::bottou_bousquet}, both{.interaction = true};
  const functional_space variance(variance_functional());
  for (const auto& [how, name] : {std::pair{other, "order"}, std::pair{both, "interaction"}}) {
    CHECK(throws([&, how = how] { ledger books(what, fourier_space(), how); }, "ledger", name, "ideal"));
    CHECK(throws([&, how = how] { functional_ledger books(what, variance, how); }, "ledger", name, "ideal"));
    CHECK(throws([&, how = how] { risk_ledger books(what, how); }, "ledger", name, "ideal"));
  }
}
