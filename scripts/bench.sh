#!/usr/bin/env bash
# Builds the benchmarks as fast as this machine goes, runs them, and keeps their numbers in build/bench/results/*.json.
# Other libraries are compared where they are installed (see bench/README.md); none is needed.
#   scripts/bench.sh [arguments for Google Benchmark, such as --benchmark_filter=normal]
#   scripts/bench.sh --report       (QUICK=1: one short round of each, to see that all of it runs)
#                                   the comparisons and how time grows, without the benchmarks: build/bench/results/report.html
source "$(dirname "$0")/lib.sh"
if [[ ${1:-} == --report ]]; then
  [[ -z ${QUICK:-} ]] || export ROUNDS=1 SECONDS_EACH=0.02
  for measured in bench/compare*.sh bench/growth.sh; do
    say "${measured##*/}"
    "$measured" build/bench/results
  done
  say "$(bench/report.sh build/bench/results)"
  exit 0
fi
scripts/setup.sh bench
configure_and_build bench
results=$PWD/build/bench/results
mkdir -p "$results"
grep -m1 'model name' /proc/cpuinfo 2>/dev/null || true
"${CXX:-c++}" --version | head -n 1
found=0
for program in build/bench/bench/bench_*; do
  [[ -x $program && -f $program ]] || continue
  found=1
  name=${program##*/}
  say "$name"
  "$program" --benchmark_repetitions=5 --benchmark_report_aggregates_only=true \
    --benchmark_out="$results/$name.json" --benchmark_out_format=json "$@"
done
(( found )) || die "there is no benchmark in bench/"
for comparison in bench/compare*.sh; do
  [[ -x $comparison ]] || continue
  say "beside others: ${comparison##*/}"
  "$comparison" "$results"
done
