#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

/// Least squares of log loss on log size, in the shapes of `fit_scaling`.
namespace simulacra::detail {

struct log_log_shape {
  double log_coefficient = 0, exponent = 0, floor = 0, late_exponent = 0;
  double log_break = std::numeric_limits<double>::infinity();
  double misfit = 0;  ///< root mean square of the residuals
};

/// A line through points: where it is at 0, its slope, and the sum of squared residuals.
struct line_through {
  double at_zero = 0, slope = 0, squares = 0;
};

inline line_through least_squares_line(std::span<const double> x, std::span<const double> y) {
  const auto n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    sxx += (x[i] - mean_x) * (x[i] - mean_x);
    sxy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  line_through line;
  line.slope = sxy / sxx;
  line.at_zero = mean_y - line.slope * mean_x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = y[i] - mean_y - line.slope * (x[i] - mean_x);
    line.squares += off * off;
  }
  return line;
}

inline log_log_shape power_shape(const std::vector<double>& x, const std::vector<double>& y) {
  const line_through line = least_squares_line(x, y);
  log_log_shape shape;
  shape.log_coefficient = line.at_zero;
  shape.exponent = shape.late_exponent = -line.slope;
  shape.misfit = std::sqrt(line.squares / static_cast<double>(x.size()));
  return shape;
}

/// Two half lines that meet at a given point: squares, and the two slopes; the value there is eliminated.
inline log_log_shape hinge_at(const std::vector<double>& x, const std::vector<double>& y, double knot) {
  // Columns min(x - knot, 0) and max(x - knot, 0), centred.
  const auto n = static_cast<double>(x.size());
  double before = 0, after = 0, mean = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    before += (std::min)(x[i] - knot, 0.0) / n;
    after += (std::max)(x[i] - knot, 0.0) / n;
    mean += y[i] / n;
  }
  double bb = 0, aa = 0, ab = 0, by = 0, ay = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double b = (std::min)(x[i] - knot, 0.0) - before, a = (std::max)(x[i] - knot, 0.0) - after, v = y[i] - mean;
    bb += b * b;
    aa += a * a;
    ab += a * b;
    by += b * v;
    ay += a * v;
  }
  const double determinant = bb * aa - ab * ab;
  const double early = (aa * by - ab * ay) / determinant, late = (bb * ay - ab * by) / determinant;
  const double at_knot = mean - early * before - late * after;
  log_log_shape shape;
  shape.exponent = -early;
  shape.late_exponent = -late;
  shape.log_break = knot;
  shape.log_coefficient = at_knot - early * knot;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = y[i] - at_knot - early * (std::min)(x[i] - knot, 0.0) - late * (std::max)(x[i] - knot, 0.0);
    shape.misfit += off * off / n;
  }
  shape.misfit = std::sqrt(shape.misfit);
  return shape;
}

/// The best of all places: within an interval between two sizes the halves are free, so they are two lines, if these meet in it;
/// otherwise the break is at a size (Hudson 1966).
inline log_log_shape broken_shape(const std::vector<double>& x, const std::vector<double>& y) {
  log_log_shape best;
  best.misfit = std::numeric_limits<double>::infinity();
  const std::size_t n = x.size();
  const auto consider = [&](const log_log_shape& other) {
    if (other.misfit < best.misfit) best = other;
  };
  const std::span<const double> xs(x), ys(y);
  for (std::size_t j = 1; j + 1 < n; ++j) {
    consider(hinge_at(x, y, x[j]));
    if (j + 2 >= n) continue;
    const line_through left = least_squares_line(xs.first(j + 1), ys.first(j + 1)),
                       right = least_squares_line(xs.subspan(j + 1), ys.subspan(j + 1));
    const double meet = (right.at_zero - left.at_zero) / (left.slope - right.slope);
    if (!(meet >= x[j] && meet <= x[j + 1])) continue;
    log_log_shape free;
    free.log_coefficient = left.at_zero;
    free.exponent = -left.slope;
    free.late_exponent = -right.slope;
    free.log_break = meet;
    free.misfit = std::sqrt((left.squares + right.squares) / static_cast<double>(n));
    consider(free);
  }
  return best;
}

/// log(e^(-c x) + e) and what is left of y beside it, its mean taken off (that is the coefficient): the problem in c and e alone.
class floored_problem {
 public:
  floored_problem(const std::vector<double>& x, const std::vector<double>& y) : x_(x), y_(y), left_(x.size()) {}

