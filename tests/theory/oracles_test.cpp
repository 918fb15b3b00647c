#include <doctest/doctest.h>

#include <vector>

#include <simulacra/theory.hpp>
#include <support/statistics.hpp>

// The values that the theory notes give to 16 digits, found there by routes of their own (30-digit arithmetic, Monte Carlo).

using namespace simulacra;
using namespace simulacra::theory;

namespace {
constexpr auto unbiased = divisor::n_minus_1;
constexpr auto likelihood = divisor::n;
constexpr double tight = 2e-14;
}  // namespace

TEST_CASE("theory/oracles: one refit") {
  CHECK_CLOSE(c4(2), 0.7978845608028654, tight);
  CHECK_CLOSE(c4(10), 0.9726592741215882, tight);
  CHECK_CLOSE(c4(100), 0.9974779760712635, tight);
  CHECK_CLOSE(sigma_estimate(10, likelihood).mean, 0.9227456080530871, tight);
  CHECK_CLOSE(sigma_estimate(10, likelihood).deviation, 0.2203191839553210, tight);
  CHECK_CLOSE(sigma_moment(3, 10, 1, unbiased), 1.080732526801765, tight);
  CHECK_CLOSE(mean_estimate_absolute_error(10'000'000).mean, 2.52313252202016e-4, tight);
  CHECK_CLOSE(mean_estimate_absolute_error(10'000'000).deviation, 1.90625346591794e-4, tight);
  CHECK_CLOSE(sigma_estimate(30, likelihood).mean, .974754378214, 1e-12);
  CHECK_CLOSE(sigma_estimate(1000, likelihood).mean, .999249781180, 1e-12);
}

TEST_CASE("theory/oracles: Wasserstein risk") {
  const std::vector<Index> constant(50, 100), doubling{100, 200, 400, 800, 1600};
  CHECK_CLOSE(wasserstein_risk_mean(constant, unbiased), 0.7372295316707831, tight);
  CHECK_CLOSE(wasserstein_risk_mean(100, 1, unbiased), 0.01504404785747298, tight);
  CHECK_CLOSE(wasserstein_risk_variance(100, 50, unbiased), 1.311290366911165, tight);
  CHECK_CLOSE(wasserstein_risk_variance(constant, unbiased), 1.311290366911165, tight);
  CHECK_CLOSE(wasserstein_risk_variance(100, 1, unbiased), 2.506287657998598e-4, tight);
  CHECK_CLOSE(wasserstein_risk_mean(100, 1000, likelihood), 1.998948176899905, tight);
  CHECK_CLOSE(mean_error(100, 1000, likelihood), 0.9999568287525893, tight);
  CHECK_CLOSE(wasserstein_risk_mean(doubling, unbiased), 0.02910583108231821, tight);
  CHECK_CLOSE(mean_error(doubling, unbiased), 0.019375, tight);
  CHECK_CLOSE(kurtosis(10, 5, unbiased), 6.145893523457919, tight);
}

TEST_CASE("theory/oracles: expected and typical values of the notebook's random walks") {
  CHECK_CLOSE(sigma_moment(1, 100, 1000, likelihood), 5.2591155e-4, 1e-7);
  CHECK_CLOSE(sigma_moment(1, 500, 1000, likelihood), .2226836768, 1e-9);
  CHECK_CLOSE(sigma_moment(1, 10000, 1000, likelihood), .9277388473, 1e-9);
  CHECK_CLOSE(std::sqrt(mean_error(1000, 1000, likelihood)), .79517582, 1e-8);
  CHECK_CLOSE(sigma_typical(100, 1000, likelihood), 4.14e-5, 1e-3);
  CHECK_CLOSE(accumulate_variance(100, 1000, likelihood), .983641474533, 1e-12);
  CHECK_CLOSE(accumulate_variance(10000, 1000, likelihood), .999835614644, 1e-12);
}

