#include "theory/values.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/theory/averaged_fits.hpp>
#include <simulacra/theory/contamination.hpp>
#include <simulacra/theory/logistic.hpp>
#include <simulacra/theory/mixed_extinction.hpp>
#include <simulacra/theory/mixed_labels.hpp>
#include <simulacra/theory/scaling.hpp>
#include <simulacra/theory/schedules.hpp>

// Scaling laws, schedules without end, paths under priors, weighted fits. The right values are mpmath's (30 to 80 digits).
namespace {

using namespace simulacra;
using namespace simulacra::theory;
using simulacra_test::check_values;
using simulacra_test::infinity;
using simulacra_test::refuses;
using simulacra_test::value;
using numbers = std::vector<double>;

const value values[] = {
    {"zipf_cut_missing_mass(100000, 1.5, 100, 1e2)", zipf_cut_missing_mass(100000, 1.5, 100, 1e2), 0.1959440387483},
    {"zipf_cut_missing_mass(100000, 1.5, 100, 1e4)", zipf_cut_missing_mass(100000, 1.5, 100, 1e4), 0.07421533307702},
    {"zipf_cut_missing_mass(100000, 1.5, 100, 1e6)", zipf_cut_missing_mass(100000, 1.5, 100, 1e6), 0.07412622570234},
    {"zipf_cut_missing_mass(100000, 1.1, 1000, 1e2)", zipf_cut_missing_mass(100000, 1.1, 1000, 1e2), 0.5636836763024},
    {"zipf_cut_missing_mass(100000, 1.1, 1000, 1e4)", zipf_cut_missing_mass(100000, 1.1, 1000, 1e4), 0.2658789784018},
    {"zipf_cut_missing_mass(100000, 1.1, 1000, 1e6)", zipf_cut_missing_mass(100000, 1.1, 1000, 1e6), 0.2491650171147},
    {"zipf_cut_missing_mass(100000, 1.5, 99999, 1e2)", zipf_cut_missing_mass(100000, 1.5, 99999, 1e2), 0.2003042259814},
    {"zipf_cut_missing_mass(100000, 1.5, 99999, 1e4)", zipf_cut_missing_mass(100000, 1.5, 99999, 1e4), 0.0413462338402},
    {"zipf_cut_missing_mass(100000, 1.5, 99999, 1e6)", zipf_cut_missing_mass(100000, 1.5, 99999, 1e6), 0.007011289826405},
    {"mixed_survival_exponent(0, 5)", mixed_survival_exponent(0, 5), 0.312079709975056},
    {"mixed_survival_exponent(.1, 5)", mixed_survival_exponent(.1, 5), 0.475910790232091},
    {"mixed_survival_exponent(.1, 100)", mixed_survival_exponent(.1, 100), 0.399745424734069},
    {"mixed_survival_exponent(.5, 1000)", mixed_survival_exponent(.5, 1000), 0.870268046969296},
    {"mixed_survival_exponent(1, 7)", mixed_survival_exponent(1, 7), 1.0},
    {"mixed_survival_exponent(.3, 1)", mixed_survival_exponent(.3, 1), 1.0},
    {"mixed_survival_exponent(.3, 2)", mixed_survival_exponent(.3, 2), 0.80341469620859048},
    {"mixed_survival_exponent(1e-3, 4000)", mixed_survival_exponent(1e-3, 4000), 0.012646116471444006},
    {"mixed_survival_exponent(0, 300)", mixed_survival_exponent(0, 300), 0.0066071513306176599},
    {"fresh_points_extinction(.05, 18, 2, 5)", fresh_points_extinction(.05, 18, 2, 5), 0.605712805140453},
    {"fresh_points_extinction(.05, 10, 10, 5)", fresh_points_extinction(.05, 10, 10, 5), 0.405669702834288},
    {"fresh_points_extinction(.001, 27, 3, 10)", fresh_points_extinction(.001, 27, 3, 10), 0.987233402686289},
    {"fresh_points_extinction(.3, 0, 5, 4)", fresh_points_extinction(.3, 0, 5, 4), 0.16807000000000001},
    {"fresh_points_extinction(.3, 5, 0, 1)", fresh_points_extinction(.3, 5, 0, 1), 0.16807000000000001},
    {"fresh_points_extinction(.3, 9, 1, 400)", fresh_points_extinction(.3, 9, 1, 400), 0.218179170316328},
    {"contaminated_extinction(.05, 20, .1, 1)", contaminated_extinction(.05, 20, .1, 1), 0.35848592240854221},
    {"contaminated_extinction(.25, 7, 1, 9)", contaminated_extinction(.25, 7, 1, 9), 0.13348388671875},
    {"contaminated_extinction(0, 7, .2, 9)", contaminated_extinction(0, 7, .2, 9), 1.0},
    {"contaminated_extinction(1, 7, .2, 9)", contaminated_extinction(1, 7, .2, 9), 0.0},
    {"contaminated_extinction(.9, 12, .3, 2)", contaminated_extinction(.9, 12, .3, 2), 1.5199374214936977e-8},
    {"contaminated_extinction(.9, 12, .3, 3)", contaminated_extinction(.9, 12, .3, 3), 1.949036275185002e-7},
    {"contaminated_extinction(.5, 9, 0, 40)", contaminated_extinction(.5, 9, 0, 40), 0.49405367759886642},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e2, .1, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e2, .1, 5), 0.25780941329},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e4, .1, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e4, .1, 5), 0.0536402196051},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e6, .1, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e6, .1, 5), 0.00965591076106},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e2, 0, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e2, 0, 5), 0.297141566378},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e4, 0, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e4, 0, 5), 0.0621080187824},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e6, 0, 5)", zipf_mixed_missing_mass(100000, 1.5, 1e6, 0, 5), 0.0114790425428},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e2, .1, 50)", zipf_mixed_missing_mass(100000, 1.5, 1e2, .1, 50), 0.273387718264},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e4, .1, 50)", zipf_mixed_missing_mass(100000, 1.5, 1e4, .1, 50),
     0.0569961222769},
    {"zipf_mixed_missing_mass(100000, 1.5, 1e6, .1, 50)", zipf_mixed_missing_mass(100000, 1.5, 1e6, .1, 50),
     0.0103783602627},
    {"log_log_fit(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{0.2003042268014, 0.09186041585014, 0.04134623401578, "
     "0.01789191464998, 0.007011289718109}).slope",
     log_log_fit(numbers{1e2, 1e3, 1e4, 1e5, 1e6},
                 numbers{0.2003042268014, 0.09186041585014, 0.04134623401578, 0.01789191464998, 0.007011289718109})
         .slope,
     -0.362225599051},
    {"log_log_fit(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{0.2003042268014, 0.09186041585014, 0.04134623401578, "
     "0.01789191464998, 0.007011289718109}).intercept",
     log_log_fit(numbers{1e2, 1e3, 1e4, 1e5, 1e6},
                 numbers{0.2003042268014, 0.09186041585014, 0.04134623401578, 0.01789191464998, 0.007011289718109})
         .intercept,
     0.103257674562},
    {"log_log_slope_error(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{.1, .05, .02, .01, .005})",
     log_log_slope_error(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{.1, .05, .02, .01, .005}), 0.00897425175844533},
    {"log_log_slope_error(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{0, 0, 0, 0, .5})",
     log_log_slope_error(numbers{1e2, 1e3, 1e4, 1e5, 1e6}, numbers{0, 0, 0, 0, .5}), 0.0434294481903252},
    {"scaling_crossover(1, .5, .01)", scaling_crossover(1, .5, .01), 10000.0},
    {"scaling_crossover(.94, .35, .001)", scaling_crossover(.94, .35, .001), 3.12356832595064e+8},
    {"scaling_crossover(5, 2, 1e-12)", scaling_crossover(5, 2, 1e-12), 2236067.97749979},
    {"posterior_sampling_mean(1, 10, 1, 1, 10).mean", posterior_sampling_mean(1, 10, 1, 1, 10).mean, 0.385543289429532},
    {"posterior_sampling_mean(1, 10, 1, 1, 10).variance", posterior_sampling_mean(1, 10, 1, 1, 10).variance,
     0.851356371975856},
    {"posterior_sampling_mean(1, 5, 100, 1, 10).mean", posterior_sampling_mean(1, 5, 100, 1, 10).mean, 0.980218251376255},
    {"posterior_sampling_mean(1, 5, 100, 1, 10).variance", posterior_sampling_mean(1, 5, 100, 1, 10).variance,
     3.91721796688772},
    {"posterior_sampling_mean(1, 1, 1e-4, 1, 10).mean", posterior_sampling_mean(1, 1, 1e-4, 1, 10).mean,
     9.9900054978007196e-41},
    {"posterior_sampling_mean(1, 1, 1e-4, 1, 10).variance", posterior_sampling_mean(1, 1, 1e-4, 1, 10).variance, 1.0e-4},
    {"posterior_sampling_mean(1, 1000000000, 1, 1, 1000000000).mean",
     posterior_sampling_mean(1, 1000000000, 1, 1, 1000000000).mean, 0.36787944135538204},
    {"posterior_sampling_mean(1, 1000000000, 1, 1, 1000000000).variance",
     posterior_sampling_mean(1, 1000000000, 1, 1, 1000000000).variance, 0.86466471662805202},
    {"posterior_sampling_mean(1, 3, 1, 1e20, 5).mean", posterior_sampling_mean(1, 3, 1, 1e20, 5).mean, 2.43e-98},
    {"posterior_sampling_mean(1, 3, 1, 1e20, 5).variance", posterior_sampling_mean(1, 3, 1, 1e20, 5).variance, 1.0},
    {"posterior_sampling_mean(1, 7, 1, 1, 0).mean", posterior_sampling_mean(1, 7, 1, 1, 0).mean, 1.0},
    {"posterior_sampling_mean(1, 7, 1, 1, 0).variance", posterior_sampling_mean(1, 7, 1, 1, 0).variance, 0.0},
    {"pseudo_count_path(.3, 20, .5, 1.5, 5).mean", pseudo_count_path(.3, 20, .5, 1.5, 5).mean, 0.281046066152958},
    {"pseudo_count_path(.3, 20, .5, 1.5, 5).variance", pseudo_count_path(.3, 20, .5, 1.5, 5).variance, 0.0277709943192367},
    {"pseudo_count_path(.01, 1000, 1, 1, 50).mean", pseudo_count_path(.01, 1000, 1, 1, 50).mean, 0.0565853849453818},
    {"pseudo_count_path(.01, 1000, 1, 1, 50).variance", pseudo_count_path(.01, 1000, 1, 1, 50).variance,
     0.00145054168543272},
    {"pseudo_count_path(.5, 2, 1e-6, 1e-6, 10).mean", pseudo_count_path(.5, 2, 1e-6, 1e-6, 10).mean, 0.5},
    {"pseudo_count_path(.5, 2, 1e-6, 1e-6, 10).variance", pseudo_count_path(.5, 2, 1e-6, 1e-6, 10).variance,
     0.249754865237801},
    {"pseudo_count_path(.5, 50, .3, .7, 100000).variance", pseudo_count_path(.5, 50, .3, .7, 100000).variance,
     0.069536423841059606},
    {"logistic_fixed_slope(1, .5, .5)", logistic_fixed_slope(1, .5, .5), 2.76400768914},
    {"logistic_fixed_slope(1, .5, 2)", logistic_fixed_slope(1, .5, 2), 0.917605848386},
    {"logistic_fixed_slope(2, .9, .95)", logistic_fixed_slope(2, .9, .95), 5.3344032032},
    {"logistic_fixed_slope(3, .99, 1)", logistic_fixed_slope(3, .99, 1), 6.0},
    {"logistic_fixed_slope(1, 0, 1)", logistic_fixed_slope(1, 0, 1), 2.0},
    {"logistic_fixed_slope(-1, .5, .5)", logistic_fixed_slope(-1, .5, .5), -2.76400768914},
    {"logistic_large_sample(1, 2).information", logistic_large_sample(1, 2).information, 0.066522081901139},
    {"logistic_large_sample(1, 2).bias", logistic_large_sample(1, 2).bias, 8.1351014907494},
    {"logistic_large_sample(.2, .4).information", logistic_large_sample(.2, .4).information, 0.2314497724037},
    {"logistic_large_sample(.2, .4).bias", logistic_large_sample(.2, .4).bias, 1.1764393750799},
    {"logistic_large_sample(3, 6).information", logistic_large_sample(3, 6).information, 1.940085701511e-4},
    {"logistic_large_sample(3, 6).bias", logistic_large_sample(3, 6).bias, 1926.7776294477},
    {"power_schedule_limit(100, 1.1).wasserstein", power_schedule_limit(100, 1.1).wasserstein, 0.15814572096216},
    {"power_schedule_limit(100, 1.1).mean_error", power_schedule_limit(100, 1.1).mean_error, 0.105844484649508},
    {"power_schedule_limit(10, 1.1).wasserstein", power_schedule_limit(10, 1.1).wasserstein, 1.52953377799111},
    {"power_schedule_limit(10, 1.1).mean_error", power_schedule_limit(10, 1.1).mean_error, 1.05844484649508},
    {"power_schedule_limit(2, 1.1).wasserstein", power_schedule_limit(2, 1.1).wasserstein, 6.82728166653828},
    {"power_schedule_limit(2, 1.1).mean_error", power_schedule_limit(2, 1.1).mean_error, 5.2922242324754},
    {"power_schedule_limit(100, 2).wasserstein", power_schedule_limit(100, 2).wasserstein, 0.0247114408575793},
    {"power_schedule_limit(100, 2).mean_error", power_schedule_limit(100, 2).mean_error, 0.0164493406684823},
    {"power_schedule_limit(10, 2).wasserstein", power_schedule_limit(10, 2).wasserstein, 0.25068934380795},
    {"power_schedule_limit(10, 2).mean_error", power_schedule_limit(10, 2).mean_error, 0.164493406684823},
    {"power_schedule_limit(2, 2).wasserstein", power_schedule_limit(2, 2).wasserstein, 1.3585607622476},
    {"power_schedule_limit(2, 2).mean_error", power_schedule_limit(2, 2).mean_error, 0.822467033424113},
    {"power_schedule_limit(3, 1.0001).mean_error", power_schedule_limit(3, 1.0001).mean_error, 3333.525740982513},
    {"power_schedule_limit(3, 300).mean_error", power_schedule_limit(3, 300).mean_error, 0.33333333333333333},
    {"power_schedule_limit(3, 1).wasserstein", power_schedule_limit(3, 1).wasserstein, infinity},
    {"geometric_schedule_limit(100, 2).wasserstein", geometric_schedule_limit(100, 2).wasserstein, 0.0300418511376953},
    {"geometric_schedule_limit(100, 2).mean_error", geometric_schedule_limit(100, 2).mean_error, 0.02},
    {"geometric_schedule_limit(10, 2).wasserstein", geometric_schedule_limit(10, 2).wasserstein, 0.304349985135767},
    {"geometric_schedule_limit(10, 2).mean_error", geometric_schedule_limit(10, 2).mean_error, 0.2},
    {"geometric_schedule_limit(2, 2).wasserstein", geometric_schedule_limit(2, 2).wasserstein, 1.62672610631178},
    {"geometric_schedule_limit(2, 2).mean_error", geometric_schedule_limit(2, 2).mean_error, 1.0},
    {"geometric_schedule_limit(50, 1.25).wasserstein", geometric_schedule_limit(50, 1.25).wasserstein, 0.14992866616442909},
    {"averaged_fits_weight(5, 25, 25)", averaged_fits_weight(5, 25, 25), 0.618033988749895},
    {"averaged_fits_risk(5, 25, 25, averaged_fits_weight(5, 25, 25), 1000000000)",
     averaged_fits_risk(5, 25, 25, averaged_fits_weight(5, 25, 25), 1000000000), 0.162640523355235},
    {"averaged_fits_weight(5, 20, 60)", averaged_fits_weight(5, 20, 60), 0.395787442930041},
    {"averaged_fits_risk(5, 20, 60, averaged_fits_weight(5, 20, 60), 1000000000)",
     averaged_fits_risk(5, 20, 60, averaged_fits_weight(5, 20, 60), 1000000000), 0.1413526581893},
    {"averaged_fits_weight(10, 10000, 13)", averaged_fits_weight(10, 10000, 13), 0.999799859893915},
    {"averaged_fits_risk(10, 10000, 13, averaged_fits_weight(10, 10000, 13), 1000000000)",
     averaged_fits_risk(10, 10000, 13, averaged_fits_weight(10, 10000, 13), 1000000000), 0.00100090085082983},
    {"averaged_fits_risk(3, 12, 12, averaged_fits_weight(3, 12, 12), 6)",
     averaged_fits_risk(3, 12, 12, averaged_fits_weight(3, 12, 12), 6), 0.231772214760839},
    {"averaged_fits_risk(3, 12, 9, 0, 20)", averaged_fits_risk(3, 12, 9, 0, 20), 11.775},
    {"averaged_fits_risk(3, 12, 9, 1, 20)", averaged_fits_risk(3, 12, 9, 1, 20), 0.375},
    {"averaged_fits_risk(3, 12, 9, 1e-9, 2000)", averaged_fits_risk(3, 12, 9, 1e-9, 2000), 1199.7725997039494},
    {"weighted_fit_step(10, 10, .5).factor", weighted_fit_step(10, 10, .5).factor, 0.272727272727273},
    {"weighted_fit_step(10, 10, .5).noise", weighted_fit_step(10, 10, .5).noise, 0.0555555555555556},
    {"risk_step_limit(weighted_fit_step(10, 10, .5))", risk_step_limit(weighted_fit_step(10, 10, .5)), 0.0763888888888889},
    {"weighted_fit_step(10, 40, .4).factor", weighted_fit_step(10, 40, .4).factor, 0.386884651626037},
    {"weighted_fit_step(10, 40, .4).noise", weighted_fit_step(10, 40, .4).noise, 0.0257016481262327},
    {"risk_step_limit(weighted_fit_step(10, 40, .4))", risk_step_limit(weighted_fit_step(10, 40, .4)), 0.0419197597880982},
    {"weighted_fit_step(4, 400, .9).factor", weighted_fit_step(4, 400, .9).factor, 0.0363594502164115},
    {"weighted_fit_step(4, 400, .9).noise", weighted_fit_step(4, 400, .9).noise, 0.260729885619064},
    {"risk_step_limit(weighted_fit_step(4, 400, .9))", risk_step_limit(weighted_fit_step(4, 400, .9)), 0.270567573850662},
    {"weighted_fit_step(3, 3, 1e-6).factor", weighted_fit_step(3, 3, 1e-6).factor, 0.99999401994911376},
    {"weighted_fit_step(3, 3, 1e-6).noise", weighted_fit_step(3, 3, 1e-6).noise, 0.99700598951797042},
    {"weighted_fit_step(3, 7, .7).factor", weighted_fit_step(3, 7, .7).factor, 0.18424800000000003},
    {"weighted_fit_step(3, 7, .7).noise", weighted_fit_step(3, 7, .7).noise, 0.20979999999999998},
    {"weighted_fit_step(3000, 5000, .3).factor", weighted_fit_step(3000, 5000, .3).factor, 0.4900235190572294},
    {"weighted_fit_step(3000, 5000, .3).noise", weighted_fit_step(3000, 5000, .3).noise, 1.2803143191752277e-4},
    {"weighted_fit_step(1000000000, 1000000000, .5).factor", weighted_fit_step(1000000000, 1000000000, .5).factor,
     0.25000000025},
    {"weighted_fit_step(9, 5, 0).noise", weighted_fit_step(9, 5, 0).noise, 0.33333333333333333},
    {"weighted_fit_step(9, 5, 1).noise", weighted_fit_step(9, 5, 1).noise, 0.14285714285714286},
    {"weighted_fit_step_asymptotic(10, 50, 50, .6).factor", weighted_fit_step_asymptotic(10, 50, 50, .6).factor,
     0.1939213837968},
    {"weighted_fit_step_asymptotic(10, 50, 50, .6).noise", weighted_fit_step_asymptotic(10, 50, 50, .6).noise,
     0.1151548361287},
    {"risk_step_limit(weighted_fit_step_asymptotic(10, 50, 50, .6))",
     risk_step_limit(weighted_fit_step_asymptotic(10, 50, 50, .6)), 0.14285807093},
    {"weighted_fit_step_asymptotic(10, 20, 100, .3).factor", weighted_fit_step_asymptotic(10, 20, 100, .3).factor,
     0.5403060032451},
    {"weighted_fit_step_asymptotic(10, 20, 100, .3).noise", weighted_fit_step_asymptotic(10, 20, 100, .3).noise,
     0.1007848106285},
    {"risk_step_limit(weighted_fit_step_asymptotic(10, 20, 100, .3))",
     risk_step_limit(weighted_fit_step_asymptotic(10, 20, 100, .3)), 0.2192432603863},
    {"weighted_fit_step_asymptotic(40, 60, 60, .7).factor", weighted_fit_step_asymptotic(40, 60, 60, .7).factor,
     0.2415382253139},
    {"weighted_fit_step_asymptotic(40, 60, 60, .7).noise", weighted_fit_step_asymptotic(40, 60, 60, .7).noise,
     0.5597927195923},
    {"risk_step_limit(weighted_fit_step_asymptotic(40, 60, 60, .7))",
     risk_step_limit(weighted_fit_step_asymptotic(40, 60, 60, .7)), 0.7380631935261},
};

}  // namespace

