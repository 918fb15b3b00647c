#include "hilbert/features_support.hpp"

#include <simulacra/hilbert/moment_features.hpp>

using namespace simulacra_test::hilbert;

TEST_CASE("features: moments are linear in moment features") {
  const moment_features map(3);
  CHECK(map.features() == 9);
  stream rng(21);
  const samples<double, 3> x = normals<3>(3, 40, rng);
  const weights<double> w = some_weights(40);
  for (const Index i : {0, 7}) {
    const Eigen::VectorXd a = mean(map, samples<double, 3>(x.col(i))), b = mean(map, samples<double, 3>(x.col(i + 1)));
    const double dot = x.col(i).dot(x.col(i + 1));
    CHECK_CLOSE(a.dot(b), dot + dot * dot, 1e-13);
  }
  Eigen::VectorXd out(9);
  map.summary_mean_into(moments<double, 3>::of(x, w), out);
  CHECK((out - mean(map, x, w)).cwiseAbs().maxCoeff() < 1e-13);
  const moment_features line(1);
  const samples<float, 1> row = x.row(1).cast<float>();
  Eigen::VectorXd two(2);
  line.summary_mean_into(moments<float, 1>::of(row), two);
  CHECK((two - mean(line, row)).cwiseAbs().maxCoeff() < 1e-5);
  out = mean(map, x);
  CHECK((out - mean(map, x, w)).cwiseAbs().maxCoeff() > 1e-3);
  CHECK(unfolded(map, x, w) < 1e-14);
  double squares = 0;
  for (Index i = 0; i < 40; ++i) squares += w[i] / w.sum() * mean(map, samples<double, 3>(x.col(i))).squaredNorm();
  CHECK_CLOSE(map.mean_squared_norm(x, &w), squares, 1e-13);

  CHECK(refuses([] { return moment_features(0); }, "moment_features", "dimension"));
  CHECK(refuses([&] { return mean(map, samples<>(samples<>::Zero(2, 3))); }, "x.rows()"));
  CHECK(refuses([&] { return mean(map, samples<>(3, 0)); }, "x.cols()"));
  CHECK(refuses([&] { return mean(map, samples<>(samples<>::Constant(3, 1, not_a_number))); }, "nan at row 0"));
  const auto of_moments = [&](const moments<double, 3>& m, Index size) {
    Eigen::VectorXd to(size);
    map.summary_mean_into(m, to);
    return 0;
  };
  CHECK(refuses([&] { return of_moments(moments<double, 3>(3), 9); }, "weight()"));
  CHECK(refuses(
      [&] {
        line.summary_mean_into(moments<double, 3>::of(x), two);
        return 0;
      },
      "mean.size()"));
  CHECK(refuses([&] { return of_moments(moments<double, 3>::of(x), 8); }, "out.size()"));
}
