// The same recursion by a competent user of Armadillo: the quicker of `mvnrnd` and `chol(cov) * randn`, then `mean` and `cov`.
// A covariance whose Cholesky factorisation fails sends the chain back to the truth, and says so once.

#include <limits>

#include <armadillo>

#include "measure.hpp"

namespace {

bool said = false;

void restart(arma::vec& mean, arma::mat& covariance) {
  if (!said) std::fprintf(stderr, "armadillo: chol() failed; the chain starts again from the truth\n");
  said = true;
  mean.zeros();
  covariance.eye();
}

}  // namespace

int main(int argc, char** argv) {
  const peer::task job = peer::parse(argc, argv);
  const auto d = static_cast<arma::uword>(job.dimension), m = static_cast<arma::uword>(job.samples);
  arma::arma_rng::set_seed(1);
  std::ios::sync_with_stdio(false);
  arma::vec mean(d, arma::fill::zeros);
  arma::mat covariance(d, d, arma::fill::eye), lower(d, d), x(d, m);
  peer::report(job, [&](long generations) {
    for (long t = 0; t < generations; ++t) {
      if (job.how == "mvnrnd") {
        if (!arma::mvnrnd(x, mean, covariance, m)) {
          restart(mean, covariance);
          continue;
        }
      } else {
        if (!arma::chol(lower, covariance, "lower")) {
          restart(mean, covariance);
          continue;
        }
        x = lower * arma::randn<arma::mat>(d, m);
        x.each_col() += mean;
      }
      mean = arma::mean(x, 1);
      covariance = arma::cov(x.t());
    }
  });
  return mean.has_nan();
}
