// Labelled data from a CSV file. The first byte says how it is read, and how much at once; the first line which column holds the labels.
#include "fuzz.hpp"

#include <string>

#include <simulacra/io/csv_labelled.hpp>
#include <simulacra/io/table.hpp>

namespace sim = simulacra;

template <class T>
void read(std::string_view text, const sim::csv_labels& how, std::size_t piece) {
  sim::labelled_numbers<T> pairs;
  bool refused_argument = false;
  const auto reads = [&](auto&& f) {
    try {
      return fuzz::accepted(f);
    } catch (const std::invalid_argument&) {  // no column is named, or no number of one
      refused_argument = true;
      return false;
    }
  };
  const bool read = reads([&] {
    sim::detail::text_in_memory in(text);
    pairs = sim::detail::csv_labelled<T>(in, "fuzz", how, piece);
  });
  sim::labelled_numbers<T> again;
  const bool whole = reads([&] { again = sim::parse_labelled_csv<T>(text, how, "fuzz"); });
  fuzz::promise(read == whole && (!read || (pairs.x == again.x && pairs.y == again.y)), "the same in pieces");
  if (refused_argument) {
    sim::Index number = 0;
    fuzz::promise(!read, "what is refused is not read");
    fuzz::promise(how.labels.empty() ||
                      (how.header == sim::csv_header::no && !(sim::detail::parse_number(how.labels, number) && number >= 1)),
                  "an argument is refused only where it names no column");
  }
  if (!read) return;
  fuzz::promise(pairs.x.rows() >= 1 && pairs.x.cols() >= 1 && pairs.x.cols() == pairs.y.cols(), "a pair has both parts");
  fuzz::promise(pairs.x.allFinite() && pairs.y.allFinite(), "pairs are finite");
  // Its numbers are those of the file as a whole, with the column taken out.
  const auto all = sim::parse_samples_csv<T>(
      text, "fuzz", {.header = how.header == sim::csv_header::no ? sim::csv_header::no : sim::csv_header::yes});
  fuzz::promise(all.rows() == pairs.x.rows() + 1 && all.cols() == pairs.x.cols(), "as many numbers as there are");
  bool found = false;
  for (sim::Index k = 0; k < all.rows() && !found; ++k)
    found = all.row(k) == pairs.y && all.topRows(k) == pairs.x.topRows(k) &&
            all.bottomRows(all.rows() - k - 1) == pairs.x.bottomRows(all.rows() - k - 1);
  fuzz::promise(found, "inputs in their order, and the labels' column");
  // Written with the labels last, it is read again.
  sim::samples<T> joined(all.rows(), all.cols());
  joined << pairs.x, pairs.y;
  const auto back = sim::parse_labelled_csv<T>(sim::samples_csv(joined), {.labels = "x" + std::to_string(joined.rows())});
  fuzz::promise(back.x == pairs.x && back.y == pairs.y, "what is written is read");
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::bytes in(data, size);
  const std::uint8_t how = in.next();
  const std::string_view all = in.rest();
  const std::size_t end = all.find('\n');
  const std::string_view text = end == std::string_view::npos ? std::string_view{} : all.substr(end + 1);
  const sim::csv_labels options{.labels = std::string(all.substr(0, end)),
                                .header = static_cast<sim::csv_header>((how & 3) % 3)};
  const std::size_t piece = 1 + (how >> 4);
  if (how & 8)
    read<float>(text, options, piece);
  else
    read<double>(text, options, piece);
  return 0;
}
