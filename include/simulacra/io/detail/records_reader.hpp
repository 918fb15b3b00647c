#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/ensemble/records.hpp>
#include <simulacra/io/detail/records_format.hpp>
#include <simulacra/io/detail/records_head.hpp>
#include <simulacra/io/read_file.hpp>
#include <simulacra/io/text.hpp>
#include <simulacra/io/text_reader.hpp>

namespace simulacra::detail {

/// Reads a file of records row by row; what is wrong is said with its name and line.
class records_reader {
 public:
  /// @param length  of the file in bytes; 0: not known
  records_reader(std::istream& in, std::string_view name, double length, std::size_t piece = std::size_t{1} << 16)
      : in_(in), name_(name), length_(length), reader_(in, "load_records", name, piece) {}

  records read() {
    records_head_reader above(reader_);
    if ((version_ = above.version()) == 0) reader_.fail("the file ends too early: its first line is not there");
    head_ = above.rest();
    require_length();
    require_memory("load_records", name_, bytes());
    records all(head_.metrics, head_.generations, head_.replicates);
    all.first_replicate = head_.first;
    const std::size_t width = head_.metrics.size();
    read_rows([&](Index replicate, std::size_t row) { return all.of(replicate).subspan(row * width, width).data(); },
              [&](Index replicate) { all.accept(replicate); });
    all.fits = head_.fits;
    all.stopped = head_.stopped;
    all.failures = std::move(head_.failures);
    all.origin = std::move(head_.origin);
    return all;
  }

  /// Whether nothing is left to be run. Every row is looked at, since a head may stand above rows that are not there; none is kept.
  bool complete() {
    records_head_reader above(reader_);
    if ((version_ = above.version()) == 0) return false;
    Index finished = 0;
    try {
      head_ = above.rest();
      require_length();
      std::vector<double> row(head_.metrics.size());
      read_rows([&](Index, std::size_t) { return row.data(); }, [&](Index) { ++finished; });
    } catch (const std::runtime_error&) {
      if (in_.bad()) throw;
      return false;
    }
    if (version_ > 1) return head_.complete();
    return !head_.stopped && head_.replicates - finished <= static_cast<Index>(head_.failures.size());
  }

 private:
  /// What records of this head take in memory.
  [[nodiscard]] double bytes() const {
    return records_bytes(head_.replicates, head_.generations.size(), head_.metrics.size());
  }

  /// Is the file long enough for what it says? Asked before there is memory for it.
  void require_length() const {
    const double rows = static_cast<double>(head_.finished_replicates()) * static_cast<double>(head_.generations.size());
    if (length_ > 0 &&
        (least_length(rows, head_.metrics.size()) > length_ || bytes() > always_believed + times_its_length * length_))
      reader_.fail("the file says that it holds " + argument::text(head_.replicates) +
                   " replicates, and is too short for that with " + argument::text(static_cast<std::uint64_t>(length_)) +
                   " bytes");
  }

  /// @param place   `place(replicate, row)`: where the numbers of a row go
  /// @param accept  `accept(replicate)`, after its last row
  template <class Place, class Accept>
  void read_rows(Place&& place, Accept&& accept) {
    const std::size_t width = head_.metrics.size(), times = head_.generations.size();
    const Index announced = head_.finished_replicates();
    Index last = head_.first - 1, finished = 0;
    std::size_t row = 0, here = 0;
    const auto number = [&](std::string_view text, auto value) {
      if (!parse_number(text, value)) reader_.fail("'" + shown(text) + "' is no number here");
      return value;
    };
    if (times == 0)
      for (const auto& [from, to] : head_.finished)
        for (Index r = from; r <= to; ++r, ++finished) accept(r - head_.first);
    while (reader_.next_record()) {
      if (reader_.cut()) reader_.fail("the file is cut short: its last line does not end");
      const auto cell = reader_.fields();
      if (times == 0) reader_.fail("there is no generation that this row could be of");
      if (cell.size() != width + 2) reader_.fail("a row must have as many fields as the heading");
      const Index r = number(cell[0], Index{});
      if (row == 0) {
        if (r <= last || r - head_.first >= head_.replicates)
          reader_.fail("replicates must increase, and be among those that were announced");
        if (version_ > 1) {
          while (here < head_.finished.size() && r > head_.finished[here].second) ++here;
          if (here == head_.finished.size() || r < head_.finished[here].first)
            reader_.fail("this replicate is none of '# finished'");
        }
        last = r;
      }
      if (r != last || number(cell[1], Index{}) != head_.generations[row])
        reader_.fail("every generation of a replicate must be there, in order");
      double* const values = place(r - head_.first, row);
      for (std::size_t k = 0; k < width; ++k) values[k] = number(cell[k + 2], double{});
      if (++row == times) {
        accept(r - head_.first);
        ++finished;
        row = 0;
      }
    }
    if (row != 0) reader_.fail("the file ends in the middle of a replicate");
    if (version_ > 1 && finished != announced)
      reader_.fail("the file ends too early: " + argument::text(announced) + " replicates should be there, and " +
                   argument::text(finished) + " are");
  }

  std::istream& in_;
  std::string name_;
  double length_;
  text_reader reader_;
  int version_ = 2;
  records_head head_;
};

}  // namespace simulacra::detail
