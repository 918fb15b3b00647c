#!/usr/bin/env bash
# Makes every figure from nothing: sets up, builds the examples as fast as this machine goes, runs each, draws what it wrote,
# and puts all pictures on one page, figures/index.html.
#   scripts/figures.sh [--quick] [name...]             (all examples, when no name is given)
# An example that fails is reported, and the others still run; the exit status tells.
source "$(dirname "$0")/lib.sh"
started=$SECONDS
out=figures
quick=()
only=()
for argument in "$@"; do
  case $argument in
    --quick) quick=(--quick) ;;
    -*) die "unknown option $argument; there is: --quick" ;;
    *) only+=("$argument") ;;
  esac
done

source scripts/examples.sh

for name in "${only[@]}"; do
  [[ " ${names[*]} " == *" $name "* ]] || die "there is no example '$name'; there are: ${names[*]}"
done

scripts/setup.sh figures
configure_and_build native "${only[@]/#/example_}"

failed=()
mkdir -p "$out"
for name in "${names[@]}"; do
  if (( ${#only[@]} )) && [[ " ${only[*]} " != *" $name "* ]]; then continue; fi
  say "$name ${quick[*]-}"
  for ending in csv gp json png pdf svg; do
    owned "$name" "$ending" | while read -r file; do rm -f "$file"; done
  done
  rm -rf "$out/$name.study" "$out/$name-quick.study"  # a study would go on where it was
  before=$SECONDS
  status=0
  "build/native/examples/$name" --out "$out" "${quick[@]}" || status=$?
  # An example draws its own picture where it finds gnuplot; whatever it left undrawn is drawn here.
  while read -r script; do
    base=${script##*/}
    if [[ ! -f ${script%.gp}.png ]]; then
      (cd "$out" && gnuplot "$base") || status=1
    fi
  done < <(owned "$name" gp)
  if (( status == 0 )) && [[ -z $(owned "$name" png) ]]; then
    echo "$name made no picture" >&2
    status=1
  fi
  state=done
  if (( status )); then
    state=failed
    failed+=("$name")
  fi
  # For the page: how each went, when it was last run.
  printf '%s %s %d %s\n' "$name" "$state" "$(( SECONDS - before ))" "${quick[0]-}" >"$out/.$name.run"
  printf '   %s: %s, %d s\n' "$name" "$state" "$(( SECONDS - before ))"
done

scripts/gallery.sh "$out"

say "$(( SECONDS - started )) s in all; look at $PWD/$out/index.html"
(( ${#failed[@]} == 0 )) || die "failed: ${failed[*]}"
