import { fill, integer, lang } from './data.js';

// Real cases move over the map. The cases come as [start, activity, seconds, activity, …]; between two
// activities a token runs along the arrow, or straight and hollow where the map hides that path. Nothing
// moves before the reader presses the button.
export function mountReplay(map) {
  const { host, graph, part } = map;
  const { words } = graph;
  const play = part('play'), scrubber = part('scrubber'), moment = part('moment'), speed = part('speed'), said = part('replayed');
  const length = 60; // seconds that all of the time takes at speed 1
  let data = null, loading = false, running = false, at = 0, before = 0, paths = null;
  const over = document.createElement('canvas');
  over.className = 'tokens';
  over.setAttribute('aria-hidden', 'true');
  part('canvas').append(over);
  const pen = over.getContext('2d');
  const dates = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

  // trace samples the drawn arrows, so that a token finds its place without asking the browser.
  const trace = () => {
    paths = new Map();
    const { places } = map.drawn;
    for (const g of map.pan.svg.querySelectorAll('[data-edge]')) {
      const line = g.querySelector('.line');
      const long = line.getTotalLength(), n = Math.max(2, Math.ceil(long / 6)), spots = new Float32Array(2 * n);
      for (let i = 0; i < n; i++) { const q = line.getPointAtLength((long * i) / (n - 1)); spots[2 * i] = q.x; spots[2 * i + 1] = q.y; }
      const e = graph.edges[Number(g.dataset.edge)];
      paths.set(e.s * 100000 + e.t, spots);
    }
    map.spots = places.nodes;
  };
  host.addEventListener('mapdrawn', () => { paths = null; if (data) paint(); });
  map.pan.moved = () => { if (data) paint(); };

  const load = async () => {
    if (data || loading) return;
    loading = true;
    try {
      const reply = await fetch(graph.tokens, { headers: { Accept: 'application/json' } });
      if (!reply.ok) throw new Error(reply.status);
      data = await reply.json();
      said.textContent = data.cases.length === 0 ? words['replay.none'] : data.cases.length < data.of ? fill(words['replay.few'], integer.format(data.cases.length), integer.format(data.of)) : fill(words['replay.all'], integer.format(data.cases.length));
    } catch {
      said.textContent = words['replay.failed'];
    }
    loading = false;
  };

  const paint = () => {
    const box = part('canvas').getBoundingClientRect(), ratio = devicePixelRatio || 1;
    if (!part('canvas').contains(over)) part('canvas').append(over);
    if (over.width !== Math.round(box.width * ratio) || over.height !== Math.round(box.height * ratio)) { over.width = Math.round(box.width * ratio); over.height = Math.round(box.height * ratio); }
    if (!map.drawn) return;
    if (!paths) trace();
    const now = at * data.length;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, over.width, over.height);
    pen.setTransform(map.pan.k * ratio, 0, 0, map.pan.k * ratio, map.pan.x * ratio, map.pan.y * ratio);
    const style = getComputedStyle(host);
    const colour = style.getPropertyValue('--limit');
    let live = 0;
    for (const c of data.cases) {
      const end = c[0] + c[c.length - 1];
      if (now < c[0] || now > end + data.length / 400) continue;
      live++;
      let k = 1; // c[k] activity, c[k+1] its time since the start
      while (k + 3 < c.length && c[0] + c[k + 3] <= now) k += 2;
      const from = c[k] + 2, t0 = c[0] + c[k + 1];
      let spot, hollow = false;
      if (k + 3 < c.length) {
        const to = c[k + 2] + 2, t1 = c[0] + c[k + 3], u = t1 > t0 ? (now - t0) / (t1 - t0) : 1;
        const line = paths.get(from * 100000 + to);
        if (line) { const i = Math.min(line.length / 2 - 1, Math.floor(u * (line.length / 2 - 1))); spot = [line[2 * i], line[2 * i + 1]]; } else {
          const a = map.spots[from]?.at, b = map.spots[to]?.at;
          if (!a || !b) continue;
          spot = [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u];
          hollow = true;
        }
      } else spot = map.spots[from]?.at;
      if (!spot) continue;
      pen.beginPath();
      pen.arc(spot[0], spot[1], 4.5, 0, 6.3);
      if (hollow) { pen.strokeStyle = colour; pen.lineWidth = 1.5; pen.stroke(); } else { pen.fillStyle = colour; pen.fill(); }
    }
    over.dataset.live = live;
    scrubber.value = Math.round(at * 1000);
    moment.textContent = fill(words['replay.moment'], dates.format(new Date((data.first + now) * 1000)), integer.format(live));
    scrubber.setAttribute('aria-valuetext', moment.textContent);
  };
  const frame = (t) => {
    if (!running) return;
    if (before) at = Math.min(1, at + ((t - before) / 1000 / length) * Number(speed.value));
    before = t;
    paint();
    if (at >= 1) { stop(); return; }
    requestAnimationFrame(frame);
  };
  const stop = () => { running = false; before = 0; play.textContent = words['replay.play']; };
  play.addEventListener('click', async () => {
    if (running) { stop(); return; }
    await load();
    if (!data || data.cases.length === 0) return;
    if (at >= 1) at = 0;
    running = true;
    play.textContent = words['replay.pause'];
    requestAnimationFrame(frame);
  });
  scrubber.addEventListener('input', async () => { await load(); if (!data || data.cases.length === 0) return; at = Number(scrubber.value) / 1000; paint(); });
}
