#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include <simulacra/core/memory.hpp>
#include <simulacra/families/categorical/estimator.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/language/corpus.hpp>
#include <simulacra/families/language/neural_estimator.hpp>
#include <simulacra/families/latent/vae_estimator.hpp>
#include <simulacra/families/mixture/options.hpp>
#include <simulacra/families/rkhs/herding.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/families/rkhs/psd_estimator.hpp>
#include <simulacra/families/rkhs/score_matching.hpp>
#include <simulacra/hilbert/grid_features.hpp>
#include <simulacra/hilbert/nystrom_features.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/laws/empirical_law.hpp>
#include <simulacra/metrics/level_sets.hpp>
#include <simulacra/metrics/two_sample_test.hpp>
#include <simulacra/policies/augmented.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>
#include <simulacra/theory/vocabulary.hpp>

/// Whatever a caller's number asks memory for is refused by its bytes before it is asked for: one row for each way in.
namespace {

using namespace simulacra;
using simulacra_test::message_of;
using simulacra_test::says;

constexpr Index far_too_many = Index{1} << 40, many = Index{1} << 20;  // the square of `many` is as bad

struct way_in {
  std::string function, argument;
  std::function<void()> call;
};

template <class F>
void ignore(F&& f) {
  static_cast<void>(f);
}

/// Points on a line that are as many as their Gram matrix cannot be.
const samples<double, 1>& points() {
  static const samples<double, 1> x = samples<double, 1>::LinSpaced(many, 0, 1);
  return x;
}

std::vector<way_in> ways_in() {
  const auto rng = [] { return stream(1); };
  const gaussian_kernel k(1.0);
  const samples<double, 1> few = samples<double, 1>::LinSpaced(20, 0, 1);
  const gaussian<double, 1> normal(0.0, 1.0);
  const auto vae_of = [](Index latent, std::vector<Index> hidden) {
    ignore(vae_estimator<double>({.latent = latent, .hidden = std::move(hidden)}));
  };
  const auto lines_of = [](Index symbols, Index embedding, Index hidden) {
    ignore(neural_ngram_estimator({.symbols = symbols, .embedding = embedding, .hidden = hidden}));
  };
  const auto features = [k](Index dimension, Index count, frequency_kind kind) {
    stream s(1);
    ignore(random_fourier_features(k, dimension, count, s, kind));
  };
  constexpr auto apart = frequency_kind::independent, together = frequency_kind::orthogonal;
  return {
      {"random_fourier_features", "features", [=] { features(1, far_too_many, apart); }},
      {"random_fourier_features", "features", [=] { features(many, many, apart); }},
      {"random_fourier_features", "features", [=] { features(far_too_many, 2, apart); }},
      {"random_fourier_features", "dimension", [=] { features(many, 2, together); }},
      {"nystrom_features", "landmarks.cols()", [=] { ignore(nystrom_features<gaussian_kernel, double, 1>(k, points())); }},
      {"grid_features", "cells",
       [] {
         ignore(grid_features({0, 1, far_too_many}));
       }},
      {"grid_features", "cells",
       [] {
         ignore(grid_features({0, 1, many}, {0, 1, many}));
       }},
      {"grid_features", "cells",
       [] {
         ignore(grid_features({0, 1, Index{1} << 62}, {0, 1, 4}));
       }},
      {"vae_estimator", "latent", [=] { vae_of(far_too_many, {2}); }},
      {"vae_estimator", "latent", [=] { vae_of(Index{1} << 62, {2}); }},
      {"vae_estimator", "hidden", [=] { vae_of(2, {far_too_many}); }},
      {"vae_estimator", "hidden",
       [=] {
         vae_of(2, {many, many});
       }},
      {"neural_ngram_estimator", "symbols", [=] { lines_of(far_too_many, 16, 64); }},
      {"neural_ngram_estimator", "embedding", [=] { lines_of(30, far_too_many, 64); }},
      {"neural_ngram_estimator", "hidden", [=] { lines_of(30, 16, far_too_many); }},
      {"neural_ngram_estimator", "hidden", [=] { lines_of(30, many, many); }},
      {"corpus::reserve", "sequences_", [] { corpus().reserve(far_too_many * 4, 1); }},
      {"corpus::reserve", "tokens", [] { corpus().reserve(1, far_too_many * 4); }},
      {"kernel_mean_estimator", "landmarks.cols()",
       [] { ignore(kernel_mean_estimator<double, 1>(points(), {.length_scale = 1})); }},
      {"psd_model", "landmarks.cols()", [] { ignore(psd_model<double, 1>(points(), 1, Eigen::MatrixXd::Ones(many, 1))); }},
      {"psd_estimator", "landmarks.cols()", [] { ignore(psd_estimator<double, 1>(points(), {.length_scale = 1})); }},
      {"score_matching_estimator", "basis.size()",
       [] { ignore(score_matching_estimator<double, 1>(score_basis<1>::of_landmarks(points(), 1, 0), {})); }},
      {"even_landmarks", "m", [] { ignore(even_landmarks(0, 1, far_too_many)); }},
      {"herd", "n",
       [=] {
         const grid_features map({0, 1, 4});
         ignore(herd(map, Eigen::VectorXd::Ones(4), few, far_too_many));
       }},
      {"categorical::zipf", "symbols", [] { ignore(categorical::zipf(far_too_many, 1)); }},
      {"categorical::uniform", "symbols", [] { ignore(categorical::uniform(far_too_many)); }},
      {"theory::zipf_law", "symbols", [] { ignore(theory::zipf_law(far_too_many, 1)); }},
      {"categorical_estimator::fit", "symbols",
       [=] {
         stream s = rng();
         ignore(categorical_estimator(far_too_many, 0.5).fit(samples<Index, 1>::Zero(1, 3), s));
       }},
      {"categorical::probabilities", "symbols()",
       [=] {
         stream s = rng();
         ignore(categorical_estimator(far_too_many).fit(samples<Index, 1>::Zero(1, 3), s).model.probabilities());
       }},
      {"mixture_estimator", "components",
       [] { detail::check_options(mixture_options<double, 1>{.components = far_too_many}); }},
      {"mixture_estimator", "components",
       [] { detail::check_options(mixture_options<float>{.components = Index{1} << 62}); }},
      {"gaussian::standard", "dimension", [] { ignore(gaussian<double>::standard(many)); }},
      {"level_sets_of", "draws",
       [=] {
         stream s = rng();
         ignore(level_sets_of(normal, 0.1, 0.01, far_too_many, s));
       }},
      {"two_sample_test", "permutations",
       [=] {
         stream s = rng();  // a thousand labellings are kept at once, of as many observations as that is too much for
         const samples<float, 1> x = samples<float, 1>::Zero(static_cast<Index>(argument::most_bytes() / 16000 + 1));
         ignore(two_sample_test(k, x, x, far_too_many, s));
       }},
      {"median_distance", "most",
       [=] {
         stream s = rng();
         ignore(median_distance(points(), s, many));
       }},
      {"permutation", "n",
       [=] {
         stream s = rng();
         ignore(permutation(far_too_many, s));
       }},
      {"subsample", "k",
       [=] {
         stream s = rng();
         ignore(subsample(Index{1} << 60, far_too_many, s));
       }},
      {"augmented::fit", "copies",
       [=] {
         stream s = rng();
         ignore(
             augmented(gaussian_estimator<double, 1>(divisor::n), {.bootstrap = true, .copies = far_too_many}).fit(few, s));
       }},
      {"run_lineage", "generations / snapshot_every", [=] {
         const experiment walk{normal, gaussian_estimator<double, 1>(divisor::n), replace{}};
         ignore(run_lineage(walk, {.generations = far_too_many, .samples = 9, .snapshot_every = 1}, rng()));
       }}};
}

}  // namespace

TEST_CASE("sizes are refused by their bytes before memory is asked for them") {
  for (const way_in& one : ways_in()) {
    CAPTURE(one.function);
    CAPTURE(one.argument);
    const std::string said = message_of(one.call);
    CAPTURE(said);
    CHECK(says(said, one.function, one.argument));
    CHECK(said.find(" bytes are asked for, and this machine has ") != std::string::npos);
  }
}

TEST_CASE("sizes that memory holds are not refused, and what is asked for does not wrap") {
  CHECK_NOTHROW(argument::require_room(Index{1} << 15, 1, 8, "f", "n"));
  CHECK_NOTHROW(argument::require_room(0, Index{1} << 62, 8, "f", "n"));
  CHECK_THROWS_AS(argument::require_room(Index{1} << 62, 4, 1, "f", "n"), std::invalid_argument);  // 2^64 is 0 in 64 bits
  CHECK_THROWS_AS(argument::require_room(4, Index{1} << 62, 1, "f", "n"), std::invalid_argument);
  CHECK_THROWS_AS(argument::require_room((Index{1} << 32) + 1, Index{1} << 32, 8, "f", "n"), std::invalid_argument);
}
