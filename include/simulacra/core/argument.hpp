#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <simulacra/core/types.hpp>

/// Checks of a caller's arguments. A caller's mistake throws `std::invalid_argument` at once, with a message that names the
/// function, the argument and the value. (What collapse does to data is not a mistake: see `core/outcome.hpp`.)
namespace simulacra::argument {

/// The shortest decimal text that reads back as `value`; independent of the locale.
template <class T>
  requires std::is_arithmetic_v<T>
std::string text(T value) {
  if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return std::string(digits, end);
  }
}

/// Throws: simulacra::FUNCTION: argument 'NAME' is VALUE; it must MUST.
[[noreturn]] inline void reject(std::string_view function, std::string_view name, std::string_view value,
                                std::string_view must) {
  std::string message("simulacra::");
  message.append(function)
      .append(": argument '")
      .append(name)
      .append("' is ")
      .append(value)
      .append("; it must ")
      .append(must);
  throw std::invalid_argument(message);
}

/// The same for a number. Kept out of line, so that a check that holds costs a comparison and nothing else.
template <class T>
  requires std::is_arithmetic_v<T>
[[noreturn, gnu::noinline]] void reject(std::string_view function, std::string_view name, T value, std::string_view must) {
  reject(function, name, std::string_view(text(value)), must);
}

/// Throws unless `holds`; `must` completes the sentence "it must ...".
template <class T>
  requires std::is_arithmetic_v<T>
[[gnu::always_inline]] inline void require(bool holds, std::string_view function, std::string_view name, T value,
                                           std::string_view must) {
  if (!holds) [[unlikely]]
    reject(function, name, value, must);
}

/// The same for a value that is given in words.
[[gnu::always_inline]] inline void require(bool holds, std::string_view function, std::string_view name,
                                           std::string_view value, std::string_view must) {
  if (!holds) [[unlikely]]
    reject(function, name, value, must);
}

/// a + b of two counts of observations. @throw std::invalid_argument where the sum leaves the range of `Index`
[[nodiscard]] inline Index sum_of_counts(Index a, Index b, std::string_view function) {
  if (b > (std::numeric_limits<Index>::max)() - a) [[unlikely]]
    reject(function, "count()", text(a) + " + " + text(b), "stay below 2^63 in sum");
  return a + b;
}

/// Throws for the first entry of `x` that is not finite; the message gives its row and column.
template <class Derived>
[[gnu::noinline]] void reject_not_finite(const Eigen::DenseBase<Derived>& x, std::string_view function,
                                         std::string_view name) {
  for (Index column = 0; column < x.cols(); ++column)
    for (Index row = 0; row < x.rows(); ++row) {
      const auto value = x.derived().coeff(row, column);
      if (!(value - value == 0))
        reject(function, name, text(value) + " at row " + text(row) + ", column " + text(column), "be finite everywhere");
    }
}

/// Whether every entry of `x` is finite. 0 times a number is 0, and 0 times what is none is NaN: one sum of such products, which
/// takes whole vectors of the machine, where Eigen's `allFinite` looks at one entry after the other.
template <class Derived>
[[nodiscard]] inline bool all_finite(const Eigen::DenseBase<Derived>& x) {
  using scalar = typename Derived::Scalar;
  if constexpr (std::is_floating_point_v<scalar> && Derived::SizeAtCompileTime == 1)
    return x.derived().coeff(0, 0) * scalar(0) == scalar(0);
  else if constexpr (std::is_floating_point_v<scalar> && std::is_base_of_v<Eigen::PlainObjectBase<Derived>, Derived>)
    // as numbers in a row, of run-time size whatever the shape is: one sum to compile
    return (Eigen::Map<const Eigen::Array<scalar, Eigen::Dynamic, 1>>(x.derived().data(), x.size()) * scalar(0)).sum() ==
           scalar(0);
  else if constexpr (std::is_floating_point_v<scalar>)
    return (x.derived().array() * scalar(0)).sum() == scalar(0);
  else
    return x.derived().allFinite();
}

/// Throws if an entry of `x` is no number. Infinity is one: a law has a density there, and it is 0.
template <class Derived>
inline void require_numbers(const Eigen::DenseBase<Derived>& x, std::string_view function, std::string_view name) {
  if (x.derived().hasNaN()) [[unlikely]]
    reject(function, name, std::numeric_limits<double>::quiet_NaN(), "be a number");
}

/// Throws unless every entry of `x` is finite.
template <class Derived>
inline void require_finite(const Eigen::DenseBase<Derived>& x, std::string_view function, std::string_view name) {
  if (!all_finite(x)) [[unlikely]]
    reject_not_finite(x, function, name);
}

}  // namespace simulacra::argument
