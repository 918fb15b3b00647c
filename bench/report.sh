#!/usr/bin/env bash
# One page of what the comparisons in a folder of results say: every target, both builds, ratios, the machine, pictures of growth.
#   bench/report.sh [folder with compare*.csv and growth.svg]      writes report.html and report.md there
# A row beside its target is `met` or `short`; what has no target is shown for its own sake.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
results=$(cd "${1:-$here/../build/bench/results}" && pwd)
machine="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(getconf _NPROCESSORS_ONLN) cores, $("${CXX:-g++}" --version | head -n 1), load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null)"

# All tables as: task | peer | build | ours, ms | theirs, ms | ratio | target
rows() {
  # Peers have commas in their names, and are quoted.
  local cut='NR > 1 { match($0, /"[^"]*"/); peer = substr($0, RSTART, RLENGTH); rest = substr($0, RSTART + RLENGTH + 1); split($0, f, ",");'
  [[ -f $results/compare.csv ]] && awk "$cut"' print "\"" f[1] "\"," peer ",native," rest }' "$results/compare.csv"
  [[ -f $results/compare_mixture.csv ]] && awk -F, 'NR > 1 { best = $6; if (best == "nan" || ($7 != "nan" && $7 < best)) best = $7
      print "\"EM " $1 " " $2 " " $3 "\",the quicker peer," $4 "," $5 "," best "," $8 "," $9 }' "$results/compare_mixture.csv"
  for table in compare_kernel compare_metrics; do
    [[ -f $results/$table.csv ]] && tail -n +2 "$results/$table.csv"
  done
  [[ -f $results/compare_linear.csv ]] && awk "$cut"' print "\"" f[1] " " f[2] " " f[3] "\"," peer ",native," rest }' "$results/compare_linear.csv"
  true
}
# Fields may be quoted and have commas inside.
split='function cut(line, f,   n, c, i, q) { n = 1; f[1] = ""; q = 0
  for (i = 1; i <= length(line); ++i) { c = substr(line, i, 1)
    if (c == "\"") q = !q; else if (c == "," && !q) f[++n] = ""; else f[n] = f[n] c } return n }
  function verdict(ratio, target) { return target == "-" || target == "" ? "" : ratio + 0 >= target + 0 ? "met" : "short" }'

{
  echo "| task | peer | build | ours, ms | theirs, ms | ratio | target | |"
  echo "|---|---|---|---|---|---|---|---|"
  rows | awk "$split"' { cut($0, f); printf "| %s | %s | %s | %.4g | %.4g | %.3g | %s | %s |\n", f[1], f[2], f[3], f[4] / 1e6, f[5] / 1e6, f[6], f[7], verdict(f[6], f[7]) }'
} >"$results/report.md"
{
  cat <<'H'
<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulacra: benchmarks</title>
<style>body{font:15px/1.45 sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}table{border-collapse:collapse}
td,th{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:right}td:nth-child(-n+3),th:nth-child(-n+3){text-align:left}
.short{color:#D55E00;font-weight:bold}.met{color:#009E73}img{max-width:100%}</style>
<h1>Benchmarks</h1>
H
  echo "<p>$machine. Times are of one thread's CPU; ratios are theirs over ours, measured in turns in one run. <em>native</em> is -O3 -march=native, <em>plain</em> -O2.</p>"
  echo '<table><tr><th>task<th>peer<th>build<th>ours, ms<th>theirs, ms<th>ratio<th>target<th></tr>'
  rows | sed 's/&/\&amp;/g; s/</\&lt;/g' | awk "$split"' { cut($0, f); v = verdict(f[6], f[7])
    printf "<tr><td>%s<td>%s<td>%s<td>%.4g<td>%.4g<td>%.3g<td>%s<td class=\"%s\">%s</tr>\n", f[1], f[2], f[3], f[4] / 1e6, f[5] / 1e6, f[6], f[7], v, v }'
  echo '</table>'
  if [[ -f $results/growth.svg ]]; then
    echo '<h2>Growth</h2><p>Dashed: what theory says, through the first point.</p><img src="growth.svg" alt="time against size">'
    echo "<pre>$(cat "$results/growth.txt")</pre>"
  fi
} >"$results/report.html"
echo "$results/report.html"
