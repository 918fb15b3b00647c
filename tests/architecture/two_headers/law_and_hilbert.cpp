// Another part of the same program, which knows all that there is.
#include <simulacra/gaussian.hpp>
#include <simulacra/hilbert.hpp>
#include <simulacra/ledger.hpp>

#include <cstdio>
#include <cstring>

#include "measures.hpp"

const char* first_part();

/// Whichever of the two parts the linker took the templates from: they say the same, and it is right.
int main() {
  char first[512];
  std::strncpy(first, first_part(), sizeof first);
  std::printf("%s\n%s\n", first, measures());
  return std::strcmp(first, measures()) == 0 && std::strncmp(first, "0 0 exact ", 10) == 0 ? 0 : 1;
}
