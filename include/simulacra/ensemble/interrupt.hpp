#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <stop_token>
#include <system_error>
#include <thread>

namespace simulacra {

namespace detail {

inline std::atomic<int> interrupted{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only touch what has no lock");

extern "C" inline void simulacra_note_interrupt(int signal) {
  interrupted = signal;
  std::signal(signal, SIG_DFL);  // a second Ctrl-C ends the program at once
}

}  // namespace detail

/// While it lives, Ctrl-C (SIGINT), and what a batch system sends before it kills (SIGTERM), asks its token to stop instead of ending the
/// program; an ensemble then keeps what is finished. One at a time: it owns the process's handlers of both. Where no thread can be had to
/// watch for it, they end the program as ever (`watching()` tells).
class interrupt {
 public:
  interrupt() {
    detail::interrupted = 0;
    previous_ = std::signal(SIGINT, detail::simulacra_note_interrupt);
    previous_term_ = std::signal(SIGTERM, detail::simulacra_note_interrupt);
    // A signal handler may do next to nothing, so a thread looks at its flag.
    try {
      watcher_ = std::jthread([this](std::stop_token ended) {
        while (!ended.stop_requested() && !detail::interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (detail::interrupted) source_.request_stop();
      });
    } catch (const std::system_error&) {  // nobody would look
      restore();
    }
  }
  ~interrupt() {
    if (!watching()) return;
    watcher_.request_stop();
    watcher_.join();
    restore();
  }
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  /// Whether Ctrl-C is watched for.
  [[nodiscard]] bool watching() const noexcept { return watcher_.joinable(); }
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  [[nodiscard]] bool happened() const { return source_.stop_requested(); }
  /// Which signal it was: SIGINT, SIGTERM, or 0.
  [[nodiscard]] int signal() const { return detail::interrupted; }

 private:
  using handler = void (*)(int);

  void restore() const {
    std::signal(SIGINT, previous_ == SIG_ERR ? SIG_DFL : previous_);
    std::signal(SIGTERM, previous_term_ == SIG_ERR ? SIG_DFL : previous_term_);
  }

  std::stop_source source_;
  handler previous_ = SIG_DFL, previous_term_ = SIG_DFL;
  std::jthread watcher_;
};

}  // namespace simulacra
