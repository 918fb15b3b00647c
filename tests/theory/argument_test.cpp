#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/theory.hpp>

using namespace simulacra;
using namespace simulacra::theory;

namespace {

constexpr auto by = divisor::n;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Whether the call throws, and the message names the function, the argument and the value.
template <class Call>
bool refuses(const Call& call, const std::string& function, const std::string& argument, const std::string& value) {
  try {
    static_cast<void>(call());
  } catch (const std::invalid_argument& error) {
    const std::string message = error.what();
    const std::string start = "simulacra::theory::" + function + ": argument '" + argument + "' is " + value + ";";
    INFO(message);
    CHECK(message.rfind(start, 0) == 0);
    return message.rfind(start, 0) == 0;
  }
  return false;
}

}  // namespace

#define CHECK_REFUSES(call, function, argument, value) CHECK(refuses([&] { return call; }, function, argument, value))

TEST_CASE("theory/arguments: samples, generation, divisor") {
  const std::vector<Index> short_schedule{10, 1};
  CHECK_REFUSES(c4(1), "c4", "samples", "1");
  CHECK_REFUSES(c4(-3), "c4", "samples", "-3");
  CHECK_REFUSES(wasserstein_risk_mean(short_schedule, by), "wasserstein_risk_mean", "schedule", "1");
  CHECK_REFUSES(wasserstein_risk_variance(short_schedule, by), "wasserstein_risk_variance", "schedule", "1");
  CHECK_REFUSES(wasserstein_risk_variance(10, -1, by), "wasserstein_risk_variance", "generation", "-1");
  CHECK_REFUSES(log_variance_rate(1, by), "log_variance_rate", "samples", "1");
  CHECK_REFUSES(log_variance_rate(9, static_cast<divisor>(7)), "log_variance_rate", "by", "7");
  CHECK_REFUSES(log_det_rate(0, 10, by), "log_det_rate", "dimension", "0");
  CHECK_REFUSES(lyapunov_exponent(0, 10, by), "lyapunov_exponent", "i", "0");
  CHECK_REFUSES(kl_to_truth(2, 1, 1, by), "kl_to_truth", "samples", "1");
  CHECK_REFUSES(kl_from_truth(2, 10, -2, by), "kl_from_truth", "generation", "-2");
  CHECK_REFUSES(accumulate_variance(0, 1, by), "accumulate_variance", "samples", "0");
  CHECK_REFUSES(accumulate_variance(1, 1, divisor::n_minus_1), "accumulate_variance", "samples", "1");
  CHECK_REFUSES(accumulate_variance_limit(0, by), "accumulate_variance_limit", "samples", "0");
  CHECK_REFUSES(accumulate_subsample_variance(1, 1), "accumulate_subsample_variance", "samples", "1");
  CHECK_REFUSES(heterozygosity(0.5, 0, 1), "heterozygosity", "samples", "0");
  CHECK_REFUSES(extinction_probability(0.5, 10, -1), "extinction_probability", "generation", "-1");
  CHECK_REFUSES(extinction_probability(0.5, 1000000, 1000000), "extinction_probability", "samples", "1000000");
  CHECK_REFUSES(mean_fixation_time(0.5, 5000), "mean_fixation_time", "samples", "5000");
  CHECK_REFUSES(poisson_survival(1, 0, 1), "poisson_survival", "samples", "0");
  CHECK_REFUSES(poisson_exponent(0), "poisson_exponent", "generation", "0");
}

