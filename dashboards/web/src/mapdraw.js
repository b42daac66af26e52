import { integer, percent, seconds } from './data.js';
import { element as el, wrap } from './svg.js';

// boxOf is the size of a node and the lines of its label.
export function boxOf(node) {
  if (node.kind) return { lines: [], w: 36, h: 36 };
  const lines = wrap(node.name, 170);
  return { lines: lines.text, w: Math.max(70, lines.width) + 26, h: lines.text.length * 17 + 30 };
}

// valueOf is what a view shows of a part of the map.
export function valueOf(graph, view, part) {
  const { words } = graph;
  if (part.diff) return part.diff.text;
  switch (view) {
    case 'cases': return integer.format(part.cases);
    case 'mean': return part.mean == null && part.work == null ? '' : seconds(part.mean ?? part.work, words);
    case 'median': return part.median == null ? '' : seconds(part.median, words);
    case 'total': return part.mean == null ? '' : seconds(part.mean * part.count, words);
  }
  return integer.format(part.count);
}

// curve ends where the arrow's tip begins, so that a thick line does not swallow it.
export function curve({ points }) {
  const at = (p) => p[0].toFixed(1) + ',' + p[1].toFixed(1);
  let d = 'M' + at(points[0]);
  for (let k = 1; k + 2 < points.length; k += 3) d += 'C' + at(points[k]) + ' ' + at(points[k + 1]) + ' ' + at(points[k + 2]);
  return d;
}

function heat(graph, view, e, longest) {
  if (e.diff) return ['less', 'same', 'more', 'few'][e.diff.sure === 2 ? 3 : e.diff.sure + 1];
  if (e.mean == null) return 'heat0';
  const x = view === 'median' ? e.median : view === 'total' ? e.mean * e.count : e.mean;
  return 'heat' + (1 + Math.min(3, Math.floor(4 * Math.sqrt(x / longest))));
}

// render draws the shown part of a map. choose is called with what the reader chose.
export function render(graph, view, edges, places, say, choose) {
  const root = el('g', {});
  const width = (e) => (e.diff ? e.diff.w : view === 'cases' ? e.cases : e.count);
  const most = Math.max(1e-9, ...edges.map(([, e]) => width(e)));
  const time = (e) => (view === 'median' ? e.median : view === 'total' ? (e.mean ?? 0) * e.count : e.mean) ?? 0;
  const longest = Math.max(1e-9, ...graph.edges.map(time));
  const busiest = Math.max(1, ...graph.nodes.map((n) => n.count));
  const ready = (g, kind, index) => {
    g.dataset[kind] = index;
    const act = () => { root.querySelector('.chosen')?.classList.remove('chosen'); g.classList.add('chosen'); choose(kind, index); };
    g.addEventListener('click', act);
    g.addEventListener('keydown', (ev) => { if (ev.key === 'Enter' || ev.key === ' ') { ev.preventDefault(); act(); } });
    root.append(g);
  };
  edges.forEach(([index, e], i) => {
    const p = places.paths[i];
    if (!p) return;
    const w = 1.2 + 6 * Math.sqrt(width(e) / most);
    const g = el('g', { class: `edge ${heat(graph, view, e, longest)}`, tabindex: 0, role: 'button', 'aria-label': (e.diff ? e.diff.text + '. ' : '') + say('edge', index) });
    const d = curve(p);
    g.append(el('path', { d, class: 'reach' }), el('path', { d, class: 'line', 'stroke-width': w.toFixed(1) }));
    if (p.tip) {
      const [x0, y0] = p.points[p.points.length - 1], [x1, y1] = p.tip;
      const a = Math.atan2(y1 - y0, x1 - x0), r = 9 + w;
      const wing = (s) => [x1 - r * Math.cos(a + s), y1 - r * Math.sin(a + s)].map((v) => v.toFixed(1)).join(',');
      g.append(el('path', { d: `M${x1.toFixed(1)},${y1.toFixed(1)}L${wing(0.42)}L${wing(-0.42)}Z`, class: 'tip' }));
    }
    g.append(el('text', { x: p.label[0], y: p.label[1] + 4, 'text-anchor': 'middle' }, valueOf(graph, view, e)));
    ready(g, 'edge', index);
  });
  for (const [i, { at, lines, w, h }] of Object.entries(places.nodes)) {
    const n = graph.nodes[i];
    const level = n.diff ? heat(graph, view, n) : 'busy' + Math.min(4, Math.floor(5 * Math.sqrt(n.count / busiest)));
    const g = el('g', { class: n.kind ? `node ${n.kind}` : `node ${level}`, transform: `translate(${at[0]},${at[1]})`, tabindex: 0, role: 'button' }); // named by its text
    if (n.kind) g.setAttribute('aria-label', say('node', Number(i)));
    if (n.kind) {
      g.append(el('circle', { r: 16 }), el('path', { d: n.kind === 'start' ? 'M-5-8L9 0L-5 8z' : 'M-6-6h12v12h-12z', class: 'sign' }));
    } else {
      g.append(el('rect', { x: -w / 2, y: -h / 2, width: w, height: h, rx: 6 }));
      lines.forEach((line, k) => g.append(el('text', { y: -h / 2 + 19 + k * 17, 'text-anchor': 'middle' }, line + ' ')));
      const value = n.diff ? n.diff.text : view === 'cases' ? integer.format(n.cases) : view === 'mean' && n.work != null ? valueOf(graph, view, n) : integer.format(n.count);
      g.append(el('text', { y: h / 2 - 8, 'text-anchor': 'middle', class: 'count' }, value));
    }
    ready(g, 'node', Number(i));
  }
  return root;
}

// share writes a share of the whole, for sentences.
export function share(part, whole) { return percent(whole > 0 ? part / whole : NaN); }
