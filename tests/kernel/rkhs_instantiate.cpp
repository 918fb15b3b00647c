#include <simulacra/rkhs.hpp>

namespace simulacra {

// For each scalar and dimension: what is never instantiated is never compiled.
template class smoothed_points<float, 1>;
template class smoothed_points<double, 2>;
template class smoothed_points<float, dynamic>;
template class kernel_mean_estimator<float, 1>;
template class kernel_mean_estimator<double, 2>;
template class kernel_mean_estimator<float, dynamic>;
template class kernel_mean_estimator<double, dynamic>;
template class feature_mean_estimator<random_fourier_features, float, 2>;
template class psd_model<float, 1>;
template class psd_model<float, 2>;
template class psd_model<double, dynamic>;
template class psd_estimator<float, 1>;
template class psd_estimator<float, 2>;
template class psd_estimator<double, dynamic>;
template class herded_points<float, 1>;
template class herded_points<double, 2>;
template class herded_points<float, dynamic>;
template class herding_estimator<float, 2>;

}  // namespace simulacra
