#pragma once

#include <string_view>

namespace simulacra {

/// What a Bayesian makes a model of: the mean of the posterior law, its mode (MAP), or one draw of it.
///
/// The difference is what a chain of refits converges to. Where each learner *samples* the posterior, the parameter's stationary law is the
/// prior, whatever the truth (Griffiths and Kalish 2007); means and modes are pulled to the prior's centre instead.
enum class posterior { mean, mode, sample };

/// The word for it, as it is written to tables.
constexpr std::string_view name_of(posterior what) noexcept {
  return what == posterior::mean ? "mean" : what == posterior::mode ? "mode" : "sample";
}

}  // namespace simulacra