TEST_CASE("theory/arguments: numbers") {
  CHECK_REFUSES(wasserstein_risk_mean(10, 1, by, 0), "wasserstein_risk_mean", "sigma", "0");
  CHECK_REFUSES(wasserstein_risk_mean(std::vector<Index>{10}, by, not_a_number), "wasserstein_risk_mean", "sigma", "nan");
  CHECK_REFUSES(wasserstein_risk_variance(10, 1, by, infinity), "wasserstein_risk_variance", "sigma", "inf");
  CHECK_REFUSES(sigma_moment(not_a_number, 10, 1, by), "sigma_moment", "k", "nan");
  CHECK_REFUSES(survival(0, 10, 1, by), "survival", "epsilon", "0");
  CHECK_REFUSES(survival(-1, 10, 1, by), "survival", "epsilon", "-1");
  CHECK_REFUSES(survival(not_a_number, 10, 1, by), "survival", "epsilon", "nan");
  CHECK_REFUSES(survival(0.1, 10, 1, by, -2), "survival", "sigma", "-2");
  CHECK_REFUSES(heterozygosity(1.5, 10, 1), "heterozygosity", "initial", "1.5");
  CHECK_REFUSES(heterozygosity(not_a_number, 10, 1), "heterozygosity", "initial", "nan");
  CHECK_REFUSES(extinction_probability(-0.5, 10, 1), "extinction_probability", "p", "-0.5");
  CHECK_REFUSES(mean_fixation_time(not_a_number, 10), "mean_fixation_time", "p", "nan");
  CHECK_REFUSES(poisson_survival(-1, 10, 1), "poisson_survival", "lambda", "-1");
  CHECK_REFUSES(golden_weight(-0.25), "golden_weight", "k", "-0.25");
  CHECK_REFUSES(golden_weight(not_a_number), "golden_weight", "k", "nan");
  CHECK_REFUSES(golden_weight(infinity), "golden_weight", "k", "inf");
  CHECK_REFUSES(mad_fresh_limit(0, 10, 1), "mad_fresh_limit", "real", "0");
  CHECK_REFUSES(mad_fresh_limit(1, 0, 1), "mad_fresh_limit", "real", "1");
  CHECK_REFUSES(mad_fixed_limit(5, -1, 1), "mad_fixed_limit", "synthetic", "-1");
  CHECK_REFUSES(mad_fixed_limit(5, 5, -1), "mad_fixed_limit", "lambda", "-1");
  CHECK_REFUSES(mad_fixed_limit(5, 5, not_a_number), "mad_fixed_limit", "lambda", "nan");
  CHECK_REFUSES(mad_fixed_limit(5, 5, 1, 0), "mad_fixed_limit", "sigma", "0");
  CHECK_REFUSES(mad_fixed_step({0.1, 1}, 5, 5, 1), "mad_fixed_step", "state.mean_error", "0.1");
  CHECK_REFUSES(mixture_gaussian_moments(.5, .4, .2, 10, 1, by), "mixture_gaussian_moments", "alpha + beta + gamma", "1.1");
  CHECK_REFUSES(missing_mass(std::vector<double>{0.5, 0.25}, 10), "missing_mass", "sum of p", "0.75");
  CHECK_REFUSES(zipf_missing_mass_constant(1), "zipf_missing_mass_constant", "exponent", "1");
  CHECK_REFUSES(truncation_variance_factor(0), "truncation_variance_factor", "cut", "0");
  CHECK_REFUSES(variance_gamma_density(not_a_number, 5), "variance_gamma_density", "x", "nan");
  CHECK_REFUSES(regression_risk_replace(5, 6, 1), "regression_risk_replace", "rows", "6");
  CHECK_REFUSES(kernel_spread(-1, 5, 6, workflow::replace), "kernel_spread", "initial", "-1");
}

TEST_CASE("theory/arguments: generation 0 is the truth") {
  CHECK(wasserstein_risk_mean(std::vector<Index>{}, by) == 0);
  CHECK(wasserstein_risk_variance(10, 0, by) == 0);
  CHECK(variance_mean(10, 0, by, 3) == 9);
  CHECK(mean_error(10, 0, by) == 0);
  CHECK(kl_to_truth(5, 2, 0, by) == 0);
  CHECK(kl_from_truth(5, 2, 0, by) == 0);
  CHECK(accumulate_variance(10, 0, divisor::n_minus_1) == 1);
  CHECK(accumulate_mean_error(10, 0, divisor::n_minus_1) == 0);
  CHECK(accumulate_subsample_variance(10, 0) == 1);
  CHECK(heterozygosity(0.25, 10, 0) == 0.25);
  CHECK(kurtosis(10, 0, by) == 3);
}

