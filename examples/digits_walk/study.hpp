#pragma once

#include <vector>

#include <simulacra/latent.hpp>

#include "digits_walk/classifier.hpp"
#include "digits_walk/digits.hpp"

namespace sim = simulacra;
using digits::images;
using digits::real;
using sim::Index;

/// What is known before any model is there.
struct study {
  const digits::data_set& data;
  digits::classifier teacher;
  double variance;
  Index draws;

  explicit study(const digits::data_set& set, Index per_generation)
      : data(set), teacher(set.train.x, set.train.label), variance(sim::mean_variance(set.train.x)), draws(per_generation) {}
};

inline double surprise(const sim::vae<real>& model, const images& x, sim::stream& rng) {
  return model.negative_elbo(x, rng);
}
inline double importance(const sim::vae<real>& model, const images& x, sim::stream& rng) {
  return model.importance_log_likelihood(x, 20, rng);
}
inline double importance(const sim::ppca<real>& model, const images& x, sim::stream&) {
  double sum = 0;
  for (Index i = 0; i < x.cols(); ++i) sum += model.log_density(x.col(i));
  return sum / static_cast<double>(x.cols());
}
inline double surprise(const sim::ppca<real>& model, const images& x, sim::stream& rng) {
  return -importance(model, x, rng);
}
