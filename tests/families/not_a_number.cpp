#include "support/throws.hpp"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <simulacra/families/gaussian/law.hpp>
#include <simulacra/families/kernel/density.hpp>
#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/rkhs/exponential_family.hpp>
#include <simulacra/families/rkhs/psd_model.hpp>
#include <simulacra/families/rkhs/smoothed_points.hpp>

/// One rule for every law of numbers: NaN is no place, and whoever asks for the density there is told so by function and argument; at
/// infinity there is a density, and it is 0. (Laws of symbols and counts take whole numbers.)
using namespace simulacra;

namespace {

struct row {
  std::string function;
  std::function<double(double)> log_density;  ///< at a point of one dimension, or at one whose last coordinate is this
};

std::vector<row> laws() {
  using plane = point<double>;
  const auto in_plane = [](auto law) { return [law](double v) { return law.log_density(plane{{0.5, v}}); }; };
  const samples<double> points{{0, 1, 2}, {1, 0, 3}};
  const gaussian<> round = gaussian<>::standard(2);
  stream rng(1);
  const auto member = [&rng](samples<double, 1> landmarks, int degree) {
    const auto basis = score_basis<1>::of_landmarks(std::move(landmarks), 1.0, degree);
    return kernel_exponential_family<double, 1>(basis, gaussian<double, 1>(0.0, 1.0),
                                                Eigen::VectorXd::Constant(basis.size(), 0.1), 100, rng);
  };
  const auto family = member(samples<double, 1>{{0, 1}}, 0);
  return {
      {"gaussian::log_density", in_plane(round)},
      {"gaussian::log_density", in_plane(gaussian<>(plane::Zero(2), square<double>{{1, 1}, {1, 1}}))},
      {"gaussian_mixture::log_density", in_plane(gaussian_mixture<>({0.5, 0.5}, {round, round}))},
      {"factor_model::log_density", in_plane(ppca<>(plane::Zero(2), samples<double>{{1}, {2}}, 0.5))},
      {"factor_model::log_density", in_plane(ppca<>(plane::Zero(2), samples<double>{{1}, {2}}, 0.0))},
      {"kernel_density::log_density", in_plane(kernel_density<>(points, 0.5))},
      {"smoothed_points::log_density", in_plane(smoothed_points<>(points, weights<double>::Constant(3, 1.0 / 3), 0.5))},
      {"smoothed_points::log_density", in_plane(smoothed_points<>(points, weights<double>::Constant(3, 1.0 / 3), 0.0))},
      {"psd_model::log_density", in_plane(psd_model<>(points, 1.0, Eigen::MatrixXd::Ones(3, 1)))},
      {"kernel_exponential_family::log_density", [family](double v) { return family.log_density(point<double, 1>(v)); }},
      {"exponential::log_density", [](double v) { return exponential(2.0).log_density(v); }},
  };
}

}  // namespace

TEST_CASE("log density: NaN is refused by every law, and at infinity it is minus infinity") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const row& law : laws()) {
    CAPTURE(law.function);
    const auto message =
        simulacra_test::message_of([&] { (void)law.log_density(std::numeric_limits<double>::quiet_NaN()); });
    CHECK(simulacra_test::says(message, law.function, "x"));
    CHECK(law.log_density(infinity) == -infinity);
    CHECK(law.log_density(-infinity) == -infinity);
  }
}
