#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <simulacra/io/text.hpp>

namespace claims {

std::string number(double x, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

namespace {

std::string sign(relation is) { return is == relation::equal ? "" : is == relation::at_most ? "≤ " : "≥ "; }

std::string with_error(const measured& m) { return number(m.value, "%.5g") + " ± " + number(m.mcse, "%.2g"); }

std::string short_z(double z) { return number(z, std::abs(z) < 10 ? "%.1f" : "%.0f"); }

}  // namespace

std::string verdict(const finding& f) {
  if (std::isnan(f.found.mcse)) return "FAILED: some runs have no number";
  if (f.found.carried_by_few) return "FAILED: a few runs carry the mean";
  if (!f.control_fails()) return "FAILED: the control passes";
  if (!f.as_expected()) return "FAILED";
  return f.is_false() ? "false as it stands" : "holds";
}

std::string heading() {
  char text[200];
  std::snprintf(text, sizeof text, "%-38s %11s %22s %7s %9s  %s\n", "claim", "predicted", "measured", "z", "control z",
                "verdict");
  return text;
}

std::string line(const tried& t) {
  const finding& f = t.result;
  const std::string found = number(f.found.value, "%.5g") + " +- " + number(f.found.mcse, "%.2g"),
                    bound = f.is == relation::equal     ? ""
                            : f.is == relation::at_most ? "<= "
                                                        : ">= ";
  char text[300];
  std::snprintf(text, sizeof text, "%-38s %11s %22s %7s %9s  %s%s\n", t.name.c_str(),
                (bound + number(f.predicted, "%.5g")).c_str(), found.c_str(), short_z(f.z(f.predicted)).c_str(),
                short_z(f.z(f.wrong_predicted)).c_str(), verdict(f).c_str(),
                f.is_false() ? (": " + number(f.instead, "%.5g") + " instead, z " + short_z(f.z(f.instead))).c_str() : "");
  return text;
}

std::string page(const std::vector<tried>& all, const std::string& command) {
  std::string text =
      "# Published claims, and what a simulation says\n\n"
      "One row a claim: what is said, where it is tried, what it predicts, what was measured with its Monte Carlo standard "
      "error, and "
      "z, the\ndifference in units of that error. A claim holds where z is at most 4.5 (for a bound, on the wrong side of "
      "it). Each "
      "has a *negative control*: the same\nmeasurement held against the wrong divisor or another regime's rate, which must "
      "fail by "
      "the same rule, so that a row that says \"holds\" could have said\nanother thing.\n\n"
      "A source names the authors whom a statement is ascribed to, by author and year. The statements are written as they "
      "are "
      "often quoted: none was held\nagainst the text of its paper, so a row that fails says nothing of what is printed "
      "there. "
      "\"derived here\" says that the number was worked out for\nthis library. Made by\n\n"
      "```sh\n" +
      command +
      "\n```\n\n"
      "The predictions of this page are compared with the program's by a test; `--only NAME` tries one claim, `--quick` an "
      "eighth of the "
      "runs.\n";
  std::string wrong;
  for (const tried& t : all)
    if (t.result.is_false())
      wrong += "- `" + t.name + "`: " + t.result.says + ". Predicted " + number(t.result.predicted) + ", measured " +
               with_error(t.result.found) + "; true is " + number(t.result.instead) + " (z " +
               short_z(t.result.z(t.result.instead)) + "). " + t.result.source + ".\n";
  if (!wrong.empty())
    text +=
        "\n## What is not so\n\nFalse as it is often quoted, or as it is often read, for a regime other than its own; what "
        "the papers print was not looked up:\n\n" +
        wrong;
  const paper* last = nullptr;
  for (const tried& t : all) {
    if (t.by != last) {
      text += "\n## " + t.by->reference +
              "\n\n| claim | what it says | where | predicted | measured | z | control | its z | verdict |\n"
              "|---|---|---|---|---|---|---|---|---|\n";
      last = t.by;
    }
    const finding& f = t.result;
    text += "| `" + t.name + "` | " + f.says + ". *" + f.source + "* | " + f.regime + " | " + sign(f.is) +
            number(f.predicted) + " | " + with_error(f.found) + " | " + short_z(f.z(f.predicted)) + " | " + f.wrong + " (" +
            number(f.wrong_predicted) + ") | " + short_z(f.z(f.wrong_predicted)) + " | " + verdict(f) +
            (f.is_false() ? "; " + number(f.instead) + " instead, z " + short_z(f.z(f.instead)) : "") + " |\n";
  }
  return text;
}

std::string json(const std::vector<tried>& all) {
  using sim::detail::json_string;
  const auto value = [](double x) { return std::isfinite(x) ? sim::detail::number(x) : std::string("null"); };
  std::string text = "[";
  for (const tried& t : all) {
    const finding& f = t.result;
    text += (text.size() > 1 ? ",\n" : "\n") + ("  {\"name\": " + json_string(t.name)) +
            ", \"paper\": " + json_string(t.by->reference) + ", \"says\": " + json_string(f.says) +
            ", \"source\": " + json_string(f.source) + ", \"regime\": " + json_string(f.regime) + ", \"relation\": \"" +
            (f.is == relation::equal     ? "="
             : f.is == relation::at_most ? "<="
                                         : ">=") +
            "\", \"predicted\": " + value(f.predicted) + ", \"measured\": " + value(f.found.value) +
            ", \"mcse\": " + value(f.found.mcse) + ", \"z\": " + value(f.z(f.predicted)) +
            ", \"control\": " + json_string(f.wrong) + ", \"control_predicted\": " + value(f.wrong_predicted) +
            ", \"control_z\": " + value(f.z(f.wrong_predicted)) + ", \"instead\": " + value(f.instead) +
            ", \"instead_z\": " + value(f.z(f.instead)) + ", \"verdict\": " + json_string(verdict(f)) + "}";
  }
  return text + "\n]";
}

sim::table table_of(const std::vector<tried>& all) {
  sim::table numbers({"claim", "verdict"});
  for (const tried& t : all) {
    sim::band found;
    found.mean = t.result.found.value;
    found.mcse = t.result.found.mcse;
    numbers.add({{t.name, verdict(t.result)}, 0, "predicted", found, t.result.predicted});
    numbers.add({{t.name, verdict(t.result)}, 0, "control", found, t.result.wrong_predicted});
    if (t.result.is_false()) numbers.add({{t.name, verdict(t.result)}, 0, "instead", found, t.result.instead});
  }
  return numbers;
}

}  // namespace claims
