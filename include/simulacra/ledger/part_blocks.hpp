#pragma once

#include <memory>

namespace simulacra::detail {

/// The observations of a part of the training data, block after block, without the type of what they are drawn from: whatever a ledger does
/// with them is compiled once, and not for the truth, for models and for kept data. It refers to them, and is good as long as they are.
template <class Data>
class part_blocks {
 public:
  template <class Observations>
  explicit part_blocks(const Observations& all)
      : all_(std::addressof(all)),
        show_([](const void* from, const visitor& f) -> bool { return (*static_cast<const Observations*>(from))(f); }) {}

  /// Calls f(block) for one block after the other. @return false, and calls nothing, where there are none to be seen
  template <class F>
  bool operator()(F&& f) const {
    return show_(all_, visitor{std::addressof(f), [](void* to, const Data& block) { (*static_cast<F*>(to))(block); }});
  }

 private:
  struct visitor {
    void* to;
    void (*call)(void*, const Data&);
    void operator()(const Data& block) const { call(to, block); }
  };

  const void* all_;
  bool (*show_)(const void*, const visitor&);
};

}  // namespace simulacra::detail
