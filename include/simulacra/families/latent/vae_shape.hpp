#pragma once

#include <vector>

#include <simulacra/core/types.hpp>
#include <simulacra/families/latent/network.hpp>

namespace simulacra {

/// The law of an observation given the latent variables.
enum class likelihood {
  bernoulli,  ///< every coordinate 0 or 1, independently; values between the two count as so much of either
  gaussian    ///< normal about the decoder's output, with one standard deviation for all coordinates
};

/// What a variational autoencoder is made of: the encoder has layers d, hidden..., 2 q (means, then log variances), the decoder
/// q, ...hidden, d.
struct vae_shape {
  Index dimension = 0, latent = 0;
  std::vector<Index> hidden;
  activation units = activation::relu;
  likelihood observation = likelihood::bernoulli;

  [[nodiscard]] network_shape encoder() const {
    network_shape n{{dimension}, units};
    n.sizes.insert(n.sizes.end(), hidden.begin(), hidden.end());
    n.sizes.push_back(2 * latent);
    return n;
  }
  [[nodiscard]] network_shape decoder() const {
    network_shape n{{latent}, units};
    n.sizes.insert(n.sizes.end(), hidden.rbegin(), hidden.rend());
    n.sizes.push_back(dimension);
    return n;
  }

  /// The parameters of both networks, and the logarithm of a Gaussian observation's standard deviation.
  [[nodiscard]] Index parameters() const {
    return encoder().parameters() + decoder().parameters() + (observation == likelihood::gaussian ? 1 : 0);
  }

  friend bool operator==(const vae_shape&, const vae_shape&) = default;
};

}  // namespace simulacra
