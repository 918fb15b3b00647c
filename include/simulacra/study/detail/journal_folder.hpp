#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <simulacra/core/argument.hpp>
#include <simulacra/study/detail/frame.hpp>
#include <simulacra/study/detail/journal_file.hpp>

namespace simulacra::detail {

/// The journals of a folder, those of other processes among them, alive or dead: which there are, and how far each has been read.
class journal_folder {
 public:
  /// What is done with a frame: the number of its file, and the frame.
  using sink = std::function<void(std::size_t, const journal_reader::frame&)>;

  explicit journal_folder(std::filesystem::path path) : path_(std::move(path)) {}

  /// Reads what is new in all files. @throw std::runtime_error if the folder cannot be read, or a file is none of ours
  void scan(const sink& take) {
    struct ::stat now {};
    if (::stat(path_.c_str(), &now) == 0) listed_ = now.st_mtim;
    std::error_code error;
    std::vector<std::filesystem::path> found;
    for (std::filesystem::directory_iterator each(path_, error), end; !error && each != end; each.increment(error))
      if (each->path().extension() == ".journal") found.push_back(each->path());
    if (error) journal_fault(path_, "cannot be read: " + error.message());
    std::sort(found.begin(), found.end());
    for (const std::filesystem::path& path : found) {
      std::size_t k = 0;
      while (k < files_.size() && files_[k].path != path) ++k;
      if (k == files_.size()) files_.push_back({path});
      if (k != own_) read_file(k, take);
    }
  }

  /// The same between two blocks: one system call where nobody else is at work. What appeared in the instant of the last look may be missed.
  void refresh(const sink& take) {
    struct ::stat now {};
    if (::stat(path_.c_str(), &now) == 0 && (now.st_mtim.tv_sec != listed_.tv_sec || now.st_mtim.tv_nsec != listed_.tv_nsec))
      return scan(take);
    for (std::size_t k = 0; k < files_.size(); ++k)
      if (k != own_ && !files_[k].closed) read_file(k, take);
  }

  /// Takes torn tails off files that nobody writes to any more: half a frame of a process that was killed, or whose machine was. Only of files
  /// of this machine, or untouched for an hour: on some file systems locks are not seen from other machines.
  void cut_torn() {
    for (file_state& state : files_) {
      if (state.torn == 0) continue;
      const file_handle file(::open(state.path.c_str(), O_RDWR | O_CLOEXEC));
      struct ::stat now {};
      if (!file || ::flock(*file, LOCK_EX | LOCK_NB) != 0 || ::fstat(*file, &now) != 0) continue;
      const auto seconds =
          std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
      const bool ours = state.path.filename().string().find("-" + this_host() + "-") != std::string::npos;
      if (!ours && seconds.count() - now.st_mtim.tv_sec < 3600) continue;
      if (static_cast<std::uint64_t>(now.st_size) != state.read_to + state.torn)
        continue;  // it has grown, and must be read first
      if (::ftruncate(*file, static_cast<::off_t>(state.read_to)) != 0) continue;
      ::fsync(*file);
      notes_.push_back(words_of_tail(state) + "were cut off, and what was in them is run again");
      state.torn = 0;
    }
  }

  /// The file that this process writes to: it is not read. @return its number
  std::size_t add_own(const std::filesystem::path& path) {
    own_ = files_.size();
    files_.push_back({path});
    return own_;
  }

