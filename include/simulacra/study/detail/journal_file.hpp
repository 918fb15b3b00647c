#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <simulacra/core/argument.hpp>
#include <simulacra/study/detail/frame.hpp>

/// The files of a journal. A process appends to a file of its own, to which nobody else adds, so that processes in one folder cannot harm each
/// other on any file system, locks or not. (A torn tail is cut off when its process is gone: `journal_folder::cut_torn`.)
namespace simulacra::detail {

[[noreturn]] inline void journal_fault(const std::filesystem::path& path, std::string_view what) {
  throw std::runtime_error("simulacra::study: " + path.string() + ": " + std::string(what));
}
inline std::string words_of_errno(int error) { return std::generic_category().message(error); }

inline std::string this_host() {
  char name[256] = "host";
  if (::gethostname(name, sizeof name - 1) != 0) return "host";
  std::string host(name);
  for (char& c : host)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) c = '_';
  return host.substr(0, 60);
}

/// A file that is open; closed when it goes.
class file_handle {
 public:
  explicit file_handle(int number = -1) : number_(number) {}
  file_handle(file_handle&& from) noexcept : number_(std::exchange(from.number_, -1)) {}
  file_handle& operator=(file_handle&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }
  ~file_handle() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int operator*() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

 private:
  int number_;
};

