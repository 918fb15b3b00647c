#!/usr/bin/env bash
# Writes the page of all figures in a folder, with a sentence and the command of each: <folder>/index.html. What has not been drawn is named, too.
#   scripts/gallery.sh [folder] [link to the front page]
source "$(dirname "$0")/lib.sh"
out=${1:-figures}
home=${2:-}
source scripts/examples.sh
mkdir -p "$out"

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g' <<<"$1"; }
quick=
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
  h1 a, h2 a { color: inherit; text-decoration: none; }
  .lead, nav, .meta { color: var(--soft); }
  nav { margin: 1.2rem 0 2.5rem; font-size: .95rem; }
  nav a { margin-right: 1rem; }
  a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
  section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; margin: 0 0 2rem; }
  section p { margin: 0 0 1rem; max-width: 46rem; }
  /* Pictures are drawn for paper, so they keep a white ground in the dark. */
  img { display: block; width: 100%; height: auto; background: #fff; border-radius: 6px; margin: 0 0 .8rem; }
  .meta { font: .85rem/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
  .bad { color: var(--bad); font-weight: 600; }
</style>
</head>
<body>
HTML
  if [[ -n $home ]]; then printf '<h1><a href="%s">Simulacra</a></h1>\n' "$home"; else echo '<h1>Simulacra</h1>'; fi
  cat <<'HTML'
<p class="lead">What happens to a model that is trained, again and again, on what models made. Each picture is made by one
program in <code>examples/</code>, from its seed to its axes.</p>
HTML
  echo '<nav>'
  for name in "${names[@]}"; do
    text=examples/$name/figure.txt
    title=$name
    [[ ! -f $text ]] || title=$(sed -n 1p "$text")
    printf '<a href="#%s">%s</a>\n' "$name" "$(escape "$title")"
  done
  echo '</nav>'
  for name in "${names[@]}"; do
    text=examples/$name/figure.txt
    title=$name
    see=
    if [[ -f $text ]]; then
      title=$(sed -n 1p "$text")
      see=$(sed -n 2p "$text")
    fi
    printf '<section id="%s">\n<h2><a href="#%s">%s</a></h2>\n' "$name" "$name" "$(escape "$title")"
    [[ -z $see ]] || printf '<p>%s</p>\n' "$(escape "$see")"
    read -r _ state seconds how 2>/dev/null <"$out/.$name.run" || { state=; seconds=; how=; }
    [[ -z $how ]] || quick=yes
    [[ $state != failed ]] || printf '<p class="bad">This run failed: the numbers disagree with theory, or it did not finish.</p>\n'
    while read -r file; do
      base=${file##*/}
      full=$base
      [[ ! -f ${file%.png}.pdf ]] || full=${base%.png}.pdf
      printf '<a href="%s"><img src="%s" alt="%s" loading="lazy"></a>\n' "$full" "$base" "$(escape "$title. $see")"
    done < <(owned "$name" png)
    [[ -n $(owned "$name" png) ]] || echo '<p class="meta">Not drawn here yet.</p>'
    printf '<div class="meta"><code>scripts/figures.sh %s</code>%s' "$name" "${seconds:+, $seconds s}"
    for ending in csv json gp pdf; do
      while read -r file; do printf ' &middot; <a href="%s">%s</a>' "${file##*/}" "${file##*/}"; done < <(owned "$name" "$ending")
    done
    printf '</div>\n</section>\n'
  done
  [[ -z $quick ]] || echo '<p class="meta">Some are made with --quick: fewer replicates, wider bands.</p>'
  echo '</body></html>'
} >"$out/index.html"
