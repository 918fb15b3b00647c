#include "theory/values.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <Eigen/LU>

#include <simulacra/theory/logistic.hpp>
#include <simulacra/theory/mixed_labels.hpp>
#include <simulacra/theory/regression.hpp>
#include <simulacra/theory/ridge.hpp>

// Labels of which a part is the last model's. The right values are mpmath's (40 to 80 digits), from the moments and recursions as derived
// and not from the forms that are tested; those of logistic regression are by Gauss-Legendre quadrature in x.
namespace {

using namespace simulacra;
using namespace simulacra::theory;
using simulacra_test::check_values;
using simulacra_test::infinity;
using simulacra_test::refuses;
using simulacra_test::value;
using numbers = std::vector<double>;

const value linear[] = {
    {"strong_collapse_factor(10, 60, 40)", strong_collapse_factor(10, 60, 40), 0.49245154595463117},
    {"regression_risk_mixed(10, 60, 40, 6, 1)", regression_risk_mixed(10, 60, 40, 6, 1), 0.39635824873652453},
    {"regression_risk_mixed(10, 60, 40, 1, .25)", regression_risk_mixed(10, 60, 40, 1, .25), 0.051020408163265306},
    {"regression_risk_mixed(10, 60, 40, 0, 1)", regression_risk_mixed(10, 60, 40, 0, 1), 0.0},
    {"regression_risk_mixed(10, 60, 40, 1000, .5)", regression_risk_mixed(10, 60, 40, 1000, .5), 0.20104645283267747},
    {"regression_risk_mixed(10, 60, 40, 1000000000, 1)", regression_risk_mixed(10, 60, 40, 1000000000, 1),
     0.40209290566535494},
    {"regression_risk_mixed_limit(10, 60, 40)", regression_risk_mixed_limit(10, 60, 40), 0.40209290566535494},
    {"strong_collapse_once(10, 60, 40, 1, .25).variance", strong_collapse_once(10, 60, 40, 1, .25).variance,
     0.099027509673452031},
    {"strong_collapse_once(10, 60, 40, 2, .25).bias_squared", strong_collapse_once(10, 60, 40, 2, .25).bias_squared,
     0.88888888888888889},
    {"strong_collapse_factor(5, 20, 4)", strong_collapse_factor(5, 20, 4), 0.10047846889952153},
    {"regression_risk_mixed(5, 20, 4, 6, 1)", regression_risk_mixed(5, 20, 4, 6, 1), 0.39703606559226853},
    {"regression_risk_mixed(5, 20, 4, 1, .25)", regression_risk_mixed(5, 20, 4, 1, .25), 0.089285714285714286},
    {"regression_risk_mixed(5, 20, 4, 0, 1)", regression_risk_mixed(5, 20, 4, 0, 1), 0.0},
    {"regression_risk_mixed(5, 20, 4, 1000, .5)", regression_risk_mixed(5, 20, 4, 1000, .5), 0.19851823708206687},
    {"regression_risk_mixed(5, 20, 4, 1000000000, 1)", regression_risk_mixed(5, 20, 4, 1000000000, 1), 0.39703647416413374},
    {"regression_risk_mixed_limit(5, 20, 4)", regression_risk_mixed_limit(5, 20, 4), 0.39703647416413374},
    {"strong_collapse_once(5, 20, 4, 1, .25).variance", strong_collapse_once(5, 20, 4, 1, .25).variance,
     0.14976418318523582},
    {"strong_collapse_once(5, 20, 4, 2, .25).bias_squared", strong_collapse_once(5, 20, 4, 2, .25).bias_squared, 0.08},
    {"strong_collapse_factor(1, 3, 2)", strong_collapse_factor(1, 3, 2), 0.53333333333333333},
    {"regression_risk_mixed(1, 3, 2, 6, 1)", regression_risk_mixed(1, 3, 2, 6, 1), 2.0935413991769547},
    {"regression_risk_mixed(1, 3, 2, 1, .25)", regression_risk_mixed(1, 3, 2, 1, .25), 0.25},
    {"regression_risk_mixed(1, 3, 2, 0, 1)", regression_risk_mixed(1, 3, 2, 0, 1), 0.0},
    {"regression_risk_mixed(1, 3, 2, 1000, .5)", regression_risk_mixed(1, 3, 2, 1000, .5), 1.0714285714285714},
    {"regression_risk_mixed(1, 3, 2, 1000000000, 1)", regression_risk_mixed(1, 3, 2, 1000000000, 1), 2.1428571428571429},
    {"regression_risk_mixed_limit(1, 3, 2)", regression_risk_mixed_limit(1, 3, 2), 2.1428571428571429},
    {"strong_collapse_once(1, 3, 2, 1, .25).variance", strong_collapse_once(1, 3, 2, 1, .25).variance, 0.33888888888888889},
    {"strong_collapse_once(1, 3, 2, 2, .25).bias_squared", strong_collapse_once(1, 3, 2, 2, .25).bias_squared,
     0.88888888888888889},
    {"strong_collapse_factor(10, 14, 10)", strong_collapse_factor(10, 14, 10), 1.1538461538461538},
    {"regression_risk_mixed(10, 14, 10, 6, 1)", regression_risk_mixed(10, 14, 10, 6, 1), 29.463774790619089},
    {"regression_risk_mixed(10, 14, 10, 1, .25)", regression_risk_mixed(10, 14, 10, 1, .25), 0.83333333333333333},
    {"regression_risk_mixed(10, 14, 10, 0, 1)", regression_risk_mixed(10, 14, 10, 0, 1), 0.0},
    {"regression_risk_mixed(10, 14, 10, 1000, .5)", regression_risk_mixed(10, 14, 10, 1000, .5), 1.5228911227989101e+63},
    {"regression_risk_mixed(10, 14, 10, 1000000000, 1)", regression_risk_mixed(10, 14, 10, 1000000000, 1), infinity},
    {"regression_risk_mixed_limit(10, 14, 10)", regression_risk_mixed_limit(10, 14, 10), infinity},
    {"strong_collapse_once(10, 14, 10, 1, .25).variance", strong_collapse_once(10, 14, 10, 1, .25).variance,
     1.4769754055468341},
    {"strong_collapse_once(10, 14, 10, 2, .25).bias_squared", strong_collapse_once(10, 14, 10, 2, .25).bias_squared,
     1.0204081632653061},
    {"strong_collapse_factor(100, 1000000, 999999)", strong_collapse_factor(100, 1000000, 999999), 0.9999980001020099},
    {"regression_risk_mixed(100, 1000000, 999999, 6, 1)", regression_risk_mixed(100, 1000000, 999999, 6, 1),
     6.0005760597921792e-4},
    {"regression_risk_mixed(100, 1000000, 999999, 1, .25)", regression_risk_mixed(100, 1000000, 999999, 1, .25),
     2.500252525505076e-5},
    {"regression_risk_mixed(100, 1000000, 999999, 0, 1)", regression_risk_mixed(100, 1000000, 999999, 0, 1), 0.0},
    {"regression_risk_mixed(100, 1000000, 999999, 1000, .5)", regression_risk_mixed(100, 1000000, 999999, 1000, .5),
     0.04995513122940353},
    {"regression_risk_mixed(100, 1000000, 999999, 1000000000, 1)",
     regression_risk_mixed(100, 1000000, 999999, 1000000000, 1), 50.007601145172536},
    {"regression_risk_mixed_limit(100, 1000000, 999999)", regression_risk_mixed_limit(100, 1000000, 999999),
     50.007601145172536},
    {"strong_collapse_once(100, 1000000, 999999, 1, .25).variance",
     strong_collapse_once(100, 1000000, 999999, 1, .25).variance, 2.500262626494576e-5},
    {"strong_collapse_once(100, 1000000, 999999, 2, .25).bias_squared",
     strong_collapse_once(100, 1000000, 999999, 2, .25).bias_squared, 1.999996000002},
    {"strong_collapse_factor(20, 26, 18)", strong_collapse_factor(20, 26, 18), 1.3062857142857143},
    {"regression_risk_mixed(20, 26, 18, 6, 1)", regression_risk_mixed(20, 26, 18, 6, 1), 51.827988656438283},
    {"regression_risk_mixed(20, 26, 18, 1, .25)", regression_risk_mixed(20, 26, 18, 1, .25), 1.0},
    {"regression_risk_mixed(20, 26, 18, 0, 1)", regression_risk_mixed(20, 26, 18, 0, 1), 0.0},
    {"regression_risk_mixed(20, 26, 18, 1000, .5)", regression_risk_mixed(20, 26, 18, 1000, .5), 7.129853849812656e+116},
    {"regression_risk_mixed(20, 26, 18, 1000000000, 1)", regression_risk_mixed(20, 26, 18, 1000000000, 1), infinity},
    {"regression_risk_mixed_limit(20, 26, 18)", regression_risk_mixed_limit(20, 26, 18), infinity},
    {"strong_collapse_once(20, 26, 18, 1, .25).variance", strong_collapse_once(20, 26, 18, 1, .25).variance,
     1.8269957734573119},
    {"strong_collapse_once(20, 26, 18, 2, .25).bias_squared", strong_collapse_once(20, 26, 18, 2, .25).bias_squared,
     0.95857988165680473},
    {"strong_collapse_factor(7, 20, 0)", strong_collapse_factor(7, 20, 0), 0.0},
    {"regression_risk_mixed(7, 20, 0, 6, 1)", regression_risk_mixed(7, 20, 0, 6, 1), 0.58333333333333333},
    {"regression_risk_mixed(7, 20, 0, 1, .25)", regression_risk_mixed(7, 20, 0, 1, .25), 0.14583333333333333},
    {"regression_risk_mixed(7, 20, 0, 0, 1)", regression_risk_mixed(7, 20, 0, 0, 1), 0.0},
    {"regression_risk_mixed(7, 20, 0, 1000, .5)", regression_risk_mixed(7, 20, 0, 1000, .5), 0.29166666666666667},
    {"regression_risk_mixed(7, 20, 0, 1000000000, 1)", regression_risk_mixed(7, 20, 0, 1000000000, 1), 0.58333333333333333},
    {"regression_risk_mixed_limit(7, 20, 0)", regression_risk_mixed_limit(7, 20, 0), 0.58333333333333333},
    {"strong_collapse_once(7, 20, 0, 1, .25).variance", strong_collapse_once(7, 20, 0, 1, .25).variance,
     0.14583333333333333},
    {"strong_collapse_once(7, 20, 0, 2, .25).bias_squared", strong_collapse_once(7, 20, 0, 2, .25).bias_squared, 0.0},
    {"strong_collapse_factor(7, 20, 20)", strong_collapse_factor(7, 20, 20), 1.0},
    {"regression_risk_mixed(7, 20, 20, 6, 1)", regression_risk_mixed(7, 20, 20, 6, 1), 3.5},
    {"regression_risk_mixed(7, 20, 20, 1, .25)", regression_risk_mixed(7, 20, 20, 1, .25), 0.14583333333333333},
    {"regression_risk_mixed(7, 20, 20, 0, 1)", regression_risk_mixed(7, 20, 20, 0, 1), 0.0},
    {"regression_risk_mixed(7, 20, 20, 1000, .5)", regression_risk_mixed(7, 20, 20, 1000, .5), 291.66666666666667},
    {"regression_risk_mixed(7, 20, 20, 1000000000, 1)", regression_risk_mixed(7, 20, 20, 1000000000, 1),
     5.8333333333333333e+8},
    {"regression_risk_mixed_limit(7, 20, 20)", regression_risk_mixed_limit(7, 20, 20), infinity},
    {"strong_collapse_once(7, 20, 20, 1, .25).variance", strong_collapse_once(7, 20, 20, 1, .25).variance,
     0.14583333333333333},
    {"strong_collapse_once(7, 20, 20, 2, .25).bias_squared", strong_collapse_once(7, 20, 20, 2, .25).bias_squared, 2.0},
    {"strong_collapse_factor(1, 3, 0)", strong_collapse_factor(1, 3, 0), 0.0},
    {"regression_risk_mixed(1, 3, 0, 6, 1)", regression_risk_mixed(1, 3, 0, 6, 1), 1.0},
    {"regression_risk_mixed(1, 3, 0, 1, .25)", regression_risk_mixed(1, 3, 0, 1, .25), 0.25},
    {"regression_risk_mixed(1, 3, 0, 0, 1)", regression_risk_mixed(1, 3, 0, 0, 1), 0.0},
    {"regression_risk_mixed(1, 3, 0, 1000, .5)", regression_risk_mixed(1, 3, 0, 1000, .5), 0.5},
    {"regression_risk_mixed(1, 3, 0, 1000000000, 1)", regression_risk_mixed(1, 3, 0, 1000000000, 1), 1.0},
    {"regression_risk_mixed_limit(1, 3, 0)", regression_risk_mixed_limit(1, 3, 0), 1.0},
    {"strong_collapse_once(1, 3, 0, 1, .25).variance", strong_collapse_once(1, 3, 0, 1, .25).variance, 0.25},
    {"strong_collapse_once(1, 3, 0, 2, .25).bias_squared", strong_collapse_once(1, 3, 0, 2, .25).bias_squared, 0.0},
    {"strong_collapse_factor(1, 3, 3)", strong_collapse_factor(1, 3, 3), 1.0},
    {"regression_risk_mixed(1, 3, 3, 6, 1)", regression_risk_mixed(1, 3, 3, 6, 1), 6.0},
    {"regression_risk_mixed(1, 3, 3, 1, .25)", regression_risk_mixed(1, 3, 3, 1, .25), 0.25},
    {"regression_risk_mixed(1, 3, 3, 0, 1)", regression_risk_mixed(1, 3, 3, 0, 1), 0.0},
    {"regression_risk_mixed(1, 3, 3, 1000, .5)", regression_risk_mixed(1, 3, 3, 1000, .5), 500.0},
    {"regression_risk_mixed(1, 3, 3, 1000000000, 1)", regression_risk_mixed(1, 3, 3, 1000000000, 1), 1.0e+9},
    {"regression_risk_mixed_limit(1, 3, 3)", regression_risk_mixed_limit(1, 3, 3), infinity},
    {"strong_collapse_once(1, 3, 3, 1, .25).variance", strong_collapse_once(1, 3, 3, 1, .25).variance, 0.25},
    {"strong_collapse_once(1, 3, 3, 2, .25).bias_squared", strong_collapse_once(1, 3, 3, 2, .25).bias_squared, 2.0},
    {"strong_collapse_factor(100, 102, 50)", strong_collapse_factor(100, 102, 50), 24.990293146961755},
    {"regression_risk_mixed(100, 102, 50, 6, 1)", regression_risk_mixed(100, 102, 50, 6, 1), 1.0152957005978567e+9},
    {"regression_risk_mixed(100, 102, 50, 1, .25)", regression_risk_mixed(100, 102, 50, 1, .25), 25.0},
    {"regression_risk_mixed(100, 102, 50, 0, 1)", regression_risk_mixed(100, 102, 50, 0, 1), 0.0},
    {"regression_risk_mixed(100, 102, 50, 1000, .5)", regression_risk_mixed(100, 102, 50, 1000, .5), infinity},
    {"regression_risk_mixed(100, 102, 50, 1000000000, 1)", regression_risk_mixed(100, 102, 50, 1000000000, 1), infinity},
    {"regression_risk_mixed_limit(100, 102, 50)", regression_risk_mixed_limit(100, 102, 50), infinity},
    {"strong_collapse_once(100, 102, 50, 1, .25).variance", strong_collapse_once(100, 102, 50, 1, .25).variance,
     49.750000951652259},
    {"strong_collapse_once(100, 102, 50, 2, .25).bias_squared", strong_collapse_once(100, 102, 50, 2, .25).bias_squared,
     0.4805843906189927},
    {"strong_collapse_factor(1000000, 1000000000, 500000000)", strong_collapse_factor(1000000, 1000000000, 500000000),
     0.2502502505002505},
    {"regression_risk_mixed(1000000, 1000000000, 500000000, 6, 1)",
     regression_risk_mixed(1000000, 1000000000, 500000000, 6, 1), 0.0013347855683888387},
    {"regression_risk_mixed(1000000, 1000000000, 500000000, 1, .25)",
     regression_risk_mixed(1000000, 1000000000, 500000000, 1, .25), 2.50250250500751e-4},
    {"regression_risk_mixed(1000000, 1000000000, 500000000, 0, 1)",
     regression_risk_mixed(1000000, 1000000000, 500000000, 0, 1), 0.0},
    {"regression_risk_mixed(1000000, 1000000000, 500000000, 1000, .5)",
     regression_risk_mixed(1000000, 1000000000, 500000000, 1000, .5), 6.6755674321391584e-4},
    {"regression_risk_mixed(1000000, 1000000000, 500000000, 1000000000, 1)",
     regression_risk_mixed(1000000, 1000000000, 500000000, 1000000000, 1), 0.0013351134864278317},
    {"regression_risk_mixed_limit(1000000, 1000000000, 500000000)",
     regression_risk_mixed_limit(1000000, 1000000000, 500000000), 0.0013351134864278317},
    {"strong_collapse_once(1000000, 1000000000, 500000000, 1, .25).variance",
     strong_collapse_once(1000000, 1000000000, 500000000, 1, .25).variance, 5.005007507512505e-4},
    {"strong_collapse_once(1000000, 1000000000, 500000000, 2, .25).bias_squared",
     strong_collapse_once(1000000, 1000000000, 500000000, 2, .25).bias_squared, 0.5},
    {"strong_collapse_factor(1000, 1000000000, 999999999)", strong_collapse_factor(1000, 1000000000, 999999999),
     0.999999998000001},
    {"regression_risk_mixed(1000, 1000000000, 999999999, 6, 1)", regression_risk_mixed(1000, 1000000000, 999999999, 6, 1),
     6.0000059760059971e-6},
    {"regression_risk_mixed(1000, 1000000000, 999999999, 1, .25)",
     regression_risk_mixed(1000, 1000000000, 999999999, 1, .25), 2.500002502502505e-7},
    {"regression_risk_mixed(1000, 1000000000, 999999999, 0, 1)", regression_risk_mixed(1000, 1000000000, 999999999, 0, 1),
     0.0},
    {"regression_risk_mixed(1000, 1000000000, 999999999, 1000, .5)",
     regression_risk_mixed(1000, 1000000000, 999999999, 1000, .5), 5.0000000100058358e-4},
    {"regression_risk_mixed(1000, 1000000000, 999999999, 1000000000, 1)",
     regression_risk_mixed(1000, 1000000000, 999999999, 1000000000, 1), 432.3329400780256},
    {"regression_risk_mixed_limit(1000, 1000000000, 999999999)", regression_risk_mixed_limit(1000, 1000000000, 999999999),
     500.000751001127},
    {"strong_collapse_once(1000, 1000000000, 999999999, 1, .25).variance",
     strong_collapse_once(1000, 1000000000, 999999999, 1, .25).variance, 2.500002512512515e-7},
    {"strong_collapse_once(1000, 1000000000, 999999999, 2, .25).bias_squared",
     strong_collapse_once(1000, 1000000000, 999999999, 2, .25).bias_squared, 1.999999996},
    {"strong_collapse_factor(2, 4, 1)", strong_collapse_factor(2, 4, 1), 0.33333333333333333},
    {"regression_risk_mixed(2, 4, 1, 6, 1)", regression_risk_mixed(2, 4, 1, 6, 1), 2.9958847736625514},
    {"regression_risk_mixed(2, 4, 1, 1, .25)", regression_risk_mixed(2, 4, 1, 1, .25), 0.5},
    {"regression_risk_mixed(2, 4, 1, 0, 1)", regression_risk_mixed(2, 4, 1, 0, 1), 0.0},
    {"regression_risk_mixed(2, 4, 1, 1000, .5)", regression_risk_mixed(2, 4, 1, 1000, .5), 1.5},
    {"regression_risk_mixed(2, 4, 1, 1000000000, 1)", regression_risk_mixed(2, 4, 1, 1000000000, 1), 3.0},
    {"regression_risk_mixed_limit(2, 4, 1)", regression_risk_mixed_limit(2, 4, 1), 3.0},
    {"strong_collapse_once(2, 4, 1, 1, .25).variance", strong_collapse_once(2, 4, 1, 1, .25).variance, 0.77083333333333333},
    {"strong_collapse_once(2, 4, 1, 2, .25).bias_squared", strong_collapse_once(2, 4, 1, 2, .25).bias_squared, 0.125},
    {"strong_collapse_factor(10, 14, 9)", strong_collapse_factor(10, 14, 9), 1.1373626373626374},
    {"regression_risk_mixed(10, 14, 9, 6, 1)", regression_risk_mixed(10, 14, 9, 6, 1), 28.262906197886317},
    {"regression_risk_mixed(10, 14, 9, 1, .25)", regression_risk_mixed(10, 14, 9, 1, .25), 0.83333333333333333},
    {"regression_risk_mixed(10, 14, 9, 0, 1)", regression_risk_mixed(10, 14, 9, 0, 1), 0.0},
    {"regression_risk_mixed(10, 14, 9, 1000, .5)", regression_risk_mixed(10, 14, 9, 1000, .5), 9.6147412430731512e+56},
    {"regression_risk_mixed(10, 14, 9, 1000000000, 1)", regression_risk_mixed(10, 14, 9, 1000000000, 1), infinity},
    {"regression_risk_mixed_limit(10, 14, 9)", regression_risk_mixed_limit(10, 14, 9), infinity},
    {"strong_collapse_once(10, 14, 9, 1, .25).variance", strong_collapse_once(10, 14, 9, 1, .25).variance,
     1.5574306645735217},
    {"strong_collapse_once(10, 14, 9, 2, .25).bias_squared", strong_collapse_once(10, 14, 9, 2, .25).bias_squared,
     0.82653061224489796},
    {"regression_risk_mixed(4, 9, 3, 7)", regression_risk_mixed(4, 9, 3, 7), 1.4743313349327131},
    {"regression_risk_variance(10, 50, 1, 1)", regression_risk_variance(10, 50, 1, 1), 0.017413863567709722},
    {"regression_risk_variance(10, 50, 10, 1)", regression_risk_variance(10, 50, 10, 1), 1.3575705883398191},
    {"regression_risk_variance(5, 20, 1, 1)", regression_risk_variance(5, 20, 1, 1), 0.080782312925170068},
    {"regression_risk_variance(100, 1000, 100, 1)", regression_risk_variance(100, 1000, 100, 1), 2.4774458921625175},
    {"regression_risk_variance(1, 5, 3, 2)", regression_risk_variance(1, 5, 3, 2), 16.0},
    {"regression_risk_variance(3, 1000000000, 1000000000, 1)", regression_risk_variance(3, 1000000000, 1000000000, 1),
     6.0000000480000003},
    {"regression_risk_variance(1000000, 1000000000, 1, 1e-5)", regression_risk_variance(1000000, 1000000000, 1, 1e-5),
     2.0060120280641306e-22},
    {"regression_risk_variance(4, 30, 0, 1)", regression_risk_variance(4, 30, 0, 1), 0.0},
    {"regression_risk_variance(4, 30, 3, 0)", regression_risk_variance(4, 30, 3, 0), 0.0},
    {"regression_risk_variance(1000, 1004, 50, .1)", regression_risk_variance(1000, 1004, 50, .1), 116888.8888888889},
    {"regression_risk_variance(4, 7, 1)", regression_risk_variance(4, 7, 1), infinity},
    {"regression_risk_variance(4, 6, 2)", regression_risk_variance(4, 6, 2), infinity},
    {"regression_risk_variance(4, 7, 0)", regression_risk_variance(4, 7, 0), 0.0},
    {"regression_risk_variance(4, 7, 3, 0)", regression_risk_variance(4, 7, 3, 0), 0.0},
    {"minimum_norm_risk(50, 20, 10, 5, 1, .1)", minimum_norm_risk(50, 20, 10, 5, 1, .1), 0.91380624166105956},
    {"minimum_norm_risk(100, 80, 80, 5, 1, 0)", minimum_norm_risk(100, 80, 80, 5, 1, 0), 0.67232},
    {"minimum_norm_risk(100, 98, 49, 5, 1, .01)", minimum_norm_risk(100, 98, 49, 5, 1, .01), 375631.93750000001},
    {"minimum_norm_risk(30, 12, 9, 4, 2, .5)", minimum_norm_risk(30, 12, 9, 4, 2, .5), 2.3627590665820572},
    {"minimum_norm_risk(3, 1, 1, 3, 1, 1)", minimum_norm_risk(3, 1, 1, 3, 1, 1), 2.4074074074074074},
    {"minimum_norm_risk(3, 1, 0, 3, 1, 1)", minimum_norm_risk(3, 1, 0, 3, 1, 1), 1.6666666666666667},
    {"minimum_norm_risk(50, 20, 0, 5, 1, .1)", minimum_norm_risk(50, 20, 0, 5, 1, .1), 0.66896551724137931},
    {"minimum_norm_risk(10, 8, 5, 0, 1, 1)", minimum_norm_risk(10, 8, 5, 0, 1, 1), 0.0},
    {"minimum_norm_risk(1000000000, 10, 10, 1000, 1, 1e-3)", minimum_norm_risk(1000000000, 10, 10, 1000, 1, 1e-3),
     1.00000000001},
    {"minimum_norm_risk(1000000000, 999999998, 1, 7, 1, 1)", minimum_norm_risk(1000000000, 999999998, 1, 7, 1, 1),
     6.9999999440000002e+9},
    {"minimum_norm_risk(100, 98, 97, 100, 1, .01)", minimum_norm_risk(100, 98, 97, 100, 1, .01), 6.4127622568083245e+28},
    {"minimum_norm_risk(10, 8, 1, 20, 1, 1)", minimum_norm_risk(10, 8, 1, 20, 1, 1), 40.527302183111193},
    {"minimum_norm_risk(12, 9, 4, 1000000000, 1, .3)", minimum_norm_risk(12, 9, 4, 1000000000, 1, .3), infinity},
    {"minimum_norm_risk(1000000000, 500000000, 500000000, 1000000, 1, 1)",
     minimum_norm_risk(1000000000, 500000000, 500000000, 1000000, 1, 1), 3.000000004},
    {"minimum_norm_bias(50, 20, 10, 5)", minimum_norm_bias(50, 20, 10, 5), 0.5621400576},
    {"minimum_norm_bias(100, 80, 80, 5)", minimum_norm_bias(100, 80, 80, 5), 0.4520141824},
    {"minimum_norm_bias(30, 12, 9, 4)", minimum_norm_bias(30, 12, 9, 4), 0.72284004},
    {"minimum_norm_bias(30, 30, 9, 4)", minimum_norm_bias(30, 30, 9, 4), 0.0},
    {"minimum_norm_bias(10, 4, 4, 0)", minimum_norm_bias(10, 4, 4, 0), 0.0},
    {"minimum_norm_bias(1000000, 1000, 1000, 2000)", minimum_norm_bias(1000000, 1000, 1000, 2000), 1.0},
    {"label_mixing_risk(5, 25, .4, 4, 1, 1)", label_mixing_risk(5, 25, .4, 4, 1, 1), 0.21611789473684209},
    {"label_mixing_risk(40, 20, .6, 4, 1, .3)", label_mixing_risk(40, 20, .6, 4, 1, .3), 0.722016},
    {"label_mixing_risk(1000, 10, .01, 50, 1, .1)", label_mixing_risk(1000, 10, .01, 50, 1, .1), 1.0007999423584117},
    {"label_mixing_risk(20, 10, .5, 3, 1, 1)", label_mixing_risk(20, 10, .5, 3, 1, 1), 1.2126736111111111},
    {"label_mixing_risk(5, 25, 0, 100, 1, 1)", label_mixing_risk(5, 25, 0, 100, 1, 1), 26.315789473684211},
    {"label_mixing_risk(5, 25, 1, 100, 1, 1)", label_mixing_risk(5, 25, 1, 100, 1, 1), 0.26315789473684211},
    {"label_mixing_risk(40, 20, 0, 100, 1, .3)", label_mixing_risk(40, 20, 0, 100, 1, .3), 1.631578947368421},
    {"label_mixing_risk(40, 20, 1, 9, 1, .3)", label_mixing_risk(40, 20, 1, 9, 1, .3), 0.81578947368421051},
    {"label_mixing_risk(5, 25, 1e-9, 1000000000, 1, 1)", label_mixing_risk(5, 25, 1e-9, 1000000000, 1, 1),
     1.1377167310549019e+8},
    {"label_mixing_risk(5, 25, 1e-12, 1000, 1, 1)", label_mixing_risk(5, 25, 1e-12, 1000, 1, 1), 263.15789447342158},
    {"label_mixing_risk(5, 25, .4, 0, 1, 1)", label_mixing_risk(5, 25, .4, 0, 1, 1), 0.0},
    {"label_mixing_risk(5, 25, .4, 1, 1, 1)", label_mixing_risk(5, 25, .4, 1, 1, 1), 0.26315789473684211},
    {"label_mixing_risk(1000000000, 999999998, 1e-9, 100000000, 2, 1)",
     label_mixing_risk(1000000000, 999999998, 1e-9, 100000000, 2, 1), 8.2419988314709211e+16},
    {"label_mixing_risk(1, 3, .5, 7, 0, 2)", label_mixing_risk(1, 3, .5, 7, 0, 2), 1.33349609375},
    {"label_mixing_risk(5, 7, .25, 9, 1, 0)", label_mixing_risk(5, 7, .25, 9, 1, 0), 0.0},
    {"label_mixing_weight(1)", label_mixing_weight(1), 0.61803398874989485},
    {"label_mixing_weight(.5)", label_mixing_weight(.5), 0.56155281280883027},
    {"label_mixing_weight(1e-6)", label_mixing_weight(1e-6), 0.500000125},
    {"label_mixing_weight(0)", label_mixing_weight(0), 0.5},
};

const value ridged[] = {
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 6, workflow::replace)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 6, workflow::replace), 2.0875543991608258},
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 6, workflow::accumulate)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 6, workflow::accumulate), 0.4235368580574814},
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 1, workflow::replace)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 1, workflow::replace), 0.33653581267217631},
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 1, workflow::accumulate)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 1, workflow::accumulate), 0.33653581267217631},
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 0, workflow::replace)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 0, workflow::replace), 0.0},
    {"kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 0, workflow::accumulate)",
     kernel_ridge_risk(numbers{5, 1, .1}, numbers{2, 1, .3}, .5, .1, 0, workflow::accumulate), 0.0},
    {"kernel_ridge_risk(numbers{100, 1e-4}, numbers{1, 1}, .01, .5, 40, workflow::replace)",
     kernel_ridge_risk(numbers{100, 1e-4}, numbers{1, 1}, .01, .5, 40, workflow::replace), 20.918289984280839},
    {"kernel_ridge_risk(numbers{100, 1e-4}, numbers{1, 1}, .01, .5, 40, workflow::accumulate)",
     kernel_ridge_risk(numbers{100, 1e-4}, numbers{1, 1}, .01, .5, 40, workflow::accumulate), 1.7917142614225845},
    {"kernel_ridge_risk(numbers{3, 0}, numbers{1, 2}, 0, 1, 50, workflow::replace)",
     kernel_ridge_risk(numbers{3, 0}, numbers{1, 2}, 0, 1, 50, workflow::replace), 54.0},
    {"kernel_ridge_risk(numbers{3, 0}, numbers{1, 2}, 0, 1, 50, workflow::accumulate)",
     kernel_ridge_risk(numbers{3, 0}, numbers{1, 2}, 0, 1, 50, workflow::accumulate), 5.6251327336215293},
    {"kernel_ridge_risk(numbers{1}, numbers{1}, 1e-13, 1, 3000, workflow::replace)",
     kernel_ridge_risk(numbers{1}, numbers{1}, 1e-13, 1, 3000, workflow::replace), 2999.9999990997},
    {"kernel_ridge_risk(numbers{1}, numbers{1}, 1e-13, 1, 3000, workflow::accumulate)",
     kernel_ridge_risk(numbers{1}, numbers{1}, 1e-13, 1, 3000, workflow::accumulate), 1.6446007890640354},
    {"kernel_ridge_risk(numbers{1e-200, 1e200}, numbers{1, 1}, 1, 1, 7, workflow::replace)",
     kernel_ridge_risk(numbers{1e-200, 1e200}, numbers{1, 1}, 1, 1, 7, workflow::replace), 8.0},
    {"kernel_ridge_risk(numbers{1e-200, 1e200}, numbers{1, 1}, 1, 1, 7, workflow::accumulate)",
     kernel_ridge_risk(numbers{1e-200, 1e200}, numbers{1, 1}, 1, 1, 7, workflow::accumulate), 2.511797052154195},
    {"kernel_ridge_risk(numbers{2, 1}, numbers{-3, 0}, 1e5, 2, 2500, workflow::replace)",
     kernel_ridge_risk(numbers{2, 1}, numbers{-3, 0}, 1e5, 2, 2500, workflow::replace), 9.000000000999964},
    {"kernel_ridge_risk(numbers{2, 1}, numbers{-3, 0}, 1e5, 2, 2500, workflow::accumulate)",
     kernel_ridge_risk(numbers{2, 1}, numbers{-3, 0}, 1e5, 2, 2500, workflow::accumulate), 8.9996424033244884},
    {"kernel_ridge_risk(numbers{7}, numbers{1}, 1e3, .1, 5000, workflow::replace)",
     kernel_ridge_risk(numbers{7}, numbers{1}, 1e3, .1, 5000, workflow::replace), 1.00000483234714},
    {"kernel_ridge_risk(numbers{7}, numbers{1}, 1e3, .1, 5000, workflow::accumulate)",
     kernel_ridge_risk(numbers{7}, numbers{1}, 1e3, .1, 5000, workflow::accumulate), 0.98682375306745078},
    {"kernel_ridge_risk(numbers{1}, numbers{0}, 0, 1, 20000, workflow::replace)",
     kernel_ridge_risk(numbers{1}, numbers{0}, 0, 1, 20000, workflow::replace), 20000.0},
    {"kernel_ridge_risk(numbers{1}, numbers{0}, 0, 1, 20000, workflow::accumulate)",
     kernel_ridge_risk(numbers{1}, numbers{0}, 0, 1, 20000, workflow::accumulate), 1.6448840680982056},
    {"kernel_ridge_risk(numbers{1}, numbers{0}, 0, .5, 1000000000, workflow::accumulate)",
     kernel_ridge_risk(numbers{1}, numbers{0}, 0, .5, 1000000000, workflow::accumulate), 0.82246703292411322},
    {"kernel_ridge_risk(numbers{1}, numbers{1}, 1e6, .5, 1000000, workflow::accumulate)",
     kernel_ridge_risk(numbers{1}, numbers{1}, 1e6, .5, 1000000, workflow::accumulate), 0.9999982500028125},
    {"kernel_ridge_risk(numbers{1}, numbers{1}, 1e-9, .5, 1000000000, workflow::replace)",
     kernel_ridge_risk(numbers{1}, numbers{1}, 1e-9, .5, 1000000000, workflow::replace), 2.1616617944850631e+8},
};

