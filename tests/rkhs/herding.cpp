#include "rkhs/support.hpp"

#include <simulacra/families/rkhs/herding.hpp>
#include <simulacra/families/rkhs/kernel_mean.hpp>
#include <simulacra/families/rkhs/landmarks.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/random_fourier.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

using namespace simulacra_test::rkhs;

namespace {

/// The squared distance in the Gaussian kernel of length 1 of the first n points from a weighted sample.
double mmd_squared(const samples<double, 1>& x, Index n, const samples<double, 1>& y, const weights<double>& w = {}) {
  const gaussian_kernel k(1.0);
  const samples<double, 1> first = x.leftCols(n);
  const weights<double> none;
  return kernel_mean_square(k, first, none, first, none) - 2 * kernel_mean_square(k, first, none, y, w) +
         kernel_mean_square(k, y, w, y, w);
}

}  // namespace

TEST_CASE("herding: its error falls like 1 / n where that of independent draws falls like its root") {
  stream rng(40);
  const samples<double, 1> y = normals<1>(1, 400, rng);
  const herded_points<double, 1> model(y, {}, y, {.length_scale = 1});
  const samples<double, 1> x = model.points(512);
  // Squared, so 1/n^2: between 16 and 512 a factor of 1024, of which a quarter is asked for; independent draws show 32.
  const double few = mmd_squared(x, 16, y), many = mmd_squared(x, 512, y);
  CHECK(few / many > 256);
  double drawn = 0;
  for (int i = 0; i < 50; ++i) {
    samples<double, 1> z(1, 512);
    for (double& v : z.reshaped()) v = y[uniform_index(400, rng)];
    drawn += mmd_squared(z, 512, y) / 50;
  }
  const double expected = (1 - kernel_mean_square(gaussian_kernel(1.0), y, {}, y, {})) / 512;
  CHECK(drawn > 0.7 * expected);
  CHECK(many < 0.05 * expected);
  // A sampler that took the best candidate each time, without the memory of what it took, would not come near.
  samples<double, 1> stuck = samples<double, 1>::Constant(1, 512, x[0]);
  CHECK(mmd_squared(stuck, 512, y) > 100 * expected);
}

TEST_CASE("herding: nothing is random, and the first n do not depend on n") {
  stream rng(41);
  const samples<double, 2> y = normals<2>(2, 60, rng);
  const herded_points<double, 2> model(y, {}, y, {.length_scale = 0.7});
  stream a(1), b(2);
  CHECK(model.sample(40, a) == model.sample(40, b));
  CHECK(a.position() == 0);
  CHECK(model.points(12) == model.points(40).leftCols(12));
  const auto phi = model.characteristic_function(point<double, 2>(0.3, -1));
  std::complex<double> sum = 0;
  for (Index i = 0; i < 60; ++i) sum += std::polar(1.0 / 60, 0.3 * y(0, i) - y(1, i));
  CHECK(std::abs(phi - sum) < 1e-13);
}

TEST_CASE("herding: weights are followed, and refined points are no worse than candidates") {
  stream rng(42);
  const samples<double, 1> y = (samples<double, 1>(1, 3) << -1, 0.5, 3).finished();
  const weights<double> w = (weights<double>(3) << 1, 2, 5).finished();
  const samples<double, 1> x = herded_points<double, 1>(y, w, y, {.length_scale = 1}).points(800);
  for (Index i = 0; i < 3; ++i) {
    Index count = 0;
    for (Index t = 0; t < 800; ++t) count += x[t] == y[i] ? 1 : 0;
    CHECK(std::abs(static_cast<double>(count) - 100 * w[i]) <= 3);
  }
  const samples<double, 1> target = normals<1>(1, 300, rng), coarse = (samples<double, 1>(1, 3) << -3, 0, 3).finished();
  const double rough = mmd_squared(herded_points<double, 1>(target, {}, coarse, {.length_scale = 1}).points(30), 30, target);
  const double fine = mmd_squared(
      herded_points<double, 1>(target, {}, coarse, {.length_scale = 1, .refinements = 30}).points(30), 30, target);
  CHECK(fine < 0.5 * rough);
}

