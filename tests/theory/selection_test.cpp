#include "theory/values.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <simulacra/theory/population.hpp>
#include <simulacra/theory/selection.hpp>
#include <simulacra/theory/tempering.hpp>
#include <simulacra/theory/verifier.hpp>

// Selection, verifiers, populations, temperatures. The right values are mpmath's (40 to 450 digits), from enumerations, recursions,
// quadrature and linear systems, and not from the forms that are tested.
namespace {

using namespace simulacra;
using namespace simulacra::theory;
using simulacra_test::check_values;
using simulacra_test::infinity;
using simulacra_test::refuses;
using simulacra_test::value;
using numbers = std::vector<double>;

const value selected[] = {
    {"curated_precision(.025, 50, 20, divisor::n)", curated_precision(.025, 50, 20, divisor::n), 4.3804264990609609},
    {"curated_precision(.025, 50, 20, divisor::n_minus_1)", curated_precision(.025, 50, 20, divisor::n_minus_1),
     3.0407397615015492},
    {"curated_precision(2, 5, 3, divisor::n)", curated_precision(2, 5, 3, divisor::n), 33.125},
    {"curated_precision(2, 5, 3, divisor::n_minus_1)", curated_precision(2, 5, 3, divisor::n_minus_1), 20.0},
    {"curated_precision(1e-6, 10000, 1000, divisor::n)", curated_precision(1e-6, 10000, 1000, divisor::n),
     1.3510846133706791},
    {"curated_precision(1e-6, 10000, 1000, divisor::n_minus_1)", curated_precision(1e-6, 10000, 1000, divisor::n_minus_1),
     1.2225575517877302},
    {"curated_precision(0, 4, 7, divisor::n)", curated_precision(0, 4, 7, divisor::n), 16384.0},
    {"curated_precision(0, 4, 7, divisor::n_minus_1)", curated_precision(0, 4, 7, divisor::n_minus_1), 2187.0},
    {"curated_precision(.3, 12, 0, divisor::n)", curated_precision(.3, 12, 0, divisor::n), 1.0},
    {"curated_precision(.3, 12, 0, divisor::n_minus_1)", curated_precision(.3, 12, 0, divisor::n_minus_1), 1.0},
    {"curated_precision(.3, 12, 1, divisor::n)", curated_precision(.3, 12, 1, divisor::n), 1.3333333333333333},
    {"curated_precision(.3, 12, 1, divisor::n_minus_1)", curated_precision(.3, 12, 1, divisor::n_minus_1),
     1.2222222222222222},
    {"curated_precision(.3, 1000000000, 20000, divisor::n)", curated_precision(.3, 1000000000, 20000, divisor::n),
     6000.8800546018539},
    {"curated_precision(.3, 1000000000, 20000, divisor::n_minus_1)",
     curated_precision(.3, 1000000000, 20000, divisor::n_minus_1), 6000.8200356009359},
    {"curated_precision(1e-12, 100, 20000, divisor::n)", curated_precision(1e-12, 100, 20000, divisor::n),
     3.6754851728540864e+264},
    {"curated_precision(1e-12, 100, 20000, divisor::n_minus_1)", curated_precision(1e-12, 100, 20000, divisor::n_minus_1),
     1.8586885608748539e+177},
    {"curated_precision(1e10, 7, 200, divisor::n)", curated_precision(1e10, 7, 200, divisor::n), 5.4019240512591425e+58},
    {"curated_precision(1e10, 7, 200, divisor::n_minus_1)", curated_precision(1e10, 7, 200, divisor::n_minus_1),
     3.3058398217417081e+45},
    {"curated_precision(.5, 4, 500, divisor::n)", curated_precision(.5, 4, 500, divisor::n), 1.2500933750506452e+301},
    {"curated_precision(.5, 4, 500, divisor::n_minus_1)", curated_precision(.5, 4, 500, divisor::n_minus_1),
     4.5450364744837421e+238},
    {"curated_precision(.1, 3, 1, divisor::n)", curated_precision(.1, 3, 1, divisor::n), infinity},
    {"curated_precision(.1, 2, 5, divisor::n_minus_1)", curated_precision(.1, 2, 5, divisor::n_minus_1), infinity},
    {"curated_precision(.1, 3, 0, divisor::n)", curated_precision(.1, 3, 0, divisor::n), 1.0},
    {"curated_precision(1, 4, 1000000000, divisor::n)", curated_precision(1, 4, 1000000000, divisor::n), infinity},
    {"curated_mean(.1, 20, 11, divisor::n)", curated_mean(.1, 20, 11, divisor::n), 0.76239981544708012},
    {"curated_mean(.1, 20, 11, divisor::n_minus_1)", curated_mean(.1, 20, 11, divisor::n_minus_1), 1.0000000000000001},
    {"curated_mean(-3, 2, 4, divisor::n)", curated_mean(-3, 2, 4, divisor::n), -2.625},
    {"curated_mean(-3, 2, 4, divisor::n_minus_1)", curated_mean(-3, 2, 4, divisor::n_minus_1), -9.0},
    {"curated_mean(1e-3, 1000000000, 3000, divisor::n)", curated_mean(1e-3, 1000000000, 3000, divisor::n),
     2.9989955015044956},
    {"curated_mean(1e-3, 1000000000, 3000, divisor::n_minus_1)", curated_mean(1e-3, 1000000000, 3000, divisor::n_minus_1),
     2.9990000000000001},
    {"curated_mean(2, 5, 1, divisor::n)", curated_mean(2, 5, 1, divisor::n), 0.0},
    {"curated_mean(2, 5, 1, divisor::n_minus_1)", curated_mean(2, 5, 1, divisor::n_minus_1), 0.0},
    {"curated_mean(2, 5, 0, divisor::n)", curated_mean(2, 5, 0, divisor::n), 0.0},
    {"curated_mean(2, 5, 0, divisor::n_minus_1)", curated_mean(2, 5, 0, divisor::n_minus_1), 0.0},
    {"curated_mean(2, 3, 4000, divisor::n)", curated_mean(2, 3, 4000, divisor::n), 4.0},
    {"curated_mean(2, 3, 4000, divisor::n_minus_1)", curated_mean(2, 3, 4000, divisor::n_minus_1), 7998.0},
    {"curated_mean(1, 1000000000, 1000000000, divisor::n)", curated_mean(1, 1000000000, 1000000000, divisor::n),
     6.321205580124974e+8},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[0]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[0],
     0.41705048491344265},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[1]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[1],
     0.32204267961633381},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[2]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 2)[2],
     0.26090683547022354},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[0]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[0],
     0.34730732664024849},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[1]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[1],
     0.32489078742282806},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[2]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 8)[2],
     0.32780188593692345},
    {"chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[0]", chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[0],
     0.69237392721740397},
    {"chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[1]", chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[1],
     0.26898008679575569},
    {"chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[2]", chosen_law(numbers{.9, .09, .01}, numbers{0, 3, 6}, 4)[2],
     0.038645985986840416},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[0]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[0],
     0.5},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[1]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[1],
     0.29999999999999999},
    {"chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[2]", chosen_law(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[2],
     0.20000000000000001},
    {"chosen_law(numbers{.5, .5}, numbers{-40, 60}, 5)[0]", chosen_law(numbers{.5, .5}, numbers{-40, 60}, 5)[0], 0.03125},
    {"chosen_law(numbers{.5, .5}, numbers{-40, 60}, 5)[1]", chosen_law(numbers{.5, .5}, numbers{-40, 60}, 5)[1], 0.96875},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[0]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[0], 0.578125},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[1]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[1], 0.40625},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[2]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 3)[2], 0.015625},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[0]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[0], 0.4375},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[1]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[1], 0.5},
    {"chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[2]",
     chosen_law(numbers{.25, .5, .25}, numbers{700, 0, -700}, 2)[2], 0.0625},
    {"chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[0]",
     chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[0], 0.75},
    {"chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[1]",
     chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[1], 0.25},
    {"chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[2]",
     chosen_law(numbers{.75, .25, 0}, numbers{1, 1, 900}, 9)[2], 0.0},
    {"chosen_law(numbers{.9999999, 1e-7}, numbers{0, 30}, 6)[0]", chosen_law(numbers{.9999999, 1e-7}, numbers{0, 30}, 6)[0],
     0.99999940000015032},
    {"chosen_law(numbers{.9999999, 1e-7}, numbers{0, 30}, 6)[1]", chosen_law(numbers{.9999999, 1e-7}, numbers{0, 30}, 6)[1],
     5.999998499997394e-7},
    {"chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[0]",
     chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[0], 0.5},
    {"chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[1]",
     chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[1], 0.25000000021428571},
    {"chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[2]",
     chosen_law(numbers{.5, .25, .25}, numbers{0, 1e-9, -1e-9}, 7)[2], 0.24999999978571429},
    {"chosen_law(numbers{.75, .25}, numbers{0, -5000}, 12)[0]", chosen_law(numbers{.75, .25}, numbers{0, -5000}, 12)[0],
     0.99999994039535522},
    {"chosen_law(numbers{.75, .25}, numbers{0, -5000}, 12)[1]", chosen_law(numbers{.75, .25}, numbers{0, -5000}, 12)[1],
     5.9604644775390625e-8},
    {"chosen_law(numbers{1}, numbers{3}, 4)[0]", chosen_law(numbers{1}, numbers{3}, 4)[0], 1.0},
    {"chosen_law(numbers{.5, .5}, numbers{0, 2}, 300)[0]", chosen_law(numbers{.5, .5}, numbers{0, 2}, 300)[0],
     0.11973912060962784},
    {"chosen_law(numbers{.5, .5}, numbers{0, 2}, 300)[1]", chosen_law(numbers{.5, .5}, numbers{0, 2}, 300)[1],
     0.88026087939037216},
    {"chosen_of_two(1, 1).mean", chosen_of_two(1, 1).mean, 0.36316184603163055},
    {"chosen_of_two(1, 1).variance", chosen_of_two(1, 1).variance, 0.86811347358689827},
    {"chosen_of_two(.1, 1).mean", chosen_of_two(.1, 1).mean, 0.049752465215138927},
    {"chosen_of_two(.1, 1).variance", chosen_of_two(.1, 1).variance, 0.99752469220501639},
    {"chosen_of_two(50, 1).mean", chosen_of_two(50, 1).mean, 0.56400410071472188},
    {"chosen_of_two(50, 1).variance", chosen_of_two(50, 1).variance, 0.68189937437697786},
    {"chosen_of_two(-1, 2).mean", chosen_of_two(-1, 2).mean, -0.60570550960215883},
    {"chosen_of_two(-1, 2).variance", chosen_of_two(-1, 2).variance, 1.6331208356375891},
    {"chosen_of_two(1e-8, 3).mean", chosen_of_two(1e-8, 3).mean, 1.4999999999999998e-8},
    {"chosen_of_two(1e-8, 3).variance", chosen_of_two(1e-8, 3).variance, 2.9999999999999998},
    {"chosen_of_two(1e6, .25).mean", chosen_of_two(1e6, .25).mean, 0.28209479177295009},
    {"chosen_of_two(1e6, .25).variance", chosen_of_two(1e6, .25).variance, 0.17042252845457593},
    {"chosen_of_two(300, 1e-10).mean", chosen_of_two(300, 1e-10).mean, 1.4999932500607493e-8},
    {"chosen_of_two(300, 1e-10).variance", chosen_of_two(300, 1e-10).variance, 9.9999775002024981e-11},
    {"chosen_of_two(2, 1e8).mean", chosen_of_two(2, 1e8).mean, 5641.8958238768796},
    {"chosen_of_two(2, 1e8).variance", chosen_of_two(2, 1e8).variance, 6.8169011512520626e+7},
    {"chosen_of_two(infinity, 2).mean", chosen_of_two(infinity, 2).mean, 0.79788456080286536},
    {"chosen_of_two(-infinity, 2).mean", chosen_of_two(-infinity, 2).mean, -0.79788456080286536},
    {"chosen_of_two(infinity, 2).variance", chosen_of_two(infinity, 2).variance, 1.3633802276324187},
    {"chosen_of_two(3, 0).mean", chosen_of_two(3, 0).mean, 0.0},
    {"chosen_of_two(0, 3).variance", chosen_of_two(0, 3).variance, 3.0},
    {"chosen_of_two(1e-300, 1).mean", chosen_of_two(1e-300, 1).mean, 0.0},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[0], 0.34349053249310668},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[1], 0.27210662050793571},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .5)[2], 0.38440284699895761},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[0], 0.078028334286184158},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[1], 0.073571326051119582},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9)[2], 0.84840033966269626},
    {"curated_fixed_point(numbers{.999, .001}, numbers{0, 2}, .5)[0]",
     curated_fixed_point(numbers{.999, .001}, numbers{0, 2}, .5)[0], 0.5775735611397349},
    {"curated_fixed_point(numbers{.999, .001}, numbers{0, 2}, .5)[1]",
     curated_fixed_point(numbers{.999, .001}, numbers{0, 2}, .5)[1], 0.4224264388602651},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[0], 0.5},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[1], 0.29999999999999999},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 0)[2], 0.20000000000000001},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[0], 0.0},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[1], 0.0},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, 1)[2], 1.0},
    {"curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[0]",
     curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[0], 0.0},
    {"curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[1]",
     curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[1], 0.5},
    {"curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[2]",
     curated_fixed_point(numbers{.5, .25, .25}, numbers{0, 1, 1}, 1)[2], 0.5},
    {"curated_fixed_point(numbers{.5, .5}, numbers{0, 1e-10}, .999999999)[0]",
     curated_fixed_point(numbers{.5, .5}, numbers{0, 1e-10}, .999999999)[0], 0.47506218876264154},
    {"curated_fixed_point(numbers{.5, .5}, numbers{0, 1e-10}, .999999999)[1]",
     curated_fixed_point(numbers{.5, .5}, numbers{0, 1e-10}, .999999999)[1], 0.52493781123735846},
    {"curated_fixed_point(numbers{.5, .5}, numbers{3, 3}, .7)[0]",
     curated_fixed_point(numbers{.5, .5}, numbers{3, 3}, .7)[0], 0.5},
    {"curated_fixed_point(numbers{.5, .5}, numbers{3, 3}, .7)[1]",
     curated_fixed_point(numbers{.5, .5}, numbers{3, 3}, .7)[1], 0.5},
    {"curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[0]",
     curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[0], 0.37500000077293261},
    {"curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[1]",
     curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[1], 0.12500000070034956},
    {"curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[2]",
     curated_fixed_point(numbers{.75, .25, 1e-200}, numbers{0, 1, 20}, .5)[2], 0.49999999852671783},
    {"curated_fixed_point(numbers{.75, .25}, numbers{0, -800}, .25)[0]",
     curated_fixed_point(numbers{.75, .25}, numbers{0, -800}, .25)[0], 0.8125},
    {"curated_fixed_point(numbers{.75, .25}, numbers{0, -800}, .25)[1]",
     curated_fixed_point(numbers{.75, .25}, numbers{0, -800}, .25)[1], 0.1875},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[0], 0.5000000005},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[1], 0.29999999969999999},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{1000, -1000, 0}, 1e-9)[2], 0.19999999980000001},
    {"curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[0]",
     curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[0], 0.1167255340714604},
    {"curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[1]",
     curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[1], 0.8832744659285396},
    {"curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[2]",
     curated_fixed_point(numbers{.75, .25, 0}, numbers{0, 1, 50}, .9)[2], 0.0},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[0]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[0], 7.91234307456338e-14},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[1]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[1], 7.6268530436704492e-14},
    {"curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[2]",
     curated_fixed_point(numbers{.5, .3, .2}, numbers{0, .5, 1}, .9999999999999)[2], 0.99999999999984461},
};

