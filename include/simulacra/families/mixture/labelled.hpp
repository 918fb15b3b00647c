#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/outcome.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/families/gaussian/estimator.hpp>
#include <simulacra/families/mixture/law.hpp>
#include <simulacra/random/multinomial.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/summary/moments.hpp>

/// Mixtures whose labels are known: each observation comes with the number of the component that made it, and a fit takes
/// these numbers as they are. Then a mixture has a sufficient statistic, the moments under each label, and all three ways of
/// drawing: the collapsed one draws multinomial counts and each component's moments by their exact law. The weights of such
/// a chain are a Wright-Fisher chain exactly, whatever the components do: a mode that gets no observation is gone.
///
/// Without labels there is no such thing: EM's responsibilities are functions of each observation and of the parameters
/// together, so that no statistic of fixed size is sufficient, and only stored draws will do. For well separated components
/// responsibilities are 0 or 1, and the two agree.
namespace simulacra {

/// Observations with labels.
template <class T = double, int D = dynamic>
struct labelled_samples {
  samples<T, D> x;
  std::vector<Index> label;  ///< one >= 0 for each column of x
};

template <class T, int D>
struct data_traits<labelled_samples<T, D>> {
  using data = labelled_samples<T, D>;
  using plain = data_traits<samples<T, D>>;

  static Index count(const data& x) { return x.x.cols(); }
  static Index dimension(const data& x) { return x.x.rows(); }
  static bool finite(const data& x) { return plain::finite(x.x); }
  static bool whole(const data& x) { return static_cast<Index>(x.label.size()) == x.x.cols(); }
  static void resize(data& x, Index dimension, Index n) {
    x.x.resize(dimension, n);
    x.label.resize(static_cast<std::size_t>(n));
  }
  static void append(data& x, const data& more) {
    plain::append(x.x, more.x);
    x.label.insert(x.label.end(), more.label.begin(), more.label.end());
  }
  static data select(const data& x, std::span<const Index> chosen) {
    data part{plain::select(x.x, chosen), {}};
    for (const Index i : chosen) part.label.push_back(x.label[static_cast<std::size_t>(i)]);
    return part;
  }
  static data front(const data& x, Index n) {
    return {plain::front(x.x, n), std::vector<Index>(x.label.begin(), x.label.begin() + static_cast<std::ptrdiff_t>(n))};
  }
};

/// The moments of the observations under each label.
template <class T = double, int D = dynamic>
class labelled_moments {
 public:
  labelled_moments() = default;
  explicit labelled_moments(std::vector<moments<T, D>> of_label) : of_label_(std::move(of_label)) {}

  /// Adds observations of weight 1. @throw std::invalid_argument if one has no label, a label is negative, or as `moments`
  void fold(const labelled_samples<T, D>& x) { fold(x, weights<double>::Ones(x.x.cols())); }

  /// Adds weighted observations.
  void fold(const labelled_samples<T, D>& x, const weights<double>& w) {
    argument::require(static_cast<Index>(x.label.size()) == x.x.cols(), "labelled_moments::fold", "label.size()",
                      static_cast<Index>(x.label.size()), "be the number of observations");
    argument::require(w.size() == x.x.cols(), "labelled_moments::fold", "w", w.size(), "have one entry per observation");
    std::vector<std::vector<Index>> chosen;
    for (std::size_t i = 0; i < x.label.size(); ++i) {
      argument::require(x.label[i] >= 0, "labelled_moments::fold", "label", x.label[i], "not be negative");
      const auto label = static_cast<std::size_t>(x.label[i]);
      if (label >= chosen.size()) chosen.resize(label + 1);
      chosen[label].push_back(static_cast<Index>(i));
    }
    grow(chosen.size());
    for (std::size_t j = 0; j < chosen.size(); ++j) {
      if (chosen[j].empty()) continue;
      simulacra::weights<T> own(static_cast<Index>(chosen[j].size()));
      for (std::size_t i = 0; i < chosen[j].size(); ++i) own[static_cast<Index>(i)] = static_cast<T>(w[chosen[j][i]]);
      of_label_[j].fold(data_traits<samples<T, D>>::select(x.x, chosen[j]), own);
    }
  }

  void merge(const labelled_moments& other) {
    grow(other.of_label_.size());
    for (std::size_t j = 0; j < other.of_label_.size(); ++j) of_label_[j].merge(other.of_label_[j]);
  }

  void reweight(double c) {
    for (auto& m : of_label_) m.reweight(c);
  }

  [[nodiscard]] Index count() const {
    Index sum = 0;
    for (const auto& m : of_label_) sum = argument::sum_of_counts(sum, m.count(), "labelled_moments::count");
    return sum;
  }
  [[nodiscard]] double weight() const {
    double sum = 0;
    for (const auto& m : of_label_) sum += m.weight();
    return sum;
  }

  /// One entry for each label up to the largest.
  [[nodiscard]] const std::vector<moments<T, D>>& of_label() const noexcept { return of_label_; }

 private:
  void grow(std::size_t labels) {
    if (of_label_.size() < labels) of_label_.resize(labels);
  }

