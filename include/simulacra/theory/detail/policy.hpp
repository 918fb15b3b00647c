#pragma once

#include <boost/math/policies/policy.hpp>

namespace simulacra::theory::detail {

/// Evaluation by Boost.Math in double, whatever the platform's long double is; an error throws. A header of its own, since any part of
/// Boost.Math costs two seconds of compile time: closed forms that do without it do not include it.
using policy =
    boost::math::policies::policy<boost::math::policies::promote_double<false>, boost::math::policies::promote_float<false>>;

}  // namespace simulacra::theory::detail