TEST_CASE("theory/oracles: logarithmic rates") {
  CHECK_CLOSE(log_variance_rate(100, unbiased), -0.01013501884827283, tight);
  CHECK_CLOSE(log_variance_rate(100, likelihood), -0.02018535470177428, tight);
  CHECK_CLOSE(log_variance_variance(100, 1), 0.02040745504687999, tight);
  CHECK_CLOSE(log_variance_rate(10, unbiased), -0.1152064704167452, tight);
  CHECK_CLOSE(log_variance_rate(10, likelihood), -0.2205669860745715, tight);
  CHECK_CLOSE(critical_inflation(10, unbiased), 1.122105095162526, tight);
  CHECK_CLOSE(critical_inflation(10, likelihood), 1.246783, 1e-6);
  CHECK_CLOSE(exponential_log_rate(10), -0.05083250392732458, tight);
  CHECK_CLOSE(uniform_end_mean(10, 10), 0.3855432894295317, tight);
}

TEST_CASE("theory/oracles: many dimensions") {
  CHECK_CLOSE(log_det_rate(5, 50, unbiased), -0.3178645446156023, tight);
  CHECK_CLOSE(log_det_rate(5, 50, likelihood), -0.4188780812031996, tight);
  CHECK_CLOSE(log_det_variance(5, 50, 1), 0.2175626912418007, tight);
  CHECK_CLOSE(det_ratio_mean(5, 50, 1, unbiased), 0.8100747970311551, tight);
  CHECK_CLOSE(lyapunov_exponent(1, 8, unbiased), -0.1496063278501248, tight);
  CHECK_CLOSE(lyapunov_exponent(2, 8, unbiased), -0.3299786333969009, tight);
  CHECK_CLOSE(lyapunov_exponent(3, 8, unbiased), -0.5496063278501249, tight);
  CHECK_CLOSE(log_condition_rate(3, 8), 0.4, tight);
  CHECK_CLOSE(kl_to_truth(2, 50, 20, likelihood), 1.025496571977866, tight);
  CHECK_CLOSE(kl_to_truth(2, 50, 20, unbiased), 1.021442425627477, tight);
  CHECK_CLOSE(kl_from_truth(2, 50, 20, unbiased), 2.745714724679730, tight);
  CHECK_CLOSE(kl_from_truth(2, 50, 20, likelihood), 4.349008944703931, tight);
  CHECK_CLOSE(kl_from_truth(1, 10, 1, likelihood), 0.1754307926769999, tight);
  const auto moments = covariance_moments_after(17, 25, 30, 10, unbiased);
  CHECK_CLOSE(moments.trace_of_square, 36.43744878320818, tight);
  CHECK_CLOSE(moments.square_of_trace, 42.06980769221831, tight);
  CHECK_CLOSE(moments.frobenius_error, 19.43744878320818, tight);
}

TEST_CASE("theory/oracles: densities, survival and its bounds") {
  CHECK_CLOSE(variance_gamma_density(0.7, 5), 0.2959163567299278, tight);
  CHECK_CLOSE(first_generation_density(0.7, 5), 0.2999656533856120, tight);
  CHECK_CLOSE(survival(.1, 10, 50, unbiased), 0.3755380229086095, tight);
  CHECK_CLOSE(survival(.1, 10, 200, unbiased), 0.004038329437197527, tight);
  CHECK_CLOSE(survival(.1, 100, 200, unbiased), 0.8988638424268894, tight);
  CHECK_CLOSE(survival_bound_markov(.1, 10, 200, unbiased), 0.03909726811815459, tight);
  CHECK_CLOSE(survival_bound_suresh(.1, 10, 200), 0.05927189477194526, tight);
  CHECK_CLOSE(survival_bound_chernoff(.1, 10, 200, unbiased), 0.02950358751339552, tight);
}

