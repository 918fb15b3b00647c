#!/usr/bin/env bash
# EM's speed as ratios to scikit-learn and Armadillo, each measured in turns with ours in one run, with full optimisation for this
# machine and with plain -O2. Peers that are not installed are left out.
#   bench/compare_mixture.sh [folder for compare_mixture.csv]
# Environment: CXX, ROUNDS (5), SECONDS_EACH (0.3), BUILD (where programs go).
set -euo pipefail
ROUNDS=${ROUNDS:-5}
source "$(dirname "$0")/peers/measure.sh" "$@"

compile() {  # compile <program> <source> <flags...>: false where it cannot be built
  local program=$1 source=$2
  shift 2
  "$cxx" "$here/peers/$source.cpp" -o "$build/$program" "$@" 2>"$build/$program.log" || {
    echo "(no $program: see $build/$program.log)" >&2
    return 1
  }
}

compile mixture_native mixture "${native[@]}" -I"$here/../include" "${eigen_flags[@]}"
compile mixture_plain mixture "${plain[@]}" -I"$here/../include" "${eigen_flags[@]}"
compile armadillo_native mixture_armadillo "${native[@]}" -larmadillo && has_armadillo=1 || has_armadillo=0
(( has_armadillo )) && compile armadillo_plain mixture_armadillo "${plain[@]}" -larmadillo
python=$(find_python sklearn)

of() { median <"$build/times.$1"; }
echo 'k,d,n,build,ours_ns,sklearn_ns,armadillo_ns,ratio,target' >"$results/compare_mixture.csv"
printf '%-16s %-7s %12s %12s %12s %7s %8s\n' 'k, d, n' 'build' 'ours, ms' 'sklearn' 'Armadillo' 'ratio' 'target'

report() {  # report <label> <csv key> <build> <target>: the best peer over ours, the median over the rounds of that ratio
  local label=$1 key=$2 which=$3 target=$4 peers=()
  [[ -s $build/times.sklearn ]] && peers+=("$build/times.sklearn")
  [[ -s $build/times.armadillo_$which ]] && peers+=("$build/times.armadillo_$which")
  (( ${#peers[@]} )) || { echo "$label: no peer" >&2; return; }
  local ratio s a
  ratio=$(paste "$build/times.$which" "${peers[@]}" |
          awk '{ best = $2; for (i = 3; i <= NF; ++i) if ($i < best) best = $i; print best / $1 }' | median)
  s=$([[ -s $build/times.sklearn ]] && of sklearn || echo nan)
  a=$([[ -s $build/times.armadillo_$which ]] && of "armadillo_$which" || echo nan)
  awk -v label="$label" -v w="$which" -v o="$(of "$which")" -v s="$s" -v a="$a" -v r="$ratio" -v t="$target" \
    'BEGIN { printf "%-16s %-7s %12.4g %12.4g %12.4g %6.2fx %8s\n", label, w, o / 1e6, s / 1e6, a / 1e6, r, t == "-" ? t : ">= " t "x" }'
  echo "$key,$which,$(of "$which"),$s,$a,$ratio,$target" >>"$results/compare_mixture.csv"
}

# size <k> <d> <n> <target native> <target plain>
size() {
  local k=$1 d=$2 n=$3
  rm -f "$build"/times.* "$build/said"
  "$build/mixture_native" write "$k" "$d" "$n" "$build/data"
  for ((round = 0; round < rounds; ++round)); do
    measure native "$build/mixture_native" em "$build/data" "$each"
    (( has_armadillo )) && measure armadillo_native "$build/armadillo_native" em "$build/data" "$each"
    [[ -n $python ]] && measure sklearn "$python" "$here/peers/mixture_sklearn.py" em "$build/data" "$each"
    measure plain "$build/mixture_plain" em "$build/data" "$each"
    (( has_armadillo )) && measure armadillo_plain "$build/armadillo_plain" em "$build/data" "$each"
  done
  report "$k, $d, $n" "$k,$d,$n" native "$4"
  report "$k, $d, $n" "$k,$d,$n" plain "$5"
  awk 'NR == 1 { first = $2 } { off = ($2 - first) / first; if (off < 0) off = -off; if (off > 1e-9) far[$1] = off }
       END { for (name in far) printf "  (%s: log-likelihood differs by %.1g)\n", name, far[name] }' "$build/said"
}

size 2 2 10000 4 -
size 5 10 10000 6 -
size 5 10 100000 6 -
size 5 2 100000 6 -
size 20 10 10000 6 2
size 20 10 100000 6 -
size 20 50 10000 6 -
size 5 50 10000 2.5 -

if [[ -n $python ]]; then
  rm -f "$build"/times.* "$build/said"
  for ((round = 0; round < rounds; ++round)); do
    measure native "$build/mixture_native" generation "$each"
    measure sklearn "$python" "$here/peers/mixture_sklearn.py" generation "$each"
    measure plain "$build/mixture_plain" generation "$each"
  done
  report 'generation' 'generation,2,1000' native 20
  report 'generation' 'generation,2,1000' plain -
fi
