#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Values as bytes, for other processes and other days: whole numbers and reals of 8 bytes as they are in memory, texts behind their length and
/// filled up to whole words.
namespace simulacra::detail {

/// Puts values together as bytes, behind `head` bytes for who needs some.
class packer {
 public:
  explicit packer(std::size_t head = 0) : bytes_(head) {}
  packer& whole(std::uint64_t v) { return raw(&v, 8); }
  packer& whole(std::int64_t v) { return raw(&v, 8); }
  packer& real(double v) { return raw(&v, 8); }
  packer& reals(std::span<const double> v) { return raw(v.data(), v.size_bytes()); }
  packer& text(std::string_view v) {
    whole(std::uint64_t{v.size()}).raw(v.data(), v.size());
    return fill();
  }
  /// What was put together. Nothing can be added after that.
  [[nodiscard]] std::vector<std::byte> bytes() { return std::move(bytes_); }

 private:
  packer& raw(const void* from, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), begin, begin + size);
    return *this;
  }
  packer& fill() {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    return *this;
  }
  std::vector<std::byte> bytes_;
};

/// Takes them apart; what is not there is 0 or empty, and `good()` says so.
class unpacker {
 public:
  explicit unpacker(std::span<const std::byte> payload) : rest_(payload), size_(payload.size()) {}
  std::uint64_t whole() {
    std::uint64_t v = 0;
    take(&v, 8);
    return v;
  }
  std::int64_t index() { return static_cast<std::int64_t>(whole()); }
  double real() { return std::bit_cast<double>(whole()); }
  void reals(std::span<double> to) { take(to.data(), to.size_bytes()); }
  std::string text() {
    const std::uint64_t size = whole();
    if (size > rest_.size()) good_ = false;
    if (!good_) return {};
    std::string v(static_cast<std::size_t>(size), '\0');
    take(v.data(), v.size());
    const std::size_t filled = (8 - v.size() % 8) % 8;
    if (filled > rest_.size()) good_ = false;
    if (good_) rest_ = rest_.subspan(filled);
    return v;
  }
  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] std::size_t at() const noexcept { return size_ - rest_.size(); }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

 private:
  void take(void* to, std::size_t size) {
    if (size > rest_.size()) good_ = false;
    if (!good_ || size == 0) return;
    std::memcpy(to, rest_.data(), size);
    rest_ = rest_.subspan(size);
  }
  std::span<const std::byte> rest_;
  std::size_t size_;
  bool good_ = true;
};

}  // namespace simulacra::detail
