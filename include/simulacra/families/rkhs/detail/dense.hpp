#pragma once

#include <algorithm>

#include <Eigen/Core>

#include <simulacra/core/blended_moments.hpp>
#include <simulacra/core/types.hpp>

/// Products of dense matrices, each written once: every new shape of expression costs whoever includes it a second of
/// compiling.
namespace simulacra::detail {

template <class = void>
Eigen::MatrixXd multiply(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return a * b;
}

template <class = void>
Eigen::MatrixXd transposed(const Eigen::MatrixXd& a) {
  return a.transpose();
}

/// The columns of a, each times its number.
template <class = void>
Eigen::MatrixXd scale_columns(Eigen::MatrixXd a, const Eigen::VectorXd& d) {
  for (Index j = 0; j < a.cols(); ++j) a.col(j) *= d[j];
  return a;
}

/// \f$ \sum_j d_j a_j a_j^T \f$ over the columns of a.
template <class = void>
Eigen::MatrixXd weighted_gram(const Eigen::MatrixXd& a, const Eigen::VectorXd& d) {
  return multiply(scale_columns(a, d), transposed(a));
}

/// \f$ \sum_j w_j (x_j - \bar x)(x_j - \bar x)^T + s^2 I \f$ over the columns of x, with the mean under weights of sum 1. What is too large for
/// a number is infinite, with its sign.
template <class = void>
Eigen::MatrixXd weighted_covariance(Eigen::MatrixXd x, const Eigen::VectorXd& w, double s) {
  const double unit = unit_of_squares((std::max)(x.cwiseAbs().maxCoeff(), s));
  if (unit != 1) x /= unit;
  x.colwise() -= Eigen::VectorXd(x * w);
  Eigen::MatrixXd sum = weighted_gram(x, w);
  sum.diagonal().array() += (s / unit) * (s / unit);
  if (unit != 1) sum = ((sum * unit) * unit).eval();
  return sum;
}

/// \f$ a_j^T c\, a_j \f$ for each column of a.
template <class = void>
Eigen::VectorXd column_forms(const Eigen::MatrixXd& c, const Eigen::MatrixXd& a) {
  const Eigen::MatrixXd half = multiply(c, a);
  Eigen::VectorXd forms(a.cols());
  for (Index j = 0; j < a.cols(); ++j) forms[j] = half.col(j).dot(a.col(j));
  return forms;
}

/// b a b'.
template <class = void>
Eigen::MatrixXd congruent(const Eigen::MatrixXd& b, const Eigen::MatrixXd& a) {
  return multiply(multiply(b, a), transposed(b));
}

/// The inner product of Frobenius.
template <class = void>
double frobenius(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return a.reshaped().dot(b.reshaped());
}

}  // namespace simulacra::detail
