#!/usr/bin/env bash
# speedup.sh PROGRAM [PROGRAM_MPI] [ROUNDS]: how much quicker two threads are than one, and two ranks than one, with real work: 960 lineages of
# Kazdan's grid, on cores that have nothing else to do. Settings take turns, the least of each counts (3 rounds: under a minute), and what a
# start takes without work is taken off. `--task 0/2` runs half of a study, so that no table and picture are in the time.
set -euo pipefail
program=$1 on_ranks=${2:-} rounds=${3:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags=(--generations 50 --replicates 40 --seed 5 --task 0/2)
mpirun=(mpirun --oversubscribe --allow-run-as-root)

seconds() { # of a command that writes to a new folder
  rm -rf "$folder/out"
  local begun=$EPOCHREALTIME
  "$@" "${flags[@]}" --out "$folder/out" >"$folder/log" 2>&1
  awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}
compare() { # what, and the commands of one and of two
  local what=$1 one=$2 two=$3 starts times1=() times2=()
  starts=$(seconds $one --status)
  for ((k = 0; k < rounds; ++k)); do
    times1+=("$(seconds $one)")
    times2+=("$(seconds $two)")
  done
  printf '%s\n' "${times1[@]}" "${times2[@]}" | awk -v what="$what" -v n="$rounds" -v start="$starts" '
    { side = NR <= n ? 1 : 2; if (!(side in least) || $1 < least[side]) least[side] = $1 }
    END {
      a = least[1] - start; b = least[2] - start
      printf "%s: 1 takes %.2f s, 2 take %.2f s, %.2f times as quick (start of %.2f s taken off)\n", what, a, b, a / b, start
    }'
}

echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
compare threads "$program --threads 1" "$program --threads 2"
[[ -z $on_ranks ]] || compare ranks "${mpirun[*]} -n 1 $on_ranks" "${mpirun[*]} -n 2 $on_ranks"
