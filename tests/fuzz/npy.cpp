// The writer of .npy files: shapes of any kind, and a reader of its own, which holds what was written against the format.
#include "fuzz.hpp"

#include <cstring>
#include <string>
#include <vector>

#include <simulacra/io/npy.hpp>

namespace sim = simulacra;

namespace {

/// The shape in a file, after what must stand around it.
std::vector<sim::Index> shape_in(const std::string& bytes, const char* type, std::size_t values) {
  fuzz::promise(bytes.size() >= 64 && bytes.compare(0, 6, "\x93NUMPY") == 0, "the magic");
  const int version = bytes[6];
  fuzz::promise((version == 1 || version == 2) && bytes[7] == 0, "the version");
  const std::size_t preamble = version == 1 ? 10 : 12;
  std::size_t length = 0;
  for (std::size_t k = preamble; k-- > 8;) length = length << 8 | static_cast<unsigned char>(bytes[k]);
  fuzz::promise(preamble + length <= bytes.size() && (preamble + length) % 64 == 0, "the length of the header");
  fuzz::promise(bytes.size() - preamble - length == values, "the length of the numbers");
  const std::string header = bytes.substr(preamble, length);
  const std::string begin = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (";
  fuzz::promise(header.starts_with(begin) && header.back() == '\n', "the header");
  std::vector<sim::Index> shape;
  const char* at = header.c_str() + begin.size();
  while (*at != ')') {
    char* end = nullptr;
    shape.push_back(std::strtoll(at, &end, 10));
    fuzz::promise(end != at && (*end == ',' || (*end == ')' && shape.size() > 1)), "a tuple");
    at = *end == ',' ? end + 1 : end;
  }
  return shape;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bytes in(data, size);
  const std::uint8_t count = in.next(), axes = in.next();
  std::vector<sim::Index> shape(axes % 8, 1);
  for (std::size_t k = 0; k < shape.size(); ++k) {
    const std::uint8_t small = in.next();
    if (small < 200)
      shape[k] = small % 8;
    else  // eight bytes: any number
      for (int i = 0; i < 8; ++i) shape[k] = static_cast<sim::Index>(static_cast<std::uint64_t>(shape[k]) << 8 | in.next());
  }
  const std::vector<std::int16_t> values(count, -7);
  std::string bytes;
  const bool written = fuzz::accepted<std::invalid_argument>(
      [&] { bytes = sim::npy(std::span<const std::int16_t>(values), std::span<const sim::Index>(shape)); });
  bool negative = false, empty = false;
  for (const sim::Index n : shape) {
    negative = negative || n < 0;
    empty = empty || n == 0;
  }
  __extension__ using wide = unsigned __int128;
  wide product = empty ? 0 : 1;
  for (std::size_t k = 0; k < shape.size() && !negative && !empty && product <= 255; ++k)
    product *= static_cast<wide>(shape[k]);
  fuzz::promise(written == (!negative && product == count), "written if and only if the shape holds the numbers");
  if (!written) return 0;
  fuzz::promise(shape_in(bytes, "<i2", 2 * values.size()) == shape, "the shape comes back");
  fuzz::promise(values.empty() || std::memcmp(bytes.data() + bytes.size() - 2 * count, values.data(), 2 * count) == 0,
                "the numbers");
  return 0;
}
