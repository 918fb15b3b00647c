#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/posterior.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/one_parameter/bernoulli.hpp>
#include <simulacra/families/one_parameter/exponential.hpp>
#include <simulacra/families/one_parameter/poisson.hpp>
#include <simulacra/numerics/scaled_number.hpp>
#include <simulacra/random/beta.hpp>
#include <simulacra/random/gamma.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/total.hpp>

/// Bayesian learners with a conjugate prior. They eat the same summary as maximum likelihood, which is their ideal learner; from infinitely
/// many data they return what it does, since a prior fades as 1/n. An observation of weight w counts as w observations beside the prior,
/// and `outcome::shrinkage` is the prior's share.
namespace simulacra {

/// Beta(a, b): as if a ones and b zeros had been seen before.
struct beta_prior {
  double a = 1, b = 1;
};

/// Gamma with density \f$\propto\lambda^{\text{shape}-1}e^{-\text{rate}\,\lambda}\f$ of a rate lambda.
struct gamma_prior {
  double shape = 1, rate = 1;
};

namespace detail {

inline void check_prior_number(const char* name, const char* what, double value, posterior report) {
  constexpr double largest = (std::numeric_limits<double>::max)();
  argument::require(value > 0 && value <= largest, name, what, value, "be positive and finite");
  argument::require(report != posterior::mode || value >= 1, name, what, value,
                    "be at least 1 where the mode is asked for: otherwise there may be none");
}

/// The weight of data beside a prior.
inline double weight_beside_prior(const char* name, const total& s) {
  argument::require(!s.weightless() && s.weight() <= (std::numeric_limits<double>::max)(), name, "weight()", s.weight(),
                    "be > 0 and finite");
  return s.weight();
}

}  // namespace detail

/// Fits a Bernoulli law under a Beta prior: with k ones among n, posterior Beta(a + k, b + n - k), of which
/// \f[ \text{mean } \frac{a+k}{a+b+n},\qquad \text{mode } \frac{a+k-1}{a+b+n-2},\qquad \text{or a draw.} \f]
/// The counts of a chain are then those of `theory::pseudo_count_matrix` (of a - 1, b - 1 for the mode) and
/// `theory::posterior_sampling_matrix`.
class beta_bernoulli_estimator {
 public:
  using summary = total;
  using model_type = bernoulli;

  /// @throw std::invalid_argument unless a and b are positive and finite, and at least 1 for the mode
  beta_bernoulli_estimator(beta_prior prior, posterior report) : prior_(prior), report_(report) {
    detail::check_prior_number("beta_bernoulli_estimator", "prior.a", prior.a, report);
    detail::check_prior_number("beta_bernoulli_estimator", "prior.b", prior.b, report);
  }

  /// O(1). Random only where the posterior is sampled. @throw std::invalid_argument if s holds no weight, or more ones than observations
  [[nodiscard]] fitted<bernoulli> fit(const total& s, stream& rng) const {
    const double n = detail::weight_beside_prior("beta_bernoulli_estimator::fit", s);
    const double share = bernoulli_estimator().fit(s).model.probability();
    const double all = prior_.a + prior_.b + n, ones = prior_.a + share * n, zeros = prior_.b + (1 - share) * n;
    fitted<bernoulli> done{bernoulli(0), {}};
    done.result.shrinkage = (prior_.a + prior_.b) / all;
    double p = ones / all;
    if (report_ == posterior::mode) {
      p = all > 2 ? (ones - 1) / (all - 2) : share;
      done.result.shrinkage = (prior_.a - 1 + prior_.b - 1) / (all - 2);
    } else if (report_ == posterior::sample) {
      p = beta_number(ones, zeros, rng);
    }
    done.model = bernoulli((std::clamp)(p, 0.0, 1.0));
    // Of a mode with a = 1 (b = 1), and of nothing else, no way leads back from 0 (from 1).
    if (report_ == posterior::mode && ((p <= 0 && prior_.a == 1) || (p >= 1 && prior_.b == 1))) {
      done.result.what = status::absorbed;
      done.result.reason = p <= 0 ? "no observation is 1" : "every observation is 1";
    }
    return done;
  }

  /// Fits observations, 1 x n. @throw std::invalid_argument unless there is one, and each is 0 or 1
  [[nodiscard]] fitted<bernoulli> fit(const samples<Index, 1>& x, stream& rng) const {
    static_cast<void>(ideal().fit(x, rng));  // refuses what it must
    return fit(total::of(x), rng);
  }
  [[nodiscard]] fitted<bernoulli> fit(const samples<Index, 1>& x, const weights<double>& w, stream& rng) const {
    static_cast<void>(ideal().fit(x, w, rng));
    return fit(total::of(x, w), rng);
  }

  template <has_mean Law>
  [[nodiscard]] bernoulli project(const Law& law) const {
    return ideal().project(law);
  }
  template <has_mean Law>
  [[nodiscard]] bernoulli population_fit(const Law& law) const {
    return ideal().project(law);
  }
  [[nodiscard]] bernoulli_estimator ideal() const { return {}; }

