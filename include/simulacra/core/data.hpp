#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

namespace detail {

/// What the moments of data are numbers of: those of whole numbers are none themselves.
template <class T>
using moment_number = std::conditional_t<std::is_floating_point_v<T>, T, double>;

}  // namespace detail

/// How the loop handles stored data: count, join, pick. The primary template serves every `samples<T, D>`; a family whose
/// data are no matrix (a corpus, say) specialises it. `dimension`, `finite` and `whole` may be left out; what is there is held
/// against every sample that a plug-in returns (see `core/sampled.hpp`). Where observations have no dimension, `law_dimension(x)` is that of
/// their `data_law`.
template <class Data>
struct data_traits {
  static Index count(const Data& x) { return x.cols(); }

  /// Numbers in an observation.
  static Index dimension(const Data& x) { return x.rows(); }

  /// Whether every number is finite. O(n d), a small part of what drawing them costs.
  static bool finite(const Data& x) { return argument::all_finite(x); }

  /// Makes room for n observations of a dimension.
  static void resize(Data& x, Index dimension, Index n) { x.resize(dimension, n); }

  /// Adds the observations of `more` behind those of x. @throw std::invalid_argument if their dimensions differ
  static void append(Data& x, const Data& more) {
    argument::require(more.rows() == x.rows(), "data_traits::append", "more.rows()", more.rows(),
                      "equal the dimension of the other ingredients");
    const Index before = x.cols();
    x.conservativeResize(Eigen::NoChange, before + more.cols());
    x.rightCols(more.cols()) = more;
  }

  /// The observations with the given numbers, in that order.
  static Data select(const Data& x, std::span<const Index> chosen) {
    Data part(x.rows(), static_cast<Index>(chosen.size()));
    for (Index i = 0; i < part.cols(); ++i) part.col(i) = x.col(chosen[static_cast<std::size_t>(i)]);
    return part;
  }

  /// The first n observations.
  static Data front(const Data& x, Index n) { return x.leftCols(n); }

  /// Observation i, as a law's `log_density` takes it. (Named by its type: a column of one row would be another.)
  static auto observation(const Data& x, Index i) { return point<typename Data::Scalar, Data::RowsAtCompileTime>(x.col(i)); }
};

}  // namespace simulacra
