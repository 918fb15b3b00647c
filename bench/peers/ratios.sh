# Sourced by comparisons with peers in Python: reports the ratios of programs that are measured in turns.
#   table=<name of the CSV file>; source peers/ratios.sh [folder for it]
source "$(dirname "${BASH_SOURCE[0]}")/measure.sh" "$@"

compile() {  # compile <source>: as <source>_native and <source>_plain
  "$cxx" "${native[@]}" -I"$here/../include" "${eigen_flags[@]}" "$here/peers/$1.cpp" -o "$build/$1_native"
  "$cxx" "${plain[@]}" -I"$here/../include" "${eigen_flags[@]}" "$here/peers/$1.cpp" -o "$build/$1_plain"
}
python_sklearn=$(find_python sklearn)
python_scipy=$(find_python scipy)

echo 'task,peer,build,ours_ns,theirs_ns,ratio,target' >"$results/$table.csv"
printf '%-34s %-22s %-7s %12s %12s %9s %9s\n' task peer build 'ours, ms' 'theirs, ms' ratio target

report() {  # report <task> <peer> <build> <target>: the median over the rounds of theirs / ours
  local ours theirs ratio
  ours=$(median <"$build/times.$3")
  theirs=$(median <"$build/times.peer")
  ratio=$(paste "$build/times.$3" "$build/times.peer" | awk '{ print $2 / $1 }' | median)
  awk -v task="$1" -v peer="$2" -v w="$3" -v o="$ours" -v p="$theirs" -v r="$ratio" -v t="$4" 'BEGIN {
    printf "%-34s %-22s %-7s %12.4g %12.4g %8.4gx %9s\n", task, peer, w, o / 1e6, p / 1e6, r, t == "-" ? t : ">= " t "x" }'
  echo "\"$1\",\"$2\",$3,$ours,$theirs,$ratio,$4" >>"$results/$table.csv"
}

# against <task> <peer> <target native> <target plain> <tolerance> <program> <its arguments...> -- <the peer's command...>
# Ours is <program>_native and <program>_plain. What the two compute may differ by the tolerance, if both are numbers.
against() {
  local task=$1 peer=$2 target_native=$3 target_plain=$4 tolerance=$5 program=$6 ours=()
  shift 6
  while [[ $1 != -- ]]; do ours+=("$1"); shift; done
  shift
  rm -f "$build"/times.* "$build/said"
  for ((round = 0; round < rounds; ++round)); do
    measure native "$build/${program}_native" "${ours[@]}"
    measure peer "$@"
    measure plain "$build/${program}_plain" "${ours[@]}"
  done
  report "$task" "$peer" native "$target_native"
  report "$task" "$peer" plain "$target_plain"
  awk -v most="$tolerance" '$2 == "nan" { next } !seen++ { first = $2 }
    { off = $2 - first; if (off < 0) off = -off; if (off > most) far[$1] = off }
    END { for (name in far) printf "  (%s: result differs by %.1g)\n", name, far[name] }' "$build/said"
}

sklearn() { [[ -z $python_sklearn ]] || against "$@"; }
scipy() { [[ -z $python_scipy ]] || against "$@"; }
