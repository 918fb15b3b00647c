#pragma once

/// For the tests of those who write models and estimators of their own.
#include <simulacra/testing/check_estimator.hpp>
