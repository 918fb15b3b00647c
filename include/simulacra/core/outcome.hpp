#pragma once

#include <string_view>
#include <utility>

namespace simulacra {

/// What became of a fit. Collapse is the thing being measured, so none of these is an exception.
enum class status {
  ok,          ///< the model is what was asked for
  degenerate,  ///< the model has lost a direction: none, or nothing but rounding, is left of it (n <= d included)
  resolution,  ///< all of the data's spread has fallen under the rounding of their mean: the numbers mean nothing any more
  absorbed,    ///< the model can never change again: one symbol left, a rate of zero
  not_converged,  ///< an iterative fit stopped at its limit
  failed          ///< no model could be made, or what was drawn or fitted is no number any more; the lineage ends here
};

/// The word for a status, as it is written to tables.
constexpr std::string_view name_of(status what) noexcept {
  switch (what) {
    case status::ok: return "ok";
    case status::degenerate: return "degenerate";
    case status::resolution: return "resolution";
    case status::absorbed: return "absorbed";
    case status::not_converged: return "not_converged";
    case status::failed: return "failed";
  }
  return "unknown";
}

/// How a fit went, with its reason, and what was added to the estimate on purpose.
struct outcome {
  status what = status::ok;
  std::string_view reason{};  ///< a sentence with static lifetime; empty when `what` is `ok`
  double shrinkage =
      0;             ///< weight of what the estimate was pulled towards (a round covariance, a uniform law); 0 when nothing
  double floor = 0;  ///< variance that a covariance floor added to every direction; 0 when none was asked for

  [[nodiscard]] bool ok() const noexcept { return what == status::ok; }
  friend bool operator==(const outcome&, const outcome&) = default;
};

/// A model together with how its fit went. An estimator whose fits cannot go wrong returns the bare model instead.
template <class Model>
struct fitted {
  Model model;
  outcome result{};
};

}  // namespace simulacra
