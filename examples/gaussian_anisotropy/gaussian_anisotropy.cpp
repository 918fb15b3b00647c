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
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/gaussian.hpp>
#include <simulacra/recursion.hpp>
#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "picture.hpp"
#include "spectrum.hpp"

namespace sim = simulacra;
namespace theory = simulacra::theory;
using gaussian_anisotropy::setting;
using gaussian_anisotropy::unknown;
using sim::Index;

namespace {

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

}  // namespace

int main(int argc, char** argv) {
  return example::run(argc, argv,
                      {"gaussian_anisotropy",
                       "the eigenvalues of a Gaussian's covariance, refitted again and again from an isotropic start",
                       {{"dimension", "D[,D...]", "dimension (default: 3,5)"},
                        {"samples", "M", "fresh samples per generation (default: 20)"},
                        {"generations", "T", "refits (default: 600)"},
                        {"replicates", "R", "runs behind each band (default: 1000)"},
                        example::divisor_flag(),
                        example::draw_flag()}},
                      [](example::session& run) {
                        const Index generations = run.number("generations", 600, 300),
                                    replicates = run.number("replicates", 1000, 200);
                        const Index half = std::max<Index>(1, generations / 2);
                        run.record()
                            .set("generations", generations)
                            .set("replicates", replicates)
                            .set("draw", run.given.text("draw", "cheapest"));

                        // Eigenvalues cost more than a generation does: look at a hundred generations, the checked ones among them.
                        std::vector<Index> recorded = example::spread(generations);
                        recorded.push_back(half);
                        for (Index t = 1; t <= generations; t += std::max<Index>(1, generations / 100))
                          recorded.push_back(t);
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
                          const auto records = sim::run_ensemble(
                              what, {.generations = generations, .samples = s.samples, .how = run.draw()}, many,
                              run.threads(), gaussian_anisotropy::spectrum(s.dimension, recorded, half));
                          // Logarithms have light tails at any depth of collapse, so every mean is a yardstick; rates only at the end.
                          const bool settled = s.samples > s.dimension && apart(s, half);
                          run.add(
                              out, records, {example::name_of(s.by), std::to_string(s.dimension), std::to_string(s.samples)},
                              [&](std::string_view metric, Index t) { return expected(s, metric, t); },
                              [&](const sim::table_row& row) {
                                return !row.metric.starts_with("rate_") || (settled && row.generation == generations);
                              });
                        }
                        run.save(out, gaussian_anisotropy::picture(out, settings), 1300, 560);
                      });
}
