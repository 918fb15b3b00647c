#!/usr/bin/env bash
# Formats every C++ file, or with --check only says which ones would change. Needs clang-format 15 or newer: older ones
# cannot lay out a requires clause.
source "$(dirname "$0")/lib.sh"
tool=
for candidate in ${CLANG_FORMAT:-} clang-format clang-format-{22,21,20,19,18,17,16,15}; do
  command -v "$candidate" >/dev/null || continue
  major=$("$candidate" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
  if (( ${major:-0} >= 15 )); then tool=$candidate; break; fi
done
[[ -n $tool ]] || die "no clang-format 15 or newer (on Debian 12: apt-get install clang-format-16)"
action=(-i)
[[ ${1:-} != --check ]] || action=(--dry-run -Werror)
# The table is numbers.
find include tests examples bench -name '*.[ch]pp' ! -name ziggurat_table.hpp -print0 | xargs -0 -r "$tool" --style=file "${action[@]}"
