#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// An executor runs f(0), ..., f(n - 1), in any order, and returns when all of them are done. When one throws, no new ones are
/// begun and the exception of the lowest index that threw is thrown on. Once the token is asked to stop, no new ones are begun.
template <class E>
concept executor = std::copy_constructible<E> &&
                   requires(const E& e, Index n, void (*f)(Index), std::stop_token token) { e.for_each_index(n, f, token); };

/// One after the other, on the calling thread.
struct serial_executor {
  template <class F>
  void for_each_index(Index n, F&& f, std::stop_token token = {}) const {
    for (Index i = 0; i < n && !token.stop_requested(); ++i) f(i);
  }
};

/// On threads of its own, each taking the next index when it is free. Never more than there are indices, nor than four for each
/// core of the machine (or 8, where that is less): more would only take turns.
struct thread_executor {
  Index threads = 0;  ///< 0: as many as the machine has cores

  /// How many threads n indices are run on, the calling one included. @throw std::invalid_argument if `threads` is negative
  [[nodiscard]] Index workers_for(Index n) const {
    argument::require(threads >= 0, "thread_executor", "threads", threads, "not be negative");
    const Index available = std::max<Index>(1, static_cast<Index>(std::thread::hardware_concurrency()));
    const Index asked = threads == 0 ? available : (std::min)(threads, (std::max)(4 * available, Index{8}));
    return std::clamp<Index>(asked, 1, std::max<Index>(n, 1));
  }

  template <class F>
  void for_each_index(Index n, F&& f, std::stop_token token = {}) const {
    const Index workers = workers_for(n);
    if (workers == 1) return serial_executor{}.for_each_index(n, f, token);

    std::atomic<Index> next{0};
    std::atomic<bool> failed{false};
    std::mutex guard;
    std::exception_ptr first_error;
    Index first_failed = n;
    const auto work = [&] {
      for (Index i = next++; i < n && !failed && !token.stop_requested(); i = next++) {
        try {
          f(i);
        } catch (...) {
          failed = true;
          const std::lock_guard lock(guard);
          if (i < first_failed) {
            first_failed = i;
            first_error = std::current_exception();
          }
        }
      }
    };
    {
      std::vector<std::jthread> helpers;
      helpers.reserve(static_cast<std::size_t>(workers - 1));
      try {
        for (Index k = 1; k < workers; ++k) helpers.emplace_back(work);
      } catch (const std::system_error&) {
        // No more threads to be had: those that there are do the work.
      }
      work();
    }
    if (first_error) std::rethrow_exception(first_error);
  }
};

}  // namespace simulacra
