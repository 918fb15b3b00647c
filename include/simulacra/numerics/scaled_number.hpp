#pragma once

#include <cmath>
#include <cstdint>

#include <simulacra/numerics/power_of_two.hpp>

namespace simulacra {

/// A number >= 0 that can shrink or grow by any factor without leaving its range: a double times a power of two, as
/// `scaled_factor` is for matrices. While it stays within 2^-256 and 2^256 it is that double and nothing else.
class scaled_number {
 public:
  /// @param value  >= 0 and finite
  explicit scaled_number(double value = 0) : mantissa_(value) { rescale(); }

  /// The number itself; 0 or subnormal where it is too small for a double, infinite where it is too large.
  [[nodiscard]] double value() const noexcept { return detail::times_power_of_two(mantissa_, exponent_); }

  /// Its logarithm, right at any depth; minus infinity at 0.
  [[nodiscard]] double log() const { return std::log(mantissa_) + log_two * static_cast<double>(exponent_); }

  [[nodiscard]] bool is_zero() const noexcept { return mantissa_ == 0; }

  /// The number times c, for finite c >= 0.
  [[nodiscard]] scaled_number times(double c) const {
    const scaled_number by(c);
    return scaled_number(mantissa_ * by.mantissa_, exponent_ + by.exponent_);
  }

  /// The number divided by c, for finite c > 0.
  [[nodiscard]] scaled_number divided_by(double c) const {
    const scaled_number by(c);
    return scaled_number(mantissa_ / by.mantissa_, exponent_ - by.exponent_);
  }

  [[nodiscard]] scaled_number divided_by(const scaled_number& c) const {
    return scaled_number(mantissa_ / c.mantissa_, exponent_ - c.exponent_);
  }

  /// The number times a power of two.
  [[nodiscard]] scaled_number shifted(std::int64_t exponent) const {
    const scaled_number moved(mantissa_, exponent_ + exponent);
    const double plain = moved.value();  // held as a plain number wherever it can be, as every number is
    return plain < 0x1p256 && plain > 0x1p-256 ? scaled_number(plain) : moved;
  }

  /// The sum of two numbers, rounded once.
  [[nodiscard]] scaled_number plus(const scaled_number& other) const {
    if (exponent_ == other.exponent_) return scaled_number(mantissa_ + other.mantissa_, exponent_);
    if (is_zero()) return other;
    if (other.is_zero()) return *this;
    if (other.exponent_ > exponent_) return other.plus(*this);
    return scaled_number(mantissa_ + detail::times_power_of_two(other.mantissa_, other.exponent_ - exponent_), exponent_);
  }

  /// a / b for b > 0, as a plain number.
  [[nodiscard]] static double ratio(const scaled_number& a, const scaled_number& b) noexcept {
    return detail::times_power_of_two(a.mantissa_ / b.mantissa_, a.exponent_ - b.exponent_);
  }

  /// log(a / b), from the ratio of what is held: no digits are lost to two large logarithms.
  [[nodiscard]] static double log_ratio(const scaled_number& a, const scaled_number& b) {
    return std::log(a.mantissa_ / b.mantissa_) + log_two * static_cast<double>(a.exponent_ - b.exponent_);
  }

  friend bool operator==(const scaled_number& a, const scaled_number& b) noexcept {
    if (a.exponent_ == b.exponent_ || a.is_zero() || b.is_zero()) return a.mantissa_ == b.mantissa_;
    return detail::times_power_of_two(a.mantissa_, a.exponent_ - b.exponent_) == b.mantissa_;
  }

 private:
  static constexpr double log_two = 0.693147180559945309417232121458176568;

  scaled_number(double mantissa, std::int64_t exponent) : mantissa_(mantissa), exponent_(exponent) { rescale(); }

  void rescale() {
    if (mantissa_ < 0x1p256 && mantissa_ > 0x1p-256) [[likely]]
      return;
    if (mantissa_ == 0) exponent_ = 0;
    if (mantissa_ == 0 || !std::isfinite(mantissa_)) return;
    int e = 0;
    mantissa_ = std::frexp(mantissa_, &e);
    exponent_ += e;
  }

  double mantissa_ = 0;
  std::int64_t exponent_ = 0;
};

}  // namespace simulacra