const value verified[] = {
    {"noisy_verifier_fixation(.1, 50, 1.02)", noisy_verifier_fixation(.1, 50, 1.02), 0.20523436383779176},
    {"noisy_verifier_fixation(.2, 10, 2)", noisy_verifier_fixation(.2, 10, 2), 0.81686971700936705},
    {"noisy_verifier_fixation(.02, 60, .9)", noisy_verifier_fixation(.02, 60, .9), 1.05967359221963e-6},
    {"noisy_verifier_fixation(.3, 12, 1)", noisy_verifier_fixation(.3, 12, 1), 0.29999999999999999},
    {"noisy_verifier_fixation(.3, 1, 7)", noisy_verifier_fixation(.3, 1, 7), 0.29999999999999999},
    {"noisy_verifier_fixation(.25, 2, .5)", noisy_verifier_fixation(.25, 2, .5), 0.1375},
    {"noisy_verifier_fixation(1e-9, 20, 1.5)", noisy_verifier_fixation(1e-9, 20, 1.5), 1.1556284655697388e-8},
    {"noisy_verifier_fixation(.5, 25, 1e-6)", noisy_verifier_fixation(.5, 25, 1e-6), 2.9802322387695313e-8},
    {"noisy_verifier_fixation(.5, 25, 1e6)", noisy_verifier_fixation(.5, 25, 1e6), 0.99999997019767761},
    {"noisy_verifier_fixation(.999, 15, .2)", noisy_verifier_fixation(.999, 15, .2), 0.98526544015918818},
    {"noisy_verifier_fixation(0, 9, 2)", noisy_verifier_fixation(0, 9, 2), 0.0},
    {"noisy_verifier_fixation(1, 9, .5)", noisy_verifier_fixation(1, 9, .5), 1.0},
    {"noisy_verifier_fixation(.001, 30, 1e-9)", noisy_verifier_fixation(.001, 30, 1e-9), 1.0000000000000006e-90},
    {"noisy_verifier_fixation(.01, 30, infinity)", noisy_verifier_fixation(.01, 30, infinity), 0.26029962661171958},
    {"noisy_verifier_fixation(.3, 700, 1)", noisy_verifier_fixation(.3, 700, 1), 0.29999999999999999},
    {"noisy_verifier_tries(.5, 20, .9, .3, 5)", noisy_verifier_tries(.5, 20, .9, .3, 5), 108.05402126071327},
    {"noisy_verifier_tries(.1, 20, .95, .1, 5)", noisy_verifier_tries(.1, 20, .95, .1, 5), 267.52898692812733},
    {"noisy_verifier_tries(.01, 10, 1, .001, 3)", noisy_verifier_tries(.01, 10, 1, .001, 3), 18097.871251075663},
    {"noisy_verifier_tries(.5, 6, .3, .6, 40)", noisy_verifier_tries(.5, 6, .3, .6, 40), 419.98810773909653},
    {"noisy_verifier_tries(.5, 5, .5, .5, 9)", noisy_verifier_tries(.5, 5, .5, .5, 9), 80.0},
    {"noisy_verifier_tries(.3, 7, .9, .2, 0)", noisy_verifier_tries(.3, 7, .9, .2, 0), 0.0},
    {"noisy_verifier_tries(.3, 7, .9, .2, 1)", noisy_verifier_tries(.3, 7, .9, .2, 1), 0.0},
    {"noisy_verifier_tries(.3, 7, .9, .2, 2)", noisy_verifier_tries(.3, 7, .9, .2, 2), 18.800116125},
    {"noisy_verifier_tries(0, 7, .9, .2, 4)", noisy_verifier_tries(0, 7, .9, .2, 4), 104.99999999999999},
    {"noisy_verifier_tries(1, 7, .9, .2, 4)", noisy_verifier_tries(1, 7, .9, .2, 4), 23.333333333333333},
    {"noisy_verifier_tries(.3, 8, 1e-9, 1, 300)", noisy_verifier_tries(.3, 8, 1e-9, 1, 300), 1.5694151609939525e+8},
    {"noisy_verifier_tries(.3, 8, .6, .5, 1000000000)", noisy_verifier_tries(.3, 8, .6, .5, 1000000000),
     1.4482305231239143e+10},
    {"noisy_verifier_tries(.5, 5, .5, 0, 3)", noisy_verifier_tries(.5, 5, .5, 0, 3), infinity},
    {"noisy_verifier_tries(.5, 5, 0, .5, 3)", noisy_verifier_tries(.5, 5, 0, .5, 3), infinity},
    {"noisy_verifier_tries(1, 5, .5, 0, 3)", noisy_verifier_tries(1, 5, .5, 0, 3), 20.0},
    {"noisy_verifier_tries(.5, 5, .5, 0, 1)", noisy_verifier_tries(.5, 5, .5, 0, 1), 0.0},
};

