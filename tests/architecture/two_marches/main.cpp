#include <simulacra/numerics/simd_level.hpp>

#include <cinttypes>
#include <cstdint>
#include <cstdio>

std::uint64_t portable();
std::uint64_t native();

/// At each level that the machine has, both parts compute the same bits, whichever of them the linker took the templates from; and these.
int main() {
  using namespace simulacra::packets;
  constexpr std::uint64_t right[] = {9595675930409801008u, 18362318556314069963u, 10878059532130423190u};
  bool good = true;
  for (const level l : {level::baseline, level::avx2, level::avx512}) {
    use_level(l);
    if (used_level() != l) break;
    const std::uint64_t a = portable(), b = native();
    std::printf("%s: %" PRIu64 " %" PRIu64 "\n", name_of(l).data(), a, b);
    good = good && a == b && a == right[static_cast<int>(l)];
  }
  return good ? 0 : 1;
}
