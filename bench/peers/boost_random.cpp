// What a C++ user writes without a library of this kind: Boost.Random's normal on mt19937_64, stored, reduced in two passes.

#include <cmath>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>

#include "measure.hpp"

int main(int argc, char** argv) {
  const peer::task job = peer::parse(argc, argv);
  boost::random::mt19937_64 engine(1);
  std::vector<double> x(static_cast<std::size_t>(job.samples));
  double mean = 0, sigma = 1, checksum = 0;
  peer::report(job, [&](long generations) {
    for (long t = 0; t < generations; ++t) {
      boost::random::normal_distribution<double> normal(mean, sigma);
      for (double& v : x) v = normal(engine);
      double sum = 0;
      for (const double v : x) sum += v;
      const double centre = sum / static_cast<double>(x.size());
      double squares = 0;
      for (const double v : x) squares += (v - centre) * (v - centre);
      mean = centre;
      sigma = std::sqrt(squares / static_cast<double>(x.size() - 1));
      if (sigma < 1e-3) mean = 0, sigma = 1;
      checksum += mean;
    }
  });
  return checksum != checksum;
}
