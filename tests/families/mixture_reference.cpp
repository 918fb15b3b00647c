#include "support/statistics.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/em.hpp>

// EM against numbers that are not ours: scikit-learn's, iteration by iteration, and 50 digits.

using namespace simulacra;

namespace {

/// The data of the reference, from a linear congruential generator so that any program can make the same ones: two clouds
/// with bounded noise, the last coordinate correlated with the first.
samples<> reference_data(Index n, Index d) {
  std::uint64_t state = 1;
  const auto u = [&state] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  samples<> x(d, n);
  for (Index i = 0; i < n; ++i) {
    const double far_off = u() < 0.4 ? 3.0 : 0.0;
    for (Index c = 0; c < d; ++c) {
      double s = u();
      s = s + u();
      s = s + u();
      x(c, i) = (s - 1.5) * (1.0 + 0.5 * static_cast<double>(c)) + (c % 2 == 0 ? far_off : 0.0);
    }
    x(d - 1, i) = x(d - 1, i) + 0.5 * x(0, i);
  }
  return x;
}

/// Equal weights, means (1.5 j + 0.25 c) for component j and coordinate c, covariance 2 I.
gaussian_mixture<> reference_start(Index k, Index d) {
  std::vector<gaussian<>> components;
  for (Index j = 0; j < k; ++j) {
    point<> mean(d);
    for (Index c = 0; c < d; ++c) mean[c] = 1.5 * static_cast<double>(j) + 0.25 * static_cast<double>(c);
    components.emplace_back(mean, square<>(square<>::Identity(d, d) * 2.0));
  }
  return {std::vector<double>(static_cast<std::size_t>(k), 1.0), std::move(components)};
}

mixture_em<> engine(const samples<>& x, const weights<double>* w, const mixture_options<>& o) {
  stream unused(0);
  const gaussian_estimator<> single(divisor::n);
  return mixture_em<>(x, w, w == nullptr ? single.fit(x, unused).model : single.fit(x, *w, unused).model, o);
}

struct reference {
  covariance_type covariance;
  Index k, n, d;
  double floor;
  std::array<double, 8> log_likelihood;
  double weight, mean, variance;  ///< of component 0 after eight iterations: weight, mean and variance of coordinate 0
};

// scikit-learn 1.2.1, NumPy 1.24.2. For each row: a GaussianMixture(k, covariance_type=..., reg_covar=floor) is given
// weights_, means_, covariances_ and precisions_cholesky_ of the start above (by _compute_precision_cholesky), and then,
// eight times, `ll, r = gm._e_step(x); gm._m_step(x, r)`; the numbers are repr() of each ll, of weights_[0], means_[0][0]
// and the variance of coordinate 0 of component 0.
const reference references[] = {
    {covariance_type::full,
     2,
     200,
     2,
     0.0,
     {-3.3964494311303692, -2.8207287187884775, -2.7051765608662492, -2.6021589147769033, -2.5507798207197716,
      -2.489052970106853, -2.4612489499105266, -2.4585266303076225},
     0.6072451506176485,
     0.05160380767728209,
     0.2319645629944163},
    {covariance_type::diagonal,
     2,
     200,
     2,
     0.0,
     {-3.3964494311303692, -2.931203987691303, -2.667617986609583, -2.5699467536083995, -2.5179696423684086,
      -2.4907698068216413, -2.4884546882039613, -2.4884160449367942},
     0.6050859386693173,
     0.04681617766903987,
     0.2263394031705849},
    {covariance_type::spherical,
     2,
     200,
     2,
     0.0,
     {-3.3964494311303692, -2.9581192247785246, -2.672639729928917, -2.5827761156520417, -2.561680575568212,
      -2.5586186934979, -2.558472679548533, -2.5584682366141895},
     0.6050642844483024,
     0.048623717661871436,
     0.3845846292523867},
    {covariance_type::tied,
     2,
     200,
     2,
     0.0,
     {-3.3964494311303692, -2.8740960692210806, -2.8343902867236093, -2.7263623733380564, -2.5212775475587854,
      -2.4603164453851565, -2.45985319617687, -2.45984316777265},
     0.6087530850795493,
     0.05490314271784478,
     0.24722252318210905},
    {covariance_type::full,
     2,
     200,
     1,
     0.0,
     {-2.8238098779052634, -2.1756188650942097, -2.032243358270001, -1.9769302220455813, -1.9162191525332355,
      -1.8188457124556578, -1.7501373627192933, -1.7455508504329333},
     0.5749505925761957,
     -0.04299263894782638,
     0.5084577503250368},
    {covariance_type::full,
     3,
     301,
     5,
     0.0,
     {-10.540369860298489, -7.541318391117536, -7.316866416001061, -7.304499044660433, -7.300170529767704,
      -7.298274985981971, -7.29727647202888, -7.2966433537572915},
     0.6312224590816992,
     0.0389601365659275,
     0.22546882987973352},
    {covariance_type::full,
     3,
     301,
     5,
     0.01,
     {-10.540369860298489, -7.545413189440127, -7.3204426650227274, -7.307076527609515, -7.302252224318621,
      -7.299485462409496, -7.2974733429717045, -7.295907944944155},
     0.6312226913323437,
     0.038960990932927896,
     0.23547056625766993},
    {covariance_type::tied,
     3,
     301,
     5,
     0.01,
     {-10.540369860298489, -7.604006859751584, -7.382130774936195, -7.378273057530762, -7.376909075629586,
      -7.3756973821658045, -7.37473378353944, -7.374050899051637},
     0.6311794744317532,
     0.038882185745344536,
     0.24256428678350658},
    {covariance_type::diagonal,
     3,
     301,
     5,
     0.01,
     {-10.540369860298489, -7.642062014350079, -7.42026310056341, -7.416858783556863, -7.414732466426666, -7.413271451890043,
      -7.4121834540118385, -7.411171526943606},
     0.6308281266901139,
     0.03826419099549681,
     0.2348310307712096},
    {covariance_type::spherical,
     3,
     301,
     5,
     0.01,
     {-10.540369860298489, -8.107629091093031, -8.00369749894155, -7.976260308676693, -7.966659301486488, -7.963169881375358,
      -7.96093538101027, -7.959010557939279},
     0.6285575990970379,
     0.03613217081243932,
     1.1103001964980368},
    {covariance_type::full,
     2,
     600,
     18,
     1e-06,
     {-85.71568281104443, -40.872913182495154, -40.373083361613695, -40.16340274005034, -40.16340274005463,
      -40.16340274005463, -40.16340274005463, -40.16340274005463},
     0.9766666666666667,
     1.1875997234336182,
     2.478765842614699},
};

}  // namespace

