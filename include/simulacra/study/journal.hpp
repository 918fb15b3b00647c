#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/study/design.hpp>
#include <simulacra/study/detail/cell_blocks.hpp>
#include <simulacra/study/detail/columns.hpp>
#include <simulacra/study/detail/frame.hpp>
#include <simulacra/study/detail/journal_file.hpp>
#include <simulacra/study/detail/journal_folder.hpp>
#include <simulacra/study/detail/shape.hpp>
#include <simulacra/study/identity.hpp>

namespace simulacra {

/// The blocks of replicates that a folder holds. In memory are only where they lie, which replicates failed, and what every block says of its
/// cell; numbers are read from the files when they are asked for. Safe to use from several threads.
///
/// Files of other processes, alive or dead, are read as far as they are whole. What is torn or damaged is left out and said in `notes`, and
/// the replicates that were in it are run again; torn tails of processes that are gone are cut off when the study is run.
class journal {
 public:
  /// @throw std::runtime_error if the folder holds another study, or cannot be read
  /// @param durable  whether `append` returns only when the disk has the block, and not when the operating system has it
  journal(std::filesystem::path folder, study_identity identity, const std::vector<cell>& cells, bool durable = false)
      : files_(std::move(folder)), identity_(std::move(identity)), cells_(cells), of_cell_(cells.size()), durable_(durable) {
    for (std::size_t k = 0; k < cells.size(); ++k)
      if (!position_.emplace(cells[k].key(), k).second)
        detail::journal_fault(files_.path(), "two cells of the design have one number: " + cells[k].text());
    scan();
  }

  /// Reads what others have written since the last time.
  void scan() {
    const std::lock_guard lock(guard_);
    files_.scan([this](std::size_t file, const auto& frame) { take(file, frame); });
  }
  /// The same in haste, for a look between two blocks.
  void refresh() {
    const std::lock_guard lock(guard_);
    files_.refresh([this](std::size_t file, const auto& frame) { take(file, frame); });
  }
  /// Cuts off what `scan` found torn, where it is certain that nobody is writing it.
  void cut_torn() {
    const std::lock_guard lock(guard_);
    files_.cut_torn();
  }

  /// Adds the first `count` replicates of `all` to a cell, and returns when they are written.
  /// @throw std::runtime_error if they cannot be written, or are recorded otherwise than those that are there
  void append(std::size_t at, const records& all, Index count, double seconds) {
    const detail::cell_shape shape = detail::shape_of(all);
    require_shape(at, shape);
    const std::vector<std::byte> block = detail::block_frame(cells_[at].key(), all, count, seconds);
    {
      const std::lock_guard lock(guard_);
      add_own(at, shape, block);
    }
    if (durable_) own_->sync();  // threads may wait for the disk together
  }

  /// Notes that a block could not be run. It counts as not done.
  void note(std::size_t at, Index first, Index count, const std::string& message) {
    const std::lock_guard lock(guard_);
    open_own();
    detail::packer pack = detail::payload();
    pack.whole(cells_[at].key()).whole(std::int64_t{first}).whole(std::int64_t{count}).text(message);
    of_cell_[at].troubles[first] = message;
    own_->append(detail::framed(detail::frame_kind::note, std::move(pack)));
  }

  /// @throw std::runtime_error unless what is recorded of a cell is what the folder has of it
  void require_shape(std::size_t at, const detail::cell_shape& shape) const {
    const std::lock_guard lock(guard_);
    if (!of_cell_[at].shape) return;
    const std::string difference = shape.difference_to(*of_cell_[at].shape);
    if (!difference.empty())
      detail::journal_fault(files_.path(),
                            "the cell " + cells_[at].text() + " was recorded otherwise: it has " + difference);
  }

  /// Which replicates from `begin` up to `end` a cell has not: from, and up to but not including.
  [[nodiscard]] std::vector<std::pair<Index, Index>> missing(std::size_t at, Index end, Index begin = 0) const {
    const std::lock_guard lock(guard_);
    return of_cell_[at].missing(end, begin);
  }

  /// What is recorded of a cell; nothing where no block of it is there.
  [[nodiscard]] std::optional<detail::cell_shape> shape(std::size_t at) const {
    const std::lock_guard lock(guard_);
    return of_cell_[at].shape;
  }
  /// Replicates of a cell that ended in an error (their numbers are NaN), or whose lineage did but left numbers (`true`).
  [[nodiscard]] std::map<Index, std::pair<replicate_failure, bool>> failures(std::size_t at) const {
    const std::lock_guard lock(guard_);
    return of_cell_[at].failures;
  }
  [[nodiscard]] double seconds(std::size_t at) const {
    const std::lock_guard lock(guard_);
    return of_cell_[at].seconds;
  }
  [[nodiscard]] std::array<Index, status_count> fits(std::size_t at) const {
    const std::lock_guard lock(guard_);
    return of_cell_[at].fits;
  }