TEST_CASE("theory/scaling, schedules, contamination, averaged fits: independent values") { check_values(values); }

TEST_CASE("theory/averaged fits: one weighted fit and the average of two have different best weights") {
  // The limiting risk over the weight: a parabola through three points about its least.
  const auto best = [](const auto& risk) {
    double at = 0.6;
    for (int i = 0; i < 30; ++i) {
      const double h = 1e-3, below = risk(at - h), here = risk(at), above = risk(at + h);
      at -= h * (above - below) / (above - 2 * here + below) / 2;
    }
    return at;
  };
  CHECK_CLOSE(best([](double w) { return risk_step_limit(weighted_fit_step(10, 10, w)); }), .62608288, 1e-5);
  CHECK_CLOSE(best([](double w) { return risk_step_limit(weighted_fit_step(50, 50, w)); }), .61982805, 1e-5);
  CHECK_CLOSE(best([](double w) { return averaged_fits_risk(1, 12, 12, w, 1'000'000); }), .6180339887498949, 1e-5);
  // Pooling all rows alike is the chain of mixed rows in one dimension.
  const auto pooled = weighted_fit_step(10, 40, 10.0 / 50);
  CHECK_CLOSE(pooled.factor, strong_collapse_factor(1, 50, 40), 1e-13);
  CHECK_CLOSE(pooled.noise, 1.0 / 48, 1e-13);
}

