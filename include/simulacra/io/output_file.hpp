#pragma once

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <simulacra/core/argument.hpp>

namespace simulacra {

/// A file that is written piece by piece and appears whole or not at all: `write` as often as wanted, then `commit`. Until then its
/// bytes lie under a name of their own beside it, `<name>.<process>-<number>.part`, which no other writer uses and which is gone again if
/// `commit` is never reached. (Only a program that is killed in between leaves it.)
///
/// - The bytes are on the disk before the name is given to them, and the name before `commit` returns (fsync of file and folder).
/// - Two writers of one path never mix: a reader finds what the one wrote, or what the other did.
/// - A symbolic link stays one: what it points to is written. Permissions stay what they were. (A hard link is parted from its other
///   names, since only a new file can appear whole.)
/// - What is no file but a device or a pipe (/dev/stdout, a FIFO) is written as it comes.
/// At most 1 MiB of it is in memory. Folders that are missing are made.
/// @throw std::runtime_error naming the path and the reason, from every member, if something cannot be written
class output_file {
 public:
  explicit output_file(std::filesystem::path path, std::string_view function = "write_file")
      : path_(std::move(path)), function_(function) {
    try {
      open();
    } catch (...) {
      close_and_forget();
      throw;
    }
  }
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  ~output_file() { close_and_forget(); }

  void write(std::string_view bytes) {
    if (held_.size() + bytes.size() > most_held) flush();
    if (bytes.size() >= most_held)
      send(bytes);
    else
      held_ += bytes;
  }

  /// Gives the file its name. Nothing can be written after that.
  void commit() {
    flush();
    if (!unfinished_.empty()) {
      // (What cannot be synced, as some file systems of networks say, has no such thing.)
      if (::fsync(handle_) != 0 && errno != EINVAL && errno != ENOTSUP) fail(errno);
      if (::close(std::exchange(handle_, -1)) != 0 && errno != EINTR) fail(errno);
      if (std::rename(unfinished_.c_str(), target_.c_str()) != 0) fail(errno);
      unfinished_.clear();
      const std::string folder = target_.has_parent_path() ? target_.parent_path().string() : std::string(".");
      const int names = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (names >= 0) {  // a folder that may be written and not read cannot be synced by us
        const int error = ::fsync(names) == 0 ? 0 : errno;
        ::close(names);
        if (error == EIO || error == ENOSPC) fail(error);
      }
    } else if (::close(std::exchange(handle_, -1)) != 0 && errno != EINTR) {
      fail(errno);
    }
  }

 private:
  static constexpr std::size_t most_held = std::size_t{1} << 20;

  [[noreturn]] void fail(std::string_view why) const {
    throw std::runtime_error("simulacra::" + function_ + ": cannot write " + path_.string() + ": " + std::string(why));
  }
  [[noreturn]] void fail(int error) const { fail(std::generic_category().message(error)); }

  void open() {
    std::error_code error;
    if (path_.empty()) fail("the path is empty");
    if (!path_.has_filename()) fail("it names a folder, not a file");
    if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
    if (error) fail(error.message());

    struct ::stat there {};
    const bool exists = ::stat(path_.c_str(), &there) == 0;
    if (!exists && errno != ENOENT) fail(errno);
    if (exists && S_ISDIR(there.st_mode)) fail("it is a folder");
    target_ = path_;
    for (int links = 0; std::filesystem::is_symlink(target_, error); ++links) {
      if (links == 40) fail("its symbolic links go round in a circle");
      if (const int number = descriptor(target_); number >= 0) return reopen(number);
      const std::filesystem::path next = std::filesystem::read_symlink(target_, error);
      if (error) fail(error.message());
      target_ = next.is_absolute() ? next : target_.parent_path() / next;
    }
    if (exists && !S_ISREG(there.st_mode)) {
      handle_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (handle_ < 0) fail(errno);
      return;
    }
    // What its owner has protected is not replaced, though its folder would allow that.
    if (exists && ::faccessat(AT_FDCWD, target_.c_str(), W_OK, AT_EACCESS) != 0) fail(errno);
    static std::atomic<std::uint64_t> count{0};
    for (int tried = 0;; ++tried) {
      const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
      const std::uint64_t any = (now ^ (count++ * 0x9E3779B97F4A7C15u)) & 0xFFFFFFFFFFu;
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, any, 36).ptr;
      std::filesystem::path name = target_;
      name.replace_filename(target_.filename().native().substr(0, 200) + "." + argument::text(::getpid()) + "-" +
                            std::string(digits, end) + ".part");
      handle_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, exists ? 0600 : 0666);
      if (handle_ >= 0) {
        unfinished_ = std::move(name);
        break;
      }
      if (errno != EEXIST || tried == 100) fail(errno);
    }
    // As far as we may: only root gives a file to somebody else.
    if (exists && (there.st_uid != ::geteuid() || there.st_gid != ::getegid()) &&
        ::fchown(handle_, there.st_uid, there.st_gid) != 0 && ::fchown(handle_, static_cast<::uid_t>(-1), there.st_gid) != 0)
      there.st_mode &= ~static_cast<::mode_t>(S_ISUID | S_ISGID);
    if (exists && ::fchmod(handle_, there.st_mode & 07777) != 0) fail(errno);
  }

  /// The number n of /dev/fd/n or /proc/self/fd/n, or -1: what is open there is written to and not replaced, also if it is a file.
  static int descriptor(const std::filesystem::path& path) {
    const std::string folder = path.parent_path().string(), name = path.filename().string();
    int number = -1;
    if (folder != "/dev/fd" && folder != "/proc/self/fd") return -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc{} && end == name.data() + name.size() ? number : -1;
  }
  void reopen(int number) {
    if (number == 1) std::fflush(stdout);  // what was printed before stands before
    handle_ = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
    if (handle_ < 0) fail(errno);
  }

  void flush() {
    send(held_);
    held_.clear();
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ::ssize_t sent = ::write(handle_, bytes.data(), bytes.size());
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) fail(errno);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void close_and_forget() noexcept {
    if (handle_ >= 0) ::close(std::exchange(handle_, -1));
    if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
    unfinished_.clear();
  }

  std::filesystem::path path_, target_, unfinished_;
  std::string function_, held_;
  int handle_ = -1;
};

/// Writes a file whole or not at all; see `output_file`. @throw std::runtime_error naming the path if it cannot be written
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  output_file file(path);
  file.write(content);
  file.commit();
}

}  // namespace simulacra
