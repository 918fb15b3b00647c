#include <simulacra/families/kernel/score_matching.hpp>

namespace simulacra {

template class score_basis<1>;
template class score_basis<2>;
template class kernel_exponential_family<float, 1>;
template class kernel_exponential_family<double, 2>;
template class kernel_exponential_family<float, dynamic>;
template class score_matching_estimator<float, 1>;
template class score_matching_estimator<double, 2>;
template class score_matching_estimator<float, dynamic>;

}  // namespace simulacra