const value pooled[] = {
    {"pooled_variance(40, 1, 20, divisor::n)", pooled_variance(40, 1, 20, divisor::n), 0.60268768021910043},
    {"pooled_variance(40, 1, 20, divisor::n_minus_1)", pooled_variance(40, 1, 20, divisor::n_minus_1), 0.975},
    {"pooled_variance(40, 8, 20, divisor::n)", pooled_variance(40, 8, 20, divisor::n), 0.65762903199123816},
    {"pooled_variance(40, 8, 20, divisor::n_minus_1)", pooled_variance(40, 8, 20, divisor::n_minus_1), 22.447908535476488},
    {"pooled_variance(40, 40, 20, divisor::n)", pooled_variance(40, 40, 20, divisor::n), 0.975},
    {"pooled_variance(10000, 100, 10000, divisor::n)", pooled_variance(10000, 100, 10000, divisor::n), 0.37152132348145396},
    {"pooled_variance(10000, 100, 10000, divisor::n_minus_1)", pooled_variance(10000, 100, 10000, divisor::n_minus_1),
     6.0765568191520325e+42},
    {"pooled_variance(1000, 500, 5, divisor::n)", pooled_variance(1000, 500, 5, divisor::n), 0.99700150100056269},
    {"pooled_variance(1000, 500, 5, divisor::n_minus_1)", pooled_variance(1000, 500, 5, divisor::n_minus_1),
     5.0506908776269388},
    {"pooled_variance(24, 4, 6, divisor::n)", pooled_variance(24, 4, 6, divisor::n), 0.79685511944337179},
    {"pooled_variance(24, 4, 6, divisor::n_minus_1)", pooled_variance(24, 4, 6, divisor::n_minus_1), 1.7690664817997839},
    {"pooled_variance(2, 1, 3, divisor::n)", pooled_variance(2, 1, 3, divisor::n), 0.125},
    {"pooled_variance(2, 1, 3, divisor::n_minus_1)", pooled_variance(2, 1, 3, divisor::n_minus_1), 0.5},
    {"pooled_variance(2, 2, 9, divisor::n)", pooled_variance(2, 2, 9, divisor::n), 0.5},
    {"pooled_variance(1000000000, 1000000, 1000000000, divisor::n)",
     pooled_variance(1000000000, 1000000, 1000000000, divisor::n), 0.36824750406165973},
    {"pooled_variance(1000000000, 1000000, 1000000000, divisor::n_minus_1)",
     pooled_variance(1000000000, 1000000, 1000000000, divisor::n_minus_1), infinity},
    {"pooled_variance(100, 10, 5000, divisor::n)", pooled_variance(100, 10, 5000, divisor::n), 1.474569659907852e-20},
    {"pooled_variance(100, 10, 5000, divisor::n_minus_1)", pooled_variance(100, 10, 5000, divisor::n_minus_1),
     7.9551995985083118e+188},
    {"pooled_variance(40, 8, 0, divisor::n)", pooled_variance(40, 8, 0, divisor::n), 1.0},
    {"pooled_variance(40, 8, 0, divisor::n_minus_1)", pooled_variance(40, 8, 0, divisor::n_minus_1), 1.0},
    {"pooled_variance(40, 8, 1, divisor::n)", pooled_variance(40, 8, 1, divisor::n), 0.975},
    {"pooled_variance(40, 8, 1, divisor::n_minus_1)", pooled_variance(40, 8, 1, divisor::n_minus_1), 0.975},
    {"pooled_between_share(40, 8)", pooled_between_share(40, 8), 0.17948717948717949},
    {"island_model(50, .1, .3, .3, 10).within", island_model(50, .1, .3, .3, 10).within, 0.38305586833562203},
    {"island_model(50, .1, .3, .3, 10).between", island_model(50, .1, .3, .3, 10).between, 0.34822178255744686},
    {"island_model(50, .1, .3, .3, 10).f_st", island_model(50, .1, .3, .3, 10).f_st, 0.027456035438088795},
    {"island_model_random(50, .1, .3, .3, 10).within", island_model_random(50, .1, .3, .3, 10).within, 0.38367244574529507},
    {"island_model_random(50, .1, .3, .3, 10).between", island_model_random(50, .1, .3, .3, 10).between,
     0.34852613949364335},
    {"island_model_random(50, .1, .3, .3, 10).f_st", island_model_random(50, .1, .3, .3, 10).f_st, 0.027722248802093055},
    {"island_model(20, .5, .25, .25, 5).within", island_model(20, .5, .25, .25, 5).within, 0.354025234375},
    {"island_model(20, .5, .25, .25, 5).between", island_model(20, .5, .25, .25, 5).between, 0.32091953125},
    {"island_model(20, .5, .25, .25, 5).f_st", island_model(20, .5, .25, .25, 5).f_st, 0.024984394813258669},
    {"island_model_random(20, .5, .25, .25, 5).within", island_model_random(20, .5, .25, .25, 5).within, 0.3561223779296875},
    {"island_model_random(20, .5, .25, .25, 5).between", island_model_random(20, .5, .25, .25, 5).between, 0.32223408203125},
    {"island_model_random(20, .5, .25, .25, 5).f_st", island_model_random(20, .5, .25, .25, 5).f_st, 0.025641025641025641},
    {"island_model(1000, .001, .5, .5, 500).within", island_model(1000, .001, .5, .5, 500).within, 0.64624044743014489},
    {"island_model(1000, .001, .5, .5, 500).between", island_model(1000, .001, .5, .5, 500).between, 0.56112089882898578},
    {"island_model(1000, .001, .5, .5, 500).f_st", island_model(1000, .001, .5, .5, 500).f_st, 0.10738758222228526},
    {"island_model_random(1000, .001, .5, .5, 500).within", island_model_random(1000, .001, .5, .5, 500).within,
     0.64627965713906395},
    {"island_model_random(1000, .001, .5, .5, 500).between", island_model_random(1000, .001, .5, .5, 500).between,
     0.56113412707052113},
    {"island_model_random(1000, .001, .5, .5, 500).f_st", island_model_random(1000, .001, .5, .5, 500).f_st,
     0.10742746766499155},
    {"island_model(50, .1, .3, .3, 0).within", island_model(50, .1, .3, .3, 0).within, 0.29999999999999999},
    {"island_model(50, .1, .3, .3, 0).between", island_model(50, .1, .3, .3, 0).between, 0.29999999999999999},
    {"island_model(50, .1, .3, .3, 0).f_st", island_model(50, .1, .3, .3, 0).f_st, 0.0},
    {"island_model_random(50, .1, .3, .3, 0).within", island_model_random(50, .1, .3, .3, 0).within, 0.29999999999999999},
    {"island_model_random(50, .1, .3, .3, 0).between", island_model_random(50, .1, .3, .3, 0).between, 0.29999999999999999},
    {"island_model_random(50, .1, .3, .3, 0).f_st", island_model_random(50, .1, .3, .3, 0).f_st, 0.0},
    {"island_model(50, 0, .3, .3, 40).within", island_model(50, 0, .3, .3, 40).within, 0.68800971723433426},
    {"island_model(50, 0, .3, .3, 40).between", island_model(50, 0, .3, .3, 40).between, 0.29999999999999999},
    {"island_model(50, 0, .3, .3, 40).f_st", island_model(50, 0, .3, .3, 40).f_st, 0.38341249302705108},
    {"island_model_random(50, 0, .3, .3, 40).within", island_model_random(50, 0, .3, .3, 40).within, 0.68800971723433426},
    {"island_model_random(50, 0, .3, .3, 40).between", island_model_random(50, 0, .3, .3, 40).between, 0.29999999999999999},
    {"island_model_random(50, 0, .3, .3, 40).f_st", island_model_random(50, 0, .3, .3, 40).f_st, 0.38341249302705108},
    {"island_model(50, 1, .3, .1, 41).within", island_model(50, 1, .3, .1, 41).within, 0.69424952288964758},
    {"island_model(50, 1, .3, .1, 41).between", island_model(50, 1, .3, .1, 41).between, 0.10000000000000001},
    {"island_model(50, 1, .3, .1, 41).f_st", island_model(50, 1, .3, .1, 41).f_st, 0.492846185152503},
    {"island_model_random(50, 1, .3, .1, 41).within", island_model_random(50, 1, .3, .1, 41).within, 0.69424952288964758},
    {"island_model_random(50, 1, .3, .1, 41).between", island_model_random(50, 1, .3, .1, 41).between, 0.10000000000000001},
    {"island_model_random(50, 1, .3, .1, 41).f_st", island_model_random(50, 1, .3, .1, 41).f_st, 0.492846185152503},
    {"island_model(10, .2, .9, .1, 20000).within", island_model(10, .2, .9, .1, 20000).within, 1.0},
    {"island_model(10, .2, .9, .1, 20000).between", island_model(10, .2, .9, .1, 20000).between, 1.0},
    {"island_model(10, .2, .9, .1, 20000).f_st", island_model(10, .2, .9, .1, 20000).f_st, 0.0776538962806588},
    {"island_model_random(10, .2, .9, .1, 20000).within", island_model_random(10, .2, .9, .1, 20000).within, 1.0},
    {"island_model_random(10, .2, .9, .1, 20000).between", island_model_random(10, .2, .9, .1, 20000).between, 1.0},
    {"island_model_random(10, .2, .9, .1, 20000).f_st", island_model_random(10, .2, .9, .1, 20000).f_st,
     0.08203759374641671},
    {"island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).within", island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).within,
     3.999988000043986e-9},
    {"island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).between", island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).between,
     1.0119939560220959e-12},
    {"island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).f_st", island_model(1000000000, 1e-6, 1e-9, 1e-12, 3).f_st,
     1.9994880070439577e-9},
    {"island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).within",
     island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).within, 3.999988000043998e-9},
    {"island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).between",
     island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).between, 1.0119939560220959e-12},
    {"island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).f_st",
     island_model_random(1000000000, 1e-6, 1e-9, 1e-12, 3).f_st, 1.9994880070439637e-9},
    {"island_model(1000000000, 1e-9, .5, .5, 1000000000).within", island_model(1000000000, 1e-9, .5, .5, 1000000000).within,
     0.72069595342965999},
    {"island_model(1000000000, 1e-9, .5, .5, 1000000000).between",
     island_model(1000000000, 1e-9, .5, .5, 1000000000).between, 0.64374043757822276},
    {"island_model(1000000000, 1e-9, .5, .5, 1000000000).f_st", island_model(1000000000, 1e-9, .5, .5, 1000000000).f_st,
     0.1210823193188704},
    {"island_model_random(1000000000, 1e-9, .5, .5, 1000000000).within",
     island_model_random(1000000000, 1e-9, .5, .5, 1000000000).within, 0.72069595349639018},
    {"island_model_random(1000000000, 1e-9, .5, .5, 1000000000).between",
     island_model_random(1000000000, 1e-9, .5, .5, 1000000000).between, 0.64374043761912405},
    {"island_model_random(1000000000, 1e-9, .5, .5, 1000000000).f_st",
     island_model_random(1000000000, 1e-9, .5, .5, 1000000000).f_st, 0.12108231938001481},
    {"island_model(1, .25, .5, .2, 3).within", island_model(1, .25, .5, .2, 3).within, 0.90390625},
    {"island_model(1, .25, .5, .2, 3).between", island_model(1, .25, .5, .2, 3).between, 0.62421875},
    {"island_model(1, .25, .5, .2, 3).f_st", island_model(1, .25, .5, .2, 3).f_st, 0.59271523178807947},
    {"island_model_random(1, .25, .5, .2, 3).within", island_model_random(1, .25, .5, .2, 3).within, 1.0},
    {"island_model_random(1, .25, .5, .2, 3).between", island_model_random(1, .25, .5, .2, 3).between, 0.7314453125},
    {"island_model_random(1, .25, .5, .2, 3).f_st", island_model_random(1, .25, .5, .2, 3).f_st, 1.0},
    {"island_model(7, .3, .2, .6, 2).within", island_model(7, .3, .2, .6, 2).within, 0.53512489795918367},
    {"island_model(7, .3, .2, .6, 2).between", island_model(7, .3, .2, .6, 2).between, 0.45311999999999999},
    {"island_model(7, .3, .2, .6, 2).f_st", island_model(7, .3, .2, .6, 2).f_st, 0.081052121994513475},
    {"island_model_random(7, .3, .2, .6, 2).within", island_model_random(7, .3, .2, .6, 2).within, 0.52621061224489795},
    {"island_model_random(7, .3, .2, .6, 2).between", island_model_random(7, .3, .2, .6, 2).between, 0.44303999999999999},
    {"island_model_random(7, .3, .2, .6, 2).f_st", island_model_random(7, .3, .2, .6, 2).f_st, 0.080689460729186136},
    {"island_model(5, .5, 0, 0, 1).within", island_model(5, .5, 0, 0, 1).within, 0.2},
    {"island_model(5, .5, 0, 0, 1).between", island_model(5, .5, 0, 0, 1).between, 0.0},
    {"island_model(5, .5, 0, 0, 1).f_st", island_model(5, .5, 0, 0, 1).f_st, 0.11111111111111111},
    {"island_model_random(5, .5, 0, 0, 1).within", island_model_random(5, .5, 0, 0, 1).within, 0.2},
    {"island_model_random(5, .5, 0, 0, 1).between", island_model_random(5, .5, 0, 0, 1).between, 0.0},
    {"island_model_random(5, .5, 0, 0, 1).f_st", island_model_random(5, .5, 0, 0, 1).f_st, 0.11111111111111111},
};

