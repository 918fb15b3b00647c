# Sourced by comparisons: measures programs of ours and of peers, in turns.
#   source peers/measure.sh [folder for results]
# Environment: CXX, ROUNDS (3), SECONDS_EACH (0.3), BUILD (where programs go).
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$(mkdir -p "${1:-$here/../build/bench/results}" && cd "${1:-$here/../build/bench/results}" && pwd)
build=${BUILD:-$results/../peers}
mkdir -p "$build"
cxx=${CXX:-g++}
rounds=${ROUNDS:-3}
each=${SECONDS_EACH:-0.3}
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

eigen=$(pkg-config --cflags-only-I eigen3 2>/dev/null | sed 's/-I/-isystem /g') || true
read -r -a eigen_flags <<<"${eigen:--isystem /usr/include/eigen3}"
native=(-std=c++20 -O3 -DNDEBUG -march=native -ffp-contract=off)
plain=(-std=c++20 -O2 -DNDEBUG -ffp-contract=off)

find_python() {  # find_python <module>: the interpreter that has it
  local candidate
  for candidate in python3 /usr/bin/python3; do
    if "$candidate" -c "import $1" 2>/dev/null; then echo "$candidate"; return; fi
  done
  echo "(no $1: its Python package is not installed)" >&2
}
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
measure() {  # measure <name> <command...>: adds a time to times.<name>, and what was computed to said
  local name=$1 took value
  shift
  read -r took value <<<"$("$@")"
  echo "$took" >>"$build/times.$name"
  echo "$name $value" >>"$build/said"
}

{
  grep -m1 'model name' /proc/cpuinfo || true
  "$cxx" --version | head -n 1
  echo "native: ${native[*]}; plain: ${plain[*]}"
} | sed 's/^/# /'
