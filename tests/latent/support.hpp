#pragma once

#include "support/statistics.hpp"
#include "support/throws.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/families/latent/risk.hpp>
#include <simulacra/random.hpp>

namespace simulacra_test {

using namespace simulacra;

inline Eigen::MatrixXd normals(Index rows, Index columns, std::uint64_t seed) {
  Eigen::MatrixXd x(rows, columns);
  stream rng(seed);
  fill_normal(std::span(x.data(), static_cast<std::size_t>(x.size())), rng);
  return x;
}

/// A PPCA law in five dimensions with two of its own.
inline ppca<> five() { return {point<>(normals(5, 1, 1)), normals(5, 2, 2), 0.4}; }

/// KL(p || q) by inverses and determinants, written out for what the tests judge.
inline double plain_kl(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance, const Eigen::VectorXd& other_mean,
                       const Eigen::MatrixXd& other) {
  const Eigen::LLT<Eigen::MatrixXd> p(covariance), q(other);
  const Eigen::MatrixXd l = p.matrixL(), m = q.matrixL();
  const Eigen::VectorXd apart = mean - other_mean;
  return 0.5 * (q.solve(covariance).trace() - static_cast<double>(mean.size()) + apart.dot(q.solve(apart)) +
                2 * m.diagonal().array().log().sum() - 2 * l.diagonal().array().log().sum());
}

}  // namespace simulacra_test
