// What a user's first program may look like; it exits with 0 when the library it was given is the library it expects.
#include <cstdio>

#include <simulacra/core/types.hpp>
#include <simulacra/random/stream.hpp>
#include <simulacra/version.hpp>

int main() {
  simulacra::stream rng(2024);
  simulacra::samples<double, 2> x(2, 3);
  for (simulacra::Index i = 0; i < x.cols(); ++i)
    for (simulacra::Index k = 0; k < x.rows(); ++k) x(k, i) = static_cast<double>(rng() >> 11);
  std::printf("simulacra %s: %td observations, %llu words\n", SIMULACRA_VERSION_STRING, x.cols(),
              static_cast<unsigned long long>(rng.position()));
  return rng.position() == 6 ? 0 : 1;
}
