// The search box: every word of the query must begin a word of an entry's title or text; titles count most. The index is loaded with the first key.
(() => {
  const root = document.body.dataset.root, box = document.querySelector('.search input'), list = document.querySelector('.search ol');
  const words = (text) => text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  let entries = null;
  const load = () => new Promise((done) => {
    if (entries) return done();
    const script = document.createElement('script');
    script.src = root + 'site/index.js';
    script.onload = () => {
      entries = window.simulacraIndex.map(([url, title, text]) => ({url, title, head: words(title), body: words(text), text}));
      done();
    };
    document.head.append(script);
  });
  const score = (entry, query) => {
    let sum = 0;
    for (const q of query) {
      const whole = entry.head.includes(q), head = entry.head.some((w) => w.startsWith(q) || w.split('_').some((part) => part.startsWith(q)));
      const body = entry.body.filter((w) => w.startsWith(q)).length;
      if (!head && !body) return 0;
      sum += (whole ? 20 : head ? 8 : 0) + Math.min(body, 5);
    }
    return sum / Math.log(8 + entry.head.length);
  };
  const show = async () => {
    const query = words(box.value);
    list.hidden = query.length === 0;
    if (list.hidden) return;
    await load();
    const found = entries.map((e) => [score(e, query), e]).filter(([s]) => s > 0).sort((a, b) => b[0] - a[0]).slice(0, 12);
    list.replaceChildren(...found.map(([, e]) => {
      const item = document.createElement('li'), link = document.createElement('a'), about = document.createElement('small');
      link.href = root + e.url;
      link.textContent = e.title;
      about.textContent = e.text.slice(0, 110);
      link.append(about);
      item.append(link);
      return item;
    }));
    if (!found.length) list.textContent = 'Nothing found.';
  };
  box.addEventListener('input', show);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { box.value = ''; list.hidden = true; }
    if (event.key === 'Enter') list.querySelector('a')?.click();
  });
  document.addEventListener('click', (event) => { if (!event.target.closest('.search')) list.hidden = true; });
})();
