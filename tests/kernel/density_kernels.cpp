#include "kernel/support.hpp"
#include "random/goodness.hpp"

#include <simulacra/families/kernel/density.hpp>
#include <simulacra/numerics/gauss_legendre.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

using namespace simulacra_test;

namespace {

struct reference {
  Index d;
  std::string_view kernel;
  bool weighted;
  std::array<double, 3> values;
};

/// scikit-learn 1.2.1, KernelDensity(bandwidth=1.7, rtol=0, atol=0).fit(X, sample_weight).score_samples(Y). (Its cosine kernel is left
/// out in even dimensions: there its normaliser lacks a term.)
const reference from_sklearn[] = {
    {1, "gaussian", false, {-1.7611026312297913, -1.862405868149732, -1.7476326150741426}},
    {1, "gaussian", true, {-1.7406482893721185, -1.8610964122614715, -1.7222375951691453}},
    {1, "tophat", false, {-1.5804503755608486, -1.7346010553881066, -1.4469189829363263}},
    {1, "tophat", true, {-1.5569198781506537, -1.7346010553881066, -1.4060969884160706}},
    {1, "epanechnikov", false, {-1.592145180502918, -1.5975585395748635, -1.5606438085825534}},
    {1, "epanechnikov", true, {-1.5744010936158155, -1.6268165859304258, -1.5130188157345055}},
    {1, "triangular", false, {-1.533319615747395, -1.5917914835922549, -1.5362668199975569}},
    {1, "triangular", true, {-1.4971062957240537, -1.633798797560572, -1.482426810734406}},
    {1, "exponential", false, {-1.8319569998965917, -1.9346704720672436, -1.8348011586711581}},
    {1, "exponential", true, {-1.8038790271606917, -1.9474544273505727, -1.804604525108442}},
    {1, "cosine", false, {-1.5795722827617515, -1.59184568634163, -1.5592608459271688}},
    {1, "cosine", true, {-1.5574280313264364, -1.623904706908605, -1.5088540890328095}},
    {2, "gaussian", false, {-3.567709542281421, -3.616963439702324, -3.6151515745521277}},
    {2, "gaussian", true, {-3.7150943783678456, -3.593736136927527, -3.5278713376923454}},
    {2, "tophat", false, {-3.409959192299677, -3.2558085124724183, -3.2558085124724183}},
    {2, "tophat", true, {-4.103106372859623, -3.0814551253276408, -2.968126440020638}},
    {2, "epanechnikov", false, {-3.1560704145631835, -3.1459968376823433, -3.0784986120433686}},
    {2, "epanechnikov", true, {-3.971978928317953, -2.9193010550294005, -2.706529067316854}},
    {2, "triangular", false, {-3.101998594263687, -3.085166752393296, -3.0807530208421134}},
    {2, "triangular", true, {-3.9556347991756953, -2.874450909109373, -2.6869782369739283}},
    {2, "exponential", false, {-3.945274099001928, -3.9772945289967296, -3.9906803467557914}},
    {2, "exponential", true, {-4.116809815041357, -3.941314570300111, -3.8798856165169413}},
    {3, "gaussian", false, {-5.3038004710316216, -5.33796534369468, -5.377153607595481}},
    {3, "gaussian", true, {-5.502009633945548, -5.336182159370495, -5.205196837273272}},
    {3, "tophat", false, {-4.633734623921793, -4.633734623921793, -4.633734623921793}},
    {3, "tophat", true, {-5.326881804481738, -4.479583944094534, -4.285427929653577}},
    {3, "epanechnikov", false, {-4.072993542958818, -4.110859037857674, -4.157419404868069}},
    {3, "epanechnikov", true, {-4.8352700346396, -3.999288739140357, -3.7398469939681096}},
    {3, "triangular", false, {-3.9736813817297936, -4.023073890929493, -4.079269567353457}},
    {3, "triangular", true, {-4.773459438351595, -3.927383570063429, -3.6450774854793684}},
    {3, "exponential", false, {-6.099498181377342, -6.13158180751658, -6.165033194763799}},
    {3, "exponential", true, {-6.289829856391587, -6.123336291591997, -6.007032857575846}},
    {3, "cosine", false, {-4.031034157507685, -4.072824574142184, -4.122781220859369}},
    {3, "cosine", true, {-4.806165827930103, -3.967593241155539, -3.697587839615949}},
    {5, "gaussian", false, {-8.581322489416262, -8.589224536541751, -8.639293258734764}},
    {5, "gaussian", true, {-8.950392253796537, -8.539745596633026, -8.381282180314749}},
    {5, "tophat", false, {-5.923430280021378, -6.211112352473159, -6.211112352473159}},
    {5, "tophat", true, {-6.616577460581324, -6.0104416570110075, -5.700286728707169}},
    {5, "epanechnikov", false, {-5.341431285028425, -5.414172927144374, -5.530733701629587}},
    {5, "epanechnikov", true, {-6.31226321310173, -5.312621805345813, -5.0199080778635965}},
    {5, "triangular", false, {-5.219206674671308, -5.274802880565405, -5.418149376370128}},
    {5, "triangular", true, {-6.215923080866034, -5.191450128329058, -4.907323752604137}},
    {5, "exponential", false, {-10.68278995562264, -10.7088986868228, -10.750525722932524}},
    {5, "exponential", true, {-10.960216001998472, -10.677066197867916, -10.548119230072176}},
    {5, "cosine", false, {-5.284339891470022, -5.347796392952018, -5.473226316293637}},
    {5, "cosine", true, {-6.27019600384552, -5.2555918302242866, -4.962400692527646}},
};

template <class Kernel>
void check_reference(const reference& r) {
  const samples<> x = waves(r.d, 20), y = waves(r.d, 3, 0.4);
  const kernel_density<double, dynamic, Kernel> p(x, r.weighted ? uneven(20) : weights<double>(), 1.7);
  Eigen::VectorXd all(3);
  p.log_density_into(y, all);
  for (Index i = 0; i < 3; ++i) {
    CHECK_CLOSE(p.log_density(y.col(i)), r.values[static_cast<std::size_t>(i)], 1e-13);
    CHECK_CLOSE(all[i], r.values[static_cast<std::size_t>(i)], 1e-13);
  }
}

}  // namespace

