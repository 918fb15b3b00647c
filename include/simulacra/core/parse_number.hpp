#pragma once

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace simulacra::detail {

/// What became of a number that was read.
enum class parsed {
  fine,
  none,      ///< the text is no number
  too_large  ///< it is one, beyond the range of the type; the value is the end of the range on its side
};

/// Reads all of a text as a number, whatever the locale, with a sign or without. What is too small for a T is 0 with its sign.
template <class T>
parsed read_number(std::string_view text, T& value) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+';  // from_chars takes no plus
  if (plus) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return parsed::none;
  if (error == std::errc{}) return parsed::fine;
  const bool negative = text.starts_with('-');
  if constexpr (std::is_floating_point_v<T>) {
    // Out of range on which side? The power of ten of the first digit that is not 0 says so.
    const std::size_t exponent = (std::min)(text.find_first_of("eE"), text.size());
    const std::string_view digits = text.substr(0, exponent);
    const std::size_t first = digits.find_first_of("123456789"), point = (std::min)(digits.find('.'), digits.size());
    if (first == std::string_view::npos) return parsed::none;
    long long power = 0;
    std::string_view shift = text.substr((std::min)(exponent + 1, text.size()));
    if (shift.starts_with('+')) shift.remove_prefix(1);
    const auto tens = std::from_chars(shift.data(), shift.data() + shift.size(), power);
    if (tens.ec == std::errc::result_out_of_range) power = shift.starts_with('-') ? -(1LL << 40) : 1LL << 40;
    const auto before = static_cast<long long>(point), at = static_cast<long long>(first);
    if (power + before - at <= 0) {
      value = negative ? -T(0) : T(0);
      return parsed::fine;
    }
  }
  value = negative ? std::numeric_limits<T>::lowest() : (std::numeric_limits<T>::max)();
  return parsed::too_large;
}

/// The same. @return false if it is no number, or beyond the range of T
template <class T>
bool parse_number(std::string_view text, T& value) {
  return read_number(text, value) == parsed::fine;
}

}  // namespace simulacra::detail
