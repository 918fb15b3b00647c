// must not compile: a number is not a stream; where randomness comes from has to be said
// expect: could not convert|no known conversion|no matching function|no viable conversion
#include <simulacra/random/stream.hpp>

void draw(simulacra::stream rng);
void draw(simulacra::stream) {}

int main() {
#ifdef CORRECTED
  draw(simulacra::stream(2024));
#else
  draw(2024);
#endif
}
