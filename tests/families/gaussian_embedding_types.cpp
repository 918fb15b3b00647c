#include "hilbert/support.hpp"

#include <simulacra/families/gaussian/embedding.hpp>
#include <simulacra/hilbert/space.hpp>

using namespace simulacra_test::hilbert;

namespace {

gaussian<double, 2> plane(double x, double y, double a, double b, double c) {
  return {point<double, 2>(x, y), (square<double, 2>() << a, b, b, c).finished()};
}

const auto a = plane(0.4, -0.3, 2, 0.3, 1);

template <class Law, class Map>
Eigen::VectorXd embedded(const Law& law, const Map& map) {
  Eigen::VectorXd out(map.features());
  embed_into(law, map, out);
  return out;
}

/// The largest |z| of a closed form among the features, against the mean over draws and the spread among them.
template <class Law, class Map>
double worst_z(const Law& law, const Map& map, const Eigen::VectorXd& claimed, Index n = 20000) {
  stream rng(41);
  const auto x = law.sample(n, rng);
  Eigen::VectorXd phi(map.features()), sum = Eigen::VectorXd::Zero(map.features()), squares = sum;
  for (Index i = 0; i < n; ++i) {
    map.features_into(x.col(i), phi);
    sum += phi;
    squares += phi.cwiseAbs2();
  }
  double worst = 0;
  for (Index j = 0; j < phi.size(); ++j) {
    const double m = sum[j] / static_cast<double>(n), variance = squares[j] / static_cast<double>(n) - m * m;
    worst = (std::max)(worst, std::abs(z_score(m, claimed[j], std::sqrt(variance / static_cast<double>(n)))));
  }
  return worst;
}

}  // namespace

TEST_CASE("gaussian embedding: dimension at run time, float, and one dimension agree") {
  stream rng(43);
  const random_fourier_features map(gaussian_kernel(1.0), 2, 64, rng), line(gaussian_kernel(1.0), 1, 64, rng);
  const gaussian<> loose(a.mean(), a.covariance());
  CHECK((embedded(loose, map) - embedded(a, map)).cwiseAbs().maxCoeff() < 1e-15);
  const gaussian<float, 2> single(a.mean().cast<float>(), a.covariance().cast<float>());
  CHECK((embedded(single, map) - embedded(a, map)).cwiseAbs().maxCoeff() < 1e-6);
  const gaussian<double, 1> narrow(0.5, 2.0);
  CHECK(worst_z(narrow, line, embedded(narrow, line)) <= z_limit);
  CHECK(worst_z(narrow, line, embedded(gaussian<double, 1>(0.5, 2.2), line)) > z_limit);
}
