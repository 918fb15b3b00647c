// Does a round law stay round while it collapses? No: the eigenvalues of the fitted covariance have d different exponential
// rates, even from an isotropic start. (Their sum, the rate of the determinant, follows from Shumailov et al. (2024); the
// spectrum itself is a product of random Bartlett triangles, and was derived for this library: theory::lyapunov_exponent.)
//
// Builds on: gaussian_walk. New here: a probe, which reads several numbers off each generation and remembers earlier ones; and
// a model that is still right when its eigenvalues are e^-300 and smaller and their ratio is e^200.
//
// How that can be: the model keeps Sigma = F F' with F lower triangular, each column with an exponent of its own. One
// generation multiplies F from the right by a lower triangle A with independent entries, A_jj^2 ~ chi-squared(M - j). So
//   * log F_jj^2 is an exact random walk: its mean is *exactly* t * lyapunov_exponent(j), at any t. This is what is checked
//     (`log_pivot_j`), and so is their sum, the log-determinant.
//   * The eigenvalues of F F' only share these rates in the limit: mean log lambda_j is t * lyapunov_exponent(j) plus a constant
//     that the first generations leave behind (the largest eigenvalue is larger than the first pivot, for one). Therefore
//     `rate_j` is the growth of log lambda_j over the *second half* of the run only, and is checked once the eigenvalues have
//     moved so far apart by half time that they no longer change places.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using sim::Index;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// The logarithms of the eigenvalues of F F', the largest first, each to a few units of rounding however far apart they are.
///
/// One-sided Jacobi (Hestenes 1958): rotate pairs of columns of F until all are orthogonal; their squared lengths are the
/// eigenvalues. It is the method for graded columns: what it loses depends on the columns' *directions* only, not on their
/// lengths (Demmel and Veselic 1992). So each column is kept as a direction u of length 1 and the logarithm s of its length,
/// and a rotation needs no more than the ratio r of the two lengths, which may underflow without harm: then the longer column
/// stays, and the shorter loses its part along it.
std::vector<double> log_eigenvalues(const sim::scaled_factor<>& factor) {
  const Index d = factor.dimension();
  Eigen::MatrixXd u = factor.matrix();
  Eigen::VectorXd s(d);
  const auto normalise = [&](Index j) {
    const double length = u.col(j).norm();
    s[j] += std::log(length);
    u.col(j) /= length;
  };
  for (Index j = 0; j < d; ++j) {
    s[j] = std::log(2.0) * static_cast<double>(factor.exponents()[j]);
    normalise(j);
  }
  for (int sweep = 0; sweep < 60; ++sweep) {
    double worst = 0;
    for (Index i = 0; i < d; ++i)
      for (Index j = i + 1; j < d; ++j) {
        const Index p = s[i] >= s[j] ? i : j, q = i + j - p;  // p is the longer
        const double c = u.col(p).dot(u.col(q)), r = std::exp(s[q] - s[p]);
        worst = std::max(worst, std::abs(c));
        if (std::abs(c) < 1e-15) continue;
        const double k = (r * r - 1) / (2 * c);
        const double t = std::copysign(1 / (std::abs(k) + std::hypot(r, k)), k);  // tangent of the rotation, over r
        const Eigen::VectorXd longer = u.col(p) - (r * r * t) * u.col(q);
        const double cosine = 1 / std::hypot(1.0, r * t);
        u.col(q) = cosine * (t * u.col(p) + u.col(q));
        u.col(p) = cosine * longer;
        normalise(p);
        normalise(q);
      }
    if (worst < 1e-14) break;
  }
  std::vector<double> values(s.data(), s.data() + d);
  std::sort(values.begin(), values.end(), std::greater<>());
  for (double& v : values) v *= 2;
  return values;
}

/// Reads the spectrum off each generation that is recorded, and remembers it at half time.
class spectrum {
 public:
  spectrum(Index dimension, std::vector<Index> recorded, Index half)
      : d_(dimension), recorded_(std::move(recorded)), half_(half) {}

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const char* name : {"log_eigenvalue_", "log_pivot_", "rate_"})
      for (Index j = 1; j <= d_; ++j) all.push_back(name + std::to_string(j));
    all.insert(all.end(), {"log_condition_number", "log_det"});
    return all;
  }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    if (!std::binary_search(recorded_.begin(), recorded_.end(), g.number)) return;
    const auto d = static_cast<std::size_t>(d_);
    std::fill(out.begin(), out.end(), unknown);
    const auto& factor = g.model.factor();
    if (factor.rank() == d_) {  // with M <= d there is no spectrum to speak of
      const std::vector<double> now = log_eigenvalues(factor);
      if (g.number == half_) then_ = now;
      for (std::size_t j = 0; j < d; ++j) {
        out[j] = now[j];
        out[d + j] = 2 * factor.log_diagonal(static_cast<Index>(j));
        if (g.number > half_ && then_.size() == d)
          out[2 * d + j] = (now[j] - then_[j]) / static_cast<double>(g.number - half_);
      }
      out[3 * d] = now.front() - now.back();
    }
    out[3 * d + 1] = g.model.log_determinant();
  }

 private:
  Index d_;
  std::vector<Index> recorded_;
  Index half_;
  std::vector<double> then_;
};

struct setting {
  Index dimension, samples;
  sim::divisor by;
};

/// "rate_3" -> 3
Index number_in(std::string_view metric) { return std::stol(std::string(metric.substr(metric.rfind('_') + 1))); }

