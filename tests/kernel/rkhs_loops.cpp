#include "kernel/rkhs_support.hpp"

#include <simulacra/families/kernel/kernel_mean.hpp>
#include <simulacra/families/kernel/landmarks.hpp>
#include <simulacra/families/kernel/psd_estimator.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra_test::rkhs;

namespace {

/// Whether a chain of four refits reaches its end with a density.
template <class Estimator, class Recipe>
bool ends(const Estimator& e, const Recipe& recipe) {
  const auto line = run_lineage(experiment{two_normals(), e, recipe}, {.generations = 4, .samples = 60}, stream(9));
  return line.model && line.generations == 4 && std::isfinite(line.model->log_density(point<double, 1>(0.0)));
}

}  // namespace

TEST_CASE("kernel mean: it runs under replace, accumulate and weighted recipes") {
  const kernel_mean_estimator<double, 1> fixed(even_landmarks(-5, 5, 11), {.length_scale = 1, .bandwidth = 0.8});
  CHECK(ends(fixed, replace{}));
  CHECK(ends(fixed, accumulate{}));
  CHECK(ends(fixed, weighted(60, 0.3)));
  CHECK(ends(on_landmarks_of_data(fixed, 12), accumulate{}));
}

TEST_CASE("psd fit: it runs under replace and accumulate") {
  const psd_estimator<double, 1> fixed(even_landmarks(-5, 5, 9), {.length_scale = 1});
  CHECK(ends(fixed, accumulate{}));
  CHECK(ends(on_landmarks_of_data(fixed, 10, landmark_choice::random), replace{}));
}
