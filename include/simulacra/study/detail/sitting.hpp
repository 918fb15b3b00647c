#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <simulacra/core/argument.hpp>
#include <simulacra/study/detail/journal_file.hpp>
#include <simulacra/study/task.hpp>

/// What is true of one sitting of a study: which task it has, and when it must end.
namespace simulacra::detail {

/// While it lives, the task is this process's; a process that dies lets go. Where there are no locks it does nothing, and need not: blocks
/// that two processes run are the same bits.
class task_lock {
 public:
  task_lock(const std::filesystem::path& folder, const task& part)
      : path_(folder / ("task-" + argument::text(part.number % part.of) + "-of-" + argument::text(part.of) + ".lock")),
        file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (!file_) journal_fault(folder, "cannot be written to: " + words_of_errno(errno));
    if (::flock(*file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      char owner[200] = {};
      const ::ssize_t got = ::pread(*file_, owner, sizeof owner - 1, 0);
      journal_fault(folder,
                    "another process" + (got > 0 ? " (" + std::string(owner) + ")" : std::string()) +
                        " is running this study here. Wait until it ends, or give each process a task of its own, k/K");
    }
    const std::string me = "process " + argument::text(::getpid()) + " on " + this_host();
    if (::ftruncate(*file_, 0) == 0 && ::pwrite(*file_, me.data(), me.size(), 0) < 0)
      errno = 0;  // only to be read by people
  }

 private:
  std::filesystem::path path_;
  file_handle file_;
};

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