TEST_CASE("theory/arguments: kernel density, RKHS, statistical error, expressivity") {
  constexpr auto keep = workflow::accumulate;
  constexpr auto drop = workflow::replace;
  CHECK_REFUSES(kde_mise(0, 1, .3, 50, 5, drop), "kde_mise", "dimension", "0");
  CHECK_REFUSES(kde_mise(1, 0, .3, 50, 5, drop), "kde_mise", "target_variance", "0");
  CHECK_REFUSES(kde_mise(1, not_a_number, .3, 50, 5, drop), "kde_mise", "target_variance", "nan");
  CHECK_REFUSES(kde_mise(1, 1, 0, 50, 5, drop), "kde_mise", "bandwidth", "0");
  CHECK_REFUSES(kde_mise(1, 1, infinity, 50, 5, drop), "kde_mise", "bandwidth", "inf");
  CHECK_REFUSES(kde_mise(1, 1, 1e-80, 50, 5, drop), "kde_mise", "bandwidth", "1e-80");
  CHECK_REFUSES(kde_mise(1, 1, .3, 0, 5, keep), "kde_mise", "samples", "0");
  CHECK_REFUSES(kde_mise(1, 1, .3, 50, -1, keep), "kde_mise", "generation", "-1");
  CHECK_REFUSES(kde_mise(1, 1, .3, 50, 1000001, keep), "kde_mise", "generation", "1000001");
  CHECK_REFUSES(kde_mise(1, 1, .3, 50, 5, static_cast<workflow>(3)), "kde_mise", "kept", "3");
  CHECK_REFUSES(kde_mise(1000, 1, .05, 50, 5, drop), "kde_mise", "dimension", "1000");
  CHECK_REFUSES(kde_mmd2(1, 1, -.3, 50, 5, 1, drop), "kde_mmd2", "bandwidth", "-0.3");
  CHECK_REFUSES(kde_mmd2(1, 1, .3, 50, 5, 0, drop), "kde_mmd2", "length_scale", "0");
  CHECK_REFUSES(kde_mmd2(1, 1, 0, 50, 5, not_a_number, keep), "kde_mmd2", "length_scale", "nan");
  CHECK_REFUSES(kde_mmd2(1, 1, 0, 50, 5, 1, static_cast<workflow>(3)), "kde_mmd2", "kept", "3");
  CHECK_REFUSES(kde_spread(1, -1, .3, 50, 5, drop), "kde_spread", "target_variance", "-1");
  CHECK_REFUSES(kde_spread(1, -.5, 50, 5, drop), "kde_spread", "bandwidth", "-0.5");
  CHECK_REFUSES(kde_second_moment(1, 1, not_a_number, 50, 5, drop), "kde_second_moment", "bandwidth", "nan");
  CHECK_REFUSES(mean_embedding_mse(1, 1, 0, 5), "mean_embedding_mse", "length_scale", "0");
  CHECK_REFUSES(mean_embedding_mse(1, 1, 1, 0), "mean_embedding_mse", "samples", "0");
  CHECK_REFUSES(rff_variance(-1, 1, 10, fourier_features::phase), "rff_variance", "distance", "-1");
  CHECK_REFUSES(rff_variance(1, 1, 5, fourier_features::paired), "rff_variance", "features", "5");
  CHECK_REFUSES(rff_variance(1, 1, 0, fourier_features::phase), "rff_variance", "features", "0");
  CHECK_REFUSES(rff_variance(1, 1, 4, static_cast<fourier_features>(7)), "rff_variance", "kind", "7");
  CHECK_REFUSES(rbf_eigenvalue(-1, 1, 1), "rbf_eigenvalue", "index", "-1");
  CHECK_REFUSES(rbf_eigenvalue(1, 0, 1), "rbf_eigenvalue", "sd", "0");
  CHECK_REFUSES(rbf_eigenvalue(1, 1, 1, 0), "rbf_eigenvalue", "dimension", "0");
  CHECK_REFUSES(rbf_residual(1, 1e-200, 1), "rbf_residual", "length_scale", "1");
  CHECK_REFUSES(gaussian_statistical_mmd2(1, 1, 1, 1, by), "gaussian_statistical_mmd2", "samples", "1");
  CHECK_REFUSES(gaussian_statistical_mmd2(1, 1, 0, 9, by), "gaussian_statistical_mmd2", "length_scale", "0");
  CHECK_REFUSES(gaussian_statistical_l2(1, 0, 9, by), "gaussian_statistical_l2", "target_variance", "0");
  CHECK_REFUSES(gaussian_statistical_l2(1, 1, 9, static_cast<divisor>(7)), "gaussian_statistical_l2", "by", "7");
  CHECK_REFUSES(two_normals_expressivity_kl(-1, 1), "two_normals_expressivity_kl", "half_distance", "-1");
  CHECK_REFUSES(two_normals_expressivity_l2(1, 0), "two_normals_expressivity_l2", "sd", "0");
  CHECK_REFUSES(laplace_variance_expressivity(0), "laplace_variance_expressivity", "variance", "0");
  CHECK_REFUSES(mixture_population_cf(.5, .4, .2, .5, 1), "mixture_population_cf", "alpha + beta + gamma", "1.1");
  CHECK_REFUSES(mixture_population_cf(.5, .5, 0, 2, 1), "mixture_population_cf", "smoother", "2");
}