const value tempered[] = {
    {"tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[0]", tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[0],
     0.57304292353066639},
    {"tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[1]", tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[1], 0.2735347318323657},
    {"tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[2]", tempered_law(numbers{.5, .3, .2}, .2, .9, 5)[2],
     0.15342234463696791},
    {"tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[0]", tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[0],
     0.38488993660208905},
    {"tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[1]", tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[1],
     0.3257481445520036},
    {"tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[2]", tempered_law(numbers{.5, .3, .2}, .2, 1.5, 5)[2],
     0.28936191884590735},
    {"tempered_law(numbers{.999, .001}, .01, .5, 3)[0]", tempered_law(numbers{.999, .001}, .01, .5, 3)[0],
     0.99999999989999561},
    {"tempered_law(numbers{.999, .001}, .01, .5, 3)[1]", tempered_law(numbers{.999, .001}, .01, .5, 3)[1],
     1.0000439246729755e-10},
    {"tempered_law(numbers{.5, .5}, .2, .6, 50)[0]", tempered_law(numbers{.5, .5}, .2, .6, 50)[0], 0.5},
    {"tempered_law(numbers{.5, .5}, .2, .6, 50)[1]", tempered_law(numbers{.5, .5}, .2, .6, 50)[1], 0.5},
    {"tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[0]", tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[0],
     0.9998810127694761},
    {"tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[1]", tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[1],
     1.1898723052389903e-4},
    {"tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[2]", tempered_law(numbers{.75, .25, 0}, 0, .9, 20)[2], 0.0},
    {"tempered_law(numbers{.75, .25}, 1, .01, 3)[0]", tempered_law(numbers{.75, .25}, 1, .01, 3)[0], 1.0},
    {"tempered_law(numbers{.75, .25}, 1, .01, 3)[1]", tempered_law(numbers{.75, .25}, 1, .01, 3)[1], 1.9403252174826373e-48},
    {"tempered_law(numbers{.75, .25}, .5, 100, 2)[0]", tempered_law(numbers{.75, .25}, .5, 100, 2)[0], 0.50129171998028897},
    {"tempered_law(numbers{.75, .25}, .5, 100, 2)[1]", tempered_law(numbers{.75, .25}, .5, 100, 2)[1], 0.49870828001971103},
    {"tempered_law(numbers{.75, .25}, .5, .5, 0)[0]", tempered_law(numbers{.75, .25}, .5, .5, 0)[0], 0.75},
    {"tempered_law(numbers{.75, .25}, .5, .5, 0)[1]", tempered_law(numbers{.75, .25}, .5, .5, 0)[1], 0.25},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[0]", tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[0],
     0.6449662232116926},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[1]", tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[1],
     0.23315709294696079},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[2]", tempered_fixed_point(numbers{.5, .3, .2}, .2, .9)[2],
     0.12187668384134661},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[0]", tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[0],
     0.37995862262081323},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[1]", tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[1],
     0.32563602019540652},
    {"tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[2]", tempered_fixed_point(numbers{.5, .3, .2}, .2, 1.5)[2],
     0.29440535718378025},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8)[0]", tempered_fixed_point(numbers{.6, .4}, .1, .8)[0],
     0.95365161631816928},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8)[1]", tempered_fixed_point(numbers{.6, .4}, .1, .8)[1],
     0.04634838368183072},
    {"tempered_fixed_point(numbers{.5, .5}, .2, .6)[0]", tempered_fixed_point(numbers{.5, .5}, .2, .6)[0], 0.5},
    {"tempered_fixed_point(numbers{.5, .5}, .2, .6)[1]", tempered_fixed_point(numbers{.5, .5}, .2, .6)[1], 0.5},
    {"tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[0]", tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[0],
     1.914771187734086e-53},
    {"tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[1]", tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[1],
     1.0},
    {"tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[2]", tempered_fixed_point(numbers{.25, .5, .25}, .3, .02)[2],
     1.914771187734086e-53},
    {"tempered_fixed_point(numbers{.625, .375}, .001, .7)[0]", tempered_fixed_point(numbers{.625, .375}, .001, .7)[0],
     0.99998657886448577},
    {"tempered_fixed_point(numbers{.625, .375}, .001, .7)[1]", tempered_fixed_point(numbers{.625, .375}, .001, .7)[1],
     1.3421135514229449e-5},
    {"tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[0]", tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[0],
     0.99930901775910438},
    {"tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[1]", tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[1],
     6.9098224089562098e-4},
    {"tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[2]", tempered_fixed_point(numbers{.75, .25, 0}, .1, .5)[2], 0.0},
    {"tempered_fixed_point(numbers{.75, .25}, 1, .3)[0]", tempered_fixed_point(numbers{.75, .25}, 1, .3)[0],
     0.97496290654349639},
    {"tempered_fixed_point(numbers{.75, .25}, 1, .3)[1]", tempered_fixed_point(numbers{.75, .25}, 1, .3)[1],
     0.025037093456503605},
    {"tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[0]", tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[0],
     0.33354645665433045},
    {"tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[1]", tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[1],
     0.33338891772711662},
    {"tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[2]", tempered_fixed_point(numbers{.5, .375, .125}, .05, 40)[2],
     0.33306462561855293},
    {"tempered_fixed_point(numbers{.5, .5}, .2, .8)[0]", tempered_fixed_point(numbers{.5, .5}, .2, .8)[0], 0.5},
    {"tempered_fixed_point(numbers{.5, .5}, .2, .8)[1]", tempered_fixed_point(numbers{.5, .5}, .2, .8)[1], 0.5},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8377)[0]", tempered_fixed_point(numbers{.6, .4}, .1, .8377)[0],
     0.92917658904983877},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8377)[1]", tempered_fixed_point(numbers{.6, .4}, .1, .8377)[1],
     0.070823410950161231},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8375)[0]", tempered_fixed_point(numbers{.6, .4}, .1, .8375)[0],
     0.92934512619547459},
    {"tempered_fixed_point(numbers{.6, .4}, .1, .8375)[1]", tempered_fixed_point(numbers{.6, .4}, .1, .8375)[1],
     0.070654873804525408},
    {"tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[0]",
     tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[0], 0.75},
    {"tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[1]",
     tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[1], 0.125},
    {"tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[2]",
     tempered_fixed_point(numbers{.75, .125, .125}, 1e-3, 1)[2], 0.125},
    {"tempered_fixed_point(numbers{.75, .25}, 1e-4, 1.0001)[0]", tempered_fixed_point(numbers{.75, .25}, 1e-4, 1.0001)[0],
     0.62782244588655574},
    {"tempered_fixed_point(numbers{.75, .25}, 1e-4, 1.0001)[1]", tempered_fixed_point(numbers{.75, .25}, 1e-4, 1.0001)[1],
     0.37217755411344426},
    {"tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[0]", tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[0],
     0.12144809412361033},
    {"tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[1]", tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[1],
     0.12144809412361033},
    {"tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[2]", tempered_fixed_point(numbers{.3, .3, .4}, .2, .805)[2],
     0.75710381175277934},
    {"tempered_fixed_point(numbers{.999, .001}, .01, .5)[0]", tempered_fixed_point(numbers{.999, .001}, .01, .5)[0],
     0.99999999989999602},
    {"tempered_fixed_point(numbers{.999, .001}, .01, .5)[1]", tempered_fixed_point(numbers{.999, .001}, .01, .5)[1],
     1.0000398016801286e-10},
    {"tempered_fixed_point(numbers{.4, .4, .2}, 0, .5)[1]", tempered_fixed_point(numbers{.4, .4, .2}, 0, .5)[1], 0.5},
    {"tempered_fixed_point(numbers{.4, .4, .2}, 0, .5)[2]", tempered_fixed_point(numbers{.4, .4, .2}, 0, .5)[2], 0.0},
    {"tempered_fixed_point(numbers{.4, .6, 0}, 0, 2)[0]", tempered_fixed_point(numbers{.4, .6, 0}, 0, 2)[0], 0.5},
    {"tempered_fixed_point(numbers{.4, .6, 0}, 0, 2)[2]", tempered_fixed_point(numbers{.4, .6, 0}, 0, 2)[2], 0.0},
    {"tempered_fixed_point(numbers{.25, .75}, 0, 1)[0]", tempered_fixed_point(numbers{.25, .75}, 0, 1)[0], 0.25},
};

