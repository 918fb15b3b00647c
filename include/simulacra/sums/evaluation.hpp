#pragma once

#include <simulacra/core/types.hpp>

namespace simulacra {

/// How a sum of kernels is evaluated, and how exactly.
struct evaluation {
  /// `exact` takes every pair of a source and a query; `fast` lets whole cells of them meet and leaves out what is too far
  /// away to matter; `automatic` takes whichever is quicker for these sources, this error and so many queries, by an estimate
  /// for queries that lie where the sources lie.
  enum class method { automatic, exact, fast };

  method how = method::automatic;

  /// The relative error that is allowed, at every query. 0 asks for the exact sum, which no fast method has.
  double relative_error = 0;

  /// How many queries there will be. -1: as many as sources, or where a function is given them, those.
  Index queries = -1;
};

}  // namespace simulacra
