#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// The law of what a model makes of draws of another law: drawn, then edited. Of whatever types these two are, it is one type, so that what
/// is made of edited data can be edited in its turn.
template <class Data>
class edited_law {
 public:
  /// @param base    a law: something with `dimension()` and `sample(n, rng)`
  /// @param editor  something with `edit(data, rng)`
  template <class Base, class Editor>
  edited_law(std::shared_ptr<const Base> base, std::shared_ptr<const Editor> editor)
      : dimension_(static_cast<Index>(base->dimension())),
        draw_([base, editor](Index n, stream& rng) -> Data { return editor->edit(base->sample(n, rng), rng); }) {}

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }

  /// n draws. An editor that returns fewer observations returns fewer here.
  [[nodiscard]] Data sample(Index n, stream& rng) const { return draw_(n, rng); }

 private:
  Index dimension_;
  std::function<Data(Index, stream&)> draw_;
};

}  // namespace simulacra