  void read(std::size_t file, std::uint64_t from, void* to, std::size_t bytes) const {
    auto& held = readers_[file];
    if (!held) {
      if (readers_.size() > 64) readers_.clear();  // no more files open than a process may have
      auto opened = std::make_unique<journal_reader>(files_[file].path);
      opened->read(from, to, bytes);
      readers_[file] = std::move(opened);
      return;
    }
    held->read(from, to, bytes);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const std::filesystem::path& file(std::size_t k) const { return files_[k].path; }
  /// Who else is writing to the folder, as far as locks tell: "process 123 on host".
  [[nodiscard]] std::vector<std::string> at_work() const {
    std::vector<std::string> all;
    for (std::size_t k = 0; k < files_.size(); ++k) {
      const std::string name = files_[k].path.stem().string();  // blocks-<time>-<host>-<process>
      const std::size_t host = name.find('-', name.find('-') + 1), process = name.rfind('-');
      if (k == own_ || !files_[k].alive || host == std::string::npos || process <= host) continue;
      if (name.ends_with("-" + this_host() + "-" + argument::text(::getpid()))) continue;
      all.push_back("process " + name.substr(process + 1) + " on " + name.substr(host + 1, process - host - 1));
    }
    return all;
  }
  /// What was found damaged or torn, a sentence each.
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> all = notes_;
    for (const file_state& state : files_)
      if (state.torn > 0) all.push_back(words_of_tail(state) + "on are left out, and what was in them is run again");
    return all;
  }

 private:
  struct file_state {
    std::filesystem::path path;
    std::uint64_t read_to = 0;  ///< whole frames end here
    std::uint64_t torn = 0;     ///< bytes behind `read_to` that nobody is writing
    bool closed = false;        ///< nobody writes to it, so it will not grow
    bool alive = false;         ///< somebody does
    bool useless = false;       ///< its beginning is damaged
  };

  static std::string words_of_tail(const file_state& state) {
    return state.path.filename().string() + " is torn: " + argument::text(state.torn) + " bytes from byte " +
           argument::text(state.read_to) + " ";
  }
  void read_file(std::size_t k, const sink& take) {
    if (files_[k].useless) return;
    journal_reader file(files_[k].path);
    const journal_reader::writer_state writer = file.writer();  // before reading: what it wrote until then is read
    journal_reader::frame frame;
    file_state& state = files_[k];
    state.torn = 0;
    std::uint64_t at = state.read_to;
    while (at < file.size()) {
      if (!file.frame_at(at, frame)) {
        std::uint64_t next = at + 8;
        while (next < file.size() && !file.frame_at(next, frame)) next += 8;
        const bool nothing = next >= file.size();
        if (at == 0 && !foreign_is_torn(file, nothing)) journal_fault(state.path, "is no journal of a study of simulacra");
        if (nothing) {  // where somebody is writing, it is no fault
          if (writer != journal_reader::writer_state::alive) state.torn = file.size() - at;
          break;
        }
        notes_.push_back(state.path.filename().string() + " is damaged: " + argument::text(next - at) + " bytes from byte " +
                         argument::text(at) + " on are left out, and what was in them is run again");
        state.useless = at == 0;
        if (state.useless) break;
        at = next;
        continue;
      }
      if (at == 0 && frame.kind != frame_kind::head) journal_fault(state.path, "does not say to which study it belongs");
      take(k, frame);
      at = frame.payload_at + frame.payload.size();
      state.read_to = at;
    }
    state.alive = writer == journal_reader::writer_state::alive;
    state.closed = file.size() > 0 && writer == journal_reader::writer_state::gone;
  }

  /// Whether a file that does not begin with a frame may still be ours: something whole is in it, or it was torn in its first frame.
  static bool foreign_is_torn(journal_reader& file, bool nothing) {
    if (!nothing) return true;
    const auto head = file.bytes(0, 4);
    std::uint32_t magic = 0;
    if (head.size() == 4) std::memcpy(&magic, head.data(), 4);
    return head.size() < 4 || magic == frame_magic;
  }

  std::filesystem::path path_;
  ::timespec listed_{};
  std::vector<file_state> files_;
  std::vector<std::string> notes_;
  std::size_t own_ = static_cast<std::size_t>(-1);
  mutable std::map<std::size_t, std::unique_ptr<journal_reader>> readers_;
};

}  // namespace simulacra::detail
