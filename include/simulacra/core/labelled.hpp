#pragma once

#include <span>
#include <utility>

#include <simulacra/core/data.hpp>
#include <simulacra/core/types.hpp>

namespace simulacra {

/// Inputs with a label each: two data sets of one length, of which observation i is the pair of their observations i. Either may be
/// anything that has `data_traits`; numbers are `labelled<samples<T, D>, samples<T, 1>>`.
template <class Inputs, class Labels>
struct labelled {
  Inputs x{};  ///< inputs, d x n
  Labels y{};  ///< labels, 1 x n
};

template <class Inputs, class Labels>
labelled(Inputs, Labels) -> labelled<Inputs, Labels>;

/// Inputs of d numbers with one number each as their label.
template <class T = double, int D = dynamic>
using labelled_numbers = labelled<samples<T, D>, samples<T, 1>>;

/// The dimension of such a pair.
template <int D>
inline constexpr int with_label = D == dynamic ? dynamic : D + 1;

/// How the loop handles labelled data: both parts alike, so that a pair stays one whatever is joined or picked.
template <class Inputs, class Labels>
struct data_traits<labelled<Inputs, Labels>> {
  using data = labelled<Inputs, Labels>;
  using of_inputs = data_traits<Inputs>;
  using of_labels = data_traits<Labels>;

  static Index count(const data& x) { return of_inputs::count(x.x); }

  /// Numbers in a pair: those of its input, and those of its label.
  static Index dimension(const data& x)
    requires requires(const Inputs& a, const Labels& b) { of_inputs::dimension(a) + of_labels::dimension(b); }
  {
    return of_inputs::dimension(x.x) + of_labels::dimension(x.y);
  }

  static bool finite(const data& x)
    requires requires(const Inputs& a, const Labels& b) { of_inputs::finite(a) && of_labels::finite(b); }
  {
    return of_inputs::finite(x.x) && of_labels::finite(x.y);
  }

  /// Whether each input has a label.
  static bool whole(const data& x) { return of_inputs::count(x.x) == of_labels::count(x.y); }

  /// Makes room for n pairs of that many numbers, one of which is the label.
  static void resize(data& x, Index dimension, Index n) {
    of_inputs::resize(x.x, dimension - 1, n);
    of_labels::resize(x.y, 1, n);
  }

  /// @throw std::invalid_argument if their dimensions differ; x is what it was then
  static void append(data& x, const data& more) {
    Labels labels = x.y;  // the smaller part
    of_labels::append(labels, more.y);
    of_inputs::append(x.x, more.x);
    x.y = std::move(labels);
  }

  static data select(const data& x, std::span<const Index> chosen) {
    return {of_inputs::select(x.x, chosen), of_labels::select(x.y, chosen)};
  }

  static data front(const data& x, Index n) { return {of_inputs::front(x.x, n), of_labels::front(x.y, n)}; }

  /// Pair i.
  static auto observation(const data& x, Index i)
    requires requires(const Inputs& a, const Labels& b) { of_inputs::observation(a, 0), of_labels::observation(b, 0); }
  {
    return labelled{of_inputs::observation(x.x, i), of_labels::observation(x.y, i)};
  }
};

}  // namespace simulacra