double expected(const setting& s, std::string_view metric, Index t) {
  if (s.samples <= s.dimension) return unknown;  // a single fit is singular
  if (metric.starts_with("log_pivot_"))
    return static_cast<double>(t) * theory::lyapunov_exponent(number_in(metric), s.samples, s.by);
  if (metric.starts_with("rate_")) return theory::lyapunov_exponent(number_in(metric), s.samples, s.by);
  if (metric == "log_det") return static_cast<double>(t) * theory::log_det_rate(s.dimension, s.samples, s.by);
  return unknown;
}

/// Whether all neighbours have drifted apart by half time, by five standard deviations of their difference.
bool apart(const setting& s, Index half) {
  for (Index j = 1; j < s.dimension; ++j) {
    const double drift = theory::lyapunov_exponent(j, s.samples, s.by) - theory::lyapunov_exponent(j + 1, s.samples, s.by);
    const double others = j > 1 ? theory::log_det_variance(j - 1, s.samples, half) : 0;
    const double variance = theory::log_det_variance(j + 1, s.samples, half) - others;  // of pivots j and j + 1
    if (!(drift * static_cast<double>(half) > 5 * std::sqrt(variance))) return false;
  }
  return true;
}

example::figure picture(const sim::table& out, const std::vector<setting>& settings) {
  example::figure f(out);
  const auto conditions = [](const setting& s) {
    return std::vector<std::string>{example::name_of(s.by), std::to_string(s.dimension), std::to_string(s.samples)};
  };
  f << "set multiplot layout 1,2 margins 0.07,0.98,0.13,0.91 spacing 0.09,0.1\nset xlabel 'generation'\n";
  const setting& shown = settings.back();
  example::plot_list left, right;
  for (Index j = 1; j <= std::min<Index>(shown.dimension, 6); ++j) {
    const std::string number = std::to_string(j);
    left.band_and_mean(f.over_generations(conditions(shown), "log_eigenvalue_" + number), static_cast<int>(j),
                       "{/Symbol l}_" + number);
    const auto pivot = f.over_generations(conditions(shown), "log_pivot_" + number);
    if (pivot.has_theory) left.theory(pivot.name + " using 1:5");
  }
  int colour = 0;
  for (const setting& s : settings) {
    const std::string name = "d = " + std::to_string(s.dimension) + ", M = " + std::to_string(s.samples);
    right.band_and_mean(f.over_generations(conditions(s), "log_condition_number"), ++colour, name);
    if (s.samples > s.dimension)
      right.theory(sim::argument::text(theory::log_condition_rate(s.dimension, s.samples)) + "*x");
  }
  f << "set title \"log eigenvalues of the covariance, d = " + std::to_string(shown.dimension) +
           ", M = " + std::to_string(shown.samples) + "\"\nset key bottom left\n"
    << left.text("exact rate") << "set title \"log condition number (largest over smallest eigenvalue)\"\nset key top left\n"
    << right.text("exact rate");
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  return example::run(
      argc, argv,
      {"gaussian_anisotropy",
       "the eigenvalues of a Gaussian's covariance, refitted again and again from an isotropic start",
       {{"dimension", "D[,D...]", "dimension (default: 3,5)"},
        {"samples", "M", "fresh samples per generation (default: 20)"},
        {"generations", "T", "refits (default: 600)"},
        {"replicates", "R", "runs behind each band (default: 1000)"},
        example::divisor_flag(),
        example::draw_flag()}},
      [](example::session& run) {
        const Index generations = run.number("generations", 600, 300), replicates = run.number("replicates", 1000, 200);
        const Index half = std::max<Index>(1, generations / 2);
        run.record()
            .set("generations", generations)
            .set("replicates", replicates)
            .set("draw", run.given.text("draw", "cheapest"));

        // Eigenvalues cost more than a generation does: look at a hundred generations, the checked ones among them.
        std::vector<Index> recorded = example::spread(generations);
        recorded.push_back(half);
        for (Index t = 1; t <= generations; t += std::max<Index>(1, generations / 100)) recorded.push_back(t);
        std::sort(recorded.begin(), recorded.end());
        recorded.erase(std::unique(recorded.begin(), recorded.end()), recorded.end());

        sim::table out({"divisor", "dimension", "samples"});
        std::vector<setting> settings;
        for (const Index dimension : run.settings("dimension", std::vector<Index>{3, 5}))
          settings.push_back({dimension, run.given.integer("samples", 20, 2), run.by()});
        for (const setting& s : settings) {
          if (run.stopped()) break;
          const sim::experiment what{sim::gaussian<>::standard(s.dimension), sim::gaussian_estimator<>(s.by),
                                     sim::replace{}};
          auto many = run.replication(replicates, "d=" + std::to_string(s.dimension));
          many.generations = recorded;
          const auto records = sim::run_ensemble(what, {.generations = generations, .samples = s.samples, .how = run.draw()},
                                                 many, run.threads(), spectrum(s.dimension, recorded, half));
          // Logarithms have light tails at any depth of collapse, so every mean is a yardstick; rates only at the end.
          const bool settled = s.samples > s.dimension && apart(s, half);
          run.add(
              out, records, {example::name_of(s.by), std::to_string(s.dimension), std::to_string(s.samples)},
              [&](std::string_view metric, Index t) { return expected(s, metric, t); },
              [&](const sim::table_row& row) {
                return !row.metric.starts_with("rate_") || (settled && row.generation == generations);
              });
        }
        run.save(out, picture(out, settings), 1300, 560);
      });
}
