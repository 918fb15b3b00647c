#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include <simulacra/core/argument.hpp>
#include <simulacra/core/data.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/types.hpp>

/// What a plug-in's `sample(n, rng)` returns is looked at before it is used: a filter that gives fewer, rows for columns, or a decoder
/// of another dimension would be read as something else, or past its end. Two integers a call.
namespace simulacra::detail {

/// Who was asked for observations, in the words of a message. The words are put together only where something is wrong.
struct asked {
  std::string_view function;                  ///< on whose behalf
  std::string_view who = "the law";           ///< "the truth", "the model", ...
  Index generation = -1;                      ///< of that model; negative: none
  std::string_view how = std::string_view{};  ///< "as it is decoded", ...
  std::string_view count = "n";               ///< what the caller calls the number of observations

  [[nodiscard]] std::string text() const {
    std::string words(who);
    if (generation >= 0) words.append(" of generation ").append(argument::text(generation));
    if (!how.empty()) words.append(" (").append(how).append(")");
    return words;
  }
};

template <class Data>
concept has_dimension = requires(const Data& x) {
                          { data_traits<Data>::dimension(x) } -> std::convertible_to<Index>;
                        };

template <class Data>
[[noreturn, gnu::noinline]] void reject_sample(const Data& x, Index dimension, Index n, const asked& by) {
  const std::string name = "sample(" + argument::text(n) + ", rng) of " + by.text();
  const Index count = data_traits<Data>::count(x);
  if constexpr (requires { data_traits<Data>::whole(x); })
    if (!data_traits<Data>::whole(x))
      argument::reject(by.function, name, "in parts of different lengths",
                       "be whole: one entry of each part an observation");
  if constexpr (has_dimension<Data>)
    argument::reject(by.function, name, argument::text(data_traits<Data>::dimension(x)) + " x " + argument::text(count),
                     "be " + argument::text(dimension) + " x " + argument::text(n) + " (dimension x observations)");
  else
    argument::reject(by.function, name, argument::text(count) + " observations", "be " + argument::text(n));
}

/// Throws unless x is n observations of the dimension.
/// @throw std::invalid_argument naming both shapes and who returned what
template <class Data>
[[gnu::always_inline]] inline void require_sample(const Data& x, Index dimension, Index n, const asked& by) {
  bool right = data_traits<Data>::count(x) == n;
  if constexpr (has_dimension<Data>) right = right && data_traits<Data>::dimension(x) == dimension;
  if constexpr (requires { data_traits<Data>::whole(x); }) right = right && data_traits<Data>::whole(x);
  if (!right) [[unlikely]]
    reject_sample(x, dimension, n, by);
}

/// n observations of a law, looked at. @throw std::invalid_argument if they are not n, or not of the law's dimension
template <model M>
[[nodiscard]] data_of<M> sampled(const M& m, Index n, stream& rng, const asked& by) {
  data_of<M> x = m.sample(n, rng);
  require_sample(x, static_cast<Index>(m.dimension()), n, by);
  return x;
}

}  // namespace simulacra::detail
