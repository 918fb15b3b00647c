#pragma once

#include <simulacra/core/types.hpp>

namespace simulacra::detail {

/// The space of one point: for who follows laws through a recipe and needs no accounts of them.
struct no_space {
  struct vector {};

  [[nodiscard]] vector zero() const { return {}; }
  void set_zero(vector&) const {}
  void add(vector&, double, const vector&) const {}
  [[nodiscard]] double inner(const vector&, const vector&) const { return 0; }
  template <class Law>
  double embed(const Law&, vector&) const {
    return 0;
  }
  template <class Data>
  void embed_data(const Data&, const weights<double>&, vector&) const {}
  template <class Summary>
  void embed_summary(const Summary&, vector&) const {}
};

}  // namespace simulacra::detail
