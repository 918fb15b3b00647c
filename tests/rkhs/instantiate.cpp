#include <simulacra/rkhs.hpp>

namespace simulacra {

// With what the tests use, each template for both scalars and for dimensions 1, 2 and dynamic.
template class smoothed_points<float, 2>;
template class smoothed_points<double, dynamic>;
template class kernel_mean_estimator<float, 2>;
template class kernel_mean_estimator<double, dynamic>;
template class psd_model<float, dynamic>;
template class psd_estimator<float, dynamic>;
template class kernel_exponential_family<float, 2>;
template class score_matching_estimator<float, 2>;
template class herded_points<float, dynamic>;
template class herding_estimator<float, dynamic>;

}  // namespace simulacra
