#!/usr/bin/env bash
# The tests under the sanitizers, one preset after the other; a fault in the first does not hide the second.
#   scripts/sanitize.sh [asan|tsan]...                 (both, when nothing is said)
source "$(dirname "$0")/lib.sh"
(( $# )) || set -- asan tsan
for preset in "$@"; do
  [[ $preset == asan || $preset == tsan ]] || die "unknown preset '$preset'; there are: asan tsan"
done
scripts/setup.sh test
failed=()
for preset in "$@"; do
  configure_and_build "$preset"
  say "test ($preset)"
  ctest --preset "$preset" -j "$SIMULACRA_JOBS" || failed+=("$preset")
done
(( ${#failed[@]} == 0 )) || die "faults under: ${failed[*]}"
