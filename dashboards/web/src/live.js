// A live page listens to its log and brings itself up to date: it fetches its own address again and
// replaces those parts whose HTML differs from what the server sent before. What the reader opened,
// typed, moved or scrolled stays. Pages with data-news only say that there are new events. A hidden tab does not listen: browsers allow few streams at once.
const main = document.querySelector('main[data-live]');
const said = document.getElementById('live');
const longest = 30_000;

let news = main?.dataset.news === undefined ? undefined : false; // there are events that the page does not show
let source, sent, shown, wait = 1000, timer, lost = false, leaving = false, busy = false, again = false;

// keepSent notes what the server sent before other scripts change it.
export function keepSent() {
  if (main) sent = [...main.children].map((e) => e.outerHTML);
}

export function mountLive(mount, reload) {
  if (!main) return;
  shown = Number(main.dataset.asked);
  const follow = () => {
    clearTimeout(timer);
    if (document.hidden || leaving || source) return;
    source = new EventSource(document.documentElement.dataset.root + 'live?log=' + encodeURIComponent(main.dataset.live));
    source.addEventListener('open', () => {
      wait = 1000;
      if (lost) { lost = false; say('back'); }
    });
    source.addEventListener('state', (e) => {
      const changed = Number(e.data);
      if (changed > shown || (changed === 0 && shown !== 0 && main.dataset.live)) {
        shown = changed;
        if (news !== undefined) news = true; else refresh(mount, reload);
      }
      if (news) offer();
    });
    source.addEventListener('error', () => {
      quit();
      if (leaving) return;
      lost = true;
      say('lost');
      timer = setTimeout(follow, wait);
      wait = Math.min(longest, wait * 2);
    });
  };
  const quit = () => { source?.close(); source = undefined; };
  document.addEventListener('visibilitychange', () => (document.hidden ? quit() : follow()));
  addEventListener('pagehide', () => { leaving = true; quit(); });
  addEventListener('pageshow', () => { leaving = false; follow(); });
  addEventListener('online', () => { wait = 1000; follow(); });
  follow();
}

// offer says that there are new events, with a button that reads the page again.
function offer() {
  if (said.dataset.state === 'news') return;
  said.dataset.state = 'news';
  const again = document.createElement('button');
  again.textContent = said.dataset.again;
  again.addEventListener('click', () => location.reload());
  said.replaceChildren(said.dataset.news + ' ', again);
}

function say(word) {
  const time = new Date().toLocaleTimeString(document.documentElement.lang);
  said.textContent = said.dataset[word] + (word === 'updated' ? ', ' + time : '');
  said.dataset.state = word;
}

async function refresh(mount, reload) {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const reply = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'manual' });
    if (reply.type === 'opaqueredirect' || reply.status === 401) { location.reload(); return; } // the reader must say again who asks
    if (reply.status >= 500) throw new Error(reply.statusText);
    const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const fresh = page.querySelector('main');
    if (!fresh) throw new Error('no page');
    if (fresh.dataset.asked) main.dataset.asked = fresh.dataset.asked;
    replace([...fresh.children], mount, reload);
    document.title = page.title;
    say('updated');
  } catch {
    said.dataset.state = 'lost';
    said.textContent = said.dataset.lost;
    setTimeout(() => refresh(mount, reload), 5000);
  } finally {
    busy = false;
    if (again) { again = false; refresh(mount, reload); }
  }
}

// replace puts fresh parts in place of those that differ. Where the page has other parts than before,
// all of them give way.
function replace(fresh, mount, reload) {
  const html = fresh.map((e) => e.outerHTML);
  const old = [...main.children];
  const aligned = fresh.length === old.length && fresh.every((e, i) => e.tagName === old[i].tagName && e.id === old[i].id);
  const y = scrollY;
  if (aligned) {
    fresh.forEach((e, i) => {
      if (html[i] !== sent[i] && !old[i].hasAttribute('data-keep')) swap(old[i], e);
    });
  } else {
    const shell = document.createElement('main');
    shell.append(...fresh);
    const keep = keeper(main);
    keep.restore(shell);
    main.replaceChildren(...shell.childNodes);
    keep.place(main);
  }
  sent = html;
  mount(document);
  reload(main);
  scrollTo({ top: y, behavior: 'instant' });
}

function swap(old, fresh) {
  const keep = keeper(old);
  keep.restore(fresh);
  old.replaceWith(fresh);
  keep.place(fresh);
}

const fields = 'input:not([type=hidden]), select, textarea';

// keyOf names a field or a detail within a part, so that its like is found in the fresh one.
function keyOf(e, list) {
  const own = (x) => x.id || x.name || x.dataset.part || x.querySelector?.(':scope > summary')?.textContent || x.getAttribute('href') || x.textContent.trim().slice(0, 80);
  const key = own(e);
  return e.tagName + key + '#' + [...list].filter((x) => own(x) === key).indexOf(e);
}

// keeper notes what the reader did to a part and does it to another.
function keeper(part) {
  const collect = (root, selector, value) => {
    const list = root.querySelectorAll(selector);
    return new Map([...list].map((e) => [keyOf(e, list), value(e)]));
  };
  const typed = (e) => (e.type === 'checkbox' || e.type === 'radio' ? e.checked !== e.defaultChecked
    : e.tagName === 'SELECT' ? [...e.options].some((o) => o.selected !== o.defaultSelected) && e.selectedIndex > 0 || e.matches(':focus') : e.value !== e.defaultValue);
  const opened = collect(part, 'details', (e) => e.open);
  const values = collect(part, fields, (e) => (typed(e) ? { value: e.value, checked: e.checked } : undefined));
  const scrolled = [...part.querySelectorAll('.scroll')].map((e) => [e.scrollLeft, e.scrollTop]);
  const focusable = 'a, button, summary, [tabindex], ' + fields;
  const focused = document.activeElement !== document.body && part.contains(document.activeElement) ? document.activeElement : undefined;
  const focusKey = focused && keyOf(focused, part.querySelectorAll(focusable));
  const caret = focused?.selectionStart;
  return {
    restore(fresh) {
      collect(fresh, 'details', (e) => e).forEach((e, k) => { if (opened.has(k)) e.open = opened.get(k); });
      collect(fresh, fields, (e) => e).forEach((e, k) => {
        const v = values.get(k);
        if (!v) return;
        if (e.type === 'checkbox' || e.type === 'radio') e.checked = v.checked; else e.value = v.value;
      });
    },
    place(fresh) {
      fresh.querySelectorAll('.scroll').forEach((e, i) => { if (scrolled[i]) [e.scrollLeft, e.scrollTop] = scrolled[i]; });
      if (!focusKey) return;
      const e = collect(fresh, focusable, (x) => x).get(focusKey);
      if (!e) return;
      e.focus({ preventScroll: true });
      if (caret != null && e.setSelectionRange) try { e.setSelectionRange(caret, caret); } catch { /* a field without a caret */ }
    },
  };
}