const value logistic[] = {
    {"logistic_next_slope(1, 3, 1, .5)", logistic_next_slope(1, 3, 1, .5), 6.0},
    {"logistic_next_slope(7, 1, 0)", logistic_next_slope(7, 1, 0), 14.0},
    {"logistic_next_slope(30, 1, 0)", logistic_next_slope(30, 1, 0), 60.0},
    {"logistic_next_slope(60, 1e-3, 1, 1)", logistic_next_slope(60, 1e-3, 1, 1), 0.001},
    {"logistic_next_slope(100, 150, 1, 3)", logistic_next_slope(100, 150, 1, 3), 50.0},
    {"logistic_next_slope(-2, 5, 0)", logistic_next_slope(-2, 5, 0), -4.0},
    {"logistic_next_slope(1, infinity, 1)", logistic_next_slope(1, infinity, 1), infinity},
    {"logistic_next_slope(1, -infinity, 1)", logistic_next_slope(1, -infinity, 1), -infinity},
    {"logistic_next_slope(1, 0, 1)", logistic_next_slope(1, 0, 1), 0.0},
    {"logistic_next_slope(0, 5, 0)", logistic_next_slope(0, 5, 0), 0.0},
    {"logistic_next_slope(1, 9, 0, 1, .5)", logistic_next_slope(1, 9, 0, 1, .5), 0.0},
    {"logistic_next_slope(1e-8, 1, 0)", logistic_next_slope(1e-8, 1, 0), 2.0e-8},
    {"logistic_next_slope(1, 1e12, 1, 10)", logistic_next_slope(1, 1e12, 1, 10), 1.0e+11},
    {"logistic_next_slope(1, 1e-12, 1, 10)", logistic_next_slope(1, 1e-12, 1, 10), 9.9999999999999998e-14},
};

