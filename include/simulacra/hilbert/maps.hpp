#pragma once

#include <concepts>

#include <simulacra/core/types.hpp>

/// The feature maps by name. The header of a law declares, and here defines, every closed form that the law has, so that no program
/// computes another number because it includes another header; and it does so without the maps themselves, which take longer to
/// compile than most laws: they are deduced (`std::same_as<grid_features> Map`), and looked into only where one is at hand.
namespace simulacra {

/// A kernel on points of D numbers of type T: a value with `k(x, y)`, symmetric and positive definite.
template <class K, class T, int D>
concept kernel_on = std::copy_constructible<K> && requires(const K& k, const point<T, D>& x) {
                                                    { k(x, x) } -> std::convertible_to<double>;
                                                  };

class gaussian_kernel;

class delta_features;
class grid_features;
class moment_features;
class random_fourier_features;

template <class Kernel, class T, int D>
  requires kernel_on<Kernel, T, D>
class nystrom_features;

/// Signed combinations of Gaussian laws: what `append_components(law, coefficient, out)` adds to.
template <class Out, class Gaussian>
concept takes_components = requires(Out& out, const Gaussian& law) { out.append(1.0, law); };

}  // namespace simulacra
