#pragma once

#include <concepts>

#include <Eigen/Core>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/relative_weights.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/hilbert/gram.hpp>
#include <simulacra/summary/counts.hpp>

namespace simulacra {

/// The features of the delta kernel on the symbols 0, ..., K - 1: symbol i is the i-th unit vector, and a law is its vector of
/// probabilities. Exact, and as long as the vocabulary.
class delta_features {
 public:
  /// @throw std::invalid_argument unless symbols >= 1
  explicit delta_features(Index symbols) : symbols_(symbols) {
    argument::require(symbols >= 1, "delta_features", "symbols", symbols, "be at least 1");
  }

  [[nodiscard]] Index dimension() const noexcept { return 1; }
  [[nodiscard]] Index features() const noexcept { return symbols_; }  ///< K

  void features_into(Index symbol, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    require_symbol(symbol);
    out.setZero();
    out[symbol] = 1;
  }
  template <class X>
    requires std::integral<typename X::Scalar>
  void features_into(const Eigen::MatrixBase<X>& symbol, Eigen::Ref<Eigen::VectorXd> out) const {
    mean_into(symbol, nullptr, out);
  }

  /// The (weighted) relative frequencies of the symbols among observations. O(n + K).
  /// @param x  1 x n, n >= 1   @param w  a weight >= 0 for each, or null or empty: all of weight 1   @param out  K numbers
  /// @throw std::invalid_argument if one of these does not hold, or a symbol is not in [0, K)
  template <class X>
    requires std::integral<typename X::Scalar>
  void mean_into(const Eigen::MatrixBase<X>& x, const weights<double>* w, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    argument::require(x.rows() == 1, "delta_features::mean_into", "x.rows()", x.rows(), "be 1");
    argument::require(x.cols() >= 1, "delta_features::mean_into", "x.cols()", x.cols(), "be at least 1");
    const detail::relative_weights<> relative(w, x.cols(), "delta_features::mean_into");
    w = relative.get();
    const double weight = relative.total();
    const bool weighted = w != nullptr && w->size() > 0;
    for (Index i = 0; i < x.cols(); ++i) require_symbol(static_cast<Index>(x(0, i)));
    out.setZero();
    for (Index i = 0; i < x.cols(); ++i) out[static_cast<Index>(x(0, i))] += weighted ? (*w)[i] : 1;
    out /= weight;
  }

  /// The same, from the counts of the observations. @throw std::invalid_argument if they have no weight, or a symbol >= K has
  void summary_mean_into(const counts& c, Eigen::Ref<Eigen::VectorXd> out) const {
    require_out(out);
    argument::require(c.weight() > 0, "delta_features::summary_mean_into", "weight()", c.weight(), "be > 0");
    if (!c.entries().empty()) require_symbol(c.entries().back().symbol);
    out.setZero();
    for (const counts::entry& e : c.entries()) out[e.symbol] = e.weight / c.weight();
  }

  /// The mean of |phi|^2 over observations, which is 1 whatever they are.
  template <class X>
  [[nodiscard]] double mean_squared_norm(const Eigen::MatrixBase<X>&, const weights<double>* = nullptr) const noexcept {
    return 1;
  }

 private:
  void require_out(const Eigen::Ref<Eigen::VectorXd>& out) const {
    argument::require(out.size() == symbols_, "delta_features", "out.size()", out.size(), "equal the number of symbols");
  }
  void require_symbol(Index symbol) const {
    argument::require(symbol >= 0 && symbol < symbols_, "delta_features", "symbol", symbol, "be in [0, K)");
  }

  Index symbols_;
};

}  // namespace simulacra
