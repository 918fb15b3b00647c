#!/usr/bin/env bash
# survives.sh PROGRAM FOLDER KILLS: kills the study so many times at random moments, lets it end, and compares the bytes of its table with those
# of an undisturbed run, of 1 and 7 threads, and of three tasks in another order. Each time it must have kept what it had.
set -euo pipefail
program=$1 folder=$2 kills=$3
rm -rf "$folder"
mkdir -p "$folder"
flags=(--quick --generations 30 --replicates "$((200 + 60 * kills))" --seed 5)
run() { "$program" "${flags[@]}" "$@" >>"$folder/log" 2>&1; }
same() { cmp "$folder/right/gaussian_study.csv" "$folder/$1/gaussian_study.csv" || { echo "$1: other bytes"; exit 1; }; }

run --out "$folder/right" --threads 2
RANDOM=12345
before=0
killed=0
for ((k = 0; k < kills; ++k)); do
  "$program" "${flags[@]}" --out "$folder/killed" --threads 2 >>"$folder/log" 2>&1 &
  pid=$!
  sleep "0.$(printf '%03d' $((RANDOM % 120 + 5)))"
  kill -9 $pid 2>/dev/null && killed=$((killed + 1))
  wait $pid 2>/dev/null || true
  now=$("$program" "${flags[@]}" --out "$folder/killed" --status | sed -n 's/.* cells: \([0-9]*\) of.*/\1/p')
  now=${now:-0}
  ((now >= before)) || { echo "kill $k lost finished blocks: $before before, $now after"; exit 1; }
  before=$now
done
run --out "$folder/killed" --threads 2
same killed
for threads in 1 7; do
  run --out "$folder/threads$threads" --threads $threads
  same threads$threads
done
for task in 2/3 0/3 1/3; do run --out "$folder/tasks" --task $task; done
same tasks
echo "killed $killed times in $kills; the same bytes by 1, 2, 7 threads and 3 tasks"
