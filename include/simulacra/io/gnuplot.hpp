#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <simulacra/core/argument.hpp>
#include <simulacra/io/text.hpp>

namespace simulacra {

namespace detail {

/// A string of gnuplot's in which nothing is special. A quote is written twice; there is no way to write a line break.
inline std::string gnuplot_string(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + '\'';
}

/// The name of a file for gnuplot, which sends output to a command if the name begins with |, reads from one at <, and knows ~.
inline std::string gnuplot_file(std::string_view function, std::string_view name, std::string_view ending) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; };
  if (name.empty() || std::any_of(name.begin(), name.end(), control))
    argument::reject(function, "name", "'" + shown(name) + "'", "be the name of a file, without line breaks and the like");
  const bool special = std::string_view("|<~-").find(name.front()) != std::string_view::npos;
  return gnuplot_string((special ? "./" : "") + std::string(name) + std::string(ending));
}

}  // namespace detail

/// The opening of our gnuplot scripts: draws for paper, in colours that colour-blind readers can tell apart (Okabe and Ito);
/// line type 8 is black, for theory. Write the plot commands behind it, and `gnuplot_closing` behind those.
/// @param name  of the script and the pictures, without ending
/// @throw std::invalid_argument if the name is empty or has a line break or another control character in it
[[nodiscard]] inline std::string gnuplot_preamble(std::string_view name, int width = 1200, int height = 800) {
  const std::string w = argument::text(width), h = argument::text(height);
  const std::string output = detail::gnuplot_file("gnuplot_preamble", name, "."), stem(name);
  return "# Draws " + stem + ".png and " + stem + ".pdf:  gnuplot " + stem + ".gp\n" +
         "if (!exists('ending')) { ending = 'png' }\n"
         "reset\n"  // the second format starts from what the first one started from
         "if (ending eq 'png') { set terminal pngcairo size " +
         w + "," + h +
         " font 'Sans,13' enhanced }\n"
         "if (ending eq 'pdf') { set terminal pdfcairo size " +
         argument::text(width / 150.0) + "in," + argument::text(height / 150.0) +
         "in font 'Sans,9' enhanced }\n"
         "set output " +
         output +
         ".ending\n"
         "set datafile missing 'nan'\n"
         "set linetype 1 lc rgb '#0072B2' lw 2\n"
         "set linetype 2 lc rgb '#D55E00' lw 2\n"
         "set linetype 3 lc rgb '#009E73' lw 2\n"
         "set linetype 4 lc rgb '#CC79A7' lw 2\n"
         "set linetype 5 lc rgb '#E69F00' lw 2\n"
         "set linetype 6 lc rgb '#56B4E9' lw 2\n"
         "set linetype 7 lc rgb '#999999' lw 2\n"
         "set linetype 8 lc rgb '#000000' lw 2\n"
         "set style fill transparent solid 0.18 noborder\n"
         "set border 3 lc rgb '#444444'\n"
         "set tics nomirror textcolor rgb '#444444'\n"
         "set grid lc rgb '#e8e8e8' lt 1 lw 0.5\n"
         "set key samplen 2 spacing 1.1\n";
}

/// The closing: makes the other format in the same run. @throw std::invalid_argument as `gnuplot_preamble`
[[nodiscard]] inline std::string gnuplot_closing(std::string_view name) {
  return "unset multiplot\nunset output\nif (ending eq 'png') { ending = 'pdf'; load " +
         detail::gnuplot_file("gnuplot_closing", name, ".gp") + " }\n";
}

/// Runs gnuplot on a script in its own folder, whatever the names are. @return whether it is there and drew without an error
inline bool run_gnuplot(const std::filesystem::path& script) {
  if (std::system("command -v gnuplot >/dev/null 2>&1") != 0) return false;
  const std::string folder = script.has_parent_path() ? script.parent_path().string() : ".";
  const std::string command = "cd -- " + detail::shell_word(detail::plain_path(folder)) + " && gnuplot " +
                              detail::shell_word(detail::plain_path(script.filename().string()));
  return std::system(command.c_str()) == 0;
}

}  // namespace simulacra