/// Probability, mean and second moment of the wins of a small binomial, to build chains that are enumerated.
double binomial(int k, int m, double p) { return theory::detail::binomial(k, m, m * p, m * (1 - p)); }

}  // namespace

TEST_CASE("theory/selection, verifier, population, tempering: values of 40 digits") {
  check_values(selected);
  check_values(verified);
  check_values(pooled);
  check_values(tempered);
}

TEST_CASE("theory/selection: what does not change, and limits") {
  const numbers p{.5, .3, .2}, r{0, .5, 1};
  for (const Index of : {2, 3, 10, 1000}) {
    double sum = 0;
    for (const double q : chosen_law(p, r, of)) sum += q;
    CHECK_CLOSE(sum, 1.0, 1e-13);
  }
  // K to infinity is the tilted law, at a distance of order 1/K: halved where K is doubled.
  double whole = 0;
  for (std::size_t i = 0; i < 3; ++i) whole += p[i] * std::exp(r[i]);
  const double tilted = p[0] / whole, once = chosen_law(p, r, 1000)[0] - tilted, twice = chosen_law(p, r, 2000)[0] - tilted;
  CHECK_CLOSE(once / twice, 2.0, 2e-3);
  // The fixed point is one: curate it and mix with the truth.
  for (const double s : {0.3, 0.99}) {
    const auto q = curated_fixed_point(p, r, s);
    double mean = 0;
    for (std::size_t i = 0; i < 3; ++i) mean += q[i] * std::exp(r[i]);
    for (std::size_t i = 0; i < 3; ++i) CHECK_CLOSE(q[i], (1 - s) * p[i] + s * q[i] * std::exp(r[i]) / mean, 1e-12);
  }
  // One choice of two in large numbers: the second moment stands still, so that the variance falls by the square of the mean.
  const auto two = chosen_of_two(1.5, 0.7);
  CHECK_CLOSE(two.variance + two.mean * two.mean, 0.7, 1e-15);
  CHECK_CLOSE(chosen_of_two(-1.5, 0.7).mean, -two.mean, 1e-15);
}