const value separable[] = {
    {"logistic_next_slope(1, 1, .5, 1, 0, 0)", logistic_next_slope(1, 1, .5, 1, 0, 0), 1.35887209714217},
    {"logistic_next_slope(1, 1, .5, .5, 0, 0)", logistic_next_slope(1, 1, .5, .5, 0, 0), 2},
    {"logistic_next_slope(1, 2, 0, 1, .1, 0)", logistic_next_slope(1, 2, 0, 1, .1, 0), 1.126685295547398},
    {"logistic_next_slope(1, 2, 0, 1, 0, .05)", logistic_next_slope(1, 2, 0, 1, 0, .05), 1.331285308950372},
    {"logistic_next_slope(3, .1, .99, 1, 0, 0)", logistic_next_slope(3, .1, .99, 1, 0, 0), 0.1051944765342376},
    {"logistic_next_slope(1, -3, .5, 1, 0, 0)", logistic_next_slope(1, -3, .5, 1, 0, 0), -0.04184858713218818},
    {"logistic_next_slope(1, 2, .3, 1, .9, 0)", logistic_next_slope(1, 2, .3, 1, .9, 0), -0.267577139493738},
    {"logistic_next_slope(.01, 5, .5, 1, .1, .001)", logistic_next_slope(.01, 5, .5, 1, .1, .001), 0.883540597440721},
    {"logistic_next_slope(2, 40, .9, 1, 0, 1e-6)", logistic_next_slope(2, 40, .9, 1, 0, 1e-6), 10.33619197318773},
    {"logistic_next_slope(5, 3, .5, 1, 0, 0)", logistic_next_slope(5, 3, .5, 1, 0, 0), 3.290981111571219},
    {"logistic_next_slope(5, 3, .25, 2, .01, .1)", logistic_next_slope(5, 3, .25, 2, .01, .1), 0.7705022119175138},
    {"logistic_next_slope(0, 2, .5, 1, 0, .5)", logistic_next_slope(0, 2, .5, 1, 0, .5), 0.2025808283101368},
    {"logistic_next_slope(1, 1, .5, 1, 0, 1e6)", logistic_next_slope(1, 1, .5, 1, 0, 1e6), 4.373388064848714e-07},
    {"logistic_next_slope(8, 4, .999, 1, 0, 0)", logistic_next_slope(8, 4, .999, 1, 0, 0), 4.000235415332363},
    {"logistic_next_slope(20, 50, .5, 1, 0, 0)", logistic_next_slope(20, 50, .5, 1, 0, 0), 43.55191081336535},
    {"logistic_next_slope(12, 1, .5, 1, 0, 1e-9)", logistic_next_slope(12, 1, .5, 1, 0, 1e-9), 1.062671732983441},
};

}  // namespace

