#pragma once

#include <cmath>

#include <Eigen/Core>

#include <simulacra/theory/detail/arguments.hpp>

/// Members that read each other by a matrix of numbers: in each generation member i is fitted to \f$n_{ik}\f$ draws of member k's last model
/// and, where it has any, \f$n_{i0}\f$ fresh real ones; \f$N_i\f$ is their sum, \f$w_{ik}=n_{ik}/N_i\f$. Everything is exact.
namespace simulacra::theory {

/// Counts: row i is what member i reads.
using reading_counts = Eigen::Matrix<Index, Eigen::Dynamic, Eigen::Dynamic>;

/// The mean squared errors of the members' means with their covariances, and their mean variances, sigma 1.
struct network_moments {
  Eigen::MatrixXd error;     ///< E (mu_i - mu_0)(mu_j - mu_0)
  Eigen::VectorXd variance;  ///< E sigma_i^2 (divisor n)
};

namespace detail {

inline Eigen::VectorXd check_counts(const char* name, const reading_counts& counts,
                                    const Eigen::Matrix<Index, Eigen::Dynamic, 1>* real_counts) {
  argument::require(counts.rows() == counts.cols() && counts.rows() >= 1, name, "columns of counts", counts.cols(),
                    "be the number of rows, and at least 1");
  argument::require(real_counts == nullptr || real_counts->size() == counts.rows(), name, "number of real counts",
                    real_counts == nullptr ? 0 : real_counts->size(), "be the number of members");
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(counts.rows());
  for (Index i = 0; i < counts.rows(); ++i) {
    for (Index k = 0; k < counts.cols(); ++k) {
      argument::require(counts(i, k) >= 0, name, "count", counts(i, k), "not be negative");
      sums(i) += real(counts(i, k));
    }
    if (real_counts != nullptr) {
      argument::require((*real_counts)(i) >= 0, name, "real count", (*real_counts)(i), "not be negative");
      sums(i) += real((*real_counts)(i));
    }
    argument::require(sums(i) >= 1, name, "observations of a member", sums(i), "be at least 1");
  }
  return sums;
}

/// The shares \f$w_{ik}\f$. Loops rather than products: a product of matrices is a second of compile time for whoever includes this.
inline Eigen::MatrixXd shares_of(const reading_counts& counts, const Eigen::VectorXd& sums) {
  Eigen::MatrixXd share(counts.rows(), counts.cols());
  for (Index i = 0; i < counts.rows(); ++i)
    for (Index k = 0; k < counts.cols(); ++k) share(i, k) = real(counts(i, k)) / sums(i);
  return share;
}

/// \f$WAW^T\f$.
inline Eigen::MatrixXd read_through(const Eigen::MatrixXd& share, const Eigen::MatrixXd& a) {
  const Index members = share.rows();
  Eigen::MatrixXd half(members, members), whole(members, members);
  for (Index j = 0; j < members; ++j)
    for (Index i = 0; i < members; ++i) {
      double sum = 0;
      for (Index k = 0; k < members; ++k) sum += share(i, k) * a(k, j);
      half(i, j) = sum;
    }
  for (Index j = 0; j < members; ++j)
    for (Index i = 0; i < members; ++i) {
      double sum = 0;
      for (Index k = 0; k < members; ++k) sum += half(i, k) * share(j, k);
      whole(i, j) = sum;
    }
  return whole;
}

}  // namespace detail

/// Gaussian members (maximum likelihood) on a network, from a truth N(mu_0, 1); each first fit is to \f$N_i\f$ real draws.
///
/// \f[ A'=WAW^T+\mathrm{diag}_i\Bigl(\sum_k\frac{w_{ik}^2v_k}{n_{ik}}+\frac{n_{i0}}{N_i^2}\Bigr),\qquad
///     v_i'=\sum_kw_{ik}(v_k+A_{kk})+\frac{n_{i0}}{N_i}-A'_{ii} \f]
/// @param counts \f$n_{ik}\ge0\f$
/// @param real \f$n_{i0}\ge0\f$, one for each member
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n K^3). Source: the model Vu et al. (2025); derived for this library.
inline network_moments network_after(const reading_counts& counts, const Eigen::Matrix<Index, Eigen::Dynamic, 1>& real,
                                     Index generation) {
  constexpr auto name = "theory::network_after";
  const Eigen::VectorXd sums = detail::check_counts(name, counts, &real);
  detail::check_generation(name, generation);
  const Index members = counts.rows();
  network_moments now{Eigen::MatrixXd::Zero(members, members), Eigen::VectorXd::Ones(members)};
  if (generation == 0) return now;
  for (Index i = 0; i < members; ++i) now.error(i, i) = 1 / sums(i), now.variance(i) = 1 - 1 / sums(i);
  const Eigen::MatrixXd share = detail::shares_of(counts, sums);
  for (Index n = 1; n < generation; ++n) {
    network_moments next{detail::read_through(share, now.error), Eigen::VectorXd::Zero(members)};
    for (Index i = 0; i < members; ++i) {
      const double fresh = detail::real(real(i)) / sums(i);
      double noise = fresh / sums(i), second = fresh;
      for (Index k = 0; k < members; ++k) {
        noise += share(i, k) / sums(i) * now.variance(k);
        second += share(i, k) * (now.variance(k) + now.error(k, k));
      }
      next.error(i, i) += noise;
      next.variance(i) = second - next.error(i, i);
    }
    now = next;
  }
  return now;
}

