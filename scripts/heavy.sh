#!/usr/bin/env bash
# The tests that take minutes: those in tests/heavy/ and those whose names begin with "heavy".
#   scripts/heavy.sh [arguments for ctest]
source "$(dirname "$0")/lib.sh"
scripts/setup.sh test
configure_and_build release
say "heavy tests"
ctest --preset heavy -j "$SIMULACRA_JOBS" "$@"
