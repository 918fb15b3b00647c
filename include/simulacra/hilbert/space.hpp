#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/embedding.hpp>
#include <simulacra/hilbert/embedding_error.hpp>
#include <simulacra/random/stream.hpp>

namespace simulacra {

/// A Hilbert space in which laws and data are vectors: what the error ledger counts in. `vector` is a regular value; `add(v, c,
/// u)` does v += c u; `inner(u, v)` is the inner product. (`add_difference(v, a, b)`, v += a - b, is optional.) What can be embedded is asked of each space by `embeds_law`,
/// `embeds_data` and `embeds_summary`.
template <class S>
concept space =
    std::copy_constructible<S> && requires(const S& s, typename S::vector& v, const typename S::vector& u, double c) {
                                    requires std::semiregular<typename S::vector>;
                                    { s.zero() } -> std::convertible_to<typename S::vector>;
                                    s.add(v, c, u);
                                    s.set_zero(v);
                                    { s.inner(u, u) } -> std::convertible_to<double>;
                                  };

/// A space in which laws of this type have a vector: `embed(law, out)` returns the expected squared error of what it wrote,
/// 0 where it is exact.
template <class S, class Law>
concept embeds_law = space<S> && requires(const S& s, const Law& law, typename S::vector& out) {
                                   { s.embed(law, out) } -> std::convertible_to<double>;
                                 };

/// A space in which data of this type have a vector.
template <class S, class Data>
concept embeds_data = space<S> && requires(const S& s, const Data& x, const weights<double>& w, typename S::vector& out) {
                                    s.embed_data(x, w, out);
                                  };

/// A space in which a summary is enough to have the vector of its data.
template <class S, class Summary>
concept embeds_summary =
    space<S> && requires(const S& s, const Summary& x, typename S::vector& out) { s.embed_summary(x, out); };

/// A space that can tell the error of what it embeds by draws, direction by direction.
template <class S, class Law>
concept tells_error = space<S> && requires(const S& s, const Law& law, typename S::vector& out, embedding_error& error) {
                                    { s.embed(law, out, error) } -> std::convertible_to<double>;
                                  };

/// Whether a space may have to draw from laws of this type: not unless it tells their error, and says that they are not exact.
template <class S, class Law>
inline constexpr bool may_draw = [] {
  if constexpr (tells_error<S, Law>)
    return !S::template is_exact<Law>;
  else
    return false;
}();

/// How a law without a closed form is embedded: by so many draws from a stream of its own.
struct monte_carlo {
  Index draws = 10000;
  std::uint64_t seed = 0;
};

/// The space of a feature map: vectors of as many numbers as it has features, and their dot product.
///
/// `embed` is a function of the law: where there is no closed form, every law is drawn from the same streams, made anew from
/// the seed. So equal laws have equal vectors, and those of nearly equal laws share their noise. Copies share one map.
template <feature_map Map>
class feature_space {
 public:
  using vector = Eigen::VectorXd;

  /// @throw std::invalid_argument unless fallback.draws >= 2
  explicit feature_space(Map map, monte_carlo fallback = {})
      : map_(std::make_shared<const Map>(std::move(map))), fallback_(fallback) {
    argument::require(fallback.draws >= 2, "feature_space", "fallback.draws", fallback.draws, "be at least 2");
  }

  [[nodiscard]] const Map& map() const noexcept { return *map_; }
  [[nodiscard]] const monte_carlo& fallback() const noexcept { return fallback_; }

  [[nodiscard]] vector zero() const { return vector::Zero(size()); }

  /// v += c u, without allocation. @throw std::invalid_argument if one of them is not of this space
  [[gnu::noinline]] void add(vector& v, double c, const vector& u) const {
    require(v, "feature_space::add", "v");
    require(u, "feature_space::add", "u");
    v += c * u;
  }

  /// v += a - b, rounded once where a and b are close: equal vectors leave nothing behind.
  [[gnu::noinline]] void add_difference(vector& v, const vector& a, const vector& b) const {
    require(v, "feature_space::add_difference", "v");
    require(a, "feature_space::add_difference", "a");
    require(b, "feature_space::add_difference", "b");
    v += a - b;
  }

  [[gnu::noinline]] void set_zero(vector& v) const { v.setZero(size()); }

  [[nodiscard, gnu::noinline]] double inner(const vector& u, const vector& v) const {
    require(u, "feature_space::inner", "u");
    require(v, "feature_space::inner", "v");
    return u.dot(v);
  }

