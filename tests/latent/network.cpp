// The network: values by hand, gradients by finite differences.
#include "support/statistics.hpp"

#include <cmath>
#include <vector>

#include <simulacra/families/latent/network.hpp>

using namespace simulacra;

namespace {

Eigen::MatrixXd normals(Index rows, Index columns, std::uint64_t seed) {
  Eigen::MatrixXd x(rows, columns);
  stream rng(seed);
  fill_normal(std::span(x.data(), static_cast<std::size_t>(x.size())), rng);
  return x;
}

}  // namespace

TEST_CASE("network: values by hand") {
  const network_shape shape{{1, 2, 1}, activation::relu};
  CHECK(shape.parameters() == 7);
  //                              w1      b1        w2    b2
  const std::vector<double> p{2, -1, 0.5, -0.25, 3, 5, 10};
  network_pass<double> net(shape);
  const Eigen::MatrixXd x = (Eigen::MatrixXd(1, 2) << 1, -1).finished();
  const Eigen::MatrixXd y = net.forward(p.data(), x);
  CHECK(y(0, 0) == 3 * 2.5 + 5 * 0 + 10);
  CHECK(y(0, 1) == 3 * 0 + 5 * 0.75 + 10);
  const auto one = [&](activation f, double at) {
    const std::vector<double> q{1, 0, 1, 0};
    network_pass<double> line({{1, 1, 1}, f});
    return line.forward(q.data(), Eigen::MatrixXd::Constant(1, 1, at))(0, 0);
  };
  for (const double at : {-800.0, -3.0, -0.1, 0.0, 0.2, 4.0, 800.0}) {
    CHECK(std::abs(one(activation::tanh, at) - std::tanh(at)) < 1e-15);
    CHECK(std::abs(one(activation::softplus, at) - (std::fmax(at, 0) + std::log1p(std::exp(-std::abs(at))))) <
          1e-14 * (1 + std::abs(at)));
  }
}

TEST_CASE("network: gradients are those of finite differences") {
  for (const activation f : {activation::relu, activation::tanh, activation::softplus}) {
    const network_shape shape{{4, 6, 5, 3}, f};
    point<> p(shape.parameters());
    stream rng(3);
    draw_parameters(shape, p.data(), rng);
    p += 0.1 * normals(p.size(), 1, 4);  // biases too
    const Eigen::MatrixXd x = normals(4, 7, 5), target = normals(3, 7, 6);
    network_pass<double> net(shape);
    const auto loss = [&](const point<>& at, const Eigen::MatrixXd& in) {
      return 0.5 * (net.forward(at.data(), in) - target).squaredNorm();
    };
    samples<> d_out = net.forward(p.data(), x) - target, d_in;
    point<> gradient = point<>::Constant(p.size(), 1e300);  // overwritten, not added to
    net.backward(p.data(), x, d_out, gradient.data(), &d_in);
    constexpr double h = 1e-6;
    double worst = 0;
    for (Index i = 0; i < p.size(); ++i) {
      point<> up = p, down = p;
      up[i] += h;
      down[i] -= h;
      worst = std::fmax(worst, std::abs((loss(up, x) - loss(down, x)) / (2 * h) - gradient[i]));
    }
    CHECK(worst < 1e-7);
    worst = 0;
    for (Index i = 0; i < x.size(); ++i) {
      Eigen::MatrixXd up = x, down = x;
      up.data()[i] += h;
      down.data()[i] -= h;
      worst = std::fmax(worst, std::abs((loss(p, up) - loss(p, down)) / (2 * h) - d_in.data()[i]));
    }
    CHECK(worst < 1e-7);
    CHECK(gradient.norm() > 1);
  }
}

TEST_CASE("network: parameters begin with the variance that they should have") {
  const network_shape shape{{300, 200, 10}, activation::relu};
  std::vector<float> p(static_cast<std::size_t>(shape.parameters()));
  stream rng(9);
  draw_parameters(shape, p.data(), rng);
  double hidden = 0, output = 0;
  for (std::size_t i = 0; i < 60000; ++i) hidden += static_cast<double>(p[i]) * static_cast<double>(p[i]);
  for (std::size_t i = 60200; i < 62200; ++i) output += static_cast<double>(p[i]) * static_cast<double>(p[i]);
  // A mean of squared normals of variance v has standard error v sqrt(2 / n).
  CHECK_Z(hidden / 60000, 2.0 / 300, 2.0 / 300 * std::sqrt(2.0 / 60000));
  CHECK_Z(output / 2000, 1.0 / 200, 1.0 / 200 * std::sqrt(2.0 / 2000));
  CHECK(p[60000] == 0);
  CHECK(p.back() == 0);
}