  std::vector<moments<T, D>> of_label_;
};

/// A mixture that says which component each observation came from.
template <class T = double, int D = dynamic>
class labelled_mixture {
 public:
  explicit labelled_mixture(gaussian_mixture<T, D> law) : law_(std::move(law)) {}

  /// The law of the observations, their labels forgotten.
  [[nodiscard]] const gaussian_mixture<T, D>& law() const noexcept { return law_; }

  [[nodiscard]] Index dimension() const noexcept { return law_.dimension(); }
  [[nodiscard]] point<T, D> mean() const { return law_.mean(); }
  [[nodiscard]] square<T, D> covariance() const { return law_.covariance(); }

  [[nodiscard]] labelled_samples<T, D> sample(Index n, stream& rng) const {
    argument::require(n >= 0, "labelled_mixture::sample", "n", n, "not be negative");
    argument::require_room(n, dimension(), sizeof(T), "labelled_mixture::sample", "n");
    labelled_samples<T, D> drawn;
    data_traits<labelled_samples<T, D>>::resize(drawn, dimension(), n);
    law_.sample_into(drawn.x, std::span<Index>(drawn.label), rng);
    return drawn;
  }

  /// The moments of n observations under each label, by their exact law. O(k d^3). @throw std::invalid_argument if n < 1
  [[nodiscard]] labelled_moments<T, D> sample_summary(Index n, as<labelled_moments<T, D>>, stream& rng) const {
    return summary(n, "labelled_mixture::sample_summary", rng,
                   [&](const gaussian<T, D>& c, Index count) { return c.sample_summary(count, as<moments<T, D>>{}, rng); });
  }

  /// The same from observations that are drawn in standard units and not kept: their spread may fall under the rounding of
  /// their means. O(n d^2) time. @throw std::invalid_argument if n < 1
  [[nodiscard]] labelled_moments<T, D> stream_summary(Index n, as<labelled_moments<T, D>>, stream& rng) const {
    return summary(n, "labelled_mixture::stream_summary", rng,
                   [&](const gaussian<T, D>& c, Index count) { return c.stream_summary(count, as<moments<T, D>>{}, rng); });
  }

  friend bool operator==(const labelled_mixture&, const labelled_mixture&) = default;

 private:
  template <class Draw>
  labelled_moments<T, D> summary(Index n, const char* function, stream& rng, Draw&& draw) const {
    argument::require(n >= 1, function, "n", n, "be at least 1");
    std::vector<Index> counts(static_cast<std::size_t>(law_.size()));
    multinomial(n, law_.weights(), counts, rng);
    std::vector<moments<T, D>> of_label;
    for (std::size_t j = 0; j < counts.size(); ++j)
      of_label.push_back(counts[j] > 0 ? draw(law_.component(static_cast<Index>(j)), counts[j])
                                       : moments<T, D>(dimension()));
    return labelled_moments<T, D>(std::move(of_label));
  }

  gaussian_mixture<T, D> law_;
};

/// Fits a mixture to observations whose labels are known: weights by their counts, each component by its own moments.
///
/// A label that no observation has stays in the list with weight 0, as a point at the origin that is never drawn again; the
/// outcome says `degenerate`, as it does where a component is singular.
template <class T = double, int D = dynamic>
class labelled_mixture_estimator {
 public:
  using summary = labelled_moments<T, D>;
  using model_type = labelled_mixture<T, D>;

  /// @throw std::invalid_argument as `gaussian_estimator`
  explicit labelled_mixture_estimator(divisor by, gaussian_regularisation regularisation = {}) : each_(by, regularisation) {}

  /// @throw std::invalid_argument if m holds no weight, or a label has one observation where the divisor is n - 1
  [[nodiscard]] fitted<model_type> fit(const summary& m, stream&) const {
    argument::require(m.weight() > 0 && m.weight() <= (std::numeric_limits<double>::max)(),
                      "labelled_mixture_estimator::fit", "weight()", m.weight(),
                      "be > 0 and finite: there is nothing to fit");
    Index d = 0;
    for (const auto& one : m.of_label()) d = (std::max)(d, one.dimension());
    outcome result;
    bool lost = false;
    std::vector<double> shares;
    std::vector<gaussian<T, D>> laws;
    for (const auto& one : m.of_label()) {
      shares.push_back(one.weight());
      if (!(one.weight() > 0)) {
        lost = true;
        laws.push_back(gaussian<T, D>::from_factor(point<T, D>::Zero(d), scaled_factor<T, D>(d)));
        continue;
      }
      auto [law, went] = each_.fit(one);
      if (!went.ok() && result.what != status::resolution) result = went;
      result.floor = went.floor;
      result.shrinkage = went.shrinkage;
      laws.push_back(std::move(law));
    }
    if (result.ok() && lost) {
      result.what = status::degenerate;
      result.reason = "a component got no observation and is lost";
    }
    return {model_type(gaussian_mixture<T, D>(std::move(shares), std::move(laws))), result};
  }

 private:
  gaussian_estimator<T, D> each_;
};

}  // namespace simulacra
