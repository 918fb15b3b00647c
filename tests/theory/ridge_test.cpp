#include "support/statistics.hpp"

#include <stdexcept>
#include <vector>

#include <simulacra/theory/network.hpp>
#include <simulacra/theory/population.hpp>
#include <simulacra/theory/ridge.hpp>

using namespace simulacra;
using namespace simulacra::theory;
using numbers = std::vector<double>;

TEST_CASE("theory/ridge: schedules of penalties and fresh rows") {
  // Values of 13 to 15 digits, by recursions and chi-squared quadrature in mpmath.
  const numbers s{10, 4}, c{1, .5}, far{1e6, .001}, ones{1, 1};
  CHECK_CLOSE(ridge_schedule_risk(s, c, numbers{1, .5, .25}, .3), 0.279849652132424, 1e-13);
  CHECK_CLOSE(ridge_schedule_risk(s, c, numbers{0, 0, 0}, .3), 0.315, 1e-14);
  CHECK_CLOSE(ridge_schedule_risk(far, ones, numbers{1, .001, 1000}, 1), 1.00000399425998, 1e-13);
  CHECK(ridge_schedule_risk(s, c, numbers{}, 1) == 0);
  const auto risk = [](Index rows, double penalty, std::size_t n) {
    return ridge_fresh_risk(std::vector(n, ridge_moments_one(rows, penalty)), 1, 1, 1);
  };
  CHECK_CLOSE(1 - ridge_moments_one(5, 1).lost, 0.781440152527067, 1e-13);
  CHECK_CLOSE(risk(5, 1, 4), 0.759753058672583, 1e-12);
  CHECK_CLOSE(risk(20, 10, 10), 1.01138613688601, 1e-12);
  CHECK_CLOSE(risk(3, .001, 100), 85.9056674389973, 1e-11);
  const std::vector<ridge_moments> falling{ridge_moments_one(5, 4), ridge_moments_one(5, 2), ridge_moments_one(5, 1)};
  CHECK_CLOSE(ridge_fresh_risk(falling, 1, 1, 1), 0.796255845817087, 1e-12);
  const std::vector<ridge_moments> other{ridge_moments_one(3, .001), ridge_moments_one(3, 100)};
  CHECK_CLOSE(ridge_fresh_risk(other, 1, 1, 1), 0.945686287582062, 1e-12);
  // Asymptotic.
  const auto wide = ridge_moments_asymptotic(10, 50, 5), square = ridge_moments_asymptotic(100, 100, 20);
  CHECK_CLOSE(1 - wide.lost, 0.891504716986, 1e-11);
  CHECK_CLOSE(ridge_fresh_risk(std::vector(5, wide), 10, 1, 1), 0.826940714219, 1e-11);
  CHECK_CLOSE(ridge_fresh_risk(std::vector(10, square), 100, 1, 1), 2.38107882059, 1e-11);
}

TEST_CASE("theory/network: members that read each other by numbers") {
  const auto matrix = [](Index size, std::vector<Index> entries) {
    return reading_counts(
        Eigen::Map<const Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(entries.data(), size, size));
  };
  using real_counts = Eigen::Matrix<Index, Eigen::Dynamic, 1>;
  const auto pair = network_after(matrix(2, {30, 10, 10, 30}), real_counts::Constant(2, 10), 8);
  CHECK_CLOSE(pair.error(0, 0), 0.0377915518229926, 1e-13);
  CHECK_CLOSE(pair.error(0, 1), 0.0146919306449249, 1e-13);
  CHECK_CLOSE(pair.variance(1), 0.962208448177007, 1e-13);
  const auto chain = network_after(matrix(2, {20, 20, 0, 40}), real_counts{{10, 0}}, 8);
  CHECK_CLOSE(chain.error(0, 0), 0.0827078582548168, 1e-13);
  CHECK_CLOSE(chain.error(0, 1), 0.0985800600610352, 1e-13);
  CHECK_CLOSE(chain.error(1, 1), 0.183348196337738, 1e-13);
  CHECK_CLOSE(chain.variance(0), 0.917292141745183, 1e-13);
  CHECK_CLOSE(chain.variance(1), 0.816651803662262, 1e-13);
  const auto few = network_after(matrix(2, {1, 1, 1, 1}), real_counts{{1, 0}}, 5);
  CHECK_CLOSE(few.error(1, 1), 0.608667695473251, 1e-13);
  CHECK_CLOSE(few.variance(1), 0.391332304526749, 1e-13);

  const auto three = network_identity(matrix(3, {30, 10, 0, 5, 20, 25, 0, 0, 40}), Eigen::MatrixXd::Constant(3, 3, .34), 6);
  CHECK_CLOSE(three(0, 0), 0.388887353604629, 1e-13);
  CHECK_CLOSE(three(1, 1), 0.400525458781202, 1e-13);
  CHECK_CLOSE(three(0, 1), 0.363952633665953, 1e-13);
  CHECK_CLOSE(three(1, 2), 0.398646159472656, 1e-13);
  const auto own = network_identity(matrix(3, {100, 0, 0, 50, 25, 25, 1, 1, 98}), Eigen::MatrixXd::Constant(3, 3, .2), 100);
  CHECK_CLOSE(own(0, 1), 0.630138226960514, 1e-13);
  // Two equal members are the island model.
  const auto two = network_identity(matrix(2, {45, 5, 5, 45}), Eigen::MatrixXd::Constant(2, 2, .3), 10);
  const auto island = island_model(50, .1, .3, .3, 10);
  CHECK_CLOSE(two(0, 0), island.within, 1e-13);
  CHECK_CLOSE(two(0, 1), island.between, 1e-13);

  CHECK_CLOSE(coupled_means(.6, .2, 50).variance, 0.0396825396825397, 1e-14);
  CHECK_CLOSE(coupled_means(.6, .2, 50).covariance, 0.0158730158730159, 1e-14);
  CHECK_CLOSE(coupled_means(.1, .899, 1000).variance, 0.251507809718066, 1e-11);
  CHECK_CLOSE(coupled_means(.1, .899, 1000).covariance, 0.248742315344465, 1e-11);
  CHECK(coupled_means(.5, .5, 50).variance > 1e300);
  CHECK(coupled_means(1, 0, 50).covariance == 0);
  CHECK_THROWS_AS(static_cast<void>(network_after(matrix(2, {1, 0, 0, 0}), real_counts{{0, 0}}, 1)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(coupled_means(.6, .5, 50)), std::invalid_argument);
}