TEST_CASE("theory/mixed labels, ridge, logistic: independent values") {
  check_values(linear);
  check_values(ridged);
  check_values(logistic);
  check_values(separable);
}

TEST_CASE("theory/mixed labels: where they are what was known") {
  for (const Index n : {1, 4, 300}) {
    CHECK_CLOSE(regression_risk_mixed(10, 60, 60, n, .3), regression_risk_replace(10, 60, n, .3), 1e-14);
    CHECK_CLOSE(label_mixing_risk(10, 60, 0, n, 5, .3), regression_risk_replace(10, 60, n, .3), 1e-14);
    CHECK_CLOSE(label_mixing_risk(40, 20, 0, n, 5, 0), minimum_norm_risk(40, 20, 20, n, 5, 0), 1e-14);
    CHECK_CLOSE(minimum_norm_risk(40, 20, 20, n, 5, 0), regression_risk_overparametrised(5, 40, 20, n), 1e-14);
    // In sample, an eigenvalue s weighs the coefficient's risk by s.
    const numbers s{7}, c{2}, root{2 * std::sqrt(7.0)};
    CHECK_CLOSE(kernel_ridge_risk(s, root, .5, .3, n, workflow::replace), 7 * regression_risk_ridge(s, c, .5, n, .3), 1e-13);
  }
  // Accumulated without a penalty: a variance of pi^2/6 in the end.
  const double limit = kernel_ridge_risk(numbers{3}, numbers{9}, 0, 1, 1'000'000'000'000, workflow::accumulate);
  CHECK_CLOSE(limit, std::numbers::pi * std::numbers::pi / 6, 1e-11);
  // A fit to real labels alone has the variance of Hotelling's law: 2 m^2 (N-1)/(d(N-d-3)).
  CHECK_CLOSE(regression_risk_variance(5, 20, 1), 2.0 / 5 * std::pow(5.0 / 14, 2) * 19.0 / 12, 1e-14);
}