/// Categorical members on a network without real data: how alike two draws are, \f$F_{ij}=E\sum_xp_i(x)p_j(x)\f$, in generation n.
///
/// \f[ F'=WFW^T+\mathrm{diag}_i\sum_k\frac{w_{ik}^2(1-F_{kk})}{n_{ik}} \f]
/// @param counts \f$n_{ik}\ge0\f$
/// @param start F of generation 0, each entry in [0, 1]
/// @param generation n >= 0
/// @throw std::invalid_argument if an argument is out of range. Cost O(n K^3). Source: derived for this library; two equal members are
/// `island_model`.
inline Eigen::MatrixXd network_identity(const reading_counts& counts, const Eigen::MatrixXd& start, Index generation) {
  constexpr auto name = "theory::network_identity";
  const Eigen::VectorXd sums = detail::check_counts(name, counts, nullptr);
  const Index members = counts.rows();
  argument::require(start.rows() == members && start.cols() == members, name, "columns of start", start.cols(),
                    "be, like its rows, the number of members");
  for (Index i = 0; i < start.size(); ++i) detail::check_probability(name, "start", start(i));
  detail::check_generation(name, generation);
  const Eigen::MatrixXd share = detail::shares_of(counts, sums);
  Eigen::MatrixXd apart(members, members);  // diversities: what is left of them keeps its digits
  for (Index i = 0; i < start.size(); ++i) apart(i) = 1 - start(i);
  for (Index n = 0; n < generation; ++n) {
    Eigen::MatrixXd next = detail::read_through(share, apart);
    for (Index i = 0; i < members; ++i)
      for (Index k = 0; k < members; ++k) next(i, i) -= share(i, k) / sums(i) * apart(k, k);
    apart = next;
  }
  for (Index i = 0; i < apart.size(); ++i) apart(i) = 1 - apart(i);
  return apart;
}

/// The stationary variance and covariance of the means of two members that share alike (known variance).
struct coupled_moments {
  double variance, covariance;
};

/// Two members, each fitted to M observations: a share of its own, a share of the other's, the rest real; the variance is known (1).
///
/// \f[ \frac{S\pm D}2,\qquad S=\frac1{M(1-(a+b)^2)},\quad D=\frac1{M(1-(a-b)^2)} \f]
/// Without real data the sum of the two means grows for ever: variance +inf.
/// @param own a in [0, 1]
/// @param other b in [0, 1 - a]
/// @param samples M >= 1
/// @throw std::invalid_argument if an argument is out of range. Cost O(1). Source: the model Vu et al. (2025); derived for this library.
inline coupled_moments coupled_means(double own, double other, Index samples) {
  constexpr auto name = "theory::coupled_means";
  detail::check_probability(name, "own", own);
  argument::require(other >= 0 && own + other <= 1, name, "other", other, "lie in [0, 1 - own]");
  detail::check_samples(name, samples, 1);
  const double m = detail::real(samples), all = own + other, difference = own - other;
  if (all == 1) {
    return {detail::infinity,
            std::abs(difference) < 1 ? detail::infinity : 0};  // the sum of the two walks; so does their difference
  }
  const double sum = 1 / (m * (1 - all) * (1 + all)), d = 1 / (m * (1 - difference) * (1 + difference));
  // (S - D) / 2 = 2 a b / (M (1 - (a+b)^2) (1 - (a-b)^2))
  return {(sum + d) / 2, 2 * own * other * m * (sum * d)};
}

}  // namespace simulacra::theory
