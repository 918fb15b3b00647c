#!/usr/bin/env bash
# Builds the site, build/site/index.html: README, the pages of docs/ with their formulas, the gallery of what figures/ holds, and the reference from the
# headers. All of it is read without a network.
#   scripts/docs.sh [--check]
# --check looks for links and pictures that lead nowhere and, where there is a Chromium, for messages on its console and pages that are wider than
# a screen of 400 or 1400 pixels; it leaves screenshots, light and dark, in build/site-check/.
source "$(dirname "$0")/lib.sh"
check=
case ${1:-} in
  '') ;;
  --check) check=yes ;;
  *) die "unknown option $1; there is: --check" ;;
esac
scripts/setup.sh docs
site=$PWD/build/site
rm -rf "$site"
mkdir -p "$site/site" build/docs
export TMPDIR=$PWD/build/docs PAGE_INDEX=$PWD/build/docs/index.txt
: >"$PAGE_INDEX"

say "pages"
# The pages of docs/ and those that they link to.
mapfile -t pages < <(printf '%s\n' README.md CHANGELOG.md CONTRIBUTING.md bench/README.md docs/*.md docs/concepts/*.md)
for page in "${pages[@]}"; do
  PAGE_URL=${page%.md}.html
  [[ $page != README.md ]] || PAGE_URL=index.html
  export PAGE_URL
  root=$(sed 's|[^/]||g; s|/|../|g' <<<"$page")
  mkdir -p "$site/$(dirname "$page")"
  pandoc --from gfm+tex_math_dollars --to html --mathml --template scripts/site/page.html --lua-filter scripts/site/page.lua \
    --toc --toc-depth 2 --variable "root=$root" --fail-if-warnings --output "$site/$PAGE_URL" "$page"
done
# Links to the front page by its name in the project.
ln -s index.html "$site/README.html"
cp LICENSE CITATION.cff "$site/"
cp -r docs/images "$site/docs/"
cp scripts/site/style.css scripts/site/search.js "$site/site/"

say "gallery"
mkdir -p "$site/figures"
for file in figures/*.png figures/*.pdf figures/*.csv figures/*.json figures/*.gp figures/.*.run; do
  [[ ! -f $file ]] || cp "$file" "$site/figures/"
done
scripts/gallery.sh "$site/figures" ../index.html

say "reference"
{
  cat docs/Doxyfile
  printf '%s\n' "HTML_OUTPUT = $site/reference" 'GENERATE_TAGFILE = build/docs/tags.xml' 'WARN_AS_ERROR = FAIL_ON_WARNINGS'
} >build/docs/Doxyfile
doxygen build/docs/Doxyfile
find "$site/reference" -name '*.html' -print0 | xargs -0 perl scripts/site/reference.pl
# What has a name in the reference can be searched for, too.
awk '
  function tag(line) { sub(/^[^>]*>/, "", line); sub(/<.*$/, "", line); gsub(/&lt;/, "<", line); gsub(/&gt;/, ">", line); gsub(/&amp;/, "\\&", line); gsub(/["\\]/, "\\\\&", line); return line }
  /<compound kind="(class|struct|namespace|concept)"/ { kind = $2; compound = "" }
  /<\/compound>/ { kind = "" }
  kind && /^    <name>/ { compound = tag($0) }
  kind && /^    <filename>/ { if (compound !~ /detail/) printf "[\"reference/%s%s\",\"%s\",\"\"],\n", tag($0), ($0 ~ /\.html</ ? "" : ".html"), compound }
  /<member kind=/ { in_member = kind != ""; name = file = anchor = list = "" }
  in_member && /^      <name>/ { name = tag($0) }
  in_member && /^      <anchorfile>/ { file = tag($0) }
  in_member && /^      <anchor>/ { anchor = tag($0) }
  in_member && /^      <arglist>/ { list = tag($0) }
  /<\/member>/ { if (in_member && compound !~ /detail/ && name !~ /^(operator|~)/) printf "[\"reference/%s#%s\",\"%s::%s\",\"%s\"],\n", file, anchor, compound, name, list; in_member = 0 }
' build/docs/tags.xml >>"$PAGE_INDEX"
{ echo 'window.simulacraIndex = ['; cat "$PAGE_INDEX"; echo '];'; } >"$site/site/index.js"

[[ -z $check ]] || scripts/site/check.sh "$site" build/site-check
say "look at $site/index.html"