TEST_CASE("kernel density: log densities of all kernels agree with scikit-learn, weighted and not") {
  for (const reference& r : from_sklearn) {
    CAPTURE(r.d);
    CAPTURE(r.kernel);
    CAPTURE(r.weighted);
    if (r.kernel == "gaussian")
      check_reference<smoothing::gaussian>(r);
    else if (r.kernel == "tophat")
      check_reference<smoothing::tophat>(r);
    else if (r.kernel == "epanechnikov")
      check_reference<smoothing::epanechnikov>(r);
    else if (r.kernel == "triangular")
      check_reference<smoothing::triangular>(r);
    else if (r.kernel == "exponential")
      check_reference<smoothing::exponential>(r);
    else
      check_reference<smoothing::cosine>(r);
  }
}

namespace {

/// The integral of a 1-D density, piece by piece between the places where it has kinks.
template <class Kernel>
double integral(const kernel_density<double, 1, Kernel>& p) {
  const double h = p.bandwidth().diagonal()[0], reach = Kernel::compact ? h : 45 * h;
  std::vector<double> ends;
  for (Index i = 0; i < p.size(); ++i)
    for (const double at : {-reach, 0.0, reach}) ends.push_back(p.points()(0, i) + at);
  std::sort(ends.begin(), ends.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i)
    for (int part = 0; part < 8; ++part) {
      const double step = (ends[i + 1] - ends[i]) / 8, from = ends[i] + part * step;
      sum += gauss_legendre<20>::integrate(from, from + step,
                                           [&](double t) { return std::exp(p.log_density(point<double, 1>(t))); });
    }
  return sum;
}

/// The integral of the density of one point in two dimensions, in polar coordinates of its ellipse.
template <class Kernel>
double planar_integral(const bandwidth_matrix<2>& h) {
  const point<double, 2> centre(3, -1);
  const kernel_density<double, 2, Kernel> p(samples<double, 2>(centre), h);
  const square<double, 2> f = h.lower();
  constexpr int angles = 16;
  double sum = 0;
  for (int a = 0; a < angles; ++a) {
    const double turn = 6.283185307179586 * (a + 0.3) / angles;
    const point<double, 2> way = f * point<double, 2>(std::cos(turn), std::sin(turn));
    const double end = Kernel::compact ? 1 : 50;
    for (int part = 0; part < 40; ++part)
      sum += gauss_legendre<20>::integrate(end * part / 40, end * (part + 1) / 40, [&](double r) {
        return r * std::exp(p.log_density(point<double, 2>(centre + r * way)));
      });
  }
  return sum * 6.283185307179586 / angles * f(0, 0) * f(1, 1);
}

}  // namespace

TEST_CASE("kernel density: densities integrate to 1 in one and two dimensions") {
  const square<double, 2> f{{0.5, 0.0}, {0.8, 0.3}};
  for_each_kernel([&](auto kernel) {
    using K = decltype(kernel);
    const kernel_density<double, 1, K> p(waves(1, 5), uneven(5), 0.7);
    CHECK_CLOSE(integral(p), 1.0, 1e-11);
    CHECK_CLOSE(planar_integral<K>(bandwidth_matrix<2>::factor(f)), 1.0, 1e-11);
  });
}

TEST_CASE("kernel density: draws have its density in 1-D, and a bandwidth 5 per cent off is seen") {
  samples<double, 1> x(1, 3);
  x << -2, 0, 1;
  for_each_kernel([&](auto kernel) {
    using K = decltype(kernel);
    const kernel_density<double, 1, K> p(x, uneven(3), 0.8), off(x, uneven(3), 0.84), even(x, 0.8);
    // The distribution function by cumulative quadrature of exp(log_density).
    const double low = -22, high = 21;
    constexpr std::size_t cells = 4300;
    std::vector<double> table(cells + 1, 0.0);
    for (std::size_t i = 0; i < cells; ++i) {
      const double from = low + (high - low) * static_cast<double>(i) / cells;
      table[i + 1] = table[i] + gauss_legendre<8>::integrate(from, from + (high - low) / cells, [&](double t) {
                       return std::exp(p.log_density(point<double, 1>(t)));
                     });
    }
    const auto cdf = [&](double t) {
      const double place = std::clamp((t - low) / (high - low) * cells, 0.0, cells - 1e-9);
      const auto i = static_cast<std::size_t>(place);
      return table[i] + (place - static_cast<double>(i)) * (table[i + 1] - table[i]);
    };
    const auto z = [&](const kernel_density<double, 1, K>& law, std::uint64_t seed) {
      stream rng(seed);
      const samples<double, 1> draws = law.sample(100000, rng);
      Index next = 0;
      return equiprobable_z(
          100000, 60, [&] { return draws(0, next++); }, cdf);
    };
    CHECK_Z(z(p, 5), 0, 1);
    CHECK(std::abs(z(off, 5)) > z_limit);
    CHECK(std::abs(z(even, 5)) > z_limit);  // weights forgotten
  });
}
