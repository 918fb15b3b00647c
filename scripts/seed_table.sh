#!/usr/bin/env bash
# Writes the table of docs/seed_experiments.md: what the paper did, what is done here, and the numbers of the examples' tables in a folder.
#   scripts/seed_table.sh [folder of the figures] [page]
# The folder is what scripts/figures.sh makes with SIMULACRA_DATA set, with the decoders' runs beside it (the commands are in the table). Rows
# whose numbers are not there are not written. With a page its table is replaced; without, the table is printed.
source "$(dirname "$0")/lib.sh"
from=${1:-figures}
page=${2:-}

# get <file> <metric> <generation> <column> <condition>...: one entry; conditions are the first columns, - being any.
get() {
  local file=$1 metric=$2 generation=$3 column=$4
  shift 4
  [[ -f $from/$file ]] || return 0
  awk -F, -v metric="$metric" -v generation="$generation" -v column="$column" -v wanted="$(IFS=,; echo "$*")" '
    BEGIN { n = split(wanted, want, ",") }
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    $at["metric"] != metric || $at["generation"] != generation { next }
    { for (i = 1; i <= n; ++i) if (want[i] != "-" && $i != want[i]) next; found = $at[column] }
    END { print found }' "$from/$file"
}
short() { awk -v x="$1" -v digits="${2:-4}" 'BEGIN { if (x != "") printf "%.*g", digits, x }'; }

# number <file> <metric> <generation> <condition>...: mean ± error, and theory with z where it is known.
number() {
  local file=$1 metric=$2 generation=$3 mean error theory
  shift 3
  mean=$(get "$file" "$metric" "$generation" mean "$@")
  [[ -n $mean ]] || return 0
  error=$(get "$file" "$metric" "$generation" mcse "$@")
  theory=$(get "$file" "$metric" "$generation" theory "$@")
  printf '%s' "$(short "$mean")"
  [[ -z $error || $error == nan ]] || printf ' ± %s' "$(short "$error" 2)"
  [[ -z $theory || $theory == nan ]] || awk -v m="$mean" -v e="$error" -v t="$theory" 'BEGIN { printf " (theory %.4g", t; if (e > 0) printf ", z %.1f", (m - t) / e; printf ")" }'
}
# claim <name>: the row of examples/claims.
claim() { number claims.csv "${2:-predicted}" 0 "$1" -; }

rows=
last=
disagree=
# row <section> <paper> <command> <same> <different> <numbers> <verdict>: left out where the numbers are not all there ("()" or nothing between words).
row() {
  if [[ -z $6 || $6 == *'@'* ]]; then printf 'no number yet: %s\n' "$2" >&2; return; fi
  [[ $1 == "$last" ]] || rows+=$'\n'"**$1**"$'\n\n''| the paper | example, command | the same | different | number ± Monte Carlo error | verdict |'$'\n''|---|---|---|---|---|---|'$'\n'
  last=$1
  local verdict=$7
  # Whatever is said of a row, a number that theory does not bear out is said louder.
  if grep -oE 'z -?[0-9.]+' <<<"$6" | awk '{ if ($2 > 5 || $2 < -5) off = 1 } END { exit !off }'; then verdict="**disagrees with theory**"; disagree=yes; fi
  rows+="| $2 | \`$3\` | $4 | $5 | $6 | $verdict |"$'\n'
}
# have <text>: the text, or a mark that a number is missing.
have() { [[ -n $1 ]] && printf '%s' "$1" || printf '@'; }

source scripts/seed_rows.sh

[[ -n $rows ]] || die "no number in $from"
if [[ -z $page ]]; then
  printf '%s' "$rows"
else
  table=$(mktemp)
  printf '%s\n' "$rows" >"$table"
  awk -v table="$table" '
    /<!-- table -->/ { print; while ((getline line < table) > 0) print line; skip = 1; next }
    /<!-- end of the table -->/ { skip = 0 }
    !skip' "$page" >"$table.page"
  cat "$table.page" >"$page"
  rm -f "$table" "$table.page"
fi
[[ -z $disagree ]] || die "a number disagrees with theory"
