#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// What noise the labels of a fitted model have: a known variance, which theory mostly means, or the one that the fit leaves.
class label_noise {
 public:
  /// Noise of this variance in every generation. @throw std::invalid_argument unless it is >= 0 and finite
  static label_noise known(double variance) {
    argument::require(variance >= 0 && variance <= (std::numeric_limits<double>::max)(), "label_noise::known", "variance",
                      variance, "be >= 0 and finite");
    return label_noise(variance, divisor::n);
  }

  /// The sum of squares that the fit leaves, over the number of observations (`divisor::n`, maximum likelihood) or over that number less
  /// the directions of the inputs and the intercept (`divisor::n_minus_1`, unbiased for least squares).
  static label_noise estimated(divisor by) { return label_noise(-1, by); }

  [[nodiscard]] bool is_known() const noexcept { return variance_ >= 0; }
  [[nodiscard]] double variance() const noexcept { return variance_; }  ///< if it is known
  [[nodiscard]] divisor by() const noexcept { return by_; }             ///< if it is estimated

 private:
  label_noise(double variance, divisor by) : variance_(variance), by_(by) {}

  double variance_;
  divisor by_;
};

/// A penalty of lambda |beta|^2 on a *sum* of squares, where \f$\lambda = \texttt{size}\cdot n^{\texttt{power}}\f$ may depend on the number
/// of observations n (the sum of their weights): a power of 0 fades as data come in, 1 is a penalty on the mean that never does.
struct ridge_penalty {
  double size;       ///< finite and >= 0
  double power = 0;  ///< finite
  bool is_cross_validated = false;

  /// The penalty that generalised cross-validation finds for the data of each fit (Golub, Heath and Wahba 1979). Ridge regressions only.
  static ridge_penalty cross_validated() { return {.size = 0, .power = 0, .is_cross_validated = true}; }

  /// @throw std::invalid_argument naming `function` unless the size is finite and >= 0, and the power finite
  void check(std::string_view function) const {
    argument::require(size >= 0 && size <= (std::numeric_limits<double>::max)(), function, "penalty.size", size,
                      "be >= 0 and finite");
    argument::require(std::isfinite(power), function, "penalty.power", power, "be finite");
  }

  /// lambda for data of that weight. @throw std::invalid_argument where it is not finite
  [[nodiscard]] double at(double weight) const {
    const double lambda = size == 0 || power == 0 ? size : size * std::pow(weight, power);
    argument::require(lambda <= (std::numeric_limits<double>::max)(), "ridge_penalty::at", "weight", weight,
                      "be such that the penalty is finite");
    return lambda;
  }

  /// lambda over the weight, for infinitely many data: 0 if the power is below 1, `size` at 1, else infinite.
  [[nodiscard]] double of_the_mean() const noexcept {
    if (size == 0 || power < 1) return 0;
    return power == 1 ? size : std::numeric_limits<double>::infinity();
  }
};

}  // namespace simulacra
