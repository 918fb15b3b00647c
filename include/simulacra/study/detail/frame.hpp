#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The frames of a journal: 24 bytes of head (magic, kind, length, checksum), then the payload, filled up to whole words of 8 bytes.
/// Numbers are little-endian, and real ones IEEE doubles as they are in memory: they read back to the bit.
namespace simulacra::detail {

static_assert(std::endian::native == std::endian::little, "simulacra: journals are written on little-endian machines only");

inline constexpr std::uint32_t frame_magic = 0x4A4D4953;  // "SIMJ"
inline constexpr std::size_t frame_head_bytes = 24;

enum class frame_kind : std::uint32_t {
  head = 1,   ///< the fingerprint of the study
  shape = 2,  ///< what is recorded of a cell: metrics, generations, plan
  block = 3,  ///< replicates of a cell
  note = 4    ///< a block that could not be run
};

/// Bijective in each word, so no change of one word goes unseen, and of others one in 2^64; several bytes a cycle.
inline std::uint64_t frame_checksum(frame_kind kind, std::span<const std::byte> payload) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15u;
  std::uint64_t lane[4] = {0x243F6A8885A308D3u, 0x13198A2E03707344u, 0xA4093822299F31D0u, static_cast<std::uint64_t>(kind)};
  const std::size_t words = payload.size() / 8;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word;
    std::memcpy(&word, payload.data() + 8 * i, 8);
    lane[i % 4] = std::rotl((lane[i % 4] ^ word) * odd, 29);
  }
  std::uint64_t sum = payload.size();
  for (const std::uint64_t l : lane) sum = std::rotl((sum ^ l) * odd, 31);
  return sum ^ (sum >> 32);
}

/// Makes a payload.
class packer {
 public:
  packer& whole(std::uint64_t v) { return raw(&v, 8); }
  packer& whole(std::int64_t v) { return raw(&v, 8); }
  packer& real(double v) { return raw(&v, 8); }
  packer& reals(std::span<const double> v) { return raw(v.data(), v.size_bytes()); }
  packer& text(std::string_view v) {
    whole(std::uint64_t{v.size()}).raw(v.data(), v.size());
    return fill();
  }
  /// The frame, ready to be written.
  [[nodiscard]] std::vector<std::byte> frame(frame_kind kind) {
    const std::span<const std::byte> payload = std::span<const std::byte>(bytes_).subspan(frame_head_bytes);
    const std::uint32_t words[2] = {frame_magic, static_cast<std::uint32_t>(kind)};
    const std::uint64_t longs[2] = {payload.size(), frame_checksum(kind, payload)};
    std::memcpy(bytes_.data(), words, 8);
    std::memcpy(bytes_.data() + 8, longs, 16);
    return std::move(bytes_);
  }

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
  std::vector<std::byte> bytes_{frame_head_bytes};
};

/// Reads a payload; what is not there is 0 or empty, and `good()` says so.
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
