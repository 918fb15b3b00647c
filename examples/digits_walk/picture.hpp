#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "common/session.hpp"
#include "digits_walk/study.hpp"

/// Rows of images as one matrix of pixels, a row of images for each generation, the real ones on top.
inline std::vector<std::vector<double>> sheet(const images& real_ones, const std::vector<images>& album, Index side,
                                              Index across) {
  const Index cell = side + 1, rows = static_cast<Index>(album.size()) + 1;
  std::vector<std::vector<double>> pixels(static_cast<std::size_t>(rows * cell),
                                          std::vector<double>(static_cast<std::size_t>(across * cell), 0.0));
  for (Index row = 0; row < rows; ++row) {
    const images& x = row == 0 ? real_ones : album[static_cast<std::size_t>(row - 1)];
    for (Index i = 0; i < std::min(across, x.cols()); ++i)
      for (Index k = 0; k < side * side; ++k)
        pixels[static_cast<std::size_t>(row * cell + k / side)][static_cast<std::size_t>(i * cell + k % side)] =
            static_cast<double>(x(k, i));
  }
  return pixels;
}

/// "0.1" -> "10 %"
inline std::string percent(const std::string& share) {
  return sim::argument::text(std::round(1000 * std::stod(share)) / 10) + " %";
}

/// The draws of each generation on top, and below what is measured of them.
inline example::figure picture(const sim::table& out, const study& of, const std::vector<std::vector<images>>& albums,
                               const std::vector<std::string>& kept) {
  example::figure f(out);
  const Index across = of.data.side > 8 ? 12 : 14;
  f << "set multiplot\nset palette gray negative\nunset colorbox\n";
  for (std::size_t k = 0; k < albums.size(); ++k) {
    const std::string block =
        f.numbers("draws, " + kept[k] + " kept", sheet(of.data.train.x, albums[k], of.data.side, across));
    const std::string left = sim::argument::text(0.03 + 0.5 * static_cast<double>(k)),
                      right = sim::argument::text(0.49 + 0.5 * static_cast<double>(k));
    f << "set lmargin at screen " + left + "\nset rmargin at screen " + right +
             "\nset tmargin at screen 0.955\nset bmargin at screen 0.40\n"
      << "unset border\nunset tics\nunset grid\nunset key\nset xrange [-0.5:" +
             std::to_string(across * (of.data.side + 1) - 1) + ".5]\nset yrange [" +
             std::to_string((static_cast<Index>(albums[k].size()) + 1) * (of.data.side + 1) - 1) + ".5:-0.5]\n"
      << "set title \"real digits, then generations 1 to " + std::to_string(albums[k].size()) + ": " +
             (kept[k] == "0" ? std::string("nothing kept") : percent(kept[k]) + " real digits kept") + "\"\n"
      << "plot " + block + " matrix with image\n";
  }
  f << "set border 3\nset tics nomirror\nset grid\nset autoscale\nset xlabel 'generation' offset 0,0.5\n";
  const auto panel = [&](int column, const std::string& metric, const std::string& title, bool logarithmic, bool linear) {
    f << "set lmargin at screen " + sim::argument::text(0.045 + 0.325 * column) + "\nset rmargin at screen " +
             sim::argument::text(0.33 + 0.325 * column) + "\nset tmargin at screen 0.32\nset bmargin at screen 0.12\n"
      << (logarithmic ? example::log_axis("y") : example::linear_axis("y")) << "set title \"" + title + "\"\n";
    example::plot_list list;
    int colour = 0;
    for (const std::string model : {"vae", "ppca"}) {
      if (model == "ppca" && !linear) continue;
      for (const std::string& k : kept) {
        ++colour;
        list.band_and_mean(f.over_generations({model, k, sim::argument::text(of.draws)}, metric), colour,
                           (model == "vae" ? "autoencoder, " : "linear, ") +
                               (k == "0" ? std::string("nothing kept") : percent(k) + " kept"));
      }
    }
    f << list.text();
  };
  f << "unset key\nset yrange [1e-6:*]\n";
  panel(0, "spread", "spread of codes, over that of real digits", true, true);
  f << "set autoscale y\n";
  panel(1, "surprise", "surprise at unseen real digits: -ELBO, nats", false, false);
  f << "set yrange [0:1]\n";
  panel(2, "accuracy", "classifier trained on the draws: right on real digits", false, true);
  example::plot_list legend;
  int colour = 0;
  for (const std::string model : {"autoencoder, ", "linear, "})
    for (const std::string& k : kept)
      legend.add("NaN with lines lt " + std::to_string(++colour) + " title \"" + model +
                 (k == "0" ? std::string("nothing kept") : percent(k) + " kept") + "\"");
  f << example::legend_panel(legend);
  return f;
}