TEST_CASE("theory/scaling: local slopes of what Zipf's law loses") {
  CHECK_CLOSE(zipf_loss_slope(100'000, 1.5, 1e2, 1e3), .3385617067, 1e-9);
  CHECK_CLOSE(zipf_loss_slope(100'000, 1.1, 1e5, 1e6), .6345305671, 1e-9);
  CHECK_CLOSE(zipf_loss_slope(10'000, 2, 1e4, 1e5), .5083988303, 1e-9);
}

TEST_CASE("theory/scaling, schedules, contamination, averaged fits: arguments") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const numbers one{1}, two{1, 2}, zero{0, 1};
  refuses([] { return zipf_cut_missing_mass(9, 1, 10, 5); }, "zipf_cut_missing_mass: argument 'kept' is 10;");
  refuses([] { return zipf_loss_slope(9, 1, 5, 5); }, "zipf_loss_slope: argument 'to' is 5;");
  refuses([] { return mixed_survival_exponent(.1, 0); }, "mixed_survival_exponent: argument 'generation' is 0;");
  refuses([] { return zipf_mixed_missing_mass(9, 1, nan, .1, 1); }, "zipf_mixed_missing_mass: argument 'samples' is nan;");
  refuses([&] { return log_log_fit(two, one).slope; }, "log_log_fit: argument 'number of sizes' is 2;");
  refuses([&] { return log_log_fit(zero, two).slope; }, "log_log_fit: argument 'size' is 0;");
  refuses([&] { return log_log_slope_error(one, one); }, "log_log_slope_error: argument 'number of sizes' is 1;");
  refuses([] { return scaling_crossover(1, 0, 1); }, "scaling_crossover: argument 'exponent' is 0;");
  refuses([] { return contaminated_extinction(.5, 5000, .1, 1); }, "contaminated_extinction: argument 'samples' is 5000;");
  refuses([] { return fresh_points_extinction(.5, 0, 0, 1); }, "fresh_points_extinction: argument 'samples' is 0;");
  refuses([] { return posterior_sampling_mean(1, 5, 0, 1, 1).mean; },
          "posterior_sampling_mean: argument 'prior_variance' is 0;");
  refuses([] { return pseudo_count_path(2, 5, 0, 1, 1).mean; }, "pseudo_count_path: argument 'p' is 2;");
  refuses([] { return logistic_fixed_slope(1, 2); }, "logistic_fixed_slope: argument 'synthetic_share' is 2;");
  refuses([] { return logistic_large_sample(1, 0).bias; }, "logistic_large_sample: argument 'slope' is 0;");
  refuses([] { return power_schedule_limit(1, 2).mean_error; }, "power_schedule_limit: argument 'first' is 1;");
  refuses([] { return geometric_schedule_limit(9, 1.0001).mean_error; },
          "geometric_schedule_limit: argument 'ratio' is 1.0001;");
  refuses([] { return averaged_fits_weight(5, 9, 6); }, "averaged_fits_weight: argument 'synthetic' is 6;");
  refuses([] { return averaged_fits_risk(5, 9, 9, 2, 1); }, "averaged_fits_risk: argument 'weight' is 2;");
  refuses([] { return weighted_fit_step(2, 9, .5).noise; }, "weighted_fit_step: argument 'rows' is 2;");
  refuses([] { return weighted_fit_step_asymptotic(9, 4, 5, .5).noise; },
          "weighted_fit_step_asymptotic: argument 'dimension' is 9;");
}
