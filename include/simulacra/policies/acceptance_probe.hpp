#pragma once

#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/recursion/ingredient.hpp>
#include <simulacra/recursion/observer.hpp>

namespace simulacra {

/// Counts what selection costs, a probe with three columns a generation: the draws that were tried, those that were kept, and their ratio.
/// Counted are the parts of the training data that come from models, edits included, and every part that is filtered. A decoder that rejects
/// and knows it (`verified`, but for laws that it gives in closed form, of which nothing is tried that is not kept) counts its tries; of a
/// filtered ingredient, all that it asks for are tried.
///
/// `run_ensemble(what, how, many, threads, acceptance_probe())`. Where nothing was tried the rate is NaN: there is none.
class acceptance_probe {
 public:
  /// @param prefix  of the names of its columns
  explicit acceptance_probe(std::string prefix = "") : prefix_(std::move(prefix)) {}

  [[nodiscard]] std::vector<std::string> names() const {
    return {prefix_ + "tried", prefix_ + "kept", prefix_ + "acceptance"};
  }

  [[nodiscard]] Index tried() const noexcept { return tried_; }  ///< in the generation that was seen last
  [[nodiscard]] Index kept() const noexcept { return kept_; }

  template <class Training, class Observations>
  void gathered(const gathered_part<Training>& part, const Observations&) {
    if (part.number == 0) tried_ = kept_ = 0;
    const source& from = part.what.from;
    const bool model = (from.what == source::kind::model || from.what == source::kind::edit) && from.generation > 0;
    if (!model && !part.what.is_filtered) return;
    tried_ += part.tried;
    kept_ += part.data.count();
  }

  template <class Generation>
  void operator()(const Generation&, std::span<double> out) const {
    out[0] = static_cast<double>(tried_);
    out[1] = static_cast<double>(kept_);
    out[2] = tried_ > 0 ? out[1] / out[0] : std::numeric_limits<double>::quiet_NaN();
  }

  /// As an observer.
  template <class Generation>
  void operator()(const Generation&) const {}

 private:
  std::string prefix_;
  Index tried_ = 0, kept_ = 0;
};

}  // namespace simulacra