TEST_CASE("theory/verifier: every outcome of a small chain") {
  // M = 3, the right order (the first data unselected) and the wrong one (selected as well).
  const double p = 0.3, keep = 0.9, pass = 0.4;
  const auto after = [&](double x) { return keep * x / (keep * x + pass * (1 - x)); };
  const auto end = [&](bool first_selected) {
    std::vector<double> law(4), next(4);
    for (int k = 0; k <= 3; ++k) law[static_cast<std::size_t>(k)] = binomial(k, 3, first_selected ? after(p) : p);
    for (int t = 0; t < 400; ++t) {
      next.assign(4, 0.0);
      for (int j = 0; j <= 3; ++j)
        for (int k = 0; k <= 3; ++k)
          next[static_cast<std::size_t>(k)] += law[static_cast<std::size_t>(j)] * binomial(k, 3, after(j / 3.0));
      law.swap(next);
    }
    return law[3];
  };
  const double right = noisy_verifier_fixation(p, 3, keep / pass);
  CHECK_CLOSE(right, end(false), 1e-12);
  CHECK_FALSE(simulacra_test::close(right, end(true), 1e-2));
  // What is not right in the end is wrong: the same chain with the roles exchanged.
  for (const double ratio : {1e-3, 0.5, 1.0, 1.02, 40.0})
    CHECK_CLOSE(noisy_verifier_fixation(p, 20, ratio) + noisy_verifier_fixation(1 - p, 20, 1 / ratio), 1.0, 1e-12);
  CHECK_CLOSE(noisy_verifier_fixation(p, 37, 1), p, 1e-13);
}

