#include "theory/values.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/theory/curation.hpp>
#include <simulacra/theory/tempering.hpp>
#include <simulacra/theory/verifier.hpp>

// Mixtures under selection, the best of many, windows, thresholds and folds. The right values are mpmath's (20 to 250 digits), from the
// textbook forms.
namespace {

using namespace simulacra;
using namespace simulacra::theory;
using simulacra_test::check_values;
using simulacra_test::infinity;
using simulacra_test::refuses;
using simulacra_test::value;
using mixture = std::vector<normal_component>;

const value values[] = {
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].weight",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].weight, 0.20860852732604494},
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].mean",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].mean, -1.0},
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].variance",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[0].variance, 0.66666666666666667},
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].weight",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].weight, 0.79139147267395506},
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].mean",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].mean, 1.6666666666666667},
    {"tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].variance",
     tilted_mixture(mixture{{.5, -2, 1}, {.5, 2, 1}}, .5, 1)[1].variance, 0.66666666666666667},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].weight",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].weight, 0.41320513937541202},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].mean",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].mean, -0.5},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].variance",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[0].variance, 0.25},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].weight",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].weight, 0.58679486062458798},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].mean",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].mean, 0.5769230769230769},
    {"tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].variance",
     tilted_mixture(mixture{{.3, -1, .5}, {.7, 1.5, .8}}, 2, 0)[1].variance, 0.3076923076923077},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].weight",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].weight, 1.1241000211539083e-4},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].mean",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].mean, 4.0},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].variance",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[0].variance, 0.5},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].weight",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].weight, 0.99988758999788461},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].mean",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].mean, 8.0},
    {"tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].variance",
     tilted_mixture(mixture{{.999, 0, 1}, {.001, 8, 1}}, 1, 8)[1].variance, 0.5},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].weight",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].weight, 1.0},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].mean",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].mean, -900.99009900990099},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].variance",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[0].variance, 0.009900990099009901},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].weight",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].weight, 0.0},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].mean",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].mean, 1000.0},
    {"tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].variance",
     tilted_mixture(mixture{{.5, -1e3, 1}, {.5, 1e3, 0}}, 1e2, -900)[1].variance, 0.0},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].weight",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].weight, 0.25},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].mean",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].mean, 0.0},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].variance",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[0].variance, 1.0},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].weight",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].weight, 0.75},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].mean",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].mean, 1.0},
    {"tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].variance",
     tilted_mixture(mixture{{.25, 0, 1}, {.75, 1, 2}}, 0, 5)[1].variance, 2.0},
    {"chosen_of_two_variance(1, 1)", chosen_of_two_variance(1, 1), 0.6495418382515},
    {"chosen_of_two_variance(.1, 1)", chosen_of_two_variance(.1, 1), 0.9503660557177},
    {"chosen_of_two_variance(10, 1)", chosen_of_two_variance(10, 1), 0.3833794485955},
    {"chosen_of_two_variance(3, 2)", chosen_of_two_variance(3, 2), 0.81066985936446627},
    {"chosen_of_two_variance(-1, .5)", chosen_of_two_variance(-1, .5), 0.60912202779689542},
    {"chosen_of_two_variance(1e-6, 1)", chosen_of_two_variance(1e-6, 1), 0.9999995},
    {"chosen_of_two_variance(infinity, 3)", chosen_of_two_variance(infinity, 3), 1.090140682897256},
    {"chosen_of_two_variance(-infinity, 1)", chosen_of_two_variance(-infinity, 1), 1.6366197723675813},
    {"curated_variance_limit(.5, .5).value", curated_variance_limit(.5, .5).value, 0.78077640640441514},
    {"curated_variance_limit(.5, .5).slope", curated_variance_limit(.5, .5).slope, 0.25864128879227351},
    {"curated_variance_limit(.025, .9).value", curated_variance_limit(.025, .9).value, 0.84329554469268429},
    {"curated_variance_limit(.025, .9).slope", curated_variance_limit(.025, .9).slope, 0.86321889517283802},
    {"curated_variance_limit(100, .999).value", curated_variance_limit(100, .999).value, 0.0036957850599501386},
    {"curated_variance_limit(100, .999).slope", curated_variance_limit(100, .999).slope, 0.53258830422068685},
    {"curated_variance_limit(1e-12, .5).value", curated_variance_limit(1e-12, .5).value, 0.999999999999},
    {"curated_variance_limit(1e-12, .5).slope", curated_variance_limit(1e-12, .5).slope, 0.499999999999},
    {"curated_variance_limit(1e12, .25).value", curated_variance_limit(1e12, .25).value, 0.75000000000025},
    {"curated_variance_limit(1e12, .25).slope", curated_variance_limit(1e12, .25).slope, 4.4444444444296296e-25},
    {"curated_variance_limit(0, .3).value", curated_variance_limit(0, .3).value, 1.0},
    {"curated_variance_limit(0, .3).slope", curated_variance_limit(0, .3).slope, 0.29999999999999999},
    {"curated_variance_limit(2, 0).value", curated_variance_limit(2, 0).value, 1.0},
    {"curated_variance_limit(2, 0).slope", curated_variance_limit(2, 0).slope, 0.0},
    {"curated_variance_limit(3, 1).value", curated_variance_limit(3, 1).value, 0.0},
    {"curated_variance_limit(3, 1).slope", curated_variance_limit(3, 1).slope, 1.0},
    {"curated_variance_limit(1, .999999999).value", curated_variance_limit(1, .999999999).value, 3.162277615450719e-5},
    {"curated_variance_limit(1, .999999999).slope", curated_variance_limit(1, .999999999).slope, 0.99993675644762769},
    {"two_rewards(.5, 2, .5).value", two_rewards(.5, 2, .5).value, 0.5},
    {"two_rewards(.5, 2, .5).slope", two_rewards(.5, 2, .5).slope, 0.88888888888888889},
    {"two_rewards(.4, 3, .5).value", two_rewards(.4, 3, .5).value, 0.50000000000000006},
    {"two_rewards(.4, 3, .5).slope", two_rewards(.4, 3, .5).slope, 0.83333333333333334},
    {"two_rewards(.3, 100, .5).value", two_rewards(.3, 100, .5).value, 0.59292929292929291},
    {"two_rewards(.3, 100, .5).slope", two_rewards(.3, 100, .5).slope, 0.71554229631045872},
    {"two_rewards(.35, 4, .4).value", two_rewards(.35, 4, .4).value, 0.36666666666666664},
    {"two_rewards(.35, 4, .4).slope", two_rewards(.35, 4, .4).slope, 0.74481074481074483},
    {"two_rewards(.5, 2, 3).value", two_rewards(.5, 2, 3).value, 1.0},
    {"two_rewards(.5, .2, .3).value", two_rewards(.5, .2, .3).value, 0.0},
    {"two_rewards(0, 5, .5).value", two_rewards(0, 5, .5).value, 0.0},
    {"two_rewards(.9, 5, .5).value", two_rewards(.9, 5, .5).value, 1.0},
    {"two_rewards(.9, 5, .5).slope", two_rewards(.9, 5, .5).slope, 0.37999999999999996},
    {"chosen_of_many(1, 4).mean", chosen_of_many(1, 4).mean, 0.6080285564243},
    {"chosen_of_many(1, 4).variance", chosen_of_many(1, 4).variance, 0.8467962094437},
    {"chosen_of_many(.2, 10).mean", chosen_of_many(.2, 10).mean, 0.1792744520537},
    {"chosen_of_many(.2, 10).variance", chosen_of_many(.2, 10).variance, 0.9963152065379},
    {"chosen_of_many(4, 3).mean", chosen_of_many(4, 3).mean, 0.804226959117},
    {"chosen_of_many(4, 3).variance", chosen_of_many(4, 3).variance, 0.6039628119624},
    {"chosen_of_many(-1, 2).mean", chosen_of_many(-1, 2).mean, -0.3631618460316},
    {"best_of_many(5, 20).intensity", best_of_many(5, 20).intensity, 1.21447838282862},
    {"best_of_many(5, 20).variance_factor", best_of_many(5, 20).variance_factor, 0.25848256853347},
    {"best_of_many(5, 20).mean_variance", best_of_many(5, 20).mean_variance, 0.0999391782870604},
    {"best_of_many(10, 100).intensity", best_of_many(10, 100).intensity, 1.72979113570225},
    {"best_of_many(10, 100).variance_factor", best_of_many(10, 100).variance_factor, 0.173208319445836},
    {"best_of_many(1, 2).variance_factor", best_of_many(1, 2).variance_factor, 0.51946204192509},
    {"best_of_many(1, 2).mean_variance", best_of_many(1, 2).mean_variance, 0.681690113816209},
    {"best_of_many(19, 20).intensity", best_of_many(19, 20).intensity, 0.0982881610420169},
    {"best_of_many(19, 20).variance_factor", best_of_many(19, 20).variance_factor, 0.838411712597236},
    {"best_of_many(10, 1000000).intensity", best_of_many(10, 1000000).intensity, 4.46775729041227},
    {"best_of_many(10, 1000000).mean_variance", best_of_many(10, 1000000).mean_variance, 0.00860089221167235},
    {"best_of_many(5, 5).mean_variance", best_of_many(5, 5).mean_variance, 0.2},
    {"best_fraction(.1).intensity", best_fraction(.1).intensity, 1.754983319324868},
    {"best_fraction(.1).variance_factor", best_fraction(.1).variance_factor, 0.16913516927691232},
    {"best_fraction_shift(.1)", best_fraction_shift(.1), 2.9809163681241728},
    {"best_fraction(.5).intensity", best_fraction(.5).intensity, 0.79788456080286536},
    {"best_fraction(.5).variance_factor", best_fraction(.5).variance_factor, 0.36338022763241866},
    {"best_fraction_shift(.5)", best_fraction_shift(.5), 2.0088247770783673},
    {"best_fraction(1e-6).intensity", best_fraction(1e-6).intensity, 4.948332716562024},
    {"best_fraction(1e-6).variance_factor", best_fraction(1e-6).variance_factor, 0.035528349251476864},
    {"best_fraction_shift(1e-6)", best_fraction_shift(1e-6), 6.0976828382574905},
    {"best_fraction(.9).intensity", best_fraction(.9).intensity, 0.19499814659165197},
    {"best_fraction(.9).variance_factor", best_fraction(.9).variance_factor, 0.7120755427829935},
    {"best_fraction_shift(.9)", best_fraction_shift(.9), 1.2487528672002295},
    {"best_fraction(1e-300).intensity", best_fraction(1e-300).intensity, 37.074049776735234},
    {"best_fraction(1e-300).variance_factor", best_fraction(1e-300).variance_factor, 7.25438178941502e-4},
    {"best_fraction_shift(1e-300)", best_fraction_shift(1e-300), 38.100240103882678},
    {"best_fraction(.999999).intensity", best_fraction(.999999).intensity, 4.948337665036377e-6},
    {"best_fraction(.999999).variance_factor", best_fraction(.999999).variance_factor, 0.99997647842696874},
    {"best_fraction_shift(.999999)", best_fraction_shift(.999999), 0.42074639822060863},
    {"best_fraction(1e-20).intensity", best_fraction(1e-20).intensity, 9.3679225348054084},
    {"best_fraction(1e-20).variance_factor", best_fraction(1e-20).variance_factor, 0.010911834139064054},
    {"best_fraction_shift(1e-20)", best_fraction_shift(1e-20), 10.460637891918672},
    {"best_fraction(.02).intensity", best_fraction(.02).intensity, 2.4209067940371005},
    {"best_fraction(.02).variance_factor", best_fraction(.02).variance_factor, 0.11114498557988222},
    {"best_fraction_shift(.02)", best_fraction_shift(.02), 3.6316369644513826},
    {"best_fraction(1).intensity", best_fraction(1).intensity, 0.0},
    {"best_fraction(1).variance_factor", best_fraction(1).variance_factor, 1.0},
    {"best_fraction_shift(1)", best_fraction_shift(1), 0.0},
    {"verifier_error_threshold(.9, .3, .1)", verifier_error_threshold(.9, .3, .1), 0.85},
    {"verifier_error_threshold(.9, .3, .6)", verifier_error_threshold(.9, .3, .6), 0.10000000000000006},
    {"verifier_error_threshold(1, .999, .0005)", verifier_error_threshold(1, .999, .0005), 0.50000000000000043},
    {"verifier_error_threshold(.5, .7, 0)", verifier_error_threshold(.5, .7, 0), 0.0},
    {"verifier_error_threshold(.5, 0, 1)", verifier_error_threshold(.5, 0, 1), 0.0},
    {"verifier_error_threshold(.5, .25, 0)", verifier_error_threshold(.5, .25, 0), 1.0},
    {"verified_window(0, .3, 1, 3).mean", verified_window(0, .3, 1, 3).mean, 0.29263491635483568},
    {"verified_window(0, .3, 1, 3).acceptance", verified_window(0, .3, 1, 3).acceptance, 0.68253463146307645},
    {"verified_window(0, .3, 1, 1).mean", verified_window(0, .3, 1, 1).mean, 0.21306367237705506},
    {"verified_window(0, .3, 1, 1).acceptance", verified_window(0, .3, 1, 1).acceptance, 0.66123586319131665},
    {"verified_window(0, 3, .5, 5).mean", verified_window(0, 3, .5, 5).mean, 2.9999910053040363},
    {"verified_window(0, 3, .5, 5).acceptance", verified_window(0, 3, .5, 5).acceptance, 0.38292492035515546},
    {"verified_window(0, 6, 1, 1).mean", verified_window(0, 6, 1, 1).mean, 5.1864952562762758},
    {"verified_window(0, 6, 1, 1).acceptance", verified_window(0, 6, 1, 1).acceptance, 2.8665029206665003e-7},
    {"verified_window(5, -3, 2, 2).mean", verified_window(5, -3, 2, 2).mean, -1.8579212319265248},
    {"verified_window(5, -3, 2, 2).acceptance", verified_window(5, -3, 2, 2).acceptance, 0.56290059846852605},
    {"verified_window(0, 0, 1, 4).mean", verified_window(0, 0, 1, 4).mean, 0.0},
    {"verified_window(0, 0, 1, 4).acceptance", verified_window(0, 0, 1, 4).acceptance, 0.6826894921370859},
    {"verified_window(1, 1, 1e-3, 2).mean", verified_window(1, 1, 1e-3, 2).mean, 1.0},
    {"verified_window(1, 1, 1e-3, 2).acceptance", verified_window(1, 1, 1e-3, 2).acceptance, 7.9788442782212519e-4},
    {"verified_window(0, 30, 1, 1).mean", verified_window(0, 30, 1, 1).mean, 29.034401237736326},
    {"verified_window(0, 30, 1, 1).acceptance", verified_window(0, 30, 1, 1).acceptance, 3.2897852667043802e-185},
    {"verified_window(0, 2, 50, 3).mean + 1", verified_window(0, 2, 50, 3).mean + 1, 1.0},
    {"verified_window(0, 2, 50, 3).acceptance", verified_window(0, 2, 50, 3).acceptance, 1.0},
    {"verified_window(0, 1e-9, 1, 1).mean", verified_window(0, 1e-9, 1, 1).mean, 7.0887490522720683e-10},
    {"verified_window(0, 1e-9, 1, 1).acceptance", verified_window(0, 1e-9, 1, 1).acceptance, 0.6826894921370859},
    {"verified_window(0, 5, 1e-8, 1).mean", verified_window(0, 5, 1e-8, 1).mean, 4.9999999999999998},
    {"verified_window(0, 5, 1e-8, 1).acceptance", verified_window(0, 5, 1e-8, 1).acceptance, 2.9734390294685967e-14},
    {"verified_window(3, 5, 1, 0).mean", verified_window(3, 5, 1, 0).mean, 3.0},
    {"tempering_fold(.6, .1).probability", tempering_fold(.6, .1).probability, 0.265759036140693},
    {"tempering_fold(.6, .1).tau", tempering_fold(.6, .1).tau, 0.837582334127991},
    {"tempering_fold(.51, .2).probability", tempering_fold(.51, .2).probability, 0.367686704621798},
    {"tempering_fold(.51, .2).tau", tempering_fold(.51, .2).tau, 0.777520298645594},
    {"tempering_fold(.9, .01).probability", tempering_fold(.9, .01).probability, 0.2215601109392},
    {"tempering_fold(.9, .01).tau", tempering_fold(.9, .01).tau, 0.96903134658805},
    {"tempering_fold(.5, .3).tau", tempering_fold(.5, .3).tau, 0.7},
    {"tempering_fold(.4, .1).probability", tempering_fold(.4, .1).probability, 0.734240963859307},
    {"tempering_fold(.4, .1).tau", tempering_fold(.4, .1).tau, 0.837582334127991},
    {"tempering_fold(.9, .8).tau", tempering_fold(.9, .8).tau, 0.0},
    {"tempering_onset(3, .2).probability", tempering_onset(3, .2).probability, 0.470604098532108},
    {"tempering_onset(3, .2).tau", tempering_onset(3, .2).tau, 0.807676227031851},
    {"tempering_onset(10, .2).probability", tempering_onset(10, .2).probability, 0.398130659204196},
    {"tempering_onset(10, .2).tau", tempering_onset(10, .2).tau, 0.856103895419815},
    {"tempering_onset(1000, .1).probability", tempering_onset(1000, .1).probability, 0.190390917471434},
    {"tempering_onset(1000, .1).tau", tempering_onset(1000, .1).tau, 0.976571911857883},
    {"tempering_onset(2, .25).tau", tempering_onset(2, .25).tau, 0.75},
};

}  // namespace

