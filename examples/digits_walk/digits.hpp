#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/io.hpp>
#include <simulacra/random.hpp>

/// Digits: real ones from files, and drawn ones where there are none.
namespace digits {

namespace sim = simulacra;
using sim::Index;
using real = float;
using images = sim::samples<real>;  ///< an image is a column, line by line, from 0 to 1

/// Images with what they show.
struct labelled {
  images x;
  std::vector<Index> label;
};

/// Everything that an example needs: images to train on, images to test with, and where they come from.
struct data_set {
  labelled train, test;
  Index side = 8;    ///< pixels of an image, across and down
  std::string name;  ///< what was used
};

using polyline = std::vector<std::pair<double, double>>;

/// The strokes of a digit in the unit square, x to the right and y down.
inline const std::vector<polyline>& strokes(Index digit) {
  static const std::array<std::vector<polyline>, 10> all{{
      {{{0.5, 0.08}, {0.2, 0.25}, {0.18, 0.7}, {0.5, 0.92}, {0.8, 0.7}, {0.82, 0.25}, {0.5, 0.08}}},
      {{{0.3, 0.3}, {0.55, 0.08}, {0.55, 0.92}}},
      {{{0.2, 0.28}, {0.45, 0.08}, {0.78, 0.25}, {0.65, 0.5}, {0.2, 0.9}, {0.82, 0.9}}},
      {{{0.2, 0.12}, {0.75, 0.15}, {0.45, 0.45}, {0.8, 0.68}, {0.5, 0.92}, {0.18, 0.82}}},
      {{{0.65, 0.92}, {0.65, 0.08}, {0.18, 0.62}, {0.85, 0.62}}},
      {{{0.78, 0.1}, {0.28, 0.1}, {0.24, 0.45}, {0.7, 0.48}, {0.75, 0.8}, {0.2, 0.9}}},
      {{{0.65, 0.08}, {0.28, 0.4}, {0.22, 0.78}, {0.5, 0.92}, {0.76, 0.74}, {0.55, 0.52}, {0.25, 0.65}}},
      {{{0.18, 0.1}, {0.82, 0.1}, {0.45, 0.92}}, {{0.3, 0.52}, {0.75, 0.52}}},
      {{{0.5, 0.5},
        {0.26, 0.28},
        {0.5, 0.08},
        {0.74, 0.28},
        {0.5, 0.5},
        {0.22, 0.74},
        {0.5, 0.92},
        {0.78, 0.74},
        {0.5, 0.5}}},
      {{{0.74, 0.4}, {0.45, 0.48}, {0.26, 0.28}, {0.5, 0.08}, {0.74, 0.24}, {0.72, 0.6}, {0.5, 0.92}}},
  }};
  return all[static_cast<std::size_t>(digit)];
}

/// n digits of 8 x 8 pixels, each drawn by a hand that shakes: points of the strokes move, the whole is shifted, stretched and slanted.
inline labelled drawn(Index n, sim::stream& rng) {
  constexpr Index side = 8;
  labelled all{images(side * side, n), {}};
  const auto jitter = [&rng](double width) { return width * sim::standard_normal(rng); };
  for (Index i = 0; i < n; ++i) {
    const Index digit = sim::uniform_index(10, rng);
    all.label.push_back(digit);
    const double dx = jitter(0.05), dy = jitter(0.04), sx = 1 + jitter(0.1), sy = 1 + jitter(0.07), slant = jitter(0.15),
                 width = 0.08 * (1 + 0.3 * sim::uniform(rng));
    std::vector<polyline> lines = strokes(digit);
    for (polyline& line : lines)
      for (auto& [x, y] : line) {
        x += jitter(0.03);
        y += jitter(0.03);
        x = 0.5 + dx + sx * (x - 0.5) - slant * (y - 0.5);
        y = 0.5 + dy + sy * (y - 0.5);
      }
    for (Index row = 0; row < side; ++row)
      for (Index column = 0; column < side; ++column) {
        const double px = (static_cast<double>(column) + 0.5) / side, py = (static_cast<double>(row) + 0.5) / side;
        double nearest = 1;
        for (const polyline& line : lines)
          for (std::size_t k = 0; k + 1 < line.size(); ++k) {
            const auto [ax, ay] = line[k];
            const double bx = line[k + 1].first - ax, by = line[k + 1].second - ay;
            const double along = std::clamp(((px - ax) * bx + (py - ay) * by) / (bx * bx + by * by + 1e-12), 0.0, 1.0);
            nearest = std::min(nearest, std::hypot(px - ax - along * bx, py - ay - along * by));
          }
        all.x(row * side + column, i) = static_cast<real>(std::clamp((width - nearest) / 0.08 + 0.5, 0.0, 1.0));
      }
  }
  return all;
}

/// The last `held_out` of all images to test with, the others to train on. @throw std::runtime_error if there are too few
inline data_set split(labelled all, Index held_out, Index side, std::string name) {
  const Index n = all.x.cols() - held_out;
  if (held_out < 1 || n < 1)
    throw std::runtime_error(name + ": " + std::to_string(all.x.cols()) + " images are too few to train and to test with");
  data_set set{{all.x.leftCols(n), {all.label.begin(), all.label.begin() + n}},
               {all.x.rightCols(held_out), {all.label.begin() + n, all.label.end()}},
               side,
               std::move(name)};
  return set;
}

/// Handwritten digits, 8 x 8 pixels from 0 to 16 and the label in each row: the test set of UCI's optical digits.
inline data_set from_csv(const std::filesystem::path& file) {
  const auto rows = sim::read_samples_csv<real>(file, 65);
  labelled all{rows.topRows(64) / real(16), {}};
  if (all.x.minCoeff() < 0 || all.x.maxCoeff() > 1)
    throw std::runtime_error(file.string() + ": a pixel is not between 0 and 16");
  for (Index i = 0; i < rows.cols(); ++i) {
    const real label = rows(64, i);
    if (!(label >= 0 && label <= 9 && label == std::floor(label)))
      throw std::runtime_error(file.string() + ": image " + std::to_string(i + 1) + " has a label that is no digit");
    all.label.push_back(static_cast<Index>(label));
  }
  return split(std::move(all), rows.cols() / 6, 8, file.filename().string());
}

/// MNIST's images and labels, 28 x 28, as unpacked IDX files.
inline data_set from_mnist(const std::filesystem::path& images_file, const std::filesystem::path& labels_file) {
  labelled all{sim::read_idx_samples<real>(images_file), sim::read_idx_labels(labels_file)};
  if (static_cast<Index>(all.label.size()) != all.x.cols())
    throw std::runtime_error(labels_file.string() + ": " + std::to_string(all.label.size()) + " labels for " +
                             std::to_string(all.x.cols()) + " images");
  for (const Index label : all.label)
    if (label > 9) throw std::runtime_error(labels_file.string() + ": a label is no digit");
  return split(std::move(all), 2000, 28, images_file.filename().string());
}

/// What a folder holds, or drawn digits where none is named or it has neither file. @param set  digits, mnist, drawn
inline data_set load(const std::string& folder, const std::string& set, sim::stream rng) {
  namespace fs = std::filesystem;
  if (set != "drawn" && !folder.empty()) {
    if (!fs::is_directory(folder)) throw std::runtime_error("--data " + folder + " is no folder");
    if (set == "mnist") {
      for (const char* name : {"mnist_t10k", "t10k", "mnist_train", "train"}) {
        const fs::path stem = fs::path(folder) / name;
        const fs::path images_file = stem.string() + "-images-idx3-ubyte",
                       labels_file = stem.string() + "-labels-idx1-ubyte";
        if (fs::exists(images_file)) return from_mnist(images_file, labels_file);
        if (fs::exists(images_file.string() + ".gz")) return from_mnist(images_file.string() + ".gz", labels_file);
      }
    } else if (fs::exists(fs::path(folder) / "digits8x8.csv")) {
      return from_csv(fs::path(folder) / "digits8x8.csv");
    }
  }
  return split(drawn(1797, rng), 297, 8, "drawn digits");
}

}  // namespace digits
