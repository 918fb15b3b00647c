#pragma once

#include <functional>
#include <mutex>

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// Calls a user's progress, one call at a time; what it throws ends the calls and nothing else.
class study_progress {
 public:
  void start(const std::function<void(Index, Index)>& show, Index done, Index of) {
    const std::lock_guard lock(guard_);
    show_ = broken_ ? std::function<void(Index, Index)>() : show;
    done_ = done;
    of_ = of;
  }
  void add(Index more) {
    const std::lock_guard lock(guard_);
    done_ += more;
    if (!show_) return;
    try {
      show_(done_, of_);
    } catch (...) {
      broken_ = true;
      show_ = nullptr;
    }
  }

 private:
  std::function<void(Index, Index)> show_;
  Index done_ = 0, of_ = 0;
  bool broken_ = false;
  std::mutex guard_;
};

}  // namespace simulacra::detail