TEST_CASE("theory/mixed labels: the factor of one generation, drawn") {
  // w' - w* = (X'X)^-1 X2'X2 delta with p = 5 of N = 8 rows in d = 2; the twin is a fixed design's (p/N)^2.
  std::mt19937_64 engine(20260730);
  std::normal_distribution<double> normal;
  std::vector<double> squares, least;
  for (int run = 0; run < 40'000; ++run) {
    Eigen::Matrix<double, 8, 2> x;
    for (Index i = 0; i < x.size(); ++i) x(i) = normal(engine);
    const Eigen::Matrix2d all = x.transpose() * x, part = x.topRows<5>().transpose() * x.topRows<5>();
    squares.push_back((all.inverse() * part).col(0).squaredNorm());
    // Minimum norm: N = 2 rows, p = 1, in d = 6: w' = X'(XX')^-1 (X2 delta, 0).
    Eigen::Matrix<double, 2, 6> few;
    for (Index i = 0; i < few.size(); ++i) few(i) = normal(engine);
    const Eigen::Matrix2d gram = few * few.transpose();
    least.push_back((few.transpose() * gram.inverse().col(0) * few(0, 0)).squaredNorm());
  }
  const auto factor = simulacra_test::mean_of(squares), short_factor = simulacra_test::mean_of(least);
  CHECK_Z(factor.mean, strong_collapse_factor(2, 8, 5), factor.standard_error);
  CHECK(std::abs(simulacra_test::z_score(factor.mean, 25.0 / 64, factor.standard_error)) > 4.5);
  // B drops out of the difference of two generations: R_2 - R_1 = c R_1.
  const double once = minimum_norm_risk(6, 2, 1, 1, 1, 0), twice = minimum_norm_risk(6, 2, 1, 2, 1, 0);
  CHECK_Z(short_factor.mean, (twice - once) / once, short_factor.standard_error);
  CHECK(std::abs(simulacra_test::z_score(short_factor.mean, 1.0 / 6, short_factor.standard_error)) > 4.5);
}

