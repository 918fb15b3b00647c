#pragma once

/// Ensembles and studies on the ranks of an MPI program. Not in any other header: it includes <mpi.h>, and a program that includes it is
/// linked with MPI (the C interface; `SIMULACRA_MPI` in CMake is for our own tests and examples only).
#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// Deals indices to the ranks of a communicator: each takes the next one when it is free, by adding to a counter that lies on rank 0 (one-sided,
/// `MPI_Fetch_and_op`). All ranks must come to the same call with the same arguments, as in any collective operation, and all get the same
/// results, the bits of a single thread.
/// ```
/// MPI_Init(&argc, &argv);
/// {
///   const mpi_executor on(MPI_COMM_WORLD);
///   const records all = run_ensemble(what, how, many, on, metrics...);   // on every rank
///   if (on.is_first()) save_records("all.csv", all);
/// }
/// MPI_Finalize();
/// ```
/// It never initialises nor finalises MPI, and calls it from the thread that calls it (MPI_THREAD_FUNNELED does). One rank a core: what an
/// index runs should be serial. Where the network cannot reach into the memory of a rank that computes, the counter answers whenever rank 0
/// is between two indices.
///
/// An exception on one rank ends the call on all: no new indices are begun anywhere, all agree on the lowest index that threw, and then its rank
/// throws it on and the others throw a `std::runtime_error` with its words. Once the token of any rank is asked to stop, all stop.
class mpi_executor {
 public:
  /// @param comm   the ranks; it is copied, so that nobody else's messages are met
  /// @param piece  bytes of the largest message; a count of MPI is an int   @throw std::invalid_argument unless it lies in [1, 2^30]
  explicit mpi_executor(MPI_Comm comm, Index piece = Index{1} << 30) : piece_(piece) {
    argument::require(piece >= 1 && piece <= (Index{1} << 30), "mpi_executor", "piece", piece, "lie in [1, 2^30]");
    check(MPI_Comm_dup(comm, &comm_), "MPI_Comm_dup");
    check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
    owned_ = true;
  }
  /// A copy works on the same ranks; the first must outlive it.
  mpi_executor(const mpi_executor& other)
      : comm_(other.comm_), rank_(other.rank_), size_(other.size_), piece_(other.piece_) {}
  mpi_executor& operator=(const mpi_executor&) = delete;
  ~mpi_executor() {
    int over = 0;
    if (owned_ && MPI_Finalized(&over) == MPI_SUCCESS && over == 0) MPI_Comm_free(&comm_);
  }

  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int ranks() const noexcept { return size_; }
  [[nodiscard]] bool is_first() const noexcept { return rank_ == 0; }

  /// Whether any rank says yes. All must ask, and none goes on before all have.
  bool any(bool mine) const {
    int yes = mine ? 1 : 0, all = 0;
    check(MPI_Allreduce(&yes, &all, 1, MPI_INT, MPI_LOR, comm_), "MPI_Allreduce");
    return all != 0;
  }

  template <class F>
  void for_each_index(Index n, F&& f, std::stop_token token = {}) const {
    std::exception_ptr error;
    std::int64_t failed = none;
    {
      const counter next(comm_, rank_);
      while (true) {
        if (token.stop_requested()) {
          next.take(n);  // for all
          break;
        }
        const std::int64_t i = next.take(1);
        if (i >= n) break;
        try {
          f(static_cast<Index>(i));
        } catch (...) {
          error = std::current_exception();
          failed = i;
          next.take(n);
          break;
        }
      }
    }
    std::int64_t lowest = none;
    check(MPI_Allreduce(&failed, &lowest, 1, MPI_INT64_T, MPI_MIN, comm_), "MPI_Allreduce");
    if (lowest == none) return;
    const bool mine = lowest == failed;
    std::string words = mine ? words_of_pointer(error) : std::string();
    for (const std::string& said : share(words))
      if (!said.empty()) words = said;
    if (mine) std::rethrow_exception(error);
    throw std::runtime_error("simulacra::mpi_executor: index " + argument::text(lowest) +
                             " failed on another rank: " + words);
  }

  /// The bytes of every rank, by rank, on all of them. In pieces, so of any length.
  [[nodiscard]] std::vector<std::string> share(const std::string& mine) const {
    const std::uint64_t length = mine.size();
    std::vector<std::uint64_t> lengths(static_cast<std::size_t>(size_));
    check(MPI_Allgather(&length, 1, MPI_UINT64_T, lengths.data(), 1, MPI_UINT64_T, comm_), "MPI_Allgather");
    std::vector<std::string> all(lengths.size());
    for (int r = 0; r < size_; ++r) {
      std::string& part = all[static_cast<std::size_t>(r)];
      part = r == rank_ ? mine : std::string(static_cast<std::size_t>(lengths[static_cast<std::size_t>(r)]), '\0');
      for (std::size_t from = 0; from < part.size(); from += static_cast<std::size_t>(piece_)) {
        const std::size_t count = (std::min)(part.size() - from, static_cast<std::size_t>(piece_));
        check(MPI_Bcast(part.data() + from, static_cast<int>(count), MPI_BYTE, r, comm_), "MPI_Bcast");
      }
    }
    return all;
  }

 private:
  static constexpr std::int64_t none = (std::numeric_limits<std::int64_t>::max)();

  static void check(int result, std::string_view what) {
    if (result == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(result, text, &length);
    throw std::runtime_error("simulacra::mpi_executor: " + std::string(what) + ": " +
                             std::string(text, static_cast<std::size_t>(length)));
  }

  static std::string words_of_pointer(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      return detail::words_of(e);
    } catch (...) {
      return detail::words_of_anything;
    }
  }

  /// A number on rank 0 that all ranks add to.
  class counter {
   public:
    counter(MPI_Comm comm, int rank) {
      std::int64_t* memory = nullptr;
      check(MPI_Win_allocate(rank == 0 ? 8 : 0, 8, MPI_INFO_NULL, comm, &memory, &window_), "MPI_Win_allocate");
      if (rank == 0) {
        MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, window_);
        *memory = 0;
        MPI_Win_unlock(0, window_);
      }
      MPI_Barrier(comm);
    }
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;
    ~counter() { MPI_Win_free(&window_); }  // collective: nobody leaves before all have come

    std::int64_t take(std::int64_t step) const {
      std::int64_t before = 0;
      MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, window_);
      const int result = MPI_Fetch_and_op(&step, &before, MPI_INT64_T, 0, 0, MPI_SUM, window_);
      MPI_Win_unlock(0, window_);
      check(result, "MPI_Fetch_and_op");
      return before;
    }

   private:
    MPI_Win window_ = MPI_WIN_NULL;
  };

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
  Index piece_;
  bool owned_ = false;
};

}  // namespace simulacra
