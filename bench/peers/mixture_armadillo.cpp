// Armadillo's gmm_full. `learn` has costs of its own, so an iteration is the difference between eleven of them and one, over
// ten.

#include <armadillo>

#include "measure.hpp"
#include "mixture.hpp"

namespace {

double learn(arma::gmm_full& model, const peer::mixture_task& job, const arma::mat& x, arma::uword iterations) {
  const auto k = static_cast<arma::uword>(job.k), d = static_cast<arma::uword>(job.d);
  arma::cube covariances(d, d, k);
  covariances.each_slice() = arma::mat(d, d, arma::fill::eye);
  model.set_params(arma::mat(job.means.data(), d, k), covariances,
                   arma::rowvec(k, arma::fill::value(1.0 / static_cast<double>(k))));
  const double from = peer::now();
  if (!model.learn(x, k, arma::maha_dist, arma::keep_existing, 0, iterations, 1e-10, false))
    std::fprintf(stderr, "gmm_full failed\n");
  return peer::now() - from;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const peer::mixture_task job = peer::read_mixture(argv[2]);
  const arma::mat x(job.x.data(), static_cast<arma::uword>(job.d), static_cast<arma::uword>(job.n));
  const double seconds = std::atof(argv[3]);
  arma::gmm_full model;
  std::vector<double> took;
  for (const double begin = peer::now(); took.size() < 3 || peer::now() - begin < seconds;) {
    const double one = learn(model, job, x, 1), more = learn(model, job, x, peer::stretch + 1);
    took.push_back((more - one) / peer::stretch);
  }
  learn(model, job, x, peer::stretch);
  std::printf("%.6g %.12g\n", peer::median(took) * 1e9, model.avg_log_p(x));
}
