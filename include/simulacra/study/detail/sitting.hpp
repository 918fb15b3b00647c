#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

/// When a sitting of a study must end.
namespace simulacra::detail {

/// A token that is asked to stop when another is, or when the time is over.
class deadline {
 public:
  deadline(std::stop_token outer, double seconds) : forward_(std::move(outer), [this] { source_.request_stop(); }) {
    if (seconds > 0)
      timer_ = std::jthread([this, seconds](std::stop_token ended) {
        std::unique_lock lock(guard_);
        const auto limit = std::chrono::duration<double>((std::min)(seconds, 1e8));
        if (!wake_.wait_for(lock, ended, limit, [&] { return ended.stop_requested(); })) source_.request_stop();
      });
  }
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  std::mutex guard_;
  std::condition_variable_any wake_;
  std::jthread timer_;
};

}  // namespace simulacra::detail
