#!/usr/bin/env bash
# From a bare machine to tested: sets up, configures, builds and runs the tests and the examples in miniature.
#   scripts/test.sh [arguments for ctest, such as -R gaussian]
source "$(dirname "$0")/lib.sh"
scripts/setup.sh test
configure_and_build release
say "test"
ctest --preset release -j "$SIMULACRA_JOBS" "$@"