  /// The embedding of a law; `out` is resized if need be.
  /// @return 0 where it is exact, else the expected squared error of `out` (see `embed_by_draws`)
  /// @throw std::domain_error if what was drawn of the law is not finite: it lies nowhere
  template <class Law>
    requires embeds_in<Law, Map>
  double embed(const Law& law, vector& out) const {
    out.resize(size());
    embed_into(law, *map_, out);
    return 0;
  }
  template <model Law>
    requires(!embeds_in<Law, Map> && averages<Map, data_of<Law>>)
  double embed(const Law& law, vector& out) const {
    embedding_error error;
    return embed(law, out, error);
  }

  /// Whether laws of this type are never drawn.
  template <class Law>
  static constexpr bool is_exact = embeds_in<Law, Map>;

  /// The same, with what can be said of the error. A mixture of laws (`size()`, `share(i)`, `visit(i, f)`) is embedded component by
  /// component: those with a closed form exactly, and only the others by draws. Draws come in 16 batches, each from a stream of its own
  /// that all laws share.
  template <class Law>
    requires(embeds_in<Law, Map> || (model<Law> && averages<Map, data_of<Law>>))
  double embed(const Law& law, vector& out, embedding_error& error) const {
    if constexpr (detail::mixes_laws<Law> && !embeds_in<Law, Map>) {
      out.setZero(size());
      error.clear();
      vector part;
      embedding_error part_error;
      for (std::size_t i = 0; i < law.size(); ++i) {
        law.visit(i, [&](const auto& component) { embed(component, part, part_error); });
        out += law.share(i) * part;
        error.add(law.share(i), part_error);
      }
      return error.variance();
    } else if constexpr (embeds_in<Law, Map>) {
      error.clear();
      return embed(law, out);
    } else {
      return embed_batches(law, out, error);
    }
  }

  /// The embedding of data: the mean of the features. @param w  a weight for each observation, or empty: all of weight 1
  template <class Data>
    requires averages<Map, Data>
  void embed_data(const Data& x, const weights<double>& w, vector& out) const {
    out.resize(size());
    map_->mean_into(x, w.size() == 0 ? nullptr : &w, out);
  }

  /// The embedding of the data that a summary was made of.
  template <class Summary>
    requires requires(const Map& m, const Summary& s, vector& v) { m.summary_mean_into(s, v); }
  void embed_summary(const Summary& s, vector& out) const {
    out.resize(size());
    map_->summary_mean_into(s, out);
  }

  /// The relative variance that random features give to |v|^2 (see `random_fourier_features::relative_variance`).
  [[nodiscard]] double relative_variance(const vector& v) const
    requires requires(const Map& m, const vector& u) { m.relative_variance(u); }
  {
    return map_->relative_variance(v);
  }

 private:
  [[nodiscard]] Index size() const { return static_cast<Index>(map_->features()); }

  /// The mean over draws in batches, as even as can be. @return E|err|^2, from the spread of the single draws
  template <class Law>
  double embed_batches(const Law& law, vector& out, embedding_error& error) const {
    const Index draws = fallback_.draws, batches = (std::min)(embedding_error::batches, draws);
    argument::require_room(draws / batches, static_cast<Index>(law.dimension()), sizeof(double), "feature_space::embed",
                           "fallback.draws");
    Eigen::MatrixXd& means = error.fill(size(), batches);
    Eigen::VectorXd shares(batches), part(size());
    out.setZero(size());
    double squares = 0;
    for (Index b = 0; b < batches; ++b) {
      const Index n = draws / batches + (b < draws % batches ? 1 : 0);
      shares[b] = static_cast<double>(n) / static_cast<double>(draws);
      // A component that nobody else has, whatever seed they chose.
      stream rng(stream_key{fallback_.seed, 0},
                 {0, 0, purpose::reference, (std::numeric_limits<std::uint32_t>::max)() - static_cast<std::uint32_t>(b)});
      const data_of<Law> x = detail::sampled(law, n, rng, {"feature_space::embed"});
      if constexpr (requires { data_traits<data_of<Law>>::finite(x); })
        if (!data_traits<data_of<Law>>::finite(x)) [[unlikely]]
          throw std::domain_error("feature_space::embed: the law gave an observation that is not finite");
      map_->mean_into(x, nullptr, part);
      means.col(b) = part;
      squares += shares[b] * detail::mean_squared_norm(*map_, x);
      out += shares[b] * means.col(b);
    }
    const double spread = (std::max)(0.0, squares - out.squaredNorm());
    centre_batches(means, out, shares);
    return spread / static_cast<double>(draws - 1);
  }

  void require(const vector& v, const char* function, const char* name) const {
    argument::require(v.size() == size(), function, name, v.size(), "have as many numbers as there are features");
  }

  std::shared_ptr<const Map> map_;
  monte_carlo fallback_;
};

}  // namespace simulacra
