#include "runs.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <simulacra/ensemble/band.hpp>

namespace claims {

measured mean_of(std::vector<double> values) {
  const sim::band b = sim::band_of(values);
  // A replicate without the number would leave a mean of the others, which are no fair sample of all.
  if (b.missing > 0) return {};
  return {b.mean, b.mcse, b.carried_by_few()};
}

measured mean_of(const sim::records& all, std::string_view metric) {
  return mean_of(all.values(all.generations().size() - 1, all.column(metric)));
}

measured mean_of(const sim::records& all, std::string_view metric, const std::function<double(double)>& f) {
  std::vector<double> values = all.values(all.generations().size() - 1, all.column(metric));
  std::transform(values.begin(), values.end(), values.begin(), f);
  return mean_of(std::move(values));
}

}  // namespace claims