 private:
  beta_prior prior_;
  posterior report_;
};

/// Fits a Poisson law under a gamma prior of its rate: posterior Gamma(shape + S, rate + n), S the sum of n observations; mean
/// (shape + S) / (rate + n), mode (shape + S - 1) / (rate + n), or a draw. A draw over 1e18 is a `std::domain_error`, as for
/// `poisson_estimator`.
class gamma_poisson_estimator {
 public:
  using summary = total;
  using model_type = poisson;

  /// @throw std::invalid_argument unless shape and rate are positive and finite, and the shape at least 1 for the mode
  gamma_poisson_estimator(gamma_prior prior, posterior report) : prior_(prior), report_(report) {
    detail::check_prior_number("gamma_poisson_estimator", "prior.shape", prior.shape, report);
    detail::check_prior_number("gamma_poisson_estimator", "prior.rate", prior.rate, posterior::mean);
  }

  [[nodiscard]] fitted<poisson> fit(const total& s, stream& rng) const {
    const double n = detail::weight_beside_prior("gamma_poisson_estimator::fit", s);
    const double shape = prior_.shape + s.mean().value() * n;
    const double number = report_ == posterior::mean   ? shape
                          : report_ == posterior::mode ? shape - 1
                                                       : standard_gamma(shape, rng);
    const double rate = number / (prior_.rate + n);
    if (!(rate <= poisson::largest_rate))
      throw std::domain_error("simulacra::gamma_poisson_estimator::fit: the rate has outgrown 1e18, the largest");
    fitted<poisson> done{poisson((std::max)(rate, 0.0)), {}};
    done.result.shrinkage = prior_.rate / (prior_.rate + n);
    if (report_ == posterior::mode && rate <= 0) {  // S = 0 and shape 1: and it stays so
      done.result.what = status::absorbed;
      done.result.reason = "every observation is 0";
    }
    return done;
  }

  [[nodiscard]] fitted<poisson> fit(const samples<Index, 1>& x, stream& rng) const {
    argument::require(x.cols() >= 1, "gamma_poisson_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return fit(total::of(x), rng);
  }
  [[nodiscard]] fitted<poisson> fit(const samples<Index, 1>& x, const weights<double>& w, stream& rng) const {
    return fit(total::of(x, w), rng);
  }

  template <has_mean Law>
  [[nodiscard]] poisson project(const Law& law) const {
    return ideal().project(law);
  }
  template <has_mean Law>
  [[nodiscard]] poisson population_fit(const Law& law) const {
    return ideal().project(law);
  }
  [[nodiscard]] poisson_estimator ideal() const { return {}; }

 private:
  gamma_prior prior_;
  posterior report_;
};

/// Fits an exponential law under a gamma prior of its *rate*, one over its mean: posterior Gamma(shape + n, rate + S), S the sum of n
/// observations; the rate's mean (shape + n) / (rate + S), its mode (shape + n - 1) / (rate + S), or a draw.
template <class T = double>
class gamma_exponential_estimator {
 public:
  using summary = total;
  using model_type = exponential<T>;

  /// @throw std::invalid_argument unless shape and rate are positive and finite
  gamma_exponential_estimator(gamma_prior prior, posterior report) : prior_(prior), report_(report) {
    detail::check_prior_number("gamma_exponential_estimator", "prior.shape", prior.shape, report);
    detail::check_prior_number("gamma_exponential_estimator", "prior.rate", prior.rate, posterior::mean);
  }

  [[nodiscard]] fitted<model_type> fit(const total& s, stream& rng) const {
    const double n = detail::weight_beside_prior("gamma_exponential_estimator::fit", s), shape = prior_.shape + n;
    const double number = report_ == posterior::mean   ? shape
                          : report_ == posterior::mode ? shape - 1
                                                       : standard_gamma(shape, rng);
    // One weight for each observation's sum: the sum itself may be of any size.
    const scaled_number sum = s.mean().times(n).plus(scaled_number(prior_.rate));
    if (!(number > 0))
      throw std::domain_error("simulacra::gamma_exponential_estimator::fit: the rate is 0, and no such law has a mean");
    fitted<model_type> done{model_type::from_scaled(sum.divided_by(number)), {}};
    done.result.shrinkage = prior_.shape / shape;
    return done;
  }

  [[nodiscard]] fitted<model_type> fit(const samples<T, 1>& x, stream& rng) const {
    argument::require(x.cols() >= 1, "gamma_exponential_estimator::fit", "x.cols()", x.cols(), "be at least 1");
    return fit(total::of(x), rng);
  }
  [[nodiscard]] fitted<model_type> fit(const samples<T, 1>& x, const weights<double>& w, stream& rng) const {
    return fit(total::of(x, w), rng);
  }

  template <has_mean Law>
  [[nodiscard]] model_type project(const Law& law) const {
    return ideal().project(law);
  }
  template <has_mean Law>
  [[nodiscard]] model_type population_fit(const Law& law) const {
    return ideal().project(law);
  }
  [[nodiscard]] exponential_estimator<T> ideal() const { return {}; }

 private:
  gamma_prior prior_;
  posterior report_;
};

}  // namespace simulacra
