#!/usr/bin/env bash
# Regressions as ratios to NumPy and scikit-learn, each measured in turns with ours in one run, with full optimisation for this machine:
# whole generations of a chain of least squares (data drawn anew, as notebooks do it), fits to data that are there, logistic
# regression to an equal log-likelihood; and a collapsed generation beside a stored one. Peers that are not installed are left out.
#   bench/compare_linear.sh [folder for compare_linear.csv]
# Environment: CXX, ROUNDS (3), SECONDS_EACH (0.3), BUILD (where programs go).
set -euo pipefail
source "$(dirname "$0")/peers/measure.sh" "$@"

ours=$build/linear_native
"$cxx" "$here/peers/linear.cpp" -o "$ours" "${native[@]}" -I"$here/../include" "${eigen_flags[@]}"
numpy=$(find_python numpy)
sklearn=$(find_python sklearn)
out=$results/compare_linear.csv
echo 'what,d,n,peer,ours_ns,theirs_ns,ratio,target' >"$out"
printf '%-22s %-26s %12s %12s %8s %8s\n' 'what, d, n' 'peer' 'ours, us' 'theirs, us' 'ratio' 'target'

report() {  # report <what> <d> <n> <peer> <target>: their time over ours, the median over the rounds of that ratio
  local ratio a b
  ratio=$(paste "$build/times.ours" "$build/times.theirs" | awk '{ print $2 / $1 }' | median)
  a=$(median <"$build/times.ours")
  b=$(median <"$build/times.theirs")
  awk -v what="$1, $2, $3" -v peer="$4" -v a="$a" -v b="$b" -v r="$ratio" -v t="$5" \
    'BEGIN { printf "%-22s %-26s %12.4g %12.4g %7.2fx %8s\n", what, peer, a / 1e3, b / 1e3, r, t == "-" ? t : ">= " t "x" }'
  echo "$1,$2,$3,\"$4\",$a,$b,$ratio,$5" >>"$out"
}

in_turns() {  # in_turns <what> <d> <n> <peer> <target> <our words> -- <their command...>
  local what=$1 d=$2 n=$3 peer=$4 target=$5 words=() round
  shift 5
  while [[ $1 != -- ]]; do words+=("$1"); shift; done
  shift
  rm -f "$build"/times.ours "$build"/times.theirs "$build/said"
  for ((round = 0; round < rounds; ++round)); do
    measure ours "$ours" "${words[@]}" "$each"
    measure theirs "$@" "$each"
  done
  report "$what" "$d" "$n" "$peer" "$target"
}

in_turns generation 10 10000 'ours, stored / collapsed' 30 chain collapsed 10 10000 -- "$ours" chain stored 10 10000
in_turns generation 10 1000000 'collapsed at n = 1e4' - chain collapsed 10 1000000 -- "$ours" chain collapsed 10 10000
for size in '10 1000' '100 10000'; do
  read -r d n <<<"$size"
  if [[ -n $numpy ]]; then
    in_turns generation "$d" "$n" 'NumPy, lstsq loop' 3 chain stored "$d" "$n" -- \
      "$numpy" "$here/peers/linear_python.py" chain lstsq "$d" "$n"
    in_turns fit "$d" "$n" 'NumPy, lstsq' - fit least_squares "$d" "$n" -- \
      "$numpy" "$here/peers/linear_python.py" fit lstsq "$d" "$n"
  fi
  if [[ -n $sklearn ]]; then
    in_turns generation "$d" "$n" 'scikit-learn, Ridge loop' 3 chain stored "$d" "$n" -- \
      "$sklearn" "$here/peers/linear_python.py" chain ridge "$d" "$n"
    in_turns fit "$d" "$n" 'scikit-learn, Ridge' 3 fit ridge "$d" "$n" -- \
      "$sklearn" "$here/peers/linear_python.py" fit ridge "$d" "$n"
  fi
done
if [[ -n $sklearn ]]; then
  for size in '10 1000' '10 100000' '100 10000'; do
    read -r d n <<<"$size"
    "$ours" write "$d" "$n" "$build/pairs"
    for solver in newton-cholesky lbfgs; do
      in_turns logistic "$d" "$n" "scikit-learn, $solver" 5 logistic "$build/pairs" -- \
        "$sklearn" "$here/peers/linear_python.py" logistic "$solver" "$build/pairs"
      awk 'NR == 1 { first = $2 } { off = ($2 - first) / first; if (off < 0) off = -off; if (off > far) far = off }
           END { if (far > 1e-8) printf "  (log-likelihoods differ by %.1g)\n", far }' "$build/said"
    done
  done
fi
