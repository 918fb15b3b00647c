#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <vector>

namespace simulacra {

/// A list that holds up to N entries in itself and moves to the heap beyond: what is made anew in every generation must not
/// allocate in the common case.
template <class T, std::size_t N>
class small_list {
  static_assert(std::is_trivially_copyable_v<T>, "simulacra: a small_list is copied as bytes");

 public:
  small_list() noexcept {}  // not `= default`: the entries that are not there yet are not written to
  small_list(std::initializer_list<T> list) {
    for (const T& entry : list) push_back(entry);
  }

  void push_back(const T& entry) {
    if (size_ < N) [[likely]]
      few_[size_] = entry;
    else
      spill(entry);
    ++size_;
  }

  void clear() noexcept {
    size_ = 0;
    many_.clear();
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const T* begin() const noexcept { return size_ <= N ? few_ : many_.data(); }
  [[nodiscard]] const T* end() const noexcept { return begin() + size_; }
  [[nodiscard]] T* begin() noexcept { return size_ <= N ? few_ : many_.data(); }
  [[nodiscard]] T* end() noexcept { return begin() + size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return begin()[i]; }

 private:
  [[gnu::noinline]] void spill(const T& entry) {
    if (size_ == N) many_.assign(few_, few_ + N);
    many_.push_back(entry);
  }

  union {
    T few_[N];
  };
  std::vector<T> many_;
  std::size_t size_ = 0;
};

}  // namespace simulacra
