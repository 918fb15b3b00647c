#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/labelled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/summary/cross_moments.hpp>

namespace simulacra {

/// The cross moments of features of inputs with labels, as a summary that merges: what ridge regression on D features needs of its data, O(D^2)
/// numbers whatever n is.
///
/// Which features these are is a value, which a summary that was made by nobody in particular does not know: it keeps its pairs until it
/// meets one that does, in `merge` or in a fit.
/// @tparam Map  as those of `<simulacra/hilbert.hpp>`: `features()`, `dimension()`, `features_into(x, phi)`
template <class Map, class T, int D>
class feature_moments {
 public:
  using data = labelled_numbers<T, D>;

  feature_moments() = default;
  explicit feature_moments(std::shared_ptr<const Map> map) : map_(std::move(map)) {}

  /// Adds pairs. O(n D^2). @throw std::invalid_argument if inputs and labels differ in number, one is not finite, or their dimension is
  /// not the map's
  void fold(const data& x) { fold(x, weights<double>{}); }
  /// The same of weighted pairs; no weights at all are weights of 1.
  void fold(const data& x, const weights<double>& w) {
    argument::require(x.y.cols() == x.x.cols(), "feature_moments::fold", "y.cols()", x.y.cols(), "be the number of inputs");
    argument::require(w.size() == 0 || w.size() == x.x.cols(), "feature_moments::fold", "w.size()", w.size(),
                      "be the number of inputs");
    if (x.x.cols() == 0) return;
    if (map_ != nullptr) return fold_features(x, w);
    const Index before = waiting_.x.cols(), added = x.x.cols();
    if (before == 0)
      waiting_ = x;
    else
      data_traits<data>::append(waiting_, x);
    weights<double> all(before + added);
    all << waiting_weights_, (w.size() > 0 ? w : weights<double>(weights<double>::Ones(added)));
    waiting_weights_ = std::move(all);
  }

  /// Adds what another summary holds. @throw std::invalid_argument if it is of other features
  void merge(const feature_moments& other) {
    if (map_ == nullptr && other.map_ != nullptr) know(other.map_);
    argument::require(other.map_ == nullptr || other.map_ == map_, "feature_moments::merge", "other", "of another map",
                      "be of the same features");
    if (other.sums_.count() > 0) sums_.merge(other.sums_);
    fold(other.waiting_, other.waiting_weights_);
  }

  /// Multiplies every weight by c. @throw std::invalid_argument unless c >= 0 and finite
  void reweight(double c) {
    if (sums_.count() > 0) sums_.reweight(c);
    waiting_weights_ *= c;
  }

  /// Forgets all pairs, but not which features it is of.
  void clear() { *this = feature_moments(std::move(map_)); }

  /// Says which features these are. @throw std::invalid_argument if they were others before
  void know(const std::shared_ptr<const Map>& map) {
    argument::require(map_ == nullptr || map_ == map, "feature_moments::know", "map", "another",
                      "be the one that pairs were summed up with");
    map_ = map;
    if (waiting_.x.cols() == 0) return;
    const data pairs = std::move(waiting_);
    const weights<double> w = std::move(waiting_weights_);
    waiting_ = {}, waiting_weights_ = {};
    fold_features(pairs, w);
  }

  [[nodiscard]] Index count() const noexcept { return sums_.count() + waiting_.x.cols(); }
  [[nodiscard]] double weight() const noexcept {
    return (sums_.count() > 0 ? sums_.weight() : 0) + (waiting_weights_.size() > 0 ? waiting_weights_.sum() : 0);
  }

  /// The cross moments themselves. @throw std::invalid_argument if it is not known of which features
  [[nodiscard]] const cross_moments<>& of_features() const {
    argument::require(map_ != nullptr || waiting_.x.cols() == 0, "feature_moments::of_features", "map", "unknown",
                      "be said by `know`");
    return sums_;
  }

 private:
  void fold_features(const data& x, const weights<double>& w) {
    constexpr Index block = 1024;
    argument::require(x.x.rows() == static_cast<Index>(map_->dimension()), "feature_moments::fold", "x.rows()", x.x.rows(),
                      "be the dimension of the map");
    for (Index first = 0; first < x.x.cols(); first += block) {
      const Index size = (std::min)(block, x.x.cols() - first);
      labelled_numbers<> seen{samples<>(map_->features(), size), x.y.middleCols(first, size).template cast<double>()};
      for (Index i = 0; i < size; ++i) map_->features_into(x.x.col(first + i), seen.x.col(i));
      if (w.size() > 0)
        sums_.fold(seen, weights<double>(w.segment(first, size)));
      else
        sums_.fold(seen);
    }
  }

  std::shared_ptr<const Map> map_{};
  cross_moments<> sums_{};
  data waiting_{};
  weights<double> waiting_weights_{};
};

}  // namespace simulacra