TEST_CASE("theory/logistic: what stays") {
  for (const double mu : {0.01, 0.3, 1.0, 4.0, 15.0, 80.0})
    for (const double share : {0.0, 0.5, 0.999}) CHECK_CLOSE(logistic_next_slope(mu, 2 * mu, share), 2 * mu, 1e-11);
  // It rises with the slope that labels, and a penalty shortens it.
  CHECK(logistic_next_slope(1, 3, .5) > logistic_next_slope(1, 2, .5));
  CHECK(logistic_next_slope(1, 2, .5, 1, 0, .01) < 2);
  CHECK_CLOSE(logistic_next_slope(1, -2, .5, .7, .1, .01), -logistic_next_slope(-1, 2, .5, .7, .1, .01), 1e-12);
}

TEST_CASE("theory/mixed labels, ridge, logistic: arguments") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const numbers one{1};
  refuses([] { return strong_collapse_factor(0, 9, 1); }, "strong_collapse_factor: argument 'dimension' is 0;");
  refuses([] { return strong_collapse_factor(5, 6, 1); }, "strong_collapse_factor: argument 'rows' is 6;");
  refuses([] { return strong_collapse_factor(5, 9, 10); }, "strong_collapse_factor: argument 'synthetic' is 10;");
  refuses([] { return regression_risk_mixed(5, 9, 1, -1); }, "regression_risk_mixed: argument 'generation' is -1;");
  refuses([] { return regression_risk_mixed(5, 9, 1, 1, nan); }, "regression_risk_mixed: argument 'noise' is nan;");
  refuses([] { return regression_risk_variance(5, 6, 1); }, "regression_risk_variance: argument 'rows' is 6;");
  refuses([] { return minimum_norm_risk(9, 8, 1, 1, 1, 1); }, "minimum_norm_risk: argument 'rows' is 8;");
  refuses([] { return minimum_norm_risk(9, 7, 1, 1, -1, 1); }, "minimum_norm_risk: argument 'signal' is -1;");
  refuses([] { return label_mixing_risk(9, 10, .5, 1, 1, 1); }, "label_mixing_risk: argument 'rows' is 10;");
  refuses([] { return label_mixing_risk(9, 20, 2, 1, 1, 1); }, "label_mixing_risk: argument 'real_share' is 2;");
  refuses([&] { return kernel_ridge_risk(one, {}, 1, 1, 1, workflow::replace); },
          "kernel_ridge_risk: argument 'number of coefficients' is 0;");
  refuses([&] { return kernel_ridge_risk(one, one, -1, 1, 1, workflow::replace); },
          "kernel_ridge_risk: argument 'penalty' is -1;");
  refuses([&] { return kernel_ridge_risk(numbers{-2}, one, 1, 1, 1, workflow::replace); },
          "kernel_ridge_risk: argument 'eigenvalue' is -2;");
  refuses([] { return logistic_next_slope(infinity, 1, .5); }, "logistic_next_slope: argument 'mu' is inf;");
  refuses([] { return logistic_next_slope(1, nan, .5); }, "logistic_next_slope: argument 'slope' is nan;");
  refuses([] { return logistic_next_slope(1, 1, 1.5); }, "logistic_next_slope: argument 'synthetic_share' is 1.5;");
  refuses([] { return logistic_next_slope(1, 1, .5, 0); }, "logistic_next_slope: argument 'temperature' is 0;");
  refuses([] { return logistic_next_slope(1, 1, .5, 1, -1); }, "logistic_next_slope: argument 'flip' is -1;");
  refuses([] { return logistic_next_slope(1, 1, .5, 1, 0, -1); }, "logistic_next_slope: argument 'penalty' is -1;");
}
