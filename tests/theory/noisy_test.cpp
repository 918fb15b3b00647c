#include "theory/values.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/theory/contamination.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/noisy.hpp>
#include <simulacra/theory/scaling.hpp>
#include <simulacra/theory/wasserstein.hpp>

// Noise on fits, real data and priors in discrete chains, Zipf's law. The right values are mpmath's (50 digits), from recursions, gamma
// functions and sums and not from the forms that are tested.
namespace {

using namespace simulacra;
using namespace simulacra::theory;
using simulacra_test::check_values;
using simulacra_test::refuses;
using simulacra_test::value;
using schedule = std::vector<Index>;
using numbers = std::vector<double>;

const value noise[] = {
    {"noisy_mean_error(schedule(10, 30), numbers(10, .02), 5)", noisy_mean_error(schedule(10, 30), numbers(10, .02), 5),
     1.8666666666666667},
    {"noisy_mean_error(schedule{2}, numbers{0}, 3)", noisy_mean_error(schedule{2}, numbers{0}, 3), 1.5},
    {"noisy_mean_error(schedule{}, numbers{}, 3)", noisy_mean_error(schedule{}, numbers{}, 3), 0.0},
    {"noisy_mean_error(schedule{100, 200, 400}, numbers{.01, .0025, 1e-30}, 0)",
     noisy_mean_error(schedule{100, 200, 400}, numbers{.01, .0025, 1e-30}, 0), 0.0125},
    {"noisy_mean_error(schedule(1000, 1000000000), numbers(1000, 1e-20))",
     noisy_mean_error(schedule(1000, 1000000000), numbers(1000, 1e-20)), 1.00000000001e-6},
    {"noisy_wasserstein_risk_mean(schedule(50, 100), numbers(50, .001), numbers(50, .1), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(50, 100), numbers(50, .001), numbers(50, .1), divisor::n_minus_1),
     0.89403039530970523},
    {"noisy_wasserstein_risk_mean(schedule(50, 100), numbers(50, .001), numbers(50, .1), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(50, 100), numbers(50, .001), numbers(50, .1), divisor::n), 0.76195147095612723},
    {"noisy_wasserstein_risk_mean(schedule(5, 10), numbers(5, .05), numbers(5, .5), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(5, 10), numbers(5, .05), numbers(5, .5), divisor::n_minus_1), 1.2607241633433757},
    {"noisy_wasserstein_risk_mean(schedule(5, 10), numbers(5, .05), numbers(5, .5), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(5, 10), numbers(5, .05), numbers(5, .5), divisor::n), 1.1055905989346609},
    {"noisy_wasserstein_risk_mean(schedule(1000, 1000000), numbers(1000, 1e-6), numbers(1000, .001), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(1000, 1000000), numbers(1000, 1e-6), numbers(1000, .001), divisor::n_minus_1),
     0.0027498598923894288},
    {"noisy_wasserstein_risk_mean(schedule(1000, 1000000), numbers(1000, 1e-6), numbers(1000, .001), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(1000, 1000000), numbers(1000, 1e-6), numbers(1000, .001), divisor::n),
     0.0027492355973845835},
    {"noisy_wasserstein_risk_mean(schedule(300, 2), numbers(300, 0), numbers(300, 0), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(300, 2), numbers(300, 0), numbers(300, 0), divisor::n_minus_1), 152.0},
    {"noisy_wasserstein_risk_mean(schedule(300, 2), numbers(300, 0), numbers(300, 0), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(300, 2), numbers(300, 0), numbers(300, 0), divisor::n), 2.0},
    {"noisy_wasserstein_risk_mean(schedule(1, 1000000000), numbers(1, 0), numbers(1, 1e-9), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(1, 1000000000), numbers(1, 0), numbers(1, 1e-9), divisor::n_minus_1),
     1.5000000006875e-9},
    {"noisy_wasserstein_risk_mean(schedule(1, 1000000000), numbers(1, 0), numbers(1, 1e-9), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(1, 1000000000), numbers(1, 0), numbers(1, 1e-9), divisor::n), 1.5000000006875e-9},
    {"noisy_wasserstein_risk_mean(schedule(3000, 7), numbers(3000, 1e-3), numbers(3000, 2), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(3000, 7), numbers(3000, 1e-3), numbers(3000, 2), divisor::n_minus_1),
     433.57142857142857},
    {"noisy_wasserstein_risk_mean(schedule(3000, 7), numbers(3000, 1e-3), numbers(3000, 2), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(3000, 7), numbers(3000, 1e-3), numbers(3000, 2), divisor::n), 5.0},
    {"noisy_wasserstein_risk_mean(schedule(1000, 1000000000), numbers(1000, 1e-30), numbers(1000, 0), divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule(1000, 1000000000), numbers(1000, 1e-30), numbers(1000, 0), divisor::n_minus_1),
     1.4999999380000051e-6},
    {"noisy_wasserstein_risk_mean(schedule(1000, 1000000000), numbers(1000, 1e-30), numbers(1000, 0), divisor::n)",
     noisy_wasserstein_risk_mean(schedule(1000, 1000000000), numbers(1000, 1e-30), numbers(1000, 0), divisor::n),
     1.4999994385001399e-6},
    {"noisy_wasserstein_risk_mean(schedule{10, 20}, numbers{.1, 0}, numbers{0, 1}, divisor::n_minus_1)",
     noisy_wasserstein_risk_mean(schedule{10, 20}, numbers{.1, 0}, numbers{0, 1}, divisor::n_minus_1), 0.55569284076030867},
    {"noisy_log_variance_rate(100, .1, divisor::n_minus_1)", noisy_log_variance_rate(100, .1, divisor::n_minus_1),
     -0.015135018848272835},
    {"noisy_log_variance_rate(100, .1, divisor::n)", noisy_log_variance_rate(100, .1, divisor::n), -0.025185354701774276},
    {"noisy_log_variance_rate(10, .5, divisor::n_minus_1)", noisy_log_variance_rate(10, .5, divisor::n_minus_1),
     -0.24020647041674517},
    {"noisy_log_variance_rate(10, .5, divisor::n)", noisy_log_variance_rate(10, .5, divisor::n), -0.34556698607457147},
    {"noisy_log_variance_rate(1000, .001, divisor::n_minus_1)", noisy_log_variance_rate(1000, .001, divisor::n_minus_1),
     -0.0010018350018684683},
    {"noisy_log_variance_rate(1000, .001, divisor::n)", noisy_log_variance_rate(1000, .001, divisor::n),
     -0.0020023353354520018},
    {"noisy_log_variance_rate(2, 0, divisor::n_minus_1)", noisy_log_variance_rate(2, 0, divisor::n_minus_1),
     -1.2703628454614782},
    {"noisy_log_variance_rate(2, 0, divisor::n)", noisy_log_variance_rate(2, 0, divisor::n), -1.9635100260214235},
    {"noisy_log_variance_rate(1000000000, 1e-5, divisor::n_minus_1)",
     noisy_log_variance_rate(1000000000, 1e-5, divisor::n_minus_1), -1.0500000013333333e-9},
    {"noisy_log_variance_rate(1000000000, 1e-5, divisor::n)", noisy_log_variance_rate(1000000000, 1e-5, divisor::n),
     -2.0500000018333333e-9},
};

const value help[] = {
    {"contaminated_risk(schedule(10, 50), .2, .62)", contaminated_risk(schedule(10, 50), .2, .62), 0.032948469473105214},
    {"contaminated_risk(schedule{50, 75, 100, 125, 150, 175, 200, 225, 250, 275}, .2, .62)",
     contaminated_risk(schedule{50, 75, 100, 125, 150, 175, 200, 225, 250, 275}, .2, .62), 0.0078025757960803396},
    {"contaminated_risk(schedule(500, 2), .001, .999)", contaminated_risk(schedule(500, 2), .001, .999),
     0.99700698304090124},
    {"contaminated_risk(schedule(1000, 1000000), 0, .62)", contaminated_risk(schedule(1000, 1000000), 0, .62),
     6.196904129978665e-4},
    {"contaminated_risk(schedule(3, 7), 1, .5)", contaminated_risk(schedule(3, 7), 1, .5), 0.071428571428571429},
    {"contaminated_risk(schedule(3, 1), 0, .5)", contaminated_risk(schedule(3, 1), 0, .5), 0.5},
    {"contaminated_risk(schedule{}, .5, .5)", contaminated_risk(schedule{}, .5, .5), 0.0},
    {"contaminated_risk(schedule(1, 9), 1, 1)", contaminated_risk(schedule(1, 9), 1, 1), 0.11111111111111111},
    {"contaminated_risk(schedule(100000, 1000000000), 1e-9, 1)", contaminated_risk(schedule(100000, 1000000000), 1e-9, 1),
     9.9985001649857511e-5},
    {"contaminated_risk(schedule(20000, 3), 1e-12, .5)", contaminated_risk(schedule(20000, 3), 1e-12, .5), 0.499999999998},
    {"posterior_sampling_matrix(5, 1, 1)(0, 0)", posterior_sampling_matrix(5, 1, 1)(0, 0), 0.54545454545454545},
    {"posterior_sampling_stationary(0, 5, 1, 1)", posterior_sampling_stationary(0, 5, 1, 1), 0.16666666666666667},
    {"posterior_sampling_matrix(5, 1, 1)(0, 5)", posterior_sampling_matrix(5, 1, 1)(0, 5), 0.0021645021645021645},
    {"posterior_sampling_stationary(5, 5, 1, 1)", posterior_sampling_stationary(5, 5, 1, 1), 0.16666666666666667},
    {"posterior_sampling_matrix(10, .5, 2)(0, 0)", posterior_sampling_matrix(10, .5, 2)(0, 0), 0.73506214577462204},
    {"posterior_sampling_stationary(0, 10, .5, 2)", posterior_sampling_stationary(0, 10, .5, 2), 0.38776461121325841},
    {"posterior_sampling_matrix(10, .5, 2)(0, 10)", posterior_sampling_matrix(10, .5, 2)(0, 10), 3.6719565634595065e-7},
    {"posterior_sampling_stationary(10, 10, .5, 2)", posterior_sampling_stationary(10, 10, .5, 2), 0.0062111801242236025},
    {"posterior_sampling_matrix(3, .001, .001)(0, 0)", posterior_sampling_matrix(3, .001, .001)(0, 0), 0.99921729341658365},
    {"posterior_sampling_stationary(0, 3, .001, .001)", posterior_sampling_stationary(0, 3, .001, .001),
     0.49925149700598802},
    {"posterior_sampling_matrix(3, .001, .001)(0, 3)", posterior_sampling_matrix(3, .001, .001)(0, 3),
     3.3331104600131967e-5},
    {"posterior_sampling_stationary(3, 3, .001, .001)", posterior_sampling_stationary(3, 3, .001, .001),
     0.49925149700598802},
    {"posterior_sampling_matrix(40, 1e-9, 1e9)(17, 0)", posterior_sampling_matrix(40, 1e-9, 1e9)(17, 0),
     0.99999932000026584},
    {"posterior_sampling_stationary(0, 40, 1e-9, 1e9)", posterior_sampling_stationary(0, 40, 1e-9, 1e9),
     0.99999999999999996},
    {"posterior_sampling_matrix(40, 1e-9, 1e9)(0, 1)", posterior_sampling_matrix(40, 1e-9, 1e9)(0, 1),
     3.9999996840000251e-17},
    {"posterior_sampling_stationary(1, 40, 1e-9, 1e9)", posterior_sampling_stationary(1, 40, 1e-9, 1e9),
     3.9999998440000062e-17},
    {"posterior_sampling_matrix(40, 1e12, 3e12)(11, 30)", posterior_sampling_matrix(40, 1e12, 3e12)(11, 30),
     4.1403290193542251e-11},
    {"posterior_sampling_stationary(30, 40, 1e12, 3e12)", posterior_sampling_stationary(30, 40, 1e12, 3e12),
     4.1403290192438163e-11},
    {"posterior_sampling_matrix(1, 1e-200, 1)(0, 1)", posterior_sampling_matrix(1, 1e-200, 1)(0, 1),
     4.9999999999999999e-201},
    {"posterior_sampling_stationary(1, 1, 1e-200, 1)", posterior_sampling_stationary(1, 1, 1e-200, 1),
     9.9999999999999998e-201},
    {"posterior_sampling_matrix(60, .25, 1e-5)(60, 0)", posterior_sampling_matrix(60, .25, 1e-5)(60, 0),
     2.8990408591643407e-42},
    {"posterior_sampling_stationary(0, 60, .25, 1e-5)", posterior_sampling_stationary(0, 60, .25, 1e-5),
     1.3046887376257298e-5},
    {"posterior_sampling_matrix(30, 2, 3)(12, 15)", posterior_sampling_matrix(30, 2, 3)(12, 15), 0.075054562323040708},
    {"posterior_sampling_stationary(15, 30, 2, 3)", posterior_sampling_stationary(15, 30, 2, 3), 0.046920821114369501},
    {"posterior_sampling_stationary(0, 1000000000, 1, 1)", posterior_sampling_stationary(0, 1000000000, 1, 1),
     9.99999999e-10},
    {"posterior_sampling_stationary(12345678, 1000000000, 2, 3)", posterior_sampling_stationary(12345678, 1000000000, 2, 3),
     1.4451274844417349e-10},
    {"posterior_sampling_stationary(1000000000, 1000000000, .5, .25)",
     posterior_sampling_stationary(1000000000, 1000000000, .5, .25), 0.0038878442561484505},
    {"posterior_sampling_stationary(300000000, 1000000000, 1e-12, 1e-12)",
     posterior_sampling_stationary(300000000, 1000000000, 1e-12, 1e-12), 2.3809523809486651e-21},
    {"posterior_sampling_stationary(250000, 1000000, 1e10, 3e10)",
     posterior_sampling_stationary(250000, 1000000, 1e10, 3e10), 9.2130588297399023e-4},
    {"posterior_sampling_stationary(999999999, 1000000000, 1e-300, 5)",
     posterior_sampling_stationary(999999999, 1000000000, 1e-300, 5), 0.0},
    {"posterior_sampling_stationary(5, 1000000000000, .001, 10)", posterior_sampling_stationary(5, 1000000000000, .001, 10),
     1.9539453529899387e-4},
    {"posterior_sampling_stationary(1000, 1000000, 1e5, 1e7)", posterior_sampling_stationary(1000, 1000000, 1e5, 1e7), 0.0},
    {"posterior_sampling_stationary(0, 1, 1e-300, 1e-300)", posterior_sampling_stationary(0, 1, 1e-300, 1e-300), 0.5},
    {"posterior_sampling_stationary(1, 1, 1e300, 1e290)", posterior_sampling_stationary(1, 1, 1e300, 1e290), 0.9999999999},
    {"posterior_sampling_stationary(0, 1000000000, 1e9, 1e9)", posterior_sampling_stationary(0, 1000000000, 1e9, 1e9), 0.0},
    {"posterior_sampling_stationary(9, 20, 1e-8, 700)", posterior_sampling_stationary(9, 20, 1e-8, 700),
     1.3867478802140815e-24},
    {"wright_fisher_matrix(5)(2, 3)", wright_fisher_matrix(5)(2, 3), 0.2304},
    {"wright_fisher_matrix(10)(0, 0)", wright_fisher_matrix(10)(0, 0), 1.0},
    {"wright_fisher_matrix(10)(0, 1)", wright_fisher_matrix(10)(0, 1), 0.0},
    {"wright_fisher_matrix(10)(10, 10)", wright_fisher_matrix(10)(10, 10), 1.0},
    {"wright_fisher_matrix(10)(10, 9)", wright_fisher_matrix(10)(10, 9), 0.0},
    {"wright_fisher_matrix(200)(1, 150)", wright_fisher_matrix(200)(1, 150), 2.4749990942268958e-298},
    {"wright_fisher_matrix(200)(199, 3)", wright_fisher_matrix(200)(199, 3), 0.0},
    {"wright_fisher_matrix(200)(100, 100)", wright_fisher_matrix(200)(100, 100), 0.056348479009256422},
    {"wright_fisher_matrix(1)(0, 0)", wright_fisher_matrix(1)(0, 0), 1.0},
    {"wright_fisher_matrix(1)(1, 1)", wright_fisher_matrix(1)(1, 1), 1.0},
    {"pseudo_count_matrix(10, 1, 1)(3, 4)", pseudo_count_matrix(10, 1, 1)(3, 4), 0.22760758014530305},
    {"pseudo_count_matrix(20, .5, 1.5)(0, 0)", pseudo_count_matrix(20, .5, 1.5)(0, 0), 0.63141599884589214},
    {"pseudo_count_matrix(30, .01, .01)(30, 0)", pseudo_count_matrix(30, .01, .01)(30, 0), 4.7607937025325379e-105},
    {"pseudo_count_matrix(30, 0, 0)(3, 4)", pseudo_count_matrix(30, 0, 0)(3, 4), 0.17706594917425698},
    {"pseudo_count_matrix(30, 0, 0)(0, 0)", pseudo_count_matrix(30, 0, 0)(0, 0), 1.0},
    {"pseudo_count_matrix(30, 0, .5)(30, 30)", pseudo_count_matrix(30, 0, .5)(30, 30), 0.60903529423886615},
    {"pseudo_count_matrix(100, 1e-15, 1e-3)(0, 2)", pseudo_count_matrix(100, 1e-15, 1e-3)(0, 2), 4.949901001484976e-31},
    {"pseudo_count_matrix(100, 1e12, 1)(50, 99)", pseudo_count_matrix(100, 1e12, 1)(50, 99), 5.0999999737350001e-9},
    {"pseudo_count_matrix(7, 2, 1e20)(7, 7)", pseudo_count_matrix(7, 2, 1e20)(7, 7), 4.782969e-134},
    {"pseudo_count_variance(10, 1, 1)", pseudo_count_variance(10, 1, 1), 0.046296296296296296},
    {"pseudo_count_variance(20, .5, 1.5)", pseudo_count_variance(20, .5, 1.5), 0.036057692307692308},
    {"pseudo_count_variance(30, .01, .01)", pseudo_count_variance(30, .01, .01), 0.24038153357008243},
    {"pseudo_count_variance(12, 2, 3)", pseudo_count_variance(12, 2, 3), 0.018343949044585987},
    {"pseudo_count_variance(1, 1, 3)", pseudo_count_variance(1, 1, 3), 0.0075},
    {"pseudo_count_variance(1000000000, 1e-9, 2e-9)", pseudo_count_variance(1000000000, 1e-9, 2e-9), 0.2222222208888889},
    {"pseudo_count_variance(1000000000, 1e15, 1)", pseudo_count_variance(1000000000, 1e15, 1), 9.9999800000399599e-37},
    {"pseudo_count_variance(1000, 0, 1)", pseudo_count_variance(1000, 0, 1), 0.0},
    {"pseudo_count_variance(3, 1e-200, 1e-200)", pseudo_count_variance(3, 1e-200, 1e-200), 0.25},
    {"pseudo_count_variance(50, 1e10, 1e8)", pseudo_count_variance(50, 1e10, 1e8), 4.8049016748407975e-21},
    {"fresh_points_variance(.3, 9, 1)", fresh_points_variance(.3, 9, 1), 0.075},
    {"fresh_points_variance(.5, 19, 1)", fresh_points_variance(.5, 19, 1), 0.086206896551724138},
    {"fresh_points_variance(.01, 49, 1)", fresh_points_variance(.01, 49, 1), 0.0033445945945945946},
    {"fresh_points_variance(.2, 16, 4)", fresh_points_variance(.2, 16, 4), 0.02},
    {"fresh_points_variance(.3, 0, 5)", fresh_points_variance(.3, 0, 5), 0.042},
    {"fresh_points_variance(.3, 5, 0)", fresh_points_variance(.3, 5, 0), 0.21},
    {"fresh_points_variance(0, 5, 1)", fresh_points_variance(0, 5, 1), 0.0},
    {"fresh_points_variance(1, 5, 1)", fresh_points_variance(1, 5, 1), 0.0},
    {"fresh_points_variance(.25, 1000000000000, 1)", fresh_points_variance(.25, 1000000000000, 1), 0.062500000000041667},
    {"fresh_points_variance(.1, 3, 1000000000000)", fresh_points_variance(.1, 3, 1000000000000), 8.999999999973e-14},
    {"fresh_points_variance(.5, 1000000000, 1000000000)", fresh_points_variance(.5, 1000000000, 1000000000),
     1.6666666661111111e-10},
};

const value scaling[] = {
    {"zipf_exact_missing_mass(10000, 2, 1e2)", zipf_exact_missing_mass(10000, 2, 1e2), 0.06878178882430045},
    {"zipf_exact_missing_mass(10000, 2, 1e4)", zipf_exact_missing_mass(10000, 2, 1e4), 0.0068490417743659268},
    {"zipf_exact_missing_mass(10000, 2, 1e6)", zipf_exact_missing_mass(10000, 2, 1e6), 6.3033864093908874e-4},
    {"zipf_exact_missing_mass(1000, 1.5, 500)", zipf_exact_missing_mass(1000, 1.5, 500), 0.095763241678702014},
    {"zipf_exact_missing_mass(1, 2, 3)", zipf_exact_missing_mass(1, 2, 3), 0.0},
    {"zipf_exact_missing_mass(1, 2, 0)", zipf_exact_missing_mass(1, 2, 0), 1.0},
    {"zipf_exact_missing_mass(100, 0, 50)", zipf_exact_missing_mass(100, 0, 50), 0.60500606713753665},
    {"zipf_exact_missing_mass(2, 30, 1)", zipf_exact_missing_mass(2, 30, 1), 1.8626451457615101e-9},
    {"zipf_exact_missing_mass(1000, 60, 1)", zipf_exact_missing_mass(1000, 60, 1), 1.7347234760239867e-18},
    {"zipf_exact_missing_mass(1000, 60, 1e18)", zipf_exact_missing_mass(1000, 60, 1e18), 3.6434250803479983e-19},
    {"zipf_exact_missing_mass(50, 1.1, 0)", zipf_exact_missing_mass(50, 1.1, 0), 1.0},
    {"zipf_exact_missing_mass(50, 1.1, 1e-12)", zipf_exact_missing_mass(50, 1.1, 1e-12), 0.99999999999988654},
    {"zipf_exact_missing_mass(7, .3, .5)", zipf_exact_missing_mass(7, .3, .5), 0.9224671672653731},
    {"zipf_exact_missing_mass(20000, 1.1, 1e9)", zipf_exact_missing_mass(20000, 1.1, 1e9), 0.0},
    {"zipf_exact_missing_mass(5, 1, 1e4)", zipf_exact_missing_mass(5, 1, 1e4), 0.0},
    {"zipf_exact_missing_mass(100000, 1.5, 1e2)", zipf_exact_missing_mass(100000, 1.5, 1e2), 0.2003042268014},
    {"zipf_exact_missing_mass(100000, 1.5, 1e4)", zipf_exact_missing_mass(100000, 1.5, 1e4), 0.04134623401578},
    {"zipf_exact_missing_mass(100000, 1.5, 1e6)", zipf_exact_missing_mass(100000, 1.5, 1e6), 0.007011289718109},
    {"zipf_exact_missing_mass(100000, 1.1, 1e2)", zipf_exact_missing_mass(100000, 1.1, 1e2), 0.5892908051678},
    {"zipf_exact_missing_mass(100000, 1.1, 1e4)", zipf_exact_missing_mass(100000, 1.1, 1e4), 0.2424511097569},
    {"zipf_exact_missing_mass(100000, 1.1, 1e6)", zipf_exact_missing_mass(100000, 1.1, 1e6), 0.02727420556977},
    {"zipf_exact_missing_mass(1000000000, 1.5, 1e8)", zipf_exact_missing_mass(1000000000, 1.5, 1e8), 0.0020043506405180312},
    {"zipf_exact_missing_mass(1000000000000, 1.2, 1e10)", zipf_exact_missing_mass(1000000000000, 1.2, 1e10),
     0.020309093042715385},
    {"zipf_exact_missing_mass(3000000, 2, 1e12)", zipf_exact_missing_mass(3000000, 2, 1e12), 4.9281766162271632e-7},
};

}  // namespace

TEST_CASE("theory/noisy, contamination, scaling: values of 50 digits") {
  check_values(noise);
  check_values(help);
  check_values(scaling);
}

TEST_CASE("theory/noisy: no noise is the chain without it") {
  const schedule m{10, 30, 30, 1000};
  const numbers none(4, 0.0);
  for (const divisor by : {divisor::n, divisor::n_minus_1}) {
    CHECK_CLOSE(noisy_wasserstein_risk_mean(m, none, none, by), wasserstein_risk_mean(m, by), 1e-15);
    CHECK_CLOSE(noisy_log_variance_rate(50, 0, by), log_variance_rate(50, by), 1e-15);
    CHECK(noisy_wasserstein_risk_mean(schedule{}, numbers{}, numbers{}, by) == 0);
  }
  CHECK_CLOSE(noisy_mean_error(m, none, 3), mean_error(m, divisor::n_minus_1, std::sqrt(3.0)), 1e-15);
}

TEST_CASE("theory/contamination: the risk by every outcome of a small chain") {
  // Two symbols, M = 4: the law of the count, generation by generation. Real draws at random (right), or one of the four always (wrong).
  const Index m = 4;
  const double p = 0.3, alpha = 0.25;
  const auto risk = [&](bool at_random, int generations) {
    std::vector<double> law(5, 0.0);
    double result = 0;
    for (int t = 0; t < generations; ++t) {
      std::vector<double> next(5, 0.0);
      const auto step = [&](double model, double weight, bool first) {
        for (int k = 0; k <= 4; ++k) {
          const double mixed = alpha * p + (1 - alpha) * model;
          if (first || at_random) {
            next[static_cast<std::size_t>(k)] += weight * theory::detail::binomial(k, 4, 4 * mixed, 4 * (1 - mixed));
          } else {
            for (int fresh = 0; fresh <= 1; ++fresh)
              next[static_cast<std::size_t>(k)] +=
                  weight * (fresh == 1 ? p : 1 - p) * theory::detail::binomial(k - fresh, 3, 3 * model, 3 * (1 - model));
          }
        }
      };
      if (t == 0)
        step(p, 1, true);
      else
        for (int j = 0; j <= 4; ++j) step(j / 4.0, law[static_cast<std::size_t>(j)], false);
      law = next;
    }
    for (int k = 0; k <= 4; ++k) result += 2 * law[static_cast<std::size_t>(k)] * (k / 4.0 - p) * (k / 4.0 - p);
    return result;
  };
  for (const int n : {1, 2, 7}) {
    const double value = contaminated_risk(schedule(static_cast<std::size_t>(n), m), alpha, 1 - p * p - (1 - p) * (1 - p));
    CHECK_CLOSE(value, risk(true, n), 1e-13);
    CHECK_FALSE(simulacra_test::close(value, risk(false, n) + (n == 1), 1e-3));
  }
}

TEST_CASE("theory/contamination: matrices are chains with the stationary laws that are said") {
  const auto stationary = [](const Eigen::MatrixXd& chain) {
    Eigen::RowVectorXd law = Eigen::RowVectorXd::Constant(chain.rows(), 1.0 / static_cast<double>(chain.rows()));
    for (int step = 0; step < 2'000; ++step) law = law * chain;
    return law;
  };
  for (const auto& [a, b] : {std::pair{0.5, 2.0}, std::pair{3.0, 0.25}, std::pair{1.0, 1.0}}) {
    const Index m = 12;
    const Eigen::MatrixXd drawn = posterior_sampling_matrix(m, a, b), mean = pseudo_count_matrix(m, a, b);
    for (const auto& chain : {drawn, mean, wright_fisher_matrix(m)})
      CHECK((chain.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-14);
    double variance = 0, centre = a / (a + b);
    const Eigen::RowVectorXd law = stationary(mean);
    for (Index k = 0; k <= m; ++k) {
      for (Index j = 0; j <= m; ++j)  // reversible
        CHECK_CLOSE(drawn(j, k) * posterior_sampling_stationary(j, m, a, b),
                    drawn(k, j) * posterior_sampling_stationary(k, m, a, b), 1e-12);
      const double fitted = (static_cast<double>(k) + a) / (static_cast<double>(m) + a + b);
      variance += law(k) * (fitted - centre) * (fitted - centre);
    }
    CHECK_CLOSE(pseudo_count_variance(m, a, b), variance, 1e-11);
    CHECK_FALSE(simulacra_test::close(pseudo_count_variance(m + 1, a, b), variance, 1e-3));
    // The eigenvalue of the first eigenfunction, k less its mean.
    Eigen::VectorXd function(m + 1);
    for (Index k = 0; k <= m; ++k) function(k) = static_cast<double>(k) - static_cast<double>(m) * centre;
    const double eigenvalue = static_cast<double>(m) / (static_cast<double>(m) + a + b);
    CHECK((drawn * function - eigenvalue * function).cwiseAbs().maxCoeff() < 1e-12);
    // The posterior's mean and a draw from it are different chains.
    CHECK((drawn - mean).cwiseAbs().maxCoeff() > 0.01);
  }
  CHECK((pseudo_count_matrix(9, 0, 0) - wright_fisher_matrix(9)).cwiseAbs().maxCoeff() < 1e-15);
  // A fresh point beside m synthetic ones, the whole chain of counts among m + 1.
  const double p = 0.3;
  const Index m = 9;
  Eigen::MatrixXd fresh = Eigen::MatrixXd::Zero(m + 2, m + 2);
  for (Index j = 0; j <= m + 1; ++j)
    for (Index k = 0; k <= m; ++k) {
      const double model = static_cast<double>(j) / static_cast<double>(m + 1), all = static_cast<double>(m);
      const double synthetic = theory::detail::binomial(static_cast<double>(k), all, all * model, all * (1 - model));
      fresh(j, k) += (1 - p) * synthetic;
      fresh(j, k + 1) += p * synthetic;
    }
  const Eigen::RowVectorXd law = stationary(fresh);
  double variance = 0;
  for (Index k = 0; k <= m + 1; ++k) {
    const double fitted = static_cast<double>(k) / static_cast<double>(m + 1);
    variance += law(k) * (fitted - p) * (fitted - p);
  }
  CHECK_CLOSE(fresh_points_variance(p, m, 1), variance, 1e-11);
}

TEST_CASE("theory/scaling: blocks of terms are sums") {
  // The same sum in one piece of terms and in blocks.
  double sum = 0, whole = 0;
  const Index symbols = 300'000;
  for (Index i = symbols; i >= 1; --i) whole += std::pow(static_cast<double>(i), -1.3);
  for (Index i = symbols; i >= 1; --i) {
    const double p = std::pow(static_cast<double>(i), -1.3) / whole;
    sum += p * std::exp(1e6 * std::log1p(-p));
  }
  CHECK_CLOSE(zipf_exact_missing_mass(symbols, 1.3, 1e6), sum, 1e-12);
}

TEST_CASE("theory/noisy, contamination, scaling: arguments") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  refuses([] { return noisy_mean_error(schedule{9, 1}, numbers{0, 0}); }, "noisy_mean_error: argument 'schedule' is 1;");
  refuses([] { return noisy_mean_error(schedule{9}, numbers{0, 0}); }, "noisy_mean_error: argument 'mean_noise' is 2;");
  refuses([] { return noisy_mean_error(schedule{9}, numbers{-1}); }, "noisy_mean_error: argument 'mean_noise' is -1;");
  refuses([] { return noisy_wasserstein_risk_mean(schedule{9}, numbers{0}, numbers{}, divisor::n); },
          "noisy_wasserstein_risk_mean: argument 'log_noise' is 0;");
  refuses([] { return noisy_log_variance_rate(1, 0, divisor::n); }, "noisy_log_variance_rate: argument 'samples' is 1;");
  refuses([] { return noisy_log_variance_rate(9, nan, divisor::n); },
          "noisy_log_variance_rate: argument 'log_noise' is nan;");
  refuses([] { return contaminated_risk(schedule{0}, .1, .1); }, "contaminated_risk: argument 'schedule' is 0;");
  refuses([] { return contaminated_risk(schedule{1}, 1.5, .1); }, "contaminated_risk: argument 'alpha' is 1.5;");
  refuses([] { return contaminated_risk(schedule{1}, .5, nan); }, "contaminated_risk: argument 'diversity' is nan;");
  refuses([] { return wright_fisher_matrix(0); }, "wright_fisher_matrix: argument 'samples' is 0;");
  refuses([] { return wright_fisher_matrix(1'000'000'000); }, "wright_fisher_matrix: argument 'samples' is 1000000000;");
  refuses([] { return posterior_sampling_matrix(3, 0, 1); }, "posterior_sampling_matrix: argument 'a' is 0;");
  refuses([] { return pseudo_count_matrix(3, 1, -1); }, "pseudo_count_matrix: argument 'b' is -1;");
  refuses([] { return posterior_sampling_stationary(4, 3, 1, 1); }, "posterior_sampling_stationary: argument 'count' is 4;");
  refuses([] { return pseudo_count_variance(3, 0, 0); }, "pseudo_count_variance: argument 'a + b' is 0;");
  refuses([] { return fresh_points_variance(.5, 0, 0); }, "fresh_points_variance: argument 'real' is 0;");
  refuses([] { return zipf_exact_missing_mass(0, 1, 1); }, "zipf_exact_missing_mass: argument 'symbols' is 0;");
  refuses([] { return zipf_exact_missing_mass(3, 1, -1); }, "zipf_exact_missing_mass: argument 'samples' is -1;");
}
