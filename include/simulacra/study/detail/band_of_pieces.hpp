#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/band.hpp>
#include <simulacra/numerics/mean_and_spread.hpp>
#include <simulacra/numerics/selection.hpp>

namespace simulacra::detail {

/// The band of numbers that are not held, bit for bit what `band_of` makes of them: sums in the same order, and exact order statistics,
/// no sketch of them. Some seven passes, and a few MiB, however many they are.
/// @param each  calls what it is given with a span of every piece, in order, the same each time; NaN is a number that is missing
template <class Pieces>
band band_of_pieces(const Pieces& each) {
  band b;
  std::vector<double> there;
  const auto numbers = [&](auto&& f) {
    each([&](std::span<const double> values) {
      there.clear();
      std::copy_if(values.begin(), values.end(), std::back_inserter(there), [](double v) { return !std::isnan(v); });
      f(std::span<const double>(there));
    });
  };
  each([&](std::span<const double> values) {
    for (const double v : values) {
      b.missing += std::isnan(v) ? 1 : 0;
      b.infinite += std::isinf(v) ? 1 : 0;
    }
    b.count += static_cast<Index>(values.size());
  });
  b.count -= b.missing;
  if (b.count == 0) return b;
  const auto [mean, sd, ratio] = spread_of_pieces(numbers);
  b.mean = mean;
  b.sd = sd;
  b.mcse = sd / std::sqrt(static_cast<double>(b.count));
  b.leverage = ratio;
  std::vector<std::uint64_t> ranks;
  std::vector<double> fractions;
  for (const double p : {0.05, 0.25, 0.50, 0.75, 0.95}) {
    const double place = p * static_cast<double>(b.count - 1);
    const auto low = static_cast<std::uint64_t>(place);
    ranks.push_back(low);
    ranks.push_back((std::min)(low + 1, static_cast<std::uint64_t>(b.count - 1)));
    fractions.push_back(place - static_cast<double>(low));
  }
  const std::vector<double> order = order_statistics(numbers, ranks);
  double* const quantiles[] = {&b.q05, &b.q25, &b.q50, &b.q75, &b.q95};
  for (std::size_t k = 0; k < 5; ++k) *quantiles[k] = between_order_statistics(order[2 * k], order[2 * k + 1], fractions[k]);
  return b;
}

}  // namespace simulacra::detail
