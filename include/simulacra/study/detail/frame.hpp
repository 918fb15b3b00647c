#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/packed_bytes.hpp>

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

/// Room for a frame's payload.
inline packer payload() { return packer(frame_head_bytes); }

/// The frame of what was put into a `payload()`, ready to be written.
inline std::vector<std::byte> framed(frame_kind kind, packer pack) {
  std::vector<std::byte> bytes = pack.bytes();
  const std::span<const std::byte> content = std::span<const std::byte>(bytes).subspan(frame_head_bytes);
  const std::uint32_t words[2] = {frame_magic, static_cast<std::uint32_t>(kind)};
  const std::uint64_t longs[2] = {content.size(), frame_checksum(kind, content)};
  std::memcpy(bytes.data(), words, 8);
  std::memcpy(bytes.data() + 8, longs, 16);
  return bytes;
}

}  // namespace simulacra::detail
