// The bytes of an IDX file.
#include "fuzz.hpp"

#include <simulacra/io/idx.hpp>

namespace sim = simulacra;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::bytes(data, size).rest();
  sim::idx_array all;
  if (!fuzz::accepted([&] { all = sim::parse_idx(bytes); })) return 0;
  std::size_t count = 1;
  for (const sim::Index n : all.shape) {
    fuzz::promise(n > 0, "no dimension is 0");
    count *= static_cast<std::size_t>(n);
  }
  fuzz::promise(count == all.bytes.size() && bytes.substr(4 + 4 * all.shape.size()) == all.bytes,
                "the shape holds the bytes");
  const auto x = sim::detail::idx_samples<float>(all, "fuzz");
  fuzz::promise(x.size() == static_cast<sim::Index>(count) && x.minCoeff() >= 0 && x.maxCoeff() <= 1, "numbers from 0 to 1");
  return 0;
}