TEST_CASE("theory/population: pools by hand, islands that are one") {
  // K = M: each member is one observation and publishes itself for ever.
  CHECK_CLOSE(pooled_variance(12, 12, 50, divisor::n), 11.0 / 12, 1e-15);
  // K = 1, n: the chain of one model.
  CHECK_CLOSE(pooled_variance(12, 1, 9, divisor::n), std::pow(11.0 / 12, 9), 1e-14);
  CHECK_CLOSE(pooled_variance(12, 1, 9, divisor::n_minus_1), 11.0 / 12, 1e-14);
  // Half of everything from the other, sources at random: one law of which both draw N. H' = (1 - 1/N) H within, H between.
  const auto one = island_model_random(8, 0.5, 0.25, 0.25, 1);
  CHECK_CLOSE(one.within, 1 - 0.75 * 7 / 8, 1e-15);
  CHECK_CLOSE(one.between, 0.25, 1e-15);
  // Strangers: each is a Wright-Fisher chain of its own, and they stay as near to one another as they were.
  const auto apart = island_model(8, 0, 0.25, 0.25, 30);
  CHECK_CLOSE(1 - apart.within, 0.75 * std::pow(7.0 / 8, 30), 1e-14);
  CHECK_CLOSE(apart.between, 0.25, 1e-15);
  // Long after everything is one symbol to all digits, F_ST is still what it settled at.
  CHECK_CLOSE(island_model(50, .1, .3, .3, 1'000'000).f_st, .0277563773199465, 1e-12);
  CHECK_CLOSE(island_model_random(50, .1, .3, .3, 1'000'000).f_st, .0280442383065823, 1e-12);
  CHECK(island_model(50, .1, 1, 1, 5).f_st == 0);

  // Two symbols, N = 2, one observation from each source: every outcome, fixed counts (right) and random sources (wrong).
  double within = 0, between = 0;
  const double start[2] = {0.3, 0.6};
  const auto agree = [](double x, double y) { return x * y + (1 - x) * (1 - y); };
  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) {  // bit 0: what came from the first, bit 1: from the second
      double weight = 1, q[2];
      int member = 0;
      for (const int outcome : {a, b}) {
        for (int source = 0; source < 2; ++source)
          weight *= (outcome >> source & 1) != 0 ? start[source] : 1 - start[source];
        q[member++] = ((outcome & 1) + (outcome >> 1)) / 2.0;
      }
      within += weight * (agree(q[0], q[0]) + agree(q[1], q[1])) / 2;
      between += weight * agree(q[0], q[1]);
    }
  const double first = (agree(.3, .3) + agree(.6, .6)) / 2, second = agree(.3, .6);
  const auto next = island_model(2, 0.5, first, second, 1);
  CHECK_CLOSE(next.within, within, 1e-14);
  CHECK_CLOSE(next.between, between, 1e-14);
  CHECK_FALSE(simulacra_test::close(island_model_random(2, 0.5, first, second, 1).within, within, 1e-3));
}

