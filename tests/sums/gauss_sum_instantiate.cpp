// Every template, for both scalars and each kind of dimension: this only has to compile.
#include <simulacra/sums/gauss_sum.hpp>

namespace simulacra {

template class gauss_sum<double, 1>;
template class gauss_sum<double, 2>;
template class gauss_sum<double, dynamic>;
template class gauss_sum<float, 1>;
template class gauss_sum<float, 2>;
template class gauss_sum<float, dynamic>;

}  // namespace simulacra
