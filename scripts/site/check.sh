#!/usr/bin/env bash
# Checks a site: links, and in a headless Chromium, where there is one, messages on the console and pages that are wider than the screen.
#   scripts/site/check.sh <folder of the site> <folder for screenshots>
source "$(dirname "$0")/../lib.sh"
site=$1
shots=$2
say "links"
(cd "$site" && find . -name '*.html' -printf '%P\0') | xargs -0 perl scripts/site/links.pl "$site"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[[ -n $browser ]] || { say "no Chromium here: nothing was looked at"; exit 0; }
say "in $browser"
rm -rf "$shots"
mkdir -p "$shots"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
run() { timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$profile" --allow-file-access-from-files \
  --hide-scrollbars --enable-logging=stderr "$@" 2>>"$shots/console.log"; }

# All pages but most of the reference, each in frames of 400 and 1400 pixels: too wide is what would have to be pushed aside to be read.
mapfile -t pages < <(cd "$site" && find . -name '*.html' ! -path './reference/*' -printf '%P\n' | sort
  printf '%s\n' reference/index.html reference/namespaces.html reference/classsimulacra_1_1stream.html)
{
  echo '<!doctype html><meta charset="utf-8"><pre></pre>'
  echo '<script>const pages = ['
  printf '"%s",\n' "${pages[@]}"
  cat <<'HTML'
];
(async () => {
  for (const page of pages) for (const width of [400, 1400]) {
    const frame = document.createElement('iframe');
    frame.style = `width:${width}px;height:900px`;
    frame.src = 'site/' + page;
    document.body.append(frame);
    await new Promise((done) => { frame.onload = done; });
    const inside = frame.contentDocument, wide = inside.documentElement.scrollWidth;
    if (wide > width) document.querySelector('pre').append(`${page}: ${wide} pixels wide on a screen of ${width}\n`);
    for (const image of inside.images) if (image.loading !== 'lazy' && !image.naturalWidth) document.querySelector('pre').append(`${page}: no picture ${image.src}\n`);
    const box = inside.querySelector('.search input');
    if (box && width === 400) {
      box.value = 'golden';
      box.dispatchEvent(new Event('input'));
      for (let i = 0; i < 100 && !inside.querySelector('.search li'); ++i) await new Promise((done) => setTimeout(done, 20));
      if (!inside.querySelector('.search li')) document.querySelector('pre').append(`${page}: the search finds nothing\n`);
    }
    frame.remove();
  }
  document.querySelector('pre').append('looked at all\n');
})();
</script>
HTML
} >"$(dirname "$site")/frames.html"
found=$(run --virtual-time-budget=600000 --dump-dom "file://$(dirname "$site")/frames.html" | sed -n '/<pre>/,/<\/pre>/p' | sed 's/<[^>]*>//g' | grep . || true)
rm -f "$(dirname "$site")/frames.html"
printf '%s\n' "$found" | head -n 40

for page in index docs/theory docs/claims docs/error_decomposition figures/index reference/classsimulacra_1_1stream; do
  for width in 500 1400; do  # a window has at least 500
    for mode in light dark; do
      run --window-size="$width,1600" "--blink-settings=preferredColorScheme=$([[ $mode == dark ]] && echo 0 || echo 1)" \
        --screenshot="$shots/${page//\//_}-$width-$mode.png" "file://$site/$page.html" >/dev/null || true
    done
  done
done
messages=$(grep -a 'CONSOLE' "$shots/console.log" | sort -u || true)
[[ -z $messages ]] || printf '%s\n' "$messages"
[[ $found == 'looked at all' && -z $messages ]] || die "the site is not as it should be"
