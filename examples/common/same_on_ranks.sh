#!/usr/bin/env bash
# same_on_ranks.sh NAME PROGRAM PROGRAM_MPI FOLDER MPIRUN FLAGS...: a study on threads and on 1, 2, 3 and 5 ranks has the same bytes.
set -euo pipefail
name=$1 program=$2 on_ranks=$3 folder=$4
shift 4
rm -rf "$folder"
mkdir -p "$folder"
"$program" --quick --out "$folder/threads" >"$folder/log"
for ranks in 1 2 3 5; do
  "$@" -n $ranks "$on_ranks" --quick --out "$folder/ranks$ranks" >>"$folder/log"
  cmp "$folder/threads/$name.csv" "$folder/ranks$ranks/$name.csv"
done