  /// Columns `begin` to `end` of replicates 0 to `count` - 1, column by column; a replicate that is not there has NaN.
  [[nodiscard]] std::vector<double> columns(std::size_t at, std::size_t begin, std::size_t end, Index count) const {
    const std::lock_guard lock(guard_);
    return detail::columns_of(of_cell_[at], begin, end, count, reading());
  }
  /// Calls f with the numbers of a column that is too long to be held, of replicates below `count` that are there and left numbers, in order
  /// and in pieces. Nothing else of the journal may be called from it.
  template <class F>
  void each_piece(std::size_t at, std::size_t column, Index count, F&& f) const {
    const std::lock_guard lock(guard_);
    detail::each_piece_of(of_cell_[at], column, count, reading(), f);
  }

  /// What was found damaged or torn, or could not be run, a sentence each.
  [[nodiscard]] std::vector<std::string> notes() const {
    const std::lock_guard lock(guard_);
    std::vector<std::string> all = files_.notes();
    for (std::size_t k = 0; k < cells_.size(); ++k) of_cell_[k].say_troubles(cells_[k].text(), all);
    return all;
  }
  /// Which other processes are writing to the folder, as far as locks tell.
  [[nodiscard]] std::vector<std::string> at_work() const {
    const std::lock_guard lock(guard_);
    return files_.at_work();
  }
  /// Puts on the disk what may not be there yet.
  void sync() {
    const std::lock_guard lock(guard_);
    if (own_) own_->sync();
  }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return files_.path(); }

 private:
  void open_own() {
    if (own_) return;
    std::error_code error;
    std::filesystem::create_directories(files_.path(), error);
    if (error) detail::journal_fault(files_.path(), "cannot be made: " + error.message());
    own_.emplace(files_.path(), detail::identity_frame(identity_), durable_);
    own_file_ = files_.add_own(own_->path());
  }
  void add_own(std::size_t at, const detail::cell_shape& shape, std::span<const std::byte> block) {
    open_own();
    if (own_shapes_.insert(at).second) own_->append(detail::shape_frame(cells_[at].key(), cells_[at].text(), shape));
    if (!of_cell_[at].shape) of_cell_[at].shape = shape;
    const std::uint64_t begin = own_->end();
    own_->append(block);
    add_block(own_file_, begin + detail::frame_head_bytes, block.subspan(detail::frame_head_bytes));
  }

  void take(std::size_t file, const detail::journal_reader::frame& frame) {
    detail::unpacker in(frame.payload);
    if (frame.kind == detail::frame_kind::head) return detail::require_identity(files_.file(file), identity_, in);
    if (frame.kind == detail::frame_kind::block) return add_block(file, frame.payload_at, frame.payload);
    const std::uint64_t key = in.whole();
    if (frame.kind == detail::frame_kind::note && position_.count(key) == 1) {
      const Index first = in.index();
      in.index();
      of_cell_[position_[key]].troubles[first] = in.text();
    }
    if (frame.kind != detail::frame_kind::shape) return;
    const std::string name = in.text();
    const auto found = position_.find(key);
    if (found == position_.end())
      detail::journal_fault(files_.file(file),
                            "holds a cell that is none of this design: " + name +
                                ". A design may grow; give one that has what the folder has, or another folder");
    detail::cell_shape shape;
    if (!detail::read_shape(in, shape))
      detail::journal_fault(files_.file(file), "is of another version: a cell cannot be read");
    detail::cell_blocks& state = of_cell_[found->second];
    if (!state.shape)
      state.shape = std::move(shape);
    else if (const std::string difference = state.shape->difference_to(shape); !difference.empty())
      detail::journal_fault(files_.file(file),
                            "the cell " + name + " is recorded otherwise than in other files: it has " + difference);
  }

  void add_block(std::size_t file, std::uint64_t payload_at, std::span<const std::byte> payload) {
    detail::unpacker in(payload);
    const auto found = position_.find(in.whole());
    if (found == position_.end()) return;
    const std::size_t key_bytes = in.at();
    detail::unpacker rest(payload.subspan(key_bytes));
    of_cell_[found->second].add(file, payload_at + key_bytes, rest, cells_[found->second].condition());
  }

  [[nodiscard]] std::function<void(std::size_t, std::uint64_t, void*, std::size_t)> reading() const {
    return [this](std::size_t file, std::uint64_t from, void* to, std::size_t bytes) { files_.read(file, from, to, bytes); };
  }

  mutable std::mutex guard_;
  detail::journal_folder files_;
  study_identity identity_;
  std::vector<cell> cells_;
  std::unordered_map<std::uint64_t, std::size_t> position_;
  std::vector<detail::cell_blocks> of_cell_;
  bool durable_;
  std::optional<detail::journal_writer> own_;
  std::size_t own_file_ = 0;
  std::set<std::size_t> own_shapes_;
};

}  // namespace simulacra
