#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <simulacra/core/data.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// Where one observation came from.
struct origin {
  Index generation = 0;  ///< of the model; 0 is the truth
  Index member = 0;      ///< of a population; 0 in a lineage, and of the truth

  friend bool operator==(const origin&, const origin&) = default;
};

/// Observations that know where they came from, one origin each. It travels with them wherever the loop joins, picks or cuts data. They are
/// had by `with_origin(truth)` and `with_origin(estimator)`; who does not ask pays nothing.
template <class Data>
struct traced {
  Data data{};
  std::vector<origin> origins{};
};

/// How the loop handles traced data: both parts alike.
template <class Data>
struct data_traits<traced<Data>> {
  using data = traced<Data>;
  using of = data_traits<Data>;

  static Index count(const data& x) { return of::count(x.data); }

  static Index dimension(const data& x)
    requires requires(const Data& a) { of::dimension(a); }
  {
    return of::dimension(x.data);
  }
  static bool finite(const data& x)
    requires requires(const Data& a) { of::finite(a); }
  {
    return of::finite(x.data);
  }

  /// Whether each observation has an origin.
  static bool whole(const data& x) {
    bool all = static_cast<Index>(x.origins.size()) == of::count(x.data);
    if constexpr (requires { of::whole(x.data); }) all = all && of::whole(x.data);
    return all;
  }

  /// @throw std::invalid_argument if their dimensions differ; x is what it was then
  static void append(data& x, const data& more) {
    of::append(x.data, more.data);
    x.origins.insert(x.origins.end(), more.origins.begin(), more.origins.end());
  }

  static data select(const data& x, std::span<const Index> chosen) {
    data part{of::select(x.data, chosen), {}};
    part.origins.reserve(chosen.size());
    for (const Index i : chosen) part.origins.push_back(x.origins[static_cast<std::size_t>(i)]);
    return part;
  }

  static data front(const data& x, Index n) { return {of::front(x.data, n), {x.origins.begin(), x.origins.begin() + n}}; }

  /// Observation i, without its origin: as a law's `log_density` takes it.
  static auto observation(const data& x, Index i)
    requires requires(const Data& a) { of::observation(a, 0); }
  {
    return of::observation(x.data, i);
  }
};

}  // namespace simulacra
