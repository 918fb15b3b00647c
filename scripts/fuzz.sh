#!/usr/bin/env bash
# Fuzzes every reader for so many minutes each, or 10,000,000 inputs, whichever comes first; without a number, one minute. Each core takes a target. A
# second of a core is good for 15,000 (csv, records) to 50,000 (idx, npy) inputs, so that 15 minutes reach 10,000,000 of each.
#   scripts/fuzz.sh [minutes] [target...]              (the targets are the files tests/fuzz/*.cpp)
# What is found is written to build/release/tests/fuzz/<target>-crash-*, and the exit status tells. The inputs that reached something new are
# kept in build/release/tests/fuzz/found/<target>/, where the next run goes on.
source "$(dirname "$0")/lib.sh"
minutes=1
if [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; then minutes=$1; shift; fi
targets=("$@")
if (( ! ${#targets[@]} )); then
  for source in tests/fuzz/*.cpp; do targets+=("$(basename "$source" .cpp)"); done
fi
for target in "${targets[@]}"; do
  [[ -f tests/fuzz/$target.cpp ]] || die "there is no fuzzer '$target'; there are: $(cd tests/fuzz && printf '%s ' *.cpp)"
done
scripts/setup.sh test
say "configure (release)"
cmake --preset release
[[ -n $(sed -n 's/^SIMULACRA_FUZZ_CLANG:[A-Z]*=//p' build/release/CMakeCache.txt) ]] ||
  die "there is no clang++ with libFuzzer (on Debian 12: apt-get install clang-14 libclang-rt-14-dev); then remove SIMULACRA_FUZZ_CLANG from build/release/CMakeCache.txt"
say "build the fuzzers"
cmake --build --preset release -j "$SIMULACRA_JOBS" --target "${targets[@]/#/fuzzer_}"
# Without the stacks of every allocation it is twice as fast; a finding is run again with them.
export ASAN_OPTIONS=malloc_context_size=0:quarantine_size_mb=4:detect_stack_use_after_return=0 UBSAN_OPTIONS=print_stacktrace=1
cd build/release/tests/fuzz
fuzz() {
  local target=$1 status=0 runs
  mkdir -p "found/$target"
  "./fuzz_$target" -runs=10000000 -max_total_time=$(( 60 * minutes )) -max_len=300 -entropic=0 -detect_leaks=0 -print_final_stats=1 \
    "-artifact_prefix=$target-" "found/$target" "../../../../tests/fuzz/corpus/$target" >"$target.log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log")
  if (( status )); then
    tail -n 40 "$target.log" >&2
    printf '%-14s FAILED after %s inputs; look at %s\n' "$target" "${runs:-?}" "$PWD/$target.log"
  else
    printf '%-14s %s inputs, clean\n' "$target" "$runs"
  fi
  return "$status"
}
# One on each core: each is a process of its own, and none needs more than some 500 MiB.
declare -A running=()
failed=()
for target in "${targets[@]}"; do
  (( ${#running[@]} < SIMULACRA_JOBS )) || { wait -n -p ended "${!running[@]}" || failed+=("${running[$ended]}"); unset "running[$ended]"; }
  fuzz "$target" &
  running[$!]=$target
done
for pid in "${!running[@]}"; do wait "$pid" || failed+=("${running[$pid]}"); done
(( ${#failed[@]} == 0 )) || die "found something in: ${failed[*]}"
