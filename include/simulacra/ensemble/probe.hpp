#pragma once

#include <concepts>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>

namespace simulacra {

/// A number that is read off each generation: `metric{"variance", [](const auto& g) { return g.model.variance(); }}`.
///
/// NaN is a number that there is not, and bands leave it out. A time until something happens that did not happen within the run is
/// infinite: quantiles are then those of all replicates, the mean is infinite, and `band::infinite` counts them.
template <class F>
struct metric {
  std::string name;
  F value;

  [[nodiscard]] std::vector<std::string> names() const { return {name}; }

  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) {
    constexpr bool is_number = requires { static_cast<double>(value(g)); };
    static_assert(is_number,
                  "simulacra: a metric must return one number; of a distance that comes with its error (`measured`) "
                  "return .value, and of several numbers make several metrics, or a probe");
    if constexpr (is_number) out[0] = static_cast<double>(value(g));
  }
};

template <class F>
metric(const char*, F) -> metric<F>;
template <class F>
metric(std::string, F) -> metric<F>;

/// A probe reads several numbers off each generation and may remember earlier ones: `names()`, and a call
/// `probe(generation, out)` that fills one number per name. Each replicate works on a copy of its own. A `metric` is the probe
/// of one number.
///
/// A probe whose call returns a `flow` may end the lineage by `flow::stop`, when what it waits for has happened: what it said last then stands
/// for all later generations, and the other probes have no number there. The replicate counts as finished.
template <class P, class Generation>
concept probe_of = std::copy_constructible<P> && requires(P p, const P& fixed, const Generation& g, std::span<double> out) {
                                                   { fixed.names() } -> std::convertible_to<std::vector<std::string>>;
                                                   p(g, out);
                                                 };

}  // namespace simulacra