TEST_CASE("mixture: the log-likelihood of every iteration is scikit-learn's from the same start") {
  for (const reference& r : references) {
    const samples<> x = reference_data(r.n, r.d);
    auto em = engine(x, nullptr, {.components = r.k, .covariance = r.covariance, .floor = r.floor});
    stream rng(1);
    em.start(reference_start(r.k, r.d), rng);
    for (const double expected : r.log_likelihood) CHECK_CLOSE(em.step(rng), expected, 1e-9);
    const auto fitted = em.model();
    CHECK(em.lost() == 0);
    CHECK_CLOSE(fitted.weight(0), r.weight, 1e-8);
    CHECK_CLOSE(fitted.component(0).mean()[0], r.mean, 1e-7);
    CHECK_CLOSE(fitted.component(0).covariance()(0, 0), r.variance, 1e-8);
  }
}

TEST_CASE("mixture: integer weights are repeated observations and only ratios of weights matter") {
  const samples<> x = reference_data(200, 3);
  weights<double> w(200);
  samples<> repeated(3, 0);
  for (Index i = 0; i < 200; ++i) {
    w[i] = static_cast<double>(i % 4);
    for (Index times = 0; times < i % 4; ++times) {
      repeated.conservativeResize(3, repeated.cols() + 1);
      repeated.rightCols(1) = x.col(i);
    }
  }
  for (const covariance_type what :
       {covariance_type::full, covariance_type::diagonal, covariance_type::spherical, covariance_type::tied}) {
    const mixture_options<> o{.components = 2, .covariance = what};
    stream rng(1);
    auto plain = engine(repeated, nullptr, o), weighted = engine(x, &w, o);
    const weights<double> thousandth = w * 1e-3;
    auto light = engine(x, &thousandth, o);
    plain.start(reference_start(2, 3), rng);
    weighted.start(reference_start(2, 3), rng);
    light.start(reference_start(2, 3), rng);
    for (int i = 0; i < 20; ++i) {
      const double expected = plain.step(rng);
      CHECK_CLOSE(weighted.step(rng), expected, 1e-11);
      CHECK_CLOSE(light.step(rng), expected, 1e-11);
    }
  }
}

namespace {

using digits50 = boost::multiprecision::cpp_bin_float_50;

struct exact_step {
  digits50 log_likelihood;
  std::array<digits50, 2> weight, mean, variance;
  std::vector<std::array<digits50, 2>> responsibilities;
};

/// One iteration in one dimension, by the textbook, in 50 digits.
exact_step textbook(const samples<>& x, const std::array<digits50, 2>& w, const std::array<digits50, 2>& mean,
                    const std::array<digits50, 2>& variance) {
  exact_step out{};
  const digits50 pi = boost::multiprecision::acos(digits50(-1));
  const auto n = static_cast<std::size_t>(x.cols());
  std::vector<std::array<digits50, 2>> r(n);
  for (std::size_t i = 0; i < n; ++i) {
    digits50 sum = 0;
    for (std::size_t j = 0; j < 2; ++j) {
      const digits50 apart = digits50(x(0, static_cast<Index>(i))) - mean[j];
      r[i][j] = w[j] * exp(-apart * apart / (2 * variance[j])) / sqrt(2 * pi * variance[j]);
      sum += r[i][j];
    }
    for (auto& share : r[i]) share /= sum;
    out.log_likelihood += log(sum) / static_cast<double>(n);
  }
  for (std::size_t j = 0; j < 2; ++j) {
    digits50 weight = 0, first = 0, second = 0;
    for (std::size_t i = 0; i < n; ++i) {
      weight += r[i][j];
      first += r[i][j] * digits50(x(0, static_cast<Index>(i)));
    }
    for (std::size_t i = 0; i < n; ++i) {
      const digits50 apart = digits50(x(0, static_cast<Index>(i))) - first / weight;
      second += r[i][j] * apart * apart;
    }
    out.weight[j] = weight / static_cast<double>(n);
    out.mean[j] = first / weight;
    out.variance[j] = second / weight;
  }
  out.responsibilities = std::move(r);
  return out;
}

}  // namespace