  /// Mean square of the residuals; infinite where the law is not positive.
  double at(double c, double e) {
    level_ = 0;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double law = std::exp(-c * x_[i]) + e;
      if (!(law > 0 && law <= (std::numeric_limits<double>::max)())) return std::numeric_limits<double>::infinity();
      left_[i] = y_[i] - std::log(law);
      level_ += left_[i] / static_cast<double>(x_.size());
    }
    double squares = 0;
    for (double& v : left_) {
      v -= level_;
      squares += v * v;
    }
    return squares / static_cast<double>(x_.size());
  }

  /// Steps of Gauss and Newton, damped as Levenberg and Marquardt do, from a start that is overwritten.
  double descend(double& c, double& e) {
    double now = at(c, e), damping = 1e-3;
    for (int step = 0; step < 500 && damping < 1e12; ++step) {
      double cc = 0, ee = 0, ce = 0, cy = 0, ey = 0, mean_c = 0, mean_e = 0;
      const auto n = static_cast<double>(x_.size());
      now = at(c, e);
      for (std::size_t i = 0; i < x_.size(); ++i) {
        const double power = std::exp(-c * x_[i]);
        mean_c += -x_[i] * power / (power + e) / n;
        mean_e += 1 / (power + e) / n;
      }
      for (std::size_t i = 0; i < x_.size(); ++i) {
        const double power = std::exp(-c * x_[i]);
        const double by_c = -x_[i] * power / (power + e) - mean_c, by_e = 1 / (power + e) - mean_e;
        cc += by_c * by_c;
        ee += by_e * by_e;
        ce += by_c * by_e;
        cy += by_c * left_[i];
        ey += by_e * left_[i];
      }
      const double wide_c = cc * (1 + damping), wide_e = ee * (1 + damping), determinant = wide_c * wide_e - ce * ce;
      if (!(determinant > 0)) break;
      const double move_c = (wide_e * cy - ce * ey) / determinant, move_e = (wide_c * ey - ce * cy) / determinant;
      const double then = at(c + move_c, e + move_e);
      if (then <= now) {
        c += move_c;
        e += move_e;
        damping = (std::max)(damping / 10, 1e-15);
        if (std::abs(move_c) <= 1e-14 * (std::abs(c) + 1e-3) && std::abs(move_e) <= 1e-14 * (std::abs(e) + 1e-3)) break;
      } else {
        damping = (std::max)(damping, 1e-6) * 10;
      }
    }
    return at(c, e);
  }

  [[nodiscard]] double level() const { return level_; }

 private:
  const std::vector<double>&x_, &y_;
  std::vector<double> left_;
  double level_ = 0;
};

inline log_log_shape floored_shape(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double centre = 0, height = 0;  // units in which sizes and losses are near 1
  for (std::size_t i = 0; i < x.size(); ++i) {
    centre += x[i] / n;
    height += y[i] / n;
  }
  std::vector<double> from(x), to(y);
  for (double& v : from) v -= centre;
  for (double& v : to) v -= height;
  floored_problem problem(from, to);
  const double reach = from.back() - from.front();
  double best = std::numeric_limits<double>::infinity(), best_c = 0, best_e = 0;
  const double without =
      -least_squares_line(from, to).slope;  // the first start: a law with a floor is never worse than one without
  for (const double turns : {0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0}) {
    double c = turns > 0 ? turns / reach : without;
    // For this exponent the law is linear: the relative errors' least squares say where to begin.
    double pp = 0, qq = 0, pq = 0, p = 0, q = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const double power = std::exp(-c * from[i] - to[i]), flat = std::exp(-to[i]);
      pp += power * power;
      qq += flat * flat;
      pq += power * flat;
      p += power;
      q += flat;
    }
    const double coefficient = qq * p - pq * q, floor = pp * q - pq * p;
    double e =
        turns > 0 && coefficient > 0 && floor / coefficient > -0.5 * std::exp(-c * from.back()) ? floor / coefficient : 0;
    const double squares = problem.descend(c, e);
    if (squares < best) {
      best = squares;
      best_c = c;
      best_e = e;
    }
  }
  best = problem.at(best_c, best_e);
  log_log_shape shape;
  shape.exponent = shape.late_exponent = best_c;
  shape.log_coefficient = problem.level() + height + best_c * centre;
  shape.floor = best_e * std::exp(problem.level() + height);
  shape.misfit = std::sqrt(best);
  return shape;
}

}  // namespace simulacra::detail
