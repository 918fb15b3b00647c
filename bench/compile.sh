#!/usr/bin/env bash
# What it costs to compile what users write: user seconds of `g++ -O2 -c`, as ratios to a unit that includes <Eigen/Dense> and one
# distribution of Boost.Random, all in one run, and peak memory.
#   bench/compile.sh [unit...]     (lineage ensemble ledger regimes own rkhs ppca; all, when nothing is said)
# Environment: CHECK (a limit that is passed fails), CXX (g++), CXXFLAGS (-O2), ROUNDS (3): the least of so many runs is taken, since a compiler's work does not vary but for disturbance.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cxx=${CXX:-g++}
read -r -a flags <<<"${CXXFLAGS:--O2}"
rounds=${ROUNDS:-3}
eigen=$(pkg-config --cflags-only-I eigen3 2>/dev/null | sed 's/-I/-isystem /g') || true
read -r -a eigen_flags <<<"${eigen:--isystem /usr/include/eigen3}"

# README's programs, in their order.
awk -v to="$work" 'BEGIN { split("lineage ensemble ledger regimes own", name) }
  /^```cpp$/ { ++n; inside = 1; next }
  /^```$/ { inside = 0 }
  inside { print > (to "/" name[n] ".cpp") }' "$here/../README.md"
cp "$here"/compile/*.cpp "$work"
# What is never to be passed again: a quarter above what was measured (README.md). With CHECK=1 a ratio above it is an error.
declare -A limit=([lineage]=5.5 [rkhs]=4.2)
declare -A target=([lineage]=3.0 [ensemble]=6 [ledger]=8 [regimes]=7 [own]=3.5 [rkhs]=3 [ppca]=18)

# seconds <unit>: the least user time of the rounds; memory goes to <unit>.kib
seconds() {
  local unit=$1 least='' now kib
  for ((round = 0; round < rounds; ++round)); do
    if [[ -x /usr/bin/time ]]; then
      /usr/bin/time -o "$work/time" -f '%U %M' "$cxx" -std=c++20 "${flags[@]}" -I"$here/../include" "${eigen_flags[@]}" -c "$work/$unit.cpp" -o /dev/null
      read -r now kib <"$work/time"
    else
      TIMEFORMAT=%U
      now=$( { time "$cxx" -std=c++20 "${flags[@]}" -I"$here/../include" "${eigen_flags[@]}" -c "$work/$unit.cpp" -o /dev/null; } 2>&1 )
      kib=0
    fi
    least=$(awk -v a="${least:-$now}" -v b="$now" 'BEGIN { print (a < b ? a : b) }')
  done
  echo "$kib" >"$work/$unit.kib"
  echo "$least"
}

"$cxx" --version | sed -n '1s/^/# /p'
echo "# flags: ${flags[*]}; the least of $rounds runs"
base=$(seconds base)
printf '%-10s %8s %7s %8s %8s\n' unit seconds ratio target MiB
printf '%-10s %8.2f %7.2f %8s %8.0f\n' base "$base" 1 '' "$(awk '{ print $1 / 1024 }' "$work/base.kib")"
for unit in "${@:-lineage ensemble ledger regimes own rkhs ppca}"; do
  for one in $unit; do
    now=$(seconds "$one")
    printf '%-10s %8.2f %7.2f %8s %8.0f\n' "$one" "$now" "$(awk -v a="$now" -v b="$base" 'BEGIN { print a / b }')" \
      "<= ${target[$one]}" "$(awk '{ print $1 / 1024 }' "$work/$one.kib")"
    if [[ -n ${CHECK:-} && -n ${limit[$one]:-} ]] && awk -v a="$now" -v b="$base" -v c="${limit[$one]}" 'BEGIN { exit !(a / b > c) }'; then
      echo "$one: takes more than ${limit[$one]} times as long as the yardstick"
      failed=1
    fi
  done
done
exit "${failed:-0}"
