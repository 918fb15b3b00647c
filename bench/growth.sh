#!/usr/bin/env bash
# How time grows: against n, k and d for EM, against n for sums of kernels, against M and d for lineages, against threads for an ensemble; plain
# -O2 beside a native build.
# The slope of each curve's last step on log axes, and the one that theory says, go to growth.csv; gnuplot, where it is, draws growth.svg.
#   bench/growth.sh [folder for growth.csv]
# Environment: CXX, SECONDS_EACH (0.2), BUILD (where programs go).
set -euo pipefail
export SECONDS_EACH=${SECONDS_EACH:-0.2}
source "$(dirname "$0")/peers/measure.sh" "$@"
for source in simulacra mixture kernel ensemble; do
  for which in native plain; do
    declare -n flags=$which
    "$cxx" "${flags[@]}" -I"$here/../include" "${eigen_flags[@]}" "$here/peers/$source.cpp" -pthread -o "$build/growth_${source}_$which"
  done
done

table=$results/growth.csv
echo 'curve,against,theory,build,x,ns' >"$table"
# point <curve> <against> <slope of theory> <x> <program> <arguments...>
point() {
  local curve=$1 against=$2 theory=$3 x=$4 program=$5 took value which
  shift 5
  for which in native plain; do
    read -r took value <<<"$("$build/growth_${program}_$which" "$@")"
    echo "$curve,$against,$theory,$which,$x,$took" >>"$table"
  done
}
em() {  # em <against> <slope> <x> <k> <d> <n>
  "$build/growth_mixture_native" write "$4" "$5" "$6" "$build/growth_data"
  point "EM against $1" "$1" "$2" "$3" mixture em "$build/growth_data" "$each"
}
for n in 1000 10000 100000; do em n 1 $n 5 10 $n; done
for k in 2 5 10 20; do em k 1 $k $k 10 10000; done
for d in 2 5 10 20 50; do em d 2 $d 5 $d 10000; done
kernel() {  # kernel <curve> <slope> <n> <relative error>
  "$build/growth_kernel_native" write 1 "$3" "$build/growth_data"
  point "$1" n "$2" "$3" kernel sum "$build/growth_data" "$each" "$4"
}
for n in 1000 3000 10000; do kernel 'kernel sum of all pairs' 2 $n 0; done
for n in 1000 10000 100000; do kernel 'kernel sum to 1e-10' 1 $n 1e-10; done
for m in 100 1000 10000 100000; do point 'stored generation' M 1 $m simulacra stored 1 $m "$each"; done
for m in 100 1000 10000 100000; do point 'collapsed generation' M 0 $m simulacra collapsed 1 $m "$each"; done
for d in 10 20 50 100; do point 'collapsed generation against d' d 3 $d simulacra collapsed $d 1000 "$each"; done
# Of no more threads than there are cores, which on a busy machine are not all free: see its load.
for ((t = 1; t <= $(getconf _NPROCESSORS_ONLN); t *= 2)); do
  point 'ensemble of 64 lineages' threads -1 $t ensemble threads $t 10000 "$each"
done

# The slope between the last two points of each curve.
awk -F, 'NR > 1 { key = $1 "," $2 "," $3 "," $4
    if (key in x) slope[key] = log($6 / ns[key]) / log($5 / x[key]); else order[++keys] = key
    x[key] = $5; ns[key] = $6 }
  END { printf "%-32s %-8s %-7s %7s %7s\n", "curve", "against", "build", "slope", "theory"
    for (i = 1; i <= keys; ++i) { split(order[i], f, ",")
      printf "%-32s %-8s %-7s %7.2f %7s\n", f[1], f[2], f[4], slope[order[i]], f[3] } }' "$table" | tee "$results/growth.txt"

command -v gnuplot >/dev/null || { echo "(no gnuplot: no growth.svg)"; exit 0; }
curves=$(awk -F, 'NR > 1 && !seen[$1]++ { print $1 }' "$table")
{
  rows=$(( ($(wc -l <<<"$curves") + 2) / 3 ))
  echo "set terminal svg size 1080,$(( rows * 300 )) font 'Helvetica,12' background 'white'"
  echo "set output '$results/growth.svg'"
  echo "set datafile separator ','"
  echo "set multiplot layout $rows,3; set logscale xy; set format y '10^{%T}'; set ylabel 'ns'; set offsets graph 0.02, graph 0.02, graph 0.05, graph 0.3; set key top left"
  while read -r curve; do
    row=$(awk -F, -v c="$curve" '$1 == c { print; exit }' "$table")
    IFS=, read -r _ against theory _ x ns <<<"$row"
    echo "set title '$curve'; set xlabel '$against'"
    pick() { echo "\"< awk -F, '\$1 == \\\"$curve\\\" && \$4 == \\\"$1\\\"' $table\" using 5:6"; }
    echo "plot $(pick native) with linespoints lc rgb '#0072B2' pt 7 title 'native', $(pick plain) with linespoints lc rgb '#D55E00' pt 4 title '-O2', $ns * (x / $x.0)**$theory with lines dt 2 lc 'black' title 'slope $theory'"
  done <<<"$curves"
  echo 'unset multiplot'
} >"$build/growth.gp"
gnuplot "$build/growth.gp"
