#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include <simulacra/io.hpp>
#include <simulacra/recursion.hpp>

/// What is read off a generation, and the law that it has.
namespace discrete_chains {

namespace sim = simulacra;
using sim::Index;

inline constexpr double start = 0.7;  ///< the probability of one of two symbols

/// The law of the counts that model n is fitted to: binomial, and then steps of the chain.
inline std::vector<double> law_after(const Eigen::MatrixXd& chain, Index n) {
  const double m = static_cast<double>(chain.rows() - 1);
  Eigen::RowVectorXd law(chain.cols());
  for (Index k = 0; k < law.size(); ++k) {
    const auto j = static_cast<double>(k);
    law[k] = std::exp(std::lgamma(m + 1) - std::lgamma(j + 1) - std::lgamma(m - j + 1) + j * std::log(start) +
                      (m - j) * std::log1p(-start));
  }
  for (Index i = 1; i < n; ++i) law = (law * chain).eval();
  return {law.begin(), law.end()};
}

/// One number for each count from 0 to M: whether it is this generation's.
struct counted {
  Index samples;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (Index k = 0; k <= samples; ++k) all.push_back("count_" + std::to_string(k));
    return all;
  }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    const auto count = static_cast<std::size_t>(std::lround(g.data.summary.sum().value()));
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = k == count ? 1 : 0;
  }
};

/// An event has a usable standard error where a hundred are expected on either side.
inline bool trusted(const sim::table_row& row) {
  const auto n = static_cast<double>(row.values.count);
  return row.metric == "fixation_time" || (row.theory * n >= 100 && (1 - row.theory) * n >= 100);
}

/// Which symbol is left, and since when.
struct ends {
  Index symbols;
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all{"fixation_time"};
    for (Index i = 0; i < symbols; ++i) all.push_back("left_" + std::to_string(i));
    return all;
  }
  template <class Generation>
  sim::flow operator()(const Generation& g, std::span<double> out) const {
    const bool done = g.model.surviving() == 1;
    out[0] = done ? static_cast<double>(g.number) : std::numeric_limits<double>::infinity();
    for (Index i = 0; i < symbols; ++i) out[static_cast<std::size_t>(i) + 1] = g.model.probability(i) == 1 ? 1 : 0;
    return done ? sim::flow::stop : sim::flow::go_on;  // what it said last stands
  }
};

/// How far the model is from the truth.
struct error {
  [[nodiscard]] std::vector<std::string> names() const { return {"error"}; }
  template <class Generation>
  void operator()(const Generation& g, std::span<double> out) const {
    out[0] = 0;
    for (Index i = 0; i < g.truth.symbols(); ++i) {
      const double off = g.model.probability(i) - g.truth.probability(i);
      out[0] += off * off;
    }
  }
};

}  // namespace discrete_chains