TEST_CASE("mixture: every digit is there beside fifty digits, also of a component 1e8 times smaller than the other") {
  struct setting {
    double deviation, centre, tolerance;
  };
  // Of deviations from a mean near 1, doubles hold 1e-16 / 1e-8; from a mean of 0, all.
  for (const setting s : {setting{0.5, 1.25, 1e-13}, setting{1e-8, 0.0, 1e-12}, setting{1e-8, 1.25, 3e-8}}) {
    stream rng(7);
    samples<> x(1, 60);
    for (Index i = 0; i < 60; ++i)
      x(0, i) = i % 3 == 0 ? s.centre + s.deviation * standard_normal(rng) : -0.5 + standard_normal(rng);
    const double off = 0.3 * s.deviation, start_deviation = 1.7 * s.deviation;
    const gaussian<> narrow((point<>(1) << s.centre + off).finished(),
                            square<>::Constant(1, 1, start_deviation * start_deviation));
    const gaussian<> broad(point<>::Constant(1, -0.3), square<>::Constant(1, 1, 1.2));
    auto em = engine(x, nullptr, {.components = 2});
    const gaussian_mixture<> start({0.4, 0.6}, {narrow, broad});
    em.start(start, rng);
    std::array<digits50, 2> w{digits50(0.4), digits50(0.6)}, mean{digits50(s.centre + off), digits50(-0.3)};
    std::array<digits50, 2> variance{digits50(narrow.covariance()(0, 0)), digits50(broad.covariance()(0, 0))};
    for (int iteration = 0; iteration < 5; ++iteration) {
      const exact_step exact = textbook(x, w, mean, variance);
      if (iteration == 0)
        for (Index i = 0; i < 60; ++i)
          for (std::size_t j = 0; j < 2; ++j) {
            const double share = start.responsibilities(x.col(i))[static_cast<Index>(j)];
            CHECK(std::abs(share - static_cast<double>(exact.responsibilities[static_cast<std::size_t>(i)][j])) <=
                  10 * s.tolerance);
          }
      CHECK_CLOSE(em.step(rng), static_cast<double>(exact.log_likelihood), s.tolerance);
      const auto now = em.model();
      for (std::size_t j = 0; j < 2; ++j) {
        const auto& c = now.component(static_cast<Index>(j));
        CHECK_CLOSE(now.weight(static_cast<Index>(j)), static_cast<double>(exact.weight[j]), s.tolerance);
        CHECK_CLOSE(c.covariance()(0, 0), static_cast<double>(exact.variance[j]), s.tolerance);
        const double deviations =
            (c.mean()[0] - static_cast<double>(exact.mean[j])) / sqrt(static_cast<double>(exact.variance[j]));
        CHECK(std::abs(deviations) <= s.tolerance);
      }
      w = exact.weight;
      mean = exact.mean;
      variance = exact.variance;
    }
  }
}

TEST_CASE("mixture: a component that shrinks by eight orders within one step keeps its digits") {
  // 30 points within 1e-8 of 0, and a start of deviation 1: the first M step must find a variance that its sums, in units of
  // the start, hold with no digit at all.
  stream rng(3);
  samples<> x(2, 60);
  for (Index i = 0; i < 60; ++i)
    for (Index c = 0; c < 2; ++c) x(c, i) = i < 30 ? 1e-8 * standard_normal(rng) : 100 + standard_normal(rng);
  auto em = engine(x, nullptr, {.components = 2});
  em.start(gaussian_mixture<>({0.5, 0.5}, {gaussian<>(point<>::Constant(2, 0.5), square<>::Identity(2, 2)),
                                           gaussian<>(point<>::Constant(2, 99), square<>::Identity(2, 2))}),
           rng);
  em.step(rng);
  const auto close_up = moments<>::of(samples<>(x.leftCols(30)));
  const square<> expected = close_up.scatter() / 30, found = em.model().component(0).covariance();
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 2; ++j) CHECK_CLOSE(found(i, j), expected(i, j), 1e-10);
  CHECK((em.model().component(0).mean() - close_up.mean()).cwiseAbs().maxCoeff() < 1e-18);
}
