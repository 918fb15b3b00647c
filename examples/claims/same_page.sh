#!/usr/bin/env bash
# Whether the claims and predictions of docs/claims.md are those that the program writes.
#   same_page.sh <page of the project> <page just made>
set -euo pipefail
rows() { grep '^| `' "$1" | cut -d '|' -f 2-5 || true; }
[[ -n $(rows "$2") ]] || { echo "no claim in $2" >&2; exit 1; }
diff <(rows "$1") <(rows "$2") | head -n 20 || { echo "$1 is not what the program writes; make it again: the command is on it" >&2; exit 1; }
