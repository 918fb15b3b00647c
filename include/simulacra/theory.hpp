#pragma once

/// All closed forms. Each header can also be included alone.
#include <simulacra/theory/accumulate.hpp>
#include <simulacra/theory/contamination.hpp>
#include <simulacra/theory/density.hpp>
#include <simulacra/theory/discrete.hpp>
#include <simulacra/theory/expressivity.hpp>
#include <simulacra/theory/gaussian_chain.hpp>
#include <simulacra/theory/golden.hpp>
#include <simulacra/theory/inflation.hpp>
#include <simulacra/theory/kernel_density.hpp>
#include <simulacra/theory/kernel_law.hpp>
#include <simulacra/theory/mad.hpp>
#include <simulacra/theory/mixture.hpp>
#include <simulacra/theory/multivariate.hpp>
#include <simulacra/theory/noisy.hpp>
#include <simulacra/theory/one_parameter.hpp>
#include <simulacra/theory/poisson.hpp>
#include <simulacra/theory/regression.hpp>
#include <simulacra/theory/rkhs.hpp>
#include <simulacra/theory/scaling.hpp>
#include <simulacra/theory/statistical_error.hpp>
#include <simulacra/theory/survival.hpp>
#include <simulacra/theory/vocabulary.hpp>
#include <simulacra/theory/wasserstein.hpp>
