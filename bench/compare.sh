#!/usr/bin/env bash
# Our speed as ratios to other libraries', each measured in turns with ours in one run. Peers that are not installed are left out.
#   bench/compare.sh [folder for compare.csv]
# Environment: CXX, CXXFLAGS (default: as the `bench` preset), ROUNDS (5), SECONDS_EACH (0.3), BUILD (where programs go).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
results=$(mkdir -p "${1:-$here/../build/bench/results}" && cd "${1:-$here/../build/bench/results}" && pwd)
build=${BUILD:-$results/../peers}
mkdir -p "$build"
cxx=${CXX:-g++}
read -r -a flags <<<"${CXXFLAGS:--std=c++20 -O3 -DNDEBUG -march=native -ffp-contract=off}"
rounds=${ROUNDS:-5}
each=${SECONDS_EACH:-0.3}
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

eigen=$(pkg-config --cflags-only-I eigen3 2>/dev/null | sed 's/-I/-isystem /g') || true
read -r -a eigen_flags <<<"${eigen:--isystem /usr/include/eigen3}"

compile() {  # compile <name> [more flags...]: false where it cannot be built
  local name=$1
  shift
  "$cxx" "${flags[@]}" "$here/peers/$name.cpp" -o "$build/$name" "$@" 2>"$build/$name.log" || {
    echo "(no $name: see $build/$name.log)" >&2
    return 1
  }
}

compile simulacra -I"$here/../include" "${eigen_flags[@]}"
compile boost_random && has_boost=1 || has_boost=0
compile armadillo -larmadillo && has_armadillo=1 || has_armadillo=0
python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import numpy' 2>/dev/null; then python=$candidate; break; fi
done
[[ -n $python ]] || echo "(no NumPy: python3-numpy is not installed)" >&2

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

{
  grep -m1 'model name' /proc/cpuinfo || true
  "$cxx" --version | head -n 1
  echo "flags: ${flags[*]}"
} | sed 's/^/# /'
printf '%-34s %-22s %12s %12s %7s %8s\n' 'ours' 'theirs' 'ours, ns' 'theirs, ns' 'ratio' 'target'
echo 'ours,theirs,ours_ns,theirs_ns,ratio,target' >"$results/compare.csv"

# versus <target> <how d M of ours> <name of the other> <command of the other...>
# Ours and theirs take turns; the ratio is the median over rounds of (theirs / ours), so a slow minute hurts both alike.
versus() {
  local target=$1 how=$2 d=$3 m=$4 name=$5 ours theirs
  shift 5
  : >"$build/ours" >"$build/theirs" >"$build/ratios"
  for ((round = 0; round < rounds; ++round)); do
    ours=$("$build/simulacra" "$how" "$d" "$m" "$each")
    theirs=$("$@" "$d" "$m" "$each" 2>>"$build/said")
    echo "$ours" >>"$build/ours"
    echo "$theirs" >>"$build/theirs"
    awk -v a="$theirs" -v b="$ours" 'BEGIN { print a / b }' >>"$build/ratios"
  done
  local o t r
  o=$(median <"$build/ours") t=$(median <"$build/theirs") r=$(median <"$build/ratios")
  printf '%-34s %-22s %12.4g %12.4g %6.2fx %8s\n' "$how, d = $d, M = $m" "$name" "$o" "$t" "$r" ">= ${target}x"
  echo "$how $d $m,\"$name\",$o,$t,$r,$target" >>"$results/compare.csv"
}
: >"$build/said"

[[ -n $python ]] && versus 4 stored 1 1000 'NumPy loop' "$python" "$here/peers/numpy_loop.py" loop
(( has_boost )) && versus 1 stored 1 1000 'Boost normal, mt19937' "$build/boost_random" stored
if (( has_armadillo )); then
  for size in '2 10000' '10 10000' '100 10000'; do
    read -r d m <<<"$size"
    versus 3.5 streamed "$d" "$m" 'Armadillo chol*randn' "$build/armadillo" chol
    versus 3.5 streamed "$d" "$m" 'Armadillo mvnrnd' "$build/armadillo" mvnrnd
  done
fi
versus 100 collapsed 1 1000 'ours, stored' "$build/simulacra" stored
versus 8 collapsed 10 100 'ours, stored' "$build/simulacra" stored
versus 8 collapsed 100 1000 'ours, stored' "$build/simulacra" stored
versus 60 collapsed 100 10000 'ours, stored' "$build/simulacra" stored
sort -u "$build/said" >&2
