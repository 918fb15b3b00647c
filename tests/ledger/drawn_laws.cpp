// Laws that have no closed form are placed by draws, the same ones in every replicate: the error of that is in the row and in the band.
#include "support.hpp"

#include <algorithm>

using namespace simulacra_test;

namespace {

/// Student's t with three degrees of freedom, without its characteristic function, or with it.
template <bool Knows>
struct student {
  [[nodiscard]] Index dimension() const { return 1; }
  [[nodiscard]] samples<double, 1> sample(Index n, stream& rng) const {
    samples<double, 1> x(1, n);
    for (Index i = 0; i < n; ++i) x[i] = standard_normal(rng) / std::sqrt(chi_square(3, rng) / 3);
    return x;
  }
  [[nodiscard]] point<double, 1> mean() const { return point<double, 1>(0.0); }
  [[nodiscard]] square<double, 1> covariance() const { return square<double, 1>(3.0); }
  [[nodiscard]] std::complex<double> characteristic_function(const Eigen::VectorXd& w) const
    requires Knows
  {
    const double s = std::sqrt(3.0) * std::abs(w[0]);
    return (1 + s) * std::exp(-s);
  }
};

using fourier = feature_space<random_fourier_features>;

fourier space_of(std::uint64_t seed) {
  stream rng(1);
  return fourier(random_fourier_features(gaussian_kernel(1), 1, 256, rng), {.draws = 2000, .seed = seed});
}

const gaussian_estimator<double, 1> mle(divisor::n);
const experiment drawn{student<false>{}, mle, any_recipe(preserve(0.3, preserve::real::redrawn))};
const experiment exact{student<true>{}, mle, any_recipe(preserve(0.3, preserve::real::redrawn))};
const plan how{.generations = 3, .samples = 100, .how = draw::stored};

double rms(const std::vector<double>& z) {
  double sum = 0;
  for (const double v : z) sum += v * v / static_cast<double>(z.size());
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("a drawn law: the errors of distance, squares, parts and shares are stated and cover") {
  // In the same features with the characteristic function everything is exact. Over seeds of the space (error - bias) / stated error
  // is a t of 15 degrees of freedom or so: its mean square is about 15 / 13. Over 150 seeds that has a standard error of about .14.
  ledger right(exact, space_of(1));
  run_lineage(exact, how, stream(3), right);
  const ledger_row& truth = right.rows().back();
  CHECK(truth.distance_error == 0);
  CHECK(truth.embedding_variance == 0);
  std::vector<double> distances, squares, parts, shares, only_the_square;
  const std::size_t e = index_of(term::expressivity);
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    ledger books(drawn, space_of(seed));
    run_lineage(drawn, how, stream(3), books);
    CHECK(worst_misfit(books.rows(), {term::expressivity, term::approximation, term::statistical}) <= 1e-10);
    const ledger_row& row = books.rows().back();
    distances.push_back((row.distance_sq - row.embedding_variance - truth.distance_sq) / row.distance_error);
    squares.push_back((row.squared[e] - row.error_squared[e] - truth.squared[e]) / row.squared_error[e]);
    parts.push_back((row.part[e] - truth.part[e]) / row.part_error[e]);
    shares.push_back((row.share(term::expressivity) - truth.share(term::expressivity)) / row.share_error[e]);
    only_the_square.push_back((row.squared[e] - truth.squared[e]) / row.error_squared[e]);
  }
  for (const auto& z : {distances, squares, parts, shares}) {
    CHECK(rms(z) < 1.3);
    CHECK(rms(z) > 0.6);
    CHECK(*std::max_element(z.begin(), z.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }) < 5);
  }
  CHECK(rms(only_the_square) > 3);  // the twin: without the cross term it covers nothing
}

TEST_CASE("a drawn law: its columns are there though every corner has a closed form, and the band carries them") {
  const auto run = [](const auto& what, std::uint64_t seed) {
    return run_ensemble(what, how, {.replicates = 40, .seed = 4}, ledger(what, space_of(seed)));
  };
  const records sure = run(exact, 1);
  CHECK(std::find(sure.metrics().begin(), sure.metrics().end(), "distance_sq_se") == sure.metrics().end());
  const std::size_t last = sure.generations().size() - 1;
  std::vector<double> z, naive, share_z;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const records all = run(drawn, seed);
    const band b = ledger_band(all, last, "distance_sq"), alone = all.at(last, all.column("distance_sq"));
    const double bias = all.at(last, all.column("embedding_variance")).mean;
    CHECK(b.mcse > alone.mcse);
    CHECK(b.mean == doctest::Approx(alone.mean).epsilon(1e-14));
    // The same lineages in the exact features: what differs is the shared error alone.
    const double apart = alone.mean - bias - sure.at(last, sure.column("distance_sq")).mean;
    z.push_back(apart / b.mcse);
    const band share = share_of(all, last, "expressivity"), known = share_of(sure, last, "expressivity");
    share_z.push_back((share.mean - known.mean) / share.mcse);
    // In the first generation the expressivity term is one number, the same in all replicates: they say that it is known exactly.
    const band first = ledger_band(all, 0, "expressivity_sq");
    CHECK(all.at(0, all.column("expressivity_sq")).mcse <= 1e-15);
    CHECK(first.mcse > 0);
    naive.push_back((first.mean - all.at(0, all.column("error_expressivity_sq")).mean -
                     sure.at(0, sure.column("expressivity_sq")).mean) /
                    first.mcse);
  }
  for (const auto& each : {z, naive, share_z}) {
    CHECK(rms(each) < 1.9);  // a mean square of 12: 1 +- 0.41, times 15 / 13
    CHECK(rms(each) > 0.1);
  }
}

TEST_CASE("a drawn law: of a mixture only the components without a closed form are drawn") {
  using mix = mixed_law<samples<double, 1>, student<false>, gaussian<double, 1>>;
  const student<false> t;
  const gaussian<double, 1> normal(1, 2);
  const auto space = space_of(1);
  Eigen::VectorXd out, parts, one;
  embedding_error error, of_t;
  mix both;
  both.add(0.25, t);
  both.add(0.75, normal);
  const double variance = space.embed(both, out, error);
  space.embed(t, one, of_t);
  space.embed(normal, parts);
  CHECK((out - 0.25 * one - 0.75 * parts).norm() <= 1e-15);
  CHECK_CLOSE(variance, of_t.variance() / 16, 1e-12);
  mix known;
  known.add(1, normal);
  CHECK(space.embed(known, out, error) == 0);
  CHECK(error.exact());
  CHECK(out == parts);
}
