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

# The order of the page: the names in examples/order.txt, then the others by the alphabet.
names=()
listed=$([[ ! -f examples/order.txt ]] || grep -vE '^[[:space:]]*(#|$)' examples/order.txt || true)
for name in $listed $(find examples -mindepth 2 -maxdepth 2 -name '*.cpp' -printf '%h\n' | sed 's|.*/||' | sort -u); do
  [[ " ${names[*]-} " == *" $name "* ]] && continue
  [[ -d examples/$name ]] || die "examples/order.txt names $name, and there is no such folder"
  names+=("$name")
done
(( ${#names[@]} )) || die "there is no example in examples/"
for name in "${only[@]}"; do
  [[ " ${names[*]} " == *" $name "* ]] || die "there is no example '$name'; there are: ${names[*]}"
done

scripts/setup.sh figures
configure_and_build native "${only[@]/#/example_}"

# owned <name> <ending>: the files of an example, <name>.* and <name>_*.*, without those of an example with a longer name.
owned() {
  local file base other mine
  for file in "$out/$1.$2" "$out/$1"_*."$2"; do
    [[ -f $file ]] || continue
    base=${file##*/}
    mine=yes
    for other in "${names[@]}"; do
      if [[ $other == "$1"_* && ( $base == "$other".* || $base == "$other"_* ) ]]; then mine=no; fi
    done
    [[ $mine == no ]] || printf '%s\n' "$file"
  done
}

declare -A seconds state
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
  seconds[$name]=$(( SECONDS - before ))
  if (( status == 0 )) && [[ -z $(owned "$name" png) ]]; then
    echo "$name made no picture" >&2
    status=1
  fi
  if (( status )); then
    state[$name]=failed
    failed+=("$name")
  fi
  printf '   %s: %s, %d s\n' "$name" "${state[$name]-done}" "${seconds[$name]}"
done

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g' <<<"$1"; }
{
  cat <<'HTML'
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulacra: figures</title>
<style>
  :root { color-scheme: light dark; --paper: #fbfaf7; --card: #fff; --ink: #23211d; --soft: #6d675d; --line: #e4dfd5; --link: #0072b2; --bad: #b3261e; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #16181b; --card: #1e2125; --ink: #e7e4de; --soft: #a19b90; --line: #32363c; --link: #6cb8e6; --bad: #ff8a80; }
  }
  * { box-sizing: border-box; }
  body { margin: 0 auto; padding: 3rem 1.25rem 5rem; max-width: 62rem; background: var(--paper); color: var(--ink);
         font: 1.05rem/1.55 Georgia, "Iowan Old Style", "Times New Roman", serif; }
  h1 { font-size: 2.2rem; font-weight: 500; margin: 0; letter-spacing: -0.01em; }
  h2 { font-size: 1.35rem; font-weight: 600; margin: 0 0 .3rem; }
  h2 a { color: inherit; text-decoration: none; }
  .lead, nav, .meta { color: var(--soft); }
  nav { margin: 1.2rem 0 2.5rem; font-size: .95rem; }
  nav a { margin-right: 1rem; white-space: nowrap; }
  a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
  section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; margin: 0 0 2rem; }
  section p { margin: 0 0 1rem; max-width: 46rem; }
  /* Pictures are drawn for paper, so they keep a white ground in the dark. */
  img { display: block; width: 100%; height: auto; background: #fff; border-radius: 6px; margin: 0 0 .8rem; }
  .meta { font: .85rem/1.4 ui-monospace, Menlo, Consolas, monospace; }
  .bad { color: var(--bad); font-weight: 600; }
</style>
</head>
<body>
<h1>Simulacra</h1>
<p class="lead">What happens to a model that is trained, again and again, on what models made. Each picture is made by one
program in <code>examples/</code>, from its seed to its axes.</p>
HTML
  echo '<nav>'
  for name in "${names[@]}"; do
    text=examples/$name/figure.txt
    title=$name
    [[ ! -f $text ]] || title=$(sed -n 1p "$text")
    [[ -z $(owned "$name" png) && -z ${state[$name]-} ]] || printf '<a href="#%s">%s</a>\n' "$name" "$(escape "$title")"
  done
  echo '</nav>'
  for name in "${names[@]}"; do
    [[ -n $(owned "$name" png) || -n ${state[$name]-} ]] || continue
    text=examples/$name/figure.txt
    title=$name
    see=
    if [[ -f $text ]]; then
      title=$(sed -n 1p "$text")
      see=$(sed -n 2p "$text")
    fi
    printf '<section id="%s">\n<h2><a href="#%s">%s</a></h2>\n' "$name" "$name" "$(escape "$title")"
    [[ -z $see ]] || printf '<p>%s</p>\n' "$(escape "$see")"
    [[ -z ${state[$name]-} ]] || printf '<p class="bad">This run failed: the numbers disagree with theory, or it did not finish.</p>\n'
    while read -r file; do
      base=${file##*/}
      full=$base
      [[ ! -f ${file%.png}.pdf ]] || full=${base%.png}.pdf
      printf '<a href="%s"><img src="%s" alt="%s" loading="lazy"></a>\n' "$full" "$base" "$(escape "$title. $see")"
    done < <(owned "$name" png)
    printf '<div class="meta">%s%s' "$name" "${seconds[$name]+, ${seconds[$name]} s}"
    for ending in csv json gp pdf; do
      while read -r file; do printf ' &middot; <a href="%s">%s</a>' "${file##*/}" "${file##*/}"; done < <(owned "$name" "$ending")
    done
    printf '</div>\n</section>\n'
  done
  [[ ${#quick[@]} == 0 ]] || echo '<p class="meta">Made with --quick: fewer replicates, wider bands.</p>'
  echo '</body></html>'
} >"$out/index.html"

say "$(( SECONDS - started )) s in all; look at $PWD/$out/index.html"
(( ${#failed[@]} == 0 )) || die "failed: ${failed[*]}"
