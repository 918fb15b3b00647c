#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/io.hpp>

namespace example {

namespace sim = simulacra;
using sim::Index;

/// A curve in a gnuplot script: the name of its data block, and what is in it.
struct curve {
  std::string name;
  bool empty = true;        ///< no point at all: nothing is drawn
  bool has_theory = false;  ///< some of its points have a theory
};

/// Gnuplot's input for a picture of a table: curves as data blocks in the script itself, so that the script needs nothing else.
/// Long curves are thinned to points that are evenly spread on a logarithmic axis.
class figure {
 public:
  explicit figure(const sim::table& data) : data_(data) {}

  /// Columns of a curve's block: x, mean, q05, q95, theory, mcse, q25, q75, sd, q50.
  static constexpr int x = 1, mean = 2, q05 = 3, q95 = 4, theory = 5;

  /// The block of one metric under some conditions (in the order of the table's columns), against the generation.
  curve over_generations(const std::vector<std::string>& conditions, std::string_view metric) {
    std::string comment(metric);
    for (const std::string& c : conditions) comment += " " + c;
    return over(
        comment, [&](const sim::table_row& row) { return row.metric == metric && row.conditions == conditions; },
        [](const sim::table_row& row) { return static_cast<double>(row.generation); });
  }

  /// The block of the rows that are picked, against any x that a row has. Rows come in the table's order.
  curve over(const std::string& comment, const std::function<bool(const sim::table_row&)>& pick,
             const std::function<double(const sim::table_row&)>& x_of) {
    curve made{"$curve" + std::to_string(++curves_)};
    const sim::table_row* last = nullptr;
    for (const sim::table_row& row : data_.rows())
      if (pick(row)) last = &row;
    blocks_ += comment_line(comment) + made.name + " << EOD\n";
    double next = -std::numeric_limits<double>::infinity();
    for (const sim::table_row& row : data_.rows()) {
      if (!pick(row) || (x_of(row) < next && &row != last)) continue;
      const sim::band& b = row.values;
      if (!std::isfinite(b.mean) && !std::isfinite(row.theory)) continue;
      next = x_of(row) * 1.02;
      blocks_ += sim::detail::number(x_of(row));
      for (const double v : {b.mean, b.q05, b.q95, row.theory, b.mcse, b.q25, b.q75, b.sd, b.q50})
        blocks_ += " " + (std::isfinite(v) ? sim::detail::number(v) : std::string("nan"));
      blocks_ += "\n";
      made.empty = false;
      made.has_theory = made.has_theory || std::isfinite(row.theory);
    }
    blocks_ += "EOD\n";
    return made;
  }

  /// A block of numbers that are no rows of the table; returns its name.
  std::string numbers(const std::string& comment, const std::vector<std::vector<double>>& lines) {
    const std::string name = "$curve" + std::to_string(++curves_);
    blocks_ += comment_line(comment) + name + " << EOD\n";
    for (const std::vector<double>& line : lines) {
      for (std::size_t k = 0; k < line.size(); ++k)
        blocks_ += (k == 0 ? "" : " ") + (std::isfinite(line[k]) ? sim::detail::number(line[k]) : std::string("nan"));
      blocks_ += "\n";
    }
    blocks_ += "EOD\n";
    return name;
  }

  /// Adds gnuplot commands.
  figure& operator<<(std::string_view commands) {
    commands_ += commands;
    return *this;
  }

  [[nodiscard]] std::string script() const { return blocks_ + commands_; }

 private:
  /// Whatever is in it: a backslash at the end would make the next line part of it.
  static std::string comment_line(const std::string& text) { return "# " + sim::detail::shown(text, 200) + " \n"; }

  const sim::table& data_;
  std::string blocks_, commands_;
  int curves_ = 0;
};

/// `plot a, b, c` from pieces. Curves come before theory, so that theory lies on top.
class plot_list {
 public:
  plot_list& add(const std::string& piece) {
    pieces_ += (pieces_.empty() ? "plot " : ", \\\n  ") + piece;
    return *this;
  }

  /// A band from 5 to 95 % in a colour.
  plot_list& band(const curve& c, int colour) {
    if (!c.empty) add(c.name + " using 1:3:4 with filledcurves lt " + std::to_string(colour) + " notitle");
    return *this;
  }

  /// The mean in a colour, and theory, where there is one, dashed and black on top of everything.
  plot_list& mean(const curve& c, int colour, const std::string& title) {
    if (c.empty) return *this;
    add(c.name + " using 1:2 with lines lt " + std::to_string(colour) +
        (title.empty() ? " notitle" : " title \"" + title + "\""));
    if (c.has_theory) theory_.push_back(c.name + " using 1:5");
    return *this;
  }

  plot_list& band_and_mean(const curve& c, int colour, const std::string& title) {
    return band(c, colour).mean(c, colour, title);
  }

  /// Something else that is drawn as theory, for instance "0.5*x".
  plot_list& theory(const std::string& what) {
    theory_.push_back(what);
    return *this;
  }

  [[nodiscard]] bool empty() const { return pieces_.empty(); }

  /// The command; where there is nothing to draw, an empty panel. @param name  what the dashed line is called
  [[nodiscard]] std::string text(const std::string& name = "theory") const {
    if (pieces_.empty()) return "set multiplot next\n";
    std::string all = pieces_;
    for (std::size_t i = 0; i < theory_.size(); ++i)
      all += ", \\\n  " + theory_[i] + " with lines lt 8 dt (6,4) lw 1.5 " +
             (i == 0 && !name.empty() ? "title \"" + name + "\"" : "notitle");
    return all + "\n";
  }

 private:
  std::string pieces_;
  std::vector<std::string> theory_;
};

/// One legend for a picture of several panels, in a row under them all: set this before the first panel, and "unset key" before
/// the second.
inline std::string legend_below(int rows = 1) {
  return "set key at screen 0.5,0.012 center bottom horizontal maxrows " + std::to_string(rows) + " width 1 samplen 3\n";
}

/// The same where panels are too narrow for it, or placed by hand: a last panel at the foot of the picture that shows nothing but the titles of
/// its curves. @param titles  lines of NaN, one for each title
inline std::string legend_panel(const plot_list& titles) {
  return "set lmargin at screen 0.02\nset rmargin at screen 0.98\nset bmargin at screen 0.005\nset tmargin at screen 0.06\n"
         "unset logscale\nunset title\nunset xlabel\nunset tics\nunset border\nunset grid\n"
         "set xrange [0:1]\nset yrange [0:1]\nset key center center horizontal maxrows 1 samplen 3 width 1\n" +
         titles.text();
}

/// A name as it stands in a picture: gnuplot would take its underscores for subscripts.
inline std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

/// A logarithmic axis, `x` or `y`, with its ticks in powers of ten.
inline std::string log_axis(const std::string& axis) {
  return "set logscale " + axis + "\nset format " + axis + " '10^{%T}'\n";
}
inline std::string linear_axis(const std::string& axis) {
  return "unset logscale " + axis + "\nset format " + axis + " '%g'\n";
}

}  // namespace example