TEST_CASE("theory/curation, verifier, tempering: independent values") { check_values(values); }

TEST_CASE("theory/tempering: folds divide one fixed point from three") {
  // From the other side than the truth: below the fold the chain stays there, above it crosses over.
  const auto settles = [](double p0, double alpha, double tau) {
    double theta = -30;
    for (int n = 0; n < 20'000; ++n) {
      const double x = alpha * p0 + (1 - alpha) / (1 + std::exp(-theta));
      theta = std::log(x / (1 - x)) / tau;
    }
    return theta > 0;
  };
  for (const auto& [p0, alpha] : {std::pair{0.6, 0.1}, std::pair{0.51, 0.2}, std::pair{0.9, 0.01}}) {
    const double tau = tempering_fold(p0, alpha).tau;
    CHECK(settles(p0, alpha, tau + 2e-4));
    CHECK_FALSE(settles(p0, alpha, tau - 2e-4));
  }
}

TEST_CASE("theory/curation: a fixed point is one") {
  for (const double a : {0.1, 2.0, 50.0}) {
    const auto limit = curated_variance_limit(a, .7);
    CHECK_CLOSE(limit.value, .3 + .7 * limit.value / (1 + a * limit.value), 1e-14);
  }
}

TEST_CASE("theory/curation, verifier, tempering: arguments") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const mixture light{{.5, 0, 1}};
  refuses([&] { return tilted_mixture(light, 1, 0).size(); }, "tilted_mixture: argument 'sum of weights' is 0.5;");
  refuses([&] { return tilted_mixture(light, -1, 0).size(); }, "tilted_mixture: argument 'strength' is -1;");
  refuses([] { return chosen_of_two_variance(nan, 1); }, "chosen_of_two_variance: argument 'strength' is nan;");
  refuses([] { return curated_variance_limit(1, 2).value; }, "curated_variance_limit: argument 'share' is 2;");
  refuses([] { return two_rewards(.5, 0, 1).value; }, "two_rewards: argument 'first' is 0;");
  refuses([] { return best_fraction(0).intensity; }, "best_fraction: argument 'fraction' is 0;");
  refuses([] { return best_fraction_shift(2); }, "best_fraction_shift: argument 'fraction' is 2;");
  refuses([] { return verifier_error_threshold(0, .1, .1); }, "verifier_error_threshold: argument 'keep' is 0;");
  refuses([] { return verified_window(0, infinity, 1, 1).mean; }, "verified_window: argument 'centre' is inf;");
  refuses([] { return verified_window(0, 1, 0, 1).mean; }, "verified_window: argument 'radius' is 0;");
  refuses([] { return tempering_fold(0, .1).tau; }, "tempering_fold: argument 'truth' is 0;");
  refuses([] { return tempering_onset(1, .1).tau; }, "tempering_onset: argument 'symbols' is 1;");
}
