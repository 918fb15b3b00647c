#pragma once

#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <simulacra/core/data.hpp>
#include <simulacra/core/estimator.hpp>
#include <simulacra/core/exception_words.hpp>
#include <simulacra/core/memory.hpp>
#include <simulacra/core/model.hpp>
#include <simulacra/core/sampled.hpp>
#include <simulacra/core/types.hpp>
#include <simulacra/random/permutation.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/recursion/any_recipe.hpp>
#include <simulacra/recursion/lineage.hpp>
#include <simulacra/recursion/recipes.hpp>

namespace simulacra {

/// One promise of a plug-in, and whether it was kept.
struct finding {
  std::string promise;
  bool kept = false;
  std::string detail{};
};

/// What `check_estimator` found.
struct findings {
  std::vector<finding> all;

  [[nodiscard]] bool passed() const {
    for (const finding& f : all)
      if (!f.kept) return false;
    return true;
  }

  /// The promises that were broken, a line each.
  [[nodiscard]] std::string broken() const {
    std::string text;
    for (const finding& f : all)
      if (!f.kept) text += f.promise + (f.detail.empty() ? "" : ": " + f.detail) + "\n";
    return text;
  }

  /// Notes what `test` returns; an exception from it breaks the promise. Returns whether it was kept.
  template <class Test>
  bool note(std::string promise, Test test) {
    all.push_back({std::move(promise)});  // before the test is run: an exception must not take the promise's words with it
    finding& found = all.back();
    try {
      found.kept = test();
    } catch (const std::exception& error) {
      found.detail = "threw: " + detail::words_of(error);
    } catch (...) {
      found.detail = std::string("threw: ") + detail::words_of_anything;
    }
    return found.kept;
  }
};

namespace detail {

/// Whether two data sets are the same to the bit, where that can be asked; of one shape at least.
template <class Data>
bool same(const Data& a, const Data& b) {
  if (data_traits<Data>::count(a) != data_traits<Data>::count(b)) return false;
  if constexpr (has_dimension<Data>)
    if (data_traits<Data>::dimension(a) != data_traits<Data>::dimension(b)) return false;
  if constexpr (std::equality_comparable<Data>)
    return a == b;
  else
    return true;
}

template <class Data>
inline constexpr bool is_real_matrix = false;
template <class T, int D>
inline constexpr bool is_real_matrix<Eigen::Matrix<T, D, Eigen::Dynamic>> = std::is_floating_point_v<T>;
template <class T>
inline constexpr bool is_real_matrix<Eigen::Matrix<T, 1, Eigen::Dynamic, Eigen::RowMajor>> = std::is_floating_point_v<T>;

/// Whether what is drawn can be looked at any further: not where it has another shape than was asked for, or is NaN.
template <class Truth>
bool check_sampling(const Truth& truth, const stream& root, Index n, findings& found) {
  using data = data_of<Truth>;
  const auto draw = [&](std::uint64_t which, Index size) {
    stream rng = root.at(which, purpose::user);
    return sampled(truth, size, rng, {"check_estimator", "the truth"});
  };
  if (!found.note("sample(n, rng) gives n observations of dimension() numbers, also for n = 0 and 1", [&] {
        for (const Index size : {n, Index{1}, Index{0}}) static_cast<void>(draw(0, size));
        return true;
      }))
    return false;
  if constexpr (is_real_matrix<data>)
    if (!found.note("samples are finite", [&] { return draw(2, n).allFinite(); })) return false;
  found.note("equal streams give equal samples", [&] { return same(draw(0, n), draw(0, n)); });
  found.note("different streams give different samples",
             [&] { return !std::equality_comparable<data> || !same(draw(0, n), draw(1, n)); });
  return true;
}

/// The same of a fitted model; its fits are judged only where it can be sampled.
template <class Truth, class Estimator>
bool check_fit(const Truth& truth, const Estimator& estimator, const stream& root, Index n, findings& found) {
  using data = data_of<Truth>;
  using training = training_set<data, summary_for<Estimator>>;
  using fitted_model = model_for<Estimator, data>;
  const auto dimension = static_cast<Index>(truth.dimension());
  training x;
  const auto refit = [&](const training& of) {
    stream fit_rng = root.at(4, purpose::fit);
    return fit_to(estimator, of, fit_rng).model;
  };
  const auto sample_of = [&](const fitted_model& m, Index size) {
    stream sample_rng = root.at(5, purpose::sample);
    data drawn = m.sample(size, sample_rng);
    require_sample(drawn, dimension, size, {"check_estimator", "the fitted model"});
    return drawn;
  };
  if (!found.note("a model can be fitted and sampled: n observations of the truth's dimension, also for n = 0 and 1", [&] {
        stream rng = root.at(3, purpose::user);
        x.data = sampled(truth, n, rng, {"check_estimator", "the truth"});
        const fitted_model m = refit(x);
        for (const Index size : {n, Index{1}, Index{0}}) static_cast<void>(sample_of(m, size));
        return true;
      }))
    return false;
  if constexpr (is_real_matrix<data>)
    if (!found.note("samples of a fitted model are finite", [&] { return sample_of(refit(x), n).allFinite(); }))
      return false;
  found.note("a fit forgets the fit before it", [&] {
    const data first = sample_of(refit(x), n);
    training other = x;
    other.data = data_traits<data>::front(x.data, std::max<Index>(n / 2, 2));
    static_cast<void>(refit(other));
    return same(first, sample_of(refit(x), n));
  });
  found.note("fitting leaves the data as they are", [&] {
    const data before = x.data;
    static_cast<void>(refit(x));
    return same(before, x.data);
  });
  if constexpr (is_real_matrix<data>) {
    found.note("the order of the observations does not matter", [&] {
      stream order_rng = root.at(6, purpose::user);
      const std::vector<Index> order = permutation(n, order_rng);
      training shuffled = x;
      shuffled.data = data_traits<data>::select(x.data, order);
      const data a = sample_of(refit(x), n), b = sample_of(refit(shuffled), n);
      using scalar = typename data::Scalar;
      const scalar size = std::sqrt(std::numeric_limits<scalar>::epsilon());
      return (a - b).cwiseAbs().maxCoeff() <= size * (scalar(1) + a.cwiseAbs().maxCoeff());
    });
    found.note("a NaN in the data is refused with std::invalid_argument", [&] {
      training broken = x;
      broken.data(0, n / 2) = std::numeric_limits<typename data::Scalar>::quiet_NaN();
      try {
        static_cast<void>(refit(broken));
      } catch (const std::invalid_argument&) {
        return true;
      }
      return false;
    });
  }
  return true;
}

template <class Truth, class Estimator>
void check_recursion(const Truth& truth, const Estimator& estimator, const stream& root, Index n, findings& found) {
  const std::pair<const char*, any_recipe> recipes[] = {
      {"replace", replace{}},
      {"accumulate", accumulate{}},
      {"accumulate_subsample", accumulate_subsample{}},
      {"preserve, fixed", preserve{0.5}},
      {"preserve, redrawn", preserve{0.5, preserve::real::redrawn}},
      {"preserve, on top", preserve{0.5, preserve::real::fixed, preserve::place::on_top}},
      {"fresh_real", fresh_real{n}},
      {"general_process", general_process{0.5, 0.3, 0.2}},
      {"window", window{2}},
  };
  for (const auto& [name, recipe] : recipes)
    found.note(std::string("runs under the recipe ") + name, [&, &recipe = recipe] {
      const experiment what{truth, estimator, recipe};
      const auto line = run_lineage(what, {.generations = 3, .samples = n}, root);
      if (line.why == ending::failure) throw std::runtime_error(line.failure);
      return line.generations == 3 || line.why == ending::outcome;
    });
}

}  // namespace detail

/// Holds a truth and an estimator of a user's own to what the library expects of every plug-in: sampling that depends on
/// nothing but the stream, fits that forget, refuse NaN and do not care for order, and the recipes (those that weigh
/// observations aside: not every estimator takes weights).
/// ```
/// const auto found = check_estimator(laplace{0, 1}, laplace_mle{}, stream(1));
/// CHECK_MESSAGE(found.passed(), found.broken());
/// ```
/// Where samples have another shape than was asked for, or are not finite, the findings end there: what is known to be wrong is not read.
/// @param n  observations to try with; enough for the estimator to be well defined, at least 4
/// @throw std::invalid_argument if n < 4. A plug-in that throws is a finding, not an exception.
template <class Truth, class Estimator>
[[nodiscard]] findings check_estimator(const Truth& truth, const Estimator& estimator, const stream& root, Index n = 200) {
  check_experiment<Truth, Estimator, replace, as_is>();
  argument::require(n >= 4, "check_estimator", "n", n, "be at least 4");
  argument::require_room(n, static_cast<Index>(truth.dimension()), sizeof(double), "check_estimator", "n");
  findings found;
  if (!detail::check_sampling(truth, root, n, found)) return found;
  if (!detail::check_fit(truth, estimator, root, n, found)) return found;
  detail::check_recursion(truth, estimator, root, n, found);
  return found;
}

}  // namespace simulacra
