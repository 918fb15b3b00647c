#pragma once

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>

#include <simulacra/gaussian.hpp>
#include <simulacra/theory/verifier.hpp>

#include "common/figure.hpp"

/// Fits the mean of data whose variance is known to be 1.
const simulacra::gaussian_mean_estimator<double, 1> known_variance(1);

/// E m_n^2 where a verifier lets pass what lies within r of the mean of m real points, M samples a generation: along the way of infinitely
/// many samples, and to first order in 1/M about it (the slope of the map is the variance of what passes, as in any exponential
/// family), averaged over where the verifier has its centre.
inline double squared_error(simulacra::Index m, double r, simulacra::Index samples, simulacra::Index n) {
  const auto density = [](double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); };
  const auto below = [](double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; };
  double sum = 0, whole = 0;
  for (int i = -160; i <= 160; ++i) {
    const double z = i / 20.0, centre = z / std::sqrt(static_cast<double>(m));
    double mean = 0, spread = 1 / static_cast<double>(samples);
    for (simulacra::Index t = 1; t < n; ++t) {
      const double a = centre - r - mean, b = centre + r - mean, inside = below(b) - below(a);
      const double shift = (density(a) - density(b)) / inside;
      const double variance = 1 + (a * density(a) - b * density(b)) / inside - shift * shift;
      mean += shift;
      spread = variance * variance * spread + variance / static_cast<double>(samples);
    }
    sum += density(z) * (mean * mean + spread);
    whole += density(z);
  }
  return sum / whole;
}

/// Three panels: the window, the verifier that errs, the one that has learned.
inline example::figure picture(const simulacra::table& out, const simulacra::plan& how) {
  namespace theory = simulacra::theory;
  example::figure f(out);
  const auto last = [](const char* which, simulacra::Index n) {
    return [which, n](const simulacra::table_row& row) { return row.conditions[0] == which && row.generation == n; };
  };
  const auto setting = [](const simulacra::table_row& row) { return std::strtod(row.conditions[1].c_str(), nullptr); };
  f << "set multiplot layout 1,3 margins 0.06,0.98,0.17,0.9 spacing 0.08,0.1\nset bars small\n";

  example::plot_list lead;
  int colour = 0;
  for (const char* c : {"0.3", "1", "2"})
    lead.band_and_mean(f.over_generations({"window", c}, "mean"), ++colour, "window at " + std::string(c));
  f << "set title 'a window of radius 1 leads the mean'\nset xlabel 'generation'\nset ylabel 'mean'\nset yrange "
       "[0:3.4]\nset xrange [1:12]\n"
       "set key top right\n"
    << lead.text();

  std::vector<std::vector<double>> exact;
  for (double ratio = 0.8; ratio < 2.005; ratio += 0.02)
    exact.push_back({ratio, theory::noisy_verifier_fixation(0.1, 50, ratio)});
  example::plot_list judge;
  judge.add(f.over("noisy", last("noisy", 500), setting).name + " using 1:2:6 with yerrorbars lt 1 pt 7 title \"chains\"")
      .theory(f.numbers("fixation", exact) + " using 1:2");
  f << "set title 'right answers win, a tenth at first, M = 50'\nset xlabel 'passes / passes, right against wrong'\n"
       "set ylabel 'probability'\nset yrange [0:1.05]\nset xrange [0.7:2.1]\nset key bottom right\n"
    << judge.text();

  std::vector<std::vector<double>> help, none{{4, 0}, {600, 0}};
  for (simulacra::Index m = 4; m < 600; m += 1 + m / 10)
    help.push_back({static_cast<double>(m), squared_error(m, 1.5, how.samples(0), how.generations)});
  for (auto& line : none) line[1] = static_cast<double>(how.generations) / static_cast<double>(how.samples(0));
  const auto learned = [&](const simulacra::table_row& row) {
    return last("learned", how.generations)(row) && setting(row) > 0;
  };
  example::plot_list learn;
  learn
      .add(f.over("learned", learned, setting).name +
           " using 1:2:6 with yerrorbars lt 1 pt 7 title \"verified by m points\"")
      .add(f.numbers("no verifier", none) + " using 1:2 with lines lt 2 title \"no verifier\"")
      .theory(f.numbers("learned", help) + " using 1:2");
  f << "set title 'a verifier that has learned, after " + std::to_string(how.generations) + " generations'\n"
    << "set xlabel 'real points m'\nset ylabel 'squared error of the mean'\nset yrange [*:*]\nset xrange [4:600]\n"
       "set key top right\n"
    << example::log_axis("x") << example::log_axis("y") << learn.text();
  return f;
}
