#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/language.hpp>
#include <simulacra/random.hpp>

#include "common/options.hpp"

namespace language_walk {

namespace sim = simulacra;
using sim::Index;

/// Real text to train on and other real text to test on, in blocks.
struct texts {
  std::string name;
  Index symbols = 0;
  sim::corpus train, test;
  std::optional<sim::vocabulary> words{};  ///< of real text
};

/// A language of our own making, for when there is no text: half of the time the next word is one of a few that go with the
/// last two words, often one of a few that go with the last one, and else any; and words are as frequent as Zipf's law has
/// it.
class made_up_language {
 public:
  explicit made_up_language(Index words) {
    double sum = 0;
    for (Index w = 0; w < words; ++w) cumulative_.push_back(sum += std::pow(static_cast<double>(w + 3), -1.05));
  }

  [[nodiscard]] Index symbols() const { return static_cast<Index>(cumulative_.size()) + sim::first_word; }

  [[nodiscard]] sim::corpus blocks(Index n, Index length, sim::stream& rng) const {
    sim::corpus x;
    std::vector<sim::token_id> block(static_cast<std::size_t>(length));
    std::uint64_t before = 1, last = 2;
    for (Index i = 0; i < n; ++i) {
      for (sim::token_id& w : block) {
        w = next(before, last, rng);
        before = last;
        last = w;
      }
      x.add(block);
    }
    return x;
  }

 private:
  [[nodiscard]] sim::token_id next(std::uint64_t before, std::uint64_t last, sim::stream& rng) const {
    const double u = sim::uniform(rng);
    if (u >= 0.85) return word(sim::uniform(rng));
    // Which of the few: 0 with probability 1/2, 1 with 1/4, ...
    std::uint64_t which = 0;
    for (double v = sim::uniform(rng); v < 0.5 && which < 12; v *= 2) ++which;
    const std::uint64_t key = u < 0.5 ? (before << 32 | last) : last;
    const auto words = sim::philox4x64::block({key, which, u < 0.5 ? 1u : 2u, 0}, {2, 7});
    return word(static_cast<double>(words[0] >> 11) * 0x1p-53);
  }

  [[nodiscard]] sim::token_id word(double u) const {
    const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u * cumulative_.back());
    return static_cast<sim::token_id>(at - cumulative_.begin()) + sim::first_word;
  }

  std::vector<double> cumulative_;
};

/// The folder with WikiText-2: what --data says, or else $SIMULACRA_DATA, or ../shared/data; empty if it is nowhere.
inline std::filesystem::path data_folder(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code error;
  const char* set = std::getenv("SIMULACRA_DATA");
  for (const std::filesystem::path& folder :
       {std::filesystem::path(set != nullptr ? set : ""), std::filesystem::path("../shared/data")})
    if (!folder.empty() && std::filesystem::exists(folder / "wikitext2_valid.txt", error)) return folder;
  return {};
}

/// At most so many blocks of text for training and for testing: of WikiText-2's validation and test parts, or made up.
/// @param blank_lines whether blank lines are kept, each as the end of a line: as benchmarks count tokens
inline texts read(const std::filesystem::path& folder, sim::text_unit unit, Index most, std::uint64_t seed,
                  bool blank_lines) {
  const Index length = 64;
  if (folder.empty()) {
    const made_up_language language(unit == sim::text_unit::word ? 3000 : 60);
    sim::stream train = sim::stream(seed).at(0, sim::purpose::user, 1),
                test = sim::stream(seed).at(0, sim::purpose::user, 2);
    const Index blocks = std::min<Index>(most, 3000);
    return {"made-up language", language.symbols(), language.blocks(blocks, length, train),
            language.blocks(blocks, length, test)};
  }
  const sim::text_options how{.blank_lines = blank_lines};
  const sim::text_lines train = sim::read_text(folder / "wikitext2_valid.txt", how),
                        test = sim::read_text(folder / "wikitext2_test.txt", how);
  const sim::vocabulary words = sim::vocabulary_of(train, unit);
  texts all{blank_lines ? "WikiText-2 with blank lines" : "WikiText-2", words.size(), sim::blocks_of(train, words, unit),
            sim::blocks_of(test, words, unit)};
  if (all.train.size() > most) all.train = all.train.front(most);
  if (all.test.size() > most) all.test = all.test.front(most);
  all.words = words;
  return all;
}

}  // namespace language_walk
