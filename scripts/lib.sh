# What the scripts here share; source it. Goes to the top folder of the project.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# One job per core, but no more than memory allows: a compiler in the middle of a test takes up to 1 GiB.
if [[ -z ${SIMULACRA_JOBS:-} ]]; then
  SIMULACRA_JOBS=$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 1)
  if [[ -r /proc/meminfo ]]; then
    gib=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
    (( gib < 1 )) && gib=1
    (( SIMULACRA_JOBS > gib )) && SIMULACRA_JOBS=$gib
  fi
fi
export SIMULACRA_JOBS

# configure_and_build <preset> [target...]
configure_and_build() {
  local preset=$1
  shift
  say "configure ($preset)"
  cmake --preset "$preset"
  say "build ($preset, $SIMULACRA_JOBS at a time)"
  cmake --build --preset "$preset" -j "$SIMULACRA_JOBS" ${1:+--target "$@"}
}
