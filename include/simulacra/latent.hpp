#pragma once

/// Latent-variable models: probabilistic principal component analysis, factor analysis, variational autoencoders.
#include <simulacra/families/latent/factor_analysis.hpp>
#include <simulacra/families/latent/factor_model.hpp>
#include <simulacra/families/latent/network.hpp>
#include <simulacra/families/latent/ppca.hpp>
#include <simulacra/families/latent/ppca_estimator.hpp>
#include <simulacra/families/latent/ppca_sgd_estimator.hpp>
#include <simulacra/families/latent/risk.hpp>
#include <simulacra/families/latent/spread.hpp>
#include <simulacra/families/latent/vae.hpp>
#include <simulacra/families/latent/vae_estimator.hpp>
#include <simulacra/families/latent/vae_shape.hpp>
