#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include <simulacra/theory.hpp>

#include "common/session.hpp"
#include "mixture_walk/settings.hpp"
#include "mixture_walk/snapshots.hpp"
#include "mixture_walk/truth.hpp"

namespace theory = simulacra::theory;

namespace mixture_walk {

/// The geometric mean of a component's two standard deviations.
inline double sd_of(const law::component_type& c) { return std::exp(c.log_determinant() / 4); }

/// The ellipse of a component at so many standard deviations, as points.
inline std::vector<std::vector<double>> ellipse(const law::component_type& c, double sds) {
  std::vector<std::vector<double>> points;
  const auto factor = c.factor().dense();
  constexpr int corners = 72;
  for (int i = 0; i <= corners; ++i) {
    const double angle = 2 * std::numbers::pi * i / corners;
    const sim::point<double, 2> x = c.mean() + sds * (factor * sim::point<double, 2>(std::cos(angle), std::sin(angle)));
    points.push_back({x[0], x[1]});
  }
  return points;
}

/// The place of panel i of n in a row, as gnuplot's margins.
inline std::string place(std::size_t i, std::size_t n, double left, double right, double gap, double bottom, double top) {
  const double width = (right - left - gap * static_cast<double>(n - 1)) / static_cast<double>(n);
  const double from = left + static_cast<double>(i) * (width + gap);
  return "set lmargin at screen " + sim::argument::text(from) + "\nset rmargin at screen " +
         sim::argument::text(from + width) + "\nset bmargin at screen " + sim::argument::text(bottom) +
         "\nset tmargin at screen " + sim::argument::text(top) + "\n";
}

/// Small multiples: the truth as grey points, each component as nested ellipses of 1/2, 1, 3/2 and 2 standard deviations.
inline void draw_snapshots(example::figure& f, const setting& s, const std::vector<shown>& all, std::uint64_t seed) {
  sim::stream rng = sim::stream(seed).at(0, sim::purpose::user);
  const auto x = truth{s.shape}.sample(500, rng);
  std::vector<std::vector<double>> points;
  for (Index i = 0; i < x.cols(); ++i) points.push_back({x(0, i), x(1, i)});
  const std::string cloud = f.numbers("the truth", points);
  f << "set xrange [-3:3]\nset yrange [-3:3]\nset xtics -2,2,2 offset 0,0.4\nset ytics -2,2,2\nunset key\nset border 15 lw "
       "0.7\nset grid\n";
  for (std::size_t k = 0; k < all.size(); ++k) {
    example::plot_list list;
    list.add(cloud + " using 1:2 with points pt 7 ps 0.18 lc rgb '#bbbbbb' notitle");
    for (Index j = 0; j < all[k].model.size(); ++j) {
      const auto& c = all[k].model.component(j);
      const std::string colour = std::to_string(j % 6 + 1);
      for (const double sds : {2.0, 1.5, 1.0, 0.5})
        list.add(f.numbers("component", ellipse(c, sds)) + " using 1:2 with filledcurves closed lt " + colour +
                 " fs transparent solid 0.22 noborder notitle");
      list.add(f.numbers("component", ellipse(c, 2)) + " using 1:2 with lines lt " + colour + " lw 1.2 notitle");
      // A component too small to be seen is circled.
      if (sd_of(c) < 0.05)
        list.add(f.numbers("where", {{c.mean()[0], c.mean()[1]}}) + " using 1:2 with points pt 6 ps 1.6 lw 1.2 lt " +
                 colour + " notitle");
    }
    f << place(k, std::max<std::size_t>(7, all.size()), 0.03, 0.99, 0.012, 0.66, 0.93) << (k == 1 ? "set format y ''\n" : "")
      << "set title \"" + (all[k].later == 0 ? std::string("first fit") : std::to_string(all[k].later) + " refits later") +
             "\" offset 0,-0.5\n"
      << list.text();
  }
  f << "set title offset 0,0\nset border 3 lw 1\nset xtics autofreq offset 0,0\nset ytics autofreq\nset format y '%g'\n";
}

inline example::figure picture(const sim::table& out, const setting& shown_setting, const std::vector<shown>& all,
                               const std::vector<setting>& settings, Index generations, std::uint64_t seed) {
  example::figure f(out);
  f << "set multiplot\n";
  if (!all.empty()) draw_snapshots(f, shown_setting, all, seed);
  f << example::log_axis("x") << example::log_axis("y") << "set xlabel 'generation' offset 0,0.4\n"
    << "set xrange [1:" + std::to_string(generations) + "]\n";
  const std::string name = shown_setting.shape == "blob" ? "truth" : "the large-sample fit";
  std::size_t at = 0;
  const auto panel = [&](const std::string& title, const std::string& metric, const std::string& range, const auto& more) {
    example::plot_list list;
    int colour = 0;
    for (const setting& s : settings) {
      ++colour;
      const auto c = f.over_generations(conditions(s), metric);
      if (c.empty) continue;
      const std::string lt = std::to_string(colour);
      list.band(c, colour);
      if (c.has_theory)
        list.mean(c, colour, "");
      else
        list.add(c.name + " using 1:10 with lines lt " + lt + " notitle");
      more(list, s, colour);
    }
    f << place(at++, 4, 0.045, 0.985, 0.045, 0.15, 0.52) << "set title \"" + title + "\"\nset yrange " + range + "\n"
      << list.text();
  };
  const auto nothing = [](example::plot_list&, const setting&, int) {};
  panel("squared L_2 distance to " + name, "l2_to_truth", "[*:*]", nothing);
  panel("squared L_2 distance to the first fit", "l2_to_first_fit", "[*:*]", nothing);
  panel("variance of the whole mixture", "variance", "[2e-4:4]", nothing);
  // The rule of thumb: as if each component had its share of the samples, and labels were known. And what the floor keeps.
  panel("standard deviation of a component", "component_sd", "[1e-3:2]",
        [&](example::plot_list& list, const setting& s, int colour) {
          if (s.recipe != "replace" || s.shape != "blob") return;
          const Index share = std::max<Index>(4, s.samples / s.components);
          const double rate = theory::log_det_rate(2, share, sim::divisor::n) / 4,
                       kept = std::sqrt(static_cast<double>(share) * s.floor);
          const std::string lt = std::to_string(colour);
          list.add("exp(x*" + sim::argument::text(rate) + ") with lines lt " + lt + " lw 1.2 dt (2,3) notitle");
          if (kept > 0 && std::exp(rate * static_cast<double>(generations)) < kept)
            list.add(sim::argument::text(kept) + " with lines lt " + lt + " lw 1.2 dt (12,4) notitle");
        });

  // One legend for all, in a panel of its own that shows nothing else.
  example::plot_list legend;
  int colour = 0;
  for (const setting& s : settings)
    legend.add("NaN with lines lt " + std::to_string(++colour) + " title \"M = " + std::to_string(s.samples) + "\"");
  if (shown_setting.shape == "blob" && shown_setting.recipe == "replace") {
    legend.add("NaN with lines lt 8 dt (6,4) lw 1.5 title 'exact mean'");
    legend.add("NaN with lines lt 7 lw 1.2 dt (2,3) title 'rule of thumb'");
    if (shown_setting.floor > 0) legend.add("NaN with lines lt 7 lw 1.2 dt (12,4) title 'floor'");
  }
  f << place(0, 1, 0.02, 0.98, 0, 0.005, 0.06)
    << "unset logscale\nunset title\nunset xlabel\nunset tics\nunset border\nunset grid\n"
    << "set xrange [0:1]\nset yrange [0:1]\nset key center center horizontal maxrows 1 samplen 3 width 1\n"
    << legend.text();
  return f;
}

}  // namespace mixture_walk