TEST_CASE("theory/oracles: keeping the data") {
  CHECK_CLOSE(accumulate_variance(100, 50, likelihood), 0.9838264346751474, tight);
  CHECK_CLOSE(accumulate_variance_limit(100, likelihood), 0.9836316430834660, tight);
  CHECK_CLOSE(accumulate_variance_limit(10, likelihood), 0.8434358572155939, tight);
  CHECK_CLOSE(accumulate_variance(10, 20, unbiased), 0.9397239445147090, tight);
  CHECK_CLOSE(accumulate_variance_limit(10, unbiased), 0.9351406536847751, tight);
  CHECK_CLOSE(accumulate_subsample_pool_variance(10, 20), 0.8286629244548649, tight);
  CHECK_CLOSE(accumulate_subsample_variance(10, 20), 0.7495443537782698, tight);
  CHECK_CLOSE(regression_risk_replace(10, 50, 10), 2.564102564102564, tight);
  CHECK_CLOSE(regression_risk_accumulate_fixed(10, 50, 10), 0.3973763413247540, tight);
  CHECK_CLOSE(regression_risk_accumulate_fresh(10, 50, 10), 0.3759370109943883, tight);
  CHECK_CLOSE(regression_risk_overparametrised(1, 100, 80, 5), 0.67232, tight);
}

TEST_CASE("theory/oracles: real data in every generation") {
  CHECK_CLOSE(golden_weight(1), 0.6180339887498948, tight);
  CHECK_CLOSE(golden_weight(4), 0.3903882032022076, tight);
  CHECK_CLOSE(weighted_mean_risk_limit(1.0 / 5, 1, 4), 0.5555555555555556, tight);  // naive pooling
  CHECK_CLOSE(weighted_mean_risk(1.0 / 20, .3, 20, 80, 10), 0.02085660607767014, tight);
  CHECK_CLOSE(weighted_variance_risk(2.0 / 19, .3, 20, 80, 10), 0.04403179135643359, tight);
  CHECK_CLOSE(mad_fresh_limit(20, 80, .95).mean_error, 0.02348197343453510, tight);
  CHECK_CLOSE(mad_fresh_limit(20, 80, .95).variance, 0.8491461100569260, tight);
  CHECK_CLOSE(mad_fixed_limit(20, 80, .95).mean_error, 0.06712523719165085, tight);
  CHECK_CLOSE(mad_fixed_limit(20, 80, .95).mean_error - 1.0 / 20, 0.01712523719165085, 1e-13);
  CHECK_CLOSE(mad_fixed_limit(20, 80, .95).variance, 0.8111954459203036, tight);
  CHECK_CLOSE(mixture_gaussian_moments(.6, .3, .1, 100, 10, unbiased).mean_error, 0.01688628849986840, tight);
  CHECK_CLOSE(mixture_gaussian_moments(.6, .3, .1, 100, 10, unbiased).second_moment, 1.039579350030073, tight);
  CHECK_CLOSE(floored_variance(.05, 20, 8), 1.0, tight);
}

TEST_CASE("theory/oracles: discrete laws") {
  CHECK_CLOSE(extinction_probability(.05, 30, 10), 0.7561302595682554, tight);
  CHECK_CLOSE(extinction_probability(.95, 30, 10), 2.095788176891212e-5, tight);  // the other symbol is the only one left
  CHECK_CLOSE(heterozygosity(2 * .05 * .95, 30, 10), 0.06768478240701637, tight);
  CHECK_CLOSE(mean_fixation_time(.5, 20), 26.2295, 2e-6);
  CHECK_CLOSE(mean_fixation_time(.5, 100), 136.602, 4e-6);
  CHECK_CLOSE(mean_fixation_time(.2, 100), 98.2669, 1e-6);
  CHECK_CLOSE(mean_fixation_time_diffusion(.5, 20), 27.7259, 2e-6);
  CHECK_CLOSE(poisson_exponent(10), 0.1722546249060563, tight);
  CHECK_CLOSE(poisson_exponent(50), 0.03837666919429474, tight);
  CHECK_CLOSE(poisson_survival(1, 10, 50), 0.3187096408312443, tight);
  CHECK_CLOSE(extinction_probability(.001, 10000, 50), 1 - .319022, 1e-6);
  const auto zipf = zipf_law(1000, 1.5);
  CHECK_CLOSE(missing_mass(zipf, 500), 0.09576324167870201, tight);
  CHECK_CLOSE(lost_mass(zipf, 500, 1), 0.09576324167870201, tight);
  CHECK_CLOSE(zipf_missing_mass_constant(1.5), 0.9415595058265285, tight);
  CHECK_CLOSE(kernel_spread(2 * .05 * .95, 30, 10, workflow::replace), 0.06768478240701637, tight);
}