/// Appends frames. Each is written before `append` returns, so that it survives the process. A thread puts what is written on the disk behind
/// it, as fast as that goes and at most twenty times a second, so that it survives the machine, too: a power cut costs what was written in
/// the last twentieth of a second and the time that the disk takes. (A disk takes 4 ms, which is 4 % of a block of a tenth of a second,
/// and nobody need wait for it.) Who wants to wait is `durable`, and calls `sync` after each frame.
class journal_writer {
 public:
  /// A new file in the folder, with its first frame.
  journal_writer(const std::filesystem::path& folder, std::span<const std::byte> head, bool durable = false) {
    for (int tried = 0;; ++tried) {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      path_ = folder / ("blocks-" + argument::text(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) +
                        "-" + this_host() + "-" + argument::text(::getpid()) + ".journal");
      file_ = file_handle(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file_) break;
      if (errno != EEXIST || tried == 1000) journal_fault(path_, "cannot be made: " + words_of_errno(errno));
      ::usleep(1000);
    }
    ::flock(*file_, LOCK_EX | LOCK_NB);  // tells readers that it is being written; where there are no locks, nothing
    append(head);
    std::error_code error;
    for (std::filesystem::path in = std::filesystem::absolute(folder, error); !error; in = in.parent_path()) {
      const file_handle names(::open(in.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (names) ::fsync(*names);  // the name of the file, and those of folders that were made for it
      if (!durable || in == in.parent_path()) break;
    }
    if (durable)
      sync();
    else
      syncer_ = std::jthread([this](const std::stop_token& ended) { sync_behind(ended); });
  }

  /// @throw std::runtime_error that says why, if it cannot; what was there before stays whole
  void append(std::span<const std::byte> frame) {
    std::size_t done = 0;
    while (done < frame.size()) {
      const ::ssize_t sent = ::pwrite(*file_, frame.data() + done, frame.size() - done, static_cast<::off_t>(end_ + done));
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) give_up(errno);
      done += static_cast<std::size_t>(sent);
    }
    struct ::stat now {};
    if (::fstat(*file_, &now) != 0) give_up(errno);
    if (now.st_nlink == 0)
      journal_fault(path_, "is gone: somebody has removed the journal or its folder while the study ran");
    if (sync_error_ != 0) give_up(sync_error_);
    end_ += frame.size();
    {
      const std::lock_guard lock(guard_);
      written_ = end_;
    }
    wake_.notify_one();
  }

  /// Everything that was written before on the disk, now. Several threads may wait at once.
  void sync() {
    std::uint64_t upto = 0;
    {
      const std::lock_guard lock(guard_);
      upto = written_;
    }
    int error = sync_now();
    if (error == 0) error = sync_error_;
    if (error != 0)
      journal_fault(path_, "cannot be put on the disk: " + words_of_errno(error) + "; what was there before stays");
    const std::lock_guard lock(guard_);
    synced_ = (std::max)(synced_, upto);
  }
  /// As many bytes are known to be on the disk.
  [[nodiscard]] std::uint64_t synced() const {
    const std::lock_guard lock(guard_);
    return synced_;
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

 private:
  [[noreturn]] void give_up(int error) {
    if (::ftruncate(*file_, static_cast<::off_t>(end_)) != 0) errno = 0;  // half a frame is known by its checksum, too
    journal_fault(path_, "cannot be written: " + words_of_errno(error) +
                             "; the blocks before are whole, and the study goes on from them when it is run again");
  }

  std::filesystem::path path_;
  file_handle file_;
  [[nodiscard]] int sync_now() const {  // file systems of networks may know no such thing
    return ::fdatasync(*file_) != 0 && errno != EINVAL && errno != ENOTSUP ? errno : 0;
  }

  void sync_behind(const std::stop_token& ended) {
    std::unique_lock lock(guard_);
    while (wake_.wait(lock, ended, [&] { return written_ != synced_; })) {
      const std::uint64_t upto = written_;
      lock.unlock();
      if (const int error = sync_now()) sync_error_ = error;
      lock.lock();
      synced_ = (std::max)(synced_, upto);
      wake_.wait_for(lock, ended, std::chrono::milliseconds(50), [] { return false; });
    }
  }

  std::uint64_t end_ = 0;
  std::atomic<int> sync_error_{0};
  mutable std::mutex guard_;  // of the next two
  std::uint64_t written_ = 0, synced_ = 0;
  std::condition_variable_any wake_;
  std::jthread syncer_;
};

/// A file that is read, in pieces of a megabyte or a frame.
class journal_reader {
 public:
  explicit journal_reader(std::filesystem::path path)
      : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!file_) journal_fault(path_, "cannot be read: " + words_of_errno(errno));
    struct ::stat now {};
    if (::fstat(*file_, &now) != 0) journal_fault(path_, "cannot be read: " + words_of_errno(errno));
    size_ = static_cast<std::uint64_t>(now.st_size);
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// What locks tell of the process that writes it.
  enum class writer_state { alive, gone, unknown };
  [[nodiscard]] writer_state writer() const {
    if (::flock(*file_, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK ? writer_state::alive : writer_state::unknown;
    ::flock(*file_, LOCK_UN);
    return writer_state::gone;
  }

  /// Bytes of the file. @return what lies there; shorter at its end. Good until the next call.
  std::span<const std::byte> bytes(std::uint64_t from, std::size_t count) {
    if (from >= size_) return {};
    count = static_cast<std::size_t>((std::min)(std::uint64_t{count}, size_ - from));
    if (from < begin_ || from + count > begin_ + held_.size()) {
      held_.resize(static_cast<std::size_t>((std::min)(std::uint64_t{(std::max)(count, piece)}, size_ - from)));
      begin_ = from;
      read(from, held_.data(), held_.size());
    }
    return std::span<const std::byte>(held_).subspan(static_cast<std::size_t>(from - begin_), count);
  }

  /// Bytes straight to where they are wanted. @throw std::runtime_error if they are not there any more
  void read(std::uint64_t from, void* to, std::size_t count) const {
    auto* next = static_cast<std::byte*>(to);
    while (count > 0) {
      const ::ssize_t got = ::pread(*file_, next, count, static_cast<::off_t>(from));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        journal_fault(path_, "cannot be read: " + (got < 0 ? words_of_errno(errno) : std::string("it has become shorter")));
      from += static_cast<std::uint64_t>(got);
      next += got;
      count -= static_cast<std::size_t>(got);
    }
  }

  struct frame {
    frame_kind kind;
    std::uint64_t payload_at;
    std::span<const std::byte> payload;
  };

  /// The frame at a place: whether there is a whole and sound one.
  bool frame_at(std::uint64_t at, frame& found) {
    const auto head = bytes(at, frame_head_bytes);
    if (head.size() < frame_head_bytes) return false;
    std::uint32_t words[2];
    std::uint64_t longs[2];
    std::memcpy(words, head.data(), 8);
    std::memcpy(longs, head.data() + 8, 16);
    if (words[0] != frame_magic || longs[0] % 8 != 0 || longs[0] > size_ - at - frame_head_bytes) return false;
    found = {static_cast<frame_kind>(words[1]), at + frame_head_bytes,
             bytes(at + frame_head_bytes, static_cast<std::size_t>(longs[0]))};
    return frame_checksum(found.kind, found.payload) == longs[1];
  }

 private:
  static constexpr std::size_t piece = std::size_t{1} << 20;
  std::filesystem::path path_;
  file_handle file_;
  std::uint64_t size_ = 0, begin_ = 0;
  std::vector<std::byte> held_;
};

}  // namespace simulacra::detail
