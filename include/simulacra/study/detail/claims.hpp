#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <simulacra/core/types.hpp>
#include <simulacra/study/detail/journal_file.hpp>

namespace simulacra::detail {

/// Who is running which replicates now: so that processes in one folder, and threads in one process, share the work. A claim is a lock on a
/// range of an empty file, a byte a replicate; it goes with its process, however that ends, so that nobody waits for the dead. Where a
/// file system has no such locks every claim is granted, and replicates may be run twice: they are the same bits, and count once.
class claims {
 public:
  explicit claims(const std::filesystem::path& folder)
      : file_(::open((folder / "claims.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (!file_) journal_fault(folder, "cannot be written to: " + words_of_errno(errno));
  }

  /// @return whether the replicates are this caller's until it lets go of them; if not, somebody else is at one of them
  bool take(std::uint64_t cell, Index first, Index count) {
    const std::lock_guard lock(guard_);
    const range wanted{cell, first, count};
    if (std::any_of(mine_.begin(), mine_.end(), [&](const range& r) { return r.meets(wanted); })) return false;
    if (!set(wanted, F_WRLCK)) return false;
    mine_.push_back(wanted);
    return true;
  }

  void release(std::uint64_t cell, Index first, Index count) {
    const std::lock_guard lock(guard_);
    const range ended{cell, first, count};
    set(ended, F_UNLCK);
    std::erase_if(mine_, [&](const range& r) { return r.cell == cell && r.first == first && r.count == count; });
  }

 private:
  struct range {
    std::uint64_t cell;
    Index first, count;
    [[nodiscard]] bool meets(const range& other) const {
      return cell == other.cell && first < other.first + other.count && other.first < first + count;
    }
  };

  /// Cells that share their last 22 bits, and replicates beyond 2^40, meet without need, which costs a wait and nothing else.
  bool set(const range& r, short kind) const {
    constexpr std::uint64_t room = std::uint64_t{1} << 40;
    struct ::flock lock {};
    lock.l_type = kind;
    lock.l_whence = SEEK_SET;
    lock.l_start =
        static_cast<::off_t>((r.cell % (std::uint64_t{1} << 22)) * room + static_cast<std::uint64_t>(r.first) % room);
    lock.l_len = static_cast<::off_t>((std::min)(static_cast<std::uint64_t>(r.count), room));
#ifdef F_OFD_SETLK
    constexpr int command = F_OFD_SETLK;  // of the open file: two studies in one process are told apart
#else
    constexpr int command = F_SETLK;
#endif
    return ::fcntl(*file_, command, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
  }

  file_handle file_;
  std::mutex guard_;
  std::vector<range> mine_;
};

}  // namespace simulacra::detail
