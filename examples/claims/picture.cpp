#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "report.hpp"

namespace claims {

example::figure picture(const std::vector<tried>& all, const sim::table& numbers) {
  example::figure f(numbers);
  std::vector<std::vector<double>> claimed, controls, printed;
  std::string names;
  // |z| on an axis that is linear to 1 and logarithmic beyond; bounds that are kept with room to spare lie at 0.
  const auto place = [](const finding& r, double expected) {
    const double z = std::abs(r.z(expected));
    const double off = r.is == relation::equal || !r.bears_out(expected) ? z : 0;
    return off <= 1 ? off : 1 + std::log10(std::min(off, 1000.0));
  };
  double y = static_cast<double>(all.size());
  for (const tried& t : all) {
    claimed.push_back({place(t.result, t.result.truth()), y});
    controls.push_back({place(t.result, t.result.wrong_predicted), y});
    if (t.result.is_false()) printed.push_back({place(t.result, t.result.predicted), y});
    names += (names.empty() ? "'" : ", '") + t.name + "' " + number(y, "%.0f");
    y -= 1;
  }
  const std::string limit = number(1 + std::log10(finding::limit)), top = number(static_cast<double>(all.size()) + 1);
  const std::string good = f.numbers("claims", claimed), bad = f.numbers("controls", controls);
  f << "set margins 36,6,4,3.5\nset xrange [-0.15:4.3]\nset yrange [0:" + top + "]\nset ytics nomirror (" + names +
           ") font ',11'\nset xtics ('0' 0, '1' 1, '10' 2, '100' 3, '1000+' 4)\nset grid y\n"
           "set xlabel 'distance from the prediction in standard errors'\nset key above center horizontal "
           "width 1 samplen 1\nset arrow 1 from " +
           limit + ",0 to " + limit + "," + top + " nohead dt (6,4) lc rgb '#555555'\n";
  f << "plot " + good + " using 1:2 with points pt 7 ps 1.2 lt 1 title 'claim (or what is true instead)', " + bad +
           " using 1:2 with points pt 2 ps 1.1 lt 2 title 'negative control'";
  if (!printed.empty())
    f << ", " + f.numbers("claims that are false as they stand", printed) +
             " using 1:2 with points pt 6 ps 1.3 lt 4 title 'false as it stands'";
  f << "\n";
  return f;
}

}  // namespace claims