TEST_CASE("theory/tempering: the fixed point is one, and the one that the truth leads to") {
  const numbers truth{.5, .3, .2};
  for (const double tau : {0.5, 0.9, 1.0, 1.5, 10.0})
    for (const double alpha : {0.05, 0.2, 0.9}) {
      CAPTURE(tau);
      CAPTURE(alpha);
      const auto p = tempered_fixed_point(truth, alpha, tau), far = tempered_law(truth, alpha, tau, 3000);
      for (std::size_t i = 0; i < 3; ++i) CHECK_CLOSE(p[i], far[i], 1e-11);
    }
  // Uniform stays uniform, stable or not.
  for (const double tau : {0.3, 0.8, 0.9, 2.0}) CHECK(tempered_fixed_point(numbers{.25, .25, .25, .25}, .2, tau)[2] == 0.25);
}

TEST_CASE("theory/selection, verifier, population, tempering: arguments") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const numbers p{.5, .5};
  refuses([] { return curated_precision(-1, 9, 1, divisor::n); }, "curated_precision: argument 'a' is -1;");
  refuses([] { return curated_precision(1, 1, 1, divisor::n); }, "curated_precision: argument 'samples' is 1;");
  refuses([] { return curated_mean(nan, 9, 1, divisor::n); }, "curated_mean: argument 'slope' is nan;");
  refuses([&] { return chosen_law(p, numbers{1}, 2); }, "chosen_law: argument 'number of rewards' is 1;");
  refuses([&] { return chosen_law(p, numbers{1, infinity}, 2); }, "chosen_law: argument 'reward' is inf;");
  refuses([&] { return chosen_law(p, numbers{1, -1e7}, 2); }, "chosen_law: argument 'reward' is -1e+07;");
  refuses([&] { return chosen_law(p, p, 0); }, "chosen_law: argument 'of' is 0;");
  refuses([&] { return chosen_law(numbers{.5, .6}, p, 2); }, "chosen_law: argument 'sum of p' is 1.1;");
  refuses([] { return chosen_of_two(nan, 1); }, "chosen_of_two: argument 'slope' is nan;");
  refuses([] { return chosen_of_two(1, -1); }, "chosen_of_two: argument 'variance' is -1;");
  refuses([&] { return curated_fixed_point(p, p, 1.5); }, "curated_fixed_point: argument 'share' is 1.5;");
  refuses([] { return noisy_verifier_fixation(.5, 5000, 1); }, "noisy_verifier_fixation: argument 'samples' is 5000;");
  refuses([] { return noisy_verifier_fixation(.5, 5, 0); }, "noisy_verifier_fixation: argument 'ratio' is 0;");
  refuses([] { return noisy_verifier_tries(.5, 5, 2, 0, 3); }, "noisy_verifier_tries: argument 'keep' is 2;");
  refuses([] { return noisy_verifier_tries(.5, 5, 1, 1, -3); }, "noisy_verifier_tries: argument 'generation' is -3;");
  refuses([] { return pooled_variance(10, 11, 1, divisor::n); }, "pooled_variance: argument 'members' is 11;");
  refuses([] { return pooled_variance(10, 10, 1, divisor::n_minus_1); }, "pooled_variance: argument 'members' is 10;");
  refuses([] { return island_model(0, .1, .5, .5, 1); }, "island_model: argument 'samples' is 0;");
  refuses([] { return island_model(5, .1, 1.5, .5, 1); }, "island_model: argument 'within' is 1.5;");
  refuses([&] { return tempered_fixed_point(p, -.1, 1); }, "tempered_fixed_point: argument 'alpha' is -0.1;");
  refuses([&] { return tempered_law(p, .1, 0, 1); }, "tempered_law: argument 'tau' is 0;");
}
