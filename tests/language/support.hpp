#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <simulacra/families/language/text.hpp>

namespace language_test {

namespace sim = simulacra;

/// A text of our own, for values that an independent program has computed from it.
inline sim::text_lines little_text() {
  return sim::parse_text(
      "the cat sat on the mat\nthe cat ate the rat\na rat sat on the hat\nthe dog sat on the cat\n"
      "a cat and a dog ate the hat\nthe rat ran\nthe dog ran and the cat ran\non the mat the cat sat\n"
      "a dog is a dog and a cat is a cat\nthe mat is on the hat\nthe cat sat on the mat and the dog ran\n"
      "a dog sat on a mat on the hat\nand the rat ate a hat and a rat ran\n",
      "little text");
}

/// Another, which has a word that the first has not.
inline sim::text_lines other_text() {
  return sim::parse_text("the cat ran\na bird sat on the mat\nthe rat ate the bird and the dog\na cat is on the mat\n",
                         "other text");
}

inline sim::vocabulary little_words() { return sim::vocabulary_of(little_text(), sim::text_unit::word); }

inline sim::corpus little_sentences() { return sim::sentences_of(little_text(), little_words(), sim::text_unit::word); }
inline sim::corpus other_sentences() { return sim::sentences_of(other_text(), little_words(), sim::text_unit::word); }

/// Where real data are, or an empty path: SIMULACRA_DATA, or shared/data beside the repository.
inline std::filesystem::path data_file(const std::string& name) {
  const char* given = std::getenv("SIMULACRA_DATA");
  std::error_code error;
  std::filesystem::path folder = given != nullptr ? std::filesystem::path(given) : std::filesystem::path();
  if (given == nullptr)
    for (std::filesystem::path at = std::filesystem::path(__FILE__).parent_path(); at.has_relative_path();
         at = at.parent_path())
      if (at.filename() == "tests") folder = at.parent_path().parent_path() / "shared" / "data";
  const std::filesystem::path file = folder / name;
  return std::filesystem::exists(file, error) ? file : std::filesystem::path();
}

/// A data file as text, with `<unk>` as a word like others, as KenLM has to be given it.
inline sim::text_lines kenlm_text(const std::filesystem::path& path, const sim::text_options& how = {}) {
  sim::text_lines t = sim::read_text(path, how);
  for (std::string& line : t.lines)
    for (std::size_t at = line.find("<unk>"); at != std::string::npos; at = line.find("<unk>"))
      line.replace(at, 5, "UNKTOK");
  return t;
}

}  // namespace language_test