TEST_CASE("herding: from an embedding in a feature map") {
  stream rng(43);
  const random_fourier_features map(gaussian_kernel(1.0), 1, 64, rng);
  const gaussian_mixture<double, 1> law = two_normals();
  Eigen::VectorXd mean(64), reached(64);
  embed_into(law, map, mean);
  samples<double, 1> candidates(1, 241);
  for (Index i = 0; i < 241; ++i) candidates[i] = -6 + 0.05 * static_cast<double>(i);
  const samples<double, 1> x = herd(map, mean, candidates, 640);
  const auto error = [&](Index n) {
    map.mean_into(samples<double, 1>(x.leftCols(n)), nullptr, reached);
    return (reached - mean).norm();
  };
  CHECK(error(640) < error(40) / 8);  // 1/16 at the rate 1/n, a quarter at its root
  CHECK(error(640) < 0.01);
}

TEST_CASE("herding: as estimator and as decoder in a chain of refits") {
  const auto line = run_lineage(experiment{two_normals(), herding_estimator<double, 1>({.length_scale = 1}), accumulate{}},
                                {.generations = 3, .samples = 40}, stream(44));
  CHECK(line.generations == 3);
  stream rng(45);
  const herded decoder({.length_scale = 1}, 6);
  const auto law = decoder(two_normals());
  double herded_error = 0, drawn_error = 0;
  const samples<double, 1> reference = two_normals().sample(20'000, rng);
  for (int i = 0; i < 10; ++i) {
    herded_error += std::abs(law.sample(50, rng).mean()) / 10;
    drawn_error += std::abs(two_normals().sample(50, rng).mean()) / 10;
  }
  CHECK(herded_error < 0.8 * drawn_error);
  CHECK(law.sample(0, rng).cols() == 0);
  CHECK(herding_estimator<double, 1>({.length_scale = 1}).fit(samples<double, 1>::Ones(1, 5), rng).result.what ==
        status::degenerate);
}

TEST_CASE("kernel mean: it runs under replace, accumulate and weighted recipes") {
  const kernel_mean_estimator<double, 1> fixed(even_landmarks(-5, 5, 11), {.length_scale = 1, .bandwidth = 0.8});
  const auto ends = [](const auto& e, const any_recipe& recipe) {
    const auto line = run_lineage(experiment{two_normals(), e, recipe}, {.generations = 4, .samples = 60}, stream(9));
    return line.model && line.generations == 4 && std::isfinite(line.model->log_density(point<double, 1>(0.0)));
  };
  CHECK(ends(fixed, replace{}));
  CHECK(ends(fixed, accumulate{}));
  CHECK(ends(fixed, weighted(60, 0.3)));
  CHECK(ends(on_landmarks_of_data(fixed, 12), accumulate{}));
}

TEST_CASE("herding: bad arguments are refused by name") {
  const samples<double, 1> y = samples<double, 1>::Ones(1, 2);
  using model = herded_points<double, 1>;
  CHECK(refuses([&] { return model(y, {}, y, {}); }, "length_scale"));
  CHECK(refuses([&] { return model(y, {}, y, {.length_scale = 1, .refinements = -1}); }, "refinements"));
  CHECK(refuses([&] { return model(samples<double, 1>(1, 0), {}, y, {.length_scale = 1}); }, "target.cols()"));
  CHECK(refuses([&] { return model(y, {}, samples<double, 1>(1, 0), {.length_scale = 1}); }, "candidates.cols()"));
  CHECK(refuses([&] { return model(y, weights<double>::Constant(2, -1), y, {.length_scale = 1}); }, "negative"));
  CHECK(refuses([&] { return model(y, {}, y, {.length_scale = 1}).points(-1); }, "n"));
  CHECK(refuses([&] { return herding_estimator<double, 1>({}); }, "length_scale"));
  CHECK(refuses([&] { return herded({.length_scale = 1}, 0).excess; }, "draws_for_one"));
  stream rng(46);
  const random_fourier_features map(gaussian_kernel(1.0), 1, 4, rng);
  CHECK(refuses([&] { return herd(map, Eigen::VectorXd::Ones(3), y, 2); }, "mean.size()"));
  CHECK(refuses([&] { return herd(map, Eigen::VectorXd::Ones(4), y, -2); }, "herd", "n"));
}
